//! Controller mode: who is in sync, who becomes master, and what that costs.

use expect_test::expect;
use loss_lab_engine::event::EventKind;

use crate::lab::{check, check_sends, run};

/// A master and a slave under a controller, whose master's other settings are `conf`.
fn pair(conf: &str, rest: &str) -> String {
    format!(
        r#""brokers": [ {{ "name": "broker-a", "conf": {{ "enableControllerMode": true{conf} }},
            "slaves": [ {{ "conf": {{ "enableControllerMode": true{conf} }} }} ] }} ], {rest}"#
    )
}

const ALL_ACK: &str = r#", "allAckInSyncStateSet": true, "minInSyncReplicas": 2"#;

#[test]
fn failover_with_default_settings_loses_the_tail_that_was_not_replicated() {
    check(
        &pair(
            "",
            r#""script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "send" },
                { "after": { "event": "send-returned", "message": "m2" }, "do": "crash", "node": "broker-a/0" },
                { "at": 40000, "do": "send" },
                { "at": 41000, "do": "restart", "node": "broker-a/0" }
            ], "until": 60000"#,
        ),
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
                10505  │                                           fsync m1              │
                26712  new route of T                              │                     │
                40000  send m3 ──────────────────────────────────▶ │                     │
                40001  │                                           stores m3 T/0:1 (page cache)
             40002.05  m3 SEND_OK ◀─────────────────────────────── │                     │
                40505  │                                           fsync m3              │
                43000  │                     ▲ up                  │                     │
                43004  │                     SLAVE, epoch 2        │                     │
                43010  │                     ✗ log cut: 1 gone     │                     │
                48020  │                     copy m3 ◀──────────── │                     │
                48022  │                     │                     │                     in sync: /0 /1
                53005  │                     fsync m1, m3          │                     │
                56712  new route of T        │                     │                     │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (disk, never served), broker-a/1 (disk)
            m2       acked    lost       0          0         lost     ✗ store: election, by elected of namesrv/0 at 2003.05
            m3       acked    in-flight  0          0         ok       broker-a/0 (disk, never served), broker-a/1 (disk)
        "#]],
    );
}

#[test]
fn all_ack_and_two_in_sync_lose_nothing_that_was_acknowledged() {
    check(
        &pair(
            ALL_ACK,
            r#""script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "send" },
                { "after": { "event": "send-returned", "message": "m2" }, "do": "power-loss", "node": "broker-a/0" },
                { "at": 50000, "do": "restart", "node": "broker-a/0" },
                { "at": 70000, "do": "send" }
            ], "until": 80000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  send m1 ────────────▶ │                     │                     │
                 1001  │                     stores m1 T/0:0 (page cache)                │
                 1002  │                     copy m1 ────────────▶ │                     │
              1004.05  m1 SEND_OK ◀───────── │                     │                     │
                 2000  send m2 ────────────▶ │                     │                     │
                 2001  │                     stores m2 T/0:1 (page cache)                │
                 2002  │                     copy m2 ────────────▶ │                     │
              2004.05  m2 SEND_OK ◀───────── │                     │                     │
              2004.05  │                     ✗ power loss          │                     │
                10505  │                                           fsync m1, m2          │
                15000  │                                           │                     elects broker-a/1
                15001  │                                           SYNC_MASTER, epoch 2  │
                26712  new route of T                              │                     │
                52000  │                     ▲ up                  │                     │
                52000  │                     ✗ log cut: 2 gone     │                     │
                52004  │                     SLAVE, epoch 2        │                     │
                56712  new route of T        │                     │                     │
                57020  │                     copy m1, m2 ◀──────── │                     │
                57022  │                     │                     │                     in sync: /0 /1
                62005  │                     fsync m1, m2          │                     │
                70000  send m3 ──────────────────────────────────▶ │                     │
                70001  │                     │                     stores m3 T/0:2 (page cache)
                70002  │                     copy m3 ◀──────────── │                     │
             70004.05  m3 SEND_OK ◀─────────────────────────────── │                     │
                70505  │                     │                     fsync m3              │
                72005  │                     fsync m3              │                     │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1–m3    acked    in-flight  0          0         ok       broker-a/0 (disk, never served), broker-a/1 (disk)
        "#]],
    );
}

