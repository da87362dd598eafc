//! What happened, as a file: `loss-lab-trace/1`. The engine writes it, and recordings of real clusters are read into it.
//!
//! These types mirror the file and nothing else: they know names, not ids, and no rule of RocketMQ. [`tell`] makes one of a run.

#[cfg(test)]
pub(crate) mod fixture;
mod fold;
mod json;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use crate::event::EventName;
use crate::exception::ExceptionClass;
use crate::ledger::{Again, Exposure, Fate, Loss, Promise, Stage, Verdict};
use crate::run::Run;
use crate::status::{
    ConsumeResult, GetMessageStatus, Profile, PullStatus, SendStatus, TransactionState,
};

pub use fold::{Story, tell};
pub use json::Millis;
pub use words::{By, FaultName, FormatName, Mode, PlaceName};

/// A whole trace. What only a recording has, and what only the engine can know, is optional.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trace {
    /// Says that this is a trace.
    pub format: FormatName,
    /// Whose rules were applied.
    pub profile: Profile,
    /// When it ended.
    pub end: Millis,
    /// Every call of the producers' applications, by label.
    pub sends: Vec<SendRow>,
    /// What brokers answered to pulls; equal answers in a row are one.
    pub pulls: Vec<PullRow>,
    /// Every hand-over to a listener.
    pub deliveries: Vec<DeliveryRow>,
    /// Consumer offsets in the masters' memories at the end.
    pub offsets: Vec<OffsetRow>,
    /// The ledger. Recordings have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageRow>>,
    /// Who spoke. Only recordings have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
    /// When each fault really struck. Only recordings have it: the engine's strike when the scenario says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<FaultRow>>,
    /// Local transactions and check-backs.
    pub transactions: Vec<TransactionRow>,
    /// What each running broker has per queue at the end.
    pub queues: Vec<QueueRow>,
    /// Every labelled message that a running broker can serve at the end.
    pub contents: Vec<ContentRow>,
    /// Remarks of the recorder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
    /// Everything that happened. Recordings have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventRow>>,
}

/// One call of a producer's application.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendRow {
    /// `m1`, `m2`, … in the order in which sends were called.
    pub message: String,
    /// Whose application.
    pub producer: String,
    /// Which kind of call.
    pub mode: Mode,
    /// When it was called.
    pub called: Millis,
    /// When the application was told; none while it waits.
    pub returned: Option<Millis>,
    /// Of a SendResult.
    pub status: Option<SendStatus>,
    /// Instead of a SendResult.
    pub exception: Option<ExceptionRow>,
    /// What left the producer, in order.
    pub attempts: Vec<AttemptRow>,
    /// `SendResult#messageQueue`.
    pub queue: Option<u16>,
    /// `SendResult#queueOffset`.
    pub queue_offset: Option<u64>,
    /// The broker name that answered.
    #[serde(default)]
    pub broker: Option<String>,
    /// Of a transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_transaction_state: Option<TransactionState>,
    /// How often the application itself sent again before this outcome.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resends: u32,
}

/// An exception as the application sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExceptionRow {
    /// Its simple class name.
    pub class: ExceptionClass,
    /// `getResponseCode()`; remoting exceptions have none.
    pub code: Option<i32>,
    /// Its text: `*` for durations, `<node>` for addresses.
    pub message: String,
}

/// One attempt of one call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AttemptRow {
    /// The broker name it went to.
    pub broker: String,
    /// The queue there.
    pub queue: u16,
    /// A send status, or an exception's class (`MQBrokerException 14` with its code); none while it is not known.
    pub outcome: Option<String>,
}

/// A broker's answer to a pull.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PullRow {
    /// Who asked: the consumer, or its group where that has several members.
    pub consumer: String,
    /// From which topic.
    pub topic: String,
    /// Which replica answered: a node's name.
    pub broker: String,
    /// From which queue.
    pub queue: u16,
    /// From which offset.
    pub offset: i64,
    /// What the store said.
    pub status: Option<GetMessageStatus>,
    /// What the client made of it.
    pub pull_status: Option<PullStatus>,
    /// Where to go on.
    pub next_begin_offset: Option<i64>,
    /// When.
    pub t: Millis,
    /// Who made the pull, if not the consumer by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// A script's pull that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionRow>,
}

/// One hand-over to a listener.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveryRow {
    /// Its label.
    pub message: String,
    /// Whose listener.
    pub consumer: String,
    /// When it was called.
    pub t: Millis,
    /// When it returned; none if it never did.
    pub done: Option<Millis>,
    /// `MessageExt#reconsumeTimes`.
    pub reconsume_times: u32,
    /// What it returned.
    pub result: Option<ConsumeResult>,
    /// The topic that the listener sees: the original one, for a retry too.
    pub topic: String,
    /// The broker name it was read from.
    pub broker: String,
    /// The queue it was read from: of a retry, the retry topic's.
    pub queue: u16,
    /// The offset there.
    pub queue_offset: u64,
}

/// A consumer offset in a master's memory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OffsetRow {
    /// Whose.
    pub group: String,
    /// In which topic.
    pub topic: String,
    /// The master's broker name.
    pub broker: String,
    /// In which queue.
    pub queue: u16,
    /// The next offset to be consumed.
    pub committed: u64,
}

