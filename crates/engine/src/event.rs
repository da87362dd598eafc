//! What happened: the only thing that a ledger, a trace and a page know of a run.

use crate::exception::Exception;
use crate::ids::{
    BrokerName, ConnId, EventId, GroupId, MessageId, NodeId, QueueId, TagId, TopicId,
};
use crate::ledger::Stage;
use crate::status::{
    BrokerRole, ConsumeResult, GetMessageStatus, PullStatus, PutMessageStatus, SendMode,
    SendStatus, TransactionState, words,
};
use crate::units::{PhysicalOffset, QueueOffset, SimTime};

/// One thing that happened at one instant on one node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    /// Its number in the run.
    pub id: EventId,
    /// When.
    pub at: SimTime,
    /// Where.
    pub node: NodeId,
    /// The event without which this one would not have happened; none for what the script or a clock started.
    pub cause: Option<EventId>,
    /// What.
    pub kind: EventKind,
}

words! {
    /// The kinds of event that a trigger can name and a trace prints.
    EventName {
        /// The application called send.
        SendCalled = "send-called",
        /// An attempt left the producer.
        RequestSent = "request-sent",
        /// Bytes were appended to a commit log (page cache or off-heap buffer).
        Appended = "appended",
        /// Bytes went from the off-heap buffer to the page cache.
        Committed = "committed",
        /// Bytes are on disk.
        Flushed = "flushed",
        /// A slave appended its copy.
        Replicated = "replicated",
        /// A broker answered a send.
        Replied = "replied",
        /// An attempt ended at the producer.
        AttemptEnded = "attempt-ended",
        /// The application was told.
        SendReturned = "send-returned",
        /// A consume-queue entry was made.
        Dispatched = "dispatched",
        /// A broker read its store for a consumer.
        Pulled = "pulled",
        /// A listener was called.
        Delivered = "delivered",
        /// A listener returned.
        Consumed = "consumed",
        /// A failed message was sent back.
        SentBack = "sent-back",
        /// A retry copy was stored.
        RetryStored = "retry-stored",
        /// A message reached the dead-letter topic.
        DeadLettered = "dead-lettered",
        /// A broker took a consumer's offset into its memory.
        OffsetCommitted = "offset-committed",
        /// A broker wrote its offset file.
        OffsetPersisted = "offset-persisted",
        /// A broker locked a queue for a consumer.
        LockGranted = "lock-granted",
        /// A consumer's queues changed.
        Rebalanced = "rebalanced",
        /// A local transaction was executed.
        LocalTransaction = "local-transaction",
        /// A broker asked for a transaction's state and was answered.
        CheckedBack = "checked-back",
        /// A half message was stored.
        HalfStored = "half-stored",
        /// A log lost its tail.
        Truncated = "truncated",
        /// A log lost its oldest files.
        Deleted = "deleted",
        /// A process ended.
        NodeDown = "node-down",
        /// A process serves.
        NodeUp = "node-up",
        /// A link was cut, or a connection was given up.
        LinkDown = "link-down",
        /// A link was healed, or a connection was made.
        LinkUp = "link-up",
        /// A client's route of a topic changed, or a name server's.
        RouteChanged = "route-changed",
        /// The controller made a replica master, or found none to make it.
        Elected = "elected",
        /// The controller took in who is in sync.
        SyncStateSetChanged = "sync-state-set-changed",
        /// A replica became master or slave.
        RoleChanged = "role-changed",
        /// A process was frozen.
        Paused = "paused",
        /// A process goes on.
        Resumed = "resumed",
        /// A disk changed its behaviour.
        DiskChanged = "disk-changed",
        /// The last copy that could be served is gone.
        Lost = "lost",
    }
}

/// Where a copy lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// In the transient pool: dies with the process.
    Heap,
    /// In the page cache: dies with the machine.
    PageCache,
    /// fsynced: dies with the disk.
    Disk,
}

/// Why a process is down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Down {
    /// SIGKILL.
    Crash,
    /// The machine lost power.
    PowerLoss,
    /// The disk is gone, and the process with it.
    DestroyDisk,
    /// Clean shutdown.
    Stop,
}

/// How a disk behaves now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DiskChange {
    /// fsync does not return.
    Stalled,
    /// fsync returns again.
    Released,
    /// The next so many fsyncs report an error.
    Failing(u32),
    /// So full, in thousandths.
    Filled(u32),
    /// The store directory is gone.
    Destroyed,
}

/// How one attempt ended at the producer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AttemptOutcome {
    /// The broker answered with one of the four statuses.
    Status(SendStatus),
    /// It ended with an exception.
    Failed(Exception),
    /// Oneway: it left.
    Sent,
}

