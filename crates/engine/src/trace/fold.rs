//! From a run to its trace: everything here is told by the events, the last view and the ledger.

use std::collections::BTreeMap;

use crate::event::{AttemptOutcome, DiskChange, Down, Event, EventKind, RecordRef, SendOutcome};
use crate::exception::Exception;
use crate::ids::{GroupId, MessageId, NodeId, QueueId, TopicId};
use crate::ledger::{Entry, LostBy};
use crate::names::Names;
use crate::run::Run;
use crate::scenario::Scenario;
use crate::status::{GetMessageStatus, Profile};
use crate::units::{PhysicalOffset, QueueOffset, SimTime};
use crate::view::{BrokerView, ClusterView, Condition, NodeKind};

use super::{
    AgainRow, AttemptRow, By, ContentRow, CopyRow, DeliveryRow, EventMore, EventRow, ExceptionRow,
    FormatName, GroupRow, LostByRow, MessageRow, Millis, Mode, OffsetRow, PlaceName, PullRow,
    QueueRow, SendRow, Trace, TransactionRow,
};

/// All that can be told of a run that has ended, or of one so far.
#[derive(Clone, Debug)]
pub struct Story<'a> {
    /// What was asked for.
    pub scenario: &'a Scenario,
    /// What things are called.
    pub names: &'a Names,
    /// What happened.
    pub events: &'a [Event],
    /// How it stands now.
    pub view: ClusterView,
    /// What became of the messages.
    pub ledger: Vec<Entry>,
}

impl<'a> Story<'a> {
    /// What a run has to tell, up to its cursor.
    #[must_use]
    pub fn of(run: &'a Run) -> Self {
        Self {
            scenario: run.scenario(),
            names: run.names(),
            events: run.events(),
            view: run.cluster().view(),
            ledger: run.ledger().to_vec(),
        }
    }
}

/// The trace of a run.
#[must_use]
pub fn tell(story: &Story<'_>) -> Trace {
    let mut told = Told::new(story);
    for event in story.events {
        told.hear(event);
    }
    Trace {
        format: FormatName::V1,
        profile: story.scenario.profile,
        end: Millis(story.view.now),
        sends: told.sends.into_values().collect(),
        pulls: told.pulls,
        deliveries: told.deliveries,
        offsets: offsets(story),
        messages: Some(
            story
                .ledger
                .iter()
                .map(|entry| message_row(story, entry))
                .collect(),
        ),
        recorded: None,
        faults: None,
        transactions: told.transactions,
        queues: queues(story),
        contents: contents(story, &told.reconsume_times),
        notes: None,
        events: Some(
            story
                .events
                .iter()
                .map(|event| event_row(story, event))
                .collect(),
        ),
    }
}

/// One queue of one replica as one group sees it.
type PullKey = (GroupId, TopicId, NodeId, QueueId);

/// What the events have told so far.
struct Told<'a> {
    story: &'a Story<'a>,
    sends: BTreeMap<MessageId, SendRow>,
    pulls: Vec<PullRow>,
    /// The last answer per queue: the same long poll again is not news.
    answers: BTreeMap<PullKey, (i64, GetMessageStatus, i64)>,
    deliveries: Vec<DeliveryRow>,
    /// Where in `deliveries` a delivery is that has not returned.
    open: BTreeMap<(NodeId, u32), usize>,
    transactions: Vec<TransactionRow>,
    /// As stored; a slave's copy begins at the same byte as its master's.
    reconsume_times: BTreeMap<RecordKey, u32>,
}

type RecordKey = (TopicId, QueueId, QueueOffset, PhysicalOffset);

const fn key(record: &RecordRef) -> RecordKey {
    (
        record.topic,
        record.queue,
        record.queue_offset,
        record.start,
    )
}

impl<'a> Told<'a> {
    const fn new(story: &'a Story<'a>) -> Self {
        Self {
            story,
            sends: BTreeMap::new(),
            pulls: Vec::new(),
            answers: BTreeMap::new(),
            deliveries: Vec::new(),
            open: BTreeMap::new(),
            transactions: Vec::new(),
            reconsume_times: BTreeMap::new(),
        }
    }

