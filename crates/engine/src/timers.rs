//! Every alarm a node can set. A timer carries what it needs; one that has become pointless is ignored when it fires.

use crate::ids::{ConnId, MessageQueue, NodeId, Opaque};

/// An alarm of one process. It dies with the process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Timer {
    /// A remoting client's.
    Remoting(RemotingTimer),
    /// A producer's.
    Producer(ProducerTimer),
    /// A push consumer's.
    Consumer(ConsumerTimer),
    /// A broker's.
    Broker(BrokerTimer),
    /// A name server's.
    NameServer(NameServerTimer),
}

/// `NettyRemotingClient`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum RemotingTimer {
    /// connectTimeoutMillis are over.
    ConnectTimeout(ConnId),
    /// A sync request's time is over.
    Deadline(Opaque),
    /// `scanResponseTable` finds that an async request's time is over.
    ScanResponseTable(Opaque),
}

/// `DefaultMQProducerImpl`, `MQClientInstance`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum ProducerTimer {
    /// pollNameServerInterval.
    PollRoutes,
    /// heartbeatBrokerInterval.
    Heartbeat,
    /// The next step of a call, which no network event starts.
    Call(u32),
    /// A call's request is ready to leave.
    Depart(u32),
}

/// `DefaultMQPushConsumerImpl`, `MQClientInstance`, `RebalanceService`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum ConsumerTimer {
    /// pollNameServerInterval.
    PollRoutes,
    /// heartbeatBrokerInterval.
    Heartbeat,
    /// `RebalanceService`; the number tells a superseded alarm from the current one.
    Rebalance(u32),
    /// persistConsumerOffsetInterval.
    PersistOffsets,
    /// The next pull of a queue; the number is the process queue's own.
    Pull(MessageQueue, u32),
    /// A listener returns; the number is the consume request's.
    ListenerReturns(u32),
    /// A consume request is submitted (again).
    Submit(u32),
    /// `ProcessQueue#cleanExpiredMsg`.
    CleanExpired,
    /// Orderly: renew the queue locks.
    LockQueues,
    /// Orderly: try a queue again.
    ConsumeQueue(MessageQueue, u32),
    /// Orderly: lock a queue whose thread found it unlocked.
    TryLock(MessageQueue, u32),
    /// Orderly: the rebalance stops waiting for a queue's listener.
    UnlockGivesUp(MessageQueue, u32),
    /// Orderly, 4.9: a queue that was given away with messages left is unlocked.
    Unlock(MessageQueue),
    /// A dropped queue may come back (4.9, OFFSET_ILLEGAL).
    Unfreeze(MessageQueue, u32),
}

/// The broker's services.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum BrokerTimer {
    /// `FlushRealTimeService` or `GroupCommitService` looks.
    FlushTick(u32),
    /// The fsync in progress returns.
    FsyncDone(u32),
    /// `CommitRealTimeService` looks.
    CommitTick(u32),
    /// A put's flush wait is over.
    FlushDeadline(u32),
    /// A put's replication wait is over (or is looked at, 4.x).
    SlaveDeadline(u32),
    /// A put is answered.
    Reply(u32),
    /// A put that holds the lock stops waiting for its file.
    FileGivesUp(u32),
    /// `BrokerFastFailure` looks.
    FastFailure,
    /// `ReputMessageService` looks.
    Reput,
    /// `PullRequestHoldService` sweeps.
    HoldSweep,
    /// registerNameServerPeriod.
    Register,
    /// flushConsumerOffsetInterval.
    PersistOffsets,
    /// flushDelayOffsetInterval.
    PersistDelayOffsets,
    /// `ScheduleMessageService` looks at a level.
    DeliverDelayed(u8),
    /// `ClientHousekeepingService` scans silent clients.
    ScanClients,
    /// Transactions are checked.
    CheckTransactions,
    /// A check that has waited goes on.
    CheckContinues(u32),
    /// The OP batch is looked at.
    OpBatch,
    /// Old files are looked for.
    CleanFiles,
    /// The disk's use is looked at.
    CheckDisk,
    /// The next file of a round of deletions goes.
    DeleteFile,
    /// Consume-queue files are looked for.
    CleanQueues,
    /// The consume queues' first offsets are corrected.
    CorrectQueues,
    /// The slave connects to its master.
    HaConnect,
    /// The slave reports its offset.
    HaReport(ConnId),
    /// The master pushes bytes on a slave's connection.
    HaPush(ConnId),
    /// The master looks whether a slave's connection is dead.
    HaHousekeeping(ConnId),
    /// The master sends a heartbeat on an idle connection.
    HaHeartbeat(ConnId),
    /// The slave copies its master's tables.
    SyncMetadata,
    /// Controller mode.
    Replicas(ReplicasTimer),
    /// A clean stop has come to the store.
    StoreShutdown,
    /// A clean stop has come to replication.
    HaShutdown,
}

