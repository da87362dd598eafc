//! Which copies of a message can still reach a consumer: what "lost" means.

use std::sync::Arc;

use litemap::LiteMap;

use crate::broker::Broker;
use crate::broker::commit_log::Record;
use crate::cluster::Cluster;
use crate::ids::{BrokerName, GroupId, MessageId, MessageQueue, NodeId, QueueId, TagId, TopicId};
use crate::ledger::Copy;
use crate::message_set::MessageSet;
use crate::order;
use crate::setup::system;
use crate::status::Profile;
use crate::units::{PhysicalOffset, QueueOffset};
use crate::view::{CopyView, NodeKind, NodeView};

/// Below a committed offset, passed-over messages are looked for until so many entries in a row are none.
const LOOK_BACK: u32 = 64;

/// Every copy in every log, brokers in id order, each log in its order, with the message it is of.
pub(crate) fn for_each(cluster: &Cluster, tell: &mut impl FnMut(MessageId, Copy)) {
    let readers = Readers::of(cluster);
    let settled = cluster.consumed_by_all();
    for (node, broker, _) in cluster.brokers() {
        let is_read = readers.is_read(cluster, node, broker);
        for record in broker.disk().log.records() {
            if let Some(message) = record.message.label {
                let copy = Copy {
                    node,
                    place: broker.disk().log.place(record.end()),
                    served: is_read && is_or_was_given(cluster, broker, record, &settled, message),
                };
                tell(message, copy);
            }
        }
    }
}

/// Whether somebody may still be given a record of `message`, or has been. `settled`: what everybody has had.
fn is_or_was_given(
    cluster: &Cluster,
    broker: &Broker,
    record: &Record,
    settled: &MessageSet,
    message: MessageId,
) -> bool {
    settled.contains(message) && is_plain(record) || !is_skipped(cluster, broker, record)
}

/// Whether a record lies where its readers read: no delay, no transaction stands between.
fn is_plain(record: &Record) -> bool {
    record.real.is_none() && record.topic != system::CHECK_MAX
}

/// Who still waits for what: the messages of each group that some copy can bring it, or that lie in the memory of one of its running
/// consumers. Under no group at all: what nobody subscribes.
#[derive(Clone, Default, Debug)]
pub(crate) struct Awaited(LiteMap<Option<GroupId>, MessageSet>);

impl Awaited {
    /// Everything that is awaited now.
    pub fn now(cluster: &Cluster) -> Self {
        let mut awaited = Self::default();
        let readers = Readers::of(cluster);
        // Almost everything in a long log: what everybody has had, nobody waits for.
        let settled = cluster.consumed_by_all();
        let is_settled = |record: &Record| {
            let label = record.message.label;
            label.is_none_or(|label| settled.contains(label))
        };
        for (node, broker, _) in cluster.brokers() {
            if readers.is_read(cluster, node, broker) {
                let records = broker.disk().log.awaited();
                for record in records.filter(|record| !is_settled(record)) {
                    for_each_waiting(cluster, broker, record, &mut |group, message| {
                        awaited.insert(group, message);
                    });
                }
            }
        }
        for (_, consumer, runs) in cluster.consumers() {
            for label in consumer.labels().filter(|_| runs) {
                if !cluster.is_consumed(label, consumer.group()) {
                    awaited.insert(Some(consumer.group()), label);
                }
            }
        }
        awaited
    }

    fn insert(&mut self, group: Option<GroupId>, message: MessageId) {
        self.0.entry(group).or_default().insert(message);
    }

    /// Whether nothing is awaited at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a group waits for a message.
    pub fn has(&self, group: Option<GroupId>, message: MessageId) -> bool {
        let messages = self.0.get(&group);
        messages.is_some_and(|messages| messages.contains(message))
    }

    /// Whether anybody does.
    pub fn has_anywhere(&self, message: MessageId) -> bool {
        self.0.values().any(|messages| messages.contains(message))
    }

    /// What is awaited here and not in `later`: messages in order, each with its groups.
    pub fn gone(&self, later: &Self) -> Vec<(MessageId, Option<GroupId>)> {
        let mut gone: Vec<(MessageId, Option<GroupId>)> = Vec::new();
        for (group, messages) in self.0.iter() {
            let left = messages
                .iter()
                .filter(|message| !later.has(*group, *message));
            gone.extend(left.map(|message| (message, *group)));
        }
        if self.0.len() > 1 {
            order::sort_by(&mut gone, |lost| *lost);
        }
        gone
    }
}

