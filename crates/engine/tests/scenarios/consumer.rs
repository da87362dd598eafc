//! What a consumer asks, counts and remembers by itself: where an orderly queue begins, how often a message is tried, and what is
//! forgotten with the process (D.1, D.4, D.6, D.7).

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use loss_lab_engine::event::{EventKind, EventName, RecordRef};
use loss_lab_engine::units::SimTime;

use crate::lab::{self, check};

/// What a group went through, without all that led to it: one line per event of these kinds.
fn check_told(kinds: &[EventName], fields: &str, expected: Expect) {
    let run = lab::run(fields);
    let label = |record: &RecordRef| record.message.map_or(String::new(), |m| m.to_string());
    let mut told = String::new();
    for event in run.events() {
        if event.at < SimTime::ZERO || !kinds.contains(&event.kind.name()) {
            continue;
        }
        let line = match &event.kind {
            EventKind::Delivered {
                record,
                topic,
                reconsume_times,
                ..
            } => {
                let topic = run.names().topic(*topic);
                format!("gets {} of {topic}, rc {reconsume_times}", label(record))
            }
            EventKind::DeadLettered {
                record,
                reconsume_times,
                ..
            } => format!("dead letter {}, rc {reconsume_times}", label(record)),
            EventKind::OffsetCommitted { topic, offset, .. } => {
                format!("knows {} at {offset}", run.names().topic(*topic))
            }
            EventKind::Pulled {
                consumer,
                topic,
                offset,
                count,
                ..
            } => {
                let (consumer, topic) = (run.names().node(*consumer), run.names().topic(*topic));
                format!("{consumer} pulls {topic} at {offset}: {count}")
            }
            kind => String::from(kind.name().word()),
        };
        let _ = writeln!(
            told,
            "{:<10} {:>10}  {line}",
            run.names().node(event.node),
            event.at.to_string()
        );
    }
    expected.assert_eq(&told);
}

const DELIVERIES: &[EventName] = &[
    EventName::Delivered,
    EventName::DeadLettered,
    EventName::NodeDown,
];
const OFFSETS: &[EventName] = &[
    EventName::Delivered,
    EventName::OffsetCommitted,
    EventName::NodeDown,
    EventName::NodeUp,
];

