//! What goes over the wires: RocketMQ's remoting commands and HA frames, as far as anything in the lab looks at them.

use std::sync::Arc;

use crate::exception::Remark;
use crate::ids::{
    BrokerName, ClientId, GroupId, MessageId, NodeId, Opaque, QueueId, TagId, TopicId,
};
use crate::status::{
    ConsumeFromWhere, GetMessageStatus, PullStatus, PutMessageStatus, TransactionState,
};
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};

/// One frame on a connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Frame {
    /// A remoting request; the number pairs it with its response.
    Request(Opaque, Request),
    /// A oneway request: nobody answers.
    Oneway(Request),
    /// A remoting response.
    Response(Opaque, Response),
    /// A frame of the HA protocol (B.6).
    Ha(HaFrame),
}

/// A message, as its sender made it and as every copy of it carries it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Message {
    /// The script's number for it; none for RocketMQ's own records.
    pub label: Option<MessageId>,
    /// UNIQ_KEY: made once per `Message` object, kept across the client's own retries.
    pub uniq_key: u32,
    /// The topic it is sent to.
    pub topic: TopicId,
    /// Its tag; 0 is none.
    pub tag: TagId,
    /// Length of the body.
    pub body_bytes: u64,
    /// Length of the encoded properties.
    pub properties_bytes: u32,
    /// WAIT.
    pub wait_store_msg_ok: bool,
    /// DELAY; 0 is none.
    pub delay_level: u8,
    /// `reconsumeTimes`, as stored.
    pub reconsume_times: u32,
    /// When the sender made it.
    pub born_at: SimTime,
    /// Which process made it.
    pub born_by: NodeId,
    /// RETRY_TOPIC: the topic that a retried message had at first.
    pub retry_topic: Option<TopicId>,
    /// TRAN_MSG: a half message of this producer group.
    pub half_of: Option<GroupId>,
    /// TRANSACTION_CHECK_TIMES.
    pub check_times: u32,
}

/// Requests: to name servers, to brokers, and two that brokers send to clients.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Request {
    /// REGISTER_BROKER.
    RegisterBroker(Registration),
    /// UNREGISTER_BROKER (clean shutdown).
    UnregisterBroker,
    /// GET_ROUTEINFO_BY_TOPIC.
    GetRoute(TopicId),

    /// SEND_MESSAGE_V2. `default_queues` is `defaultTopicQueueNums`, for a topic that is created on the way.
    SendMessage {
        message: Arc<Message>,
        queue: QueueId,
        group: GroupId,
        default_queues: u16,
        max_reconsume_times: Option<u32>,
    },
    /// HEART_BEAT.
    Heartbeat {
        client: ClientId,
        producers: Vec<GroupId>,
        consumers: Vec<Subscription>,
    },
    /// UNREGISTER_CLIENT.
    UnregisterClient { client: ClientId },
    /// PULL_MESSAGE.
    Pull(PullRequest),
    /// QUERY_CONSUMER_OFFSET.
    QueryConsumerOffset {
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
    },
    /// UPDATE_CONSUMER_OFFSET (oneway in the 5 s commit).
    UpdateConsumerOffset {
        group: GroupId,
        topic: TopicId,
        queue: QueueId,
        offset: QueueOffset,
    },
    /// GET_MAX_OFFSET.
    GetMaxOffset { topic: TopicId, queue: QueueId },
    /// SEARCH_OFFSET_BY_TIMESTAMP.
    SearchOffset {
        topic: TopicId,
        queue: QueueId,
        timestamp: SimTime,
    },
    /// GET_CONSUMER_LIST_BY_GROUP.
    GetConsumerList { group: GroupId },
    /// CONSUMER_SEND_MSG_BACK.
    SendMessageBack {
        group: GroupId,
        offset: PhysicalOffset,
        delay_level: i32,
        max_reconsume_times: u32,
        origin: Option<MessageId>,
    },
    /// LOCK_BATCH_MQ.
    LockBatch {
        group: GroupId,
        client: ClientId,
        queues: Vec<(TopicId, QueueId)>,
    },
    /// UNLOCK_BATCH_MQ.
    UnlockBatch {
        group: GroupId,
        client: ClientId,
        queues: Vec<(TopicId, QueueId)>,
    },
    /// END_TRANSACTION (oneway).
    EndTransaction {
        message: Option<MessageId>,
        half_offset: PhysicalOffset,
        half_queue_offset: QueueOffset,
        state: TransactionState,
        from_check: bool,
    },
    /// The slave's copy of its master's tables (`SlaveSynchronize`).
    GetAllMetadata,
    /// A replica speaks to the controller (controller mode).
    Controller(BrokerName, ControllerRequest),
    /// NOTIFY_BROKER_ROLE_CHANGED, controller → broker (oneway).
    NotifyRoleChanged(ReplicaInfo),

    /// NOTIFY_CONSUMER_IDS_CHANGED, broker → consumer.
    NotifyConsumerIdsChanged { group: GroupId },
    /// CHECK_TRANSACTION_STATE, broker → producer.
    CheckTransactionState {
        message: Arc<Message>,
        half_offset: PhysicalOffset,
        half_queue_offset: QueueOffset,
    },
}

