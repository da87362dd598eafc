//! RocketMQ's configuration keys as typed settings: one table per class says name, kind, bounds and default of each key.
//!
//! A table knows names, units and defaults; it does not know what a setting does. Every value enters as text, as from a
//! `broker.conf`, and is checked on the way in, so a field can be trusted wherever it is read.

use crate::status::{BrokerRole, ConsumeFromWhere, FlushDiskType, Profile, words};
use crate::units::Span;

mod broker;
mod consumer;
mod name_server;
mod others;
mod producer;

pub use broker::BrokerConfig;
pub use consumer::ConsumerConfig;
pub use name_server::{ControllerConfig, NameServerConfig};
pub use producer::ProducerConfig;

words! {
    /// The Java class whose property a key is.
    Class {
        /// `org.apache.rocketmq.store.config.MessageStoreConfig`
        MessageStoreConfig = "MessageStoreConfig",
        /// `org.apache.rocketmq.common.BrokerConfig`, with its parent `BrokerIdentity`
        BrokerConfig = "BrokerConfig",
        /// `SubscriptionGroupConfig`: set per group with `mqadmin updateSubGroup`, not in a file
        SubscriptionGroupConfig = "SubscriptionGroupConfig",
        /// `org.apache.rocketmq.remoting.netty.NettyServerConfig`
        NettyServerConfig = "NettyServerConfig",
        /// `org.apache.rocketmq.remoting.netty.NettyClientConfig`
        NettyClientConfig = "NettyClientConfig",
        /// `org.apache.rocketmq.client.ClientConfig`, the parent of producers and consumers
        ClientConfig = "ClientConfig",
        /// `org.apache.rocketmq.client.producer.DefaultMQProducer`
        DefaultMqProducer = "DefaultMQProducer",
        /// `org.apache.rocketmq.client.consumer.DefaultMQPushConsumer`
        DefaultMqPushConsumer = "DefaultMQPushConsumer",
        /// `org.apache.rocketmq.common.namesrv.NamesrvConfig`
        NamesrvConfig = "NamesrvConfig",
        /// `org.apache.rocketmq.common.ControllerConfig`
        ControllerConfig = "ControllerConfig",
        /// `org.apache.rocketmq.auth.config.AuthConfig`
        AuthConfig = "AuthConfig",
        /// `org.apache.rocketmq.tieredstore.MessageStoreConfig`
        TieredStoreConfig = "tieredstore.MessageStoreConfig",
        /// A JVM system property: `-Dkey=value`
        SystemProperty = "system property",
    }
}

/// What a key's value is, and in which unit RocketMQ writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A count.
    Int,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Secs,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Bytes.
    Bytes,
    /// Units of 1 048 576 bytes.
    Mebibytes,
    /// Pages of 4 096 bytes.
    Pages,
    /// Hundredths.
    Percent,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// Any text.
    Text,
    /// Delay levels: `1s 5s 10s`.
    DelayLevels,
}

impl Kind {
    /// The unit that follows a number of this kind; empty for what has none.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Millis => "ms",
            Self::Secs => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::Bytes => "B",
            Self::Mebibytes => "MiB",
            Self::Pages => "×4 KiB",
            Self::Percent => "%",
            Self::Bool | Self::Int | Self::Enum(_) | Self::Text | Self::DelayLevels => "",
        }
    }

    const fn is_number(self) -> bool {
        match self {
            Self::Int
            | Self::Millis
            | Self::Secs
            | Self::Minutes
            | Self::Hours
            | Self::Bytes
            | Self::Mebibytes
            | Self::Pages
            | Self::Percent => true,
            Self::Bool | Self::Enum(_) | Self::Text | Self::DelayLevels => false,
        }
    }

    /// Microseconds in one unit of a time; 1 for what is not a time.
    const fn micros(self) -> u64 {
        match self {
            Self::Millis => 1_000,
            Self::Secs => 1_000_000,
            Self::Minutes => 60_000_000,
            Self::Hours => 3_600_000_000,
            Self::Bool
            | Self::Int
            | Self::Bytes
            | Self::Mebibytes
            | Self::Pages
            | Self::Percent
            | Self::Enum(_)
            | Self::Text
            | Self::DelayLevels => 1,
        }
    }
}

