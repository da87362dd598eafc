//! A: what a producer does with a message, whatever the broker makes of it.

use expect_test::expect;

use crate::lab::{check, check_sends};

/// One budget for all attempts: the other broker is not tried.
#[test]
fn a_silent_broker_uses_up_the_budget_of_all_attempts() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  │                            ‖ paused                     │
                    1  send m1 ───────────────────▶ ┊                            │
                 3001  ✗ m1 RemotingTimeoutException (try 1)                     │
                 3001  ✗ returns m1 RemotingTooMuchRequestException              │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  never-stored  0          0         lost     ✗ produce: call-failed, by send-returned of p1 at 3001
        "#]],
    );
}

/// 5.3.3: the other broker is tried, and the frozen one stores its copy when it goes on.
#[test]
fn every_attempt_but_the_last_can_be_capped() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "sendMsgMaxTimeoutPerRequest": 1000 } } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 2000, "do": "resume", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  │                            ‖ paused                     │
                    1  send m1 ───────────────────▶ ┊                            │
                 1001  ✗ m1 RemotingTimeoutException (try 1)                     │
                 1001  send m1 (try 2) ────────────────────────────────────────▶ │
                 1002  │                            ┊                            stores m1 T/0:0 (page cache)
              1003.05  m1 SEND_OK ◀───────────────────────────────────────────── │
                 2000  │                            ▶ resumed                    │
                 2000  │                            stores m1 T/0:0 (page cache) │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (page cache), broker-b/0 (page cache)
        "#]],
    );
}

#[test]
fn a_refused_connection_is_tried_three_times_in_milliseconds() {
    check(
        r#"
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ crash
                  102  ✗ m1 RemotingConnectException (try 1)
                  104  ✗ m1 RemotingConnectException (try 2)
                  106  ✗ m1 RemotingConnectException (try 3)
                  106  ✗ returns m1 MQClientException 10001

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       refused  never-stored  0          0         refused
        "#]],
    );
}

/// With one queue each, every call of the thread starts at the dead broker again.
#[test]
fn a_refused_connection_is_tried_again_at_another_broker() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "count": 3, "everyMs": 100 } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  │                            ✗ crash                      │
                  102  ✗ m1 RemotingConnectException (try 1)                     │
                  102  send m1 (try 2) ────────────────────────────────────────▶ │
                  103  │                                                         stores m1 T/0:0 (page cache)
               104.05  m1 SEND_OK ◀───────────────────────────────────────────── │
                  202  ✗ m2 RemotingConnectException (try 1)                     │
                  202  send m2 (try 2) ────────────────────────────────────────▶ │
                  203  │                                                         stores m2 T/0:1 (page cache)
               204.05  m2 SEND_OK ◀───────────────────────────────────────────── │
                  302  ✗ m3 RemotingConnectException (try 1)                     │
                  302  send m3 (try 2) ────────────────────────────────────────▶ │
                  303  │                                                         stores m3 T/0:2 (page cache)
               304.05  m3 SEND_OK ◀───────────────────────────────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1–m3    acked    in-flight  0          0         at-risk  broker-b/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// Code 14 is in `retryResponseCodes`.
#[test]
fn a_refusal_in_retry_response_codes_is_tried_again_at_another_broker() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.95 }, { "at": 51000, "do": "send", "count": 2, "everyMs": 100 } ]
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       51000   51004.05  SEND_OK  broker-a:0 broker-b:0
            m2       51100   51104.05  SEND_OK  broker-a:0 broker-b:0
        "#]],
    );
}

/// Code 13 is not.
#[test]
fn a_refusal_that_is_not_in_retry_response_codes_ends_the_call() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "maxMessageSize": 8388608 } } ],
            "script": [ { "at": 0, "do": "send", "bodyBytes": 5242880 } ], "until": 5000
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                                                                                                   sent to
            m1       0       252       MQBrokerException 13: CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>  broker-a:0
        "#]],
    );
}

