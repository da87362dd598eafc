//! What native and wasm tests both run, and how a run is told in one line: wasm has no directory to list and nobody to bless.

use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::{Scenario, file_v1};
use loss_lab_engine::trace::Trace;
use loss_lab_engine::units::Span;

macro_rules! files {
    ($($name:literal)+) => {
        /// Every file's name, without `.json`, and its text.
        pub const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../assets/scenarios/", $name, ".json")))),+];
    };
}

files! {
    "consume-ack-index"
    "consume-both-killed"
    "consume-broadcast-failure"
    "consume-crash-before-commit"
    "consume-dead-letter"
    "consume-dead-letter-at-once"
    "consume-different-subscriptions"
    "consume-from-first-offset"
    "consume-from-last-offset"
    "consume-hang"
    "consume-null"
    "consume-rebalance-in-flight"
    "consume-reconsume-later"
    "consume-send-back-answer-lost"
    "consume-send-back-fails"
    "consume-success"
    "consume-throw"
    "controller-acknowledged-by-one"
    "controller-all-ack"
    "controller-failover-loses-the-tail"
    "controller-old-master-cuts-its-tail"
    "controller-unclean-election"
    "copy-never-served"
    "crash-async-flush"
    "crash-before-append"
    "crash-sync-flush"
    "crash-transient-pool"
    "destroy-disk-async-flush"
    "destroy-disk-sync-flush"
    "exception-1-create-mapped-file-failed"
    "exception-1-in-sync-replicas-async"
    "exception-1-in-sync-replicas-sync"
    "exception-1-queue-illegal-49"
    "exception-1-sync-state-set-too-small"
    "exception-10001-connect"
    "exception-10002-timeout"
    "exception-10002-timeout-49"
    "exception-10003-broker-not-exist"
    "exception-10005-no-route"
    "exception-10005-only-a-slave"
    "exception-13-body-empty"
    "exception-13-body-too-big"
    "exception-13-message-illegal"
    "exception-14-disk-full"
    "exception-14-disk-full-async"
    "exception-17-topic-not-exist"
    "exception-17-topic-not-exist-queue"
    "exception-2-reject-request"
    "exception-2-reject-request-49"
    "exception-2-timeout-clean-queue"
    "exception-2-transient-pool-empty"
    "exception-29-queue-illegal"
    "exception-async-connect"
    "exception-async-no-time-left"
    "exception-async-send-request"
    "exception-async-wait-response-timeout"
    "exception-call-timeout"
    "exception-call-timeout-49"
    "exception-call-timeout-slow-replicas"
    "exception-half-message"
    "exception-minus-1-send-request"
    "exception-oneway-dead-broker"
    "exception-queue-broker-not-exist"
    "exception-queue-connect"
    "exception-queue-send-request"
    "exception-queue-timeout"
    "exception-route-lookup"
    "exception-topic-blank"
    "exception-topic-forbidden"
    "exception-topic-illegal"
    "exception-topic-too-long"
    "frozen-broker-stores-after-all"
    "fsync-error-swallowed"
    "get-found"
    "get-message-was-removing"
    "get-message-was-removing-49"
    "get-no-matched-message"
    "get-no-message-in-queue"
    "get-offset-found-null"
    "get-offset-overflow-badly"
    "get-offset-overflow-badly-49"
    "get-offset-overflow-one"
    "get-offset-reset"
    "get-offset-too-small"
    "offsets-skipped"
    "offsets-used-again"
    "oneway-dead-broker"
    "orderly-commit"
    "orderly-dead-letter"
    "orderly-rollback"
    "orderly-rollback-auto-commit"
    "orderly-success"
    "orderly-suspend-current-queue-a-moment"
    "orderly-take-over"
    "partition-from-the-producer"
    "partition-from-the-slave"
    "power-loss-async-flush"
    "power-loss-sync-flush"
    "read-from-the-slave"
    "resend-after-timeout"
    "retry-after-lost-connection"
    "retry-another-broker"
    "send-flush-disk-timeout"
    "send-flush-slave-timeout"
    "send-flush-slave-timeout-49"
    "send-ok"
    "send-slave-not-available"
    "slave-lag-destroyed-disk"
    "sync-master-default"
}

/// Every file as it is, and once more with every race drawn and every packet late.
pub fn runs() -> Vec<(String, Scenario)> {
    FILES
        .iter()
        .flat_map(|(name, text)| {
            let plain = file_v1::parse(text).expect(name).scenario;
            let mut drawn = plain.clone();
            drawn.seed = 7;
            drawn.network.jitter = Span::from_millis(2);
            [
                ((*name).to_owned(), plain),
                (format!("{name}, drawn"), drawn),
            ]
        })
        .collect()
}

/// A run in one line: how much happened, and the sum of its trace's bytes.
pub fn line(name: &str, scenario: Scenario) -> String {
    let mut run = Run::new(scenario);
    run.finish();
    let trace = Trace::of(&run).to_json();
    let (events, bytes) = (run.events().len(), trace.len());
    format!(
        "{:016x} {events:5} events {bytes:7} bytes  {name}\n",
        sum(&trace)
    )
}

/// FNV-1a over 64 bits.
fn sum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
