//! What the tables promise: RocketMQ's names and defaults, and refusals that help.

use super::*;
use crate::status::{BrokerRole, ConsumeFromWhere, FlushDiskType};

const TABLES: [(&[Key], &[others::Group]); 5] = [
    (BrokerConfig::KEYS, others::BROKER),
    (ProducerConfig::KEYS, others::PRODUCER),
    (ConsumerConfig::KEYS, others::CONSUMER),
    (NameServerConfig::KEYS, others::NAME_SERVER),
    (ControllerConfig::KEYS, others::NAME_SERVER),
];

fn default_of(profile: Profile, key: &str) -> String {
    let broker = BrokerConfig::defaults(profile).get(key);
    let producer = || ProducerConfig::defaults(profile).get(key);
    let consumer = || ConsumerConfig::defaults(profile).get(key);
    broker
        .or_else(producer)
        .or_else(consumer)
        .unwrap()
        .to_string()
}

#[test]
fn defaults_are_those_of_the_reference() {
    for (key, v4_9, v5_3) in [
        ("brokerRole", "ASYNC_MASTER", "ASYNC_MASTER"),
        ("flushDiskType", "ASYNC_FLUSH", "ASYNC_FLUSH"),
        ("syncFlushTimeout", "5000", "5000"),
        ("slaveTimeout", "3000", "3000"),
        ("flushIntervalCommitLog", "500", "500"),
        ("commitCommitLogThoroughInterval", "200", "200"),
        ("mappedFileSizeConsumeQueue", "6000000", "6000000"),
        ("transactionCheckInterval", "60000", "30000"),
        ("fileReservedTime", "72", "72"),
        ("deleteWhen", "04", "04"),
        (
            "messageDelayLevel",
            "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h",
            "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h",
        ),
        (
            "rocketmq.broker.rebalance.lockMaxLiveTime",
            "60000",
            "60000",
        ),
        ("sendMsgTimeout", "3000", "3000"),
        ("sendMsgMaxTimeoutPerRequest", "-1", "-1"),
        ("retryTimesWhenSendFailed", "2", "2"),
        ("retryAnotherBrokerWhenNotStoreOK", "false", "false"),
        (
            "consumeFromWhere",
            "CONSUME_FROM_LAST_OFFSET",
            "CONSUME_FROM_LAST_OFFSET",
        ),
        ("consumeThreadMin", "20", "20"),
        ("consumeThreadMax", "20", "20"),
        ("consumeMessageBatchMaxSize", "1", "1"),
        ("pullBatchSize", "32", "32"),
        ("pullInterval", "0", "0"),
        ("pullThresholdForQueue", "1000", "1000"),
        ("pullThresholdSizeForQueue", "100", "100"),
        ("pullThresholdForTopic", "-1", "-1"),
        ("consumeConcurrentlyMaxSpan", "2000", "2000"),
        ("maxReconsumeTimes", "-1", "-1"),
        ("suspendCurrentQueueTimeMillis", "1000", "1000"),
        ("consumeTimeout", "15", "15"),
        ("awaitTerminationMillisWhenShutdown", "0", "0"),
        ("pollNameServerInterval", "30000", "30000"),
        ("heartbeatBrokerInterval", "30000", "30000"),
        ("persistConsumerOffsetInterval", "5000", "5000"),
        ("pullTimeDelayMillsWhenException", "1000", "1000"),
        ("rocketmq.client.rebalance.waitInterval", "20000", "20000"),
        ("rocketmq.client.rebalance.lockInterval", "20000", "20000"),
        (
            "rocketmq.client.rebalance.lockMaxLiveTime",
            "30000",
            "30000",
        ),
        ("rocketmq.client.pull.pullMaxIdleTime", "120000", "120000"),
        ("rocketmq.client.rebalance.minInterval", "0", "1000"),
        ("flushConsumerOffsetInterval", "5000", "5000"),
        ("flushDelayOffsetInterval", "10000", "10000"),
        ("retryQueueNums", "1", "1"),
        ("channelExpiredTimeout", "120000", "120000"),
    ] {
        assert_eq!((key, default_of(Profile::V4_9, key).as_str()), (key, v4_9));
        assert_eq!((key, default_of(Profile::V5_3, key).as_str()), (key, v5_3));
    }
}

#[test]
fn a_key_that_a_profile_lacks_behaves_as_if_it_were_not_there() {
    let (old, new) = (
        BrokerConfig::defaults(Profile::V4_9),
        BrokerConfig::defaults(Profile::V5_3),
    );
    assert_eq!((old.in_sync_replicas, new.in_sync_replicas), (1, 1));
    // 4.9 serves what is not flushed, 5.3 does so only if told.
    assert_eq!(
        (old.read_un_committed, new.read_un_committed),
        (true, false)
    );
    let event = |profile| ConsumerConfig::defaults(profile).enable_heartbeat_channel_event_listener;
    assert_eq!((event(Profile::V4_9), event(Profile::V5_3)), (false, true));
}

#[test]
fn every_default_is_a_value_that_its_key_takes() {
    for profile in [Profile::V4_9, Profile::V5_3] {
        for key in BrokerConfig::KEYS {
            assert_same(key, &BrokerConfig::defaults(profile).get(key.name).unwrap());
        }
        for key in ProducerConfig::KEYS {
            assert_same(
                key,
                &ProducerConfig::defaults(profile).get(key.name).unwrap(),
            );
        }
        for key in ConsumerConfig::KEYS {
            assert_same(
                key,
                &ConsumerConfig::defaults(profile).get(key.name).unwrap(),
            );
        }
    }
}

