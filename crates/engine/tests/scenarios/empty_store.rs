//! A broker that returns with an empty store: topics.json and consumerOffset.json are gone with the log.

use expect_test::expect;

use crate::lab::check;

/// As recorded: the producer's old route brings the topic back, with queue offsets from 0. The consumer asks where it was, is
/// refused with 17 until then, is moved to the queue's end afterwards, and so never gets the first new message.
#[test]
fn the_first_message_after_a_new_store_brings_its_topic_back_and_is_skipped() {
    check(
        r#"
            "topics": [ { "name": "T", "queues": 4 } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" } ],
            "script": [ { "at": 0, "do": "send", "queue": 0, "count": 2, "everyMs": 100 }, { "at": 26000, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 27000, "do": "restart", "node": "broker-a/0" },
                        { "at": 38000, "do": "send", "queue": 0 }, { "at": 70000, "do": "send", "queue": 0 } ], "until": 80000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                    3  │                            │                            ✓ m1
                  100  send m2 ───────────────────▶ │                            │
                  101  │                            stores m2 T/0:1 (page cache) │
                  102  │                            T/0:1 to 2 ────────────────▶ │
               102.05  m2 SEND_OK ◀──────────────── │                            │
                  103  │                            │                            gets m2
                  103  │                            │                            ✓ m2
                  104  │                            CG T/0 offset 1              │
                 6701  │                            CG T/0 offset 2              │
                10005  │                            fsync m1, m2                 │
                16701  │                            CG T/1 offset 0              │
                16701  │                            CG T/2 offset 0              │
                16701  │                            CG T/3 offset 0              │
                17728  │                            │                            owns 1 of %RETRY%CG
                26000  │                            ✗ store deleted              │
                26000  │                            ✗ disk destroyed             │
                29000  │                            ▲ up                         │
                38002  send m3 ───────────────────▶ │                            │
                38003  │                            stores m3 T/0:0 (page cache) │
             38004.05  m3 SEND_OK ◀──────────────── │                            │
                38026  │                            OFFSET_OVERFLOW_BADLY T/… ─▶ │
                38026  │                            ✗ lost: m3                   │
                38028  │                            CG T/0 offset 1              │
                38033  │                            │                            owns 4 of T
                39005  │                            fsync m3                     │
                51701  │                            CG %RETRY%CG/0 offset 0      │
                70000  send m4 ───────────────────▶ │                            │
                70001  │                            stores m4 T/0:1 (page cache) │
                70002  │                            T/0:1 to 2 ────────────────▶ │
             70002.05  m4 SEND_OK ◀──────────────── │                            │
                70003  │                            │                            gets m4
                70003  │                            │                            ✓ m4
                71701  │                            CG T/0 offset 2              │
                79005  │                            fsync m4                     │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    consumed  1          1         ok
            m3       acked    lost      0          0         lost     broker-a/0 (disk, never served); ✗ consume: offset-corrected, by offset-committed of broker-a/0 at 38026
            m4       acked    consumed  1          1         ok       broker-a/0 (disk)
        "#]],
    );
}

#[test]
fn the_first_message_after_a_new_store_brings_its_topic_back_and_is_skipped_49() {
    check(
        r#"
            "profile": "4.9", "topics": [ { "name": "T", "queues": 4 } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" } ],
            "script": [ { "at": 0, "do": "send", "queue": 0, "count": 2, "everyMs": 100 }, { "at": 26000, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 27000, "do": "restart", "node": "broker-a/0" },
                        { "at": 38000, "do": "send", "queue": 0 }, { "at": 70000, "do": "send", "queue": 0 } ], "until": 80000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                    3  │                            │                            ✓ m1
                  100  send m2 ───────────────────▶ │                            │
                  101  │                            stores m2 T/0:1 (page cache) │
                  102  │                            T/0:1 to 2 ────────────────▶ │
               102.05  m2 SEND_OK ◀──────────────── │                            │
                  103  │                            │                            gets m2
                  103  │                            │                            ✓ m2
                  104  │                            CG T/0 offset 1              │
                 7951  │                            CG T/0 offset 2              │
                 7951  │                            CG T/1 offset 0              │
                 7951  │                            CG T/2 offset 0              │
                 7951  │                            CG T/3 offset 0              │
                 7951  │                            CG %RETRY%CG/0 offset 0      │
                10005  │                            fsync m1, m2                 │
                26000  │                            ✗ store deleted              │
                26000  │                            ✗ disk destroyed             │
                29000  │                            ▲ up                         │
                38002  send m3 ───────────────────▶ │                            │
                38003  │                            stores m3 T/0:0 (page cache) │
                38004  │                            ✗ lost: m3                   │
             38004.05  m3 SEND_OK ◀──────────────── │                            │
                39005  │                            fsync m3                     │
                58963  │                            OFFSET_OVERFLOW_BADLY T/… ─▶ │
                68965  │                            CG T/0 offset 1              │
                70000  send m4 ───────────────────▶ │                            │
                70001  │                            stores m4 T/0:1 (page cache) │
             70002.05  m4 SEND_OK ◀──────────────── │                            │
                78962  │                            │                            owns 4 of T
                78963  │                            T/0:1 to 2 ────────────────▶ │
                78964  │                            │                            gets m4
                78964  │                            │                            ✓ m4
                79005  │                            fsync m4                     │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    consumed  1          1         ok
            m3       acked    lost      0          0         lost     broker-a/0 (disk, never served); ✗ consume: offsets-reused, by dispatched of broker-a/0 at 38004
            m4       acked    consumed  1          1         ok       broker-a/0 (disk)
        "#]],
    );
}

/// As production brokers are usually set.
#[test]
fn without_auto_creation_a_new_store_has_no_topic() {
    check(
        r#"
            "brokers": [ { "conf": { "autoCreateTopicEnable": false } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 1000, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 2000, "do": "restart", "node": "broker-a/0" }, { "at": 10000, "do": "send" } ], "until": 12000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                 1000  │                                 ✗ store deleted
                 1000  │                                 ✗ disk destroyed
                 1000  │                                 ✗ lost: m1
                 4000  │                                 ▲ up
                10002  send m2 ────────────────────────▶ │
                10004  m2 MQBrokerException 17 ◀──────── │
                10004  send m2 (try 2) ────────────────▶ │
                10006  ◀──────────────────────────────── m2 MQBrokerException 17 (try 2)
                10006  send m2 (try 3) ────────────────▶ │
                10008  ◀──────────────────────────────── m2 MQBrokerException 17 (try 3)
                10008  ✗ returns m2 MQClientException 17 │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost          0          0         lost     ✗ store: disk-destroyed, by disk-changed of broker-a/0 at 1000
            m2       refused  never-stored  0          0         refused
        "#]],
    );
}

/// What was sent with a route of one queue is stored in a topic of four, the client's `defaultTopicQueueNums`; its producer hears of
/// the other three with the next route.
#[test]
fn a_topic_that_comes_back_has_the_clients_number_of_queues() {
    check(
        r#"
            "script": [ { "at": 0, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 1000, "do": "restart", "node": "broker-a/0" },
                        { "at": 5000, "do": "send", "count": 2, "everyMs": 10 }, { "at": 50000, "do": "send", "count": 4, "everyMs": 10 } ], "until": 52000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ store deleted
                    0  │                                 ✗ disk destroyed
                 3000  │                                 ▲ up
                 5002  send m1 ────────────────────────▶ │
                 5003  │                                 stores m1 T/0:0 (page cache)
              5004.05  m1 SEND_OK ◀───────────────────── │
                 5010  send m2 ────────────────────────▶ │
                 5011  │                                 stores m2 T/0:1 (page cache)
              5012.05  m2 SEND_OK ◀───────────────────── │
                13005  │                                 fsync m1, m2
                26712  new route of T                    │
                50000  send m3 ────────────────────────▶ │
                50001  │                                 stores m3 T/0:2 (page cache)
             50002.05  m3 SEND_OK ◀───────────────────── │
                50010  send m4 ────────────────────────▶ │
                50011  │                                 stores m4 T/1:0 (page cache)
             50012.05  m4 SEND_OK ◀───────────────────── │
                50020  send m5 ────────────────────────▶ │
                50021  │                                 stores m5 T/2:0 (page cache)
             50022.05  m5 SEND_OK ◀───────────────────── │
                50030  send m6 ────────────────────────▶ │
                50031  │                                 stores m6 T/3:0 (page cache)
             50032.05  m6 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m3–m6    acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// Its slave still has everything, serves nothing while the master runs, and forgets the topic with the next copy of its master's tables.
#[test]
fn a_slave_does_not_fill_its_masters_new_store() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "send", "bodyBytes": 1000 }, { "at": 1000, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 2000, "do": "restart", "node": "broker-a/0" }, { "at": 25000, "do": "send" } ], "until": 40000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            copy m1 ───────────────────▶ │
                 4.05  m1 SEND_OK ◀──────────────── │                            │
                 1000  │                            ✗ store deleted              │
                 1000  │                            ✗ disk destroyed             │
                 4000  │                            ▲ up                         │
                 4000  │                            ✗ lost: m1                   │
                10005  │                            │                            fsync m1
                16006  │                            closes connection to broker-a/1
                25002  send m2 ───────────────────▶ │                            │
                25003  │                            stores m2 T/0:0 (page cache) │
             25004.05  m2 SEND_OK ◀──────────────── │                            │
                26010  │                            closes connection to broker-a/1
                27962  new route of T               │                            │
                34005  │                            fsync m2                     │
                36014  │                            closes connection to broker-a/1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost       0          0         lost     broker-a/1 (disk, never served); ✗ store: slave-never-served, by node-up of broker-a/0 at 4000
            m2       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}