/// The rebalance that took the queue was told 3. The broker has come back with an older file when the first pull is due, and the pull
/// begins where the broker is now: an orderly consumer's offset may go back.
#[test]
fn an_orderly_queue_begins_where_its_broker_is_at_the_first_pull() {
    for (profile, crash, told) in [
        (
            "4.9",
            13_025,
            expect![[r#"
        c1                  3  gets m1 of T, rc 0
        broker-a/0       7951  knows T at 1
        broker-a/0       7951  knows %RETRY%CG at 0
        c1              11003  gets m2 of T, rc 0
        c1              11005  gets m3 of T, rc 0
        broker-a/0      11006  knows T at 2
        c1              12500  node-down
        broker-a/0      12501  knows T at 3
        c1              13000  node-up
        broker-a/0      13025  node-down
        broker-a/0      13225  node-up
        c1              44078  gets m2 of T, rc 0
        c1              44078  gets m3 of T, rc 0
        broker-a/0      48001  knows T at 3
    "#]],
        ),
        (
            "5.3",
            14_200,
            expect![[r#"
        c1                  3  gets m1 of T, rc 0
        broker-a/0       6701  knows T at 1
        c1              11003  gets m2 of T, rc 0
        c1              11005  gets m3 of T, rc 0
        broker-a/0      11006  knows T at 2
        broker-a/0      11701  knows T at 3
        c1              12500  node-down
        c1              13000  node-up
        broker-a/0      14200  node-down
        broker-a/0      14400  node-up
        c1              14518  gets m2 of T, rc 0
        c1              14518  gets m3 of T, rc 0
        broker-a/0      23001  knows T at 3
        broker-a/0      38001  knows %RETRY%CG at 0
    "#]],
        ),
    ] {
        check_told(
            OFFSETS,
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly" }} ],
            "script": [ {{ "at": 0, "do": "send" }}, {{ "at": 11000, "do": "send", "count": 2 }},
                {{ "at": 12500, "do": "stop-consumer", "consumer": "c1" }}, {{ "at": 13000, "do": "start-consumer", "consumer": "c1" }},
                {{ "at": {crash}, "do": "crash", "node": "broker-a/0" }}, {{ "at": {crash}, "do": "restart", "node": "broker-a/0", "takesMs": 200 }} ],
            "until": 49000"#
            ),
            told,
        );
    }
}

/// A new group's default: the first delivery and sixteen retries, 17 140 s after the first failure the dead letter.
#[test]
fn by_default_a_message_is_delivered_seventeen_times_in_almost_five_hours() {
    for (profile, deliveries) in [
        (
            "4.9",
            expect![[r#"
                c1              19003  gets m1 of T, rc 0
                c1              29102  gets m1 of T, rc 1
                c1              59202  gets m1 of T, rc 2
                c1             119302  gets m1 of T, rc 3
                c1             239402  gets m1 of T, rc 4
                c1             419502  gets m1 of T, rc 5
                c1             659602  gets m1 of T, rc 6
                c1             959702  gets m1 of T, rc 7
                c1            1319802  gets m1 of T, rc 8
                c1            1739902  gets m1 of T, rc 9
                c1            2220002  gets m1 of T, rc 10
                c1            2760102  gets m1 of T, rc 11
                c1            3360202  gets m1 of T, rc 12
                c1            4560302  gets m1 of T, rc 13
                c1            6360402  gets m1 of T, rc 14
                c1            9960502  gets m1 of T, rc 15
                c1           17160602  gets m1 of T, rc 16
                broker-a/0   17160603  dead letter m1, rc 17
            "#]],
        ),
        (
            "5.3",
            expect![[r#"
                c1              19003  gets m1 of T, rc 0
                c1              29102  gets m1 of T, rc 1
                c1              59202  gets m1 of T, rc 2
                c1             119302  gets m1 of T, rc 3
                c1             239402  gets m1 of T, rc 4
                c1             419502  gets m1 of T, rc 5
                c1             659602  gets m1 of T, rc 6
                c1             959702  gets m1 of T, rc 7
                c1            1319802  gets m1 of T, rc 8
                c1            1739902  gets m1 of T, rc 9
                c1            2220002  gets m1 of T, rc 10
                c1            2760102  gets m1 of T, rc 11
                c1            3360202  gets m1 of T, rc 12
                c1            4560302  gets m1 of T, rc 13
                c1            6360402  gets m1 of T, rc 14
                c1            9960502  gets m1 of T, rc 15
                c1           17160602  gets m1 of T, rc 16
                broker-a/0   17160603  dead letter m1, rc 17
            "#]],
        ),
    ] {
        check_told(
            DELIVERIES,
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ], "consumers": [ {{ "name": "c1", "topic": "T" }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER" }},
                {{ "at": 19000, "do": "send" }} ], "until": 17200000"#
            ),
            deliveries,
        );
    }
}

/// Nothing bounds what is suspended: after more times than a concurrent listener has, there is no dead letter.
#[test]
fn by_default_an_orderly_message_blocks_its_queue_for_good() {
    for profile in ["4.9", "5.3"] {
        check_told(
            DELIVERIES,
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly", "conf": {{ "suspendCurrentQueueTimeMillis": 100 }} }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT" }},
                {{ "at": 0, "do": "send", "count": 2 }} ], "until": 1850"#
            ),
            expect![[r#"
                c1                  3  gets m1 of T, rc 0
                c1                103  gets m1 of T, rc 1
                c1                203  gets m1 of T, rc 2
                c1                303  gets m1 of T, rc 3
                c1                403  gets m1 of T, rc 4
                c1                503  gets m1 of T, rc 5
                c1                603  gets m1 of T, rc 6
                c1                703  gets m1 of T, rc 7
                c1                803  gets m1 of T, rc 8
                c1                903  gets m1 of T, rc 9
                c1               1003  gets m1 of T, rc 10
                c1               1103  gets m1 of T, rc 11
                c1               1203  gets m1 of T, rc 12
                c1               1303  gets m1 of T, rc 13
                c1               1403  gets m1 of T, rc 14
                c1               1503  gets m1 of T, rc 15
                c1               1603  gets m1 of T, rc 16
                c1               1703  gets m1 of T, rc 17
                c1               1803  gets m1 of T, rc 18
            "#]],
        );
    }
}

/// It is a new client: the broker does not know that the lock was its own. What it had counted in memory begins at 0.
#[test]
fn a_restarted_orderly_consumer_waits_for_its_own_old_lock_and_counts_anew() {
    for (profile, picture) in [
        (
            "4.9",
            expect![[r#"
                c1                  3  gets m1 of T, rc 0
                c1               1003  gets m1 of T, rc 1
                c1               2003  gets m1 of T, rc 2
                c1               2500  node-down
                c1              75560  gets m1 of T, rc 0
            "#]],
        ),
        (
            "5.3",
            expect![[r#"
                c1                  3  gets m1 of T, rc 0
                c1               1003  gets m1 of T, rc 1
                c1               2003  gets m1 of T, rc 2
                c1               2500  node-down
                c1              58264  gets m1 of T, rc 0
            "#]],
        ),
    ] {
        check_told(
            DELIVERIES,
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly" }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "throw", "times": 3 }}, {{ "at": 0, "do": "send" }},
                {{ "at": 2500, "do": "crash", "node": "c1" }}, {{ "at": 15000, "do": "restart", "node": "c1", "takesMs": 500 }} ],
            "until": 90000"#
            ),
            picture,
        );
    }
}

/// The request that failed carried the message's place, and the ordinary send carries the message: with the client's own count and the
/// level that belongs to it. The first round reached no broker, so the broker's count is one behind.
#[test]
fn an_ordinary_send_back_carries_the_clients_own_count() {
    check(
        r#"
            "profile": "5.3", "brokers": [ { "name": "broker-a", "conf": { "messageDelayLevel": "1s 2s 3s 4s 5s 6s" } } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 100 } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER", "times": 2 }, { "at": 0, "do": "send" },
                { "at": 50, "do": "crash", "node": "broker-a/0" }, { "at": 500, "do": "restart", "node": "broker-a/0", "takesMs": 500 },
                { "at": 5200, "do": "drop", "from": "c1", "to": "broker-a/0" } ], "until": 18000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                   50  │                            ✗ crash                      │
                  103  │                                                         ✗ m1 RECONSUME_LATER
                 1000  │                            ▲ up                         │
                 1059  │                            │                            owns 1 of %RETRY%CG
                 5111  │                            │                            gets m1 (retry 1)
                 5211  │                            │                            ✗ m1 RECONSUME_LATER
                 5211  │                            │                            sends back m1
                 6701  │                            CG T/0 offset 0              │
                10213  │                            │                            sends back m1
                10214  │                            stores m1 SCHEDULE_TOPIC_XXXX/3:0 (page cache)
                11005  │                            fsync m1, m1                 │
                11212  │                            CG T/0 offset 1              │
                14300  │                            stores m1 %RETRY%CG/0:0 (page cache)
                14301  │                            %RETRY%CG/0:0 to 1 ────────▶ │
                14301  │                            %RETRY%CG/0:0 to 1 ────────▶ │
                14302  │                            │                            gets m1 (retry 2)
                14402  │                            │                            ✓ m1
                16701  │                            CG %RETRY%CG/0 offset 1      │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    consumed  3          1         ok       broker-a/0 (disk), broker-a/0 (disk, never served), broker-a/0 (page cache)

            again  at     to  after       why          by
            m1     5111   c1  3 to c1     local-retry  consumed of c1 at 103
            m1     14302  c1  5111 to c1  sent-back    consumed of c1 at 5211
        "#]],
    );
}

/// The listener sees the topic that the message had at first, however often the retry topic has had it, and whoever put it there: the
/// second failure's request is lost on its way, and an ordinary send follows.
#[test]
fn a_listener_sees_the_first_topic_of_a_message_that_failed_twice() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1              19003  gets m1 of T, rc 0
        c1              20202  gets m1 of T, rc 1
        c1              29310  gets m1 of T, rc 2
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1              19003  gets m1 of T, rc 0
        c1              20202  gets m1 of T, rc 1
        c1              26402  gets m1 of T, rc 2
    "#]],
        ),
    ] {
        check_told(
            DELIVERIES,
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "messageDelayLevel": "1s 1s 1s 1s" }} }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "processMs": 100 }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "throw", "times": 2 }}, {{ "at": 19000, "do": "send" }},
                {{ "after": {{ "event": "delivered", "nth": 2 }}, "do": "drop", "from": "c1", "to": "broker-a/0" }} ], "until": 40000"#
            ),
            told,
        );
    }
}

