//! `assets/scenarios/`: every status and every exception that a script can provoke, and what teaches best. What a file's name says
//! has to be there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use expect_test::expect;
use loss_lab_engine::draw;
use loss_lab_engine::event::{Event, EventKind, SendOutcome};
use loss_lab_engine::exception::ExceptionClass;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::run::{End, Run};
use loss_lab_engine::scenario::{Do, Network};
use loss_lab_engine::status::{ConsumeResult, SendStatus};
use loss_lab_engine::units::{SimTime, Span};

use crate::lab;
use crate::suite::FILES;

/// What applications were told and what became of the messages, file by file.
#[test]
fn every_file_does_what_its_name_says() {
    let mut rows = Vec::new();
    for (name, text) in FILES {
        let mut run = Run::new(lab::scenario(text));
        assert_eq!(run.finish(), End::Until, "{name}");
        let told = told(&run);
        if let Some(promised) = promised(name) {
            let has = |outcome: &SendOutcome| word(outcome) == Some(promised.clone());
            assert!(
                told.values().flatten().any(has),
                "{name} does not come to {promised}"
            );
        }
        for (n, row) in summary(&run, &told).into_iter().enumerate() {
            let name = if n == 0 { *name } else { "" };
            let [messages, said, promise, fate] = row;
            rows.push([name.to_owned(), messages, promise, fate, said]);
        }
    }
    let table = draw::table(
        [
            "file",
            "message",
            "promise",
            "fate",
            "its application was told",
        ],
        &rows,
    );
    expect![[r#"
        file                                    message  promise       fate                    its application was told
        consume-ack-index                       m1–m3    acked         consumed                SEND_OK
        consume-both-killed                     m1       acked         consumed                SEND_OK
                                                m2–m3    acked         consumed × 2            SEND_OK
        consume-broadcast-failure               m1       acked         lost (consume)          SEND_OK
        consume-crash-before-commit             m1       acked         consumed                SEND_OK
                                                m2–m3    acked         consumed × 2            SEND_OK
        consume-dead-letter                     m1       acked         dead-letter             SEND_OK
        consume-dead-letter-at-once             m1       acked         dead-letter             SEND_OK
        consume-different-subscriptions         m1       acked         consumed                SEND_OK
                                                m2       acked         lost (consume)          SEND_OK
                                                m3       acked         consumed                SEND_OK
                                                m4       acked         lost (consume)          SEND_OK
        consume-from-first-offset               m1–m3    acked         lost (store)            SEND_OK
                                                m4–m6    acked         consumed                SEND_OK
        consume-from-last-offset                m1–m3    acked         lost (store)            SEND_OK
                                                m4–m5    acked         lost (consume)          SEND_OK
                                                m6       acked         consumed                SEND_OK
        consume-hang                            m1–m2    acked         consumed                SEND_OK
        consume-null                            m1       acked         consumed                SEND_OK
        consume-rebalance-in-flight             m1       acked         consumed                SEND_OK
                                                m2       acked         consumed × 2            SEND_OK
                                                m3       acked         consumed                SEND_OK
                                                m4       acked         consumed × 2            SEND_OK
        consume-reconsume-later                 m1       acked         consumed                SEND_OK
        consume-send-back-answer-lost           m1       acked         consumed × 2            SEND_OK
        consume-send-back-fails                 m1       acked         consumed                SEND_OK
        consume-success                         m1       acked         consumed                SEND_OK
        consume-throw                           m1       acked         consumed                SEND_OK
        controller-acknowledged-by-one          m1       acked         lost (store)            SEND_OK
        controller-all-ack                      m1–m3    acked         in-flight               SEND_OK
        controller-failover-loses-the-tail      m1       acked         in-flight               SEND_OK
                                                m2       acked         lost (store)            SEND_OK
                                                m3       acked         in-flight               SEND_OK
        controller-old-master-cuts-its-tail     m1       acked         in-flight               SEND_OK
                                                m2       acked         lost (store)            SEND_OK
                                                m3       acked         in-flight               SEND_OK
        controller-unclean-election             m1       acked         lost (store)            SEND_OK
                                                m2       acked         in-flight               SEND_OK
        copy-never-served                       m1       acked         lost (store)            SEND_OK
        crash-async-flush                       m1–m3    acked         consumed                SEND_OK
        crash-before-append                     m1       unknown       never-stored (produce)  MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        crash-sync-flush                        m1–m3    acked         consumed                SEND_OK
        crash-transient-pool                    m1       acked         consumed                SEND_OK
                                                m2       acked         lost (store)            SEND_OK
        destroy-disk-async-flush                m1–m3    acked         lost (store)            SEND_OK
        destroy-disk-sync-flush                 m1–m3    acked         lost (store)            SEND_OK
        exception-1-create-mapped-file-failed   m1–m2    acked         consumed                SEND_OK
                                                m3       refused       never-stored            MQBrokerException 1: CODE: 1  DESC: create mapped file failed, server is busy or broken. BROKER: <broker-a/0>
        exception-1-in-sync-replicas-async      m1       refused       never-stored            MQBrokerException 1: CODE: 1  DESC: in-sync replicas not enough BROKER: <broker-a/0>
        exception-1-in-sync-replicas-sync       m1       refused       never-stored            MQClientException 1: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-1-queue-illegal-49            m1       refused       never-stored            MQBrokerException 1: CODE: 1  DESC: request queueId[9] is illegal BROKER: <broker-a/0>
        exception-1-sync-state-set-too-small    m1       refused       never-stored            MQClientException 1: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
                                                m2       acked         in-flight               SEND_OK
        exception-10001-connect                 m1       refused       never-stored            MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-10002-timeout                 m1       unknown       never-stored (produce)  MQClientException 10002: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-10002-timeout-49              m1       unknown       never-stored (produce)  MQClientException 10002: Send [1] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a]
        exception-10003-broker-not-exist        m1       acked         in-flight               SEND_OK
                                                m2       refused       never-stored            MQClientException 10005: No route info of this topic: New
                                                m3       refused       never-stored            MQClientException 10003: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-10005-no-route                m1       refused       never-stored            MQClientException 10005: No route info of this topic: New
        exception-10005-only-a-slave            m1       refused       never-stored            MQClientException 10001: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
                                                m2       refused       never-stored            MQClientException 10005: No route info of this topic: TopicTest
        exception-13-body-empty                 m1       refused       never-stored            MQClientException 13: CODE: 13  DESC: the message body length is zero
        exception-13-body-too-big               m1       refused       never-stored            MQClientException 13: CODE: 13  DESC: the message body size over max value, MAX: 4194304
        exception-13-message-illegal            m1       refused       never-stored            MQBrokerException 13: CODE: 13  DESC: the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg properties length limit 32KB. BROKER: <broker-a/0>
        exception-14-disk-full                  m1       refused       never-stored            MQClientException 14: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-14-disk-full-async            m1       refused       never-stored            MQBrokerException 14: CODE: 14  DESC: service not available now. It may be caused by one of the following reasons: the broker's disk is full [CL: * CQ: * INDEX: *], messages are put to the slave, message store has been shut down, etc. BROKER: <broker-a/0>
        exception-17-topic-not-exist            m1       refused       never-stored            MQClientException 17: Send [3] times, still failed, cost [*]ms, Topic: New, BrokersSent: [broker-a, broker-a, broker-a]
        exception-17-topic-not-exist-queue      m1       refused       never-stored            MQBrokerException 17: CODE: 17  DESC: topic[New] not exist, apply first please! BROKER: <broker-a/0>
        exception-2-reject-request              m1–m3    acked         consumed                SEND_OK
                                                m4       refused       never-stored            MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-2-reject-request-49           m1–m3    acked         consumed                SEND_OK
                                                m4       refused       never-stored            MQBrokerException 2: CODE: 2  DESC: [REJECTREQUEST]system busy, start flow control for a while BROKER: <broker-a/0>
        exception-2-timeout-clean-queue         m1–m4    acked         consumed                SEND_OK
                                                m5       refused       never-stored            MQBrokerException 2: CODE: 2  DESC: [TIMEOUT_CLEAN_QUEUE]broker busy, start flow control for a while, period in queue: *ms, size of queue: 0 BROKER: <broker-a/0>
        exception-2-transient-pool-empty        m1       refused       never-stored            MQClientException 2: Send [3] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a, broker-a, broker-a]
        exception-29-queue-illegal              m1       refused       never-stored            MQBrokerException 29: CODE: 29  DESC: request queueId[9] is illegal BROKER: <broker-a/0>
        exception-async-connect                 m1       refused       never-stored            MQClientException -1: unknown reason
        exception-async-no-time-left            m1       unknown       never-stored (produce)  RemotingTooMuchRequestException: invokeAsync call the addr[<broker-a/0>] timeout
        exception-async-send-request            m1       unknown       in-flight               MQClientException -1: send request failed
        exception-async-wait-response-timeout   m1       unknown       never-stored (produce)  MQClientException -1: wait response timeout, cost=*
        exception-call-timeout                  m1       unknown       never-stored (produce)  RemotingTooMuchRequestException: sendDefaultImpl call timeout
        exception-call-timeout-49               m1       unknown       in-flight               RemotingTooMuchRequestException: sendDefaultImpl call timeout
        exception-call-timeout-slow-replicas    m1       unknown       consumed                RemotingTooMuchRequestException: sendDefaultImpl call timeout
        exception-half-message                  m1       refused       never-stored            MQClientException -1: send message Exception
        exception-minus-1-send-request          m1       unknown       in-flight               MQClientException -1: Send [1] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a]
        exception-oneway-dead-broker            m1       refused       never-stored            MQClientException 10001: Send [1] times, still failed, cost [*]ms, Topic: TopicTest, BrokersSent: [broker-a]
        exception-queue-broker-not-exist        m1       refused       never-stored            MQClientException -1: The broker[broker-b] not exist
        exception-queue-connect                 m1       refused       never-stored            RemotingConnectException: connect to <broker-a/0> failed
        exception-queue-send-request            m1       unknown       in-flight               RemotingSendRequestException: send request to <broker-a/0> failed
        exception-queue-timeout                 m1       unknown       never-stored (produce)  RemotingTimeoutException: wait response on the channel <broker-a/0> timeout, *(ms)
        exception-route-lookup                  m1       refused       never-stored            IllegalStateException: org.apache.rocketmq.remoting.exception.RemotingConnectException: connect to <namesrv/0> failed
        exception-topic-blank                   m1       refused       never-stored            MQClientException -1: The specified topic is blank
        exception-topic-forbidden               m1       refused       never-stored            MQClientException -1: Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden.
        exception-topic-illegal                 m1       refused       never-stored            MQClientException -1: The specified topic[a b] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$
        exception-topic-too-long                m1       refused       never-stored            MQClientException -1: The specified topic is longer than topic max length 127.
        frozen-broker-stores-after-all          m1       unknown       consumed                RemotingTooMuchRequestException: sendDefaultImpl call timeout
        fsync-error-swallowed                   m1       acked         lost (store)            SEND_OK
        get-found                               m1       acked         consumed                SEND_OK
        get-message-was-removing                m1–m3    acked         lost (store)            SEND_OK
                                                m4       acked         in-flight               SEND_OK
        get-message-was-removing-49             m1–m3    acked         lost (store)            SEND_OK
                                                m4       acked         in-flight               SEND_OK
        get-no-matched-message                  m1–m2    acked         in-flight               SEND_OK
        get-no-message-in-queue                 m1–m3    acked         consumed                SEND_OK
        get-offset-found-null                   m1–m5    acked         consumed                SEND_OK
        get-offset-overflow-badly               m1–m4    acked         consumed                SEND_OK
        get-offset-overflow-badly-49            m1–m4    acked         consumed                SEND_OK
        get-offset-overflow-one                 m1       acked         consumed                SEND_OK
        get-offset-reset                        m1       acked         consumed                SEND_OK
                                                m2–m3    acked         consumed × 2            SEND_OK
        get-offset-too-small                    m1       acked         consumed                SEND_OK
                                                m2–m3    acked         lost (store)            SEND_OK
                                                m4–m5    acked         consumed                SEND_OK
        offsets-skipped                         m1–m3    acked         consumed                SEND_OK
                                                m4–m5    acked         lost (consume)          SEND_OK
                                                m6–m7    acked         consumed                SEND_OK
        offsets-used-again                      m1–m2    acked         lost (store)            SEND_OK
                                                m3–m4    acked         in-flight               SEND_OK
        oneway-dead-broker                      m1       unknown       never-stored (produce)  nothing
        orderly-commit                          m1–m2    acked         consumed                SEND_OK
                                                m3       acked         consumed × 2            SEND_OK
        orderly-dead-letter                     m1       acked         dead-letter             SEND_OK
                                                m2       acked         consumed                SEND_OK
        orderly-rollback                        m1       acked         consumed                SEND_OK
        orderly-rollback-auto-commit            m1       acked         lost (consume)          SEND_OK
                                                m2       acked         consumed                SEND_OK
        orderly-success                         m1–m2    acked         consumed                SEND_OK
        orderly-suspend-current-queue-a-moment  m1–m2    acked         consumed                SEND_OK
        orderly-take-over                       m1       acked         consumed                SEND_OK
                                                m2       acked         consumed × 2            SEND_OK
                                                m3       acked         consumed                SEND_OK
        partition-from-the-producer             m1       unknown       consumed                RemotingTooMuchRequestException: sendDefaultImpl call timeout
        partition-from-the-slave                m1       acked         consumed                SEND_OK
                                                m2       acked-unsure  consumed                FLUSH_SLAVE_TIMEOUT
                                                m3       acked         consumed                SEND_OK
        power-loss-async-flush                  m1–m3    acked         lost (store)            SEND_OK
        power-loss-sync-flush                   m1–m3    acked         consumed                SEND_OK
        read-from-the-slave                     m1       acked         consumed                SEND_OK
        resend-after-timeout                    m1       acked         consumed × 2            RemotingTooMuchRequestException: sendDefaultImpl call timeout, then SEND_OK
        retry-after-lost-connection             m1       acked         consumed × 2            SEND_OK
        retry-another-broker                    m1       acked         consumed × 2            SEND_OK
        send-flush-disk-timeout                 m1       acked-unsure  consumed                FLUSH_DISK_TIMEOUT
        send-flush-slave-timeout                m1       acked-unsure  consumed                FLUSH_SLAVE_TIMEOUT
        send-flush-slave-timeout-49             m1       acked-unsure  consumed                FLUSH_SLAVE_TIMEOUT
        send-ok                                 m1       acked         consumed                SEND_OK
        send-slave-not-available                m1       acked-unsure  consumed                SLAVE_NOT_AVAILABLE
        slave-lag-destroyed-disk                m1–m3    acked         lost (store)            SEND_OK
        sync-master-default                     m1       acked         lost (store)            SEND_OK
    "#]].assert_eq(&table);
}

