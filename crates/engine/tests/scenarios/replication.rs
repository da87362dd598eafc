//! B.4 to B.7: what a master sends, what an acknowledgement is worth, and what a put is told of its slaves.

use expect_test::expect;

use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::FlightKind;

use crate::lab::{self, check, check_sends};

/// Nobody wakes its sender, which looks every 100 ms. The slave flushes by its own rules.
#[test]
fn an_async_master_pushes_within_100_ms() {
    check(
        r#"
            "brokers": [ { "conf": {  }, "slaves": [ {} ] } ],
            "script": [ { "at": 10, "do": "send" } ], "until": 11000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                   10  send m1 ───────────────────▶ │                            │
                   11  │                            stores m1 T/0:0 (page cache) │
                12.05  m1 SEND_OK ◀──────────────── │                            │
                  104  │                            copy m1 ───────────────────▶ │
                10005  │                            fsync m1                     │
                10005  │                            │                            fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
        "#]],
    );
}

/// The acknowledgement means that the slave has it in its page cache: its own fsync comes later.
#[test]
fn a_put_that_waits_wakes_the_sender() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ],
            "script": [ { "at": 10, "do": "send" } ], "until": 11000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                   10  send m1 ───────────────────▶ │                            │
                   11  │                            stores m1 T/0:0 (page cache) │
                   12  │                            copy m1 ───────────────────▶ │
                14.05  m1 SEND_OK ◀──────────────── │                            │
                10005  │                            fsync m1                     │
                10005  │                            │                            fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
        "#]],
    );
}

