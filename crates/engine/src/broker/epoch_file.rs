//! Which master wrote which part of the log (`EpochFileCache`): how a replica finds where its log and another's part ways.

use crate::units::PhysicalOffset;
use crate::wire::EpochEntry;

/// The epoch file, oldest first. It lies on the disk.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct EpochFile {
    entries: Vec<EpochEntry>,
}

impl EpochFile {
    pub fn entries(&self) -> &[EpochEntry] {
        &self.entries
    }

    pub fn last(&self) -> Option<EpochEntry> {
        self.entries.last().copied()
    }

    /// `#lastEpoch`, 0 for none.
    pub fn last_epoch(&self) -> u32 {
        self.last().map_or(0, |entry| entry.epoch)
    }

    /// `#appendEntry`: one that is not newer, or in which its forerunner would have written nothing, is not taken.
    pub fn append(&mut self, entry: EpochEntry) {
        let newer = |last: &EpochEntry| entry.epoch > last.epoch && entry.start > last.start;
        if self.entries.last().is_none_or(newer) {
            self.entries.push(entry);
        }
    }

    /// `#truncateSuffixByEpoch`.
    pub fn truncate_epoch(&mut self, epoch: u32) {
        self.entries.retain(|entry| entry.epoch < epoch);
    }

    /// `#truncateSuffixByOffset`.
    pub fn truncate_offset(&mut self, offset: PhysicalOffset) {
        self.entries.retain(|entry| entry.start < offset);
    }

    /// `#findEpochEntryByOffset`, and where it ends: none for the last.
    pub fn at(&self, offset: PhysicalOffset) -> Option<(EpochEntry, Option<PhysicalOffset>)> {
        let next = self
            .entries
            .iter()
            .position(|entry| entry.start > offset)
            .unwrap_or(self.entries.len());
        let entry = self.entries.get(next.checked_sub(1)?)?;
        Some((*entry, self.entries.get(next).map(|next| next.start)))
    }

    /// `#findConsistentPoint`: the end of the newest epoch that began at the same byte in both logs, in the shorter one.
    pub fn consistent_point(
        &self,
        end: PhysicalOffset,
        other: &[EpochEntry],
        other_end: PhysicalOffset,
    ) -> Option<PhysicalOffset> {
        let (at, _) = self
            .entries
            .iter()
            .enumerate()
            .rfind(|(_, entry)| other.contains(entry))?;
        let entry = self.entries.get(at)?;
        let end_here = self.entries.get(at + 1).map_or(end, |next| next.start);
        let end_there = other
            .iter()
            .find(|next| next.epoch > entry.epoch)
            .map_or(other_end, |next| next.start);
        Some(end_here.min(end_there))
    }
}
