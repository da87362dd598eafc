//! Rules of D.1–D.9 one by one, in both profiles where they differ.

use expect_test::expect;

use super::bench::{PLAIN, check, with_consumers};

/// One concurrent consumer with these settings.
fn concurrently(conf: &str) -> String {
    with_consumers(&format!(
        r#"{{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "conf": {{ {conf} }} }}"#
    ))
}

/// One orderly consumer with these fields.
fn orderly(fields: &str) -> String {
    with_consumers(&format!(
        r#"{{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", {fields} }}"#
    ))
}

#[test]
fn delay_level_when_next_consume_chooses_the_level_or_the_dead_letters() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 1, "result": "RECONSUME_LATER", "delayLevelWhenNextConsume": 1 },
        { "at": 0, "do": "consume-result", "consumer": "c1", "message": "m2", "times": 1, "result": "RECONSUME_LATER", "delayLevelWhenNextConsume": -1 },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }"#;
    check(
        "4.9",
        &concurrently(""),
        script,
        4_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  RECONSUME_LATER for m1 (#1): not done
        c1                 3  sends m1 back, rc 0
        broker-a/0         4  c1 pulls Orders/0 at 1: FOUND 1
        c1                 5  gets m2 from Orders/0:1, rc 0 (#2)
        c1                 5  RECONSUME_LATER for m2 (#2): not done
        c1                 5  sends m2 back, rc 0
        broker-a/0         6  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0         6  stores m2 as dead letter, rc 1
        broker-a/0      1100  stores a retry of m1, rc 1
        broker-a/0      1101  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1              1102  gets m1 from %RETRY%CG/0:0, rc 1 (#3)
        c1              1102  CONSUME_SUCCESS for m1 (#3): done
        broker-a/0      1103  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn a_lost_answer_to_a_send_back_makes_a_second_retry_copy() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "RECONSUME_LATER", "delayLevelWhenNextConsume": 1 },
        { "at": 0, "do": "process-time", "consumer": "c1", "ms": 100 },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 50, "do": "drop", "from": "broker-a/0", "to": "c1" }"#;
    check(
        "4.9",
        &concurrently(""),
        script,
        18_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1               103  RECONSUME_LATER for m1 (#1): not done
        c1               103  sends m1 back, rc 0
        broker-a/0      1200  stores a retry of m1, rc 1
        broker-a/0      1201  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1              1202  gets m1 from %RETRY%CG/0:0, rc 1 (#2)
        broker-a/0      1203  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1              1302  CONSUME_SUCCESS for m1 (#2): done
        c1              5105  sends m1 back, rc 0
        broker-a/0      7951  knows Orders/0 at 1
        broker-a/0      7951  knows %RETRY%CG/0 at 1
        broker-a/0     15200  stores a retry of m1, rc 1
    "#]],
    );
}

#[test]
fn in_4_9_a_send_back_by_an_ordinary_send_gives_up_one_retry_earlier() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "RECONSUME_LATER" },
        { "at": 0, "do": "process-time", "consumer": "c1", "ms": 100 },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 50, "do": "drop", "from": "c1", "to": "broker-a/0" }"#;
    let conf = r#""maxReconsumeTimes": 1"#;
    check(
        "4.9",
        &concurrently(conf),
        script,
        18_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1               103  RECONSUME_LATER for m1 (#1): not done
        c1               103  sends m1 back, rc 0
        c1              5105  sends m1 back, rc 0
        broker-a/0      7951  knows Orders/0 at 1
        broker-a/0      7951  knows %RETRY%CG/0 at 0
        broker-a/0     15200  stores m1 as dead letter, rc 1
    "#]],
    );
    check(
        "5.3",
        &concurrently(conf),
        script,
        18_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1               103  RECONSUME_LATER for m1 (#1): not done
        c1               103  sends m1 back, rc 0
        c1              5105  sends m1 back, rc 0
        c1              5111  owns 1 of %RETRY%CG
        broker-a/0      5612  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      6104  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6104  knows Orders/0 at 1
        broker-a/0     15200  stores a retry of m1, rc 1
        broker-a/0     15201  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1             15202  gets m1 from %RETRY%CG/0:0, rc 1 (#2)
        broker-a/0     15203  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1             15302  CONSUME_SUCCESS for m1 (#2): done
        broker-a/0     16701  knows %RETRY%CG/0 at 1
    "#]],
    );
}

#[test]
fn a_result_after_consume_timeout_is_sent_back_again_in_4_9_and_left_alone_in_5_3() {
    let script = r#"{ "at": 0, "do": "process-time", "consumer": "c1", "ms": 125000 },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "RECONSUME_LATER" },
        { "at": 1, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 2000, "do": "process-time", "consumer": "c1", "ms": 0 }"#;
    let conf = r#""consumeTimeout": 1"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        broker-a/0         3  c1 pulls Orders/0 at 0: FOUND 1
        c1                 4  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         5  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      7951  knows Orders/0 at 0
        broker-a/0      7951  knows %RETRY%CG/0 at 0
        broker-a/0     15000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     40000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     40002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     55000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     55002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     60000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     60002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     75000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     75002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     80000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     80002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     95000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     95002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    100000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    100002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    115000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    115002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c1            117950  sends m1 back, rc 0
        broker-a/0    120000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120002  knows Orders/0 at 1
        c1            125004  RECONSUME_LATER for m1 (#1): not done
        c1            125004  sends m1 back, rc 0
        broker-a/0    128000  stores a retry of m1, rc 1
        broker-a/0    128001  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1            128002  gets m1 from %RETRY%CG/0:0, rc 1 (#2)
        c1            128002  CONSUME_SUCCESS for m1 (#2): done
        broker-a/0    128003  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    132951  knows %RETRY%CG/0 at 1
        broker-a/0    135100  stores a retry of m1, rc 1
        broker-a/0    135101  c1 pulls %RETRY%CG/0 at 1: FOUND 1
        c1            135102  gets m1 from %RETRY%CG/0:1, rc 1 (#3)
        c1            135102  CONSUME_SUCCESS for m1 (#3): done
        broker-a/0    135103  c1 pulls %RETRY%CG/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0    137951  knows %RETRY%CG/0 at 2
        broker-a/0    140000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        broker-a/0         3  c1 pulls Orders/0 at 0: FOUND 1
        c1                 4  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         5  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1             17716  owns 1 of %RETRY%CG
        broker-a/0     18217  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     36701  knows %RETRY%CG/0 at 0
        broker-a/0     40000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     40002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     55000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     55002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     60000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     60002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     75000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     75002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     80000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     80002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     95000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     95002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    100000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    100002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    115000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    115002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c1            116700  sends m1 back, rc 0
        broker-a/0    120000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120002  knows Orders/0 at 1
        c1            125004  RECONSUME_LATER for m1 (#1): not done
        broker-a/0    126800  stores a retry of m1, rc 1
        broker-a/0    126801  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1            126802  gets m1 from %RETRY%CG/0:0, rc 1 (#2)
        c1            126802  CONSUME_SUCCESS for m1 (#2): done
        broker-a/0    126803  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    131701  knows %RETRY%CG/0 at 1
        broker-a/0    140000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
    ] {
        check(profile, &concurrently(conf), script, 140_000, &told);
    }
}

#[test]
fn a_retry_queue_that_does_not_exist_swallows_what_failed() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "throw" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    let cluster = PLAIN.replace(r#""conf": {}"#, r#""conf": { "retryQueueNums": 0 }"#);
    check(
        "5.3",
        &cluster,
        script,
        30_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  throw for m1 (#1): not done
        c1                 3  sends m1 back, rc 0
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6701  knows Orders/0 at 1
        broker-a/0     20000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn an_orderly_dead_letter_waits_for_its_level_in_4_9() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "throw" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }"#;
    let cluster = orderly(r#""conf": { "maxReconsumeTimes": 1 }"#).replace(
        r#""conf": {} }],"#,
        r#""conf": { "messageDelayLevel": "1s 2s 3s 4s 5s" } }],"#,
    );
    check(
        "4.9",
        &cluster,
        script,
        10_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  throw for m1 (#1): not done
        broker-a/0         4  c1 pulls Orders/0 at 1: FOUND 1
        broker-a/0         6  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1              1003  gets m1 from Orders/0:0, rc 1 (#2)
        c1              1003  throw for m1 (#2): not done
        c1              1003  sends m1 back, rc 1
        c1           1005.05  gets m2 from Orders/0:1, rc 0 (#3)
        c1           1005.05  SUCCESS for m2 (#3): done
        broker-a/0      5100  stores m1 as dead letter, rc 1
        broker-a/0      7951  knows Orders/0 at 2
        broker-a/0      7951  knows %RETRY%CG/0 at 0
    "#]],
    );
}

#[test]
fn without_auto_commit_only_commit_moves_the_offset() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m3", "times": 1, "result": "COMMIT" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 },
        { "at": 9000, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    check(
        "5.3",
        &orderly(r#""autoCommit": false"#),
        script,
        14_000,
        &expect![[r#"
            broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
            c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
            c1                 3  SUCCESS for m1 (#1): done
            broker-a/0         4  c1 pulls Orders/0 at 1: FOUND 1
            c1                 5  gets m2 from Orders/0:1, rc 0 (#2)
            c1                 5  SUCCESS for m2 (#2): done
            broker-a/0         6  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            broker-a/0      9002  c1 pulls Orders/0 at 2: FOUND 1
            c1              9003  gets m3 from Orders/0:2, rc 0 (#3)
            c1              9003  COMMIT for m3 (#3): done
            broker-a/0      9004  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
            broker-a/0     11701  knows Orders/0 at 3
        "#]],
    );
}

#[test]
fn an_owner_that_is_cut_off_loses_its_lock_after_a_minute_and_what_it_works_on_is_given_to_another()
{
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly" },
        { "name": "c2", "group": "CG", "topic": "Orders", "listener": "orderly" }"#,
    );
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "hang" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 100, "do": "partition", "between": ["c1", "broker-a/0"] },
        { "at": 110, "do": "partition", "between": ["c1", "namesrv/0"] }"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0        14  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     15000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120004  locks %RETRY%CG/0 for c2
        c2            120007  owns 1 of %RETRY%CG
        broker-a/0    120010  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    120012  locks Orders/0 for c2
        c2            120015  owns 1 of Orders
        broker-a/0    120018  c2 pulls Orders/0 at 0: FOUND 1
        c2            120019  gets m1 from Orders/0:0, rc 0 (#1)
        c2            120019  SUCCESS for m1 (#1): done
        broker-a/0    120020  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    122951  knows Orders/0 at 1
        broker-a/0    122951  knows %RETRY%CG/0 at 0
        broker-a/0    140000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    140000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    140002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    140002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    160000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    160000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    160002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    160002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    180000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    180000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    180002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    180002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    200000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    200000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    200002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    200002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    220000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    220000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0        14  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120004  locks %RETRY%CG/0 for c2
        c2            120007  owns 1 of %RETRY%CG
        broker-a/0    120012  locks Orders/0 for c2
        c2            120015  owns 1 of Orders
        broker-a/0    120510  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    120518  c2 pulls Orders/0 at 0: FOUND 1
        c2            120519  gets m1 from Orders/0:0, rc 0 (#1)
        c2            120519  SUCCESS for m1 (#1): done
        broker-a/0    120520  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    121701  knows Orders/0 at 1
        broker-a/0    140000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    140000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    140002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    140002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    141701  knows %RETRY%CG/0 at 0
        broker-a/0    160000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    160000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    160002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    160002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    180000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    180000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    180002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    180002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    200000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    200000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    200002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    200002  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    220000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    220000  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
    ] {
        check(profile, &cluster, script, 220_000, &told);
    }
}

#[test]
fn consume_from_where_matters_only_where_the_broker_has_no_answer() {
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 3, "everyMs": 50, "bodyBytes": 60000 },
        { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 },
        { "at": 2000, "do": "start-consumer", "consumer": "c1" }"#;
    for (from, told) in [
        (
            "CONSUME_FROM_LAST_OFFSET",
            expect![[r#"
            c1              2000  is up
            c1              3010  owns 1 of Orders
            broker-a/0      3511  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        "#]],
        ),
        (
            "CONSUME_FROM_FIRST_OFFSET",
            expect![[r#"
            c1              2000  is up
            c1              3008  owns 1 of Orders
            broker-a/0      3509  c1 pulls Orders/0 at 0: OFFSET_TOO_SMALL 0
            broker-a/0      3511  knows Orders/0 at 1
            c1              4014  owns 1 of %RETRY%CG
            c1              4020  owns 1 of Orders
            broker-a/0      4515  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            broker-a/0      4521  c1 pulls Orders/0 at 1: FOUND 2
            c1              4522  gets m2 from Orders/0:1, rc 0 (#1)
            c1              4522  gets m3 from Orders/0:2, rc 0 (#2)
            c1              4522  CONSUME_SUCCESS for m2 (#1): done
            c1              4522  CONSUME_SUCCESS for m3 (#2): done
            broker-a/0      4523  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        "#]],
        ),
    ] {
        let cluster = with_consumers(&format!(
            r#"{{ "name": "c1", "group": "CG", "topic": "Orders", "started": false, "conf": {{ "consumeFromWhere": "{from}" }} }}"#
        ))
        .replace(r#""conf": {} }],"#, r#""conf": { "mappedFileSizeCommitLog": 65536 } }],"#);
        check("5.3", &cluster, script, 6_000, &told);
    }
}

#[test]
fn too_wide_a_span_holds_the_next_pull_of_a_concurrent_consumer() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "hang" },
        { "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 5, "everyMs": 10 }"#;
    let conf = r#""consumeConcurrentlyMaxSpan": 2"#;
    check(
        "5.3",
        &concurrently(conf),
        script,
        1_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        12  c1 pulls Orders/0 at 1: FOUND 1
        c1                13  gets m2 from Orders/0:1, rc 0 (#2)
        c1                13  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        14  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        22  c1 pulls Orders/0 at 2: FOUND 1
        c1                23  gets m3 from Orders/0:2, rc 0 (#3)
        c1                23  CONSUME_SUCCESS for m3 (#3): done
        broker-a/0        24  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        broker-a/0        32  c1 pulls Orders/0 at 3: FOUND 1
        c1                33  gets m4 from Orders/0:3, rc 0 (#4)
        c1                33  CONSUME_SUCCESS for m4 (#4): done
        broker-a/0        34  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
        broker-a/0        42  c1 pulls Orders/0 at 4: FOUND 1
        c1                43  gets m5 from Orders/0:4, rc 0 (#5)
        c1                43  CONSUME_SUCCESS for m5 (#5): done
        broker-a/0        44  c1 pulls Orders/0 at 5: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn each_group_gets_every_message_and_a_tag_is_another_groups_matter() {
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders" },
        { "name": "c2", "group": "DG", "topic": "Orders", "tags": "paid" }"#,
    );
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "tag": "paid" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "tag": "cancelled" }"#;
    check(
        "5.3",
        &cluster,
        script,
        1_000,
        &expect![[r#"
        broker-a/0         2  c2 pulls Orders/0 at 0: FOUND 1
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c2                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c2                 3  CONSUME_SUCCESS for m1 (#1): done
        c1                 3  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0         4  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        12  c1 pulls Orders/0 at 1: FOUND 1
        c1                13  gets m2 from Orders/0:1, rc 0 (#2)
        c1                13  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        14  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        14  knows Orders/0 at 1
    "#]],
    );
}
