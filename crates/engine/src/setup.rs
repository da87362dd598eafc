//! What never changes during a run: names, roles, settings and the instants at which the nodes were started.

use litemap::LiteMap;

use crate::config::{BrokerConfig, ControllerConfig};
use crate::ids::{BrokerName, GroupId, NodeId, TagId, TopicId};
use crate::names::Names;
use crate::order;
use crate::rng::Rng;
use crate::scenario::{self, Do, Scenario};
use crate::status::{BrokerRole, ListenerKind, MessageModel, Profile};
use crate::units::{SimTime, Span};

/// Topics of RocketMQ's own, interned first and in this order.
pub(crate) mod system {
    use crate::ids::TopicId;

    /// Delayed messages wait here, one queue per level.
    pub const SCHEDULE: TopicId = TopicId(0);
    /// Half messages.
    pub const HALF: TopicId = TopicId(1);
    /// Records that say which half messages are finished.
    pub const OP_HALF: TopicId = TopicId(2);
    /// Half messages that nobody answered for.
    pub const CHECK_MAX: TopicId = TopicId(3);
    /// 4.x: where consumers were moved.
    pub const OFFSET_MOVED: TopicId = TopicId(4);
    /// The broker's self test.
    pub const SELF_TEST: TopicId = TopicId(5);
    /// The template of topics that are created by sending to them.
    pub const AUTO_CREATE: TopicId = TopicId(6);

    pub(super) const NAMES: [&str; 7] = [
        "SCHEDULE_TOPIC_XXXX",
        "RMQ_SYS_TRANS_HALF_TOPIC",
        "RMQ_SYS_TRANS_OP_HALF_TOPIC",
        "TRANS_CHECK_MAX_TIME_TOPIC",
        "OFFSET_MOVED_EVENT",
        "SELF_TEST_TOPIC",
        "TBW102",
    ];
}

/// In controller mode each replica starts so much later than the one before it: the first to come is master, and the controller takes
/// them into the SyncStateSet one after the other.
const EACH_LATER: Span = Span::from_millis(500);

/// How long a client's JVM takes until its client is built.
const JVM_LEAST: Span = Span::from_millis(400);
const JVM_MOST: Span = Span::from_millis(3_200);

/// The fixed facts of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Setup {
    pub profile: Profile,
    pub names: Names,
    pub network: scenario::Network,
    pub fsync: Span,
    /// Topics that exist on every broker at the start.
    pub topics: Vec<(TopicId, u16)>,
    /// In node-id order.
    pub nodes: Vec<Spec>,
    /// The only name server.
    pub name_server: NodeId,
    /// Its controller's settings.
    pub controller: ControllerConfig,
    /// Whether any broker is in controller mode.
    pub controlled: bool,
    /// `%RETRY%group` and `%DLQ%group`, by group.
    pub group_topics: Vec<(TopicId, TopicId)>,
    /// Every consumer's topic, group and tags (empty is `*`), sorted.
    pub subscriptions: Vec<(TopicId, GroupId, Vec<TagId>)>,
}

/// One node: what it is and when it starts; none: the script starts it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Spec {
    pub kind: Kind,
    pub starts: Option<SimTime>,
}

/// What a node is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    NameServer,
    Broker {
        broker: BrokerName,
        replica: u16,
        conf: Box<BrokerConfig>,
    },
    Producer {
        group: GroupId,
        spec: scenario::Producer,
    },
    Consumer {
        group: GroupId,
        topic: TopicId,
        tags: Vec<TagId>,
        spec: scenario::Consumer,
    },
}

