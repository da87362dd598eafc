//! From the commit log to the consume queues (`ReputMessageService`): what consumers can see, and when.

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::status::{FlushDiskType, Profile};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, Span};

use super::Live;
use super::commit_log::Entry;

/// The service looks every millisecond.
const REPUT_PERIOD: Span = Span::from_millis(1);

impl Live<'_> {
    /// Up to where consumers can see (B.8): 4.x all that is committed; 5.3 under SYNC_FLUSH only what is flushed, in controller mode
    /// what is confirmed.
    fn visible_end(&self, ctx: &Ctx) -> PhysicalOffset {
        let conf = &self.id.conf;
        if self.is_controlled() && !conf.read_un_committed {
            return self.confirm_offset();
        }
        let hides = ctx.profile() == Profile::V5_3
            && conf.flush_disk_type == FlushDiskType::SyncFlush
            && !conf.read_un_committed;
        if hides {
            self.disk.log.flushed()
        } else {
            self.disk.log.committed()
        }
    }

    /// Lets the service look, if there is something to see.
    pub(super) fn plan_reput(&mut self, ctx: &mut Ctx) {
        if !self.p.reput_planned && self.visible_end(ctx) > self.p.reput_from {
            self.p.reput_planned = true;
            ctx.wake(ctx.now + REPUT_PERIOD, Timer::Broker(BrokerTimer::Reput));
        }
    }

    /// `ReputMessageService#doReput`.
    pub(super) fn reput(&mut self, ctx: &mut Ctx) {
        self.p.reput_planned = false;
        let end = self.visible_end(ctx);
        let entries: Vec<Entry> = self
            .disk
            .log
            .entries_from(self.p.reput_from)
            .take_while(|entry| entry.end() <= end)
            .cloned()
            .collect();
        for entry in entries {
            // A seam that no reader can make sense of: a slave never gets past it ("[BUG]dispatch message to consume queue error"
            // moves only a master on).
            let Entry::Record(record) = entry else {
                if self.is_slave() {
                    break;
                }
                self.p.reput_from = entry.end();
                continue;
            };
            self.p.reput_from = record.end();
            if self.disk.queues.put(&record) {
                ctx.tell(EventKind::Dispatched {
                    record: record.named(),
                });
                self.note_dispatched(ctx, &record);
                self.notify_arrival(ctx, record.topic, record.queue, record.message.tag);
            }
        }
    }
}
