//! What a slave has besides the commit log: its master's tables, as they were when it last asked.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use loss_lab_engine::event::EventKind;
use loss_lab_engine::trace::Trace;

use crate::lab;

/// Every change of a group's offset in a broker's table, with the nodes' ups and downs.
fn offsets(fields: &str, story: Expect) {
    let run = lab::run(fields);
    // An expected story loses the indentation that all of its lines share.
    let mut text = String::from("offset tables\n");
    let mut tables = BTreeMap::new();
    for event in run.events() {
        let node = run.names().node(event.node);
        let line = match &event.kind {
            EventKind::OffsetCommitted {
                topic,
                queue,
                offset,
                ..
            } => {
                let queue = format!("{}/{}", run.names().topic(*topic), queue.0);
                let old = tables.insert((node, queue.clone()), *offset);
                let old = old.map_or(String::new(), |old| format!(" (was {})", old.get()));
                format!("{queue} {}{old}", offset.get())
            }
            EventKind::NodeDown { .. } => String::from("down"),
            EventKind::NodeUp => String::from("up"),
            EventKind::Delivered { record, .. } => record
                .message
                .map_or(String::new(), |message| format!("gets {message}")),
            _ => continue,
        };
        text += &format!("{:>9}  {node}: {line}\n", event.at.to_string());
    }
    story.assert_eq(&text);
}

/// A backlog of six behind a consumer that takes one every three seconds; the master is away from 12 to 62 s.
const AWAY: &str = r#""consumers": [ { "name": "c1", "topic": "T", "processMs": 3000,
        "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1 } } ],
    "script": [
        { "at": 0, "do": "send", "count": 6 },
        { "at": 12000, "do": "crash", "node": "broker-a/0" },
        { "at": 60000, "do": "restart", "node": "broker-a/0" }
    ], "until": 130000"#;

