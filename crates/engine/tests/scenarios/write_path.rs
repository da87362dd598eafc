//! B.1 to B.3: append, the two waits and their combination, and the three flush services.

use expect_test::expect;

use crate::lab::{check, check_sends};

/// A quiet broker flushes every 10 s.
#[test]
fn an_async_flush_answers_before_anything_is_on_disk() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" } ], "until": 15000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                10005  │                                 fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// Four whole dirty pages are enough: 16 KiB.
#[test]
fn a_busy_broker_flushes_every_half_second() {
    check(
        r#"
            "script": [ { "at": 100, "do": "send", "bodyBytes": 4000 }, { "at": 200, "do": "send", "bodyBytes": 17000 } ], "until": 2000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                  100  send m1 ────────────────────────▶ │
                  101  │                                 stores m1 T/0:0 (page cache)
               102.05  m1 SEND_OK ◀───────────────────── │
               200.81  send m2 ────────────────────────▶ │
               201.81  │                                 stores m2 T/0:1 (page cache)
               202.86  m2 SEND_OK ◀───────────────────── │
                  505  │                                 fsync m1, m2

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn less_than_four_pages_wait_for_the_thorough_flush() {
    check(
        r#"
            "script": [ { "at": 100, "do": "send", "bodyBytes": 14000 } ], "until": 12000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
              100.667  send m1 ────────────────────────▶ │
              101.667  │                                 stores m1 T/0:0 (page cache)
              102.717  m1 SEND_OK ◀───────────────────── │
                10005  │                                 fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_sync_flush_answers_when_fsync_has_returned() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ], "script": [ { "at": 0, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                    6  │                                 fsync m1
                 7.05  m1 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// Group commit: m2 to m4 were appended while the first fsync was under way.
#[test]
fn one_fsync_answers_all_that_it_covers() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ], "script": [ { "at": 0, "do": "send", "count": 4, "everyMs": 1 } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  send m2 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                    2  send m3 ────────────────────────▶ │
                    2  │                                 stores m2 T/0:1 (page cache)
                    3  send m4 ────────────────────────▶ │
                    3  │                                 stores m3 T/0:2 (page cache)
                    4  │                                 stores m4 T/0:3 (page cache)
                    6  │                                 fsync m1
                 7.05  m1 SEND_OK ◀───────────────────── │
                   11  │                                 fsync m2–m4
                12.05  m2–m4 SEND_OK ◀────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1–m4    acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// Nothing is rolled back: the bytes are flushed when the disk answers again.
#[test]
fn a_sync_flush_that_takes_too_long_is_flush_disk_timeout() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "syncFlushTimeout": 500 } } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 1000, "do": "release-disk", "node": "broker-a/0" } ], "until": 2000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ fsync stalls
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
               503.05  m1 FLUSH_DISK_TIMEOUT ◀────────── │
                 1000  │                                 fsync returns again
                 1000  │                                 fsync m1

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// `setWaitStoreMsgOK(false)`: the flush thread is woken, nobody waits for it.
#[test]
fn a_message_that_does_not_wait_is_answered_at_once() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ], "script": [ { "at": 0, "do": "send", "waitStoreMsgOK": false } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                    6  │                                 fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_message_that_does_not_wait_waits_for_no_replica_either() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 } } ], "script": [ { "at": 0, "do": "send", "waitStoreMsgOK": false } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// The answer leaves when the later one is done: fsync takes 300 ms, the slave 200.
#[test]
fn flush_and_replication_are_waited_for_side_by_side() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ], "disk": { "fsyncMs": 300 },
            "script": [ { "at": 0, "do": "set-link", "between": ["broker-a/0", "broker-a/1"], "latencyMs": 100 }, { "at": 1, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    1  send m1 ───────────────────▶ │                            │
                    2  │                            stores m1 T/0:0 (page cache) │
                  102  │                            copy m1 ───────────────────▶ │
                  302  │                            fsync m1                     │
               303.05  m1 SEND_OK ◀──────────────── │                            │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (page cache, never served); exposed to disk-loss
        "#]],
    );
}

