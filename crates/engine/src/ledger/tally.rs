//! What events have told of every message: promises, copies, deliveries, losses. What follows from it is [`super::judge`]'s.

use litemap::LiteMap;

use crate::event::{AttemptOutcome, Event, EventKind, SendOutcome};
use crate::exception::Exception;
use crate::ids::{EventId, GroupId, MessageId, NodeId, TagId, TopicId};
use crate::list::List;
use crate::setup::Setup;
use crate::status::{SendMode, SendStatus, TransactionState};

use super::again::{Delivery, Heard, Outcome};
use super::loss::Case;
use super::past::Past;
use super::{LostBy, Promise};

/// What events have told of each message so far. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// By label; a label that was never called has none.
    pub(super) messages: List<Option<Told>>,
    past: Past,
}

/// What events have told of one message.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub topic: TopicId,
    pub tag: TagId,
    pub mode: SendMode,
    pub promise: Promise,
    /// The event that ended its last call without storing it, as far as the client knows.
    pub failed_by: Option<EventId>,
    /// Some attempt got no answer: whatever its call was told in the end, it may be stored.
    unanswered: bool,
    pub stored: bool,
    pub delivered: u32,
    /// Successful consumptions by group; of a broadcasting group, by member.
    pub consumed: LiteMap<(GroupId, Option<NodeId>), u32>,
    /// The groups that gave it up.
    pub dead_lettered: Vec<GroupId>,
    /// Its transaction was rolled back, by its producer or by a check-back: nobody is to get it.
    pub rolled_back: bool,
    /// What took it, the last last: from one group, or from everybody who had not had it.
    losses: Vec<(Option<GroupId>, LostBy)>,
    pub heard: Heard,
}

impl Tally {
    /// Takes one event in.
    pub fn observe(&mut self, event: &Event, setup: &Setup) {
        self.past.observe(event, setup);
        if let Some(message) = event.kind.message() {
            self.hear(message, event, setup);
        }
        self.past.note_end(event, setup);
    }

    fn hear(&mut self, message: MessageId, event: &Event, setup: &Setup) {
        if let EventKind::SendCalled {
            topic,
            tag,
            mode,
            resend,
            ..
        } = event.kind
        {
            let at = place(message);
            while self.messages.len() <= at {
                self.messages.push(None);
            }
            if let Some(told) = self.messages.get_mut(at) {
                let told = told.get_or_insert_with(|| Told::new(topic, tag, mode));
                told.promise = Promise::Pending;
                told.heard.on_call(resend);
            }
        } else if let Some(Some(told)) = self.messages.get_mut(place(message)) {
            told.observe(event, setup, &self.past);
        }
    }
}

/// Where a message stands in the list.
pub(super) fn place(message: MessageId) -> usize {
    usize::try_from(message.0).unwrap_or(usize::MAX)
}

impl Told {
    fn new(topic: TopicId, tag: TagId, mode: SendMode) -> Self {
        Self {
            topic,
            tag,
            mode,
            promise: Promise::Pending,
            failed_by: None,
            unanswered: false,
            stored: false,
            delivered: 0,
            consumed: LiteMap::new(),
            dead_lettered: Vec::new(),
            rolled_back: false,
            losses: Vec::new(),
            heard: Heard::default(),
        }
    }