    fn hear(&mut self, event: &Event) {
        let names = self.story.names;
        match &event.kind {
            EventKind::SendCalled {
                message,
                mode,
                resend,
                ..
            } => {
                let row = self.sends.entry(*message).or_insert_with(|| SendRow {
                    message: message.to_string(),
                    producer: names.node(event.node).to_owned(),
                    mode: Mode::from(*mode),
                    called: Millis(event.at),
                    returned: None,
                    status: None,
                    exception: None,
                    attempts: Vec::new(),
                    queue: None,
                    queue_offset: None,
                    broker: None,
                    local_transaction_state: None,
                    resends: 0,
                });
                row.resends = *resend;
            }
            EventKind::RequestSent {
                message,
                broker,
                queue,
                ..
            } => {
                // A oneway send has returned when its request waits for a connection: its attempt is there already.
                let waits = |row: &&mut SendRow| row.mode != Mode::Oneway || row.returned.is_none();
                if let Some(row) = self.sends.get_mut(message).filter(waits) {
                    row.attempts.push(AttemptRow {
                        broker: names.broker(*broker).to_owned(),
                        queue: queue.0,
                        outcome: None,
                    });
                }
            }
            EventKind::AttemptEnded {
                message,
                broker,
                queue,
                outcome,
                ..
            } => {
                let Some(row) = self.sends.get_mut(message) else {
                    return;
                };
                let (broker, outcome) = (names.broker(*broker), attempt_outcome(outcome));
                match row.attempts.iter_mut().find(|row| {
                    row.outcome.is_none() && row.broker == broker && row.queue == queue.0
                }) {
                    Some(attempt) => attempt.outcome = outcome,
                    // It never left: no connection could be made.
                    None => row.attempts.push(AttemptRow {
                        broker: broker.to_owned(),
                        queue: queue.0,
                        outcome,
                    }),
                }
            }
            EventKind::SendReturned { message, outcome } => {
                if let Some(row) = self.sends.get_mut(message) {
                    row.returned = Some(Millis(event.at));
                    returned(row, outcome, names, self.story.scenario.profile);
                }
            }
            EventKind::HalfStored { record } => {
                if let Some(row) = record
                    .message
                    .and_then(|message| self.sends.get_mut(&message))
                {
                    row.mode = Mode::Transaction;
                }
            }
            EventKind::LocalTransaction { message, state }
            | EventKind::CheckedBack { message, state } => {
                self.transactions.push(TransactionRow {
                    t: Millis(event.at),
                    kind: event.kind.name(),
                    message: message.to_string(),
                    producer: names.node(event.node).to_owned(),
                    state: Some(*state),
                });
            }
            EventKind::Appended {
                record,
                reconsume_times,
                ..
            } => {
                self.reconsume_times.insert(key(record), *reconsume_times);
            }
            EventKind::Pulled {
                consumer,
                group,
                topic,
                queue,
                offset,
                status,
                next_begin_offset,
                pull_status,
                script,
                ..
            } => {
                let row = PullRow {
                    consumer: names.node(*consumer).to_owned(),
                    topic: names.topic(*topic).to_owned(),
                    broker: names.node(event.node).to_owned(),
                    queue: queue.0,
                    offset: *offset,
                    status: Some(*status),
                    pull_status: *pull_status,
                    next_begin_offset: Some(*next_begin_offset),
                    t: Millis(event.at),
                    by: script.then_some(By::Script),
                    exception: None,
                };
                if *script {
                    self.pulls.push(row);
                    return;
                }
                let answer = (*offset, *status, *next_begin_offset);
                let again = self
                    .answers
                    .insert((*group, *topic, event.node, *queue), answer)
                    == Some(answer);
                if !again && event.at >= SimTime::ZERO && is_for_clients(self.story, *topic) {
                    self.pulls.push(PullRow {
                        consumer: asker(self.story, *consumer, *group),
                        ..row
                    });
                }
            }
            EventKind::Delivered {
                record,
                broker,
                topic,
                reconsume_times,
                delivery,
                ..
            } => {
                let Some(message) = record.message else {
                    return;
                };
                self.open
                    .insert((event.node, *delivery), self.deliveries.len());
                self.deliveries.push(DeliveryRow {
                    message: message.to_string(),
                    consumer: names.node(event.node).to_owned(),
                    t: Millis(event.at),
                    done: None,
                    reconsume_times: *reconsume_times,
                    result: None,
                    topic: names.topic(*topic).to_owned(),
                    broker: names.broker(*broker).to_owned(),
                    queue: record.queue.0,
                    queue_offset: record.queue_offset.get(),
                });
            }
            EventKind::Consumed {
                delivery, result, ..
            } => {
                let row = self
                    .open
                    .remove(&(event.node, *delivery))
                    .and_then(|at| self.deliveries.get_mut(at));
                if let Some(row) = row {
                    row.done = Some(Millis(event.at));
                    row.result = Some(*result);
                }
            }
            EventKind::Committed { .. }
            | EventKind::Flushed { .. }
            | EventKind::Replicated { .. }
            | EventKind::Replied { .. }
            | EventKind::Dispatched { .. }
            | EventKind::SentBack { .. }
            | EventKind::RetryStored { .. }
            | EventKind::DeadLettered { .. }
            | EventKind::OffsetCommitted { .. }
            | EventKind::OffsetPersisted
            | EventKind::LockGranted { .. }
            | EventKind::Rebalanced { .. }
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
            | EventKind::DiskChanged { .. }
            | EventKind::Lost { .. } => {}
        }
    }
}

