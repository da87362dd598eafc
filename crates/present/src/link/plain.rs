//! A scenario as parameters that a person can read and write: RocketMQ's own keys, a few numbers, a short script.
//!
//! They say how it differs from the lab's own beginning. What they cannot say exactly is packed instead.

use loss_lab_engine::config::{BrokerConfig, ConsumerConfig, Explicit, ProducerConfig};
use loss_lab_engine::event::Trigger;
use loss_lab_engine::scenario::{Do, Scenario, Step, file_v1};
use loss_lab_engine::status::{Profile, SendMode};
use loss_lab_engine::units::{SimTime, Span};

use super::{BadLink, Why, checked, clip};
use crate::settings::{Change, Number, Settings};
use crate::story::send;

/// How long a restart takes if nothing is said.
const RESTART: Span = Span::from_millis(2_000);

/// A parameter and where it stands.
pub(super) struct Field {
    pub at: usize,
    pub key: String,
    pub value: String,
}

fn base(profile: Profile, slaves: i64, consumers: i64) -> Scenario {
    Settings::defaults(profile)
        .with(Change::Number(Number::Slaves, slaves))
        .with(Change::Number(Number::Consumers, consumers))
        .scenario(Vec::new())
}

/// The parameters that say a scenario, if they can.
pub(super) fn write(scenario: &Scenario) -> Option<Vec<(&'static str, String)>> {
    let broker = scenario.brokers.first()?;
    let slaves = i64::try_from(broker.slaves.len()).ok()?;
    let consumers = i64::try_from(scenario.consumers.len()).ok()?;
    let base = base(scenario.profile, slaves, consumers);
    let mut fields = vec![("profile", scenario.profile.word().to_owned())];
    let mut say = |key, value: String, differs| {
        if differs {
            fields.push((key, value));
        }
    };
    say("slaves", slaves.to_string(), slaves != 1);
    say("consumers", consumers.to_string(), consumers != 1);
    say(
        "seed",
        scenario.seed.to_string(),
        scenario.seed != base.seed,
    );
    let span = |span: Span| millis(i64::try_from(span.micros()).unwrap_or(i64::MAX));
    let (network, usual) = (scenario.network, base.network);
    say(
        "latencyMs",
        span(network.latency),
        network.latency != usual.latency,
    );
    say(
        "jitterMs",
        span(network.jitter),
        network.jitter != usual.jitter,
    );
    say(
        "fsyncMs",
        span(scenario.fsync),
        scenario.fsync != base.fsync,
    );
    say(
        "until",
        millis(scenario.until.micros()),
        scenario.until != base.until,
    );
    if let (Some(topic), Some(usual)) = (scenario.topics.first(), base.topics.first()) {
        say(
            "queues",
            topic.queues.to_string(),
            topic.queues != usual.queues,
        );
    }
    if let (Some(consumer), Some(usual)) = (scenario.consumers.first(), base.consumers.first()) {
        say(
            "processMs",
            span(consumer.process),
            consumer.process != usual.process,
        );
    }
    let mut conf = |explicit: &[Explicit]| {
        for set in explicit {
            fields.push((set.key, set.value.to_string()));
        }
    };
    conf(broker.conf.explicit());
    conf(scenario.producers.first()?.conf.explicit());
    if let Some(consumer) = scenario.consumers.first() {
        conf(consumer.conf.explicit());
    }
    if !scenario.script.is_empty() {
        let steps: Option<Vec<String>> = scenario.script.iter().map(step).collect();
        fields.push(("do", steps?.join(";")));
    }
    let read_back: Vec<Field> = fields
        .iter()
        .map(|(key, value)| Field {
            at: 0,
            key: (*key).to_owned(),
            value: value.clone(),
        })
        .collect();
    read(&read_back)
        .is_ok_and(|back| back == *scenario)
        .then_some(fields)
}

/// The scenario that the parameters say.
pub(super) fn read(fields: &[Field]) -> Result<Scenario, BadLink> {
    for (field, index) in fields.iter().zip(0..) {
        if fields
            .iter()
            .take(index)
            .any(|other| other.key == field.key)
        {
            return Err(BadLink {
                at: field.at,
                why: Why::Twice(clip(&field.key)),
            });
        }
    }
    let field = |key: &str| fields.iter().find(|field| field.key == key);
    let refuse = |field: &Field| BadLink {
        at: field.at,
        why: Why::Value(clip(&field.key), clip(&field.value)),
    };
    let profile = match field("profile") {
        Some(field) => Profile::from_word(&field.value).ok_or_else(|| refuse(field))?,
        None => Profile::V5_3,
    };
    let count = |number: Number, key| match field(key) {
        Some(field) => {
            let most = number.shape(profile).max;
            let count = field.value.parse::<i64>().ok();
            count
                .filter(|count| (0..=most).contains(count))
                .ok_or_else(|| refuse(field))
        }
        None => Ok(number.shape(profile).default),
    };
    let slaves = count(Number::Slaves, "slaves")?;
    let consumers = count(Number::Consumers, "consumers")?;
    let mut scenario = base(profile, slaves, consumers);
    for field in fields {
        let fine = put(&mut scenario, &field.key, &field.value);
        match fine {
            Some(true) => {}
            Some(false) => return Err(refuse(field)),
            None => {
                return Err(BadLink {
                    at: field.at,
                    why: Why::Unknown(clip(&field.key)),
                });
            }
        }
    }
    // The door knows which settings do not go together and which numbers are too great.
    checked(&file_v1::write(&scenario)).map_err(|problem| BadLink {
        at: fields.first().map_or(0, |field| field.at),
        why: Why::Scenario(problem),
    })
}