/// In which of the two profiles RocketMQ has a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exists {
    /// In both.
    InBoth,
    /// In one of them. A run under the other one keeps the value that stands for "as if there were no such key".
    Only(Profile),
}

impl Exists {
    /// Whether `profile` has the key.
    #[must_use]
    pub fn is_in(self, profile: Profile) -> bool {
        self.elsewhere(profile).is_none()
    }

    /// The profile that has the key, if `profile` has not.
    fn elsewhere(self, profile: Profile) -> Option<Profile> {
        match self {
            Self::InBoth => None,
            Self::Only(only) => (only != profile).then_some(only),
        }
    }
}

/// One row of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// RocketMQ's name of it.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The least number it takes; −1 where RocketMQ says "off" that way.
    pub min: i64,
    /// The greatest number it takes.
    pub max: i64,
    /// Which profiles have it.
    pub exists: Exists,
    /// Whether the engine heeds it. What it does not heed is accepted, kept and warned of.
    pub modelled: bool,
    /// The class that has it.
    pub class: Class,
    /// The section of the semantics reference that lists its default.
    pub section: &'static str,
}

/// A setting as text files know it. Numbers are in the key's own unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A word or a text.
    Text(String),
}

/// As it stands in a `broker.conf`.
impl core::fmt::Display for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Bool(on) => on.fmt(f),
            Self::Int(n) => n.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A setting that was made, as opposed to a default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explicit {
    /// The key.
    pub key: &'static str,
    /// Its value, checked.
    pub value: Value,
    /// What became of it.
    pub effect: Effect,
}

/// What setting a key does to the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effect {
    /// The field has the value, and the engine heeds it.
    Applies,
    /// RocketMQ heeds it, the engine does not.
    NotModelled,
    /// Only the other profile has the key: this one ignores it, as RocketMQ does.
    OtherProfile {
        /// The one that has it.
        only: Profile,
    },
    /// The scenario says this elsewhere (a name, an address, a role): that counts, this does not.
    SaidElsewhere,
}

/// Why a setting was not taken. Nothing has changed then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// RocketMQ has no such key in any version; this one has the most similar name.
    Unknown {
        /// The nearest real key.
        nearest: &'static str,
    },
    /// A real key, but of another kind of node.
    BelongsTo {
        /// The class that has it.
        class: Class,
    },
    /// The text is not of this kind.
    NotA {
        /// What it should be.
        kind: Kind,
    },
    /// A number, but not within its bounds.
    OutOfRange {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
}

/// Long enough for any path or address that RocketMQ takes.
const TEXT_MAX: usize = 1_024;
/// A name longer than this resembles none of RocketMQ's; comparing it would only cost time.
const NAME_MAX: usize = 96;
/// RocketMQ's levels; a message carries 1 to 18.
const LEVELS_MAX: usize = 18;
/// `Integer.MAX_VALUE`: most of RocketMQ's numbers are a Java int.
const INT_MAX: i64 = i32::MAX as i64;

/// A kind with its bounds.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    kind: Kind,
    min: i64,
    max: i64,
}

/// `true` or `false`.
const BOOL: Shape = Shape {
    kind: Kind::Bool,
    min: 0,
    max: 1,
};
/// Any text.
const TEXT: Shape = Shape {
    kind: Kind::Text,
    min: 0,
    max: 0,
};
/// A count, 0 included.
const COUNT: Shape = within(Kind::Int, 0, INT_MAX);
/// At least one.
const SOME: Shape = within(Kind::Int, 1, INT_MAX);
/// How long, 0 included.
const WAIT: Shape = within(Kind::Millis, 0, INT_MAX);
/// How often: a period of 0 would never let time pass.
const PERIOD: Shape = within(Kind::Millis, 1, INT_MAX);
/// A length in bytes.
const BYTES: Shape = within(Kind::Bytes, 0, INT_MAX);
/// 0 to 100 %.
const PERCENT: Shape = within(Kind::Percent, 0, 100);
/// Dirty pages before a flush; 0 is "any".
const PAGES: Shape = within(Kind::Pages, 0, INT_MAX);

