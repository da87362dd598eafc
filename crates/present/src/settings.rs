//! The settings panel: a few of RocketMQ's keys under RocketMQ's names, and the scenario that they and a script make.
//!
//! Defaults, units and bounds come from the engine's own tables.

use loss_lab_engine::config::{BrokerConfig, ConsumerConfig, Key, ProducerConfig, Value};
use loss_lab_engine::scenario::{
    Broker, Consumer, Network, Producer, Scenario, Step, Title, Topic,
};
use loss_lab_engine::status::{BrokerRole, FlushDiskType, ListenerKind, MessageModel, Profile};
use loss_lab_engine::units::{SimTime, Span};

/// The topic of this page.
pub const TOPIC: &str = "Orders";
/// The one broker name.
pub const BROKER: &str = "broker-a";
/// The one producer.
pub const PRODUCER: &str = "p1";
const QUEUES: u16 = 2;
const LATENCY: Span = Span::from_millis(1);
const FSYNC: Span = Span::from_millis(5);
/// A run on this page ends after an hour of virtual time.
const UNTIL: SimTime = SimTime::from_millis(3_600_000);
/// More slaves do not fit on stage.
pub const SLAVES_MOST: u32 = 2;
/// Nor do more consumers.
pub const CONSUMERS_MOST: u32 = 2;

/// What the panel sets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Settings {
    /// Whose rules apply.
    pub profile: Profile,
    /// `flushDiskType` of the master.
    pub flush: FlushDiskType,
    /// `brokerRole` of the master.
    pub role: BrokerRole,
    /// `transientStorePoolEnable` of the master.
    pub transient_pool: bool,
    numbers: [i64; Number::ALL.len()],
}

/// A setting that is a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Number {
    /// `inSyncReplicas` (5.x).
    InSyncReplicas,
    /// How many slaves stand.
    Slaves,
    /// `syncFlushTimeout`.
    SyncFlushTimeout,
    /// `slaveTimeout`.
    SlaveTimeout,
    /// `sendMsgTimeout`.
    SendMsgTimeout,
    /// `retryTimesWhenSendFailed`.
    RetryTimes,
    /// How many consumers stand.
    Consumers,
    /// How long a listener takes.
    ProcessTime,
}

/// One change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// Other rules.
    Profile(Profile),
    /// Another `flushDiskType`.
    Flush(FlushDiskType),
    /// Another `brokerRole`.
    Role(BrokerRole),
    /// `transientStorePoolEnable`.
    TransientPool(bool),
    /// Another number.
    Number(Number, i64),
}

/// A number's name and bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// RocketMQ's key; none for what is no key (how many slaves).
    pub key: Option<&'static str>,
    /// The unit that follows it.
    pub unit: &'static str,
    /// The least.
    pub min: i64,
    /// The greatest.
    pub max: i64,
    /// The default.
    pub default: i64,
}

impl Number {
    /// All, in the order of the panel.
    pub const ALL: [Self; 8] = [
        Self::InSyncReplicas,
        Self::Slaves,
        Self::SyncFlushTimeout,
        Self::SlaveTimeout,
        Self::SendMsgTimeout,
        Self::RetryTimes,
        Self::Consumers,
        Self::ProcessTime,
    ];

    fn index(self) -> usize {
        Self::ALL
            .iter()
            .position(|number| *number == self)
            .unwrap_or(0)
    }

    /// Whether `profile` has it.
    #[must_use]
    pub fn is_in(self, profile: Profile) -> bool {
        match self {
            Self::InSyncReplicas => profile == Profile::V5_3,
            Self::Slaves
            | Self::SyncFlushTimeout
            | Self::SlaveTimeout
            | Self::SendMsgTimeout
            | Self::RetryTimes
            | Self::Consumers
            | Self::ProcessTime => true,
        }
    }

    /// Its name, unit, bounds and default.
    #[must_use]
    pub fn shape(self, profile: Profile) -> Shape {
        let broker = |name| {
            keyed(
                BrokerConfig::key(name),
                BrokerConfig::defaults(profile).get(name),
            )
        };
        let producer = |name| {
            keyed(
                ProducerConfig::key(name),
                ProducerConfig::defaults(profile).get(name),
            )
        };
        let count = |most: u32, default| Shape {
            key: None,
            unit: "",
            min: 0,
            max: i64::from(most),
            default,
        };
        match self {
            // One more than the slaves that fit on stage, so that "more than there are" can be tried.
            Self::InSyncReplicas => Shape {
                min: 1,
                max: i64::from(SLAVES_MOST) + 1,
                ..broker("inSyncReplicas")
            },
            Self::Slaves => count(SLAVES_MOST, 1),
            Self::SyncFlushTimeout => broker("syncFlushTimeout"),
            Self::SlaveTimeout => broker("slaveTimeout"),
            Self::SendMsgTimeout => producer("sendMsgTimeout"),
            Self::RetryTimes => producer("retryTimesWhenSendFailed"),
            Self::Consumers => count(CONSUMERS_MOST, 1),
            Self::ProcessTime => Shape {
                key: None,
                unit: "ms",
                min: 0,
                max: 3_600_000,
                default: 20,
            },
        }
    }
}

