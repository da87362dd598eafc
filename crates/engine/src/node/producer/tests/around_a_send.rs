//! What surrounds a send: validation, routes, heartbeats, transactions, and the application itself (A.3, E, F).

use expect_test::expect;

use super::bench::{Answer, Bench, Health, auto_create_topic, check};
use crate::exception::Remark;
use crate::scenario::Transaction;
use crate::status::Profile::{V4_9, V5_3};
use crate::status::{PutMessageStatus, TransactionState};

#[test]
fn a_topic_whose_masters_are_gone_has_no_route() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(10, |bench| {
            bench.set("broker-a", Health::Dead);
            bench
                .routes
                .insert("Orders".to_owned(), vec![("broker-a", 1, false)]);
        })
        .send_at(&[20, 26_000, 27_000]);
    check(
        &mut bench,
        30_000,
        expect![[r#"
        20     m1 called (sync)
        22     m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        24     m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        26     m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        26     m1 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
        26000  m2 called (sync)
        26002  m2 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        26004  m2 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        26006  m2 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        26006  m2 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
        27000  m3 called (sync)
        27002  m3 returned: MQClientException 10005 "No route info of this topic: Orders"
    "#]],
    );
}

#[test]
fn the_client_refuses_by_itself() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let topics =
        ["a b", &"t".repeat(128), "SCHEDULE_TOPIC_XXXX", " "].map(|name| bench.topic(name));
    bench.send_each(&[0, 1, 2, 3, 4, 5], move |label, call| match label.0 {
        1 => call.body_bytes = 0,
        2 => call.body_bytes = 4_194_305,
        n => call.topic = topics[n as usize - 3],
    });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
        1      m2 called (sync)
        1      m2 returned: MQClientException 13 "CODE: 13  DESC: the message body size over max value, MAX: 4194304"
        2      m3 called (sync)
        2      m3 returned: MQClientException -1 "The specified topic[a b] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$"
        3      m4 called (sync)
        3      m4 returned: MQClientException -1 "The specified topic is longer than topic max length 127."
        4      m5 called (sync)
        4      m5 returned: MQClientException -1 "Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden."
        5      m6 called (sync)
        5      m6 returned: MQClientException -1 "The specified topic is blank"
    "#]],
    );
}

#[test]
fn an_unknown_topic_borrows_the_template_s_route_if_there_is_one() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.housekeeping = true;
    let topic = bench.topic("Unknown");
    bench
        .send_each(&[0, 10, 20], move |_, call| call.topic = topic)
        .at(5, |bench| {
            let template = auto_create_topic(bench);
            bench.routes.insert(template, vec![("broker-b", 8, true)]);
        });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        1      namesrv is asked for Unknown
        3      namesrv is asked for TBW102
        4      m1 returned: MQClientException 10005 "No route info of this topic: Unknown"
        10     m2 called (sync)
        11     namesrv is asked for Unknown
        13     namesrv is asked for TBW102
        14     new route of Unknown
        14     m2 #1 ─▶ broker-b queue 0
        15     broker-b/0 stores m2 in queue 0
        16     m2 #1 at broker-b: SEND_OK
        16     m2 returned: SEND_OK broker-b queue 0 offset 0
        20     m3 called (sync)
        20     m3 #1 ─▶ broker-b queue 1
        21     broker-b/0 stores m3 in queue 1
        22     m3 #1 at broker-b: SEND_OK
        22     m3 returned: SEND_OK broker-b queue 1 offset 1
    "#]],
    );
}

