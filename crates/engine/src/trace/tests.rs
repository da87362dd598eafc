use expect_test::expect;

use super::fixture::power_loss;
use super::{Trace, tell};

#[test]
fn a_trace_tells_a_run() {
    let told = tell(&power_loss().story());
    let without_events = Trace {
        events: None,
        ..told.clone()
    };
    expect![[r#"
        {
          "format": "loss-lab-trace/1",
          "profile": "5.3",
          "end": 1000,
          "sends": [
            {"message": "m1", "producer": "p1", "mode": "sync", "called": 0, "returned": 2, "status": "SEND_OK", "exception": null, "attempts": [{"broker": "broker-a", "queue": 0, "outcome": "SEND_OK"}], "queue": 0, "queueOffset": 0, "broker": "broker-a"},
            {"message": "m2", "producer": "p1", "mode": "sync", "called": 600.125, "returned": 602.125, "status": "SEND_OK", "exception": null, "attempts": [{"broker": "broker-a", "queue": 0, "outcome": "SEND_OK"}], "queue": 0, "queueOffset": 1, "broker": "broker-a"},
            {"message": "m3", "producer": "p1", "mode": "sync", "called": 700, "returned": 700, "status": null, "exception": {"class": "MQClientException", "code": 10001, "message": "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details."}, "attempts": [{"broker": "broker-a", "queue": 0, "outcome": "RemotingConnectException"}], "queue": null, "queueOffset": null, "broker": null}
          ],
          "pulls": [
            {"consumer": "c1", "topic": "Orders", "broker": "broker-a/0", "queue": 0, "offset": 0, "status": "FOUND", "pullStatus": "FOUND", "nextBeginOffset": 1, "t": 2},
            {"consumer": "c1", "topic": "Orders", "broker": "broker-a/0", "queue": 0, "offset": 1, "status": "OFFSET_OVERFLOW_ONE", "pullStatus": "NO_NEW_MSG", "nextBeginOffset": 1, "t": 4}
          ],
          "deliveries": [
            {"message": "m1", "consumer": "c1", "t": 3, "done": 3.5, "reconsumeTimes": 0, "result": "CONSUME_SUCCESS", "topic": "Orders", "broker": "broker-a", "queue": 0, "queueOffset": 0}
          ],
          "offsets": [
            {"group": "CG", "topic": "Orders", "broker": "broker-a", "queue": 0, "committed": 1}
          ],
          "messages": [
            {"id": "m1", "promise": "acked", "fate": "consumed", "consumed": 1, "delivered": 1, "copies": [{"node": "broker-a/0", "where": "disk"}], "lostBy": null, "verdict": "ok", "exposedTo": ["disk-loss"]},
            {"id": "m2", "promise": "acked", "fate": "lost", "consumed": 0, "delivered": 0, "copies": [], "lostBy": {"event": 19, "t": 602.125, "kind": "node-down", "node": "broker-a/0", "stage": "store", "rule": "async-flush"}, "verdict": "lost", "exposedTo": []},
            {"id": "m3", "promise": "refused", "fate": "never-stored", "consumed": 0, "delivered": 0, "copies": [], "lostBy": null, "verdict": "refused", "exposedTo": []}
          ],
          "transactions": [],
          "queues": [
            {"node": "broker-a/0", "topic": "Orders", "queue": 0, "min": 0, "max": 1}
          ],
          "contents": [
            {"node": "broker-a/0", "topic": "Orders", "queue": 0, "offset": 0, "message": "m1", "reconsumeTimes": 0}
          ]
        }
    "#]].assert_eq(&without_events.to_json());
    let events = told.events.unwrap();
    let rows: Vec<String> = events
        .iter()
        .take(6)
        .map(|row| serde_json::to_string(row).unwrap())
        .collect();
    expect![[r#"
        {"t":-0.5,"kind":"pulled","node":"broker-a/0","peer":"c1","group":"CG","topic":"Orders","queue":0,"queueOffset":0,"nextBeginOffset":0,"status":"NO_MESSAGE_IN_QUEUE","pullStatus":"NO_NEW_MSG","count":0}
        {"t":0,"kind":"send-called","node":"p1","message":"m1","topic":"Orders","mode":"sync"}
        {"t":0,"kind":"request-sent","node":"p1","message":"m1","peer":"broker-a/0","broker":"broker-a","queue":0,"attempt":1}
        {"t":1,"kind":"appended","node":"broker-a/0","message":"m1","topic":"Orders","queue":0,"queueOffset":0,"physicalOffset":0,"where":"page-cache"}
        {"t":1,"kind":"replied","node":"broker-a/0","message":"m1","peer":"p1","status":"PUT_OK"}
        {"t":2,"kind":"dispatched","node":"broker-a/0","message":"m1","topic":"Orders","queue":0,"queueOffset":0,"physicalOffset":0}"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn what_is_written_reads_back_the_same() {
    let told = tell(&power_loss().story());
    let read = Trace::parse(&told.to_json()).unwrap();
    assert_eq!(read, told);
    assert_eq!(read.to_json(), told.to_json());
}

#[test]
fn a_word_that_is_none_is_refused_with_its_place() {
    let text = tell(&power_loss().story())
        .to_json()
        .replacen("\"SEND_OK\"", "\"SEND_KO\"", 1);
    let error = Trace::parse(&text).unwrap_err().to_string();
    assert!(
        error.starts_with("invalid value: string \"SEND_KO\", expected a SendStatus at line 6"),
        "{error}"
    );
}
