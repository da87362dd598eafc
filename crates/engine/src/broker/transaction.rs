//! Transactions (`TransactionalMessageBridge`, `EndTransactionProcessor`, `TransactionalOpBatchService`): half messages, their
//! ends, and the OP records that say which ones are finished. The scans are in [`super::transaction_check`].

use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{QueueId, TagId};
use crate::setup::system;
use crate::status::{Profile, PutMessageStatus, TransactionState};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, QueueOffset, SimTime};
use crate::wire::Message;

use super::commit_log::Record;
use super::put::{Sender, Special};
use super::transaction_check::Scan;
use super::{Broker, Live};

/// The only queue of the half topic and of the OP topic.
pub(super) const ONLY_QUEUE: QueueId = QueueId(0);
/// Bytes of an OP record's properties: UNIQ_KEY and its tag.
const OP_PROPERTIES: u32 = 48;

/// How far scans have come in both topics: what CID_RMQ_SYS_TRANS has in the offset table, and so in consumerOffset.json.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct CheckProgress {
    /// Half messages before this one are done with.
    pub half: QueueOffset,
    /// OP records before this one are done with.
    pub op: QueueOffset,
}

/// Check-backs and OP records in progress.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Transactions {
    pub(super) progress: CheckProgress,
    pub(super) scan_planned: bool,
    /// Scans count from here: the broker's start, or the end of the last one that slept.
    pub(super) scans_from: Option<SimTime>,
    /// A scan that sleeps, and the serial number of its alarm.
    pub(super) scan: Option<Scan>,
    pub(super) scan_serial: u32,
    /// `ProducerManager#positiveAtomicCounter`: which of a group's channels is asked next.
    pub(super) channel: u32,
    batch: OpBatch,
}

/// 5.x: half messages that are finished and not yet written down (`MessageQueueOpContext`).
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct OpBatch {
    finished: Vec<QueueOffset>,
    bytes: u64,
    /// `lastWriteTimestamp`: at first when the first half message was finished.
    last_write: Option<SimTime>,
    /// The thread's looks count from here: the broker's start, or the last time it was woken.
    looks_from: Option<SimTime>,
    planned: bool,
}

impl Transactions {
    pub fn progress(&self) -> CheckProgress {
        self.progress
    }
}

impl Broker {
    /// Whether a half message may still be committed by a check: none has passed it, and nothing that is left says that it is
    /// finished. (Its own producer may always commit it late.)
    pub fn is_half_open(&self, half: &Record) -> bool {
        let offset = half.queue_offset;
        let (progress, is_finishing) = match self.process() {
            Some(process) => (
                process.transactions.progress,
                process.transactions.batch.finished.contains(&offset),
            ),
            None => (self.disk().check_progress, false),
        };
        let is_recorded = || {
            self.disk()
                .log
                .records()
                .rev()
                .any(|op| op.topic == system::OP_HALF && op.finished.contains(&offset))
        };
        offset >= progress.half && !is_finishing && !is_recorded()
    }
}

