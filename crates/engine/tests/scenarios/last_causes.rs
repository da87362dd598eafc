//! What took a message in the end, where something else had taken it, or nearly, before.

use expect_test::expect;

use crate::lab::check;

/// An election takes it, an unclean one brings the old master back with it, and then that one's disk goes.
#[test]
fn a_message_that_came_back_with_its_old_master_is_lost_to_what_takes_it_then() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true },
                "slaves": [ { "conf": { "enableControllerMode": true } } ] } ],
            "script": [ { "at": 0, "do": "set-conf", "node": "namesrv/0", "conf": { "enableElectUncleanMaster": true } }, { "at": 1000, "do": "send" },
                { "at": 2000, "do": "send" },
                { "after": { "event": "send-returned", "message": "m2" }, "do": "crash", "node": "broker-a/0" },
                { "at": 10000, "do": "crash", "node": "broker-a/1" },
                { "at": 20000, "do": "restart", "node": "broker-a/0" },
                { "at": 40000, "do": "destroy-disk", "node": "broker-a/0" } ], "until": 60000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  send m1 ────────────▶ │                     │                     │
                 1001  │                     stores m1 T/0:0 (page cache)                │
              1002.05  m1 SEND_OK ◀───────── │                     │                     │
                 1010  │                     copy m1 ────────────▶ │                     │
                 2000  send m2 ────────────▶ │                     │                     │
                 2001  │                     stores m2 T/0:1 (page cache)                │
              2002.05  m2 SEND_OK ◀───────── │                     │                     │
              2002.05  │                     ✗ crash               │                     │
              2003.05  │                                           │                     elects broker-a/1
              2003.05  │                                           │                     ✗ lost: m2
              2004.05  │                                           SYNC_MASTER, epoch 2  │
                10000  │                                           ✗ crash               │
                10001  │                                                                 elects nobody
                22000  │                     ▲ up                                        │
                22005  │                     │                                           elects broker-a/0
                22006  │                     SYNC_MASTER, epoch 4                        │
                26712  new route of T        │                                           │
                40000  │                     ✗ store deleted                             │
                40000  │                     ✗ disk destroyed                            │
                40000  │                     ✗ lost: m1, m2                              │
                40001  │                                                                 elects nobody

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/1 (page cache); exposed to power-loss, disk-loss
            m2       acked    lost       0          0         lost     ✗ store: disk-destroyed, by disk-changed of broker-a/0 at 40000
        "#]],
    );
}

/// 4.x reads a dead master's slave. Each time the master comes back, it hides once more what only the slave has.
#[test]
fn what_a_master_hides_twice_is_lost_the_second_time_it_comes_back() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "name": "broker-a", "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 200, "do": "power-loss", "node": "broker-a/0" },
                { "at": 1000, "do": "restart", "node": "broker-a/0" }, { "at": 10000, "do": "crash", "node": "broker-a/0" },
                { "at": 11000, "do": "restart", "node": "broker-a/0" } ], "until": 20000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    4  │                            copy m1 ───────────────────▶ │
                  200  │                            ✗ power loss                 │
                 3000  │                            ▲ up                         │
                 3000  │                            ✗ log cut: 1 gone            │
                 3000  │                            ✗ lost: m1                   │
                10000  │                            ✗ crash                      │
                10005  │                                                         fsync m1
                13000  │                            ▲ up                         │
                13000  │                            ✗ lost: m1                   │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     broker-a/1 (disk, never served); ✗ store: slave-never-served, by node-up of broker-a/0 at 13000
        "#]],
    );
}

/// The elected replica has it, and its power takes it, while a consumer still has it in its memory.
#[test]
fn what_an_elected_replica_had_is_not_lost_to_its_election() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true },
                "slaves": [ { "conf": { "enableControllerMode": true } } ] } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 30000 } ],
            "script": [ { "at": 1000, "do": "send" }, { "at": 2000, "do": "crash", "node": "broker-a/0" },
                { "at": 4000, "do": "power-loss", "node": "broker-a/1" }, { "at": 5000, "do": "crash", "node": "c1" } ], "until": 8000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
                 1000  send m1 ───────▶ │                │                │                │
                 1001  │                stores m1 T/0:0 (page cache)      │                │
                 1002  │                T/0:0 to 1 ─────────────────────▶ │                │
              1002.05  m1 SEND_OK ◀──── │                │                │                │
                 1003  │                │                │                gets m1          │
                 1010  │                copy m1 ───────▶ │                │                │
                 2000  │                ✗ crash          │                │                │
                 2001  │                                 │                │                elects broker-a/1
                 2002  │                                 SYNC_MASTER, epoch 2              │
                 4000  │                                 ✗ power loss     │                │
                 5000  │                                                  ✗ crash          │
                 5000  │                                                  ✗ lost: m1       │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (page cache, never served); ✗ consume: async-flush, by node-down of c1 at 5000
        "#]],
    );
}

