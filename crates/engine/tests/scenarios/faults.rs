//! B.3, B.8 and B.9: what each fault takes and what it leaves, what a restart makes of it, and what consumers could see before.

use expect_test::expect;
use loss_lab_engine::event::EventKind;
use loss_lab_engine::trace::Trace;

use crate::lab::{self, check};
use crate::stored;

/// The recovery reads it there and counts it as flushed (B.9); the disk still does not have it.
#[test]
fn a_crash_leaves_the_page_cache() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ crash
                 2200  │                                 ▲ up

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// What a recovery counted as flushed is not: no fsync has written it, and a clean stop sees nothing to flush.
#[test]
fn a_power_loss_after_a_recovery_takes_what_it_only_counted_as_flushed() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" },
                        { "at": 20000, "do": "stop", "node": "broker-a/0", "takesMs": 0 }, { "at": 20100, "do": "power-loss", "node": "broker-a/0" }, { "at": 20200, "do": "restart", "node": "broker-a/0" } ], "until": 25000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ crash
                 2200  │                                 ▲ up
                20000  │                                 ■ stopped
                20100  │                                 ✗ power loss
                20100  │                                 ✗ lost: m1
                22200  │                                 ▲ up
                22200  │                                 ✗ log cut: 1 gone

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 20100
        "#]],
    );
}

/// Whoever looks for what is awaited passes over what everybody has had: not where the log was cut and has grown anew.
#[test]
fn what_is_stored_where_a_long_log_was_cut_is_lost_like_anything_else() {
    let run = lab::run(
        r#"
            "consumers": [ { "name": "c1" } ],
            "script": [ { "at": 0, "do": "send", "count": 200, "everyMs": 1 }, { "at": 300, "do": "power-loss", "node": "broker-a/0" },
                        { "at": 310, "do": "crash", "node": "c1" }, { "at": 400, "do": "restart", "node": "broker-a/0" },
                        { "at": 20000, "do": "send", "count": 3 }, { "at": 20050, "do": "power-loss", "node": "broker-a/0" } ], "until": 21000
        "#,
    );
    let ledger = run.ledger();
    let lost: Vec<_> = ledger
        .iter()
        .filter_map(|entry| {
            let by = run.events().get(entry.lost_by?.event.index())?;
            Some((entry.message.0, by.at.to_string()))
        })
        .collect();
    let at = || String::from("20050");
    assert_eq!(lost, [(201, at()), (202, at()), (203, at())]);
}

/// `MappedFile#flush` forces the whole file: m1 goes to the disk with m2.
#[test]
fn the_next_fsync_of_its_file_writes_what_a_recovery_has_read() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ], "disk": { "fsyncMs": 50 },
            "script": [ { "at": 0, "do": "send" }, { "at": 20, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" },
                        { "at": 5000, "do": "send" }, { "at": 6000, "do": "power-loss", "node": "broker-a/0" }, { "at": 6200, "do": "restart", "node": "broker-a/0" } ], "until": 9000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                   20  │                                 ✗ crash
                   21  ✗ m1 RemotingSendRequestException (try 1)
                   23  ✗ m1 RemotingConnectException (try 2)
                   25  ✗ m1 RemotingConnectException (try 3)
                   25  ✗ returns m1 MQClientException 10001
                 2200  │                                 ▲ up
                 5002  send m2 ────────────────────────▶ │
                 5003  │                                 stores m2 T/0:1 (page cache)
                 5053  │                                 fsync m1, m2
              5054.05  m2 SEND_OK ◀───────────────────── │
                 6000  │                                 ✗ power loss
                 8200  │                                 ▲ up

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m2       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// Files of 4 KiB: m3 is fsynced in the second, which no recovery reads past the hole that m1 leaves in the first.
#[test]
fn no_later_fsync_reaches_an_older_file() {
    check(
        r#"
            "brokers": [ { "conf": { "mappedFileSizeCommitLog": 4096 } } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10, "bodyBytes": 3000 }, { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" },
                        { "at": 5000, "do": "send" }, { "at": 30000, "do": "power-loss", "node": "broker-a/0" }, { "at": 30200, "do": "restart", "node": "broker-a/0" } ], "until": 33000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                   10  send m2 ────────────────────────▶ │
                   11  │                                 stores m2 T/0:1 (page cache)
                12.05  m2 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ crash
                 2200  │                                 ▲ up
                 5002  send m3 ────────────────────────▶ │
                 5003  │                                 stores m3 T/0:2 (page cache)
              5004.05  m3 SEND_OK ◀───────────────────── │
                12205  │                                 fsync m3
                30000  │                                 ✗ power loss
                30000  │                                 ✗ lost: m1–m3
                32200  │                                 ▲ up
                32200  │                                 ✗ log cut: 3 gone

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1–m3    acked    lost  0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 30000
        "#]],
    );
}

#[test]
fn a_crash_takes_the_transient_pool() {
    check(
        r#"
            "brokers": [ { "conf": { "transientStorePoolEnable": true } } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 }, { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" } ], "until": 5000
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
                  100  │                                 ✗ crash
                  100  │                                 ✗ lost: m2
                 2200  │                                 ▲ up
                 2200  │                                 ✗ log cut: 1 gone

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
            m2       acked    lost       0          0         lost     ✗ store: transient-pool, by node-down of broker-a/0 at 100
        "#]],
    );
}

/// m1 was flushed by the thorough flush before.
#[test]
fn a_power_loss_takes_what_was_not_flushed() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 12000, "do": "send" }, { "at": 12100, "do": "power-loss", "node": "broker-a/0" }, { "at": 12200, "do": "restart", "node": "broker-a/0" } ], "until": 15000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                10005  │                                 fsync m1
                12000  send m2 ────────────────────────▶ │
                12001  │                                 stores m2 T/0:1 (page cache)
             12002.05  m2 SEND_OK ◀───────────────────── │
                12100  │                                 ✗ power loss
                12100  │                                 ✗ lost: m2
                14200  │                                 ▲ up
                14200  │                                 ✗ log cut: 1 gone

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m2       acked    lost       0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 12100
        "#]],
    );
}

