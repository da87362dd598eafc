//! Why a message came again where more than one thing could have brought it.

use expect_test::{Expect, expect};
use loss_lab_engine::event::Event;

use crate::lab;

/// Every delivery but the first: when, why, and by what.
fn check_again(fields: &str, expected: Expect) {
    let run = lab::run(fields);
    let event = |id: u32| -> &Event { &run.events()[usize::try_from(id).unwrap()] };
    let mut told = String::new();
    for entry in run.ledger().iter() {
        for again in &entry.again {
            let delivery = event(again.event.0);
            let by = again.by.map_or(String::from("nothing"), |by| {
                let by = event(by.0);
                let node = run.names().node(by.node);
                format!("{} of {node} at {}", by.kind.name().word(), by.at)
            });
            let node = run.names().node(delivery.node);
            told += &format!(
                "{} to {node} at {}: {}, by {by}\n",
                entry.message,
                delivery.at,
                again.rule.word()
            );
        }
    }
    expected.assert_eq(&told);
}

/// An operator's reset brings it once; the next time it is the consumer's crash.
#[test]
fn a_reset_explains_what_it_brought_and_nothing_later() {
    check_again(
        r#"
            "brokers": [ { "name": "broker-a" } ], "consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [ { "at": 0, "do": "send" },
                { "at": 8000, "do": "reset-offset", "consumer": "c1", "topic": "T", "broker": "broker-a", "queue": 0, "offset": 0 },
                { "after": { "event": "delivered", "nth": 2 }, "do": "crash", "node": "c1" },
                { "at": 30000, "do": "restart", "node": "c1" } ], "until": 40000
        "#,
        expect![[r#"
            m1 to c1 at 20509: offset-reset, by pulled of broker-a/0 at 20000
            m1 to c1 at 33512: crash-before-commit, by node-down of c1 at 20509
        "#]],
    );
}

/// Both are killed. What the broker had been told and not written comes again from its old file; what it had not been told, it could not
/// forget.
#[test]
fn what_a_broker_forgot_and_what_it_was_never_told_come_again_for_two_reasons() {
    check_again(
        r#"
            "brokers": [ { "name": "broker-a" } ], "consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 11000, "do": "send" }, { "at": 12000, "do": "send" },
                { "at": 12100, "do": "crash", "node": "broker-a/0" }, { "at": 12100, "do": "crash", "node": "c1" },
                { "at": 13000, "do": "restart", "node": "broker-a/0" }, { "at": 30000, "do": "restart", "node": "c1" } ], "until": 40000
        "#,
        expect![[r#"
            m2 to c1 at 33512: offset-file-stale, by node-down of broker-a/0 at 12100
            m3 to c1 at 33512: crash-before-commit, by node-down of c1 at 12100
        "#]],
    );
}

/// The broker once forgot the group's place and was told again. That explains nothing that happens afterwards.
#[test]
fn what_a_broker_once_forgot_is_not_blamed_for_a_later_crash_of_the_consumer() {
    check_again(
        r#"
            "brokers": [ { "name": "broker-a" } ], "consumers": [ { "name": "c1", "topic": "T", "processMs": 100 } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 11000, "do": "send" }, { "at": 12000, "do": "send" },
                { "at": 12100, "do": "crash", "node": "broker-a/0" }, { "at": 13000, "do": "restart", "node": "broker-a/0", "takesMs": 200 },
                { "at": 20000, "do": "send" }, { "at": 20500, "do": "crash", "node": "c1" }, { "at": 21000, "do": "restart", "node": "c1" } ], "until": 60000
        "#,
        expect![[r#"
            m4 to c1 at 44524: crash-before-commit, by node-down of c1 at 20500
        "#]],
    );
}

/// The owner lives, but could not renew its lock: another member has its queue, and what the owner is still working on.
#[test]
fn an_owner_that_is_cut_off_loses_its_queue_to_the_expiry_of_its_lock() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        m1 to c2 at 120019: lock-expired, by lock-granted of broker-a/0 at 120012
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        m1 to c2 at 120519: lock-expired, by lock-granted of broker-a/0 at 120012
    "#]],
        ),
    ] {
        check_again(
            &format!(
                r#""profile": "{profile}",
            "brokers": [ {{ "name": "broker-a" }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "orderly" }},
                {{ "name": "c2", "group": "CG", "topic": "T", "listener": "orderly" }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "times": 1, "result": "hang" }}, {{ "at": 10, "do": "send" }},
                {{ "at": 100, "do": "partition", "between": ["c1", "broker-a/0"] }},
                {{ "at": 110, "do": "partition", "between": ["c1", "namesrv/0"] }} ], "until": 125000"#
            ),
            told,
        );
    }
}