/// What a replica asks the controller, or tells it (`BrokerOuterAPI`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ControllerRequest {
    /// BROKER_HEARTBEAT (oneway): the last epoch in its epoch file, and where its log ends.
    Heartbeat {
        epoch: u32,
        max_offset: PhysicalOffset,
        timeout: Span,
    },
    /// CONTROLLER_REGISTER_BROKER. Without the metadata file it is a new replica (CONTROLLER_APPLY_BROKER_ID).
    Register { anew: bool },
    /// CONTROLLER_ELECT_MASTER (`brokerElect`).
    Elect,
    /// CONTROLLER_GET_REPLICA_INFO.
    GetReplicaInfo,
    /// CONTROLLER_ALTER_SYNC_STATE_SET.
    AlterSyncStateSet {
        epoch: u32,
        members: Vec<NodeId>,
        set_epoch: u32,
    },
}

/// A broker name as its controller has it (`SyncStateInfo`): who is master since which epoch, and who may become it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct ReplicaInfo {
    /// The master; none after one has died without an heir.
    pub master: Option<NodeId>,
    /// `masterEpoch`.
    pub epoch: u32,
    /// The SyncStateSet, in id order.
    pub members: Vec<NodeId>,
    /// `syncStateSetEpoch`.
    pub set_epoch: u32,
}

/// From where on a master has written the log (`EpochEntry`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct EpochEntry {
    /// The master's epoch.
    pub epoch: u32,
    /// Its first byte.
    pub start: PhysicalOffset,
}

/// What a broker tells a name server of itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Registration {
    /// `enableActingMaster`: a slave may act for this broker name's master.
    pub slave_acts: bool,
    /// Its broker name.
    pub broker: BrokerName,
    /// `brokerId`.
    pub replica: u16,
    /// Its topics with their queue counts, in id order.
    pub topics: Vec<(TopicId, u16)>,
    /// After so long without another one it is forgotten (`heartbeatTimeoutMillis`).
    pub expires: Span,
    /// `DataVersion#stateVersion`: the master's epoch in controller mode, else 0.
    pub state_version: u32,
}

impl Registration {
    /// Whether both claim the same `brokerId`: one address has it.
    pub fn is_in_place_of(&self, other: &Self) -> bool {
        self.broker == other.broker && self.replica == other.replica
    }
}

/// A consumer group's subscription, as a heartbeat and a broker's table carry it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Subscription {
    /// The group.
    pub group: GroupId,
    /// Topic, tags (empty is `*`) and `subVersion`, the retry topic included.
    pub topics: Vec<(TopicId, Vec<TagId>, u64)>,
    /// Whether the group broadcasts (it then gets no retry topic).
    pub broadcasting: bool,
    /// Where it starts without an offset.
    pub from: ConsumeFromWhere,
}