    fn observe(&mut self, event: &Event, setup: &Setup, past: &Past) {
        match &event.kind {
            EventKind::SendReturned { outcome, .. } => {
                self.promise = promise(outcome, self.unanswered);
                self.rolled_back |= matches!(
                    outcome,
                    SendOutcome::Result {
                        transaction: Some(TransactionState::Rollback),
                        ..
                    }
                );
                self.failed_by = Some(event.id);
            }
            // A check-back is answered by the application itself.
            EventKind::CheckedBack {
                state: TransactionState::Commit,
                ..
            } => {
                self.promise = Promise::Acked;
                self.heard.on_committed(event.id);
            }
            EventKind::CheckedBack {
                state: TransactionState::Rollback,
                ..
            } => {
                self.promise = Promise::Refused;
                self.rolled_back = true;
            }
            EventKind::AttemptEnded {
                outcome: AttemptOutcome::Failed(exception),
                ..
            } => self.unanswered |= says_nothing(exception),
            EventKind::RequestSent { to, attempt, .. } => {
                self.heard.on_request(event.id, *to, *attempt);
            }
            EventKind::AttemptEnded {
                attempt,
                outcome: AttemptOutcome::Status(status),
                ..
            } => self.heard.on_status(*attempt, *status),
            EventKind::LocalTransaction {
                state: TransactionState::Commit,
                ..
            } => self.heard.on_committed(event.id),
            EventKind::Appended {
                record,
                reconsume_times,
                waits,
                ..
            } => {
                self.stored = true;
                self.heard
                    .on_appended(event, record, *reconsume_times, *waits, setup, past);
            }
            EventKind::Replicated { .. } => self.heard.replicas.push((event.id, event.node)),
            EventKind::Delivered {
                record,
                broker,
                group,
                delivery,
                from_memory,
                ..
            } => {
                self.delivered += 1;
                let delivery = Delivery {
                    event,
                    record,
                    broker: *broker,
                    group: *group,
                    delivery: *delivery,
                    from_memory: *from_memory,
                };
                self.heard.on_delivered(&delivery, setup, past);
            }
            EventKind::Consumed {
                group,
                delivery,
                result,
                succeeded,
                ..
            } => {
                if *succeeded {
                    let member = setup.broadcasts(*group).then_some(event.node);
                    *self.consumed.entry((*group, member)).or_default() += 1;
                }
                let outcome = Outcome {
                    event: event.id,
                    result: *result,
                    succeeded: *succeeded,
                };
                self.heard.on_consumed(event.node, *delivery, outcome);
            }
            EventKind::SentBack {
                group, delivery, ..
            } => self.heard.on_sent_back(event, *group, *delivery),
            EventKind::DeadLettered { group, .. } => self.dead_lettered.push(*group),
            EventKind::Lost { group, stage, .. } => {
                let case = Case {
                    topic: self.topic,
                    tag: self.tag,
                    group: *group,
                    heard: &self.heard,
                    past,
                    setup,
                    stage: *stage,
                    acked: self.promise == Promise::Acked,
                };
                let lost_by = LostBy {
                    event: event.cause.unwrap_or(event.id),
                    stage: *stage,
                    rule: case.rule(event.cause.and_then(|cause| past.culprit(cause))),
                };
                self.losses.push((*group, lost_by));
            }
            // The others say how, not what.
            EventKind::SendCalled { .. }
            | EventKind::AttemptEnded {
                outcome: AttemptOutcome::Sent,
                ..
            }
            | EventKind::Committed { .. }
            | EventKind::Flushed { .. }
            | EventKind::Replied { .. }
            | EventKind::Dispatched { .. }
            | EventKind::Pulled { .. }
            | EventKind::RetryStored { .. }
            | EventKind::OffsetCommitted { .. }
            | EventKind::OffsetPersisted
            | EventKind::LockGranted { .. }
            | EventKind::Rebalanced { .. }
            | EventKind::LocalTransaction { .. }
            | EventKind::CheckedBack {
                state: TransactionState::Unknow,
                ..
            }
            | EventKind::HalfStored { .. }
            | EventKind::Truncated { .. }
            | EventKind::Deleted { .. }
            | EventKind::NodeDown { .. }
            | EventKind::NodeUp
            | EventKind::LinkDown { .. }
            | EventKind::LinkUp { .. }
            | EventKind::RouteChanged { .. }
            | EventKind::Elected { .. }
            | EventKind::SyncStateSetChanged { .. }
            | EventKind::RoleChanged { .. }
            | EventKind::Paused
            | EventKind::Resumed
            | EventKind::DiskChanged { .. } => {}
        }
    }
}

impl Told {
    /// What last took it from a group.
    pub fn lost_by(&self, group: Option<GroupId>) -> Option<LostBy> {
        let mut losses = self.losses.iter().rev();
        let last = losses.find(|(from, _)| from.is_none() || *from == group);
        last.map(|(_, lost_by)| *lost_by)
    }

    /// Whether a group has consumed it; of no group, whether any has.
    pub fn is_consumed_by(&self, group: Option<GroupId>) -> bool {
        let mut by = self.consumed.keys();
        by.any(|(by, _)| group.is_none_or(|group| group == *by))
    }
}

/// What an outcome promises. A definite error says that nothing was stored, unless an earlier attempt of the call got no answer: a
/// lost connection, then refused ones, is told as 10001.
fn promise(outcome: &SendOutcome, unanswered: bool) -> Promise {
    match outcome {
        // The application itself has said that nobody is to get it, or that it does not know yet.
        SendOutcome::Result {
            transaction: Some(TransactionState::Rollback),
            ..
        } => Promise::Refused,
        SendOutcome::Result {
            transaction: Some(TransactionState::Unknow),
            ..
        } => Promise::Unknown,
        SendOutcome::Result {
            status: SendStatus::SendOk,
            ..
        } => Promise::Acked,
        SendOutcome::Result {
            status:
                SendStatus::FlushDiskTimeout
                | SendStatus::FlushSlaveTimeout
                | SendStatus::SlaveNotAvailable,
            ..
        } => Promise::AckedUnsure,
        SendOutcome::Nothing => Promise::Unknown,
        SendOutcome::Exception(exception) if unanswered || says_nothing(exception) => {
            Promise::Unknown
        }
        SendOutcome::Exception(_) => Promise::Refused,
    }
}

/// Whether an exception leaves open if the message was stored: no answer came, in time or at all. Refused connections, missing
/// routes and a broker's own codes do not: nobody stored it.
const fn says_nothing(exception: &Exception) -> bool {
    match exception {
        Exception::SendRequest(_)
        | Exception::Timeout(..)
        | Exception::CallTimeout
        | Exception::InvokeAsyncTimeout(_)
        | Exception::WaitResponseTimeout
        | Exception::AsyncSendFailed => true,
        Exception::Connect(_)
        | Exception::AsyncUnknownReason
        | Exception::RouteLookup(_)
        | Exception::Broker { .. }
        | Exception::Invalid(_)
        | Exception::Exhausted { .. }
        | Exception::BrokerNotExist(_)
        | Exception::NoRoute(_)
        | Exception::HalfMessageFailed => false,
    }
}
