//! Bounds of time, size and number: where a consumer pauses, gives up or goes on, in both profiles where they differ.

use expect_test::expect;

use super::bench::{check, check_without, with_consumers};

const PULLS: &[&str] = &[" pulls ", " knows "];

/// One concurrent consumer with these fields.
fn concurrently(fields: &str) -> String {
    with_consumers(&format!(
        r#"{{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", {fields} }}"#
    ))
}

/// One orderly consumer with these fields.
fn orderly(fields: &str) -> String {
    with_consumers(&format!(
        r#"{{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", {fields} }}"#
    ))
}

// ---- D.3: flow control ----

#[test]
fn more_whole_mebibytes_than_the_threshold_hold_the_next_pull() {
    let cluster = concurrently(
        r#""processMs": 200, "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdSizeForQueue": 1 }"#,
    );
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 6, "bodyBytes": 600000 }"#;
    check(
        "5.3",
        &cluster,
        script,
        1_500,
        &expect![[r#"
        broker-a/0     30.61  c1 pulls Orders/0 at 0: FOUND 1
        c1             31.61  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0     32.61  c1 pulls Orders/0 at 1: FOUND 1
        broker-a/0     34.61  c1 pulls Orders/0 at 2: FOUND 1
        broker-a/0     36.61  c1 pulls Orders/0 at 3: FOUND 1
        c1            231.61  CONSUME_SUCCESS for m1 (#1): done
        c1            231.61  gets m2 from Orders/0:1, rc 0 (#2)
        broker-a/0    238.61  c1 pulls Orders/0 at 4: FOUND 1
        broker-a/0    238.61  knows Orders/0 at 1
        c1            431.61  CONSUME_SUCCESS for m2 (#2): done
        c1            431.61  gets m3 from Orders/0:2, rc 0 (#3)
        broker-a/0    440.61  c1 pulls Orders/0 at 5: FOUND 1
        broker-a/0    440.61  knows Orders/0 at 2
        c1            631.61  CONSUME_SUCCESS for m3 (#3): done
        c1            631.61  gets m4 from Orders/0:3, rc 0 (#4)
        broker-a/0    642.61  c1 pulls Orders/0 at 6: OFFSET_OVERFLOW_ONE 0
        broker-a/0    642.61  knows Orders/0 at 3
        c1            831.61  CONSUME_SUCCESS for m4 (#4): done
        c1            831.61  gets m5 from Orders/0:4, rc 0 (#5)
        c1           1031.61  CONSUME_SUCCESS for m5 (#5): done
        c1           1031.61  gets m6 from Orders/0:5, rc 0 (#6)
        c1           1231.61  CONSUME_SUCCESS for m6 (#6): done
    "#]],
    );
}

#[test]
fn too_wide_a_span_holds_the_next_pull_while_a_message_is_stuck() {
    let cluster = concurrently(r#""processMs": 120, "conf": { "consumeConcurrentlyMaxSpan": 2 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "hang" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 5, "everyMs": 10 }"#;
    check(
        "5.3",
        &cluster,
        script,
        1_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        12  c1 pulls Orders/0 at 1: FOUND 1
        c1                13  gets m2 from Orders/0:1, rc 0 (#2)
        broker-a/0        14  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        22  c1 pulls Orders/0 at 2: FOUND 1
        c1                23  gets m3 from Orders/0:2, rc 0 (#3)
        broker-a/0        24  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        broker-a/0        32  c1 pulls Orders/0 at 3: FOUND 1
        c1                33  gets m4 from Orders/0:3, rc 0 (#4)
        c1               133  CONSUME_SUCCESS for m2 (#2): done
        c1               143  CONSUME_SUCCESS for m3 (#3): done
        c1               153  CONSUME_SUCCESS for m4 (#4): done
        broker-a/0       184  c1 pulls Orders/0 at 4: FOUND 1
        c1               185  gets m5 from Orders/0:4, rc 0 (#5)
        c1               305  CONSUME_SUCCESS for m5 (#5): done
        broker-a/0       336  c1 pulls Orders/0 at 5: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn an_orderly_listener_has_no_span() {
    let cluster = orderly(r#""conf": { "consumeConcurrentlyMaxSpan": 2 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "hang" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 5, "everyMs": 10 }"#;
    check(
        "5.3",
        &cluster,
        script,
        1_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        12  c1 pulls Orders/0 at 1: FOUND 1
        broker-a/0        14  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        22  c1 pulls Orders/0 at 2: FOUND 1
        broker-a/0        24  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        broker-a/0        32  c1 pulls Orders/0 at 3: FOUND 1
        broker-a/0        34  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
        broker-a/0        42  c1 pulls Orders/0 at 4: FOUND 1
        broker-a/0        44  c1 pulls Orders/0 at 5: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

// ---- D.2: messages that are consumed for too long ----

#[test]
fn a_look_for_expired_messages_takes_at_most_sixteen_heads() {
    let cluster = concurrently(r#""conf": { "consumeTimeout": 1 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 18, "result": "hang" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 18 }"#;
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        200_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 5  gets m2 from Orders/0:1, rc 0 (#2)
        c1                 5  gets m3 from Orders/0:2, rc 0 (#3)
        c1                 5  gets m4 from Orders/0:3, rc 0 (#4)
        c1                 5  gets m5 from Orders/0:4, rc 0 (#5)
        c1                 5  gets m6 from Orders/0:5, rc 0 (#6)
        c1                 5  gets m7 from Orders/0:6, rc 0 (#7)
        c1                 5  gets m8 from Orders/0:7, rc 0 (#8)
        c1                 5  gets m9 from Orders/0:8, rc 0 (#9)
        c1                 5  gets m10 from Orders/0:9, rc 0 (#10)
        c1                 5  gets m11 from Orders/0:10, rc 0 (#11)
        c1                 5  gets m12 from Orders/0:11, rc 0 (#12)
        c1                 5  gets m13 from Orders/0:12, rc 0 (#13)
        c1                 5  gets m14 from Orders/0:13, rc 0 (#14)
        c1                 5  gets m15 from Orders/0:14, rc 0 (#15)
        c1                 5  gets m16 from Orders/0:15, rc 0 (#16)
        c1                 5  gets m17 from Orders/0:16, rc 0 (#17)
        c1                 5  gets m18 from Orders/0:17, rc 0 (#18)
        c1             17716  owns 1 of %RETRY%CG
        c1            116700  sends m1 back, rc 0
        c1            116702  sends m2 back, rc 0
        c1            116704  sends m3 back, rc 0
        c1            116706  sends m4 back, rc 0
        c1            116708  sends m5 back, rc 0
        c1            116710  sends m6 back, rc 0
        c1            116712  sends m7 back, rc 0
        c1            116714  sends m8 back, rc 0
        c1            116716  sends m9 back, rc 0
        c1            116718  sends m10 back, rc 0
        c1            116720  sends m11 back, rc 0
        c1            116722  sends m12 back, rc 0
        c1            116724  sends m13 back, rc 0
        c1            116726  sends m14 back, rc 0
        c1            116728  sends m15 back, rc 0
        c1            116730  sends m16 back, rc 0
        broker-a/0    126800  stores a retry of m1, rc 1
        broker-a/0    126800  stores a retry of m2, rc 1
        broker-a/0    126800  stores a retry of m3, rc 1
        broker-a/0    126800  stores a retry of m4, rc 1
        broker-a/0    126800  stores a retry of m5, rc 1
        broker-a/0    126800  stores a retry of m6, rc 1
        broker-a/0    126800  stores a retry of m7, rc 1
        broker-a/0    126800  stores a retry of m8, rc 1
        broker-a/0    126800  stores a retry of m9, rc 1
        broker-a/0    126800  stores a retry of m10, rc 1
        broker-a/0    126800  stores a retry of m11, rc 1
        broker-a/0    126800  stores a retry of m12, rc 1
        broker-a/0    126800  stores a retry of m13, rc 1
        broker-a/0    126800  stores a retry of m14, rc 1
        broker-a/0    126800  stores a retry of m15, rc 1
        broker-a/0    126800  stores a retry of m16, rc 1
        c1            126802  gets m1 from %RETRY%CG/0:0, rc 1 (#19)
        c1            126802  CONSUME_SUCCESS for m1 (#19): done
        c1            126804  gets m2 from %RETRY%CG/0:1, rc 1 (#20)
        c1            126804  gets m3 from %RETRY%CG/0:2, rc 1 (#21)
        c1            126804  CONSUME_SUCCESS for m2 (#20): done
        c1            126804  gets m4 from %RETRY%CG/0:3, rc 1 (#22)
        c1            126804  CONSUME_SUCCESS for m3 (#21): done
        c1            126804  gets m5 from %RETRY%CG/0:4, rc 1 (#23)
        c1            126804  CONSUME_SUCCESS for m4 (#22): done
        c1            126804  gets m6 from %RETRY%CG/0:5, rc 1 (#24)
        c1            126804  CONSUME_SUCCESS for m5 (#23): done
        c1            126804  gets m7 from %RETRY%CG/0:6, rc 1 (#25)
        c1            126804  CONSUME_SUCCESS for m6 (#24): done
        c1            126804  gets m8 from %RETRY%CG/0:7, rc 1 (#26)
        c1            126804  CONSUME_SUCCESS for m7 (#25): done
        c1            126804  gets m9 from %RETRY%CG/0:8, rc 1 (#27)
        c1            126804  CONSUME_SUCCESS for m8 (#26): done
        c1            126804  gets m10 from %RETRY%CG/0:9, rc 1 (#28)
        c1            126804  CONSUME_SUCCESS for m9 (#27): done
        c1            126804  gets m11 from %RETRY%CG/0:10, rc 1 (#29)
        c1            126804  CONSUME_SUCCESS for m10 (#28): done
        c1            126804  gets m12 from %RETRY%CG/0:11, rc 1 (#30)
        c1            126804  CONSUME_SUCCESS for m11 (#29): done
        c1            126804  gets m13 from %RETRY%CG/0:12, rc 1 (#31)
        c1            126804  CONSUME_SUCCESS for m12 (#30): done
        c1            126804  gets m14 from %RETRY%CG/0:13, rc 1 (#32)
        c1            126804  CONSUME_SUCCESS for m13 (#31): done
        c1            126804  gets m15 from %RETRY%CG/0:14, rc 1 (#33)
        c1            126804  CONSUME_SUCCESS for m14 (#32): done
        c1            126804  gets m16 from %RETRY%CG/0:15, rc 1 (#34)
        c1            126804  CONSUME_SUCCESS for m15 (#33): done
        c1            126804  CONSUME_SUCCESS for m16 (#34): done
        c1            176700  sends m17 back, rc 0
        c1            176702  sends m18 back, rc 0
        broker-a/0    186800  stores a retry of m17, rc 1
        broker-a/0    186800  stores a retry of m18, rc 1
        c1            186802  gets m17 from %RETRY%CG/0:16, rc 1 (#35)
        c1            186802  CONSUME_SUCCESS for m17 (#35): done
        c1            186804  gets m18 from %RETRY%CG/0:17, rc 1 (#36)
        c1            186804  CONSUME_SUCCESS for m18 (#36): done
    "#]],
    );
}

#[test]
fn an_expired_message_behind_a_fresh_head_waits() {
    let cluster = concurrently(r#""processMs": 20, "conf": { "consumeTimeout": 1 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "RECONSUME_LATER" },
        { "at": 0, "do": "consume-result", "consumer": "c1", "message": "m2", "times": 1, "result": "hang" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 },
        { "at": 10, "do": "partition", "between": ["c1", "broker-a/0"] },
        { "at": 118000, "do": "heal", "between": ["c1", "broker-a/0"] },
        { "at": 118000, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "CONSUME_SUCCESS" }"#;
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        200_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 5  gets m2 from Orders/0:1, rc 0 (#2)
        c1                23  RECONSUME_LATER for m1 (#1): not done
        c1                23  sends m1 back, rc 0
        c1             13023  gets m1 from Orders/0:0, rc 1 (#3)
        c1             13043  RECONSUME_LATER for m1 (#3): not done
        c1             24023  gets m1 from Orders/0:0, rc 2 (#4)
        c1             24043  RECONSUME_LATER for m1 (#4): not done
        c1             34023  gets m1 from Orders/0:0, rc 3 (#5)
        c1             34043  RECONSUME_LATER for m1 (#5): not done
        c1             45023  gets m1 from Orders/0:0, rc 4 (#6)
        c1             45043  RECONSUME_LATER for m1 (#6): not done
        c1             55023  gets m1 from Orders/0:0, rc 5 (#7)
        c1             55043  RECONSUME_LATER for m1 (#7): not done
        c1             66023  gets m1 from Orders/0:0, rc 6 (#8)
        c1             66043  RECONSUME_LATER for m1 (#8): not done
        c1             76700  gets m1 from Orders/0:0, rc 7 (#9)
        c1             76720  RECONSUME_LATER for m1 (#9): not done
        c1             87700  gets m1 from Orders/0:0, rc 8 (#10)
        c1             87720  RECONSUME_LATER for m1 (#10): not done
        c1             98700  gets m1 from Orders/0:0, rc 9 (#11)
        c1             98720  RECONSUME_LATER for m1 (#11): not done
        c1            108700  gets m1 from Orders/0:0, rc 10 (#12)
        c1            108720  RECONSUME_LATER for m1 (#12): not done
        c1            119700  gets m1 from Orders/0:0, rc 11 (#13)
        c1            119720  CONSUME_SUCCESS for m1 (#13): done
        broker-a/0    128100  stores a retry of m1, rc 1
        c1            138010  owns 1 of %RETRY%CG
        c1            138512  gets m1 from %RETRY%CG/0:0, rc 1 (#14)
        c1            138532  CONSUME_SUCCESS for m1 (#14): done
        c1            176700  sends m2 back, rc 0
        broker-a/0    186800  stores a retry of m2, rc 1
        c1            186802  gets m2 from %RETRY%CG/0:1, rc 1 (#15)
        c1            186822  CONSUME_SUCCESS for m2 (#15): done
    "#]],
    );
}

#[test]
fn an_expired_message_that_nobody_takes_is_tried_once_per_look() {
    let cluster = concurrently(r#""conf": { "consumeTimeout": 1 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "hang" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 100000, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.95 }"#;
    check_without(
        PULLS,
        ("4.9", &cluster),
        script,
        200_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1            117950  sends m1 back, rc 0
        c1            117952  sends m1 back, rc 0
        c1            117954  sends m1 back, rc 0
        c1            117956  sends m1 back, rc 0
        c1            177950  sends m1 back, rc 0
        c1            177952  sends m1 back, rc 0
        c1            177954  sends m1 back, rc 0
        c1            177956  sends m1 back, rc 0
    "#]],
    );
}

// ---- D.6: bounds of orderly consumption ----

#[test]
fn a_lock_that_was_not_renewed_for_half_a_minute_stops_its_queue_until_it_is_held_again() {
    let cluster = orderly(r#""processMs": 10000"#);
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 5 },
        { "at": 5000, "do": "partition", "between": ["c1", "broker-a/0"] },
        { "at": 50000, "do": "heal", "between": ["c1", "broker-a/0"] }"#;
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        80_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1             10003  SUCCESS for m1 (#1): done
        c1             10003  gets m2 from Orders/0:1, rc 0 (#2)
        c1             20003  SUCCESS for m2 (#2): done
        c1             20003  gets m3 from Orders/0:2, rc 0 (#3)
        c1             30003  SUCCESS for m3 (#3): done
        broker-a/0     50007  locks %RETRY%CG/0 for c1
        c1             50010  owns 1 of %RETRY%CG
        c1             53114  gets m4 from Orders/0:3, rc 0 (#4)
        c1             63114  SUCCESS for m4 (#4): done
        c1             63114  gets m5 from Orders/0:4, rc 0 (#5)
        c1             73114  SUCCESS for m5 (#5): done
    "#]],
    );
    check_without(
        PULLS,
        ("4.9", &cluster),
        script,
        80_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1             10003  SUCCESS for m1 (#1): done
        c1             10003  gets m2 from Orders/0:1, rc 0 (#2)
        c1             20003  SUCCESS for m2 (#2): done
        c1             20003  gets m3 from Orders/0:2, rc 0 (#3)
        c1             30003  SUCCESS for m3 (#3): done
        c1             52162  gets m4 from Orders/0:3, rc 0 (#4)
        c1             62162  SUCCESS for m4 (#4): done
        c1             62162  gets m5 from Orders/0:4, rc 0 (#5)
        c1             72162  SUCCESS for m5 (#5): done
    "#]],
    );
}

#[test]
fn an_orderly_thread_pauses_after_a_minute() {
    let cluster = orderly(r#""processMs": 61000"#);
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }"#;
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        140_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0     17717  locks %RETRY%CG/0 for c1
        c1             17720  owns 1 of %RETRY%CG
        c1             61003  SUCCESS for m1 (#1): done
        c1             61013  gets m2 from Orders/0:1, rc 0 (#2)
        c1            122013  SUCCESS for m2 (#2): done
    "#]],
    );
}

#[test]
fn a_suspended_queue_rests_for_ten_milliseconds_at_least_and_half_a_minute_at_most() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 2, "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    let cluster = orderly(r#""conf": { "suspendCurrentQueueTimeMillis": 1 }"#);
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        5_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#1): not done
        c1                13  gets m1 from Orders/0:0, rc 1 (#2)
        c1                13  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#2): not done
        c1                23  gets m1 from Orders/0:0, rc 2 (#3)
        c1                23  SUCCESS for m1 (#3): done
    "#]],
    );
    let cluster = orderly(r#""conf": { "suspendCurrentQueueTimeMillis": 45000 }"#);
    check_without(
        PULLS,
        ("4.9", &cluster),
        script,
        90_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#1): not done
        c1             30003  gets m1 from Orders/0:0, rc 1 (#2)
        c1             30003  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#2): not done
        c1             60003  gets m1 from Orders/0:0, rc 2 (#3)
        c1             60003  SUCCESS for m1 (#3): done
    "#]],
    );
}

#[test]
fn a_dead_letter_that_nobody_takes_suspends_its_queue_again() {
    let cluster = orderly(r#""processMs": 100, "conf": { "maxReconsumeTimes": 1 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "throw" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 },
        { "at": 1000, "do": "crash", "node": "broker-a/0" }, { "at": 4000, "do": "restart", "node": "broker-a/0", "takesMs": 500 }"#;
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        12_000,
        &expect![[r#"
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1               103  throw for m1 (#1): not done
        broker-a/0      1000  is down
        c1              1103  gets m1 from Orders/0:0, rc 1 (#2)
        c1              1203  throw for m1 (#2): not done
        c1              2209  gets m1 from Orders/0:0, rc 2 (#3)
        c1              2309  throw for m1 (#3): not done
        c1              3315  gets m1 from Orders/0:0, rc 3 (#4)
        c1              3415  throw for m1 (#4): not done
        c1              4421  gets m1 from Orders/0:0, rc 4 (#5)
        broker-a/0      4500  is up
        c1              4521  throw for m1 (#5): not done
        c1              4523  sends m1 back, rc 4
        broker-a/0      4524  stores m1 as dead letter, rc 5
        c1           4525.05  gets m2 from Orders/0:1, rc 0 (#6)
        broker-a/0      4528  locks %RETRY%CG/0 for c1
        c1              4531  owns 1 of %RETRY%CG
        c1           4625.05  SUCCESS for m2 (#6): done
    "#]],
    );
}

#[test]
fn without_auto_commit_a_dead_letter_commits_nothing() {
    let cluster = orderly(r#""autoCommit": false, "conf": { "maxReconsumeTimes": 0 }"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "throw" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    check(
        "5.3",
        &cluster,
        script,
        12_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  throw for m1 (#1): not done
        c1                 3  sends m1 back, rc 0
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0         4  stores m1 as dead letter, rc 1
    "#]],
    );
    let cluster = orderly(r#""conf": { "maxReconsumeTimes": 0 }"#);
    check(
        "5.3",
        &cluster,
        script,
        12_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  throw for m1 (#1): not done
        c1                 3  sends m1 back, rc 0
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0         4  stores m1 as dead letter, rc 1
        broker-a/0      6701  knows Orders/0 at 1
    "#]],
    );
}
