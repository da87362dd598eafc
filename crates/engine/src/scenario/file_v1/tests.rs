//! What comes through the door, what does not, and what the refusal says.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::mirror::ACTIONS;
use super::{Checked, TEXT_MAX, empty, parse, write};
use crate::event::Trigger;
use crate::scenario::Do;
use crate::status::{BrokerRole, Profile};
use crate::units::{SimTime, Span};

/// A scenario with something of everything.
const FULL: &str = r#"{
      "format": "loss-lab/1", "title": {"en": "All of it", "zh": "全部"}, "profile": "4.9", "seed": 7,
      "network": {"latencyMs": 0.25, "jitterMs": 0}, "disk": {"fsyncMs": 5},
      "topics": [{"name": "Orders"}, {"name": "Bills", "queues": 1}],
      "brokers": [{"name": "broker-b", "conf": {"flushDiskType": "ASYNC_FLUSH", "listenPort": "10911"}, "slaves": []},
                  {"name": "broker-a", "conf": {"brokerRole": "SYNC_MASTER", "slaveTimeout": 500.0, "deleteWhen": "04"},
                   "slaves": [{"conf": {"flushDiskType": "SYNC_FLUSH"}}, {}]}],
      "producers": [{"name": "p1", "resend": 2}, {"name": "p2", "group": "PG2", "conf": {"sendMsgTimeout": 10000}}],
      "consumers": [{"tags": "A||B", "listener": "orderly", "autoCommit": false, "processMs": 1.5, "started": false}],
      "script": [
        {"at": 0.1, "do": "send", "count": 3, "everyMs": 0.3, "tag": "A", "key": "k", "delayLevel": 3, "waitStoreMsgOK": false},
        {"at": 1, "do": "send", "producer": "p2", "topic": "Bills", "queue": 0, "broker": "broker-b", "mode": "oneway", "bodyBytes": 0},
        {"at": 2, "do": "send", "transaction": {"local": "UNKNOW", "check": ["UNKNOW", "COMMIT_MESSAGE"]}},
        {"after": {"event": "appended", "message": "m3", "node": "broker-a/1"}, "do": "power-loss", "node": "broker-a/0"},
        {"after": {"event": "node-down", "nth": 2}, "do": "restart", "node": "broker-a/0", "takesMs": 2000},
        {"at": 5, "do": "partition", "between": ["p1", "namesrv/0"]},
        {"at": 6, "do": "drop", "from": "broker-a/1", "to": "broker-a/0"},
        {"at": 7, "do": "fill-disk", "node": "broker-b/0", "ratio": 0.905},
        {"at": 8, "do": "consume-result", "message": "m5", "times": 1, "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT"},
        {"at": 9, "do": "consume-result", "message": "all", "times": "all", "result": "null"},
        {"at": 10, "do": "pull", "topic": "%RETRY%CG", "offset": -1, "tags": "*"},
        {"at": 11, "do": "set-conf", "node": "broker-a/0", "conf": {"slaveReadEnable": true, "slaveTimeout": 3000}},
        {"at": 12, "do": "stop", "node": "broker-a/1"},
        {"at": 13, "do": "stop", "node": "broker-a/0", "takesMs": 2500}
      ],
      "until": 120000.5
    }"#;

fn accept(text: &str) -> Checked {
    parse(text).unwrap_or_else(|problems| panic!("{text}\n{}", said(&problems)))
}

fn said(problems: &[super::Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        writeln!(text, "{problem}").unwrap();
    }
    text
}

/// What is said of a file whose fields after the format are `fields`.
fn refuse(fields: &str, expected: &Expect) {
    let problems = parse(&format!("{{\"format\": \"loss-lab/1\", {fields}}}")).expect_err(fields);
    expected.assert_eq(&said(&problems));
}

fn refuse_step(step: &str, expected: &Expect) {
    let world = r#""brokers": [{"name": "broker-a", "slaves": [{}]}], "topics": [{"name": "Orders", "queues": 2}]"#;
    let first = r#"{"at": 0, "do": "send", "count": 2}"#;
    refuse(&format!("{world}, \"script\": [{first}, {step}]"), expected);
}

