//! Transactions at the broker: half messages, their ends, OP records, check-backs, and what becomes of those that nobody ends.

use expect_test::expect;

use crate::stored::check;

const CONSUMER: &str = r#""consumers": [ { "name": "c1", "topic": "T" } ]"#;

#[test]
fn a_commit_is_stored_again_and_written_off_three_to_six_seconds_later() {
    check(
        &format!(
            r#""script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE" }} }},
            {{ "at": 500, "do": "send", "transaction": {{ "local": "ROLLBACK_MESSAGE" }} }}
        ], "until": 12000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local COMMIT_MESSAGE
                 3.05  broker-a/0: T/0:0 is m1
                 5.05  c1: gets m1
                  501  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m2
               502.05  p1: m2 local ROLLBACK_MESSAGE
                 5000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, consumed, ok, consumed 1
            m2: refused, never-stored, refused, consumed 0
        "#]],
    );
}

#[test]
fn in_4_9_it_is_written_off_at_once() {
    check(
        &format!(
            r#""profile": "4.9", "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE" }} }},
            {{ "at": 500, "do": "send", "transaction": {{ "local": "ROLLBACK_MESSAGE" }} }}
        ], "until": 12000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local COMMIT_MESSAGE
                 3.05  broker-a/0: T/0:0 is m1
                  3.1  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
                 5.05  c1: gets m1
                  501  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m2
               502.05  p1: m2 local ROLLBACK_MESSAGE
               503.05  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:1 is RocketMQ's own
            m1: acked, consumed, ok, consumed 1
            m2: refused, never-stored, refused, consumed 0
        "#]],
    );
}

#[test]
fn enough_finished_half_messages_are_written_off_at_once() {
    check(
        r#""brokers": [ { "name": "broker-a", "conf": { "transactionOpMsgMaxSize": 4 } } ], "script": [
            { "at": 0, "do": "send", "count": 3, "everyMs": 10, "transaction": { "local": "ROLLBACK_MESSAGE" } }
        ], "until": 12000"#,
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local ROLLBACK_MESSAGE
                   11  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m2
                12.05  p1: m2 local ROLLBACK_MESSAGE
                   21  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m3
                22.05  p1: m3 local ROLLBACK_MESSAGE
                23.05  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
              3023.05  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:1 is RocketMQ's own
            m1: refused, never-stored, refused, consumed 0
            m2: refused, never-stored, refused, consumed 0
            m3: refused, never-stored, refused, consumed 0
        "#]],
    );
}

