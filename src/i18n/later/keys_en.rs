//! What the important keys cost and gain, and what is wrong with a value or a file, in English.

use loss_lab_engine::config::{Class, Effect, Kind, Refused};
use loss_lab_engine::scenario::file_v1::Problem;
use loss_lab_present::conf::What;

pub(super) fn cost(key: &str) -> &'static str {
    match key {
        "brokerRole" => "A waiting SYNC_MASTER adds a round trip to a slave to every send.",
        "flushDiskType" => "SYNC_FLUSH adds an fsync to every send.",
        "syncFlushTimeout" => {
            "Longer: a slow disk holds producers up. Shorter: more FLUSH_DISK_TIMEOUT."
        }
        "slaveTimeout" => {
            "Longer: a slow slave holds producers up. Shorter: more FLUSH_SLAVE_TIMEOUT."
        }
        "inSyncReplicas" => {
            "Counts the master: 2 means one slave. More than there are: every send waits."
        }
        "minInSyncReplicas" => {
            "With fewer replicas, writing is refused: less available, less to lose."
        }
        "enableAutoInSyncReplicas" => {
            "Waits for as many as keep up: available, but the promise shrinks unseen."
        }
        "flushIntervalCommitLog" => "What a power cut can take under ASYNC_FLUSH, as a time.",
        "flushCommitLogLeastPages" => "More pages: fewer fsyncs, more to lose.",
        "flushCommitLogThoroughInterval" => "However little there is, it is flushed after this.",
        "transientStorePoolEnable" => "Less jitter; what is not committed dies with the process.",
        "commitIntervalCommitLog" => "What a killed process can take, with the transient pool.",
        "mappedFileSizeCommitLog" => "Files expire as a whole: smaller files, finer steps.",
        "maxMessageSize" => "Longer bodies are refused, by the client or by the broker.",
        "haMaxGapNotInSync" | "haSlaveFallbehindMax" => "A slave further behind does not count.",
        "haHousekeepingInterval" => {
            "Shorter: a dead link is noticed sooner, and busy ones are cut more often."
        }
        "messageDelayLevel" => "The levels of delayed messages, and from the third on of retries.",
        "readUnCommitted" => "true: consumers may see what a power cut then takes.",
        "fileReservedTime" => "A consumer that is away for longer loses messages.",
        "deleteWhen" => "The hour at which expired files go.",
        "diskMaxUsedSpaceRatio" => "Above it, expired files go at any hour.",
        "diskSpaceCleanForciblyRatio" => {
            "Above it, files go before they expire: unread messages with them."
        }
        "diskSpaceWarningLevelRatio" => "Above it, the broker refuses to store.",
        "cleanFileForciblyEnable" => "false: a full disk refuses writes instead of deleting early.",
        "autoCreateTopicEnable" => {
            "Convenient; a typing error becomes a topic that nobody consumes."
        }
        "longPollingEnable" => "false: idle pulls come back after a second, and latency grows.",
        "flushConsumerOffsetInterval" => {
            "What the group consumes again after the broker loses power."
        }
        "slaveReadEnable" => {
            "5.3: without it a slave serves nobody, even while the master is down."
        }
        "enableSlaveActingMaster" => {
            "The slave serves while the master is away; new messages still have no home."
        }
        "registerNameServerPeriod" => "How stale a route may be.",
        "transactionTimeOut" => "Half messages younger than this are not asked about.",
        "transactionCheckMax" => "After so many unanswered checks a half message is thrown away.",
        "transactionCheckInterval" => "How long a lost commit stays invisible.",
        "retryMaxTimes" | "maxReconsumeTimes" => {
            "Fewer: sooner in the dead-letter queue, which nobody reads by itself."
        }
        "retryQueueNums" => "0: a failed message is dropped, not tried again.",
        "rocketmq.broker.rebalance.lockMaxLiveTime" => {
            "How long an orderly queue waits after its owner was killed."
        }
        "sendMsgTimeout" => {
            "The budget of all attempts together. Too short: told failed, stored all the same."
        }
        "retryTimesWhenSendFailed" | "retryTimesWhenSendAsyncFailed" => {
            "More: fewer failures, more duplicates."
        }
        "retryAnotherBrokerWhenNotStoreOK" => {
            "Sends again although the message is stored: a duplicate for a second copy."
        }
        "sendLatencyFaultEnable" | "sendLatencyEnable" => {
            "Avoids slow brokers; order across queues shifts."
        }
        "heartbeatBrokerInterval" => {
            "Longer: the broker takes longer to notice that a client is gone."
        }
        "pollNameServerInterval" => "How long a client may go on with an old route.",
        "persistConsumerOffsetInterval" => "What is consumed again after the consumer was killed.",
        "consumeFromWhere" => {
            "A new group starts at the end by default: what was sent before is not consumed."
        }
        "consumeMessageBatchMaxSize" => {
            "A batch succeeds or fails together, unless ackIndex says how far."
        }
        "consumeTimeout" => {
            "A message that takes longer is sent back while it is being consumed: twice."
        }
        "consumeThreadMin" => "More threads: faster, and more to repeat after a crash.",
        "pullBatchSize" => "Bigger: fewer pulls, more in memory when it crashes.",
        "suspendCurrentQueueTimeMillis" => {
            "How long a queue rests after a failure; order waits with it."
        }
        "rocketmq.client.rebalance.waitInterval" => "How long a queue may stay without an owner.",
        _ => "",
    }
}