fn returned(row: &mut SendRow, outcome: &SendOutcome, names: &Names, profile: Profile) {
    match outcome {
        SendOutcome::Result {
            status,
            broker,
            queue,
            queue_offset,
            transaction,
        } => {
            row.status = Some(*status);
            row.broker = Some(names.broker(*broker).to_owned());
            row.queue = Some(queue.0);
            row.queue_offset = Some(queue_offset.get());
            row.local_transaction_state = *transaction;
            if transaction.is_some() {
                row.mode = Mode::Transaction;
            }
        }
        SendOutcome::Exception(exception) => {
            row.exception = Some(exception_row(exception, names, profile));
            if *exception == Exception::HalfMessageFailed {
                row.mode = Mode::Transaction;
            }
        }
        SendOutcome::Nothing => {}
    }
}

fn exception_row(exception: &Exception, names: &Names, profile: Profile) -> ExceptionRow {
    ExceptionRow {
        class: exception.class(),
        code: exception.code(),
        message: exception.message(names, profile),
    }
}

/// As the client's hooks see it: of a broker's refusal the code, of anything else the class; of a oneway nothing.
fn attempt_outcome(outcome: &AttemptOutcome) -> Option<String> {
    match outcome {
        AttemptOutcome::Status(status) => Some(status.word().to_owned()),
        AttemptOutcome::Failed(exception) => {
            let class = exception.class().word();
            match (exception, exception.code()) {
                (Exception::Broker { .. }, Some(code)) => Some(format!("{class} {code}")),
                (_, _) => Some(class.to_owned()),
            }
        }
        AttemptOutcome::Sent => None,
    }
}

/// Traces show the pulls and offsets of the scenario's topics and of retry topics, not RocketMQ's own.
fn is_for_clients(story: &Story<'_>, topic: TopicId) -> bool {
    let name = story.names.topic(topic);
    name.starts_with("%RETRY%") || story.scenario.topics.iter().any(|topic| topic.name == name)
}

/// The consumer; its group where that has several members, since a broker knows the group only.
fn asker(story: &Story<'_>, consumer: NodeId, group: GroupId) -> String {
    let group = story.names.group(group);
    let members = story
        .scenario
        .consumers
        .iter()
        .filter(|consumer| consumer.group == group)
        .count();
    if members > 1 {
        group.to_owned()
    } else {
        story.names.node(consumer).to_owned()
    }
}

/// The brokers that can be asked at the end, with their names.
fn serving<'a>(story: &'a Story<'_>) -> impl Iterator<Item = (&'a str, &'a BrokerView)> {
    let names = story.names;
    story
        .view
        .nodes
        .iter()
        .filter_map(move |node| match (&node.kind, node.condition) {
            (NodeKind::Broker(broker), Condition::Running) => Some((names.node(node.id), broker)),
            (
                NodeKind::Broker(_),
                Condition::Paused
                | Condition::Down(_)
                | Condition::Starting(_)
                | Condition::Stopping(_)
                | Condition::NotStarted,
            )
            | (NodeKind::NameServer { .. } | NodeKind::Producer(_) | NodeKind::Consumer(_), _) => {
                None
            }
        })
}

