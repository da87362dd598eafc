//! What RocketMQ's client throws: class, code and text, as the application sees them.

use crate::ids::{BrokerName, NodeId, TopicId};
use crate::names::Names;
use crate::status::{Profile, words};

words! {
    /// The Java classes.
    ExceptionClass {
        /// `org.apache.rocketmq.client.exception.MQClientException`
        MQClientException = "MQClientException",
        /// `org.apache.rocketmq.client.exception.MQBrokerException`
        MQBrokerException = "MQBrokerException",
        /// `org.apache.rocketmq.remoting.exception.RemotingConnectException`
        RemotingConnectException = "RemotingConnectException",
        /// `org.apache.rocketmq.remoting.exception.RemotingSendRequestException`
        RemotingSendRequestException = "RemotingSendRequestException",
        /// `org.apache.rocketmq.remoting.exception.RemotingTimeoutException`
        RemotingTimeoutException = "RemotingTimeoutException",
        /// `org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException`
        RemotingTooMuchRequestException = "RemotingTooMuchRequestException",
        /// `java.lang.IllegalStateException`
        IllegalStateException = "IllegalStateException",
    }
}

/// An exception, with what its text needs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Exception {
    /// No connection to a node.
    Connect(NodeId),
    /// The connection broke under a request.
    SendRequest(NodeId),
    /// No answer in time, in milliseconds.
    Timeout(NodeId, u64),
    /// `sendDefaultImpl call timeout`: the budget was used up.
    CallTimeout,
    /// `invokeAsync call the addr[…] timeout`: an async retry without any budget left (4.9).
    InvokeAsyncTimeout(NodeId),
    /// An async send was not answered: `wait response timeout, cost=…` (5.x).
    WaitResponseTimeout,
    /// An async send's connection broke: `send request failed`.
    AsyncSendFailed,
    /// An async send found no connection (5.x): `unknown reason`.
    AsyncUnknownReason,
    /// The route of a topic the client did not know could not be asked for: the name server's exception, as a cause.
    RouteLookup(Box<Exception>),
    /// A broker's error answer.
    Broker {
        /// Who answered.
        node: NodeId,
        /// `ResponseCode`.
        code: i32,
        /// Its remark.
        remark: Remark,
    },
    /// The client itself refuses (A.3).
    Invalid(Invalid),
    /// Every attempt failed.
    Exhausted {
        /// The response code that goes with the last failure.
        code: i32,
        /// The topic.
        topic: TopicId,
        /// The broker names tried, in order.
        brokers: Vec<BrokerName>,
    },
    /// `The broker[x] not exist`.
    BrokerNotExist(BrokerName),
    /// `No route info of this topic`.
    NoRoute(TopicId),
    /// `send message Exception`: the half message of a transaction could not be sent.
    HalfMessageFailed,
}

/// What a broker's error answer says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Remark {
    /// `in-sync replicas not enough`
    InSyncReplicasNotEnough,
    /// `create mapped file failed, server is busy or broken.`
    CreateMappedFileFailed,
    /// `the message is illegal, …`, with the broker's body limit.
    MessageIllegal(u64),
    /// `service not available now. …`
    ServiceNotAvailable,
    /// `[PC_SYNCHRONIZED]broker busy, start flow control for a while`
    PageCacheBusy,
    /// `[REJECTREQUEST]system busy, start flow control for a while`
    RejectRequest,
    /// `[OVERLOAD]system busy, start flow control for a while`
    Overload,
    /// `[TIMEOUT_CLEAN_QUEUE]broker busy, …`, with how many requests are left in the queue.
    TimeoutCleanQueue(usize),
    /// `[PCBUSY_CLEAN_QUEUE]broker busy, …`, with the same.
    PageCacheBusyCleanQueue(usize),
    /// `topic[..] not exist, apply first please!`
    TopicNotExist(TopicId),
    /// `request queueId[..] is illegal, …`
    QueueIdIllegal(u16),
    /// `the broker[..] sending message is forbidden`
    NoPermission,
    /// `Sending message to topic[..] is forbidden.`
    TopicForbidden(TopicId),
    /// `please go away`
    GoAway,
    /// `the consumer's group info not exist`
    SubscriptionNotExist,
    /// `the consumer's subscription not latest`
    SubscriptionNotLatest,
    /// `UNKNOWN_ERROR`
    UnknownError,
}

