//! Why a message was lost: the rule behind the event that took its last copy (H.3).

use crate::event::{Down, Event, EventKind, RecordRef};
use crate::ids::{GroupId, NodeId, TagId, TopicId};
use crate::setup::{Setup, system};
use crate::status::{ConsumeResult, FlushDiskType, words};

use super::Stage;
use super::again::{Copied, Heard, Outcome};
use super::past::Past;

words! {
    /// Why a message was lost: the reference's H.3, every way to lose a message, as far as the lab models it.
    Loss {
        /// Oneway: the application is never told that it failed.
        Oneway = "oneway",
        /// The call failed without a word on whether it was stored, and was not repeated.
        CallFailed = "call-failed",
        /// A status other than SEND_OK was taken for success, and the machine failed.
        StatusIgnored = "status-ignored",
        /// A half message that nobody answered for: put aside after `transactionCheckMax` checks.
        CheckedInVain = "checked-in-vain",
        /// ASYNC_FLUSH: answered before fsync, and the machine lost power.
        AsyncFlush = "async-flush",
        /// `transientStorePoolEnable`: the process died with the buffer.
        TransientPool = "transient-pool",
        /// The disk was destroyed, and no replica had it.
        DiskDestroyed = "disk-destroyed",
        /// WAIT=false: a retry copy, a delivered delayed message, or one whose sender did not wait, in spite of SYNC_FLUSH.
        NobodyWaited = "nobody-waited",
        /// fsync reported an error, and RocketMQ counted the bytes as flushed.
        FsyncErrorSwallowed = "fsync-error-swallowed",
        /// Its file expired, consumed or not.
        Expired = "expired",
        /// Only a slave has it, and its master serves without it.
        SlaveNeverServed = "slave-never-served",
        /// A controller elected a master without it, and the deposed one cut its log to what both have.
        Election = "election",
        /// It got a queue offset that was used before: a group that is ahead skips it.
        OffsetsReused = "offsets-reused",
        /// BROADCASTING: what fails is dropped.
        BroadcastFailure = "broadcast-failure",
        /// ROLLBACK under autoCommit acknowledges (orderly).
        RollbackAcknowledged = "rollback-acknowledged",
        /// `retryQueueNums` 0: the send-back succeeds and stores nothing.
        NoRetryQueue = "no-retry-queue",
        /// A new group began after it (`ConsumeFromWhere`).
        StartedBehind = "started-behind",
        /// OFFSET_TOO_SMALL or OFFSET_OVERFLOW_BADLY: the correction jumped over it.
        OffsetCorrected = "offset-corrected",
        /// An operator moved the offset past it.
        OffsetReset = "offset-reset",
        /// Different subscriptions in one group: the wrong member filtered it out and moved the offset.
        OtherSubscription = "other-subscription",
        /// None of these: the lab has a gap.
        Unexplained = "unexplained",
    }
}

/// What the ledger knows when the last servable copy of a message is gone.
pub(super) struct Case<'a> {
    pub topic: TopicId,
    pub tag: TagId,
    /// Who lost it; none: everybody who had not had it.
    pub group: Option<GroupId>,
    pub heard: &'a Heard,
    pub past: &'a Past,
    pub setup: &'a Setup,
    /// Where it was lost.
    pub stage: Stage,
    /// The producer was told SEND_OK.
    pub acked: bool,
}