#[test]
fn when_both_waits_fail_the_replicas_status_is_told() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 } } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" } ], "until": 7000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ fsync stalls
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
              5003.05  m1 FLUSH_SLAVE_TIMEOUT ◀───────── │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// And not before the flush has failed, too.
#[test]
fn when_both_waits_fail_the_replicas_status_is_told_in_4_9() {
    check(
        r#"
            "profile": "4.9",
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "brokerRole": "SYNC_MASTER" } } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" } ], "until": 7000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ fsync stalls
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
              5003.05  m1 SLAVE_NOT_AVAILABLE ◀───────── │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn flush_disk_timeout_of_a_waiting_sync_master_means_that_the_slave_has_it() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "syncFlushTimeout": 500, "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            ✗ fsync stalls               │
                    1  send m1 ───────────────────▶ │                            │
                    2  │                            stores m1 T/0:0 (page cache) │
                    3  │                            copy m1 ───────────────────▶ │
               503.05  m1 FLUSH_DISK_TIMEOUT ◀───── │                            │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (page cache, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

/// The first put finds the last commit long ago. The second waits in the heap, unseen by consumers and slaves.
#[test]
fn the_transient_pool_is_committed_every_200_ms() {
    check(
        r#"
            "brokers": [ { "conf": { "transientStorePoolEnable": true } } ], "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (heap)
                    1  │                                 page cache: m1
                 2.05  m1 SEND_OK ◀───────────────────── │
                   10  send m2 ────────────────────────▶ │
                   11  │                                 stores m2 T/0:1 (heap)
                12.05  m2 SEND_OK ◀───────────────────── │
                  211  │                                 page cache: m2

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn four_pages_in_the_pool_are_committed_at_once() {
    check(
        r#"
            "brokers": [ { "conf": { "transientStorePoolEnable": true } } ], "script": [ { "at": 0, "do": "send" }, { "at": 50, "do": "send", "bodyBytes": 20000 } ], "until": 400
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (heap)
                    1  │                                 page cache: m1
                 2.05  m1 SEND_OK ◀───────────────────── │
               50.953  send m2 ────────────────────────▶ │
               51.953  │                                 stores m2 T/0:1 (heap)
               51.953  │                                 page cache: m2
               53.003  m2 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn the_transient_pool_is_for_async_flush_only_in_4_9() {
    check(
        r#"
            "profile": "4.9",
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "transientStorePoolEnable": true } } ], "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                    6  │                                 fsync m1
                 7.05  m1 SEND_OK ◀───────────────────── │
                   10  send m2 ────────────────────────▶ │
                   11  │                                 stores m2 T/0:1 (page cache)
                   16  │                                 fsync m2
                17.05  m2 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn the_transient_pool_delays_a_sync_flush_in_5_3() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "transientStorePoolEnable": true } } ], "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (heap)
                   10  send m2 ────────────────────────▶ │
                   11  │                                 stores m2 T/0:1 (heap)
                  201  │                                 page cache: m1, m2
                  206  │                                 fsync m1, m2
               207.05  m1, m2 SEND_OK ◀───────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// ≤ 5.3.3 counts the bytes as flushed: SEND_OK, and gone with the power.
#[test]
fn a_failed_fsync_is_swallowed() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "script": [ { "at": 0, "do": "fail-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 100, "do": "power-loss", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ next 1 fsyncs fail
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
                 8.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ power loss
                  100  │                                 ✗ lost: m1
                 2200  │                                 ▲ up
                 2200  │                                 ✗ log cut: 1 gone

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: fsync-error-swallowed, by node-down of broker-a/0 at 100
        "#]],
    );
}

/// `sendMsgTimeout` (3 s) is over before `syncFlushTimeout` (5 s).
#[test]
fn default_settings_never_show_flush_disk_timeout() {
    check_sends(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" } ], "until": 7000
        "#,
        expect![[r#"
            message  called  returned  with                                                           sent to
            m1       1       3001      RemotingTooMuchRequestException: sendDefaultImpl call timeout  broker-a:0
        "#]],
    );
}
