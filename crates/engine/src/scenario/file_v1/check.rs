//! From the mirror to the checked scenario: every name is looked up, every number is bounded, every key is known.
//!
//! Each function returns its part, or what can stand for it after it has noted a problem: so one pass finds them all, and
//! the stand-ins never leave, for a scenario with a problem is not returned.

use std::collections::{BTreeMap, BTreeSet};

use super::mirror::{
    ACTIONS, ActionV1, AfterV1, BrokerV1, ConfV1, ConsumerV1, FileV1, Millis, ProducerV1, StepV1,
    TimesV1, TitleV1, clip,
};
use super::problem::{Expected, Problem, ProblemCode, Thing};
use super::{
    Checked, NODES_MAX, PROBLEMS_MAX, QUEUES_MAX, SENDS_MAX, SLAVES_MAX, STEPS_MAX, TOPICS_MAX,
    UNTIL_MAX,
};
use crate::config::{
    BrokerConfig, ConsumerConfig, ControllerConfig, Effect, Key, NameServerConfig, ProducerConfig,
    Refused,
};
use crate::event::{EventName, Pattern, Trigger};
use crate::scenario::{
    Broker, ConsumeRule, Consumer, Do, Network, Producer, Pull, ResetOffset, Scenario, Send, Step,
    Title, Topic, Transaction,
};
use crate::status::{
    BrokerRole, ConsumeResult, ListenerKind, MessageModel, Profile, SendMode, TransactionState,
};
use crate::units::{SimTime, Span};

/// The name server's node.
const NAME_SERVER: &str = "namesrv/0";
/// An hour: longer delays, fsyncs or listener calls than any lesson needs.
const DELAY_MAX: i64 = 3_600_000;
const NAME_MAX: usize = 64;
/// `Validators#TOPIC_MAX_LENGTH`.
const TOPIC_MAX: usize = 127;
/// Any text that a client may be given to refuse by itself.
const TEXT_MAX: usize = 1_000;
const TAGS_MAX: usize = 64;
const BODY_MAX: i64 = 64 << 20;
/// Resends multiply sends, so they are few.
const RESEND_MAX: i64 = 16;
const TIMES_MAX: i64 = 1_000_000;
const OFFSET_MAX: i64 = 1 << 53;
/// RocketMQ's own topics that hold messages.
const SYSTEM_TOPICS: [&str; 5] = [
    "SCHEDULE_TOPIC_XXXX",
    "RMQ_SYS_TRANS_HALF_TOPIC",
    "RMQ_SYS_TRANS_OP_HALF_TOPIC",
    "TRANS_CHECK_MAX_TIME_TOPIC",
    "TBW102",
];

/// What kind of process a node is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Process {
    NameServer,
    Broker,
    Producer,
    Consumer(ListenerKind),
}

/// What the script can refer to.
struct World {
    profile: Profile,
    /// Every node in the order in which a reader meets it, with the clients' own names.
    nodes: Vec<(String, Process)>,
    /// Queues per broker, by topic.
    topics: BTreeMap<String, u16>,
    first_topic: String,
    brokers: Vec<String>,
    /// Topics that a consumer or a pull may name besides.
    other_topics: BTreeSet<String>,
    messages: u32,
}

#[derive(Default)]
struct Notes {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Notes {
    /// Whether nothing more would be kept: then what costs time is not looked into.
    fn full(&self) -> bool {
        self.problems.len() == PROBLEMS_MAX
    }

    fn note(&mut self, path: impl Into<String>, code: ProblemCode) {
        let list = if code.is_warning() {
            &mut self.warnings
        } else {
            &mut self.problems
        };
        if list.len() < PROBLEMS_MAX {
            list.push(Problem {
                path: path.into(),
                code,
            });
        }
    }
}

pub(super) fn empty(profile: Profile) -> Scenario {
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
            name: "TopicTest".to_owned(),
            queues: 4,
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
        consumers: vec![consumer(profile, "TopicTest")],
        script: Vec::new(),
        until: SimTime::from_millis(60_000),
    }
}

/// The consumer that stands if none is described.
pub(super) fn consumer(profile: Profile, topic: &str) -> Consumer {
    Consumer {
        name: "c1".to_owned(),
        group: "CG".to_owned(),
        topic: topic.to_owned(),
        tags: Vec::new(),
        listener: ListenerKind::Concurrently,
        model: MessageModel::Clustering,
        conf: ConsumerConfig::defaults(profile),
        process: Span::ZERO,
        auto_commit: true,
        started: true,
    }
}

