//! Old files (`CleanCommitLogService`, `CleanConsumeQueueService`) and a full disk.
//!
//! The services look every `cleanResourceInterval`, first a minute after the start. Here the next look that would find something to
//! do is computed, and only that one is an alarm. Whether anybody has consumed what is in a file is never asked.
//!
//! The virtual clock starts at midnight: t = 0 is 00:00, so `deleteWhen` = `04` means four hours into a run.

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};

use super::Live;
use super::commit_log::CommitLog;

/// The cleaners first look this long after the start.
const FIRST_LOOK: Span = Span::from_millis(60_000);
/// `isSpaceFull` is looked at this long after the start (and then every 10 s).
const FIRST_DISK_CHECK: Span = Span::from_millis(1_000);
/// Between two files of one round (`deleteCommitLogFilesInterval`).
const BETWEEN_FILES: Span = Span::from_millis(100);
/// What unlinking a file takes, as far as a reader can tell.
const UNLINK: Span = Span::from_millis(1);
/// Bytes of a consume-queue entry.
const ENTRY_BYTES: u64 = 20;
const HOUR: Span = Span::from_secs(3_600);
const HOURS_OF_DAY: i64 = 24;

/// What the cleaning services have in hand.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Cleaner {
    /// The next look that finds something.
    look_at: Option<SimTime>,
    round: Option<Round>,
}

impl Cleaner {
    /// Whether it has its next look: a further put does not make it earlier.
    pub fn is_planned(&self) -> bool {
        self.look_at.is_some()
    }
}

/// One round of deletions, file by file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Round {
    which: Which,
    /// `deleteFileBatchMax`.
    left: u32,
}

/// Which files go. The last one never does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Which {
    /// Those that were last written `fileReservedTime` ago.
    Expired,
    /// Every one: the disk is fuller than `diskSpaceCleanForciblyRatio` (`cleanImmediately`).
    Any,
    /// Those before the file that holds this byte: the script says that they have expired.
    Before(PhysicalOffset),
}

/// The disk ratios in thousandths, as the broker clamps them.
struct Ratios {
    /// Above: expired files go at any hour.
    used: u64,
    /// Above: files go, expired or not.
    forcibly: u64,
    /// Above: the store refuses writes.
    warning: u64,
}