/// A broker whose put lock is held for more than a second turns the request away, and the ordinary send after it (SYSTEM_BUSY). Only 5.3
/// tries that one three times.
#[test]
fn a_busy_broker_s_refusal_is_tried_again_in_5_3() {
    for (profile, picture) in [
        (
            "4.9",
            expect![[r#"
               ms  p1                           broker-a/0                   c1
                0  │                            ✗ fsync stalls               │
                1  send m1 ───────────────────▶ │                            │
                2  │                            stores m1 T/0:0 (page cache) │
                3  │                            T/0:0 to 1 ────────────────▶ │
             3.05  m1 SEND_OK ◀──────────────── │                            │
                4  │                            │                            gets m1
               11  send m2 ───────────────────▶ │                            │
               12  │                            stores m2 T/0:1 (page cache) │
               13  │                            T/0:1 to 2 ────────────────▶ │
            13.05  m2 SEND_OK ◀──────────────── │                            │
               14  │                            │                            gets m2
               21  send m3 ───────────────────▶ │                            │
             2504  │                            │                            ✗ m1 RECONSUME_LATER
             2504  │                            │                            sends back m1
             2506  │                            │                            sends back m1
             2514  │                            │                            ✓ m2
             3021  ✗ m3 RemotingTimeoutException (try 1)                     │
             3021  ✗ returns m3 RemotingTooMuchRequestException              │

        message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    in-flight     1          0         pending  broker-a/0 (page cache)
        m2       acked    consumed      1          1         ok       broker-a/0 (page cache)
        m3       unknown  never-stored  0          0         lost     ✗ produce: call-failed, by send-returned of p1 at 3021
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
               ms  p1                           broker-a/0                   c1
                0  │                            ✗ fsync stalls               │
                1  send m1 ───────────────────▶ │                            │
                2  │                            stores m1 T/0:0 (page cache) │
                3  │                            T/0:0 to 1 ────────────────▶ │
             3.05  m1 SEND_OK ◀──────────────── │                            │
                4  │                            │                            gets m1
               11  send m2 ───────────────────▶ │                            │
               12  │                            stores m2 T/0:1 (page cache) │
               13  │                            T/0:1 to 2 ────────────────▶ │
            13.05  m2 SEND_OK ◀──────────────── │                            │
               14  │                            │                            gets m2
               21  send m3 ───────────────────▶ │                            │
             2504  │                            │                            ✗ m1 RECONSUME_LATER
             2504  │                            │                            sends back m1
             2506  │                            │                            sends back m1
             2508  │                            │                            sends back m1
             2510  │                            │                            sends back m1
             2514  │                            │                            ✓ m2
             3021  ✗ m3 RemotingTimeoutException (try 1)                     │
             3021  ✗ returns m3 RemotingTooMuchRequestException              │

        message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    in-flight     1          0         pending  broker-a/0 (page cache)
        m2       acked    consumed      1          1         ok       broker-a/0 (page cache)
        m3       unknown  never-stored  0          0         lost     ✗ produce: call-failed, by send-returned of p1 at 3021
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "mappedFileSizeCommitLog": 4096 }} }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "processMs": 2500 }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER", "times": 1 }},
                {{ "at": 0, "do": "stall-disk", "node": "broker-a/0" }}, {{ "at": 1, "do": "send", "count": 3, "everyMs": 10, "bodyBytes": 3000 }} ], "until": 4000"#
            ),
            picture,
        );
    }
}

