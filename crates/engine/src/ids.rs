//! Names for things: small numbers that index the run's [`Names`](crate::names::Names).

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($repr:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub $repr);

        impl $name {
            /// The id as an index into a table of its kind.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// One process with its host: a name server, a broker replica, a producer or a consumer.
    NodeId(u16)
}
id! {
    /// A broker name, shared by one master and its slaves (`brokerName`).
    BrokerName(u16)
}
id! {
    /// A topic, system topics included.
    TopicId(u16)
}
id! {
    /// A producer or consumer group.
    GroupId(u16)
}
id! {
    /// A message tag; 0 is "no tag".
    TagId(u16)
}
id! {
    /// A queue of a topic on one broker.
    QueueId(u16)
}
id! {
    /// A message as the script numbers it: 1 is `m1`. Retries and duplicates of a message keep its number.
    MessageId(u32)
}
id! {
    /// An event of a run, in the order in which events happened, from 0.
    EventId(u32)
}
id! {
    /// One TCP connection, never used twice.
    ConnId(u32)
}
id! {
    /// A request number of one client (`RemotingCommand#opaque`).
    Opaque(u32)
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m{}", self.0)
    }
}

/// One start of a client process: RocketMQ's client id. The first start of `c1` is `c1`, the second `c1#2`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId {
    /// The node whose process this is.
    pub node: NodeId,
    /// Which start of that process, from 1.
    pub start: u32,
}

/// A queue somewhere in the cluster (`MessageQueue`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageQueue {
    /// Its topic.
    pub topic: TopicId,
    /// The broker name that has it. Ids follow the alphabetical order of names, so queues sort as RocketMQ sorts them.
    pub broker: BrokerName,
    /// Its number there.
    pub queue: QueueId,
}
