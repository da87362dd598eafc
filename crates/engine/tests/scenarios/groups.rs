//! Several groups on one topic: what one of them has consumed, another one can still lose.

use expect_test::expect;
use loss_lab_engine::ledger::{Fate, Loss};

use crate::lab::{self, check};

#[test]
fn what_one_group_has_consumed_another_that_begins_later_has_lost() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536 } } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" }, { "name": "d1", "group": "DG", "topic": "T", "started": false } ],
            "script": [ { "at": 0, "do": "send", "count": 3, "everyMs": 50, "bodyBytes": 60000 },
                { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 },
                { "at": 2000, "do": "start-consumer", "consumer": "d1" },
                { "at": 5000, "do": "send" } ], "until": 13000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c1                    d1
                2.861  send m1 ────────────▶ │                     │
                3.861  │                     stores m1 T/0:0 (page cache)
                4.861  │                     T/0:0 to 1 ─────────▶ │
                4.911  m1 SEND_OK ◀───────── │                     │
                5.861  │                     │                     gets m1
                5.861  │                     │                     ✓ m1
               52.861  send m2 ────────────▶ │                     │
               53.861  │                     stores m2 T/0:1 (page cache)
               54.861  │                     T/0:1 to 2 ─────────▶ │
               54.911  m2 SEND_OK ◀───────── │                     │
               55.861  │                     │                     gets m2
               55.861  │                     │                     ✓ m2
               56.861  │                     CG T/0 offset 1       │
              102.861  send m3 ────────────▶ │                     │
              103.861  │                     stores m3 T/0:2 (page cache)
              104.861  │                     T/0:2 to 3 ─────────▶ │
              104.911  m3 SEND_OK ◀───────── │                     │
              105.861  │                     │                     gets m3
              105.861  │                     │                     ✓ m3
              106.861  │                     CG T/0 offset 2       │
                  505  │                     fsync m1–m3           │
                 1000  │                     ✗ old files deleted: 1 gone
                 1000  │                     ✗ lost: m1 for DG     │
                 2000  │                     │                     │                     ▲ up
                 2006  │                     │                     │                     new route of T
                 3002  │                     │                     │                     new route of %RETRY%DG
                 3010  │                     │                     │                     owns 1 of T
                 5000  send m4 ────────────▶ │                     │                     │
                 5001  │                     stores m4 T/0:3 (page cache)                │
                 5002  │                     T/0:3 to 4 ─────────▶ │                     │
                 5002  │                     T/0:3 to 4 ───────────────────────────────▶ │
              5002.05  m4 SEND_OK ◀───────── │                     │                     │
                 5003  │                     │                     gets m4               │
                 5003  │                     │                     │                     gets m4
                 5003  │                     │                     ✓ m4                  │
                 5003  │                     │                     │                     ✓ m4
                 5004  │                     CG T/0 offset 3       │                     │
                 6701  │                     CG T/0 offset 4       │                     │
                10005  │                     fsync m4              │                     │
                12001  │                     DG T/0 offset 4       │                     │
                12001  │                     ✗ lost: m3, m2 for DG │                     │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost      1          1         lost     CG consumed; DG ✗ store: expired, by deleted of broker-a/0 at 1000
            m2, m3   acked    lost      1          1         lost     broker-a/0 (disk); CG consumed; DG ✗ consume: started-behind, by offset-committed of broker-a/0 at 12001
            m4       acked    consumed  2          2         ok       broker-a/0 (disk); CG consumed; DG consumed
        "#]],
    );
}

#[test]
fn a_crash_after_one_group_has_consumed_loses_it_for_the_other_alone() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" }, { "name": "d1", "group": "DG", "topic": "T", "started": false } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 20, "do": "power-loss", "node": "broker-a/0" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c1                    d1
                    0  send m1 ────────────▶ │                     │
                    1  │                     stores m1 T/0:0 (page cache)
                    2  │                     T/0:0 to 1 ─────────▶ │
                 2.05  m1 SEND_OK ◀───────── │                     │
                    3  │                     │                     gets m1
                    3  │                     │                     ✓ m1
                   20  │                     ✗ power loss          │
                   20  │                     ✗ lost: m1 for DG     │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          1         lost     CG consumed; DG ✗ store: async-flush, by node-down of broker-a/0 at 20
        "#]],
    );
}