/// What hangs when it comes again is sent back with level 3, like any expired message, and not with 3 + reconsumeTimes.
#[test]
fn an_expired_retry_waits_at_level_three() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1              19003  gets m1 of T, rc 0
        c1              19003  sent-back
        broker-a/0      22100  retry-stored
        c1              22102  gets m1 of T, rc 1
        c1             117950  sent-back
        broker-a/0     121000  retry-stored
        c1             121002  gets m1 of T, rc 2
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1              19003  gets m1 of T, rc 0
        c1              19003  sent-back
        broker-a/0      22100  retry-stored
        c1              22102  gets m1 of T, rc 1
        c1             116700  sent-back
        broker-a/0     119800  retry-stored
        c1             119802  gets m1 of T, rc 2
    "#]],
        ),
    ] {
        check_told(
            &[
                EventName::Delivered,
                EventName::SentBack,
                EventName::RetryStored,
            ],
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "messageDelayLevel": "1s 2s 3s 40s" }} }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "conf": {{ "consumeTimeout": 1 }} }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "throw", "times": 1 }}, {{ "at": 19000, "do": "send" }},
                {{ "at": 19010, "do": "consume-result", "consumer": "c1", "result": "hang", "times": 1 }} ], "until": 200000"#
            ),
            told,
        );
    }
}