/// What the application was told by one call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum SendOutcome {
    /// A SendResult.
    Result {
        /// Its status.
        status: SendStatus,
        /// The broker name that answered.
        broker: BrokerName,
        /// `SendResult#messageQueue`.
        queue: QueueId,
        /// `SendResult#queueOffset`.
        queue_offset: QueueOffset,
        /// Of a transaction: the local state.
        transaction: Option<TransactionState>,
    },
    /// An exception.
    Exception(Exception),
    /// Oneway: nothing, ever.
    Nothing,
}

/// A record in one log, as events name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordRef {
    /// The message it is a copy of; none for RocketMQ's own records.
    pub message: Option<MessageId>,
    /// The topic it is stored under.
    pub topic: TopicId,
    /// The queue it is stored in.
    pub queue: QueueId,
    /// Its place in that queue.
    pub queue_offset: QueueOffset,
    /// Its first byte.
    pub start: PhysicalOffset,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(
    missing_docs,
    reason = "fields repeat their types' names; the variants are documented by EventName"
)]
pub enum EventKind {
    SendCalled {
        message: MessageId,
        topic: TopicId,
        tag: TagId,
        mode: SendMode,
        resend: u32,
    },
    /// `attempt` counts from 1.
    RequestSent {
        message: MessageId,
        to: NodeId,
        broker: BrokerName,
        queue: QueueId,
        attempt: u32,
    },
    /// `waits` is the record's WAIT: its sender waits for flush and slaves.
    Appended {
        record: RecordRef,
        place: Place,
        reconsume_times: u32,
        waits: bool,
    },
    Committed {
        record: RecordRef,
    },
    Flushed {
        record: RecordRef,
    },
    /// On the slave's node; `from` is its master.
    Replicated {
        record: RecordRef,
        from: NodeId,
    },
    /// `message` is none for RocketMQ's own sends.
    Replied {
        message: Option<MessageId>,
        to: NodeId,
        status: PutMessageStatus,
    },
    AttemptEnded {
        message: MessageId,
        attempt: u32,
        broker: BrokerName,
        queue: QueueId,
        outcome: AttemptOutcome,
    },
    SendReturned {
        message: MessageId,
        outcome: SendOutcome,
    },
    Dispatched {
        record: RecordRef,
    },
    /// On the broker; `consumer` asked. `script` marks the script's own pulls; `count` messages go out.
    Pulled {
        consumer: NodeId,
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
        offset: i64,
        status: GetMessageStatus,
        next_begin_offset: i64,
        pull_status: Option<PullStatus>,
        count: u32,
        script: bool,
    },
    /// On the consumer. `from_memory`: the client had it already, and no broker was asked for it again.
    Delivered {
        record: RecordRef,
        broker: BrokerName,
        group: GroupId,
        topic: TopicId,
        reconsume_times: u32,
        delivery: u32,
        from_memory: bool,
    },
    /// On the consumer; `delivery` is that of its `Delivered`. `kept` is false when the result was thrown away (dropped queue).
    Consumed {
        message: MessageId,
        group: GroupId,
        delivery: u32,
        result: ConsumeResult,
        succeeded: bool,
        kept: bool,
    },
    /// `delivery` is the one that failed.
    SentBack {
        message: MessageId,
        group: GroupId,
        delivery: u32,
        reconsume_times: u32,
    },
    RetryStored {
        record: RecordRef,
        group: GroupId,
        reconsume_times: u32,
    },
    DeadLettered {
        record: RecordRef,
        group: GroupId,
        reconsume_times: u32,
    },
    /// `reset`: no client says so, but an operator.
    OffsetCommitted {
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
        offset: QueueOffset,
        reset: bool,
    },
    OffsetPersisted,
    /// `expired`: another client had it, and did not renew it in time.
    LockGranted {
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
        client: NodeId,
        expired: bool,
    },
    Rebalanced {
        group: GroupId,
        topic: TopicId,
        queues: u32,
    },
    LocalTransaction {
        message: MessageId,
        state: TransactionState,
    },
    CheckedBack {
        message: MessageId,
        state: TransactionState,
    },
    HalfStored {
        record: RecordRef,
    },
    Truncated {
        at: PhysicalOffset,
        records: u32,
    },
    Deleted {
        before: PhysicalOffset,
        records: u32,
    },
    NodeDown {
        how: Down,
    },
    NodeUp,
    /// Both for a cut link (`conn` is none) and for a connection that one end gave up.
    LinkDown {
        peer: NodeId,
        conn: Option<ConnId>,
    },
    LinkUp {
        peer: NodeId,
        conn: Option<ConnId>,
    },
    RouteChanged {
        topic: TopicId,
    },
    /// On the controller's node.
    Elected {
        broker: BrokerName,
        master: Option<NodeId>,
        epoch: u32,
    },
    /// On the controller's node; `members` in id order.
    SyncStateSetChanged {
        broker: BrokerName,
        members: Vec<NodeId>,
    },
    RoleChanged {
        role: BrokerRole,
        epoch: u32,
    },
    Paused,
    Resumed,
    DiskChanged {
        change: DiskChange,
    },
    /// `cause` is the event that took it; from one group, or from everybody who had not had it.
    Lost {
        message: MessageId,
        group: Option<GroupId>,
        stage: Stage,
    },
}

