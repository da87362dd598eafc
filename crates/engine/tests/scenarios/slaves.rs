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