/// What the client refuses by itself (`Validators`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Invalid {
    /// `the message body length is zero`
    BodyEmpty,
    /// `the message body size over max value, MAX: …`
    BodyTooBig(u64),
    /// `The specified topic is blank`
    TopicBlank,
    /// `The specified topic is longer than topic max length 127.`
    TopicTooLong,
    /// `The specified topic[..] contains illegal characters, …`
    TopicIllegal(TopicId),
    /// `Sending message to topic[..] is forbidden.`
    TopicForbidden(TopicId),
}

impl Exception {
    /// Its Java class.
    #[must_use]
    pub const fn class(&self) -> ExceptionClass {
        match self {
            Self::Connect(_) => ExceptionClass::RemotingConnectException,
            Self::SendRequest(_) => ExceptionClass::RemotingSendRequestException,
            Self::Timeout(..) => ExceptionClass::RemotingTimeoutException,
            Self::CallTimeout | Self::InvokeAsyncTimeout(_) => {
                ExceptionClass::RemotingTooMuchRequestException
            }
            Self::Broker { .. } => ExceptionClass::MQBrokerException,
            Self::RouteLookup(_) => ExceptionClass::IllegalStateException,
            Self::WaitResponseTimeout
            | Self::AsyncSendFailed
            | Self::AsyncUnknownReason
            | Self::Invalid(_)
            | Self::Exhausted { .. }
            | Self::BrokerNotExist(_)
            | Self::NoRoute(_)
            | Self::HalfMessageFailed => ExceptionClass::MQClientException,
        }
    }

    /// `getResponseCode()`; remoting exceptions have none.
    #[must_use]
    pub const fn code(&self) -> Option<i32> {
        match self {
            Self::Connect(_)
            | Self::SendRequest(_)
            | Self::Timeout(..)
            | Self::CallTimeout
            | Self::InvokeAsyncTimeout(_)
            | Self::RouteLookup(_) => None,
            Self::Broker { code, .. } | Self::Exhausted { code, .. } => Some(*code),
            Self::Invalid(Invalid::BodyEmpty | Invalid::BodyTooBig(_)) => Some(13),
            Self::NoRoute(_) => Some(10_005),
            Self::Invalid(
                Invalid::TopicBlank
                | Invalid::TopicTooLong
                | Invalid::TopicIllegal(_)
                | Invalid::TopicForbidden(_),
            )
            | Self::WaitResponseTimeout
            | Self::AsyncSendFailed
            | Self::AsyncUnknownReason
            | Self::BrokerNotExist(_)
            | Self::HalfMessageFailed => Some(-1),
        }
    }

