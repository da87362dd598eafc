//! Transactions (`TransactionalMessageServiceImpl`, `TransactionalMessageBridge`, `EndTransactionProcessor`).

use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::QueueId;
use crate::setup::system;
use crate::status::{PutMessageStatus, TransactionState};
use crate::units::{PhysicalOffset, QueueOffset};
use crate::wire::Message;

use super::Live;
use super::commit_log::Record;
use super::put::Special;

/// Check-backs and OP records in progress.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Transactions {}

impl Live<'_> {
    pub(super) fn start_transactions(&mut self, _: &mut Ctx) {}

    /// A half message goes to RMQ_SYS_TRANS_HALF_TOPIC; where it is going stays with it.
    pub(super) fn put_half(&mut self, ctx: &mut Ctx, message: Arc<Message>, queue: QueueId) -> Result<Arc<Record>, PutMessageStatus> {
        let special = Special { real: Some((message.topic, queue)), ..Special::default() };
        let record = self.put(ctx, message, system::HALF, QueueId(0), special)?;
        ctx.tell(EventKind::HalfStored { record: record.named() });
        Ok(record)
    }

    pub(super) fn on_end_transaction(&mut self, _: &mut Ctx, _: PhysicalOffset, _: QueueOffset, _: TransactionState) {}

    pub(super) fn check_transactions(&mut self, _: &mut Ctx) {}

    pub(super) fn continue_check(&mut self, _: &mut Ctx, _: u32) {}

    pub(super) fn on_op_batch(&mut self, _: &mut Ctx) {}
}
