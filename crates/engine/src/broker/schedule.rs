//! Delayed messages (`ScheduleMessageService`): one queue per level in SCHEDULE_TOPIC_XXXX, delivered in order when due.

use litemap::LiteMap;
use std::sync::Arc;

use crate::effect::Ctx;
use crate::ids::{QueueId, TopicId};
use crate::setup::system;
use crate::status::PutMessageStatus;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{QueueOffset, SimTime, Span};
use crate::wire::Message;

use super::Live;
use super::commit_log::Record;
use super::escape_bridge::Escaping;
use super::put::Special;

/// Each level's task looks this often, first this long after the start.
const POLL: Span = Span::from_millis(100);
const FIRST_POLL: Span = Span::from_millis(1_000);
/// How far apart the levels' tasks, all begun at once, may run.
const LAG_MOST: Span = Span::from_millis(5);
/// delayOffset.json is first written this long after the start.
const FIRST_FILE: Span = Span::from_millis(10_000);

/// Progress per level, in memory.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct ScheduleMessageService {
    /// `offsetTable`: the next offset of each level's queue.
    offsets: LiteMap<u8, QueueOffset>,
    planned: LiteMap<u8, SimTime>,
    /// How much later than on the tick a level's task runs: each level has a timer of its own.
    lags: LiteMap<u8, Span>,
    /// Levels whose next record is on its way to another master.
    pub(super) escaping: Vec<u8>,
    /// When the service was started, here: the phase of its looks.
    since: SimTime,
    file_planned: bool,
}

impl ScheduleMessageService {
    /// Takes delayOffset.json, or a master's table.
    pub fn load(&mut self, file: &LiteMap<u8, QueueOffset>) {
        self.offsets.clone_from(file);
    }

    pub fn progress(&self) -> LiteMap<u8, QueueOffset> {
        self.offsets.clone()
    }

    /// The next record of a level.
    pub fn offset(&self, level: u8) -> QueueOffset {
        self.offsets.get(&level).copied().unwrap_or_default()
    }
}