fn keyed(key: Option<&'static Key>, default: Option<Value>) -> Shape {
    let default = match default {
        Some(Value::Int(number)) => number,
        Some(Value::Bool(_) | Value::Text(_)) | None => 0,
    };
    key.map_or(
        Shape {
            key: None,
            unit: "",
            min: 0,
            max: 0,
            default,
        },
        |key| Shape {
            key: Some(key.name),
            unit: key.kind.unit(),
            min: key.min,
            max: key.max,
            default,
        },
    )
}

impl Settings {
    /// RocketMQ's defaults, with one slave and one consumer.
    #[must_use]
    pub fn defaults(profile: Profile) -> Self {
        let broker = BrokerConfig::defaults(profile);
        Self {
            profile,
            flush: broker.flush_disk_type,
            role: broker.broker_role,
            transient_pool: broker.transient_store_pool_enable,
            numbers: Number::ALL.map(|number| number.shape(profile).default),
        }
    }

    /// A number.
    #[must_use]
    pub fn number(&self, number: Number) -> i64 {
        self.numbers.get(number.index()).copied().unwrap_or(0)
    }

    /// These settings with one changed. What is out of bounds becomes the nearest that is not.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        match change {
            Change::Profile(profile) => self.profile = profile,
            Change::Flush(flush) => self.flush = flush,
            Change::Role(role) => self.role = role,
            Change::TransientPool(on) => self.transient_pool = on,
            Change::Number(number, value) => {
                let shape = number.shape(self.profile);
                if let Some(slot) = self.numbers.get_mut(number.index()) {
                    *slot = value.clamp(shape.min, shape.max);
                }
            }
        }
        self
    }

    /// Whether a number differs from its default.
    #[must_use]
    pub fn is_changed(&self, number: Number) -> bool {
        self.number(number) != number.shape(self.profile).default
    }

    fn span(&self, number: Number) -> Span {
        Span::from_millis(u64::try_from(self.number(number)).unwrap_or(0))
    }

    fn count(&self, number: Number) -> u32 {
        u32::try_from(self.number(number)).unwrap_or(0)
    }

    /// How many slaves stand.
    #[must_use]
    pub fn slaves(&self) -> u32 {
        self.count(Number::Slaves)
    }

    /// The master's configuration: what differs from the defaults is set, the rest is not said.
    #[must_use]
    pub fn master(&self) -> BrokerConfig {
        let mut conf = BrokerConfig::defaults(self.profile);
        let defaults = BrokerConfig::defaults(self.profile);
        let mut set = |key: &str, value: &str| {
            // Only values of the tables' own kinds come here, so none is refused.
            if let Some(key) = BrokerConfig::key(key)
                && defaults
                    .get(key.name)
                    .is_some_and(|default| default.to_string() != value)
            {
                let _ = conf.set_key(key, value);
            }
        };
        set("brokerRole", self.role.word());
        set("flushDiskType", self.flush.word());
        set(
            "transientStorePoolEnable",
            if self.transient_pool { "true" } else { "false" },
        );
        for number in [
            Number::InSyncReplicas,
            Number::SyncFlushTimeout,
            Number::SlaveTimeout,
        ] {
            if let Some(key) = number
                .shape(self.profile)
                .key
                .filter(|_| number.is_in(self.profile))
            {
                set(key, &self.number(number).to_string());
            }
        }
        conf
    }

    fn producer(&self) -> ProducerConfig {
        let mut conf = ProducerConfig::defaults(self.profile);
        for number in [Number::SendMsgTimeout, Number::RetryTimes] {
            let key = number.shape(self.profile).key.and_then(ProducerConfig::key);
            if let Some(key) = key.filter(|_| self.is_changed(number)) {
                let _ = conf.set_key(key, &self.number(number).to_string());
            }
        }
        conf
    }

    /// The scenario of these settings and `script`.
    #[must_use]
    pub fn scenario(&self, script: Vec<Step>) -> Scenario {
        let slave = || {
            let mut conf = BrokerConfig::defaults(self.profile);
            if let Some(key) = BrokerConfig::key("brokerRole") {
                let _ = conf.set_key(key, BrokerRole::Slave.word());
            }
            conf
        };
        Scenario {
            title: Title::default(),
            profile: self.profile,
            seed: 0,
            network: Network {
                latency: LATENCY,
                jitter: Span::ZERO,
            },
            fsync: FSYNC,
            topics: vec![Topic {
                name: TOPIC.to_owned(),
                queues: QUEUES,
            }],
            brokers: vec![Broker {
                name: BROKER.to_owned(),
                conf: self.master(),
                slaves: (0..self.slaves()).map(|_| slave()).collect(),
            }],
            producers: vec![Producer {
                name: PRODUCER.to_owned(),
                group: "PG".to_owned(),
                conf: self.producer(),
                resend: 0,
            }],
            consumers: (1..=self.count(Number::Consumers))
                .map(|number| self.consumer(number))
                .collect(),
            script,
            until: UNTIL,
        }
    }

    fn consumer(&self, number: u32) -> Consumer {
        Consumer {
            name: format!("c{number}"),
            group: "CG".to_owned(),
            topic: TOPIC.to_owned(),
            tags: Vec::new(),
            listener: ListenerKind::Concurrently,
            model: MessageModel::Clustering,
            conf: ConsumerConfig::defaults(self.profile),
            process: self.span(Number::ProcessTime),
            auto_commit: true,
            started: true,
        }
    }
}

