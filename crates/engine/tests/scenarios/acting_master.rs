//! `enableSlaveActingMaster` (5.x): while a master is away, its slave with the smallest id is shown in its place, for reading.

use expect_test::expect;
use loss_lab_engine::event::EventKind;

use crate::lab::{self, check};

/// As recorded, with `slaveReadEnable`. Nobody may write; m4 is due at 62 s and waits for its master, since a slave stores nothing.
/// m7 still goes to the slave: its producer has not asked for a new route yet.
#[test]
fn a_slave_acts_for_its_master_and_takes_no_writes() {
    check(
        r#"
            "brokers": [ { "conf": { "enableSlaveActingMaster": true }, "slaves": [ { "conf": { "enableSlaveActingMaster": true, "slaveReadEnable": true } } ] } ],
            "producers": [ { "name": "p1", "conf": { "sendMsgTimeout": 10000 } } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1 } } ],
            "script": [ { "at": 0, "do": "process-time", "consumer": "c1", "ms": 2000 },
                        { "at": 0, "do": "send", "queue": 0, "count": 3, "everyMs": 50 }, { "at": 2000, "do": "send", "queue": 0, "delayLevel": 5 },
                        { "at": 3000, "do": "crash", "node": "broker-a/0" }, { "at": 6000, "do": "send", "queue": 0 }, { "at": 40000, "do": "send" },
                        { "at": 70000, "do": "restart", "node": "broker-a/0" }, { "at": 85000, "do": "send", "queue": 0 }, { "at": 110000, "do": "send" } ], "until": 115000
        "#,
        expect![[r#"
                    ms  p1                    broker-a/0            broker-a/1            c1
                     0  send m1 ────────────▶ │                     │                     │
                     1  │                     stores m1 T/0:0 (page cache)                │
                     2  │                     T/0:0 to 1 ───────────────────────────────▶ │
                  2.05  m1 SEND_OK ◀───────── │                     │                     │
                     3  │                     │                     │                     gets m1
                     4  │                     copy m1 ────────────▶ │                     │
                    50  send m2 ────────────▶ │                     │                     │
                    51  │                     stores m2 T/0:1 (page cache)                │
                    52  │                     T/0:1 to 2 ───────────────────────────────▶ │
                 52.05  m2 SEND_OK ◀───────── │                     │                     │
                   100  send m3 ────────────▶ │                     │                     │
                   101  │                     stores m3 T/0:2 (page cache)                │
                102.05  m3 SEND_OK ◀───────── │                     │                     │
                   104  │                     copy m2, m3 ────────▶ │                     │
                  2000  send m4 ────────────▶ │                     │                     │
                  2001  │                     stores m4 SCHEDULE_TOPIC_XXXX/4:0 (page cache)
               2002.05  m4 SEND_OK ◀───────── │                     │                     │
                  2003  │                     │                     │                     ✓ m1
                  2003  │                     │                     │                     gets m2
                  2004  │                     copy m4 ────────────▶ │                     │
                  2004  │                     T/0:2 to 3 ───────────────────────────────▶ │
                  2004  │                     CG T/0 offset 1       │                     │
                  3000  │                     ✗ crash               │                     │
                  4003  │                                           │                     ✓ m2
                  4003  │                                           │                     gets m3
                  6002  ✗ m5 RemotingConnectException (try 1)       │                     │
                  6002  ✗ returns m5 RemotingConnectException       │                     │
                  6003  │                                           │                     ✓ m3
                 10005  │                                           fsync m1–m4           │
                 26712  │                                           │                     new route of %RETRY%C…
                 26712  new route of T                              │                     │
                 26714  │                                           │                     new route of T
                 31701  │                                           CG T/0 offset 3       │
                 37722  │                                           │                     owns 1 of %RETRY%CG
                 40002  ✗ returns m6 MQClientException 10005        │                     │
                 56701  │                                           CG %RETRY%CG/0 offset 0
                 72000  │                     ▲ up                  │                     │
                 73000  │                     stores m4 T/0:3 (page cache)                │
                 73043  │                     copy m4 ────────────▶ │                     │
                 73044  │                     │                     T/0:3 to 4 ─────────▶ │
                 73045  │                     │                     │                     gets m4
                 75045  │                     │                     │                     ✓ m4
                 76701  │                     │                     CG T/0 offset 4       │
                 80005  │                     │                     fsync m4              │
                 82005  │                     fsync m1–m4, m4       │                     │
                 85000  send m7 ──────────────────────────────────▶ │                     │
                 85002  m7 MQBrokerException 14 ◀────────────────── │                     │
                 85002  ✗ returns m7 MQBrokerException 14           │                     │
                 86712  │                     │                     │                     new route of %RETRY%C…
                 86712  new route of T        │                     │                     │
                 86714  │                     │                     │                     new route of T
                 90002  │                     CG T/0 offset 4       │                     │
                 91701  │                     CG %RETRY%CG/0 offset 0                     │
                110000  send m8 ────────────▶ │                     │                     │
                110001  │                     stores m8 T/0:4 (page cache)                │
                110002  │                     T/0:4 to 5 ───────────────────────────────▶ │
             110002.05  m8 SEND_OK ◀───────── │                     │                     │
                110003  │                     │                     │                     gets m8
                110033  │                     copy m8 ────────────▶ │                     │
                112003  │                     │                     │                     ✓ m8
                112005  │                     fsync m8              │                     │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1–m3    acked    consumed      1          1         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
            m4       acked    consumed      1          1         ok       broker-a/0 (disk, never served), broker-a/0 (disk), broker-a/1 (disk, never served), broker-a/1 (disk, never served)
            m5–m7    refused  never-stored  0          0         refused
            m8       acked    consumed      1          1         ok       broker-a/0 (disk), broker-a/1 (page cache, never served)
        "#]],
    );
}