    /// `getMessage()`, with `*` for durations and `<node>` for addresses.
    #[must_use]
    pub fn message(&self, names: &Names, profile: Profile) -> String {
        let see = |text: String| format!("{text}\nSee {} for further details.", faq(profile));
        let visit = |text: String| {
            format!(
                "{text}\nFor more information, please visit the url, {}",
                faq(profile)
            )
        };
        match self {
            Self::Connect(node) => format!("connect to <{}> failed", names.node(*node)),
            Self::SendRequest(node) => format!("send request to <{}> failed", names.node(*node)),
            Self::Timeout(node, _) => format!(
                "wait response on the channel <{}> timeout, *(ms)",
                names.node(*node)
            ),
            Self::CallTimeout => "sendDefaultImpl call timeout".to_owned(),
            Self::InvokeAsyncTimeout(node) => {
                format!("invokeAsync call the addr[<{}>] timeout", names.node(*node))
            }
            Self::WaitResponseTimeout => visit(match profile {
                Profile::V4_9 => "wait response timeout *ms".to_owned(),
                Profile::V5_3 => "wait response timeout, cost=*".to_owned(),
            }),
            Self::AsyncSendFailed => visit("send request failed".to_owned()),
            Self::AsyncUnknownReason => visit("unknown reason".to_owned()),
            // `new IllegalStateException(e)`: its text is the cause's `toString()`.
            Self::RouteLookup(cause) => {
                format!(
                    "org.apache.rocketmq.remoting.exception.{}: {}",
                    cause.class().word(),
                    cause.message(names, profile)
                )
            }
            Self::Broker { node, code, remark } => visit(format!(
                "CODE: {code}  DESC: {} BROKER: <{}>",
                remark.text(names),
                names.node(*node)
            )),
            Self::Invalid(Invalid::BodyEmpty) => {
                visit("CODE: 13  DESC: the message body length is zero".to_owned())
            }
            Self::Invalid(Invalid::BodyTooBig(max)) => visit(format!(
                "CODE: 13  DESC: the message body size over max value, MAX: {max}"
            )),
            Self::Invalid(Invalid::TopicBlank) => visit("The specified topic is blank".to_owned()),
            Self::Invalid(Invalid::TopicTooLong) => {
                visit("The specified topic is longer than topic max length 127.".to_owned())
            }
            Self::Invalid(Invalid::TopicIllegal(topic)) => visit(format!(
                "The specified topic[{}] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$",
                names.topic(*topic)
            )),
            Self::Invalid(Invalid::TopicForbidden(topic)) => visit(format!(
                "Sending message to topic[{}] is forbidden.",
                names.topic(*topic)
            )),
            Self::Exhausted { topic, brokers, .. } => {
                let sent: Vec<&str> = brokers.iter().map(|broker| names.broker(*broker)).collect();
                see(format!(
                    "Send [{}] times, still failed, cost [*]ms, Topic: {}, BrokersSent: [{}]",
                    sent.len(),
                    names.topic(*topic),
                    sent.join(", ")
                ))
            }
            Self::BrokerNotExist(broker) => {
                visit(format!("The broker[{}] not exist", names.broker(*broker)))
            }
            Self::NoRoute(topic) => see(format!(
                "No route info of this topic: {}",
                names.topic(*topic)
            )),
            Self::HalfMessageFailed => visit("send message Exception".to_owned()),
        }
    }
}

impl Remark {
    /// The remark's text.
    #[must_use]
    pub fn text(&self, names: &Names) -> String {
        match self {
            Self::InSyncReplicasNotEnough => "in-sync replicas not enough".to_owned(),
            Self::CreateMappedFileFailed => "create mapped file failed, server is busy or broken.".to_owned(),
            Self::MessageIllegal(limit) => format!(
                "the message is illegal, maybe msg body or properties length not matched. msg body length limit {limit}B, msg properties length limit 32KB."
            ),
            Self::ServiceNotAvailable => "service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc.".to_owned(),
            Self::PageCacheBusy => "[PC_SYNCHRONIZED]broker busy, start flow control for a while".to_owned(),
            Self::RejectRequest => "[REJECTREQUEST]system busy, start flow control for a while".to_owned(),
            Self::Overload => "[OVERLOAD]system busy, start flow control for a while".to_owned(),
            Self::TimeoutCleanQueue(left) => clean_queue("TIMEOUT", *left),
            Self::PageCacheBusyCleanQueue(left) => clean_queue("PCBUSY", *left),
            Self::TopicNotExist(topic) => format!("topic[{}] not exist, apply first please!", names.topic(*topic)),
            Self::QueueIdIllegal(queue) => format!("request queueId[{queue}] is illegal"),
            Self::NoPermission => "the broker sending message is forbidden".to_owned(),
            Self::TopicForbidden(topic) => format!("Sending message to topic[{}] is forbidden.", names.topic(*topic)),
            Self::GoAway => "please go away".to_owned(),
            Self::SubscriptionNotExist => "the consumer's group info not exist".to_owned(),
            Self::SubscriptionNotLatest => "the consumer's subscription not latest".to_owned(),
            Self::UnknownError => "UNKNOWN_ERROR".to_owned(),
        }
    }
}

/// `BrokerFastFailure`: what it tells those whom it takes out of a queue.
fn clean_queue(why: &str, left: usize) -> String {
    format!(
        "[{why}_CLEAN_QUEUE]broker busy, start flow control for a while, period in queue: *ms, size of queue: {left}"
    )
}

/// `FAQUrl`: the page that exceptions point to.
const fn faq(profile: Profile) -> &'static str {
    match profile {
        Profile::V4_9 => "http://rocketmq.apache.org/docs/faq/",
        Profile::V5_3 => "https://rocketmq.apache.org/docs/bestPractice/06FAQ",
    }
}