#[test]
fn an_async_send_hears_of_every_refusal_at_once() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.95 }, { "at": 51000, "do": "send", "mode": "async" } ]
        "#,
        expect![[r#"
            message  called  returned  with                                                                                                                                                                                                                                                             sent to
            m1       51000   51002     MQBrokerException 14: CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>  broker-a:0
        "#]],
    );
}

#[test]
fn a_status_that_is_not_ok_is_returned() {
    check_sends(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" } } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 100, "do": "send", "mode": "async" }, { "at": 200, "do": "send", "mode": "oneway" } ], "until": 5000
        "#,
        expect![[r#"
            message  called  returned  with                 sent to
            m1       0       2.05      SLAVE_NOT_AVAILABLE  broker-a:0
            m2       100     102.05    SLAVE_NOT_AVAILABLE  broker-a:0
            m3       200     200       nothing              broker-a:0
        "#]],
    );
}

/// With one broker that is the same one, three times; the last answer is returned.
#[test]
fn retry_another_broker_stores_the_message_once_per_attempt() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" } } ],
            "producers": [ { "conf": { "retryAnotherBrokerWhenNotStoreOK": true } } ],
            "script": [ { "at": 0, "do": "send" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SLAVE_NOT_AVAILABLE ◀───────── │
                 2.05  send m1 (try 2) ────────────────▶ │
                 3.05  │                                 stores m1 T/0:1 (page cache)
                  4.1  m1 SLAVE_NOT_AVAILABLE ◀───────── │
                  4.1  send m1 (try 3) ────────────────▶ │
                  5.1  │                                 stores m1 T/0:2 (page cache)
                 6.15  m1 SLAVE_NOT_AVAILABLE ◀───────── │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/0 (page cache), broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn an_async_send_ignores_retry_another_broker() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER" } } ],
            "producers": [ { "conf": { "retryAnotherBrokerWhenNotStoreOK": true } } ],
            "script": [ { "at": 0, "do": "send", "mode": "async" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                 2.05  m1 SLAVE_NOT_AVAILABLE ◀───────── │

            message  promise       fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked-unsure  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn queues_are_taken_in_turn_by_broker_name_then_queue() {
    check_sends(
        r#"
            "topics": [ { "name": "T", "queues": 2 } ],"brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send", "count": 6, "everyMs": 10 } ], "until": 1000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       0       2.05      SEND_OK  broker-a:0
            m2       10      12.05     SEND_OK  broker-a:1
            m3       20      22.05     SEND_OK  broker-b:0
            m4       30      32.05     SEND_OK  broker-b:1
            m5       40      42.05     SEND_OK  broker-a:0
            m6       50      52.05     SEND_OK  broker-a:1
        "#]],
    );
}

#[test]
fn calls_that_overlap_are_made_by_threads_with_round_robins_of_their_own() {
    check_sends(
        r#"
            "topics": [ { "name": "T", "queues": 2 } ],"brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send", "count": 6, "everyMs": 1 } ], "until": 1000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       0       2.05      SEND_OK  broker-a:0
            m2       1       3.05      SEND_OK  broker-a:0
            m3       2       4.05      SEND_OK  broker-a:0
            m4       3       5.05      SEND_OK  broker-a:1
            m5       4       6.05      SEND_OK  broker-a:1
            m6       5       7.05      SEND_OK  broker-a:1
        "#]],
    );
}

#[test]
fn a_retry_skips_the_queues_of_the_broker_that_failed() {
    check_sends(
        r#"
            "topics": [ { "name": "T", "queues": 3 } ],"brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "count": 6, "everyMs": 100 } ], "until": 1000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       100     104.05    SEND_OK  broker-b:0
            m2       200     202.05    SEND_OK  broker-b:1
            m3       300     302.05    SEND_OK  broker-b:2
            m4       400     404.05    SEND_OK  broker-b:0
            m5       500     502.05    SEND_OK  broker-b:1
            m6       600     602.05    SEND_OK  broker-b:2
        "#]],
    );
}

#[test]
fn a_call_that_names_its_queue_is_never_tried_again() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "queue": 0 }, { "at": 200, "do": "send", "queue": 0, "mode": "async" },
            { "at": 300, "do": "send", "queue": 0, "broker": "broker-b" } ], "until": 1000
        "#,
        expect![[r#"
            message  called  returned  with                                                      sent to
            m1       100     102       RemotingConnectException: connect to <broker-a/0> failed
            m2       200     206       MQClientException -1: unknown reason
            m3       300     302.05    SEND_OK                                                   broker-b:0
        "#]],
    );
}