#[test]
fn a_returning_master_overwrites_the_offsets_that_its_slave_was_told_in_4_9() {
    offsets(
        &format!(
            r#""profile": "4.9", "brokers": [ {{ "name": "broker-a", "slaves": [ {{}} ] }} ], {AWAY}"#
        ),
        expect![[r#"
            offset tables
                    3  c1: gets m1
                 3003  c1: gets m2
                 3006  broker-a/0: T/0 1
                 6003  c1: gets m3
                 6008  broker-a/0: T/0 2 (was 1)
                 7951  broker-a/0: %RETRY%CG/0 0
                 9003  c1: gets m4
                 9010  broker-a/0: T/0 3 (was 2)
                10002  broker-a/1: T/0 3
                10002  broker-a/1: %RETRY%CG/0 0
                12000  broker-a/0: down
                12003  c1: gets m5
                28045  c1: gets m6
                32951  broker-a/1: T/0 6 (was 3)
                62000  broker-a/0: up
                70004  broker-a/1: T/0 3 (was 6)
                72951  broker-a/1: T/0 6 (was 3)
                80002  broker-a/1: T/0 3 (was 6)
                82951  broker-a/1: T/0 6 (was 3)
                90002  broker-a/1: T/0 3 (was 6)
                92951  broker-a/0: T/0 6 (was 3)
               100002  broker-a/1: T/0 6 (was 3)
        "#]],
    );
}

#[test]
fn a_young_slave_of_5_3_has_no_offsets_but_those_it_is_told() {
    offsets(
        &format!(
            r#""brokers": [ {{ "name": "broker-a", "slaves": [ {{ "conf": {{ "slaveReadEnable": true }} }} ] }} ], {AWAY}"#
        ),
        expect![[r#"
            offset tables
                    3  c1: gets m1
                 3003  c1: gets m2
                 3006  broker-a/0: T/0 1
                 6003  c1: gets m3
                 6008  broker-a/0: T/0 2 (was 1)
                 9003  c1: gets m4
                 9010  broker-a/0: T/0 3 (was 2)
                12000  broker-a/0: down
                12003  c1: gets m5
                27043  c1: gets m6
                31701  broker-a/1: T/0 6
                56701  broker-a/1: %RETRY%CG/0 0
                62000  broker-a/0: up
                91701  broker-a/0: T/0 6 (was 3)
                91701  broker-a/0: %RETRY%CG/0 0
        "#]],
    );
}

/// 5.3.3 copies the tables 61 s after the slave's start and every 63 s from then on. It started 10 s before
/// t = 0: at 51 s it learns how far the group has come, is told more while the master is away, and takes the master's older word at 114 s.
#[test]
fn a_returning_master_overwrites_the_offsets_that_its_slave_was_told_in_5_3() {
    offsets(
        r#""brokers": [ { "name": "broker-a", "slaves": [ { "conf": { "slaveReadEnable": true } } ] } ],
        "consumers": [ { "name": "c1", "topic": "T", "processMs": 10000,
            "conf": { "consumeThreadMin": 1, "consumeThreadMax": 1, "pullBatchSize": 1, "pullThresholdForQueue": 1, "persistConsumerOffsetInterval": 20000 } } ],
        "script": [
            { "at": 0, "do": "send", "count": 12 },
            { "at": 65000, "do": "crash", "node": "broker-a/0" },
            { "at": 96000, "do": "restart", "node": "broker-a/0" }
        ], "until": 128000"#,
        expect![[r#"
            offset tables
                    3  c1: gets m1
                10003  c1: gets m2
                10006  broker-a/0: T/0 1
                20003  c1: gets m3
                20008  broker-a/0: T/0 2 (was 1)
                30003  c1: gets m4
                30010  broker-a/0: T/0 3 (was 2)
                40003  c1: gets m5
                40012  broker-a/0: T/0 4 (was 3)
                46701  broker-a/0: %RETRY%CG/0 0
                50003  c1: gets m6
                50014  broker-a/0: T/0 5 (was 4)
                51004  broker-a/1: T/0 5
                51004  broker-a/1: %RETRY%CG/0 0
                60003  c1: gets m7
                60016  broker-a/0: T/0 6 (was 5)
                65000  broker-a/0: down
                70003  c1: gets m8
                87053  c1: gets m9
                97053  c1: gets m10
                98000  broker-a/0: up
               106701  broker-a/1: T/0 9 (was 5)
               107053  c1: gets m11
               114004  broker-a/1: T/0 5 (was 9)
               117053  c1: gets m12
               118064  broker-a/0: T/0 11 (was 6)
        "#]],
    );
}

/// Topics are among what a slave is told: one whose disk was destroyed has none of its own, and serves nobody until it has asked.
#[test]
fn a_young_slave_has_no_topics_until_it_has_asked_for_them() {
    let served = |profile: &str, crash: u32| {
        let run = lab::run(&format!(
            r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "slaves": [ {{ "conf": {{ "slaveReadEnable": true }} }} ] }} ],
            "consumers": [ {{ "name": "c1", "topic": "T" }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 1000, "do": "destroy-disk", "node": "broker-a/1" }},
            {{ "at": 1100, "do": "restart", "node": "broker-a/1", "takesMs": 900 }},
            {{ "at": {crash}, "do": "crash", "node": "broker-a/0" }} ], "until": 130000"#
        ));
        run.events().iter().any(|event| match &event.kind {
            EventKind::Pulled { topic, .. } => {
                run.names().node(event.node) == "broker-a/1" && run.names().topic(*topic) == "T"
            }
            _ => false,
        })
    };
    // The slave is up at 2 s.
    assert_eq!(
        [11_500, 12_500].map(|crash| served("4.9", crash)),
        [false, true]
    );
    assert_eq!(
        [62_500, 63_500].map(|crash| served("5.3", crash)),
        [false, true]
    );
}

/// B.6: a report acknowledges a position. A slave that is ahead of its master has acknowledged what the master has yet to write there.
#[test]
fn a_put_does_not_wait_for_a_slave_that_is_ahead() {
    for (profile, conf, sends) in [
        (
            "5.3",
            r#""inSyncReplicas": 2"#,
            expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            copy m1 ───────────────────▶ │
                 4.05  m1 SEND_OK ◀──────────────── │                            │
                 1005  │                            fsync m1                     │
                 3000  │                            ✗ fsync stalls               │
                 3500  send m2 ───────────────────▶ │                            │
                 3501  │                            stores m2 T/0:1 (page cache) │
                 3502  │                            copy m2 ───────────────────▶ │
              3504.05  m2 SEND_OK ◀──────────────── │                            │
                 5000  │                            ✗ power loss                 │
                 5000  │                            ✗ lost: m2                   │
                 8000  │                            ▲ up                         │
                 8000  │                            ✗ log cut: 1 gone            │
                10005  │                            │                            fsync m1, m2
                24002  send m3 ───────────────────▶ │                            │
                24003  │                            stores m3 T/0:1 (page cache) │
             24004.05  m3 SEND_OK ◀──────────────── │                            │
                24500  send m4 ───────────────────▶ │                            │
                24501  │                            stores m4 T/0:2 (page cache) │
                24502  │                            copy m4 ───────────────────▶ │
             24504.05  m4 SEND_OK ◀──────────────── │                            │
                25005  │                            fsync m3, m4                 │
                30005  │                            │                            fsync m4

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
            m2       acked    lost       0          0         lost     broker-a/1 (disk, never served); ✗ store: slave-never-served, by node-down of broker-a/0 at 5000
            m3       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m4       acked    in-flight  0          0         at-risk  broker-a/0 (disk), broker-a/1 (disk, never served); exposed to disk-loss
        "#]],
        ),
        (
            "4.9",
            r#""haSlaveFallbehindMax": 1000"#,
            expect![[r#"
                   ms  p1                           broker-a/0                   broker-a/1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            copy m1 ───────────────────▶ │
                 4.05  m1 SEND_OK ◀──────────────── │                            │
                 1005  │                            fsync m1                     │
                 3000  │                            ✗ fsync stalls               │
                 3500  send m2 ───────────────────▶ │                            │
                 3501  │                            stores m2 T/0:1 (page cache) │
                 3502  │                            copy m2 ───────────────────▶ │
              3504.05  m2 SEND_OK ◀──────────────── │                            │
                 5000  │                            ✗ power loss                 │
                 8000  │                            ▲ up                         │
                 8000  │                            ✗ log cut: 1 gone            │
                 8000  │                            ✗ lost: m2                   │
                10005  │                            │                            fsync m1, m2
                21006  │                            closes connection to broker-a/1
                24002  send m3 ───────────────────▶ │                            │
                24003  │                            stores m3 T/0:1 (page cache) │
             24004.05  m3 SEND_OK ◀──────────────── │                            │
                24500  send m4 ───────────────────▶ │                            │
                24501  │                            stores m4 T/0:2 (page cache) │
                25005  │                            fsync m3, m4                 │
                26021  │                            copy m4 ───────────────────▶ │
             26023.05  m4 SEND_OK ◀──────────────── │                            │
                30005  │                            │                            fsync m4

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
            m2       acked    lost       0          0         lost     broker-a/1 (disk, never served); ✗ store: slave-never-served, by node-up of broker-a/0 at 8000
            m3       acked    in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
            m4       acked    in-flight  0          0         ok       broker-a/0 (disk), broker-a/1 (disk, never served)
        "#]],
        ),
    ] {
        lab::check(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "brokerRole": "SYNC_MASTER", "flushCommitLogThoroughInterval": 1000, {conf} }}, "slaves": [{{}}] }} ],
            "script": [
                {{ "at": 0, "do": "send" }},
                {{ "at": 3000, "do": "stall-disk", "node": "broker-a/0" }},
                {{ "at": 3500, "do": "send" }},
                {{ "at": 5000, "do": "power-loss", "node": "broker-a/0" }},
                {{ "at": 6000, "do": "restart", "node": "broker-a/0" }},
                {{ "at": 24000, "do": "send", "count": 2, "everyMs": 500 }}
            ], "until": 40000"#
            ),
            sends,
        );
    }
}