pub(super) fn check(file: FileV1) -> Result<Checked, Vec<Problem>> {
    let notes = &mut Notes::default();
    let profile = word(
        notes,
        || "profile".to_owned(),
        file.profile.as_deref(),
        Profile::V5_3,
        Profile::ALL,
        Profile::word,
    );
    let base = empty(profile);
    let network = file.network.as_ref();
    let fsync = file.disk.as_ref().and_then(|disk| disk.fsync_ms);
    let until = span(notes, || "until".to_owned(), file.until, 60_000, UNTIL_MAX);

    let topics = topics(notes, file.topics.as_deref(), &base.topics);
    let first_topic = topics
        .first()
        .map_or_else(String::new, |topic| topic.name.clone());
    let mut scenario = Scenario {
        title: title(notes, file.title),
        seed: file.seed.unwrap_or(0),
        network: Network {
            latency: span(
                notes,
                || "network.latencyMs".to_owned(),
                network.and_then(|n| n.latency_ms),
                1,
                DELAY_MAX,
            ),
            jitter: span(
                notes,
                || "network.jitterMs".to_owned(),
                network.and_then(|n| n.jitter_ms),
                0,
                DELAY_MAX,
            ),
        },
        fsync: span(notes, || "disk.fsyncMs".to_owned(), fsync, 5, DELAY_MAX),
        brokers: brokers(notes, profile, file.brokers.as_deref(), &base.brokers),
        producers: file.producers.as_ref().map_or(base.producers, |list| {
            list.iter()
                .enumerate()
                .map(|(i, producer)| producer_at(notes, profile, i, producer))
                .collect()
        }),
        consumers: file.consumers.as_ref().map_or_else(
            || vec![consumer(profile, &first_topic)],
            |list| {
                list.iter()
                    .enumerate()
                    .map(|(i, one)| consumer_at(notes, profile, i, one, &first_topic))
                    .collect()
            },
        ),
        script: Vec::new(),
        until: SimTime::ZERO + until,
        topics,
        profile,
    };

    let script = file.script.unwrap_or_default();
    let world = world(notes, &scenario, first_topic, &script);
    for (i, consumer) in scenario.consumers.iter().enumerate() {
        known_topic(
            notes,
            &world,
            || format!("consumers[{i}].topic"),
            &consumer.topic,
        );
    }
    if script.len() > STEPS_MAX {
        notes.note("script", too_many(Thing::Step, script.len(), STEPS_MAX));
    } else {
        for (i, step) in script.into_iter().enumerate() {
            if notes.full() {
                break;
            }
            if let Some(step) = (StepAt {
                notes,
                world: &world,
                i,
                until: scenario.until,
            })
            .step(step)
            {
                scenario.script.push(step);
            }
        }
    }
    // Queues, ids and round robins go by the order of names.
    scenario.brokers.sort_by(|a, b| a.name.cmp(&b.name));

    let notes = core::mem::take(notes);
    if notes.problems.is_empty() {
        Ok(Checked {
            scenario,
            warnings: notes.warnings,
        })
    } else {
        Err(notes.problems)
    }
}

fn title(notes: &mut Notes, title: Option<TitleV1>) -> Title {
    let title = match title {
        None => Title::default(),
        Some(TitleV1::One(en)) => Title {
            en,
            zh: String::new(),
        },
        Some(TitleV1::Both(both)) => Title {
            en: both.en.unwrap_or_default(),
            zh: both.zh.unwrap_or_default(),
        },
    };
    for text in [&title.en, &title.zh] {
        plain_text(notes, || "title".to_owned(), text);
    }
    title
}