#[test]
fn a_dead_letter_of_one_group_is_no_loss_of_the_other() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" }, { "name": "d1", "group": "DG", "topic": "T" } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER", "delayLevelWhenNextConsume": -1 },
                { "at": 0, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c1                    d1
                    0  send m1 ────────────▶ │                     │                     │
                    1  │                     stores m1 T/0:0 (page cache)                │
                    2  │                     T/0:0 to 1 ─────────▶ │                     │
                    2  │                     T/0:0 to 1 ───────────────────────────────▶ │
                 2.05  m1 SEND_OK ◀───────── │                     │                     │
                    3  │                     │                     gets m1               │
                    3  │                     │                     │                     gets m1
                    3  │                     │                     ✗ m1 RECONSUME_LATER  │
                    3  │                     │                     sends back m1         │
                    3  │                     │                     │                     ✓ m1
                    4  │                     stores m1 %DLQ%CG/0:0 (page cache)          │
                    4  │                     dead letter m1 of CG  │                     │

            message  promise  fate         delivered  consumed  verdict      copies, and what took or threatens them
            m1       acked    dead-letter  2          1         dead-letter  broker-a/0 (page cache), broker-a/0 (page cache); CG dead-letter; DG consumed
        "#]],
    );
}

#[test]
fn a_group_whose_tags_leave_a_message_out_never_loses_it() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" }, { "name": "d1", "group": "DG", "topic": "T", "tags": "paid" } ],
            "script": [ { "at": 0, "do": "send", "tag": "open" } ], "until": 10000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c1                    d1
                    0  send m1 ────────────▶ │                     │                     │
                    1  │                     stores m1 T/0:0 (page cache)                │
                    2  │                     T/0:0 to 1 ─────────▶ │                     │
                 2.05  m1 SEND_OK ◀───────── │                     │                     │
                    3  │                     │                     gets m1               │
                    3  │                     │                     ✓ m1                  │
                 5000  │                     NO_MATCHED_MESSAGE T/0:0, go to 1 ────────▶ │
                 5002  │                     DG T/0 offset 1       │                     │
                 6701  │                     CG T/0 offset 1       │                     │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    consumed  1          1         ok       broker-a/0 (page cache)
        "#]],
    );
}

