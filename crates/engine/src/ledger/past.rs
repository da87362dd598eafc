//! What the ledger remembers of the cluster, so that it can say why: who went down, how far brokers knew groups to be, and what
//! moved a group's place in a queue.

use litemap::LiteMap;

use crate::event::{DiskChange, Down, Event, EventKind, RecordRef};
use crate::ids::{BrokerName, EventId, GroupId, NodeId, QueueId, TopicId};
use crate::setup::Setup;
use crate::status::{GetMessageStatus, PullStatus};
use crate::units::{PhysicalOffset, QueueOffset, SimTime};

/// Folded from events, like everything in the ledger.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// Each node's last end.
    downs: LiteMap<NodeId, (EventId, Down)>,
    /// What may have taken copies: the ends of nodes, and disks that were destroyed, also those of nodes that were down already.
    strikes: Vec<(EventId, NodeId, Down)>,
    /// Up to where logs lost their oldest files.
    deletions: Vec<(EventId, NodeId, PhysicalOffset)>,
    /// Disks whose fsync has reported an error.
    failed_disks: Vec<NodeId>,
    /// Who was elected master.
    elected: Vec<(EventId, BrokerName, NodeId)>,
    progress: LiteMap<(NodeId, GroupId, TopicId, QueueId), Progress>,
    /// When a consumer's queues of a topic last changed.
    rebalanced: LiteMap<(NodeId, TopicId), EventId>,
    /// Where each queue of a broker name has ended at most.
    ends: LiteMap<(BrokerName, TopicId, QueueId), QueueOffset>,
    /// Where consumers are in the queues that they pull.
    pulls: LiteMap<(BrokerName, TopicId, QueueId, NodeId), Pulls>,
    /// What happened at this instant and may be named as the cause of a loss.
    culprits: Vec<Event>,
    now: SimTime,
}

/// What one broker knows of one group's place in one queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// In its memory.
    known: Option<QueueOffset>,
    /// In its file.
    filed: Option<QueueOffset>,
    /// What was only in its memory when that was lost.
    pub forgotten: Option<(EventId, QueueOffset)>,
    /// The last time the broker told a consumer to go on elsewhere.
    pub moved: Option<Move>,
    /// The last time it gave the queue's lock away because its holder had not renewed it.
    pub taken_over: Option<EventId>,
}

/// One consumer's pulls of one queue.
#[derive(Clone, Copy, Debug)]
struct Pulls {
    group: GroupId,
    /// Where the last one ended.
    next: i64,
    /// Where it last began elsewhere than the last one had ended, if the broker did not know the group's place then.
    began: Option<QueueOffset>,
}

/// A consumer that asked for one offset was told another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    /// The broker's answer.
    pub event: EventId,
    /// An operator wanted it so.
    pub by_reset: bool,
    pub from: i64,
    pub to: i64,
}