/// Whether a group can still be brought a message.
pub(crate) fn is_awaited(cluster: &Cluster, message: MessageId, group: Option<GroupId>) -> bool {
    let readers = Readers::of(cluster);
    let in_memory = cluster.consumers().any(|(_, consumer, runs)| {
        runs && Some(consumer.group()) == group && consumer.holds(message)
    });
    in_memory
        || cluster.brokers().any(|(node, broker, _)| {
            let mut records = broker.disk().log.awaited();
            readers.is_read(cluster, node, broker)
                && records.any(|record| {
                    let mut waits = false;
                    if record.message.label == Some(message) {
                        for_each_waiting(cluster, broker, record, &mut |by, _| {
                            waits |= by == group
                        });
                    }
                    waits
                })
        })
}

/// Messages of which a copy lies with a slave that would serve it, were its master not to come back: nobody reads it there.
pub(crate) fn hidden(cluster: &Cluster) -> MessageSet {
    let readers = Readers::of(cluster);
    let unread = cluster.brokers().filter(|(node, broker, _)| {
        !broker.conf().enable_controller_mode
            && !readers.is_read(cluster, *node, broker)
            && !readers.master_runs(broker.identity().broker)
    });
    let records = unread.flat_map(|(_, broker, _)| broker.disk().log.records());
    records.filter_map(|record| record.message.label).collect()
}

/// The messages of which there is a copy anywhere, read or not.
pub(crate) fn labels(cluster: &Cluster) -> impl Iterator<Item = MessageId> {
    let records = cluster
        .brokers()
        .flat_map(|(_, broker, _)| broker.disk().log.records());
    records.filter_map(|record| record.message.label)
}

/// The group that a record is kept for, if it is one group's alone: a retry, or a dead letter, also while it waits for its delay.
pub(crate) fn sole_reader(cluster: &Cluster, record: &Record) -> Option<GroupId> {
    let topic = record.real.map_or(record.topic, |(topic, _)| topic);
    let setup = cluster.setup();
    setup
        .group_of_retry_topic(topic)
        .or_else(|| setup.group_of_dead_letter_topic(topic))
}

/// Whether a record is a retry of a broadcasting group: the look for expired messages sends them back, and nobody subscribes that topic.
pub(crate) fn is_unread(cluster: &Cluster, record: &Record) -> bool {
    let topic = record.real.map_or(record.topic, |(topic, _)| topic);
    let setup = cluster.setup();
    setup.group_of_retry_topic(topic).is_some()
        && wanting(cluster, topic, record.message.tag).next().is_none()
}

/// Tells each group that a record, if it is read, will be given to. What nobody subscribes waits for no group at all.
fn for_each_waiting(
    cluster: &Cluster,
    broker: &Broker,
    record: &Record,
    tell: &mut impl FnMut(Option<GroupId>, MessageId),
) {
    let Some(label) = record.message.label else {
        return;
    };
    let still_to_come = record.topic == system::SCHEDULE || record.topic == system::HALF;
    if record.topic == system::CHECK_MAX || still_to_come && is_skipped(cluster, broker, record) {
        return;
    }
    if record.topic == system::HALF && is_committed(broker, record, label)
        || is_unread(cluster, record)
    {
        return;
    }
    let topic = record.real.map_or(record.topic, |(topic, _)| topic);
    if let Some(group) = cluster.setup().group_of_dead_letter_topic(topic) {
        return tell(Some(group), label);
    }
    let mut last = None;
    for group in wanting(cluster, topic, record.message.tag) {
        if last == Some(group) {
            continue;
        }
        last = Some(group);
        let done = cluster.is_consumed(label, group)
            || !still_to_come && is_past(cluster, broker, group, record);
        if !done {
            tell(Some(group), label);
        }
    }
    if last.is_none() {
        tell(None, label);
    }
}

/// Whether the message of a half is on its way already. A check may yet commit it again, but nobody can wait for that.
fn is_committed(broker: &Broker, half: &Record, label: MessageId) -> bool {
    let stands = |record: &Arc<Record>| {
        let topic = record.real.map_or(record.topic, |(topic, _)| topic);
        record.message.label == Some(label)
            && record.topic != system::HALF
            && half.real.is_some_and(|(real, _)| real == topic)
    };
    broker.disk().log.awaited().any(stands)
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
    let end = offset.min(broker.disk().queues.max(topic, queue));
    let mut passed = Vec::new();
    let mut others = 0;
    for below in (0..end.get()).rev() {
        let wanted = cq
            .get(QueueOffset::new(below))
            .and_then(|entry| broker.disk().log.record_at(entry.start))
            .filter(|record| wanting(cluster, topic, record.message.tag).any(|by| by == group))
            .and_then(|record| record.message.label)
            .filter(|message| !cluster.is_consumed(*message, group));
        others = if wanted.is_some() { 0 } else { others + 1 };
        passed.extend(wanted);
        if others == LOOK_BACK {
            break;
        }
    }
    passed
}