/// Its file is deleted while a listener has it; the listener's process dies.
#[test]
fn what_expired_while_a_consumer_had_it_is_lost_to_that() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536 } } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 30000 } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 50, "bodyBytes": 60000 },
                { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 }, { "at": 5000, "do": "crash", "node": "c1" } ], "until": 8000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                2.861  send m1 ───────────────────▶ │                            │
                3.861  │                            stores m1 T/0:0 (page cache) │
                4.861  │                            T/0:0 to 1 ────────────────▶ │
                4.911  m1 SEND_OK ◀──────────────── │                            │
                5.861  │                            │                            gets m1
               52.861  send m2 ───────────────────▶ │                            │
               53.861  │                            stores m2 T/0:1 (page cache) │
               54.861  │                            T/0:1 to 2 ────────────────▶ │
               54.911  m2 SEND_OK ◀──────────────── │                            │
               55.861  │                            │                            gets m2
                  505  │                            fsync m1, m2                 │
                 1000  │                            ✗ old files deleted: 1 gone  │
                 5000  │                            │                            ✗ crash
                 5000  │                            │                            ✗ lost: m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost       1          0         lost     ✗ consume: expired, by node-down of c1 at 5000
            m2       acked    in-flight  1          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// The same after a power loss that it has survived.
#[test]
fn a_power_loss_that_a_message_has_survived_did_not_take_it() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536, "flushDiskType": "SYNC_FLUSH" } } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 30000 } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 50, "bodyBytes": 60000 },
                { "at": 1000, "do": "power-loss", "node": "broker-a/0" }, { "at": 1000, "do": "restart", "node": "broker-a/0" },
                { "at": 6000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 }, { "at": 8000, "do": "crash", "node": "c1" } ], "until": 9000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                2.861  send m1 ───────────────────▶ │                            │
                3.861  │                            stores m1 T/0:0 (page cache) │
                8.861  │                            fsync m1                     │
                9.861  │                            T/0:0 to 1 ────────────────▶ │
                9.911  m1 SEND_OK ◀──────────────── │                            │
               10.861  │                            │                            gets m1
               52.861  send m2 ───────────────────▶ │                            │
               53.861  │                            stores m2 T/0:1 (page cache) │
               58.861  │                            fsync m2                     │
               59.861  │                            T/0:1 to 2 ────────────────▶ │
               59.911  m2 SEND_OK ◀──────────────── │                            │
               60.861  │                            │                            gets m2
                 1000  │                            ✗ power loss                 │
                 3000  │                            ▲ up                         │
                 3011  │                            │                            owns 1 of %RETRY%CG
                 6000  │                            ✗ old files deleted: 1 gone  │
                 8000  │                            │                            ✗ crash
                 8000  │                            │                            ✗ lost: m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost       1          0         lost     ✗ consume: expired, by node-down of c1 at 8000
            m2       acked    in-flight  1          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// The group was once told to go on to 2. Then the store is new, and what is stored there takes the places of old messages again.
