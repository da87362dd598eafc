//! What can be done to a cluster: let something planned happen, or obey a command.

use crate::broker::OffsetKey;
use crate::config::BrokerConfig;
use crate::event::DiskChange;
use crate::ids::{BrokerName, NodeId, QueueId, TagId, TopicId};
pub use crate::node::producer::SendCall;
use crate::scenario::ConsumeRule;
use crate::units::{QueueOffset, SimTime, Span};

/// One move of the world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// A packet arrives.
    Deliver(DueId),
    /// An alarm goes off.
    Fire(DueId),
    /// Somebody outside the cluster acts on it.
    Obey(Command),
}

/// Something planned. Ids sort by time, then by the order of planning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DueId {
    pub(crate) at: SimTime,
    pub(crate) seq: u32,
}

/// What a person, a script or an explorer can do: a scenario's `do`, with names resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is the scenario action of the same name")]
pub enum Command {
    Send(NodeId, SendCall),
    Crash(NodeId),
    PowerLoss(NodeId),
    DestroyDisk(NodeId),
    /// A broker takes as long as RocketMQ does, unless somebody knows better.
    Stop(NodeId, Option<Span>),
    Restart(NodeId, Span),
    Pause(NodeId),
    Resume(NodeId),
    ChangeDisk(NodeId, DiskChange),
    ExpireFiles(NodeId, u64),
    Cut(NodeId, NodeId),
    Heal(NodeId, NodeId),
    Drop(NodeId, NodeId, u32),
    SetLink(NodeId, NodeId, Span),
    ConsumeResult(NodeId, ConsumeRule),
    ProcessTime(NodeId, Span),
    Pull(NodeId, ScriptPull),
    ResetOffset(NodeId, OffsetKey, QueueOffset),
    SetConf(NodeId, Box<BrokerConfig>),
    /// `set-conf` on the name server, of its controller's `enableElectUncleanMaster`.
    SetElectUncleanMaster(bool),
}

/// One raw pull of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptPull {
    pub(crate) topic: TopicId,
    pub(crate) broker: BrokerName,
    pub(crate) queue: QueueId,
    pub(crate) offset: i64,
    pub(crate) tags: Vec<TagId>,
}

/// Why a command cannot be obeyed now. Nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rejected {
    /// There is no such node.
    NoSuchNode,
    /// It takes a broker.
    NotABroker,
    /// It takes a consumer.
    NotAConsumer,
    /// It takes a producer.
    NotAProducer,
    /// The process is down.
    Down,
    /// The process runs already.
    Running,
    /// The process is on its way up.
    Starting,
    /// The process is frozen.
    Paused,
    /// The process is not frozen.
    NotPaused,
    /// The link is cut already.
    AlreadyCut,
    /// The link is whole.
    NotCut,
    /// That was not planned (any more).
    NotPlanned,
    /// The engine does not model it (see the README's "not modelled" table).
    NotModelled,
}
