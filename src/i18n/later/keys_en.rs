//! What the keys cost and gain, and what is wrong with a value or a file, in English.

use loss_lab_engine::config::{Effect, Kind, Refused};
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
        "transientStorePoolSize" => {
            "One buffer for each file that is written. Too few: no new file, and sends fail."
        }
        "commitCommitLogLeastPages" => "More pages: fewer commits, more to die with the process.",
        "commitCommitLogThoroughInterval" => "However little there is, it is committed after this.",
        "wakeCommitWhenPutMessage" => {
            "true: every send wakes the commit, and little dies with the process."
        }
        "mappedFileSizeConsumeQueue" => {
            "20 bytes an entry. Files go as a whole: smaller files, finer steps."
        }
        "osPageCacheBusyTimeOutMills" => {
            "While one put takes longer than this, the broker refuses the others as busy."
        }
        "allAckInSyncStateSet" => {
            "true: waits for every replica in sync: slower, and an election loses nothing acknowledged."
        }
        "haMaxTimeSlaveNotCatchup" => {
            "How long a slave that does not catch up stays in the SyncStateSet."
        }
        "haSendHeartbeatInterval" => {
            "Longer than haHousekeepingInterval: an idle link is cut again and again."
        }
        "haMasterAddress" => {
            "4.9: where a slave finds its master. 5.3: a slave that has it does not replicate."
        }
        "haTransferBatchSize" => "Smaller: a slave that is behind catches up in more steps.",
        "syncFromLastFile" => {
            "true: a new slave gets the last file only; what is older has one copy less."
        }
        "flushDelayOffsetInterval" => {
            "After a crash, delayed messages and retries of so long come again."
        }
        "maxTransferBytesOnMessageInMemory" => {
            "A pull brings no more than this: bigger, fewer pulls."
        }
        "maxTransferCountOnMessageInMemory" => {
            "A pull brings no more messages than this, whatever pullBatchSize asks for."
        }
        "offsetCheckInSlave" => {
            "true: a slave that is behind corrects offsets, too, and may send consumers back."
        }
        "deleteFileBatchMax" => {
            "Files that one look deletes: more, and a full disk is free sooner."
        }
        "cleanResourceInterval" => "How often expired files and a full disk are looked for.",
        "defaultTopicQueueNums" => {
            "Queues of a topic that a send creates: the smaller of the client's and the broker's number."
        }
        "brokerPermission" => {
            "6 reads and writes, 4 reads, 2 writes. What is not allowed is refused."
        }
        "asyncSendEnable" => "false: a send keeps its thread until disk and slaves have answered.",
        "brokerFastFailureEnable" => {
            "false: sends wait in the queue until their producers give up."
        }
        "sendMessageThreadPoolNums" => "More: fewer sends wait behind a slow one.",
        "sendThreadPoolQueueCapacity" => "When so many wait, the next send is refused as busy.",
        "waitTimeMillsInSendQueue" => {
            "Shorter: a busy broker refuses sooner, and producers try another."
        }
        "shortPollingTimeMills" => "Without long polling an idle pull comes back after this.",
        "brokerHeartbeatInterval" => {
            "Close to brokerNotActiveTimeoutMillis: a living broker may count as dead."
        }
        "brokerNotActiveTimeoutMillis" => {
            "Shorter: a silent broker leaves the routes sooner, and a pause looks like a death."
        }
        "channelExpiredTimeout" => "How long a silent consumer keeps its queues.",
        "transactionOpBatchInterval" => {
            "Longer: more half messages that a check or a crash commits twice."
        }
        "transactionOpMsgMaxSize" => {
            "So many bytes of finished half messages are written at once: smaller, sooner."
        }
        "enableRemoteEscape" => {
            "true: an acting master hands what is due to another broker instead of keeping it."
        }
        "enableControllerMode" => "A replica takes over by itself; what it lacks is lost.",
        "controllerHeartBeatTimeoutMills" => {
            "Shorter: a dead master is replaced sooner, and a pause costs it its role."
        }
        "checkSyncStateSetPeriod" => {
            "How much later a slave that fell behind leaves the SyncStateSet."
        }
        "useServerSideResetOffset" => {
            "true: the broker itself moves a group's offset, at the next pull."
        }
        "consumeThreadMax" => {
            "Never reached: the queue of the pool has no limit. At least consumeThreadMin."
        }
        "pullInterval" => "A rest between two pulls: less work, more delay.",
        "pullThresholdForQueue" => {
            "So many messages of a queue in memory, and its pulls pause; a crash repeats them."
        }
        "pullThresholdSizeForQueue" => "So much of a queue in memory, and its pulls pause.",
        "consumeConcurrentlyMaxSpan" => "How far a queue goes on past a message that is stuck.",
        "enableHeartbeatChannelEventListener" => {
            "false: a broker that is back hears of its clients with their next heartbeat only."
        }
        "pullTimeDelayMillsWhenException" => "How long a queue rests after a pull that failed.",
        "mqClientApiTimeout" => {
            "How long a client waits for routes, heartbeats and the members of its group."
        }
        "connectTimeoutMillis" => {
            "How long an attempt waits for a machine that does not answer at all."
        }
        "clientCloseSocketIfTimeout" => {
            "true: a call that timed out closes its connection, and all that waits on it fails."
        }
        "rocketmq.client.rebalance.minInterval" => {
            "How soon a member asks again for a queue that it could not have."
        }
        "rocketmq.client.rebalance.lockInterval" => {
            "Longer than a lock lives: its owner stops, or another takes the queue."
        }
        "rocketmq.client.rebalance.lockMaxLiveTime" => {
            "Longer than the broker's: two members may consume a queue at once."
        }
        "rocketmq.client.pull.pullMaxIdleTime" => {
            "A queue that was not pulled from for longer is dropped and taken anew."
        }
        "enableElectUncleanMaster" => {
            "true: a replica out of sync may become master: available, and what it lacks is lost."
        }
        "sendMsgMaxTimeoutPerRequest" => {
            "The limit of one attempt: behind a hung broker there is time for another."
        }
        "compressMsgBodyOverHowmuch" => {
            "Longer bodies are compressed before they are sent, which takes its time."
        }
        _ => "",
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
