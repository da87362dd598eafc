//! The producer's rows of the semantics reference, as pictures.

use expect_test::{Expect, expect};

use super::bench::{Answer, Bench, Health, auto_create_topic};
use crate::effect::Closed;
use crate::exception::Remark;
use crate::ids::QueueId;
use crate::scenario::Transaction;
use crate::status::Profile::{V4_9, V5_3};
use crate::status::{PutMessageStatus, SendMode, TransactionState};
use crate::units::Span;

fn check(bench: &mut Bench, until: i64, expected: Expect) {
    expected.assert_eq(&bench.draw(until));
}

#[test]
fn a_thread_goes_round_the_queues_and_a_second_thread_has_a_round_of_its_own() {
    let mut bench = Bench::new(V5_3, 2, 2, |_| {});
    bench.send_at(&[0, 1, 10, 20, 30]);
    check(&mut bench, 100, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  m2 called (sync)
               1  m2 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  broker-a/0 stores m2 in queue 0
               2  m1 #1 at broker-a: SEND_OK
               2  m1 returned: SEND_OK broker-a queue 0 offset 0
               3  m2 #1 at broker-a: SEND_OK
               3  m2 returned: SEND_OK broker-a queue 0 offset 1
              10  m3 called (sync)
              10  m3 #1 ─▶ broker-a queue 1
              11  broker-a/0 stores m3 in queue 1
              12  m3 #1 at broker-a: SEND_OK
              12  m3 returned: SEND_OK broker-a queue 1 offset 2
              20  m4 called (sync)
              20  m4 #1 ─▶ broker-b queue 0
              21  broker-b/0 stores m4 in queue 0
              22  m4 #1 at broker-b: SEND_OK
              22  m4 returned: SEND_OK broker-b queue 0 offset 0
              30  m5 called (sync)
              30  m5 #1 ─▶ broker-b queue 1
              31  broker-b/0 stores m5 in queue 1
              32  m5 #1 at broker-b: SEND_OK
              32  m5 returned: SEND_OK broker-b queue 1 offset 1
    "#]]);
}

#[test]
fn a_refused_broker_is_left_for_another_at_every_send() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.at(-1, |bench| bench.set("broker-a", Health::Dead)).send_at(&[10, 110]);
    check(&mut bench, 200, expect![[r#"
              10  m1 called (sync)
              12  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              12  m1 #2 ─▶ broker-b queue 0
              13  broker-b/0 stores m1 in queue 0
              14  m1 #2 at broker-b: SEND_OK
              14  m1 returned: SEND_OK broker-b queue 0 offset 0
             110  m2 called (sync)
             112  m2 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
             112  m2 #2 ─▶ broker-b queue 0
             113  broker-b/0 stores m2 in queue 0
             114  m2 #2 at broker-b: SEND_OK
             114  m2 returned: SEND_OK broker-b queue 0 offset 1
    "#]]);
}

#[test]
fn the_only_broker_is_dead_and_three_attempts_are_refused() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Dead)).send_at(&[10]);
    check(&mut bench, 200, expect![[r#"
              10  m1 called (sync)
              12  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              14  m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              16  m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              16  m1 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
    "#]]);
}

#[test]
fn a_frozen_broker_eats_the_whole_budget() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_at(&[500]);
    check(&mut bench, 10_000, expect![[r#"
             500  m1 called (sync)
             500  m1 #1 ─▶ broker-a queue 0
            3500  closes the connection to broker-a/0
            3500  m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
            3500  m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
    "#]]);
}

#[test]
fn a_budget_used_up_to_the_millisecond_may_go_unnoticed() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 1..200 {
        let mut bench = Bench::seeded(V5_3, seed, 2, 1, 0, |_| {});
        bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_at(&[500]);
        let drawn = bench.draw(10_000);
        seen.insert(drawn.lines().last().unwrap_or_default().to_owned());
    }
    let seen: Vec<String> = seen.into_iter().collect();
    expect![[r#"
            3500  m1 returned: MQClientException 10002 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-b, broker-a]"
            3500  m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout""#]].assert_eq(&seen.join("\n"));
}

#[test]
fn capped_attempts_leave_time_for_another_broker() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.send_msg_max_timeout_per_request = Some(Span::from_millis(1_000)));
    bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_at(&[500]);
    check(&mut bench, 10_000, expect![[r#"
             500  m1 called (sync)
             500  m1 #1 ─▶ broker-a queue 0
            1500  closes the connection to broker-a/0
            1500  m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
            1500  m1 #2 ─▶ broker-b queue 0
            1501  broker-b/0 stores m1 in queue 0
            1502  m1 #2 at broker-b: SEND_OK
            1502  m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]]);
}

#[test]
fn closing_the_frozen_connection_fails_the_second_call_which_is_then_stored_elsewhere() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_at(&[500, 600]);
    check(&mut bench, 10_000, expect![[r#"
             500  m1 called (sync)
             500  m1 #1 ─▶ broker-a queue 0
             600  m2 called (sync)
             600  m2 #1 ─▶ broker-a queue 0
            3500  closes the connection to broker-a/0
            3500  m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
            3500  m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
            3500  m2 #1 at broker-a: RemotingSendRequestException "send request to <broker-a/0> failed"
            3500  m2 #2 ─▶ broker-b queue 0
            3501  broker-b/0 stores m2 in queue 0
            3502  m2 #2 at broker-b: SEND_OK
            3502  m2 returned: SEND_OK broker-b queue 0 offset 0
    "#]]);
}

#[test]
fn a_silent_host_blocks_in_connecting() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.send_msg_timeout = Span::from_millis(10_000));
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .at(10, |bench| bench.set("broker-a", Health::Silent))
        .send_at(&[500]);
    check(&mut bench, 20_000, expect![[r#"
             500  m1 called (sync)
            3500  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
            3500  m1 #2 ─▶ broker-b queue 0
            3501  broker-b/0 stores m1 in queue 0
            3502  m1 #2 at broker-b: SEND_OK
            3502  m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]]);
}

#[test]
fn connecting_takes_its_three_seconds_whatever_the_budget() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.send_msg_timeout = Span::from_millis(1_000));
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .at(10, |bench| bench.set("broker-a", Health::Silent))
        .send_at(&[500]);
    check(&mut bench, 20_000, expect![[r#"
             500  m1 called (sync)
            3500  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
            3500  m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
    "#]]);
}

#[test]
fn an_async_send_to_a_frozen_broker_hears_at_a_tick_of_the_response_scan() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_each(&[500], |call| call.mode = SendMode::Async);
    check(&mut bench, 10_000, expect![[r#"
             500  m1 called (async)
             500  m1 #1 ─▶ broker-a queue 0
            4700  m1 #1 at broker-a: MQClientException -1 "wait response timeout, cost=*"
            4700  m1 returned: MQClientException -1 "wait response timeout, cost=*"
    "#]]);
}

#[test]
fn in_4_9_the_last_retry_without_time_gives_the_exception() {
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_each(&[500], |call| call.mode = SendMode::Async);
    check(&mut bench, 10_000, expect![[r#"
             500  m1 called (async)
             500  m1 #1 ─▶ broker-a queue 0
            4950  m1 #1 at broker-a: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-a/0>] timeout"
            4950  m1 returned: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-a/0>] timeout"
    "#]]);
    let mut one_retry = Bench::new(V4_9, 2, 1, |conf| conf.retry_times_when_send_async_failed = 1);
    one_retry.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_each(&[500], |call| call.mode = SendMode::Async);
    check(&mut one_retry, 10_000, expect![[r#"
             500  m1 called (async)
             500  m1 #1 ─▶ broker-a queue 0
            4950  m1 #1 at broker-a: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-b/0>] timeout"
            4950  m1 returned: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-b/0>] timeout"
    "#]]);
    let mut no_retry = Bench::new(V4_9, 2, 1, |conf| conf.retry_times_when_send_async_failed = 0);
    no_retry.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_each(&[500], |call| call.mode = SendMode::Async);
    check(&mut no_retry, 10_000, expect![[r#"
             500  m1 called (async)
             500  m1 #1 ─▶ broker-a queue 0
            4950  m1 #1 at broker-a: MQClientException -1 "wait response timeout *ms"
            4950  m1 returned: MQClientException -1 "wait response timeout *ms"
    "#]]);
}

#[test]
fn an_async_retry_takes_another_broker_and_the_same_queue_id() {
    let mut bench = Bench::new(V5_3, 2, 4, |_| {});
    bench
        .at(15, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[0, 10, 20], |call| call.mode = SendMode::Async);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (async)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: SEND_OK
               2  m1 returned: SEND_OK broker-a queue 0 offset 0
              10  m2 called (async)
              10  m2 #1 ─▶ broker-a queue 1
              11  broker-a/0 stores m2 in queue 1
              12  m2 #1 at broker-a: SEND_OK
              12  m2 returned: SEND_OK broker-a queue 1 offset 1
              20  m3 called (async)
              22  m3 #1 at broker-a: MQClientException -1 "unknown reason"
              22  m3 #2 ─▶ broker-b queue 2
              23  broker-b/0 stores m3 in queue 2
              24  m3 #2 at broker-b: SEND_OK
              24  m3 returned: SEND_OK broker-b queue 2 offset 0
    "#]]);
}

#[test]
fn an_async_send_that_finds_no_connection_gives_up_after_its_retries() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Dead)).send_each(&[10], |call| call.mode = SendMode::Async);
    check(&mut bench, 1_000, expect![[r#"
              10  m1 called (async)
              12  m1 #1 at broker-a: MQClientException -1 "unknown reason"
              14  m1 #2 at broker-a: MQClientException -1 "unknown reason"
              16  m1 #3 at broker-a: MQClientException -1 "unknown reason"
              16  m1 returned: MQClientException -1 "unknown reason"
    "#]]);
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Dead)).send_each(&[10], |call| call.mode = SendMode::Async);
    check(&mut bench, 1_000, expect![[r#"
              10  m1 called (async)
              12  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              14  m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              16  m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              16  m1 returned: RemotingConnectException "connect to <broker-a/0> failed"
    "#]]);
}

#[test]
fn an_async_send_hears_of_a_refusal_at_once() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.answers("broker-a", &[Answer::Error(1, Remark::InSyncReplicasNotEnough)]).send_each(&[0], |call| call.mode = SendMode::Async);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (async)
               0  m1 #1 ─▶ broker-a queue 0
               2  m1 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: in-sync replicas not enough BROKER: <broker-a/0>"
               2  m1 returned: MQBrokerException 1 "CODE: 1  DESC: in-sync replicas not enough BROKER: <broker-a/0>"
    "#]]);
}

#[test]
fn a_topic_whose_masters_are_gone_has_no_route() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(10, |bench| {
            bench.set("broker-a", Health::Dead);
            bench.routes.insert("Orders".to_owned(), vec![("broker-a", 1, false)]);
        })
        .send_at(&[20, 26_000, 27_000]);
    check(&mut bench, 30_000, expect![[r#"
              20  m1 called (sync)
              22  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              24  m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              26  m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              26  m1 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
           26000  m2 called (sync)
           26002  m2 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
           26004  m2 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
           26006  m2 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
           26006  m2 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
           27000  m3 called (sync)
           27002  m3 returned: MQClientException 10005 "No route info of this topic: Orders"
    "#]]);
}

#[test]
fn a_oneway_send_to_a_dead_broker_is_silent_since_5_3() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Dead)).send_each(&[10], |call| call.mode = SendMode::Oneway);
    check(&mut bench, 1_000, expect![[r#"
              10  m1 called (oneway)
              10  m1 #1 at broker-a: left
              10  m1 returned: nothing
    "#]]);
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Dead)).send_each(&[10], |call| call.mode = SendMode::Oneway);
    check(&mut bench, 1_000, expect![[r#"
              10  m1 called (oneway)
              12  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              12  m1 returned: MQClientException 10001 "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]"
    "#]]);
}

#[test]
fn the_client_refuses_by_itself() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let topics = ["a b", &"t".repeat(128), "SCHEDULE_TOPIC_XXXX", " "].map(|name| bench.topic(name));
    bench.send_each(&[0, 1, 2, 3, 4, 5], move |call| match call.label.0 {
        1 => call.body_bytes = 0,
        2 => call.body_bytes = 4_194_305,
        n => call.topic = topics[n as usize - 3],
    });
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
               1  m2 called (sync)
               1  m2 returned: MQClientException 13 "CODE: 13  DESC: the message body size over max value, MAX: 4194304"
               2  m3 called (sync)
               2  m3 returned: MQClientException -1 "The specified topic[a b] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$"
               3  m4 called (sync)
               3  m4 returned: MQClientException -1 "The specified topic is longer than topic max length 127."
               4  m5 called (sync)
               4  m5 returned: MQClientException -1 "Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden."
               5  m6 called (sync)
               5  m6 returned: MQClientException -1 "The specified topic is blank"
    "#]]);
}

#[test]
fn an_unconfirmed_status_is_returned_unless_another_broker_is_to_be_tried() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.answers("broker-a", &[Answer::Put(PutMessageStatus::FlushDiskTimeout)]).send_at(&[0]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: FLUSH_DISK_TIMEOUT
               2  m1 returned: FLUSH_DISK_TIMEOUT broker-a queue 0 offset 0
    "#]]);
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.retry_another_broker_when_not_store_ok = true);
    bench.answers("broker-a", &[Answer::Put(PutMessageStatus::FlushDiskTimeout)]).send_at(&[0]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: FLUSH_DISK_TIMEOUT
               2  m1 #2 ─▶ broker-b queue 0
               3  broker-b/0 stores m1 in queue 0
               4  m1 #2 at broker-b: SEND_OK
               4  m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]]);
}

#[test]
fn an_earlier_result_counts_more_than_later_failures() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.retry_another_broker_when_not_store_ok = true);
    bench
        .answers("broker-a", &[Answer::Put(PutMessageStatus::FlushDiskTimeout)])
        .answers("broker-b", &[Answer::Error(13, Remark::MessageIllegal(4_194_304))])
        .send_at(&[0]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: FLUSH_DISK_TIMEOUT
               2  m1 #2 ─▶ broker-b queue 0
               4  m1 #2 at broker-b: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-b/0>"
               4  m1 returned: FLUSH_DISK_TIMEOUT broker-a queue 0 offset 0
    "#]]);
}

#[test]
fn only_some_refusals_are_retried() {
    let refusals = [Answer::Error(13, Remark::MessageIllegal(4_194_304)), Answer::Error(2, Remark::RejectRequest)];
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.answers("broker-a", &refusals).send_at(&[0, 10]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               2  m1 #1 at broker-a: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
               2  m1 returned: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
              10  m2 called (sync)
              10  m2 #1 ─▶ broker-a queue 0
              12  m2 #1 at broker-a: MQBrokerException 2 "CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>"
              12  m2 #2 ─▶ broker-a queue 0
              13  broker-a/0 stores m2 in queue 0
              14  m2 #2 at broker-a: SEND_OK
              14  m2 returned: SEND_OK broker-a queue 0 offset 0
    "#]]);
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench.answers("broker-a", &refusals).send_at(&[0, 10]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               2  m1 #1 at broker-a: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
               2  m1 returned: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
              10  m2 called (sync)
              10  m2 #1 ─▶ broker-a queue 0
              12  m2 #1 at broker-a: MQBrokerException 2 "CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>"
              12  m2 returned: MQBrokerException 2 "CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>"
    "#]]);
}

#[test]
fn the_last_refusal_gives_its_code() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let refusal = Answer::Error(14, Remark::ServiceNotAvailable);
    bench.answers("broker-a", &[refusal.clone(), refusal.clone(), refusal]).send_at(&[0]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               2  m1 #1 at broker-a: MQBrokerException 14 "CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>"
               2  m1 #2 ─▶ broker-a queue 0
               4  m1 #2 at broker-a: MQBrokerException 14 "CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>"
               4  m1 #3 ─▶ broker-a queue 0
               6  m1 #3 at broker-a: MQBrokerException 14 "CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>"
               6  m1 returned: MQClientException 14 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
    "#]]);
}

#[test]
fn a_broker_that_dies_after_storing_is_noticed_by_5_3_and_the_message_stored_twice() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.answers("broker-a", &[Answer::Dies(Closed::Fin)]).send_at(&[0]);
    check(&mut bench, 20_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: RemotingSendRequestException "send request to <broker-a/0> failed"
               2  m1 #2 ─▶ broker-b queue 0
               3  broker-b/0 stores m1 in queue 0
               4  m1 #2 at broker-b: SEND_OK
               4  m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]]);
}

#[test]
fn in_4_9_a_fin_fails_nothing_and_a_reset_does() {
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench.answers("broker-a", &[Answer::Dies(Closed::Fin)]).send_at(&[0]);
    check(&mut bench, 20_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
            3000  m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
            3000  m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
    "#]]);
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench.answers("broker-a", &[Answer::Dies(Closed::Rst)]).send_at(&[0]);
    check(&mut bench, 20_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: RemotingSendRequestException "send request to <broker-a/0> failed"
               2  m1 #2 ─▶ broker-b queue 0
               3  broker-b/0 stores m1 in queue 0
               4  m1 #2 at broker-b: SEND_OK
               4  m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]]);
}

#[test]
fn a_send_to_a_chosen_queue_is_tried_once() {
    let mut bench = Bench::new(V5_3, 2, 2, |_| {});
    let broker = bench.broker("broker-a");
    bench
        .answers("broker-a", &[Answer::Error(1, Remark::CreateMappedFileFailed)])
        .at(15, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[0, 10, 20], move |call| call.queue = Some((broker, QueueId(1))));
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 1
               2  m1 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
               2  m1 returned: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
              10  m2 called (sync)
              10  m2 #1 ─▶ broker-a queue 1
              11  broker-a/0 stores m2 in queue 1
              12  m2 #1 at broker-a: SEND_OK
              12  m2 returned: SEND_OK broker-a queue 1 offset 0
              20  m3 called (sync)
              22  m3 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              22  m3 returned: RemotingConnectException "connect to <broker-a/0> failed"
    "#]]);
}

#[test]
fn an_unknown_topic_borrows_the_template_s_route_if_there_is_one() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.housekeeping = true;
    let topic = bench.topic("Unknown");
    bench
        .send_each(&[0, 10, 20], move |call| call.topic = topic)
        .at(5, |bench| {
            let template = auto_create_topic(bench);
            bench.routes.insert(template, vec![("broker-b", 8, true)]);
        });
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               1  namesrv is asked for Unknown
               3  namesrv is asked for TBW102
               4  m1 returned: MQClientException 10005 "No route info of this topic: Unknown"
              10  m2 called (sync)
              11  namesrv is asked for Unknown
              13  namesrv is asked for TBW102
              14  new route of Unknown
              14  m2 #1 ─▶ broker-b queue 0
              15  broker-b/0 stores m2 in queue 0
              16  m2 #1 at broker-b: SEND_OK
              16  m2 returned: SEND_OK broker-b queue 0 offset 0
              20  m3 called (sync)
              20  m3 #1 ─▶ broker-b queue 1
              21  broker-b/0 stores m3 in queue 1
              22  m3 #1 at broker-b: SEND_OK
              22  m3 returned: SEND_OK broker-b queue 1 offset 1
    "#]]);
}

#[test]
fn the_application_sends_again_after_a_failure() {
    let mut bench = Bench::seeded(V5_3, 0, 1, 1, 2, |conf| conf.retry_times_when_send_failed = 0);
    let refusal = Answer::Error(1, Remark::CreateMappedFileFailed);
    bench.answers("broker-a", &[refusal.clone(), refusal]).send_at(&[0, 1]);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  m2 called (sync)
               1  m2 #1 ─▶ broker-a queue 0
               2  m1 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
               2  m1 returned: MQClientException 1 "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]"
               2  m1 called again, no. 1 (sync)
               2  m1 #1 ─▶ broker-a queue 0
               3  m2 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
               3  m2 returned: MQClientException 1 "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]"
               3  broker-a/0 stores m1 in queue 0
               3  m2 called again, no. 1 (sync)
               3  m2 #1 ─▶ broker-a queue 0
               4  m1 #1 at broker-a: SEND_OK
               4  m1 returned: SEND_OK broker-a queue 0 offset 0
               4  broker-a/0 stores m2 in queue 0
               5  m2 #1 at broker-a: SEND_OK
               5  m2 returned: SEND_OK broker-a queue 0 offset 1
    "#]]);
}

#[test]
fn a_call_that_fails_without_a_request_is_made_again_too() {
    let mut bench = Bench::seeded(V5_3, 0, 1, 1, 2, |_| {});
    bench.send_each(&[0], |call| call.body_bytes = 0);
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
               0  m1 called again, no. 1 (sync)
               0  m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
               0  m1 called again, no. 2 (sync)
               0  m1 returned: MQClientException 13 "CODE: 13  DESC: the message body length is zero"
    "#]]);
}

#[test]
fn slow_and_failing_brokers_are_avoided_for_a_while() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.send_latency_enable = true);
    bench
        .answers("broker-a", &[Answer::Late(Span::from_millis(600), PutMessageStatus::PutOk)])
        .send_at(&[0, 1_000, 1_100, 2_700, 2_800]);
    check(&mut bench, 10_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
             602  m1 #1 at broker-a: SEND_OK
             602  m1 returned: SEND_OK broker-a queue 0 offset 0
            1000  m2 called (sync)
            1000  m2 #1 ─▶ broker-b queue 0
            1001  broker-b/0 stores m2 in queue 0
            1002  m2 #1 at broker-b: SEND_OK
            1002  m2 returned: SEND_OK broker-b queue 0 offset 0
            1100  m3 called (sync)
            1100  m3 #1 ─▶ broker-b queue 0
            1101  broker-b/0 stores m3 in queue 0
            1102  m3 #1 at broker-b: SEND_OK
            1102  m3 returned: SEND_OK broker-b queue 0 offset 1
            2700  m4 called (sync)
            2700  m4 #1 ─▶ broker-a queue 0
            2701  broker-a/0 stores m4 in queue 0
            2702  m4 #1 at broker-a: SEND_OK
            2702  m4 returned: SEND_OK broker-a queue 0 offset 1
            2800  m5 called (sync)
            2800  m5 #1 ─▶ broker-b queue 0
            2801  broker-b/0 stores m5 in queue 0
            2802  m5 #1 at broker-b: SEND_OK
            2802  m5 returned: SEND_OK broker-b queue 0 offset 2
    "#]]);
    let mut bench = Bench::new(V4_9, 2, 1, |conf| conf.send_latency_fault_enable = true);
    bench
        .answers("broker-a", &[Answer::Late(Span::from_millis(600), PutMessageStatus::PutOk)])
        .at(15_000, |bench| bench.set("broker-b", Health::Dead))
        .send_at(&[0, 1_000, 1_100, 16_000, 31_000]);
    check(&mut bench, 40_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
             602  m1 #1 at broker-a: SEND_OK
             602  m1 returned: SEND_OK broker-a queue 0 offset 0
            1000  m2 called (sync)
            1000  m2 #1 ─▶ broker-b queue 0
            1001  broker-b/0 stores m2 in queue 0
            1002  m2 #1 at broker-b: SEND_OK
            1002  m2 returned: SEND_OK broker-b queue 0 offset 0
            1100  m3 called (sync)
            1100  m3 #1 ─▶ broker-b queue 0
            1101  broker-b/0 stores m3 in queue 0
            1102  m3 #1 at broker-b: SEND_OK
            1102  m3 returned: SEND_OK broker-b queue 0 offset 1
           16000  m4 called (sync)
           16002  m4 #1 at broker-b: RemotingConnectException "connect to <broker-b/0> failed"
           16004  m4 #2 at broker-b: RemotingConnectException "connect to <broker-b/0> failed"
           16006  m4 #3 at broker-b: RemotingConnectException "connect to <broker-b/0> failed"
           16006  m4 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-b, broker-b, broker-b]"
           31000  m5 called (sync)
           31000  m5 #1 ─▶ broker-a queue 0
           31001  broker-a/0 stores m5 in queue 0
           31002  m5 #1 at broker-a: SEND_OK
           31002  m5 returned: SEND_OK broker-a queue 0 offset 1
    "#]]);
}

#[test]
fn a_committed_transaction_ends_with_a_oneway_request() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.send_each(&[0], |call| call.transaction = Some(Transaction { local: TransactionState::Commit, check: Vec::new() }));
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0 as a half message
               2  m1 #1 at broker-a: SEND_OK
               2  m1 local transaction: COMMIT_MESSAGE
               2  m1 returned: SEND_OK broker-a queue 0 offset 0, COMMIT_MESSAGE
               3  broker-a/0 gets the end of m1: COMMIT_MESSAGE
    "#]]);
}

#[test]
fn a_half_message_without_a_full_ok_is_rolled_back_unasked() {
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench
        .answers("broker-a", &[Answer::Put(PutMessageStatus::SlaveNotAvailable)])
        .send_each(&[0], |call| call.transaction = Some(Transaction { local: TransactionState::Commit, check: Vec::new() }));
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0 as a half message
               2  m1 #1 at broker-a: SLAVE_NOT_AVAILABLE
               2  m1 returned: SLAVE_NOT_AVAILABLE broker-a queue 0 offset 0, ROLLBACK_MESSAGE
               3  broker-a/0 gets the end of m1: ROLLBACK_MESSAGE
    "#]]);
}

#[test]
fn a_half_message_that_cannot_be_sent_runs_no_local_transaction() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[10], |call| call.transaction = Some(Transaction { local: TransactionState::Commit, check: Vec::new() }));
    check(&mut bench, 1_000, expect![[r#"
              10  m1 called (sync)
              12  m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              14  m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              16  m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
              16  m1 returned: MQClientException -1 "send message Exception"
    "#]]);
}

#[test]
fn check_backs_are_answered_in_order_and_the_last_answer_repeats() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let check_states = vec![TransactionState::Unknow, TransactionState::Commit];
    let transaction = Transaction { local: TransactionState::Unknow, check: check_states };
    bench.send_each(&[0], move |call| call.transaction = Some(transaction.clone()));
    for at in [1_000, 2_000, 3_000] {
        bench.at(at, |bench| bench.check_back("broker-a", 1));
    }
    bench.at(4_000, |bench| bench.check_back("broker-a", 7));
    check(&mut bench, 5_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0 as a half message
               2  m1 #1 at broker-a: SEND_OK
               2  m1 local transaction: UNKNOW
               2  m1 returned: SEND_OK broker-a queue 0 offset 0, UNKNOW
               3  broker-a/0 gets the end of m1: UNKNOW
            1000  m1 checked: UNKNOW
            1001  broker-a/0 gets the answer to the check of m1: UNKNOW
            2000  m1 checked: COMMIT_MESSAGE
            2001  broker-a/0 gets the answer to the check of m1: COMMIT_MESSAGE
            3000  m1 checked: COMMIT_MESSAGE
            3001  broker-a/0 gets the answer to the check of m1: COMMIT_MESSAGE
            4000  m7 checked: UNKNOW
            4001  broker-a/0 gets the answer to the check of m7: UNKNOW
    "#]]);
}

#[test]
fn the_client_polls_routes_and_beats_every_half_minute() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.housekeeping = true;
    bench.at(27_000, |bench| {
        bench.routes.insert("Orders".to_owned(), vec![("broker-b", 1, true)]);
    });
    check(&mut bench, 58_500, expect![[r#"
           26711  namesrv is asked for Orders
           27701  broker-a/0 gets a heartbeat
           27703  broker-b/0 gets a heartbeat
           56711  namesrv is asked for Orders
           56712  new route of Orders
           57701  broker-b/0 gets a heartbeat
    "#]]);
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
            V4_9 => check(&mut bench, 1_000, expect![[r#"
                      30  m1 called (sync)
                      32  m1 #1 ─▶ broker-a queue 0
                      33  broker-a/0 stores m1 in queue 0
                      34  m1 #1 at broker-a: SEND_OK
                      34  m1 returned: SEND_OK broker-a queue 0 offset 0
            "#]]),
            V5_3 => check(&mut bench, 1_000, expect![[r#"
                      30  m1 called (sync)
                      32  m1 #1 ─▶ broker-a queue 0
                      33  broker-a/0 stores m1 in queue 0
                      33  broker-a/0 gets a heartbeat
                      34  m1 #1 at broker-a: SEND_OK
                      34  m1 returned: SEND_OK broker-a queue 0 offset 0
            "#]]),
        }
    }
}

#[test]
fn an_async_send_to_a_chosen_queue_is_retried_at_its_broker() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    let broker = bench.broker("broker-a");
    bench.answers("broker-a", &[Answer::Dies(Closed::Fin)]).at(3, |bench| bench.set("broker-a", Health::Up)).send_each(&[0], move |call| {
        call.mode = SendMode::Async;
        call.queue = Some((broker, QueueId(0)));
    });
    check(&mut bench, 1_000, expect![[r#"
               0  m1 called (async)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
               2  m1 #1 at broker-a: MQClientException -1 "send request failed"
               4  m1 #2 at broker-a: MQClientException -1 "unknown reason"
               6  m1 #3 ─▶ broker-a queue 0
               7  broker-a/0 stores m1 in queue 0
               8  m1 #3 at broker-a: SEND_OK
               8  m1 returned: SEND_OK broker-a queue 0 offset 1
    "#]]);
}

#[test]
fn in_4_9_a_retry_without_time_still_connects() {
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench.answers("broker-a", &[Answer::Dies(Closed::Fin)]).at(3, |bench| bench.set("broker-b", Health::Dead)).send_each(&[0], |call| {
        call.mode = SendMode::Async;
    });
    check(&mut bench, 10_000, expect![[r#"
               0  m1 called (async)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0
            4950  m1 #1 at broker-a: MQClientException -1 "wait response timeout *ms"
            4952  m1 #2 at broker-b: RemotingConnectException "connect to <broker-b/0> failed"
            4954  m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
            4954  m1 returned: RemotingConnectException "connect to <broker-a/0> failed"
    "#]]);
}

#[test]
fn in_4_9_an_attempt_without_time_is_still_written() {
    let drawn = (1..200).map(|seed| {
        let mut bench = Bench::seeded(V4_9, seed, 2, 1, 0, |_| {});
        bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).send_at(&[500]);
        bench.draw(10_000)
    });
    let unnoticed = drawn.into_iter().find(|drawn| drawn.contains("10002")).unwrap_or_default();
    expect![[r#"
             500  m1 called (sync)
             500  m1 #1 ─▶ broker-a queue 0
            3500  closes the connection to broker-a/0
            3500  m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
            3500  m1 #2 ─▶ broker-b queue 0
            3500  closes the connection to broker-b/0
            3500  m1 #2 at broker-b: RemotingTimeoutException "wait response on the channel <broker-b/0> timeout, *(ms)"
            3502  m1 #3 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
            3502  m1 returned: MQClientException 10002 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-b, broker-a]"
    "#]].assert_eq(&unnoticed);
}

#[test]
fn without_a_name_server_an_unknown_topic_throws_the_lookup_s_failure() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let topic = bench.topic("Unknown");
    bench.at(0, |bench| bench.set("namesrv", Health::Dead)).send_each(&[10, 20], move |call| {
        if call.label.0 == 1 {
            call.topic = topic;
        }
    });
    check(&mut bench, 1_000, expect![[r#"
              10  m1 called (sync)
              12  m1 returned: IllegalStateException "org.apache.rocketmq.remoting.exception.RemotingConnectException: connect to <namesrv/0> failed"
              20  m2 called (sync)
              20  m2 #1 ─▶ broker-a queue 0
              21  broker-a/0 stores m2 in queue 0
              22  m2 #1 at broker-a: SEND_OK
              22  m2 returned: SEND_OK broker-a queue 0 offset 0
    "#]]);
}

#[test]
fn a_clean_stop_says_good_bye_and_leaves_calls_open() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench.at(0, |bench| bench.set("broker-a", Health::Frozen)).at(100, Bench::stop).send_at(&[10, 200]);
    check(&mut bench, 10_000, expect![[r#"
              10  m1 called (sync)
              10  m1 #1 ─▶ broker-a queue 0
             101  broker-b/0 gets a good-bye
    "#]]);
}

#[test]
fn a_crashed_application_remembers_its_transactions() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let transaction = Transaction { local: TransactionState::Unknow, check: vec![TransactionState::Commit] };
    bench.send_each(&[0], move |call| call.transaction = Some(transaction.clone()));
    bench.at(10, Bench::crash).at(2_000, Bench::start).at(3_000, |bench| bench.check_back("broker-a", 1));
    check(&mut bench, 5_000, expect![[r#"
               0  m1 called (sync)
               0  m1 #1 ─▶ broker-a queue 0
               1  broker-a/0 stores m1 in queue 0 as a half message
               2  m1 #1 at broker-a: SEND_OK
               2  m1 local transaction: UNKNOW
               2  m1 returned: SEND_OK broker-a queue 0 offset 0, UNKNOW
               3  broker-a/0 gets the end of m1: UNKNOW
            3000  m1 checked: COMMIT_MESSAGE
            3001  broker-a/0 gets the answer to the check of m1: COMMIT_MESSAGE
    "#]]);
}
