//! Why a message was given to a group again: the rule, the earlier delivery, and the event that made it so (D, H.4).

use crate::event::{Down, Event, RecordRef};
use crate::ids::{BrokerName, EventId, GroupId, NodeId};
use crate::setup::{Setup, system};
use crate::status::{ConsumeResult, SendStatus, words};

use super::past::Past;

words! {
    /// Why a message was given again. The first four are what a listener asks for; the others are the reference's H.4, every way to
    /// duplicate, as far as the lab models it, and one that only D.6 has.
    Again {
        /// The listener did not take it, and a broker keeps a copy for later (`sendMessageBack`).
        SentBack = "sent-back",
        /// The listener did not take it, nor did any broker: again from the client's memory (`submitConsumeRequestLater`).
        LocalRetry = "local-retry",
        /// The orderly listener suspended its queue.
        Suspended = "suspended",
        /// The orderly listener rolled back.
        RolledBack = "rolled-back",
        /// The producer tried again after a connection was lost.
        ProducerRetry = "producer-retry",
        /// `retryAnotherBrokerWhenNotStoreOK`: it was stored, but not OK.
        AnotherBroker = "retry-another-broker",
        /// The application sent it again.
        Resend = "application-resend",
        /// delayOffset.json was older than the crash, or an elected master's than what the deposed one did: a delayed message or a retry
        /// was delivered to its topic twice.
        DelayOffsetStale = "delay-offset-stale",
        /// A half message was committed twice: the record that says so was not yet written, or lost.
        CommittedTwice = "committed-twice",
        /// The broker lost what it knew of the group's offset: its file was older.
        OffsetFileStale = "offset-file-stale",
        /// The broker found the offset impossible and sent the group back.
        OffsetCorrected = "offset-corrected",
        /// An operator moved the offset back.
        OffsetReset = "offset-reset",
        /// The consumer was killed before its offset was committed.
        CrashBeforeCommit = "crash-before-commit",
        /// The consumer shut down while a listener had this message or one before it.
        StopInFlight = "stop-in-flight",
        /// The queue was given to another member, or dropped and taken again, while the message was in flight; or two members had it
        /// at once.
        Rebalance = "rebalance",
        /// The answer to a send-back was lost: the client stored another retry copy, or consumed it from memory besides.
        SendBackAnswerLost = "send-back-answer-lost",
        /// `cleanExpiredMsg` sent it back while the listener still had it.
        ConsumeTimeout = "consume-timeout",
        /// autoCommit=false: a ROLLBACK after it put back all that was not committed, what its listener had taken too.
        RolledBackWithOthers = "rolled-back-with-others",
        /// An orderly queue's lock was not renewed in time, and the broker gave it to another member.
        LockExpired = "lock-expired",
        /// None of these: the lab has a gap.
        Unexplained = "unexplained",
    }
}

impl Again {
    /// Whether the listener asked for it. The others are duplicates, whatever it says.
    #[must_use]
    pub const fn is_retry(self) -> bool {
        match self {
            Self::SentBack | Self::LocalRetry | Self::Suspended | Self::RolledBack => true,
            Self::ProducerRetry
            | Self::AnotherBroker
            | Self::Resend
            | Self::DelayOffsetStale
            | Self::CommittedTwice
            | Self::OffsetFileStale
            | Self::OffsetCorrected
            | Self::OffsetReset
            | Self::CrashBeforeCommit
            | Self::StopInFlight
            | Self::Rebalance
            | Self::SendBackAnswerLost
            | Self::ConsumeTimeout
            | Self::RolledBackWithOthers
            | Self::LockExpired
            | Self::Unexplained => false,
        }
    }
}

/// One delivery that was not the first of its message to its group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Redelivery {
    /// The delivery.
    pub event: EventId,
    /// Why.
    pub rule: Again,
    /// The earlier delivery that it repeats.
    pub earlier: EventId,
    /// What made it so.
    pub by: Option<EventId>,
}

/// What events have told of one message's copies and deliveries.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    resend: u32,
    requests: Vec<Request>,
    /// Copies that wait for their delay.
    pub delayed: Vec<Delayed>,
    is_half: bool,
    /// What last committed its transaction.
    committed_by: Option<EventId>,
    pub copies: Vec<Copied>,
    /// Which slaves have had a copy.
    pub replicas: Vec<(EventId, NodeId)>,
    pub sent_back: Vec<SentBack>,
    pub given: Vec<Given>,
    pub again: Vec<Redelivery>,
}

/// An attempt of a producer.
#[derive(Clone, Copy, Debug)]
struct Request {
    event: EventId,
    to: NodeId,
    resend: u32,
    attempt: u32,
    stored: bool,
    /// It was answered with a status other than SEND_OK.
    unsure: bool,
}