/// The same without `slaveReadEnable`: m4 and m5 wait for their master, and what the slave has does not help.
#[test]
fn who_acts_for_a_master_is_read_from_only_if_it_may_be() {
    check(
        r#"
            "brokers": [ { "conf": { "enableSlaveActingMaster": true }, "slaves": [ { "conf": { "enableSlaveActingMaster": true } } ] } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1 } } ],
            "script": [ { "at": 0, "do": "process-time", "consumer": "c1", "ms": 2000 },
                        { "at": 0, "do": "send", "queue": 0, "count": 5, "everyMs": 50 },
                        { "at": 3000, "do": "crash", "node": "broker-a/0" } ], "until": 60000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-a/1            c1
                    0  send m1 ────────────▶ │                     │                     │
                    1  │                     stores m1 T/0:0 (page cache)                │
                    2  │                     T/0:0 to 1 ───────────────────────────────▶ │
                 2.05  m1 SEND_OK ◀───────── │                     │                     │
                    3  │                     │                     │                     gets m1
                    4  │                     copy m1 ────────────▶ │                     │
                   50  send m2 ────────────▶ │                     │                     │
                   51  │                     stores m2 T/0:1 (page cache)                │
                   52  │                     T/0:1 to 2 ───────────────────────────────▶ │
                52.05  m2 SEND_OK ◀───────── │                     │                     │
                  100  send m3 ────────────▶ │                     │                     │
                  101  │                     stores m3 T/0:2 (page cache)                │
               102.05  m3 SEND_OK ◀───────── │                     │                     │
                  104  │                     copy m2, m3 ────────▶ │                     │
                  150  send m4 ────────────▶ │                     │                     │
                  151  │                     stores m4 T/0:3 (page cache)                │
               152.05  m4 SEND_OK ◀───────── │                     │                     │
                  200  send m5 ────────────▶ │                     │                     │
                  201  │                     stores m5 T/0:4 (page cache)                │
               202.05  m5 SEND_OK ◀───────── │                     │                     │
                  204  │                     copy m4, m5 ────────▶ │                     │
                 2003  │                     │                     │                     ✓ m1
                 2003  │                     │                     │                     gets m2
                 2004  │                     T/0:2 to 3 ───────────────────────────────▶ │
                 2004  │                     CG T/0 offset 1       │                     │
                 3000  │                     ✗ crash               │                     │
                 4003  │                                           │                     ✓ m2
                 4003  │                                           │                     gets m3
                 6003  │                                           │                     ✓ m3
                10005  │                                           fsync m1–m5           │
                26712  │                                           │                     new route of %RETRY%CG
                26712  new route of T                              │                     │
                26714  │                                           │                     new route of T
                31701  │                                           CG T/0 offset 3       │
                37722  │                                           │                     owns 1 of %RETRY%CG

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1–m3    acked    consumed   1          1         ok       broker-a/0 (page cache), broker-a/1 (disk, never served)
            m4, m5   acked    in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/1 (disk, never served); exposed to power-loss, disk-loss
        "#]],
    );
}

