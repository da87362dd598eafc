//! F: what the name server knows, what clients are told of it and when, and what a producer sees of a broker that is gone.

use expect_test::expect;
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::NodeKind;

use crate::lab::{check, check_sends, run};

#[test]
fn a_killed_broker_refuses_until_it_is_back() {
    check_sends(
        r#"
            "script": [ { "at": 50, "do": "send" }, { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "send", "count": 7, "everyMs": 1000 }, { "at": 3000, "do": "restart", "node": "broker-a/0" } ], "until": 35000
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                      sent to
            m1       50      52.05     SEND_OK                                                                                                                   broker-a:0
            m2       200     206       MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m3       1200    1206      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m4       2200    2206      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m5       3200    3206      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m6       4200    4206      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m7       5200    5204.05   SEND_OK                                                                                                                   broker-a:0
            m8       6200    6202.05   SEND_OK                                                                                                                   broker-a:0
        "#]],
    );
}

/// 5.3: the refresh comes 26.7 s after t = 0.
#[test]
fn with_only_a_slave_left_the_route_refresh_turns_10001_into_10005() {
    check_sends(
        r#"
            "brokers": [ { "slaves": [ {} ] } ],
            "script": [ { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "send", "count": 7, "everyMs": 5000 } ], "until": 35000
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                      sent to
            m1       200     206       MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m2       5200    5206      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m3       10200   10206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m4       15200   15206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m5       20200   20206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m6       25200   25206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m7       30200   30202     MQClientException 10005: No route info of this topic: T
        "#]],
    );
}

/// 4.9: 27.96 s after t = 0.
#[test]
fn with_only_a_slave_left_the_route_refresh_turns_10001_into_10005_in_4_9() {
    check_sends(
        r#"
            "profile": "4.9","brokers": [ { "slaves": [ {} ] } ],
            "script": [ { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 200, "do": "send", "count": 7, "everyMs": 5000 } ], "until": 35000
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                      sent to
            m1       200     206       MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m2       5200    5206      MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m3       10200   10206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m4       15200   15206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m5       20200   20206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m6       25200   25206     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m7       30200   30202     MQClientException 10005: No route info of this topic: T
        "#]],
    );
}

/// The name server knows nobody, and the client keeps trying the dead address.
#[test]
fn a_route_without_any_broker_leaves_the_old_one() {
    check_sends(
        r#"
            "script": [ { "at": 100, "do": "crash", "node": "broker-a/0" }, { "at": 26000, "do": "send", "count": 3, "everyMs": 5000 } ], "until": 40000
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                      sent to
            m1       26000   26006     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m2       31000   31006     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
            m3       36000   36006     MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
        "#]],
    );
}

/// The name server notices the closed connection at once.
#[test]
fn a_killed_broker_leaves_the_route_at_the_next_refresh() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 100, "do": "crash", "node": "broker-b/0" } ], "until": 60000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                  100  │                            │                            ✗ crash
                26712  new route of T               │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

/// Nothing tells the name server: the registration expires after 120 s, at a scan that comes every 5 s.
#[test]
fn a_broker_without_power_leaves_the_route_after_two_minutes() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "pollNameServerInterval": 1000 } } ],
            "script": [ { "at": 100, "do": "power-loss", "node": "broker-b/0" } ], "until": 150000
        "#,
        expect![[r#"
                    ms  p1                           broker-a/0                   broker-b/0
                   100  │                            │                            ✗ power loss
                125712  new route of T               │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

/// The scan comes every 10 s.
#[test]
fn a_broker_without_power_leaves_the_route_after_two_minutes_in_4_9() {
    check(
        r#"
            "profile": "4.9","brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "pollNameServerInterval": 1000 } } ],
            "script": [ { "at": 100, "do": "power-loss", "node": "broker-b/0" } ], "until": 160000
        "#,
        expect![[r#"
                    ms  p1                           broker-a/0                   broker-b/0
                   100  │                            │                            ✗ power loss
                130962  new route of T               │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

/// `enableSlaveActingMaster`: a broker says every second that it lives, and counts as dead after ten without a word. Its master
/// needs fewer replicas then, ten seconds before it gives the connection up.
#[test]
fn in_acting_master_mode_a_silent_slave_is_missed_after_ten_seconds() {
    check_sends(
        r#"
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2, "enableSlaveActingMaster": true, "enableAutoInSyncReplicas": true }, "slaves": [ { "conf": { "enableSlaveActingMaster": true } } ] } ],
            "producers": [ { "conf": { "sendMsgTimeout": 10000 } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "power-loss", "node": "broker-a/1" }, { "at": 200, "do": "send", "count": 6, "everyMs": 4000 } ], "until": 30000
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       0       4.05      SEND_OK              broker-a:0
            m2       200     3202.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m3       4200    7202.05   FLUSH_SLAVE_TIMEOUT  broker-a:0
            m4       8200    11202.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m5       12200   15202.05  FLUSH_SLAVE_TIMEOUT  broker-a:0
            m6       16200   16202.05  SEND_OK              broker-a:0
            m7       20200   20202.05  SEND_OK              broker-a:0
        "#]],
    );
}

#[test]
fn a_stopped_broker_says_good_bye() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 26000, "do": "stop", "node": "broker-b/0" } ], "until": 30000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                26712  new route of T               │                            │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

#[test]
fn a_frozen_broker_stays_in_the_route_while_its_registration_lives() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 100, "do": "pause", "node": "broker-b/0" }, { "at": 90000, "do": "resume", "node": "broker-b/0" } ], "until": 160000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                  100  │                            │                            ‖ paused
                90000  │                            │                            ▶ resumed

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