fn topics(
    notes: &mut Notes,
    list: Option<&[super::mirror::TopicV1]>,
    default: &[Topic],
) -> Vec<Topic> {
    let Some(list) = list else {
        return default.to_vec();
    };
    if list.is_empty() {
        notes.note(
            "topics",
            ProblemCode::NoneAtAll {
                thing: Thing::Topic,
            },
        );
    }
    if list.len() > TOPICS_MAX {
        notes.note("topics", too_many(Thing::Topic, list.len(), TOPICS_MAX));
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut topics = Vec::new();
    for (i, topic) in list.iter().enumerate() {
        let path = || format!("topics[{i}].name");
        name(notes, path, Thing::Topic, &topic.name, TOPIC_MAX);
        if SYSTEM_TOPICS.contains(&topic.name.as_str()) || !seen.insert(topic.name.as_str()) {
            notes.note(
                path(),
                ProblemCode::Duplicate {
                    thing: Thing::Topic,
                    name: clip(&topic.name),
                },
            );
        }
        let queues = number(
            notes,
            || format!("topics[{i}].queues"),
            topic.queues,
            4,
            1,
            QUEUES_MAX,
        );
        topics.push(Topic {
            name: topic.name.clone(),
            queues: u16::try_from(queues).unwrap_or(1),
        });
    }
    topics
}

fn brokers(
    notes: &mut Notes,
    profile: Profile,
    list: Option<&[BrokerV1]>,
    default: &[Broker],
) -> Vec<Broker> {
    let Some(list) = list else {
        return default.to_vec();
    };
    if list.is_empty() {
        notes.note(
            "brokers",
            ProblemCode::NoneAtAll {
                thing: Thing::Broker,
            },
        );
    }
    let mut brokers = Vec::new();
    for (i, broker) in list.iter().enumerate() {
        let own = broker.name.as_deref().unwrap_or("broker-a");
        name(
            notes,
            || format!("brokers[{i}].name"),
            Thing::Broker,
            own,
            NAME_MAX,
        );
        if brokers.iter().any(|other: &Broker| other.name == own) {
            notes.note(
                format!("brokers[{i}].name"),
                ProblemCode::Duplicate {
                    thing: Thing::Broker,
                    name: clip(own),
                },
            );
        }
        if broker.slaves.len() > SLAVES_MAX {
            notes.note(
                format!("brokers[{i}].slaves"),
                too_many(Thing::Slave, broker.slaves.len(), SLAVES_MAX),
            );
        }
        let conf = broker_conf(
            notes,
            &format!("brokers[{i}].conf"),
            BrokerConfig::defaults(profile),
            &broker.conf,
        );
        let slaves = broker
            .slaves
            .iter()
            .take(SLAVES_MAX)
            .enumerate()
            .map(|(j, slave)| {
                let mut own = BrokerConfig::defaults(profile);
                own.broker_role = BrokerRole::Slave;
                let path = format!("brokers[{i}].slaves[{j}].conf");
                let own = broker_conf(notes, &path, own, &slave.conf);
                if own.enable_controller_mode != conf.enable_controller_mode {
                    notes.note(
                        format!("{path}.enableControllerMode"),
                        ProblemCode::ControllerModeDiffers,
                    );
                }
                own
            })
            .collect();
        brokers.push(Broker {
            name: own.to_owned(),
            conf,
            slaves,
        });
        if brokers.len() > NODES_MAX {
            break; // `world` says how many are too many
        }
    }
    brokers
}

fn broker_conf(
    notes: &mut Notes,
    path: &str,
    mut conf: BrokerConfig,
    settings: &ConfV1,
) -> BrokerConfig {
    let slave = conf.broker_role == BrokerRole::Slave;
    apply(notes, path, &mut conf, settings, BrokerConfig::set);
    if slave != (conf.broker_role == BrokerRole::Slave) {
        notes.note(format!("{path}.brokerRole"), ProblemCode::Role { slave });
    }
    conf
}

fn producer_at(notes: &mut Notes, profile: Profile, i: usize, producer: &ProducerV1) -> Producer {
    let path = format!("producers[{i}]");
    let mut conf = ProducerConfig::defaults(profile);
    apply(
        notes,
        &format!("{path}.conf"),
        &mut conf,
        &producer.conf,
        ProducerConfig::set,
    );
    let resend = number(
        notes,
        || format!("{path}.resend"),
        producer.resend,
        0,
        0,
        RESEND_MAX,
    );
    Producer {
        name: client_name(
            notes,
            &path,
            Thing::Producer,
            producer.name.as_deref().unwrap_or("p1"),
        ),
        group: group(
            notes,
            &path,
            profile,
            producer.group.as_deref().unwrap_or("PG"),
        ),
        conf,
        resend: u32::try_from(resend).unwrap_or(0),
    }
}

fn consumer_at(
    notes: &mut Notes,
    profile: Profile,
    i: usize,
    file: &ConsumerV1,
    first_topic: &str,
) -> Consumer {
    let path = format!("consumers[{i}]");
    let base = consumer(profile, file.topic.as_deref().unwrap_or(first_topic));
    let mut conf = ConsumerConfig::defaults(profile);
    apply(
        notes,
        &format!("{path}.conf"),
        &mut conf,
        &file.conf,
        ConsumerConfig::set,
    );
    if conf.consume_thread_min > conf.consume_thread_max {
        notes.note(format!("{path}.conf"), ProblemCode::ThreadMinOverMax);
    }
    let at = |field: &'static str| move || format!("consumers[{i}].{field}");
    Consumer {
        name: client_name(
            notes,
            &path,
            Thing::Consumer,
            file.name.as_deref().unwrap_or(&base.name),
        ),
        group: group(
            notes,
            &path,
            profile,
            file.group.as_deref().unwrap_or(&base.group),
        ),
        tags: tags(notes, at("tags"), file.tags.as_deref()),
        listener: word(
            notes,
            at("listener"),
            file.listener.as_deref(),
            base.listener,
            ListenerKind::ALL,
            ListenerKind::word,
        ),
        model: word(
            notes,
            at("model"),
            file.model.as_deref(),
            base.model,
            MessageModel::ALL,
            MessageModel::word,
        ),
        conf,
        process: span(notes, at("processMs"), file.process_ms, 0, UNTIL_MAX),
        auto_commit: file.auto_commit.unwrap_or(base.auto_commit),
        started: file.started.unwrap_or(base.started),
        ..base
    }
}

fn client_name(notes: &mut Notes, path: &str, thing: Thing, own: &str) -> String {
    name(notes, || format!("{path}.name"), thing, own, NAME_MAX);
    own.to_owned()
}

fn group(notes: &mut Notes, path: &str, profile: Profile, own: &str) -> String {
    // `Validators#GROUP_MAX_LENGTH` (A.3)
    let max = match profile {
        Profile::V4_9 => 255,
        Profile::V5_3 => 120,
    };
    name(notes, || format!("{path}.group"), Thing::Group, own, max);
    own.to_owned()
}

fn world(notes: &mut Notes, scenario: &Scenario, first_topic: String, script: &[StepV1]) -> World {
    let mut nodes = vec![(NAME_SERVER.to_owned(), Process::NameServer)];
    for broker in &scenario.brokers {
        for replica in 0..=broker.slaves.len() {
            nodes.push((format!("{}/{replica}", broker.name), Process::Broker));
        }
    }
    let clients = nodes.len();
    nodes.extend(
        scenario
            .producers
            .iter()
            .map(|producer| (producer.name.clone(), Process::Producer)),
    );
    nodes.extend(
        scenario
            .consumers
            .iter()
            .map(|consumer| (consumer.name.clone(), Process::Consumer(consumer.listener))),
    );
    if nodes.len() > NODES_MAX {
        notes.note("", too_many(Thing::Node, nodes.len(), NODES_MAX));
        nodes.truncate(NODES_MAX);
    }
    let mut seen = BTreeSet::new();
    for (i, (name, process)) in nodes.iter().skip(clients).enumerate() {
        if !seen.insert(name) {
            let (list, i) = match process {
                Process::Consumer(_) => ("consumers", i.saturating_sub(scenario.producers.len())),
                Process::NameServer | Process::Broker | Process::Producer => ("producers", i),
            };
            notes.note(
                format!("{list}[{i}].name"),
                ProblemCode::Duplicate {
                    thing: Thing::Node,
                    name: clip(name),
                },
            );
        }
    }

    let sent: i64 = script
        .iter()
        .filter(|step| step.action == "send")
        .fold(0, |sum, step| {
            sum.saturating_add(step.count.unwrap_or(1).max(0))
        });
    if sent > SENDS_MAX {
        let (found, max) = (
            u64::try_from(sent).unwrap_or(0),
            u64::try_from(SENDS_MAX).unwrap_or(0),
        );
        notes.note(
            "script",
            ProblemCode::TooMany {
                thing: Thing::Message,
                found,
                max,
            },
        );
    }
    let mut other_topics: BTreeSet<String> = SYSTEM_TOPICS.into_iter().map(str::to_owned).collect();
    for consumer in &scenario.consumers {
        other_topics.insert(format!("%RETRY%{}", consumer.group));
        other_topics.insert(format!("%DLQ%{}", consumer.group));
    }
    // A send can create its topic.
    other_topics.extend(
        script
            .iter()
            .filter(|step| step.action == "send")
            .filter_map(|step| step.topic.clone()),
    );
    World {
        profile: scenario.profile,
        nodes,
        topics: scenario
            .topics
            .iter()
            .map(|topic| (topic.name.clone(), topic.queues))
            .collect(),
        first_topic,
        brokers: scenario
            .brokers
            .iter()
            .map(|broker| broker.name.clone())
            .collect(),
        other_topics,
        messages: u32::try_from(sent).unwrap_or(u32::MAX),
    }
}

/// One step, with what it needs to be checked.
struct StepAt<'a> {
    notes: &'a mut Notes,
    world: &'a World,
    i: usize,
    until: SimTime,
}