/// The broker knew no place of the group yet. Its queues left the routes while it was down, and were taken again from the beginning.
#[test]
fn a_broker_that_was_away_for_long_gives_again_what_it_was_not_told_of() {
    for (profile, told) in [
        (
            "4.9",
            expect![[r#"
        m1 to c1 at 88968: offset-file-stale, by node-down of broker-b/0 at 1000
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        m1 to c1 at 87306: offset-file-stale, by node-down of broker-b/0 at 1000
    "#]],
        ),
    ] {
        check_again(
            &format!(
                r#""profile": "{profile}",
            "brokers": [ {{ "name": "broker-a" }}, {{ "name": "broker-b" }} ], "consumers": [ {{ "name": "c1", "topic": "T" }} ],
            "script": [ {{ "at": 0, "do": "send", "broker": "broker-b", "queue": 0 }}, {{ "at": 1000, "do": "crash", "node": "broker-b/0" }},
                {{ "at": 70000, "do": "restart", "node": "broker-b/0" }} ], "until": 140000"#
            ),
            told,
        );
    }
}

/// Without automatic commits a ROLLBACK puts back what its listener had taken before, too.
#[test]
fn a_rollback_brings_its_message_again_and_those_that_were_not_committed() {
    check_again(
        r#"
            "brokers": [ { "name": "broker-a" } ], "consumers": [ { "name": "c1", "topic": "T", "listener": "orderly", "autoCommit": false } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "message": "m2", "result": "ROLLBACK", "times": 1 },
                { "at": 0, "do": "send", "count": 2 } ], "until": 4000
        "#,
        expect![[r#"
            m1 to c1 at 1005: rolled-back-with-others, by consumed of c1 at 3
            m2 to c1 at 1005: rolled-back, by consumed of c1 at 5
        "#]],
    );
}

/// The queue goes to a member that dies before its first pull, and back to the one whose listener still has the message.
#[test]
fn a_queue_that_comes_back_brings_what_its_owner_still_has() {
    check_again(
        r#"
            "topics": [ { "name": "T", "queues": 2 } ], "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "processMs": 9000 }, { "name": "c2", "group": "CG", "topic": "T", "started": false } ],
            "script": [ { "at": 900, "do": "send", "queue": 1 }, { "at": 1000, "do": "start-consumer", "consumer": "c2" },
                { "at": 2100, "do": "crash", "node": "c2" } ], "until": 20000
        "#,
        expect![[r#"
            m1 to c1 at 2610: rebalance, by rebalanced of c1 at 2108
        "#]],
    );
}

/// The brokers of 4.9 do not agree yet on who is in the group: two members have its retry queue at once, and neither has just got it.
#[test]
fn two_members_that_have_a_queue_at_once_both_get_what_is_in_it() {
    check_again(
        r#"
            "profile": "4.9", "seed": 1, "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "consumers": [ { "name": "c1", "group": "DG", "topic": "T" }, { "name": "c2", "group": "DG", "topic": "T", "started": false },
                { "name": "c3", "group": "DG", "topic": "T" } ],
            "script": [ { "at": 3210, "do": "send", "count": 2, "everyMs": 24 },
                { "at": 0, "do": "consume-result", "consumer": "c3", "result": "RECONSUME_LATER", "delayLevelWhenNextConsume": 1, "times": 3 } ], "until": 20000
        "#,
        expect![[r#"
            m2 to c3 at 4255.182: sent-back, by consumed of c3 at 3237
            m2 to c1 at 4255.182: rebalance, by nothing
            m2 to c3 at 5355.182: sent-back, by consumed of c3 at 4255.182
            m2 to c1 at 5355.182: rebalance, by nothing
            m2 to c3 at 6455.182: sent-back, by consumed of c3 at 5355.182
            m2 to c1 at 6455.182: rebalance, by nothing
        "#]],
    );
}

/// A broadcasting member is a group of its own: that another one has had a message is no reason for anything.
#[test]
fn a_broadcasting_member_repeats_only_itself() {
    check_again(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "model": "BROADCASTING" },
                { "name": "c2", "group": "CG", "topic": "T", "model": "BROADCASTING" } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 9000, "do": "send" }, { "at": 9100, "do": "crash", "node": "c2" },
                { "at": 10000, "do": "restart", "node": "c2" } ], "until": 20000
        "#,
        expect![[r#"
            m2 to c2 at 13502: crash-before-commit, by node-down of c2 at 9100
        "#]],
    );
}

/// The deposed master delivers it unheard; its heir's delayOffset.json knows nothing of that.
#[test]
fn two_masters_deliver_a_delayed_message_each() {
    lab::check(
        r#""brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true }, "slaves": [ { "conf": { "enableControllerMode": true } } ] } ],
            "consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [
                { "at": 1000, "do": "send", "delayLevel": 3 },
                { "at": 2000, "do": "partition", "between": ["broker-a/0", "broker-a/1"] },
                { "at": 2000, "do": "partition", "between": ["broker-a/0", "namesrv/0"] },
                { "at": 3000, "do": "send" },
                { "at": 12000, "do": "crash", "node": "c1" },
                { "at": 40000, "do": "restart", "node": "c1" }
            ], "until": 50000"#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
                 1000  send m1 ───────▶ │                │                │                │
                 1001  │                stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)     │
              1002.05  m1 SEND_OK ◀──── │                │                │                │
                 1010  │                copy m1 ───────▶ │                │                │
                 2000  │                ✗ link to broker-a/1 cut          │                │
                 2000  │                ✗ link to namesrv/0 cut           │                │
                 3000  send m2 ───────▶ │                │                │                │
                 3001  │                stores m2 T/0:0 (page cache)      │                │
                 3002  │                T/0:0 to 1 ─────────────────────▶ │                │
              3002.05  m2 SEND_OK ◀──── │                │                │                │
                 3003  │                │                │                gets m2          │
                 3003  │                │                │                ✓ m2             │
                 6701  │                CG T/0 offset 1  │                │                │
                10005  │                fsync m1, m2     │                │                │
                10505  │                │                fsync m1         │                │
                11006  │                stores m1 T/0:1 (page cache)      │                │
                11007  │                T/0:1 to 2 ─────────────────────▶ │                │
                11008  │                │                │                gets m1          │
                11008  │                │                │                ✓ m1             │
                11701  │                CG T/0 offset 2  │                │                │
                12000  │                │                │                ✗ crash          │
                12000  │                │                │                                 elects broker-a/1
                12001  │                │                SYNC_MASTER, epoch 2              │
                13001  │                │                stores m1 T/0:0 (page cache)      │
                20005  │                fsync m1         │                                 │
                20505  │                │                fsync m1                          │
                21509  │                closes connection to broker-a/1                    │
                26712  new route of T   │                │                                 │
                42000  │                │                │                ▲ up             │
                42004  │                │                │                new route of %RETRY%CG
                42006  │                │                │                new route of T   │
                43004  │                │                │                owns 1 of %RETRY%CG
                43010  │                │                │                owns 1 of T      │
                43511  │                │                T/0:0 to 1 ────▶ │                │
                43512  │                │                │                gets m1          │
                43512  │                │                │                ✓ m1             │

            message  promise  fate      delivered  consumed  verdict     copies, and what took or threatens them
            m1       acked    consumed  2          2         duplicated  broker-a/0 (disk, never served), broker-a/0 (disk), broker-a/1 (disk, never served), broker-a/1 (disk)
            m2       acked    consumed  1          1         ok          broker-a/0 (disk)

            again  at     to  after        why                 by
            m1     43512  c1  11008 to c1  delay-offset-stale  elected of namesrv/0 at 12000
        "#]],
    );
}
