//! The same settings as RocketMQ reads them: a `broker.conf`, the clients' Java; and a `broker.conf` back to settings.

use loss_lab_engine::config::{
    BrokerConfig, Class, ConsumerConfig, Effect, ProducerConfig, Refused,
};
use loss_lab_engine::status::{MessageModel, Profile};

use crate::settings::{BROKER, Owner, Settings, TOPIC};

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Paper {
    /// The master's `broker.conf`.
    #[default]
    BrokerConf,
    /// The producer's Java.
    Producer,
    /// The consumer's.
    Consumer,
}

impl Paper {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::BrokerConf, Self::Producer, Self::Consumer];
}

/// One line, and whether it says something other than the default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its text.
    pub text: String,
    /// Whether it differs from the default.
    pub changed: bool,
}

/// Keys that are said even when they are default.
const SAID: [(Owner, &[&str]); 3] = [
    (
        Owner::Broker,
        &[
            "flushDiskType",
            "brokerRole",
            "inSyncReplicas",
            "syncFlushTimeout",
            "slaveTimeout",
        ],
    ),
    (
        Owner::Producer,
        &["sendMsgTimeout", "retryTimesWhenSendFailed"],
    ),
    (Owner::Consumer, &[]),
];

/// The settings on `paper`.
#[must_use]
pub fn lines(settings: &Settings, paper: Paper) -> Vec<Line> {
    let mut lines = Vec::new();
    let cluster = settings.cluster();
    match paper {
        Paper::BrokerConf => {
            let name = cluster.brokers.first().map_or(BROKER, |one| &one.name);
            lines.push(plain(&["brokerName=", name]));
            lines.push(plain(&["brokerId=0"]));
            keys(&mut lines, settings, Owner::Broker);
        }
        Paper::Producer => {
            let group = cluster.producers.first().map_or("PG", |one| &one.group);
            lines.push(plain(&[
                "DefaultMQProducer producer = new DefaultMQProducer(\"",
                group,
                "\");",
            ]));
            keys(&mut lines, settings, Owner::Producer);
            lines.push(plain(&["producer.start();"]));
        }
        Paper::Consumer => {
            let first = cluster.consumers.first();
            let (group, topic) = first.map_or(("CG", TOPIC), |one| (&one.group, &one.topic));
            let tags = first.map_or_else(String::new, |one| one.tags.join(" || "));
            let tags = if tags.is_empty() { "*" } else { &tags };
            lines.push(plain(&[
                "DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(\"",
                group,
                "\");",
            ]));
            lines.push(plain(&[
                "consumer.subscribe(\"",
                topic,
                "\", \"",
                tags,
                "\");",
            ]));
            if first.is_some_and(|one| one.model == MessageModel::Broadcasting) {
                lines.push(Line {
                    changed: true,
                    ..plain(&["consumer.setMessageModel(MessageModel.BROADCASTING);"])
                });
            }
            keys(&mut lines, settings, Owner::Consumer);
            lines.push(plain(&["consumer.registerMessageListener(listener);"]));
            lines.push(plain(&["consumer.start();"]));
        }
    }
    lines
}

fn plain(text: &[&str]) -> Line {
    Line {
        text: text.concat(),
        changed: false,
    }
}

/// The lines of an owner's keys: those that are always said, then the others that were changed.
fn keys(lines: &mut Vec<Line>, settings: &Settings, owner: Owner) {
    let always = SAID
        .iter()
        .find(|(of, _)| *of == owner)
        .map_or(&[] as &[&str], |(_, keys)| keys);
    let explicit = settings.explicit(owner);
    for key in always {
        let changed = explicit.iter().any(|set| set.key == *key);
        let here = row(owner, key).is_some_and(|key| key.exists.is_in(settings.profile()));
        if let Some(value) = settings.value(owner, key).filter(|_| here || changed) {
            lines.push(Line {
                text: line(owner, key, &value.to_string()),
                changed,
            });
        }
    }
    // What the scenario says elsewhere is said by the first lines.
    let others = explicit
        .iter()
        .filter(|set| !always.contains(&set.key) && set.effect != Effect::SaidElsewhere);
    for set in others {
        lines.push(Line {
            text: line(owner, set.key, &set.value.to_string()),
            changed: true,
        });
    }
}

fn row(owner: Owner, key: &str) -> Option<&'static loss_lab_engine::config::Key> {
    match owner {
        Owner::Broker => BrokerConfig::key(key),
        Owner::Producer => ProducerConfig::key(key),
        Owner::Consumer => ConsumerConfig::key(key),
    }
}