impl StepAt<'_> {
    fn step(mut self, step: StepV1) -> Option<Step> {
        let trigger = match (step.at, &step.after) {
            (Some(at), None) => {
                let at =
                    SimTime::ZERO + span(self.notes, in_step(self.i, "at"), Some(at), 0, UNTIL_MAX);
                if at > self.until {
                    self.note("at", ProblemCode::AfterTheEnd);
                }
                Trigger::At(at)
            }
            (None, Some(after)) => Trigger::After(self.pattern(after)),
            (None, None) | (Some(_), Some(_)) => {
                self.notes
                    .note(format!("script[{}]", self.i), ProblemCode::OneTrigger);
                Trigger::At(SimTime::ZERO)
            }
        };
        let Some(action) = ACTIONS.iter().find(|action| action.name == step.action) else {
            let words = ACTIONS.iter().map(|action| action.name).collect();
            self.note(
                "do",
                ProblemCode::NotOneOf {
                    found: clip(&step.action),
                    words,
                },
            );
            return None;
        };
        if !self.fields_fit(action, &step) {
            return None;
        }
        let action = self.action(step)?;
        Some(Step { trigger, action })
    }

    fn fields_fit(&mut self, action: &ActionV1, step: &StepV1) -> bool {
        let given: Vec<&'static str> = step.given().collect();
        let mut fit = true;
        for field in &given {
            if !action.fields().any(|known| known == *field) {
                fit = false;
                self.note(
                    field,
                    ProblemCode::NotAField {
                        action: action.name,
                        fields: action.fields().collect(),
                    },
                );
            }
        }
        for field in action.required {
            if !given.contains(field) {
                fit = false;
                self.note(field, ProblemCode::Missing);
            }
        }
        fit
    }

    /// None after a problem that leaves nothing to stand for the action.
    fn action(&mut self, step: StepV1) -> Option<Do> {
        let node = step.node.clone().unwrap_or_default();
        Some(match step.action.as_str() {
            "send" => Do::Send(self.send(step)),
            "crash" => Do::Crash(self.node("node", node)),
            "power-loss" => Do::PowerLoss(self.node("node", node)),
            "destroy-disk" => Do::DestroyDisk(self.node("node", node)),
            "stop" => {
                let takes = step.takes.map(|takes| {
                    let path = in_step(self.i, "takesMs");
                    span(self.notes, path, Some(takes), 0, UNTIL_MAX)
                });
                // Only a broker's clean stop takes time.
                let node = if takes.is_some() {
                    self.broker_node("takesMs", node)
                } else {
                    self.node("node", node)
                };
                Do::Stop { node, takes }
            }
            "restart" => {
                let takes = span(
                    self.notes,
                    in_step(self.i, "takesMs"),
                    step.takes,
                    2_000,
                    UNTIL_MAX,
                );
                Do::Restart {
                    node: self.node("node", node),
                    takes,
                }
            }
            "pause" => Do::Pause(self.node("node", node)),
            "resume" => Do::Resume(self.node("node", node)),
            "stall-disk" => Do::StallDisk(self.broker_node("node", node)),
            "release-disk" => Do::ReleaseDisk(self.broker_node("node", node)),
            "fail-disk" => {
                let times = self.times(step.times.as_ref()).unwrap_or(1);
                Do::FailDisk {
                    node: self.broker_node("node", node),
                    times,
                }
            }
            "fill-disk" => {
                let permille = step.ratio.map_or(0, |ratio| ratio.0);
                if !(0..=1_000).contains(&permille) {
                    self.note(
                        "ratio",
                        ProblemCode::OutOfRange {
                            found: thousandths(permille),
                            min: 0,
                            max: 1,
                        },
                    );
                }
                Do::FillDisk {
                    node: self.broker_node("node", node),
                    permille: u32::try_from(permille).unwrap_or(0),
                }
            }
            "expire-files" => {
                let up_to = number(
                    self.notes,
                    in_step(self.i, "upTo"),
                    step.up_to,
                    0,
                    0,
                    OFFSET_MAX,
                );
                Do::ExpireFiles {
                    node: self.broker_node("node", node),
                    up_to: u64::try_from(up_to).unwrap_or(0),
                }
            }
            "partition" => Do::Partition(self.between(step.between?)),
            "heal" => Do::Heal(self.between(step.between?)),
            "drop" => {
                let count = self.u32("count", step.count, 1, 1, TIMES_MAX);
                let [from, to] = self.link(
                    ["from", "to"],
                    [step.from.unwrap_or_default(), step.to.unwrap_or_default()],
                );
                Do::Drop { from, to, count }
            }
            "set-link" => {
                let latency = span(
                    self.notes,
                    in_step(self.i, "latencyMs"),
                    step.latency,
                    0,
                    DELAY_MAX,
                );
                Do::SetLink {
                    between: self.between(step.between?),
                    latency,
                }
            }
            "consume-result" => Do::ConsumeResult(self.consume_rule(&step)?),
            "process-time" => {
                let process = span(self.notes, in_step(self.i, "ms"), step.ms, 0, UNTIL_MAX);
                Do::ProcessTime {
                    consumer: self.consumer(step.consumer).0,
                    process,
                }
            }
            "start-consumer" => Do::StartConsumer(self.consumer(step.consumer).0),
            "stop-consumer" => Do::StopConsumer(self.consumer(step.consumer).0),
            "pull" => Do::Pull(self.pull(step)),
            "reset-offset" => Do::ResetOffset(self.reset_offset(step)?),
            "set-conf" => self.set_conf(node, &step.conf?),
            // `ACTIONS` and this list are the same: a test says so.
            _ => return None,
        })
    }

    fn send(&mut self, step: StepV1) -> Send {
        let topic = step.topic.unwrap_or_else(|| self.world.first_topic.clone());
        plain_text(self.notes, in_step(self.i, "topic"), &topic);
        for (field, text) in [("tag", &step.tag), ("key", &step.key)] {
            plain_text(
                self.notes,
                in_step(self.i, field),
                text.as_deref().unwrap_or_default(),
            );
        }
        if step.transaction.is_some() {
            for (field, given) in [
                ("mode", step.mode.is_some()),
                ("queue", step.queue.is_some()),
            ] {
                if given {
                    self.note(
                        field,
                        ProblemCode::Conflict {
                            with: "transaction",
                        },
                    );
                }
            }
        }
        let (queue, broker) = self.queue(&topic, step.queue, step.broker);
        let transaction = step.transaction.map(|transaction| {
            let state = |notes: &mut Notes, path: String, text: &str| {
                word(
                    notes,
                    || path,
                    Some(text),
                    TransactionState::Unknow,
                    TransactionState::ALL,
                    TransactionState::word,
                )
            };
            let path = format!("script[{}].transaction", self.i);
            if transaction.check.len() > TAGS_MAX {
                self.notes.note(
                    format!("{path}.check"),
                    ProblemCode::OutOfRange {
                        found: transaction.check.len().to_string(),
                        min: 0,
                        max: 64,
                    },
                );
            }
            Transaction {
                local: state(self.notes, format!("{path}.local"), &transaction.local),
                check: transaction
                    .check
                    .iter()
                    .take(TAGS_MAX)
                    .enumerate()
                    .map(|(n, text)| state(self.notes, format!("{path}.check[{n}]"), text))
                    .collect(),
            }
        });
        Send {
            producer: self.client(Thing::Producer, step.producer).0,
            count: self.u32("count", step.count, 1, 1, SENDS_MAX),
            every: span(
                self.notes,
                in_step(self.i, "everyMs"),
                step.every,
                0,
                UNTIL_MAX,
            ),
            mode: word(
                self.notes,
                in_step(self.i, "mode"),
                step.mode.as_deref(),
                SendMode::Sync,
                SendMode::ALL,
                SendMode::word,
            ),
            queue,
            broker,
            tag: step.tag,
            key: step.key,
            body_bytes: u64::try_from(number(
                self.notes,
                in_step(self.i, "bodyBytes"),
                step.body_bytes,
                16,
                0,
                BODY_MAX,
            ))
            .unwrap_or(0),
            wait_store_msg_ok: step.wait_store_msg_ok.unwrap_or(true),
            delay_level: u8::try_from(number(
                self.notes,
                in_step(self.i, "delayLevel"),
                step.delay_level,
                0,
                0,
                18,
            ))
            .unwrap_or(0),
            transaction,
            topic,
        }
    }

    fn pull(&mut self, step: StepV1) -> Pull {
        let topic = step.topic.unwrap_or_else(|| self.world.first_topic.clone());
        known_topic(self.notes, self.world, in_step(self.i, "topic"), &topic);
        let (queue, broker) = self.queue(&topic, Some(step.queue.unwrap_or(0)), step.broker);
        Pull {
            consumer: self.consumer(step.consumer).0,
            queue: queue.unwrap_or(0),
            broker,
            offset: number(
                self.notes,
                in_step(self.i, "offset"),
                step.offset,
                0,
                -1,
                OFFSET_MAX,
            ),
            tags: tags(self.notes, in_step(self.i, "tags"), step.tags.as_deref()),
            topic,
        }
    }

    /// 4.9 has its clients move their offsets, which the lab does not model.
    fn reset_offset(&mut self, step: StepV1) -> Option<ResetOffset> {
        if self.world.profile == Profile::V4_9 {
            let words = ACTIONS.iter().map(|action| action.name);
            let words = words.filter(|name| *name != step.action).collect();
            self.note(
                "do",
                ProblemCode::NotOneOf {
                    found: step.action,
                    words,
                },
            );
            return None;
        }
        let Pull {
            consumer,
            topic,
            queue,
            broker,
            offset,
            tags: _,
        } = self.pull(step);
        Some(ResetOffset {
            consumer,
            topic,
            queue,
            broker,
            offset: u64::try_from(offset).unwrap_or(0),
        })
    }

    /// A queue of `topic`, and the broker name if it is said.
    fn queue(
        &mut self,
        topic: &str,
        queue: Option<i64>,
        broker: Option<String>,
    ) -> (Option<u16>, Option<String>) {
        if let Some(name) = broker
            .as_ref()
            .filter(|name| !self.world.brokers.contains(name))
        {
            self.note(
                "broker",
                ProblemCode::NoSuch {
                    thing: Thing::Broker,
                    name: clip(name),
                    have: self.world.brokers.clone(),
                },
            );
        }
        if broker.is_some() && queue.is_none() {
            self.note("queue", ProblemCode::Missing);
        }
        // A topic that is made on the way has as many queues as the brokers' settings give it.
        let last = self
            .world
            .topics
            .get(topic)
            .map_or(QUEUES_MAX, |queues| i64::from(*queues))
            - 1;
        let queue = queue.map(|queue| {
            number(
                self.notes,
                in_step(self.i, "queue"),
                Some(queue),
                0,
                0,
                last,
            )
        });
        (queue.and_then(|queue| u16::try_from(queue).ok()), broker)
    }

    fn consume_rule(&mut self, step: &StepV1) -> Option<ConsumeRule> {
        let (consumer, listener) = self.consumer(step.consumer.clone());
        let text = step.result.as_deref();
        let result = word(
            self.notes,
            in_step(self.i, "result"),
            text,
            ConsumeResult::Null,
            ConsumeResult::ALL,
            ConsumeResult::word,
        );
        let listener = listener?;
        if !ConsumeResult::of(listener).contains(&result) {
            let words = ConsumeResult::of(listener)
                .iter()
                .map(|result| result.word())
                .collect();
            self.note("result", ProblemCode::WrongListener { listener, words });
        }
        let all = |text: &&str| *text != "all";
        Some(ConsumeRule {
            consumer,
            message: step
                .message
                .as_deref()
                .filter(all)
                .and_then(|label| self.message("message", label)),
            times: self.times(step.times.as_ref()),
            result,
            delay_level_when_next_consume: i32::try_from(number(
                self.notes,
                in_step(self.i, "delayLevelWhenNextConsume"),
                step.delay_level_when_next_consume,
                0,
                -1,
                18,
            ))
            .unwrap_or(0),
            ack_index: step
                .ack_index
                .map(|index| self.u32("ackIndex", Some(index), 0, 0, 1_023)),
        })
    }

    /// None means always.
    fn times(&mut self, times: Option<&TimesV1>) -> Option<u32> {
        match times {
            None => None,
            Some(TimesV1::Count(n)) => Some(self.u32("times", Some(*n), 1, 1, TIMES_MAX)),
            Some(TimesV1::Word(all)) if all == "all" => None,
            Some(TimesV1::Word(other)) => {
                self.note(
                    "times",
                    ProblemCode::NotOneOf {
                        found: clip(other),
                        words: vec!["all"],
                    },
                );
                None
            }
        }
    }

    fn set_conf(&mut self, node: String, settings: &ConfV1) -> Do {
        let path = format!("script[{}].conf", self.i);
        let profile = self.world.profile;
        let found = self.find(&node);
        let set = found.is_some_and(|process| match process {
            Process::Broker => true,
            // Its controller takes new settings (`mqadmin updateControllerConfig`).
            Process::NameServer => settings
                .0
                .iter()
                .any(|(key, _)| controller_key(key).is_some_and(|key| key.modelled)),
            Process::Producer | Process::Consumer(_) => false,
        });
        if found.is_some() && !set {
            self.notes.note(
                format!("script[{}].node", self.i),
                ProblemCode::OnlyBrokersAreSet,
            );
        }
        match self.find(&node) {
            None => {}
            Some(Process::NameServer) => {
                apply(
                    self.notes,
                    &path,
                    &mut (
                        NameServerConfig::defaults(profile),
                        ControllerConfig::defaults(profile),
                    ),
                    settings,
                    |(name_server, controller), key, text| match controller_key(key) {
                        Some(_) => controller.set(key, text),
                        None => name_server.set(key, text),
                    },
                );
            }
            Some(Process::Broker) => apply(
                self.notes,
                &path,
                &mut BrokerConfig::defaults(profile),
                settings,
                BrokerConfig::set,
            ),
            Some(Process::Producer) => apply(
                self.notes,
                &path,
                &mut ProducerConfig::defaults(profile),
                settings,
                ProducerConfig::set,
            ),
            Some(Process::Consumer(_)) => {
                apply(
                    self.notes,
                    &path,
                    &mut ConsumerConfig::defaults(profile),
                    settings,
                    ConsumerConfig::set,
                );
            }
        }
        Do::SetConf {
            node: self.node("node", node),
            conf: settings.0.clone(),
        }
    }

    fn pattern(&mut self, after: &AfterV1) -> Pattern {
        let path = |field: &str| format!("script[{}].after.{field}", self.i);
        let event = word(
            self.notes,
            || path("event"),
            Some(&after.event),
            EventName::Appended,
            EventName::ALL,
            EventName::word,
        );
        let nth = number(self.notes, || path("nth"), after.nth, 1, 1, TIMES_MAX);
        Pattern {
            event,
            message: after
                .message
                .as_deref()
                .and_then(|label| self.message("after.message", label)),
            node: after.node.clone().map(|node| self.node("after.node", node)),
            nth: u32::try_from(nth).unwrap_or(1),
        }
    }

    fn message(&mut self, field: &str, label: &str) -> Option<u32> {
        let number = label
            .strip_prefix('m')
            .filter(|digits| !digits.starts_with(['0', '+']))
            .and_then(|digits| digits.parse().ok());
        let number = number.filter(|n| (1..=self.world.messages).contains(n));
        if number.is_none() {
            self.note(
                field,
                ProblemCode::NoSuchMessage {
                    found: clip(label),
                    last: self.world.messages,
                },
            );
        }
        number
    }

    fn between(&mut self, ends: [String; 2]) -> [String; 2] {
        self.link(["between[0]", "between[1]"], ends)
    }

    fn link(&mut self, fields: [&str; 2], ends: [String; 2]) -> [String; 2] {
        let [field, other_field] = fields;
        let [end, other] = ends;
        if end == other {
            self.note(other_field, ProblemCode::SameNode { name: clip(&end) });
        }
        [self.node(field, end), self.node(other_field, other)]
    }

    fn find(&self, name: &str) -> Option<Process> {
        self.world
            .nodes
            .iter()
            .find(|(node, _)| node == name)
            .map(|(_, process)| *process)
    }

    fn node(&mut self, field: &str, name: String) -> String {
        if self.find(&name).is_none() {
            self.no_such(field, Thing::Node, &name, |_| true);
        }
        name
    }

    fn broker_node(&mut self, field: &str, name: String) -> String {
        if self.find(&name) != Some(Process::Broker) {
            self.no_such(field, Thing::BrokerNode, &name, |process| {
                process == Process::Broker
            });
        }
        name
    }

    fn consumer(&mut self, name: Option<String>) -> (String, Option<ListenerKind>) {
        self.client(Thing::Consumer, name)
    }

    /// A client by name, or the first; and its listener if it is a consumer.
    fn client(&mut self, thing: Thing, name: Option<String>) -> (String, Option<ListenerKind>) {
        let field = if thing == Thing::Producer {
            "producer"
        } else {
            "consumer"
        };
        let fits = |process| match process {
            Process::Producer => thing == Thing::Producer,
            Process::Consumer(_) => thing == Thing::Consumer,
            Process::NameServer | Process::Broker => false,
        };
        let found = self.world.nodes.iter().find(|(node, process)| {
            fits(*process) && name.as_ref().is_none_or(|name| name == node)
        });
        match (found, name) {
            (Some((node, Process::Consumer(listener))), _) => (node.clone(), Some(*listener)),
            (Some((node, Process::NameServer | Process::Broker | Process::Producer)), _) => {
                (node.clone(), None)
            }
            (None, name) => {
                let name = name.unwrap_or_default();
                self.no_such(field, thing, &name, fits);
                (name, None)
            }
        }
    }

    fn no_such(&mut self, field: &str, thing: Thing, name: &str, fits: impl Fn(Process) -> bool) {
        let have = self
            .world
            .nodes
            .iter()
            .filter(|(_, process)| fits(*process))
            .map(|(node, _)| node.clone())
            .collect();
        self.note(
            field,
            ProblemCode::NoSuch {
                thing,
                name: clip(name),
                have,
            },
        );
    }

    fn u32(
        &mut self,
        field: &'static str,
        n: Option<i64>,
        default: i64,
        min: i64,
        max: i64,
    ) -> u32 {
        u32::try_from(number(
            self.notes,
            in_step(self.i, field),
            n,
            default,
            min,
            max,
        ))
        .unwrap_or(0)
    }

    fn note(&mut self, field: &str, code: ProblemCode) {
        self.notes.note(format!("script[{}].{field}", self.i), code);
    }
}

