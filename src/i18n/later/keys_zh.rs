//! 配置项的代价与收益，以及值或文件错在哪里，中文。

use loss_lab_engine::config::{Effect, Kind, Refused};
use loss_lab_engine::scenario::file_v1::{Expected, Place, Problem, ProblemCode, Thing};
use loss_lab_engine::status::ListenerKind;
use loss_lab_present::conf::What;

pub(super) fn cost(key: &str) -> &'static str {
    match key {
        "brokerRole" => "真正等待的 SYNC_MASTER，每次发送多一次到 Slave 的往返。",
        "flushDiskType" => "SYNC_FLUSH 每次发送多一次 fsync。",
        "syncFlushTimeout" => "调大：慢盘会拖住生产者。调小：FLUSH_DISK_TIMEOUT 增多。",
        "slaveTimeout" => "调大：慢 Slave 会拖住生产者。调小：FLUSH_SLAVE_TIMEOUT 增多。",
        "inSyncReplicas" => {
            "包含 Master：2 表示等一个 Slave。多于实际副本数，每次发送都要等到超时。"
        }
        "minInSyncReplicas" => "副本更少时拒绝写入：可用性低一些，能丢的也少一些。",
        "enableAutoInSyncReplicas" => "有几个跟得上就等几个：可用，但保证会悄悄变弱。",
        "flushIntervalCommitLog" => "ASYNC_FLUSH 下断电能丢掉多久的数据。",
        "flushCommitLogLeastPages" => "页数越多，fsync 越少，能丢的越多。",
        "flushCommitLogThoroughInterval" => "不管脏页多少，过了这么久就刷盘。",
        "transientStorePoolEnable" => "抖动更小；未提交的数据随进程消失。",
        "commitIntervalCommitLog" => "启用堆外缓冲时，杀进程能丢掉多久的数据。",
        "mappedFileSizeCommitLog" => "文件整个过期：文件越小，粒度越细。",
        "maxMessageSize" => "更长的消息体会被客户端或 Broker 拒绝。",
        "haMaxGapNotInSync" | "haSlaveFallbehindMax" => "落后更多的 Slave 不算数。",
        "haHousekeepingInterval" => "越短，越早发现断开的连接，也越容易误断忙碌的连接。",
        "messageDelayLevel" => "延迟消息的级别；消费重试从第三级开始用。",
        "readUnCommitted" => "true：消费者可能看到断电后会丢的消息。",
        "fileReservedTime" => "停机更久的消费者会丢消息。",
        "deleteWhen" => "过期文件在几点删除。",
        "diskMaxUsedSpaceRatio" => "超过它，任何时刻都删除过期文件。",
        "diskSpaceCleanForciblyRatio" => "超过它，未过期的文件也删：没读的消息一起丢。",
        "diskSpaceWarningLevelRatio" => "超过它，Broker 拒绝写入。",
        "cleanFileForciblyEnable" => "false：磁盘满时拒绝写入，而不是提前删除。",
        "autoCreateTopicEnable" => "方便；但写错名字就多出一个没人消费的 Topic。",
        "longPollingEnable" => "false：空拉取一秒就返回，延迟变大。",
        "flushConsumerOffsetInterval" => "Broker 断电后，消费组要重复消费多少。",
        "slaveReadEnable" => "5.3 不开启，Slave 谁也不服务，Master 宕机时也一样。",
        "enableSlaveActingMaster" => "Master 不在时由 Slave 提供读取；新消息仍无处可写。",
        "registerNameServerPeriod" => "路由最多会旧多久。",
        "transactionTimeOut" => "更新的半消息暂不回查。",
        "transactionCheckMax" => "回查这么多次没有结果，半消息就被丢弃。",
        "transactionCheckInterval" => "丢失的提交要多久才会被发现。",
        "retryMaxTimes" | "maxReconsumeTimes" => "次数越少，越早进死信队列，而死信不会自动被消费。",
        "retryQueueNums" => "0：消费失败直接丢弃，不再重试。",
        "rocketmq.broker.rebalance.lockMaxLiveTime" => "持有者被杀后，顺序队列要等多久。",
        "sendMsgTimeout" => "所有尝试加起来的时间。太短：报失败，其实已存储。",
        "retryTimesWhenSendFailed" | "retryTimesWhenSendAsyncFailed" => {
            "次数越多，失败越少，重复越多。"
        }
        "retryAnotherBrokerWhenNotStoreOK" => "消息已存储仍换 Broker 再发：用重复换第二份副本。",
        "sendLatencyFaultEnable" | "sendLatencyEnable" => "避开慢 Broker；队列间的分布会变。",
        "heartbeatBrokerInterval" => "越长，Broker 越晚发现客户端已离开。",
        "pollNameServerInterval" => "客户端最多会用多久旧路由。",
        "persistConsumerOffsetInterval" => "消费者被杀后要重复消费多少。",
        "consumeFromWhere" => "新消费组默认从末尾开始：之前发送的不会被消费。",
        "consumeMessageBatchMaxSize" => "一批同时成败，除非用 ackIndex 说明到哪一条。",
        "consumeTimeout" => "处理更久的消息会在消费途中被发回：消费两次。",
        "consumeThreadMin" => "线程越多越快，崩溃后要重来的也越多。",
        "pullBatchSize" => "越大，拉取次数越少，崩溃时内存里的越多。",
        "suspendCurrentQueueTimeMillis" => "失败后队列停多久；后面的消息一起等。",
        "rocketmq.client.rebalance.waitInterval" => "队列最多多久没有消费者。",
        "transientStorePoolSize" => "每个正在写的文件占一个缓冲。太少时建不出新文件，发送失败。",
        "commitCommitLogLeastPages" => "页数越多，提交越少，随进程丢的越多。",
        "commitCommitLogThoroughInterval" => "不管多少，过了这么久就提交。",
        "wakeCommitWhenPutMessage" => "true：每次写入都唤醒提交，随进程丢的很少。",
        "mappedFileSizeConsumeQueue" => "每条 20 字节，文件整个删除：文件越小，粒度越细。",
        "osPageCacheBusyTimeOutMills" => "一次写入超过这么久，其他写入就被以繁忙拒绝。",
        "allAckInSyncStateSet" => "true：等所有同步副本：更慢，但选主不丢已确认的消息。",
        "haMaxTimeSlaveNotCatchup" => "跟不上的 Slave 还能在 SyncStateSet 里留多久。",
        "haSendHeartbeatInterval" => "超过 haHousekeepingInterval，空闲的连接会被反复断开。",
        "haMasterAddress" => "4.9：Slave 到哪里找 Master。5.3：设了它的 Slave 不复制。",
        "haTransferBatchSize" => "越小，落后的 Slave 要分越多次追上。",
        "syncFromLastFile" => "true：新 Slave 只得到最后一个文件，更早的消息少一份副本。",
        "flushDelayOffsetInterval" => "崩溃后，这段时间内投递过的延迟消息和重试会再投递一次。",
        "maxTransferBytesOnMessageInMemory" => "一次拉取最多带回这么多；越大，拉取次数越少。",
        "maxTransferCountOnMessageInMemory" => "一次拉取最多这么多条，pullBatchSize 再大也一样。",
        "offsetCheckInSlave" => "true：落后的 Slave 也会改正位点，可能让消费者倒退。",
        "deleteFileBatchMax" => "一次最多删几个文件；越多，写满的磁盘腾得越快。",
        "cleanResourceInterval" => "多久检查一次过期文件和磁盘水位。",
        "defaultTopicQueueNums" => "自动创建的 Topic 有几个队列：客户端与 Broker 两处取小。",
        "brokerPermission" => "6 可读写，4 只读，2 只写；不允许的会被拒绝。",
        "asyncSendEnable" => "false：发送线程一直占到刷盘与复制有结果。",
        "brokerFastFailureEnable" => "false：发送请求在队列里一直等到生产者放弃。",
        "sendMessageThreadPoolNums" => "线程越多，被慢发送挡住的越少。",
        "sendThreadPoolQueueCapacity" => "排队满这么多，下一个发送被以繁忙拒绝。",
        "waitTimeMillsInSendQueue" => "越短，繁忙的 Broker 越早拒绝，生产者改发别处。",
        "shortPollingTimeMills" => "关闭长轮询时，空拉取等这么久才返回。",
        "brokerHeartbeatInterval" => {
            "接近 brokerNotActiveTimeoutMillis 时，活着的 Broker 会被当成宕机。"
        }
        "brokerNotActiveTimeoutMillis" => "越短，无声的 Broker 越早离开路由，停顿也越像宕机。",
        "channelExpiredTimeout" => "无声的消费者还能占着队列多久。",
        "transactionOpBatchInterval" => "越长，因回查或崩溃而提交两次的半消息越多。",
        "transactionOpMsgMaxSize" => "已结束的半消息攒到这么多字节就记录；越小记得越早。",
        "enableRemoteEscape" => "true：代理 Master 把到期的消息交给另一个 Broker，而不是留着。",
        "enableControllerMode" => "副本会自动接任 Master；它没有的消息就丢了。",
        "controllerHeartBeatTimeoutMills" => {
            "越短，宕机的 Master 越早被替换，停顿也越容易失去主位。"
        }
        "checkSyncStateSetPeriod" => "落后的 Slave 最多再晚多久离开 SyncStateSet。",
        "useServerSideResetOffset" => "true：由 Broker 在下一次拉取时移动消费组的位点。",
        "consumeThreadMax" => "用不到：线程池的队列没有上限。不能小于 consumeThreadMin。",
        "pullInterval" => "两次拉取之间歇多久：越长越省，也越晚。",
        "pullThresholdForQueue" => "一个队列在内存里到这么多条就暂停拉取；崩溃后它们要重来。",
        "pullThresholdSizeForQueue" => "一个队列在内存里到这么大就暂停拉取。",
        "consumeConcurrentlyMaxSpan" => "一条消息卡住后，队列还能往前走多远。",
        "enableHeartbeatChannelEventListener" => {
            "false：Broker 恢复后，要等客户端的下一次心跳才知道它们。"
        }
        "pullTimeDelayMillsWhenException" => "拉取失败后，队列歇多久。",
        "mqClientApiTimeout" => "客户端等路由、心跳和消费组成员的应答多久。",
        "connectTimeoutMillis" => "机器毫无应答时，一次尝试等多久。",
        "clientCloseSocketIfTimeout" => "true：一次调用超时就关闭连接，上面等着的都失败。",
        "rocketmq.client.rebalance.minInterval" => "没拿到的队列，多久再要一次。",
        "rocketmq.client.rebalance.lockInterval" => "超过锁的寿命：持有者停下，或队列被别人拿走。",
        "rocketmq.client.rebalance.lockMaxLiveTime" => {
            "比 Broker 的长：两个成员可能同时消费一个队列。"
        }
        "rocketmq.client.pull.pullMaxIdleTime" => "更久没有拉取的队列会被放弃，再重新取得。",
        "enableElectUncleanMaster" => {
            "true：未同步的副本也能成为 Master：可用，但它没有的消息会丢。"
        }
        "sendMsgMaxTimeoutPerRequest" => "单次尝试的上限：Broker 卡住时还有时间换一个。",
        "compressMsgBodyOverHowmuch" => "更长的消息体先压缩再发送，要多花时间。",
        _ => "",
    }
}