/// What an idle sender finds goes out in batches (`haTransferBatchSize`), one right after the other: `WriteSocketService#run` waits
/// only when it has found nothing. A real sender cuts a record that is larger than a batch; here it goes whole.
#[test]
fn a_sender_at_work_does_not_pause_between_its_batches() {
    for profile in ["4.9", "5.3"] {
        let batches = |size: &str| {
            let mut run = lab::run(&format!(
                r#""profile": "{profile}", "brokers": [ {{ "conf": {{ {size} }}, "slaves": [ {{}} ] }} ],
                "script": [ {{ "at": 10, "do": "send", "count": 5, "everyMs": 10, "bodyBytes": 1500 }} ], "until": 1000"#
            ));
            run.seek_time(SimTime::from_micros(103_500));
            let flights = run.cluster().view().flights.into_iter();
            let copies = flights.filter_map(|flight| match flight.what {
                FlightKind::Replicate(messages) => Some(messages),
                _ => None,
            });
            copies
                .map(|messages| messages.iter().map(ToString::to_string).collect::<String>())
                .collect::<Vec<_>>()
        };
        assert_eq!(batches(""), ["m1m2m3m4m5"]);
        assert_eq!(
            batches(r#""haTransferBatchSize": 4096"#),
            ["m1m2", "m3m4", "m5"]
        );
        assert_eq!(
            batches(r#""haTransferBatchSize": 1000"#),
            ["m1", "m2", "m3", "m4", "m5"]
        );
    }
}

#[test]
fn a_put_that_waits_wakes_the_sender_in_4_9() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ],
            "script": [ { "at": 10, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                   10  send m1 ───────────────────▶ │                            │
                   11  │                            stores m1 T/0:0 (page cache) │
                   12  │                            copy m1 ───────────────────▶ │
                14.05  m1 SEND_OK ◀──────────────── │                            │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (page cache), broker-a/1 (page cache, never served)
        "#]],
    );
}

#[test]
fn a_slave_flushes_by_its_own_settings() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ] } ],
            "script": [ { "at": 10, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                   10  send m1 ───────────────────▶ │                            │
                   11  │                            stores m1 T/0:0 (page cache) │
                   12  │                            copy m1 ───────────────────▶ │
                14.05  m1 SEND_OK ◀──────────────── │                            │
                   25  │                            │                            fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (disk, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

/// inSyncReplicas = 1 is the master itself.
#[test]
fn a_sync_master_does_not_wait_by_default_in_5_3() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/1" }, { "at": 10, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            │                            ‖ paused
                   10  send m1 ───────────────────▶ │                            ┊
                   11  │                            stores m1 T/0:0 (page cache) ┊
                12.05  m1 SEND_OK ◀──────────────── │                            ┊

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn without_a_slave_4_9_says_so_at_once() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" } } ],
            "script": [ { "at": 10, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                   10  send m1 ────────────────────────▶ │
                   11  │                                 stores m1 T/0:0 (page cache)
                12.05  m1 SLAVE_NOT_AVAILABLE ◀───────── │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn without_a_slave_5_3_waits_for_one() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 } } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 10, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                   10  send m1 ────────────────────────▶ │
                   11  │                                 stores m1 T/0:0 (page cache)
              3012.05  m1 FLUSH_SLAVE_TIMEOUT ◀───────── │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// FLUSH_SLAVE_TIMEOUT until 20 to 21 s after its last report, then SLAVE_NOT_AVAILABLE at once; thawed, it counts as connected before it has reported.
#[test]
fn a_frozen_slave_times_out_until_its_connection_is_given_up_in_4_9() {
    check_sends(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 1000, "do": "pause", "node": "broker-a/1" }, { "at": 2000, "do": "send", "count": 8, "everyMs": 4000 }, { "at": 34000, "do": "resume", "node": "broker-a/1" }, { "at": 34500, "do": "send", "count": 4, "everyMs": 4000 } ]
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       0       4.05      SEND_OK              broker-a:0
            m2       2000    5002.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m3       6000    9002.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m4       10000   13002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m5       14000   17002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m6       18000   21002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m7       22000   22002.05  SLAVE_NOT_AVAILABLE  broker-a:0
            m8       26000   26002.05  SLAVE_NOT_AVAILABLE  broker-a:0
            m9       30000   30002.05  SLAVE_NOT_AVAILABLE  broker-a:0
            m10      34500   37502.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m11      38500   39016.05  SEND_OK              broker-a:0
            m12      42500   42504.05  SEND_OK              broker-a:0
            m13      46500   46504.05  SEND_OK              broker-a:0
        "#]],
    );
}

#[test]
fn a_frozen_slave_times_out_for_ever_in_5_3() {
    check_sends(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 1000, "do": "pause", "node": "broker-a/1" }, { "at": 2000, "do": "send", "count": 8, "everyMs": 4000 }, { "at": 34000, "do": "resume", "node": "broker-a/1" }, { "at": 34500, "do": "send", "count": 4, "everyMs": 4000 } ]
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       0       4.05      SEND_OK              broker-a:0
            m2       2000    5002.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m3       6000    9002.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m4       10000   13002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m5       14000   17002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m6       18000   21002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m7       22000   25002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m8       26000   29002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m9       30000   33002.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m10      34500   37502.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m11      38500   39006.05  SEND_OK              broker-a:0
            m12      42500   42504.05  SEND_OK              broker-a:0
            m13      46500   46504.05  SEND_OK              broker-a:0
        "#]],
    );
}

#[test]
fn a_killed_slave_is_noticed_at_once_in_4_9() {
    check_sends(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/1" }, { "at": 2000, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       2000    2002.05   SLAVE_NOT_AVAILABLE  broker-a:0
        "#]],
    );
}

#[test]
fn a_thawed_slave_catches_up() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/1" }, { "at": 10, "do": "send" }, { "at": 4000, "do": "resume", "node": "broker-a/1" }, { "at": 4500, "do": "send" } ], "until": 6000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            │                            ‖ paused
                   10  send m1 ───────────────────▶ │                            ┊
                   11  │                            stores m1 T/0:0 (page cache) ┊
              3012.05  m1 FLUSH_SLAVE_TIMEOUT ◀──── │                            ┊
                 4000  │                            │                            ▶ resumed
                 4000  │                            copy m1 ───────────────────▶ │
                 4500  send m2 ───────────────────▶ │                            │
                 4501  │                            stores m2 T/0:1 (page cache) │
                 4502  │                            copy m2 ───────────────────▶ │
              4504.05  m2 SEND_OK ◀──────────────── │                            │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (page cache, never served); exposed to power-loss, disk-loss
            m2       acked         in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (page cache, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn two_slaves_and_three_replicas_wait_for_the_slower_one() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 3 }, "slaves": [ {}, {} ] } ],
            "script": [ { "at": 0, "do": "set-link", "between": ["broker-a/0", "broker-a/2"], "latencyMs": 50 }, { "at": 10, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            broker-a/2
                   10  send m1 ────────────▶ │                     │                     │
                   11  │                     stores m1 T/0:0 (page cache)                │
                   12  │                     copy m1 ────────────▶ │                     │
                   61  │                     copy m1 ──────────────────────────────────▶ │
               112.05  m1 SEND_OK ◀───────── │                     │                     │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (page cache, never served), broker-a/2 (page cache, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn one_slave_of_two_is_enough_in_4_9() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {}, {} ] } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/2" }, { "at": 10, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            broker-a/2
                    0  │                     │                     │                     ‖ paused
                   10  send m1 ────────────▶ │                     │                     ┊
                   11  │                     stores m1 T/0:0 (page cache)                ┊
                   12  │                     copy m1 ────────────▶ │                     ┊
                14.05  m1 SEND_OK ◀───────── │                     │                     ┊

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (page cache), broker-a/1 (page cache, never served)
        "#]],
    );
}

