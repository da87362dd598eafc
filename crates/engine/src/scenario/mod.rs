//! What stands, what its clients do and which faults strike: the checked form of a scenario file.
//!
//! A [`Scenario`] cannot be wrong: names refer to things that exist, settings have the right type. [`file_v1`] is the door
//! that makes one from JSON, with located errors.

use crate::config::{BrokerConfig, ConsumerConfig, ProducerConfig};
use crate::event::Trigger;
use crate::status::{
    ConsumeResult, ListenerKind, MessageModel, Profile, SendMode, TransactionState,
};
use crate::units::{SimTime, Span};

pub mod file_v1;

/// A cluster, its clients, a script and an end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// What it shows, in both languages.
    pub title: Title,
    /// Whose rules apply.
    pub profile: Profile,
    /// Seeds every race and phase; 0 is the usual course of everything.
    pub seed: u64,
    /// The links.
    pub network: Network,
    /// How long one fsync takes.
    pub fsync: Span,
    /// Topics that exist at the start, on every broker name.
    pub topics: Vec<Topic>,
    /// Masters, each with its slaves, sorted by name.
    pub brokers: Vec<Broker>,
    /// Producers.
    pub producers: Vec<Producer>,
    /// Push consumers.
    pub consumers: Vec<Consumer>,
    /// What happens, in the order of the file.
    pub script: Vec<Step>,
    /// When the run ends.
    pub until: SimTime,
}

/// A title in both languages; an empty one falls back to the other.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Title {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// The delay of every link that `set-link` has not changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// One way.
    pub latency: Span,
    /// At most this much more, drawn per packet.
    pub jitter: Span,
}

/// A topic that exists at the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Read and write queues on each broker name, 1 to 128.
    pub queues: u16,
}

/// One broker name: a master and its slaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broker {
    /// `brokerName`.
    pub name: String,
    /// The master's configuration.
    pub conf: BrokerConfig,
    /// The slaves' configurations: brokerId 1, 2, …
    pub slaves: Vec<BrokerConfig>,
}

/// One producer process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Producer {
    /// Its node name.
    pub name: String,
    /// `producerGroup`.
    pub group: String,
    /// Its settings.
    pub conf: ProducerConfig,
    /// How often the application sends again after a failed call.
    pub resend: u32,
}

/// One push consumer process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consumer {
    /// Its node name.
    pub name: String,
    /// `consumerGroup`.
    pub group: String,
    /// The one topic it subscribes.
    pub topic: String,
    /// The tags it takes; empty is `*`.
    pub tags: Vec<String>,
    /// Its listener.
    pub listener: ListenerKind,
    /// Its message model.
    pub model: MessageModel,
    /// Its settings.
    pub conf: ConsumerConfig,
    /// How long the listener takes.
    pub process: Span,
    /// `ConsumeOrderlyContext#autoCommit`.
    pub auto_commit: bool,
    /// Whether it is there at t = 0.
    pub started: bool,
}

/// One line of the script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// When.
    pub trigger: Trigger,
    /// What.
    pub action: Do,
}