/// Whether the value fits; none for a key that nobody has.
fn put(scenario: &mut Scenario, key: &str, value: &str) -> Option<bool> {
    let span = || {
        let micros = micros(value)?;
        Some(Span::from_micros(u64::try_from(micros).ok()?))
    };
    let set = |place: &mut Span| span().map(|span| *place = span).is_some();
    Some(match key {
        "profile" | "slaves" | "consumers" => true,
        "seed" => value.parse().map(|seed| scenario.seed = seed).is_ok(),
        "latencyMs" => set(&mut scenario.network.latency),
        "jitterMs" => set(&mut scenario.network.jitter),
        "fsyncMs" => set(&mut scenario.fsync),
        "until" => {
            let until = micros(value).map(SimTime::from_micros);
            until.map(|until| scenario.until = until).is_some()
        }
        "queues" => {
            let topic = scenario.topics.first_mut()?;
            value.parse().map(|queues| topic.queues = queues).is_ok()
        }
        "processMs" => {
            let mut consumers = scenario.consumers.iter_mut();
            consumers.all(|consumer| set(&mut consumer.process))
        }
        "do" => {
            let steps: Option<Vec<Step>> = value.split(';').map(read_step).collect();
            steps.map(|steps| scenario.script = steps).is_some()
        }
        key if BrokerConfig::key(key).is_some() => {
            let broker = scenario.brokers.first_mut()?;
            broker.conf.set(key, value).is_ok()
        }
        key if ProducerConfig::key(key).is_some() => {
            let producer = scenario.producers.first_mut()?;
            producer.conf.set(key, value).is_ok()
        }
        key if ConsumerConfig::key(key).is_some() => {
            let mut consumers = scenario.consumers.iter_mut();
            consumers.all(|consumer| consumer.conf.set(key, value).is_ok())
        }
        _ => return None,
    })
}

/// `AT:send*COUNT` or `AT:FAULT:NODE`.
fn step(step: &Step) -> Option<String> {
    let Trigger::At(at) = &step.trigger else {
        return None;
    };
    let at = millis(at.micros());
    if let Do::Send(sent) = &step.action {
        return Some([&at, ":send*", &sent.count.to_string()].concat());
    }
    let (_, word, node) = FAULTS
        .iter()
        .filter_map(|(word, make)| Some((make, *word, node(&step.action)?)))
        .find(|(make, _, node)| make(node.clone()) == step.action)?;
    Some([&at, ":", word, ":", &node].concat())
}

type Fault = (&'static str, fn(String) -> Do);

const FAULTS: [Fault; 9] = [
    ("crash", Do::Crash),
    ("power-loss", Do::PowerLoss),
    ("destroy-disk", Do::DestroyDisk),
    ("stop", |node| Do::Stop { node, takes: None }),
    ("restart", |node| Do::Restart {
        node,
        takes: RESTART,
    }),
    ("pause", Do::Pause),
    ("resume", Do::Resume),
    ("stall-disk", Do::StallDisk),
    ("release-disk", Do::ReleaseDisk),
];

fn node(action: &Do) -> Option<String> {
    match action {
        Do::Crash(node)
        | Do::PowerLoss(node)
        | Do::DestroyDisk(node)
        | Do::Stop { node, .. }
        | Do::Restart { node, .. }
        | Do::Pause(node)
        | Do::Resume(node)
        | Do::StallDisk(node)
        | Do::ReleaseDisk(node) => Some(node.clone()),
        Do::Send(_)
        | Do::FailDisk { .. }
        | Do::FillDisk { .. }
        | Do::ExpireFiles { .. }
        | Do::Partition(_)
        | Do::Heal(_)
        | Do::Drop { .. }
        | Do::SetLink { .. }
        | Do::ConsumeResult(_)
        | Do::ProcessTime { .. }
        | Do::StartConsumer(_)
        | Do::StopConsumer(_)
        | Do::Pull(_)
        | Do::ResetOffset(_)
        | Do::SetConf { .. } => None,
    }
}

fn read_step(text: &str) -> Option<Step> {
    let (at, rest) = text.split_once(':')?;
    let trigger = Trigger::At(SimTime::from_micros(micros(at)?));
    let action = if let Some(count) = rest.strip_prefix("send*") {
        send(count.parse().ok()?, SendMode::Sync)
    } else if rest == "send" {
        send(1, SendMode::Sync)
    } else {
        let (word, node) = rest.split_once(':')?;
        let (_, make) = FAULTS.iter().find(|(fault, _)| *fault == word)?;
        make(node.to_owned())
    };
    Some(Step { trigger, action })
}

/// Microseconds as milliseconds, exactly.
pub(super) fn millis(micros: i64) -> String {
    let (whole, part) = (micros / 1_000, (micros % 1_000).abs());
    let sign = if micros < 0 && whole == 0 { "-" } else { "" };
    let text = [sign, &whole.to_string()].concat();
    if part == 0 {
        return text;
    }
    let part = (part + 1_000).to_string();
    [
        &text,
        ".",
        part.strip_prefix('1')
            .unwrap_or(&part)
            .trim_end_matches('0'),
    ]
    .concat()
}

/// Milliseconds with at most three decimals, not negative.
pub(super) fn micros(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = [part, "000"].concat().get(..3)?.parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(1_000)?
        .checked_add(part)
}