/// One key where RocketMQ reads it: a file, a setter, `mqadmin`, or a property of the Java process.
fn line(owner: Owner, key: &str, value: &str) -> String {
    let class = row(owner, key).map_or(Class::ClientConfig, |key| key.class);
    let (object, remark) = match owner {
        Owner::Broker => ("", "# "),
        Owner::Producer => ("producer.set", "// "),
        Owner::Consumer => ("consumer.set", "// "),
    };
    let java = |name: &str| [remark, "java -D", name, "=", value].concat();
    match class {
        Class::SystemProperty => java(key),
        // `NettySystemConfig`
        Class::NettyClientConfig => java(match key {
            "connectTimeoutMillis" => "com.rocketmq.remoting.client.connect.timeout",
            "clientCloseSocketIfTimeout" => "com.rocketmq.remoting.client.closeSocketIfTimeout",
            "clientChannelMaxIdleTimeSeconds" => {
                "com.rocketmq.remoting.client.channel.maxIdleTimeSeconds"
            }
            other => other,
        }),
        // `UpdateSubGroupSubCommand`
        Class::SubscriptionGroupConfig => {
            let option = match key {
                "retryQueueNums" => " -q ",
                "retryMaxTimes" => " -r ",
                _ => " -w ",
            };
            [remark, "mqadmin updateSubGroup -g CG", option, value].concat()
        }
        Class::MessageStoreConfig
        | Class::BrokerConfig
        | Class::NettyServerConfig
        | Class::ClientConfig
        | Class::DefaultMqProducer
        | Class::DefaultMqPushConsumer
        | Class::NamesrvConfig
        | Class::ControllerConfig
        | Class::AuthConfig
        | Class::TieredStoreConfig => {
            if owner == Owner::Broker {
                return [key, "=", value].concat();
            }
            let (first, rest) = key.split_at(key.len().min(1));
            let (open, close) = if key == "consumeFromWhere" {
                ("(ConsumeFromWhere.", ");")
            } else if value.parse::<i64>().is_ok() || value == "true" || value == "false" {
                ("(", ");")
            } else {
                ("(\"", "\");")
            };
            [
                object,
                &first.to_ascii_uppercase(),
                rest,
                open,
                value,
                close,
            ]
            .concat()
        }
    }
}

/// Lines as one text, to be copied.
#[must_use]
pub fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// What came of a `broker.conf` that was pasted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Lines that were taken.
    pub taken: usize,
    /// What its author should know.
    pub remarks: Vec<Remark>,
}

/// Something to know about one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// Which, from 1.
    pub line: usize,
    /// Its key.
    pub key: String,
    /// What.
    pub what: What,
}

/// What there is to know about a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// It is no `key=value`.
    NoValue,
    /// It was not taken.
    Refused(Refused),
    /// It was taken and kept, and does not do what it says.
    Kept(Effect),
}

/// These settings with the masters' configuration replaced by `text`: what it does not say is default.
#[must_use]
pub fn apply(settings: &Settings, text: &str) -> (Settings, Applied) {
    let mut changed = settings.without_broker_keys();
    let mut applied = Applied {
        taken: 0,
        remarks: Vec::new(),
    };
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        // As `java.util.Properties` has it.
        if text.is_empty() || text.starts_with(['#', '!']) {
            continue;
        }
        let (key, value) = text.split_once(['=', ':']).unwrap_or((text, ""));
        let (key, value) = (key.trim(), value.trim());
        let mut remark = |what| {
            applied.remarks.push(Remark {
                line,
                key: key.to_owned(),
                what,
            });
        };
        if value.is_empty() {
            remark(What::NoValue);
            continue;
        }
        match changed.with_key(Owner::Broker, key, Some(value)) {
            Ok(next) => {
                changed = next;
                let kept = changed
                    .explicit(Owner::Broker)
                    .iter()
                    .find(|set| set.key == key && set.effect != Effect::Applies);
                if let Some(kept) = kept {
                    remark(What::Kept(kept.effect));
                }
                applied.taken += 1;
            }
            Err(refused) => remark(What::Refused(refused)),
        }
    }
    (changed, applied)
}