#[test]
fn every_status_and_every_class_of_exception_is_reached() {
    let mut statuses = BTreeSet::new();
    let mut classes = BTreeSet::new();
    for (_, text) in FILES {
        for outcome in told(&lab::finished(lab::scenario(text)))
            .into_values()
            .flatten()
        {
            match outcome {
                SendOutcome::Result { status, .. } => drop(statuses.insert(status)),
                SendOutcome::Exception(exception) => drop(classes.insert(exception.class())),
                SendOutcome::Nothing => {}
            }
        }
    }
    assert_eq!(statuses, SendStatus::ALL.iter().copied().collect());
    assert_eq!(classes, ExceptionClass::ALL.iter().copied().collect());
}

/// What listeners returned, delivery by delivery, in the files that are about them; a status in a file's name is among it.
#[test]
fn every_consume_status_is_shown_by_the_file_that_says_so() {
    let mut rows = Vec::new();
    let mut shown = BTreeSet::new();
    for (name, text) in FILES {
        if !(name.starts_with("consume-") || name.starts_with("orderly-")) {
            continue;
        }
        let run = lab::finished(lab::scenario(text));
        let returned = returned(&run);
        if let Some(promised) = promised_result(name) {
            assert!(
                returned
                    .values()
                    .flatten()
                    .any(|(_, result)| *result == Some(promised)),
                "{name} does not come to {}",
                promised.word()
            );
            shown.insert(promised);
        }
        for (n, (message, calls)) in returned.into_iter().enumerate() {
            let calls: Vec<String> = calls
                .into_iter()
                .map(|(at, result)| {
                    let result = result.map_or("never", ConsumeResult::word);
                    format!("{at} {result}")
                })
                .collect();
            let name = if n == 0 { *name } else { "" };
            rows.push([name.to_owned(), message.to_string(), calls.join(", ")]);
        }
    }
    assert_eq!(shown, ConsumeResult::ALL.iter().copied().collect());
    let table = draw::table(["file", "message", "its listeners returned"], &rows);
    expect![[r#"
        file                                    message  its listeners returned
        consume-ack-index                       m1       2510 CONSUME_SUCCESS
                                                m2       2510 CONSUME_SUCCESS, 22516 CONSUME_SUCCESS
                                                m3       2510 CONSUME_SUCCESS, 22516 CONSUME_SUCCESS
        consume-both-killed                     m1       3 CONSUME_SUCCESS
                                                m2       5 CONSUME_SUCCESS, 23512 CONSUME_SUCCESS
                                                m3       5 CONSUME_SUCCESS, 23512 CONSUME_SUCCESS
        consume-broadcast-failure               m1       3 RECONSUME_LATER
        consume-crash-before-commit             m1       3 CONSUME_SUCCESS
                                                m2       5 CONSUME_SUCCESS, 6512 CONSUME_SUCCESS
                                                m3       5 CONSUME_SUCCESS, 6512 CONSUME_SUCCESS
        consume-dead-letter                     m1       3 throw, 18218 throw
        consume-dead-letter-at-once             m1       3 RECONSUME_LATER
        consume-different-subscriptions         m1       3 CONSUME_SUCCESS
                                                m3       23 CONSUME_SUCCESS
        consume-from-first-offset               m4       4522 CONSUME_SUCCESS
                                                m5       4522 CONSUME_SUCCESS
                                                m6       5003 CONSUME_SUCCESS
        consume-from-last-offset                m6       5003 CONSUME_SUCCESS
        consume-hang                            m1       3 hang, 126802 CONSUME_SUCCESS
                                                m2       5 CONSUME_SUCCESS
        consume-null                            m1       3 null, 18218 CONSUME_SUCCESS
        consume-rebalance-in-flight             m1       3 CONSUME_SUCCESS
                                                m2       13 CONSUME_SUCCESS, 2508 CONSUME_SUCCESS
                                                m3       23 CONSUME_SUCCESS
                                                m4       33 CONSUME_SUCCESS, 2508 CONSUME_SUCCESS
        consume-reconsume-later                 m1       3 RECONSUME_LATER, 18218 CONSUME_SUCCESS
        consume-send-back-answer-lost           m1       20003 RECONSUME_LATER, 30202 CONSUME_SUCCESS, 35202 CONSUME_SUCCESS
        consume-send-back-fails                 m1       3 RECONSUME_LATER, 5111 RECONSUME_LATER, 10219 CONSUME_SUCCESS
        consume-success                         m1       3 CONSUME_SUCCESS
        consume-throw                           m1       3 throw, 18218 CONSUME_SUCCESS
        orderly-commit                          m1       3 SUCCESS
                                                m2       5 COMMIT
                                                m3       5 SUCCESS, 58800 SUCCESS
        orderly-dead-letter                     m1       3 SUSPEND_CURRENT_QUEUE_A_MOMENT, 1003 SUSPEND_CURRENT_QUEUE_A_MOMENT, 2003 SUSPEND_CURRENT_QUEUE_A_MOMENT
                                                m2       2005.05 SUCCESS
        orderly-rollback                        m1       3 ROLLBACK, 1003 COMMIT
        orderly-rollback-auto-commit            m1       3 ROLLBACK
                                                m2       5 SUCCESS
        orderly-success                         m1       3 SUCCESS
                                                m2       5 SUCCESS
        orderly-suspend-current-queue-a-moment  m1       3 SUSPEND_CURRENT_QUEUE_A_MOMENT, 1003 SUSPEND_CURRENT_QUEUE_A_MOMENT, 2003 SUCCESS
                                                m2       2003 SUCCESS
        orderly-take-over                       m1       3 SUCCESS
                                                m2       5 SUCCESS, 58856 SUCCESS
                                                m3       58856 SUCCESS
    "#]].assert_eq(&table);
}

/// Which of the ways to lose a message or to consume it twice each file shows.
#[test]
fn every_loss_and_every_repetition_says_why() {
    let mut rows = Vec::new();
    for (name, text) in FILES {
        let run = lab::finished(lab::scenario(text));
        let told = |id| {
            let event: &Event = &run.events()[usize::try_from(id).unwrap()];
            format!(
                "{} of {} at {}",
                event.kind.name().word(),
                run.names().node(event.node),
                event.at
            )
        };
        let mut first = *name;
        for entry in run.ledger().iter() {
            let lost = entry
                .lost_by
                .map(|lost| (lost.rule.word(), String::new(), told(lost.event.0)));
            let again = entry.again.iter().map(|again| {
                let by = again.by.map_or(String::new(), |by| told(by.0));
                (again.rule.word(), told(again.event.0), by)
            });
            for (rule, what, by) in lost.into_iter().chain(again) {
                rows.push([
                    std::mem::take(&mut first).to_owned(),
                    entry.message.to_string(),
                    rule.to_owned(),
                    what,
                    by,
                ]);
            }
        }
    }
    let table = draw::table(["file", "message", "why", "given again", "by"], &rows);
    expect![[r#"
        file                                    message  why                    given again                by
        consume-ack-index                       m2       sent-back              delivered of c1 at 22516   consumed of c1 at 2510
                                                m3       sent-back              delivered of c1 at 22516   consumed of c1 at 2510
        consume-both-killed                     m2       offset-file-stale      delivered of c1 at 23512   node-down of broker-a/0 at 7000
                                                m3       offset-file-stale      delivered of c1 at 23512   node-down of broker-a/0 at 7000
        consume-broadcast-failure               m1       broadcast-failure                                 consumed of c1 at 3
        consume-crash-before-commit             m2       crash-before-commit    delivered of c1 at 6512    node-down of c1 at 2000
                                                m3       crash-before-commit    delivered of c1 at 6512    node-down of c1 at 2000
        consume-dead-letter                     m1       sent-back              delivered of c1 at 18218   consumed of c1 at 3
        consume-different-subscriptions         m2       other-subscription                                offset-committed of broker-a/0 at 20002
                                                m4       other-subscription                                offset-committed of broker-a/0 at 20002
        consume-from-first-offset               m1       expired                                           deleted of broker-a/0 at 1000
                                                m2       expired                                           deleted of broker-a/0 at 1100
                                                m3       expired                                           deleted of broker-a/0 at 1200
        consume-from-last-offset                m1       expired                                           deleted of broker-a/0 at 1000
                                                m2       expired                                           deleted of broker-a/0 at 1100
                                                m3       expired                                           deleted of broker-a/0 at 1200
                                                m4       started-behind                                    offset-committed of broker-a/0 at 12001
                                                m5       started-behind                                    offset-committed of broker-a/0 at 12001
        consume-hang                            m1       consume-timeout        delivered of c1 at 126802  sent-back of c1 at 116700
        consume-null                            m1       sent-back              delivered of c1 at 18218   consumed of c1 at 3
        consume-rebalance-in-flight             m2       rebalance              delivered of c2 at 2508    rebalanced of c2 at 2006
                                                m4       rebalance              delivered of c2 at 2508    rebalanced of c2 at 2006
        consume-reconsume-later                 m1       sent-back              delivered of c1 at 18218   consumed of c1 at 3
        consume-send-back-answer-lost           m1       sent-back              delivered of c1 at 30202   consumed of c1 at 20103
                                                m1       send-back-answer-lost  delivered of c1 at 35202   sent-back of c1 at 25105
        consume-send-back-fails                 m1       local-retry            delivered of c1 at 5111    consumed of c1 at 103
                                                m1       local-retry            delivered of c1 at 10219   consumed of c1 at 5211
        consume-throw                           m1       sent-back              delivered of c1 at 18218   consumed of c1 at 3
        controller-acknowledged-by-one          m1       disk-destroyed                                    disk-changed of broker-a/0 at 22000
        controller-failover-loses-the-tail      m2       election                                          elected of namesrv/0 at 2003.05
        controller-old-master-cuts-its-tail     m2       election                                          role-changed of broker-a/0 at 25002
        controller-unclean-election             m1       election                                          elected of namesrv/0 at 30001
        copy-never-served                       m1       slave-never-served                                node-down of broker-a/0 at 4.05
        crash-before-append                     m1       call-failed                                       send-returned of p1 at 5
        crash-transient-pool                    m2       transient-pool                                    node-down of broker-a/0 at 3.1
        destroy-disk-async-flush                m1       disk-destroyed                                    disk-changed of broker-a/0 at 100
                                                m2       disk-destroyed                                    disk-changed of broker-a/0 at 100
                                                m3       disk-destroyed                                    disk-changed of broker-a/0 at 100
        destroy-disk-sync-flush                 m1       disk-destroyed                                    disk-changed of broker-a/0 at 100
                                                m2       disk-destroyed                                    disk-changed of broker-a/0 at 100
                                                m3       disk-destroyed                                    disk-changed of broker-a/0 at 100
        exception-10002-timeout                 m1       call-failed                                       send-returned of p1 at 3001
        exception-10002-timeout-49              m1       call-failed                                       send-returned of p1 at 3001
        exception-async-no-time-left            m1       call-failed                                       send-returned of p1 at 4950
        exception-async-wait-response-timeout   m1       call-failed                                       send-returned of p1 at 4700
        exception-call-timeout                  m1       call-failed                                       send-returned of p1 at 3001
        exception-queue-timeout                 m1       call-failed                                       send-returned of p1 at 3001
        fsync-error-swallowed                   m1       fsync-error-swallowed                             node-down of broker-a/0 at 100
        get-message-was-removing                m1       expired                                           deleted of broker-a/0 at 50000
                                                m2       expired                                           deleted of broker-a/0 at 50100
                                                m3       expired                                           deleted of broker-a/0 at 50200
        get-message-was-removing-49             m1       expired                                           deleted of broker-a/0 at 1000
                                                m2       expired                                           deleted of broker-a/0 at 1100
                                                m3       expired                                           deleted of broker-a/0 at 1200
        get-offset-reset                        m2       offset-reset           delivered of c1 at 20509   pulled of broker-a/0 at 20000
                                                m3       offset-reset           delivered of c1 at 20509   pulled of broker-a/0 at 20000
        get-offset-too-small                    m2       expired                                           deleted of broker-a/0 at 14100
                                                m3       expired                                           deleted of broker-a/0 at 14200
        offsets-skipped                         m4       offsets-reused                                    dispatched of broker-a/0 at 25004
                                                m5       offsets-reused                                    dispatched of broker-a/0 at 25012
        offsets-used-again                      m1       async-flush                                       node-down of broker-a/0 at 100
                                                m2       async-flush                                       node-down of broker-a/0 at 100
        oneway-dead-broker                      m1       oneway                                            send-returned of p1 at 100
        orderly-commit                          m3       crash-before-commit    delivered of c1 at 58800   node-down of c1 at 7000
        orderly-dead-letter                     m1       suspended              delivered of c1 at 1003    consumed of c1 at 3
                                                m1       suspended              delivered of c1 at 2003    consumed of c1 at 1003
        orderly-rollback                        m1       rolled-back            delivered of c1 at 1003    consumed of c1 at 3
        orderly-rollback-auto-commit            m1       rollback-acknowledged                             offset-committed of broker-a/0 at 6
        orderly-suspend-current-queue-a-moment  m1       suspended              delivered of c1 at 1003    consumed of c1 at 3
                                                m1       suspended              delivered of c1 at 2003    consumed of c1 at 1003
        orderly-take-over                       m2       crash-before-commit    delivered of c2 at 58856   node-down of c1 at 2000
        power-loss-async-flush                  m1       async-flush                                       node-down of broker-a/0 at 100
                                                m2       async-flush                                       node-down of broker-a/0 at 100
                                                m3       async-flush                                       node-down of broker-a/0 at 100
        resend-after-timeout                    m1       application-resend     delivered of c1 at 3005    request-sent of p1 at 3002
        retry-after-lost-connection             m1       producer-retry         delivered of c1 at 4012    request-sent of p1 at 0
        retry-another-broker                    m1       retry-another-broker   delivered of c1 at 2002    request-sent of p1 at 1
        slave-lag-destroyed-disk                m1       slave-never-served                                disk-changed of broker-a/0 at 50
                                                m2       disk-destroyed                                    disk-changed of broker-a/0 at 50
                                                m3       disk-destroyed                                    disk-changed of broker-a/0 at 50
        sync-master-default                     m1       disk-destroyed                                    disk-changed of broker-a/0 at 2.05
    "#]].assert_eq(&table);
}

/// When each message was shown to a listener, and what came of it.
fn returned(run: &Run) -> BTreeMap<MessageId, Vec<(SimTime, Option<ConsumeResult>)>> {
    let mut returned: BTreeMap<MessageId, Vec<(SimTime, Option<ConsumeResult>)>> = BTreeMap::new();
    let mut open = BTreeMap::new();
    for event in run.events() {
        match &event.kind {
            EventKind::Delivered {
                record, delivery, ..
            } => {
                if let Some(message) = record.message {
                    let calls = returned.entry(message).or_default();
                    open.insert((event.node, *delivery), calls.len());
                    calls.push((event.at, None));
                }
            }
            EventKind::Consumed {
                message,
                delivery,
                result,
                ..
            } => {
                let at = open[&(event.node, *delivery)];
                returned.get_mut(message).unwrap()[at].1 = Some(*result);
            }
            _ => {}
        }
    }
    // A listener that hangs never says so: the rule does.
    for step in &run.scenario().script {
        if let Do::ConsumeResult(rule) = &step.action
            && rule.result == ConsumeResult::Hang
        {
            let mut waiting = returned.values_mut().flatten();
            if let Some((_, result)) = waiting.find(|(_, result)| result.is_none()) {
                *result = Some(ConsumeResult::Hang);
            }
        }
    }
    returned
}

/// `consume-success` promises CONSUME_SUCCESS, `orderly-rollback` a ROLLBACK; other names promise in words.
fn promised_result(name: &str) -> Option<ConsumeResult> {
    let whole = name.to_uppercase().replace('-', "_");
    let (_, rest) = whole.split_once('_')?;
    ConsumeResult::ALL.iter().copied().find(|result| {
        let word = result.word().to_uppercase();
        whole == word || rest == word
    })
}

/// Also those that other tests are about.
#[test]
fn every_file_has_a_title_in_both_languages_and_no_network_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/scenarios");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let scenario = lab::scenario(&fs::read_to_string(&path).unwrap());
        let title = &scenario.title;
        assert!(
            !title.en.is_empty() && !title.zh.is_empty(),
            "{}",
            path.display()
        );
        let usual = Network {
            latency: Span::from_millis(1),
            jitter: Span::ZERO,
        };
        assert_eq!(scenario.network, usual, "{}", path.display());
    }
}

/// Every outcome that each message's application was told, in order.
fn told(run: &Run) -> BTreeMap<MessageId, Vec<SendOutcome>> {
    let mut told: BTreeMap<MessageId, Vec<SendOutcome>> = BTreeMap::new();
    for event in run.events() {
        if let EventKind::SendReturned { message, outcome } = &event.kind {
            told.entry(*message).or_default().push(outcome.clone());
        }
    }
    told
}

/// `send-flush-disk-timeout` promises FLUSH_DISK_TIMEOUT, `exception-10001-connect` a 10001; other names promise in words.
fn promised(name: &str) -> Option<String> {
    if let Some(status) = name.strip_prefix("send-") {
        let word = status.to_uppercase().replace('-', "_");
        let status = SendStatus::ALL
            .iter()
            .find(|status| word.starts_with(status.word()))?;
        return Some(status.word().to_owned());
    }
    let code = name.strip_prefix("exception-")?;
    let code = code
        .strip_prefix("minus-")
        .map_or(code.to_owned(), |code| format!("-{code}"));
    let digits = code
        .trim_start_matches('-')
        .split('-')
        .next()
        .unwrap_or_default();
    let sign = if code.starts_with('-') { "-" } else { "" };
    let number: i32 = format!("{sign}{digits}").parse().ok()?;
    Some(number.to_string())
}

/// The word or the number that a file's name can promise.
fn word(outcome: &SendOutcome) -> Option<String> {
    match outcome {
        SendOutcome::Result { status, .. } => Some(status.word().to_owned()),
        SendOutcome::Exception(exception) => exception.code().map(|code| code.to_string()),
        SendOutcome::Nothing => None,
    }
}

/// Messages, what was told of them, promise and fate; messages in a row that fared alike share one.
fn summary(run: &Run, told: &BTreeMap<MessageId, Vec<SendOutcome>>) -> Vec<[String; 4]> {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for entry in run.ledger().iter() {
        let said = told.get(&entry.message).into_iter().flatten();
        let said: Vec<String> = said.map(|outcome| lab::told(run, outcome)).collect();
        let by = entry
            .lost_by
            .map_or(String::new(), |by| format!(" ({})", by.stage.word()));
        let times = if entry.consumed > 1 {
            format!(" × {}", entry.consumed)
        } else {
            String::new()
        };
        let fate = format!("{}{times}{by}", entry.fate.word());
        let row = [
            entry.message.to_string(),
            said.join(", then "),
            entry.promise.word().to_owned(),
            fate,
        ];
        match rows.last_mut() {
            Some(last) if last[1..] == row[1..] => {
                let first = last[0].split('–').next().unwrap_or_default().to_owned();
                last[0] = format!("{first}–{}", row[0]);
            }
            _ => rows.push(row),
        }
    }
    rows
}