/// A copy in a master's log that comes when its delay is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delayed {
    pub event: EventId,
    pub node: NodeId,
    broker: Option<BrokerName>,
    reconsume_times: u32,
    /// Whether its sender waited for flush and slaves.
    pub waits: bool,
    origin: Origin,
    pub delivered: bool,
}

/// A copy in a master's log, where a consumer may find it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copied {
    pub event: EventId,
    pub node: NodeId,
    pub broker: Option<BrokerName>,
    pub record: RecordRef,
    /// Whether its sender waited for flush and slaves.
    pub waits: bool,
    /// Its place in the queue had been another message's before.
    pub reused: bool,
    origin: Origin,
}

/// Where a copy comes from. Numbers are places in the lists of [`Heard`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Origin {
    Request(usize),
    SentBack(usize),
    /// The delay of that copy was over once before.
    Redelayed(usize),
    Transaction,
    Unknown,
}

/// A failed message left its consumer.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentBack {
    event: EventId,
    node: NodeId,
    pub group: GroupId,
    delivery: u32,
    stored: bool,
    /// Its listener had not returned.
    running: bool,
}

/// A delivery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub event: EventId,
    pub node: NodeId,
    pub group: GroupId,
    delivery: u32,
    pub copy: Option<usize>,
    pub outcome: Option<Outcome>,
}

/// What a listener's call came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub event: EventId,
    pub result: ConsumeResult,
    pub succeeded: bool,
}

impl Heard {
    pub fn on_call(&mut self, resend: u32) {
        self.resend = resend;
    }

    pub fn on_request(&mut self, event: EventId, to: NodeId, attempt: u32) {
        self.requests.push(Request {
            event,
            to,
            resend: self.resend,
            attempt,
            stored: false,
            unsure: false,
        });
    }

    /// An attempt was answered with a status.
    pub fn on_status(&mut self, attempt: u32, status: SendStatus) {
        let of_call = (self.resend, attempt);
        let mut requests = self.requests.iter_mut();
        if let Some(request) = requests.find(|request| (request.resend, request.attempt) == of_call)
        {
            request.unsure = status != SendStatus::SendOk;
        }
    }

    /// Its transaction was committed, by its producer or by a check-back.
    pub fn on_committed(&mut self, event: EventId) {
        self.committed_by = Some(event);
    }

    pub fn on_sent_back(&mut self, event: &Event, group: GroupId, delivery: u32) {
        let running = self
            .given_by(event.node, delivery)
            .is_some_and(|given| given.outcome.is_none());
        self.sent_back.push(SentBack {
            event: event.id,
            node: event.node,
            group,
            delivery,
            stored: false,
            running,
        });
    }

    pub fn on_consumed(&mut self, node: NodeId, delivery: u32, outcome: Outcome) {
        let mut given = self.given.iter_mut();
        if let Some(given) = given.find(|given| (given.node, given.delivery) == (node, delivery)) {
            given.outcome = Some(outcome);
        }
    }

    /// A copy was stored: whose is it?
    pub fn on_appended(
        &mut self,
        event: &Event,
        record: &RecordRef,
        reconsume_times: u32,
        waits: bool,
        setup: &Setup,
        past: &Past,
    ) {
        let broker = setup.broker_of(event.node);
        if record.topic == system::CHECK_MAX {
            return;
        }
        let origin = self.origin(event, broker, record, reconsume_times);
        if record.topic == system::HALF {
            self.is_half = true;
        } else if record.topic == system::SCHEDULE {
            self.delayed.push(Delayed {
                event: event.id,
                node: event.node,
                broker,
                reconsume_times,
                waits,
                origin,
                delivered: false,
            });
        } else {
            self.copies.push(Copied {
                event: event.id,
                node: event.node,
                broker,
                record: *record,
                waits,
                reused: past.is_reused(broker, record),
                origin,
            });
        }
    }

