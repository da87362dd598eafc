//! Sync sends: attempts, budgets, refusals and queues (A.4, A.6, A.7).

use expect_test::expect;

use super::bench::{Answer, Bench, Health, check};
use crate::effect::Closed;
use crate::exception::Remark;
use crate::ids::QueueId;
use crate::status::Profile::{V4_9, V5_3};
use crate::status::PutMessageStatus;
use crate::units::Span;

#[test]
fn a_thread_goes_round_the_queues_and_a_second_thread_has_a_round_of_its_own() {
    let mut bench = Bench::new(V5_3, 2, 2, |_| {});
    bench.send_at(&[0, 1, 10, 20, 30]);
    check(
        &mut bench,
        100,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      m2 called (sync)
        1      m2 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      broker-a/0 stores m2 in queue 0
        2      m1 #1 at broker-a: SEND_OK
        2      m1 returned: SEND_OK broker-a queue 0 offset 0
        3      m2 #1 at broker-a: SEND_OK
        3      m2 returned: SEND_OK broker-a queue 0 offset 1
        10     m3 called (sync)
        10     m3 #1 ─▶ broker-a queue 1
        11     broker-a/0 stores m3 in queue 1
        12     m3 #1 at broker-a: SEND_OK
        12     m3 returned: SEND_OK broker-a queue 1 offset 2
        20     m4 called (sync)
        20     m4 #1 ─▶ broker-b queue 0
        21     broker-b/0 stores m4 in queue 0
        22     m4 #1 at broker-b: SEND_OK
        22     m4 returned: SEND_OK broker-b queue 0 offset 0
        30     m5 called (sync)
        30     m5 #1 ─▶ broker-b queue 1
        31     broker-b/0 stores m5 in queue 1
        32     m5 #1 at broker-b: SEND_OK
        32     m5 returned: SEND_OK broker-b queue 1 offset 1
    "#]],
    );
}

#[test]
fn a_refused_broker_is_left_for_another_at_every_send() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .at(-1, |bench| bench.set("broker-a", Health::Dead))
        .send_at(&[10, 110]);
    check(
        &mut bench,
        200,
        expect![[r#"
        10     m1 called (sync)
        12     m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        12     m1 #2 ─▶ broker-b queue 0
        13     broker-b/0 stores m1 in queue 0
        14     m1 #2 at broker-b: SEND_OK
        14     m1 returned: SEND_OK broker-b queue 0 offset 0
        110    m2 called (sync)
        112    m2 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        112    m2 #2 ─▶ broker-b queue 0
        113    broker-b/0 stores m2 in queue 0
        114    m2 #2 at broker-b: SEND_OK
        114    m2 returned: SEND_OK broker-b queue 0 offset 1
    "#]],
    );
}

#[test]
fn the_only_broker_is_dead_and_three_attempts_are_refused() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .send_at(&[10]);
    check(
        &mut bench,
        200,
        expect![[r#"
        10     m1 called (sync)
        12     m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        14     m1 #2 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        16     m1 #3 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        16     m1 returned: MQClientException 10001 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
    "#]],
    );
}

#[test]
fn a_frozen_broker_eats_the_whole_budget() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_at(&[500]);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        500    m1 called (sync)
        500    m1 #1 ─▶ broker-a queue 0
        3500   closes the connection to broker-a/0
        3500   m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
        3500   m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
    "#]],
    );
}

#[test]
fn a_budget_used_up_to_the_millisecond_may_go_unnoticed() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 1..200 {
        let mut bench = Bench::seeded(V5_3, seed, 2, 1, 0, |_| {});
        bench
            .at(0, |bench| bench.set("broker-a", Health::Frozen))
            .send_at(&[500]);
        let drawn = bench.draw(10_000);
        seen.insert(drawn.lines().last().unwrap_or_default().to_owned());
    }
    let seen: Vec<String> = seen.into_iter().collect();
    expect![[r#"
        3500   m1 returned: MQClientException 10002 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-b, broker-a]"
        3500   m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout""#]].assert_eq(&seen.join("\n"));
}

#[test]
fn capped_attempts_leave_time_for_another_broker() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| {
        conf.send_msg_max_timeout_per_request = Some(Span::from_millis(1_000))
    });
    bench
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_at(&[500]);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        500    m1 called (sync)
        500    m1 #1 ─▶ broker-a queue 0
        1500   closes the connection to broker-a/0
        1500   m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
        1500   m1 #2 ─▶ broker-b queue 0
        1501   broker-b/0 stores m1 in queue 0
        1502   m1 #2 at broker-b: SEND_OK
        1502   m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]],
    );
}

