//! What a broker's answer or a failure means to a send: result or exception, tried again or not, and with which code (A.1, A.4).

use super::call::{Answer, Attempt};
use super::faults::Lesson;
use crate::exception::{Exception, Remark};
use crate::ids::NodeId;
use crate::status::{Profile, PutMessageStatus, SendStatus};
use crate::wire::Response;

/// `ResponseCode`s after which a sync send tries again (`DefaultMQProducer#retryResponseCodes`): TOPIC_NOT_EXIST,
/// SERVICE_NOT_AVAILABLE, SYSTEM_ERROR, NO_PERMISSION, NO_BUYER_ID, NOT_IN_CURRENT_UNIT.
const RETRIED: [i32; 6] = [17, 14, 1, 16, 204, 205];
/// Since 5.3.0 SYSTEM_BUSY, since 5.3.1 GO_AWAY.
const RETRIED_5_3: [i32; 2] = [2, 1_500];

/// `ClientErrorCode`.
const CONNECT_BROKER_EXCEPTION: i32 = 10_001;
const ACCESS_BROKER_TIMEOUT: i32 = 10_002;
const BROKER_NOT_EXIST_EXCEPTION: i32 = 10_003;
/// What an `MQClientException` has if nobody gives it another.
const NO_CODE: i32 = -1;

/// `MQClientAPIImpl#processSendResponse`: four codes are SendResults, anything else is an exception.
pub(super) fn answer(attempt: Attempt, response: Response) -> Result<Answer, Exception> {
    let refused = |node: NodeId, code, remark| Err(Exception::Broker { node, code, remark });
    match response {
        Response::Sent {
            status,
            queue,
            queue_offset,
            start,
        } => match send_status(status) {
            Some(status) => Ok(Answer {
                status,
                broker: attempt.broker,
                queue,
                queue_offset,
                start,
            }),
            None => refused(attempt.to, 1, Remark::UnknownError),
        },
        Response::Error { code, remark } => refused(attempt.to, code, remark),
        Response::Ok
        | Response::Registered { .. }
        | Response::Route(_)
        | Response::Pulled { .. }
        | Response::Offset(_)
        | Response::ConsumerList(_)
        | Response::Locked(_)
        | Response::Metadata(_)
        | Response::ReplicaInfo(_) => refused(attempt.to, 1, Remark::UnknownError),
    }
}

const fn send_status(status: PutMessageStatus) -> Option<SendStatus> {
    match status {
        PutMessageStatus::PutOk => Some(SendStatus::SendOk),
        PutMessageStatus::FlushDiskTimeout => Some(SendStatus::FlushDiskTimeout),
        PutMessageStatus::FlushSlaveTimeout => Some(SendStatus::FlushSlaveTimeout),
        PutMessageStatus::SlaveNotAvailable => Some(SendStatus::SlaveNotAvailable),
        PutMessageStatus::ServiceNotAvailable
        | PutMessageStatus::CreateMappedFileFailed
        | PutMessageStatus::MessageIllegal
        | PutMessageStatus::PropertiesSizeExceeded
        | PutMessageStatus::OsPageCacheBusy
        | PutMessageStatus::UnknownError
        | PutMessageStatus::InSyncReplicasNotEnough => None,
    }
}

/// What `sendDefaultImpl`'s catch clauses tell the fault table.
pub(super) const fn lesson(exception: &Exception) -> Lesson {
    match exception {
        Exception::Broker { .. } => Lesson::Unreachable,
        Exception::Connect(_)
        | Exception::SendRequest(_)
        | Exception::Timeout(..)
        | Exception::CallTimeout
        | Exception::InvokeAsyncTimeout(_) => Lesson::Isolated,
        Exception::WaitResponseTimeout
        | Exception::AsyncSendFailed
        | Exception::AsyncUnknownReason
        | Exception::RouteLookup(_)
        | Exception::Invalid(_)
        | Exception::Exhausted { .. }
        | Exception::BrokerNotExist(_)
        | Exception::NoRoute(_)
        | Exception::HalfMessageFailed => Lesson::Took,
    }
}

/// The response code of `Send [n] times, still failed`.
pub(super) fn exhausted_code(last: Option<&Exception>) -> i32 {
    match last {
        Some(Exception::Broker { code, .. }) => *code,
        Some(Exception::Connect(_)) => CONNECT_BROKER_EXCEPTION,
        Some(Exception::Timeout(..)) => ACCESS_BROKER_TIMEOUT,
        Some(
            Exception::WaitResponseTimeout
            | Exception::AsyncSendFailed
            | Exception::AsyncUnknownReason
            | Exception::Invalid(_)
            | Exception::Exhausted { .. }
            | Exception::BrokerNotExist(_)
            | Exception::NoRoute(_)
            | Exception::HalfMessageFailed,
        ) => BROKER_NOT_EXIST_EXCEPTION,
        Some(
            Exception::SendRequest(_)
            | Exception::CallTimeout
            | Exception::InvokeAsyncTimeout(_)
            | Exception::RouteLookup(_),
        )
        | None => NO_CODE,
    }
}

/// Whether the loop goes on after `exception`: always but for a broker's answer whose code is not in `retryResponseCodes`.
pub(super) fn is_retried(profile: Profile, exception: &Exception) -> bool {
    match exception {
        Exception::Broker { code, .. } => {
            RETRIED.contains(code) || (profile == Profile::V5_3 && RETRIED_5_3.contains(code))
        }
        Exception::Connect(_)
        | Exception::SendRequest(_)
        | Exception::Timeout(..)
        | Exception::CallTimeout
        | Exception::InvokeAsyncTimeout(_)
        | Exception::WaitResponseTimeout
        | Exception::AsyncSendFailed
        | Exception::AsyncUnknownReason
        | Exception::RouteLookup(_)
        | Exception::Invalid(_)
        | Exception::Exhausted { .. }
        | Exception::BrokerNotExist(_)
        | Exception::NoRoute(_)
        | Exception::HalfMessageFailed => true,
    }
}