/// 5.3: a call of 600 ms counts as 550 ms or more.
#[test]
fn a_slow_broker_is_avoided_for_two_seconds() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "sendLatencyFaultEnable": true } } ],
            "script": [ { "at": 0, "do": "set-link", "between": ["p1", "broker-a/0"], "latencyMs": 300 }, { "at": 1, "do": "send", "count": 10, "everyMs": 700 } ], "until": 10000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       1       601.05    SEND_OK  broker-a:0
            m2       701     703.05    SEND_OK  broker-b:0
            m3       1401    1403.05   SEND_OK  broker-b:0
            m4       2101    2103.05   SEND_OK  broker-b:0
            m5       2801    3401.05   SEND_OK  broker-a:0
            m6       3501    3503.05   SEND_OK  broker-b:0
            m7       4201    4203.05   SEND_OK  broker-b:0
            m8       4901    4903.05   SEND_OK  broker-b:0
            m9       5601    6201.05   SEND_OK  broker-a:0
            m10      6301    6303.05   SEND_OK  broker-b:0
        "#]],
    );
}

#[test]
fn a_slow_broker_is_avoided_for_thirty_seconds_in_4_9() {
    check_sends(
        r#"
            "profile": "4.9", "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "sendLatencyFaultEnable": true } } ],
            "script": [ { "at": 0, "do": "set-link", "between": ["p1", "broker-a/0"], "latencyMs": 300 }, { "at": 1, "do": "send", "count": 9, "everyMs": 5000 } ]
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       1       601.05    SEND_OK  broker-a:0
            m2       5001    5003.05   SEND_OK  broker-b:0
            m3       10001   10003.05  SEND_OK  broker-b:0
            m4       15001   15003.05  SEND_OK  broker-b:0
            m5       20001   20003.05  SEND_OK  broker-b:0
            m6       25001   25003.05  SEND_OK  broker-b:0
            m7       30001   30003.05  SEND_OK  broker-b:0
            m8       35001   35003.05  SEND_OK  broker-b:0
            m9       40001   40601.05  SEND_OK  broker-a:0
        "#]],
    );
}

/// 5.3: as if it had taken 10 s, which is 10 s of isolation.
#[test]
fn a_dead_broker_is_isolated() {
    check_sends(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "sendLatencyFaultEnable": true } } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "count": 7, "everyMs": 2000 } ], "until": 15000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       100     104.05    SEND_OK  broker-b:0
            m2       2100    2102.05   SEND_OK  broker-b:0
            m3       4100    4102.05   SEND_OK  broker-b:0
            m4       6100    6102.05   SEND_OK  broker-b:0
            m5       8100    8102.05   SEND_OK  broker-b:0
            m6       10100   10102.05  SEND_OK  broker-b:0
            m7       12100   12104.05  SEND_OK  broker-b:0
        "#]],
    );
}

/// As if it had taken 30 s; the route forgets it sooner.
#[test]
fn a_dead_broker_is_isolated_for_ten_minutes_in_4_9() {
    check_sends(
        r#"
            "profile": "4.9", "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "producers": [ { "conf": { "sendLatencyFaultEnable": true } } ],
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "count": 5, "everyMs": 5000 } ], "until": 25000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       100     104.05    SEND_OK  broker-b:0
            m2       5100    5102.05   SEND_OK  broker-b:0
            m3       10100   10102.05  SEND_OK  broker-b:0
            m4       15100   15102.05  SEND_OK  broker-b:0
            m5       20100   20102.05  SEND_OK  broker-b:0
        "#]],
    );
}

