//! A run made by hand: one message lost with its only broker, one that waits for it.

use crate::config::{BrokerConfig, ConsumerConfig, ProducerConfig};
use crate::event::{AttemptOutcome, Down, Event, EventKind, Place, RecordRef, SendOutcome};
use crate::exception::Exception;
use crate::ids::{
    BrokerName, EventId, GroupId, MessageId, MessageQueue, NodeId, QueueId, TagId, TopicId,
};
use crate::ledger::{Copy, Entry, Exposure, Fate, Loss, LostBy, Promise, Stage, Verdict};
use crate::names::Names;
use crate::scenario::{Broker, Consumer, Network, Producer, Scenario, Title, Topic};
use crate::status::{
    BrokerRole, ConsumeResult, FlushDiskType, GetMessageStatus, ListenerKind, MessageModel,
    Profile, PullStatus, PutMessageStatus, SendMode, SendStatus,
};
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};
use crate::view::{
    BrokerView, ClusterView, Condition, ConsumerView, CopyView, DiskState, NodeKind, NodeView,
    OffsetView, ProducerView, QueueView,
};

use super::Story;

const BROKER: NodeId = NodeId(1);
const PRODUCER: NodeId = NodeId(2);
const CONSUMER: NodeId = NodeId(3);
const ORDERS: TopicId = TopicId(0);
const GROUP: GroupId = GroupId(1);
const QUEUE: QueueId = QueueId(0);
const NAME: BrokerName = BrokerName(0);

/// All parts of a story.
pub(crate) struct Parts {
    scenario: Scenario,
    names: Names,
    events: Vec<Event>,
    view: ClusterView,
    ledger: Vec<Entry>,
}

impl Parts {
    pub(crate) fn story(&self) -> Story<'_> {
        Story {
            scenario: &self.scenario,
            names: &self.names,
            events: &self.events,
            view: self.view.clone(),
            ledger: self.ledger.clone(),
        }
    }
}