/// `haSlaveFallbehindMax`, here 300 bytes.
#[test]
fn a_slave_too_far_behind_is_no_slave_in_4_9() {
    check_sends(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "haSlaveFallbehindMax": 300 }, "slaves": [ {} ] } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/1" }, { "at": 10, "do": "send", "count": 3, "everyMs": 10 } ], "until": 5000
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       10      3012.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m2       20      22.05     SLAVE_NOT_AVAILABLE  broker-a:0
            m3       30      32.05     SLAVE_NOT_AVAILABLE  broker-a:0
        "#]],
    );
}

/// Before anything is stored: a sync send tries three times, an async one hears of it at once.
#[test]
fn an_acting_master_refuses_when_too_few_are_in_sync() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2, "enableSlaveActingMaster": true, "enableAutoInSyncReplicas": false } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "send", "mode": "async" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    2  m1 MQBrokerException 1 ◀───────── │
                    2  send m1 (try 2) ────────────────▶ │
                    4  m1 MQBrokerException 1 (try 2) ◀─ │
                    4  send m1 (try 3) ────────────────▶ │
                    6  m1 MQBrokerException 1 (try 3) ◀─ │
                    6  ✗ returns m1 MQClientException 1  │
                  100  send m2 ────────────────────────▶ │
                  102  m2 MQBrokerException 1 ◀───────── │
                  102  ✗ returns m2 MQBrokerException 1  │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   refused  never-stored  0          0         refused
        "#]],
    );
}

/// `enableAutoInSyncReplicas`.
#[test]
fn an_acting_master_may_lower_what_it_needs() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2, "enableSlaveActingMaster": true, "enableAutoInSyncReplicas": true } } ],
            "script": [ { "at": 0, "do": "send" } ], "until": 1000
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