#[test]
fn closing_the_frozen_connection_fails_the_second_call_which_is_then_stored_elsewhere() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .at(0, |bench| bench.set("broker-a", Health::Frozen))
        .send_at(&[500, 600]);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        500    m1 called (sync)
        500    m1 #1 ─▶ broker-a queue 0
        600    m2 called (sync)
        600    m2 #1 ─▶ broker-a queue 0
        3500   closes the connection to broker-a/0
        3500   m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
        3500   m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
        3500   m2 #1 at broker-a: RemotingSendRequestException "send request to <broker-a/0> failed"
        3500   m2 #2 ─▶ broker-b queue 0
        3501   broker-b/0 stores m2 in queue 0
        3502   m2 #2 at broker-b: SEND_OK
        3502   m2 returned: SEND_OK broker-b queue 0 offset 0
    "#]],
    );
}

#[test]
fn a_silent_host_blocks_in_connecting() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| {
        conf.send_msg_timeout = Span::from_millis(10_000)
    });
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .at(10, |bench| bench.set("broker-a", Health::Silent))
        .send_at(&[500]);
    check(
        &mut bench,
        20_000,
        expect![[r#"
        500    m1 called (sync)
        3500   m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        3500   m1 #2 ─▶ broker-b queue 0
        3501   broker-b/0 stores m1 in queue 0
        3502   m1 #2 at broker-b: SEND_OK
        3502   m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]],
    );
}

#[test]
fn connecting_takes_its_three_seconds_whatever_the_budget() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| {
        conf.send_msg_timeout = Span::from_millis(1_000)
    });
    bench
        .at(0, |bench| bench.set("broker-a", Health::Dead))
        .at(10, |bench| bench.set("broker-a", Health::Silent))
        .send_at(&[500]);
    check(
        &mut bench,
        20_000,
        expect![[r#"
        500    m1 called (sync)
        3500   m1 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        3500   m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
    "#]],
    );
}

#[test]
fn an_unconfirmed_status_is_returned_unless_another_broker_is_to_be_tried() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .answers(
            "broker-a",
            &[Answer::Put(PutMessageStatus::FlushDiskTimeout)],
        )
        .send_at(&[0]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: FLUSH_DISK_TIMEOUT
        2      m1 returned: FLUSH_DISK_TIMEOUT broker-a queue 0 offset 0
    "#]],
    );
    let mut bench = Bench::new(V5_3, 2, 1, |conf| {
        conf.retry_another_broker_when_not_store_ok = true
    });
    bench
        .answers(
            "broker-a",
            &[Answer::Put(PutMessageStatus::FlushDiskTimeout)],
        )
        .send_at(&[0]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: FLUSH_DISK_TIMEOUT
        2      m1 #2 ─▶ broker-b queue 0
        3      broker-b/0 stores m1 in queue 0
        4      m1 #2 at broker-b: SEND_OK
        4      m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]],
    );
}

#[test]
fn an_earlier_result_counts_more_than_later_failures() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| {
        conf.retry_another_broker_when_not_store_ok = true
    });
    bench
        .answers(
            "broker-a",
            &[Answer::Put(PutMessageStatus::FlushDiskTimeout)],
        )
        .answers(
            "broker-b",
            &[Answer::Error(13, Remark::MessageIllegal(4_194_304))],
        )
        .send_at(&[0]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: FLUSH_DISK_TIMEOUT
        2      m1 #2 ─▶ broker-b queue 0
        4      m1 #2 at broker-b: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-b/0>"
        4      m1 returned: FLUSH_DISK_TIMEOUT broker-a queue 0 offset 0
    "#]],
    );
}

