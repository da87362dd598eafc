//! The settings panel: a few of RocketMQ's keys under RocketMQ's names, and the scenario that they and a script make.
//!
//! Defaults, units and bounds come from the engine's own tables.

use std::sync::Arc;

use loss_lab_engine::config::{
    BrokerConfig, ConsumerConfig, Effect, Explicit, Key, Kind, ProducerConfig, Refused, Value,
};
use loss_lab_engine::scenario::{Consumer, Scenario, Step, Topic, file_v1};
use loss_lab_engine::status::{BrokerRole, FlushDiskType, ListenerKind, MessageModel, Profile};
use loss_lab_engine::units::{SimTime, Span};

/// The topic of this page.
pub const TOPIC: &str = "Orders";
/// The one broker name.
pub const BROKER: &str = "broker-a";
/// The one producer.
pub const PRODUCER: &str = "p1";
const QUEUES: u16 = 2;
/// How long a listener takes: long enough to be seen.
const PROCESS: Span = Span::from_millis(20);
const CONTROLLER: &str = "enableControllerMode";
/// A run on this page ends after an hour of virtual time.
const UNTIL: SimTime = SimTime::from_millis(3_600_000);
/// More slaves do not fit on stage.
pub const SLAVES_MOST: u32 = 2;
/// Nor do more consumers.
pub const CONSUMERS_MOST: u32 = 2;

/// What stands and how it is set: a scenario without its script, any key of which can be changed.
///
/// Equal if they are the same value, not only alike: who only looks whether they have changed needs no more.
#[derive(Clone, Debug)]
pub struct Settings(Arc<Scenario>);

impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Settings {}

/// Whose key it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Owner {
    /// Every master's.
    Broker,
    /// Every producer's.
    Producer,
    /// Every consumer's.
    Consumer,
}

/// Another value of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyChange {
    /// Whose.
    pub owner: Owner,
    /// Its name.
    pub key: &'static str,
    /// As text, as from a file; none: RocketMQ's default.
    pub value: Option<String>,
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

    /// Whose key it is.
    const fn owner(self) -> Owner {
        match self {
            Self::InSyncReplicas | Self::Slaves | Self::SyncFlushTimeout | Self::SlaveTimeout => {
                Owner::Broker
            }
            Self::SendMsgTimeout | Self::RetryTimes => Owner::Producer,
            Self::Consumers | Self::ProcessTime => Owner::Consumer,
        }
    }

    /// RocketMQ's key; empty for what is none.
    const fn key(self) -> &'static str {
        match self {
            Self::InSyncReplicas => "inSyncReplicas",
            Self::SyncFlushTimeout => "syncFlushTimeout",
            Self::SlaveTimeout => "slaveTimeout",
            Self::SendMsgTimeout => "sendMsgTimeout",
            Self::RetryTimes => "retryTimesWhenSendFailed",
            Self::Slaves | Self::Consumers | Self::ProcessTime => "",
        }
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

/// What the three tables have in common.
trait Conf: Sized {
    fn defaults(profile: Profile) -> Self;
    fn explicit(&self) -> &[Explicit];
    fn set(&mut self, key: &str, value: &str) -> Result<Effect, Refused>;

    /// The same under `profile`, with `key` taken out.
    fn without(&self, profile: Profile, key: &str) -> Self {
        let mut conf = Self::defaults(profile);
        for set in self.explicit().iter().filter(|set| set.key != key) {
            // It was taken before, and which values are taken does not depend on the profile.
            let _ = conf.set(set.key, &set.value.to_string());
        }
        conf
    }

    /// The same with another value of a key. What is default is not said.
    fn with(&self, profile: Profile, key: &str, value: Option<&str>) -> Result<Self, Refused> {
        let mut conf = self.without(profile, key);
        if let Some(value) = value {
            let plain = default_of::<Self>(profile, key).as_deref() == Some(value);
            if !plain {
                conf.set(key, value)?;
            }
        }
        Ok(conf)
    }

    fn get(&self, key: &str) -> Option<Value>;
}

fn default_of<C: Conf>(profile: Profile, key: &str) -> Option<String> {
    C::defaults(profile).get(key).map(|value| value.to_string())
}

macro_rules! conf {
    ($($conf:ident),+) => { $(
        impl Conf for $conf {
            fn defaults(profile: Profile) -> Self { $conf::defaults(profile) }
            fn explicit(&self) -> &[Explicit] { $conf::explicit(self) }
            fn set(&mut self, key: &str, value: &str) -> Result<Effect, Refused> { $conf::set(self, key, value) }
            fn get(&self, key: &str) -> Option<Value> { $conf::get(self, key) }
        }
    )+ };
}
conf!(BrokerConfig, ProducerConfig, ConsumerConfig);