/// PULL_MESSAGE.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct PullRequest {
    /// Who pulls.
    pub client: ClientId,
    /// For which group.
    pub group: GroupId,
    /// From which queue.
    pub topic: TopicId,
    /// Of it.
    pub queue: QueueId,
    /// From which offset; a script may ask for a negative one.
    pub offset: i64,
    /// At most so many messages.
    pub max_nums: u32,
    /// The commit offset that rides along, when > 0.
    pub commit: Option<QueueOffset>,
    /// How long to hold it when there is nothing; none: answer at once.
    pub suspend: Option<Span>,
    /// Tags asked for; empty is `*`.
    pub tags: Vec<TagId>,
    /// `subVersion`; none for a pull that is not checked against the subscription (the script's own).
    pub sub_version: Option<u64>,
}

/// A message on its way to a consumer, with where it was read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Pulled {
    /// The message.
    pub message: Arc<Message>,
    /// The topic it was read from.
    pub topic: TopicId,
    /// The queue it was read from.
    pub queue: QueueId,
    /// Its offset there.
    pub queue_offset: QueueOffset,
    /// Where it lies in the commit log.
    pub start: PhysicalOffset,
}

/// Answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Response {
    /// An answer without content.
    Ok,
    /// An error answer: response code and remark.
    Error { code: i32, remark: Remark },
    /// To RegisterBroker: the master's node, if it is registered, and how many replicas of the name live.
    Registered {
        /// The smallest `brokerId` of its living replicas.
        smallest: u16,
        master: Option<NodeId>,
        alive_replicas: u32,
    },
    /// To GetRoute; TOPIC_NOT_EXIST is an `Error` with code 17.
    Route(Route),
    /// To SendMessage: one of the four statuses that mean "stored".
    Sent {
        status: PutMessageStatus,
        queue: QueueId,
        queue_offset: QueueOffset,
        start: PhysicalOffset,
    },
    /// To Pull.
    Pulled {
        status: GetMessageStatus,
        next_begin_offset: i64,
        min: QueueOffset,
        max: QueueOffset,
        messages: Vec<Pulled>,
        code: PullCode,
    },
    /// To QueryConsumerOffset, GetMaxOffset and SearchOffset; none: QUERY_NOT_FOUND.
    Offset(Option<QueueOffset>),
    /// To GetConsumerList; an unknown group is an `Error`.
    ConsumerList(Vec<ClientId>),
    /// To LockBatch: the queues that are now this client's.
    Locked(Vec<(TopicId, QueueId)>),
    /// To GetAllMetadata.
    Metadata(Arc<Metadata>),
    /// To a controller's requests.
    ReplicaInfo(ReplicaInfo),
}

/// The response code of a pull, which decides its `PullStatus` (C.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum PullCode {
    /// SUCCESS.
    Success,
    /// PULL_NOT_FOUND.
    NotFound,
    /// PULL_RETRY_IMMEDIATELY.
    RetryImmediately,
    /// PULL_OFFSET_MOVED.
    OffsetMoved,
}

impl PullCode {
    /// What the client makes of it (`MQClientAPIImpl#processPullResponse`).
    pub const fn pull_status(self) -> PullStatus {
        match self {
            Self::Success => PullStatus::Found,
            Self::NotFound => PullStatus::NoNewMsg,
            Self::RetryImmediately => PullStatus::NoMatchedMsg,
            Self::OffsetMoved => PullStatus::OffsetIllegal,
        }
    }
}

/// A topic's route (`TopicRouteData`): broker names in order.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Route {
    /// Each broker name that has the topic.
    pub brokers: Vec<RouteBroker>,
}

/// One broker name in a route.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct RouteBroker {
    /// The name.
    pub broker: BrokerName,
    /// Its queues of the topic.
    pub queues: u16,
    /// Its living replicas: `brokerId` and node, in order of id.
    pub replicas: Vec<(u16, NodeId)>,
    /// The write permission: not while a slave acts for its master.
    pub writable: bool,
}

impl RouteBroker {
    /// Where to send: the master, while its queues have the write permission.
    pub fn writer(&self) -> Option<NodeId> {
        self.master().filter(|_| self.writable)
    }