#[test]
fn a_oneway_send_leaves_and_hears_nothing() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send", "mode": "oneway" } ], "until": 15000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 oneway ─────────────────▶ │
                    1  │                                 stores m1 T/0:0 (page cache)
                10005  │                                 fsync m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  in-flight  0          0         at-risk  broker-a/0 (disk); exposed to disk-loss
        "#]],
    );
}

#[test]
fn a_oneway_send_to_a_dead_broker_is_lost_in_silence() {
    check(
        r#"
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "mode": "oneway" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ crash

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  never-stored  0          0         lost     ✗ produce: oneway, by send-returned of p1 at 100
        "#]],
    );
}

#[test]
fn a_oneway_send_to_a_dead_broker_throws_in_4_9() {
    check(
        r#"
            "profile": "4.9",
            "script": [ { "at": 0, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "send", "mode": "oneway" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ✗ crash
                  102  ✗ m1 RemotingConnectException (try 1)
                  102  ✗ returns m1 MQClientException 10001

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1       refused  never-stored  0          0         refused
        "#]],
    );
}

/// The scan looks every second, and only a second after the timeout.
#[test]
fn an_async_timeout_is_found_by_the_scan_and_not_tried_again() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send", "mode": "async" }, { "at": 10000, "do": "resume", "node": "broker-a/0" } ], "until": 11000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  │                            ‖ paused                     │
                    1  send m1 ───────────────────▶ ┊                            │
                 4700  ✗ m1 MQClientException -1 (try 1)                         │
                 4700  ✗ returns m1 MQClientException -1                         │
                10000  │                            ▶ resumed                    │
                10000  │                            stores m1 T/0:0 (page cache) │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn an_async_timeout_is_told_as_its_last_retry_in_4_9() {
    check(
        r#"
            "profile": "4.9","brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send", "mode": "async" }, { "at": 10000, "do": "resume", "node": "broker-a/0" } ], "until": 11000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  │                            ‖ paused                     │
                    1  send m1 ───────────────────▶ ┊                            │
                 4950  ✗ m1 RemotingTooMuchRequestException (try 1)              │
                 4950  ✗ returns m1 RemotingTooMuchRequestException              │
                10000  │                            ▶ resumed                    │
                10000  │                            stores m1 T/0:0 (page cache) │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn an_async_send_whose_connection_breaks_goes_to_another_broker() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send", "mode": "async" }, { "after": { "event": "appended" }, "do": "crash", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    1  │                            ✗ crash                      │
                    2  ✗ m1 MQClientException -1 (try 1)                         │
                    2  send m1 (try 2) ────────────────────────────────────────▶ │
                    3  │                                                         stores m1 T/0:0 (page cache)
                 4.05  m1 SEND_OK ◀───────────────────────────────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (page cache), broker-b/0 (page cache)
        "#]],
    );
}

/// The request is used again as it is: queue 2 stays queue 2.
#[test]
fn an_async_retry_keeps_the_queue_id() {
    check_sends(
        r#"
            "topics": [ { "name": "T", "queues": 3 } ], "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send", "count": 2, "everyMs": 10 }, { "at": 100, "do": "send", "mode": "async" }, { "after": { "event": "appended", "nth": 3 }, "do": "crash", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       0       2.05      SEND_OK  broker-a:0
            m2       10      12.05     SEND_OK  broker-a:1
            m3       100     104.05    SEND_OK  broker-a:0 broker-b:0
        "#]],
    );
}