const fn within(kind: Kind, min: i64, max: i64) -> Shape {
    Shape { kind, min, max }
}

const fn one_of(words: &'static [&'static str]) -> Shape {
    Shape {
        kind: Kind::Enum(words),
        min: 0,
        max: 0,
    }
}

/// `n` milliseconds.
const fn ms(n: u64) -> Span {
    Span::from_millis(n)
}

impl Key {
    const fn new(
        name: &'static str,
        shape: Shape,
        exists: Exists,
        modelled: bool,
        class: Class,
        section: &'static str,
    ) -> Self {
        Self {
            name,
            kind: shape.kind,
            min: shape.min,
            max: shape.max,
            exists,
            modelled,
            class,
            section,
        }
    }

    /// `text` as a value of this key.
    ///
    /// # Errors
    /// When it is of another kind or out of bounds.
    pub fn read(&self, text: &str) -> Result<Value, Refused> {
        let wrong = Refused::NotA { kind: self.kind };
        match self.kind {
            Kind::Bool => match text {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(wrong),
            },
            Kind::Enum(words) => words
                .iter()
                .find(|word| **word == text)
                .map(|word| Value::Text((*word).to_owned()))
                .ok_or(wrong),
            Kind::Text if text.len() <= TEXT_MAX && !text.contains(['\n', '\r', '\0']) => {
                Ok(Value::Text(text.to_owned()))
            }
            Kind::Text => Err(wrong),
            Kind::DelayLevels => {
                let levels = read_levels(text).ok_or(wrong)?;
                Ok(Value::Text(write_levels(&levels)))
            }
            Kind::Int
            | Kind::Millis
            | Kind::Secs
            | Kind::Minutes
            | Kind::Hours
            | Kind::Bytes
            | Kind::Mebibytes
            | Kind::Pages
            | Kind::Percent => {
                let number: i64 = text.parse().map_err(|_| wrong)?;
                if (self.min..=self.max).contains(&number) {
                    Ok(Value::Int(number))
                } else {
                    Err(Refused::OutOfRange {
                        min: self.min,
                        max: self.max,
                    })
                }
            }
        }
    }
}

/// A type that a field of a table can have.
trait Field: Sized {
    fn from_value(value: &Value, kind: Kind) -> Option<Self>;
    fn to_value(&self, kind: Kind) -> Value;
}

impl Field for bool {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        match value {
            Value::Bool(on) => Some(*on),
            Value::Int(_) | Value::Text(_) => None,
        }
    }

    fn to_value(&self, _: Kind) -> Value {
        Value::Bool(*self)
    }
}

macro_rules! number_field {
    ($($number:ty),+) => { $(
        impl Field for $number {
            fn from_value(value: &Value, _: Kind) -> Option<Self> {
                match value {
                    Value::Int(n) => Self::try_from(*n).ok(),
                    Value::Bool(_) | Value::Text(_) => None,
                }
            }

            fn to_value(&self, _: Kind) -> Value {
                Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )+ };
}
number_field!(u16, u32, u64);

impl Field for Span {
    fn from_value(value: &Value, kind: Kind) -> Option<Self> {
        let n = u64::from_value(value, kind)?;
        Some(Self::from_micros(n.saturating_mul(kind.micros())))
    }

    fn to_value(&self, kind: Kind) -> Value {
        (self.micros() / kind.micros()).to_value(kind)
    }
}

/// RocketMQ writes −1 for "off" or "the usual".
impl<T: Field> Field for Option<T> {
    fn from_value(value: &Value, kind: Kind) -> Option<Self> {
        if *value == Value::Int(-1) {
            Some(None)
        } else {
            T::from_value(value, kind).map(Some)
        }
    }

    fn to_value(&self, kind: Kind) -> Value {
        self.as_ref()
            .map_or(Value::Int(-1), |set| set.to_value(kind))
    }
}

impl Field for String {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Bool(_) | Value::Int(_) => None,
        }
    }

    fn to_value(&self, _: Kind) -> Value {
        Value::Text(self.clone())
    }
}