/// The same for a broadcasting member that has gone on to an offset by itself, whichever replica it was that told it so.
pub(crate) fn below_member(
    cluster: &Cluster,
    member: NodeId,
    queue: MessageQueue,
    offset: QueueOffset,
) -> Vec<MessageId> {
    let mut members = cluster.consumers();
    let group = members.find_map(|(node, consumer, _)| (node == member).then(|| consumer.group()));
    let Some(group) = group else {
        return Vec::new();
    };
    let replicas = cluster
        .brokers()
        .map(|(node, broker, _)| (node, broker.identity().broker));
    let replicas = replicas.filter(|(_, name)| *name == queue.broker);
    replicas
        .flat_map(|(node, _)| just_below(cluster, node, group, queue.topic, queue.queue, offset))
        .collect()
}

/// Who wanted a record that a broker has just made visible: groups that are past its place already will never be given it.
pub(crate) fn wanted(
    cluster: &Cluster,
    node: NodeId,
    start: PhysicalOffset,
) -> Vec<(MessageId, Option<GroupId>)> {
    let record = cluster
        .broker(node)
        .and_then(|broker| broker.disk().log.record_at(start));
    let Some((record, label)) = record.and_then(|record| Some((record, record.message.label?)))
    else {
        return Vec::new();
    };
    if record.topic == system::CHECK_MAX {
        return vec![(label, None)];
    }
    let groups = groups_for(cluster, record.topic, record.message.tag).into_iter();
    groups.map(|group| (label, Some(group))).collect()
}

/// Fills in what lies in the logs.
pub(crate) fn fill_in(cluster: &Cluster, nodes: &mut [NodeView]) {
    let readers = Readers::of(cluster);
    let settled = cluster.consumed_by_all();
    for (node, broker, _) in cluster.brokers() {
        let Some(NodeView {
            kind: NodeKind::Broker(view),
            ..
        }) = nodes.get_mut(node.index())
        else {
            continue;
        };
        let is_read = readers.is_read(cluster, node, broker);
        let dispatched = broker.process().map(|process| process.reput_from);
        let log = &broker.disk().log;
        for record in log.records() {
            if let Some(message) = record.message.label {
                view.copies.push(CopyView {
                    record: record.named(),
                    place: log.place(record.end()),
                    served: is_read && is_or_was_given(cluster, broker, record, &settled, message),
                    dispatched: dispatched.is_none_or(|from| record.end() <= from),
                });
            }
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

    fn master_runs(&self, name: BrokerName) -> bool {
        let mut masters = self.masters.iter();
        masters.any(|(master, _, runs)| *master == name && *runs)
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
    if is_unread(cluster, record) {
        return true;
    }
    let mut wanted = wanting(cluster, record.topic, record.message.tag).peekable();
    // The cheapest question first: it is no for almost every record.
    wanted.peek().is_some()
        && wanted.all(|group| {
            !cluster.is_consumed(label, group) && is_past(cluster, broker, group, record)
        })
}

/// Whether a group will not be given the record any more.
fn is_past(cluster: &Cluster, broker: &Broker, group: GroupId, record: &Record) -> bool {
    if cluster.setup().broadcasts(group) {
        return members_have_passed(cluster, group, broker.identity().broker, record);
    }
    let held = || {
        let label = record.message.label;
        label.is_some_and(|label| holds(cluster, group, label))
    };
    has_passed(broker, group, record.topic, record.queue, record) && !held()
}

/// The messages in any replica's queues of a topic that a group wants.
pub(crate) fn of_topic(cluster: &Cluster, topic: TopicId, group: GroupId) -> Vec<MessageId> {
    let brokers = cluster.brokers();
    let records = brokers.flat_map(|(_, broker, _)| broker.disk().log.records());
    let of_topic = records.filter(|record| {
        record.topic == topic && wanting(cluster, topic, record.message.tag).any(|by| by == group)
    });
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
                    .is_none_or(|label| !consumer.holds(label))
        })
}

/// The groups that subscribe the topic with a filter that takes the tag; of a retry topic its own group, unless it broadcasts. One that has several such
/// members comes as often.
fn wanting(cluster: &Cluster, topic: TopicId, tag: TagId) -> impl Iterator<Item = GroupId> {
    let own = cluster.setup().group_of_retry_topic(topic);
    let own = own.filter(|group| !cluster.setup().broadcasts(*group));
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

/// Whether a group is beyond a record that has its entry: what is not visible yet, nobody has passed.
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
    let beyond = offsets
        .get(&(group, topic, queue))
        .is_some_and(|offset| *offset > record.queue_offset);
    beyond && broker.disk().queues.max(topic, queue) > record.queue_offset
}

fn holds(cluster: &Cluster, group: GroupId, label: MessageId) -> bool {
    cluster
        .consumers()
        .any(|(_, consumer, runs)| runs && consumer.group() == group && consumer.holds(label))
}