fn in_step(step: usize, field: &'static str) -> impl FnOnce() -> String {
    move || format!("script[{step}].{field}")
}

/// Puts `settings` into `conf`, each with its own problem or warning.
/// A key of the controller that the name server has not under the same name.
fn controller_key(key: &str) -> Option<&'static Key> {
    ControllerConfig::key(key).filter(|_| NameServerConfig::key(key).is_none())
}

fn apply<C>(
    notes: &mut Notes,
    path: &str,
    conf: &mut C,
    settings: &ConfV1,
    set: fn(&mut C, &str, &str) -> Result<Effect, Refused>,
) {
    for (key, text) in &settings.0 {
        if notes.full() {
            return;
        }
        let code = match set(conf, key, text) {
            Ok(Effect::Applies) => continue,
            Ok(Effect::NotModelled) => ProblemCode::KeyNotModelled,
            Ok(Effect::SaidElsewhere) => ProblemCode::KeySaidElsewhere,
            Ok(Effect::OtherProfile { only }) => ProblemCode::KeyOfOtherProfile { only },
            Err(Refused::Unknown { .. }) if key == "enableRunningFlagsInFlush" => {
                ProblemCode::KeyAfter533
            }
            Err(Refused::Unknown { nearest }) => ProblemCode::KeyUnknown {
                key: clip(key),
                nearest,
            },
            Err(Refused::BelongsTo { class }) => ProblemCode::KeyElsewhere {
                key: clip(key),
                class,
            },
            Err(Refused::NotA { kind }) => ProblemCode::KeyValue {
                found: clip(text),
                expected: Expected::Kind(kind),
            },
            Err(Refused::OutOfRange { min, max }) => ProblemCode::KeyValue {
                found: clip(text),
                expected: Expected::Between(min, max),
            },
        };
        notes.note(format!("{path}.{}", clip(key)), code);
    }
}