#[test]
fn an_acting_master_with_its_slave_in_sync_waits_for_it() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2, "enableSlaveActingMaster": true }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            copy m1 ───────────────────▶ │
                 4.05  m1 SEND_OK ◀──────────────── │                            │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (page cache, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

/// 5.3: the master gives the connection up after 20 s, the slave connects again when the link is healed.
#[test]
fn a_cut_link_is_a_frozen_slave() {
    check(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2 }, "slaves": [ {} ] } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "partition", "between": ["broker-a/0", "broker-a/1"] }, { "at": 10, "do": "send" }, { "at": 30000, "do": "heal", "between": ["broker-a/0", "broker-a/1"] }, { "at": 45000, "do": "send" } ], "until": 46000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            ✗ link to broker-a/1 cut     │
                   10  send m1 ───────────────────▶ │                            │
                   11  │                            stores m1 T/0:0 (page cache) │
              3012.05  m1 FLUSH_SLAVE_TIMEOUT ◀──── │                            │
                10005  │                            fsync m1                     │
                16003  │                            closes connection to broker-a/1
                30000  │                            link to broker-a/1 healed    │
                30014  │                            copy m1 ───────────────────▶ │
                40005  │                            │                            fsync m1
                45000  send m2 ───────────────────▶ │                            │
                45001  │                            stores m2 T/0:1 (page cache) │
                45002  │                            copy m2 ───────────────────▶ │
             45004.05  m2 SEND_OK ◀──────────────── │                            │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
            m2       acked         in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (page cache, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

/// 5.3: connected 5 s after its start, or 15; then the first report.
#[test]
fn a_slave_that_starts_again_reports_and_gets_the_rest() {
    check(
        r#"
            "brokers": [ { "conf": {  }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/1" }, { "at": 100, "do": "send", "count": 2, "everyMs": 10 }, { "at": 1000, "do": "restart", "node": "broker-a/1" } ], "until": 30000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            │                            ✗ crash
                    1  │                            closes connection to broker-a/1
                  100  send m1 ───────────────────▶ │
                  101  │                            stores m1 T/0:0 (page cache)
               102.05  m1 SEND_OK ◀──────────────── │
                  110  send m2 ───────────────────▶ │
                  111  │                            stores m2 T/0:1 (page cache)
               112.05  m2 SEND_OK ◀──────────────── │
                 3000  │                            │                            ▲ up
                10005  │                            fsync m1, m2                 │
                18014  │                            copy m1, m2 ───────────────▶ │
                23005  │                            │                            fsync m1, m2

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_slave_that_starts_again_reports_after_5_s_in_4_9() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" }, "slaves": [ {} ] } ], "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/1" }, { "at": 100, "do": "send" }, { "at": 1000, "do": "restart", "node": "broker-a/1" }, { "at": 4000, "do": "send" }, { "at": 12000, "do": "send" } ], "until": 15000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            │                            ✗ crash
                    1  │                            closes connection to broker-a/1
                  100  send m1 ───────────────────▶ │
                  101  │                            stores m1 T/0:0 (page cache)
               102.05  m1 SLAVE_NOT_AVAILABLE ◀──── │
                 3000  │                            │                            ▲ up
                 4000  send m2 ───────────────────▶ │                            │
                 4001  │                            stores m2 T/0:1 (page cache) │
              7002.05  m2 FLUSH_SLAVE_TIMEOUT ◀──── │                            │
                 8014  │                            copy m1, m2 ───────────────▶ │
                10005  │                            fsync m1, m2                 │
                12000  send m3 ───────────────────▶ │                            │
                12001  │                            stores m3 T/0:2 (page cache) │
                12002  │                            copy m3 ───────────────────▶ │
             12004.05  m3 SEND_OK ◀──────────────── │                            │
                13005  │                            │                            fsync m1–m3

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked-unsure  in-flight  0          0         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
            m3       acked         in-flight  0          0         ok       broker-a/0 (page cache), broker-a/1 (disk, never served)
        "#]],
    );
}

/// Files of 4096 bytes; the slave's disk was destroyed: it gets what lies in the last one.
#[test]
fn a_new_slave_gets_the_last_file_only() {
    check(
        r#"
            "brokers": [ { "conf": { "mappedFileSizeCommitLog": 4096 }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "destroy-disk", "node": "broker-a/1" }, { "at": 100, "do": "send", "count": 4, "everyMs": 10, "bodyBytes": 1500 }, { "at": 1000, "do": "restart", "node": "broker-a/1" } ], "until": 30000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  │                            │                            ✗ store deleted
                    0  │                            │                            ✗ disk destroyed
                    1  │                            closes connection to broker-a/1
                  100  send m1 ───────────────────▶ │
                  101  │                            stores m1 T/0:0 (page cache)
               102.05  m1 SEND_OK ◀──────────────── │
                  110  send m2 ───────────────────▶ │
                  111  │                            stores m2 T/0:1 (page cache)
               112.05  m2 SEND_OK ◀──────────────── │
                  120  send m3 ───────────────────▶ │
                  121  │                            stores m3 T/0:2 (page cache)
               122.05  m3 SEND_OK ◀──────────────── │
                  130  send m4 ───────────────────▶ │
                  131  │                            stores m4 T/0:3 (page cache)
               132.05  m4 SEND_OK ◀──────────────── │
                 3000  │                            │                            ▲ up
                10005  │                            fsync m1–m4                  │
                18014  │                            copy m3, m4 ───────────────▶ │
                23005  │                            │                            fsync m3, m4

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m3, m4   acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
        "#]],
    );
}

/// The power loss takes m2 from the master. The slave keeps it, in place of the bytes that are another message's by now.
#[test]
fn a_slave_that_knows_more_than_its_master_never_serves_it() {
    check(
        r#"
            "brokers": [ { "conf": {  }, "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 11000, "do": "send" }, { "at": 11200, "do": "power-loss", "node": "broker-a/0" }, { "at": 12000, "do": "restart", "node": "broker-a/0" }, { "at": 60000, "do": "send", "count": 2, "everyMs": 10 } ], "until": 70000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    4  │                            copy m1 ───────────────────▶ │
                10005  │                            fsync m1                     │
                10005  │                            │                            fsync m1
                11000  send m2 ───────────────────▶ │                            │
                11001  │                            stores m2 T/0:1 (page cache) │
             11002.05  m2 SEND_OK ◀──────────────── │                            │
                11004  │                            copy m2 ───────────────────▶ │
                11200  │                            ✗ power loss                 │
                11200  │                            ✗ lost: m2                   │
                14000  │                            ▲ up                         │
                14000  │                            ✗ log cut: 1 gone            │
                20005  │                            │                            fsync m2
                60000  send m3 ───────────────────▶ │                            │
                60001  │                            stores m3 T/0:1 (page cache) │
             60002.05  m3 SEND_OK ◀──────────────── │                            │
                60010  send m4 ───────────────────▶ │                            │
                60011  │                            stores m4 T/0:2 (page cache) │
             60012.05  m4 SEND_OK ◀──────────────── │                            │
                60107  │                            copy m4 ───────────────────▶ │
                64005  │                            fsync m3, m4                 │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
            m2       acked    lost       0          0         lost     broker-a/1 (disk, never served); ✗ store: slave-never-served, by node-down of broker-a/0 at 11200
            m3       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m4       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (page cache, never served); exposed to disk-loss
        "#]],
    );
}

/// 4.9 closes the connection at the second report that is beyond its own log; the slave connects again at once and reports 5 s
/// later: the two go on like that until the master's log is the longer one.
#[test]
fn in_4_9_a_slave_that_knows_more_is_turned_away_again_and_again() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "slaves": [ {} ] } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 200, "do": "power-loss", "node": "broker-a/0" }, { "at": 300, "do": "restart", "node": "broker-a/0" } ], "until": 45000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    4  │                            copy m1 ───────────────────▶ │
                  200  │                            ✗ power loss                 │
                 2300  │                            ▲ up                         │
                 2300  │                            ✗ log cut: 1 gone            │
                 2300  │                            ✗ lost: m1                   │
                10005  │                            │                            fsync m1
                15306  │                            closes connection to broker-a/1
                25310  │                            closes connection to broker-a/1
                35314  │                            closes connection to broker-a/1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     broker-a/1 (disk, never served); ✗ store: slave-never-served, by node-up of broker-a/0 at 2300
        "#]],
    );
}

