//! What a concurrent listener's results lead to.

use expect_test::expect;

use super::bench::{PLAIN, check, with_consumers};

#[test]
fn the_rest_of_a_batch_after_ack_index_comes_back_as_retries() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "started": false,
        "conf": { "consumeMessageBatchMaxSize": 3 } }"#;
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 3 },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "CONSUME_SUCCESS", "ackIndex": 0 },
        { "at": 100, "do": "start-consumer", "consumer": "c1" }"#;
    check(
        "4.9",
        &with_consumers(consumers),
        script,
        12_000,
        &expect![[r#"
        c1               100  is up
        c1               118  owns 1 of Orders
        broker-a/0       119  c1 pulls Orders/0 at 0: FOUND 3
        c1               120  gets m1 from Orders/0:0, rc 0 (#1)
        c1               120  gets m2 from Orders/0:1, rc 0 (#2)
        c1               120  gets m3 from Orders/0:2, rc 0 (#3)
        c1               120  CONSUME_SUCCESS for m1 (#1): done
        c1               120  CONSUME_SUCCESS for m2 (#2): not done
        c1               120  CONSUME_SUCCESS for m3 (#3): not done
        c1               120  sends m2 back, rc 0
        broker-a/0       121  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        c1               122  sends m3 back, rc 0
        c1               124  owns 1 of %RETRY%CG
        broker-a/0       125  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     10101  knows Orders/0 at 3
        broker-a/0     10101  knows %RETRY%CG/0 at 0
        broker-a/0     10200  stores a retry of m2, rc 1
        broker-a/0     10200  stores a retry of m3, rc 1
        broker-a/0     10201  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1             10202  gets m2 from %RETRY%CG/0:0, rc 1 (#4)
        c1             10202  CONSUME_SUCCESS for m2 (#4): done
        broker-a/0     10203  c1 pulls %RETRY%CG/0 at 1: FOUND 1
        c1             10204  gets m3 from %RETRY%CG/0:1, rc 1 (#5)
        c1             10204  CONSUME_SUCCESS for m3 (#5): done
        broker-a/0     10205  c1 pulls %RETRY%CG/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     10205  knows %RETRY%CG/0 at 1
    "#]],
    );
}

#[test]
fn null_an_exception_and_reconsume_later_are_the_same_and_end_as_a_dead_letter() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "conf": { "maxReconsumeTimes": 1 } }"#;
    let script = r#"{ "at": 20000, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "null" },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "throw" }"#;
    check(
        "5.3",
        &with_consumers(consumers),
        script,
        45_000,
        &expect![[r#"
        broker-a/0     15000  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     15002  c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     16701  knows Orders/0 at 0
        c1             17716  owns 1 of %RETRY%CG
        broker-a/0     18217  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20002  c1 pulls Orders/0 at 0: FOUND 1
        c1             20003  gets m1 from Orders/0:0, rc 0 (#1)
        c1             20003  null for m1 (#1): not done
        c1             20003  sends m1 back, rc 0
        broker-a/0     20004  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     21701  knows Orders/0 at 1
        broker-a/0     30100  stores a retry of m1, rc 1
        broker-a/0     30101  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1             30102  gets m1 from %RETRY%CG/0:0, rc 1 (#2)
        c1             30102  throw for m1 (#2): not done
        c1             30102  sends m1 back, rc 1
        broker-a/0     30103  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     30103  stores m1 as dead letter, rc 2
        broker-a/0     31701  knows %RETRY%CG/0 at 1
        broker-a/0     40000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0     40002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn a_send_back_that_nobody_takes_is_retried_from_memory_with_a_count_of_its_own() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 3, "result": "RECONSUME_LATER" },
        { "at": 0, "do": "process-time", "consumer": "c1", "ms": 100 },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 },
        { "at": 50, "do": "crash", "node": "broker-a/0" }, { "at": 8000, "do": "restart", "node": "broker-a/0", "takesMs": 500 }"#;
    check(
        "5.3",
        PLAIN,
        script,
        25_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0        14  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        50  is down
        c1               113  RECONSUME_LATER for m1 (#1): not done
        c1              5121  gets m1 from Orders/0:0, rc 1 (#2)
        c1              5221  RECONSUME_LATER for m1 (#2): not done
        broker-a/0      8500  is up
        c1              9075  owns 1 of %RETRY%CG
        broker-a/0      9576  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     10072  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1             10229  gets m1 from Orders/0:0, rc 2 (#3)
        c1             10329  RECONSUME_LATER for m1 (#3): not done
        c1             10329  sends m1 back, rc 2
        broker-a/0     11701  knows Orders/0 at 1
        broker-a/0     20400  stores a retry of m1, rc 1
        broker-a/0     20401  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1             20402  gets m1 from %RETRY%CG/0:0, rc 1 (#4)
        broker-a/0     20403  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        c1             20502  CONSUME_SUCCESS for m1 (#4): done
        broker-a/0     21701  knows %RETRY%CG/0 at 1
    "#]],
    );
}

#[test]
fn a_hanging_head_pins_the_offset_until_it_is_sent_back_after_consume_timeout() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "conf": { "consumeTimeout": 1 } }"#;
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 1, "result": "hang" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 2, "everyMs": 10 }"#;
    check(
        "5.3",
        &with_consumers(consumers),
        script,
        140_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0        14  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        22  c1 pulls Orders/0 at 1: FOUND 1
        c1                23  gets m2 from Orders/0:1, rc 0 (#2)
        c1                23  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        24  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6701  knows Orders/0 at 0
        c1             17716  owns 1 of %RETRY%CG
        broker-a/0     18217  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     35000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     35002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     36701  knows %RETRY%CG/0 at 0
        broker-a/0     40000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     40002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     55000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     55002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     60000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     60002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     75000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     75002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     80000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     80002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     95000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     95002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    100000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0    100002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0    115000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0    115002  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c1            116700  sends m1 back, rc 0
        broker-a/0    120000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120002  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0    120002  knows Orders/0 at 2
        broker-a/0    126800  stores a retry of m1, rc 1
        broker-a/0    126801  c1 pulls %RETRY%CG/0 at 0: FOUND 1
        c1            126802  gets m1 from %RETRY%CG/0:0, rc 1 (#3)
        c1            126802  CONSUME_SUCCESS for m1 (#3): done
        broker-a/0    126803  c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0    131701  knows %RETRY%CG/0 at 1
        broker-a/0    140000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn flow_control_holds_the_next_pull_until_the_listener_has_caught_up() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "processMs": 120,
        "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1 } }"#;
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 4 }"#;
    check(
        "5.3",
        &with_consumers(consumers),
        script,
        800,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/0 at 1: FOUND 1
        c1               123  CONSUME_SUCCESS for m1 (#1): done
        c1               123  gets m2 from Orders/0:1, rc 0 (#2)
        broker-a/0       156  c1 pulls Orders/0 at 2: FOUND 1
        broker-a/0       156  knows Orders/0 at 1
        c1               243  CONSUME_SUCCESS for m2 (#2): done
        c1               243  gets m3 from Orders/0:2, rc 0 (#3)
        broker-a/0       258  c1 pulls Orders/0 at 3: FOUND 1
        broker-a/0       258  knows Orders/0 at 2
        c1               363  CONSUME_SUCCESS for m3 (#3): done
        c1               363  gets m4 from Orders/0:3, rc 0 (#4)
        broker-a/0       410  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
        broker-a/0       410  knows Orders/0 at 3
        c1               483  CONSUME_SUCCESS for m4 (#4): done
    "#]],
    );
}

#[test]
fn a_broadcasting_consumer_drops_what_fails_and_keeps_its_place_in_a_file() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "model": "BROADCASTING" }"#;
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "RECONSUME_LATER" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }, { "at": 8000, "do": "crash", "node": "c1" },
        { "at": 8010, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 }, { "at": 8500, "do": "restart", "node": "c1", "takesMs": 500 }"#;
    check(
        "5.3",
        &with_consumers(consumers),
        script,
        15_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  RECONSUME_LATER for m1 (#1): not done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        c1                15  gets m2 from Orders/0:1, rc 0 (#2)
        c1                15  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1              8000  is down
        c1              9000  is up
        c1             10000  owns 1 of Orders
        broker-a/0     10501  c1 pulls Orders/0 at 2: FOUND 1
        c1             10502  gets m3 from Orders/0:2, rc 0 (#3)
        c1             10502  CONSUME_SUCCESS for m3 (#3): done
        broker-a/0     10503  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}
