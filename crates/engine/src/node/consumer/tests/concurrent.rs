//! What a concurrent listener's results lead to.

use expect_test::expect;

use super::bench::{check, with_consumers, PLAIN};

#[test]
fn the_rest_of_a_batch_after_ack_index_comes_back_as_retries() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "started": false,
        "conf": { "consumeMessageBatchMaxSize": 3 } }"#;
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 3 },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "CONSUME_SUCCESS", "ackIndex": 0 },
        { "at": 100, "do": "start-consumer", "consumer": "c1" }"#;
    check("4.9", &with_consumers(consumers), script, 12_000, &expect![[r#"
              100  c1   is up
              118  c1   owns 1 of Orders
              119  broker-a/0 c1 pulls Orders/0 at 0: FOUND 3
              120  c1   gets m1 from Orders/0:0, rc 0 (#1)
              120  c1   gets m2 from Orders/0:1, rc 0 (#2)
              120  c1   gets m3 from Orders/0:2, rc 0 (#3)
              120  c1   CONSUME_SUCCESS for m1 (#1): done
              120  c1   CONSUME_SUCCESS for m2 (#2): not done
              120  c1   CONSUME_SUCCESS for m3 (#3): not done
              120  c1   sends m2 back, rc 0
              121  broker-a/0 c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
              122  c1   sends m3 back, rc 0
              124  c1   owns 1 of %RETRY%CG
              125  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            10101  broker-a/0 knows Orders/0 at 3
            10101  broker-a/0 knows %RETRY%CG/0 at 0
            10200  broker-a/0 stores a retry of m2, rc 1
            10200  broker-a/0 stores a retry of m3, rc 1
            10201  broker-a/0 c1 pulls %RETRY%CG/0 at 0: FOUND 1
            10202  c1   gets m2 from %RETRY%CG/0:0, rc 1 (#4)
            10202  c1   CONSUME_SUCCESS for m2 (#4): done
            10203  broker-a/0 c1 pulls %RETRY%CG/0 at 1: FOUND 1
            10204  c1   gets m3 from %RETRY%CG/0:1, rc 1 (#5)
            10204  c1   CONSUME_SUCCESS for m3 (#5): done
            10205  broker-a/0 c1 pulls %RETRY%CG/0 at 2: OFFSET_OVERFLOW_ONE 0
            10205  broker-a/0 knows %RETRY%CG/0 at 1
    "#]]);
}

#[test]
fn null_an_exception_and_reconsume_later_are_the_same_and_end_as_a_dead_letter() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "conf": { "maxReconsumeTimes": 1 } }"#;
    let script = r#"{ "at": 20000, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "null" },
        { "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "throw" }"#;
    check("5.3", &with_consumers(consumers), script, 45_000, &expect![[r#"
            15000  broker-a/0 c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
            15002  broker-a/0 c1 pulls Orders/0 at 0: NO_MESSAGE_IN_QUEUE 0
            16701  broker-a/0 knows Orders/0 at 0
            17716  c1   owns 1 of %RETRY%CG
            18217  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            20002  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
            20003  c1   gets m1 from Orders/0:0, rc 0 (#1)
            20003  c1   null for m1 (#1): not done
            20003  c1   sends m1 back, rc 0
            20004  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
            21701  broker-a/0 knows Orders/0 at 1
            30100  broker-a/0 stores a retry of m1, rc 1
            30101  broker-a/0 c1 pulls %RETRY%CG/0 at 0: FOUND 1
            30102  c1   gets m1 from %RETRY%CG/0:0, rc 1 (#2)
            30102  c1   throw for m1 (#2): not done
            30102  c1   sends m1 back, rc 1
            30103  broker-a/0 c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
            30103  broker-a/0 stores m1 as dead letter, rc 2
            31701  broker-a/0 knows %RETRY%CG/0 at 1
            40000  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
            40002  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
    "#]]);
}

#[test]
fn a_send_back_that_nobody_takes_is_retried_from_memory_with_a_count_of_its_own() {
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 3, "result": "RECONSUME_LATER" },
        { "at": 0, "do": "process-time", "consumer": "c1", "ms": 100 },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 },
        { "at": 50, "do": "crash", "node": "broker-a/0" }, { "at": 8000, "do": "restart", "node": "broker-a/0", "takesMs": 500 }"#;
    check("5.3", PLAIN, script, 25_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               14  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
               50  broker-a/0 is down
              113  c1   RECONSUME_LATER for m1 (#1): not done
             5121  c1   gets m1 from Orders/0:0, rc 1 (#2)
             5221  c1   RECONSUME_LATER for m1 (#2): not done
             8500  broker-a/0 is up
             9075  c1   owns 1 of %RETRY%CG
             9576  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            10072  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
            10229  c1   gets m1 from Orders/0:0, rc 2 (#3)
            10329  c1   RECONSUME_LATER for m1 (#3): not done
            10329  c1   sends m1 back, rc 2
            11701  broker-a/0 knows Orders/0 at 1
            20400  broker-a/0 stores a retry of m1, rc 1
            20401  broker-a/0 c1 pulls %RETRY%CG/0 at 0: FOUND 1
            20402  c1   gets m1 from %RETRY%CG/0:0, rc 1 (#4)
            20403  broker-a/0 c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
            20502  c1   CONSUME_SUCCESS for m1 (#4): done
            21701  broker-a/0 knows %RETRY%CG/0 at 1
    "#]]);
}

#[test]
fn a_hanging_head_pins_the_offset_until_it_is_sent_back_after_consume_timeout() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "conf": { "consumeTimeout": 1 } }"#;
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 1, "result": "hang" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 2, "everyMs": 10 }"#;
    check("5.3", &with_consumers(consumers), script, 140_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               14  broker-a/0 c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
               22  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               23  c1   gets m2 from Orders/0:1, rc 0 (#2)
               23  c1   CONSUME_SUCCESS for m2 (#2): done
               24  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             6701  broker-a/0 knows Orders/0 at 0
            17716  c1   owns 1 of %RETRY%CG
            18217  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            20000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            20002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            35000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            35002  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            36701  broker-a/0 knows %RETRY%CG/0 at 0
            40000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            40002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            55000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            55002  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            60000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            60002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            75000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            75002  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            80000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            80002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            95000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            95002  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
           100000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
           100002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
           115000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
           115002  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
           116700  c1   sends m1 back, rc 0
           120000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
           120002  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
           120002  broker-a/0 knows Orders/0 at 2
           126800  broker-a/0 stores a retry of m1, rc 1
           126801  broker-a/0 c1 pulls %RETRY%CG/0 at 0: FOUND 1
           126802  c1   gets m1 from %RETRY%CG/0:0, rc 1 (#3)
           126802  c1   CONSUME_SUCCESS for m1 (#3): done
           126803  broker-a/0 c1 pulls %RETRY%CG/0 at 1: OFFSET_OVERFLOW_ONE 0
           131701  broker-a/0 knows %RETRY%CG/0 at 1
           140000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]]);
}

#[test]
fn flow_control_holds_the_next_pull_until_the_listener_has_caught_up() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "processMs": 120,
        "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1 } }"#;
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 4 }"#;
    check("5.3", &with_consumers(consumers), script, 800, &expect![[r#"
                2  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
                3  c1   gets m1 from Orders/0:0, rc 0 (#1)
                4  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
              123  c1   CONSUME_SUCCESS for m1 (#1): done
              123  c1   gets m2 from Orders/0:1, rc 0 (#2)
              156  broker-a/0 c1 pulls Orders/0 at 2: FOUND 1
              156  broker-a/0 knows Orders/0 at 1
              243  c1   CONSUME_SUCCESS for m2 (#2): done
              243  c1   gets m3 from Orders/0:2, rc 0 (#3)
              258  broker-a/0 c1 pulls Orders/0 at 3: FOUND 1
              258  broker-a/0 knows Orders/0 at 2
              363  c1   CONSUME_SUCCESS for m3 (#3): done
              363  c1   gets m4 from Orders/0:3, rc 0 (#4)
              410  broker-a/0 c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
              410  broker-a/0 knows Orders/0 at 3
              483  c1   CONSUME_SUCCESS for m4 (#4): done
    "#]]);
}

#[test]
fn a_broadcasting_consumer_drops_what_fails_and_keeps_its_place_in_a_file() {
    let consumers = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "model": "BROADCASTING" }"#;
    let script = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "RECONSUME_LATER" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }, { "at": 8000, "do": "crash", "node": "c1" },
        { "at": 8010, "do": "send", "producer": "p1", "topic": "Orders", "count": 1 }, { "at": 8500, "do": "restart", "node": "c1", "takesMs": 500 }"#;
    check("5.3", &with_consumers(consumers), script, 15_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   RECONSUME_LATER for m1 (#1): not done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               15  c1   gets m2 from Orders/0:1, rc 0 (#2)
               15  c1   CONSUME_SUCCESS for m2 (#2): done
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             8000  c1   is down
             9000  c1   is up
            10000  c1   owns 1 of Orders
            10501  broker-a/0 c1 pulls Orders/0 at 2: FOUND 1
            10502  c1   gets m3 from Orders/0:2, rc 0 (#3)
            10502  c1   CONSUME_SUCCESS for m3 (#3): done
            10503  broker-a/0 c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
    "#]]);
}