/// The slave has it in its page cache when the master loses its power; a moment later it loses its own. In between 4.x reads it from
/// there, and 5.3 does not: one loss, told once.
#[test]
fn when_both_replicas_lose_power_the_last_one_that_was_read_took_the_message() {
    for (profile, picture) in [
        (
            "5.3",
            expect![[r#"
                       ms  p1                           broker-a/0                   broker-a/1
                        0  send m1 ───────────────────▶ │                            │
                        1  │                            stores m1 T/0:0 (page cache) │
                     2.05  m1 SEND_OK ◀──────────────── │                            │
                        4  │                            copy m1 ───────────────────▶ │
                      200  │                            ✗ power loss                 │
                      200  │                            ✗ lost: m1                   │
                      200  │                                                         ✗ power loss

                message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
                m1       acked    lost  0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 200
            "#]],
        ),
        (
            "4.9",
            expect![[r#"
               ms  p1                           broker-a/0                   broker-a/1
                0  send m1 ───────────────────▶ │                            │
                1  │                            stores m1 T/0:0 (page cache) │
             2.05  m1 SEND_OK ◀──────────────── │                            │
                4  │                            copy m1 ───────────────────▶ │
              200  │                            ✗ power loss                 │
              200  │                                                         ✗ power loss
              200  │                                                         ✗ lost: m1

        message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    lost  0          0         lost     ✗ store: async-flush, by node-down of broker-a/1 at 200
    "#]],
        ),
    ] {
        let fields = r#"
            "brokers": [ { "name": "broker-a", "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 200, "do": "power-loss", "node": "broker-a/0" },
                { "at": 200, "do": "power-loss", "node": "broker-a/1" } ], "until": 1000
        "#;
        check(&format!(r#""profile": "{profile}", {fields}"#), picture);
    }
}

#[test]
fn what_a_member_could_not_finish_while_another_filtered_it_out_is_lost_to_the_other_subscription()
{
    check(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c2", "group": "CG", "topic": "T", "tags": "*", "processMs": 30000 },
                { "name": "c1", "group": "CG", "topic": "T", "tags": "a", "started": false } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c2", "result": "RECONSUME_LATER" },
                { "at": 1000, "do": "send", "tag": "b" },
                { "at": 2000, "do": "start-consumer", "consumer": "c1" } ], "until": 40000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c2                    c1
                 1000  send m1 ────────────▶ │                     │
                 1001  │                     stores m1 T/0:0 (page cache)
                 1002  │                     T/0:0 to 1 ─────────▶ │
              1002.05  m1 SEND_OK ◀───────── │                     │
                 1003  │                     │                     gets m1
                 2000  │                     │                     │                     ▲ up
                 2004  │                     │                     │                     new route of %RETRY%CG
                 2006  │                     │                     │                     new route of T
                 2014  │                     │                     owns 0 of T           │
                 3004  │                     │                     │                     owns 1 of %RETRY%CG
                 3010  │                     │                     │                     owns 1 of T
                 3511  │                     NO_MATCHED_MESSAGE T/0:0, go to 1 ────────▶ │
                 3513  │                     CG T/0 offset 1       │                     │
                10005  │                     fsync m1              │                     │
                22001  │                     CG %RETRY%CG/0 offset 0                     │
                31003  │                     │                     ✗ m1 RECONSUME_LATER (thrown away)
                31003  │                     │                     ✗ lost: m1            │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (disk, never served); ✗ consume: other-subscription, by consumed of c2 at 31003
        "#]],
    );
}

#[test]
fn what_a_broadcasting_member_is_about_to_begin_behind_is_lost_with_its_disk() {
    check(
        r#"
            "topics": [ { "name": "T", "queues": 2 } ],
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "group": "DG", "topic": "T", "model": "BROADCASTING", "started": false } ],
            "script": [ { "at": 0, "do": "send" },
                { "at": 1000, "do": "start-consumer", "consumer": "c1" },
                { "at": 2003, "do": "destroy-disk", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │
                    1  │                            stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀──────────────── │
                 1000  │                            │                            ▲ up
                 1004  │                            │                            new route of T
                 2003  │                            ✗ store deleted              │
                 2003  │                            ✗ disk destroyed             │
                 2003  │                            ✗ lost: m1                   │
                 2004  │                                                         owns 1 of T

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: disk-destroyed, by disk-changed of broker-a/0 at 2003
        "#]],
    );
}

#[test]
fn a_broker_that_was_killed_before_is_not_blamed_for_what_the_group_passed_by() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c2", "group": "CG", "topic": "T", "tags": "*", "processMs": 60000 },
                { "name": "c1", "group": "CG", "topic": "T", "tags": "a", "started": false } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c2", "result": "RECONSUME_LATER" },
                { "at": 1000, "do": "send", "tag": "b" },
                { "at": 2000, "do": "crash", "node": "broker-a/0" },
                { "at": 3000, "do": "restart", "node": "broker-a/0" },
                { "at": 20000, "do": "start-consumer", "consumer": "c1" } ], "until": 70000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c2                    c1
                 1000  send m1 ────────────▶ │                     │
                 1001  │                     stores m1 T/0:0 (page cache)
                 1002  │                     T/0:0 to 1 ─────────▶ │
              1002.05  m1 SEND_OK ◀───────── │                     │
                 1003  │                     │                     gets m1
                 2000  │                     ✗ crash               │
                 5000  │                     ▲ up                  │
                 5013  │                     │                     owns 1 of %RETRY%CG
                20000  │                     │                     │                     ▲ up
                20004  │                     │                     │                     new route of %RETRY%CG
                20006  │                     │                     │                     new route of T
                20012  │                     │                     owns 0 of %RETRY%CG   │
                20016  │                     │                     owns 0 of T           │
                21004  │                     │                     │                     owns 1 of %RETRY%CG
                21010  │                     │                     │                     owns 1 of T
                21511  │                     NO_MATCHED_MESSAGE T/0:0, go to 1 ────────▶ │
                21513  │                     CG T/0 offset 1       │                     │
                45001  │                     CG %RETRY%CG/0 offset 0                     │
                61003  │                     │                     ✗ m1 RECONSUME_LATER (thrown away)
                61003  │                     │                     ✗ lost: m1            │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (page cache, never served); ✗ consume: other-subscription, by consumed of c2 at 61003
        "#]],
    );
}

/// The half message that a check has answered stays open until the round of checks is over; nobody waits for it once its message is on
/// its way, so what passes that by is what took it. Only a pull that comes within the round shows it: another seed has none.
#[test]
fn what_a_check_has_committed_and_another_subscription_filters_out_is_lost_there_and_then() {
    let broker = |name: &str, more: &str| {
        format!(
            r#"{{ "name": "{name}", "conf": {{ "messageDelayLevel": "1s 2s 3s 4s 5s 6s 7s 8s 9s 10s" {more} }}"#
        )
    };
    let brokers = [
        broker("broker-a", "") + r#", "slaves": [ {} ] }"#,
        broker(
            "broker-b",
            r#", "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2"#,
        ) + " }",
    ];
    let run = lab::run(&format!(
        r#"
            "seed": 33, "network": {{ "latencyMs": 1, "jitterMs": 0 }}, "brokers": [ {} ],
            "producers": [ {{ "name": "p1", "conf": {{ "sendMsgTimeout": 500, "retryTimesWhenSendFailed": 0, "sendLatencyFaultEnable": false }} }} ],
            "consumers": [ {{ "name": "c1" }}, {{ "name": "c2", "tags": "a" }}, {{ "name": "c3", "group": "DG" }} ],
            "script": [ {{ "at": 10770, "do": "send", "count": 3, "everyMs": 7, "tag": "a", "bodyBytes": 16 }},
                        {{ "at": 10791, "do": "send", "transaction": {{ "local": "COMMIT_MESSAGE", "check": [ "COMMIT_MESSAGE" ] }} }} ], "until": 80000
        "#,
        brokers.join(", ")
    ));
    let ledger = run.ledger();
    let [of_cg, of_dg] = ledger.last().unwrap().groups.as_slice() else {
        panic!("two groups subscribe it");
    };
    assert_eq!((of_cg.fate, of_dg.fate), (Fate::Lost, Fate::Consumed));
    let by = of_cg.lost_by.unwrap();
    assert_eq!(by.rule, Loss::OtherSubscription);
    assert_eq!(run.events()[by.event.index()].at.to_string(), "45952.263");
}

/// The copy in its delay level goes with the page cache, and the offset that the client brings passes the first.
#[test]
fn what_was_sent_back_into_a_page_cache_is_lost_with_it() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "name": "broker-a", "slaves": [ {} ] } ],
            "consumers": [ { "name": "c1", "started": false } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 0, "do": "process-time", "consumer": "c1", "ms": 2891 },
                        { "at": 0, "do": "consume-result", "consumer": "c1", "result": "null", "times": 3 },
                        { "at": 8562, "do": "start-consumer", "consumer": "c1" },
                        { "at": 13863, "do": "power-loss", "node": "broker-a/0" }, { "at": 13863, "do": "restart", "node": "broker-a/0", "takesMs": 0 } ], "until": 30000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            c1
                    0  send m1 ────────────▶ │                     │
                    1  │                     stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────── │                     │
                    4  │                     copy m1 ────────────▶ │
                 8562  │                     │                     │                     ▲ up
                 8568  │                     │                     │                     new route of T
                 8574  │                     │                     │                     new route of %RETRY%CG
                 8580  │                     │                     │                     owns 1 of T
                 8581  │                     T/0:0 to 1 ───────────────────────────────▶ │
                 8582  │                     │                     │                     gets m1
                 8588  │                     │                     │                     owns 1 of %RETRY%CG
                10005  │                     fsync m1              │                     │
                10005  │                     │                     fsync m1              │
                11473  │                     │                     │                     ✗ m1 null
                11473  │                     │                     │                     sends back m1
                11474  │                     stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
                11504  │                     copy m1 ────────────▶ │                     │
                13863  │                     ✗ power loss          │                     │
                13863  │                     ▲ up                  │                     │
                13863  │                     ✗ log cut: 1 gone     │                     │
                18563  │                     CG T/0 offset 1       │                     │
                18563  │                     ✗ lost: m1            │                     │
                18563  │                     CG %RETRY%CG/0 offset 0                     │
                20004  │                     │                     CG T/0 offset 1       │
                20004  │                     │                     CG %RETRY%CG/0 offset 0
                20005  │                     │                     fsync m1              │
                23867  │                     closes connection to broker-a/1             │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (disk, never served), broker-a/1 (disk, never served), broker-a/1 (disk, never served); ✗ consume: async-flush, by offset-committed of broker-a/0 at 18563
        "#]],
    );
}

