//! What a page asks of a long run for every frame: its ledger, a clone that looks ahead. Prints a table, gates nothing.
#![allow(
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark fails and reports as a test does, and needs a clock"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::file_v1;

const ROUNDS: u32 = 20;

/// So many messages, a few a millisecond, all of them consumed or none.
fn run(messages: u32, consumed: bool) -> Run {
    let consumers = if consumed {
        r#"[ { "name": "c1" } ]"#
    } else {
        "[]"
    };
    let text = format!(
        r#"{{ "format": "loss-lab/1", "brokers": [ {{ "name": "broker-a", "slaves": [ {{}} ] }} ], "consumers": {consumers},
        "script": [ {{ "at": 0, "do": "send", "count": {messages}, "everyMs": 1 }} ], "until": {} }}"#,
        messages + 1_000
    );
    let scenario = file_v1::parse(&text).expect("a scenario").scenario;
    let mut run = Run::new(scenario);
    run.finish();
    run
}

fn each(what: impl Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        what();
    }
    start.elapsed() / ROUNDS
}

fn main() {
    println!("messages  consumed     events  clone µs  and step µs  and ledger µs");
    for (messages, consumed) in [(50, true), (2_000, true), (10_000, true), (10_000, false)] {
        let run = run(messages, consumed);
        let mut before = run.clone();
        before.seek(run.position() - 100);
        let clone = each(|| {
            black_box(run.clone());
        });
        let step = each(|| {
            let mut ahead = before.clone();
            ahead.step();
            black_box(ahead);
        });
        let judged = each(|| {
            let mut ahead = before.clone();
            ahead.step();
            black_box(ahead.ledger());
        });
        println!(
            "{messages:>8}  {consumed:>8}  {:>9}  {:>8}  {:>11}  {:>13}",
            run.events().len(),
            clone.as_micros(),
            step.as_micros(),
            judged.as_micros()
        );
    }
}