impl Live<'_> {
    /// The process takes its disk for healthy until it first looks.
    pub(super) fn start_cleaning(&mut self, ctx: &mut Ctx) {
        if self.is_disk_full(ctx) {
            ctx.wake(
                ctx.now + FIRST_DISK_CHECK,
                Timer::Broker(BrokerTimer::CheckDisk),
            );
        }
        self.plan_cleaning(ctx);
    }

    /// `CleanCommitLogService#isSpaceFull`: above `diskSpaceWarningLevelRatio` the store is not writeable, below it is. A real broker
    /// looks every 10 s; the script's `fill-disk` says what it sees, and so is seen at once [k33 k33-49].
    pub(super) fn check_disk(&mut self, ctx: &mut Ctx) {
        self.p.writeable = !self.is_disk_full(ctx);
        self.plan_cleaning(ctx);
    }

    fn is_disk_full(&self, ctx: &Ctx) -> bool {
        u64::from(self.disk.permille) > self.ratios(ctx).warning
    }

    /// 5.3 clamps what is configured (`#getDiskSpaceWarningLevelRatio`, `#getDiskSpaceCleanForciblyRatio`); 4.9 knows the two as system
    /// properties only. Both clamp the first (`MessageStoreConfig#getDiskMaxUsedSpaceRatio`).
    fn ratios(&self, ctx: &Ctx) -> Ratios {
        let conf = &self.id.conf;
        let (forcibly, warning) = match ctx.profile() {
            Profile::V4_9 => (
                conf.disk_space_clean_forcibly_ratio,
                conf.disk_space_warning_level_ratio,
            ),
            Profile::V5_3 => (
                conf.disk_space_clean_forcibly_ratio.clamp(30, 85),
                conf.disk_space_warning_level_ratio.clamp(35, 90),
            ),
        };
        let permille = |percent: u32| u64::from(percent) * 10;
        Ratios {
            used: permille(conf.disk_max_used_space_ratio.clamp(10, 95)),
            forcibly: permille(forcibly),
            warning: permille(warning),
        }
    }

    /// Sets the cleaner's alarm to its next look that deletes something.
    pub(super) fn plan_cleaning(&mut self, ctx: &mut Ctx) {
        if self.p.cleaner.round.is_some() {
            return;
        }
        let due = self.next_cleaning(ctx);
        if due == self.p.cleaner.look_at {
            return;
        }
        self.p.cleaner.look_at = due;
        if let Some(at) = due {
            ctx.wake(at, Timer::Broker(BrokerTimer::CleanFiles));
        }
    }

    fn next_cleaning(&self, ctx: &Ctx) -> Option<SimTime> {
        let conf = &self.id.conf;
        let (_, written) = self
            .disk
            .log
            .oldest_file(conf.mapped_file_size_commit_log)?;
        let ratios = self.ratios(ctx);
        let full = u64::from(self.disk.permille);
        if full > ratios.forcibly && conf.clean_file_forcibly_enable {
            return Some(self.look_after(ctx.now));
        }
        let expires = (written + conf.file_reserved_time).max(ctx.now);
        // A look at the very instant of the expiry counts.
        let look = self
            .look_after(expires - Span::from_micros(1))
            .max(self.look_after(ctx.now));
        if full > ratios.used {
            Some(look)
        } else {
            self.look_at_hour(look)
        }
    }

    fn look_after(&self, after: SimTime) -> SimTime {
        after.next_tick(
            self.p.started + FIRST_LOOK,
            self.id.conf.clean_resource_interval,
        )
    }

    /// The first look from `look` on in one of the hours of `deleteWhen` (`UtilAll#isItTimeToDo`).
    fn look_at_hour(&self, look: SimTime) -> Option<SimTime> {
        let hours: Vec<i64> = self
            .id
            .conf
            .delete_when
            .split(';')
            .filter_map(|hour| hour.trim().parse().ok())
            .collect();
        let hour_length = i64::try_from(HOUR.micros()).ok()?;
        let mut look = look;
        // A day and an hour: looks are less than an hour apart, or else some hours have none.
        for _ in 0..=HOURS_OF_DAY {
            let hour = look.micros().div_euclid(hour_length);
            if hours.contains(&hour.rem_euclid(HOURS_OF_DAY)) {
                return Some(look);
            }
            let next_hour = SimTime::from_micros((hour + 1).saturating_mul(hour_length));
            look = self.look_after(next_hour - Span::from_micros(1));
        }
        None
    }

    /// `CleanCommitLogService#deleteExpiredFiles`.
    pub(super) fn clean_files(&mut self, ctx: &mut Ctx) {
        if self.p.cleaner.look_at != Some(ctx.now) {
            return;
        }
        self.p.cleaner.look_at = None;
        let forced = self.id.conf.clean_file_forcibly_enable
            && u64::from(self.disk.permille) > self.ratios(ctx).forcibly;
        let which = if forced { Which::Any } else { Which::Expired };
        self.p.cleaner.round = Some(Round {
            which,
            left: self.id.conf.delete_file_batch_max,
        });
        self.delete_file(ctx);
    }

    /// `expire-files`: the cleaner takes the files before the one that holds queue offset `up_to` of the first topic's first queue.
    /// Beyond that queue's end it takes all but the last.
    pub(super) fn expire_files(&mut self, ctx: &mut Ctx, up_to: u64) {
        let Some((topic, _)) = ctx.setup.topics.first().copied() else {
            return;
        };
        let first_queue = crate::ids::QueueId(0);
        let entry = self
            .disk
            .queues
            .get(topic, first_queue)
            .and_then(|cq| cq.get(QueueOffset::new(up_to)));
        let keep = entry.map_or(self.disk.log.wrote(), |entry| entry.start);
        self.p.cleaner.round = Some(Round {
            which: Which::Before(keep),
            left: u32::MAX,
        });
        self.delete_file(ctx);
    }

    /// `MappedFileQueue#deleteExpiredFileByTime`, one file of it.
    pub(super) fn delete_file(&mut self, ctx: &mut Ctx) {
        let Some(mut round) = self.p.cleaner.round else {
            return;
        };
        let size = self.id.conf.mapped_file_size_commit_log;
        if self.next_to_go(ctx, round).is_none() {
            self.end_round(ctx, round);
            return;
        }
        let gone = self.disk.log.delete_oldest_file(size);
        let records = u32::try_from(gone.len()).unwrap_or(u32::MAX);
        ctx.tell(EventKind::Deleted {
            before: self.disk.log.min(),
            records,
        });
        round.left = round.left.saturating_sub(1);
        self.p.cleaner.round = Some(round);
        if self.next_to_go(ctx, round).is_some() {
            ctx.wake(
                ctx.now + BETWEEN_FILES,
                Timer::Broker(BrokerTimer::DeleteFile),
            );
        } else {
            self.end_round(ctx, round);
        }
    }

    fn next_to_go(&self, ctx: &Ctx, round: Round) -> Option<PhysicalOffset> {
        let (end, written) = self
            .disk
            .log
            .oldest_file(self.id.conf.mapped_file_size_commit_log)?;
        let goes = match round.which {
            Which::Expired => ctx.now >= written + self.id.conf.file_reserved_time,
            Which::Any => true,
            Which::Before(keep) => end <= keep,
        };
        (goes && round.left > 0).then_some(end)
    }

    /// The consume queues hear of it later: in 4.9 from the same thread, as soon as it is done; in 5.3 from a thread of their own at
    /// its next look, since both look at the same instant. (The script's round ends with the queues, as in the recordings.)
    fn end_round(&mut self, ctx: &mut Ctx, round: Round) {
        self.p.cleaner.round = None;
        let own_thread = ctx.profile() == Profile::V5_3 && !matches!(round.which, Which::Before(_));
        let at = if own_thread {
            self.look_after(ctx.now)
        } else {
            ctx.now + UNLINK
        };
        ctx.wake(at, Timer::Broker(BrokerTimer::CleanQueues));
        self.plan_cleaning(ctx);
    }

    /// `CleanConsumeQueueService#deleteExpiredFiles`: files whose entries all point below the log's first byte go, and then the
    /// queues' minimum is corrected. A pull in between finds no buffer: OFFSET_FOUND_NULL.
    pub(super) fn clean_queues(&mut self, ctx: &mut Ctx) {
        let per_file = (self
            .id
            .conf
            .mapped_file_size_consume_queue
            .div_ceil(ENTRY_BYTES))
        .max(1);
        let deleted = self.disk.queues.delete_files(self.disk.log.min(), per_file);
        if deleted {
            ctx.wake(ctx.now + UNLINK, Timer::Broker(BrokerTimer::CorrectQueues));
        } else {
            self.correct_queues(ctx);
        }
    }

    /// `ConsumeQueue#correctMinOffset`.
    pub(super) fn correct_queues(&mut self, ctx: &mut Ctx) {
        self.disk
            .queues
            .correct_min(self.disk.log.min(), ctx.profile());
    }
}

impl CommitLog {
    /// Where the oldest file ends and when it was last written, unless it is the last one.
    fn oldest_file(&self, file_size: u64) -> Option<(PhysicalOffset, SimTime)> {
        let file_size = file_size.max(1);
        let end = PhysicalOffset::new(self.min().get() - self.min().get() % file_size + file_size);
        if self.wrote() <= end {
            return None;
        }
        let written = self
            .records()
            .take_while(|record| record.start < end)
            .last()
            .map_or(SimTime::ZERO, |record| record.stored_at);
        Some((end, written))
    }

    fn delete_oldest_file(&mut self, file_size: u64) -> Vec<crate::event::RecordRef> {
        match self.oldest_file(file_size) {
            Some((end, _)) => self.delete_before(end, file_size),
            None => Vec::new(),
        }
    }
}