/// `PullMessageService` is one thread, and it asks after each lock how far the group is: queue after queue, in the order of the set that
/// they are in. broker-b's comes first, so that broker-a has heard of the new subscription when its pull arrives [r2080].
#[test]
fn an_orderly_member_that_comes_back_is_served_by_both_brokers_at_once_in_4_9() {
    check(
        r#"
            "profile": "4.9",
            "topics": [ { "name": "Orders", "queues": 1 } ],
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly" } ],
            "script": [ { "at": 100, "do": "stop-consumer", "consumer": "c1" },
                { "at": 200, "do": "send", "topic": "Orders", "count": 2, "everyMs": 300 },
                { "at": 1000, "do": "start-consumer", "consumer": "c1" } ], "until": 1900
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-b/0            c1
                  100  │                     │                     │                     ■ stopped
                  101  │                     CG Orders/0 offset 0  │
                  101  │                     │                     CG Orders/0 offset 0
                  101  │                     │                     CG %RETRY%CG/0 offset 0
                  200  send m1 ────────────▶ │                     │
                  201  │                     stores m1 Orders/0:0 (page cache)
               202.05  m1 SEND_OK ◀───────── │                     │
                  500  send m2 ──────────────────────────────────▶ │
                  501  │                     │                     stores m2 Orders/0:0 (page cache)
               502.05  m2 SEND_OK ◀─────────────────────────────── │
                 1000  │                     │                     │                     ▲ up
                 1004  │                     │                     │                     new route of %RETRY%CG
                 1006  │                     │                     │                     new route of Orders
                 1017  │                     │                     locks Orders/0 for c1 │
                 1021  │                     locks Orders/0 for c1 │                     │
                 1024  │                     │                     │                     owns 2 of Orders
                 1027  │                     │                     Orders/0:0 to 1 ────▶ │
                 1028  │                     │                     │                     gets m2
                 1028  │                     │                     │                     ✓ m2
                 1029  │                     Orders/0:0 to 1 ──────────────────────────▶ │
                 1030  │                     │                     │                     gets m1
                 1030  │                     │                     │                     ✓ m1
                 1031  │                     locks %RETRY%CG/0 for c1                    │
                 1035  │                     │                     locks %RETRY%CG/0 for c1
                 1038  │                     │                     │                     owns 2 of %RETRY%CG

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    consumed  1          1         ok       broker-a/0 (page cache)
            m2       acked    consumed  1          1         ok       broker-b/0 (page cache)
        "#]],
    );
}

