//! Consumer offsets (`ConsumerOffsetManager`, `ConsumerManageProcessor`): a table in memory, a file every five seconds.

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{QueueOffset, Span};

use super::{Live, OffsetKey};

/// The file is first written this long after the start.
const FIRST_WRITE: Span = Span::from_millis(10_000);

impl Live<'_> {
    /// UPDATE_CONSUMER_OFFSET (`ConsumerManageProcessor#updateConsumerOffset`): refused while an operator's reset waits for the group;
    /// in 5.x also of a topic that the broker does not know.
    pub(super) fn update_offset(&mut self, ctx: &mut Ctx, key: OffsetKey, offset: QueueOffset) {
        let knows = ctx.profile() == Profile::V4_9 || self.disk.topics.contains_key(&key.1);
        if knows && !self.p.resets.contains_key(&key) {
            self.commit_offset(ctx, key, offset);
        }
    }

    /// RESET_CONSUMER_OFFSET, server side (`AdminBrokerProcessor#resetOffsetInner`, `#assignResetOffset`): the next pull of the queue
    /// is told to go there. Out of the queue's range, or on a slave, it is refused.
    pub(super) fn assign_reset_offset(
        &mut self,
        ctx: &mut Ctx,
        key: OffsetKey,
        offset: QueueOffset,
    ) {
        let (_, topic, queue) = key;
        let min = self
            .disk
            .queues
            .get(topic, queue)
            .map_or(QueueOffset::ZERO, super::consume_queue::ConsumeQueue::min);
        let in_range = offset >= min && offset <= self.disk.queues.max(topic, queue) + 1;
        if in_range && !self.is_slave() && self.id.conf.use_server_side_reset_offset {
            self.p.resets.insert(key, offset);
            self.store_offset(ctx, key, offset, true);
        }
    }

    /// A client's number is taken as it is, smaller ones too.
    pub(super) fn commit_offset(&mut self, ctx: &mut Ctx, key: OffsetKey, offset: QueueOffset) {
        self.store_offset(ctx, key, offset, false);
    }

    fn store_offset(&mut self, ctx: &mut Ctx, key: OffsetKey, offset: QueueOffset, reset: bool) {
        if self.p.offsets.insert(key, offset) == Some(offset) {
            return;
        }
        let (group, topic, queue) = key;
        ctx.tell(EventKind::OffsetCommitted {
            group,
            topic,
            queue,
            offset,
            reset,
        });
        self.plan_offsets_file(ctx);
    }

    pub(super) fn plan_offsets_file(&mut self, ctx: &mut Ctx) {
        if !self.p.offsets_planned {
            self.p.offsets_planned = true;
            let at = ctx.now.next_tick(
                self.p.started + FIRST_WRITE,
                self.id.conf.flush_consumer_offset_interval,
            );
            ctx.wake(at, Timer::Broker(BrokerTimer::PersistOffsets));
        }
    }

    pub(super) fn on_persist_offsets(&mut self, ctx: &mut Ctx) {
        self.p.offsets_planned = false;
        self.write_offsets(ctx);
    }

    pub(super) fn write_offsets(&mut self, ctx: &mut Ctx) {
        self.disk.check_progress = self.p.transactions.progress();
        if self.disk.offsets != self.p.offsets {
            self.disk.offsets = self.p.offsets.clone();
            ctx.tell(EventKind::OffsetPersisted);
        }
    }

    /// `ConsumerManageProcessor#queryConsumerOffset`. Without a stored offset a young queue answers 0: 5.x when message 0 is there
    /// and resident, 4.x also when the queue is empty. None: the client decides by its `ConsumeFromWhere`.
    pub(super) fn query_offset(&self, ctx: &Ctx, key: OffsetKey) -> Option<QueueOffset> {
        if let Some(offset) = self.p.resets.get(&key).or(self.p.offsets.get(&key)) {
            return Some(*offset);
        }
        let (_, topic, queue) = key;
        let cq = self.disk.queues.get(topic, queue);
        let empty = cq.is_none_or(|cq| cq.max() == QueueOffset::ZERO);
        let young = match ctx.profile() {
            Profile::V4_9 => cq.is_none_or(|cq| cq.min() == QueueOffset::ZERO),
            Profile::V5_3 => !empty && cq.is_some_and(|cq| cq.min() == QueueOffset::ZERO),
        };
        young.then_some(QueueOffset::ZERO)
    }
}