fn offsets(story: &Story<'_>) -> Vec<OffsetRow> {
    let mut rows = Vec::new();
    for (_, broker) in serving(story).filter(|(_, broker)| broker.replica == 0) {
        let mut of_broker: Vec<OffsetRow> = broker
            .offsets
            .iter()
            .filter(|offset| is_for_clients(story, offset.topic))
            .map(|offset| OffsetRow {
                group: story.names.group(offset.group).to_owned(),
                topic: story.names.topic(offset.topic).to_owned(),
                broker: story.names.broker(broker.broker).to_owned(),
                queue: offset.queue.0,
                committed: offset.committed.get(),
            })
            .collect();
        of_broker.sort_by(|a, b| (&a.topic, &a.group, a.queue).cmp(&(&b.topic, &b.group, b.queue)));
        rows.extend(of_broker);
    }
    rows
}

fn queues(story: &Story<'_>) -> Vec<QueueRow> {
    let mut rows = Vec::new();
    for (node, broker) in serving(story) {
        let mut of_broker: Vec<QueueRow> = broker
            .queues
            .iter()
            .filter(|queue| queue.max > QueueOffset::ZERO)
            .map(|queue| QueueRow {
                node: node.to_owned(),
                topic: story.names.topic(queue.topic).to_owned(),
                queue: queue.queue.0,
                min: queue.min.get(),
                max: queue.max.get(),
            })
            .collect();
        of_broker.sort_by(|a, b| (&a.topic, a.queue).cmp(&(&b.topic, b.queue)));
        rows.extend(of_broker);
    }
    rows
}

fn contents(story: &Story<'_>, reconsume_times: &BTreeMap<RecordKey, u32>) -> Vec<ContentRow> {
    let mut rows = Vec::new();
    for (node, broker) in serving(story) {
        let mut of_broker: Vec<ContentRow> = broker
            .copies
            .iter()
            .filter(|copy| copy.dispatched && has_entry(broker, &copy.record))
            .filter_map(|copy| {
                Some(ContentRow {
                    node: node.to_owned(),
                    topic: story.names.topic(copy.record.topic).to_owned(),
                    queue: copy.record.queue.0,
                    offset: copy.record.queue_offset.get(),
                    message: copy.record.message?.to_string(),
                    reconsume_times: reconsume_times
                        .get(&key(&copy.record))
                        .copied()
                        .unwrap_or(0),
                })
            })
            .collect();
        of_broker.sort_by(|a, b| (&a.topic, a.queue, a.offset).cmp(&(&b.topic, b.queue, b.offset)));
        rows.extend(of_broker);
    }
    rows
}

fn has_entry(broker: &BrokerView, record: &RecordRef) -> bool {
    broker.queues.iter().any(|queue| {
        (queue.topic, queue.queue) == (record.topic, record.queue)
            && queue.min <= record.queue_offset
            && record.queue_offset < queue.max
    })
}

fn message_row(story: &Story<'_>, entry: &Entry) -> MessageRow {
    let event = |id| {
        story
            .events
            .binary_search_by_key(&id, |event| event.id)
            .ok()
            .and_then(|at| story.events.get(at))
    };
    let lost_by = |lost: LostBy| {
        event(lost.event).map(|event| LostByRow {
            event: event.id.0,
            t: Millis(event.at),
            kind: event.kind.name(),
            node: story.names.node(event.node).to_owned(),
            stage: lost.stage,
            rule: Some(lost.rule),
        })
    };
    MessageRow {
        id: entry.message.to_string(),
        promise: entry.promise,
        fate: entry.fate,
        consumed: entry.consumed,
        delivered: entry.delivered,
        copies: entry
            .copies
            .iter()
            .map(|copy| CopyRow {
                node: story.names.node(copy.node).to_owned(),
                place: copy.place.into(),
                served: copy.served,
            })
            .collect(),
        groups: entry
            .groups
            .iter()
            .map(|of| GroupRow {
                group: story.names.group(of.group).to_owned(),
                fate: of.fate,
                consumed: of.consumed,
                delivered: of.delivered,
                lost_by: of.lost_by.and_then(lost_by),
            })
            .collect(),
        lost_by: entry.lost_by.and_then(lost_by),
        again: entry
            .again
            .iter()
            .filter_map(|again| {
                event(again.event).map(|event| AgainRow {
                    event: event.id.0,
                    t: Millis(event.at),
                    consumer: story.names.node(event.node).to_owned(),
                    rule: again.rule,
                    earlier: again.earlier.0,
                    by: again.by.map(|by| by.0),
                })
            })
            .collect(),
        verdict: entry.verdict,
        exposed_to: entry.exposed_to.clone(),
    }
}