#[test]
fn a_power_loss_leaves_what_sync_flush_has_acknowledged() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "power-loss", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                    6  │                                 fsync m1
                 7.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ power loss
                 2200  │                                 ▲ up

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_power_loss_after_a_crash_takes_the_page_cache_too() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "power-loss", "node": "broker-a/0" }, { "at": 300, "do": "restart", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ crash
                  200  │                                 ✗ power loss
                  200  │                                 ✗ lost: m1
                 2300  │                                 ▲ up
                 2300  │                                 ✗ log cut: 1 gone

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 200
        "#]],
    );
}

#[test]
fn a_destroyed_disk_takes_everything() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 200, "do": "restart", "node": "broker-a/0" }, { "at": 5000, "do": "send" } ], "until": 6000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                    6  │                                 fsync m1
                 7.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ store deleted
                  100  │                                 ✗ disk destroyed
                  100  │                                 ✗ lost: m1
                 2200  │                                 ▲ up
                 5002  send m2 ────────────────────────▶ │
                 5003  │                                 stores m2 T/0:0 (page cache)
                 5008  │                                 fsync m2
              5009.05  m2 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost       0          0         lost     ✗ store: disk-destroyed, by disk-changed of broker-a/0 at 100
            m2       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_clean_stop_flushes_everything() {
    check(
        r#"
            "brokers": [ { "conf": { "transientStorePoolEnable": true } } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 }, { "at": 100, "do": "stop", "node": "broker-a/0", "takesMs": 0 }, { "at": 200, "do": "power-loss", "node": "broker-a/0" }, { "at": 300, "do": "restart", "node": "broker-a/0" } ], "until": 5000
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
                  100  │                                 page cache: m2
                  100  │                                 fsync m1, m2
                  100  │                                 ■ stopped
                  200  │                                 ✗ power loss
                 2300  │                                 ▲ up

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// Its kernel keeps what arrives.
#[test]
fn a_frozen_process_goes_on_where_it_was() {
    check(
        r#"
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 1000, "do": "resume", "node": "broker-a/0" } ], "until": 2000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ‖ paused
                    1  send m1 ────────────────────────▶ ┊
                 1000  │                                 ▶ resumed
                 1000  │                                 stores m1 T/0:0 (page cache)
              1001.05  m1 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// A signal to a dead process is none.
#[test]
fn what_is_dead_is_not_resumed() {
    check(
        r#"
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "resume", "node": "broker-a/0" }, { "at": 200, "do": "send" }, { "at": 300, "do": "restart", "node": "broker-a/0" }, { "at": 3000, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ crash
                  202  ✗ m1 RemotingConnectException (try 1)
                  204  ✗ m1 RemotingConnectException (try 2)
                  206  ✗ m1 RemotingConnectException (try 3)
                  206  ✗ returns m1 MQClientException 10001
                 2300  │                                 ▲ up
                 3002  send m2 ────────────────────────▶ │
                 3003  │                                 stores m2 T/0:0 (page cache)
              3004.05  m2 SEND_OK ◀───────────────────── │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       refused  never-stored  0          0         refused
            m2       acked    in-flight     0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn a_stalled_disk_stops_flushing_and_nothing_else() {
    check(
        r#"
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 15000, "do": "release-disk", "node": "broker-a/0" } ], "until": 16000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ fsync stalls
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
                 3.05  m1 SEND_OK ◀───────────────────── │
                15000  │                                 fsync returns again
                15000  │                                 fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// TCP sends it again when the link is healed.
#[test]
fn a_cut_link_keeps_what_is_under_way() {
    check(
        r#"
            "script": [ { "at": 0, "do": "partition", "between": ["p1", "broker-a/0"] }, { "at": 1, "do": "send" }, { "at": 1000, "do": "heal", "between": ["p1", "broker-a/0"] } ], "until": 2000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  ✗ link to broker-a/0 cut          │
                    1  send m1 ────────────────────────▶ │
                 1000  link to broker-a/0 healed         │
                 1001  │                                 stores m1 T/0:0 (page cache)
              1002.05  m1 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// The next packet from p1 to the broker.
#[test]
fn a_lost_request_is_silence() {
    check(
        r#"
            "script": [ { "at": 0, "do": "drop", "from": "p1", "to": "broker-a/0" }, { "at": 1, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    1  send m1 ────────────────────────▶ │
                 3001  ✗ m1 RemotingTimeoutException (try 1)
                 3001  ✗ returns m1 RemotingTooMuchRequestException

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  never-stored  0          0         lost     ✗ produce: call-failed, by send-returned of p1 at 3001
        "#]],
    );
}

#[test]
fn a_lost_answer_is_silence_about_a_stored_message() {
    check(
        r#"
            "script": [ { "at": 0, "do": "drop", "from": "broker-a/0", "to": "p1" }, { "at": 1, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
                 3001  ✗ m1 RemotingTimeoutException (try 1)
                 3001  ✗ returns m1 RemotingTooMuchRequestException

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn a_slow_link_is_slow_both_ways() {
    check(
        r#"
            "script": [ { "at": 0, "do": "set-link", "between": ["p1", "broker-a/0"], "latencyMs": 250 }, { "at": 1, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    1  send m1 ────────────────────────▶ │
                  251  │                                 stores m1 T/0:0 (page cache)
               501.05  m1 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn queue_offsets_of_lost_messages_are_used_again() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 12000, "do": "send", "count": 2, "everyMs": 10 }, { "at": 12100, "do": "power-loss", "node": "broker-a/0" }, { "at": 12200, "do": "restart", "node": "broker-a/0" }, { "at": 16000, "do": "send" } ], "until": 17000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                10005  │                                 fsync m1
                12000  send m2 ────────────────────────▶ │
                12001  │                                 stores m2 T/0:1 (page cache)
             12002.05  m2 SEND_OK ◀───────────────────── │
                12010  send m3 ────────────────────────▶ │
                12011  │                                 stores m3 T/0:2 (page cache)
             12012.05  m3 SEND_OK ◀───────────────────── │
                12100  │                                 ✗ power loss
                12100  │                                 ✗ lost: m2, m3
                14200  │                                 ▲ up
                14200  │                                 ✗ log cut: 2 gone
                16002  send m4 ────────────────────────▶ │
                16003  │                                 stores m4 T/0:1 (page cache)
             16004.05  m4 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m2, m3   acked    lost       0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 12100
            m4       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// The first fsync failed in silence, the second did not: recovery ends at the first bad record.
#[test]
fn a_record_behind_a_hole_is_lost_with_it() {
    check(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "script": [ { "at": 0, "do": "fail-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 100, "do": "send" }, { "at": 200, "do": "power-loss", "node": "broker-a/0" }, { "at": 300, "do": "restart", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ next 1 fsyncs fail
                    1  send m1 ────────────────────────▶ │
                    2  │                                 stores m1 T/0:0 (page cache)
                 8.05  m1 SEND_OK ◀───────────────────── │
                  100  send m2 ────────────────────────▶ │
                  101  │                                 stores m2 T/0:1 (page cache)
                  106  │                                 fsync m2
               107.05  m2 SEND_OK ◀───────────────────── │
                  200  │                                 ✗ power loss
                  200  │                                 ✗ lost: m1, m2
                 2300  │                                 ▲ up
                 2300  │                                 ✗ log cut: 2 gone

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    lost  0          0         lost     ✗ store: fsync-error-swallowed, by node-down of broker-a/0 at 200
        "#]],
    );
}

/// 5.3.
#[test]
fn consumers_see_sync_flush_messages_only_when_they_are_flushed() {
    check(
        r#"
            "consumers": [ {} ],
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "syncFlushTimeout": 500 } } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 1000, "do": "release-disk", "node": "broker-a/0" } ], "until": 1100
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  │                            ✗ fsync stalls               │
                    1  send m1 ───────────────────▶ │                            │
                    2  │                            stores m1 T/0:0 (page cache) │
               503.05  m1 FLUSH_DISK_TIMEOUT ◀───── │                            │
                 1000  │                            fsync returns again          │
                 1000  │                            fsync m1                     │
                 1001  │                            T/0:0 to 1 ────────────────▶ │
                 1002  │                            │                            gets m1
                 1002  │                            │                            ✓ m1

            message  promise       fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  consumed  1          1         ok       broker-a/0 (disk)
        "#]],
    );
}

#[test]
fn consumers_see_sync_flush_messages_before_they_are_flushed_in_4_9() {
    check(
        r#"
            "profile": "4.9","consumers": [ {} ],
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH", "syncFlushTimeout": 500 } } ],
            "script": [ { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 1000, "do": "release-disk", "node": "broker-a/0" } ], "until": 1100
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  │                            ✗ fsync stalls               │
                    1  send m1 ───────────────────▶ │                            │
                    2  │                            stores m1 T/0:0 (page cache) │
                    3  │                            T/0:0 to 1 ────────────────▶ │
                    4  │                            │                            gets m1
                    4  │                            │                            ✓ m1
               503.05  m1 FLUSH_DISK_TIMEOUT ◀───── │                            │
                 1000  │                            fsync returns again          │
                 1000  │                            fsync m1                     │

            message  promise       fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  consumed  1          1         ok       broker-a/0 (disk)
        "#]],
    );
}

#[test]
fn a_message_is_delivered_while_its_producer_still_waits_for_a_slave() {
    check(
        r#"
            "consumers": [ {} ],
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 } } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "send" } ], "until": 4000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                    3  │                            │                            gets m1
                    3  │                            │                            ✓ m1
              3002.05  m1 FLUSH_SLAVE_TIMEOUT ◀──── │                            │

            message  promise       fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  consumed  1          1         ok       broker-a/0 (page cache)
        "#]],
    );
}

/// Async flush: seen, consumed and gone; nobody misses it.
#[test]
fn a_consumed_message_can_be_lost_in_the_broker() {
    check(
        r#"
            "consumers": [ {} ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "power-loss", "node": "broker-a/0" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                    3  │                            │                            ✓ m1
                  100  │                            ✗ power loss                 │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    consumed  1          1         ok
        "#]],
    );
}

#[test]
fn messages_in_the_transient_pool_are_not_seen() {
    check(
        r#"
            "consumers": [ {} ],
            "brokers": [ { "conf": { "transientStorePoolEnable": true } } ], "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 } ], "until": 400
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (heap)       │
                    1  │                            page cache: m1               │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                    3  │                            │                            ✓ m1
                   10  send m2 ───────────────────▶ │                            │
                   11  │                            stores m2 T/0:1 (heap)       │
                12.05  m2 SEND_OK ◀──────────────── │                            │
                  211  │                            page cache: m2               │
                  212  │                            T/0:1 to 2 ────────────────▶ │
                  213  │                            │                            gets m2
                  213  │                            │                            ✓ m2
                  214  │                            CG T/0 offset 1              │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    consumed  1          1         ok       broker-a/0 (page cache)
        "#]],
    );
}

/// Its broker's disk is gone, and its listener never came to an end.
#[test]
fn a_consumer_that_stops_takes_what_only_its_memory_has() {
    check(
        r#"
            "consumers": [ { "processMs": 3000 } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 200, "do": "stop", "node": "c1" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                  100  │                            ✗ store deleted              │
                  100  │                            ✗ disk destroyed             │
                  200  │                                                         ✗ m1 throw
                  200  │                                                         ■ stopped
                  200  │                                                         ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     ✗ consume: disk-destroyed, by node-down of c1 at 200
        "#]],
    );
}

/// `ConsumeMessageConcurrentlyService#shutdown` interrupts its threads: the exception is an answer like any other.
#[test]
fn what_a_clean_stop_interrupts_comes_again_twice() {
    stored::check(
        r#""consumers": [ { "name": "c1", "topic": "T", "processMs": 4000 } ], "script": [
            { "at": 100, "do": "send" },
            { "at": 2000, "do": "stop-consumer", "consumer": "c1" },
            { "at": 2500, "do": "process-time", "consumer": "c1", "ms": 10 },
            { "at": 4000, "do": "start-consumer", "consumer": "c1" }
        ], "until": 16000"#,
        expect![[r#"
                  101  broker-a/0: T/0:0 is m1
                  103  c1: gets m1
                 2000  c1: down
                 2001  broker-a/0: SCHEDULE_TOPIC_XXXX/2:0 is m1
                 4000  c1: up
                 5512  c1: gets m1
                12100  broker-a/0: %RETRY%CG/0:0 is m1
                12102  c1: gets m1
            m1: acked, consumed, duplicated, consumed 2
        "#]],
    );
}

#[test]
fn a_oneway_send_that_has_to_connect_first_is_one_attempt() {
    let run = lab::run(
        r#""script": [
            { "at": 0, "do": "send", "mode": "oneway" },
            { "at": 1000, "do": "crash", "node": "broker-a/0" },
            { "at": 2000, "do": "restart", "node": "broker-a/0" },
            { "at": 9000, "do": "send", "mode": "oneway" }
        ], "until": 12000"#,
    );
    let sends = Trace::of(&run).sends;
    let attempts: Vec<usize> = sends.iter().map(|send| send.attempts.len()).collect();
    assert_eq!(attempts, [1, 1]);
}

#[test]
fn a_rollback_that_is_acknowledged_drops_the_last_copy_when_the_broker_has_lost_its_own() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T", "listener": "orderly", "processMs": 3000 } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "ROLLBACK", "times": 1 },
                { "at": 0, "do": "send" }, { "at": 1000, "do": "destroy-disk", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                 1000  │                            ✗ store deleted              │
                 1000  │                            ✗ disk destroyed             │
                 3003  │                                                         ✗ m1 ROLLBACK
                 3003  │                                                         ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     ✗ consume: rollback-acknowledged, by consumed of c1 at 3003
        "#]],
    );
}

/// A client is frozen while a pull of it is held, and answered; by the end the pull is 31 s old. The scan of the response table and
/// the network threads wake together. If the network is first, m2 comes at once; if the scan is, as for one seed in three, the answer
/// comes too late, and the queue is pulled again a second later.
#[test]
fn a_frozen_client_reads_its_answer_or_counts_it_as_timed_out() {
    let comes = |profile: &str, seed: u32| {
        let run = lab::run(&format!(
            r#""profile": "{profile}", "seed": {seed},
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T" }} ],
            "script": [ {{ "at": 0, "do": "send" }}, {{ "at": 500, "do": "pause", "node": "c1" }}, {{ "at": 4000, "do": "send" }},
                        {{ "at": 36000, "do": "resume", "node": "c1" }} ], "until": 60000"#
        ));
        let m2 = run.events().iter().rev().find_map(|event| {
            matches!(event.kind, EventKind::Delivered { .. }).then(|| event.at.to_string())
        });
        m2.unwrap_or_default()
    };
    let told = ["4.9", "5.3"].map(|profile| {
        let times: Vec<String> = (0..8).map(|seed| comes(profile, seed)).collect();
        format!("{profile}: {}", times.join(" "))
    });
    expect![[r#"
        4.9: 36000 36000 36000 37002 36000 36000 37002 36000
        5.3: 36000 36000 36000 37002 36000 37002 36000 36000"#]]
    .assert_eq(&told.join("\n"));
}
