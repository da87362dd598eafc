//! What becomes of failed messages in the broker: how long they wait, and who can read what was given up.

use expect_test::expect;

use crate::lab::check;

/// Level 3 + reconsumeTimes, but no more levels than `messageDelayLevel` has.
#[test]
fn a_retry_waits_no_longer_than_the_highest_level() {
    for (profile, picture) in [
        (
            "4.9",
            expect![[r#"
                   ms  p1                           broker-a/0                   c1
                 7951  │                            CG T/0 offset 0              │
                 7951  │                            CG %RETRY%CG/0 offset 0      │
                18000  send m1 ───────────────────▶ │                            │
                18001  │                            stores m1 T/0:0 (page cache) │
                18002  │                            T/0:0 to 1 ────────────────▶ │
             18002.05  m1 SEND_OK ◀──────────────── │                            │
                18003  │                            │                            gets m1
                18003  │                            │                            ✗ m1 RECONSUME_LATER
                18003  │                            │                            sends back m1
                18004  │                            stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
                20005  │                            fsync m1, m1                 │
                21100  │                            stores m1 %RETRY%CG/0:0 (page cache)
                21101  │                            %RETRY%CG/0:0 to 1 ────────▶ │
                21102  │                            │                            gets m1 (retry 1)
                21102  │                            │                            ✗ m1 RECONSUME_LATER
                21102  │                            │                            sends back m1
                21103  │                            stores m1 SCHEDULE_TOPIC_XXXX/3:0 (page cache)
                22951  │                            CG T/0 offset 1              │
                22951  │                            CG %RETRY%CG/0 offset 1      │
                25200  │                            stores m1 %RETRY%CG/0:1 (page cache)
                25201  │                            %RETRY%CG/0:1 to 2 ────────▶ │
                25202  │                            │                            gets m1 (retry 2)
                25202  │                            │                            ✗ m1 RECONSUME_LATER
                25202  │                            │                            sends back m1
                25203  │                            stores m1 SCHEDULE_TOPIC_XXXX/3:1 (page cache)
                27951  │                            CG %RETRY%CG/0 offset 2      │
                29300  │                            stores m1 %RETRY%CG/0:2 (page cache)
                29301  │                            %RETRY%CG/0:2 to 3 ────────▶ │
                29302  │                            │                            gets m1 (retry 3)
                29302  │                            │                            ✗ m1 RECONSUME_LATER
                29302  │                            │                            sends back m1
                29303  │                            stores m1 %DLQ%CG/0:0 (page cache)
                29303  │                            dead letter m1 of CG         │
                30005  │                            fsync m1, m1, m1, m1, m1, m1 │
                32951  │                            CG %RETRY%CG/0 offset 3      │

            message  promise  fate         delivered  consumed  verdict      copies, and what took or threatens them
            m1       acked    dead-letter  4          0         dead-letter  broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk)

            again  at     to  after        why        by
            m1     21102  c1  18003 to c1  sent-back  consumed of c1 at 18003
            m1     25202  c1  21102 to c1  sent-back  consumed of c1 at 21102
            m1     29302  c1  25202 to c1  sent-back  consumed of c1 at 25202
        "#]],
        ),
        (
            "5.3",
            expect![[r#"
                   ms  p1                           broker-a/0                   c1
                16701  │                            CG T/0 offset 0              │
                17716  │                            │                            owns 1 of %RETRY%CG
                18000  send m1 ───────────────────▶ │                            │
                18001  │                            stores m1 T/0:0 (page cache) │
                18002  │                            T/0:0 to 1 ────────────────▶ │
             18002.05  m1 SEND_OK ◀──────────────── │                            │
                18003  │                            │                            gets m1
                18003  │                            │                            ✗ m1 RECONSUME_LATER
                18003  │                            │                            sends back m1
                18004  │                            stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
                20005  │                            fsync m1, m1                 │
                21100  │                            stores m1 %RETRY%CG/0:0 (page cache)
                21101  │                            %RETRY%CG/0:0 to 1 ────────▶ │
                21102  │                            │                            gets m1 (retry 1)
                21102  │                            │                            ✗ m1 RECONSUME_LATER
                21102  │                            │                            sends back m1
                21103  │                            stores m1 SCHEDULE_TOPIC_XXXX/3:0 (page cache)
                21701  │                            CG T/0 offset 1              │
                21701  │                            CG %RETRY%CG/0 offset 1      │
                25200  │                            stores m1 %RETRY%CG/0:1 (page cache)
                25201  │                            %RETRY%CG/0:1 to 2 ────────▶ │
                25202  │                            │                            gets m1 (retry 2)
                25202  │                            │                            ✗ m1 RECONSUME_LATER
                25202  │                            │                            sends back m1
                25203  │                            stores m1 SCHEDULE_TOPIC_XXXX/3:1 (page cache)
                26701  │                            CG %RETRY%CG/0 offset 2      │
                29300  │                            stores m1 %RETRY%CG/0:2 (page cache)
                29301  │                            %RETRY%CG/0:2 to 3 ────────▶ │
                29302  │                            │                            gets m1 (retry 3)
                29302  │                            │                            ✗ m1 RECONSUME_LATER
                29302  │                            │                            sends back m1
                29303  │                            stores m1 %DLQ%CG/0:0 (page cache)
                29303  │                            dead letter m1 of CG         │
                30005  │                            fsync m1, m1, m1, m1, m1, m1 │
                31701  │                            CG %RETRY%CG/0 offset 3      │

            message  promise  fate         delivered  consumed  verdict      copies, and what took or threatens them
            m1       acked    dead-letter  4          0         dead-letter  broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk)

            again  at     to  after        why        by
            m1     21102  c1  18003 to c1  sent-back  consumed of c1 at 18003
            m1     25202  c1  21102 to c1  sent-back  consumed of c1 at 21102
            m1     29302  c1  25202 to c1  sent-back  consumed of c1 at 25202
        "#]],
        ),
    ] {
        let fields = r#"
            "brokers": [ { "name": "broker-a", "conf": { "messageDelayLevel": "1s 2s 3s 4s" } } ],
            "consumers": [ { "name": "c1", "topic": "T", "conf": { "maxReconsumeTimes": 3 } } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER" }, { "at": 18000, "do": "send" } ],
            "until": 36000
        "#;
        check(&format!(r#""profile": "{profile}", {fields}"#), picture);
    }
}

/// RW since 4.9.2: a dead letter can be pulled in both versions.
#[test]
fn dead_letters_can_be_read() {
    for profile in ["4.9", "5.3"] {
        let fields = r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER", "delayLevelWhenNextConsume": -1 },
                { "at": 0, "do": "send" }, { "at": 1000, "do": "pull", "consumer": "c1", "topic": "%DLQ%CG", "queue": 0, "offset": 0 } ],
            "until": 2000
        "#;
        check(
            &format!(r#""profile": "{profile}", {fields}"#),
            expect![[r#"
                       ms  p1                           broker-a/0                   c1
                        0  send m1 ───────────────────▶ │                            │
                        1  │                            stores m1 T/0:0 (page cache) │
                        2  │                            T/0:0 to 1 ────────────────▶ │
                     2.05  m1 SEND_OK ◀──────────────── │                            │
                        3  │                            │                            gets m1
                        3  │                            │                            ✗ m1 RECONSUME_LATER
                        3  │                            │                            sends back m1
                        4  │                            stores m1 %DLQ%CG/0:0 (page cache)
                        4  │                            dead letter m1 of CG         │
                     1000  │                            ───────────────────────────▶ FOUND 1 %DLQ%CG/0:0 (script)

                message  promise  fate         delivered  consumed  verdict      copies, and what took or threatens them
                m1       acked    dead-letter  1          0         dead-letter  broker-a/0 (page cache), broker-a/0 (page cache)
            "#]],
        );
    }
}
