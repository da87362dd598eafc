//! Members and their queues: what a group shares and how (D.8), failures that cannot be sent back as usual (D.4), and where a queue
//! that was given up goes on (D.7); in both profiles where they differ.

use expect_test::expect;

use super::bench::{PLAIN, check, check_without, with_consumers};

const PULLS: &[&str] = &[" pulls ", " knows "];

/// One concurrent consumer with these fields.
fn concurrently(fields: &str) -> String {
    with_consumers(&format!(
        r#"{{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently", {fields} }}"#
    ))
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
                broker-a/0     17983  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
                broker-a/0     17983  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
                broker-a/0     17983  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
                broker-a/0     17983  c1 pulls Later/0 at 0: FOUND 1
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
                broker-a/0     19231  c1 pulls Later/1 at 0: NO_MESSAGE_IN_QUEUE 0
                broker-a/0     19231  c1 pulls Later/2 at 0: NO_MESSAGE_IN_QUEUE 0
                broker-a/0     19231  c1 pulls Later/3 at 0: NO_MESSAGE_IN_QUEUE 0
                broker-a/0     19231  c1 pulls Later/0 at 0: FOUND 1
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

/// In 5.3 nobody tells it of the newcomer, which would make it rebalance earlier.
#[test]
fn a_broadcasting_consumer_writes_down_where_it_was_when_it_gives_a_queue_up() {
    let cluster = r#""topics": [{ "name": "Orders", "queues": 1 }], "producers": [{ "name": "p1", "group": "PG" }],
        "brokers": [{ "name": "broker-a" }, { "name": "broker-b" }],
        "consumers": [{ "name": "c1", "group": "CG", "topic": "Orders", "model": "BROADCASTING", "processMs": 20000 },
            { "name": "c2", "group": "CG", "topic": "Orders", "model": "BROADCASTING", "started": false }]"#;
    let script = r#"{ "at": 17000, "do": "send", "producer": "p1", "topic": "Orders", "broker": "broker-b", "queue": 0 },
        { "at": 20000, "do": "crash", "node": "broker-b/0" }, { "at": 50000, "do": "restart", "node": "broker-b/0" },
        { "at": 88000, "do": "start-consumer", "consumer": "c2" }"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
                broker-b/0     17002  c1 pulls Orders/0 at 0: FOUND 1
                c1             17003  gets m1 from Orders/0:0, rc 0 (#1)
                broker-b/0     17004  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                broker-b/0     20000  is down
                c1             37003  CONSUME_SUCCESS for m1 (#1): done
                c1             37966  owns 1 of Orders
                broker-b/0     52000  is up
                c1             57968  owns 2 of Orders
                broker-b/0     58973  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                broker-b/0     77000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                broker-b/0     77002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                c2             88000  is up
                c2             88012  owns 2 of Orders
                broker-b/0     88013  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                broker-b/0     97000  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                broker-b/0     97002  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
            "#]],
        ),
        (
            "5.3",
            expect![[r#"
                broker-b/0     17002  c1 pulls Orders/0 at 0: FOUND 1
                c1             17003  gets m1 from Orders/0:0, rc 0 (#1)
                broker-b/0     17004  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                broker-b/0     20000  is down
                c1             37003  CONSUME_SUCCESS for m1 (#1): done
                c1             37708  owns 1 of Orders
                broker-b/0     52000  is up
                c2             88000  is up
                c2             89004  owns 2 of Orders
                broker-b/0     89505  c2 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
                c1             97710  owns 2 of Orders
                broker-b/0     98211  c1 pulls Orders/0 at 1: OFFSET_OVERFLOW_ONE 0
            "#]],
        ),
    ] {
        check_without(
            &[" knows ", "pulls Orders/0 at 0: NO"],
            (profile, cluster),
            script,
            100_000,
            &told,
        );
    }
}

/// The rebalance asks where to begin, and so does the first pull, half a second later in 5.3.
#[test]
fn what_comes_between_a_lock_and_its_first_pull_is_skipped_by_a_group_that_begins_at_the_end() {
    let cluster = with_consumers(
        r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", "started": false }"#,
    )
    .replace(r#""conf": {} }],"#, r#""conf": { "mappedFileSizeCommitLog": 65536 } }],"#);
    let script = r#"{ "at": 0, "do": "send", "producer": "p1", "topic": "Orders", "count": 3, "everyMs": 50, "bodyBytes": 60000 },
        { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 },
        { "at": 2000, "do": "start-consumer", "consumer": "c1" },
        { "at": 3200, "do": "send", "producer": "p1", "topic": "Orders" },
        { "at": 6000, "do": "send", "producer": "p1", "topic": "Orders" }"#;
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1              2000  is up
        broker-a/0      2017  locks Orders/0 for c1
        c1              2022  owns 1 of Orders
        broker-a/0      2027  c1 pulls Orders/0 at 3: OFFSET_OVERFLOW_ONE 0
        broker-a/0      2027  locks %RETRY%CG/0 for c1
        c1              2030  owns 1 of %RETRY%CG
        broker-a/0      2033  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      3202  c1 pulls Orders/0 at 3: FOUND 1
        c1              3203  gets m4 from Orders/0:3, rc 0 (#1)
        c1              3203  SUCCESS for m4 (#1): done
        broker-a/0      3204  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6002  c1 pulls Orders/0 at 4: FOUND 1
        c1              6003  gets m5 from Orders/0:4, rc 0 (#2)
        c1              6003  SUCCESS for m5 (#2): done
        broker-a/0      6004  c1 pulls Orders/0 at 5: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6004  knows Orders/0 at 4
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1              2000  is up
        broker-a/0      3007  locks Orders/0 for c1
        c1              3012  owns 1 of Orders
        broker-a/0      3517  c1 pulls Orders/0 at 4: OFFSET_OVERFLOW_ONE 0
        broker-a/0      6002  c1 pulls Orders/0 at 4: FOUND 1
        c1              6003  gets m5 from Orders/0:4, rc 0 (#1)
        c1              6003  SUCCESS for m5 (#1): done
        broker-a/0      6004  c1 pulls Orders/0 at 5: OFFSET_OVERFLOW_ONE 0
    "#]],
        ),
    ] {
        check(profile, &cluster, script, 8_000, &told);
    }
}