#[test]
fn every_recorded_scenario_is_accepted_and_survives_being_written() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/scenarios");
    let entries = std::fs::read_dir(dir).unwrap().collect::<Vec<_>>();
    assert!(entries.len() > 100);
    for entry in entries {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let checked = parse(&text)
            .unwrap_or_else(|problems| panic!("{}: {}", path.display(), said(&problems)));
        let written = write(&checked.scenario);
        assert_eq!(accept(&written), checked, "{}\n{written}", path.display());
        assert_eq!(write(&accept(&written).scenario), written);
    }
}

#[test]
fn an_empty_file_is_one_of_everything() {
    let checked = accept(r#"{"format": "loss-lab/1"}"#);
    assert_eq!(
        checked,
        Checked {
            scenario: empty(Profile::V5_3),
            warnings: vec![]
        }
    );
    expect![[r#"
        {
          "format": "loss-lab/1",
          "profile": "5.3"
        }
    "#]]
    .assert_eq(&write(&checked.scenario));
}

#[test]
fn a_full_scenario_is_written_with_nothing_that_is_default() {
    let checked = accept(FULL);
    let written = write(&checked.scenario);
    expect![[r#"
        {
          "format": "loss-lab/1",
          "title": {"en":"All of it","zh":"全部"},
          "profile": "4.9",
          "seed": 7,
          "network": {"latencyMs":0.25},
          "topics": [
            {"name":"Orders","queues":4},
            {"name":"Bills","queues":1}
          ],
          "brokers": [
            {"name":"broker-a","conf":{"brokerRole":"SYNC_MASTER","slaveTimeout":500,"deleteWhen":"04"},"slaves":[{"conf":{"flushDiskType":"SYNC_FLUSH"}},{}]},
            {"name":"broker-b","conf":{"flushDiskType":"ASYNC_FLUSH","listenPort":10911}}
          ],
          "producers": [
            {"name":"p1","group":"PG","resend":2},
            {"name":"p2","group":"PG2","conf":{"sendMsgTimeout":10000}}
          ],
          "consumers": [
            {"name":"c1","group":"CG","topic":"Orders","tags":"A || B","listener":"orderly","processMs":1.5,"autoCommit":false,"started":false}
          ],
          "script": [
            {"at":0.1,"do":"send","producer":"p1","topic":"Orders","count":3,"everyMs":0.3,"tag":"A","key":"k","waitStoreMsgOK":false,"delayLevel":3},
            {"at":1,"do":"send","producer":"p2","topic":"Bills","broker":"broker-b","queue":0,"mode":"oneway","bodyBytes":0},
            {"at":2,"do":"send","producer":"p1","topic":"Orders","transaction":{"local":"UNKNOW","check":["UNKNOW","COMMIT_MESSAGE"]}},
            {"after":{"event":"appended","message":"m3","node":"broker-a/1"},"do":"power-loss","node":"broker-a/0"},
            {"after":{"event":"node-down","nth":2},"do":"restart","node":"broker-a/0"},
            {"at":5,"do":"partition","between":["p1","namesrv/0"]},
            {"at":6,"do":"drop","from":"broker-a/1","to":"broker-a/0"},
            {"at":7,"do":"fill-disk","node":"broker-b/0","ratio":0.905},
            {"at":8,"do":"consume-result","consumer":"c1","times":1,"message":"m5","result":"SUSPEND_CURRENT_QUEUE_A_MOMENT"},
            {"at":9,"do":"consume-result","consumer":"c1","result":"null"},
            {"at":10,"do":"pull","consumer":"c1","topic":"%RETRY%CG","queue":0,"offset":-1},
            {"at":11,"do":"set-conf","node":"broker-a/0","conf":{"slaveReadEnable":true,"slaveTimeout":3000}},
            {"at":12,"do":"stop","node":"broker-a/1"},
            {"at":13,"do":"stop","node":"broker-a/0","takesMs":2500}
          ],
          "until": 120000.5
        }
    "#]].assert_eq(&written);
    assert_eq!(accept(&written).scenario, checked.scenario);
    expect![[r#"
        brokers[0].conf.listenPort: RocketMQ has this key, the lab does not model it and runs without: leave it out
    "#]]
    .assert_eq(&said(&checked.warnings));

    let scenario = checked.scenario;
    assert_eq!(
        scenario.script[0].trigger,
        Trigger::At(SimTime::from_micros(100))
    );
    assert_eq!(scenario.brokers[0].name, "broker-a");
    assert_eq!(scenario.brokers[0].slaves[1].broker_role, BrokerRole::Slave);
    assert_eq!(
        scenario.brokers[0].conf.slave_timeout,
        Span::from_millis(500)
    );
    assert!(matches!(
        scenario.script[7].action,
        Do::FillDisk { permille: 905, .. }
    ));
}

#[test]
fn what_is_not_json_or_not_of_the_format_says_where() {
    let refuse_text =
        |text: &str, expected: Expect| expected.assert_eq(&said(&parse(text).unwrap_err()));
    refuse_text(
        "",
        expect![[r#"
        line 1, column 0: not JSON: EOF while parsing a value
    "#]],
    );
    refuse_text(
        "{\"format\": \"loss-lab/1\",\n  \"until\": NaN}",
        expect![[r#"
        line 2, column 12: not JSON: expected value
    "#]],
    );
    refuse_text(
        "{\"format\": \"loss-lab/1\",\n  \"until\": 1e400}",
        expect![[r#"
        until: line 2, column 16: not JSON: number out of range
    "#]],
    );
    refuse_text(
        "[]",
        expect![[r#"
        line 1, column 2: invalid length 0, expected a scenario: an object
    "#]],
    );
    refuse_text(
        "{}",
        expect![[r#"
        "format": "loss-lab/1" is missing
    "#]],
    );
    refuse_text(
        r#"{"format": "loss-lab/2", "wormholes": []}"#,
        expect![[r#"
        format "loss-lab/2" is not one this version reads; it reads "loss-lab/1"
    "#]],
    );
    refuse_text(
        r#"{"format": "loss-lab-trace/1"}"#,
        expect![[r#"
        format "loss-lab-trace/1" is not one this version reads; it reads "loss-lab/1"
    "#]],
    );
    refuse_text(
        r#"{"format": 1}"#,
        expect![[r#"
        format "1" is not one this version reads; it reads "loss-lab/1"
    "#]],
    );
    refuse(
        r#""seeds": 1"#,
        &expect![[r#"
        seeds: line 1, column 32: unknown field `seeds`, expected one of `format`, `title`, `profile`, `seed`, `network`, `disk`, `topics`, `brokers`, `producers`, `consumers`, `script`, `until`
    "#]],
    );
    refuse(
        r#""seed": -1"#,
        &expect![[r#"
        seed: line 1, column 35: invalid value: integer `-1`, expected a whole number that is not negative
    "#]],
    );
    refuse(
        r#""until": "1s""#,
        &expect![[r#"
        until: line 1, column 38: invalid type: string "1s", expected a number
    "#]],
    );
    refuse(
        r#""title": 5"#,
        &expect![[r#"
        title: line 1, column 36: expected a text or texts by language: { "en": …, "zh": … }
    "#]],
    );
    refuse(
        r#""brokers": [{"name": "a", "name": "b"}]"#,
        &expect![[r#"
        brokers[0]: line 1, column 57: duplicate field `name`
    "#]],
    );
    refuse(
        r#""brokers": [{"conf": {"inSyncReplicas": 1, "inSyncReplicas": 2}}]"#,
        &expect![[r#"
        brokers[0].conf: line 1, column 88: duplicate key `inSyncReplicas`
    "#]],
    );
    refuse(
        r#""brokers": [{"conf": {"inSyncReplicas": [1]}}]"#,
        &expect![[r#"
        brokers[0].conf.inSyncReplicas: line 1, column 66: invalid type: sequence, expected true, false, a number or a text
    "#]],
    );
    refuse(
        r#""script": [{"at": 0, "do": "crash", "nod": "broker-a/0"}]"#,
        &expect![[r#"
        script[0].nod: line 1, column 66: unknown field `nod`, expected one of `at`, `after`, `do`, `node`, `producer`, `consumer`, `topic`, `broker`, `queue`, `count`, `everyMs`, `mode`, `tag`, `key`, `bodyBytes`, `waitStoreMsgOK`, `delayLevel`, `transaction`, `takesMs`, `times`, `ratio`, `upTo`, `between`, `from`, `to`, `latencyMs`, `message`, `result`, `delayLevelWhenNextConsume`, `ackIndex`, `ms`, `offset`, `tags`, `conf`
    "#]],
    );
    refuse(
        r#""script": [{"at": 0, "do": "send", "count": 1.5}]"#,
        &expect![[r#"
        script[0].count: line 1, column 72: invalid type: floating point `1.5`, expected a whole number
    "#]],
    );
    refuse(
        r#""script": [{"at": 0, "do": "heal", "between": ["p1"]}]"#,
        &expect![[r#"
        script[0].between: line 1, column 77: invalid length 1, expected an array of length 2
    "#]],
    );
}

#[test]
fn names_are_looked_up_and_have_a_form() {
    refuse_step(
        r#"{"at": 0, "do": "crash", "node": "broker-c"}"#,
        &expect![[r#"
        script[1].node: no node "broker-c"; nodes are namesrv/0, broker-a/0, broker-a/1, p1, c1
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "stall-disk", "node": "p1"}"#,
        &expect![[r#"
        script[1].node: no broker node "p1"; broker nodes are broker-a/0, broker-a/1
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "send", "producer": "p2"}"#,
        &expect![[r#"
        script[1].producer: no producer "p2"; producers are p1
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "pull", "topic": "Odrers"}"#,
        &expect![[r#"
        script[1].topic: no topic "Odrers"; topics are Orders
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "send", "queue": 2, "broker": "broker-b"}"#,
        &expect![[r#"
        script[1].broker: no broker "broker-b"; brokers are broker-a
        script[1].queue: 2 is not between 0 and 1
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "send", "broker": "broker-a"}"#,
        &expect![[r#"
        script[1].queue: is missing
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "heal", "between": ["p1", "p1"]}"#,
        &expect![[r#"
        script[1].between[1]: both ends are "p1"
    "#]],
    );
    refuse_step(
        r#"{"after": {"event": "append", "message": "m3", "node": "x", "nth": 0}, "do": "stop", "node": "c1"}"#,
        &expect![[r#"
            script[1].after.event: "append" is not one of send-called, request-sent, appended, committed, flushed, replicated, replied, attempt-ended, send-returned, dispatched, pulled, delivered, consumed, sent-back, retry-stored, dead-lettered, offset-committed, offset-persisted, lock-granted, rebalanced, local-transaction, checked-back, half-stored, truncated, deleted, node-down, node-up, link-down, link-up, route-changed, elected, sync-state-set-changed, role-changed, paused, resumed, disk-changed, lost
            script[1].after.nth: 0 is not between 1 and 1000000
            script[1].after.message: no message "m3"; messages are m1 to m2
            script[1].after.node: no node "x"; nodes are namesrv/0, broker-a/0, broker-a/1, p1, c1
        "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "consume-result", "message": "m03", "result": "SUCCESS"}"#,
        &expect![[r#"
        script[1].result: a listener of kind "concurrently" does not return this; it returns CONSUME_SUCCESS, RECONSUME_LATER, null, throw, hang
        script[1].message: no message "m03"; messages are m1 to m2
    "#]],
    );
    refuse(
        r#""consumers": [{"topic": "Nowhere"}]"#,
        &expect![[r#"
        consumers[0].topic: no topic "Nowhere"; topics are TopicTest
    "#]],
    );
    refuse(
        r#""consumers": [], "script": [{"at": 0, "do": "stop-consumer"}]"#,
        &expect![[r#"
        script[0].consumer: no consumer ""; there is none
    "#]],
    );
    refuse(
        r#""producers": [{"name": "x"}, {"name": "a/0"}], "consumers": [{"name": "x", "group": "G G"}]"#,
        &expect![[r#"
        producers[1].name: "a/0" cannot name a producer: 1 to 64 of the characters a-z A-Z 0-9 _ - .
        consumers[0].group: "G G" cannot name a group: 1 to 120 of the characters a-z A-Z 0-9 _ - % |
        consumers[0].name: there is already a node "x"
    "#]],
    );
    refuse(
        r#""brokers": [{}, {}], "topics": [{"name": "T"}, {"name": "T"}, {"name": ""}]"#,
        &expect![[r#"
        topics[1].name: there is already a topic "T"
        topics[2].name: "" cannot name a topic: 1 to 127 of the characters a-z A-Z 0-9 _ - % |
        brokers[1].name: there is already a broker "broker-a"
    "#]],
    );
    refuse(
        r#""brokers": [], "topics": []"#,
        &expect![[r#"
        topics: at least one topic is needed
        brokers: at least one broker is needed
        consumers[0].topic: no topic ""; there is none
    "#]],
    );
    refuse(
        r#""profile": "4.9.8""#,
        &expect![[r#"
        profile: "4.9.8" is not one of 4.9, 5.3
    "#]],
    );
}

#[test]
fn steps_have_one_trigger_and_their_own_fields() {
    refuse_step(
        r#"{"do": "crash", "node": "p1"}"#,
        &expect![[r#"
        script[1]: needs either "at" or "after"
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "after": {"event": "flushed"}, "do": "crash", "node": "p1"}"#,
        &expect![[r#"
        script[1]: needs either "at" or "after"
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "explode"}"#,
        &expect![[r#"
        script[1].do: "explode" is not one of send, crash, power-loss, destroy-disk, stop, restart, pause, resume, stall-disk, release-disk, fail-disk, fill-disk, expire-files, partition, heal, drop, set-link, consume-result, process-time, start-consumer, stop-consumer, pull, reset-offset, set-conf
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "crash"}"#,
        &expect![[r#"
        script[1].node: is missing
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "crash", "node": "p1", "takesMs": 5}"#,
        &expect![[r#"
        script[1].takesMs: "crash" has no such field; it has node
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "stop", "node": "p1", "takesMs": 500}"#,
        &expect![[r#"
            script[1].takesMs: no broker node "p1"; broker nodes are broker-a/0, broker-a/1
        "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "send", "queue": 0, "transaction": {"local": "COMMIT"}}"#,
        &expect![[r#"
        script[1].queue: does not go with "transaction"
        script[1].transaction.local: "COMMIT" is not one of COMMIT_MESSAGE, ROLLBACK_MESSAGE, UNKNOW
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "consume-result", "result": "SUCCESS"}"#,
        &expect![[r#"
        script[1].result: a listener of kind "concurrently" does not return this; it returns CONSUME_SUCCESS, RECONSUME_LATER, null, throw, hang
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "consume-result", "result": "FINE", "times": "twice"}"#,
        &expect![[r#"
        script[1].result: "FINE" is not one of CONSUME_SUCCESS, RECONSUME_LATER, SUCCESS, SUSPEND_CURRENT_QUEUE_A_MOMENT, COMMIT, ROLLBACK, null, throw, hang
        script[1].times: "twice" is not one of all
    "#]],
    );
}

#[test]
fn numbers_have_bounds() {
    refuse_step(
        r#"{"at": -0.5, "do": "send", "count": 0, "everyMs": 1e300, "queue": -1, "bodyBytes": -1, "delayLevel": 19}"#,
        &expect![[r#"
        script[1].at: -0.5 is not between 0 and 604800000
        script[1].queue: -1 is not between 0 and 1
        script[1].count: 0 is not between 1 and 100000
        script[1].everyMs: 9223372036854775.807 is not between 0 and 604800000
        script[1].bodyBytes: -1 is not between 0 and 67108864
        script[1].delayLevel: 19 is not between 0 and 18
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "fill-disk", "node": "broker-a/0", "ratio": 1.5}"#,
        &expect![[r#"
        script[1].ratio: 1.5 is not between 0 and 1
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "send", "count": 100000}"#,
        &expect![[r#"
        script: 100002 messages; at most 100000 are allowed
    "#]],
    );
    refuse(
        r#""until": 604800001, "topics": [{"name": "T", "queues": 129}], "producers": [{"resend": 17}]"#,
        &expect![[r#"
        until: 604800001 is not between 0 and 604800000
        topics[0].queues: 129 is not between 1 and 128
        producers[0].resend: 17 is not between 0 and 16
    "#]],
    );
    let many = |n: usize, one: &str| vec![one; n].join(",");
    refuse(
        &format!(r#""brokers": [{{"slaves": [{}]}}]"#, many(9, "{}")),
        &expect![[r#"
        brokers[0].slaves: 9 slaves; at most 8 are allowed
    "#]],
    );
    let clients: Vec<String> = (0..70).map(|n| format!("{{\"name\": \"p{n}\"}}")).collect();
    refuse(
        &format!(r#""producers": [{}]"#, clients.join(",")),
        &expect![[r#"
        73 nodes; at most 64 are allowed
    "#]],
    );
    refuse(
        &format!(
            r#""script": [{}]"#,
            many(10_001, r#"{"at": 0, "do": "send"}"#)
        ),
        &expect![[r#"
        script: 10001 steps; at most 10000 are allowed
    "#]],
    );
    refuse(
        r#""consumers": [{"tags": "A || || B"}]"#,
        &expect![[r#"
        consumers[0].tags: "A || || B" is not a subscription: "*", "A" or "A || B"
    "#]],
    );
}

#[test]
fn keys_are_rocketmqs_own() {
    refuse(
        r#""brokers": [{"conf": {"flushDiskTyp": "SYNC_FLUSH"}}]"#,
        &expect![[r#"
        brokers[0].conf.flushDiskTyp: RocketMQ has no key "flushDiskTyp"; the nearest is "flushDiskType"
    "#]],
    );
    refuse(
        r#""brokers": [{"conf": {"sendMsgTimeout": 1, "flushDiskType": "FAST", "syncFlushTimeout": -1}}]"#,
        &expect![[r#"
        brokers[0].conf.sendMsgTimeout: "sendMsgTimeout" does not belong here: it is a key of DefaultMQProducer
        brokers[0].conf.flushDiskType: "FAST" is not one of ASYNC_FLUSH, SYNC_FLUSH
        brokers[0].conf.syncFlushTimeout: -1 is not between 0 and 2147483647
    "#]],
    );
    refuse(
        r#""brokers": [{"conf": {"brokerRole": "SLAVE"}, "slaves": [{"conf": {"brokerRole": "SYNC_MASTER"}}]}]"#,
        &expect![[r#"
        brokers[0].conf.brokerRole: a master's role is ASYNC_MASTER or SYNC_MASTER
        brokers[0].slaves[0].conf.brokerRole: a slave's role is SLAVE
    "#]],
    );
    refuse(
        r#""brokers": [{"conf": {"enableControllerMode": true}, "slaves": [{"conf": {"enableControllerMode": true}}, {}]}]"#,
        &expect![[r#"
        brokers[0].slaves[1].conf.enableControllerMode: all replicas of a broker name are in controller mode, or none; a slave does not inherit its master's conf
    "#]],
    );
    refuse(
        r#""consumers": [{"conf": {"consumeThreadMin": 21, "pullBatchSize": 0}}]"#,
        &expect![[r#"
        consumers[0].conf.pullBatchSize: 0 is not between 1 and 1024
        consumers[0].conf: consumeThreadMin is greater than consumeThreadMax
    "#]],
    );
    refuse_step(
        r#"{"at": 0, "do": "set-conf", "node": "p1", "conf": {"inSyncReplicas": 2}}"#,
        &expect![[r#"
        script[1].conf.inSyncReplicas: "inSyncReplicas" does not belong here: it is a key of MessageStoreConfig
    "#]],
    );
}

#[test]
fn what_has_no_effect_is_warned_of() {
    let checked = accept(
        r#"{"format": "loss-lab/1", "profile": "4.9", "until": 10,
            "brokers": [{"conf": {"inSyncReplicas": 2, "namesrvAddr": "x:9876", "adminBrokerThreadPoolNums": 4}}],
            "script": [{"at": 11, "do": "send"}, {"at": 1, "do": "set-conf", "node": "p1", "conf": {"sendMsgTimeout": 9}}]}"#,
    );
    expect![[r#"
        brokers[0].conf.inSyncReplicas: only profile 5.3 has this key: leave it out
        brokers[0].conf.namesrvAddr: the scenario itself says this: leave it out
        brokers[0].conf.adminBrokerThreadPoolNums: RocketMQ has this key, the lab does not model it and runs without: leave it out
        script[0].at: is later than "until", so it never comes: raise "until"
        script[1].node: the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf
    "#]]
    .assert_eq(&said(&checked.warnings));
    assert_eq!(checked.scenario.brokers[0].conf.in_sync_replicas, 1);
}

#[test]
fn a_hostile_text_is_refused_and_nothing_worse() {
    let mut hostile = vec![
        "[".repeat(TEXT_MAX),
        format!("{{\"format\": {}", "[".repeat(TEXT_MAX / 2)),
        format!(
            "{{\"format\": \"loss-lab/1\", \"title\": {}",
            "{\"en\":".repeat(100_000)
        ),
        " ".repeat(TEXT_MAX + 1),
        format!(
            "{{\"format\": \"loss-lab/1\", \"until\": {}}}",
            "9".repeat(400_000)
        ),
        format!(
            "{{\"format\": \"loss-lab/1\", \"brokers\": [{{\"conf\": {{\"{}\": 1}}}}]}}",
            "é".repeat(400_000)
        ),
        format!(
            "{{\"format\": \"loss-lab/1\", \"title\": \"{}\"}}",
            "長".repeat(300_000)
        ),
        format!(
            "{{\"format\": \"loss-lab/1\", \"consumers\": [{{\"tags\": \"{}\"}}]}}",
            "||".repeat(500_000)
        ),
        format!(
            "{{\"format\": \"loss-lab/1\", \"script\": [{}]}}",
            vec!["{\"at\":0,\"do\":\"stop\",\"node\":\"x\"}"; 9_000].join(",")
        ),
        format!(
            "{{\"format\": \"loss-lab/1\", \"brokers\": [{}]}}",
            vec!["{\"slaves\":[{},{},{},{},{},{},{},{}]}"; 9_000].join(",")
        ),
    ];
    let keys: Vec<String> = (0..60_000).map(|n| format!("\"key{n}\":1")).collect();
    hostile.push(format!(
        "{{\"format\": \"loss-lab/1\", \"brokers\": [{{\"conf\": {{{}}}}}]}}",
        keys.join(",")
    ));
    for text in hostile {
        let problems = parse(&text).unwrap_err();
        assert!((1..=super::PROBLEMS_MAX).contains(&problems.len()));
        assert!(said(&problems).len() < 1 << 20);
    }
}

proptest::proptest! {
    /// Some pieces of a good text, in another order, cut and repeated: whatever is accepted survives being written.
    #[test]
    fn a_damaged_text_is_refused_or_understood(cuts in proptest::collection::vec((0..FULL.len(), 0..40_usize, 0..FULL.len()), 1..3)) {
        let mut bytes = FULL.as_bytes().to_vec();
        for (from, len, to) in cuts {
            let from = from.min(bytes.len());
            let piece: Vec<u8> = bytes.drain(from..(from + len).min(bytes.len())).collect();
            if to % 3 == 0 {
                let to = to.min(bytes.len());
                bytes.splice(to..to, piece);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        match parse(&text) {
            Ok(checked) => assert_eq!(accept(&write(&checked.scenario)).scenario, checked.scenario),
            Err(problems) => assert!(!said(&problems).is_empty()),
        }
    }
}

#[test]
fn every_action_of_the_table_is_understood() {
    for action in ACTIONS {
        let fields: Vec<String> = action
            .required
            .iter()
            .map(|field| {
                let value = match *field {
                    "between" => r#"["p1", "broker-a/0"]"#,
                    "conf" => "{}",
                    "from" => "\"p1\"",
                    "result" => "\"throw\"",
                    "node" | "to" => "\"broker-a/0\"",
                    _ => "1",
                };
                format!(", \"{field}\": {value}")
            })
            .collect();
        let text = format!(
            "{{\"format\": \"loss-lab/1\", \"script\": [{{\"at\": 0, \"do\": \"{}\"{}}}]}}",
            action.name,
            fields.concat()
        );
        let checked = accept(&text);
        assert_eq!(checked.scenario.script.len(), 1, "{text}");
        assert_eq!(accept(&write(&checked.scenario)), checked);
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_names_every_action_and_its_fields() {
    let schema = super::schema();
    let actions = schema
        .pointer("/$defs/StepV1/oneOf")
        .and_then(|list| list.as_array())
        .unwrap();
    assert_eq!(actions.len(), ACTIONS.len());
    assert_eq!(
        schema.pointer("/properties/format/const"),
        Some(&serde_json::json!("loss-lab/1"))
    );
    assert_eq!(
        schema.pointer("/additionalProperties"),
        Some(&serde_json::json!(false))
    );
}