#[test]
fn a_slave_serves_while_its_master_is_down_in_4_9() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "slaves": [ {} ] } ], "consumers": [ { "started": false } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 }, { "at": 1000, "do": "crash", "node": "broker-a/0" }, { "at": 2000, "do": "start-consumer" } ], "until": 30000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            c1
                    0  send m1 ────────────▶ │                     │
                    1  │                     stores m1 T/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────── │                     │
                    4  │                     copy m1 ────────────▶ │
                   10  send m2 ────────────▶ │                     │
                   11  │                     stores m2 T/0:1 (page cache)
                12.05  m2 SEND_OK ◀───────── │                     │
                  104  │                     copy m2 ────────────▶ │
                 1000  │                     ✗ crash               │
                 2000  │                                           │                     ▲ up
                 2006  │                                           │                     new route of T
                 2016  │                                           │                     owns 1 of T
                 2017  │                                           T/0:0 to 2 ─────────▶ │
                 2018  │                                           │                     gets m1, m2
                 2018  │                                           │                     ✓ m1, m2
                10005  │                                           fsync m1, m2          │
                12001  │                                           CG T/0 offset 2       │
                27962  new route of T                              │                     │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    consumed  1          1         ok       broker-a/0 (page cache), broker-a/1 (disk)
        "#]],
    );
}