    fn origin(
        &mut self,
        event: &Event,
        broker: Option<BrokerName>,
        record: &RecordRef,
        reconsume_times: u32,
    ) -> Origin {
        let is_cause = |id: EventId| event.cause == Some(id);
        if let Some(at) = self
            .requests
            .iter()
            .position(|request| is_cause(request.event))
        {
            return self.stored_request(at);
        }
        if let Some(at) = self.sent_back.iter().position(|back| is_cause(back.event)) {
            return self.stored_send_back(at);
        }
        // A delay is over: the copies of one level come in the order in which they were put there.
        if record.topic != system::SCHEDULE && record.topic != system::HALF {
            let on_node = |delayed: &Delayed| {
                (delayed.broker, delayed.reconsume_times) == (broker, reconsume_times)
            };
            let waiting = |delayed: &Delayed| on_node(delayed) && !delayed.delivered;
            if let Some(delayed) = self.delayed.iter_mut().find(|delayed| waiting(delayed)) {
                delayed.delivered = true;
                return delayed.origin;
            }
            if let Some(at) = self.delayed.iter().rposition(on_node) {
                return Origin::Redelayed(at);
            }
            if self.is_half {
                return Origin::Transaction;
            }
        }
        // What a frozen broker or a cut link had kept waiting names what set it free as its cause.
        let mut requests = self.requests.iter();
        if reconsume_times == 0
            && let Some(at) =
                requests.position(|request| request.to == event.node && !request.stored)
        {
            return self.stored_request(at);
        }
        if let Some(at) = self.sent_back.iter().position(|back| !back.stored) {
            return self.stored_send_back(at);
        }
        // Its delay is over, and its acting master has handed it to another one (`enableRemoteEscape`).
        let mut waiting = self.delayed.iter_mut();
        let escaped = waiting.find(|delayed| !delayed.delivered);
        escaped.map_or(Origin::Unknown, |delayed| {
            delayed.delivered = true;
            delayed.origin
        })
    }

    fn stored_request(&mut self, at: usize) -> Origin {
        if let Some(request) = self.requests.get_mut(at) {
            request.stored = true;
        }
        Origin::Request(at)
    }

    fn stored_send_back(&mut self, at: usize) -> Origin {
        if let Some(back) = self.sent_back.get_mut(at) {
            back.stored = true;
        }
        Origin::SentBack(at)
    }

    fn given_by(&self, node: NodeId, delivery: u32) -> Option<&Given> {
        self.given
            .iter()
            .find(|given| (given.node, given.delivery) == (node, delivery))
    }

    /// A listener gets it. If its group had it before, this says why it gets it again.
    pub fn on_delivered(&mut self, now: &Delivery<'_>, setup: &Setup, past: &Past) {
        let copy = self.copies.iter().rposition(|copied| {
            let place = |record: &RecordRef| (record.topic, record.queue, record.queue_offset);
            copied.broker == Some(now.broker) && place(&copied.record) == place(now.record)
        });
        let given = Given {
            event: now.event.id,
            node: now.event.node,
            group: now.group,
            delivery: now.delivery,
            copy,
            outcome: None,
        };
        let broadcasts = setup.broadcasts(now.group);
        let mut before = self.given.iter().filter(|earlier| {
            earlier.group == given.group && (!broadcasts || earlier.node == given.node)
        });
        if let Some(last) = before.clone().next_back().copied() {
            let same = before.rfind(|earlier| earlier.copy == copy);
            let again = match same.copied() {
                Some(same) if now.from_memory => self.kept_by_client(&given, &same, setup),
                Some(same) => given_again(now, &same, setup, past),
                None => self.another_copy(&given, &last, setup, past),
            };
            self.again.push(again);
        }
        self.given.push(given);
    }

    /// Another copy of a message that the group has had: where does the copy come from?
    fn another_copy(&self, now: &Given, last: &Given, setup: &Setup, past: &Past) -> Redelivery {
        let copied = now.copy.and_then(|copy| self.copies.get(copy));
        let origin = copied.map_or(Origin::Unknown, |copied| copied.origin);
        let told = |rule, earlier: &Given, by| Redelivery {
            event: now.event,
            rule,
            earlier: earlier.event,
            by,
        };
        match origin {
            Origin::SentBack(at) => self.retry(now, last, at),
            Origin::Redelayed(_) => {
                let broker = copied.and_then(|copied| copied.broker);
                let by = broker.and_then(|broker| {
                    past.broker_down_after(setup, broker, EventId(0))
                        .or_else(|| past.last_election(broker))
                });
                told(Again::DelayOffsetStale, last, by)
            }
            Origin::Transaction => told(Again::CommittedTwice, last, self.committed_by),
            Origin::Request(at) => {
                let request = self.requests.get(at);
                let by = request.map(|request| request.event);
                let is_resend = self
                    .requests
                    .iter()
                    .zip(request)
                    .any(|(other, request)| other.stored && other.resend != request.resend);
                let rule = if is_resend {
                    Again::Resend
                } else if self.requests.iter().any(|request| request.unsure) {
                    Again::AnotherBroker
                } else {
                    Again::ProducerRetry
                };
                told(rule, last, by)
            }
            Origin::Unknown => told(Again::Unexplained, last, None),
        }
    }