/// What a setting deserves to have said about it now.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the sentences say what they are")]
pub enum Note {
    AnswersBeforeFsync,
    AnswersAfterFsync,
    WaitsForNobody,
    WaitsForOneSlave,
    WaitsForSlaves,
    MoreThanThere,
    NobodyToWaitFor,
    DiesWithProcess,
    SlavesFlushAsync,
    CountsItself,
}

/// What is said under `flushDiskType`.
#[must_use]
pub fn flush_note(settings: &Settings) -> Note {
    match settings.flush {
        FlushDiskType::AsyncFlush => Note::AnswersBeforeFsync,
        FlushDiskType::SyncFlush => Note::AnswersAfterFsync,
    }
}

/// What is said under `brokerRole`, and whether it is a warning.
#[must_use]
pub fn role_note(settings: &Settings) -> Option<(Note, bool)> {
    let sync = settings.role == BrokerRole::SyncMaster;
    let wanted = settings.number(Number::InSyncReplicas) - 1;
    let there = i64::from(settings.slaves());
    match settings.profile {
        _ if !sync => Some((Note::WaitsForNobody, false)),
        Profile::V4_9 if there == 0 => Some((Note::NobodyToWaitFor, true)),
        Profile::V4_9 => Some((Note::WaitsForOneSlave, false)),
        // The trap of 5.x: the master counts itself.
        Profile::V5_3 if wanted == 0 => Some((Note::CountsItself, true)),
        Profile::V5_3 if wanted > there => Some((Note::MoreThanThere, true)),
        Profile::V5_3 => Some((Note::WaitsForSlaves, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_say_nothing_in_the_configuration() {
        for profile in [Profile::V4_9, Profile::V5_3] {
            assert!(Settings::defaults(profile).master().explicit().is_empty());
        }
    }

    #[test]
    fn a_change_is_said_once_and_taken_back_when_it_is_undone() {
        let settings =
            Settings::defaults(Profile::V5_3).with(Change::Flush(FlushDiskType::SyncFlush));
        assert_eq!(settings.master().explicit().len(), 1);
        assert!(
            settings
                .with(Change::Flush(FlushDiskType::AsyncFlush))
                .master()
                .explicit()
                .is_empty()
        );
    }

    #[test]
    fn numbers_stay_within_the_engines_bounds() {
        let settings =
            Settings::defaults(Profile::V5_3).with(Change::Number(Number::SyncFlushTimeout, -3));
        assert_eq!(settings.number(Number::SyncFlushTimeout), 0);
        let settings = settings.with(Change::Number(Number::Slaves, 99));
        assert_eq!(settings.slaves(), SLAVES_MOST);
    }

    #[test]
    fn a_sync_master_of_5_x_is_warned_about_until_it_waits() {
        let sync = Settings::defaults(Profile::V5_3).with(Change::Role(BrokerRole::SyncMaster));
        assert_eq!(role_note(&sync), Some((Note::CountsItself, true)));
        let two = sync.with(Change::Number(Number::InSyncReplicas, 2));
        assert_eq!(role_note(&two), Some((Note::WaitsForSlaves, false)));
        assert_eq!(
            role_note(&two.with(Change::Number(Number::Slaves, 0))),
            Some((Note::MoreThanThere, true))
        );
    }
}