#[test]
fn only_some_refusals_are_retried() {
    let refusals = [
        Answer::Error(13, Remark::MessageIllegal(4_194_304)),
        Answer::Error(2, Remark::RejectRequest),
    ];
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    bench.answers("broker-a", &refusals).send_at(&[0, 10]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        2      m1 #1 at broker-a: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
        2      m1 returned: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
        10     m2 called (sync)
        10     m2 #1 ─▶ broker-a queue 0
        12     m2 #1 at broker-a: MQBrokerException 2 "CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>"
        12     m2 #2 ─▶ broker-a queue 0
        13     broker-a/0 stores m2 in queue 0
        14     m2 #2 at broker-a: SEND_OK
        14     m2 returned: SEND_OK broker-a queue 0 offset 0
    "#]],
    );
    let mut bench = Bench::new(V4_9, 1, 1, |_| {});
    bench.answers("broker-a", &refusals).send_at(&[0, 10]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        2      m1 #1 at broker-a: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
        2      m1 returned: MQBrokerException 13 "CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>"
        10     m2 called (sync)
        10     m2 #1 ─▶ broker-a queue 0
        12     m2 #1 at broker-a: MQBrokerException 2 "CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>"
        12     m2 returned: MQBrokerException 2 "CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>"
    "#]],
    );
}

#[test]
fn the_last_refusal_gives_its_code() {
    let mut bench = Bench::new(V5_3, 1, 1, |_| {});
    let refusal = Answer::Error(14, Remark::ServiceNotAvailable);
    bench
        .answers("broker-a", &[refusal.clone(), refusal.clone(), refusal])
        .send_at(&[0]);
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        2      m1 #1 at broker-a: MQBrokerException 14 "CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>"
        2      m1 #2 ─▶ broker-a queue 0
        4      m1 #2 at broker-a: MQBrokerException 14 "CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>"
        4      m1 #3 ─▶ broker-a queue 0
        6      m1 #3 at broker-a: MQBrokerException 14 "CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>"
        6      m1 returned: MQClientException 14 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-a, broker-a]"
    "#]],
    );
}

#[test]
fn a_broker_that_dies_after_storing_is_noticed_by_5_3_and_the_message_stored_twice() {
    let mut bench = Bench::new(V5_3, 2, 1, |_| {});
    bench
        .answers("broker-a", &[Answer::Dies(Closed::Fin)])
        .send_at(&[0]);
    check(
        &mut bench,
        20_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: RemotingSendRequestException "send request to <broker-a/0> failed"
        2      m1 #2 ─▶ broker-b queue 0
        3      broker-b/0 stores m1 in queue 0
        4      m1 #2 at broker-b: SEND_OK
        4      m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]],
    );
}

#[test]
fn in_4_9_a_fin_fails_nothing_and_a_reset_does() {
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench
        .answers("broker-a", &[Answer::Dies(Closed::Fin)])
        .send_at(&[0]);
    check(
        &mut bench,
        20_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        3000   m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
        3000   m1 returned: RemotingTooMuchRequestException "sendDefaultImpl call timeout"
    "#]],
    );
    let mut bench = Bench::new(V4_9, 2, 1, |_| {});
    bench
        .answers("broker-a", &[Answer::Dies(Closed::Rst)])
        .send_at(&[0]);
    check(
        &mut bench,
        20_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        2      m1 #1 at broker-a: RemotingSendRequestException "send request to <broker-a/0> failed"
        2      m1 #2 ─▶ broker-b queue 0
        3      broker-b/0 stores m1 in queue 0
        4      m1 #2 at broker-b: SEND_OK
        4      m1 returned: SEND_OK broker-b queue 0 offset 0
    "#]],
    );
}

#[test]
fn a_send_to_a_chosen_queue_is_tried_once() {
    let mut bench = Bench::new(V5_3, 2, 2, |_| {});
    let broker = bench.broker("broker-a");
    bench
        .answers(
            "broker-a",
            &[Answer::Error(1, Remark::CreateMappedFileFailed)],
        )
        .at(15, |bench| bench.set("broker-a", Health::Dead))
        .send_each(&[0, 10, 20], move |_, call| {
            call.queue = Some((broker, QueueId(1)))
        });
    check(
        &mut bench,
        1_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 1
        2      m1 #1 at broker-a: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
        2      m1 returned: MQBrokerException 1 "CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>"
        10     m2 called (sync)
        10     m2 #1 ─▶ broker-a queue 1
        11     broker-a/0 stores m2 in queue 1
        12     m2 #1 at broker-a: SEND_OK
        12     m2 returned: SEND_OK broker-a queue 1 offset 0
        20     m3 called (sync)
        22     m3 #1 at broker-a: RemotingConnectException "connect to <broker-a/0> failed"
        22     m3 returned: RemotingConnectException "connect to <broker-a/0> failed"
    "#]],
    );
}

