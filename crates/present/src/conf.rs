//! The same settings as RocketMQ reads them: a `broker.conf`, and the Java lines of the clients.

use loss_lab_engine::status::{BrokerRole, FlushDiskType, Profile};

use crate::settings::{BROKER, Number, Settings, TOPIC};

/// One line, and whether it says something other than the default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its text.
    pub text: String,
    /// Whether it differs from the default.
    pub changed: bool,
}

/// The master's `broker.conf`.
#[must_use]
pub fn broker_conf(settings: &Settings) -> Vec<Line> {
    let plain = |text: &str| Line {
        text: text.to_owned(),
        changed: false,
    };
    let mut lines = vec![
        plain(&["brokerName=", BROKER].concat()),
        plain("brokerId=0"),
    ];
    let mut word = |key: &str, value: &str, changed| {
        lines.push(Line {
            text: [key, "=", value].concat(),
            changed,
        })
    };
    word(
        "flushDiskType",
        settings.flush.word(),
        settings.flush != FlushDiskType::AsyncFlush,
    );
    word(
        "brokerRole",
        settings.role.word(),
        settings.role != BrokerRole::AsyncMaster,
    );
    for number in [
        Number::InSyncReplicas,
        Number::SyncFlushTimeout,
        Number::SlaveTimeout,
    ] {
        let shape = number.shape(settings.profile);
        if let Some(key) = shape.key.filter(|_| number.is_in(settings.profile)) {
            word(
                key,
                &settings.number(number).to_string(),
                settings.is_changed(number),
            );
        }
    }
    if settings.transient_pool {
        word("transientStorePoolEnable", "true", true);
    }
    lines
}

/// The clients' Java lines.
#[must_use]
pub fn java(settings: &Settings) -> Vec<Line> {
    let plain = |text: &str| Line {
        text: text.to_owned(),
        changed: false,
    };
    let call = |object: &str, method: &str, number: Number| Line {
        text: [
            object,
            ".",
            method,
            "(",
            &settings.number(number).to_string(),
            ");",
        ]
        .concat(),
        changed: settings.is_changed(number),
    };
    let mut lines = vec![
        plain("DefaultMQProducer producer = new DefaultMQProducer(\"PG\");"),
        call("producer", "setSendMsgTimeout", Number::SendMsgTimeout),
        call(
            "producer",
            "setRetryTimesWhenSendFailed",
            Number::RetryTimes,
        ),
    ];
    if settings.number(Number::Consumers) > 0 {
        lines.push(plain(
            "DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(\"CG\");",
        ));
        lines.push(plain(
            &["consumer.subscribe(\"", TOPIC, "\", \"*\");"].concat(),
        ));
    }
    lines
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
    use super::*;
    use crate::settings::Change;

    #[test]
    fn broker_conf_says_what_stands() {
        let settings = Settings::defaults(Profile::V5_3).with(Change::Role(BrokerRole::SyncMaster));
        let marked: Vec<String> = broker_conf(&settings)
            .into_iter()
            .filter(|line| line.changed)
            .map(|line| line.text)
            .collect();
        assert_eq!(marked, ["brokerRole=SYNC_MASTER"]);
        expect_test::expect![[r"
            brokerName=broker-a
            brokerId=0
            flushDiskType=ASYNC_FLUSH
            brokerRole=SYNC_MASTER
            inSyncReplicas=1
            syncFlushTimeout=5000
            slaveTimeout=3000
        "]]
        .assert_eq(&text(&broker_conf(&settings)));
    }

    #[test]
    fn version_4_has_no_in_sync_replicas() {
        let text = text(&broker_conf(&Settings::defaults(Profile::V4_9)));
        assert!(!text.contains("inSyncReplicas"));
    }
}