impl Live<'_> {
    /// Runs on masters, and on a slave that acts for one. What the last file does not cover is delivered again.
    pub(super) fn start_schedule(&mut self, ctx: &mut Ctx) {
        self.p.schedule.since = ctx.now;
        self.correct_delay_offsets();
        let levels = u8::try_from(self.id.conf.message_delay_level.len()).unwrap_or(u8::MAX);
        let waiting: Vec<u8> = (1..=levels)
            .filter(|level| self.next_delayed(*level).is_some())
            .collect();
        // What fell due while the broker was down is delivered at the first look: whichever level's thread comes first.
        if waiting.len() > 1 {
            for level in &waiting {
                let lag = ctx.rng.span(Span::ZERO, Span::ZERO, LAG_MOST);
                self.p.schedule.lags.insert(*level, lag);
            }
        }
        for level in waiting {
            self.plan_delivery(ctx, level);
        }
    }

    /// `#correctDelayOffset`: a file that is ahead of a truncated queue, or behind a deleted one, is corrected.
    fn correct_delay_offsets(&mut self) {
        for (level, offset) in &mut self.p.schedule.offsets {
            let queue = QueueId(u16::from(level.saturating_sub(1)));
            if let Some(cq) = self.disk.queues.get(system::SCHEDULE, queue) {
                *offset = (*offset).max(cq.min()).min(cq.max());
            }
        }
    }

    /// `HookUtils#handleScheduleMessage`: level `n` is queue `n` − 1, higher ones than there are count as the highest.
    pub(super) fn put_delayed(
        &mut self,
        ctx: &mut Ctx,
        message: Arc<Message>,
        topic: TopicId,
        queue: QueueId,
    ) -> Result<Arc<Record>, PutMessageStatus> {
        let levels = u8::try_from(self.id.conf.message_delay_level.len()).unwrap_or(u8::MAX);
        let level = message.delay_level.min(levels).max(1);
        let delay = self
            .id
            .conf
            .message_delay_level
            .get(usize::from(level - 1))
            .copied()
            .unwrap_or(Span::ZERO);
        let special = Special {
            real: Some((topic, queue)),
            deliver_at: Some(ctx.now + delay),
            ..Special::default()
        };
        self.put(
            ctx,
            message,
            system::SCHEDULE,
            QueueId(u16::from(level - 1)),
            special,
        )
    }

    /// Sets a level's alarm to the first look at which its next record is due.
    pub(super) fn plan_delivery(&mut self, ctx: &mut Ctx, level: u8) {
        if !self.runs_special_services() || self.p.schedule.escaping.contains(&level) {
            return;
        }
        let Some(record) = self.next_delayed(level) else {
            return;
        };
        let due = self.due_at(&record, level, ctx.now);
        let lag = self
            .p
            .schedule
            .lags
            .get(&level)
            .copied()
            .unwrap_or_default();
        // A look at the very instant counts, but never one at this instant: the store may have refused it just now.
        let at = (due - Span::from_micros(1))
            .max(ctx.now)
            .next_tick(self.p.schedule.since + FIRST_POLL + lag, POLL);
        if self
            .p
            .schedule
            .planned
            .get(&level)
            .is_some_and(|planned| *planned <= at)
        {
            return;
        }
        self.p.schedule.planned.insert(level, at);
        ctx.wake(at, Timer::Broker(BrokerTimer::DeliverDelayed(level)));
    }

    /// `#correctDeliverTimestamp`: what would be due later than its level allows is due now.
    fn due_at(&self, record: &Record, level: u8, now: SimTime) -> SimTime {
        let delay = self
            .id
            .conf
            .message_delay_level
            .get(usize::from(level.saturating_sub(1)));
        record
            .deliver_at
            .filter(|at| delay.is_none_or(|delay| *at <= now + *delay))
            .unwrap_or(now)
            .max(now)
    }

    /// The next record of a level; entries whose bytes are gone are passed over.
    pub(super) fn next_delayed(&self, level: u8) -> Option<Arc<Record>> {
        let cq = self
            .disk
            .queues
            .get(system::SCHEDULE, QueueId(u16::from(level.checked_sub(1)?)))?;
        let mut at = self.p.schedule.offset(level).max(cq.min());
        while let Some(entry) = cq.get(at) {
            if let Some(record) = self.disk.log.record_at(entry.start) {
                return Some(Arc::clone(record));
            }
            at = at + 1;
        }
        None
    }

    /// `DeliverDelayedMessageTimerTask#executeOnTimeUp`: everything due, in order, up to the first one that the store refuses, which
    /// the next look tries again.
    pub(super) fn deliver_delayed(&mut self, ctx: &mut Ctx, level: u8) {
        self.p.schedule.planned.remove(&level);
        if !self.runs_special_services() {
            return;
        }
        while let Some(record) = self.next_delayed(level) {
            if self.due_at(&record, level, ctx.now) > ctx.now || !self.deliver(ctx, level, &record)
            {
                break;
            }
            self.delivered(ctx, level, record.queue_offset);
            let gap = self.gap(ctx, level);
            if gap > Span::ZERO {
                self.p.schedule.planned.insert(level, ctx.now + gap);
                let next = Timer::Broker(BrokerTimer::DeliverDelayed(level));
                return ctx.wake(ctx.now + gap, next);
            }
        }
        self.plan_delivery(ctx, level);
    }

    /// Between two messages of a level another level's thread may come in, if several have work [q09].
    fn gap(&self, ctx: &mut Ctx, level: u8) -> Span {
        if self.p.schedule.lags.contains_key(&level) && self.next_delayed(level).is_some() {
            ctx.rng.span(Span::ZERO, Span::ZERO, LAG_MOST)
        } else {
            Span::ZERO
        }
    }

    fn delivered(&mut self, ctx: &mut Ctx, level: u8, offset: QueueOffset) {
        self.p.schedule.offsets.insert(level, offset + 1);
        self.plan_delay_file(ctx);
    }

    /// Another master has taken a level's next record, or not: the next one, or the next look.
    pub(super) fn on_escaped(&mut self, ctx: &mut Ctx, level: u8, stored: bool) {
        self.p.schedule.escaping.retain(|other| *other != level);
        if !stored {
            self.plan_delivery(ctx, level);
            return;
        }
        if let Some(record) = self.next_delayed(level) {
            self.delivered(ctx, level, record.queue_offset);
        }
        self.deliver_delayed(ctx, level);
    }

    /// `#messageTimeUp`, `#syncDeliver`: DELAY is cleared and nobody waits for flush or slaves. A slave that acts for its master
    /// stores nothing itself.
    fn deliver(&mut self, ctx: &mut Ctx, level: u8, record: &Record) -> bool {
        let Some((topic, queue)) = record.real else {
            return true;
        };
        if self.is_slave() {
            if self.escape(ctx, Escaping::Delayed(level), topic) {
                self.p.schedule.escaping.push(level);
            }
            return false;
        }
        let message = Message {
            delay_level: 0,
            wait_store_msg_ok: false,
            ..(*record.message).clone()
        };
        let stored = self.put(ctx, Arc::new(message), topic, queue, Special::default());
        if stored.is_ok() {
            self.after_put(ctx);
        }
        stored.is_ok()
    }

    /// A record has got its consume-queue entry: a delayed one may be the next of its level, a half one has to be looked after.
    pub(super) fn note_dispatched(&mut self, ctx: &mut Ctx, record: &Record) {
        if record.topic == system::SCHEDULE {
            self.plan_delivery(ctx, u8::try_from(record.queue.0 + 1).unwrap_or(u8::MAX));
        } else if record.topic == system::HALF {
            self.plan_scan(ctx);
        }
    }

    fn plan_delay_file(&mut self, ctx: &mut Ctx) {
        if !self.p.schedule.file_planned {
            self.p.schedule.file_planned = true;
            let at = ctx.now.next_tick(
                self.p.started + FIRST_FILE,
                self.id.conf.flush_delay_offset_interval,
            );
            ctx.wake(at, Timer::Broker(BrokerTimer::PersistDelayOffsets));
        }
    }

    /// delayOffset.json, every `flushDelayOffsetInterval`: a crash before it delivers again.
    pub(super) fn on_persist_delay_offsets(&mut self, _: &mut Ctx) {
        self.p.schedule.file_planned = false;
        self.disk.delay_offsets = self.p.schedule.progress();
    }
}
