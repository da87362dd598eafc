//! Which copies of a message can still reach a consumer: what "lost" means.

use crate::broker::Broker;
use crate::broker::commit_log::Record;
use crate::cluster::Cluster;
use crate::ids::{BrokerName, GroupId, MessageId, MessageQueue, NodeId, QueueId, TagId, TopicId};
use crate::ledger::Copy;
use crate::message_set::MessageSet;
use crate::node::consumer::Consumer;
use crate::setup::system;
use crate::status::Profile;
use crate::units::{PhysicalOffset, QueueOffset};
use crate::view::{NodeKind, NodeView};

/// How far below a committed offset passed-over messages are looked for.
const LOOK_BACK: u64 = 64;

/// A copy in a broker's log, with the message it is of.
pub(crate) struct Found {
    pub message: MessageId,
    pub copy: Copy,
}

/// Every copy in every log, brokers in id order, each log in its order.
pub(crate) fn all(cluster: &Cluster) -> Vec<Found> {
    let readers = Readers::of(cluster);
    let mut found = Vec::new();
    for (node, broker, _) in cluster.brokers() {
        for record in broker.disk().log.records() {
            if let Some(message) = record.message.label {
                let place = broker.disk().log.place(record.end());
                found.push(Found {
                    message,
                    copy: Copy {
                        node,
                        place,
                        served: readers.will_get(cluster, node, broker, record),
                    },
                });
            }
        }
    }
    found
}

/// The messages of which some copy can still be served to a group that has not had it, or that lie in a running consumer's memory.
pub(crate) fn servable(cluster: &Cluster) -> MessageSet {
    let readers = Readers::of(cluster);
    let in_logs = cluster.brokers().flat_map(|(node, broker, _)| {
        let readers = &readers;
        let records = broker.disk().log.records();
        records.filter_map(move |record| {
            let waits = readers.will_get(cluster, node, broker, record)
                && !is_over(cluster, broker, record);
            record.message.label.filter(|_| waits)
        })
    });
    let in_memory =
        cluster
            .consumers()
            .filter(|(_, _, runs)| *runs)
            .flat_map(|(_, consumer, _)| {
                let view = consumer.view();
                view.cached.into_iter().chain(view.running)
            });
    in_logs.chain(in_memory).collect()
}

/// Messages whose entries lie right below an offset of one broker's queue, and that this group has not consumed: what a commit of
/// that offset may have passed over.
pub(crate) fn just_below(
    cluster: &Cluster,
    node: NodeId,
    group: GroupId,
    topic: TopicId,
    queue: QueueId,
    offset: QueueOffset,
) -> Vec<MessageId> {
    let Some(broker) = cluster.broker(node) else {
        return Vec::new();
    };
    let Some(cq) = broker.disk().queues.get(topic, queue) else {
        return Vec::new();
    };
    (0..LOOK_BACK)
        .filter_map(|back| cq.get(QueueOffset::new(offset.get().checked_sub(back + 1)?)))
        .filter_map(|entry| broker.disk().log.record_at(entry.start)?.message.label)
        .filter(|message| !cluster.is_consumed(*message, group))
        .collect()
}

/// Whether a record that a broker has just made visible will never be given to anybody.
pub(crate) fn is_stillborn(cluster: &Cluster, node: NodeId, start: PhysicalOffset) -> bool {
    let Some(broker) = cluster.broker(node) else {
        return false;
    };
    broker
        .disk()
        .log
        .record_at(start)
        .is_some_and(|record| is_skipped(cluster, broker, record))
}

/// Whether a message has no servable copy anywhere.
pub(crate) fn is_beyond_reach(cluster: &Cluster, message: MessageId) -> bool {
    let readers = Readers::of(cluster);
    let in_logs = cluster.brokers().any(|(node, broker, _)| {
        let mut records = broker
            .disk()
            .log
            .records()
            .filter(|record| record.message.label == Some(message));
        records.any(|record| readers.will_get(cluster, node, broker, record))
    });
    !in_logs
        && !cluster
            .consumers()
            .any(|(_, consumer, runs)| runs && holds_label(consumer, message))
}