pub(super) fn refused(refused: &Refused) -> String {
    match refused {
        Refused::Unknown { nearest } => {
            format!("RocketMQ 没有这个配置项，最接近的是 {nearest}。")
        }
        Refused::BelongsTo { class } => format!("它属于 {}，不在这里设置。", class.word()),
        Refused::NotA { kind } => format!("应为{}。", kind_of(*kind)),
        Refused::OutOfRange { min, max } => format!("应在 {min} 到 {max} 之间。"),
    }
}

pub(super) fn what(what: &What) -> String {
    match what {
        What::NoValue => "没有值，应为 key=value。".to_owned(),
        What::Refused(why) => refused(why),
        What::Kept(effect) => match effect {
            Effect::Applies => String::new(),
            Effect::NotModelled => "已保留；实验室没有模拟它。".to_owned(),
            Effect::OtherProfile { only } => format!("已保留；只有 {} 才起作用。", only.word()),
            Effect::SaidElsewhere => "已保留；实验室的集群自己决定这一项。".to_owned(),
        },
    }
}

fn kind_of(kind: Kind) -> String {
    match kind {
        Kind::Bool => " true 或 false".to_owned(),
        Kind::Int => "整数".to_owned(),
        Kind::Millis
        | Kind::Secs
        | Kind::Minutes
        | Kind::Hours
        | Kind::Bytes
        | Kind::Mebibytes
        | Kind::Pages
        | Kind::Percent => format!("整数（{}）", kind.unit()),
        Kind::Enum(words) => [" ", &words.join("、"), " 之一"].concat(),
        Kind::Text => "一行文字".to_owned(),
        Kind::DelayLevels => " 1 到 18 个延迟级别，如“1s 5s 10s”".to_owned(),
    }
}

