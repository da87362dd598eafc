//! What became of every message: promise, fate, copies, who lost it, and what would lose it now.

mod again;
mod judge;
mod loss;
mod past;
mod tally;

use crate::event::Place;
use crate::ids::{EventId, GroupId, MessageId, NodeId};
use crate::status::words;

pub use again::{Again, Redelivery};
pub use loss::Loss;

pub(crate) use judge::{judge, losses_of};
pub(crate) use tally::Tally;

/// One message's line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Which message.
    pub message: MessageId,
    /// What the application was told.
    pub promise: Promise,
    /// Where it ended, so far: with the group that fares worst, if several subscribe it.
    pub fate: Fate,
    /// How often a listener got it.
    pub delivered: u32,
    /// How often one consumed it successfully.
    pub consumed: u32,
    /// What became of it for each group, if several subscribe it.
    pub groups: Vec<OfGroup>,
    /// Its copies now, brokers in id order.
    pub copies: Vec<Copy>,
    /// What destroyed, hid or skipped its last servable copy.
    pub lost_by: Option<LostBy>,
    /// Its deliveries that were not the first to their group, in order, and why each of them came.
    pub again: Vec<Redelivery>,
    /// The judgement.
    pub verdict: Verdict,
    /// Single faults that would lose it at this instant.
    pub exposed_to: Vec<Exposure>,
}

/// What became of a message for one of several groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfGroup {
    /// The group.
    pub group: GroupId,
    /// Where it ended, so far.
    pub fate: Fate,
    /// How often one of its listeners got it.
    pub delivered: u32,
    /// How often one consumed it successfully.
    pub consumed: u32,
    /// What took it from this group.
    pub lost_by: Option<LostBy>,
}

/// One copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Copy {
    /// The broker replica that has it.
    pub node: NodeId,
    /// Where it lies there.
    pub place: Place,
    /// Whether anybody will be, or has been, given it.
    pub served: bool,
}

/// Which event took the last servable copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LostBy {
    /// The event.
    pub event: EventId,
    /// The stage it belongs to.
    pub stage: Stage,
    /// The rule behind it.
    pub rule: Loss,
}

words! {
    /// What the producer's application was told.
    Promise {
        /// SEND_OK.
        Acked = "acked",
        /// Stored, but one of the waits was not met.
        AckedUnsure = "acked-unsure",
        /// A timeout, a lost connection, or oneway.
        Unknown = "unknown",
        /// A definite error: not stored.
        Refused = "refused",
        /// Nothing yet.
        Pending = "pending",
    }
}

words! {
    /// Where a message ended, so far.
    Fate {
        /// A listener took it.
        Consumed = "consumed",
        /// Somebody will still serve it.
        InFlight = "in-flight",
        /// In the dead-letter topic.
        DeadLetter = "dead-letter",
        /// Gone, hidden or skipped.
        Lost = "lost",
        /// No broker ever stored it, or its transaction was rolled back.
        NeverStored = "never-stored",
    }
}

words! {
    /// At which of the three stages a message was lost.
    Stage {
        /// On its way into the broker.
        Produce = "produce",
        /// In the broker.
        Store = "store",
        /// On its way out.
        Consume = "consume",
    }
}

words! {
    /// The judgement on a message.
    Verdict {
        /// Nothing wrong.
        Ok = "ok",
        /// Lost, or never stored and nobody knows.
        Lost = "lost",
        /// Consumed more than once by one group.
        Duplicated = "duplicated",
        /// Given up by its consumers.
        DeadLetter = "dead-letter",
        /// The sender was told that it is not stored.
        Refused = "refused",
        /// Unharmed, but one single fault would lose it now.
        AtRisk = "at-risk",
        /// Not decided.
        Pending = "pending",
    }
}

words! {
    /// A single fault.
    Exposure {
        /// SIGKILL of one broker.
        ProcessCrash = "process-crash",
        /// A power loss of one broker's machine.
        PowerLoss = "power-loss",
        /// One broker's disk is destroyed.
        DiskLoss = "disk-loss",
        /// Only a slave has it, and its master comes back without it.
        SlaveNeverServed = "slave-never-served",
        /// SIGKILL of one consumer.
        ConsumerCrash = "consumer-crash",
    }
}