    /// The master, if it is in the route.
    pub fn master(&self) -> Option<NodeId> {
        self.replicas
            .iter()
            .find(|(replica, _)| *replica == 0)
            .map(|(_, node)| *node)
    }
}

/// A master's tables, as its slaves copy them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Metadata {
    /// Topics and queue counts.
    pub topics: Vec<(TopicId, u16)>,
    /// Consumer offsets.
    pub offsets: Vec<((GroupId, TopicId, QueueId), QueueOffset)>,
    /// Delay progress per level.
    pub delay_offsets: Vec<(u8, QueueOffset)>,
    /// Consumer offsets of CID_RMQ_SYS_TRANS.
    pub check_progress: crate::broker::CheckProgress,
}

/// The HA protocol (B.6).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum HaFrame {
    /// Stands for the connection itself: the master's HA port has accepted this slave.
    Connected,
    /// Slave → master: the slave's max physical offset.
    Report(PhysicalOffset),
    /// Master → slave: commit-log bytes from `start`, whole records but for a first or last fragment; empty is a heartbeat.
    Transfer {
        start: PhysicalOffset,
        records: Vec<crate::broker::commit_log::Entry>,
        /// Controller mode: the epoch of these bytes, and how far the master's SyncStateSet has confirmed.
        header: Option<(EpochEntry, PhysicalOffset)>,
    },
    /// Slave → master, controller mode: may I follow? And, as a newcomer, from the last file on only (`syncFromLastFile`)?
    Handshake { from_last_file: bool },
    /// Master → slave, its answer: the master's epoch file, and where its log ends.
    Epochs(Vec<EpochEntry>, PhysicalOffset),
}

impl Frame {
    /// Whether reading it may change which replica serves, or cut a log (controller mode).
    pub fn moves_roles(&self) -> bool {
        matches!(
            self,
            Self::Request(
                _,
                Request::Controller(
                    _,
                    ControllerRequest::Elect | ControllerRequest::Register { .. }
                )
            ) | Self::Oneway(Request::NotifyRoleChanged(_))
                | Self::Response(_, Response::ReplicaInfo(_))
                | Self::Ha(HaFrame::Epochs(..))
        )
    }

    /// Whether no message's fate hangs on it: heartbeats, routes, registrations, empty HA frames.
    pub fn is_housekeeping(&self) -> bool {
        match self {
            Self::Request(_, request) | Self::Oneway(request) => match request {
                Request::RegisterBroker(_)
                | Request::UnregisterBroker
                | Request::GetRoute(_)
                | Request::Heartbeat { .. }
                | Request::UnregisterClient { .. }
                | Request::GetConsumerList { .. }
                | Request::LockBatch { .. }
                | Request::GetAllMetadata
                | Request::Controller(..)
                | Request::UpdateConsumerOffset { .. }
                | Request::NotifyConsumerIdsChanged { .. } => true,
                Request::SendMessage { .. }
                | Request::Pull(_)
                | Request::QueryConsumerOffset { .. }
                | Request::GetMaxOffset { .. }
                | Request::SearchOffset { .. }
                | Request::SendMessageBack { .. }
                | Request::UnlockBatch { .. }
                | Request::EndTransaction { .. }
                | Request::NotifyRoleChanged(_)
                | Request::CheckTransactionState { .. } => false,
            },
            Self::Response(_, response) => match response {
                Response::Ok
                | Response::Error { .. }
                | Response::Registered { .. }
                | Response::Route(_)
                | Response::ConsumerList(_)
                | Response::Locked(_)
                | Response::ReplicaInfo(_)
                | Response::Metadata(_) => true,
                Response::Sent { .. } | Response::Pulled { .. } | Response::Offset(_) => false,
            },
            Self::Ha(frame) => match frame {
                HaFrame::Connected
                | HaFrame::Report(_)
                | HaFrame::Handshake { .. }
                | HaFrame::Epochs(..) => true,
                HaFrame::Transfer { records, .. } => records.is_empty(),
            },
        }
    }
}
