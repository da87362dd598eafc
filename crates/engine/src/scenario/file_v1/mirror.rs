//! The format as serde sees it: every field of the contract, nothing checked but its type.
//!
//! A step is one struct with every action's fields, not an enum by action: so an error keeps its path and its place, and
//! the reader stays small. Which fields an action has is a table ([`ACTIONS`]) that the check and the schema share.

use core::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::problem::{Place, Problem, ProblemCode};
use super::{FORMAT, TEXT_MAX};

/// A scenario for Loss Lab: what cluster stands, what its clients do and which faults strike.
#[derive(Deserialize, Serialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(super) struct FileV1 {
    /// Always `loss-lab/1`.
    pub(super) format: String,
    /// What the scenario shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<TitleV1>,
    /// Whose rules apply: `4.9` or `5.3` (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<String>,
    /// Seeds every random choice; 0 (the default) is the usual course of everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<u64>,
    /// Every link's delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<NetworkV1>,
    /// Every disk's speed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disk: Option<DiskV1>,
    /// Topics that exist at the start; by default `TopicTest` with 4 queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topics: Option<Vec<TopicV1>>,
    /// Masters with their slaves; by default one master `broker-a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) brokers: Option<Vec<BrokerV1>>,
    /// Producers; by default one, `p1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) producers: Option<Vec<ProducerV1>>,
    /// Push consumers; by default one, `c1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) consumers: Option<Vec<ConsumerV1>>,
    /// What happens, step by step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) script: Option<Vec<StepV1>>,
    /// Virtual milliseconds after which the run ends; by default 60000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Millis>,
}

/// A title, in one language or in both.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "expected a text or texts by language: { \"en\": …, \"zh\": … }"
)]
pub(super) enum TitleV1 {
    /// In one language.
    One(String),
    /// By language.
    Both(TitlesV1),
}

/// A title by language.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TitlesV1 {
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) en: Option<String>,
    /// Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) zh: Option<String>,
}

/// Every link's delay.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(super) struct NetworkV1 {
    /// One way; by default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<Millis>,
    /// At most this much more, at random; by default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jitter_ms: Option<Millis>,
}

/// Every disk's speed.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(super) struct DiskV1 {
    /// How long one fsync takes; by default 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fsync_ms: Option<Millis>,
}

/// A topic that exists at the start.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TopicV1 {
    /// Its name.
    pub(super) name: String,
    /// Its queues on each broker, 1 to 128; by default 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) queues: Option<i64>,
}

/// One master with its slaves.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct BrokerV1 {
    /// The broker name; by default `broker-a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// The master's configuration, by RocketMQ's keys.
    #[serde(default, skip_serializing_if = "ConfV1::is_empty")]
    pub(super) conf: ConfV1,
    /// Its slaves. A slave does not inherit its master's configuration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) slaves: Vec<SlaveV1>,
}

/// One slave.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct SlaveV1 {
    /// Its configuration, by RocketMQ's keys.
    #[serde(default, skip_serializing_if = "ConfV1::is_empty")]
    pub(super) conf: ConfV1,
}

/// One producer process.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct ProducerV1 {
    /// Its node name; by default `p1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// `producerGroup`; by default `PG`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    /// Its settings, by `DefaultMQProducer`'s property names.
    #[serde(default, skip_serializing_if = "ConfV1::is_empty")]
    pub(super) conf: ConfV1,
    /// How often the application sends again after a failed call; by default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resend: Option<i64>,
}

/// One push consumer process.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(super) struct ConsumerV1 {
    /// Its node name; by default `c1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// `consumerGroup`; by default `CG`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    /// The topic it subscribes; by default the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    /// The tags it takes: `*` (the default) or `A || B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tags: Option<String>,
    /// `concurrently` (the default) or `orderly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) listener: Option<String>,
    /// `CLUSTERING` (the default) or `BROADCASTING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    /// Its settings, by `DefaultMQPushConsumer`'s property names.
    #[serde(default, skip_serializing_if = "ConfV1::is_empty")]
    pub(super) conf: ConfV1,
    /// How long its listener takes; by default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) process_ms: Option<Millis>,
    /// `ConsumeOrderlyContext#autoCommit`; by default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auto_commit: Option<bool>,
    /// Whether it is there at t = 0; by default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) started: Option<bool>,
}

/// The event a step waits for; what is left out matches any.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct AfterV1 {
    /// The event's name, such as `appended`.
    pub(super) event: String,
    /// Of this message, such as `m3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    /// On this node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) node: Option<String>,
    /// The how-manieth; by default the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nth: Option<i64>,
}

