//! 二十个状态的中文说明。

use loss_lab_engine::status::{ConsumeResult, GetMessageStatus, SendStatus};
use loss_lab_present::statuses::Status;

use super::Explained;

pub(super) const fn explain(status: Status) -> Explained {
    let [when, promises, advice, versions] = match status {
        Status::Send(status) => send(status),
        Status::Get(status) => get(status),
        Status::Consume(result) => consume(result),
    };
    Explained {
        when,
        promises,
        advice,
        versions,
    }
}

const fn send(status: SendStatus) -> [&'static str; 4] {
    match status {
        SendStatus::SendOk => [
            "Broker 已存储消息，配置要求的等待也都完成了。",
            "配置等到哪里，就只保证到哪里：Master 的页缓存；`SYNC_FLUSH` 再加 Master 磁盘；真正等待的 `SYNC_MASTER` 再加 Slave 的页缓存。从不保证 Slave 磁盘。",
            "不必处理。觉得不够，就改 `flushDiskType`、`brokerRole` 和 `inSyncReplicas`。",
            "5.x 默认 `inSyncReplicas=1`，此时 `SYNC_MASTER` 不等任何 Slave；4.9 会等一个。",
        ],
        SendStatus::FlushDiskTimeout => [
            "`SYNC_FLUSH` 下，`fsync` 在 `syncFlushTimeout`（5 秒）内没有返回。",
            "消息已在内存中，多半很快就会落盘。这不是错误，客户端不会重发。",
            "检查磁盘。自行重发会产生重复，消费端幂等时才可以（`retryAnotherBrokerWhenNotStoreOK`）。",
            "",
        ],
        SendStatus::FlushSlaveTimeout => [
            "`SYNC_MASTER` 等待 Slave，但在 `slaveTimeout`（3 秒）内确认的副本不够。",
            "Master 内存里有这条消息。Slave 不保证；即使是 `SYNC_FLUSH`，磁盘也不保证。",
            "检查 Slave 以及它与 Master 之间的网络。重发会产生重复。",
            "5.x 没有 Slave 时也返回它；4.9 此时立即返回 SLAVE_NOT_AVAILABLE。",
        ],
        SendStatus::SlaveNotAvailable => [
            "`SYNC_MASTER` 没有 Slave，或全都落后超过 `haSlaveFallbehindMax`。",
            "Master 内存里有这条消息，Slave 都没有。",
            "尽快恢复 Slave。在那之前，每条消息都系于一台机器。",
            "只有 4.x 会返回。5.x 要么等待（FLUSH_SLAVE_TIMEOUT），要么写入前就拒绝（`in-sync replicas not enough`）。",
        ],
    }
}