/// The first copy was stored: when its broker is back there are two.
#[test]
fn a_sync_send_whose_connection_breaks_goes_to_another_broker() {
    check(
        r#"
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send" }, { "after": { "event": "appended" }, "do": "crash", "node": "broker-a/0" }, { "at": 100, "do": "restart", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    1  │                            ✗ crash                      │
                    2  ✗ m1 RemotingSendRequestException (try 1)                 │
                    2  send m1 (try 2) ────────────────────────────────────────▶ │
                    3  │                                                         stores m1 T/0:0 (page cache)
                 4.05  m1 SEND_OK ◀───────────────────────────────────────────── │
                 2100  │                            ▲ up                         │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         ok       broker-a/0 (page cache), broker-b/0 (page cache)
        "#]],
    );
}

/// After a FIN the request runs into its timeout, and no other broker is tried.
#[test]
fn a_connection_that_is_closed_tells_4_9_nothing() {
    check(
        r#"
            "profile": "4.9","brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "send" }, { "after": { "event": "appended" }, "do": "crash", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    1  │                            ✗ crash                      │
                 3000  ✗ m1 RemotingTimeoutException (try 1)                     │
                 3000  ✗ returns m1 RemotingTooMuchRequestException              │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       unknown  in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// A frozen broker that is killed has unread bytes in its socket: its kernel sends a RST.
#[test]
fn a_connection_that_is_reset_tells_4_9_as_well() {
    check(
        r#"
            "profile": "4.9","brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 1000, "do": "crash", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   broker-b/0
                    0  │                            ‖ paused                     │
                    1  send m1 ───────────────────▶ ┊                            │
                 1000  │                            ✗ crash                      │
                 1001  ✗ m1 RemotingSendRequestException (try 1)                 │
                 1001  send m1 (try 2) ────────────────────────────────────────▶ │
                 1002  │                                                         stores m1 T/0:0 (page cache)
              1003.05  m1 SEND_OK ◀───────────────────────────────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-b/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

#[test]
fn the_client_refuses_before_anything_leaves_it() {
    check(
        r#"
            "script": [ { "at": 0, "do": "send", "bodyBytes": 0 }, { "at": 1, "do": "send", "topic": "a b" }, { "at": 2, "do": "send", "mode": "async", "bodyBytes": 4194305 },
            { "at": 3, "do": "send", "mode": "oneway", "topic": "TRANS_CHECK_MAX_TIME_TOPIC" } ], "until": 1000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  ✗ returns m1 MQClientException 13 │
                    1  ✗ returns m2 MQClientException -1 │
                    2  ✗ returns m3 MQClientException 13 │
                    3  ✗ returns m4 MQClientException -1 │

            message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
            m1–m4    refused  never-stored  0          0         refused
        "#]],
    );
}

/// 4 MiB exactly is not too much.
#[test]
fn the_longest_body_is_taken() {
    check_sends(
        r#"
            "script": [ { "at": 0, "do": "send", "bodyBytes": 4194304 } ], "until": 1000
        "#,
        expect![[r#"
            message  called  returned  with     sent to
            m1       0       202.05    SEND_OK  broker-a:0
        "#]],
    );
}

/// Each time a new message, with a new budget.
#[test]
fn the_application_sends_again_after_a_failed_call() {
    check(
        r#"
            "producers": [ { "resend": 2, "conf": { "sendMsgTimeout": 1000 } } ],
            "script": [ { "at": 0, "do": "pause", "node": "broker-a/0" }, { "at": 1, "do": "send" }, { "at": 1500, "do": "resume", "node": "broker-a/0" } ], "until": 5000
        "#,
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  │                                 ‖ paused
                    1  send m1 ────────────────────────▶ ┊
                 1001  ✗ m1 RemotingTimeoutException (try 1)
                 1001  ✗ returns m1 RemotingTooMuchRequestException
                 1001  calls again for m1                ┊
                 1003  send m1 ────────────────────────▶ ┊
                 1500  │                                 ▶ resumed
                 1500  │                                 stores m1 T/0:0 (page cache)
                 1500  │                                 stores m1 T/0:1 (page cache)
              1501.05  m1 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache), broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}