/// With `enableRemoteEscape` the due message is stored by another broker name's master. Its own master delivers it again.
#[test]
fn what_is_due_escapes_to_another_master() {
    check(
        r#"
            "topics": [ { "name": "T", "queues": 1 } ],
            "brokers": [ { "name": "broker-a", "conf": { "enableSlaveActingMaster": true, "enableRemoteEscape": true },
                           "slaves": [ { "conf": { "enableSlaveActingMaster": true, "enableRemoteEscape": true, "slaveReadEnable": true } } ] },
                         { "name": "broker-b", "conf": { "enableSlaveActingMaster": true, "enableRemoteEscape": true } } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T" } ],
            "script": [ { "at": 2000, "do": "send", "queue": 0, "delayLevel": 3 }, { "at": 3000, "do": "crash", "node": "broker-a/0" },
                        { "at": 70000, "do": "restart", "node": "broker-a/0" } ], "until": 110000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       broker-b/0       c1
                 2000  send m1 ───────▶ │                │                │                │
                 2001  │                stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)     │
              2002.05  m1 SEND_OK ◀──── │                │                │                │
                 2004  │                copy m1 ───────▶ │                │                │
                 3000  │                ✗ crash          │                │                │
                10005  │                                 fsync m1         │                │
                12007  │                                 │                stores m1 T/0:0 (page cache)
                12008  │                                 │                T/0:0 to 1 ────▶ │
                12009  │                                 │                │                gets m1
                12009  │                                 │                │                ✓ m1
                16701  │                                 │                CG T/0 offset 1  │
                20005  │                                 │                fsync m1         │
                26712  │                                 │                │                new route of %RETRY%…
                26712  new route of T                    │                │                │
                26714  │                                 │                │                new route of T
                37730  │                                 │                │                owns 2 of %RETRY%CG
                46701  │                                 CG T/0 offset 0  │                │
                56701  │                                 CG %RETRY%CG/0 offset 0           │
                56701  │                                 │                CG %RETRY%CG/0 offset 0
                72000  │                ▲ up             │                │                │
                73000  │                stores m1 T/0:0 (page cache)      │                │
                73043  │                copy m1 ───────▶ │                │                │
                73044  │                │                T/0:0 to 1 ─────────────────────▶ │
                73045  │                │                │                │                gets m1
                73045  │                │                │                │                ✓ m1
                76701  │                │                CG T/0 offset 1  │                │
                80005  │                │                fsync m1         │                │
                82005  │                fsync m1, m1     │                │                │
                86712  │                │                │                │                new route of %RETRY%…
                86712  new route of T   │                │                │                │
                86714  │                │                │                │                new route of T
                90002  │                CG T/0 offset 1  │                │                │
                91701  │                CG %RETRY%CG/0 offset 0           │                │

            message  promise  fate      delivered  consumed  verdict     copies, and what took or threatens them
            m1       acked    consumed  2          2         duplicated  broker-a/0 (disk, never served), broker-a/0 (disk), broker-a/1 (disk, never served), broker-a/1 (disk, never served), broker-b/0 (disk)

            again  at     to  after        why                 by
            m1     73045  c1  12009 to c1  delay-offset-stale  node-down of broker-a/0 at 3000
        "#]],
    );
}