impl Past {
    pub fn observe(&mut self, event: &Event, setup: &Setup) {
        self.note_pull(event, setup);
        if event.at != self.now {
            self.now = event.at;
            self.culprits.clear();
        }
        if let EventKind::Elected {
            broker,
            master: Some(master),
            ..
        } = event.kind
        {
            self.elected.push((event.id, broker, master));
        }
        match &event.kind {
            EventKind::NodeDown { how } => {
                self.downs.insert(event.node, (event.id, *how));
                self.strikes.push((event.id, event.node, *how));
                self.forget(event.node, event.id, *how == Down::DestroyDisk);
                self.pulls
                    .retain(|(.., consumer), _| *consumer != event.node);
                self.culprits.push(event.clone());
            }
            EventKind::DiskChanged { change } => {
                match change {
                    DiskChange::Destroyed => {
                        self.strikes.push((event.id, event.node, Down::DestroyDisk));
                        self.forget(event.node, event.id, true);
                    }
                    DiskChange::Failing(_) => self.failed_disks.push(event.node),
                    DiskChange::Stalled | DiskChange::Released | DiskChange::Filled(_) => {}
                }
                self.culprits.push(event.clone());
            }
            EventKind::OffsetCommitted {
                group,
                topic,
                queue,
                offset,
                reset,
            } => {
                let place = self.at(event.node, *group, *topic, *queue);
                let from = place.known.replace(*offset).unwrap_or_default();
                if *reset {
                    let number =
                        |offset: QueueOffset| i64::try_from(offset.get()).unwrap_or(i64::MAX);
                    place.moved = Some(Move {
                        event: event.id,
                        by_reset: true,
                        from: number(from),
                        to: number(*offset),
                    });
                }
                self.culprits.push(event.clone());
            }
            EventKind::OffsetPersisted => {
                for ((node, ..), progress) in self.progress.iter_mut() {
                    if *node == event.node {
                        progress.filed = progress.known;
                    }
                }
            }
            EventKind::Pulled {
                group,
                topic,
                queue,
                offset,
                status,
                next_begin_offset,
                pull_status: Some(PullStatus::OffsetIllegal),
                script: false,
                ..
            } => {
                self.at(event.node, *group, *topic, *queue).moved = Some(Move {
                    event: event.id,
                    by_reset: *status == GetMessageStatus::OffsetReset,
                    from: *offset,
                    to: *next_begin_offset,
                });
                self.culprits.push(event.clone());
            }
            EventKind::LockGranted {
                group,
                topic,
                queue,
                expired: true,
                ..
            } => self.at(event.node, *group, *topic, *queue).taken_over = Some(event.id),
            EventKind::Rebalanced { topic, .. } => {
                self.rebalanced.insert((event.node, *topic), event.id);
                self.culprits.push(event.clone());
            }
            EventKind::Deleted { before, .. } => {
                self.deletions.push((event.id, event.node, *before));
                self.culprits.push(event.clone());
            }
            EventKind::NodeUp
            | EventKind::Elected { .. }
            | EventKind::RoleChanged { .. }
            | EventKind::Truncated { .. }
            | EventKind::Pulled { .. }
            | EventKind::Dispatched { .. }
            | EventKind::Consumed { .. } => self.culprits.push(event.clone()),
            // Neither moves a place nor takes a copy.
            EventKind::SendCalled { .. }
            | EventKind::RequestSent { .. }
            | EventKind::Appended { .. }
            | EventKind::Committed { .. }
            | EventKind::Flushed { .. }
            | EventKind::Replicated { .. }
            | EventKind::Replied { .. }
            | EventKind::AttemptEnded { .. }
            | EventKind::SendReturned { .. }
            | EventKind::Delivered { .. }
            | EventKind::SentBack { .. }
            | EventKind::RetryStored { .. }
            | EventKind::DeadLettered { .. }
            | EventKind::LockGranted { .. }
            | EventKind::LocalTransaction { .. }
            | EventKind::CheckedBack { .. }
            | EventKind::HalfStored { .. }
            | EventKind::SyncStateSetChanged { .. }
            | EventKind::LinkDown { .. }
            | EventKind::LinkUp { .. }
            | EventKind::RouteChanged { .. }
            | EventKind::Paused
            | EventKind::Resumed
            | EventKind::Lost { .. } => {}
        }
    }

    fn note_pull(&mut self, event: &Event, setup: &Setup) {
        if let EventKind::Pulled {
            consumer,
            group,
            topic,
            queue,
            offset,
            next_begin_offset,
            script: false,
            ..
        } = &event.kind
            && let Some(broker) = setup.broker_of(event.node)
        {
            let known = self
                .progress
                .get(&(event.node, *group, *topic, *queue))
                .and_then(|progress| progress.known);
            let from = u64::try_from(*offset).ok().map(QueueOffset::new);
            let began = from.filter(|_| known.is_none());
            let pulls = self.pulls.entry((broker, *topic, *queue, *consumer));
            let pulls = pulls.or_insert(Pulls {
                group: *group,
                next: *offset,
                began,
            });
            if pulls.next != *offset {
                pulls.began = began;
            }
            pulls.next = *next_begin_offset;
        }
    }

    /// Takes in where a queue ends now.
    pub fn note_end(&mut self, event: &Event, setup: &Setup) {
        if let EventKind::Appended { record, .. } = &event.kind
            && let Some(broker) = setup.broker_of(event.node)
        {
            let end = self.ends.entry((broker, record.topic, record.queue));
            let end = end.or_default();
            *end = (*end).max(record.queue_offset + 1);
        }
    }

    /// Whether the place of a new record in its queue had been another one's before: a log was cut back in between.
    pub fn is_reused(&self, broker: Option<BrokerName>, record: &RecordRef) -> bool {
        broker.is_some_and(|broker| {
            let end = self.ends.get(&(broker, record.topic, record.queue));
            end.is_some_and(|end| record.queue_offset < *end)
        })
    }

    /// Whether a consumer's pulls of a queue have come to a record's place.
    pub fn has_been_at(
        &self,
        consumer: NodeId,
        broker: Option<BrokerName>,
        record: &RecordRef,
    ) -> bool {
        broker.is_some_and(|broker| {
            let pulls = (broker, record.topic, record.queue, consumer);
            let at = i64::try_from(record.queue_offset.get()).unwrap_or(i64::MAX);
            let pulls = self.pulls.get(&pulls);
            pulls.is_some_and(|pulls| pulls.next > at)
        })
    }

