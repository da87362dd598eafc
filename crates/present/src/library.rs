//! The scenarios that come with the page, by name: what a link, an embed and a picker can say.

use loss_lab_engine::scenario::{Scenario, file_v1};

/// One scenario that ships.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shipped {
    /// Its name: that of its file.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! shipped {
    ($($name:literal,)+) => {
        &[$( Shipped { name: $name, text: include_str!(concat!("../../../assets/scenarios/", $name, ".json")) } ),+]
    };
}

/// All of them, by name.
pub const LIBRARY: &[Shipped] = shipped![
    "consume-ack-index",
    "consume-both-killed",
    "consume-broadcast-failure",
    "consume-crash-before-commit",
    "consume-dead-letter",
    "consume-dead-letter-at-once",
    "consume-different-subscriptions",
    "consume-from-first-offset",
    "consume-from-last-offset",
    "consume-hang",
    "consume-null",
    "consume-rebalance-in-flight",
    "consume-reconsume-later",
    "consume-send-back-answer-lost",
    "consume-send-back-fails",
    "consume-success",
    "consume-throw",
    "controller-acknowledged-by-one",
    "controller-all-ack",
    "controller-failover-loses-the-tail",
    "controller-old-master-cuts-its-tail",
    "controller-unclean-election",
    "copy-never-served",
    "crash-async-flush",
    "crash-before-append",
    "crash-sync-flush",
    "crash-transient-pool",
    "destroy-disk-async-flush",
    "destroy-disk-sync-flush",
    "exception-1-create-mapped-file-failed",
    "exception-1-in-sync-replicas-async",
    "exception-1-in-sync-replicas-sync",
    "exception-1-queue-illegal-49",
    "exception-1-sync-state-set-too-small",
    "exception-10001-connect",
    "exception-10002-timeout",
    "exception-10002-timeout-49",
    "exception-10003-broker-not-exist",
    "exception-10005-no-route",
    "exception-10005-only-a-slave",
    "exception-13-body-empty",
    "exception-13-body-too-big",
    "exception-13-message-illegal",
    "exception-14-disk-full",
    "exception-14-disk-full-async",
    "exception-17-topic-not-exist",
    "exception-17-topic-not-exist-queue",
    "exception-2-reject-request",
    "exception-2-reject-request-49",
    "exception-2-timeout-clean-queue",
    "exception-2-transient-pool-empty",
    "exception-29-queue-illegal",
    "exception-async-connect",
    "exception-async-no-time-left",
    "exception-async-send-request",
    "exception-async-wait-response-timeout",
    "exception-call-timeout",
    "exception-call-timeout-49",
    "exception-call-timeout-slow-replicas",
    "exception-half-message",
    "exception-minus-1-send-request",
    "exception-oneway-dead-broker",
    "exception-queue-broker-not-exist",
    "exception-queue-connect",
    "exception-queue-send-request",
    "exception-queue-timeout",
    "exception-route-lookup",
    "exception-topic-blank",
    "exception-topic-forbidden",
    "exception-topic-illegal",
    "exception-topic-too-long",
    "frozen-broker-stores-after-all",
    "fsync-error-swallowed",
    "get-found",
    "get-message-was-removing",
    "get-message-was-removing-49",
    "get-no-matched-message",
    "get-no-message-in-queue",
    "get-offset-found-null",
    "get-offset-overflow-badly",
    "get-offset-overflow-badly-49",
    "get-offset-overflow-one",
    "get-offset-reset",
    "get-offset-too-small",
    "offsets-skipped",
    "offsets-used-again",
    "oneway-dead-broker",
    "orderly-commit",
    "orderly-dead-letter",
    "orderly-rollback",
    "orderly-rollback-auto-commit",
    "orderly-success",
    "orderly-suspend-current-queue-a-moment",
    "orderly-take-over",
    "partition-from-the-producer",
    "partition-from-the-slave",
    "power-loss-async-flush",
    "power-loss-sync-flush",
    "read-from-the-slave",
    "resend-after-timeout",
    "retry-after-lost-connection",
    "retry-another-broker",
    "send-flush-disk-timeout",
    "send-flush-slave-timeout",
    "send-flush-slave-timeout-49",
    "send-ok",
    "send-slave-not-available",
    "slave-lag-destroyed-disk",
    "sync-master-default",
];

impl Shipped {
    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        LIBRARY.iter().copied().find(|shipped| shipped.name == name)
    }

    /// What it plays.
    #[must_use]
    pub fn scenario(self) -> Option<Scenario> {
        Some(file_v1::parse(self.text).ok()?.scenario)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn everything_that_ships_is_in_the_library_and_can_be_played() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/scenarios");
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|file| Some(file.strip_suffix(".json")?.to_owned()))
            .collect();
        names.sort();
        let library: Vec<&str> = LIBRARY.iter().map(|shipped| shipped.name).collect();
        assert_eq!(library, names);
        for shipped in LIBRARY {
            assert!(shipped.scenario().is_some(), "{}", shipped.name);
        }
        assert_eq!(Shipped::named("../etc/passwd"), None);
    }
}