/// Both modes at once: while the controller finds nobody to elect (the slave has left the SyncStateSet), the slave acts as without a
/// controller; once it is elected it goes on as a master, and what has escaped is not delivered again.
#[test]
fn with_a_controller_a_slave_acts_until_somebody_is_elected() {
    let story = |mode: &str| {
        let conf =
            format!(r#""enableSlaveActingMaster": true, "enableRemoteEscape": true, {mode}"#);
        let run = lab::run(&format!(
            r#""topics": [ {{ "name": "T", "queues": 1 }} ],
            "brokers": [ {{ "name": "broker-a", "conf": {{ {conf} }}, "slaves": [ {{ "conf": {{ {conf} }} }} ] }},
                         {{ "name": "broker-b", "conf": {{ {conf} }} }} ],
            "consumers": [ {{ "name": "c1", "group": "CG", "topic": "T" }} ],
            "script": [ {{ "at": 2000, "do": "send", "queue": 0, "delayLevel": 5 }},
                        {{ "at": 5000, "do": "partition", "between": ["broker-a/0", "broker-a/1"] }},
                        {{ "at": 45000, "do": "crash", "node": "broker-a/0" }},
                        {{ "at": 80000, "do": "set-conf", "node": "namesrv/0", "conf": {{ "enableElectUncleanMaster": "true" }} }} ], "until": 110000"#
        ));
        let mut told = String::from("m1\n");
        for event in run.events() {
            let line = match &event.kind {
                EventKind::Appended { record, .. } => {
                    format!("stored under {}", run.names().topic(record.topic))
                }
                EventKind::Elected { .. } => String::from("elected"),
                EventKind::Delivered { .. } => String::from("delivered"),
                EventKind::NodeDown { .. } => String::from("down"),
                _ => continue,
            };
            told += &format!(
                "{:>9}  {}: {line}\n",
                event.at.to_string(),
                run.names().node(event.node)
            );
        }
        told
    };
    expect![[r#"
        m1
             2001  broker-a/0: stored under SCHEDULE_TOPIC_XXXX
            45000  broker-a/0: down
            45001  namesrv/0: elected
            62007  broker-b/0: stored under T
            62009  c1: delivered
            83507  namesrv/0: elected
    "#]]
    .assert_eq(&story(r#""enableControllerMode": true"#));
    expect![[r#"
        m1
             2001  broker-a/0: stored under SCHEDULE_TOPIC_XXXX
            45000  broker-a/0: down
            62007  broker-b/0: stored under T
            62009  c1: delivered
    "#]]
    .assert_eq(&story(r#""enableControllerMode": false"#));
}

/// What happens to two half messages, m1 and m3, whose master is killed; it is back after 40 s.
fn half_messages(conf: &str, seed: u32) -> String {
    let conf = format!(
        r#""enableSlaveActingMaster": true, {conf} "transactionTimeOut": 2000, "transactionCheckInterval": 5000"#
    );
    let run = lab::run(&format!(
        r#""seed": {seed}, "topics": [ {{ "name": "T", "queues": 1 }} ],
        "brokers": [ {{ "name": "broker-a", "conf": {{ {conf} }}, "slaves": [ {{ "conf": {{ {conf} }} }} ] }},
                     {{ "name": "broker-b", "conf": {{ {conf} }} }} ],
        "script": [ {{ "at": 500, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }},
                    {{ "at": 600, "do": "send" }},
                    {{ "at": 700, "do": "send", "transaction": {{ "local": "UNKNOW", "check": ["COMMIT_MESSAGE"] }} }},
                    {{ "at": 1500, "do": "crash", "node": "broker-a/0" }},
                    {{ "at": 40000, "do": "restart", "node": "broker-a/0" }} ], "until": 70000"#
    ));
    let mut told = String::from("m1 and m3\n");
    for event in run.events() {
        let line = match &event.kind {
            EventKind::HalfStored { record } => {
                let message = record.message.map_or(String::new(), |it| it.to_string());
                format!("stores half {message}")
            }
            EventKind::Appended { record, .. } => {
                let topic = run.names().topic(record.topic);
                match record.message {
                    Some(message) if topic == "T" => format!("stores {message}"),
                    Some(_) | None => continue,
                }
            }
            EventKind::NodeDown { .. } => String::from("down"),
            EventKind::NodeUp => String::from("up"),
            _ => continue,
        };
        told += &format!(
            "{:>9}  {}: {line}\n",
            event.at.to_string(),
            run.names().node(event.node)
        );
    }
    told
}

/// The slave sends on what its master left. The master is back at 42 s and loses the race at its start, so it registers ten seconds
/// later: until then the slave sends on what its master's checks put again, and the rest when it is told to stop. Whoever gets a half
/// message asks after it.
#[test]
fn half_messages_escape_until_the_master_has_registered() {
    expect![[r#"
        m1 and m3
              501  broker-a/0: stores half m1
              601  broker-b/0: stores m2
              701  broker-a/0: stores half m3
             1500  broker-a/0: down
             7007  broker-b/0: stores half m1
          7011.05  broker-b/0: stores half m3
            10162  broker-b/0: stores m1
            10162  broker-b/0: stores m3
            42000  broker-a/0: up
          52015.1  broker-b/0: stores half m1
         52019.15  broker-b/0: stores half m3
            53005  broker-b/0: stores half m1
         53009.05  broker-b/0: stores half m3
            55162  broker-b/0: stores m1
            55162  broker-b/0: stores m3
            55162  broker-b/0: stores m1
            55162  broker-b/0: stores m3
            62162  broker-a/0: stores m1
            62162  broker-a/0: stores m3
    "#]]
    .assert_eq(&half_messages(r#""enableRemoteEscape": true,"#, 0));
}

/// A master that wins that race ends it at once. Two threads ask after m1 and m3: here the second is the first.
#[test]
fn half_messages_no_longer_escape_when_the_master_has_registered() {
    expect![[r#"
        m1 and m3
              501  broker-a/0: stores half m1
              601  broker-b/0: stores m2
              701  broker-a/0: stores half m3
             1500  broker-a/0: down
         7446.073  broker-b/0: stores half m1
         7450.123  broker-b/0: stores half m3
        12277.282  broker-b/0: stores m3
        12277.282  broker-b/0: stores m1
            42000  broker-a/0: up
            62162  broker-a/0: stores m3
            62162  broker-a/0: stores m1
    "#]]
    .assert_eq(&half_messages(r#""enableRemoteEscape": true,"#, 4));
}

/// Where they may not escape they wait for their master.
#[test]
fn half_messages_wait_for_their_master() {
    expect![[r#"
        m1 and m3
              501  broker-a/0: stores half m1
              601  broker-b/0: stores m2
              701  broker-a/0: stores half m3
             1500  broker-a/0: down
            42000  broker-a/0: up
            62162  broker-a/0: stores m1
            62162  broker-a/0: stores m3
    "#]]
    .assert_eq(&half_messages("", 0));
}

/// delayOffset.json is among what a slave copies from its master: a slave that has not asked yet delivers again what its master has
/// delivered, one that has does not (B.7: 61 s after its start, here t = 51 s).
#[test]
fn a_slave_that_acts_delivers_from_where_its_copy_says() {
    let stored = |crash: u32| {
        let run = lab::run(&format!(
            r#""brokers": [ {{ "name": "broker-a", "conf": {{ "enableSlaveActingMaster": true, "enableRemoteEscape": true }},
                           "slaves": [ {{ "conf": {{ "enableSlaveActingMaster": true, "enableRemoteEscape": true }} }} ] }},
                         {{ "name": "broker-b", "conf": {{ "enableSlaveActingMaster": true, "enableRemoteEscape": true }} }} ],
            "script": [ {{ "at": 1000, "do": "send", "queue": 0, "delayLevel": 1 }},
                        {{ "at": {crash}, "do": "crash", "node": "broker-a/0" }} ], "until": 80000"#
        ));
        let mut text = String::from("T\n");
        for event in run.events() {
            if let EventKind::Appended { record, .. } = &event.kind
                && run.names().topic(record.topic) == "T"
            {
                text += &format!(
                    "{:>9}  {}\n",
                    event.at.to_string(),
                    run.names().node(event.node)
                );
            }
        }
        text
    };
    expect![[r#"
        T
             2100  broker-a/0
            46007  broker-b/0
    "#]]
    .assert_eq(&stored(45_000));
    expect![[r#"
        T
             2100  broker-a/0
    "#]]
    .assert_eq(&stored(60_000));
}