/// `ReplicasManager`. A number tells a superseded alarm from the current one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum ReplicasTimer {
    /// brokerHeartbeatInterval.
    Heartbeat,
    /// The start is tried again.
    Start,
    /// syncBrokerMetadataPeriod: who is master?
    SyncBrokerMetadata,
    /// checkSyncStateSetPeriod.
    CheckSyncStateSet(u32),
    /// The slave copies its master's tables.
    SlaveSynchronize(u32),
    /// A new master gets into routes.
    Register(u32),
}

/// `RouteInfoManager`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum NameServerTimer {
    /// A broker may have expired.
    Expire(NodeId),
    /// The controller looks for replicas that have fallen silent.
    ScanNotActiveBroker,
    /// The controller looks for broker names whose master is gone.
    ScanInactiveMaster,
}

impl Timer {
    /// Whether a broker may delete commit-log files when it goes off.
    pub fn deletes_files(self) -> bool {
        matches!(
            self,
            Self::Broker(BrokerTimer::CleanFiles | BrokerTimer::DeleteFile)
        )
    }

    /// Whether the controller may elect a master when it goes off.
    pub fn elects(self) -> bool {
        matches!(
            self,
            Self::NameServer(
                NameServerTimer::ScanNotActiveBroker | NameServerTimer::ScanInactiveMaster
            )
        )
    }

    /// Whether no message's fate hangs on it: it would go on for ever in an idle cluster.
    pub fn is_housekeeping(self) -> bool {
        match self {
            Self::Remoting(_) | Self::NameServer(_) => true,
            Self::Producer(timer) => match timer {
                ProducerTimer::PollRoutes | ProducerTimer::Heartbeat => true,
                ProducerTimer::Call(_) | ProducerTimer::Depart(_) => false,
            },
            Self::Consumer(timer) => match timer {
                ConsumerTimer::PollRoutes
                | ConsumerTimer::Heartbeat
                | ConsumerTimer::Rebalance(_)
                | ConsumerTimer::PersistOffsets
                | ConsumerTimer::CleanExpired
                | ConsumerTimer::LockQueues
                // A pull that is tried again once a second, for as long as its broker is away.
                | ConsumerTimer::Pull(..) => true,
                ConsumerTimer::ListenerReturns(_)
                | ConsumerTimer::Submit(_)
                | ConsumerTimer::ConsumeQueue(..)
                | ConsumerTimer::TryLock(..)
                | ConsumerTimer::UnlockGivesUp(..)
                | ConsumerTimer::Unlock(_)
                | ConsumerTimer::Unfreeze(..) => false,
            },
            Self::Broker(timer) => match timer {
                BrokerTimer::HoldSweep
                | BrokerTimer::Register
                | BrokerTimer::PersistOffsets
                | BrokerTimer::PersistDelayOffsets
                | BrokerTimer::ScanClients
                | BrokerTimer::CleanFiles
                | BrokerTimer::CheckDisk
                | BrokerTimer::HaConnect
                | BrokerTimer::HaReport(_)
                | BrokerTimer::HaHousekeeping(_)
                | BrokerTimer::HaHeartbeat(_)
                | BrokerTimer::Replicas(_)
                | BrokerTimer::SyncMetadata => true,
                BrokerTimer::FlushTick(_)
                | BrokerTimer::FsyncDone(_)
                | BrokerTimer::CommitTick(_)
                | BrokerTimer::FlushDeadline(_)
                | BrokerTimer::SlaveDeadline(_)
                | BrokerTimer::Reply(_)
                | BrokerTimer::FileGivesUp(_)
                | BrokerTimer::FastFailure
                | BrokerTimer::Reput
                | BrokerTimer::DeliverDelayed(_)
                | BrokerTimer::CheckTransactions
                | BrokerTimer::CheckContinues(_)
                | BrokerTimer::OpBatch
                | BrokerTimer::DeleteFile
                | BrokerTimer::CleanQueues
                | BrokerTimer::CorrectQueues
                | BrokerTimer::HaPush(_)
                | BrokerTimer::StoreShutdown
                | BrokerTimer::HaShutdown => false,
            },
        }
    }
}