fn own(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const fn record(message: u32, offset: u64) -> RecordRef {
    RecordRef {
        message: Some(MessageId(message)),
        topic: ORDERS,
        queue: QUEUE,
        queue_offset: QueueOffset::new(offset),
        start: PhysicalOffset::new(offset * 200),
    }
}

/// m1 is sent, stored, consumed; m2 is stored and lost with the power; m3 finds nobody.
pub(crate) fn power_loss() -> Parts {
    let m = MessageId;
    let pulled = |offset, status, next: i64, count| EventKind::Pulled {
        consumer: CONSUMER,
        group: GROUP,
        topic: ORDERS,
        queue: QUEUE,
        offset,
        status,
        next_begin_offset: next,
        pull_status: Some(if count > 0 {
            PullStatus::Found
        } else {
            PullStatus::NoNewMsg
        }),
        count,
        script: false,
    };
    let sent = |offset| SendOutcome::Result {
        status: SendStatus::SendOk,
        broker: NAME,
        queue: QUEUE,
        queue_offset: QueueOffset::new(offset),
        transaction: None,
    };
    let told = [
        (
            -500,
            BROKER,
            pulled(0, GetMessageStatus::NoMessageInQueue, 0, 0),
        ),
        (
            0,
            PRODUCER,
            EventKind::SendCalled {
                message: m(1),
                topic: ORDERS,
                tag: TagId(0),
                mode: SendMode::Sync,
                resend: 0,
            },
        ),
        (
            0,
            PRODUCER,
            EventKind::RequestSent {
                message: m(1),
                to: BROKER,
                broker: NAME,
                queue: QUEUE,
                attempt: 1,
            },
        ),
        (
            1_000,
            BROKER,
            EventKind::Appended {
                record: record(1, 0),
                place: Place::PageCache,
                reconsume_times: 0,
                waits: true,
            },
        ),
        (
            1_000,
            BROKER,
            EventKind::Replied {
                message: Some(m(1)),
                to: PRODUCER,
                status: PutMessageStatus::PutOk,
            },
        ),
        (
            2_000,
            BROKER,
            EventKind::Dispatched {
                record: record(1, 0),
            },
        ),
        (
            2_000,
            PRODUCER,
            EventKind::AttemptEnded {
                message: m(1),
                attempt: 1,
                broker: NAME,
                queue: QUEUE,
                outcome: AttemptOutcome::Status(SendStatus::SendOk),
            },
        ),
        (
            2_000,
            PRODUCER,
            EventKind::SendReturned {
                message: m(1),
                outcome: sent(0),
            },
        ),
        (2_000, BROKER, pulled(0, GetMessageStatus::Found, 1, 1)),
        (
            3_000,
            CONSUMER,
            EventKind::Delivered {
                record: record(1, 0),
                broker: NAME,
                group: GROUP,
                topic: ORDERS,
                reconsume_times: 0,
                delivery: 1,
                from_memory: false,
            },
        ),
        (
            3_500,
            CONSUMER,
            EventKind::Consumed {
                message: m(1),
                group: GROUP,
                delivery: 1,
                result: ConsumeResult::ConsumeSuccess,
                succeeded: true,
                kept: true,
            },
        ),
        (
            4_000,
            BROKER,
            pulled(1, GetMessageStatus::OffsetOverflowOne, 1, 0),
        ),
        (
            19_000,
            BROKER,
            pulled(1, GetMessageStatus::OffsetOverflowOne, 1, 0),
        ),
        (
            500_000,
            BROKER,
            EventKind::Flushed {
                record: record(1, 0),
            },
        ),
        (
            600_125,
            PRODUCER,
            EventKind::SendCalled {
                message: m(2),
                topic: ORDERS,
                tag: TagId(0),
                mode: SendMode::Sync,
                resend: 0,
            },
        ),
        (
            600_125,
            PRODUCER,
            EventKind::RequestSent {
                message: m(2),
                to: BROKER,
                broker: NAME,
                queue: QUEUE,
                attempt: 1,
            },
        ),
        (
            601_125,
            BROKER,
            EventKind::Appended {
                record: record(2, 1),
                place: Place::PageCache,
                reconsume_times: 0,
                waits: true,
            },
        ),
        (
            602_125,
            PRODUCER,
            EventKind::AttemptEnded {
                message: m(2),
                attempt: 1,
                broker: NAME,
                queue: QUEUE,
                outcome: AttemptOutcome::Status(SendStatus::SendOk),
            },
        ),
        (
            602_125,
            PRODUCER,
            EventKind::SendReturned {
                message: m(2),
                outcome: sent(1),
            },
        ),
        (
            602_125,
            BROKER,
            EventKind::NodeDown {
                how: Down::PowerLoss,
            },
        ),
        (
            602_125,
            BROKER,
            EventKind::Lost {
                message: m(2),
                group: None,
                stage: crate::ledger::Stage::Store,
            },
        ),
        (
            700_000,
            PRODUCER,
            EventKind::SendCalled {
                message: m(3),
                topic: ORDERS,
                tag: TagId(0),
                mode: SendMode::Sync,
                resend: 0,
            },
        ),
        (
            700_000,
            PRODUCER,
            EventKind::AttemptEnded {
                message: m(3),
                attempt: 1,
                broker: NAME,
                queue: QUEUE,
                outcome: AttemptOutcome::Failed(Exception::Connect(BROKER)),
            },
        ),
        (
            700_000,
            PRODUCER,
            EventKind::SendReturned {
                message: m(3),
                outcome: SendOutcome::Exception(Exception::Exhausted {
                    code: 10_001,
                    topic: ORDERS,
                    brokers: vec![NAME],
                }),
            },
        ),
        (900_000, BROKER, EventKind::NodeUp),
        (
            901_000,
            BROKER,
            pulled(1, GetMessageStatus::OffsetOverflowOne, 1, 0),
        ),
    ];
    let events = told
        .into_iter()
        .enumerate()
        .map(|(n, (micros, node, kind))| Event {
            id: EventId(u32::try_from(n).unwrap()),
            at: SimTime::from_micros(micros),
            node,
            cause: None,
            kind,
        });
    Parts {
        scenario: scenario(),
        names: names(),
        events: events.collect(),
        view: view(),
        ledger: ledger(),
    }
}

fn names() -> Names {
    Names {
        nodes: own(&["namesrv/0", "broker-a/0", "p1", "c1"]),
        brokers: own(&["broker-a"]),
        topics: own(&["Orders", "%RETRY%CG"]),
        groups: own(&["PG", "CG"]),
        tags: own(&[""]),
    }
}

fn scenario() -> Scenario {
    let profile = Profile::V5_3;
    Scenario {
        title: Title::default(),
        profile,
        seed: 0,
        network: Network {
            latency: Span::from_millis(1),
            jitter: Span::ZERO,
        },
        fsync: Span::from_millis(5),
        topics: vec![Topic {
            name: "Orders".to_owned(),
            queues: 1,
        }],
        brokers: vec![Broker {
            name: "broker-a".to_owned(),
            conf: BrokerConfig::defaults(profile),
            slaves: Vec::new(),
        }],
        producers: vec![Producer {
            name: "p1".to_owned(),
            group: "PG".to_owned(),
            conf: ProducerConfig::defaults(profile),
            resend: 0,
        }],
        consumers: vec![Consumer {
            name: "c1".to_owned(),
            group: "CG".to_owned(),
            topic: "Orders".to_owned(),
            tags: Vec::new(),
            listener: ListenerKind::Concurrently,
            model: MessageModel::Clustering,
            conf: ConsumerConfig::defaults(profile),
            process: Span::ZERO,
            auto_commit: true,
            started: true,
        }],
        script: Vec::new(),
        until: SimTime::from_millis(1_000),
    }
}

fn view() -> ClusterView {
    let node = |id, kind| NodeView {
        id,
        condition: Condition::Running,
        since: SimTime::ZERO,
        kind,
    };
    let broker = BrokerView {
        broker: NAME,
        replica: 0,
        role: BrokerRole::AsyncMaster,
        flush: FlushDiskType::AsyncFlush,
        transient_pool: false,
        disk: DiskState::Healthy,
        copies: vec![CopyView {
            record: record(1, 0),
            place: Place::Disk,
            served: true,
            dispatched: true,
        }],
        wrote: PhysicalOffset::new(200),
        committed: PhysicalOffset::new(200),
        flushed: PhysicalOffset::new(200),
        next_flush: None,
        slaves: Vec::new(),
        queues: vec![QueueView {
            topic: ORDERS,
            queue: QUEUE,
            min: QueueOffset::ZERO,
            max: QueueOffset::new(1),
        }],
        locks: Vec::new(),
        offsets: vec![OffsetView {
            group: GROUP,
            topic: ORDERS,
            queue: QUEUE,
            committed: QueueOffset::new(1),
        }],
    };
    ClusterView {
        now: SimTime::from_millis(1_000),
        nodes: vec![
            node(
                NodeId(0),
                NodeKind::NameServer {
                    registered: vec![BROKER],
                },
            ),
            node(BROKER, NodeKind::Broker(broker)),
            node(
                PRODUCER,
                NodeKind::Producer(ProducerView {
                    group: GroupId(0),
                    waiting: Vec::new(),
                }),
            ),
            node(
                CONSUMER,
                NodeKind::Consumer(ConsumerView {
                    group: GROUP,
                    queues: vec![MessageQueue {
                        topic: ORDERS,
                        broker: NAME,
                        queue: QUEUE,
                    }],
                    cached: Vec::new(),
                    running: Vec::new(),
                }),
            ),
        ],
        flights: Vec::new(),
        cuts: Vec::new(),
    }
}

fn ledger() -> Vec<Entry> {
    let entry = |n, promise, fate, delivered, verdict| Entry {
        groups: Vec::new(),
        message: MessageId(n),
        promise,
        fate,
        delivered,
        consumed: delivered,
        copies: Vec::new(),
        lost_by: None,
        again: Vec::new(),
        verdict,
        exposed_to: Vec::new(),
    };
    vec![
        Entry {
            copies: vec![Copy {
                node: BROKER,
                place: Place::Disk,
                served: true,
            }],
            exposed_to: vec![Exposure::DiskLoss],
            ..entry(1, Promise::Acked, Fate::Consumed, 1, Verdict::Ok)
        },
        Entry {
            lost_by: Some(LostBy {
                event: EventId(19),
                stage: Stage::Store,
                rule: Loss::AsyncFlush,
            }),
            ..entry(2, Promise::Acked, Fate::Lost, 0, Verdict::Lost)
        },
        entry(3, Promise::Refused, Fate::NeverStored, 0, Verdict::Refused),
    ]
}