#[test]
fn a_frozen_broker_is_silence_and_an_unplugged_one_too() {
    check_sends(
        r#"
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 4000, "do": "resume", "node": "broker-a/0" },
            { "at": 5000, "do": "partition", "between": ["p1", "broker-a/0"] }, { "at": 5001, "do": "send" }, { "at": 9000, "do": "heal", "between": ["p1", "broker-a/0"] }, { "at": 10000, "do": "send" } ], "until": 12000
        "#,
        expect![[r#"
            message  called  returned  with                                                           sent to
            m1       1       3001      RemotingTooMuchRequestException: sendDefaultImpl call timeout  broker-a:0
            m2       5001    8001      RemotingTooMuchRequestException: sendDefaultImpl call timeout
            m3       10000   10004.05  SEND_OK                                                        broker-a:0
        "#]],
    );
}

/// The first call uses up its budget. The next ones wait for a connection that nobody refuses.
#[test]
fn a_broker_without_power_is_silence_until_its_machine_is_on_again() {
    check_sends(
        r#"
            "brokers": [ { "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "script": [ { "at": 0, "do": "power-loss", "node": "broker-a/0" }, { "at": 1, "do": "send", "count": 3, "everyMs": 4000 }, { "at": 12000, "do": "restart", "node": "broker-a/0" }, { "at": 15000, "do": "send" } ], "until": 20000
        "#,
        expect![[r#"
            message  called  returned  with                                                           sent to
            m1       1       3001      RemotingTooMuchRequestException: sendDefaultImpl call timeout  broker-a:0
            m2       4001    7001      RemotingTooMuchRequestException: sendDefaultImpl call timeout
            m3       8001    11001     RemotingTooMuchRequestException: sendDefaultImpl call timeout
            m4       15000   15009.05  SEND_OK                                                        broker-a:0
        "#]],
    );
}

/// It borrows TBW102's route and gets the fewer of four and eight queues, on the broker that gets the message.
#[test]
fn a_topic_that_nobody_knows_is_made_by_its_first_message() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send", "topic": "New", "count": 6, "everyMs": 100 } ], "until": 1000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       0       6.05      SEND_OK  broker-a:0
            m2       100     102.05    SEND_OK  broker-a:1
            m3       200     202.05    SEND_OK  broker-a:2
            m4       300     302.05    SEND_OK  broker-a:3
            m5       400     402.05    SEND_OK  broker-b:0
            m6       500     502.05    SEND_OK  broker-b:1
        "#]],
    );
}

#[test]
fn a_producer_finds_a_broker_that_comes_back() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 100, "do": "crash", "node": "broker-b/0" }, { "at": 28000, "do": "restart", "node": "broker-b/0" } ], "until": 90000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                  100  │                            │                            ✗ crash
                26712  new route of T               │
                30000  │                            │                            ▲ up
                56712  new route of T               │                            │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
        "#]],
    );
}

/// `registerNameServerPeriod` is clamped to 10 … 60 s: so long a name server that has lost its memory knows of nobody.
#[test]
fn how_often_a_broker_registers_is_clamped() {
    let seconds = |profile: &str, period: u32| {
        let mut run = run(&format!(
            r#""profile": "{profile}", "brokers": [ {{ "conf": {{ "registerNameServerPeriod": {period} }} }} ], "script": [
                {{ "at": 10500, "do": "crash", "node": "namesrv/0" }},
                {{ "at": 10600, "do": "restart", "node": "namesrv/0", "takesMs": 100 }} ], "until": 150000"#
        ));
        (11..150).find(|second| {
            run.seek_time(SimTime::from_micros(second * 1_000_000 + 500_000));
            let nodes = run.cluster().view().nodes;
            nodes.iter().any(|node| matches!(&node.kind, NodeKind::NameServer { registered } if !registered.is_empty()))
        })
    };
    for profile in ["4.9", "5.3"] {
        let all = [1_000, 15_000, 45_000, 600_000].map(|period| seconds(profile, period));
        assert_eq!(all, [20, 15, 45, 60].map(Some), "{profile}");
    }
}

/// A clean stop ends the registrations: the tick that falls into it brings the broker back into no route.
#[test]
fn a_stopping_broker_does_not_register_again() {
    let registered = |profile: &str, second: i64| {
        let mut run = run(&format!(
            r#""profile": "{profile}", "script": [ {{ "at": 29900, "do": "stop", "node": "broker-a/0", "takesMs": 8000 }} ], "until": 45000"#
        ));
        run.seek_time(SimTime::from_micros(second * 1_000_000));
        let nodes = run.cluster().view().nodes;
        nodes.iter().any(|node| matches!(&node.kind, NodeKind::NameServer { registered } if !registered.is_empty()))
    };
    assert_eq!(
        [29, 32, 37, 39].map(|at| registered("5.3", at)),
        [true, false, false, false]
    );
    assert_eq!(
        [29, 32, 37, 39].map(|at| registered("4.9", at)),
        [true, true, true, false]
    );
}