impl Setup {
    pub fn new(scenario: &Scenario, rng: &mut Rng) -> Self {
        let topics = system::NAMES
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        let mut names = Names {
            topics,
            ..Names::default()
        };
        names.tags.push(String::new());
        for topic in &scenario.topics {
            intern(&mut names.topics, &topic.name);
        }
        let mut brokers: Vec<&scenario::Broker> = scenario.brokers.iter().collect();
        order::sort_by(&mut brokers, |broker| &broker.name);

        let mut nodes = Vec::new();
        names.nodes.push("namesrv/0".to_owned());
        nodes.push(Spec {
            kind: Kind::NameServer,
            starts: Some(starts(Span::from_secs(60))),
        });
        for broker in brokers {
            let name = BrokerName(intern(&mut names.brokers, &broker.name));
            // The recorded clusters' brokers had started 5 to 25 s before t = 0; a slave needs at least 11 of them for its
            // first report, and t = 0 is only taken after that.
            let since = rng.span(
                Span::from_secs(10),
                Span::from_secs(11),
                Span::from_secs(25),
            );
            let mut replica = |number: u16, conf: &BrokerConfig, role: Option<BrokerRole>| {
                let mut conf = conf.clone();
                let controlled = conf.enable_controller_mode;
                if let Some(role) = role {
                    conf.broker_role = role;
                }
                names.nodes.push(format!("{}/{number}", broker.name));
                nodes.push(Spec {
                    kind: Kind::Broker {
                        broker: name,
                        replica: number,
                        conf: Box::new(conf),
                    },
                    starts: Some(starts(if controlled {
                        since.minus(EACH_LATER.times(u64::from(number)))
                    } else {
                        since
                    })),
                });
            };
            replica(0, &broker.conf, None);
            for (number, conf) in (1..).zip(&broker.slaves) {
                replica(number, conf, Some(BrokerRole::Slave));
            }
        }
        let client_since = match scenario.profile {
            Profile::V5_3 => (
                Span::from_millis(3_300),
                Span::from_millis(3_200),
                Span::from_millis(3_400),
            ),
            Profile::V4_9 => (
                Span::from_millis(2_050),
                Span::from_millis(1_950),
                Span::from_millis(2_150),
            ),
        };
        // The recorded clusters' producers were built first, then one consumer after the other: a JVM each. Without consumers t = 0
        // follows sooner [k26 k29].
        let producer_since = match scenario.profile {
            Profile::V5_3 => (
                client_since.0,
                Span::from_millis(2_320),
                Span::from_millis(2_520),
            ),
            Profile::V4_9 => (
                client_since.0,
                Span::from_millis(1_590),
                Span::from_millis(1_790),
            ),
        };
        let mut consumers_since = Vec::new();
        let mut later = Span::ZERO;
        let mut longest_wait = Span::ZERO;
        for consumer in scenario.consumers.iter().rev() {
            // t = 0 is only taken when its pulls are answered: one that lost its start race was built that much earlier (J.2).
            let (lost, of, earlier) = match scenario.profile {
                Profile::V5_3 => (8, 80, Span::from_secs(20)),
                Profile::V4_9 => (14, 40, Span::from_millis(1_030)),
            };
            let waited = if rng.usually(lost, of) {
                Span::ZERO
            } else {
                earlier
            };
            consumers_since.push(rng.span(client_since.0, client_since.1, client_since.2) + later);
            if consumer.started {
                longest_wait = longest_wait.max(waited);
                later = later + rng.span(Span::ZERO, JVM_LEAST, JVM_MOST);
            }
        }
        for producer in &scenario.producers {
            names.nodes.push(producer.name.clone());
            let group = GroupId(intern(&mut names.groups, &producer.group));
            let since = rng.span(producer_since.0, producer_since.1, producer_since.2) + later;
            nodes.push(Spec {
                kind: Kind::Producer {
                    group,
                    spec: producer.clone(),
                },
                starts: Some(starts(since)),
            });
        }
        for (consumer, since) in scenario
            .consumers
            .iter()
            .zip(consumers_since.into_iter().rev())
        {
            names.nodes.push(consumer.name.clone());
            let group = GroupId(intern(&mut names.groups, &consumer.group));
            let topic = TopicId(intern(&mut names.topics, &consumer.topic));
            let tags = consumer
                .tags
                .iter()
                .map(|tag| TagId(intern(&mut names.tags, tag)))
                .collect();
            nodes.push(Spec {
                kind: Kind::Consumer {
                    group,
                    topic,
                    tags,
                    spec: consumer.clone(),
                },
                starts: consumer.started.then_some(starts(since)),
            });
        }
        // t = 0 waits for whoever lost its race, and so does everybody: who won it [r1166], producers [r1071], and the brokers, which
        // were registered before any client was built.
        for spec in &mut nodes {
            if let (Some(at), false) = (&mut spec.starts, spec.kind == Kind::NameServer) {
                *at = *at - longest_wait;
            }
        }
        intern_script(&mut names, scenario);
        let groups = names.groups.clone();
        let group_topics = groups
            .iter()
            .map(|group| {
                let retry = intern(&mut names.topics, &format!("%RETRY%{group}"));
                let dead = intern(&mut names.topics, &format!("%DLQ%{group}"));
                (TopicId(retry), TopicId(dead))
            })
            .collect();
        let topics = scenario
            .topics
            .iter()
            .filter_map(|topic| Some((names.find_topic(&topic.name)?, topic.queues)))
            .collect();
        let mut subscriptions: Vec<(TopicId, GroupId, Vec<TagId>)> = nodes
            .iter()
            .filter_map(|spec| match &spec.kind {
                Kind::Consumer {
                    group, topic, tags, ..
                } => Some((*topic, *group, tags.clone())),
                Kind::NameServer | Kind::Broker { .. } | Kind::Producer { .. } => None,
            })
            .collect();
        order::sort_by(&mut subscriptions, Clone::clone);
        let controlled = nodes.iter().any(
            |spec| matches!(&spec.kind, Kind::Broker { conf, .. } if conf.enable_controller_mode),
        );
        Self {
            subscriptions,
            profile: scenario.profile,
            network: scenario.network,
            fsync: scenario.fsync,
            topics,
            nodes,
            name_server: NodeId(0),
            controller: ControllerConfig::defaults(scenario.profile),
            controlled,
            group_topics,
            names,
        }
    }