/// Nobody looks for expired messages of an orderly listener, also not while one rests in its queue again: it may take as long as it
/// likes.
#[test]
fn an_orderly_message_does_not_expire() {
    for profile in ["4.9", "5.3"] {
        check_told(
            &[EventName::Delivered, EventName::SentBack],
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly", "processMs": 100000, "conf": {{ "consumeTimeout": 1, "suspendCurrentQueueTimeMillis": 30000 }} }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "throw", "times": 1 }},
                {{ "at": 0, "do": "send" }} ], "until": 200000"#
            ),
            expect![[r#"
                c1                  3  gets m1 of T, rc 0
                c1             130003  gets m1 of T, rc 1
            "#]],
        );
    }
}

/// Each member has every queue, in order, and no broker is asked for a lock.
#[test]
fn an_orderly_broadcasting_consumer_needs_no_lock() {
    for profile in ["4.9", "5.3"] {
        check_told(
            &[EventName::Delivered, EventName::LockGranted],
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "orderly", "model": "BROADCASTING" }},
                {{ "name": "c2", "group": "CG", "topic": "T", "listener": "orderly", "model": "BROADCASTING" }} ],
            "script": [ {{ "at": 40000, "do": "send", "count": 2 }} ], "until": 41000"#
            ),
            expect![[r#"
                c1              40003  gets m1 of T, rc 0
                c2              40003  gets m1 of T, rc 0
                c1              40005  gets m2 of T, rc 0
                c2              40005  gets m2 of T, rc 0
            "#]],
        );
    }
}

/// The lock was not renewed behind a cut link. It is healed when the listener returns: the lock is asked for at once, and the queue
/// goes on.
#[test]
fn an_orderly_thread_that_finds_its_lock_too_old_asks_for_it_at_once() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1                  3  gets m1 of T, rc 0
        c1              30003  consumed
        c1              30025  gets m2 of T, rc 0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1                  3  gets m1 of T, rc 0
        c1              30003  consumed
        c1              30025  gets m2 of T, rc 0
    "#]],
        ),
    ] {
        check_told(
            &[EventName::Delivered, EventName::Consumed],
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly", "processMs": 30000 }} ],
            "script": [ {{ "at": 0, "do": "send", "count": 3 }}, {{ "at": 5000, "do": "partition", "between": ["c1", "broker-a/0"] }},
                {{ "at": 29500, "do": "heal", "between": ["c1", "broker-a/0"] }} ], "until": 35000"#
            ),
            told,
        );
    }
}

/// With automatic commits COMMIT is a SUCCESS: its message is done, and the next one follows at once.
#[test]
fn commit_is_success_with_automatic_commits() {
    for profile in ["4.9", "5.3"] {
        check_told(
            OFFSETS,
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "listener": "orderly" }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "COMMIT" }},
                {{ "at": 0, "do": "send", "count": 2 }} ], "until": 4000"#
            ),
            expect![[r#"
                c1                  3  gets m1 of T, rc 0
                c1                  5  gets m2 of T, rc 0
                broker-a/0          6  knows T at 1
            "#]],
        );
    }
}