#[test]
fn the_application_sends_again_after_a_failure() {
    let mut bench = Bench::seeded(V5_3, 0, 1, 1, 2, |conf| {
        conf.retry_times_when_send_failed = 0
    });
    let refusal = Answer::Error(1, Remark::CreateMappedFileFailed);
    bench
        .answers("broker-a", &[refusal.clone(), refusal])
        .send_at(&[0, 1]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      m2 called (sync)
        1      m2 #1 ─▶ broker-a queue 0
        2      m1 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
        2      m1 returned: MQClientException 1 "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]"
        2      m1 called again, no. 1 (sync)
        2      m1 #1 ─▶ broker-a queue 0
        3      m2 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
        3      m2 returned: MQClientException 1 "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]"
        3      broker-a/0 stores m1 in queue 0
        3      m2 called again, no. 1 (sync)
        3      m2 #1 ─▶ broker-a queue 0
        4      m1 #1 at broker-a: SEND_OK
        4      m1 returned: SEND_OK broker-a queue 0 offset 0
        4      broker-a/0 stores m2 in queue 0
        5      m2 #1 at broker-a: SEND_OK
        5      m2 returned: SEND_OK broker-a queue 0 offset 1
    "#]],
    );
}

#[test]
fn a_call_that_fails_without_a_request_is_made_again_too() {
    let mut bench = Bench::seeded(V5_3, 0, 1, 1, 2, |_| {});
    bench.send_each(&[0], |_, call| call.body_bytes = 0);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
        0      m1 called again, no. 1 (sync)
        0      m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
        0      m1 called again, no. 2 (sync)
        0      m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
    "#]],
    );
}

#[test]
fn a_committed_transaction_ends_with_a_oneway_request() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.send_each(&[0], |_, call| {
        call.transaction = Some(Transaction {
            local: TransactionState::Commit,
            check: Vec::new(),
        })
    });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0 as a half message
        2      m1 #1 at broker-a: SEND_OK
        2      m1 local transaction: COMMIT_MESSAGE
        2      m1 returned: SEND_OK broker-a queue 0 offset 0, COMMIT_MESSAGE
        3      broker-a/0 gets the end of m1: COMMIT_MESSAGE
    "#]],
    );
}

#[test]
fn a_half_message_without_a_full_ok_is_rolled_back_unasked() {
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench
        .answers(
            "broker-a",
            &[Answer::Put(PutMessageStatus::SlaveNotAvailable)],
        )
        .send_each(&[0], |_, call| {
            call.transaction = Some(Transaction {
                local: TransactionState::Commit,
                check: Vec::new(),
            })
        });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0 as a half message
        2      m1 #1 at broker-a: SLAVE_NOT_AVAILABLE
        2      m1 returned: SLAVE_NOT_AVAILABLE broker-a queue 0 offset 0, ROLLBACK_MESSAGE
        3      broker-a/0 gets the end of m1: ROLLBACK_MESSAGE
    "#]],
    );
}

#[test]
fn a_half_message_that_cannot_be_sent_runs_no_local_transaction() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[10], |_, call| {
            call.transaction = Some(Transaction {
                local: TransactionState::Commit,
                check: Vec::new(),
            })
        });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        10     m1 called (sync)
        12     m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        14     m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        16     m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        16     m1 returned: MQClientException -1 "send message Exception"
    "#]],
    );
}

#[test]
fn check_backs_are_answered_in_order_and_the_last_answer_repeats() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let check_states = vec![TransactionState::Unknow, TransactionState::Commit];
    let transaction = Transaction {
        local: TransactionState::Unknow,
        check: check_states,
    };
    bench.send_each(&[0], move |_, call| {
        call.transaction = Some(transaction.clone())
    });
    for at in [1_000, 2_000, 3_000] {
        bench.at(at, |bench| bench.check_back("broker-a", 1));
    }
    bench.at(4_000, |bench| bench.check_back("broker-a", 7));
    check(
        &mut bench,
        5_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0 as a half message
        2      m1 #1 at broker-a: SEND_OK
        2      m1 local transaction: UNKNOW
        2      m1 returned: SEND_OK broker-a queue 0 offset 0, UNKNOW
        3      broker-a/0 gets the end of m1: UNKNOW
        1000   m1 checked: UNKNOW
        1001   broker-a/0 gets the answer to the check of m1: UNKNOW
        2000   m1 checked: COMMIT_MESSAGE
        2001   broker-a/0 gets the answer to the check of m1: COMMIT_MESSAGE
        3000   m1 checked: COMMIT_MESSAGE
        3001   broker-a/0 gets the answer to the check of m1: COMMIT_MESSAGE
        4000   m7 checked: UNKNOW
        4001   broker-a/0 gets the answer to the check of m7: UNKNOW
    "#]],
    );
}