const fn thing(thing: Thing) -> &'static str {
    match thing {
        Thing::Node => "节点",
        Thing::BrokerNode => "Broker 节点",
        Thing::Broker => "Broker",
        Thing::Slave => "Slave",
        Thing::Producer => "生产者",
        Thing::Consumer => "消费者",
        Thing::Topic => "Topic",
        Thing::Group => "消费组",
        Thing::Message => "消息",
        Thing::Step => "步骤",
    }
}

fn at(place: Place) -> String {
    format!("第 {} 行第 {} 列", place.line, place.column)
}

pub(in crate::i18n) fn problem(problem: &Problem) -> String {
    let words = code(&problem.code);
    if problem.path.is_empty() {
        words
    } else {
        [&problem.path, "：", &words].concat()
    }
}

fn code(code: &ProblemCode) -> String {
    match code {
        ProblemCode::TooLong { bytes, max } => format!("文件有 {bytes} 字节，最多读 {max} 字节"),
        ProblemCode::Syntax { place, detail } => format!("{}：不是 JSON：{detail}", at(*place)),
        ProblemCode::Shape { place, detail } => format!("{}：{detail}", at(*place)),
        ProblemCode::Format { found: None } => "缺少 \"format\": \"loss-lab/1\"".to_owned(),
        ProblemCode::Format { found: Some(found) } => {
            format!("格式 \"{found}\" 读不了，这里读的是 \"loss-lab/1\"")
        }
        ProblemCode::Missing => "缺少这一项".to_owned(),
        ProblemCode::NotAField { action, fields } => {
            format!("\"{action}\" 没有这个字段；它有 {}", fields.join("、"))
        }
        ProblemCode::OneTrigger => "\"at\" 和 \"after\" 必须且只能有一个".to_owned(),
        ProblemCode::Conflict { with } => format!("不能与 \"{with}\" 同时出现"),
        ProblemCode::NoSuch {
            thing: of,
            name,
            have,
        } if have.is_empty() => {
            format!("没有名为 \"{name}\" 的{}，一个也没有", thing(*of))
        }
        ProblemCode::NoSuch {
            thing: of,
            name,
            have,
        } => {
            format!(
                "没有名为 \"{name}\" 的{}；有 {}",
                thing(*of),
                have.join("、")
            )
        }
        ProblemCode::NotOneOf { found, words } => {
            format!("\"{found}\" 不是 {} 之一", words.join("、"))
        }
        ProblemCode::OutOfRange { found, min, max } => {
            format!("{found} 不在 {min} 到 {max} 之间")
        }
        ProblemCode::TooMany {
            thing: of,
            found,
            max,
        } => format!("有 {found} 个{}，最多 {max} 个", thing(*of)),
        ProblemCode::NoneAtAll { thing: of } => format!("至少要有一个{}", thing(*of)),
        ProblemCode::BadName {
            thing: of,
            name,
            max,
        } => format!(
            "\"{name}\" 不能作{}的名字：1 到 {max} 个字母、数字、_、- 等",
            thing(*of)
        ),
        ProblemCode::BadText { max } => format!("文字太长，最多 {max} 个字符"),
        ProblemCode::Duplicate { thing: of, name } => {
            format!("已经有名为 \"{name}\" 的{}", thing(*of))
        }
        ProblemCode::SameNode { name } => format!("\"{name}\" 与自己之间没有链路"),
        ProblemCode::NoSuchMessage { found, last: 0 } => {
            format!("没有消息 \"{found}\"：脚本什么也不发送")
        }
        ProblemCode::NoSuchMessage { found, last } => {
            format!("没有消息 \"{found}\"；最后一条是 m{last}")
        }
        ProblemCode::BadTags { found } => format!("\"{found}\" 不是订阅表达式：*、A 或 A || B"),
        ProblemCode::WrongListener { listener, words } => {
            let listener = match listener {
                ListenerKind::Concurrently => "并发",
                ListenerKind::Orderly => "顺序",
            };
            format!("{listener}监听器不会返回它；可以返回 {}", words.join("、"))
        }
        ProblemCode::KeyUnknown { nearest, .. } => refused(&Refused::Unknown { nearest }),
        ProblemCode::KeyElsewhere { class, .. } => refused(&Refused::BelongsTo { class: *class }),
        ProblemCode::KeyValue { found, expected } => match expected {
            Expected::Kind(kind) => format!("\"{found}\" 不对，应为{}", kind_of(*kind)),
            Expected::Between(min, max) => format!("{found} 不在 {min} 到 {max} 之间"),
        },
        ProblemCode::Role { slave: true } => "Slave 的角色是 SLAVE".to_owned(),
        ProblemCode::Role { slave: false } => {
            "Master 的角色是 ASYNC_MASTER 或 SYNC_MASTER".to_owned()
        }
        ProblemCode::ThreadMinOverMax => "consumeThreadMin 大于 consumeThreadMax".to_owned(),
        ProblemCode::KeyNotModelled => {
            "RocketMQ 有这个配置项，实验室没有模拟它，运行时不起作用：请删去".to_owned()
        }
        ProblemCode::KeyAfter533 => {
            "5.3.3 之后的 RocketMQ 才有这个配置项；这里与 5.3.3 一样，fsync 失败会被吞掉：请删去"
                .to_owned()
        }
        ProblemCode::ControllerModeDiffers => {
            "同一个 Broker 的各副本必须都开启或都关闭 enableControllerMode".to_owned()
        }
        ProblemCode::KeyOfOtherProfile { only } => {
            format!("只有 {} 有这个配置项：请去掉它", only.word())
        }
        ProblemCode::KeySaidElsewhere => "这一项由场景自己决定：请去掉它".to_owned(),
        ProblemCode::AfterTheEnd => "晚于 \"until\"，所以不会发生：请增大 \"until\"".to_owned(),
        ProblemCode::OnlyBrokersAreSet => {
            "实验室只给运行中的 Broker 换配置，这一步什么也不改：请写进节点自己的 conf".to_owned()
        }
    }
}
