//! What can be seen of a cluster at one instant, as plain data: the page's only way to look inside.

use crate::event::{Down, Place, RecordRef};
use crate::ids::{BrokerName, GroupId, MessageId, MessageQueue, NodeId, QueueId, TopicId};
use crate::status::{BrokerRole, FlushDiskType, PutMessageStatus};
use crate::units::{PhysicalOffset, QueueOffset, SimTime};

/// The whole cluster at `now`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClusterView {
    /// The instant.
    pub now: SimTime,
    /// Every node in id order: name server, brokers by name and replica, producers, consumers.
    pub nodes: Vec<NodeView>,
    /// What is on the wires, in order of arrival.
    pub flights: Vec<Flight>,
    /// Links that pass nothing, each once, smaller id first.
    pub cuts: Vec<(NodeId, NodeId)>,
}

/// One node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeView {
    /// Which.
    pub id: NodeId,
    /// Whether it runs.
    pub condition: Condition,
    /// Since when.
    pub since: SimTime,
    /// What it is.
    pub kind: NodeKind,
}

/// Whether a process runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    /// It runs.
    Running,
    /// SIGSTOP.
    Paused,
    /// It is down.
    Down(Down),
    /// It is on its way up, and serves at this instant.
    Starting(SimTime),
    /// It shuts down, and has ended at this instant.
    Stopping(SimTime),
    /// It has not been started yet.
    NotStarted,
}

/// What a node is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeKind {
    /// A name server, and the broker replicas that are registered there.
    NameServer {
        /// Registered replicas.
        registered: Vec<NodeId>,
    },
    /// A broker replica.
    Broker(BrokerView),
    /// A producer.
    Producer(ProducerView),
    /// A push consumer.
    Consumer(ConsumerView),
}

/// A broker replica.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerView {
    /// Its broker name.
    pub broker: BrokerName,
    /// `brokerId`: 0 is the master.
    pub replica: u16,
    /// Its role.
    pub role: BrokerRole,
    /// How it flushes.
    pub flush: FlushDiskType,
    /// Whether appends go to the off-heap buffer first.
    pub transient_pool: bool,
    /// How its disk behaves.
    pub disk: DiskState,
    /// Every record of a script's message, in log order.
    pub copies: Vec<CopyView>,
    /// End of what was appended.
    pub wrote: PhysicalOffset,
    /// End of what is in the page cache.
    pub committed: PhysicalOffset,
    /// End of what is on disk.
    pub flushed: PhysicalOffset,
    /// When the next fsync of dirty bytes is due, if any are dirty.
    pub next_flush: Option<SimTime>,
    /// On a master: its slaves' connections.
    pub slaves: Vec<SlaveLink>,
    /// Its queues that have ever had an entry.
    pub queues: Vec<QueueView>,
    /// Consumer offsets in its memory.
    pub offsets: Vec<OffsetView>,
    /// Queues that an orderly consumer holds.
    pub locks: Vec<LockView>,
}

/// How a disk behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiskState {
    /// As it should.
    Healthy,
    /// fsync does not return.
    Stalled,
    /// The next so many fsyncs report an error.
    Failing(u32),
    /// The store directory is gone.
    Destroyed,
}

/// One copy in one log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CopyView {
    /// The record.
    pub record: RecordRef,
    /// Where it lies.
    pub place: Place,
    /// Whether a consumer may still be given it from here (or has been).
    pub served: bool,
    /// Whether it has its consume-queue entry.
    pub dispatched: bool,
}

/// A master's view of one slave connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlaveLink {
    /// The slave.
    pub slave: NodeId,
    /// Whether there is a connection.
    pub connected: bool,
    /// Whether it has reported its offset on this connection.
    pub reported: bool,
    /// The offset it last reported.
    pub acked: PhysicalOffset,
}

/// A consume queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueView {
    /// Its topic.
    pub topic: TopicId,
    /// Its number.
    pub queue: QueueId,
    /// Its first entry's offset.
    pub min: QueueOffset,
    /// One past its last entry's offset.
    pub max: QueueOffset,
}

/// A consumer offset in a broker's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OffsetView {
    /// The group.
    pub group: GroupId,
    /// The topic.
    pub topic: TopicId,
    /// The queue.
    pub queue: QueueId,
    /// The next offset to be consumed.
    pub committed: QueueOffset,
}

/// A queue lock in a broker's memory (`RebalanceLockManager`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LockView {
    /// The group.
    pub group: GroupId,
    /// The topic.
    pub topic: TopicId,
    /// The queue.
    pub queue: QueueId,
    /// Whose it is.
    pub holder: NodeId,
}

/// A producer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerView {
    /// Its group.
    pub group: GroupId,
    /// Calls that have not returned, oldest first, with the attempt each is at.
    pub waiting: Vec<(MessageId, u32)>,
}

/// A push consumer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerView {
    /// Its group.
    pub group: GroupId,
    /// The queues it owns.
    pub queues: Vec<MessageQueue>,
    /// Messages in its memory that no listener has been given yet.
    pub cached: Vec<MessageId>,
    /// Messages that a listener has now.
    pub running: Vec<MessageId>,
}

/// Something on a wire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flight {
    /// From here …
    pub from: NodeId,
    /// … to here.
    pub to: NodeId,
    /// When it left.
    pub sent: SimTime,
    /// When it arrives; never while the link is cut or the receiver is frozen.
    pub arrives: SimTime,
    /// What it is.
    pub what: FlightKind,
}

/// What is on a wire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FlightKind {
    /// A send request.
    Send(MessageId),
    /// The answer to a send.
    Reply(MessageId, PutMessageStatus),
    /// An error answer to a send.
    Refusal(MessageId),
    /// A pull request.
    Pull,
    /// The answer to a pull, with its messages (none: nothing new).
    Messages(Vec<MessageId>),
    /// Commit-log bytes to a slave.
    Replicate(Vec<MessageId>),
    /// A slave's report of its offset.
    Ack(PhysicalOffset),
    /// A consumer's offsets.
    Offsets,
    /// Heartbeats, routes, registrations and the like.
    Housekeeping,
    /// A connection being made or ended.
    Connection,
}