/// q67: the thread that pulls asks for broker-b, twice (its queue and the retry topic's), and m2 to m6 wait for it.
#[test]
fn while_a_consumer_asks_a_frozen_name_server_for_a_lost_broker_it_pulls_from_no_other() {
    check(
        r#"
            "topics": [ { "name": "Orders", "queues": 1 } ],
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "Orders" } ],
            "script": [ { "at": 24000, "do": "crash", "node": "broker-b/0" },
                { "at": 30000, "do": "pause", "node": "namesrv/0" },
                { "at": 31000, "do": "send", "topic": "Orders", "broker": "broker-a", "queue": 0, "count": 6, "everyMs": 800 } ], "until": 37000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-b/0       c1               namesrv/0
                16701  │                CG Orders/0 offset 0              │                │
                16701  │                │                CG Orders/0 offset 0              │
                17724  │                │                │                owns 2 of %RETRY%CG
                24000  │                │                ✗ crash          │                │
                26712  │                │                                 new route of %RETRY%CG
                26712  new route of Orders                                │                │
                26714  │                │                                 new route of Orders
                30000  │                │                                 │                ‖ paused
                31000  send m1 ───────▶ │                                 │                ┊
                31001  │                stores m1 Orders/0:0 (page cache) │                ┊
                31002  │                Orders/0:0 to 1 ────────────────▶ │                ┊
             31002.05  m1 SEND_OK ◀──── │                                 │                ┊
                31003  │                │                                 gets m1          ┊
                31003  │                │                                 ✓ m1             ┊
                31701  │                CG Orders/0 offset 1              │                ┊
                31800  send m2 ───────▶ │                                 │                ┊
                31801  │                stores m2 Orders/0:1 (page cache) │                ┊
             31802.05  m2 SEND_OK ◀──── │                                 │                ┊
                32600  send m3 ───────▶ │                                 │                ┊
                32601  │                stores m3 Orders/0:2 (page cache) │                ┊
             32602.05  m3 SEND_OK ◀──── │                                 │                ┊
                33400  send m4 ───────▶ │                                 │                ┊
                33401  │                stores m4 Orders/0:3 (page cache) │                ┊
             33402.05  m4 SEND_OK ◀──── │                                 │                ┊
                34200  send m5 ───────▶ │                                 │                ┊
                34201  │                stores m5 Orders/0:4 (page cache) │                ┊
             34202.05  m5 SEND_OK ◀──── │                                 │                ┊
                35000  send m6 ───────▶ │                                 │                ┊
                35001  │                stores m6 Orders/0:5 (page cache) │                ┊
             35002.05  m6 SEND_OK ◀──── │                                 │                ┊
                36012  │                Orders/0:1 to 6 ────────────────▶ │                ┊
                36013  │                │                                 gets m2–m6       ┊
                36013  │                │                                 ✓ m2–m6          ┊
                36701  │                CG Orders/0 offset 6              │                ┊
                36701  │                CG %RETRY%CG/0 offset 0           │                ┊

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1–m6    acked    consumed  1          1         ok       broker-a/0 (page cache)
        "#]],
    );
}

