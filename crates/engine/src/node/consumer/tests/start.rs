//! When a consumer begins, and where.

use expect_test::expect;

use super::bench::{check, with_consumers};

const LATE: &str = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "started": false }"#;
const SEND: &str = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 2, "everyMs": 10 }"#;

#[test]
fn a_new_group_of_5_3_pulls_after_one_and_a_half_seconds_and_its_retry_queue_20_seconds_later() {
    let script = format!(r#"{SEND}, {{ "at": 1000, "do": "start-consumer", "consumer": "c1" }}"#);
    check("5.3", &with_consumers(LATE), &script, 25_000, &expect![[r#"
             1000  c1   is up
             2008  c1   owns 1 of Orders
             2509  broker-a/0 c1 pulls Orders/0 at 0: FOUND 2
             2510  c1   gets m1 from Orders/0:0, rc 0 (#1)
             2510  c1   gets m2 from Orders/0:1, rc 0 (#2)
             2510  c1   CONSUME_SUCCESS for m1 (#1): done
             2510  c1   CONSUME_SUCCESS for m2 (#2): done
             2511  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            11001  broker-a/0 knows Orders/0 at 2
            20000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            20002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            22014  c1   owns 1 of %RETRY%CG
            22515  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]]);
}

#[test]
fn a_new_group_of_4_9_pulls_at_once_and_its_retry_queue_with_the_second_wake_up() {
    let script = format!(r#"{SEND}, {{ "at": 1000, "do": "start-consumer", "consumer": "c1" }}"#);
    check("4.9", &with_consumers(LATE), &script, 25_000, &expect![[r#"
             1000  c1   is up
             1018  c1   owns 1 of Orders
             1019  broker-a/0 c1 pulls Orders/0 at 0: FOUND 2
             1020  c1   gets m1 from Orders/0:0, rc 0 (#1)
             1020  c1   gets m2 from Orders/0:1, rc 0 (#2)
             1020  c1   CONSUME_SUCCESS for m1 (#1): done
             1020  c1   CONSUME_SUCCESS for m2 (#2): done
             1021  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             1024  c1   owns 1 of %RETRY%CG
             1025  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            11001  broker-a/0 knows Orders/0 at 2
            11001  broker-a/0 knows %RETRY%CG/0 at 0
            20000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            20000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            20002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            20002  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]]);
}

#[test]
fn a_consumer_that_was_killed_gets_the_end_of_its_last_batch_again_and_one_that_was_stopped_does_not() {
    let script = format!(
        r#"{SEND}, {{ "at": 1000, "do": "crash", "node": "c1" }}, {{ "at": 2000, "do": "restart", "node": "c1", "takesMs": 500 }},
        {{ "at": 6000, "do": "stop-consumer", "consumer": "c1" }}, {{ "at": 7000, "do": "start-consumer", "consumer": "c1" }}"#
    );
    check("5.3", super::bench::PLAIN, &script, 12_000, &expect![[r#"
                2  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
                3  c1   gets m1 from Orders/0:0, rc 0 (#1)
                3  c1   CONSUME_SUCCESS for m1 (#1): done
                4  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
               12  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               13  c1   gets m2 from Orders/0:1, rc 0 (#2)
               13  c1   CONSUME_SUCCESS for m2 (#2): done
               14  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               14  broker-a/0 knows Orders/0 at 1
             1000  c1   is down
             2500  c1   is up
             3504  c1   owns 1 of %RETRY%CG
             3510  c1   owns 1 of Orders
             4005  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
             4011  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
             4012  c1   gets m2 from Orders/0:1, rc 0 (#3)
             4012  c1   CONSUME_SUCCESS for m2 (#3): done
             4013  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             6000  c1   is down
             6001  broker-a/0 knows Orders/0 at 2
             7000  c1   is up
             8004  c1   owns 1 of %RETRY%CG
             8010  c1   owns 1 of Orders
             8505  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
             8511  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]]);
}

#[test]
fn an_offset_beyond_the_end_moves_within_a_second_and_a_half_in_5_3() {
    check("5.3", super::bench::PLAIN, &lose_the_tail("broker-a/0"), 45_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   CONSUME_SUCCESS for m1 (#1): done
               14  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
               32  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               33  c1   gets m2 from Orders/0:1, rc 0 (#2)
               33  c1   CONSUME_SUCCESS for m2 (#2): done
               34  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               34  broker-a/0 knows Orders/0 at 1
               37  broker-a/0 c1 pulls Orders/0 at 2: FOUND 1
               38  c1   gets m3 from Orders/0:2, rc 0 (#3)
               38  c1   CONSUME_SUCCESS for m3 (#3): done
               39  broker-a/0 c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
               39  broker-a/0 knows Orders/0 at 2
             6701  broker-a/0 knows Orders/0 at 3
             9000  c1   is down
             9010  broker-a/0 is down
            10020  broker-a/0 is up
            30000  c1   is up
            31004  c1   owns 1 of %RETRY%CG
            31010  c1   owns 1 of Orders
            31505  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            31511  broker-a/0 c1 pulls Orders/0 at 2: NO_MESSAGE_IN_QUEUE 0
            31513  broker-a/0 knows Orders/0 at 0
            32018  c1   owns 1 of Orders
            32519  broker-a/0 c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]]);
}

#[test]
fn an_offset_beyond_the_end_moves_with_a_rebalance_ten_seconds_later_in_4_9() {
    check("4.9", super::bench::PLAIN, &lose_the_tail("broker-a/0"), 75_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   CONSUME_SUCCESS for m1 (#1): done
               14  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
               32  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               33  c1   gets m2 from Orders/0:1, rc 0 (#2)
               33  c1   CONSUME_SUCCESS for m2 (#2): done
               34  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               34  broker-a/0 knows Orders/0 at 1
               37  broker-a/0 c1 pulls Orders/0 at 2: FOUND 1
               38  c1   gets m3 from Orders/0:2, rc 0 (#3)
               38  c1   CONSUME_SUCCESS for m3 (#3): done
               39  broker-a/0 c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
               39  broker-a/0 knows Orders/0 at 2
             7951  broker-a/0 knows Orders/0 at 3
             7951  broker-a/0 knows %RETRY%CG/0 at 0
             9000  c1   is down
             9010  broker-a/0 is down
            10020  broker-a/0 is up
            30000  c1   is up
            30014  c1   owns 1 of %RETRY%CG
            30015  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            30020  c1   owns 1 of Orders
            30021  broker-a/0 c1 pulls Orders/0 at 2: NO_MESSAGE_IN_QUEUE 0
            40001  broker-a/0 knows %RETRY%CG/0 at 0
            40023  broker-a/0 knows Orders/0 at 0
            45020  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            45022  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            50032  c1   owns 1 of Orders
            50033  broker-a/0 c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
            65020  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            65022  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            70020  broker-a/0 c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
            70022  broker-a/0 c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
    "#]]);
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
