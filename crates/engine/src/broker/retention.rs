//! Old files (`CleanCommitLogService`, `CleanConsumeQueueService`) and a full disk.

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::units::{PhysicalOffset, QueueOffset, Span};
use crate::timers::{BrokerTimer, Timer};

use super::Live;

/// The cleaner first looks this long after the start.
const FIRST_LOOK: Span = Span::from_millis(60_000);

impl Live<'_> {
    pub(super) fn start_cleaning(&mut self, ctx: &mut Ctx) {
        self.plan_cleaning(ctx);
    }

    /// The cleaner only has something to see while the disk is fuller than its first threshold, or was.
    pub(super) fn plan_cleaning(&mut self, ctx: &mut Ctx) {
        let warning = u64::from(self.id.conf.disk_space_warning_level_ratio) * 10;
        let full = u64::from(self.disk.permille) > warning;
        if !self.p.cleaning_planned && full == self.p.writeable {
            self.p.cleaning_planned = true;
            let at = ctx.now.next_tick(self.p.started + FIRST_LOOK, self.id.conf.clean_resource_interval);
            ctx.wake(at, Timer::Broker(BrokerTimer::CleanFiles));
        }
    }

    /// Above `diskSpaceWarningLevelRatio` the store is not writeable.
    pub(super) fn clean_files(&mut self, ctx: &mut Ctx) {
        self.p.cleaning_planned = false;
        let warning = u64::from(self.id.conf.disk_space_warning_level_ratio) * 10;
        self.p.writeable = u64::from(self.disk.permille) <= warning;
        self.plan_cleaning(ctx);
    }

    /// `expire-files`: the files before the one that holds queue offset `up_to` of a queue are deleted, consumed or not.
    pub(super) fn expire_files(&mut self, ctx: &mut Ctx, up_to: u64) {
        let keep = self
            .disk
            .log
            .records()
            .find(|record| !super::clients::is_system(record.topic) && record.queue_offset == QueueOffset::new(up_to))
            .map(|record| record.start);
        let Some(keep) = keep else { return };
        let gone = self.disk.log.delete_before(keep, self.id.conf.mapped_file_size_commit_log);
        let before: PhysicalOffset = self.disk.log.min();
        self.disk.queues.correct_min(before);
        ctx.tell(EventKind::Deleted { before, records: u32::try_from(gone.len()).unwrap_or(u32::MAX) });
    }
}
