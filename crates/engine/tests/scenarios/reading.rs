//! Reading rule by rule (C.1, C.2, B.7, B.8): how much one pull brings, how long it is held, and who answers it.

use expect_test::{Expect, expect};
use loss_lab_engine::event::EventKind;

use crate::lab;

/// What was asked and shown, a line each, with the replica that answered.
fn reads(fields: &str, story: Expect) {
    let run = lab::run(fields);
    // An expected story loses the indentation that all of its lines share.
    let mut text = String::from("reads\n");
    for event in run.events() {
        let node = run.names().node(event.node);
        let line = match &event.kind {
            EventKind::Pulled {
                topic,
                offset,
                status,
                next_begin_offset,
                count,
                ..
            } => {
                let topic = run.names().topic(*topic);
                if topic.starts_with('%') {
                    continue;
                }
                let found = if *count > 0 {
                    format!(" {count}")
                } else {
                    String::new()
                };
                format!(
                    "{topic} at {offset}: {}{found}, then {next_begin_offset}",
                    status.word()
                )
            }
            EventKind::Delivered {
                record,
                reconsume_times,
                ..
            } => record.message.map_or(String::new(), |message| {
                format!("gets {message}, rc {reconsume_times}")
            }),
            EventKind::NodeDown { .. } => String::from("down"),
            EventKind::NodeUp => String::from("up"),
            _ => continue,
        };
        text += &format!("{:>9}  {node}: {line}\n", event.at.to_string());
    }
    story.assert_eq(&text);
}

/// A consumer that begins at 2 s, and what it is to find.
fn late(conf: &str, consumer: &str, script: &str, until: u32) -> String {
    format!(
        r#""brokers": [ {{ "name": "broker-a", "conf": {{ {conf} }} }} ],
        "consumers": [ {{ "name": "c1", "topic": "T", "started": false, {consumer} }} ],
        "script": [ {script}, {{ "at": 2000, "do": "start-consumer", "consumer": "c1" }} ], "until": {until}"#
    )
}