#[test]
fn a_frozen_slave_leaves_the_sync_state_set_with_its_connection_and_comes_back_to_it() {
    check(
        &pair(
            "",
            r#""script": [
                { "at": 1000, "do": "pause", "node": "broker-a/1" },
                { "at": 30000, "do": "resume", "node": "broker-a/1" }
            ], "until": 50000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  │                     │                     ‖ paused              │
                21509  │                     closes connection to broker-a/1             │
                21510  │                     │                     ┊                     in sync: /0
                30000  │                     │                     ▶ resumed             │
                40004  │                     │                     │                     in sync: /0 /1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

#[test]
fn a_sync_state_set_that_is_too_small_refuses_writes() {
    check_sends(
        &pair(
            ALL_ACK,
            r#""producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "pause", "node": "broker-a/1" },
                { "at": 3000, "do": "send" },
                { "at": 30000, "do": "send" },
                { "at": 31000, "do": "send", "mode": "async" },
                { "at": 40000, "do": "resume", "node": "broker-a/1" },
                { "at": 55000, "do": "send" }
            ], "until": 60000"#,
        ),
        expect![[r#"
            message  called  returned  with                                                                                                                  sent to
            m1       1000    1004.05   SEND_OK                                                                                                               broker-a:0
            m2       3000    6002.05   FLUSH_SLAVE_TIMEOUT                                                                                                   broker-a:0
            m3       30000   30006     MQClientException 1: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]  broker-a:0 broker-a:0 broker-a:0
            m4       31000   31002     MQBrokerException 1: CODE: 1  DESC: in-sync replicas not enough BROKER: <broker-a/0>                                  broker-a:0
            m5       55000   55004.05  SEND_OK                                                                                                               broker-a:0
        "#]],
    );
}

#[test]
fn consumers_see_only_what_all_of_the_set_have_confirmed() {
    check(
        &pair(
            ALL_ACK,
            r#""consumers": [ { "name": "c1", "topic": "T" } ],
            "producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [
                { "at": 1000, "do": "pause", "node": "broker-a/1" },
                { "at": 2000, "do": "send" },
                { "at": 9000, "do": "resume", "node": "broker-a/1" }
            ], "until": 20000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            c1
                 1000  │                     │                     ‖ paused              │
                 2000  send m1 ────────────▶ │                     ┊                     │
                 2001  │                     stores m1 T/0:0 (page cache)                │
              5002.05  ◀──────────────────── m1 FLUSH_SLAVE_TIMEOUT                      │
                 9000  │                     │                     ▶ resumed             │
                 9000  │                     copy m1 ────────────▶ │                     │
                 9002  │                     T/0:0 to 1 ───────────────────────────────▶ │
                 9003  │                     │                     │                     gets m1
                 9003  │                     │                     │                     ✓ m1
                10005  │                     fsync m1              │                     │
                10505  │                     │                     fsync m1              │
                11701  │                     CG T/0 offset 1       │                     │
                17718  │                     │                     │                     owns 1 of %RETRY%CG

            message  promise       fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  consumed  1          1         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
        "#]],
    );
}

/// The slave is cut off until it has left the set, then the master dies for good.
const LEFT_BEHIND: &str = r#"
    { "at": 1000, "do": "partition", "between": ["broker-a/0", "broker-a/1"] },
    { "at": 2000, "do": "send" },
    { "at": 30000, "do": "crash", "node": "broker-a/0" },
    { "at": 70000, "do": "send" }
"#;

#[test]
fn only_a_member_of_the_sync_state_set_is_elected() {
    check(
        &pair(
            "",
            &format!(
                r#""script": [ {LEFT_BEHIND}, {{ "at": 80000, "do": "restart", "node": "broker-a/0" }} ], "until": 90000"#
            ),
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  │                     ✗ link to broker-a/1 cut                    │
                 2000  send m1 ────────────▶ │                     │                     │
                 2001  │                     stores m1 T/0:0 (page cache)                │
              2002.05  m1 SEND_OK ◀───────── │                     │                     │
                10005  │                     fsync m1              │                     │
                21509  │                     closes connection to broker-a/1             │
                21510  │                     │                     │                     in sync: /0
                30000  │                     ✗ crash               │                     │
                30001  │                                           │                     elects nobody
                56712  new route of T                              │                     │
                70002  ✗ returns m2 MQClientException 10005        │                     │
                82000  │                     ▲ up                  │                     │
                82005  │                     │                     │                     elects broker-a/0
                82006  │                     SYNC_MASTER, epoch 3  │                     │
                86712  new route of T        │                     │                     │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight     0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m2       refused  never-stored  0          0         refused
        "#]],
    );
}

#[test]
fn an_unclean_election_makes_a_replica_master_that_was_left_behind() {
    check(
        &pair(
            "",
            &format!(
                r#""script": [
                    {{ "at": 0, "do": "set-conf", "node": "namesrv/0", "conf": {{ "enableElectUncleanMaster": true }} }}, {LEFT_BEHIND}
                ], "until": 80000"#
            ),
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  │                     ✗ link to broker-a/1 cut                    │
                 2000  send m1 ────────────▶ │                     │                     │
                 2001  │                     stores m1 T/0:0 (page cache)                │
              2002.05  m1 SEND_OK ◀───────── │                     │                     │
                10005  │                     fsync m1              │                     │
                21509  │                     closes connection to broker-a/1             │
                21510  │                     │                     │                     in sync: /0
                30000  │                     ✗ crash               │                     │
                30001  │                                           │                     elects broker-a/1
                30001  │                                           │                     ✗ lost: m1
                30002  │                                           SYNC_MASTER, epoch 2  │
                56712  new route of T                              │                     │
                70000  send m2 ──────────────────────────────────▶ │                     │
                70001  │                                           stores m2 T/0:0 (page cache)
             70002.05  m2 SEND_OK ◀─────────────────────────────── │                     │
                70505  │                                           fsync m2              │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost       0          0         lost     broker-a/0 (disk, never served); ✗ store: election, by elected of namesrv/0 at 30001
            m2       acked    in-flight  0          0         at-risk  broker-a/1 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_master_that_was_cut_off_becomes_a_slave_and_cuts_its_own_tail() {
    check(
        &pair(
            "",
            r#""script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "partition", "between": ["broker-a/0", "broker-a/1"] },
                { "at": 2000, "do": "partition", "between": ["broker-a/0", "namesrv/0"] },
                { "at": 18000, "do": "send" },
                { "at": 25000, "do": "heal", "between": ["broker-a/0", "broker-a/1"] },
                { "at": 25000, "do": "heal", "between": ["broker-a/0", "namesrv/0"] },
                { "at": 60000, "do": "send" }
            ], "until": 70000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  send m1 ────────────▶ │                     │                     │
                 1001  │                     stores m1 T/0:0 (page cache)                │
              1002.05  m1 SEND_OK ◀───────── │                     │                     │
                 1010  │                     copy m1 ────────────▶ │                     │
                 2000  │                     ✗ link to broker-a/1 cut                    │
                 2000  │                     ✗ link to namesrv/0 cut                     │
                10005  │                     fsync m1              │                     │
                10505  │                     │                     fsync m1              │
                12000  │                     │                     │                     elects broker-a/1
                12001  │                     │                     SYNC_MASTER, epoch 2  │
                18000  send m2 ────────────▶ │                     │                     │
                18001  │                     stores m2 T/0:1 (page cache)                │
             18002.05  m2 SEND_OK ◀───────── │                     │                     │
                20005  │                     fsync m2              │                     │
                21509  │                     closes connection to broker-a/1             │
                25000  │                     link to broker-a/1 healed                   │
                25000  │                     link to namesrv/0 healed                    │
                25002  │                     SLAVE, epoch 2        │                     │
                25002  │                     ✗ lost: m2            │                     │
                25008  │                     ✗ log cut: 1 gone     │                     │
                26712  new route of T        │                     │                     │
                30008  │                     │                     │                     in sync: /0 /1
                60000  send m3 ──────────────────────────────────▶ │                     │
                60001  │                     │                     stores m3 T/0:1 (page cache)
             60002.05  m3 SEND_OK ◀─────────────────────────────── │                     │
                60008  │                     copy m3 ◀──────────── │                     │
                60505  │                     │                     fsync m3              │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (disk, never served), broker-a/1 (disk)
            m2       acked    lost       0          0         lost     ✗ store: election, by role-changed of broker-a/0 at 25002
            m3       acked    in-flight  0          0         ok       broker-a/0 (page cache, never served), broker-a/1 (disk)
        "#]],
    );
}

#[test]
fn the_third_replica_follows_the_new_master_when_it_next_registers() {
    check(
        r#""brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true },
            "slaves": [ { "conf": { "enableControllerMode": true } }, { "conf": { "enableControllerMode": true } } ] } ],
        "script": [
            { "at": 1000, "do": "crash", "node": "broker-a/0" },
            { "at": 32000, "do": "send" }
        ], "until": 45000"#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       broker-a/2       namesrv/0
                 1000  │                ✗ crash          │                │                │
                 1001  │                                 │                │                elects broker-a/1
                 1002  │                                 SYNC_MASTER, epoch 2              │
                 1002  │                                 │                SLAVE, epoch 2   │
                26712  new route of T                    │                │                │
                32000  send m1 ────────────────────────▶ │                │                │
                32001  │                                 stores m1 T/0:0 (page cache)      │
             32002.05  m1 SEND_OK ◀───────────────────── │                │                │
                36016  │                                 copy m1 ───────▶ │                │
                36018  │                                 │                │                in sync: /1 /2
                40505  │                                 fsync m1         │                │
                41005  │                                 │                fsync m1         │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/1 (disk), broker-a/2 (disk, never served)
        "#]],
    );
}

#[test]
fn a_single_replica_is_elected_again_when_it_returns() {
    check(
        r#""brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true } } ],
        "script": [
            { "at": 1000, "do": "send" },
            { "at": 2000, "do": "crash", "node": "broker-a/0" },
            { "at": 3000, "do": "restart", "node": "broker-a/0" },
            { "at": 40000, "do": "send" }
        ], "until": 50000"#,
        expect![[r#"
                   ms  p1                           broker-a/0                   namesrv/0
                 1000  send m1 ───────────────────▶ │                            │
                 1001  │                            stores m1 T/0:0 (page cache) │
              1002.05  m1 SEND_OK ◀──────────────── │                            │
                 2000  │                            ✗ crash                      │
                 2001  │                                                         elects nobody
                 5000  │                            ▲ up                         │
                 5005  │                            │                            elects broker-a/0
                 5006  │                            SYNC_MASTER, epoch 3         │
                40000  send m2 ───────────────────▶ │                            │
                40001  │                            stores m2 T/0:1 (page cache) │
             40002.05  m2 SEND_OK ◀──────────────── │                            │
                45005  │                            fsync m1, m2                 │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn without_its_name_server_there_is_no_controller_and_no_election() {
    check(
        &pair(
            "",
            r#""script": [
                { "at": 1000, "do": "crash", "node": "namesrv/0" },
                { "at": 2000, "do": "crash", "node": "broker-a/0" },
                { "at": 20000, "do": "restart", "node": "namesrv/0" }
            ], "until": 40000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  │                     │                     │                     ✗ crash
                 2000  │                     ✗ crash               │
                22000  │                                           │                     ▲ up
                25000  │                                           │                     elects broker-a/1
                25001  │                                           SYNC_MASTER, epoch 2  │
                26714  new route of T                              │                     │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

#[test]
fn consumers_follow_the_new_master() {
    check(
        &pair(
            "",
            r#""consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [
                { "at": 1000, "do": "send" },
                { "at": 3000, "do": "crash", "node": "broker-a/0" },
                { "at": 31000, "do": "send" }
            ], "until": 50000"#,
        ),
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
                 1000  send m1 ───────▶ │                │                │                │
                 1001  │                stores m1 T/0:0 (page cache)      │                │
                 1002  │                T/0:0 to 1 ─────────────────────▶ │                │
              1002.05  m1 SEND_OK ◀──── │                │                │                │
                 1003  │                │                │                gets m1          │
                 1003  │                │                │                ✓ m1             │
                 1010  │                copy m1 ───────▶ │                │                │
                 3000  │                ✗ crash          │                │                │
                 3001  │                                 │                │                elects broker-a/1
                 3002  │                                 SYNC_MASTER, epoch 2              │
                10505  │                                 fsync m1         │                │
                26712  │                                 │                new route of %RETRY%CG
                26712  new route of T                    │                │                │
                26714  │                                 │                new route of T   │
                27048  │                                 CG T/0 offset 1  │                │
                31000  send m2 ────────────────────────▶ │                │                │
                31001  │                                 stores m2 T/0:1 (page cache)      │
                31002  │                                 T/0:1 to 2 ────▶ │                │
             31002.05  m2 SEND_OK ◀───────────────────── │                │                │
                31003  │                                 │                gets m2          │
                31003  │                                 │                ✓ m2             │
                31701  │                                 CG T/0 offset 2  │                │
                37722  │                                 │                owns 1 of %RETRY%CG
                40505  │                                 fsync m2         │                │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    consumed  1          1         ok       broker-a/0 (page cache, never served), broker-a/1 (disk)
            m2       acked    consumed  1          1         ok       broker-a/1 (disk)
        "#]],
    );
}

#[test]
fn a_destroyed_disk_of_the_master_loses_nothing_that_another_member_has() {
    check(
        &pair(
            ALL_ACK,
            r#""script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "destroy-disk", "node": "broker-a/0" },
                { "at": 10000, "do": "restart", "node": "broker-a/0" },
                { "at": 40000, "do": "send" }
            ], "until": 50000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  send m1 ────────────▶ │                     │                     │
                 1001  │                     stores m1 T/0:0 (page cache)                │
                 1002  │                     copy m1 ────────────▶ │                     │
              1004.05  m1 SEND_OK ◀───────── │                     │                     │
                 2000  │                     ✗ store deleted       │                     │
                 2000  │                     ✗ disk destroyed      │                     │
                 2001  │                                           │                     elects broker-a/1
                 2002  │                                           SYNC_MASTER, epoch 2  │
                10505  │                                           fsync m1              │
                12000  │                     ▲ up                  │                     │
                12004  │                     SLAVE, epoch 2        │                     │
                17020  │                     copy m1 ◀──────────── │                     │
                17022  │                     │                     │                     in sync: /0 /1
                22005  │                     fsync m1              │                     │
                26712  new route of T        │                     │                     │
                40000  send m2 ──────────────────────────────────▶ │                     │
                40001  │                     │                     stores m2 T/0:1 (page cache)
                40002  │                     copy m2 ◀──────────── │                     │
             40004.05  m2 SEND_OK ◀─────────────────────────────── │                     │
                40505  │                     │                     fsync m2              │
                42005  │                     fsync m2              │                     │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1, m2   acked    in-flight  0          0         ok       broker-a/0 (disk, never served), broker-a/1 (disk)
        "#]],
    );
}

#[test]
fn a_delayed_message_is_delivered_by_the_new_master() {
    check(
        &pair(
            ALL_ACK,
            r#""consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [
                { "at": 1000, "do": "send", "delayLevel": 4 },
                { "at": 2000, "do": "crash", "node": "broker-a/0" }
            ], "until": 45000"#,
        ),
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
                 1000  send m1 ───────▶ │                │                │                │
                 1001  │                stores m1 SCHEDULE_TOPIC_XXXX/3:0 (page cache)     │
                 1002  │                copy m1 ───────▶ │                │                │
              1004.05  m1 SEND_OK ◀──── │                │                │                │
                 2000  │                ✗ crash          │                │                │
                 2001  │                                 │                │                elects broker-a/1
                 2002  │                                 SYNC_MASTER, epoch 2              │
                10505  │                                 fsync m1         │                │
                26712  │                                 │                new route of %RETRY%CG
                26712  new route of T                    │                │                │
                26714  │                                 │                new route of T   │
                31002  │                                 stores m1 T/0:0 (page cache)      │
                31003  │                                 T/0:0 to 1 ────▶ │                │
                31004  │                                 │                gets m1          │
                31004  │                                 │                ✓ m1             │
                31701  │                                 CG T/0 offset 1  │                │
                37722  │                                 │                owns 1 of %RETRY%CG
                40505  │                                 fsync m1         │                │

            message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    consumed  1          1         ok       broker-a/0 (page cache, never served), broker-a/1 (disk, never served), broker-a/1 (disk)
        "#]],
    );
}

#[test]
fn after_two_elections_each_replica_has_cut_what_the_other_has_not() {
    check(
        &pair(
            "",
            r#""producers": [ { "name": "p1", "conf": { "pollNameServerInterval": 5000 } } ],
            "script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "crash", "node": "broker-a/0" },
                { "at": 10000, "do": "send" },
                { "at": 11000, "do": "restart", "node": "broker-a/0" },
                { "at": 25000, "do": "send", "count": 2, "everyMs": 500 },
                { "after": { "event": "send-returned", "message": "m4" }, "do": "crash", "node": "broker-a/1" },
                { "at": 40000, "do": "send" },
                { "at": 41000, "do": "restart", "node": "broker-a/1" }
            ], "until": 55000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  send m1 ────────────▶ │                     │                     │
                 1001  │                     stores m1 T/0:0 (page cache)                │
              1002.05  m1 SEND_OK ◀───────── │                     │                     │
                 1010  │                     copy m1 ────────────▶ │                     │
                 2000  │                     ✗ crash               │                     │
                 2001  │                                           │                     elects broker-a/1
                 2002  │                                           SYNC_MASTER, epoch 2  │
                 6712  new route of T                              │                     │
                10002  send m2 ──────────────────────────────────▶ │                     │
                10003  │                                           stores m2 T/0:1 (page cache)
             10004.05  m2 SEND_OK ◀─────────────────────────────── │                     │
                10505  │                                           fsync m1, m2          │
                13000  │                     ▲ up                  │                     │
                13004  │                     SLAVE, epoch 2        │                     │
                16712  new route of T        │                     │                     │
                18020  │                     copy m2 ◀──────────── │                     │
                18022  │                     │                     │                     in sync: /0 /1
                23005  │                     fsync m1, m2          │                     │
                25000  send m3 ──────────────────────────────────▶ │                     │
                25001  │                     │                     stores m3 T/0:2 (page cache)
             25002.05  m3 SEND_OK ◀─────────────────────────────── │                     │
                25010  │                     copy m3 ◀──────────── │                     │
                25500  send m4 ──────────────────────────────────▶ │                     │
                25501  │                     │                     stores m4 T/0:3 (page cache)
             25502.05  m4 SEND_OK ◀─────────────────────────────── │                     │
             25502.05  │                     │                     ✗ crash               │
             25503.05  │                     │                                           elects broker-a/0
             25503.05  │                     │                                           ✗ lost: m4
             25504.05  │                     SYNC_MASTER, epoch 3                        │
                26712  new route of T        │                                           │
                33005  │                     fsync m3                                    │
                40000  send m5 ────────────▶ │                                           │
                40001  │                     stores m5 T/0:3 (page cache)                │
             40002.05  m5 SEND_OK ◀───────── │                                           │
                43000  │                     │                     ▲ up                  │
                43004  │                     │                     SLAVE, epoch 3        │
                43005  │                     fsync m5              │                     │
                43010  │                     │                     ✗ log cut: 1 gone     │
                46712  new route of T        │                     │                     │
                48020  │                     copy m5 ────────────▶ │                     │
                48022  │                     │                     │                     in sync: /0 /1
                53005  │                     │                     fsync m3, m5          │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1–m3    acked    in-flight  0          0         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
            m4       acked    lost       0          0         lost     ✗ store: election, by elected of namesrv/0 at 25503.05
            m5       acked    in-flight  0          0         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
        "#]],
    );
}

/// So does a real 5.3.3: five sends ended with FLUSH_SLAVE_TIMEOUT, the one that waited when the slave left with SEND_OK after 791 ms.
#[test]
fn a_put_that_waits_while_the_set_shrinks_to_its_master_is_acknowledged_by_it_alone() {
    check(
        &pair(
            ALL_ACK,
            r#""producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [
                { "at": 1000, "do": "pause", "node": "broker-a/1" },
                { "at": 20000, "do": "send" },
                { "at": 22000, "do": "destroy-disk", "node": "broker-a/0" }
            ], "until": 40000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 1000  │                     │                     ‖ paused              │
                20000  send m1 ────────────▶ │                     ┊                     │
                20001  │                     stores m1 T/0:0 (page cache)                │
                21509  │                     closes connection to broker-a/1             │
                21510  │                     │                     ┊                     in sync: /0
             21512.05  m1 SEND_OK ◀───────── │                     ┊                     │
                22000  │                     ✗ store deleted       ┊                     │
                22000  │                     ✗ disk destroyed      ┊                     │
                22000  │                     ✗ lost: m1            ┊                     │
                22001  │                                           ┊                     elects nobody
                26712  new route of T                              ┊                     │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     ✗ store: disk-destroyed, by disk-changed of broker-a/0 at 22000
        "#]],
    );
}

/// While the stopped replica is the last that has it, nobody can be elected with the message: the master's machine had lost it before
/// its fsync. A moment later nobody is master, either replica may become it, and the one that is back first does.
#[test]
fn when_the_last_replica_that_could_be_elected_stops_the_master_s_power_loss_is_what_took_the_message()
 {
    for (until, picture) in [
        (
            4110,
            expect![[r#"
               ms  p1                           broker-a/0                   broker-a/1
                0  send m1 ───────────────────▶ │                            │
                1  │                            stores m1 T/0:0 (page cache) │
                2  │                            copy m1 ───────────────────▶ │
             4.05  m1 SEND_OK ◀──────────────── │                            │
              300  │                            ✗ power loss                 │
              505  │                                                         fsync m1
             4110  │                                                         ■ stopped
             4110  │                                                         ✗ lost: m1
             4110  │                            ▲ up
             4110  │                            ✗ log cut: 1 gone

        message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    lost  0          0         lost     broker-a/1 (disk, never served); ✗ store: async-flush, by node-down of broker-a/1 at 4110
    "#]],
        ),
        (
            20_000,
            expect![[r#"
               ms  p1                    broker-a/0            broker-a/1            namesrv/0
                0  send m1 ────────────▶ │                     │                     │
                1  │                     stores m1 T/0:0 (page cache)                │
                2  │                     copy m1 ────────────▶ │                     │
             4.05  m1 SEND_OK ◀───────── │                     │                     │
              300  │                     ✗ power loss          │                     │
              505  │                                           fsync m1              │
             4110  │                                           ■ stopped             │
             4110  │                                           ✗ lost: m1            │
             4110  │                     ▲ up                                        │
             4110  │                     ✗ log cut: 1 gone                           │
             4111  │                     │                                           elects nobody
             4115  │                     │                                           elects broker-a/0
             4115  │                     │                                           ✗ lost: m1
             4116  │                     SYNC_MASTER, epoch 3                        │

        message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    lost  0          0         lost     broker-a/1 (disk, never served); ✗ store: election, by elected of namesrv/0 at 4115
    "#]],
        ),
    ] {
        check(
            &format!(
                r#"
            "brokers": [ {{ "name": "broker-a", "conf": {{ "enableControllerMode": true, "allAckInSyncStateSet": true, "minInSyncReplicas": 2 }},
                           "slaves": [ {{ "conf": {{ "enableControllerMode": true, "allAckInSyncStateSet": true, "minInSyncReplicas": 2 }} }} ] }} ],
            "script": [ {{ "at": 0, "do": "send", "queue": 0 }}, {{ "at": 300, "do": "power-loss", "node": "broker-a/0" }},
                        {{ "at": 4110, "do": "stop", "node": "broker-a/1", "takesMs": 0 }}, {{ "at": 4110, "do": "restart", "node": "broker-a/0", "takesMs": 0 }} ], "until": {until}
        "#
            ),
            picture,
        );
    }
}

/// A slave accepts no writes: who has been succeeded rejects every send (SYSTEM_BUSY 2) until its clients' next route.
#[test]
fn a_master_that_has_been_succeeded_rejects_who_has_not_heard_of_it() {
    check_sends(
        &pair(
            "",
            r#""script": [
                { "at": 1000, "do": "send" },
                { "at": 2000, "do": "partition", "between": ["broker-a/0", "namesrv/0"] },
                { "at": 16000, "do": "heal", "between": ["broker-a/0", "namesrv/0"] },
                { "at": 14000, "do": "send", "count": 8, "everyMs": 2000 }
            ], "until": 40000"#,
        ),
        expect![[r#"
            message  called  returned  with                                                                                                                  sent to
            m1       1000    1002.05   SEND_OK                                                                                                               broker-a:0
            m2       14000   14002.05  SEND_OK                                                                                                               broker-a:0
            m3       16000   16002.05  SEND_OK                                                                                                               broker-a:0
            m4       18000   18006     MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]  broker-a:0 broker-a:0 broker-a:0
            m5       20000   20006     MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]  broker-a:0 broker-a:0 broker-a:0
            m6       22000   22006     MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]  broker-a:0 broker-a:0 broker-a:0
            m7       24000   24006     MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]  broker-a:0 broker-a:0 broker-a:0
            m8       26000   26006     MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]  broker-a:0 broker-a:0 broker-a:0
            m9       28000   28002.05  SEND_OK                                                                                                               broker-a:0
        "#]],
    );
}

/// `haMaxTimeSlaveNotCatchup`: a slave that has not had all for longer leaves the set at the master's next look, and comes back with its
/// next report. An idle sender looks every 100 ms, so under traffic a slave lacks something for tens of milliseconds.
#[test]
fn a_slave_that_does_not_catch_up_leaves_the_sync_state_set() {
    let sets = |longest: &str| {
        let told = run(&pair(
            longest,
            r#""script": [ { "at": 0, "do": "send", "count": 300, "everyMs": 37 } ], "until": 13000"#,
        ));
        let sizes = told.events().iter().filter_map(|event| match &event.kind {
            EventKind::SyncStateSetChanged { members, .. } => Some(members.len()),
            _ => None,
        });
        sizes.collect::<Vec<_>>()
    };
    assert_eq!(sets(""), [0; 0]);
    assert_eq!(sets(r#", "haMaxTimeSlaveNotCatchup": 10"#), [1, 2, 1, 2]);
}

/// The old master registers as soon as it is thawed, before it hears of its successor. Whoever asks for the route between the two is
/// told of the successor alone.
#[test]
fn a_name_server_does_not_listen_to_a_master_that_has_been_succeeded() {
    check(
        &pair(
            "",
            r#""producers": [ { "name": "p1" } ],
            "script": [
                { "at": 2000, "do": "pause", "node": "broker-a/0" },
                { "at": 56709, "do": "resume", "node": "broker-a/0" },
                { "at": 58000, "do": "send" }
            ], "until": 59000"#,
        ),
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            namesrv/0
                 2000  │                     ‖ paused              │                     │
                12000  │                     ┊                     │                     elects broker-a/1
                12001  │                     ┊                     SYNC_MASTER, epoch 2  │
                26712  new route of T        ┊                     │                     │
                56709  │                     ▶ resumed             │                     │
                56709  │                     closes connection to broker-a/1             │
                56711  │                     SLAVE, epoch 2        │                     │
                58000  send m1 ──────────────────────────────────▶ │                     │
                58001  │                     │                     stores m1 T/0:0 (page cache)
             58002.05  m1 SEND_OK ◀─────────────────────────────── │                     │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/1 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// broker-a/3 dies while the controller is asked to let it join, and comes back as a member. Until its first report nothing is known of
/// it; if that counted as zero, broker-a/2 would be told that nothing is confirmed, and would not show m2.
#[test]
fn a_member_that_has_not_reported_yet_does_not_take_back_what_is_confirmed() {
    let conf = r#""conf": { "enableControllerMode": true, "allAckInSyncStateSet": true }"#;
    let told = run(&format!(
        r#""brokers": [ {{ "name": "broker-a", {conf}, "slaves": [ {{ {conf} }}, {{ {conf} }}, {{ {conf} }}, {{ {conf} }} ] }} ],
            "producers": [ {{ "name": "p1", "conf": {{ "sendMsgTimeout": 10000 }} }} ],
            "script": [
                {{ "at": 1000, "do": "send" }},
                {{ "at": 2000, "do": "crash", "node": "broker-a/3" }},
                {{ "at": 20000, "do": "partition", "between": ["broker-a/0", "broker-a/2"] }},
                {{ "at": 20000, "do": "partition", "between": ["broker-a/1", "broker-a/2"] }},
                {{ "at": 20500, "do": "send" }},
                {{ "at": 25000, "do": "crash", "node": "broker-a/0" }},
                {{ "at": 56000, "do": "restart", "node": "broker-a/3" }},
                {{ "at": 63015, "do": "pause", "node": "namesrv/0" }},
                {{ "at": 63500, "do": "crash", "node": "broker-a/3" }},
                {{ "at": 63600, "do": "restart", "node": "broker-a/3" }},
                {{ "at": 65000, "do": "resume", "node": "namesrv/0" }},
                {{ "at": 64500, "do": "heal", "between": ["broker-a/1", "broker-a/2"] }}
            ], "until": 70000"#
    ));
    let shown_by_the_third: Vec<String> = told
        .events()
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Dispatched { .. }))
        .filter(|event| told.names().node(event.node) == "broker-a/2")
        .map(|event| event.at.to_string())
        .collect();
    assert_eq!(shown_by_the_third, ["6003", "69515"]);
}