/// 4.9 keeps the dead broker's address, and is refused there at once.
#[test]
fn in_4_9_a_frozen_name_server_holds_up_no_pull() {
    check(
        r#"
            "profile": "4.9",
            "topics": [ { "name": "Orders", "queues": 1 } ],
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "Orders" } ],
            "script": [ { "at": 24000, "do": "crash", "node": "broker-b/0" },
                { "at": 30000, "do": "pause", "node": "namesrv/0" },
                { "at": 31000, "do": "send", "topic": "Orders", "broker": "broker-a", "queue": 0, "count": 6, "everyMs": 800 } ], "until": 37000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-b/0       c1               namesrv/0
                 7951  │                CG Orders/0 offset 0              │                │
                 7951  │                │                CG Orders/0 offset 0              │
                 7951  │                │                CG %RETRY%CG/0 offset 0           │
                24000  │                │                ✗ crash          │                │
                27962  │                │                                 new route of %RETRY%CG
                27962  new route of Orders                                │                │
                27964  │                │                                 new route of Orders
                30000  │                │                                 │                ‖ paused
                31000  send m1 ───────▶ │                                 │                ┊
                31001  │                stores m1 Orders/0:0 (page cache) │                ┊
                31002  │                Orders/0:0 to 1 ────────────────▶ │                ┊
             31002.05  m1 SEND_OK ◀──── │                                 │                ┊
                31003  │                │                                 gets m1          ┊
                31003  │                │                                 ✓ m1             ┊
                31800  send m2 ───────▶ │                                 │                ┊
                31801  │                stores m2 Orders/0:1 (page cache) │                ┊
                31802  │                Orders/0:1 to 2 ────────────────▶ │                ┊
             31802.05  m2 SEND_OK ◀──── │                                 │                ┊
                31803  │                │                                 gets m2          ┊
                31803  │                │                                 ✓ m2             ┊
                31804  │                CG Orders/0 offset 1              │                ┊
                32600  send m3 ───────▶ │                                 │                ┊
                32601  │                stores m3 Orders/0:2 (page cache) │                ┊
                32602  │                Orders/0:2 to 3 ────────────────▶ │                ┊
             32602.05  m3 SEND_OK ◀──── │                                 │                ┊
                32603  │                │                                 gets m3          ┊
                32603  │                │                                 ✓ m3             ┊
                32604  │                CG Orders/0 offset 2              │                ┊
                32951  │                CG Orders/0 offset 3              │                ┊
                33400  send m4 ───────▶ │                                 │                ┊
                33401  │                stores m4 Orders/0:3 (page cache) │                ┊
                33402  │                Orders/0:3 to 4 ────────────────▶ │                ┊
             33402.05  m4 SEND_OK ◀──── │                                 │                ┊
                33403  │                │                                 gets m4          ┊
                33403  │                │                                 ✓ m4             ┊
                34200  send m5 ───────▶ │                                 │                ┊
                34201  │                stores m5 Orders/0:4 (page cache) │                ┊
                34202  │                Orders/0:4 to 5 ────────────────▶ │                ┊
             34202.05  m5 SEND_OK ◀──── │                                 │                ┊
                34203  │                │                                 gets m5          ┊
                34203  │                │                                 ✓ m5             ┊
                34204  │                CG Orders/0 offset 4              │                ┊
                35000  send m6 ───────▶ │                                 │                ┊
                35001  │                stores m6 Orders/0:5 (page cache) │                ┊
                35002  │                Orders/0:5 to 6 ────────────────▶ │                ┊
             35002.05  m6 SEND_OK ◀──── │                                 │                ┊
                35003  │                │                                 gets m6          ┊
                35003  │                │                                 ✓ m6             ┊
                35004  │                CG Orders/0 offset 5              │                ┊

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1–m6    acked    consumed  1          1         ok       broker-a/0 (page cache)
        "#]],
    );
}

