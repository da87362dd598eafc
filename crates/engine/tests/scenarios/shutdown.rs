//! A clean stop takes seconds: what still works when, in the order of `BrokerController#shutdown`.

use expect_test::expect;

use crate::lab::{check, check_sends};

/// The VIP listener's event executor is waited for (3 s ticks from the start), then 2 s for pop's service; the store ends then, and
/// with it the copying.
#[test]
fn a_stopping_slave_acknowledges_until_its_store_shuts_down() {
    check_sends(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ],
            "producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 900, "do": "stop", "node": "broker-a/1" }, { "at": 1000, "do": "send", "count": 6, "everyMs": 500 } ], "until": 9000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       1000    1004.05   SEND_OK  broker-a:0
            m2       1500    1504.05   SEND_OK  broker-a:0
            m3       2000    2004.05   SEND_OK  broker-a:0
            m4       2500    2504.05   SEND_OK  broker-a:0
            m5       3000    3004.05   SEND_OK  broker-a:0
            m6       3500    3504.05   SEND_OK  broker-a:0
        "#]],
    );
    check_sends(
        r#"
            "profile": "4.9",
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ],
            "producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" } ],
            "script": [ { "at": 900, "do": "stop", "node": "broker-a/1" }, { "at": 1000, "do": "send", "count": 6, "everyMs": 500 } ], "until": 9000
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       1000    1004.05   SEND_OK              broker-a:0
            m2       1500    1504.05   SEND_OK              broker-a:0
            m3       2000    5002.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m4       2500    5502.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m5       3000    6002.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m6       3500    6502.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
        "#]],
    );
}

/// Whoever calls is refused at once. The slave's connection lives on and its next try counts from that connection's end: it is back
/// 5 s after it, and reports 5 s later (4.9).
#[test]
fn a_stopping_master_refuses_clients_and_lets_its_slave_go_late() {
    check_sends(
        r#"
            "profile": "4.9",
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ],
            "producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 900, "do": "stop", "node": "broker-a/0" }, { "at": 1000, "do": "send" }, { "at": 4000, "do": "restart", "node": "broker-a/0" },
                        { "at": 7000, "do": "send" }, { "at": 11500, "do": "send" } ], "until": 20000
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                      sent to
            m1       1000    1006      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m2       7000    7004.05   SLAVE_NOT_AVAILABLE                                                                                                       broker-a:0
            m3       11500   13019.05  SEND_OK                                                                                                                   broker-a:0
        "#]],
    );
}

/// What a level's time has come for before the store shuts down is delivered, though nobody can pull it.
#[test]
fn a_stopping_master_delivers_until_its_store_shuts_down() {
    check(
        r#"
            "brokers": [ { "conf": {} } ],
            "script": [ { "at": 0, "do": "send", "delayLevel": 1 }, { "at": 2900, "do": "send", "delayLevel": 1 }, { "at": 500, "do": "send" },
                        { "at": 950, "do": "stop", "node": "broker-a/0" } ], "until": 12000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 SCHEDULE_TOPIC_XXXX/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                  500  send m2 ────────────────────────▶ │
                  501  │                                 stores m2 T/0:0 (page cache)
               502.05  m2 SEND_OK ◀───────────────────── │
                 1100  │                                 stores m1 T/0:1 (page cache)
                 2902  ✗ m3 RemotingConnectException (try 1)
                 2904  ✗ m3 RemotingConnectException (try 2)
                 2906  ✗ m3 RemotingConnectException (try 3)
                 2906  ✗ returns m3 MQClientException 10001
                 7750  │                                 fsync m1, m2, m1
                 7750  │                                 ■ stopped

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight     0          0         at-risk  broker-a/0 (disk, never served), broker-a/0 (disk); exposed to disk-loss
            m2       acked    in-flight     0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m3       refused  never-stored  0          0         refused
        "#]],
    );
}