#[test]
fn the_client_polls_routes_and_beats_every_half_minute() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.housekeeping = true;
    bench.at(27_000, |bench| {
        bench
            .routes
            .insert("Orders".to_owned(), vec![("broker-b", 1, true)]);
    });
    check(
        &mut bench,
        58_500,
        expect![[r#"
           26711  namesrv is asked for Orders
           27701  broker-a/0 gets a heartbeat
           27703  broker-b/0 gets a heartbeat
           56711  namesrv is asked for Orders
           56712  new route of Orders
           57701  broker-b/0 gets a heartbeat
    "#]],
    );
}

#[test]
fn a_new_connection_to_a_broker_brings_a_heartbeat_since_5_3() {
    for profile in [V4_9, V5_3] {
        let mut bench = Bench::new(profile, 1, 1, |_| {});
        bench.housekeeping = true;
        bench
            .at(10, |bench| bench.set("broker-a", Health::Dead))
            .at(20, |bench| bench.set("broker-a", Health::Up))
            .send_at(&[30]);
        match profile {
            V4_9 => check(
                &mut bench,
                1_000,
                expect![[r#"
                30     m1 called (sync)
                32     m1 #1 ─▶ broker-a queue 0
                33     broker-a/0 stores m1 in queue 0
                34     m1 #1 at broker-a: SEND_OK
                34     m1 returned: SEND_OK broker-a queue 0 offset 0
            "#]],
            ),
            V5_3 => check(
                &mut bench,
                1_000,
                expect![[r#"
                30     m1 called (sync)
                32     m1 #1 ─▶ broker-a queue 0
                33     broker-a/0 stores m1 in queue 0
                33     broker-a/0 gets a heartbeat
                34     m1 #1 at broker-a: SEND_OK
                34     m1 returned: SEND_OK broker-a queue 0 offset 0
            "#]],
            ),
        }
    }
}

#[test]
fn without_a_name_server_an_unknown_topic_throws_the_lookup_s_failure() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let topic = bench.topic("Unknown");
    bench
        .at(0, |bench| bench.set("namesrv", Health::Dead))
        .send_each(&[10, 20], move |label, call| {
            if label.0 == 1 {
                call.topic = topic;
            }
        });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        10     m1 called (sync)
        12     m1 returned: IllegalStateException "org.apache.rocketmq.remoting.exception.RemotingConnectException: connect to <namesrv/0> failed"
        20     m2 called (sync)
        20     m2 #1 ─▶ broker-a queue 0
        21     broker-a/0 stores m2 in queue 0
        22     m2 #1 at broker-a: SEND_OK
        22     m2 returned: SEND_OK broker-a queue 0 offset 0
    "#]],
    );
}

#[test]
fn a_clean_stop_says_good_bye_and_leaves_calls_open() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .at(100, Bench::stop)
        .send_at(&[10, 200]);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        10     m1 called (sync)
        10     m1 #1 ─▶ broker-a queue 0
        101    broker-b/0 gets a good-bye
    "#]],
    );
}

#[test]
fn a_crashed_application_remembers_its_transactions() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let transaction = Transaction {
        local: TransactionState::Unknow,
        check: vec![TransactionState::Commit],
    };
    bench.send_each(&[0], move |_, call| {
        call.transaction = Some(transaction.clone())
    });
    bench
        .at(10, Bench::crash)
        .at(2_000, Bench::start)
        .at(3_000, |bench| bench.check_back("broker-a", 1));
    check(
        &mut bench,
        5_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0 as a half message
        2      m1 #1 at broker-a: SEND_OK
        2      m1 local transaction: UNKNOW
        2      m1 returned: SEND_OK broker-a queue 0 offset 0, UNKNOW
        3      broker-a/0 gets the end of m1: UNKNOW
        3000   m1 checked: COMMIT_MESSAGE
        3001   broker-a/0 gets the answer to the check of m1: COMMIT_MESSAGE
    "#]],
    );
}
