//! Commit-log files (`AllocateMappedFileService`), each made ahead while the one before it fills, and the off-heap buffers that new
//! ones take (`TransientStorePool`).
//!
//! A file is made at once, except on a disk that does not answer: who needs it then waits with the put lock in hand.

use crate::effect::Ctx;
use crate::status::{FlushDiskType, Profile};
use crate::units::PhysicalOffset;

use super::Live;
use super::commit_log::file_start;

/// The files and buffers of one process.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Files {
    /// Up to where there are files, and up to where they have been asked for.
    made: PhysicalOffset,
    asked: PhysicalOffset,
    /// Where the files start that have a buffer. One is given back when its file is full and committed.
    buffers: Vec<PhysicalOffset>,
}

impl Live<'_> {
    /// What a start finds (`MappedFileQueue#load`): files that are there are mapped without a buffer [k18]. Before t = 0 something
    /// has been sent to every new broker, so its first file and the next are made [q44].
    pub(super) fn find_files(&mut self, ctx: &Ctx, first: bool) {
        self.disk
            .log
            .destroy_files_behind(self.id.conf.mapped_file_size_commit_log);
        self.p.files.made = self.disk.log.files_end();
        self.p.files.asked = self.p.files.made;
        if first {
            self.open_file(ctx, PhysicalOffset::ZERO);
        }
    }

    /// `MappedFileQueue#getLastMappedFile`: whether the file is there that holds `start`. Taking a new one into use asks for the next.
    pub(super) fn open_file(&mut self, ctx: &Ctx, start: PhysicalOffset) -> bool {
        let size = self.id.conf.mapped_file_size_commit_log;
        let from = file_start(start, size);
        if from + size <= self.disk.log.files_end() {
            return true;
        }
        self.p.files.made = self.p.files.made.max(from);
        self.p.files.asked = self.p.files.asked.max(from + size + size);
        self.make_files(ctx);
        let there = from + size <= self.p.files.made;
        if there {
            self.disk.log.open_file(from + size);
        }
        there
    }

    /// `AllocateMappedFileService#mmapOperation`.
    pub(super) fn make_files(&mut self, ctx: &Ctx) {
        let size = self.id.conf.mapped_file_size_commit_log;
        while !self.disk.stalled && self.p.files.made < self.p.files.asked {
            if self.transient_store_pool(ctx) && !self.is_transient_store_pool_deficient(ctx) {
                self.p.files.buffers.push(self.p.files.made);
            }
            self.p.files.made = self.p.files.made + size;
        }
    }

    /// `isTransientStorePoolEnable`: 4.x only with ASYNC_FLUSH, never on a slave.
    fn transient_store_pool(&self, ctx: &Ctx) -> bool {
        let async_or_5 = self.id.conf.flush_disk_type == FlushDiskType::AsyncFlush
            || ctx.profile() == Profile::V5_3;
        self.id.conf.transient_store_pool_enable && !self.is_slave() && async_or_5
    }

    /// `DefaultMessageStore#isTransientStorePoolDeficient`.
    pub(super) fn is_transient_store_pool_deficient(&self, ctx: &Ctx) -> bool {
        self.transient_store_pool(ctx)
            && self.p.files.buffers.len()
                >= usize::try_from(self.id.conf.transient_store_pool_size).unwrap_or(usize::MAX)
    }

    /// Whether an append at `start` goes off-heap first.
    pub(super) fn has_buffer(&self, start: PhysicalOffset) -> bool {
        let size = self.id.conf.mapped_file_size_commit_log;
        self.p.files.buffers.contains(&file_start(start, size))
    }

    /// `DefaultMappedFile#commit`: a full file that is committed needs its buffer no more.
    pub(super) fn return_buffers(&mut self) {
        let size = self.id.conf.mapped_file_size_commit_log;
        let committed = self.disk.log.committed();
        self.p
            .files
            .buffers
            .retain(|start| *start + size > committed);
    }
}
