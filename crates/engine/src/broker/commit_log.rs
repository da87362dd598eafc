//! The commit log (`CommitLog`, `MappedFileQueue`): every record of a broker in one row, and how far it is safe.
//!
//! `flushed ≤ committed ≤ wrote`: what is beyond `committed` is in the off-heap buffer and dies with the process; what is beyond
//! `flushed` is in the page cache and dies with the machine. `flushed` is what the store believes (`flushedWhere`). Some bytes below
//! it are not on the disk either: those whose fsync failed, and those that a recovery has read from the page cache.

use std::sync::Arc;

use crate::event::{Place, RecordRef};
use crate::ids::{QueueId, TopicId};
use crate::list::List;
use crate::message_set::MessageSet;
use crate::units::{PhysicalOffset, QueueOffset, SimTime};
use crate::wire::Message;

/// Spare bytes at a file's end, for the blank that fills it (`END_FILE_MIN_BLANK_LENGTH`).
const BLANK: u64 = 8;
/// A record's bytes besides body, topic and properties (IPv4).
const RECORD_HEADER: u64 = 91;
/// What nobody waits for is passed over by so many entries at once.
const STRETCH: usize = 64;
/// Bytes of a page.
pub(crate) const PAGE: u64 = 4_096;

/// One stored message.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Record {
    pub message: Arc<Message>,
    /// The topic and queue it is stored under, which for a delayed or half message is not where it is going.
    pub topic: TopicId,
    pub queue: QueueId,
    pub queue_offset: QueueOffset,
    pub start: PhysicalOffset,
    pub len: u64,
    pub stored_at: SimTime,
    /// REAL_TOPIC and REAL_QID of a delayed or half message.
    pub real: Option<(TopicId, QueueId)>,
    /// When a delayed message is due (the tag field of its consume-queue entry).
    pub deliver_at: Option<SimTime>,
    /// An OP record: the half-queue offsets that are finished.
    pub finished: Vec<QueueOffset>,
}

impl Record {
    pub fn end(&self) -> PhysicalOffset {
        self.start + self.len
    }

    pub fn named(&self) -> RecordRef {
        RecordRef {
            message: self.message.label,
            topic: self.topic,
            queue: self.queue,
            queue_offset: self.queue_offset,
            start: self.start,
        }
    }
}

/// What lies in a log: a record, or bytes that no reader can make sense of (a diverged slave's seam).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Entry {
    Record(Arc<Record>),
    Fragment { start: PhysicalOffset, len: u64 },
}

impl Entry {
    pub fn start(&self) -> PhysicalOffset {
        match self {
            Self::Record(record) => record.start,
            Self::Fragment { start, .. } => *start,
        }
    }

    pub fn end(&self) -> PhysicalOffset {
        match self {
            Self::Record(record) => record.end(),
            Self::Fragment { start, len } => *start + *len,
        }
    }

    pub fn record(&self) -> Option<&Arc<Record>> {
        match self {
            Self::Record(record) => Some(record),
            Self::Fragment { .. } => None,
        }
    }
}

/// A commit log.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct CommitLog {
    entries: List<Entry>,
    wrote: PhysicalOffset,
    committed: PhysicalOffset,
    flushed: PhysicalOffset,
    /// Where the first byte lies that counts as flushed although its fsync failed (≤ 5.3.3 swallows the error).
    hollow: Option<PhysicalOffset>,
    /// Where the first byte lies that counts as flushed only because a recovery has read it. The next fsync of its file writes it.
    recovered: Option<PhysicalOffset>,
    /// The first byte that is left after old files were deleted.
    min: PhysicalOffset,
    /// Where the last file that is in use ends. Files outlive what they hold.
    files_end: PhysicalOffset,
    /// Before it lies nothing that anybody waits for: whoever looks for that need not read a long log from its start.
    awaited_from: PhysicalOffset,
}

impl CommitLog {
    pub fn wrote(&self) -> PhysicalOffset {
        self.wrote
    }

    pub fn committed(&self) -> PhysicalOffset {
        self.committed
    }

    pub fn flushed(&self) -> PhysicalOffset {
        self.flushed
    }

    pub fn min(&self) -> PhysicalOffset {
        self.min
    }