#[test]
fn a_correction_in_an_earlier_store_is_not_blamed_for_what_a_new_one_holds() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536 } } ],
            "consumers": [ { "name": "c1", "topic": "T", "started": false, "conf": { "consumeFromWhere": "CONSUME_FROM_FIRST_OFFSET" } } ],
            "script": [ { "at": 0, "do": "send", "count": 4, "everyMs": 50, "bodyBytes": 60000 },
                { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 2 },
                { "at": 2000, "do": "start-consumer", "consumer": "c1" },
                { "at": 20000, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 20000, "do": "restart", "node": "broker-a/0", "takesMs": 100 },
                { "at": 20150, "do": "send", "count": 5, "everyMs": 10 } ], "until": 40000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                2.861  send m1 ───────────────────▶ │
                3.861  │                            stores m1 T/0:0 (page cache)
                4.911  m1 SEND_OK ◀──────────────── │
               52.861  send m2 ───────────────────▶ │
               53.861  │                            stores m2 T/0:1 (page cache)
               54.911  m2 SEND_OK ◀──────────────── │
              102.861  send m3 ───────────────────▶ │
              103.861  │                            stores m3 T/0:2 (page cache)
              104.911  m3 SEND_OK ◀──────────────── │
              152.861  send m4 ───────────────────▶ │
              153.861  │                            stores m4 T/0:3 (page cache)
              154.911  m4 SEND_OK ◀──────────────── │
                  505  │                            fsync m1–m4
                 1000  │                            ✗ old files deleted: 1 gone
                 1000  │                            ✗ lost: m1
                 1100  │                            ✗ old files deleted: 1 gone
                 1100  │                            ✗ lost: m2
                 2000  │                            │                            ▲ up
                 2006  │                            │                            new route of T
                 3002  │                            │                            new route of %RETRY%CG
                 3008  │                            │                            owns 1 of T
                 3509  │                            ───────────────────────────▶ OFFSET_TOO_SMALL T/0:0, go to …
                 3511  │                            CG T/0 offset 2              │
                 4014  │                            │                            owns 1 of %RETRY%CG
                 4521  │                            T/0:2 to 4 ────────────────▶ │
                 4522  │                            │                            gets m3, m4
                 4522  │                            │                            ✓ m3, m4
                12001  │                            CG T/0 offset 4              │
                20000  │                            ✗ store deleted              │
                20000  │                            ✗ disk destroyed             │
                20100  │                            ▲ up                         │
                20152  send m5 ───────────────────▶ │                            │
                20153  │                            stores m5 T/0:0 (page cache) │
             20154.05  m5 SEND_OK ◀──────────────── │                            │
                20160  send m6 ───────────────────▶ │                            │
                20161  │                            stores m6 T/0:1 (page cache) │
             20162.05  m6 SEND_OK ◀──────────────── │                            │
                20170  send m7 ───────────────────▶ │                            │
                20171  │                            stores m7 T/0:2 (page cache) │
             20172.05  m7 SEND_OK ◀──────────────── │                            │
                20180  send m8 ───────────────────▶ │                            │
                20181  │                            stores m8 T/0:3 (page cache) │
             20182.05  m8 SEND_OK ◀──────────────── │                            │
                20190  send m9 ───────────────────▶ │                            │
                20191  │                            stores m9 T/0:4 (page cache) │
             20192.05  m9 SEND_OK ◀──────────────── │                            │
                22001  │                            ✗ lost: m8, m7, m6, m5       │
                22006  │                            T/0:4 to 5 ────────────────▶ │
                22007  │                            │                            gets m9
                22007  │                            │                            ✓ m9
                26712  new route of T               │                            │
                27001  │                            CG T/0 offset 5              │
                30105  │                            fsync m5–m9                  │
                32014  │                            │                            new route of T

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost      0          0         lost     ✗ store: expired, by deleted of broker-a/0 at 1000
            m2       acked    lost      0          0         lost     ✗ store: expired, by deleted of broker-a/0 at 1100
            m3, m4   acked    consumed  1          1         ok
            m5–m8    acked    lost      0          0         lost     broker-a/0 (disk, never served); ✗ consume: offsets-reused, by offset-committed of broker-a/0 at 22001
            m9       acked    consumed  1          1         ok       broker-a/0 (disk)
        "#]],
    );
}