/// What a slave can serve at the end, after its master has lost two messages that it has, and has stored others in their place.
fn served_by_a_slave_that_was_ahead(profile: &str, body_bytes: u32, rest: &str) -> Vec<String> {
    let run = lab::run(&format!(
        r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "conf": {{ "flushCommitLogThoroughInterval": 1000 }}, "slaves": [{{}}] }} ],
        "consumers": [], "script": [
            {{ "at": 0, "do": "send", "count": 2, "everyMs": 100 }},
            {{ "at": 3000, "do": "stall-disk", "node": "broker-a/0" }},
            {{ "at": 3500, "do": "send", "count": 2, "everyMs": 100 }},
            {{ "at": 5000, "do": "power-loss", "node": "broker-a/0" }},
            {{ "at": 6000, "do": "restart", "node": "broker-a/0" }},
            {{ "at": 24000, "do": "send", "count": 2, "everyMs": 500, "bodyBytes": {body_bytes} }},
            {{ "at": 30000, "do": "send", "count": 2, "everyMs": 500 }}
            {rest}
        ], "until": 60000"#
    ));
    let contents = Trace::of(&run).contents;
    let slave = contents.iter().filter(|row| row.node == "broker-a/1");
    slave
        .map(|row| format!("{} {}", row.offset, row.message))
        .collect()
}