#[test]
fn an_undecided_transaction_is_asked_after_and_committed() {
    check(
        &format!(
            r#""script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["UNKNOW", "COMMIT_MESSAGE"] }} }}
        ], "until": 60000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                20160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                20161  p1: m1 checked UNKNOW
                50160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
                50161  p1: m1 checked COMMIT_MESSAGE
                50162  broker-a/0: T/0:0 is m1
                50164  c1: gets m1
                56000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_check_before_the_op_record_commits_again() {
    check(
        &format!(
            r#""brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 1000, "transactionCheckInterval": 2000 }} }} ],
        "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }}
        ], "until": 12000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                 2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                 2161  p1: m1 checked COMMIT_MESSAGE
                 2162  broker-a/0: T/0:0 is m1
                 2164  c1: gets m1
                 4160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
                 4161  p1: m1 checked COMMIT_MESSAGE
                 4162  broker-a/0: T/0:1 is m1
                 4164  c1: gets m1
                 6160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:3 is m1
                 6161  p1: m1 checked COMMIT_MESSAGE
                 6162  broker-a/0: T/0:2 is m1
                 6164  c1: gets m1
                 8000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, consumed, duplicated, consumed 3
        "#]],
    );
}

#[test]
fn in_4_9_a_check_commits_once() {
    check(
        &format!(
            r#""profile": "4.9",
        "brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 1000, "transactionCheckInterval": 2000 }} }} ],
        "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }}
        ], "until": 12000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                 2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                 2161  p1: m1 checked COMMIT_MESSAGE
                 2162  broker-a/0: T/0:0 is m1
              2162.05  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
                 2164  c1: gets m1
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_crash_before_the_op_record_commits_again() {
    check(
        &format!(
            r#""script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE", "check": ["COMMIT_MESSAGE"] }} }},
            {{ "at": 1000, "do": "crash", "node": "broker-a/0" }},
            {{ "at": 1000, "do": "restart", "node": "broker-a/0" }}
        ], "until": 50000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local COMMIT_MESSAGE
                 3.05  broker-a/0: T/0:0 is m1
                 5.05  c1: gets m1
                 1000  broker-a/0: down
                 3000  broker-a/0: up
                33160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                33161  p1: m1 checked COMMIT_MESSAGE
                33162  broker-a/0: T/0:1 is m1
                33164  c1: gets m1
                39000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, consumed, duplicated, consumed 2
        "#]],
    );
}

#[test]
fn in_4_9_a_crash_repeats_nothing() {
    check(
        &format!(
            r#""profile": "4.9", "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE", "check": ["COMMIT_MESSAGE"] }} }},
            {{ "at": 1000, "do": "crash", "node": "broker-a/0" }},
            {{ "at": 1000, "do": "restart", "node": "broker-a/0" }}
        ], "until": 80000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local COMMIT_MESSAGE
                 3.05  broker-a/0: T/0:0 is m1
                  3.1  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
                 5.05  c1: gets m1
                 1000  broker-a/0: down
                 3000  broker-a/0: up
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_lost_end_is_repaired_by_a_check() {
    check(
        &format!(
            r#""script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE", "check": ["COMMIT_MESSAGE"] }} }},
            {{ "after": {{ "event": "half-stored" }}, "do": "drop", "from": "p1", "to": "broker-a/0" }}
        ], "until": 40000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local COMMIT_MESSAGE
                20160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                20161  p1: m1 checked COMMIT_MESSAGE
                20162  broker-a/0: T/0:0 is m1
                20164  c1: gets m1
                26000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_transaction_that_stays_undecided_is_given_up() {
    check(
        &format!(
            r#""brokers": [ {{ "name": "broker-a", "conf": {{ "transactionCheckMax": 2, "transactionTimeOut": 1000, "transactionCheckInterval": 2000 }} }} ],
        "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW" }} }}
        ], "until": 12000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                 2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                 2161  p1: m1 checked UNKNOW
                 4160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
                 4161  p1: m1 checked UNKNOW
                 6160  broker-a/0: TRANS_CHECK_MAX_TIME_TOPIC/0:0 is m1
                 6161  broker-a/0: m1 lost (produce)
            m1: unknown, lost, lost, consumed 0
        "#]],
    );
}

#[test]
fn a_check_counts_though_no_producer_is_there() {
    check(
        r#""brokers": [ { "name": "broker-a", "conf": { "transactionCheckMax": 1, "transactionTimeOut": 1000, "transactionCheckInterval": 2000 } } ],
        "script": [
            { "at": 0, "do": "send", "transaction": { "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] } },
            { "at": 100, "do": "crash", "node": "p1" }
        ], "until": 12000"#,
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                  100  p1: down
                 2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                 4160  broker-a/0: TRANS_CHECK_MAX_TIME_TOPIC/0:0 is m1
                 4161  broker-a/0: m1 lost (produce)
            m1: unknown, lost, lost, consumed 0
        "#]],
    );
}

#[test]
fn a_scan_ends_at_the_first_that_is_too_young() {
    check(
        r#""brokers": [ { "name": "broker-a", "conf": { "transactionTimeOut": 3000, "transactionCheckInterval": 4000 } } ],
        "script": [
            { "at": 0, "do": "send", "transaction": { "local": "UNKNOW", "check": ["ROLLBACK_MESSAGE"] } },
            { "at": 3500, "do": "send", "transaction": { "local": "UNKNOW", "check": ["ROLLBACK_MESSAGE"] } }
        ], "until": 11000"#,
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                 3501  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m2
              3502.05  p1: m2 local UNKNOW
                 6160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
                 6161  p1: m1 checked ROLLBACK_MESSAGE
                10160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:3 is m2
                10160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:4 is m1
                10161  p1: m2 checked ROLLBACK_MESSAGE
                10161  p1: m1 checked ROLLBACK_MESSAGE
                11000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: refused, never-stored, refused, consumed 0
            m2: refused, never-stored, refused, consumed 0
        "#]],
    );
}

#[test]
fn a_commit_waits_for_its_flush_before_the_half_message_is_written_off() {
    check(
        r#""profile": "4.9", "brokers": [ { "name": "broker-a", "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
        "script": [
            { "at": 0, "do": "send", "transaction": { "local": "COMMIT_MESSAGE" } },
            { "after": { "event": "send-returned" }, "do": "stall-disk", "node": "broker-a/0" }
        ], "until": 8000"#,
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 7.05  p1: m1 local COMMIT_MESSAGE
                 8.05  broker-a/0: T/0:0 is m1
               5008.1  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, in-flight, at-risk, consumed 0
        "#]],
    );
}

#[test]
fn another_producer_of_the_group_knows_what_to_answer() {
    check(
        &format!(
            r#""brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 2000, "transactionCheckInterval": 4000,
                "transactionOpBatchInterval": 100 }} }} ],
            "producers": [ {{ "name": "p1", "group": "PG" }}, {{ "name": "p2", "group": "PG" }}, {{ "name": "p3", "group": "Other" }} ],
            "script": [
            {{ "at": 0, "do": "send", "producer": "p1", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }},
            {{ "at": 300, "do": "crash", "node": "p1" }}
        ], "until": 12000, {CONSUMER}"#
        ),
        expect![[r#"
                    1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
                 2.05  p1: m1 local UNKNOW
                  300  p1: down
                 2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
                 2161  p2: m1 checked COMMIT_MESSAGE
                 2162  broker-a/0: T/0:0 is m1
                 2164  c1: gets m1
                 2300  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

/// `TransactionalMessageServiceImpl#needSkip`: what is older than `fileReservedTime` is put aside unasked.
#[test]
fn a_half_message_that_has_outlived_the_files_is_given_up_unasked() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "fileReservedTime": 0, "transactionTimeOut": 1000, "transactionCheckInterval": 2000 }} }} ],
        "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }}
        ], "until": 12000, {CONSUMER}"#
        )
    };
    check(
        &story("5.3"),
        expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
              160  broker-a/0: TRANS_CHECK_MAX_TIME_TOPIC/0:0 is m1
              161  broker-a/0: m1 lost (produce)
        m1: unknown, lost, lost, consumed 0
    "#]],
    );
    check(
        &story("4.9"),
        expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
              160  broker-a/0: TRANS_CHECK_MAX_TIME_TOPIC/0:0 is m1
              161  broker-a/0: m1 lost (produce)
        m1: unknown, lost, lost, consumed 0
    "#]],
    );
}