/// What a script step waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// An instant.
    At(SimTime),
    /// Right after an event.
    After(Pattern),
}

/// Which event; what is none matches any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Its kind.
    pub event: EventName,
    /// Of this message, by number.
    pub message: Option<u32>,
    /// On this node, by name.
    pub node: Option<String>,
    /// The how-manieth that matches, from 1.
    pub nth: u32,
}

impl EventKind {
    /// The name that triggers and traces use.
    #[must_use]
    pub const fn name(&self) -> EventName {
        match self {
            Self::SendCalled { .. } => EventName::SendCalled,
            Self::RequestSent { .. } => EventName::RequestSent,
            Self::Appended { .. } => EventName::Appended,
            Self::Committed { .. } => EventName::Committed,
            Self::Flushed { .. } => EventName::Flushed,
            Self::Replicated { .. } => EventName::Replicated,
            Self::Replied { .. } => EventName::Replied,
            Self::AttemptEnded { .. } => EventName::AttemptEnded,
            Self::SendReturned { .. } => EventName::SendReturned,
            Self::Dispatched { .. } => EventName::Dispatched,
            Self::Pulled { .. } => EventName::Pulled,
            Self::Delivered { .. } => EventName::Delivered,
            Self::Consumed { .. } => EventName::Consumed,
            Self::SentBack { .. } => EventName::SentBack,
            Self::RetryStored { .. } => EventName::RetryStored,
            Self::DeadLettered { .. } => EventName::DeadLettered,
            Self::OffsetCommitted { .. } => EventName::OffsetCommitted,
            Self::OffsetPersisted => EventName::OffsetPersisted,
            Self::LockGranted { .. } => EventName::LockGranted,
            Self::Rebalanced { .. } => EventName::Rebalanced,
            Self::LocalTransaction { .. } => EventName::LocalTransaction,
            Self::CheckedBack { .. } => EventName::CheckedBack,
            Self::HalfStored { .. } => EventName::HalfStored,
            Self::Truncated { .. } => EventName::Truncated,
            Self::Deleted { .. } => EventName::Deleted,
            Self::NodeDown { .. } => EventName::NodeDown,
            Self::NodeUp => EventName::NodeUp,
            Self::LinkDown { .. } => EventName::LinkDown,
            Self::LinkUp { .. } => EventName::LinkUp,
            Self::RouteChanged { .. } => EventName::RouteChanged,
            Self::Elected { .. } => EventName::Elected,
            Self::SyncStateSetChanged { .. } => EventName::SyncStateSetChanged,
            Self::RoleChanged { .. } => EventName::RoleChanged,
            Self::Paused => EventName::Paused,
            Self::Resumed => EventName::Resumed,
            Self::DiskChanged { .. } => EventName::DiskChanged,
            Self::Lost { .. } => EventName::Lost,
        }
    }

    /// The message it is about, if it is about one.
    #[must_use]
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::SendCalled { message, .. }
            | Self::RequestSent { message, .. }
            | Self::AttemptEnded { message, .. }
            | Self::SendReturned { message, .. }
            | Self::Consumed { message, .. }
            | Self::SentBack { message, .. }
            | Self::LocalTransaction { message, .. }
            | Self::CheckedBack { message, .. }
            | Self::Lost { message, .. } => Some(*message),
            Self::Replied { message, .. } => *message,
            Self::Appended { record, .. }
            | Self::Committed { record }
            | Self::Flushed { record }
            | Self::Replicated { record, .. }
            | Self::Dispatched { record }
            | Self::Delivered { record, .. }
            | Self::RetryStored { record, .. }
            | Self::DeadLettered { record, .. }
            | Self::HalfStored { record } => record.message,
            Self::Pulled { .. }
            | Self::OffsetCommitted { .. }
            | Self::OffsetPersisted
            | Self::LockGranted { .. }
            | Self::Rebalanced { .. }
            | Self::Truncated { .. }
            | Self::Deleted { .. }
            | Self::NodeDown { .. }
            | Self::NodeUp
            | Self::LinkDown { .. }
            | Self::LinkUp { .. }
            | Self::RouteChanged { .. }
            | Self::Elected { .. }
            | Self::SyncStateSetChanged { .. }
            | Self::RoleChanged { .. }
            | Self::Paused
            | Self::Resumed
            | Self::DiskChanged { .. } => None,
        }
    }
}