/// It asked twice where to begin, and what came in between is behind it. That is told when it first says where it is.
#[test]
fn what_an_orderly_group_has_begun_behind_is_lost() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536 } } ],
            "consumers": [ { "name": "c1", "topic": "T", "listener": "orderly", "started": false } ],
            "script": [ { "at": 0, "do": "send", "count": 3, "everyMs": 50, "bodyBytes": 60000 },
                { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 },
                { "at": 2000, "do": "start-consumer", "consumer": "c1" }, { "at": 3200, "do": "send" } ], "until": 30000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                2.861  send m1 ───────────────────▶ │
                3.861  │                            stores m1 T/0:0 (page cache)
                4.911  m1 SEND_OK ◀──────────────── │
               52.861  send m2 ───────────────────▶ │
               53.861  │                            stores m2 T/0:1 (page cache)
               54.911  m2 SEND_OK ◀──────────────── │
              102.861  send m3 ───────────────────▶ │
              103.861  │                            stores m3 T/0:2 (page cache)
              104.911  m3 SEND_OK ◀──────────────── │
                  505  │                            fsync m1–m3
                 1000  │                            ✗ old files deleted: 1 gone
                 1000  │                            ✗ lost: m1
                 2000  │                            │                            ▲ up
                 2006  │                            │                            new route of T
                 3002  │                            │                            new route of %RETRY%CG
                 3007  │                            locks T/0 for c1             │
                 3012  │                            │                            owns 1 of T
                 3200  send m4 ───────────────────▶ │                            │
                 3201  │                            stores m4 T/0:3 (page cache) │
              3202.05  m4 SEND_OK ◀──────────────── │                            │
                10005  │                            fsync m4                     │
                20002  │                            CG T/0 offset 4              │
                20002  │                            ✗ lost: m4, m3, m2           │
                23017  │                            locks %RETRY%CG/0 for c1     │
                23020  │                            │                            owns 1 of %RETRY%CG

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: expired, by deleted of broker-a/0 at 1000
            m2–m4    acked    lost  0          0         lost     broker-a/0 (disk, never served); ✗ consume: started-behind, by offset-committed of broker-a/0 at 20002
        "#]],
    );
}

/// The slave is read by nobody: its power takes nothing that anybody waits for. What a listener's memory had left was lost to the
/// master's disk.
#[test]
fn a_slave_that_nobody_reads_takes_nothing() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "slaves": [ {} ] } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 30000 } ],
            "script": [ { "at": 1000, "do": "send" }, { "at": 2000, "do": "destroy-disk", "node": "broker-a/0" },
                { "at": 4000, "do": "power-loss", "node": "broker-a/1" }, { "at": 5000, "do": "crash", "node": "c1" } ], "until": 8000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            c1
                 1000  send m1 ────────────▶ │                     │                     │
                 1001  │                     stores m1 T/0:0 (page cache)                │
                 1002  │                     T/0:0 to 1 ───────────────────────────────▶ │
              1002.05  m1 SEND_OK ◀───────── │                     │                     │
                 1003  │                     │                     │                     gets m1
                 1004  │                     copy m1 ────────────▶ │                     │
                 2000  │                     ✗ store deleted       │                     │
                 2000  │                     ✗ disk destroyed      │                     │
                 4000  │                                           ✗ power loss          │
                 5000  │                                                                 ✗ crash
                 5000  │                                                                 ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     ✗ consume: disk-destroyed, by node-down of c1 at 5000
        "#]],
    );
}

/// The elected replica has been down with the machine's power before it was elected, and that took the message from it.
#[test]
fn a_replica_s_power_loss_before_its_election_is_no_heir_s() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true },
                "slaves": [ { "conf": { "enableControllerMode": true } } ] } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 60000 } ],
            "script": [ { "at": 0, "do": "set-conf", "node": "namesrv/0", "conf": { "enableElectUncleanMaster": true } },
                { "at": 1000, "do": "send" }, { "at": 2000, "do": "partition", "between": ["broker-a/0", "broker-a/1"] },
                { "at": 2100, "do": "power-loss", "node": "broker-a/1" }, { "at": 2200, "do": "restart", "node": "broker-a/1" },
                { "at": 8000, "do": "crash", "node": "broker-a/0" }, { "at": 30000, "do": "crash", "node": "c1" } ], "until": 31000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
                 1000  send m1 ───────▶ │                │                │                │
                 1001  │                stores m1 T/0:0 (page cache)      │                │
                 1002  │                T/0:0 to 1 ─────────────────────▶ │                │
              1002.05  m1 SEND_OK ◀──── │                │                │                │
                 1003  │                │                │                gets m1          │
                 1010  │                copy m1 ───────▶ │                │                │
                 2000  │                ✗ link to broker-a/1 cut          │                │
                 2100  │                │                ✗ power loss     │                │
                 4200  │                │                ▲ up             │                │
                 4200  │                │                ✗ log cut: 1 gone                 │
                 4204  │                │                SLAVE, epoch 1   │                │
                 8000  │                ✗ crash          │                │                │
                 8001  │                                 │                │                elects broker-a/1
                 8002  │                                 SYNC_MASTER, epoch 2              │
                26712  │                                 │                new route of %RETRY%CG
                26712  new route of T                    │                │                │
                26714  │                                 │                new route of T   │
                27045  │                                 │                owns 1 of %RETRY%CG
                28042  │                                 ───────────────▶ NO_MESSAGE_IN_QUEUE T/0:1, go to 0
                28044  │                                 CG T/0 offset 0  │                │
                28055  │                                 │                owns 1 of T      │
                30000  │                                 │                ✗ crash          │
                30000  │                                 │                ✗ lost: m1       │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (page cache, never served); ✗ consume: election, by node-down of c1 at 30000
        "#]],
    );
}