/// `DefaultMQProducerImpl#sendMessageInTransaction` clears the delay level: a half message that is committed is there at once.
#[test]
fn a_half_message_has_no_delay() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local COMMIT_MESSAGE
             3.05  broker-a/0: T/0:0 is m1
             5.05  c1: gets m1
             5000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
        m1: acked, consumed, ok, consumed 1
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local COMMIT_MESSAGE
             3.05  broker-a/0: T/0:0 is m1
              3.1  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
             5.05  c1: gets m1
        m1: acked, consumed, ok, consumed 1
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "script": [
            {{ "at": 0, "do": "send", "delayLevel": 2, "transaction": {{ "local": "COMMIT_MESSAGE" }} }}
        ], "until": 8000, {CONSUMER}"#
            ),
            story,
        );
    }
}

/// The local transaction runs after SEND_OK only; after another status the half message is rolled back, and no check asks for it.
#[test]
fn after_another_status_than_send_ok_the_half_message_is_rolled_back() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
              101  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
          1102.05  p1: m1 FLUSH_DISK_TIMEOUT
             5000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
        m1: refused, never-stored, refused, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
              101  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
          1102.05  p1: m1 FLUSH_DISK_TIMEOUT
          1103.05  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
        m1: refused, never-stored, refused, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "flushDiskType": "SYNC_FLUSH", "syncFlushTimeout": 1000, "transactionTimeOut": 2000, "transactionCheckInterval": 8000 }} }} ],
            "script": [
            {{ "at": 0, "do": "stall-disk", "node": "broker-a/0" }},
            {{ "at": 100, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE", "check": ["COMMIT_MESSAGE"] }} }},
            {{ "at": 1500, "do": "release-disk", "node": "broker-a/0" }}
        ], "until": 12000, {CONSUMER}"#
            ),
            story,
        );
    }
}

/// `TransactionalMessageServiceImpl#check` of 5.3.3: a scan that has read OP records, and none for this half message, sleeps a second
/// before it asks (`SLEEP_WHILE_NO_OP`). What was sent meanwhile waits for the next scan: it was stored after this one began.
#[test]
fn a_scan_that_has_read_op_records_of_others_sleeps_before_it_asks() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
               11  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m2
            12.05  p1: m2 local ROLLBACK_MESSAGE
             5000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
             6301  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m3
          6302.05  p1: m3 local UNKNOW
             7160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:3 is m1
             7161  p1: m1 checked ROLLBACK_MESSAGE
             8000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:1 is RocketMQ's own
            16160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:4 is m3
            16161  p1: m3 checked ROLLBACK_MESSAGE
            17000  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:2 is RocketMQ's own
        m1: refused, never-stored, refused, consumed 0
        m2: refused, never-stored, refused, consumed 0
        m3: refused, never-stored, refused, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
               11  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m2
            12.05  p1: m2 local ROLLBACK_MESSAGE
            13.05  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
             6160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
             6161  p1: m1 checked ROLLBACK_MESSAGE
             6162  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:1 is RocketMQ's own
             6301  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:3 is m3
          6302.05  p1: m3 local UNKNOW
            14160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:4 is m3
            14161  p1: m3 checked ROLLBACK_MESSAGE
            14162  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:2 is RocketMQ's own
        m1: refused, never-stored, refused, consumed 0
        m2: refused, never-stored, refused, consumed 0
        m3: refused, never-stored, refused, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 500, "transactionCheckInterval": 8000 }} }} ],
            "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["ROLLBACK_MESSAGE"] }} }},
            {{ "at": 10, "do": "send", "transaction": {{ "local": "ROLLBACK_MESSAGE" }} }},
            {{ "at": 6300, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["ROLLBACK_MESSAGE"] }} }}
        ], "until": 17000"#
            ),
            story,
        );
    }
}