/// One message's line of the ledger.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageRow {
    /// Its label.
    pub id: String,
    /// What the producer's application was told.
    pub promise: Promise,
    /// Where it ended, so far.
    pub fate: Fate,
    /// How often a listener consumed it successfully.
    pub consumed: u32,
    /// How often a listener got it.
    pub delivered: u32,
    /// What became of it for each group, if several subscribe it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupRow>,
    /// Its copies.
    pub copies: Vec<CopyRow>,
    /// What took its last servable copy.
    pub lost_by: Option<LostByRow>,
    /// Its deliveries that were not the first to their group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<AgainRow>,
    /// The judgement.
    pub verdict: Verdict,
    /// Single faults that would lose it at this instant.
    pub exposed_to: Vec<Exposure>,
}

/// What became of a message for one of several groups.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupRow {
    /// The group.
    pub group: String,
    /// Where it ended, so far.
    pub fate: Fate,
    /// How often one of its listeners consumed it successfully.
    pub consumed: u32,
    /// How often one of them got it.
    pub delivered: u32,
    /// What took it from this group.
    pub lost_by: Option<LostByRow>,
}

/// One copy of a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyRow {
    /// The replica that has it.
    pub node: String,
    /// Where it lies there.
    #[serde(rename = "where")]
    pub place: PlaceName,
    /// False for a copy that nobody will ever be given.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub served: bool,
}

/// The event that took a message's last servable copy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LostByRow {
    /// Its place in `events`, from 0.
    pub event: u32,
    /// When.
    pub t: Millis,
    /// What.
    pub kind: EventName,
    /// Where.
    pub node: String,
    /// The stage it belongs to.
    pub stage: Stage,
    /// The rule behind it: one of the ways to lose a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Loss>,
}

/// A delivery that was not the first of its message to its group. Events are named by their place in `events`, from 0.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgainRow {
    /// The delivery.
    pub event: u32,
    /// When.
    pub t: Millis,
    /// Whose listener.
    pub consumer: String,
    /// Why: one of the ways to consume twice, or a retry that the listener asked for.
    pub rule: Again,
    /// The earlier delivery that it repeats.
    pub earlier: u32,
    /// What made it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<u32>,
}

/// Who recorded, and how far it can be trusted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recorded {
    /// RocketMQ's exact version.
    pub rocketmq: String,
    /// Java's major version.
    pub java: String,
    /// The recorder's version.
    pub recorder: u32,
    /// Whether every step of the script could be done.
    pub complete: bool,
    /// Why the recording failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Steps that could not be done.
    pub unsupported: Vec<String>,
    /// `silent`: a dead machine's peers see no FIN. `fin`: they do.
    pub power_loss: String,
}

/// When a fault really struck.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FaultRow {
    /// When.
    pub t: Millis,
    /// What.
    #[serde(rename = "do")]
    pub what: FaultName,
    /// A node, two nodes (`a - b`) or a direction (`a > b`).
    pub on: String,
    /// When a restarted node served again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<Millis>,
}

/// A local transaction or a check-back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TransactionRow {
    /// When.
    pub t: Millis,
    /// `local-transaction` or `checked-back`.
    pub kind: EventName,
    /// Of which message.
    pub message: String,
    /// Whose application answered.
    pub producer: String,
    /// What it answered.
    pub state: Option<TransactionState>,
}

/// One consume queue of one broker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QueueRow {
    /// The replica.
    pub node: String,
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub queue: u16,
    /// Its first offset.
    pub min: u64,
    /// One past its last.
    pub max: u64,
}

/// One message that a broker can serve.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContentRow {
    /// The replica.
    pub node: String,
    /// Under which topic it is stored.
    pub topic: String,
    /// In which queue.
    pub queue: u16,
    /// Where in it.
    pub offset: u64,
    /// Its label.
    pub message: String,
    /// As stored.
    pub reconsume_times: u32,
}

/// One event. Beyond the first four, each kind has the fields that it needs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventRow {
    /// When.
    pub t: Millis,
    /// What.
    pub kind: EventName,
    /// Where.
    pub node: String,
    /// About which message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub more: EventMore,
}

/// What only some kinds of event have.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventMore {
    /// The place in `events` of the event without which this one would not have happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<u32>,
    /// The other node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// A consumer group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// A broker name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker: Option<String>,
    /// A queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<u16>,
    /// A place in a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_offset: Option<i64>,
    /// A byte position in a commit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_offset: Option<u64>,
    /// Where a pull goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_begin_offset: Option<i64>,
    /// Which kind of call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Where bytes were put.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceName>,
    /// How a send, a put or a read ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What a listener returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ConsumeResult>,
    /// What a transaction listener answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransactionState>,
    /// How a process ended; what became of a disk; `connection` where it was not the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// What the client made of a pull.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_status: Option<PullStatus>,
    /// An exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionRow>,
    /// The how-manieth attempt of its call, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The how-manieth call of the application for this message, after the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend: Option<u32>,
    /// The number of a hand-over, the same when the listener returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<u32>,
    /// How many messages, records, queues or failures; how full in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// `reconsumeTimes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconsume_times: Option<u32>,
    /// Who, if not the node by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

impl Trace {
    /// The trace of a run, up to its cursor.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        tell(&Story::of(run))
    }

    /// Reads a trace; the error says line and column.
    ///
    /// # Errors
    /// When the text is not JSON, or not a `loss-lab-trace/1`.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The JSON Schema of the format, made from the types that read it.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        if let serde_json::Value::Object(fields) = &mut schema {
            fields.insert("title".to_owned(), "loss-lab-trace/1".into());
        }
        schema
    }

    /// The trace as text, one row per line, the same bytes everywhere.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::rows(self)
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over references"
)]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over references"
)]
const fn is_true(value: &bool) -> bool {
    *value
}

const fn yes() -> bool {
    true
}