/// How the application's transaction listener answers.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TransactionV1 {
    /// What the local transaction says: `COMMIT_MESSAGE`, `ROLLBACK_MESSAGE` or `UNKNOW`.
    pub(super) local: String,
    /// What each check-back says; the last one repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) check: Vec<String>,
}

/// How often a rule holds.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected a number or \"all\"")]
pub(super) enum TimesV1 {
    /// So often.
    Count(i64),
    /// `all`: always.
    Word(String),
}

macro_rules! step {
    ($( $(#[$doc:meta])* $field:ident: $ty:ty = $name:literal; )+) => {
        /// One step of the script: when (`at` or `after`), what (`do`), and what the action needs.
        #[derive(Deserialize, Serialize, Default)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, expecting = "an object")]
        pub(super) struct StepV1 {
            /// When, in milliseconds; fractions are allowed.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(super) at: Option<Millis>,
            /// Right after which event.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(super) after: Option<AfterV1>,
            /// What.
            #[serde(rename = "do")]
            pub(super) action: String,
            $(
                $(#[$doc])*
                #[serde(rename = $name, skip_serializing_if = "Option::is_none")]
                pub(super) $field: Option<$ty>,
            )+
        }

        impl StepV1 {
            /// The names of the action's fields that the step has.
            pub(super) fn given(&self) -> impl Iterator<Item = &'static str> {
                [$( self.$field.is_some().then_some($name) ),+].into_iter().flatten()
            }
        }
    };
}

step! {
    /// Which node.
    node: String = "node";
    /// Which producer.
    producer: String = "producer";
    /// Which consumer.
    consumer: String = "consumer";
    /// Which topic.
    topic: String = "topic";
    /// Of which broker.
    broker: String = "broker";
    /// Which queue.
    queue: i64 = "queue";
    /// How many; by default 1.
    count: i64 = "count";
    /// How far apart.
    every: Millis = "everyMs";
    /// `sync` (the default), `async` or `oneway`.
    mode: String = "mode";
    /// The message's tag.
    tag: String = "tag";
    /// The message's key.
    key: String = "key";
    /// The body's length; by default 16.
    body_bytes: i64 = "bodyBytes";
    /// `Message#setWaitStoreMsgOK`; by default true.
    wait_store_msg_ok: bool = "waitStoreMsgOK";
    /// `Message#setDelayTimeLevel`, 1 to 18.
    delay_level: i64 = "delayLevel";
    /// Sends in a transaction.
    transaction: TransactionV1 = "transaction";
    /// Until it serves; by default 2000.
    takes: Millis = "takesMs";
    /// How often.
    times: TimesV1 = "times";
    /// How full, 0 to 1.
    ratio: Ratio = "ratio";
    /// The queue offset of the first message that is kept.
    up_to: i64 = "upTo";
    /// The two ends of a link.
    between: [String; 2] = "between";
    /// From which node.
    from: String = "from";
    /// To which node.
    to: String = "to";
    /// One way.
    latency: Millis = "latencyMs";
    /// Which message, such as `m3`, or `all`.
    message: String = "message";
    /// What the listener does.
    result: String = "result";
    /// `ConsumeConcurrentlyContext#delayLevelWhenNextConsume`.
    delay_level_when_next_consume: i64 = "delayLevelWhenNextConsume";
    /// `ConsumeConcurrentlyContext#ackIndex`.
    ack_index: i64 = "ackIndex";
    /// How long.
    ms: Millis = "ms";
    /// From which offset.
    offset: i64 = "offset";
    /// Which tags.
    tags: String = "tags";
    /// Other settings, by RocketMQ's keys.
    conf: ConfV1 = "conf";
}

/// The fields of one action.
pub(super) struct ActionV1 {
    pub(super) name: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

impl ActionV1 {
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }
}

const fn action(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> ActionV1 {
    ActionV1 {
        name,
        required,
        optional,
    }
}

/// Every action, in the contract's order.
pub(super) const ACTIONS: &[ActionV1] = &[
    action(
        "send",
        &[],
        &[
            "producer",
            "topic",
            "count",
            "everyMs",
            "mode",
            "queue",
            "broker",
            "tag",
            "key",
            "bodyBytes",
            "waitStoreMsgOK",
            "delayLevel",
            "transaction",
        ],
    ),
    action("crash", &["node"], &[]),
    action("power-loss", &["node"], &[]),
    action("destroy-disk", &["node"], &[]),
    action("stop", &["node"], &["takesMs"]),
    action("restart", &["node"], &["takesMs"]),
    action("pause", &["node"], &[]),
    action("resume", &["node"], &[]),
    action("stall-disk", &["node"], &[]),
    action("release-disk", &["node"], &[]),
    action("fail-disk", &["node"], &["times"]),
    action("fill-disk", &["node", "ratio"], &[]),
    action("expire-files", &["node", "upTo"], &[]),
    action("partition", &["between"], &[]),
    action("heal", &["between"], &[]),
    action("drop", &["from", "to"], &["count"]),
    action("set-link", &["between", "latencyMs"], &[]),
    action(
        "consume-result",
        &["result"],
        &[
            "consumer",
            "message",
            "times",
            "delayLevelWhenNextConsume",
            "ackIndex",
        ],
    ),
    action("process-time", &["ms"], &["consumer"]),
    action("start-consumer", &[], &["consumer"]),
    action("stop-consumer", &[], &["consumer"]),
    action(
        "pull",
        &[],
        &["consumer", "topic", "queue", "broker", "offset", "tags"],
    ),
    action(
        "reset-offset",
        &["offset"],
        &["consumer", "topic", "queue", "broker"],
    ),
    action("set-conf", &["node", "conf"], &[]),
];

/// A number of milliseconds, kept as whole microseconds: the nearest, so `0.1` is 100 and not a little less.
#[derive(Clone, Copy)]
pub(super) struct Millis(pub(super) i64);

/// A number from 0 to 1, kept in thousandths.
#[derive(Clone, Copy)]
pub(super) struct Ratio(pub(super) i64);

/// A number of `unit`s, scaled by 1000 and rounded; what is beyond any bound stays beyond it.
struct Thousandths;

impl Visitor<'_> for Thousandths {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<i64, E> {
        Ok(n.saturating_mul(1_000))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<i64, E> {
        Ok(i64::try_from(n).unwrap_or(i64::MAX).saturating_mul(1_000))
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, and NaN, which JSON cannot say, would become 0"
    )]
    fn visit_f64<E: de::Error>(self, n: f64) -> Result<i64, E> {
        Ok((n * 1_000.0).round() as i64)
    }
}

fn write_thousandths<S: Serializer>(n: i64, serializer: S) -> Result<S::Ok, S::Error> {
    if n % 1_000 == 0 {
        return serializer.serialize_i64(n / 1_000);
    }
    #[allow(
        clippy::cast_precision_loss,
        reason = "within bounds a thousandth is far above a float's precision"
    )]
    let fraction = n as f64 / 1_000.0;
    serializer.serialize_f64(fraction)
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Thousandths).map(Self)
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_thousandths(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Thousandths).map(Self)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_thousandths(self.0, serializer)
    }
}