fn word<T: Copy + 'static>(
    notes: &mut Notes,
    path: impl FnOnce() -> String,
    text: Option<&str>,
    default: T,
    all: &'static [T],
    say: fn(T) -> &'static str,
) -> T {
    let Some(text) = text else { return default };
    if let Some(value) = all.iter().find(|value| say(**value) == text) {
        return *value;
    }
    notes.note(
        path(),
        ProblemCode::NotOneOf {
            found: clip(text),
            words: all.iter().map(|value| say(*value)).collect(),
        },
    );
    default
}

/// A whole number within bounds; `min` stands for one that is not.
fn number(
    notes: &mut Notes,
    path: impl FnOnce() -> String,
    n: Option<i64>,
    default: i64,
    min: i64,
    max: i64,
) -> i64 {
    let n = n.unwrap_or(default);
    if (min..=max).contains(&n) {
        return n;
    }
    notes.note(
        path(),
        ProblemCode::OutOfRange {
            found: n.to_string(),
            min,
            max,
        },
    );
    min
}

/// A time from 0 to `max`; the default and the bound are in milliseconds.
fn span(
    notes: &mut Notes,
    path: impl FnOnce() -> String,
    time: Option<Millis>,
    default: i64,
    max: i64,
) -> Span {
    let micros = time.map_or(default * 1_000, |time| time.0);
    match u64::try_from(micros) {
        Ok(span) if micros <= max * 1_000 => Span::from_micros(span),
        Ok(_) | Err(_) => {
            notes.note(
                path(),
                ProblemCode::OutOfRange {
                    found: thousandths(micros),
                    min: 0,
                    max,
                },
            );
            Span::ZERO
        }
    }
}