impl Case<'_> {
    /// The rule behind `culprit`.
    pub fn rule(&self, culprit: Option<&Event>) -> Loss {
        let Some(event) = culprit else {
            return self.let_go();
        };
        match &event.kind {
            EventKind::NodeDown { how } => self.after_end(event.node, *how),
            EventKind::DiskChanged { .. } => Loss::DiskDestroyed,
            EventKind::NodeUp => Loss::SlaveNeverServed,
            EventKind::Elected { .. }
            | EventKind::RoleChanged { .. }
            | EventKind::Truncated { .. } => Loss::Election,
            EventKind::Deleted { .. } => Loss::Expired,
            EventKind::Dispatched { record } if record.topic == system::CHECK_MAX => {
                Loss::CheckedInVain
            }
            EventKind::Dispatched { record } => self.skipped(event.node, self.group, record.topic),
            EventKind::OffsetCommitted { group, topic, .. } => {
                self.skipped(event.node, Some(*group), *topic)
            }
            EventKind::Pulled { group, topic, .. } => {
                self.skipped(event.node, Some(*group), *topic)
            }
            EventKind::Rebalanced { group, topic, .. } if self.setup.broadcasts(*group) => {
                self.left_behind(event.node, *topic)
            }
            EventKind::Consumed {
                result: ConsumeResult::Rollback,
                kept: true,
                ..
            } => Loss::RollbackAcknowledged,
            EventKind::Consumed { group, .. } if self.setup.broadcasts(*group) => {
                Loss::BroadcastFailure
            }
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
            | EventKind::Consumed { .. }
            | EventKind::SentBack { .. }
            | EventKind::RetryStored { .. }
            | EventKind::DeadLettered { .. }
            | EventKind::OffsetPersisted
            // A member gave up a queue whose broker had lost what the member still held.
            | EventKind::Rebalanced { .. }
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
            | EventKind::Lost { .. } => self.lost_before(),
        }
    }

    /// A broadcasting member took its queues, and begins after it in one of them: it has never been there, or died before it wrote
    /// down that it had.
    fn left_behind(&self, member: NodeId, topic: TopicId) -> Loss {
        let mut copies = self.heard.copies.iter().rev();
        let Some(copied) = copies.find(|copied| copied.record.topic == topic) else {
            return Loss::Unexplained;
        };
        if let Some(loss) = self.failed(copied.node, self.group) {
            loss
        } else if self.past.has_been_at(member, copied.broker, &copied.record) {
            let loss = self.skipped(copied.node, self.group, topic);
            if loss == Loss::Unexplained {
                Loss::StartedBehind
            } else {
                loss
            }
        } else {
            Loss::StartedBehind
        }
    }

    fn after_end(&self, node: NodeId, how: Down) -> Loss {
        if self.setup.broker_of(node).is_some() {
            let by_itself = self.broker_ended(node, how);
            return by_itself.unwrap_or_else(|| self.lost_before());
        }
        self.lost_before()
    }

    /// A consumer's memory, or a replica that could have been elected and was stopped, was the last that had the message: a broker had
    /// lost it before, or the rest of the group had passed it by.
    fn lost_before(&self) -> Loss {
        let ended = self.copy_lost();
        let loss = ended.or_else(|| self.passed_by());
        loss.unwrap_or(Loss::Unexplained)
    }

    /// A member let it go, or went on behind it. What a broker still has, no broker's end has taken.
    fn let_go(&self) -> Loss {
        match self.stage {
            Stage::Consume => self.passed_by().unwrap_or_else(|| self.lost_before()),
            Stage::Produce | Stage::Store => self.lost_before(),
        }
    }

    fn passed_by(&self) -> Option<Loss> {
        let mut copies = self.heard.copies.iter().rev();
        copies.find_map(|copied| {
            let loss = self.skipped(copied.node, self.group, copied.record.topic);
            (loss != Loss::Unexplained).then_some(loss)
        })
    }

    /// What took brokers' copies, the last one's broker first: a master's heir, then one that waited for its delay and would have come
    /// after the others.
    fn copy_lost(&self) -> Option<Loss> {
        let ended = |node, stored| {
            let mut strikes = self.past.strikes(node, stored);
            strikes.find_map(|how| self.broker_ended(node, how))
        };
        let mut heirs = self.heard.replicas.iter().rev();
        let waiting = self.heard.delayed.iter().rev();
        let mut waiting = waiting.filter(|delayed| !delayed.delivered);
        let mut copies = self.heard.copies.iter().rev();
        let waited_for = heirs
            .find_map(|(stored, node)| ended(*node, self.past.elected_after(*node, *stored)?))
            .or_else(|| waiting.find_map(|delayed| ended(delayed.node, delayed.event)));
        waited_for.or_else(|| {
            copies.find_map(|copied| {
                let start = copied.record.start;
                if self.past.is_deleted(copied.node, copied.event, start) {
                    Some(Loss::Expired)
                } else {
                    ended(copied.node, copied.event)
                }
            })
        })
    }

    /// What a broker's end takes, by its configuration; none: a process that is killed takes nothing but its own memory.
    fn broker_ended(&self, node: NodeId, how: Down) -> Option<Loss> {
        let conf = self.setup.broker_conf(node);
        let flush = conf.map(|conf| conf.flush_disk_type);
        let buffers = conf.is_some_and(|conf| conf.transient_store_pool_enable);
        let copies = self.heard.copies.iter();
        let delayed = self.heard.delayed.iter();
        let last = copies
            .map(|copied| (copied.node, copied.event, copied.waits))
            .chain(delayed.map(|delayed| (delayed.node, delayed.event, delayed.waits)))
            .filter(|(of, ..)| *of == node)
            .max_by_key(|(_, stored, _)| *stored);
        Some(match (how, flush) {
            (Down::DestroyDisk, _) => Loss::DiskDestroyed,
            (Down::Crash | Down::Stop, _) if buffers => Loss::TransientPool,
            (Down::Crash | Down::Stop, _) => return None,
            (Down::PowerLoss, _) if self.past.fsync_failed(node) => Loss::FsyncErrorSwallowed,
            (Down::PowerLoss, Some(FlushDiskType::AsyncFlush) | None) => Loss::AsyncFlush,
            (Down::PowerLoss, Some(FlushDiskType::SyncFlush)) => {
                if self.acked || last.is_some_and(|(.., waits)| !waits) {
                    Loss::NobodyWaited
                } else {
                    Loss::StatusIgnored
                }
            }
        })
    }

    /// A group is past it without having consumed it.
    fn skipped(&self, node: NodeId, group: Option<GroupId>, topic: TopicId) -> Loss {
        let group = self.group.or(group);
        let broker = self.setup.broker_of(node);
        if let Some(loss) = self.failed(node, group) {
            return loss;
        }
        let copies = || {
            let copies = self.heard.copies.iter().rev();
            copies.filter(move |copied| {
                copied.record.topic == topic && self.setup.broker_of(copied.node) == broker
            })
        };
        if let Some(loss) = copies().find_map(|copied| self.moved_past(copied, group)) {
            loss
        } else if copies().any(|copied| copied.reused) {
            Loss::OffsetsReused
        } else if group.is_some_and(|group| self.setup.filters_out(group, self.topic, self.tag)) {
            Loss::OtherSubscription
        } else if copies().any(|copied| self.began_behind(copied, group)) {
            Loss::StartedBehind
        } else {
            // It was sent back, and what it would have come again from is gone.
            let sent_back = self
                .outcome(group)
                .is_some_and(|outcome| !outcome.succeeded);
            let gone = self.copy_lost().filter(|_| sent_back);
            let deposed = copies()
                .any(|copied| self.past.deposed(broker, copied.node, copied.event))
                .then_some(Loss::Election);
            gone.or(deposed).unwrap_or(Loss::Unexplained)
        }
    }

    /// How the group's last delivery of it ended, if it has.
    fn outcome(&self, group: Option<GroupId>) -> Option<Outcome> {
        let mut given = self.heard.given.iter().rev();
        let last = given.find(|given| group.is_none_or(|group| given.group == group));
        last?.outcome
    }

    /// The group had it, and did not take it.
    fn failed(&self, node: NodeId, group: Option<GroupId>) -> Option<Loss> {
        let outcome = self.outcome(group);
        let mut sent_back = self.heard.sent_back.iter();
        let failed = outcome.is_some_and(|outcome| !outcome.succeeded)
            || sent_back.any(|back| group.is_none_or(|group| group == back.group));
        if !failed {
            return None;
        }
        let stores_retries = self
            .setup
            .broker_conf(node)
            .is_some_and(|conf| conf.retry_queue_nums > 0);
        if group.is_some_and(|group| self.setup.broadcasts(group)) {
            Some(Loss::BroadcastFailure)
        } else if outcome.is_some_and(|outcome| outcome.result == ConsumeResult::Rollback) {
            Some(Loss::RollbackAcknowledged)
        } else if stores_retries {
            None
        } else {
            Some(Loss::NoRetryQueue)
        }
    }

    /// The group, or one of its broadcasting members, began after this copy, of its own accord: no broker told it where.
    fn began_behind(&self, copied: &Copied, group: Option<GroupId>) -> bool {
        let RecordRef {
            topic,
            queue,
            queue_offset,
            ..
        } = copied.record;
        copied.broker.is_some_and(|broker| {
            self.past
                .begun(broker, topic, queue)
                .any(|(by, from)| group.is_none_or(|group| group == by) && from > queue_offset)
        })
    }

    /// A broker's answer that sent the group past this copy.
    fn moved_past(&self, copied: &Copied, group: Option<GroupId>) -> Option<Loss> {
        let RecordRef {
            topic,
            queue,
            queue_offset,
            ..
        } = copied.record;
        let broker = self.setup.broker_of(copied.node)?;
        let at = i64::try_from(queue_offset.get()).ok()?;
        let groups = group.map_or_else(|| self.setup.groups_of(topic), |group| vec![group]);
        groups.into_iter().find_map(|group| {
            let mut places = self.past.progress(self.setup, broker, group, topic, queue);
            places.find_map(|place| {
                let moved = place.moved.filter(|moved| moved.to > at)?;
                Some(if moved.by_reset {
                    Loss::OffsetReset
                } else {
                    Loss::OffsetCorrected
                })
            })
        })
    }
}