/// Settings in the file's order, each as the text that a `broker.conf` would have.
#[derive(Default)]
pub(super) struct ConfV1(pub(super) Vec<(String, String)>);

impl ConfV1 {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for ConfV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Settings;

        impl<'de> Visitor<'de> for Settings {
            type Value = ConfV1;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("RocketMQ's keys with their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ConfV1, A::Error> {
                let mut settings: Vec<(String, String)> = Vec::new();
                let mut seen = std::collections::BTreeSet::new();
                while let Some(key) = map.next_key::<String>()? {
                    let Scalar(text) = map.next_value()?;
                    if !seen.insert(key.clone()) {
                        return Err(de::Error::custom(format_args!(
                            "duplicate key `{}`",
                            clip(&key)
                        )));
                    }
                    settings.push((key, text));
                }
                Ok(ConfV1(settings))
            }
        }

        deserializer.deserialize_map(Settings)
    }
}

impl Serialize for ConfV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, text) in &self.0 {
            // Whatever reads as a number or a truth value reads back as the same text.
            match (text.as_str(), text.parse::<i64>()) {
                ("true", _) => map.serialize_entry(key, &true)?,
                ("false", _) => map.serialize_entry(key, &false)?,
                (_, Ok(n)) if n.to_string() == *text => map.serialize_entry(key, &n)?,
                _ => map.serialize_entry(key, text)?,
            }
        }
        map.end()
    }
}