impl Field for Vec<Span> {
    fn from_value(value: &Value, kind: Kind) -> Option<Self> {
        read_levels(&String::from_value(value, kind)?)
    }

    fn to_value(&self, _: Kind) -> Value {
        Value::Text(write_levels(self))
    }
}

macro_rules! word_field {
    ($($word:ty),+) => { $(
        impl Field for $word {
            fn from_value(value: &Value, kind: Kind) -> Option<Self> {
                Self::from_word(&String::from_value(value, kind)?)
            }

            fn to_value(&self, _: Kind) -> Value {
                Value::Text(self.word().to_owned())
            }
        }
    )+ };
}
word_field!(BrokerRole, FlushDiskType, ConsumeFromWhere);

const LEVEL_UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// `1s 5s 10s`; between 1 and 18 levels, each of at most 30 days.
fn read_levels(text: &str) -> Option<Vec<Span>> {
    let mut levels = Vec::new();
    for word in text.split(' ') {
        let unit = word.chars().next_back()?;
        let (_, secs) = LEVEL_UNITS.iter().find(|(letter, _)| *letter == unit)?;
        let count: u64 = word.strip_suffix(unit)?.parse().ok()?;
        let secs = count
            .checked_mul(*secs)
            .filter(|secs| (1..=30 * 86_400).contains(secs))?;
        if levels.len() == LEVELS_MAX {
            return None;
        }
        levels.push(Span::from_secs(secs));
    }
    Some(levels)
}

fn write_levels(levels: &[Span]) -> String {
    let mut text = String::new();
    for level in levels {
        let secs = level.micros() / 1_000_000;
        let (letter, unit) = LEVEL_UNITS
            .into_iter()
            .find(|(_, unit)| secs.is_multiple_of(*unit))
            .unwrap_or(('s', 1));
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&(secs / unit).to_string());
        text.push(letter);
    }
    text
}

