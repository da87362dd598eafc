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