/// Fills in which copies of a view will still be served.
pub(crate) fn mark_served(cluster: &Cluster, nodes: &mut [NodeView]) {
    let readers = Readers::of(cluster);
    for (node, broker, _) in cluster.brokers() {
        let Some(NodeView {
            kind: NodeKind::Broker(view),
            ..
        }) = nodes.get_mut(node.index())
        else {
            continue;
        };
        let records = broker
            .disk()
            .log
            .records()
            .filter(|record| record.message.label.is_some());
        for (copy, record) in view.copies.iter_mut().zip(records) {
            copy.served = readers.will_get(cluster, node, broker, record);
        }
    }
}

/// Who reads from which broker name.
struct Readers {
    /// The scenario's masters, and whether each runs.
    masters: Vec<(BrokerName, NodeId, bool)>,
}

impl Readers {
    fn of(cluster: &Cluster) -> Self {
        let masters = cluster
            .brokers()
            .filter(|(_, broker, _)| broker.identity().home == 0)
            .map(|(node, broker, runs)| (broker.identity().broker, node, runs))
            .collect();
        Self { masters }
    }

    /// Whether somebody may still be given `record` from `node`, or has been.
    fn will_get(&self, cluster: &Cluster, node: NodeId, broker: &Broker, record: &Record) -> bool {
        self.is_read(cluster, node, broker) && !is_skipped(cluster, broker, record)
    }

    /// A master is read, also one that is down and can be started again on its disk. A slave is read while its master is down:
    /// 4.x always, 5.3 only with `slaveReadEnable` (B.7).
    fn is_read(&self, cluster: &Cluster, node: NodeId, broker: &Broker) -> bool {
        let name = broker.identity().broker;
        if broker.conf().enable_controller_mode {
            return is_read_if_elected(cluster, node, broker);
        }
        match self.masters.iter().find(|(master, _, _)| *master == name) {
            Some((_, master, _)) if *master == node => true,
            Some((_, _, true)) => false,
            Some((_, _, false)) | None => {
                cluster.setup().profile == Profile::V4_9 || broker.conf().slave_read_enable
            }
        }
    }
}

/// In controller mode: who holds itself to be master is read, and so is who is going to be it. That is the one the controller has
/// elected and, while that one is down, whoever can succeed it; after a master has died without an heir, whoever the controller may
/// elect when it comes back.
fn is_read_if_elected(cluster: &Cluster, node: NodeId, broker: &Broker) -> bool {
    let name = broker.identity().broker;
    if broker.process().is_some() && broker.identity().replica == 0 {
        return true;
    }
    let runs = |node| {
        cluster
            .broker(node)
            .is_some_and(|broker| broker.process().is_some())
    };
    let elected = cluster.controller().and_then(|controller| {
        let group = controller.group(name)?;
        let electable = controller.elects_unclean() || group.members.contains(&node);
        Some(match group.master {
            Some(master) => {
                let succeeds = electable && runs(node) && !runs(master);
                master == node || succeeds
            }
            None => electable,
        })
    });
    let master_runs = cluster.brokers().any(|(_, other, runs)| {
        runs && other.identity().broker == name && other.identity().replica == 0
    });
    elected.unwrap_or(broker.identity().home == 0)
        || broker.conf().slave_read_enable && !master_runs
}

/// Whether every group that could want the record has passed it: its offset is beyond, and it did not consume it.
fn is_skipped(cluster: &Cluster, broker: &Broker, record: &Record) -> bool {
    let Some(label) = record.message.label else {
        return true;
    };
    if record.topic == system::SCHEDULE {
        // Delivered already: the copy that matters lies elsewhere.
        let level = u8::try_from(record.queue.0 + 1).unwrap_or(u8::MAX);
        let next = broker.process().map_or_else(
            || {
                broker
                    .disk()
                    .delay_offsets
                    .get(&level)
                    .copied()
                    .unwrap_or_default()
            },
            |process| process.schedule.offset(level),
        );
        return record.queue_offset < next;
    }
    if record.topic == system::HALF {
        return !broker.is_half_open(record);
    }
    // Nobody reads what was put aside after `transactionCheckMax` checks.
    if record.topic == system::CHECK_MAX {
        return true;
    }
    if record.topic.index() <= system::AUTO_CREATE.index()
        || cluster
            .setup()
            .group_of_dead_letter_topic(record.topic)
            .is_some()
    {
        return false;
    }
    let mut wanted = wanting(cluster, record.topic, record.message.tag).peekable();
    // The cheapest question first: it is no for almost every record.
    wanted.peek().is_some()
        && wanted.all(|group| {
            is_past(cluster, broker, group, record) && !cluster.is_consumed(label, group)
        })
}

