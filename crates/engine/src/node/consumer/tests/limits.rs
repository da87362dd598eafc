//! Bounds of time, size and number: where a consumer pauses, gives up or goes on, in both profiles where they differ.

use expect_test::expect;

use super::bench::{PLAIN, check, check_without, with_consumers};

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

// ---- D.8: rebalance ----

fn members(names: &[&str]) -> String {
    let members: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            format!(
                r#"{{ "name": "{name}", "group": "CG", "topic": "Orders", "started": {} }}"#,
                at == 0
            )
        })
        .collect();
    with_consumers(&members.join(","))
}

#[test]
fn queues_are_shared_in_blocks_and_members_beyond_them_get_none() {
    let cluster = members(&["c1", "c2", "c3", "c4"]).replace(r#""queues": 1"#, r#""queues": 3"#);
    let script = r#"{ "at": 5000, "do": "start-consumer", "consumer": "c2" }, { "at": 10000, "do": "start-consumer", "consumer": "c3" },
        { "at": 15000, "do": "start-consumer", "consumer": "c4" }, { "at": 40000, "do": "stop-consumer", "consumer": "c1" }"#;
    check_without(
        PULLS,
        ("4.9", &cluster),
        script,
        45_000,
        &expect![[r#"
        c2              5000  is up
        c1              5014  owns 2 of Orders
        c2              5016  owns 1 of Orders
        c3             10000  is up
        c1             10014  owns 1 of Orders
        c2             10016  owns 1 of Orders
        c3             10016  owns 1 of Orders
        c4             15000  is up
        c1             40000  is down
        c2             40006  owns 1 of %RETRY%CG
        c3             40008  owns 1 of Orders
        c4             40008  owns 1 of Orders
        c2             40012  owns 1 of Orders
    "#]],
    );
}

#[test]
fn two_newcomers_within_a_second_make_two_rebalances_in_4_9_and_the_second_waits_in_5_3() {
    let cluster = members(&["c1", "c2", "c3"]).replace(r#""queues": 1"#, r#""queues": 3"#);
    let script = r#"{ "at": 5000, "do": "start-consumer", "consumer": "c2" }, { "at": 5300, "do": "start-consumer", "consumer": "c3" }"#;
    check_without(
        PULLS,
        ("4.9", &cluster),
        script,
        9_000,
        &expect![[r#"
        c2              5000  is up
        c1              5014  owns 2 of Orders
        c2              5016  owns 1 of Orders
        c3              5300  is up
        c1              5314  owns 1 of Orders
        c2              5316  owns 1 of Orders
        c3              5316  owns 1 of Orders
    "#]],
    );
    check_without(
        PULLS,
        ("5.3", &cluster),
        script,
        9_000,
        &expect![[r#"
        c2              5000  is up
        c1              5014  owns 1 of %RETRY%CG
        c1              5018  owns 2 of Orders
        c3              5300  is up
        c2              6008  owns 1 of Orders
        c1              6024  owns 1 of Orders
        c3              6308  owns 1 of Orders
    "#]],
    );
}

#[test]
fn a_topic_that_comes_later_is_owned_after_the_rebalance_that_finds_its_route() {
    let cluster = PLAIN.replace(
        r#""topic": "Orders", "listener""#,
        r#""topic": "Later", "listener""#,
    );
    let script = r#"{ "at": 1000, "do": "send", "producer": "p1", "topic": "Later" }"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1             17982  owns 4 of Later
        broker-a/0     17983  c1 pulls Later/0 at 0: FOUND 1
        broker-a/0     17983  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     17983  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     17983  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
        c1             17984  gets m1 from Later/0:0, rc 0 (#1)
        c1             17984  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0     17985  c1 pulls Later/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1             17988  owns 1 of %RETRY%CG
        broker-a/0     17989  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     22951  knows Later/0 at 1
        broker-a/0     22951  knows Later/1 at 0
        broker-a/0     22951  knows Later/2 at 0
        broker-a/0     22951  knows Later/3 at 0
        broker-a/0     22951  knows %RETRY%CG/0 at 0
        broker-a/0     35000  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35000  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35000  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35000  c1 pulls Later/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1             18730  owns 4 of Later
        c1             18736  owns 1 of %RETRY%CG
        broker-a/0     19231  c1 pulls Later/0 at 0: FOUND 1
        broker-a/0     19231  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     19231  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     19231  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
        c1             19232  gets m1 from Later/0:0, rc 0 (#1)
        c1             19232  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0     19233  c1 pulls Later/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     19237  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     21701  knows Later/0 at 1
        broker-a/0     35000  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35000  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35000  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35000  c1 pulls Later/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls Later/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     36701  knows Later/1 at 0
        broker-a/0     36701  knows Later/2 at 0
        broker-a/0     36701  knows Later/3 at 0
        broker-a/0     36701  knows %RETRY%CG/0 at 0
    "#]],
        ),
    ] {
        check(profile, &cluster, script, 45_000, &told);
    }
}

#[test]
fn a_queue_that_was_not_pulled_for_too_long_is_given_up_and_taken_again() {
    let cluster = concurrently(r#""conf": { "rocketmq.client.pull.pullMaxIdleTime": 10000 }"#);
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 30000, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    check(
        "5.3",
        &cluster,
        script,
        40_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6701  knows Orders/0 at 1
        c1             17716  owns 1 of %RETRY%CG
        c1             17722  owns 1 of Orders
        broker-a/0     18217  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     18223  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     30002  c1 pulls Orders/0 at 1: FOUND 1
        c1             30003  gets m2 from Orders/0:1, rc 0 (#2)
        c1             30003  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0     30004  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     31701  knows Orders/0 at 2
        broker-a/0     35000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     36701  knows %RETRY%CG/0 at 0
    "#]],
    );
}

#[test]
fn what_waits_for_a_thread_of_a_queue_that_was_given_away_is_not_shown() {
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders", "processMs": 4000, "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1 } },
        { "name": "c2", "group": "CG", "topic": "Orders", "started": false }"#,
    )
    .replace(r#""queues": 1"#, r#""queues": 2"#);
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "queue": 0 },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "queue": 1 },
        { "at": 500, "do": "start-consumer", "consumer": "c2" }"#;
    check(
        "5.3",
        &cluster,
        script,
        9_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        12  c1 pulls Orders/1 at 0: FOUND 1
        broker-a/0        14  c1 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        c2               500  is up
        c1               514  owns 1 of %RETRY%CG
        c1               518  owns 1 of Orders
        broker-a/0      1015  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c2              1506  owns 1 of Orders
        broker-a/0      2007  c2 pulls Orders/1 at 0: FOUND 1
        c2              2008  gets m2 from Orders/1:0, rc 0 (#1)
        c2              2008  CONSUME_SUCCESS for m2 (#1): done
        broker-a/0      2009  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        c1              4003  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0      6701  knows Orders/0 at 1
    "#]],
    );
}

// ---- D.4: failures that cannot be sent back as usual ----

#[test]
fn a_failure_whose_record_is_gone_is_sent_as_a_message_of_its_own() {
    let cluster = concurrently(r#""processMs": 3000"#).replace(
        r#""conf": {} }],"#,
        r#""conf": { "mappedFileSizeCommitLog": 65536, "messageDelayLevel": "1s 2s 3s 4s" } }],"#,
    );
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 1, "result": "RECONSUME_LATER" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 3, "everyMs": 50, "bodyBytes": 60000 },
        { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 }"#;
    check(
        "4.9",
        &cluster,
        script,
        12_000,
        &expect![[r#"
        broker-a/0     4.861  c1 pulls Orders/0 at 0: FOUND 1
        c1             5.861  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0     6.861  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    54.861  c1 pulls Orders/0 at 1: FOUND 1
        c1            55.861  gets m2 from Orders/0:1, rc 0 (#2)
        broker-a/0    56.861  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0   104.861  c1 pulls Orders/0 at 2: FOUND 1
        c1           105.861  gets m3 from Orders/0:2, rc 0 (#3)
        broker-a/0   106.861  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        c1          3005.861  RECONSUME_LATER for m1 (#1): not done
        c1          3005.861  sends m1 back, rc 0
        c1          3007.861  sends m1 back, rc 0
        c1          3055.861  CONSUME_SUCCESS for m2 (#2): done
        c1          3105.861  CONSUME_SUCCESS for m3 (#3): done
        broker-a/0      6100  stores a retry of m1, rc 1
        broker-a/0      6101  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1              6102  gets m1 from %RETRY%CG/0:0, rc 1 (#4)
        broker-a/0      6103  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      7951  knows Orders/0 at 3
        broker-a/0      7951  knows %RETRY%CG/0 at 0
        c1              9102  CONSUME_SUCCESS for m1 (#4): done
    "#]],
    );
}

#[test]
fn a_failure_of_a_group_that_holds_locks_is_a_dead_letter_at_once_in_5_3() {
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly" },
        { "name": "c2", "group": "CG", "topic": "Orders", "listener": "concurrently", "processMs": 100 }"#,
    )
    .replace(r#""queues": 1"#, r#""queues": 2"#);
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c2", "times": 1, "result": "RECONSUME_LATER" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "queue": 1 },
        { "at": 50, "do": "drop", "from": "c2", "to": "broker-a/0" }"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        broker-a/0         2  c2 pulls Orders/1 at 0: FOUND 1
        c2                 3  gets m1 from Orders/1:0, rc 0 (#1)
        broker-a/0         4  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        c2               103  RECONSUME_LATER for m1 (#1): not done
        c2               103  sends m1 back, rc 0
        c2              5105  sends m1 back, rc 0
        broker-a/0      5110  locks Orders/1 for c1
        c1              5113  owns 2 of Orders
        broker-a/0      5116  c1 pulls Orders/1 at 0: FOUND 1
        c1              5117  gets m1 from Orders/1:0, rc 0 (#1)
        c1              5117  SUCCESS for m1 (#1): done
        broker-a/0      5118  c1 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6104  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6104  knows Orders/1 at 1
        broker-a/0      7951  knows Orders/0 at 0
        broker-a/0      7951  knows %RETRY%CG/0 at 0
        broker-a/0     15000  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15002  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15200  stores a retry of m1, rc 1
        broker-a/0     15201  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1             15202  gets m1 from %RETRY%CG/0:0, rc 1 (#2)
        c1             15202  SUCCESS for m1 (#2): done
        broker-a/0     15203  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     17951  knows %RETRY%CG/0 at 1
        c2             17978  owns 0 of Orders
        c1             17984  owns 1 of Orders
        c2             17986  owns 1 of Orders
        broker-a/0     17987  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        broker-a/0         2  c2 pulls Orders/1 at 0: FOUND 1
        c2                 3  gets m1 from Orders/1:0, rc 0 (#1)
        broker-a/0         4  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        c2               103  RECONSUME_LATER for m1 (#1): not done
        c2               103  sends m1 back, rc 0
        c2              5105  sends m1 back, rc 0
        broker-a/0      5106  stores m1 as dead letter, rc 1
        broker-a/0      5108  locks %RETRY%CG/0 for c1
        c1              5111  owns 1 of %RETRY%CG
        broker-a/0      5614  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      6104  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6104  knows Orders/1 at 1
        broker-a/0     15000  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15002  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     16701  knows Orders/0 at 0
    "#]],
        ),
    ] {
        check(profile, &cluster, script, 18_000, &told);
    }
}

#[test]
fn members_of_one_group_with_different_topics_take_them_from_each_other() {
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders" }, { "name": "c2", "group": "CG", "topic": "Other", "started": false }"#,
    )
    .replace(
        r#"{ "name": "Orders", "queues": 1 }"#,
        r#"{ "name": "Orders", "queues": 2 }, { "name": "Other", "queues": 2 }"#,
    );
    let script = r#"{ "at": 10000, "do": "start-consumer", "consumer": "c2" },
        { "at": 12000, "do": "send", "producer": "p1", "topic": "Orders", "queue": 0 },
        { "at": 12000, "do": "send", "producer": "p1", "topic": "Other", "queue": 1 }, { "at": 45000, "do": "send", "producer": "p1", "topic": "Other", "queue": 0 }"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        broker-a/0      7951  knows Orders/0 at 0
        broker-a/0      7951  knows Orders/1 at 0
        broker-a/0      7951  knows %RETRY%CG/0 at 0
        c2             10000  is up
        c1             10014  owns 1 of Orders
        c2             10016  owns 1 of Other
        broker-a/0     12002  c2 pulls Other/1 at 0: FOUND 1
        c2             12003  gets m2 from Other/1:0, rc 0 (#1)
        c2             12003  CONSUME_SUCCESS for m2 (#1): done
        broker-a/0     12004  c2 pulls Other/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20001  knows Other/1 at 1
        broker-a/0     29036  c1 pulls Orders/0 at 0: FOUND 1
        c1             29037  gets m1 from Orders/0:0, rc 0 (#1)
        c1             29037  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0     29038  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     32951  knows Orders/0 at 1
        broker-a/0     41022  c2 pulls Other/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     59028  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c2             10000  is up
        c1             10014  owns 1 of %RETRY%CG
        c1             10018  owns 1 of Orders
        c2             11008  owns 1 of Other
        broker-a/0     12002  c2 pulls Other/1 at 0: FOUND 1
        c2             12003  gets m2 from Other/1:0, rc 0 (#1)
        c2             12003  CONSUME_SUCCESS for m2 (#1): done
        broker-a/0     12004  c2 pulls Other/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20001  knows Other/1 at 1
        broker-a/0     28034  c1 pulls Orders/0 at 0: FOUND 1
        c1             28035  gets m1 from Orders/0:0, rc 0 (#1)
        c1             28035  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0     28036  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     31701  knows Orders/0 at 1
        broker-a/0     31701  knows %RETRY%CG/0 at 0
        broker-a/0     41022  c2 pulls Other/1 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     58026  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
    ] {
        check_without(&["NO_MESSAGE"], (profile, &cluster), script, 70_000, &told);
    }
}

// ---- D.7: offsets ----

#[test]
fn a_broadcasting_consumer_writes_down_where_it_was_when_it_gives_a_queue_up() {
    let cluster = r#""topics": [{ "name": "Orders", "queues": 1 }], "producers": [{ "name": "p1", "group": "PG" }],
        "brokers": [{ "name": "broker-a" }, { "name": "broker-b" }],
        "consumers": [{ "name": "c1", "group": "CG", "topic": "Orders", "model": "BROADCASTING", "processMs": 20000 }]"#;
    let script = r#"{ "at": 17000, "do": "send", "producer": "p1", "topic": "Orders", "broker": "broker-b", "queue": 0 },
        { "at": 20000, "do": "crash", "node": "broker-b/0" }, { "at": 50000, "do": "restart", "node": "broker-b/0" }"#;
    for (profile, told) in [("4.9", expect![[r#"
        broker-b/0     17002  c1 pulls Orders/0 at 0: FOUND 1
        c1             17003  gets m1 from Orders/0:0, rc 0 (#1)
        broker-b/0     17004  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-b/0     20000  is down
        c1             37003  CONSUME_SUCCESS for m1 (#1): done
        c1             37968  owns 1 of Orders
        broker-b/0     52000  is up
        c1             57970  owns 2 of Orders
        broker-b/0     58975  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-b/0     77000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-b/0     77002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-b/0     97000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-b/0     97002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]]), ("5.3", expect![[r#"
        broker-b/0     17002  c1 pulls Orders/0 at 0: FOUND 1
        c1             17003  gets m1 from Orders/0:0, rc 0 (#1)
        broker-b/0     17004  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-b/0     20000  is down
        c1             37003  CONSUME_SUCCESS for m1 (#1): done
        c1             37708  owns 1 of Orders
        broker-b/0     52000  is up
        c1             97710  owns 2 of Orders
        broker-b/0     98211  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]])] {
        check_without(&[" knows ", "pulls Orders/0 at 0: NO"], (profile, cluster), script, 100_000, &told);
    }
}