fn thousandths(n: i64) -> String {
    SimTime::from_micros(n).to_string()
}

fn too_many(thing: Thing, found: usize, max: usize) -> ProblemCode {
    ProblemCode::TooMany {
        thing,
        found: u64::try_from(found).unwrap_or(u64::MAX),
        max: u64::try_from(max).unwrap_or(u64::MAX),
    }
}

fn plain_text(notes: &mut Notes, path: impl FnOnce() -> String, text: &str) {
    if text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
        notes.note(path(), ProblemCode::BadText { max: TEXT_MAX });
    }
}

fn name(notes: &mut Notes, path: impl FnOnce() -> String, thing: Thing, name: &str, max: usize) {
    let more: &[char] = match thing {
        Thing::Topic | Thing::Group => &['_', '-', '%', '|'],
        // No slash and no `#`: `broker-a/0` and `c1#2` are other nodes' and clients' names.
        Thing::Node
        | Thing::BrokerNode
        | Thing::Broker
        | Thing::Slave
        | Thing::Producer
        | Thing::Consumer
        | Thing::Message
        | Thing::Step => &['_', '-', '.'],
    };
    let good = |c: char| c.is_ascii_alphanumeric() || more.contains(&c);
    if name.is_empty() || name.len() > max || !name.chars().all(good) {
        notes.note(
            path(),
            ProblemCode::BadName {
                thing,
                name: clip(name),
                max,
            },
        );
    }
}

fn known_topic(notes: &mut Notes, world: &World, path: impl FnOnce() -> String, topic: &str) {
    if !world.topics.contains_key(topic) && !world.other_topics.contains(topic) {
        let have = world.topics.keys().cloned().collect();
        notes.note(
            path(),
            ProblemCode::NoSuch {
                thing: Thing::Topic,
                name: clip(topic),
                have,
            },
        );
    }
}

/// `*` or nothing is every tag, which is said by none.
fn tags(notes: &mut Notes, path: impl FnOnce() -> String, text: Option<&str>) -> Vec<String> {
    let text = text.unwrap_or("*").trim();
    if text == "*" || text.is_empty() {
        return Vec::new();
    }
    let mut tags: Vec<String> = text
        .split("||")
        .take(TAGS_MAX + 1)
        .map(|tag| tag.trim().to_owned())
        .collect();
    let bad = |tag: &String| {
        tag.is_empty()
            || tag == "*"
            || tag.len() > TOPIC_MAX
            || tag.contains('|')
            || tag.chars().any(char::is_control)
    };
    if tags.len() > TAGS_MAX || tags.iter().any(bad) {
        notes.note(path(), ProblemCode::BadTags { found: clip(text) });
        tags.clear();
    }
    tags
}