#[test]
fn slow_and_failing_brokers_are_avoided_for_a_while() {
    let mut bench = Bench::new(V5_3, 2, 1, |conf| conf.send_latency_enable = true);
    bench
        .answers(
            "broker-a",
            &[Answer::Late(
                Span::from_millis(600),
                PutMessageStatus::PutOk,
            )],
        )
        .send_at(&[0, 1_000, 1_100, 2_700, 2_800]);
    check(
        &mut bench,
        10_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        602    m1 #1 at broker-a: SEND_OK
        602    m1 returned: SEND_OK broker-a queue 0 offset 0
        1000   m2 called (sync)
        1000   m2 #1 ─▶ broker-b queue 0
        1001   broker-b/0 stores m2 in queue 0
        1002   m2 #1 at broker-b: SEND_OK
        1002   m2 returned: SEND_OK broker-b queue 0 offset 0
        1100   m3 called (sync)
        1100   m3 #1 ─▶ broker-b queue 0
        1101   broker-b/0 stores m3 in queue 0
        1102   m3 #1 at broker-b: SEND_OK
        1102   m3 returned: SEND_OK broker-b queue 0 offset 1
        2700   m4 called (sync)
        2700   m4 #1 ─▶ broker-a queue 0
        2701   broker-a/0 stores m4 in queue 0
        2702   m4 #1 at broker-a: SEND_OK
        2702   m4 returned: SEND_OK broker-a queue 0 offset 1
        2800   m5 called (sync)
        2800   m5 #1 ─▶ broker-b queue 0
        2801   broker-b/0 stores m5 in queue 0
        2802   m5 #1 at broker-b: SEND_OK
        2802   m5 returned: SEND_OK broker-b queue 0 offset 2
    "#]],
    );
    let mut bench = Bench::new(V4_9, 2, 1, |conf| conf.send_latency_fault_enable = true);
    bench
        .answers(
            "broker-a",
            &[Answer::Late(
                Span::from_millis(600),
                PutMessageStatus::PutOk,
            )],
        )
        .at(15_000, |bench| bench.set("broker-b", Health::Dead))
        .send_at(&[0, 1_000, 1_100, 16_000, 31_000]);
    check(
        &mut bench,
        40_000,
        expect![[r#"
        0      m1 called (sync)
        0      m1 #1 ─▶ broker-a queue 0
        1      broker-a/0 stores m1 in queue 0
        602    m1 #1 at broker-a: SEND_OK
        602    m1 returned: SEND_OK broker-a queue 0 offset 0
        1000   m2 called (sync)
        1000   m2 #1 ─▶ broker-b queue 0
        1001   broker-b/0 stores m2 in queue 0
        1002   m2 #1 at broker-b: SEND_OK
        1002   m2 returned: SEND_OK broker-b queue 0 offset 0
        1100   m3 called (sync)
        1100   m3 #1 ─▶ broker-b queue 0
        1101   broker-b/0 stores m3 in queue 0
        1102   m3 #1 at broker-b: SEND_OK
        1102   m3 returned: SEND_OK broker-b queue 0 offset 1
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
    "#]],
    );
}

#[test]
fn in_4_9_an_attempt_without_time_is_still_written() {
    let drawn = (1..200).map(|seed| {
        let mut bench = Bench::seeded(V4_9, seed, 2, 1, 0, |_| {});
        bench
            .at(0, |bench| bench.set("broker-a", Health::Frozen))
            .send_at(&[500]);
        bench.draw(10_000)
    });
    let unnoticed = drawn
        .into_iter()
        .find(|drawn| drawn.contains("10002"))
        .unwrap_or_default();
    expect![[r#"
        500    m1 called (sync)
        500    m1 #1 ─▶ broker-a queue 0
        3500   closes the connection to broker-a/0
        3500   m1 #1 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
        3500   m1 #2 ─▶ broker-b queue 0
        3500   closes the connection to broker-b/0
        3500   m1 #2 at broker-b: RemotingTimeoutException "wait response on the channel <broker-b/0> timeout, *(ms)"
        3501   broker-b/0 stores m1 in queue 0
        3502   m1 #3 at broker-a: RemotingTimeoutException "wait response on the channel <broker-a/0> timeout, *(ms)"
        3502   m1 returned: MQClientException 10002 "Send [3] times, still failed, cost [*]ms, Topic: Orders, BrokersSent: [broker-a, broker-b, broker-a]"
    "#]].assert_eq(&unnoticed);
}