    /// `%RETRY%group`.
    pub fn retry_topic(&self, group: GroupId) -> TopicId {
        self.group_topics
            .get(group.index())
            .map_or(system::SELF_TEST, |topics| topics.0)
    }

    /// `%DLQ%group`.
    pub fn dead_letter_topic(&self, group: GroupId) -> TopicId {
        self.group_topics
            .get(group.index())
            .map_or(system::SELF_TEST, |topics| topics.1)
    }

    /// The group whose retry topic `topic` is.
    pub fn group_of_retry_topic(&self, topic: TopicId) -> Option<GroupId> {
        let index = self
            .group_topics
            .iter()
            .position(|(retry, _)| *retry == topic)?;
        u16::try_from(index).ok().map(GroupId)
    }

    /// The group whose dead-letter topic `topic` is.
    pub fn group_of_dead_letter_topic(&self, topic: TopicId) -> Option<GroupId> {
        let index = self
            .group_topics
            .iter()
            .position(|(_, dead)| *dead == topic)?;
        u16::try_from(index).ok().map(GroupId)
    }

    /// The node that is replica `replica` of `broker`.
    pub fn replica(&self, broker: BrokerName, replica: u16) -> Option<NodeId> {
        let index = self.nodes.iter().position(|spec| {
            matches!(&spec.kind, Kind::Broker { broker: b, replica: r, .. } if *b == broker && *r == replica)
        })?;
        u16::try_from(index).ok().map(NodeId)
    }

    /// The broker name of a broker replica.
    pub fn broker_of(&self, node: NodeId) -> Option<BrokerName> {
        match &self.nodes.get(node.index())?.kind {
            Kind::Broker { broker, .. } => Some(*broker),
            Kind::NameServer | Kind::Producer { .. } | Kind::Consumer { .. } => None,
        }
    }

    /// A broker replica's settings, as it was first started.
    pub fn broker_conf(&self, node: NodeId) -> Option<&BrokerConfig> {
        match &self.nodes.get(node.index())?.kind {
            Kind::Broker { conf, .. } => Some(conf),
            Kind::NameServer | Kind::Producer { .. } | Kind::Consumer { .. } => None,
        }
    }

    /// Whether the consumers of `group` have orderly listeners.
    pub fn is_orderly(&self, group: GroupId) -> bool {
        self.nodes.iter().any(|spec| {
            matches!(&spec.kind, Kind::Consumer { group: g, spec, .. } if *g == group && spec.listener == ListenerKind::Orderly)
        })
    }

    /// Whether some member of a group does not want messages with a tag, of a topic that the group subscribes.
    pub fn filters_out(&self, group: GroupId, topic: TopicId, tag: TagId) -> bool {
        self.subscriptions.iter().any(|(t, g, tags)| {
            (*t, *g) == (topic, group) && !tags.is_empty() && !tags.contains(&tag)
        })
    }

    /// The groups that subscribe a topic, or whose retry topic it is.
    pub fn groups_of(&self, topic: TopicId) -> Vec<GroupId> {
        let subscribed = self.subscriptions.iter().filter(|(t, _, _)| *t == topic);
        let mut groups: Vec<GroupId> = subscribed.map(|(_, group, _)| *group).collect();
        groups.extend(self.group_of_retry_topic(topic));
        groups
    }

    /// Whether some consumer of `group` broadcasts.
    pub fn broadcasts(&self, group: GroupId) -> bool {
        self.nodes.iter().any(|spec| {
            matches!(&spec.kind, Kind::Consumer { group: g, spec, .. } if *g == group && spec.model == MessageModel::Broadcasting)
        })
    }
}

fn starts(since: Span) -> SimTime {
    SimTime::ZERO - since
}

/// Every topic and tag that a script can touch gets its id now: nothing is interned while a run goes on.
fn intern_script(names: &mut Names, scenario: &Scenario) {
    let mut topics: LiteMap<&str, ()> = LiteMap::new();
    let mut tags: LiteMap<&str, ()> = LiteMap::new();
    for step in &scenario.script {
        if let Do::Send(send) = &step.action {
            topics.insert(&send.topic, ());
            if let Some(tag) = &send.tag {
                tags.insert(tag, ());
            }
        }
        if let Do::Pull(pull) = &step.action {
            topics.insert(&pull.topic, ());
            for tag in &pull.tags {
                tags.insert(tag, ());
            }
        }
        if let Do::ResetOffset(reset) = &step.action {
            topics.insert(&reset.topic, ());
        }
    }
    for topic in topics.keys() {
        intern(&mut names.topics, topic);
    }
    for tag in tags.keys() {
        intern(&mut names.tags, tag);
    }
}

fn intern(table: &mut Vec<String>, name: &str) -> u16 {
    let found = table
        .iter()
        .position(|have| have == name)
        .unwrap_or_else(|| {
            table.push(name.to_owned());
            table.len() - 1
        });
    u16::try_from(found).unwrap_or(u16::MAX)
}