fn assert_same(key: &Key, value: &Value) {
    assert_eq!(
        key.read(&value.to_string()).as_ref(),
        Ok(value),
        "{}",
        key.name
    );
}

#[test]
fn every_key_is_listed_once_and_every_number_can_be_set_to_its_bounds() {
    for (keys, others) in TABLES {
        let mut names: Vec<&str> = keys
            .iter()
            .map(|key| key.name)
            .chain(others.iter().flat_map(others::Group::names))
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
    for key in BrokerConfig::KEYS.iter().filter(|key| key.kind.is_number()) {
        let mut conf = BrokerConfig::defaults(Profile::V5_3);
        for bound in [key.min, key.max] {
            assert!(
                conf.set(key.name, &bound.to_string()).is_ok(),
                "{} = {bound}",
                key.name
            );
        }
    }
}

#[test]
fn the_words_of_a_key_are_those_of_its_type() {
    let words = |name| {
        let Kind::Enum(words) = BrokerConfig::key(name)
            .or(ConsumerConfig::key(name))
            .unwrap()
            .kind
        else {
            panic!("{name} is not one of some words")
        };
        words.to_vec()
    };
    assert_eq!(
        words("brokerRole"),
        BrokerRole::ALL
            .iter()
            .map(|value| value.word())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        words("flushDiskType"),
        FlushDiskType::ALL
            .iter()
            .map(|value| value.word())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        words("consumeFromWhere"),
        ConsumeFromWhere::ALL
            .iter()
            .map(|value| value.word())
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_was_set_can_be_told_from_what_is_default() {
    let mut conf = BrokerConfig::defaults(Profile::V5_3);
    assert_eq!(conf.set("inSyncReplicas", "2"), Ok(Effect::Applies));
    assert_eq!(
        conf.set("flushDiskType", "ASYNC_FLUSH"),
        Ok(Effect::Applies)
    );
    assert_eq!(conf.set("listenPort", "10911"), Ok(Effect::NotModelled));
    assert_eq!(
        conf.set("brokerName", "broker-z"),
        Ok(Effect::SaidElsewhere)
    );
    assert_eq!(
        conf.set("haSlaveFallbehindMax", "1"),
        Ok(Effect::OtherProfile {
            only: Profile::V4_9
        })
    );
    assert_eq!(conf.set("inSyncReplicas", "3"), Ok(Effect::Applies));
    assert_eq!(conf.in_sync_replicas, 3);
    assert_eq!(conf.ha_slave_fallbehind_max, 268_435_456);
    assert!(conf.is_set("flushDiskType") && !conf.is_set("syncFlushTimeout"));
    let keys: Vec<String> = conf
        .explicit()
        .iter()
        .map(|set| format!("{}={}", set.key, set.value))
        .collect();
    assert_eq!(
        keys,
        [
            "inSyncReplicas=3",
            "flushDiskType=ASYNC_FLUSH",
            "listenPort=10911",
            "brokerName=broker-z",
            "haSlaveFallbehindMax=1"
        ]
    );
}

#[test]
fn a_refusal_changes_nothing_and_names_what_is_meant() {
    let mut conf = BrokerConfig::defaults(Profile::V5_3);
    let before = conf.clone();
    for (key, text, refused) in [
        (
            "inSyncReplica",
            "2",
            Refused::Unknown {
                nearest: "inSyncReplicas",
            },
        ),
        (
            "flushdisktype",
            "SYNC_FLUSH",
            Refused::Unknown {
                nearest: "flushDiskType",
            },
        ),
        (
            "brokerip1",
            "1.2.3.4",
            Refused::Unknown {
                nearest: "brokerIP1",
            },
        ),
        (
            "sendMsgTimeout",
            "1",
            Refused::BelongsTo {
                class: Class::DefaultMqProducer,
            },
        ),
        (
            "scanNotActiveBrokerInterval",
            "1",
            Refused::BelongsTo {
                class: Class::NamesrvConfig,
            },
        ),
        (
            "syncFlushTimeout",
            "soon",
            Refused::NotA { kind: Kind::Millis },
        ),
        (
            "syncFlushTimeout",
            "-1",
            Refused::OutOfRange {
                min: 0,
                max: INT_MAX,
            },
        ),
        (
            "flushIntervalCommitLog",
            "0",
            Refused::OutOfRange {
                min: 1,
                max: INT_MAX,
            },
        ),
        (
            "transientStorePoolEnable",
            "yes",
            Refused::NotA { kind: Kind::Bool },
        ),
        (
            "messageDelayLevel",
            "1s 5x",
            Refused::NotA {
                kind: Kind::DelayLevels,
            },
        ),
        (
            "messageDelayLevel",
            "",
            Refused::NotA {
                kind: Kind::DelayLevels,
            },
        ),
        ("listenPort", "http", Refused::NotA { kind: Kind::Int }),
    ] {
        assert_eq!(conf.set(key, text), Err(refused), "{key} = {text}");
    }
    assert!(matches!(
        conf.set(&"x".repeat(1 << 20), "1"),
        Err(Refused::Unknown { .. })
    ));
    assert_eq!(conf, before);
}

#[test]
fn delay_levels_are_times_and_print_as_rocketmq_writes_them() {
    let mut conf = BrokerConfig::defaults(Profile::V5_3);
    conf.set("messageDelayLevel", "1s 60s 90s 1d 48h").unwrap();
    assert_eq!(
        conf.message_delay_level,
        [1, 60, 90, 86_400, 172_800].map(Span::from_secs)
    );
    assert_eq!(
        conf.get("messageDelayLevel"),
        Some(Value::Text("1s 1m 90s 1d 2d".to_owned()))
    );
}