/// `DefaultMessageStore$ReputMessageService#doReput`: at bytes that are no record only a master's dispatch moves on.
#[test]
fn a_slave_that_was_ahead_serves_nothing_more_once_the_logs_do_not_fit() {
    for profile in ["4.9", "5.3"] {
        let fits = served_by_a_slave_that_was_ahead(profile, 16, "");
        assert_eq!(fits, ["0 m1", "1 m2", "2 m3", "3 m4", "4 m7", "5 m8"]);
        let askew = served_by_a_slave_that_was_ahead(profile, 70, "");
        assert_eq!(askew, ["0 m1", "1 m2", "2 m3", "3 m4"]);
    }
}

/// `CommitLog#recoverAbnormally` ends at the seam as at any bytes that are no record; the master sends the rest again from there,
/// and it is no record again.
#[test]
fn a_restart_cuts_the_seam_and_it_comes_back() {
    for profile in ["4.9", "5.3"] {
        for down in ["crash", "stop", "power-loss"] {
            let restart = format!(
                r#", {{ "at": 35000, "do": "{down}", "node": "broker-a/1" }}, {{ "at": 36000, "do": "restart", "node": "broker-a/1" }}"#
            );
            let askew = served_by_a_slave_that_was_ahead(profile, 70, &restart);
            assert_eq!(askew, ["0 m1", "1 m2", "2 m3", "3 m4"], "{profile}, {down}");
            let fits = served_by_a_slave_that_was_ahead(profile, 16, &restart);
            assert_eq!(fits, ["0 m1", "1 m2", "2 m3", "3 m4", "4 m7", "5 m8"]);
        }
    }
}

/// The log of the slave, piece by piece, around its restart.
#[test]
fn the_slave_says_what_its_restart_has_cut_and_is_sent_it_again() {
    let run = lab::run(
        r#""brokers": [ { "name": "broker-a", "conf": { "flushCommitLogThoroughInterval": 1000 }, "slaves": [{}] } ],
        "consumers": [], "script": [
            { "at": 0, "do": "send" },
            { "at": 3000, "do": "stall-disk", "node": "broker-a/0" },
            { "at": 3500, "do": "send" },
            { "at": 5000, "do": "power-loss", "node": "broker-a/0" },
            { "at": 6000, "do": "restart", "node": "broker-a/0" },
            { "at": 24000, "do": "send", "bodyBytes": 70 },
            { "at": 30000, "do": "send" },
            { "at": 35000, "do": "crash", "node": "broker-a/1" },
            { "at": 36000, "do": "restart", "node": "broker-a/1" }
        ], "until": 60000"#,
    );
    let mut story = String::from("the slave\n");
    for event in run.events() {
        let line = match &event.kind {
            _ if run.names().node(event.node) != "broker-a/1" => continue,
            EventKind::Replicated { record, .. } => {
                format!("copies {:?} at {}", record.message, record.start.get())
            }
            EventKind::Dispatched { record } => format!("can serve {:?}", record.message),
            EventKind::Truncated { at, records } => {
                format!("cut at {}: {records} gone", at.get())
            }
            EventKind::NodeDown { .. } => String::from("down"),
            EventKind::NodeUp => String::from("up"),
            _ => continue,
        };
        story += &format!("{:>9}  {line}\n", event.at.to_string());
    }
    expect![[r#"
        the slave
                4  copies Some(MessageId(1)) at 0
                5  can serve Some(MessageId(1))
             3504  copies Some(MessageId(2)) at 172
             3505  can serve Some(MessageId(2))
            30007  copies Some(MessageId(4)) at 398
            35000  down
            38000  up
            38000  cut at 344: 1 gone
            53014  copies Some(MessageId(4)) at 398
    "#]]
    .assert_eq(&story);
}

/// Where replication stands: connections of the slave and what it copies.
fn replication(fields: &str, story: Expect) {
    let run = lab::run(fields);
    let mut text = String::from("replication\n");
    for event in run.events() {
        let node = run.names().node(event.node);
        let line = match &event.kind {
            EventKind::Replicated { record, .. } => {
                format!("copies {:?} at {}", record.message, record.start.get())
            }
            EventKind::LinkUp { peer, .. } => format!("connected to {}", run.names().node(*peer)),
            EventKind::LinkDown { peer, .. } => format!("lets {} go", run.names().node(*peer)),
            EventKind::NodeDown { .. } => String::from("down"),
            EventKind::NodeUp => String::from("up"),
            _ => continue,
        };
        text += &format!("{:>9}  {node}: {line}\n", event.at.to_string());
    }
    story.assert_eq(&text);
}

/// `HAClient#dispatchReadRequest`: bytes that do not begin where its log ends are no continuation.
#[test]
fn a_slave_that_misses_bytes_gives_the_connection_up_and_says_again_where_it_stands() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
        replication
                4  broker-a/1: copies Some(MessageId(1)) at 0
             2005  broker-a/0: lets broker-a/1 go
             2007  broker-a/0: connected to broker-a/1
             5008  broker-a/1: copies Some(MessageId(2)) at 172
             5008  broker-a/1: copies Some(MessageId(3)) at 344
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
        replication
                4  broker-a/1: copies Some(MessageId(1)) at 0
             2005  broker-a/0: lets broker-a/1 go
             2007  broker-a/0: connected to broker-a/1
             7018  broker-a/1: copies Some(MessageId(2)) at 172
             7018  broker-a/1: copies Some(MessageId(3)) at 344
    "#]],
        ),
    ] {
        replication(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "slaves": [ {{}} ] }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 1000, "do": "drop", "from": "broker-a/0", "to": "broker-a/1" }},
            {{ "at": 1001, "do": "send" }},
            {{ "at": 2000, "do": "send" }} ], "until": 20000"#
            ),
            story,
        );
    }
}