/// … and not what its time comes for later: the log has it for the next start.
#[test]
fn nothing_is_delivered_after_the_store_s_shutdown() {
    check(
        r#"
            "profile": "4.9",
            "script": [ { "at": 1500, "do": "send", "delayLevel": 1 }, { "at": 1600, "do": "stop", "node": "broker-a/0" }, { "at": 4000, "do": "restart", "node": "broker-a/0" } ], "until": 9000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                 1500  send m1 ────────────────────────▶ │
                 1501  │                                 stores m1 SCHEDULE_TOPIC_XXXX/0:0 (page cache)
              1502.05  m1 SEND_OK ◀───────────────────── │
                 3250  │                                 fsync m1
                 3250  │                                 ■ stopped
                 6000  │                                 ▲ up
                 7000  │                                 stores m1 T/0:0 (page cache)

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk, never served), broker-a/0 (page cache); exposed to disk-loss
        "#]],
    );
}

/// Without a client even the usual listener's executor is waited for, and the VIP listener's has just begun anew then (4.9).
#[test]
fn a_broker_that_nobody_is_connected_to_takes_longer() {
    for (producers, expected) in [
        (
            r#"[ { "name": "p1" } ]"#,
            expect![[r#"
                   ms  p1                                broker-a/0
                42250  │                                 ■ stopped

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
        ),
        (
            "[]",
            expect![[r#"
                   ms  broker-a/0
                45250  ■ stopped

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
        ),
    ] {
        check(
            &format!(
                r#"
                    "profile": "4.9", "producers": {producers}, "consumers": [],
                    "script": [ {{ "at": 40000, "do": "stop", "node": "broker-a/0" }} ], "until": 50000
                "#
            ),
            expected,
        );
    }
}

/// It waits for the end of the old process.
#[test]
fn a_restart_that_is_ordered_meanwhile_waits() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "stop", "node": "broker-a/0" }, { "at": 2000, "do": "restart", "node": "broker-a/0", "takesMs": 1000 } ], "until": 15000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                 7750  │                                 fsync m1
                 7750  │                                 ■ stopped
                 8750  │                                 ▲ up

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

/// What waits for the last flush is lost with the power, and no restart waits any more.
#[test]
fn a_power_loss_ends_a_stop_at_once() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "stop", "node": "broker-a/0" }, { "at": 2000, "do": "power-loss", "node": "broker-a/0" } ], "until": 15000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                 2000  │                                 ✗ power loss
                 2000  │                                 ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: async-flush, by node-down of broker-a/0 at 2000
        "#]],
    );
}

/// 5.x leaves the routes first, 4.9 last.
#[test]
fn a_stopping_broker_leaves_the_routes_first_or_last() {
    for (profile, expected) in [
        (
            "4.9",
            expect![[r#"
               ms  p1                           broker-a/0                   broker-b/0
                0  send m1 ───────────────────▶ │                            │
                1  │                            stores m1 T/0:0 (page cache) │
             2.05  m1 SEND_OK ◀──────────────── │                            │
             3250  │                            │                            ■ stopped
             3262  new route of T               │
            10005  │                            fsync m1

        message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
               ms  p1                           broker-a/0                   broker-b/0
                0  send m1 ───────────────────▶ │                            │
                1  │                            stores m1 T/0:0 (page cache) │
             2.05  m1 SEND_OK ◀──────────────── │                            │
             1012  new route of T               │                            │
             7750  │                            │                            ■ stopped
            10005  │                            fsync m1

        message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
    "#]],
        ),
    ] {
        check(
            &format!(
                r#"
                    "profile": "{profile}", "brokers": [ {{ "name": "broker-a" }}, {{ "name": "broker-b" }} ],
                    "producers": [ {{ "name": "p1", "conf": {{ "pollNameServerInterval": 100 }} }} ],
                    "script": [ {{ "at": 0, "do": "send" }}, {{ "at": 1000, "do": "stop", "node": "broker-b/0" }} ], "until": 12000
                "#
            ),
            expected,
        );
    }
}
