//! RocketMQ's own status words. Each enum says its values in RocketMQ's order and spelling.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in RocketMQ's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as RocketMQ spells it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value that is spelled `word`.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Whose rules apply.
    Profile {
        /// RocketMQ 4.9.8.
        V4_9 = "4.9",
        /// RocketMQ 5.3.3.
        V5_3 = "5.3",
    }
}

words! {
    /// What a producer is told (`org.apache.rocketmq.client.producer.SendStatus`).
    SendStatus {
        /// Stored, and every wait that the settings ask for was met.
        SendOk = "SEND_OK",
        /// Stored; the flush was not confirmed in time.
        FlushDiskTimeout = "FLUSH_DISK_TIMEOUT",
        /// Stored; no replica confirmed in time.
        FlushSlaveTimeout = "FLUSH_SLAVE_TIMEOUT",
        /// Stored; there was no replica to wait for (4.x).
        SlaveNotAvailable = "SLAVE_NOT_AVAILABLE",
    }
}

words! {
    /// What the store says of one put (`PutMessageStatus`).
    PutMessageStatus {
        /// Stored.
        PutOk = "PUT_OK",
        /// Stored, flush unconfirmed.
        FlushDiskTimeout = "FLUSH_DISK_TIMEOUT",
        /// Stored, replication unconfirmed.
        FlushSlaveTimeout = "FLUSH_SLAVE_TIMEOUT",
        /// Stored, no slave (4.x).
        SlaveNotAvailable = "SLAVE_NOT_AVAILABLE",
        /// Refused: shut down, a slave, or not writeable.
        ServiceNotAvailable = "SERVICE_NOT_AVAILABLE",
        /// Refused: no new commit-log file.
        CreateMappedFileFailed = "CREATE_MAPPED_FILE_FAILED",
        /// Refused: body or topic too long.
        MessageIllegal = "MESSAGE_ILLEGAL",
        /// Refused: properties too long.
        PropertiesSizeExceeded = "PROPERTIES_SIZE_EXCEEDED",
        /// Refused: the put lock was held for too long.
        OsPageCacheBusy = "OS_PAGE_CACHE_BUSY",
        /// Failed for another reason.
        UnknownError = "UNKNOWN_ERROR",
        /// Refused before anything was written (5.x).
        InSyncReplicasNotEnough = "IN_SYNC_REPLICAS_NOT_ENOUGH",
    }
}

words! {
    /// What a read of the store says (`GetMessageStatus`), in RocketMQ's order.
    GetMessageStatus {
        /// At least one message.
        Found = "FOUND",
        /// Entries, but every one was filtered out.
        NoMatchedMessage = "NO_MATCHED_MESSAGE",
        /// Entries whose commit-log bytes are gone.
        MessageWasRemoving = "MESSAGE_WAS_REMOVING",
        /// A hole at a consume-queue file's end.
        OffsetFoundNull = "OFFSET_FOUND_NULL",
        /// Beyond the queue's end.
        OffsetOverflowBadly = "OFFSET_OVERFLOW_BADLY",
        /// Exactly at the queue's end.
        OffsetOverflowOne = "OFFSET_OVERFLOW_ONE",
        /// Before the queue's first entry.
        OffsetTooSmall = "OFFSET_TOO_SMALL",
        /// There is no such queue.
        NoMatchedLogicQueue = "NO_MATCHED_LOGIC_QUEUE",
        /// The queue never had a message.
        NoMessageInQueue = "NO_MESSAGE_IN_QUEUE",
        /// The broker moves the consumer (5.x).
        OffsetReset = "OFFSET_RESET",
    }
}

words! {
    /// What a pull tells the client (`PullStatus`).
    PullStatus {
        /// Messages came.
        Found = "FOUND",
        /// Nothing new.
        NoNewMsg = "NO_NEW_MSG",
        /// Nothing that matches the filter.
        NoMatchedMsg = "NO_MATCHED_MSG",
        /// The offset has to move.
        OffsetIllegal = "OFFSET_ILLEGAL",
    }
}

words! {
    /// What a listener does with a message: the statuses of both kinds of listener, and the three ways to return none.
    ConsumeResult {
        /// Concurrent listener: done.
        ConsumeSuccess = "CONSUME_SUCCESS",
        /// Concurrent listener: again later.
        ReconsumeLater = "RECONSUME_LATER",
        /// Orderly listener: done.
        Success = "SUCCESS",
        /// Orderly listener: the same again after a moment.
        SuspendCurrentQueueAMoment = "SUSPEND_CURRENT_QUEUE_A_MOMENT",
        /// Orderly listener, deprecated.
        Commit = "COMMIT",
        /// Orderly listener, deprecated.
        Rollback = "ROLLBACK",
        /// Returned null.
        Null = "null",
        /// Threw.
        Throw = "throw",
        /// Never returned.
        Hang = "hang",
    }
}

impl ConsumeResult {
    /// What each kind of listener can do.
    #[must_use]
    pub const fn of(listener: ListenerKind) -> &'static [Self] {
        match listener {
            ListenerKind::Concurrently => &[
                Self::ConsumeSuccess,
                Self::ReconsumeLater,
                Self::Null,
                Self::Throw,
                Self::Hang,
            ],
            ListenerKind::Orderly => &[
                Self::Success,
                Self::SuspendCurrentQueueAMoment,
                Self::Commit,
                Self::Rollback,
                Self::Null,
                Self::Throw,
                Self::Hang,
            ],
        }
    }
}

words! {
    /// `brokerRole`.
    BrokerRole {
        /// A master that never waits for slaves.
        AsyncMaster = "ASYNC_MASTER",
        /// A master that may wait for slaves.
        SyncMaster = "SYNC_MASTER",
        /// A replica.
        Slave = "SLAVE",
    }
}

words! {
    /// `flushDiskType`.
    FlushDiskType {
        /// Answers before fsync.
        AsyncFlush = "ASYNC_FLUSH",
        /// Waits for fsync.
        SyncFlush = "SYNC_FLUSH",
    }
}

words! {
    /// How a message is sent (`CommunicationMode`).
    SendMode {
        /// The caller waits, with retries.
        Sync = "sync",
        /// A callback hears the outcome.
        Async = "async",
        /// Nobody hears anything.
        Oneway = "oneway",
    }
}

words! {
    /// What a local transaction or a check-back says (`LocalTransactionState`).
    TransactionState {
        /// Deliver it.
        Commit = "COMMIT_MESSAGE",
        /// Forget it.
        Rollback = "ROLLBACK_MESSAGE",
        /// Ask again.
        Unknow = "UNKNOW",
    }
}

words! {
    /// Which listener a consumer registers.
    ListenerKind {
        /// `MessageListenerConcurrently`.
        Concurrently = "concurrently",
        /// `MessageListenerOrderly`.
        Orderly = "orderly",
    }
}

words! {
    /// `MessageModel`.
    MessageModel {
        /// Members of a group share the queues.
        Clustering = "CLUSTERING",
        /// Every member gets every message.
        Broadcasting = "BROADCASTING",
    }
}

words! {
    /// `ConsumeFromWhere`.
    ConsumeFromWhere {
        /// At the queue's end.
        LastOffset = "CONSUME_FROM_LAST_OFFSET",
        /// At offset 0.
        FirstOffset = "CONSUME_FROM_FIRST_OFFSET",
        /// At `consumeTimestamp`.
        Timestamp = "CONSUME_FROM_TIMESTAMP",
    }
}
