//! What became of every message: promise, fate, copies, who lost it, and what would lose it now.

mod again;
mod loss;
mod past;

use litemap::LiteMap;

use crate::action::{Action, Command};
use crate::cluster::Cluster;
use crate::copies;
use crate::event::{AttemptOutcome, Event, EventKind, Place, SendOutcome};
use crate::exception::Exception;
use crate::ids::{EventId, GroupId, MessageId, NodeId, TagId, TopicId};
use crate::list::List;
use crate::order;
use crate::setup::Setup;
use crate::status::{SendMode, SendStatus, TransactionState, words};

pub use again::{Again, Redelivery};
pub use loss::Loss;

use again::{Delivery, Heard, Outcome};
use loss::Case;
use past::Past;

/// One message's line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Which message.
    pub message: MessageId,
    /// What the application was told.
    pub promise: Promise,
    /// Where it ended, so far.
    pub fate: Fate,
    /// How often a listener got it.
    pub delivered: u32,
    /// How often one consumed it successfully.
    pub consumed: u32,
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

/// What events have told of each message so far. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// By label; a label that was never called has none.
    messages: List<Option<Told>>,
    past: Past,
}

/// What events have told of one message.
#[derive(Clone, Debug)]
struct Told {
    topic: TopicId,
    mode: SendMode,
    promise: Promise,
    /// The event that ended its last call without storing it, as far as the client knows.
    failed_by: Option<EventId>,
    /// Some attempt got no answer: whatever its call was told in the end, it may be stored.
    unanswered: bool,
    stored: bool,
    delivered: u32,
    /// Successful consumptions by group; of a broadcasting group, by member.
    consumed: LiteMap<(GroupId, Option<NodeId>), u32>,
    dead_lettered: bool,
    /// Its transaction was rolled back, by its producer or by a check-back: nobody is to get it.
    rolled_back: bool,
    lost_by: Option<LostBy>,
    heard: Heard,
}

impl Tally {
    /// Takes one event in.
    pub fn observe(&mut self, event: &Event, setup: &Setup) {
        self.past.observe(event);
        let Some(message) = event.kind.message() else {
            return;
        };
        if let EventKind::SendCalled {
            topic,
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
                let told = told.get_or_insert_with(|| Told::new(topic, mode));
                told.promise = Promise::Pending;
                told.heard.on_call(resend);
            }
        } else if let Some(Some(told)) = self.messages.get_mut(place(message)) {
            told.observe(event, setup, &self.past);
        }
    }
}

/// Where a message stands in the list.
fn place(message: MessageId) -> usize {
    usize::try_from(message.0).unwrap_or(usize::MAX)
}

