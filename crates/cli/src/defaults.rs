//! `loss-lab defaults`: the engine's own table of RocketMQ's keys, as text or JSON.

use std::io::Write;

use loss_lab_engine::config::{
    BrokerConfig, ConsumerConfig, ControllerConfig, Key, NameServerConfig, ProducerConfig, Value,
};
use loss_lab_engine::draw::table;
use loss_lab_engine::status::Profile;

use crate::failure::Failure;
use crate::{DefaultsArgs, ProfileArg};

/// Prints every key that has a default in the profile.
pub fn defaults(args: &DefaultsArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let profile = match args.profile {
        ProfileArg::V4_9 => Profile::V4_9,
        ProfileArg::V5_3 => Profile::V5_3,
    };
    let kinds = [
        (
            "broker",
            rows(BrokerConfig::KEYS, profile, |name| {
                BrokerConfig::defaults(profile).get(name)
            }),
        ),
        (
            "producer",
            rows(ProducerConfig::KEYS, profile, |name| {
                ProducerConfig::defaults(profile).get(name)
            }),
        ),
        (
            "consumer",
            rows(ConsumerConfig::KEYS, profile, |name| {
                ConsumerConfig::defaults(profile).get(name)
            }),
        ),
        (
            "name server",
            rows(NameServerConfig::KEYS, profile, |name| {
                NameServerConfig::defaults(profile).get(name)
            }),
        ),
        (
            "controller",
            rows(ControllerConfig::KEYS, profile, |name| {
                ControllerConfig::defaults(profile).get(name)
            }),
        ),
    ];
    if args.json {
        json(profile, &kinds, out)
    } else {
        text(&kinds, out)
    }
}

type Rows = Vec<(&'static Key, Value)>;

fn rows(keys: &'static [Key], profile: Profile, default: impl Fn(&str) -> Option<Value>) -> Rows {
    let keys = keys.iter().filter(|key| key.exists.is_in(profile));
    keys.filter_map(|key| Some((key, default(key.name)?)))
        .collect()
}

fn text(kinds: &[(&str, Rows)], out: &mut dyn Write) -> Result<(), Failure> {
    let rows = kinds
        .iter()
        .flat_map(|(of, rows)| rows.iter().map(move |row| (of, row)));
    let cells = rows.map(|(of, (key, value))| {
        let modelled = if key.modelled { "" } else { "not modelled yet" };
        [
            (*of).to_owned(),
            key.name.to_owned(),
            shown(value),
            key.kind.unit().to_owned(),
            key.section.to_owned(),
            modelled.to_owned(),
        ]
    });
    let heads = ["of", "key", "default", "unit", "reference", ""];
    out.write_all(table(heads, &cells.collect::<Vec<_>>()).as_bytes())?;
    Ok(())
}

/// An empty text would look like a missing one.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.is_empty() {
        "\"\"".to_owned()
    } else {
        text
    }
}

fn json(profile: Profile, kinds: &[(&str, Rows)], out: &mut dyn Write) -> Result<(), Failure> {
    let row = |of: &str, key: &Key, value: &Value| {
        let default = match value {
            Value::Bool(on) => serde_json::Value::from(*on),
            Value::Int(n) => serde_json::Value::from(*n),
            Value::Text(text) => serde_json::Value::from(text.clone()),
        };
        serde_json::json!({
            "of": of, "key": key.name, "default": default, "unit": key.kind.unit(), "class": key.class.word(),
            "reference": key.section, "modelled": key.modelled,
        })
    };
    let rows = kinds
        .iter()
        .flat_map(|(of, rows)| rows.iter().map(move |(key, value)| row(of, key, value)));
    let table = serde_json::json!({ "profile": profile.word(), "keys": rows.collect::<Vec<_>>() });
    writeln!(out, "{table:#}")?;
    Ok(())
}