/// One message of a batch has used up its times and is a dead letter, the other one has not: both go back, and the dead letter is
/// consumed again with the other.
#[test]
fn a_batch_with_one_dead_letter_comes_again_as_a_whole() {
    check_told(
        DELIVERIES,
        r#""brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T", "listener": "orderly", "processMs": 100, "conf": { "maxReconsumeTimes": 1, "consumeMessageBatchMaxSize": 2 } } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT", "times": 2 },
                { "at": 0, "do": "send" }, { "at": 500, "do": "send" } ], "until": 4000"#,
        expect![[r#"
            c1                  3  gets m1 of T, rc 0
            c1               1103  gets m1 of T, rc 1
            c1               1103  gets m2 of T, rc 0
            broker-a/0       1204  dead letter m1, rc 2
            c1            2205.05  gets m1 of T, rc 1
            c1            2205.05  gets m2 of T, rc 1
        "#]],
    );
}

/// A queue goes to another member while its listener has a message and two more wait. The old owner waits for the listener, 1000 ms in
/// 4.9 and 500 ms in 5.3; 4.9 gives the lock back 20 s later, for messages are left, and 5.3 at once. If it waits in vain, the queue stays with its
/// owner, dropped, until the next rebalance.
#[test]
fn an_orderly_queue_is_given_away_when_its_listener_has_returned() {
    for (profile, takes, told) in [
        (
            "4.9",
            700,
            expect![[r#"
            c1                953  gets m1 of T, rc 0
            c1               1653  consumed
            c1               1653  rebalanced
            broker-a/0      41033  lock-granted
            c2              41036  rebalanced
            c2              41040  gets m1 of T, rc 0
            c2              41040  consumed
            c2              41040  gets m2 of T, rc 0
            c2              41040  consumed
            c2              41040  gets m3 of T, rc 0
            c2              41040  consumed
        "#]],
        ),
        (
            "4.9",
            3000,
            expect![[r#"
            c1                953  gets m1 of T, rc 0
            c1               3953  consumed
            c1              22018  rebalanced
            broker-a/0      61039  lock-granted
            c2              61042  rebalanced
            c2              61046  gets m1 of T, rc 0
            c2              61046  consumed
            c2              61046  gets m2 of T, rc 0
            c2              61046  consumed
            c2              61046  gets m3 of T, rc 0
            c2              61046  consumed
        "#]],
        ),
        (
            "5.3",
            400,
            expect![[r#"
            c1                953  gets m1 of T, rc 0
            broker-a/0       1013  lock-granted
            c1               1016  rebalanced
            c1               1353  consumed
            c1               1353  rebalanced
            broker-a/0       2005  lock-granted
            c2               2008  rebalanced
            c2               2512  gets m1 of T, rc 0
            c2               2512  consumed
            c2               2512  gets m2 of T, rc 0
            c2               2512  consumed
            c2               2512  gets m3 of T, rc 0
            c2               2512  consumed
        "#]],
        ),
        (
            "5.3",
            3000,
            expect![[r#"
            c1                953  gets m1 of T, rc 0
            broker-a/0       1013  lock-granted
            c1               1016  rebalanced
            c1               3953  consumed
            c1              21524  rebalanced
            broker-a/0      22125  lock-granted
            c2              22128  rebalanced
            c2              22632  gets m1 of T, rc 0
            c2              22632  consumed
            c2              22632  gets m2 of T, rc 0
            c2              22632  consumed
            c2              22632  gets m3 of T, rc 0
            c2              22632  consumed
        "#]],
        ),
    ] {
        check_told(
            &[
                EventName::Delivered,
                EventName::Consumed,
                EventName::LockGranted,
                EventName::Rebalanced,
            ],
            &format!(
                r#""profile": "{profile}", "topics": [ {{ "name": "T", "queues": 2 }} ], "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "orderly", "processMs": {takes} }},
                {{ "name": "c2", "group": "CG", "topic": "T", "listener": "orderly", "started": false }} ],
            "script": [ {{ "at": 1000, "do": "start-consumer", "consumer": "c2" }}, {{ "at": 950, "do": "send", "queue": 1 }},
                {{ "at": 950, "do": "send", "queue": 1 }}, {{ "at": 950, "do": "send", "queue": 1 }} ], "until": 80000"#
            ),
            told,
        );
    }
}

/// c1 was cut off and its locks have gone to c2. When it hears that at its next renewal, it pulls from what it still takes for its own no
/// more, and looks again every 3 s.
#[test]
fn a_queue_whose_lock_was_refused_is_not_pulled_from() {
    for (profile, heal, told) in [
        (
            "4.9",
            139_500,
            expect![[r#"
        broker-a/0      15000  c1 pulls T at 0: 0
        broker-a/0      15000  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     120004  lock-granted
        c2             120007  rebalanced
        broker-a/0     120010  c2 pulls %RETRY%CG at 0: 0
        broker-a/0     120012  lock-granted
        c2             120015  rebalanced
        broker-a/0     120018  c2 pulls T at 0: 0
        broker-a/0     139503  c1 pulls T at 0: 0
        broker-a/0     139503  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     140000  c2 pulls %RETRY%CG at 0: 0
        broker-a/0     140000  c2 pulls T at 0: 0
        broker-a/0     140002  c2 pulls %RETRY%CG at 0: 0
        broker-a/0     140002  c2 pulls T at 0: 0
        c2             148954  rebalanced
        c2             148958  rebalanced
        broker-a/0     155000  c1 pulls T at 0: 0
        broker-a/0     155000  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     158951  lock-granted
        broker-a/0     158951  lock-granted
        broker-a/0     159002  c1 pulls T at 0: 0
        broker-a/0     159002  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     160000  c2 pulls %RETRY%CG at 0: 0
        broker-a/0     160000  c2 pulls T at 0: 0
    "#]],
        ),
        (
            "5.3",
            138_000,
            expect![[r#"
        broker-a/0      15000  c1 pulls T at 0: 0
        broker-a/0     120004  lock-granted
        c2             120007  rebalanced
        broker-a/0     120012  lock-granted
        c2             120017  rebalanced
        broker-a/0     120510  c2 pulls %RETRY%CG at 0: 0
        broker-a/0     120522  c2 pulls T at 0: 0
        broker-a/0     138003  c1 pulls T at 0: 0
        c2             138006  rebalanced
        broker-a/0     138007  lock-granted
        c2             138010  rebalanced
        c1             138010  rebalanced
        broker-a/0     138513  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     140000  c2 pulls %RETRY%CG at 0: 0
        broker-a/0     140000  c2 pulls T at 0: 0
        broker-a/0     155000  c1 pulls T at 0: 0
        broker-a/0     155000  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     155002  c1 pulls %RETRY%CG at 0: 0
        broker-a/0     157701  lock-granted
        broker-a/0     158002  c1 pulls T at 0: 0
    "#]],
        ),
    ] {
        check_told(
            &[
                EventName::LockGranted,
                EventName::Pulled,
                EventName::Rebalanced,
            ],
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "orderly" }}, {{ "name": "c2", "group": "CG", "topic": "T", "listener": "orderly" }} ],
            "script": [ {{ "at": 100, "do": "partition", "between": ["c1", "broker-a/0"] }},
                {{ "at": {heal}, "do": "heal", "between": ["c1", "broker-a/0"] }} ], "until": 160000"#
            ),
            told,
        );
    }
}

/// c1's listener still works on a queue that is c2's now. 5.3 gives its lock back nevertheless if that was renewed over 20 s ago; 4.9 does
/// not.
#[test]
fn a_lock_that_was_not_renewed_for_twenty_seconds_is_given_back_under_its_listener_in_5_3() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1                953  gets m1 of T, rc 0
        c1              50953  consumed
        c1              65022  rebalanced
        broker-a/0      83039  lock-granted
        c2              83042  rebalanced
        c2              83046  gets m1 of T, rc 0
        c2              83046  consumed
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1                953  gets m1 of T, rc 0
        broker-a/0      17723  lock-granted
        c1              17726  rebalanced
        c1              44018  rebalanced
        broker-a/0      44125  lock-granted
        c2              44128  rebalanced
        c2              44632  gets m1 of T, rc 0
        c2              44632  consumed
        c1              50953  consumed
    "#]],
        ),
    ] {
        check_told(
            &[
                EventName::Delivered,
                EventName::LockGranted,
                EventName::Rebalanced,
                EventName::Consumed,
            ],
            &format!(
                r#""profile": "{profile}", "topics": [ {{ "name": "T", "queues": 2 }} ], "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "orderly", "processMs": 50000 }},
                {{ "name": "c2", "group": "CG", "topic": "T", "listener": "orderly", "started": false }} ],
            "script": [ {{ "at": 950, "do": "send", "queue": 1 }},
                {{ "at": 9000, "do": "partition", "between": ["c1", "broker-a/0"] }}, {{ "at": 15000, "do": "heal", "between": ["c1", "broker-a/0"] }},
                {{ "at": 23000, "do": "start-consumer", "consumer": "c2" }} ], "until": 90000"#
            ),
            told,
        );
    }
}

/// A group that begins at a time begins its retry queue at the end, if the first file of that is gone: m2's retry, due before anybody owned
/// the queue, is never delivered.
#[test]
fn from_timestamp_begins_a_retry_queue_at_its_end() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        c1            105.861  gets m1 of T, rc 0
        c1            105.861  sent-back
        c1            905.861  gets m2 of T, rc 0
        c1            905.861  sent-back
        broker-a/0    906.861  knows T at 1
        c1               1000  node-down
        c1              12000  node-up
        broker-a/0      22025  knows T at 2
        broker-a/0      30002  knows %RETRY%CG at 2
        c1              32036  gets m3 of T, rc 0
        c1              32036  sent-back
        c1              35102  gets m3 of T, rc 1
        c1              35102  sent-back
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        c1            105.861  gets m1 of T, rc 0
        c1            105.861  sent-back
        c1            905.861  gets m2 of T, rc 0
        c1            905.861  sent-back
        broker-a/0    906.861  knows T at 1
        c1               1000  node-down
        c1              12000  node-up
        broker-a/0      13515  knows T at 2
        c1              14522  gets m3 of T, rc 0
        c1              14522  sent-back
        c1              17602  gets m3 of T, rc 1
        c1              17602  sent-back
        broker-a/0      22001  knows T at 3
        broker-a/0      22001  knows %RETRY%CG at 3
    "#]],
        ),
    ] {
        check_told(
            &[
                EventName::SentBack,
                EventName::Delivered,
                EventName::OffsetCommitted,
                EventName::NodeDown,
                EventName::NodeUp,
            ],
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "mappedFileSizeCommitLog": 65536, "messageDelayLevel": "1s 5s 3s 30s" }} }} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "conf": {{ "consumeFromWhere": "CONSUME_FROM_TIMESTAMP" }} }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER" }},
                {{ "at": 100, "do": "send", "bodyBytes": 60000 }}, {{ "at": 900, "do": "send", "bodyBytes": 60000 }},
                {{ "at": 1000, "do": "crash", "node": "c1" }},
                {{ "at": 3600, "do": "send", "bodyBytes": 60000 }},
                {{ "at": 6000, "do": "expire-files", "node": "broker-a/0", "upTo": 2 }},
                {{ "at": 10000, "do": "restart", "node": "c1" }} ], "until": 36000"#
            ),
            told,
        );
    }
}