impl Told {
    fn new(topic: TopicId, mode: SendMode) -> Self {
        Self {
            topic,
            mode,
            promise: Promise::Pending,
            failed_by: None,
            unanswered: false,
            stored: false,
            delivered: 0,
            consumed: LiteMap::new(),
            dead_lettered: false,
            rolled_back: false,
            lost_by: None,
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
                self.lost_by = None;
                self.heard
                    .on_appended(event, record, *reconsume_times, *waits, setup, past);
            }
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
            EventKind::DeadLettered { .. } => self.dead_lettered = true,
            EventKind::Lost { stage, .. } => {
                let case = Case {
                    topic: self.topic,
                    heard: &self.heard,
                    past,
                    setup,
                    acked: self.promise == Promise::Acked,
                };
                self.lost_by.get_or_insert(LostBy {
                    event: event.cause.unwrap_or(event.id),
                    stage: *stage,
                    rule: case.rule(event.cause.and_then(|cause| past.culprit(cause))),
                });
            }
            // The others say how, not what.
            EventKind::SendCalled { .. }
            | EventKind::AttemptEnded {
                outcome: AttemptOutcome::Sent,
                ..
            }
            | EventKind::Committed { .. }
            | EventKind::Flushed { .. }
            | EventKind::Replicated { .. }
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

/// Every message's line at this instant.
pub(crate) fn judge(cluster: &Cluster, tally: &Tally) -> Vec<Entry> {
    let mut copies_of: LiteMap<MessageId, Vec<Copy>> = LiteMap::new();
    for found in copies::all(cluster) {
        copies_of.entry(found.message).or_default().push(found.copy);
    }
    let servable = copies::servable(cluster);
    let exposures = exposures(cluster, &copies_of);
    let told = tally.messages.iter().zip(0u32..);
    told.filter_map(|(told, label)| Some((MessageId(label), told.as_ref()?)))
        .map(|(message, told)| {
            let copies = copies_of.remove(&message).unwrap_or_default();
            let wanted_by = copies::groups_for(cluster, told.topic, TagId(0));
            let fate = fate(told, &wanted_by, servable.contains(message));
            let exposed_to = if fate == Fate::InFlight {
                exposures.get(&message).cloned().unwrap_or_default()
            } else {
                Vec::new()
            };
            Entry {
                message,
                promise: told.promise,
                fate,
                delivered: told.delivered,
                consumed: told.consumed.values().sum(),
                copies,
                lost_by: lost_by_of(told, fate),
                again: told.heard.again.clone(),
                verdict: verdict(told, fate, &exposed_to, wanted_by.is_empty()),
                exposed_to,
            }
        })
        .collect()
}

fn fate(told: &Told, wanted_by: &[GroupId], servable: bool) -> Fate {
    let all_consumed = !told.consumed.is_empty()
        && wanted_by
            .iter()
            .all(|group| told.consumed.keys().any(|(by, _)| by == group));
    if all_consumed {
        Fate::Consumed
    } else if told.dead_lettered {
        Fate::DeadLetter
    } else if servable {
        Fate::InFlight
    } else if told.rolled_back && told.consumed.is_empty() {
        Fate::NeverStored
    } else if told.stored {
        if told.lost_by.is_some() || told.consumed.is_empty() {
            Fate::Lost
        } else {
            Fate::Consumed
        }
    } else if told.promise == Promise::Pending {
        Fate::InFlight
    } else {
        Fate::NeverStored
    }
}

fn lost_by_of(told: &Told, fate: Fate) -> Option<LostBy> {
    match fate {
        Fate::Lost => told.lost_by,
        Fate::NeverStored if told.promise == Promise::Unknown => {
            told.failed_by.map(|event| LostBy {
                event,
                stage: Stage::Produce,
                rule: match told.mode {
                    SendMode::Oneway => Loss::Oneway,
                    SendMode::Sync | SendMode::Async => Loss::CallFailed,
                },
            })
        }
        Fate::NeverStored | Fate::Consumed | Fate::InFlight | Fate::DeadLetter => None,
    }
}

fn verdict(told: &Told, fate: Fate, exposed_to: &[Exposure], unwanted: bool) -> Verdict {
    let duplicated = told.consumed.values().any(|times| *times > 1);
    match fate {
        Fate::Lost => Verdict::Lost,
        Fate::NeverStored if told.promise == Promise::Unknown => Verdict::Lost,
        Fate::NeverStored => Verdict::Refused,
        Fate::Consumed | Fate::InFlight | Fate::DeadLetter if duplicated => Verdict::Duplicated,
        Fate::DeadLetter => Verdict::DeadLetter,
        Fate::Consumed => Verdict::Ok,
        Fate::InFlight if told.promise == Promise::Pending => Verdict::Pending,
        Fate::InFlight if !exposed_to.is_empty() => Verdict::AtRisk,
        Fate::InFlight if unwanted => Verdict::Ok,
        Fate::InFlight => Verdict::Pending,
    }
}

/// Which single faults would lose which messages now: each is tried on a copy of the world.
fn exposures(
    cluster: &Cluster,
    copies_of: &LiteMap<MessageId, Vec<Copy>>,
) -> LiteMap<MessageId, Vec<Exposure>> {
    let mut exposed: LiteMap<MessageId, Vec<Exposure>> = LiteMap::new();
    let mut try_fault = |exposure: Exposure, command: Command| {
        for message in lost_by(&mut cluster.clone(), command) {
            let faults = exposed.entry(message).or_default();
            if !faults.contains(&exposure) {
                faults.push(exposure);
            }
        }
    };
    let brokers: Vec<NodeId> = cluster.brokers().map(|(node, _, _)| node).collect();
    for node in brokers {
        try_fault(Exposure::ProcessCrash, Command::Crash(node));
        try_fault(Exposure::PowerLoss, Command::PowerLoss(node));
        try_fault(Exposure::DiskLoss, Command::DestroyDisk(node));
    }
    let consumers: Vec<NodeId> = cluster.consumers().map(|(node, _, _)| node).collect();
    for node in consumers {
        try_fault(Exposure::ConsumerCrash, Command::Crash(node));
    }
    for (message, copies) in copies_of {
        let on_slaves_only = copies.iter().any(|copy| copy.served)
            && copies
                .iter()
                .filter(|copy| copy.served)
                .all(|copy| cluster.is_slave(copy.node));
        if on_slaves_only {
            let faults = exposed.entry(*message).or_default();
            faults.push(Exposure::SlaveNeverServed);
        }
    }
    for (_, faults) in exposed.iter_mut() {
        order::sort_by(faults, |fault| *fault);
    }
    exposed
}

/// The messages that a command loses, if it can be obeyed.
pub(crate) fn lost_by(cluster: &mut Cluster, command: Command) -> Vec<MessageId> {
    let mut events = Vec::new();
    let ended = command.clone();
    if cluster.apply(Action::Obey(command), &mut events).is_err() {
        return Vec::new();
    }
    if let Command::Crash(node) | Command::PowerLoss(node) | Command::DestroyDisk(node) = ended {
        cluster.fail_over(node, &mut events);
    }
    events
        .iter()
        .filter(|event| event.kind.name() == crate::event::EventName::Lost)
        .filter_map(|event| event.kind.message())
        .collect()
}