/// One file is deleted, then the store is, and then a new store. Each message is lost to what its own copy met.
#[test]
fn a_deletion_takes_what_lay_in_its_files_and_no_more() {
    check(
        r#"
            "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536 } } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 90000 } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 50, "bodyBytes": 60000 },
                { "at": 1000, "do": "expire-files", "node": "broker-a/0", "upTo": 1 }, { "at": 2000, "do": "destroy-disk", "node": "broker-a/0" },
                { "at": 2000, "do": "restart", "node": "broker-a/0", "takesMs": 100 }, { "at": 20000, "do": "send", "count": 3, "everyMs": 1000 },
                { "at": 60000, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 70000, "do": "crash", "node": "c1" } ], "until": 71000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                2.861  send m1 ───────────────────▶ │                            │
                3.861  │                            stores m1 T/0:0 (page cache) │
                4.861  │                            T/0:0 to 1 ────────────────▶ │
                4.911  m1 SEND_OK ◀──────────────── │                            │
                5.861  │                            │                            gets m1
               52.861  send m2 ───────────────────▶ │                            │
               53.861  │                            stores m2 T/0:1 (page cache) │
               54.861  │                            T/0:1 to 2 ────────────────▶ │
               54.911  m2 SEND_OK ◀──────────────── │                            │
               55.861  │                            │                            gets m2
                  505  │                            fsync m1, m2                 │
                 1000  │                            ✗ old files deleted: 1 gone  │
                 2000  │                            ✗ store deleted              │
                 2000  │                            ✗ disk destroyed             │
                 2100  │                            ▲ up                         │
                 3009  │                            │                            owns 1 of %RETRY%CG
                20002  send m3 ───────────────────▶ │                            │
                20003  │                            stores m3 T/0:0 (page cache) │
             20004.05  m3 SEND_OK ◀──────────────── │                            │
                20038  │                            OFFSET_OVERFLOW_BADLY T/… ─▶ │
                20040  │                            CG T/0 offset 1              │
                20040  │                            ✗ lost: m3                   │
                20045  │                            │                            owns 1 of T
                21000  send m4 ───────────────────▶ │                            │
                21001  │                            stores m4 T/0:1 (page cache) │
                21002  │                            T/0:1 to 2 ────────────────▶ │
             21002.05  m4 SEND_OK ◀──────────────── │                            │
                21003  │                            │                            gets m4
                22000  send m5 ───────────────────▶ │                            │
                22001  │                            stores m5 T/0:2 (page cache) │
                22002  │                            T/0:2 to 3 ────────────────▶ │
             22002.05  m5 SEND_OK ◀──────────────── │                            │
                22003  │                            │                            gets m5
                22105  │                            fsync m3–m5                  │
                26701  │                            CG %RETRY%CG/0 offset 0      │
                26712  new route of T               │                            │
                26714  │                            │                            new route of T
                40063  │                            │                            owns 4 of T
                60000  │                            ✗ store deleted              │
                60000  │                            ✗ disk destroyed             │
                70000  │                                                         ✗ crash
                70000  │                                                         ✗ lost: m1, m2, m4, m5

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     ✗ consume: expired, by node-down of c1 at 70000
            m2       acked    lost  1          0         lost     ✗ consume: disk-destroyed, by node-down of c1 at 70000
            m3       acked    lost  0          0         lost     ✗ consume: offset-corrected, by offset-committed of broker-a/0 at 20040
            m4, m5   acked    lost  1          0         lost     ✗ consume: disk-destroyed, by node-down of c1 at 70000
        "#]],
    );
}

