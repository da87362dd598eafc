//! From the off-heap buffer to the page cache to the disk: `GroupCommitService`, `FlushRealTimeService`, `CommitRealTimeService`.
//!
//! RocketMQ's threads look every so often whether there is something to do. Here the next look that would find something is
//! computed, and only that one is an alarm.

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::status::{FlushDiskType, PutMessageStatus};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};

use super::Live;

/// How often `GroupCommitService` looks when nobody wakes it.
const GROUP_COMMIT_PERIOD: Span = Span::from_millis(10);

/// The two threads' state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FlushManager {
    /// The next look of the flush thread, and the serial number of its alarm.
    next_flush: Option<SimTime>,
    flush_serial: u32,
    /// The fsync that has not returned yet: up to where, and whether it would have if the disk were not stalled.
    fsync: Option<(PhysicalOffset, bool)>,
    fsync_serial: u32,
    /// A put that did not wait has woken the flush thread.
    woken: bool,
    next_commit: Option<SimTime>,
    commit_serial: u32,
    /// `lastCommitTimestamp`.
    last_commit: SimTime,
}

impl FlushManager {
    pub fn new(now: SimTime) -> Self {
        Self {
            next_flush: None,
            flush_serial: 0,
            fsync: None,
            fsync_serial: 0,
            woken: false,
            next_commit: None,
            commit_serial: 0,
            last_commit: now,
        }
    }

    /// When the flush thread starts its next fsync, if it has a reason to.
    pub fn next(&self) -> Option<SimTime> {
        self.next_flush
    }
}