const fn get(status: GetMessageStatus) -> [&'static str; 4] {
    match status {
        GetMessageStatus::Found => [
            "至少找到一条消息。被挂起的拉取请求，一有消息就返回。",
            "返回消息：最多 `pullBatchSize`（32）条、256 KiB。投递不等于消费成功。",
            "不必处理。客户端交给监听器，并继续拉取。",
            "5.3 在 `SYNC_FLUSH` 下不投递尚未刷盘的消息（`readUnCommitted`）。",
        ],
        GetMessageStatus::NoMatchedMessage => [
            "有消息，但都被过滤掉了：Tag 不同。",
            "告诉客户端已经扫描到哪里，客户端立即从那里接着拉。消息没有丢，别的消费组可能需要。",
            "如果不是本意，检查同组各成员的订阅关系，必须一致。",
            "",
        ],
        GetMessageStatus::MessageWasRemoving => [
            "ConsumeQueue 里还有索引，但背后的 CommitLog 文件已被删除。",
            "这些消息已经没有了，位点跳到下一个文件。",
            "消费要快于 `fileReservedTime`，并监控磁盘：磁盘满会提前删除文件。",
            "两个版本返回码相同，只是修正队列最小位点的方式不同。",
        ],
        GetMessageStatus::OffsetFoundNull => [
            "这个位点所在的 ConsumeQueue 文件不在了。",
            "没有消息返回，位点移到下一个文件的开头。",
            "少见且短暂，最小位点很快会被修正。一直出现，说明有人手工删过文件。",
            "",
        ],
        GetMessageStatus::OffsetOverflowBadly => [
            "消费位点超过队列末尾：Broker 丢了尾部，或者恢复后数据变少了。",
            "以队列末尾作为新位点。Broker 丢的已经丢了；重新占用这些位点的消息会被跳过。",
            "查明 Broker 为什么变少：`ASYNC_FLUSH` 下断电，或日志更短的节点成了 Master。",
            "4.9.3 及以前，从 0 开始的队列会从头重新消费。4.x 队列停 10 秒，5.2 起约 1 秒。",
        ],
        GetMessageStatus::OffsetOverflowOne => [
            "已经消费到末尾，没有新消息。",
            "什么也没有。Broker 把请求挂起 15～20 秒，一有消息就返回。",
            "不必处理，这就是正常的空闲状态。",
            "",
        ],
        GetMessageStatus::OffsetTooSmall => [
            "位点小于队列最小位点：中间的消息已经过期。",
            "从剩下的第一条继续。跳过的消息再也收不到。",
            "消费者停机超过了 `fileReservedTime`。延长保留时间，或对堆积告警。",
            "4.x 队列停 10 秒，5.2 起约 1 秒。",
        ],
        GetMessageStatus::NoMatchedLogicQueue => [
            "Broker 上没有这个队列。",
            "真实的 Broker 不会返回：查找队列时就会创建它（`findConsumeQueue`），所以总是存在。",
            "你不会遇到它。枚举里有，所以列在这里。",
            "4.x 与 5.x 相同。",
        ],
        GetMessageStatus::NoMessageInQueue => [
            "队列从来没有过消息，或者全都丢了。",
            "什么也没有。位点 0 像空闲时一样等待；其他位点被移到 0。",
            "新建的 Topic 不必处理。原来有消息，就要查是什么清空了它。",
            "",
        ],
        GetMessageStatus::OffsetReset => [
            "有人在 Broker 上重置了消费组位点（`mqadmin resetOffsetByTime`），这次拉取得知。",
            "客户端移到新位点：往回就重复消费，往前就跳过。",
            "确认这是有意的。往回重置要求消费端幂等。",
            "只有 5.x（`useServerSideResetOffset`）。4.x 由 Broker 通知客户端。",
        ],
    }
}

const fn consume(result: ConsumeResult) -> [&'static str; 4] {
    match result {
        ConsumeResult::ConsumeSuccess => [
            "监听器表示这批消息已消费成功。",
            "位点越过它们：客户端立即生效，每 5 秒提交到 Broker。这之间崩溃，就会再次收到。",
            "业务真正完成后再返回。消费要幂等。",
            "",
        ],
        ConsumeResult::ReconsumeLater => [
            "监听器请求稍后重试。抛异常、返回 `null` 与此相同。",
            "Broker 在 `%RETRY%group` 存一份副本，10 秒、30 秒、1 分钟……后再投递；16 次之后进入 `%DLQ%group`。位点照常前进。",
            "监控死信队列，没有谁会自动消费它。广播模式没有重试，消息直接丢弃。",
            "",
        ],
        ConsumeResult::Success => [
            "顺序监听器已处理完取走的消息。",
            "开启 `autoCommit` 时位点前进；关闭时什么都不提交，队列照样往下走。",
            "关闭 `autoCommit` 时，要在适当的时候返回 COMMIT，否则重启后全部重来。",
            "",
        ],
        ConsumeResult::SuspendCurrentQueueAMoment => [
            "顺序监听器现在处理不了。抛异常、返回 `null` 与此相同。",
            "`suspendCurrentQueueTimeMillis`（1 秒）后再投递同一条。队列里其余消息等待，顺序不变。",
            "设置 `maxReconsumeTimes`：默认没有上限，一条坏消息就会堵住整个队列。",
            "4.9 的死信要先经过一个延迟级别，5.x 立即进入死信队列。",
        ],
        ConsumeResult::Commit => [
            "已弃用：关闭 `autoCommit` 时，提交目前取走的所有消息。",
            "关闭 `autoCommit` 时位点越过已取走的全部消息；开启时只打印警告，当作 SUCCESS。",
            "改用 SUCCESS，并开启 `autoCommit`。",
            "4.x 与 5.x 均已弃用。",
        ],
        ConsumeResult::Rollback => [
            "已弃用：关闭 `autoCommit` 时，退回目前取走的所有消息。",
            "关闭 `autoCommit` 时消息会再来。默认开启时却当作 SUCCESS：消息算消费完成，就此丢失。",
            "开启 `autoCommit` 时绝不要返回它，改用 SUSPEND_CURRENT_QUEUE_A_MOMENT。",
            "4.x 与 5.x 均已弃用。",
        ],
        ConsumeResult::Null | ConsumeResult::Throw | ConsumeResult::Hang => ["", "", "", ""],
    }
}