    /// The client still had it: what did its listener say?
    fn kept_by_client(&self, now: &Given, earlier: &Given, setup: &Setup) -> Redelivery {
        let of_earlier = |back: &&SentBack| {
            back.stored && (back.node, back.delivery) == (earlier.node, earlier.delivery)
        };
        let stored = self.sent_back.iter().find(of_earlier);
        let returned = earlier.outcome.map(|outcome| outcome.event);
        let (rule, by) = match (setup.is_orderly(now.group), earlier.outcome, stored) {
            // A broker has it, but the client does not know.
            (false, _, Some(back)) => (Again::SendBackAnswerLost, Some(back.event)),
            (false, _, None) => (Again::LocalRetry, returned),
            (true, Some(outcome), _) if outcome.succeeded => {
                (Again::RolledBackWithOthers, returned)
            }
            (true, Some(outcome), _) if outcome.result == ConsumeResult::Rollback => {
                (Again::RolledBack, returned)
            }
            (true, Some(_) | None, _) => (Again::Suspended, returned),
        };
        Redelivery {
            event: now.event,
            rule,
            earlier: earlier.event,
            by,
        }
    }

    /// A retry copy: the delivery that was sent back, and whether it has had a copy before.
    fn retry(&self, now: &Given, last: &Given, at: usize) -> Redelivery {
        let Some(back) = self.sent_back.get(at) else {
            return Redelivery {
                event: now.event,
                rule: Again::Unexplained,
                earlier: last.event,
                by: None,
            };
        };
        let failed = self.given_by(back.node, back.delivery).unwrap_or(last);
        let of_same = |other: &SentBack| {
            (other.node, other.delivery, other.group) == (back.node, back.delivery, back.group)
        };
        let timed_out = self
            .sent_back
            .iter()
            .any(|other| of_same(other) && other.running);
        let twin = self.given.iter().any(|given| {
            let origin = given.copy.and_then(|copy| self.copies.get(copy));
            match origin.map(|copied| copied.origin) {
                Some(Origin::SentBack(at)) => self.sent_back.get(at).is_some_and(of_same),
                Some(
                    Origin::Request(_)
                    | Origin::Redelayed(_)
                    | Origin::Transaction
                    | Origin::Unknown,
                )
                | None => false,
            }
        });
        let (rule, by) = match (timed_out, twin) {
            (true, _) => (Again::ConsumeTimeout, Some(back.event)),
            (false, true) => (Again::SendBackAnswerLost, Some(back.event)),
            (false, false) => {
                let returned = failed.outcome.map(|outcome| outcome.event);
                (Again::SentBack, returned.or(Some(back.event)))
            }
        };
        Redelivery {
            event: now.event,
            rule,
            earlier: failed.event,
            by,
        }
    }
}

/// A delivery, as it is told.
pub(super) struct Delivery<'a> {
    pub event: &'a Event,
    pub record: &'a RecordRef,
    pub broker: BrokerName,
    pub group: GroupId,
    pub delivery: u32,
    pub from_memory: bool,
}

/// A broker gave the same record again: what became of the group's offset?
fn given_again(now: &Delivery<'_>, earlier: &Given, setup: &Setup, past: &Past) -> Redelivery {
    let record = now.record;
    let since = earlier.event;
    let places = || past.progress(setup, now.broker, now.group, record.topic, record.queue);
    let offset = record.queue_offset;
    let moved = places().filter_map(|place| place.moved).find(|moved| {
        let passed = i64::try_from(offset.get()).unwrap_or(i64::MAX);
        moved.event > since && moved.to <= passed && passed < moved.from
    });
    let forgotten = places()
        .filter_map(|place| place.forgotten)
        .find(|(event, known)| *event > since && *known > offset)
        .map(|(event, _)| event);
    let taken_over = places()
        .filter_map(|place| place.taken_over)
        .find(|event| *event > since);
    let (rule, by) = if let Some(moved) = moved {
        let rule = if moved.by_reset {
            Again::OffsetReset
        } else {
            Again::OffsetCorrected
        };
        (rule, Some(moved.event))
    } else if forgotten.is_some() {
        (Again::OffsetFileStale, forgotten)
    } else if let Some((event, how)) = past.down_after(earlier.node, since) {
        let rule = match how {
            Down::Stop => Again::StopInFlight,
            Down::Crash | Down::PowerLoss | Down::DestroyDisk => Again::CrashBeforeCommit,
        };
        (rule, Some(event))
    } else if taken_over.is_some() {
        (Again::LockExpired, taken_over)
    } else if let Some(event) = past.broker_down_after(setup, now.broker, since) {
        (Again::OffsetFileStale, Some(event))
    } else {
        let taken = past.rebalanced(now.event.node, record.topic);
        // Members that do not agree on who is in the group may have had the queue at the same time.
        let moved = earlier.node != now.event.node || taken.is_some_and(|event| event > since);
        let rule = if moved {
            Again::Rebalance
        } else {
            Again::Unexplained
        };
        (rule, taken)
    };
    Redelivery {
        event: now.event.id,
        rule,
        earlier: since,
        by,
    }
}