fn event_row(story: &Story<'_>, event: &Event) -> EventRow {
    EventRow {
        t: Millis(event.at),
        kind: event.kind.name(),
        node: story.names.node(event.node).to_owned(),
        message: event.kind.message().map(|message| message.to_string()),
        more: EventMore {
            cause: event.cause.map(|cause| cause.0),
            ..more(story, &event.kind)
        },
    }
}

fn more(story: &Story<'_>, kind: &EventKind) -> EventMore {
    let names = story.names;
    let node = |id: NodeId| Some(names.node(id).to_owned());
    let broker_name = |id| Some(names.broker(id).to_owned());
    let group_name = |id: GroupId| Some(names.group(id).to_owned());
    let topic_name = |id: TopicId| Some(names.topic(id).to_owned());
    let word = |word: &str| Some(word.to_owned());
    let exception =
        |exception: &Exception| Some(exception_row(exception, names, story.scenario.profile));
    let of_record = |record: &RecordRef| EventMore {
        topic: topic_name(record.topic),
        queue: Some(record.queue.0),
        queue_offset: signed(record.queue_offset.get()),
        physical_offset: Some(record.start.get()),
        ..EventMore::default()
    };
    let nothing = EventMore::default;
    match kind {
        EventKind::SendCalled {
            topic,
            mode,
            resend,
            ..
        } => EventMore {
            topic: topic_name(*topic),
            mode: Some(Mode::from(*mode)),
            resend: (*resend > 0).then_some(*resend),
            ..nothing()
        },
        EventKind::RequestSent {
            to,
            broker,
            queue,
            attempt,
            ..
        } => EventMore {
            peer: node(*to),
            broker: broker_name(*broker),
            queue: Some(queue.0),
            attempt: Some(*attempt),
            ..nothing()
        },
        EventKind::Appended {
            record,
            place,
            reconsume_times,
            ..
        } => EventMore {
            place: Some(PlaceName::from(*place)),
            reconsume_times: (*reconsume_times > 0).then_some(*reconsume_times),
            ..of_record(record)
        },
        EventKind::Committed { record }
        | EventKind::Flushed { record }
        | EventKind::Dispatched { record }
        | EventKind::HalfStored { record } => of_record(record),
        EventKind::Replicated { record, from } => EventMore {
            peer: node(*from),
            ..of_record(record)
        },
        EventKind::Replied { to, status, .. } => EventMore {
            peer: node(*to),
            status: word(status.word()),
            ..nothing()
        },
        EventKind::AttemptEnded {
            attempt,
            broker,
            queue,
            outcome,
            ..
        } => {
            let ended = EventMore {
                broker: broker_name(*broker),
                queue: Some(queue.0),
                attempt: Some(*attempt),
                ..nothing()
            };
            match outcome {
                AttemptOutcome::Status(status) => EventMore {
                    status: word(status.word()),
                    ..ended
                },
                AttemptOutcome::Failed(failure) => EventMore {
                    exception: exception(failure),
                    ..ended
                },
                AttemptOutcome::Sent => ended,
            }
        }
        EventKind::SendReturned { outcome, .. } => match outcome {
            SendOutcome::Result {
                status,
                broker,
                queue,
                queue_offset,
                ..
            } => EventMore {
                broker: broker_name(*broker),
                queue: Some(queue.0),
                queue_offset: signed(queue_offset.get()),
                status: word(status.word()),
                ..nothing()
            },
            SendOutcome::Exception(failure) => EventMore {
                exception: exception(failure),
                ..nothing()
            },
            SendOutcome::Nothing => nothing(),
        },
        EventKind::Pulled {
            consumer,
            group,
            topic,
            queue,
            offset,
            status,
            next_begin_offset,
            pull_status,
            count,
            script,
        } => EventMore {
            peer: node(*consumer),
            group: group_name(*group),
            topic: topic_name(*topic),
            queue: Some(queue.0),
            queue_offset: Some(*offset),
            next_begin_offset: Some(*next_begin_offset),
            status: word(status.word()),
            pull_status: *pull_status,
            count: Some(*count),
            by: script.then_some(By::Script),
            ..nothing()
        },
        EventKind::Delivered {
            record,
            broker,
            group,
            reconsume_times,
            delivery,
            ..
        } => EventMore {
            broker: broker_name(*broker),
            group: group_name(*group),
            delivery: Some(*delivery),
            reconsume_times: (*reconsume_times > 0).then_some(*reconsume_times),
            ..of_record(record)
        },
        EventKind::Consumed {
            group,
            delivery,
            result,
            ..
        } => EventMore {
            group: group_name(*group),
            delivery: Some(*delivery),
            result: Some(*result),
            ..nothing()
        },
        EventKind::SentBack {
            group,
            reconsume_times,
            ..
        } => EventMore {
            group: group_name(*group),
            reconsume_times: Some(*reconsume_times),
            ..nothing()
        },
        EventKind::RetryStored {
            record,
            group,
            reconsume_times,
        }
        | EventKind::DeadLettered {
            record,
            group,
            reconsume_times,
        } => EventMore {
            group: group_name(*group),
            reconsume_times: Some(*reconsume_times),
            ..of_record(record)
        },
        EventKind::OffsetCommitted {
            group,
            topic,
            queue,
            offset,
            reset: _,
        } => EventMore {
            group: group_name(*group),
            topic: topic_name(*topic),
            queue: Some(queue.0),
            queue_offset: signed(offset.get()),
            ..nothing()
        },
        EventKind::LockGranted {
            group,
            topic,
            queue,
            client,
            ..
        } => EventMore {
            peer: node(*client),
            group: group_name(*group),
            topic: topic_name(*topic),
            queue: Some(queue.0),
            ..nothing()
        },
        EventKind::Rebalanced {
            group,
            topic,
            queues,
        } => EventMore {
            group: group_name(*group),
            topic: topic_name(*topic),
            count: Some(*queues),
            ..nothing()
        },
        EventKind::LocalTransaction { state, .. } | EventKind::CheckedBack { state, .. } => {
            EventMore {
                state: Some(*state),
                ..nothing()
            }
        }
        EventKind::Truncated { at, records } => EventMore {
            physical_offset: Some(at.get()),
            count: Some(*records),
            ..nothing()
        },
        EventKind::Deleted { before, records } => EventMore {
            physical_offset: Some(before.get()),
            count: Some(*records),
            ..nothing()
        },
        EventKind::NodeDown { how } => EventMore {
            how: word(down_word(*how)),
            ..nothing()
        },
        EventKind::LinkDown { peer, conn } | EventKind::LinkUp { peer, conn } => EventMore {
            peer: node(*peer),
            how: conn.map(|_| "connection".to_owned()),
            ..nothing()
        },
        EventKind::RouteChanged { topic } => EventMore {
            topic: topic_name(*topic),
            ..nothing()
        },
        EventKind::Elected {
            broker,
            master,
            epoch,
        } => EventMore {
            peer: master.and_then(node),
            broker: broker_name(*broker),
            count: Some(*epoch),
            ..nothing()
        },
        EventKind::SyncStateSetChanged { broker, members } => EventMore {
            broker: broker_name(*broker),
            how: word(&names.list(members)),
            count: u32::try_from(members.len()).ok(),
            ..nothing()
        },
        EventKind::RoleChanged { role, epoch } => EventMore {
            how: word(role.word()),
            count: Some(*epoch),
            ..nothing()
        },
        EventKind::DiskChanged { change } => {
            let (how, count) = disk_words(*change);
            EventMore {
                how: word(how),
                count,
                ..nothing()
            }
        }
        EventKind::OffsetPersisted | EventKind::NodeUp | EventKind::Paused | EventKind::Resumed => {
            nothing()
        }
        EventKind::Lost { group, .. } => EventMore {
            group: group.and_then(group_name),
            ..nothing()
        },
    }
}

fn signed(offset: u64) -> Option<i64> {
    i64::try_from(offset).ok()
}

const fn down_word(how: Down) -> &'static str {
    match how {
        Down::Crash => "crash",
        Down::PowerLoss => "power-loss",
        Down::DestroyDisk => "destroy-disk",
        Down::Stop => "stop",
    }
}

const fn disk_words(change: DiskChange) -> (&'static str, Option<u32>) {
    match change {
        DiskChange::Stalled => ("stalled", None),
        DiskChange::Released => ("released", None),
        DiskChange::Failing(times) => ("failing", Some(times)),
        DiskChange::Filled(permille) => ("filled", Some(permille)),
        DiskChange::Destroyed => ("destroyed", None),
    }
}