#[test]
fn a_pull_brings_no_more_messages_than_the_broker_allows() {
    reads(
        &late(
            r#""maxTransferCountOnMessageInMemory": 2"#,
            r#""conf": { "pullBatchSize": 64, "pullInterval": 50 }"#,
            r#"{ "at": 0, "do": "send", "count": 5 }"#,
            4_000,
        ),
        expect![[r#"
            reads
                 2000  c1: up
                 3509  broker-a/0: T at 0: FOUND 2, then 2
                 3510  c1: gets m1, rc 0
                 3510  c1: gets m2, rc 0
                 3561  broker-a/0: T at 2: FOUND 2, then 4
                 3562  c1: gets m3, rc 0
                 3562  c1: gets m4, rc 0
                 3613  broker-a/0: T at 4: FOUND 1, then 5
                 3614  c1: gets m5, rc 0
                 3665  broker-a/0: T at 5: OFFSET_OVERFLOW_ONE, then 5
        "#]],
    );
}

#[test]
fn a_pull_brings_no_more_bytes_than_the_broker_allows_but_one_message_always() {
    reads(
        &late(
            r#""maxTransferBytesOnMessageInMemory": 500"#,
            r#""conf": { "pullInterval": 50 }"#,
            r#"{ "at": 0, "do": "send", "count": 4 }, { "at": 100, "do": "send", "bodyBytes": 900 }, { "at": 200, "do": "send" }"#,
            4_000,
        ),
        expect![[r#"
            reads
                 2000  c1: up
                 3509  broker-a/0: T at 0: FOUND 2, then 2
                 3510  c1: gets m1, rc 0
                 3510  c1: gets m2, rc 0
                 3561  broker-a/0: T at 2: FOUND 2, then 4
                 3562  c1: gets m3, rc 0
                 3562  c1: gets m4, rc 0
                 3613  broker-a/0: T at 4: FOUND 1, then 5
                 3614  c1: gets m5, rc 0
                 3665  broker-a/0: T at 5: FOUND 1, then 6
                 3666  c1: gets m6, rc 0
                 3717  broker-a/0: T at 6: OFFSET_OVERFLOW_ONE, then 6
        "#]],
    );
}

#[test]
fn a_pull_looks_at_eight_hundred_entries() {
    reads(
        &late(
            "",
            r#""tags": "A""#,
            r#"{ "at": 0, "do": "send", "count": 805, "tag": "B" }, { "at": 500, "do": "send", "tag": "A" }"#,
            4_000,
        ),
        expect![[r#"
            reads
                 2000  c1: up
                 3509  broker-a/0: T at 0: NO_MATCHED_MESSAGE, then 800
                 3511  broker-a/0: T at 800: FOUND 1, then 806
                 3512  c1: gets m806, rc 0
                 3513  broker-a/0: T at 806: OFFSET_OVERFLOW_ONE, then 806
        "#]],
    );
}

#[test]
fn what_is_gone_and_what_no_filter_takes_are_told_by_the_last_of_them() {
    let fields = |script: &str| {
        format!(
            r#""brokers": [ {{ "name": "broker-a", "conf": {{ "mappedFileSizeCommitLog": 65536 }} }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ], "script": [
            {{ "at": 0, "do": "send", "count": 2, "tag": "A", "bodyBytes": 30000, "everyMs": 50 }},
            {{ "at": 200, "do": "send", "tag": "{script}", "bodyBytes": 30000 }},
            {{ "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 2 }},
            {{ "at": 1000.5, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 0, "tags": "A" }}
        ], "until": 1500"#
        )
    };
    reads(
        &fields("B"),
        expect![[r#"
        reads
           1000.5  broker-a/0: T at 0: NO_MATCHED_MESSAGE, then 3
    "#]],
    );
    reads(
        &fields("A"),
        expect![[r#"
        reads
           1000.5  broker-a/0: T at 0: FOUND 1, then 3
    "#]],
    );
}

#[test]
fn without_long_polling_a_pull_is_held_for_a_second() {
    reads(
        r#""brokers": [ { "name": "broker-a", "conf": { "longPollingEnable": false } } ],
        "consumers": [ { "name": "c1", "topic": "T" } ], "script": [ { "at": 4500, "do": "send" } ], "until": 8000"#,
        expect![[r#"
            reads
                    0  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                    2  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                 2000  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                 2002  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                 4000  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                 4002  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                 5000  broker-a/0: T at 0: FOUND 1, then 1
                 5001  c1: gets m1, rc 0
                 5002  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                 7000  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                 7002  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
    );
}

#[test]
fn with_read_un_committed_sync_flush_hides_nothing() {
    reads(
        r#""brokers": [ { "name": "broker-a", "conf": { "flushDiskType": "SYNC_FLUSH", "readUnCommitted": true } } ],
        "consumers": [ { "name": "c1", "topic": "T" } ], "script": [
            { "at": 1000, "do": "stall-disk", "node": "broker-a/0" }, { "at": 2000, "do": "send" } ], "until": 4000"#,
        expect![[r#"
            reads
                 2002  broker-a/0: T at 0: FOUND 1, then 1
                 2003  c1: gets m1, rc 0
                 2004  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
    );
}

#[test]
fn a_broker_without_read_permission_serves_nobody_until_it_has_it() {
    reads(
        r#""consumers": [ { "name": "c1", "topic": "T" } ], "script": [
            { "at": 1000, "do": "set-conf", "node": "broker-a/0", "conf": { "brokerPermission": 2 } },
            { "at": 30000, "do": "send" },
            { "at": 40000, "do": "set-conf", "node": "broker-a/0", "conf": { "brokerPermission": 6 } } ], "until": 45000"#,
        expect![[r#"
            reads
                15000  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
                40052  broker-a/0: T at 0: FOUND 1, then 1
                40053  c1: gets m1, rc 0
                40054  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
    );
}

/// The master is away for ten seconds: the consumer is with the slave when new messages reach it.
const BACK: &str = r#""consumers": [ { "name": "c1", "topic": "T" } ], "script": [
        { "at": 0, "do": "send" },
        { "at": 20000, "do": "crash", "node": "broker-a/0" },
        { "at": 34000, "do": "restart", "node": "broker-a/0" },
        { "at": 49000, "do": "send" } ], "until": 70000"#;

#[test]
fn a_slave_of_5_3_tells_held_pulls_what_arrives_and_one_of_4_9_only_sweeps() {
    let cluster = r#""brokers": [ { "name": "broker-a", "slaves": [ { "conf": { "slaveReadEnable": true } } ] } ]"#;
    reads(
        &format!(r#""profile": "5.3", {cluster}, {BACK}"#),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
            20000  broker-a/0: down
            27014  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
            36000  broker-a/0: up
            45000  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
            45002  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
            49014  broker-a/1: T at 1: FOUND 1, then 2
            49015  c1: gets m2, rc 0
            49016  broker-a/1: T at 2: OFFSET_OVERFLOW_ONE, then 2
            65000  broker-a/1: T at 2: OFFSET_OVERFLOW_ONE, then 2
            65002  broker-a/0: T at 2: OFFSET_OVERFLOW_ONE, then 2
    "#]],
    );
    reads(
        &format!(r#""profile": "4.9", {cluster}, {BACK}"#),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
            20000  broker-a/0: down
            32951  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
            36000  broker-a/0: up
            50000  broker-a/1: T at 1: FOUND 1, then 2
            50001  c1: gets m2, rc 0
            50002  broker-a/1: T at 2: OFFSET_OVERFLOW_ONE, then 2
            70000  broker-a/1: T at 2: OFFSET_OVERFLOW_ONE, then 2
    "#]],
    );
}

#[test]
fn what_fails_while_only_a_slave_serves_is_tried_again_from_memory() {
    let script = r#""consumers": [ { "name": "c1", "topic": "T", "processMs": 3000,
            "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1 } } ],
        "script": [
            { "at": 0, "do": "consume-result", "consumer": "c1", "message": "m12", "times": 2, "result": "RECONSUME_LATER" },
            { "at": 0, "do": "send", "count": 13 },
            { "at": 12000, "do": "crash", "node": "broker-a/0" } ], "until": 70000"#;
    let cluster = r#""brokers": [ { "name": "broker-a", "slaves": [ {} ] } ]"#;
    reads(
        &format!(r#""profile": "4.9", {cluster}, {script}"#),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: FOUND 1, then 2
             3003  c1: gets m2, rc 0
             3006  broker-a/0: T at 2: FOUND 1, then 3
             6003  c1: gets m3, rc 0
             6008  broker-a/0: T at 3: FOUND 1, then 4
             9003  c1: gets m4, rc 0
             9010  broker-a/0: T at 4: FOUND 1, then 5
            12000  broker-a/0: down
            12003  c1: gets m5, rc 0
            28044  broker-a/1: T at 5: FOUND 1, then 6
            28045  c1: gets m6, rc 0
            28046  broker-a/1: T at 6: FOUND 1, then 7
            31045  c1: gets m7, rc 0
            31048  broker-a/1: T at 7: FOUND 1, then 8
            34045  c1: gets m8, rc 0
            34050  broker-a/1: T at 8: FOUND 1, then 9
            37045  c1: gets m9, rc 0
            37052  broker-a/1: T at 9: FOUND 1, then 10
            40045  c1: gets m10, rc 0
            40054  broker-a/1: T at 10: FOUND 1, then 11
            43045  c1: gets m11, rc 0
            43056  broker-a/1: T at 11: FOUND 1, then 12
            46045  c1: gets m12, rc 0
            46058  broker-a/1: T at 12: FOUND 1, then 13
            49045  c1: gets m13, rc 0
            52060  broker-a/1: T at 13: OFFSET_OVERFLOW_ONE, then 13
            54045  c1: gets m12, rc 1
            62045  c1: gets m12, rc 2
            70000  broker-a/1: T at 13: OFFSET_OVERFLOW_ONE, then 13
    "#]],
    );
}

#[test]
fn a_slave_corrects_nobody() {
    let cluster = r#""brokers": [ { "name": "broker-a", "slaves": [ { "conf": { "slaveReadEnable": true } } ] } ]"#;
    reads(
        &format!(
            r#"{cluster}, "consumers": [ {{ "name": "c1", "topic": "T" }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 500, "do": "partition", "between": ["broker-a/0", "broker-a/1"] }},
            {{ "at": 1000, "do": "send" }},
            {{ "at": 20000, "do": "crash", "node": "broker-a/0" }} ], "until": 27040"#
        ),
        expect![[r#"
            reads
                    2  broker-a/0: T at 0: FOUND 1, then 1
                    3  c1: gets m1, rc 0
                    4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                 1002  broker-a/0: T at 1: FOUND 1, then 2
                 1003  c1: gets m2, rc 0
                 1004  broker-a/0: T at 2: OFFSET_OVERFLOW_ONE, then 2
                20000  broker-a/0: down
                27014  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27016  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27018  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27020  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27022  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27024  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27026  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27028  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27030  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27032  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27034  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27036  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27038  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
                27040  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 2
        "#]],
    );
}

/// As above, but the slave may move consumers.
#[test]
fn with_offset_check_in_slave_a_slave_moves_a_consumer_like_a_master() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "slaves": [ {{ "conf": {{ "slaveReadEnable": true, "offsetCheckInSlave": true }} }} ] }} ],
            "consumers": [ {{ "name": "c1", "topic": "T" }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 500, "do": "partition", "between": ["broker-a/0", "broker-a/1"] }},
            {{ "at": 1000, "do": "send" }},
            {{ "at": 20000, "do": "crash", "node": "broker-a/0" }} ], "until": 60000"#
        )
    };
    reads(
        &story("5.3"),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
             1002  broker-a/0: T at 1: FOUND 1, then 2
             1003  c1: gets m2, rc 0
             1004  broker-a/0: T at 2: OFFSET_OVERFLOW_ONE, then 2
            20000  broker-a/0: down
            27014  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 1
            27522  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
            45000  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
            45002  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
    "#]],
    );
    reads(
        &story("4.9"),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
             1002  broker-a/0: T at 1: FOUND 1, then 2
             1003  c1: gets m2, rc 0
             1004  broker-a/0: T at 2: OFFSET_OVERFLOW_ONE, then 2
            20000  broker-a/0: down
            33951  broker-a/1: T at 2: OFFSET_OVERFLOW_BADLY, then 1
            57997  broker-a/1: T at 1: OFFSET_OVERFLOW_ONE, then 1
    "#]],
    );
}

/// `PullMessageProcessor#processRequest`: SUBSCRIPTION_NOT_EXIST 24 until a heartbeat has brought the group.
#[test]
fn a_restarted_broker_refuses_a_group_until_its_heartbeat() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "consumers": [ {{ "name": "c1", "topic": "T" }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 9000, "do": "power-loss", "node": "broker-a/0" }},
            {{ "at": 11000, "do": "restart", "node": "broker-a/0" }} ], "until": 45000"#
        )
    };
    reads(
        &story("5.3"),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
             9000  broker-a/0: down
            13000  broker-a/0: up
            14008  broker-a/0: T at 1: NO_MESSAGE_IN_QUEUE, then 0
            14522  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
            33000  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
            33002  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
    "#]],
    );
    reads(
        &story("4.9"),
        expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
             9000  broker-a/0: down
            13000  broker-a/0: up
            29038  broker-a/0: T at 1: NO_MESSAGE_IN_QUEUE, then 0
    "#]],
    );
}

/// `BrokerController#shutdown` closes the listeners before the store: who asks then is not answered at all.
#[test]
fn a_broker_that_stops_reads_for_nobody() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 100, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 0 }},
            {{ "at": 1000, "do": "stop", "node": "broker-a/0" }},
            {{ "at": 1001, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 0 }},
            {{ "at": 2900, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 0 }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ], "until": 12000"#
        )
    };
    reads(
        &story("5.3"),
        expect![[r#"
        reads
              100  broker-a/0: T at 0: FOUND 1, then 1
             7750  broker-a/0: down
    "#]],
    );
    reads(
        &story("4.9"),
        expect![[r#"
        reads
              100  broker-a/0: T at 0: FOUND 1, then 1
             3250  broker-a/0: down
    "#]],
    );
}

/// `PullMessageProcessor#processRequest`: SUBSCRIPTION_NOT_LATEST 25, when a consumer's first pull overtakes the heartbeat with its new
/// subscription (D.8), and again every second until one has come.
#[test]
fn a_pull_that_is_ahead_of_its_heartbeat_is_refused() {
    let story = |profile: &str, seed: u64| {
        format!(
            r#""profile": "{profile}", "seed": {seed}, "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ], "script": [
            {{ "at": 0, "do": "send" }}, {{ "at": 1000, "do": "start-consumer", "consumer": "c1" }} ], "until": 35000"#
        )
    };
    for (profile, seed, picture) in [
        (
            "5.3",
            2,
            expect![[r#"
            reads
                 1000  c1: up
                22549  broker-a/0: T at 0: FOUND 1, then 1
                22550  c1: gets m1, rc 0
                22551  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
        ),
        (
            "5.3",
            0,
            expect![[r#"
            reads
                 1000  c1: up
                 2509  broker-a/0: T at 0: FOUND 1, then 1
                 2510  c1: gets m1, rc 0
                 2511  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                20000  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                20002  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
        ),
        (
            "4.9",
            4,
            expect![[r#"
            reads
                 1000  c1: up
                 2021  broker-a/0: T at 0: FOUND 1, then 1
                 2022  c1: gets m1, rc 0
                 2023  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
            18439.073  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
            18441.073  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
        ),
        (
            "4.9",
            0,
            expect![[r#"
            reads
                 1000  c1: up
                 1019  broker-a/0: T at 0: FOUND 1, then 1
                 1020  c1: gets m1, rc 0
                 1021  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                20000  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
                20002  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
        "#]],
        ),
    ] {
        reads(&story(profile, seed), picture);
    }
}

/// `PullRequestHoldService#notifyMessageArriving` knows nothing of connections: the pull that a killed member left behind is executed
/// when something arrives, gives it to nobody and moves no offset.
#[test]
fn a_pull_that_a_killed_member_left_behind_is_executed_for_nobody() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "consumers": [ {{ "name": "c1", "topic": "T" }}, {{ "name": "c2", "topic": "T" }} ], "script": [
            {{ "at": 3000, "do": "crash", "node": "c1" }}, {{ "at": 4000, "do": "send" }} ], "until": 9000"#
        )
    };
    reads(
        &story("5.3"),
        expect![[r#"
        reads
             3000  c1: down
             3515  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
             4002  broker-a/0: T at 0: FOUND 1, then 1
             4002  broker-a/0: T at 0: FOUND 1, then 1
             4003  c2: gets m1, rc 0
             4004  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
    "#]],
    );
    reads(
        &story("4.9"),
        expect![[r#"
        reads
             3000  c1: down
             3013  broker-a/0: T at 0: NO_MESSAGE_IN_QUEUE, then 0
             4002  broker-a/0: T at 0: FOUND 1, then 1
             4002  broker-a/0: T at 0: FOUND 1, then 1
             4003  c2: gets m1, rc 0
             4004  broker-a/0: T at 1: OFFSET_OVERFLOW_ONE, then 1
    "#]],
    );
}

/// The broker came back with an empty disk and made the topic anew, with fewer queues: pulls of the others are refused (5.3 with
/// INVALID_PARAMETER 29, 4.9 with SYSTEM_ERROR 1), until the client's next route says so.
#[test]
fn a_queue_that_the_topic_has_no_more_is_read_by_nobody() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "topics": [ {{ "name": "T", "queues": 5 }} ],
            "consumers": [ {{ "name": "c1", "topic": "T" }} ], "script": [
            {{ "at": 9000, "do": "destroy-disk", "node": "broker-a/0" }},
            {{ "at": 9100, "do": "restart", "node": "broker-a/0" }},
            {{ "at": 12000, "do": "send" }} ], "until": 60000"#
        )
    };
    let pulled = |profile: &str| {
        let run = lab::run(&story(profile));
        let up = run
            .events()
            .iter()
            .rposition(|event| event.kind == EventKind::NodeUp);
        let mut queues: Vec<u16> = run
            .events()
            .iter()
            .skip(up.unwrap_or(0))
            .filter_map(|event| match &event.kind {
                EventKind::Pulled { topic, queue, .. } if run.names().topic(*topic) == "T" => {
                    Some(queue.0)
                }
                _ => None,
            })
            .collect();
        queues.sort_unstable();
        queues.dedup();
        queues
    };
    for profile in ["5.3", "4.9"] {
        assert_eq!(pulled(profile), [0, 1, 2, 3], "{profile}");
    }
}

/// Queue locks are a master's to give: an orderly consumer goes on from a slave only until its locks are 30 s old.
#[test]
fn an_orderly_consumer_stops_thirty_seconds_after_its_master() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "slaves": [ {{ "conf": {{ "slaveReadEnable": true }} }} ] }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly", "processMs": 5000, "conf": {{ "pullBatchSize": 1, "pullThresholdForQueue": 1 }} }} ],
            "script": [
            {{ "at": 0, "do": "send", "count": 14 }},
            {{ "at": 12000, "do": "crash", "node": "broker-a/0" }} ], "until": 80000"#
        )
    };
    for (profile, picture) in [
        (
            "5.3",
            expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: FOUND 1, then 2
             5003  c1: gets m2, rc 0
             5006  broker-a/0: T at 2: FOUND 1, then 3
            10003  c1: gets m3, rc 0
            10008  broker-a/0: T at 3: FOUND 1, then 4
            12000  broker-a/0: down
            15003  c1: gets m4, rc 0
            27034  broker-a/1: T at 4: FOUND 1, then 5
            27035  c1: gets m5, rc 0
            27036  broker-a/1: T at 5: FOUND 1, then 6
            32038  broker-a/1: T at 6: FOUND 1, then 7
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: FOUND 1, then 2
             5003  c1: gets m2, rc 0
             5006  broker-a/0: T at 2: FOUND 1, then 3
            10003  c1: gets m3, rc 0
            10008  broker-a/0: T at 3: FOUND 1, then 4
            12000  broker-a/0: down
            15003  c1: gets m4, rc 0
            28036  broker-a/1: T at 4: FOUND 1, then 5
            28037  c1: gets m5, rc 0
            28038  broker-a/1: T at 5: FOUND 1, then 6
            33040  broker-a/1: T at 6: FOUND 1, then 7
    "#]],
        ),
    ] {
        reads(&story(profile), picture);
    }
}

/// `AdminBrokerProcessor#resetOffsetInner`: an offset that the queue does not have is refused; one past its end is still taken.
#[test]
fn a_reset_to_an_offset_that_the_queue_does_not_have_is_refused() {
    let story = |offset: u32| {
        format!(
            r#""consumers": [ {{ "name": "c1", "topic": "T" }} ], "script": [
            {{ "at": 0, "do": "send", "count": 2 }},
            {{ "at": 5000, "do": "reset-offset", "consumer": "c1", "topic": "T", "broker": "broker-a", "queue": 0, "offset": {offset} }},
            {{ "at": 6000, "do": "send" }} ], "until": 9000"#
        )
    };
    for (offset, picture) in [
        (
            3,
            expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: FOUND 1, then 2
                5  c1: gets m2, rc 0
                6  broker-a/0: T at 2: OFFSET_OVERFLOW_ONE, then 2
             6002  broker-a/0: T at 2: OFFSET_RESET, then 3
             6514  broker-a/0: T at 3: OFFSET_OVERFLOW_ONE, then 3
    "#]],
        ),
        (
            4,
            expect![[r#"
        reads
                2  broker-a/0: T at 0: FOUND 1, then 1
                3  c1: gets m1, rc 0
                4  broker-a/0: T at 1: FOUND 1, then 2
                5  c1: gets m2, rc 0
                6  broker-a/0: T at 2: OFFSET_OVERFLOW_ONE, then 2
             6002  broker-a/0: T at 2: FOUND 1, then 3
             6003  c1: gets m3, rc 0
             6004  broker-a/0: T at 3: OFFSET_OVERFLOW_ONE, then 3
    "#]],
        ),
    ] {
        reads(&story(offset), picture);
    }
}

/// Between a consume-queue file's deletion and the minimum's correction a pull finds no buffer: it is told to wait (PULL_NOT_FOUND 19) and
/// to go on with the next file (`ConsumeQueue#rollNextFile`); here a file has two entries.
#[test]
fn where_the_consume_queues_file_is_gone_the_next_file_is_next() {
    for profile in ["5.3", "4.9"] {
        let run = lab::run(&format!(
            r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "mappedFileSizeCommitLog": 65536, "mappedFileSizeConsumeQueue": 40 }} }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ], "script": [
            {{ "at": 0, "do": "send", "count": 5, "everyMs": 10, "bodyBytes": 60000 }},
            {{ "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 4 }},
            {{ "at": 1301.5, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 0 }},
            {{ "at": 1301.5, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 1 }},
            {{ "at": 1301.5, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 3 }} ], "until": 2000"#
        ));
        let mut text = String::from("pulls\n");
        for event in run.events() {
            if let EventKind::Pulled {
                offset,
                status,
                next_begin_offset,
                pull_status,
                ..
            } = &event.kind
            {
                let answer = pull_status.map_or("refused", |status| status.word());
                text += &format!(
                    "{offset}: {}, {answer}, then {next_begin_offset}\n",
                    status.word()
                );
            }
        }
        expect![[r#"
            pulls
            0: OFFSET_FOUND_NULL, NO_NEW_MSG, then 2
            1: OFFSET_FOUND_NULL, NO_NEW_MSG, then 2
            3: OFFSET_FOUND_NULL, NO_NEW_MSG, then 4
        "#]]
        .assert_eq(&text);
    }
}
