//! From the checked scenario back to text: one line per thing, and nothing that is default but names.

use serde::Serialize;

use super::FORMAT;
use super::check::{consumer, empty};
use super::mirror::{
    AfterV1, BrokerV1, ConfV1, ConsumerV1, DiskV1, Millis, NetworkV1, ProducerV1, Ratio, SlaveV1,
    StepV1, TimesV1, TitleV1, TitlesV1, TopicV1, TransactionV1,
};
use crate::config::Explicit;
use crate::event::{Pattern, Trigger};
use crate::scenario::{Consumer, Do, Scenario, Send, Step, Title};
use crate::units::{SimTime, Span};

pub(super) fn write(scenario: &Scenario) -> String {
    let base = empty(scenario.profile);
    let first_topic = scenario
        .topics
        .first()
        .map_or("", |topic| topic.name.as_str());
    let mut page = Page {
        text: String::from("{"),
    };
    page.field("format", FORMAT);
    if let Some(title) = title(&scenario.title) {
        page.field("title", &title);
    }
    page.field("profile", scenario.profile.word());
    if scenario.seed != 0 {
        page.field("seed", &scenario.seed);
    }
    if scenario.network != base.network {
        let latency_ms = other_span(scenario.network.latency, base.network.latency);
        page.field(
            "network",
            &NetworkV1 {
                latency_ms,
                jitter_ms: other_span(scenario.network.jitter, base.network.jitter),
            },
        );
    }
    if scenario.fsync != base.fsync {
        page.field(
            "disk",
            &DiskV1 {
                fsync_ms: Some(millis(scenario.fsync)),
            },
        );
    }
    if scenario.topics != base.topics {
        let topics = scenario.topics.iter();
        page.list(
            "topics",
            topics.map(|topic| TopicV1 {
                name: topic.name.clone(),
                queues: Some(i64::from(topic.queues)),
            }),
        );
    }
    if scenario.brokers != base.brokers {
        page.list(
            "brokers",
            scenario.brokers.iter().map(|broker| BrokerV1 {
                name: Some(broker.name.clone()),
                conf: conf(broker.conf.explicit()),
                slaves: broker
                    .slaves
                    .iter()
                    .map(|slave| SlaveV1 {
                        conf: conf(slave.explicit()),
                    })
                    .collect(),
            }),
        );
    }
    if scenario.producers != base.producers {
        page.list(
            "producers",
            scenario.producers.iter().map(|producer| ProducerV1 {
                name: Some(producer.name.clone()),
                group: Some(producer.group.clone()),
                conf: conf(producer.conf.explicit()),
                resend: other(i64::from(producer.resend), 0),
            }),
        );
    }
    let base_consumer = consumer(scenario.profile, first_topic);
    if scenario.consumers != [base_consumer.clone()] {
        page.list(
            "consumers",
            scenario
                .consumers
                .iter()
                .map(|one| consumer_line(one, &base_consumer)),
        );
    }
    if !scenario.script.is_empty() {
        page.list("script", scenario.script.iter().map(step));
    }
    if scenario.until != base.until {
        page.field("until", &millis(scenario.until.since(SimTime::ZERO)));
    }
    page.text.push_str("\n}\n");
    page.text
}

/// The outermost object: its fields, and the entries of its lists, have a line each.
struct Page {
    text: String,
}

impl Page {
    fn name(&mut self, name: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push_str("\n  \"");
        self.text.push_str(name);
        self.text.push_str("\": ");
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name);
        self.value(value);
    }

    fn list<T: Serialize>(&mut self, name: &str, values: impl Iterator<Item = T>) {
        self.name(name);
        self.text.push('[');
        for (i, value) in values.enumerate() {
            self.text
                .push_str(if i == 0 { "\n    " } else { ",\n    " });
            self.value(&value);
        }
        self.text.push_str(if self.text.ends_with('[') {
            "]"
        } else {
            "\n  ]"
        });
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        // Only a map whose keys are not texts, or a number that is none, could fail here; the mirror has neither.
        self.text
            .push_str(&serde_json::to_string(value).unwrap_or_default());
    }
}

fn title(title: &Title) -> Option<TitleV1> {
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    match (said(&title.en), said(&title.zh)) {
        (None, None) => None,
        (Some(en), None) => Some(TitleV1::One(en)),
        (en, zh @ Some(_)) => Some(TitleV1::Both(TitlesV1 { en, zh })),
    }
}

fn consumer_line(consumer: &Consumer, base: &Consumer) -> ConsumerV1 {
    ConsumerV1 {
        name: Some(consumer.name.clone()),
        group: Some(consumer.group.clone()),
        topic: Some(consumer.topic.clone()),
        tags: tags(&consumer.tags),
        listener: other(consumer.listener, base.listener)
            .map(|listener| listener.word().to_owned()),
        model: other(consumer.model, base.model).map(|model| model.word().to_owned()),
        conf: conf(consumer.conf.explicit()),
        process_ms: other_span(consumer.process, base.process),
        auto_commit: other(consumer.auto_commit, base.auto_commit),
        started: other(consumer.started, base.started),
    }
}

fn step(step: &Step) -> StepV1 {
    let mut line = action(&step.action);
    match &step.trigger {
        Trigger::At(at) => line.at = Some(Millis(at.micros())),
        Trigger::After(pattern) => line.after = Some(after(pattern)),
    }
    line
}

fn after(pattern: &Pattern) -> AfterV1 {
    AfterV1 {
        event: pattern.event.word().to_owned(),
        message: pattern.message.map(label),
        node: pattern.node.clone(),
        nth: other(i64::from(pattern.nth), 1),
    }
}