/// Whether nobody waits for the record any more: each group that could want it is past it, or has consumed the message.
fn is_over(cluster: &Cluster, broker: &Broker, record: &Record) -> bool {
    let mut wanted = wanting(cluster, record.topic, record.message.tag).peekable();
    wanted.peek().is_some()
        && wanted.all(|group| {
            let label = record.message.label;
            label.is_some_and(|label| cluster.is_consumed(label, group))
                || is_past(cluster, broker, group, record)
        })
}

/// Whether a group will not be given the record any more.
fn is_past(cluster: &Cluster, broker: &Broker, group: GroupId, record: &Record) -> bool {
    if cluster.setup().broadcasts(group) {
        return members_have_passed(cluster, group, broker.identity().broker, record);
    }
    let held = record
        .message
        .label
        .is_some_and(|label| holds(cluster, group, label));
    has_passed(broker, group, record.topic, record.queue, record) && !held
}

/// The messages that lie in masters' queues of a topic.
pub(crate) fn of_topic(cluster: &Cluster, topic: TopicId) -> Vec<MessageId> {
    let masters = cluster
        .brokers()
        .filter(|(_, broker, _)| broker.identity().replica == 0);
    let records = masters.flat_map(|(_, broker, _)| broker.disk().log.records());
    let of_topic = records.filter(|record| record.topic == topic);
    of_topic.filter_map(|record| record.message.label).collect()
}

/// Whether every member of a broadcasting group is past a record.
fn members_have_passed(
    cluster: &Cluster,
    group: GroupId,
    broker: BrokerName,
    record: &Record,
) -> bool {
    let queue = MessageQueue {
        topic: record.topic,
        broker,
        queue: record.queue,
    };
    cluster
        .consumers()
        .filter(|(_, consumer, _)| consumer.group() == group)
        .all(|(_, consumer, _)| {
            consumer.is_past(queue, record.queue_offset)
                && record
                    .message
                    .label
                    .is_none_or(|label| !holds_label(consumer, label))
        })
}

/// The groups that subscribe the topic with a filter that takes the tag; of a retry topic its own group. One that has several such
/// members comes as often.
fn wanting(cluster: &Cluster, topic: TopicId, tag: TagId) -> impl Iterator<Item = GroupId> {
    let own = cluster.setup().group_of_retry_topic(topic);
    let subscribed = cluster.setup().subscriptions.iter();
    let others = subscribed.filter(move |(subscribed, _, tags)| {
        *subscribed == topic && (tags.is_empty() || tags.contains(&tag))
    });
    own.into_iter().chain(others.map(|(_, group, _)| *group))
}

/// The groups that want a message, each once.
pub(crate) fn groups_for(cluster: &Cluster, topic: TopicId, tag: TagId) -> Vec<GroupId> {
    let mut groups: Vec<GroupId> = wanting(cluster, topic, tag).collect();
    groups.dedup();
    groups
}

fn has_passed(
    broker: &Broker,
    group: GroupId,
    topic: TopicId,
    queue: QueueId,
    record: &Record,
) -> bool {
    let offsets = broker
        .process()
        .map_or(&broker.disk().offsets, |process| &process.offsets);
    offsets
        .get(&(group, topic, queue))
        .is_some_and(|offset| *offset > record.queue_offset)
}

fn holds(cluster: &Cluster, group: GroupId, label: MessageId) -> bool {
    cluster.consumers().any(|(_, consumer, runs)| {
        runs && consumer.group() == group && holds_label(consumer, label)
    })
}

fn holds_label(consumer: &Consumer, label: MessageId) -> bool {
    consumer.holds(label)
}