/// `ProducerManager#getAvailableChannel` takes the producers of the group in turn.
#[test]
fn producers_of_a_group_are_asked_in_turn() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
             2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
             2161  p1: m1 checked UNKNOW
             5160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
             5161  p2: m1 checked UNKNOW
             8160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:3 is m1
             8161  p1: m1 checked UNKNOW
        m1: unknown, in-flight, at-risk, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
             2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
             2161  p1: m1 checked UNKNOW
             5160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
             5161  p2: m1 checked UNKNOW
             8160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:3 is m1
             8161  p1: m1 checked UNKNOW
        m1: unknown, in-flight, at-risk, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 1000, "transactionCheckInterval": 3000 }} }} ],
            "producers": [ {{ "name": "p1", "group": "PG" }}, {{ "name": "p2", "group": "PG" }} ], "script": [
            {{ "at": 0, "do": "send", "producer": "p1", "transaction": {{ "local": "UNKNOW", "check": ["UNKNOW"] }} }}
        ], "until": 9000"#
            ),
            story,
        );
    }
}

/// F: since 5.3 a producer that has connected anew is known to the broker at once, and can be asked; 4.9 waits for its next heartbeat.
#[test]
fn a_restarted_broker_can_ask_who_has_connected_anew() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
              500  broker-a/0: down
             2600  broker-a/0: up
             4003  broker-a/0: T/0:0 is m2
             6760  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
             6761  p1: m1 checked COMMIT_MESSAGE
             6762  broker-a/0: T/0:1 is m1
            10760  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
            10761  p1: m1 checked COMMIT_MESSAGE
            10762  broker-a/0: T/0:2 is m1
            11600  broker-a/0: RMQ_SYS_TRANS_OP_HALF_TOPIC/0:0 is RocketMQ's own
        m1: acked, in-flight, at-risk, consumed 0
        m2: acked, in-flight, at-risk, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
              500  broker-a/0: down
             2600  broker-a/0: up
             4003  broker-a/0: T/0:0 is m2
             6760  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
            10760  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:2 is m1
        m1: unknown, in-flight, at-risk, consumed 0
        m2: acked, in-flight, at-risk, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 1000, "transactionCheckInterval": 4000 }} }} ],
            "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }},
            {{ "at": 500, "do": "crash", "node": "broker-a/0" }},
            {{ "at": 600, "do": "restart", "node": "broker-a/0" }},
            {{ "at": 4000, "do": "send" }}
        ], "until": 12000"#
            ),
            story,
        );
    }
}

/// How far scans have come is in consumerOffset.json: what was put aside before a crash is not put aside again.
#[test]
fn a_restarted_broker_scans_on_from_where_its_file_says() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
             2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
             2161  p1: m1 checked UNKNOW
             5160  broker-a/0: TRANS_CHECK_MAX_TIME_TOPIC/0:0 is m1
             5161  broker-a/0: m1 lost (produce)
            16000  broker-a/0: down
            18100  broker-a/0: up
        m1: unknown, lost, lost, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                1  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:0 is m1
             2.05  p1: m1 local UNKNOW
             2160  broker-a/0: RMQ_SYS_TRANS_HALF_TOPIC/0:1 is m1
             2161  p1: m1 checked UNKNOW
             5160  broker-a/0: TRANS_CHECK_MAX_TIME_TOPIC/0:0 is m1
             5161  broker-a/0: m1 lost (produce)
            16000  broker-a/0: down
            18100  broker-a/0: up
        m1: unknown, lost, lost, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "transactionTimeOut": 1000, "transactionCheckInterval": 3000, "transactionCheckMax": 1 }} }} ],
            "script": [
            {{ "at": 0, "do": "send", "transaction": {{ "local": "UNKNOW" }} }},
            {{ "at": 16000, "do": "crash", "node": "broker-a/0" }},
            {{ "at": 16100, "do": "restart", "node": "broker-a/0" }}
        ], "until": 30000"#
            ),
            story,
        );
    }
}