/// A truth value, a number or a text, as text.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;

        impl Visitor<'_> for One {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, a number or a text")
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<Scalar, E> {
                Ok(Scalar(on.to_string()))
            }

            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Scalar, E> {
                Ok(Scalar(n.to_string()))
            }

            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Scalar, E> {
                Ok(Scalar(n.to_string()))
            }

            // Prints 500.0 as 500, and a fraction as short as it can be.
            fn visit_f64<E: de::Error>(self, n: f64) -> Result<Scalar, E> {
                Ok(Scalar(n.to_string()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }
        }

        deserializer.deserialize_any(One)
    }
}

/// At most 80 characters of a text from the file.
pub(super) fn clip(text: &str) -> String {
    const MAX: usize = 80;
    match text.char_indices().nth(MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// The file that `text` is, if it is one of this format.
pub(super) fn read(text: &str) -> Result<FileV1, Problem> {
    /// Looks at the format only, so that a file of another version is told so and not what is strange about it.
    #[derive(Deserialize)]
    #[serde(expecting = "a scenario: an object")]
    struct Head {
        format: Option<serde_json::Value>,
    }

    let whole = |code| Problem {
        path: String::new(),
        code,
    };
    if text.len() > TEXT_MAX {
        return Err(whole(ProblemCode::TooLong {
            bytes: text.len(),
            max: TEXT_MAX,
        }));
    }
    // Editors on some systems put a mark in front that JSON does not allow.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head: Head = serde_json::from_str(text).map_err(|error| whole(of_json(&error)))?;
    match head.format {
        Some(serde_json::Value::String(format)) if format == FORMAT => {}
        Some(serde_json::Value::String(format)) => {
            return Err(whole(ProblemCode::Format {
                found: Some(clip(&format)),
            }));
        }
        Some(other) => {
            return Err(whole(ProblemCode::Format {
                found: Some(clip(&other.to_string())),
            }));
        }
        None => return Err(whole(ProblemCode::Format { found: None })),
    }
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        Problem {
            path,
            code: of_json(error.inner()),
        }
    })
}

fn of_json(error: &serde_json::Error) -> ProblemCode {
    let place = Place {
        line: error.line(),
        column: error.column(),
    };
    let words = error.to_string();
    // serde_json repeats the place at the end of its words, and serde says some types in Rust's.
    let detail = words
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .replace("expected i64", "expected a whole number");
    let detail = clip_words(&detail.replace(
        "expected u64",
        "expected a whole number that is not negative",
    ));
    match error.classify() {
        serde_json::error::Category::Data => ProblemCode::Shape { place, detail },
        serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof
        | serde_json::error::Category::Io => ProblemCode::Syntax { place, detail },
    }
}

/// The reader's words name every field there is, so they may be longer than a text of the file.
fn clip_words(words: &str) -> String {
    words.chars().take(1_000).collect()
}

#[cfg(feature = "schema")]
mod schema {
    use super::{ACTIONS, ConfV1, FORMAT, FileV1, Millis, Ratio};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde_json::{Value, json};
    use std::borrow::Cow;

    impl JsonSchema for Millis {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Millis".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "number", "minimum": 0 })
        }
    }

    impl JsonSchema for Ratio {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Ratio".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "number", "minimum": 0, "maximum": 1 })
        }
    }

    impl JsonSchema for ConfV1 {
        fn schema_name() -> Cow<'static, str> {
            "ConfV1".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "object",
                "description": "RocketMQ's own keys with their values.",
                "additionalProperties": { "type": ["boolean", "number", "string"] }
            })
        }
    }

    /// The types' schema, and what they leave to the check: the format's name and each action's fields.
    pub(in super::super) fn schema() -> Value {
        let mut schema = schemars::schema_for!(FileV1).to_value();
        if let Some(format) = schema.pointer_mut("/properties/format") {
            *format = json!({ "const": FORMAT });
        }
        let actions: Vec<Value> = ACTIONS
            .iter()
            .map(|action| {
                let required: Vec<&str> = action.required.iter().copied().chain(["do"]).collect();
                let names: Vec<&str> = ["at", "after", "do"]
                    .into_iter()
                    .chain(action.fields())
                    .collect();
                json!({
                    "title": action.name,
                    "properties": { "do": { "const": action.name } },
                    "required": required,
                    "propertyNames": { "enum": names },
                })
            })
            .collect();
        if let Some(Value::Object(step)) = schema.pointer_mut("/$defs/StepV1") {
            step.insert("oneOf".to_owned(), Value::Array(actions));
            step.insert(
                "anyOf".to_owned(),
                json!([{ "required": ["at"] }, { "required": ["after"] }]),
            );
        }
        schema
    }
}
#[cfg(feature = "schema")]
pub(super) use schema::schema;
