//! Consume queues (`ConsumeQueue`): for each queue of each topic, where its messages lie in the commit log.

use litemap::LiteMap;

use crate::ids::{QueueId, TagId, TopicId};
use crate::list::List;
use crate::status::Profile;
use crate::units::{PhysicalOffset, QueueOffset};

use super::commit_log::Record;

/// One 20-byte entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct IndexEntry {
    pub start: PhysicalOffset,
    pub end: PhysicalOffset,
    /// Its tag hash.
    pub tag: TagId,
}

/// One queue: entries `min` … `min + len`.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct ConsumeQueue {
    min: QueueOffset,
    /// Offset of the first entry that is still in a file; entries below `min` but not below this one were hidden by
    /// `correctMinOffset` only.
    first: QueueOffset,
    entries: List<IndexEntry>,
}

impl ConsumeQueue {
    pub fn min(&self) -> QueueOffset {
        self.min
    }

    pub fn max(&self) -> QueueOffset {
        self.first + u64::try_from(self.entries.len()).unwrap_or(0)
    }

    pub fn get(&self, offset: QueueOffset) -> Option<&IndexEntry> {
        if offset < self.first {
            return None;
        }
        self.entries
            .get(usize::try_from(offset.beyond(self.first)).ok()?)
    }

    /// `correctMinOffset`: entries whose bytes are gone are no longer offered. When that is all of them, 4.9 leaves the minimum where
    /// it was, and every later pull below the end finds MESSAGE_WAS_REMOVING; 5.x moves it to the end.
    pub fn correct_min(&mut self, log_min: PhysicalOffset, profile: Profile) {
        let mut min = self.min.max(self.first);
        while let Some(entry) = self.get(min)
            && entry.start < log_min
        {
            min = min + 1;
        }
        if profile == Profile::V5_3 || min < self.max() {
            self.min = min;
        }
    }

    /// `MappedFileQueue#deleteExpiredFileByOffset`: whole files of `per_file` entries that all point below `log_min`, but never the
    /// last one. Their offsets stay valid until the minimum is corrected. Says whether one went.
    fn delete_files(&mut self, log_min: PhysicalOffset, per_file: u64) -> bool {
        let mut deleted = false;
        loop {
            let next_file =
                QueueOffset::new(self.first.get() - self.first.get() % per_file + per_file);
            let last = self.get(QueueOffset::new(next_file.get() - 1));
            if next_file >= self.max() || last.is_none_or(|entry| entry.start >= log_min) {
                return deleted;
            }
            let entries = usize::try_from(next_file.beyond(self.first)).unwrap_or(usize::MAX);
            self.entries.drop_first(entries);
            self.first = next_file;
            deleted = true;
        }
    }
}

/// All consume queues of one broker.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct ConsumeQueues {
    queues: LiteMap<(TopicId, QueueId), ConsumeQueue>,
}

impl ConsumeQueues {
    pub fn get(&self, topic: TopicId, queue: QueueId) -> Option<&ConsumeQueue> {
        self.queues.get(&(topic, queue))
    }

    pub fn iter(&self) -> impl Iterator<Item = (TopicId, QueueId, &ConsumeQueue)> {
        self.queues
            .iter()
            .map(|((topic, queue), cq)| (*topic, *queue, cq))
    }

    /// One past the last entry.
    pub fn max(&self, topic: TopicId, queue: QueueId) -> QueueOffset {
        self.get(topic, queue)
            .map_or(QueueOffset::ZERO, ConsumeQueue::max)
    }

    /// Adds a record's entry (`ConsumeQueue#putMessagePositionInfo`). One that is there already is left as it is; a slave's or a
    /// deleted queue starts where its first record says. Says whether it was added.
    pub fn put(&mut self, record: &Record) -> bool {
        let cq = self.queues.entry((record.topic, record.queue)).or_default();
        if cq.entries.is_empty() && record.queue_offset > cq.max() {
            cq.first = record.queue_offset;
            cq.min = record.queue_offset;
        }
        if record.queue_offset != cq.max() {
            return false;
        }
        cq.entries.push(IndexEntry {
            start: record.start,
            end: record.end(),
            tag: record.message.tag,
        });
        true
    }

    /// Drops entries that point beyond `end` (`truncateDirtyLogicFiles`).
    pub fn truncate(&mut self, end: PhysicalOffset) {
        for (_, cq) in self.queues.iter_mut() {
            while cq.entries.last().is_some_and(|entry| entry.end > end) {
                cq.entries.pop();
            }
            cq.min = cq.min.min(cq.max());
        }
    }

    /// After files were deleted (`CleanConsumeQueueService`).
    pub fn correct_min(&mut self, log_min: PhysicalOffset, profile: Profile) {
        for (_, cq) in self.queues.iter_mut() {
            cq.correct_min(log_min, profile);
        }
    }

    /// `ConsumeQueue#deleteExpiredFile`, the first half. Says whether a file went.
    pub fn delete_files(&mut self, log_min: PhysicalOffset, per_file: u64) -> bool {
        let mut deleted = false;
        for (_, cq) in self.queues.iter_mut() {
            deleted |= cq.delete_files(log_min, per_file);
        }
        deleted
    }
}
