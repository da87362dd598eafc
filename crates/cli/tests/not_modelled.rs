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

/// What a scenario could ask for, row by row of `assets/not-modelled.json`: where, and what. Rows with nothing are those that say
/// so themselves.
const ASKED: &[(&str, &[(&str, &str)])] = &[
    (
        "DLedger",
        &[
            (BROKER, r#""enableDLegerCommitLog": true"#),
            (BROKER, r#""totalReplicas": 2"#),
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
    ("Where a recovery begins", &[]),
    (
        "A listener's own pause",
        &[
            (
                STEP,
                r#""do": "consume-result", "consumer": "c1", "suspendCurrentQueueTimeMillis": 5"#,
            ),
            (STEP, r#""do": "suspend", "consumer": "c1""#),
        ],
    ),
    ("A store that is shut down", &[]),
    ("Garbage collection", &[]),
    ("The kernel's own write-back", &[]),
];

const BROKER: &str = r#""brokers": [ { "name": "broker-a", "conf": { … } } ]"#;
const PRODUCER: &str = r#""producers": [ { "name": "p1", "conf": { … } } ]"#;
const CONSUMER: &str = r#""consumers": [ { "name": "c1", "conf": { … } } ]"#;
const NETWORK: &str = r#""network": { … }"#;
const STEP: &str = r#""script": [ { "at": 0, … } ]"#;

/// Where it was asked, before anything else.
const PLACES: &[&str] = &[
    ": brokers[0].conf.",
    ": producers[0].conf.",
    ": consumers[0].conf.",
    ": network.",
    ": script[0].",
];

/// What can be done instead.
const REMEDIES: &[&str] = &[
    ": leave it out",
    "; say it in ",
    ": let the master come back",
    " is not one of send, crash, ",
    ", expected one of `",
    ", expected `",
];

#[test]
fn every_row_is_met_with_a_clear_message() {
    let rows = include_str!("../../../assets/not-modelled.json");
    let rows: Vec<Value> = serde_json::from_str(rows).unwrap();
    let mut said = String::new();
    for (row, asked) in ASKED {
        let have = rows
            .iter()
            .find(|have| have["rule"]["en"].as_str().unwrap().contains(row))
            .unwrap_or_else(|| panic!("no row {row}"));
        for (language, nobody) in [("en", "no scenario can ask: "), ("zh", "场景无法提出：")]
        {
            let answer = have["asked"][language].as_str().unwrap();
            assert_eq!(answer.starts_with(nobody), asked.is_empty(), "{answer}");
        }
        for (place, what) in *asked {
            let place = place.replace('…', what);
            let line = validate(&format!(r#"{{ "format": "loss-lab/1", {place} }}"#));
            assert!(
                PLACES.iter().any(|place| line.contains(place)),
                "nobody knows where: {line}"
            );
            assert!(
                REMEDIES.iter().any(|remedy| line.contains(remedy)),
                "nobody knows what to do: {line}"
            );
            said += &short(&line);
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
        warning: brokers[0].conf.enableDLegerCommitLog: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.totalReplicas: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: script[0].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
        warning: brokers[0].conf.brokerElectionPriority: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.asyncLearner: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.popConsumerKVServiceEnable: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.clientRebalance: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.popBatchNums: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: producers[0].conf.autoBatch: RocketMQ has this key, the lab does not model it and runs without: leave it out
        error: script[0].do: "pop" is not one of
        error: script[0].do: "request" is not one of
        error: script[0].batch: line 1, column 70: unknown field `batch
        warning: brokers[0].conf.timerWheelEnable: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.timerPrecisionMs: RocketMQ has this key, the lab does not model it and runs without: leave it out
        error: script[0].delayMs: line 1, column 72: unknown field `delayMs
        warning: brokers[0].conf.enablePropertyFilter: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.aclEnable: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.enableLmq: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.enableCompaction: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.storeType: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.fastFailIfNoBufferInStorePool: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.waitTimeMillsInPullQueue: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.accessMessageInMemoryMaxRatio: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.maxTransferCountOnMessageInDisk: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.whichBrokerWhenConsumeSlowly: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.consumeTimestamp: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.pullThresholdForTopic: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.pullThresholdSizeForTopic: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.awaitTerminationMillisWhenShutdown: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.autoCreateSubscriptionGroup: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.lockInStrictMode: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.flushCommitLogTimed: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.checkCRCOnRecover: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.duplicationEnable: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: consumers[0].conf.pullBatchSizeInBytes: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: producers[0].conf.startDetectorEnable: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: producers[0].conf.enableBackpressureForAsyncMode: RocketMQ has this key, the lab does not model it and runs without: leave it out
        error: network.bandwidth: line 1, column 50: unknown field `bandwidth
        warning: brokers[0].conf.haFlowControlEnable: RocketMQ has this key, the lab does not model it and runs without: leave it out
        warning: brokers[0].conf.maxHaTransferByteInSecond: RocketMQ has this key, the lab does not model it and runs without: leave it out
        error: brokers[0].conf.enableRunningFlagsInFlush: RocketMQ has this key only after 5.3.3; here a failed fsync is swallowed, as in 5.3.3: leave it out
        warning: script[0].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
        warning: script[0].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
        error: script[0].suspendCurrentQueueTimeMillis: line 1, column 122: unknown field `suspendCurrentQueueTimeMillis
        error: script[0].do: "suspend" is not one of
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
    line.replace("standard input: ", "")
}

/// The same without a list of everything that would do: that is for people.
fn short(line: &str) -> String {
    line.split(" send, crash, ")
        .next()
        .unwrap_or_default()
        .split("`, expected")
        .next()
        .unwrap_or_default()
        .to_owned()
        + "\n"
}
