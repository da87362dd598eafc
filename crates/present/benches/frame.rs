//! What a page asks for with every event of a long run: the cursor moved, and the frame. Prints a table, gates nothing.
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
use loss_lab_present::frame::{Choices, Depths, project};
use loss_lab_present::index::Index;
use loss_lab_present::settings::Settings;
use loss_lab_present::stage::stage;
use loss_lab_present::statuses::{Collection, statuses};
use loss_lab_present::story::StoryId;
use loss_lab_present::timeline::timeline;
use loss_lab_present::world::World;

const SEEKS: u32 = 200;

/// So many messages, one a millisecond, all of them consumed.
fn run(messages: u32) -> Run {
    let text = format!(
        r#"{{ "format": "loss-lab/1", "brokers": [ {{ "name": "broker-a", "slaves": [ {{}} ] }} ], "consumers": [ {{ "name": "c1" }} ],
        "script": [ {{ "at": 0, "do": "send", "count": {messages}, "everyMs": 1 }} ] }}"#
    );
    let mut run = Run::new(file_v1::parse(&text).expect("a scenario").scenario);
    while !run.at_rest() && run.step() {}
    run
}

fn choices(run: &Run) -> Choices {
    let (settings, _) = Settings::of(run.scenario().clone());
    Choices::first(settings, StoryId::File)
}

/// The time that 95 of 100 stay under.
fn p95(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all.get(all.len() * 95 / 100).copied().unwrap_or_default()
}

fn main() {
    println!(
        "messages     events  each at p95, µs:    seek     view   ledger    stage  timeline  statuses  whole frame"
    );
    for messages in [50, 2_000, 10_000] {
        let mut run = run(messages);
        let index = Index::of(run.known_events());
        let choices = choices(&run);
        let steps = run.position();
        let mut random = 1_u64;
        let mut times: [Vec<Duration>; 7] = Default::default();
        for _ in 0..SEEKS {
            random = random * 48_271 % 2_147_483_647;
            let to = u32::try_from(random % u64::from(steps)).expect("a step");
            let mut at = 0;
            let mut clock = |what: &mut dyn FnMut()| {
                let start = Instant::now();
                what();
                let column = times.get_mut(at).expect("a column");
                column.push(start.elapsed());
                at += 1;
            };
            clock(&mut || run.seek(to));
            let view = run.cluster().view();
            clock(&mut || {
                black_box(run.cluster().view());
            });
            clock(&mut || {
                black_box(run.ledger());
            });
            let ledger = run.ledger();
            let world = World::of(&run, &index, &view, &ledger);
            clock(&mut || {
                black_box(stage(&world));
            });
            clock(&mut || {
                black_box(timeline(&world, run.known_events(), None));
            });
            clock(&mut || {
                black_box(statuses(&world, Collection::default()));
            });
            clock(&mut || {
                black_box(project(&run, &index, &choices, None, Some(&Depths::ALL)));
            });
        }
        let [seek, view, ledger, stage, timeline, statuses, frame] =
            times.map(|one| p95(one).as_micros());
        println!(
            "{messages:>8}  {:>9}                   {seek:>8} {view:>8} {ledger:>8} {stage:>8} {timeline:>9} {statuses:>9} {frame:>12}",
            run.known_events().len(),
        );
    }
}