    /// Where consumers of a queue began by themselves, for the broker knew no place of their group.
    pub fn begun(
        &self,
        broker: BrokerName,
        topic: TopicId,
        queue: QueueId,
    ) -> impl Iterator<Item = (GroupId, QueueOffset)> {
        let of_queue = self
            .pulls
            .iter()
            .filter(move |((b, t, q, _), _)| (*b, *t, *q) == (broker, topic, queue));
        of_queue.filter_map(|(_, pulls)| Some((pulls.group, pulls.began?)))
    }

    fn at(
        &mut self,
        node: NodeId,
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
    ) -> &mut Progress {
        self.progress
            .entry((node, group, topic, queue))
            .or_default()
    }

    /// A broker's memory of offsets is gone, and perhaps its file.
    fn forget(&mut self, broker: NodeId, by: EventId, file_too: bool) {
        for ((node, ..), progress) in self.progress.iter_mut() {
            if *node != broker {
                continue;
            }
            if file_too {
                progress.filed = None;
                progress.moved = None;
            }
            let older = progress.forgotten.map(|(_, offset)| offset);
            if let Some(known) = progress.known
                && progress.known > progress.filed
                && older.is_none_or(|older| known >= older)
            {
                progress.forgotten = Some((by, known));
            }
            progress.known = progress.filed;
        }
    }

    /// Whether another replica than `node` was elected master of its broker, when something was stored there or later.
    pub fn deposed(&self, broker: Option<BrokerName>, node: NodeId, stored: EventId) -> bool {
        let elected = || self.elected.iter().filter(|(_, of, _)| Some(*of) == broker);
        let before = elected().rfind(|(event, ..)| *event < stored);
        let since = elected().filter(|(event, ..)| *event > stored);
        before
            .into_iter()
            .chain(since)
            .any(|(.., master)| *master != node)
    }

    /// When a master of `broker` was last elected.
    pub fn last_election(&self, broker: BrokerName) -> Option<EventId> {
        let mut elected = self.elected.iter();
        let last = elected.rfind(|(_, of, _)| *of == broker);
        last.map(|(event, ..)| *event)
    }

    /// An event of this instant.
    pub fn culprit(&self, id: EventId) -> Option<&Event> {
        self.culprits.iter().find(|event| event.id == id)
    }

    /// How a node's process last ended, if that was after `since`.
    pub fn down_after(&self, node: NodeId, since: EventId) -> Option<(EventId, Down)> {
        self.downs
            .get(&node)
            .copied()
            .filter(|(event, _)| *event > since)
    }

    /// The last end of any replica of `broker` after `since`.
    pub fn broker_down_after(
        &self,
        setup: &Setup,
        broker: BrokerName,
        since: EventId,
    ) -> Option<EventId> {
        self.downs
            .iter()
            .filter(|(node, (event, _))| *event > since && setup.broker_of(**node) == Some(broker))
            .map(|(_, (event, _))| *event)
            .max()
    }

    /// What may have taken a copy that a node has stored, the last such thing first.
    pub fn strikes(&self, node: NodeId, stored: EventId) -> impl Iterator<Item = Down> {
        let strikes = self.strikes.iter().rev();
        let after = strikes.filter(move |(event, of, _)| *of == node && *event > stored);
        after.map(|(.., how)| *how)
    }

    /// Whether the file of a copy that a node has stored was deleted.
    pub fn is_deleted(&self, node: NodeId, stored: EventId, start: PhysicalOffset) -> bool {
        let mut deletions = self.deletions.iter();
        deletions.any(|(event, of, before)| *of == node && *event > stored && start < *before)
    }

    /// When a replica was elected master, if that was after `since`.
    pub fn elected_after(&self, node: NodeId, since: EventId) -> Option<EventId> {
        let mut elected = self.elected.iter();
        let first = elected.find(|(event, _, master)| *master == node && *event > since);
        first.map(|(event, ..)| *event)
    }

    /// When a consumer's queues of a topic last changed.
    pub fn rebalanced(&self, node: NodeId, topic: TopicId) -> Option<EventId> {
        self.rebalanced.get(&(node, topic)).copied()
    }

    /// Whether fsync has ever reported an error on that disk.
    pub fn fsync_failed(&self, node: NodeId) -> bool {
        self.failed_disks.contains(&node)
    }

    /// What the replicas of `broker` know of a group's place in a queue.
    pub fn progress<'a>(
        &'a self,
        setup: &'a Setup,
        broker: BrokerName,
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
    ) -> impl Iterator<Item = &'a Progress> {
        self.progress
            .iter()
            .filter(move |((node, g, t, q), _)| {
                (*g, *t, *q) == (group, topic, queue) && setup.broker_of(*node) == Some(broker)
            })
            .map(|(_, progress)| progress)
    }
}