impl Live<'_> {
    /// Takes up where consumerOffset.json says, on masters only.
    pub(super) fn start_transactions(&mut self, ctx: &mut Ctx) {
        self.p.transactions.progress = self.disk.check_progress;
        self.plan_next_scan(ctx);
    }

    /// A half message goes to RMQ_SYS_TRANS_HALF_TOPIC; where it is going stays with it (`#asyncPutHalfMessage`).
    pub(super) fn put_half(
        &mut self,
        ctx: &mut Ctx,
        message: Arc<Message>,
        queue: QueueId,
    ) -> Result<Arc<Record>, PutMessageStatus> {
        let special = Special {
            real: Some((message.topic, queue)),
            ..Special::default()
        };
        let record = self.put(ctx, message, system::HALF, ONLY_QUEUE, special)?;
        ctx.tell(EventKind::HalfStored {
            record: record.named(),
        });
        Ok(record)
    }

    /// END_TRANSACTION (`EndTransactionProcessor#processRequest`). It is oneway: whatever is refused here, nobody hears of it.
    pub(super) fn on_end_transaction(
        &mut self,
        ctx: &mut Ctx,
        sender: Sender,
        half_offset: PhysicalOffset,
        half_queue_offset: QueueOffset,
        state: TransactionState,
    ) {
        if self.is_slave() {
            return;
        }
        let half = self.disk.log.record_at(half_offset).filter(|record| {
            record.topic == system::HALF && record.queue_offset == half_queue_offset
        });
        let Some(half) = half.cloned() else { return };
        match state {
            TransactionState::Unknow => {}
            TransactionState::Rollback => self.delete_half(ctx, half_queue_offset),
            TransactionState::Commit => self.commit_half(ctx, sender, &half),
        }
    }

    /// `#endMessageTransaction`, `#sendFinalMessage`: the message is put again, where it was going, with its own WAIT. Only when
    /// that put is answered, well or with one of the three "not OK" statuses, the half message is written off.
    fn commit_half(&mut self, ctx: &mut Ctx, sender: Sender, half: &Record) {
        let Some((topic, queue)) = half.real else {
            return;
        };
        let message = Message {
            half_of: None,
            check_times: 0,
            ..(*half.message).clone()
        };
        if let Ok(record) = self.put(ctx, Arc::new(message), topic, queue, Special::default()) {
            self.wait_for_answer(ctx, sender, &record, queue);
        }
    }

    /// `TransactionalMessageServiceImpl#deletePrepareMessage`: 4.9 writes an OP record at once; 5.x later, for many at a time.
    pub(super) fn delete_half(&mut self, ctx: &mut Ctx, half: QueueOffset) {
        match ctx.profile() {
            Profile::V4_9 => self.put_op(ctx, vec![half]),
            Profile::V5_3 => {
                let batch = &mut self.p.transactions.batch;
                batch.finished.push(half);
                batch.bytes += op_bytes(half);
                batch.last_write.get_or_insert(ctx.now);
                // More than `transactionOpMsgMaxSize` wakes the thread.
                if batch.bytes > self.id.conf.transaction_op_msg_max_size {
                    self.write_op_batches(ctx);
                }
                self.plan_op_batch(ctx);
            }
        }
    }

    fn plan_op_batch(&mut self, ctx: &mut Ctx) {
        let batch = &mut self.p.transactions.batch;
        if !batch.planned && !batch.finished.is_empty() {
            batch.planned = true;
            let period = self.id.conf.transaction_op_batch_interval;
            let from = batch.looks_from.unwrap_or(self.p.started);
            ctx.wake(
                ctx.now.next_tick(from + period, period),
                Timer::Broker(BrokerTimer::OpBatch),
            );
        }
    }

    /// `TransactionalOpBatchService#run`: a look every `transactionOpBatchInterval`, which writes only what was not written for so
    /// long. A first commit is therefore written one to two intervals after it.
    pub(super) fn on_op_batch(&mut self, ctx: &mut Ctx) {
        self.p.transactions.batch.planned = false;
        let last_write = self.p.transactions.batch.last_write.unwrap_or(ctx.now);
        if ctx.now.since(last_write) >= self.id.conf.transaction_op_batch_interval {
            self.write_op_batches(ctx);
        }
        self.plan_op_batch(ctx);
    }

    /// `#batchSendOpMessage`: one record, and further ones while more than a full one is waiting.
    fn write_op_batches(&mut self, ctx: &mut Ctx) {
        let most = self.id.conf.transaction_op_msg_max_size.max(1);
        // Each round takes at least one offset out.
        while !self.p.transactions.batch.finished.is_empty() {
            let batch = &mut self.p.transactions.batch;
            let overfull = batch.bytes >= most;
            let mut bytes = 0;
            let mut taken = Vec::new();
            for half in core::mem::take(&mut batch.finished) {
                if bytes < most {
                    bytes += op_bytes(half);
                    taken.push(half);
                } else {
                    batch.finished.push(half);
                }
            }
            batch.bytes = batch.bytes.saturating_sub(bytes);
            batch.last_write = Some(ctx.now);
            let enough_left = batch.bytes >= most;
            if overfull {
                batch.looks_from = Some(ctx.now);
            }
            self.put_op(ctx, taken);
            if !enough_left {
                break;
            }
        }
    }

    /// An OP record (`TransactionalMessageBridge#writeOp`): tag `d`, the half messages' offsets as its body, WAIT=false.
    fn put_op(&mut self, ctx: &mut Ctx, finished: Vec<QueueOffset>) {
        let body_bytes = finished.iter().map(|half| op_bytes(*half)).sum();
        let message = Message {
            label: None,
            uniq_key: 0,
            topic: system::OP_HALF,
            tag: TagId(0),
            body_bytes,
            properties_bytes: OP_PROPERTIES,
            wait_store_msg_ok: false,
            delay_level: 0,
            reconsume_times: 0,
            born_at: ctx.now,
            born_by: ctx.me,
            retry_topic: None,
            half_of: None,
            check_times: 0,
        };
        let special = Special {
            finished,
            ..Special::default()
        };
        // A store that refuses it leaves the half message to the next check.
        if self
            .put(ctx, Arc::new(message), system::OP_HALF, ONLY_QUEUE, special)
            .is_ok()
        {
            self.after_put(ctx);
        }
    }
}

/// An offset in an OP record's body: its digits and a comma.
fn op_bytes(half: QueueOffset) -> u64 {
    u64::from(half.get().checked_ilog10().unwrap_or(0)) + 2
}