/// Nobody waits for a retry, whatever the sender of the message was told; of a delayed message its sender was told.
#[test]
fn a_retry_that_was_not_flushed_is_lost_to_that_and_not_to_a_status() {
    for (profile, picture) in [
        (
            "4.9",
            expect![[r#"
               ms  p1                           broker-a/0                   c1
              900  │                            ✗ fsync stalls               │
             1000  send m1 ───────────────────▶ │                            │
             1001  │                            stores m1 T/0:0 (page cache) │
             1002  │                            T/0:0 to 1 ────────────────▶ │
             1003  │                            │                            gets m1
          2002.05  m1 FLUSH_DISK_TIMEOUT ◀───── │                            │
             3000  │                            fsync returns again          │
             3000  │                            fsync m1                     │
             3500  │                            ✗ fsync stalls               │
             4003  │                            │                            ✗ m1 RECONSUME_LATER
             4003  │                            │                            sends back m1
             4004  │                            stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
             5000  send m2 ───────────────────▶ │                            │
             5001  │                            stores m2 SCHEDULE_TOPIC_XXXX/4:0 (page cache)
          6002.05  m2 FLUSH_DISK_TIMEOUT ◀───── │                            │
             7951  │                            CG T/0 offset 1              │
             7951  │                            CG %RETRY%CG/0 offset 0      │
             8000  │                            ✗ power loss                 │
             8000  │                            ✗ lost: m2                   │
            11000  │                            ▲ up                         │
            11000  │                            ✗ log cut: 2 gone            │
            12951  │                            ✗ lost: m1                   │

        message  promise       fate  delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked-unsure  lost  1          0         lost     broker-a/0 (disk, never served); ✗ consume: nobody-waited, by offset-committed of broker-a/0 at 12951
        m2       acked-unsure  lost  0          0         lost     ✗ store: status-ignored, by node-down of broker-a/0 at 8000
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
               ms  p1                           broker-a/0                   c1
              900  │                            ✗ fsync stalls               │
             1000  send m1 ───────────────────▶ │                            │
             1001  │                            stores m1 T/0:0 (page cache) │
          2002.05  m1 FLUSH_DISK_TIMEOUT ◀───── │                            │
             3000  │                            fsync returns again          │
             3000  │                            fsync m1                     │
             3001  │                            T/0:0 to 1 ────────────────▶ │
             3002  │                            │                            gets m1
             3500  │                            ✗ fsync stalls               │
             5000  send m2 ───────────────────▶ │                            │
             5001  │                            stores m2 SCHEDULE_TOPIC_XXXX/4:0 (page cache)
             6002  │                            │                            ✗ m1 RECONSUME_LATER
             6002  │                            │                            sends back m1
          6002.05  m2 FLUSH_DISK_TIMEOUT ◀───── │                            │
             6003  │                            stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
             6701  │                            CG T/0 offset 1              │
             8000  │                            ✗ power loss                 │
             8000  │                            ✗ lost: m2                   │
            11000  │                            ▲ up                         │
            11000  │                            ✗ log cut: 2 gone            │
            11011  │                            │                            owns 1 of %RETRY%CG
            11701  │                            ✗ lost: m1                   │
            31701  │                            CG %RETRY%CG/0 offset 0      │

        message  promise       fate  delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked-unsure  lost  1          0         lost     broker-a/0 (disk, never served); ✗ consume: nobody-waited, by offset-committed of broker-a/0 at 11701
        m2       acked-unsure  lost  0          0         lost     ✗ store: status-ignored, by node-down of broker-a/0 at 8000
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "flushDiskType": "SYNC_FLUSH", "syncFlushTimeout": 1000 }} }} ],
                "consumers": [ {{ "name": "c1", "topic": "T", "processMs": 3000 }} ],
                "script": [ {{ "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER" }},
                    {{ "at": 900, "do": "stall-disk", "node": "broker-a/0" }}, {{ "at": 1000, "do": "send" }},
                    {{ "at": 3000, "do": "release-disk", "node": "broker-a/0" }}, {{ "at": 3500, "do": "stall-disk", "node": "broker-a/0" }},
                    {{ "at": 5000, "do": "send", "delayLevel": 5 }}, {{ "at": 8000, "do": "power-loss", "node": "broker-a/0" }},
                    {{ "at": 9000, "do": "restart", "node": "broker-a/0" }} ], "until": 35000"#
            ),
            picture,
        );
    }
}
