//! A broker that turns senders away (A.2): an empty transient pool, a put lock that is held for too long, too few threads.

use expect_test::expect;

use crate::lab;

/// Files of a page, records of half a page and more: each send needs the next file.
const SMALL_FILES: &str = r#""mappedFileSizeCommitLog": 4096"#;
/// m1 takes the file that was made ahead; m2 needs one that a stalled disk does not make.
const SENDS: &str = r#"
    { "at": 0, "do": "send", "topic": "T", "bodyBytes": 3000 },
    { "at": 1000, "do": "stall-disk", "node": "broker-a/0" },
    { "at": 1500, "do": "send", "topic": "T", "bodyBytes": 3000 },
    { "at": 2000, "do": "send", "topic": "T", "bodyBytes": 3000 }"#;

fn stalled(profile: &str, conf: &str, rest: &str) -> String {
    format!(
        r#""profile": "{profile}", "until": 20000,
        "brokers": [ {{ "name": "broker-a", "conf": {{ {SMALL_FILES} {conf} }} }} ],
        "producers": [ {{ "name": "p1", "conf": {{ "sendMsgTimeout": 15000, "retryTimesWhenSendFailed": 0 }} }} ],
        "script": [ {SENDS}{rest} ]"#
    )
}

#[test]
fn the_put_that_waits_for_its_file_holds_the_lock_and_after_a_second_everybody_else_is_rejected() {
    let later = r#",
    { "at": 2900, "do": "send", "topic": "T" },
    { "at": 3100, "do": "send", "topic": "T" },
    { "at": 4000, "do": "release-disk", "node": "broker-a/0" },
    { "at": 4500, "do": "send", "topic": "T" }"#;
    for (profile, sends) in [
        (
            "4.9",
            expect![[r#"
        message  called  returned  with                                                                                                                 sent to
        m1       0       2.05      SEND_OK                                                                                                              broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                                              broker-a:0
        m3       2000    4001.05   SEND_OK                                                                                                              broker-a:0
        m4       2900    4001.05   SEND_OK                                                                                                              broker-a:0
        m5       3100    3102      MQBrokerException 2: CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>  broker-a:0
        m6       4500    4502.05   SEND_OK                                                                                                              broker-a:0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        message  called  returned  with                                                                                              sent to
        m1       0       2.05      SEND_OK                                                                                           broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                           broker-a:0
        m3       2000    4001.05   SEND_OK                                                                                           broker-a:0
        m4       2900    4001.05   SEND_OK                                                                                           broker-a:0
        m5       3100    3102      MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m6       4500    4502.05   SEND_OK                                                                                           broker-a:0
    "#]],
        ),
    ] {
        lab::check_sends(&stalled(profile, "", later), sends);
    }
}

#[test]
fn a_file_that_is_not_made_in_five_seconds_fails_one_put_and_the_next_waits_as_long() {
    let later = r#",
    { "at": 2100, "do": "send", "topic": "T", "bodyBytes": 3000 }"#;
    lab::check_sends(
        &stalled("5.3", "", later),
        expect![[r#"
        message  called  returned  with                                                                                              sent to
        m1       0       2.05      SEND_OK                                                                                           broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                           broker-a:0
        m3       2000    7002      MQClientException 1: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m4       2100    12002     MQClientException 1: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
    "#]],
    );
}

#[test]
fn who_waits_for_a_thread_is_taken_out_of_the_queue_after_two_hundred_milliseconds() {
    let one = r#", "sendMessageThreadPoolNums": 1"#;
    let later = r#",
    { "at": 2050, "do": "send", "topic": "T" },
    { "at": 2055, "do": "send", "topic": "T" }"#;
    for (profile, sends) in [
        (
            "4.9",
            expect![[r#"
        message  called  returned  with                                                                                                                                                               sent to
        m1       0       2.05      SEND_OK                                                                                                                                                            broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                                                                                            broker-a:0
        m3       2000    7002      MQClientException 1: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]                                                                   broker-a:0
        m4       2050    2261      MQBrokerException 2: CODE: 2  DESC: [TIMEOUT_CLEAN_QUEUE]broker busy, start flow control for a while, period in queue: *ms, size of queue: 1 BROKER: <broker-a/0>  broker-a:0
        m5       2055    2261      MQBrokerException 2: CODE: 2  DESC: [TIMEOUT_CLEAN_QUEUE]broker busy, start flow control for a while, period in queue: *ms, size of queue: 0 BROKER: <broker-a/0>  broker-a:0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        message  called  returned  with                                                                                              sent to
        m1       0       2.05      SEND_OK                                                                                           broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                           broker-a:0
        m3       2000    7002      MQClientException 1: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m4       2050    2261      MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m5       2055    2261      MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
    "#]],
        ),
    ] {
        lab::check_sends(&stalled(profile, one, later), sends);
    }
}

#[test]
fn a_busy_page_cache_empties_the_queue_and_a_full_queue_takes_nobody() {
    let one = r#", "sendMessageThreadPoolNums": 1, "sendThreadPoolQueueCapacity": 2, "waitTimeMillsInSendQueue": 5000"#;
    let later = r#",
    { "at": 2050, "do": "send", "topic": "T" },
    { "at": 2055, "do": "send", "topic": "T" },
    { "at": 2060, "do": "send", "topic": "T" }"#;
    for (profile, sends) in [
        (
            "4.9",
            expect![[r#"
        message  called  returned  with                                                                                                                                                              sent to
        m1       0       2.05      SEND_OK                                                                                                                                                           broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                                                                                           broker-a:0
        m3       2000    7002      MQClientException 1: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]                                                                  broker-a:0
        m4       2050    3011      MQBrokerException 2: CODE: 2  DESC: [PCBUSY_CLEAN_QUEUE]broker busy, start flow control for a while, period in queue: *ms, size of queue: 1 BROKER: <broker-a/0>  broker-a:0
        m5       2055    3011      MQBrokerException 2: CODE: 2  DESC: [PCBUSY_CLEAN_QUEUE]broker busy, start flow control for a while, period in queue: *ms, size of queue: 0 BROKER: <broker-a/0>  broker-a:0
        m6       2060    2062      MQBrokerException 2: CODE: 2  DESC: [OVERLOAD]system busy, start flow control for a while BROKER: <broker-a/0>                                                    broker-a:0
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
        message  called  returned  with                                                                                              sent to
        m1       0       2.05      SEND_OK                                                                                           broker-a:0
        m2       1500    1502.05   SEND_OK                                                                                           broker-a:0
        m3       2000    7002      MQClientException 1: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m4       2050    3011      MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m5       2055    3011      MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m6       2060    2062      MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
    "#]],
        ),
    ] {
        lab::check_sends(&stalled(profile, one, later), sends);
    }
}

#[test]
fn without_fast_failure_the_queue_waits_until_the_disk_answers() {
    let one = r#", "sendMessageThreadPoolNums": 1, "brokerFastFailureEnable": false"#;
    let later = r#",
    { "at": 2050, "do": "send", "topic": "T" },
    { "at": 4000, "do": "release-disk", "node": "broker-a/0" }"#;
    lab::check_sends(
        &stalled("5.3", one, later),
        expect![[r#"
        message  called  returned  with     sent to
        m1       0       2.05      SEND_OK  broker-a:0
        m2       1500    1502.05   SEND_OK  broker-a:0
        m3       2000    4001.05   SEND_OK  broker-a:0
        m4       2050    4001.05   SEND_OK  broker-a:0
    "#]],
    );
}

/// `asyncSendEnable=false`: four threads wait for the fsync of four puts, the fifth send for a thread.
#[test]
fn threads_that_wait_for_their_own_puts_leave_none_for_others() {
    for (async_send, sends) in [
        (
            "true",
            expect![[r#"
        message  called  returned  with                sent to
        m1       10      5012.05   FLUSH_DISK_TIMEOUT  broker-a:0
        m2       20      5022.05   FLUSH_DISK_TIMEOUT  broker-a:0
        m3       30      5032.05   FLUSH_DISK_TIMEOUT  broker-a:0
        m4       40      5042.05   FLUSH_DISK_TIMEOUT  broker-a:0
        m5       50      5052.05   FLUSH_DISK_TIMEOUT  broker-a:0
        m6       60      5062.05   FLUSH_DISK_TIMEOUT  broker-a:0
    "#]],
        ),
        (
            "false",
            expect![[r#"
        message  called  returned  with                                                                                              sent to
        m1       10      5012.05   FLUSH_DISK_TIMEOUT                                                                                broker-a:0
        m2       20      5022.05   FLUSH_DISK_TIMEOUT                                                                                broker-a:0
        m3       30      5032.05   FLUSH_DISK_TIMEOUT                                                                                broker-a:0
        m4       40      5042.05   FLUSH_DISK_TIMEOUT                                                                                broker-a:0
        m5       50      261       MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
        m6       60      271       MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
    "#]],
        ),
    ] {
        lab::check_sends(
            &format!(
                r#""profile": "5.3", "until": 10000,
                "brokers": [ {{ "name": "broker-a", "conf": {{ "flushDiskType": "SYNC_FLUSH", "asyncSendEnable": {async_send} }} }} ],
                "producers": [ {{ "name": "p1", "conf": {{ "sendMsgTimeout": 15000, "retryTimesWhenSendFailed": 0 }} }} ],
                "script": [
                    {{ "at": 0, "do": "stall-disk", "node": "broker-a/0" }},
                    {{ "at": 10, "do": "send", "topic": "T", "count": 6, "everyMs": 10 }},
                    {{ "at": 6000, "do": "release-disk", "node": "broker-a/0" }} ]"#
            ),
            sends,
        );
    }
}

/// Two buffers are in the file in use and in the next one; after a restart both files lie there without a buffer.
#[test]
fn a_pool_of_two_rejects_every_send_until_a_restart() {
    for (profile, picture) in [
        (
            "4.9",
            expect![[r#"
               ms  p1                                broker-a/0
                0  send m1 ────────────────────────▶ │
                2  m1 MQBrokerException 2 ◀───────── │
                2  ✗ returns m1 MQBrokerException 2  │
             1000  │                                 ✗ crash
             3500  │                                 ▲ up
             6002  send m2 ────────────────────────▶ │
             6003  │                                 stores m2 T/0:0 (page cache)
          6004.05  m2 SEND_OK ◀───────────────────── │

        message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
        m1       refused  never-stored  0          0         refused
        m2       acked    in-flight     0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
    "#]],
        ),
        (
            "5.3",
            expect![[r#"
               ms  p1                                broker-a/0
                0  send m1 ────────────────────────▶ │
                2  m1 MQBrokerException 2 ◀───────── │
                2  send m1 (try 2) ────────────────▶ │
                4  m1 MQBrokerException 2 (try 2) ◀─ │
                4  send m1 (try 3) ────────────────▶ │
                6  m1 MQBrokerException 2 (try 3) ◀─ │
                6  ✗ returns m1 MQClientException 2  │
             1000  │                                 ✗ crash
             3500  │                                 ▲ up
             6002  send m2 ────────────────────────▶ │
             6003  │                                 stores m2 T/0:0 (page cache)
          6004.05  m2 SEND_OK ◀───────────────────── │

        message  promise  fate          delivered  consumed  verdict  copies, and what took or threatens them
        m1       refused  never-stored  0          0         refused
        m2       acked    in-flight     0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
    "#]],
        ),
    ] {
        lab::check(
            &format!(
                r#""profile": "{profile}", "until": 8000,
                "brokers": [ {{ "name": "broker-a", "conf": {{ "transientStorePoolEnable": true, "transientStorePoolSize": 2 }} }} ],
                "script": [
                    {{ "at": 0, "do": "send", "topic": "T" }},
                    {{ "at": 1000, "do": "crash", "node": "broker-a/0" }},
                    {{ "at": 1500, "do": "restart", "node": "broker-a/0" }},
                    {{ "at": 6000, "do": "send", "topic": "T" }} ]"#
            ),
            picture,
        );
    }
}

/// A third buffer is taken by the second file's successor, and comes back when the first file is full and committed.
#[test]
fn a_pool_of_three_rejects_only_until_the_full_file_is_committed() {
    lab::check_sends(
        &format!(
            r#""profile": "5.3", "until": 3000,
            "brokers": [ {{ "name": "broker-a", "conf": {{ {SMALL_FILES}, "transientStorePoolEnable": true, "transientStorePoolSize": 3,
                "wakeCommitWhenPutMessage": false, "commitCommitLogLeastPages": 64, "commitCommitLogThoroughInterval": 400 }} }} ],
            "producers": [ {{ "name": "p1", "conf": {{ "retryTimesWhenSendFailed": 0 }} }} ],
            "script": [ {{ "at": 0, "do": "send", "topic": "T", "count": 4, "everyMs": 20, "bodyBytes": 3000 }},
                        {{ "at": 1000, "do": "send", "topic": "T", "bodyBytes": 3000 }} ]"#
        ),
        expect![[r#"
            message  called  returned  with                                                                                              sent to
            m1       0       2.05      SEND_OK                                                                                           broker-a:0
            m2       20      22.05     SEND_OK                                                                                           broker-a:0
            m3       40      42        MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
            m4       60      62        MQClientException 2: Send [1] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a]  broker-a:0
            m5       1000    1002.05   SEND_OK                                                                                           broker-a:0
        "#]],
    );
}

/// What the broker puts by itself is refused like a send: a due message waits until the lock is free.
#[test]
fn a_delayed_message_finds_the_store_busy() {
    lab::check(
        &format!(
            r#""profile": "5.3", "until": 9000,
            "brokers": [ {{ "name": "broker-a", "conf": {{ {SMALL_FILES} }} }} ],
            "producers": [ {{ "name": "p1", "conf": {{ "sendMsgTimeout": 15000 }} }} ],
            "script": [
                {{ "at": 0, "do": "send", "topic": "T", "delayLevel": 1, "bodyBytes": 900 }},
                {{ "at": 100, "do": "stall-disk", "node": "broker-a/0" }},
                {{ "at": 150, "do": "send", "topic": "T", "bodyBytes": 3000 }},
                {{ "at": 200, "do": "send", "topic": "T", "bodyBytes": 3000 }},
                {{ "at": 4000, "do": "release-disk", "node": "broker-a/0" }} ]"#
        ),
        expect![[r#"
                   ms  p1                                broker-a/0
                    0  send m1 ────────────────────────▶ │
                    1  │                                 stores m1 SCHEDULE_TOPIC_XXXX/0:0 (page cache)
                 2.05  m1 SEND_OK ◀───────────────────── │
                  100  │                                 ✗ fsync stalls
                  150  send m2 ────────────────────────▶ │
                  151  │                                 stores m2 T/0:0 (page cache)
               152.05  m2 SEND_OK ◀───────────────────── │
                  200  send m3 ────────────────────────▶ │
                 4000  │                                 fsync returns again
                 4000  │                                 stores m3 T/0:1 (page cache)
                 4000  │                                 stores m1 T/0:2 (page cache)
              4001.05  m3 SEND_OK ◀───────────────────── │

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    in-flight  0          0         at-risk  broker-a/0 (page cache, never served), broker-a/0 (page cache); exposed to power-loss, disk-loss
            m2, m3   acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}