/// One group fails and nothing is stored for it, or acknowledges a ROLLBACK; an operator moves the other one past the message before
/// it begins.
#[test]
fn two_groups_lose_a_message_for_two_reasons() {
    for (listener, result, picture) in [
        (
            "concurrently",
            "throw",
            expect![[r#"
                   ms  p1                    broker-a/0            c1                    d1
                    0  send m1 ────────────▶ │                     │
                    1  │                     stores m1 T/0:0 (page cache)
                    2  │                     T/0:0 to 1 ─────────▶ │
                 2.05  m1 SEND_OK ◀───────── │                     │
                    3  │                     │                     gets m1
                    3  │                     │                     ✗ m1 throw
                    3  │                     │                     sends back m1
                 6701  │                     CG T/0 offset 1       │
                 6701  │                     ✗ lost: m1 for CG     │
                10000  │                     DG T/0 offset 1       │
                10000  │                     ✗ lost: m1 for DG     │
                10005  │                     fsync m1              │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (disk, never served); CG ✗ consume: no-retry-queue, by offset-committed of broker-a/0 at 6701; DG ✗ consume: offset-reset, by offset-committed of broker-a/0 at 10000
        "#]],
        ),
        (
            "orderly",
            "ROLLBACK",
            expect![[r#"
                   ms  p1                    broker-a/0            c1                    d1
                    0  send m1 ────────────▶ │                     │
                    1  │                     stores m1 T/0:0 (page cache)
                    2  │                     T/0:0 to 1 ─────────▶ │
                 2.05  m1 SEND_OK ◀───────── │                     │
                    3  │                     │                     gets m1
                    3  │                     │                     ✗ m1 ROLLBACK
                 6701  │                     CG T/0 offset 1       │
                 6701  │                     ✗ lost: m1 for CG     │
                10000  │                     DG T/0 offset 1       │
                10000  │                     ✗ lost: m1 for DG     │
                10005  │                     fsync m1              │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (disk, never served); CG ✗ consume: rollback-acknowledged, by offset-committed of broker-a/0 at 6701; DG ✗ consume: offset-reset, by offset-committed of broker-a/0 at 10000
        "#]],
        ),
    ] {
        check(
            &format!(
                r#"
            "brokers": [ {{ "name": "broker-a", "conf": {{ "retryQueueNums": 0 }} }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T", "listener": "{listener}" }},
                {{ "name": "d1", "group": "DG", "topic": "T", "started": false }} ],
            "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "{result}" }}, {{ "at": 0, "do": "send" }},
                {{ "at": 10000, "do": "reset-offset", "consumer": "d1", "topic": "T", "broker": "broker-a", "queue": 0, "offset": 1 }} ], "until": 11000
        "#
            ),
            picture,
        );
    }
}

/// A broker drops a client of which it has heard nothing for 120 s (`ClientHousekeepingService`, every 10 s): then the other member gets
/// its queue.
#[test]
fn a_member_that_is_silent_for_two_minutes_loses_its_queue() {
    for (profile, picture) in [
        (
            "5.3",
            expect![[r#"
                ms  p1                    broker-a/0            c1                    c2
              3000  │                     │                     ✗ link to broker-a/0 cut
              4000  send m1, m2 ────────▶ │                     │                     │
              4001  │                     stores m1 T/0:0 (page cache)                │
              4001  │                     stores m2 T/0:1 (page cache)                │
              4002  │                     T/0:0 to 1 ─────────▶ │                     │
           4002.05  m1, m2 SEND_OK ◀───── │                     │                     │
             10005  │                     fsync m1, m2          │                     │
             16701  │                     CG T/1 offset 0       │                     │
            120005  │                     │                     │                     owns 1 of %RETRY%CG
            120011  │                     │                     │                     owns 2 of T
            120512  │                     T/0:0 to 2 ───────────────────────────────▶ │
            120513  │                     │                     │                     gets m1, m2
            120513  │                     │                     │                     ✓ m1, m2
            121701  │                     CG T/0 offset 2       │                     │
            141701  │                     CG %RETRY%CG/0 offset 0                     │

        message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
        m1, m2   acked    consumed  1          1         ok       broker-a/0 (disk)
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                ms  p1                    broker-a/0            c1                    c2
              3000  │                     │                     ✗ link to broker-a/0 cut
              4000  send m1, m2 ────────▶ │                     │                     │
              4001  │                     stores m1 T/0:0 (page cache)                │
              4001  │                     stores m2 T/0:1 (page cache)                │
              4002  │                     T/0:0 to 1 ─────────▶ │                     │
           4002.05  m1, m2 SEND_OK ◀───── │                     │                     │
              7951  │                     CG T/1 offset 0       │                     │
             10005  │                     fsync m1, m2          │                     │
            120005  │                     │                     │                     owns 1 of %RETRY%CG
            120011  │                     │                     │                     owns 2 of T
            120012  │                     T/0:0 to 2 ───────────────────────────────▶ │
            120013  │                     │                     │                     gets m1, m2
            120013  │                     │                     │                     ✓ m1, m2
            122951  │                     CG T/0 offset 2       │                     │
            122951  │                     CG %RETRY%CG/0 offset 0                     │

        message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
        m1, m2   acked    consumed  1          1         ok       broker-a/0 (disk)
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "topics": [ {{ "name": "T", "queues": 2 }} ],
            "consumers": [ {{ "name": "c1", "topic": "T" }}, {{ "name": "c2", "topic": "T" }} ],
            "script": [ {{ "at": 3000, "do": "partition", "between": ["c1", "broker-a/0"] }},
                {{ "at": 4000, "do": "send", "count": 2 }} ], "until": 170000"#
            ),
            picture,
        );
    }
}

/// The broker looks every 10 s as long as it has a client at all, whoever speaks. c2 finds nobody to share the queues with.
#[test]
fn a_broker_drops_its_last_clients_when_they_have_been_silent_for_two_minutes() {
    check(
        r#""topics": [ { "name": "T", "queues": 2 } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" }, { "name": "c2", "group": "CG", "topic": "T", "started": false } ],
            "script": [ { "at": 1000, "do": "pause", "node": "p1" }, { "at": 1000, "do": "pause", "node": "c1" },
                { "at": 131000, "do": "start-consumer", "consumer": "c2" } ], "until": 135000"#,
        expect![[r#"
                    ms  p1                    broker-a/0            c1                    c2
                  1000  ‖ paused              │                     │
                  1000  ┊                     │                     ‖ paused
                131000  ┊                     │                     ┊                     ▲ up
                131004  ┊                     │                     ┊                     new route of %RETRY%C…
                131006  ┊                     │                     ┊                     new route of T
                132004  ┊                     │                     ┊                     owns 1 of %RETRY%CG
                132016  ┊                     │                     ┊                     owns 2 of T

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}