impl Settings {
    /// RocketMQ's defaults, with one slave and one consumer.
    #[must_use]
    pub fn defaults(profile: Profile) -> Self {
        let mut scenario = file_v1::empty(profile);
        scenario.topics = vec![Topic {
            name: TOPIC.to_owned(),
            queues: QUEUES,
        }];
        for broker in &mut scenario.brokers {
            broker.slaves = vec![slave(profile, false)];
        }
        for consumer in &mut scenario.consumers {
            TOPIC.clone_into(&mut consumer.topic);
            consumer.process = PROCESS;
        }
        scenario.until = UNTIL;
        Self(Arc::new(scenario))
    }

    /// What a file describes; its script is told apart.
    #[must_use]
    pub fn of(mut scenario: Scenario) -> (Self, Vec<Step>) {
        let script = core::mem::take(&mut scenario.script);
        (Self(Arc::new(scenario)), script)
    }

    /// Whether these say the same.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Everything that stands, without a script.
    #[must_use]
    pub fn cluster(&self) -> &Scenario {
        &self.0
    }

    /// The scenario of these settings and `script`.
    #[must_use]
    pub fn scenario(&self, script: Vec<Step>) -> Scenario {
        Scenario {
            script,
            ..(*self.0).clone()
        }
    }

    /// The same, running for at least an hour of virtual time: a person goes on where a file ends.
    #[must_use]
    pub fn for_long(mut self) -> Self {
        let scenario = Arc::make_mut(&mut self.0);
        scenario.until = scenario.until.max(UNTIL);
        self
    }