/// A dead owner's lock is taken over when it is older than its life, not when it is as old: at 40121 c2 asks for the retry queue's, which
/// was last renewed 41.17 s before.
#[test]
fn a_lock_as_old_as_its_life_still_stands() {
    let taken = |life: u32| {
        let run = lab::run(&format!(
            r#""profile": "4.9", "brokers": [ {{ "name": "broker-a", "conf": {{ "rocketmq.broker.rebalance.lockMaxLiveTime": {life} }} }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "orderly" }},
                {{ "name": "c2", "group": "CG", "topic": "T", "listener": "orderly" }} ],
            "script": [ {{ "at": 100, "do": "crash", "node": "c1" }} ], "until": 61000"#
        ));
        let granted = run.events().iter().filter(|event| {
            event.at > SimTime::ZERO && event.kind.name() == EventName::LockGranted
        });
        granted
            .map(|event| event.at.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(taken(41_169), ["40121", "40129"]);
    assert_eq!(taken(41_170), ["40125", "60133"]);
}

/// Who sends to a retry topic itself says nothing of how often: the broker's own number holds, and in 5.3 none while the group has a queue
/// locked.
#[test]
fn what_is_sent_to_a_retry_topic_may_be_a_dead_letter_at_once() {
    let stored = |profile: &str, conf: &str, listener: &str, topic: &str| {
        let run = lab::run(&format!(
            r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ {conf} }} }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "{listener}" }},
                {{ "name": "c2", "group": "other", "topic": "T" }} ],
            "script": [ {{ "at": 5000, "do": "crash", "node": "c1" }}, {{ "at": 50000, "do": "send", "topic": "{topic}" }} ], "until": 51000"#
        ));
        let stored = run.events().iter().find_map(|event| match &event.kind {
            EventKind::Appended { record, .. } => Some(run.names().topic(record.topic).to_owned()),
            _ => None,
        });
        stored.unwrap()
    };
    let life = |ms: u32| format!(r#""rocketmq.broker.rebalance.lockMaxLiveTime": {ms}"#);
    assert_eq!(stored("4.9", "", "concurrently", "%RETRY%CG"), "%RETRY%CG");
    assert_eq!(
        stored("4.9", r#""retryMaxTimes": 0"#, "concurrently", "%RETRY%CG"),
        "%DLQ%CG"
    );
    assert_eq!(stored("4.9", "", "orderly", "%RETRY%CG"), "%RETRY%CG");
    assert_eq!(stored("5.3", "", "orderly", "%RETRY%CG"), "%DLQ%CG");
    assert_eq!(
        stored("5.3", &life(52_296), "orderly", "%RETRY%CG"),
        "%DLQ%CG"
    );
    assert_eq!(
        stored("5.3", &life(52_295), "orderly", "%RETRY%CG"),
        "%RETRY%CG"
    );
    assert_eq!(stored("5.3", "", "orderly", "%RETRY%other"), "%RETRY%other");
}
