//! When a consumer begins, and where.

use expect_test::expect;

use super::bench::{check, with_consumers};

const LATE: &str = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "started": false }"#;
const SEND: &str =
    r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2, "everyMs": 10 }"#;

#[test]
fn a_new_group_of_5_3_pulls_after_one_and_a_half_seconds_and_its_retry_queue_20_seconds_later() {
    let script = format!(r#"{SEND}, {{ "at": 1000, "do": "start-consumer", "consumer": "c1" }}"#);
    check(
        "5.3",
        &with_consumers(LATE),
        &script,
        25_000,
        &expect![[r#"
        c1              1000  is up
        c1              2008  owns 1 of Orders
        broker-a/0      2509  c1 pulls Orders/0 at 0: FOUND 2
        c1              2510  gets m1 from Orders/0:0, rc 0 (#1)
        c1              2510  gets m2 from Orders/0:1, rc 0 (#2)
        c1              2510  CONSUME_SUCCESS for m1 (#1): done
        c1              2510  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0      2511  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     11001  knows Orders/0 at 2
        broker-a/0     20000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1             22014  owns 1 of %RETRY%CG
        broker-a/0     22515  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
    );
}

#[test]
fn a_new_group_of_4_9_pulls_at_once_and_its_retry_queue_with_the_second_wake_up() {
    let script = format!(r#"{SEND}, {{ "at": 1000, "do": "start-consumer", "consumer": "c1" }}"#);
    check(
        "4.9",
        &with_consumers(LATE),
        &script,
        25_000,
        &expect![[r#"
        c1              1000  is up
        c1              1018  owns 1 of Orders
        broker-a/0      1019  c1 pulls Orders/0 at 0: FOUND 2
        c1              1020  gets m1 from Orders/0:0, rc 0 (#1)
        c1              1020  gets m2 from Orders/0:1, rc 0 (#2)
        c1              1020  CONSUME_SUCCESS for m1 (#1): done
        c1              1020  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0      1021  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1              1024  owns 1 of %RETRY%CG
        broker-a/0      1025  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     11001  knows Orders/0 at 2
        broker-a/0     11001  knows %RETRY%CG/0 at 0
        broker-a/0     20000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
    );
}

#[test]
fn a_consumer_that_was_killed_gets_the_end_of_its_last_batch_again_and_one_that_was_stopped_does_not()
 {
    let script = format!(
        r#"{SEND}, {{ "at": 1000, "do": "crash", "node": "c1" }}, {{ "at": 2000, "do": "restart", "node": "c1", "takesMs": 500 }},
        {{ "at": 6000, "do": "stop-consumer", "consumer": "c1" }}, {{ "at": 7000, "do": "start-consumer", "consumer": "c1" }}"#
    );
    check(
        "5.3",
        super::bench::PLAIN,
        &script,
        12_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        12  c1 pulls Orders/0 at 1: FOUND 1
        c1                13  gets m2 from Orders/0:1, rc 0 (#2)
        c1                13  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        14  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        14  knows Orders/0 at 1
        c1              1000  is down
        c1              2500  is up
        c1              3504  owns 1 of %RETRY%CG
        c1              3510  owns 1 of Orders
        broker-a/0      4005  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      4011  c1 pulls Orders/0 at 1: FOUND 1
        c1              4012  gets m2 from Orders/0:1, rc 0 (#3)
        c1              4012  CONSUME_SUCCESS for m2 (#3): done
        broker-a/0      4013  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1              6000  is down
        broker-a/0      6001  knows Orders/0 at 2
        c1              7000  is up
        c1              8004  owns 1 of %RETRY%CG
        c1              8010  owns 1 of Orders
        broker-a/0      8505  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      8511  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn an_offset_beyond_the_end_moves_within_a_second_and_a_half_in_5_3() {
    check(
        "5.3",
        super::bench::PLAIN,
        &lose_the_tail("broker-a/0"),
        45_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0        14  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        32  c1 pulls Orders/0 at 1: FOUND 1
        c1                33  gets m2 from Orders/0:1, rc 0 (#2)
        c1                33  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        34  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        34  knows Orders/0 at 1
        broker-a/0        37  c1 pulls Orders/0 at 2: FOUND 1
        c1                38  gets m3 from Orders/0:2, rc 0 (#3)
        c1                38  CONSUME_SUCCESS for m3 (#3): done
        broker-a/0        39  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        broker-a/0        39  knows Orders/0 at 2
        broker-a/0      6701  knows Orders/0 at 3
        c1              9000  is down
        broker-a/0      9010  is down
        broker-a/0     10020  is up
        c1             30000  is up
        c1             31004  owns 1 of %RETRY%CG
        c1             31010  owns 1 of Orders
        broker-a/0     31505  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     31511  c1 pulls Orders/0 at 2: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     31513  knows Orders/0 at 0
        c1             32018  owns 1 of Orders
        broker-a/0     32519  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
    );
}

#[test]
fn an_offset_beyond_the_end_moves_with_a_rebalance_ten_seconds_later_in_4_9() {
    check(
        "4.9",
        super::bench::PLAIN,
        &lose_the_tail("broker-a/0"),
        75_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0        14  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        32  c1 pulls Orders/0 at 1: FOUND 1
        c1                33  gets m2 from Orders/0:1, rc 0 (#2)
        c1                33  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        34  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        34  knows Orders/0 at 1
        broker-a/0        37  c1 pulls Orders/0 at 2: FOUND 1
        c1                38  gets m3 from Orders/0:2, rc 0 (#3)
        c1                38  CONSUME_SUCCESS for m3 (#3): done
        broker-a/0        39  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        broker-a/0        39  knows Orders/0 at 2
        broker-a/0      7951  knows Orders/0 at 3
        broker-a/0      7951  knows %RETRY%CG/0 at 0
        c1              9000  is down
        broker-a/0      9010  is down
        broker-a/0     10020  is up
        c1             30000  is up
        c1             30014  owns 1 of %RETRY%CG
        broker-a/0     30015  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c1             30020  owns 1 of Orders
        broker-a/0     30021  c1 pulls Orders/0 at 2: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     40001  knows %RETRY%CG/0 at 0
        broker-a/0     40023  knows Orders/0 at 0
        broker-a/0     45020  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     45022  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c1             50032  owns 1 of Orders
        broker-a/0     50033  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     65020  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     65022  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     70020  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     70022  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
    );
}

/// Messages are consumed and committed, and then lost with the power of a machine that never flushed them. The consumer comes back
/// after its broker, with an offset that is beyond the end.
fn lose_the_tail(broker: &str) -> String {
    format!(
        r#"{{ "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 }}, {{ "at": 20, "do": "stall-disk", "node": "{broker}" }},
        {{ "at": 30, "do": "send", "producer": "p1", "topic": "Orders", "count": 2, "everyMs": 5 }},
        {{ "at": 9000, "do": "stop-consumer", "consumer": "c1" }}, {{ "at": 9010, "do": "power-loss", "node": "{broker}" }},
        {{ "at": 9020, "do": "restart", "node": "{broker}", "takesMs": 1000 }}, {{ "at": 30000, "do": "start-consumer", "consumer": "c1" }}"#
    )
}

/// A new group starts at 40 min with CONSUME_FROM_TIMESTAMP, and so searches for 10 min, on a queue whose first file is gone.
fn from_ten_minutes(profile: &str, later: &str, expected: &expect_test::Expect) {
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders", "started": false, "conf": { "consumeFromWhere": "CONSUME_FROM_TIMESTAMP" } }"#,
    )
    .replace(r#""conf": {} }],"#, r#""conf": { "mappedFileSizeCommitLog": 65536 } }],"#);
    let send = |at: u32| {
        format!(
            r#"{{ "at": {at}, "do": "send", "producer": "p1", "topic": "Orders", "bodyBytes": 60000 }}"#
        )
    };
    let script = format!(
        r#"{}, {}, {{ "at": 596000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 }}, {later}
        {{ "at": 2400000, "do": "start-consumer", "consumer": "c1" }}"#,
        send(0),
        send(595_000),
    );
    check(profile, &cluster, &script, 2_403_000, expected);
}

const TWO_LATER: &str = r#"{ "at": 620000, "do": "send", "producer": "p1", "topic": "Orders", "bodyBytes": 60000 },
    { "at": 700000, "do": "send", "producer": "p1", "topic": "Orders", "bodyBytes": 60000 },"#;

#[test]
fn from_timestamp_begins_in_5_3_at_the_first_message_that_is_no_older() {
    from_ten_minutes(
        "5.3",
        TWO_LATER,
        &expect![[r#"
        c1           2400000  is up
        c1           2401010  owns 1 of Orders
        broker-a/0   2401511  c1 pulls Orders/0 at 2: FOUND 2
        c1           2401512  gets m3 from Orders/0:2, rc 0 (#1)
        c1           2401512  gets m4 from Orders/0:3, rc 0 (#2)
        c1           2401512  CONSUME_SUCCESS for m3 (#1): done
        c1           2401512  CONSUME_SUCCESS for m4 (#2): done
        broker-a/0   2401513  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn from_timestamp_begins_in_4_9_at_the_message_nearest_in_time() {
    from_ten_minutes(
        "4.9",
        TWO_LATER,
        &expect![[r#"
        c1           2400000  is up
        c1           2400020  owns 1 of Orders
        broker-a/0   2400021  c1 pulls Orders/0 at 1: FOUND 3
        c1           2400022  gets m2 from Orders/0:1, rc 0 (#1)
        c1           2400022  gets m3 from Orders/0:2, rc 0 (#2)
        c1           2400022  gets m4 from Orders/0:3, rc 0 (#3)
        c1           2400022  CONSUME_SUCCESS for m2 (#1): done
        c1           2400022  CONSUME_SUCCESS for m3 (#2): done
        c1           2400022  CONSUME_SUCCESS for m4 (#3): done
        broker-a/0   2400023  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
        c1           2400026  owns 1 of %RETRY%CG
        broker-a/0   2400027  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
    );
}

#[test]
fn from_timestamp_on_a_queue_that_is_older_altogether_begins_at_the_end_in_5_3() {
    from_ten_minutes(
        "5.3",
        "",
        &expect![[r#"
        c1           2400000  is up
        c1           2401010  owns 1 of Orders
        broker-a/0   2401511  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn from_timestamp_on_a_queue_that_is_older_altogether_begins_at_the_last_message_in_4_9() {
    from_ten_minutes(
        "4.9",
        "",
        &expect![[r#"
        c1           2400000  is up
        c1           2400020  owns 1 of Orders
        broker-a/0   2400021  c1 pulls Orders/0 at 1: FOUND 1
        c1           2400022  gets m2 from Orders/0:1, rc 0 (#1)
        c1           2400022  CONSUME_SUCCESS for m2 (#1): done
        broker-a/0   2400023  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1           2400026  owns 1 of %RETRY%CG
        broker-a/0   2400027  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]],
    );
}