    /// Whose rules apply.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.0.profile
    }

    fn first_master<T>(&self, none: T, of: impl Fn(&BrokerConfig) -> T) -> T {
        self.0
            .brokers
            .first()
            .map_or(none, |broker| of(&broker.conf))
    }

    /// `flushDiskType` of the master.
    #[must_use]
    pub fn flush(&self) -> FlushDiskType {
        self.first_master(FlushDiskType::AsyncFlush, |conf| conf.flush_disk_type)
    }

    /// `brokerRole` of the master.
    #[must_use]
    pub fn role(&self) -> BrokerRole {
        self.first_master(BrokerRole::AsyncMaster, |conf| conf.broker_role)
    }

    /// `transientStorePoolEnable` of the master.
    #[must_use]
    pub fn transient_pool(&self) -> bool {
        self.first_master(false, |conf| conf.transient_store_pool_enable)
    }

    /// How many slaves stand.
    #[must_use]
    pub fn slaves(&self) -> u32 {
        let slaves = self
            .0
            .brokers
            .first()
            .map_or(0, |broker| broker.slaves.len());
        u32::try_from(slaves).unwrap_or(0)
    }

    /// A number.
    #[must_use]
    pub fn number(&self, number: Number) -> i64 {
        match number {
            Number::Slaves => i64::from(self.slaves()),
            Number::Consumers => i64::try_from(self.0.consumers.len()).unwrap_or(0),
            Number::ProcessTime => {
                let process = self.0.consumers.first().map_or(PROCESS, |one| one.process);
                i64::try_from(process.micros() / 1_000).unwrap_or(0)
            }
            Number::InSyncReplicas
            | Number::SyncFlushTimeout
            | Number::SlaveTimeout
            | Number::SendMsgTimeout
            | Number::RetryTimes => match self.value(number.owner(), number.key()) {
                Some(Value::Int(value)) => value,
                Some(Value::Bool(_) | Value::Text(_)) | None => 0,
            },
        }
    }

    /// The value of a key, set or default.
    #[must_use]
    pub fn value(&self, owner: Owner, key: &str) -> Option<Value> {
        match owner {
            Owner::Broker => self.0.brokers.first()?.conf.get(key),
            Owner::Producer => self.0.producers.first()?.conf.get(key),
            Owner::Consumer => self.0.consumers.first()?.conf.get(key),
        }
    }

    /// What was set of an owner's keys, in the order in which it was.
    #[must_use]
    pub fn explicit(&self, owner: Owner) -> &[Explicit] {
        match owner {
            Owner::Broker => self.0.brokers.first().map(|one| one.conf.explicit()),
            Owner::Producer => self.0.producers.first().map(|one| one.conf.explicit()),
            Owner::Consumer => self.0.consumers.first().map(|one| one.conf.explicit()),
        }
        .unwrap_or_default()
    }

    /// How many keys are not default.
    #[must_use]
    pub fn changes(&self) -> usize {
        let owners = [Owner::Broker, Owner::Producer, Owner::Consumer];
        owners.map(|owner| self.explicit(owner).len()).iter().sum()
    }

    /// These settings with one changed. What is out of bounds becomes the nearest that is not.
    #[must_use]
    pub fn with(&self, change: Change) -> Self {
        let word = |key, value: &str| self.with_key(Owner::Broker, key, Some(value));
        let changed = match change {
            Change::Profile(profile) => return self.under(profile),
            Change::Flush(flush) => word("flushDiskType", flush.word()),
            Change::Role(role) => word("brokerRole", role.word()),
            Change::TransientPool(on) => word(
                "transientStorePoolEnable",
                if on { "true" } else { "false" },
            ),
            Change::Number(number, value) => {
                let shape = number.shape(self.0.profile);
                let value = value.clamp(shape.min, shape.max);
                match number {
                    Number::Slaves => return self.with_slaves(value),
                    Number::Consumers => return self.with_consumers(value),
                    Number::ProcessTime => return self.with_process(value),
                    Number::InSyncReplicas
                    | Number::SyncFlushTimeout
                    | Number::SlaveTimeout
                    | Number::SendMsgTimeout
                    | Number::RetryTimes => {
                        self.with_key(number.owner(), number.key(), Some(&value.to_string()))
                    }
                }
            }
        };
        // Only values of the tables' own kinds come here, so none is refused.
        changed.unwrap_or_else(|_| self.clone())
    }

    /// These settings with another value of a key; none: its default.
    ///
    /// # Errors
    /// When it is no value of that key, as RocketMQ or the scenario has it. Nothing has changed then.
    pub fn with_key(&self, owner: Owner, key: &str, value: Option<&str>) -> Result<Self, Refused> {
        let mut scenario = (*self.0).clone();
        let profile = scenario.profile;
        match owner {
            Owner::Broker => {
                if key == "brokerRole" && value == Some(BrokerRole::Slave.word()) {
                    // A master is one by its place in the scenario.
                    return Err(Refused::NotA {
                        kind: Kind::Enum(&["ASYNC_MASTER", "SYNC_MASTER"]),
                    });
                }
                for broker in &mut scenario.brokers {
                    broker.conf = broker.conf.with(profile, key, value)?;
                    // All replicas of a broker name are in controller mode, or none.
                    if key == CONTROLLER {
                        for slave in &mut broker.slaves {
                            *slave = slave.with(profile, key, value)?;
                        }
                    }
                }
            }
            Owner::Producer => {
                for producer in &mut scenario.producers {
                    producer.conf = producer.conf.with(profile, key, value)?;
                }
            }
            Owner::Consumer => {
                for consumer in &mut scenario.consumers {
                    let conf = consumer.conf.with(profile, key, value)?;
                    // `DefaultMQPushConsumerImpl#checkConfig`
                    if conf.consume_thread_min > conf.consume_thread_max {
                        let min = key == "consumeThreadMin";
                        return Err(Refused::OutOfRange {
                            min: if min {
                                1
                            } else {
                                conf.consume_thread_min.into()
                            },
                            max: if min {
                                conf.consume_thread_max.into()
                            } else {
                                1_000
                            },
                        });
                    }
                    consumer.conf = conf;
                }
            }
        }
        Ok(Self(Arc::new(scenario)))
    }

    /// RocketMQ's default for every key of the masters.
    #[must_use]
    pub fn without_broker_keys(&self) -> Self {
        let mut scenario = (*self.0).clone();
        for broker in &mut scenario.brokers {
            broker.conf = BrokerConfig::defaults(scenario.profile);
        }
        Self(Arc::new(scenario))
    }

    /// RocketMQ's default for every key of everything; what stands goes on standing.
    #[must_use]
    pub fn reset(&self) -> Self {
        let mut scenario = (*self.without_broker_keys().0).clone();
        let profile = scenario.profile;
        for producer in &mut scenario.producers {
            producer.conf = ProducerConfig::defaults(profile);
        }
        for consumer in &mut scenario.consumers {
            consumer.conf = ConsumerConfig::defaults(profile);
        }
        Self(Arc::new(scenario))
    }

    /// The same under other rules. Keys that only the other profile has are kept, and do nothing.
    #[must_use]
    pub fn under(&self, profile: Profile) -> Self {
        let mut scenario = (*self.0).clone();
        scenario.profile = profile;
        for broker in &mut scenario.brokers {
            broker.conf = broker.conf.without(profile, "");
            for slave in &mut broker.slaves {
                *slave = slave.without(profile, "");
            }
        }
        for producer in &mut scenario.producers {
            producer.conf = producer.conf.without(profile, "");
        }
        for consumer in &mut scenario.consumers {
            consumer.conf = consumer.conf.without(profile, "");
        }
        Self(Arc::new(scenario))
    }

    fn with_slaves(&self, slaves: i64) -> Self {
        let mut scenario = (*self.0).clone();
        let profile = scenario.profile;
        if let Some(broker) = scenario.brokers.first_mut() {
            let slaves = usize::try_from(slaves).unwrap_or(0);
            let controlled = broker.conf.is_set(CONTROLLER);
            broker
                .slaves
                .resize_with(slaves, || slave(profile, controlled));
        }
        Self(Arc::new(scenario))
    }

    fn with_consumers(&self, consumers: i64) -> Self {
        let mut scenario = (*self.0).clone();
        let consumers = usize::try_from(consumers).unwrap_or(0);
        scenario.consumers.truncate(consumers);
        while scenario.consumers.len() < consumers {
            let mut next = scenario
                .consumers
                .last()
                .cloned()
                .unwrap_or_else(|| self.new_consumer());
            let taken = |name: &str| scenario.consumers.iter().any(|one| one.name == name);
            let name = (1..=consumers + 1)
                .map(|number| ["c", &number.to_string()].concat())
                .find(|name| !taken(name));
            next.name = name.unwrap_or_default();
            scenario.consumers.push(next);
        }
        Self(Arc::new(scenario))
    }

    /// One that takes what the page sends.
    fn new_consumer(&self) -> Consumer {
        let first = self.0.topics.first();
        Consumer {
            name: String::new(),
            group: "CG".to_owned(),
            topic: first.map_or_else(|| TOPIC.to_owned(), |topic| topic.name.clone()),
            tags: Vec::new(),
            listener: ListenerKind::Concurrently,
            model: MessageModel::Clustering,
            conf: ConsumerConfig::defaults(self.0.profile),
            process: PROCESS,
            auto_commit: true,
            started: true,
        }
    }

    fn with_process(&self, millis: i64) -> Self {
        let mut scenario = (*self.0).clone();
        for consumer in &mut scenario.consumers {
            consumer.process = Span::from_millis(u64::try_from(millis).unwrap_or(0));
        }
        Self(Arc::new(scenario))
    }

    /// Whether a number differs from its default.
    #[must_use]
    pub fn is_changed(&self, number: Number) -> bool {
        self.number(number) != number.shape(self.0.profile).default
    }
}