/// The version whose source the rules follow.
#[must_use]
pub const fn version(profile: Profile) -> &'static str {
    match profile {
        Profile::V4_9 => "4.9.8",
        Profile::V5_3 => "5.3.3",
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::status::BrokerRole;

    use super::*;
    use crate::settings::Change;

    fn set(settings: &Settings, owner: Owner, key: &str, value: &str) -> Settings {
        settings.with_key(owner, key, Some(value)).unwrap()
    }

    #[test]
    fn broker_conf_says_what_stands() {
        let settings = Settings::defaults(Profile::V5_3).with(Change::Role(BrokerRole::SyncMaster));
        let settings = set(&settings, Owner::Broker, "retryMaxTimes", "3");
        let settings = set(&settings, Owner::Broker, "flushIntervalCommitLog", "1000");
        let lines = lines(&settings, Paper::BrokerConf);
        let marked: Vec<&str> = lines
            .iter()
            .filter(|line| line.changed)
            .map(|line| line.text.as_str())
            .collect();
        assert_eq!(
            marked,
            [
                "brokerRole=SYNC_MASTER",
                "# mqadmin updateSubGroup -g CG -r 3",
                "flushIntervalCommitLog=1000"
            ]
        );
        expect_test::expect![[r"
            brokerName=broker-a
            brokerId=0
            flushDiskType=ASYNC_FLUSH
            brokerRole=SYNC_MASTER
            inSyncReplicas=1
            syncFlushTimeout=5000
            slaveTimeout=3000
            # mqadmin updateSubGroup -g CG -r 3
            flushIntervalCommitLog=1000
        "]]
        .assert_eq(&text(&lines));
    }

    #[test]
    fn a_client_is_set_by_setters_and_where_there_is_none_by_properties() {
        let settings = Settings::defaults(Profile::V5_3);
        let settings = set(&settings, Owner::Producer, "connectTimeoutMillis", "500");
        let settings = set(&settings, Owner::Producer, "maxMessageSize", "1024");
        let settings = set(
            &settings,
            Owner::Consumer,
            "consumeFromWhere",
            "CONSUME_FROM_FIRST_OFFSET",
        );
        let settings = set(
            &settings,
            Owner::Consumer,
            "rocketmq.client.rebalance.waitInterval",
            "5000",
        );
        expect_test::expect![[r#"
            DefaultMQProducer producer = new DefaultMQProducer("PG");
            producer.setSendMsgTimeout(3000);
            producer.setRetryTimesWhenSendFailed(2);
            // java -Dcom.rocketmq.remoting.client.connect.timeout=500
            producer.setMaxMessageSize(1024);
            producer.start();
        "#]]
        .assert_eq(&text(&lines(&settings, Paper::Producer)));
        expect_test::expect![[r#"
            DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("CG");
            consumer.subscribe("Orders", "*");
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
            // java -Drocketmq.client.rebalance.waitInterval=5000
            consumer.registerMessageListener(listener);
            consumer.start();
        "#]]
        .assert_eq(&text(&lines(&settings, Paper::Consumer)));
    }

    #[test]
    fn version_4_has_no_in_sync_replicas() {
        let settings = Settings::defaults(Profile::V4_9);
        let text = text(&lines(&settings, Paper::BrokerConf));
        assert!(!text.contains("inSyncReplicas"));
    }

    const PASTED: &str = "# a broker.conf\nbrokerName = broker-z\nflushDiskType=SYNC_FLUSH\nflushDiskTyp=SYNC_FLUSH\n\n\
        sendMsgTimeout=1\nenableLmq=true\nsyncFlushTimeout=soon\nhaSlaveFallbehindMax=1\nbrokerRole=SLAVE\nslaveTimeout\n";

    #[test]
    fn a_pasted_conf_is_taken_line_by_line_and_says_where_it_was_not() {
        let before = set(
            &Settings::defaults(Profile::V5_3),
            Owner::Broker,
            "slaveTimeout",
            "1",
        );
        let (after, applied) = apply(&before, PASTED);
        let remarks: Vec<_> = applied
            .remarks
            .iter()
            .map(|remark| (remark.line, remark.key.as_str()))
            .collect();
        assert_eq!(
            remarks,
            [
                (2, "brokerName"),
                (4, "flushDiskTyp"),
                (6, "sendMsgTimeout"),
                (7, "enableLmq"),
                (8, "syncFlushTimeout"),
                (9, "haSlaveFallbehindMax"),
                (10, "brokerRole"),
                (11, "slaveTimeout"),
            ]
        );
        assert_eq!(applied.taken, 4);
        expect_test::expect![[r"
            brokerName=broker-a
            brokerId=0
            flushDiskType=SYNC_FLUSH
            brokerRole=ASYNC_MASTER
            inSyncReplicas=1
            syncFlushTimeout=5000
            slaveTimeout=3000
            enableLmq=true
            haSlaveFallbehindMax=1
        "]]
        .assert_eq(&text(&lines(&after, Paper::BrokerConf)));
    }

    #[test]
    fn its_own_broker_conf_comes_back_the_same() {
        let settings = set(
            &Settings::defaults(Profile::V5_3),
            Owner::Broker,
            "messageDelayLevel",
            "1s 5s",
        );
        let (after, applied) = apply(&settings, &text(&lines(&settings, Paper::BrokerConf)));
        assert_eq!(
            after.cluster().brokers[0].conf.message_delay_level,
            settings.cluster().brokers[0].conf.message_delay_level
        );
        assert!(applied.remarks.iter().all(|remark| remark.line <= 2));
    }
}