impl Live<'_> {
    /// A put has appended: wake whom RocketMQ wakes (`CommitLog#handleDiskFlush`).
    pub(super) fn after_append(&mut self, ctx: &mut Ctx) {
        self.p.flush.woken = true;
        self.arm_commit(ctx);
        self.arm_flush(ctx);
    }

    /// Sets the flush thread's alarm to its next look that finds something to do.
    pub(super) fn arm_flush(&mut self, ctx: &mut Ctx) {
        let due = self.next_flush_look(ctx.now);
        if due == self.p.flush.next_flush {
            return;
        }
        self.p.flush.next_flush = due;
        self.p.flush.flush_serial = self.p.flush.flush_serial.wrapping_add(1);
        if let Some(at) = due {
            ctx.wake(
                at,
                Timer::Broker(BrokerTimer::FlushTick(self.p.flush.flush_serial)),
            );
        }
    }

    fn next_flush_look(&self, now: SimTime) -> Option<SimTime> {
        let log = &self.disk.log;
        if log.committed() == log.flushed() || self.p.flush.fsync.is_some() {
            return None;
        }
        let started = self.p.started;
        match self.id.conf.flush_disk_type {
            FlushDiskType::SyncFlush if self.p.flush.woken => Some(now),
            FlushDiskType::SyncFlush => Some(now.next_tick(started, GROUP_COMMIT_PERIOD)),
            FlushDiskType::AsyncFlush => {
                let period = self.id.conf.flush_interval_commit_log;
                let next = |now: SimTime| now.next_tick(started + period, period);
                if log.dirty_pages() >= u64::from(self.id.conf.flush_commit_log_least_pages) {
                    return Some(next(now));
                }
                // A thorough flush is due at the first look that is `flushCommitLogThoroughInterval` after the last one: every
                // so many looks, counted from the start.
                let thorough = self.id.conf.flush_commit_log_thorough_interval.micros();
                let looks = thorough.div_ceil(period.micros().max(1)).max(1);
                Some(now.next_tick(started + period.times(looks), period.times(looks)))
            }
        }
    }

    pub(super) fn on_flush_tick(&mut self, ctx: &mut Ctx, serial: u32) {
        if serial != self.p.flush.flush_serial || self.p.flush.next_flush.take().is_none() {
            return;
        }
        self.p.flush.woken = false;
        self.p.flush.fsync = Some((self.disk.log.committed(), false));
        self.p.flush.fsync_serial = self.p.flush.fsync_serial.wrapping_add(1);
        ctx.wake(
            ctx.now + ctx.setup.fsync,
            Timer::Broker(BrokerTimer::FsyncDone(self.p.flush.fsync_serial)),
        );
    }

    pub(super) fn on_fsync_done(&mut self, ctx: &mut Ctx, serial: u32) {
        if serial != self.p.flush.fsync_serial {
            return;
        }
        let Some((to, _)) = self.p.flush.fsync else {
            return;
        };
        if self.disk.stalled {
            self.p.flush.fsync = Some((to, true));
            return;
        }
        self.finish_fsync(ctx, to);
    }

    /// The disk answers again: an fsync that hung in it returns.
    pub(super) fn on_disk_released(&mut self, ctx: &mut Ctx) {
        if self.disk.stalled {
            return;
        }
        if let Some((to, true)) = self.p.flush.fsync {
            self.finish_fsync(ctx, to);
        }
        self.on_files_made(ctx);
    }

    fn finish_fsync(&mut self, ctx: &mut Ctx, to: PhysicalOffset) {
        self.p.flush.fsync = None;
        // ≤ 5.3.3 logs a failed fsync and counts the bytes as flushed all the same (`MappedFile#flush`).
        let failed = self.disk.failing > 0;
        self.disk.failing = self.disk.failing.saturating_sub(1);
        let file_size = self.id.conf.mapped_file_size_commit_log;
        for record in self.disk.log.flush(to, failed, file_size) {
            ctx.tell(EventKind::Flushed { record });
        }
        self.on_flushed(ctx);
        self.plan_reput(ctx);
        self.p.flush.woken = self.p.puts.wait_for_flush();
        self.arm_flush(ctx);
    }

    /// Puts whose bytes are on disk need not wait for them any longer.
    fn on_flushed(&mut self, ctx: &mut Ctx) {
        let flushed = self.disk.log.flushed();
        for put in self.p.puts.flushed_by(flushed) {
            self.settle_flush(ctx, put, PutMessageStatus::PutOk);
        }
    }

    /// Sets the commit thread's alarm: a put wakes it; it commits when `commitCommitLogThoroughInterval` has passed since it last
    /// did or enough pages wait, else it looks again an interval later.
    fn arm_commit(&mut self, ctx: &mut Ctx) {
        let conf = &self.id.conf;
        if self.disk.log.wrote() == self.disk.log.committed() {
            return;
        }
        let thorough_at = self.p.flush.last_commit + conf.commit_commit_log_thorough_interval;
        let enough = self.disk.log.pooled_pages() >= u64::from(conf.commit_commit_log_least_pages);
        // Only the branch of ASYNC_FLUSH wakes it.
        let woken =
            conf.wake_commit_when_put_message && conf.flush_disk_type == FlushDiskType::AsyncFlush;
        let due = if woken && (enough || ctx.now >= thorough_at) {
            ctx.now
        } else {
            ctx.now + conf.commit_interval_commit_log
        };
        if self.p.flush.next_commit.is_some_and(|at| at <= due) {
            return;
        }
        self.p.flush.next_commit = Some(due);
        self.p.flush.commit_serial = self.p.flush.commit_serial.wrapping_add(1);
        ctx.wake(
            due,
            Timer::Broker(BrokerTimer::CommitTick(self.p.flush.commit_serial)),
        );
    }

    pub(super) fn on_commit_tick(&mut self, ctx: &mut Ctx, serial: u32) {
        if serial != self.p.flush.commit_serial || self.p.flush.next_commit.take().is_none() {
            return;
        }
        let conf = &self.id.conf;
        let thorough =
            ctx.now >= self.p.flush.last_commit + conf.commit_commit_log_thorough_interval;
        let enough = self.disk.log.pooled_pages() >= u64::from(conf.commit_commit_log_least_pages);
        if thorough || enough {
            self.p.flush.last_commit = ctx.now;
            self.commit(ctx);
        }
        self.arm_commit(ctx);
    }

    fn commit(&mut self, ctx: &mut Ctx) {
        for record in self.disk.log.commit() {
            ctx.tell(EventKind::Committed { record });
        }
        self.return_buffers();
        self.plan_reput(ctx);
        self.push_to_slaves(ctx);
        self.arm_flush(ctx);
    }

    /// Clean shutdown commits and flushes everything, unless the disk does not answer.
    pub(super) fn flush_everything(&mut self, ctx: &mut Ctx) {
        for record in self.disk.log.commit() {
            ctx.tell(EventKind::Committed { record });
        }
        if self.disk.stalled {
            return;
        }
        let to = self.disk.log.committed();
        let file_size = self.id.conf.mapped_file_size_commit_log;
        for record in self.disk.log.flush(to, false, file_size) {
            ctx.tell(EventKind::Flushed { record });
        }
    }
}
