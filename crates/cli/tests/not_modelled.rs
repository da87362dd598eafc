//! Whoever asks for something that README's table says is not modelled is told so.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot do fails it"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use expect_test::expect;
use serde_json::Value;

/// What a scenario could ask for, row by row of `assets/not-modelled.json`: where, and what. Rows with nothing are those for which
/// the format has no word.
const ASKED: &[(&str, &[(&str, &str)])] = &[
    (
        "DLedger",
        &[
            (BROKER, r#""enableDLegerCommitLog": true"#),
            (BROKER, r#""totalReplicas": 2"#),
            (
                ACTING,
                r#""do": "send", "transaction": { "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }"#,
            ),
        ],
    ),
    (
        "More than one controller",
        &[
            (
                STEP,
                r#""do": "set-conf", "node": "namesrv/0", "conf": { "controllerDLegerPeers": "n0-a:1;n1-b:1;n2-c:1" }"#,
            ),
            (BROKER, r#""brokerElectionPriority": 1"#),
            (BROKER, r#""asyncLearner": true"#),
        ],
    ),
    (
        "POP",
        &[
            (BROKER, r#""popConsumerKVServiceEnable": true"#),
            (CONSUMER, r#""clientRebalance": false"#),
            (CONSUMER, r#""popBatchNums": 8"#),
            (PRODUCER, r#""autoBatch": true"#),
            (STEP, r#""do": "pop", "consumer": "c1""#),
            (STEP, r#""do": "request", "producer": "p1""#),
            (STEP, r#""do": "send", "batch": 8"#),
        ],
    ),
    (
        "Arbitrary delays",
        &[
            (BROKER, r#""timerWheelEnable": true"#),
            (BROKER, r#""timerPrecisionMs": 100"#),
            (STEP, r#""do": "send", "delayMs": 1500"#),
        ],
    ),
    (
        "SQL92",
        &[
            (BROKER, r#""enablePropertyFilter": true"#),
            (BROKER, r#""aclEnable": true"#),
            (BROKER, r#""enableLmq": true"#),
            (BROKER, r#""enableCompaction": true"#),
            (BROKER, r#""storeType": "defaultRocksDB""#),
        ],
    ),
    (
        "Waits for memory",
        &[
            (BROKER, r#""fastFailIfNoBufferInStorePool": true"#),
            (BROKER, r#""waitTimeMillsInPullQueue": 1"#),
        ],
    ),
    (
        "Data that has left memory",
        &[
            (BROKER, r#""accessMessageInMemoryMaxRatio": 1"#),
            (BROKER, r#""maxTransferCountOnMessageInDisk": 1"#),
            (BROKER, r#""whichBrokerWhenConsumeSlowly": 1"#),
        ],
    ),
    (
        "`consumeTimestamp`",
        &[(CONSUMER, r#""consumeTimestamp": "20260101000000""#)],
    ),
    (
        "`pullThresholdForTopic`",
        &[
            (CONSUMER, r#""pullThresholdForTopic": 8"#),
            (CONSUMER, r#""pullThresholdSizeForTopic": 8"#),
            (CONSUMER, r#""awaitTerminationMillisWhenShutdown": 8"#),
        ],
    ),
    (
        "The other position",
        &[
            (BROKER, r#""autoCreateSubscriptionGroup": false"#),
            (BROKER, r#""lockInStrictMode": true"#),
            (BROKER, r#""flushCommitLogTimed": false"#),
            (BROKER, r#""checkCRCOnRecover": false"#),
            (BROKER, r#""duplicationEnable": true"#),
            (CONSUMER, r#""pullBatchSizeInBytes": 8"#),
        ],
    ),
    (
        "`sendLatencyEnable`",
        &[
            (PRODUCER, r#""startDetectorEnable": true"#),
            (PRODUCER, r#""enableBackpressureForAsyncMode": true"#),
        ],
    ),
    (
        "Bandwidth",
        &[
            (NETWORK, r#""bandwidth": 5"#),
            (BROKER, r#""haFlowControlEnable": true"#),
            (BROKER, r#""maxHaTransferByteInSecond": 5"#),
        ],
    ),
    ("`NO_MATCHED_LOGIC_QUEUE`", &[]),
    (
        "fsync errors",
        &[(BROKER, r#""enableRunningFlagsInFlush": true"#)],
    ),
    (
        "`set-conf`",
        &[
            (
                STEP,
                r#""do": "set-conf", "node": "p1", "conf": { "sendMsgTimeout": 5 }"#,
            ),
            (STEP, r#""do": "set-conf", "node": "namesrv/0", "conf": {}"#),
        ],
    ),
    (
        "What a broker does during a clean stop",
        &[(STEP, r#""do": "stop", "node": "broker-a/0""#)],
    ),
    ("Garbage collection", &[]),
    ("The kernel's own write-back", &[]),
];

const BROKER: &str = r#""brokers": [ { "name": "broker-a", "conf": { … } } ]"#;
const ACTING: &str = r#""brokers": [ { "name": "broker-a", "conf": { "enableSlaveActingMaster": true }, "slaves": [ {} ] } ], "script": [ { "at": 0, … } ]"#;
const PRODUCER: &str = r#""producers": [ { "name": "p1", "conf": { … } } ]"#;
const CONSUMER: &str = r#""consumers": [ { "name": "c1", "conf": { … } } ]"#;
const NETWORK: &str = r#""network": { … }"#;
const STEP: &str = r#""script": [ { "at": 0, … } ]"#;

#[test]
fn every_row_is_met_with_a_clear_message() {
    let rows = include_str!("../../../assets/not-modelled.json");
    let rows: Vec<Value> = serde_json::from_str(rows).unwrap();
    let mut said = String::new();
    for (row, asked) in ASKED {
        assert!(
            rows.iter()
                .any(|have| have["rule"]["en"].as_str().unwrap().contains(row)),
            "no row {row}"
        );
        for (place, what) in *asked {
            let place = place.replace('…', what);
            said += &validate(&format!(r#"{{ "format": "loss-lab/1", {place} }}"#));
        }
    }
    for row in &rows {
        let rule = row["rule"]["en"].as_str().unwrap();
        assert!(
            ASKED.iter().any(|(start, _)| rule.contains(start)),
            "nobody asks for: {rule}"
        );
    }
    expect![[r#"
        warning: brokers[0].conf.enableDLegerCommitLog: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.totalReplicas: RocketMQ has this key, the lab does not model it
        warning: script[0].transaction: with enableSlaveActingMaster a real slave that acts for its master checks this transaction, too; in the lab the half message waits for its master: let the master come back, or switch the key off
        warning: script[0].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
        warning: brokers[0].conf.brokerElectionPriority: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.asyncLearner: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.popConsumerKVServiceEnable: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.clientRebalance: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.popBatchNums: RocketMQ has this key, the lab does not model it
        warning: producers[0].conf.autoBatch: RocketMQ has this key, the lab does not model it
        error: script[0].do: "pop" is not one of
        error: script[0].do: "request" is not one of
        error: script[0].batch: line 1, column 70: unknown field `batch
        warning: brokers[0].conf.timerWheelEnable: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.timerPrecisionMs: RocketMQ has this key, the lab does not model it
        error: script[0].delayMs: line 1, column 72: unknown field `delayMs
        warning: brokers[0].conf.enablePropertyFilter: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.aclEnable: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.enableLmq: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.enableCompaction: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.storeType: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.fastFailIfNoBufferInStorePool: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.waitTimeMillsInPullQueue: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.accessMessageInMemoryMaxRatio: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.maxTransferCountOnMessageInDisk: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.whichBrokerWhenConsumeSlowly: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.consumeTimestamp: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.pullThresholdForTopic: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.pullThresholdSizeForTopic: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.awaitTerminationMillisWhenShutdown: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.autoCreateSubscriptionGroup: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.lockInStrictMode: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.flushCommitLogTimed: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.checkCRCOnRecover: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.duplicationEnable: RocketMQ has this key, the lab does not model it
        warning: consumers[0].conf.pullBatchSizeInBytes: RocketMQ has this key, the lab does not model it
        warning: producers[0].conf.startDetectorEnable: RocketMQ has this key, the lab does not model it
        warning: producers[0].conf.enableBackpressureForAsyncMode: RocketMQ has this key, the lab does not model it
        error: network.bandwidth: line 1, column 50: unknown field `bandwidth
        warning: brokers[0].conf.haFlowControlEnable: RocketMQ has this key, the lab does not model it
        warning: brokers[0].conf.maxHaTransferByteInSecond: RocketMQ has this key, the lab does not model it
        error: brokers[0].conf.enableRunningFlagsInFlush: RocketMQ has no key "enableRunningFlagsInFlush"; the nearest is "enableAutoInSyncReplicas"
        warning: script[0].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
        warning: script[0].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
        warning: script[0].do: in the lab a broker stops in an instant; a real one takes seconds (4.9: 2 to 3.5, 5.3: 6 to 10), in which it goes on replicating: start it again, and judge its slaves, later than that
    "#]].assert_eq(&said);
}

/// The first line that `loss-lab validate` says; never none.
fn validate(scenario: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_loss-lab"))
        .args(["validate", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(scenario.as_bytes())
        .unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    let line = said
        .lines()
        .next()
        .unwrap_or_else(|| panic!("nothing is said of {scenario}"));
    let line = line.replace("standard input: ", "");
    // A list of everything that would do is for people.
    line.split(" send, crash, ")
        .next()
        .unwrap_or_default()
        .split("`, expected")
        .next()
        .unwrap_or_default()
        .to_owned()
        + "\n"
}