    /// Every record, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        self.entries.iter().filter_map(Entry::record)
    }

    /// Entries that end after `from`, oldest first.
    pub fn entries_from(&self, from: PhysicalOffset) -> impl Iterator<Item = &Entry> {
        let index = self.entries.partition_point(|entry| entry.end() <= from);
        self.entries.iter_from(index)
    }

    /// The records among which everything lies that somebody waits for.
    pub fn awaited(&self) -> impl Iterator<Item = &Arc<Record>> {
        let entries = self.entries_from(self.awaited_from);
        entries.filter_map(Entry::record)
    }

    /// Where the next stretch ends, if nobody waits for anything in it: not for the messages of `settled`.
    pub fn settled_stretch(&self, settled: &MessageSet) -> Option<PhysicalOffset> {
        let first = self
            .entries
            .partition_point(|entry| entry.end() <= self.awaited_from);
        let is_settled = |entry: &Entry| {
            let label = entry.record().and_then(|record| record.message.label);
            label.is_none_or(|label| settled.contains(label))
        };
        let last = self.entries.get(first + STRETCH - 1)?;
        let mut stretch = self.entries.iter_from(first).take(STRETCH);
        (is_settled(last) && stretch.all(is_settled)).then(|| last.end())
    }

    /// Nobody waits for anything before `at`.
    pub fn await_from(&mut self, at: PhysicalOffset) {
        self.awaited_from = at;
    }

    /// The record that starts at `start`.
    pub fn record_at(&self, start: PhysicalOffset) -> Option<&Arc<Record>> {
        let index = self.entries.partition_point(|entry| entry.start() < start);
        let entry = self.entries.get(index)?;
        entry.record().filter(|record| record.start == start)
    }

    /// Where a record's bytes are.
    pub fn place(&self, end: PhysicalOffset) -> Place {
        if end > self.committed {
            Place::Heap
        } else if end > self.durable() {
            Place::PageCache
        } else {
            Place::Disk
        }
    }

    /// Where a record of `len` bytes would start: in the next file if this one's tail is too short
    /// (`DefaultAppendMessageCallback#doAppend`, END_OF_FILE).
    pub fn place_for(&self, len: u64, file_size: u64) -> PhysicalOffset {
        let file_size = file_size.max(1);
        let used = self.wrote.get() % file_size;
        if len + BLANK > file_size - used && used > 0 {
            PhysicalOffset::new(self.wrote.get() - used + file_size)
        } else {
            self.wrote
        }
    }

    /// Where the last file that is in use ends.
    pub fn files_end(&self) -> PhysicalOffset {
        self.files_end
    }

    /// Files up to `end` are in use.
    pub fn open_file(&mut self, end: PhysicalOffset) {
        self.files_end = self.files_end.max(end);
    }

    /// A recovery destroys the files behind the one that the log ends in (`MappedFileQueue#truncateDirtyFiles`).
    pub fn destroy_files_behind(&mut self, file_size: u64) {
        let last = self.last_file_start(file_size) + file_size.max(1);
        self.files_end = self.files_end.min(last);
    }

    /// Appends a record at its `start`. Without the transient pool it is in the page cache at once.
    pub fn append(&mut self, record: Arc<Record>, pooled: bool) {
        self.wrote = record.end();
        if !pooled {
            self.committed = self.wrote;
        }
        self.entries.push(Entry::Record(record));
    }

    /// A slave appends what its master sent (`CommitLog#appendData`).
    pub fn append_copy(&mut self, entry: Entry) {
        self.wrote = entry.end();
        self.committed = self.wrote;
        self.entries.push(entry);
    }

    /// An empty slave's log starts where its master's last file starts.
    pub fn start_at(&mut self, start: PhysicalOffset) {
        self.wrote = start;
        self.committed = start;
        self.flushed = start;
        self.min = start;
    }

    /// `CommitRealTimeService`: the off-heap bytes go to the page cache. Returns the records that did.
    pub fn commit(&mut self) -> Vec<RecordRef> {
        let from = self.committed;
        self.committed = self.wrote;
        self.between(from, self.committed)
    }

    /// An fsync up to `to` has returned. Returns the records that are on disk now. With `failed` they only count as such.
    ///
    /// `MappedFileQueue#flush` goes from the flushed position on, `MappedFile#flush` forces whole files: what a recovery has left in
    /// the page cache of the first one goes with it; what lies in older files is never asked for again.
    pub fn flush(&mut self, to: PhysicalOffset, failed: bool, file_size: u64) -> Vec<RecordRef> {
        // The log may have been cut while the fsync ran.
        let to = to.min(self.committed);
        if to <= self.flushed {
            return Vec::new();
        }
        let file = file_start(self.flushed, file_size);
        let recovered = self.recovered.filter(|at| *at >= file);
        if recovered.is_some() {
            self.recovered = None;
        }
        let from = recovered.unwrap_or(self.flushed);
        self.flushed = to;
        if failed {
            self.hollow = Some(self.hollow.map_or(from, |hollow| hollow.min(from)));
            Vec::new()
        } else {
            self.between(from, to)
        }
    }

    fn between(&self, from: PhysicalOffset, to: PhysicalOffset) -> Vec<RecordRef> {
        self.entries_from(from)
            .take_while(|entry| entry.end() <= to)
            .filter_map(Entry::record)
            .map(|record| record.named())
            .collect()
    }

    /// Whole dirty pages between the flushed and the committed position (`MappedFile#isAbleToFlush`).
    pub fn dirty_pages(&self) -> u64 {
        (self.committed.get() / PAGE).saturating_sub(self.flushed.get() / PAGE)
    }

    /// Whole pages in the off-heap buffer (`MappedFile#isAbleToCommit`).
    pub fn pooled_pages(&self) -> u64 {
        (self.wrote.get() / PAGE).saturating_sub(self.committed.get() / PAGE)
    }

    /// The process died: the off-heap buffer is gone, the page cache is the kernel's. Returns what is gone.
    pub fn lose_heap(&mut self) -> Vec<RecordRef> {
        self.truncate(self.committed)
    }

    /// The machine lost power: only what is fsynced is left, up to the first hole. Returns what is gone.
    pub fn lose_page_cache(&mut self) -> Vec<RecordRef> {
        self.truncate(self.durable())
    }

    /// Up to where the disk itself has every byte, whatever the store believes.
    fn durable(&self) -> PhysicalOffset {
        [self.hollow, self.recovered]
            .into_iter()
            .flatten()
            .fold(self.flushed, PhysicalOffset::min)
    }

    /// Cuts everything that ends after `end` (`CommitLog#recoverAbnormally`, `truncateDirtyFiles`).
    pub fn truncate(&mut self, end: PhysicalOffset) -> Vec<RecordRef> {
        let mut gone = Vec::new();
        while let Some(entry) = self.entries.last()
            && entry.end() > end
        {
            if let Some(Entry::Record(record)) = self.entries.pop() {
                gone.push(record.named());
            }
        }
        let end = self.entries.last().map_or(self.min, Entry::end).min(end);
        self.wrote = self.wrote.min(end);
        self.committed = self.committed.min(end);
        self.flushed = self.flushed.min(end);
        self.awaited_from = self.awaited_from.min(end);
        self.hollow = self.hollow.filter(|hollow| *hollow < end);
        self.recovered = self.recovered.filter(|recovered| *recovered < end);
        gone.reverse();
        gone
    }

    /// A scan ends at bytes that are no record: everything from the first of them on is cut. Returns what is gone.
    pub fn cut_at_seam(&mut self) -> Vec<RecordRef> {
        let seam = self.entries.iter().find(|entry| entry.record().is_none());
        match seam.map(Entry::start) {
            Some(start) => self.truncate(start),
            None => Vec::new(),
        }
    }

    /// After recovery everything that was read counts as written, committed and flushed, wherever it was read from.
    pub fn settle(&mut self) {
        if self.flushed < self.wrote {
            self.recovered.get_or_insert(self.flushed);
        }
        self.committed = self.wrote;
        self.flushed = self.wrote;
    }

    /// Deletes whole files before the one that holds `keep` (`CommitLog#deleteExpiredFile`). Returns what is gone.
    pub fn delete_before(&mut self, keep: PhysicalOffset, file_size: u64) -> Vec<RecordRef> {
        let first = file_start(keep, file_size);
        let count = self.entries.partition_point(|entry| entry.end() <= first);
        let gone = self.entries.iter().take(count).filter_map(Entry::record);
        let gone = gone.map(|record| record.named()).collect();
        self.entries.drop_first(count);
        self.min = self.min.max(first).min(self.wrote);
        gone
    }

    /// Where the last file starts: what a brand-new slave gets (B.6).
    pub fn last_file_start(&self, file_size: u64) -> PhysicalOffset {
        file_start(self.wrote, file_size)
    }
}

/// Where the file starts that holds the byte at `at`.
pub(super) fn file_start(at: PhysicalOffset, file_size: u64) -> PhysicalOffset {
    PhysicalOffset::new(at.get() - at.get() % file_size.max(1))
}

/// The length of a record (`MessageExtEncoder#calMsgLength`).
pub(crate) fn record_len(body_bytes: u64, topic_bytes: usize, properties_bytes: u32) -> u64 {
    RECORD_HEADER
        + body_bytes
        + u64::try_from(topic_bytes).unwrap_or(0)
        + u64::from(properties_bytes)
}
