//! What the ledger remembers of the cluster, so that it can say why: who went down, how far brokers knew groups to be, and what
//! moved a group's place in a queue.

use litemap::LiteMap;

use crate::event::{DiskChange, Down, Event, EventKind};
use crate::ids::{BrokerName, EventId, GroupId, NodeId, QueueId, TopicId};
use crate::setup::Setup;
use crate::status::{GetMessageStatus, PullStatus};
use crate::units::{QueueOffset, SimTime};

/// Folded from events, like everything in the ledger.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// Each node's last end.
    downs: LiteMap<NodeId, (EventId, Down)>,
    /// Disks whose fsync has reported an error.
    failed_disks: Vec<NodeId>,
    progress: LiteMap<(NodeId, GroupId, TopicId, QueueId), Progress>,
    /// When a consumer's queues of a topic last changed.
    rebalanced: LiteMap<(NodeId, TopicId), EventId>,
    /// What happened at this instant and may be named as the cause of a loss.
    culprits: Vec<Event>,
    now: SimTime,
}

/// What one broker knows of one group's place in one queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// In its memory.
    known: QueueOffset,
    /// In its file.
    filed: QueueOffset,
    /// What was only in its memory when that was lost.
    pub forgotten: Option<(EventId, QueueOffset)>,
    /// The last time the broker told a consumer to go on elsewhere.
    pub moved: Option<Move>,
    /// The last time it gave the queue's lock away because its holder had not renewed it.
    pub taken_over: Option<EventId>,
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
    pub fn observe(&mut self, event: &Event) {
        if event.at != self.now {
            self.now = event.at;
            self.culprits.clear();
        }
        match &event.kind {
            EventKind::NodeDown { how } => {
                self.downs.insert(event.node, (event.id, *how));
                self.forget(event.node, event.id, *how == Down::DestroyDisk);
                self.culprits.push(event.clone());
            }
            EventKind::DiskChanged { change } => {
                match change {
                    DiskChange::Destroyed => self.forget(event.node, event.id, true),
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
            } => {
                self.at(event.node, *group, *topic, *queue).known = *offset;
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
            EventKind::NodeUp
            | EventKind::Elected { .. }
            | EventKind::RoleChanged { .. }
            | EventKind::Truncated { .. }
            | EventKind::Pulled { .. }
            | EventKind::Deleted { .. }
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
                progress.filed = QueueOffset::ZERO;
            }
            let older = progress.forgotten.map(|(_, offset)| offset);
            if progress.known > progress.filed && older.is_none_or(|older| progress.known >= older)
            {
                progress.forgotten = Some((by, progress.known));
            }
            progress.known = progress.filed;
        }
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

    /// How a node's process last ended.
    pub fn last_down(&self, node: NodeId) -> Option<Down> {
        self.downs.get(&node).map(|(_, how)| *how)
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
