//! How a new group's first consumer starts: the same scenario with many seeds, and how often which race is won (D.4, D.8).

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use loss_lab_engine::event::EventKind;
use loss_lab_engine::run::Run;
use loss_lab_engine::units::SimTime;

use crate::lab;

/// The consumer starts here.
const START: i64 = 1000;

/// How many of sixty starts come to what.
fn check_starts(profile: &str, brokers: &str, what: impl Fn(&Run) -> String, outcomes: Expect) {
    let mut count: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..60 {
        let run = lab::run(&format!(
            r#""profile": "{profile}", "seed": {seed}, "brokers": [ {brokers} ],
            "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ],
            "script": [ {{ "at": 0, "do": "send" }}, {{ "at": {START}, "do": "start-consumer", "consumer": "c1" }} ], "until": 44000"#
        ));
        *count.entry(what(&run)).or_default() += 1;
    }
    let told = count.iter().map(|(what, of)| format!("{of:>2}  {what}\n"));
    outcomes.assert_eq(&told.collect::<String>());
}

/// So long after the start, in tenths of a second.
fn after(at: SimTime) -> String {
    let tenths = (at.micros() / 1000 - START + 50) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// When the retry topic's queues became the consumer's.
fn retry_queues(run: &Run) -> String {
    let owned = run.events().iter().filter_map(|event| match &event.kind {
        EventKind::Rebalanced { topic, queues, .. }
            if run.names().topic(*topic) == "%RETRY%CG" && event.at > SimTime::ZERO =>
        {
            Some(format!("{queues} after {}", after(event.at)))
        }
        _ => None,
    });
    owned.collect::<Vec<_>>().join(", ")
}

/// When the message that was there came.
fn first_delivery(run: &Run) -> String {
    let mut events = run.events().iter();
    let first = events.find(|event| matches!(event.kind, EventKind::Delivered { .. }));
    first.map_or(String::from("never"), |event| after(event.at))
}

const ONE: &str = r#"{ "name": "broker-a" }"#;
const TWO: &str = r#"{ "name": "broker-a" }, { "name": "broker-b" }"#;

/// Its own wake-up and the broker's NOTIFY may fall into one: then the retry queue waits for the next rebalance.
#[test]
fn a_new_group_of_4_9_may_own_its_retry_queue_twenty_seconds_late() {
    check_starts(
        "4.9",
        ONE,
        retry_queues,
        expect![[r#"
        51  1 after 0.0 s
         9  1 after 20.0 s
    "#]],
    );
}

/// The question for the retry topic's route may come before the second broker has made it known: the poll of routes finds it.
#[test]
fn a_new_group_may_own_the_retry_queue_of_one_broker_alone() {
    check_starts(
        "4.9",
        TWO,
        retry_queues,
        expect![[r#"
        54  1 after 0.0 s, 2 after 40.0 s
         3  1 after 20.0 s, 2 after 40.0 s
         3  2 after 20.0 s
    "#]],
    );
    check_starts(
        "5.3",
        TWO,
        retry_queues,
        expect![[r#"
         2  1 after 21.0 s, 2 after 41.0 s
        58  2 after 21.0 s
    "#]],
    );
}

/// A pull with a version of the subscription that no broker has heard of is refused: in 4.9 once, and in 5.3 until the next heartbeat
/// gets through.
#[test]
fn a_first_pull_may_overtake_the_heartbeat() {
    check_starts(
        "4.9",
        ONE,
        first_delivery,
        expect![[r#"
        40  0.0 s
        20  1.0 s
    "#]],
    );
    check_starts(
        "5.3",
        ONE,
        first_delivery,
        expect![[r#"
        51  1.5 s
         9  21.6 s
    "#]],
    );
}
