//! One call of `send` while it has not returned, and what its requests carry.

use std::sync::Arc;

use crate::exception::Exception;
use crate::ids::{BrokerName, MessageId, NodeId, QueueId, TagId, TopicId};
use crate::scenario;
use crate::status::{SendMode, SendStatus, TransactionState};
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};
use crate::wire::Message;

/// What a script asks of a producer: one message, which gets its label when the call is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SendCall {
    /// Any topic: the client validates it.
    pub(crate) topic: TopicId,
    /// How it is sent.
    pub(crate) mode: SendMode,
    /// A queue of the caller's choice: `send(msg, mq)`.
    pub(crate) queue: Option<(BrokerName, QueueId)>,
    /// 0 is none.
    pub(crate) tag: TagId,
    /// Of the body; it does not compress.
    pub(crate) body_bytes: u64,
    /// Of the encoded properties.
    pub(crate) properties_bytes: u32,
    /// WAIT.
    pub(crate) wait_store_msg_ok: bool,
    /// 0 is none.
    pub(crate) delay_level: u8,
    /// `sendMessageInTransaction`, with what the listener says.
    pub(crate) transaction: Option<scenario::Transaction>,
}

/// A call's number in its process.
pub(super) type CallId = u32;

/// What the application does when a call is made (again): the message changes with each call, the rest does not.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Order {
    pub label: MessageId,
    pub mode: SendMode,
    pub queue: Option<(BrokerName, QueueId)>,
    /// Of a transaction: what `executeLocalTransaction` returns.
    pub local: Option<TransactionState>,
    /// How often the application has sent it before.
    pub resend: u32,
    pub message: Arc<Message>,
}

/// A call under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Call {
    pub order: Order,
    /// The application thread that made it. An async call gives it back at once.
    pub thread: u32,
    /// `beginTimestampFirst`.
    pub begun: SimTime,
    /// `brokersSent`: the broker name of each attempt so far.
    pub tried: Vec<BrokerName>,
    /// The latest SendResult, of an attempt that was followed by another one.
    pub stored: Option<Answer>,
    /// The latest failure.
    pub failure: Option<Exception>,
    /// Its budget is used up to the millisecond, and Java's clock has not noticed (J.1).
    pub out_of_time: bool,
}

/// A SendResult as the broker gave it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Answer {
    pub status: SendStatus,
    pub broker: BrokerName,
    pub queue: QueueId,
    pub queue_offset: QueueOffset,
    /// `offsetMsgId`: where the record lies on that broker.
    pub start: PhysicalOffset,
}

/// One request of a call: all that is needed when it leaves and when it ends, even if the call has ended before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Attempt {
    pub call: CallId,
    pub message: MessageId,
    /// From 1.
    pub number: u32,
    pub broker: BrokerName,
    pub queue: QueueId,
    /// The broker name's master, as the client knows it.
    pub to: NodeId,
    pub begun: SimTime,
    /// What was left of the call's budget, or the cap of one request.
    pub timeout: Span,
}

/// How a call ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// With a SendResult.
    Answered(Answer),
    /// With an exception.
    Failed(Exception),
    /// Oneway: it left, or so the client believes.
    Left,
}

impl Call {
    pub fn new(order: Order, thread: u32, begun: SimTime) -> Self {
        Self {
            order,
            thread,
            begun,
            tried: Vec::new(),
            stored: None,
            failure: None,
            out_of_time: false,
        }
    }

    pub fn topic(&self) -> TopicId {
        self.order.message.topic
    }

    /// Attempts so far.
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.tried.len()).unwrap_or(u32::MAX)
    }

    /// Whether the application's thread waits for it.
    pub fn blocks(&self) -> bool {
        match self.order.mode {
            SendMode::Sync | SendMode::Oneway => true,
            SendMode::Async => false,
        }
    }
}
