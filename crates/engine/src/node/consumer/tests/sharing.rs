//! Several members of one group.

use expect_test::expect;

use super::bench::{PLAIN, check, with_consumers};

fn two_queues(consumers: &str) -> String {
    with_consumers(consumers).replace(r#""queues": 1"#, r#""queues": 2"#)
}

#[test]
fn a_new_member_takes_over_a_queue_whose_messages_are_still_being_consumed() {
    let two = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "processMs": 4000 },
        { "name": "c2", "group": "CG", "topic": "Orders", "listener": "concurrently", "started": false }"#;
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 1, "queue": 1 },
        { "at": 1000, "do": "start-consumer", "consumer": "c2" }"#;
    check(
        "5.3",
        &two_queues(two),
        script,
        6_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/1 at 0: FOUND 1
        c1                 3  gets m1 from Orders/1:0, rc 0 (#1)
        broker-a/0         4  c1 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        c2              1000  is up
        c1              1014  owns 1 of %RETRY%CG
        c1              1018  owns 1 of Orders
        broker-a/0      1515  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        c2              2006  owns 1 of Orders
        broker-a/0      2507  c2 pulls Orders/1 at 0: FOUND 1
        c2              2508  gets m1 from Orders/1:0, rc 0 (#1)
        c2              2508  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0      2509  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
        c1              4003  CONSUME_SUCCESS for m1 (#1): done, thrown away
    "#]],
    );
}

#[test]
fn members_with_different_tags_lose_what_the_broker_lets_through_for_the_other() {
    let two = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", "tags": "A" },
        { "name": "c2", "group": "CG", "topic": "Orders", "listener": "concurrently", "tags": "B" }"#;
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "queue": 0, "tag": "A" },
        { "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "queue": 0, "tag": "B" },
        { "at": 20, "do": "send", "producer": "p1", "topic": "Orders", "queue": 1, "tag": "A" },
        { "at": 30, "do": "send", "producer": "p1", "topic": "Orders", "queue": 1, "tag": "B" }"#;
    check(
        "5.3",
        &two_queues(two),
        script,
        3_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0        22  c2 pulls Orders/1 at 0: FOUND 1
        broker-a/0        24  c2 pulls Orders/1 at 1: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}

#[test]
fn a_restarted_broker_serves_a_living_consumer_again() {
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders" }, { "at": 1000, "do": "crash", "node": "broker-a/0" },
        { "at": 2000, "do": "restart", "node": "broker-a/0", "takesMs": 1000 }, { "at": 5000, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    check(
        "5.3",
        PLAIN,
        script,
        8_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      1000  is down
        broker-a/0      3000  is up
        c1              3011  owns 1 of %RETRY%CG
        broker-a/0      3512  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      4008  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      4008  knows Orders/0 at 1
        broker-a/0      5004  c1 pulls Orders/0 at 1: FOUND 1
        c1              5005  gets m2 from Orders/0:1, rc 0 (#2)
        c1              5005  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0      5006  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6701  knows Orders/0 at 2
    "#]],
    );
    check(
        "4.9",
        PLAIN,
        script,
        36_000,
        &expect![[r#"
        broker-a/0         2  c1 pulls Orders/0 at 0: FOUND 1
        c1                 3  gets m1 from Orders/0:0, rc 0 (#1)
        c1                 3  CONSUME_SUCCESS for m1 (#1): done
        broker-a/0         4  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
        broker-a/0      1000  is down
        broker-a/0      3000  is up
        broker-a/0      7953  knows Orders/0 at 1
        broker-a/0      7953  knows %RETRY%CG/0 at 0
        broker-a/0     30951  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     32951  c1 pulls Orders/0 at 1: FOUND 1
        c1             32952  gets m2 from Orders/0:1, rc 0 (#2)
        c1             32952  CONSUME_SUCCESS for m2 (#2): done
        broker-a/0     32953  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
}
