//! Async and oneway sends (A.5).

use expect_test::expect;

use super::bench::{Answer, Bench, Health, check};
use crate::effect::Closed;
use crate::exception::Remark;
use crate::ids::QueueId;
use crate::status::Profile::{V4_9, V5_3};
use crate::status::SendMode;

#[test]
fn an_async_send_to_a_frozen_broker_hears_at_a_tick_of_the_response_scan() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_each(&[500], |_, call| call.mode = SendMode::Async);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        500    m1 called (async)
        500    m1 #1 ─▶ broker-a queue 0
        4700   m1 #1 at broker-a: MQClientException -1 "wait response timeout, cost=*"
        4700   m1 returned: MQClientException -1 "wait response timeout, cost=*"
    "#]],
    );
}

#[test]
fn in_4_9_the_last_retry_without_time_gives_the_exception() {
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_each(&[500], |_, call| call.mode = SendMode::Async);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        500    m1 called (async)
        500    m1 #1 ─▶ broker-a queue 0
        4950   m1 #1 at broker-a: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-a/0>] timeout"
        4950   m1 returned: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-a/0>] timeout"
    "#]],
    );
    let mut one_retry = Bench::new(V4_9, 2, 1, |conf| {
        conf.retry_times_when_send_async_failed = 1
    });
    one_retry
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_each(&[500], |_, call| call.mode = SendMode::Async);
    check(
        &mut one_retry,
        10_000,
        expect![[r#"
        500    m1 called (async)
        500    m1 #1 ─▶ broker-a queue 0
        4950   m1 #1 at broker-a: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-b/0>] timeout"
        4950   m1 returned: RemotingTooMuchRequestException "invokeAsync call the addr[<broker-b/0>] timeout"
    "#]],
    );
    let mut no_retry = Bench::new(V4_9, 2, 1, |conf| {
        conf.retry_times_when_send_async_failed = 0
    });
    no_retry
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_each(&[500], |_, call| call.mode = SendMode::Async);
    check(
        &mut no_retry,
        10_000,
        expect![[r#"
        500    m1 called (async)
        500    m1 #1 ─▶ broker-a queue 0
        4950   m1 #1 at broker-a: MQClientException -1 "wait response timeout *ms"
        4950   m1 returned: MQClientException -1 "wait response timeout *ms"
    "#]],
    );
}

#[test]
fn an_async_retry_takes_another_broker_and_the_same_queue_id() {
    let mut bench = Bench::new(V5_3, 2, 4, |_| {});
    bench
        .at(15, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[0, 10, 20], |_, call| call.mode = SendMode::Async);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (async)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: SEND_OK
        2      m1 returned: SEND_OK broker-a queue 0 offset 0
        10     m2 called (async)
        10     m2 #1 ─▶ broker-a queue 1
        11     broker-a/0 stores m2 in queue 1
        12     m2 #1 at broker-a: SEND_OK
        12     m2 returned: SEND_OK broker-a queue 1 offset 1
        20     m3 called (async)
        22     m3 #1 at broker-a: MQClientException -1 "unknown reason"
        22     m3 #2 ─▶ broker-b queue 2
        23     broker-b/0 stores m3 in queue 2
        24     m3 #2 at broker-b: SEND_OK
        24     m3 returned: SEND_OK broker-b queue 2 offset 0
    "#]],
    );
}

#[test]
fn an_async_send_that_finds_no_connection_gives_up_after_its_retries() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[10], |_, call| call.mode = SendMode::Async);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        10     m1 called (async)
        12     m1 #1 at broker-a: MQClientException -1 "unknown reason"
        14     m1 #2 at broker-a: MQClientException -1 "unknown reason"
        16     m1 #3 at broker-a: MQClientException -1 "unknown reason"
        16     m1 returned: MQClientException -1 "unknown reason"
    "#]],
    );
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[10], |_, call| call.mode = SendMode::Async);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        10     m1 called (async)
        12     m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        14     m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        16     m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        16     m1 returned: RemotingConnectException "connect to <broker-a/0> failed"
    "#]],
    );
}

#[test]
fn an_async_send_hears_of_a_refusal_at_once() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .answers(
            "broker-a",
            &[Answer::Error(1, Remark::InSyncReplicasNotEnough)],
        )
        .send_each(&[0], |_, call| call.mode = SendMode::Async);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (async)
        0      m1 #1 ─▶ broker-a queue 0
        2      m1 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: in-sync replicas not enough BROKER: <broker-a/0>"
        2      m1 returned: MQBrokerException 1 "CODE: 1  DESC: in-sync replicas not enough BROKER: <broker-a/0>"
    "#]],
    );
}

#[test]
fn a_oneway_send_to_a_dead_broker_is_silent_since_5_3() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[10], |_, call| call.mode = SendMode::Oneway);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        10     m1 called (oneway)
        10     m1 #1 at broker-a: left
        10     m1 returned: nothing
    "#]],
    );
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[10], |_, call| call.mode = SendMode::Oneway);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        10     m1 called (oneway)
        12     m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        12     m1 returned: MQClientException 10001 "Send [1] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a]"
    "#]],
    );
}

#[test]
fn an_async_send_to_a_chosen_queue_is_retried_at_its_broker() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    let broker = bench.broker("broker-a");
    bench
        .answers("broker-a", &[Answer::Dies(Closed::Fin)])
        .at(3, |bench| bench.set("broker-a", Health::Up))
        .send_each(&[0], move |_, call| {
            call.mode = SendMode::Async;
            call.queue = Some((broker, QueueId(0)));
        });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (async)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: MQClientException -1 "send request failed"
        4      m1 #2 at broker-a: MQClientException -1 "unknown reason"
        6      m1 #3 ─▶ broker-a queue 0
        7      broker-a/0 stores m1 in queue 0
        8      m1 #3 at broker-a: SEND_OK
        8      m1 returned: SEND_OK broker-a queue 0 offset 1
    "#]],
    );
}

#[test]
fn in_4_9_a_retry_without_time_still_connects() {
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench
        .answers("broker-a", &[Answer::Dies(Closed::Fin)])
        .at(3, |bench| bench.set("broker-b", Health::Dead))
        .send_each(&[0], |_, call| {
            call.mode = SendMode::Async;
        });
    check(
        &mut bench,
        10_000,
        expect![[r#"
        0      m1 called (async)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        4950   m1 #1 at broker-a: MQClientException -1 "wait response timeout *ms"
        4952   m1 #2 at broker-b: RemotingConnectException "connect to <broker-b/0> failed"
        4954   m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        4954   m1 returned: RemotingConnectException "connect to <broker-a/0> failed"
    "#]],
    );
}