/// B.7: 4.9's recorded slaves all have it; in 5.3.3 it makes a slave that nothing ever reaches.
#[test]
fn an_address_of_its_own_disables_a_slave_of_5_3() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
        replication
             1000  broker-a/1: down
             4000  broker-a/1: up
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
        replication
                4  broker-a/1: copies Some(MessageId(1)) at 0
             1000  broker-a/1: down
             1001  broker-a/0: lets broker-a/1 go
             4000  broker-a/1: up
             4003  broker-a/0: connected to broker-a/1
            15004  broker-a/1: copies Some(MessageId(2)) at 172
    "#]],
        ),
    ] {
        replication(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "slaves": [ {{ "conf": {{ "haMasterAddress": "10.0.0.1:10912" }} }} ] }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 1000, "do": "crash", "node": "broker-a/1" }},
            {{ "at": 2000, "do": "restart", "node": "broker-a/1" }},
            {{ "at": 15000, "do": "send" }} ], "until": 60000"#
            ),
            story,
        );
    }
}

/// A dead link is given up by either end in 5.3, by the master alone in 4.9, whose slaves measure their own writes (`HAClient#run`): here
/// only what the master sends is lost.
#[test]
fn a_slave_of_5_3_gives_a_silent_master_up_and_one_of_4_9_does_not() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
        replication
                4  broker-a/1: copies Some(MessageId(1)) at 0
            60000  broker-a/0: lets broker-a/1 go
            60000  broker-a/0: connected to broker-a/1
            60000  broker-a/0: lets broker-a/1 go
            60000  broker-a/0: connected to broker-a/1
            63009  broker-a/0: lets broker-a/1 go
            63011  broker-a/0: connected to broker-a/1
            70012  broker-a/1: copies Some(MessageId(2)) at 172
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
        replication
                4  broker-a/1: copies Some(MessageId(1)) at 0
            70004  broker-a/1: copies Some(MessageId(2)) at 172
    "#]],
        ),
    ] {
        replication(
            &format!(
                r#""profile": "{profile}", "brokers": [ {{ "name": "broker-a", "slaves": [ {{}} ] }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 1000, "do": "pause", "node": "broker-a/0" }},
            {{ "at": 60000, "do": "resume", "node": "broker-a/0" }},
            {{ "at": 70000, "do": "send" }} ], "until": 80000"#
            ),
            story,
        );
    }
}