fn action(action: &Do) -> StepV1 {
    let of = |name: &str| StepV1 {
        action: name.to_owned(),
        ..StepV1::default()
    };
    let on = |name: &str, node: &String| StepV1 {
        node: Some(node.clone()),
        ..of(name)
    };
    match action {
        Do::Send(send) => send_line(send),
        Do::Crash(node) => on("crash", node),
        Do::PowerLoss(node) => on("power-loss", node),
        Do::DestroyDisk(node) => on("destroy-disk", node),
        Do::Stop { node, takes } => StepV1 {
            takes: takes.map(millis),
            ..on("stop", node)
        },
        Do::Restart { node, takes } => StepV1 {
            takes: other_span(*takes, Span::from_millis(2_000)),
            ..on("restart", node)
        },
        Do::Pause(node) => on("pause", node),
        Do::Resume(node) => on("resume", node),
        Do::StallDisk(node) => on("stall-disk", node),
        Do::ReleaseDisk(node) => on("release-disk", node),
        Do::FailDisk { node, times } => StepV1 {
            times: times_line(other(*times, 1)),
            ..on("fail-disk", node)
        },
        Do::FillDisk { node, permille } => StepV1 {
            ratio: Some(Ratio(i64::from(*permille))),
            ..on("fill-disk", node)
        },
        Do::ExpireFiles { node, up_to } => StepV1 {
            up_to: i64::try_from(*up_to).ok(),
            ..on("expire-files", node)
        },
        Do::Partition(between) => StepV1 {
            between: Some(between.clone()),
            ..of("partition")
        },
        Do::Heal(between) => StepV1 {
            between: Some(between.clone()),
            ..of("heal")
        },
        Do::Drop { from, to, count } => StepV1 {
            from: Some(from.clone()),
            to: Some(to.clone()),
            count: other(i64::from(*count), 1),
            ..of("drop")
        },
        Do::SetLink { between, latency } => StepV1 {
            between: Some(between.clone()),
            latency: Some(millis(*latency)),
            ..of("set-link")
        },
        Do::ConsumeResult(rule) => StepV1 {
            consumer: Some(rule.consumer.clone()),
            message: rule.message.map(label),
            times: times_line(rule.times),
            result: Some(rule.result.word().to_owned()),
            delay_level_when_next_consume: other(i64::from(rule.delay_level_when_next_consume), 0),
            ack_index: rule.ack_index.map(i64::from),
            ..of("consume-result")
        },
        Do::ProcessTime { consumer, process } => StepV1 {
            consumer: Some(consumer.clone()),
            ms: Some(millis(*process)),
            ..of("process-time")
        },
        Do::StartConsumer(consumer) => StepV1 {
            consumer: Some(consumer.clone()),
            ..of("start-consumer")
        },
        Do::StopConsumer(consumer) => StepV1 {
            consumer: Some(consumer.clone()),
            ..of("stop-consumer")
        },
        Do::Pull(pull) => StepV1 {
            consumer: Some(pull.consumer.clone()),
            topic: Some(pull.topic.clone()),
            queue: Some(i64::from(pull.queue)),
            broker: pull.broker.clone(),
            offset: Some(pull.offset),
            tags: tags(&pull.tags),
            ..of("pull")
        },
        Do::ResetOffset(reset) => StepV1 {
            consumer: Some(reset.consumer.clone()),
            topic: Some(reset.topic.clone()),
            queue: Some(i64::from(reset.queue)),
            broker: reset.broker.clone(),
            offset: i64::try_from(reset.offset).ok(),
            ..of("reset-offset")
        },
        Do::SetConf { node, conf } => StepV1 {
            conf: Some(ConfV1(conf.clone())),
            ..on("set-conf", node)
        },
    }
}

fn send_line(send: &Send) -> StepV1 {
    StepV1 {
        action: "send".to_owned(),
        producer: Some(send.producer.clone()),
        topic: Some(send.topic.clone()),
        count: other(i64::from(send.count), 1),
        every: other_span(send.every, Span::ZERO),
        mode: other(send.mode, crate::status::SendMode::Sync).map(|mode| mode.word().to_owned()),
        queue: send.queue.map(i64::from),
        broker: send.broker.clone(),
        tag: send.tag.clone(),
        key: send.key.clone(),
        body_bytes: i64::try_from(send.body_bytes)
            .ok()
            .and_then(|bytes| other(bytes, 16)),
        wait_store_msg_ok: other(send.wait_store_msg_ok, true),
        delay_level: other(i64::from(send.delay_level), 0),
        transaction: send.transaction.as_ref().map(|transaction| TransactionV1 {
            local: transaction.local.word().to_owned(),
            check: transaction
                .check
                .iter()
                .map(|state| state.word().to_owned())
                .collect(),
        }),
        ..StepV1::default()
    }
}

/// `value`, unless it is the default.
fn other<T: PartialEq>(value: T, default: T) -> Option<T> {
    (value != default).then_some(value)
}

fn other_span(value: Span, default: Span) -> Option<Millis> {
    other(value, default).map(millis)
}

fn millis(span: Span) -> Millis {
    Millis(i64::try_from(span.micros()).unwrap_or(i64::MAX))
}

fn times_line(times: Option<u32>) -> Option<TimesV1> {
    times.map(|times| TimesV1::Count(i64::from(times)))
}

fn label(message: u32) -> String {
    format!("m{message}")
}

fn tags(tags: &[String]) -> Option<String> {
    (!tags.is_empty()).then(|| tags.join(" || "))
}

fn conf(explicit: &[Explicit]) -> ConfV1 {
    ConfV1(
        explicit
            .iter()
            .map(|set| (set.key.to_owned(), set.value.to_string()))
            .collect(),
    )
}