/// A table: field, type, key, shape, class, section, whether the engine heeds it, and its defaults:
/// `both(x)`, `each(4.9, 5.3)`, `only_5_3(x, without)` or `only_4_9(x, without)`, where `without` is the value that behaves
/// as the other profile does for lack of such a key.
macro_rules! settings {
    (
        $(#[$doc:meta])*
        $name:ident, others: $others:expr;
        $(
            $(#[$fdoc:meta])*
            $field:ident: $ty:ty = $key:literal, $shape:expr, $class:ident $section:literal $heeded:ident, $which:ident($($default:expr),+);
        )+
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub struct $name {
            $( $(#[$fdoc])* pub $field: $ty, )+
            profile: Profile,
            explicit: Vec<Explicit>,
        }

        impl $name {
            /// Every key with a field, in the reference's order.
            pub const KEYS: &'static [Key] = &[
                $( Key::new($key, $shape, settings!(@exists $which), settings!(@heeded $heeded), Class::$class, $section), )+
            ];

            /// What RocketMQ does when nothing is configured.
            #[must_use]
            pub fn defaults(profile: Profile) -> Self {
                Self {
                    $( $field: settings!(@default profile $which($($default),+)), )+
                    profile,
                    explicit: Vec::new(),
                }
            }

            /// The row of a key with a field.
            #[must_use]
            pub fn key(name: &str) -> Option<&'static Key> {
                Self::KEYS.iter().find(|key| key.name == name)
            }

            /// Whose defaults these are.
            #[must_use]
            pub const fn profile(&self) -> Profile {
                self.profile
            }

            /// The value of a key with a field, set or default.
            #[must_use]
            pub fn get(&self, name: &str) -> Option<Value> {
                let kind = Self::key(name)?.kind;
                match name {
                    $( $key => Some(Field::to_value(&self.$field, kind)), )+
                    _ => None,
                }
            }

            /// Sets a key from its text, as a `broker.conf` or a property would.
            ///
            /// # Errors
            /// When RocketMQ has no such key here, or the value is not one for it.
            pub fn set(&mut self, name: &str, text: &str) -> Result<Effect, Refused> {
                if let Some(key) = Self::key(name) {
                    return self.set_key(key, text);
                }
                let other = $crate::config::others::find($others, name)
                    .ok_or_else(|| $crate::config::refuse(name, Self::KEYS, $others))?;
                let value = other.key.read(text)?;
                let effect = other.effect(self.profile);
                self.remember(Explicit { key: other.key.name, value, effect });
                Ok(effect)
            }

            /// Sets a key of this table. Who knows the key needs none of the names that the engine does not model.
            ///
            /// # Errors
            /// When the value is not one for it.
            pub fn set_key(&mut self, key: &'static Key, text: &str) -> Result<Effect, Refused> {
                let value = key.read(text)?;
                let effect = if let Some(only) = key.exists.elsewhere(self.profile) {
                    Effect::OtherProfile { only }
                } else {
                    let wrong = Refused::NotA { kind: key.kind };
                    match key.name {
                        $( $key => self.$field = Field::from_value(&value, key.kind).ok_or(wrong)?, )+
                        _ => return Err(wrong),
                    }
                    if key.modelled { Effect::Applies } else { Effect::NotModelled }
                };
                self.remember(Explicit { key: key.name, value, effect });
                Ok(effect)
            }

            /// What was set, in the order in which it was first set; the rest is default.
            #[must_use]
            pub fn explicit(&self) -> &[Explicit] {
                &self.explicit
            }

            /// Whether `name` was set.
            #[must_use]
            pub fn is_set(&self, name: &str) -> bool {
                self.explicit.iter().any(|set| set.key == name)
            }

            fn remember(&mut self, new: Explicit) {
                match self.explicit.iter_mut().find(|set| set.key == new.key) {
                    Some(old) => *old = new,
                    None => self.explicit.push(new),
                }
            }
        }
    };
    (@exists both) => { Exists::InBoth };
    (@exists each) => { Exists::InBoth };
    (@exists only_5_3) => { Exists::Only(Profile::V5_3) };
    (@exists only_4_9) => { Exists::Only(Profile::V4_9) };
    (@heeded modelled) => { true };
    (@heeded later) => { false };
    (@default $profile:ident both($value:expr)) => { $value };
    (@default $profile:ident each($v4_9:expr, $v5_3:expr)) => {
        match $profile { Profile::V4_9 => $v4_9, Profile::V5_3 => $v5_3 }
    };
    (@default $profile:ident only_5_3($v5_3:expr, $without:expr)) => {
        match $profile { Profile::V4_9 => $without, Profile::V5_3 => $v5_3 }
    };
    (@default $profile:ident only_4_9($v4_9:expr, $without:expr)) => {
        match $profile { Profile::V4_9 => $v4_9, Profile::V5_3 => $without }
    };
}
use settings;

/// Why `name` is not a key of a table: it belongs to another one, or to none.
fn refuse(name: &str, keys: &'static [Key], others: &'static [others::Group]) -> Refused {
    if let Some(class) = others::class_elsewhere(name) {
        return Refused::BelongsTo { class };
    }
    let names = || {
        keys.iter()
            .map(|key| key.name)
            .chain(others.iter().flat_map(others::Group::names))
    };
    let folded: String = name
        .chars()
        .take(NAME_MAX)
        .collect::<String>()
        .to_ascii_lowercase();
    // The first of equals: the reference's order puts the common ones first.
    let nearest =
        names().min_by_key(|real| strsim::osa_distance(&folded, &real.to_ascii_lowercase()));
    Refused::Unknown {
        nearest: nearest.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
