//! Transactional messages at the client (`DefaultMQProducerImpl#sendMessageInTransaction`, `#endTransaction`,
//! `#checkTransactionState`; E), and how every call's ending is told to the application.

use litemap::LiteMap;

use super::call::{Answer, Call, Ending};
use super::{Purpose, Running};
use crate::event::{EventKind, SendOutcome};
use crate::exception::Exception;
use crate::ids::{ConnId, MessageId, NodeId};
use crate::node::remoting::Mode;
use crate::status::{SendStatus, TransactionState};
use crate::units::{PhysicalOffset, QueueOffset, Span};
use crate::wire::Request;

/// The timeout of the end of a transaction that answers a check-back. Nobody waits for it.
const END_TIMEOUT: Span = Span::from_millis(3_000);

/// `TransactionListener#checkLocalTransaction`, as the script writes it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Listener {
    checks: LiteMap<MessageId, Checks>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Checks {
    /// Call by call; the last one repeats.
    states: Vec<TransactionState>,
    asked: u32,
}

impl Listener {
    /// What it will say when it is asked for a message.
    pub fn learn(&mut self, message: MessageId, states: Vec<TransactionState>) {
        self.checks.insert(message, Checks { states, asked: 0 });
    }

    /// One call. It knows nothing of messages that another group sent.
    fn check(&mut self, message: MessageId) -> TransactionState {
        let Some(checks) = self.checks.get_mut(&message) else {
            return TransactionState::Unknow;
        };
        let asked = usize::try_from(checks.asked).unwrap_or(usize::MAX);
        checks.asked = checks.asked.saturating_add(1);
        checks
            .states
            .get(asked)
            .or(checks.states.last())
            .copied()
            .unwrap_or(TransactionState::Unknow)
    }
}

impl Running<'_, '_> {
    /// What the application is told. Of a transaction it is told when its local part is over.
    pub(super) fn outcome_of(&mut self, call: &Call, ending: Ending) -> SendOutcome {
        match (ending, call.order.local) {
            (Ending::Answered(answer), None) => result(answer, None),
            (Ending::Answered(answer), Some(local)) => {
                let state = self.local_transaction(call.order.label, answer.status, local);
                self.end_transaction(call.order.label, answer, state);
                result(answer, Some(state))
            }
            // Validation comes before the try block that wraps whatever the half message's `send` throws.
            (Ending::Failed(Exception::Invalid(invalid)), _) => {
                SendOutcome::Exception(Exception::Invalid(invalid))
            }
            (Ending::Failed(_), Some(_)) => SendOutcome::Exception(Exception::HalfMessageFailed),
            (Ending::Failed(exception), None) => SendOutcome::Exception(exception),
            (Ending::Left, _) => SendOutcome::Nothing,
        }
    }

    /// `executeLocalTransaction`, which only SEND_OK calls: after another status the half message is rolled back.
    fn local_transaction(
        &mut self,
        message: MessageId,
        status: SendStatus,
        local: TransactionState,
    ) -> TransactionState {
        match status {
            SendStatus::SendOk => {
                self.ctx.tell(EventKind::LocalTransaction {
                    message,
                    state: local,
                });
                local
            }
            SendStatus::FlushDiskTimeout
            | SendStatus::FlushSlaveTimeout
            | SendStatus::SlaveNotAvailable => TransactionState::Rollback,
        }
    }

    /// `endTransaction`: oneway to the broker that has the half message, UNKNOW as well.
    fn end_transaction(&mut self, message: MessageId, answer: Answer, state: TransactionState) {
        let Some(to) = self.process.instance.master(answer.broker) else {
            return;
        };
        self.end(to, message, answer.start, answer.queue_offset, state, false);
    }

    /// A request of a broker. Clients answer none; they only react.
    pub(super) fn asked(&mut self, conn: ConnId, request: Request) {
        match request {
            Request::CheckTransactionState {
                message,
                half_offset,
                half_queue_offset,
            } => {
                let Some(peer) = self.process.instance.remoting.peer(conn) else {
                    return;
                };
                let (Some(label), true) = (message.label, message.half_of == Some(self.group))
                else {
                    return;
                };
                self.check_back(peer, label, half_offset, half_queue_offset);
            }
            Request::RegisterBroker(_)
            | Request::UnregisterBroker
            | Request::GetRoute(_)
            | Request::SendMessage { .. }
            | Request::Heartbeat { .. }
            | Request::UnregisterClient { .. }
            | Request::Pull(_)
            | Request::QueryConsumerOffset { .. }
            | Request::UpdateConsumerOffset { .. }
            | Request::GetMaxOffset { .. }
            | Request::SearchOffset { .. }
            | Request::GetConsumerList { .. }
            | Request::SendMessageBack { .. }
            | Request::LockBatch { .. }
            | Request::UnlockBatch { .. }
            | Request::EndTransaction { .. }
            | Request::GetAllMetadata
            | Request::Controller(..)
            | Request::NotifyRoleChanged(_)
            | Request::NotifyConsumerIdsChanged { .. } => {}
        }
    }

    /// `checkTransactionState`: the listener is asked, and the broker that asked is told.
    fn check_back(
        &mut self,
        broker: NodeId,
        message: MessageId,
        half_offset: PhysicalOffset,
        half_queue_offset: QueueOffset,
    ) {
        let state = self.application.listener.check(message);
        self.ctx.tell(EventKind::CheckedBack { message, state });
        self.end(broker, message, half_offset, half_queue_offset, state, true);
    }

    fn end(
        &mut self,
        to: NodeId,
        message: MessageId,
        half_offset: PhysicalOffset,
        half_queue_offset: QueueOffset,
        state: TransactionState,
        from_check: bool,
    ) {
        let timeout = if from_check {
            END_TIMEOUT
        } else {
            self.conf.send_msg_timeout
        };
        let request = Request::EndTransaction {
            message: Some(message),
            half_offset,
            half_queue_offset,
            state,
            from_check,
        };
        self.invoke(to, Mode::Oneway, timeout, request, Purpose::Forgotten);
    }
}

fn result(answer: Answer, transaction: Option<TransactionState>) -> SendOutcome {
    let Answer {
        status,
        broker,
        queue,
        queue_offset,
        ..
    } = answer;
    SendOutcome::Result {
        status,
        broker,
        queue,
        queue_offset,
        transaction,
    }
}