/// What a step does. Nodes and topics are names that [`file_v1`] has checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Do {
    /// Application calls of `DefaultMQProducer#send`.
    Send(Send),
    /// SIGKILL.
    Crash(String),
    /// The machine loses power.
    PowerLoss(String),
    /// The store directory is gone; a running process is killed first.
    DestroyDisk(String),
    /// Clean shutdown.
    Stop {
        /// Which node.
        node: String,
        /// Until a broker's process has ended; by itself, as long as RocketMQ takes.
        takes: Option<Span>,
    },
    /// Start again on what is on disk.
    Restart {
        /// Which node.
        node: String,
        /// Until it serves.
        takes: Span,
    },
    /// SIGSTOP.
    Pause(String),
    /// SIGCONT.
    Resume(String),
    /// fsync does not return.
    StallDisk(String),
    /// fsync returns again.
    ReleaseDisk(String),
    /// fsync reports an error so many times.
    FailDisk {
        /// Which broker.
        node: String,
        /// How often.
        times: u32,
    },
    /// The disk is so full, as the cleaner sees it, in thousandths.
    FillDisk {
        /// Which broker.
        node: String,
        /// 0 to 1000.
        permille: u32,
    },
    /// The cleaner deletes the oldest commit-log files.
    ExpireFiles {
        /// Which broker.
        node: String,
        /// The queue offset of the first kept message.
        up_to: u64,
    },
    /// Packets stop passing between two nodes, both ways.
    Partition([String; 2]),
    /// Packets pass again.
    Heal([String; 2]),
    /// The next packets one way are lost.
    Drop {
        /// From here …
        from: String,
        /// … to here.
        to: String,
        /// So many.
        count: u32,
    },
    /// Another delay for one link.
    SetLink {
        /// Its ends.
        between: [String; 2],
        /// One way.
        latency: Span,
    },
    /// What a listener returns from now on.
    ConsumeResult(ConsumeRule),
    /// How long a listener takes from now on.
    ProcessTime {
        /// Whose.
        consumer: String,
        /// How long.
        process: Span,
    },
    /// The consumer process starts.
    StartConsumer(String),
    /// The consumer process shuts down cleanly.
    StopConsumer(String),
    /// One raw pull without suspend.
    Pull(Pull),
    /// An operator moves a group's offset of one queue, at the broker (5.3).
    ResetOffset(ResetOffset),
    /// Other settings for a running broker; implies a restart where RocketMQ needs one.
    SetConf {
        /// Which broker.
        node: String,
        /// Key and value as in a `conf`, checked.
        conf: Vec<(String, String)>,
    },
}

/// `count` sends, `every` apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Send {
    /// Which producer.
    pub producer: String,
    /// To which topic; any string, the client validates it.
    pub topic: String,
    /// How many calls.
    pub count: u32,
    /// The time between two calls.
    pub every: Span,
    /// How it is sent.
    pub mode: SendMode,
    /// A queue chosen by the caller (`send(msg, mq)`), of the first broker unless `broker` says which.
    pub queue: Option<u16>,
    /// The broker name of `queue`.
    pub broker: Option<String>,
    /// `Message#setTags`.
    pub tag: Option<String>,
    /// `Message#setKeys`.
    pub key: Option<String>,
    /// The body's length; incompressible.
    pub body_bytes: u64,
    /// `Message#setWaitStoreMsgOK`.
    pub wait_store_msg_ok: bool,
    /// `Message#setDelayTimeLevel`; 0 is none.
    pub delay_level: u8,
    /// `sendMessageInTransaction`.
    pub transaction: Option<Transaction>,
}

/// How the application's transaction listener answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction {
    /// `executeLocalTransaction`.
    pub local: TransactionState,
    /// `checkLocalTransaction`, call by call; the last one repeats. Empty: UNKNOW.
    pub check: Vec<TransactionState>,
}

/// What a listener returns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumeRule {
    /// Whose listener.
    pub consumer: String,
    /// For one message by its number, or for all.
    pub message: Option<u32>,
    /// For so many deliveries, or for all.
    pub times: Option<u32>,
    /// The result.
    pub result: ConsumeResult,
    /// `ConsumeConcurrentlyContext#delayLevelWhenNextConsume`.
    pub delay_level_when_next_consume: i32,
    /// `ConsumeConcurrentlyContext#ackIndex`.
    pub ack_index: Option<u32>,
}

/// `mqadmin resetOffsetByTime` for one queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResetOffset {
    /// Whose group.
    pub consumer: String,
    /// Of which topic.
    pub topic: String,
    /// Of which queue of the first broker, unless `broker` says which.
    pub queue: u16,
    /// The broker name of `queue`.
    pub broker: Option<String>,
    /// To which offset.
    pub offset: u64,
}

/// One raw pull of the script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pull {
    /// In whose name.
    pub consumer: String,
    /// From which topic.
    pub topic: String,
    /// From which queue of the first broker, unless `broker` says which.
    pub queue: u16,
    /// The broker name of `queue`.
    pub broker: Option<String>,
    /// From which offset.
    pub offset: i64,
    /// The tags asked for; empty is `*`.
    pub tags: Vec<String>,
}