pub(super) const fn place(class: Class) -> &'static str {
    match class {
        Class::MessageStoreConfig | Class::BrokerConfig | Class::NettyServerConfig => {
            "In `broker.conf`."
        }
        Class::SubscriptionGroupConfig => "Per group: `mqadmin updateSubGroup`.",
        Class::NettyClientConfig | Class::SystemProperty => "A property of the Java process: `-D`.",
        Class::ClientConfig | Class::DefaultMqProducer | Class::DefaultMqPushConsumer => {
            "A setter of the client."
        }
        Class::NamesrvConfig | Class::ControllerConfig => "In `namesrv.conf`.",
        Class::AuthConfig | Class::TieredStoreConfig => "In a file of its own.",
    }
}

pub(super) fn refused(refused: &Refused) -> String {
    match refused {
        Refused::Unknown { nearest } => {
            format!("RocketMQ has no such key; the nearest is {nearest}.")
        }
        Refused::BelongsTo { class } => format!("It belongs to {}, not here.", class.word()),
        Refused::NotA { kind } => format!("It should be {}.", kind_of(*kind)),
        Refused::OutOfRange { min, max } => format!("It should be between {min} and {max}."),
    }
}

pub(super) fn what(what: &What) -> String {
    match what {
        What::NoValue => "There is no value: key=value.".to_owned(),
        What::Refused(why) => refused(why),
        What::Kept(effect) => match effect {
            Effect::Applies => String::new(),
            Effect::NotModelled => "Kept; the lab does not model it.".to_owned(),
            Effect::OtherProfile { only } => format!("Kept; only {} heeds it.", only.word()),
            Effect::SaidElsewhere => "Kept; the lab’s cluster says this itself.".to_owned(),
        },
    }
}

fn kind_of(kind: Kind) -> String {
    match kind {
        Kind::Bool => "true or false".to_owned(),
        Kind::Int => "a whole number".to_owned(),
        Kind::Millis
        | Kind::Secs
        | Kind::Minutes
        | Kind::Hours
        | Kind::Bytes
        | Kind::Mebibytes
        | Kind::Pages
        | Kind::Percent => format!("a whole number ({})", kind.unit()),
        Kind::Enum(words) => words.join(" or "),
        Kind::Text => "a text of one line".to_owned(),
        Kind::DelayLevels => "1 to 18 delay levels like “1s 5s 10s”".to_owned(),
    }
}

pub(super) fn problem(problem: &Problem) -> String {
    problem.to_string()
}