fn slave(profile: Profile, controlled: bool) -> BrokerConfig {
    let mut conf = BrokerConfig::defaults(profile);
    let mut set = |key, value: &str| {
        if let Some(key) = BrokerConfig::key(key) {
            let _ = conf.set_key(key, value);
        }
    };
    set("brokerRole", BrokerRole::Slave.word());
    if controlled {
        set(CONTROLLER, "true");
    }
    conf
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
    match settings.flush() {
        FlushDiskType::AsyncFlush => Note::AnswersBeforeFsync,
        FlushDiskType::SyncFlush => Note::AnswersAfterFsync,
    }
}

/// What is said under `brokerRole`, and whether it is a warning.
#[must_use]
pub fn role_note(settings: &Settings) -> Option<(Note, bool)> {
    let sync = settings.role() == BrokerRole::SyncMaster;
    let wanted = settings.number(Number::InSyncReplicas) - 1;
    let there = i64::from(settings.slaves());
    match settings.profile() {
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
            assert!(
                Settings::defaults(profile)
                    .explicit(Owner::Broker)
                    .is_empty()
            );
        }
    }

    #[test]
    fn a_change_is_said_once_and_taken_back_when_it_is_undone() {
        let settings =
            Settings::defaults(Profile::V5_3).with(Change::Flush(FlushDiskType::SyncFlush));
        assert_eq!(settings.explicit(Owner::Broker).len(), 1);
        assert!(
            settings
                .with(Change::Flush(FlushDiskType::AsyncFlush))
                .explicit(Owner::Broker)
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
    fn slaves_are_in_controller_mode_if_their_master_is() {
        let settings = Settings::defaults(Profile::V5_3);
        let settings = settings.with_key(Owner::Broker, CONTROLLER, Some("true"));
        let settings = settings.unwrap().with(Change::Number(Number::Slaves, 2));
        let text = file_v1::write(&settings.scenario(Vec::new()));
        assert!(file_v1::parse(&text).is_ok(), "{text}");
    }

    #[test]
    fn an_answer_of_the_other_profile_is_kept_for_when_it_comes_back() {
        let settings =
            Settings::defaults(Profile::V5_3).with(Change::Number(Number::InSyncReplicas, 2));
        let old = settings.with(Change::Profile(Profile::V4_9));
        assert!(old.with(Change::Profile(Profile::V5_3)).is_like(&settings));
    }

    #[test]
    fn a_master_is_no_slave_and_threads_have_an_order() {
        let settings = Settings::defaults(Profile::V5_3);
        let set = |owner, key, value| settings.with_key(owner, key, Some(value)).is_ok();
        assert!(!set(Owner::Broker, "brokerRole", "SLAVE"));
        assert!(!set(Owner::Consumer, "consumeThreadMin", "21"));
        assert!(set(Owner::Consumer, "consumeThreadMin", "19"));
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
