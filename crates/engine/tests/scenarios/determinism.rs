//! Same scenario and seed, same run: twice, in wasm, by any way of getting there, and after going back.

use expect_test::expect_file;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::Fate;
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::{Do, Scenario};
use loss_lab_engine::trace::Trace;
use loss_lab_engine::units::SimTime;

use crate::{lab, suite};

/// `tests/wasm.rs` compares with the same file.
#[test]
fn every_run_is_as_it_was_blessed() {
    let lines = suite::runs()
        .into_iter()
        .map(|(name, scenario)| suite::line(&name, scenario));
    expect_file!["../expected/traces.txt"].assert_eq(&lines.collect::<String>());
}

#[test]
fn every_run_is_the_same_twice() {
    for (name, scenario) in suite::runs() {
        let first = Trace::of(&lab::finished(scenario.clone())).to_json();
        let second = Trace::of(&lab::finished(scenario)).to_json();
        assert!(first == second, "{name}");
    }
}

/// A story with some of everything, short enough to be looked at from everywhere.
fn eventful() -> Scenario {
    let mut scenario = lab::scenario(&lab::file(
        r#"
            "seed": 3, "network": { "latencyMs": 1, "jitterMs": 1 },
            "brokers": [ { "conf": { "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2, "flushDiskType": "SYNC_FLUSH" }, "slaves": [ {} ] }, { "name": "broker-b" } ],
            "consumers": [ {} ],
            "script": [
                { "at": 0, "do": "send", "count": 20, "everyMs": 50 },
                { "at": 200, "do": "pause", "node": "broker-a/1" },
                { "at": 300, "do": "crash", "node": "broker-b/0" },
                { "at": 400, "do": "resume", "node": "broker-a/1" },
                { "at": 500, "do": "restart", "node": "broker-b/0" },
                { "at": 700, "do": "partition", "between": ["p1", "broker-a/0"] },
                { "at": 900, "do": "heal", "between": ["p1", "broker-a/0"] }
            ],
            "until": 4000
        "#,
    ));
    scenario.title.en = String::from("eventful");
    scenario
}

/// What there is to see at one position.
#[derive(PartialEq, Eq, Debug)]
struct Seen {
    position: u32,
    now: SimTime,
    events: usize,
    fingerprint: u64,
    next_at: Option<SimTime>,
}

fn seen(run: &Run) -> Seen {
    Seen {
        position: run.position(),
        now: run.now(),
        events: run.events().len(),
        fingerprint: run.cluster().fingerprint(),
        next_at: run.next_at(),
    }
}

/// What there is to see at every position.
fn stepped(scenario: Scenario) -> Vec<Seen> {
    let mut run = Run::new(scenario);
    let mut all = vec![seen(&run)];
    while run.step() {
        all.push(seen(&run));
    }
    all
}

#[test]
fn seeking_to_a_step_is_stepping_there() {
    let all = stepped(eventful());
    let mut run = lab::finished(eventful());
    let last = all.len() - 1;
    // Backwards, then by leaps that visit every position once.
    let backwards = (0..=last).rev();
    let leaps = (0..=last).map(|n| n * 7_919 % (last + 1));
    for position in backwards.chain(leaps) {
        run.seek(u32::try_from(position).unwrap());
        assert_eq!(seen(&run), all[position]);
    }
}

#[test]
fn looking_ahead_leaves_everything_as_it_is_and_going_there_is_stepping_there() {
    let all = stepped(eventful());
    let mut run = Run::new(eventful());
    let mut stale = None;
    while usize::try_from(run.position()).unwrap() + 1 < all.len() {
        let (before, known) = (seen(&run), run.known_events().len());
        let to = run.position() + 5;
        let (ahead, found) = run.look_ahead(|run| run.position() >= to);
        assert_eq!((seen(&run), run.known_events().len()), (before, known));
        run.go(ahead);
        assert_eq!(found, run.position() == to);
        assert_eq!(seen(&run), all[usize::try_from(run.position()).unwrap()]);
        let (ahead, _) = run.look_ahead(|_| true);
        // From another place it leads nowhere.
        if let Some(stale) = stale.replace(ahead) {
            run.go(stale);
            assert_eq!(seen(&run), all[usize::try_from(run.position()).unwrap()]);
        }
    }
    assert!(Trace::of(&run).to_json() == Trace::of(&lab::finished(eventful())).to_json());
}

#[test]
fn seeking_to_an_event_shows_it_as_the_latest() {
    let mut run = lab::finished(eventful());
    let events: Vec<_> = run.known_events().iter().map(|event| event.id).collect();
    for event in events.into_iter().rev() {
        run.seek_event(event);
        assert!(run.events().iter().any(|seen| seen.id == event));
        run.seek(run.position() - 1);
        assert!(run.events().iter().all(|seen| seen.id != event));
    }
}

#[test]
fn seeking_to_an_instant_is_running_there() {
    for millis in [0, 1, 333, 700, 2_000, 3_999] {
        let at = SimTime::from_millis(millis);
        let mut there = Run::new(eventful());
        there.advance_to(at);
        let mut back = lab::finished(eventful());
        back.seek_time(at);
        assert_eq!(there.now(), at);
        assert_eq!(back.now(), at, "{millis}");
        assert_eq!(back.ledger(), there.ledger(), "{millis}");
    }
}

#[test]
fn a_fork_is_the_run_in_which_it_was_always_so() {
    let crash = Do::Crash(String::from("broker-a/0"));
    let mut forked = lab::finished(eventful());
    let unforked = Trace::of(&forked).to_json();
    let half = forked.position() / 2;

    let mut straight = Run::new(eventful());
    while straight.position() < half {
        assert!(straight.step());
    }
    straight.obey(&crash).unwrap();
    straight.finish();

    forked.seek(half);
    forked.obey(&crash).unwrap();
    forked.finish();
    let story = Trace::of(&forked).to_json();
    assert!(story != unforked);
    assert!(story == Trace::of(&straight).to_json());

    // Going back and coming again passes the fork once more.
    forked.seek(10);
    forked.finish();
    assert!(Trace::of(&forked).to_json() == story);
    let end = forked.position();
    for position in [half + 1, half, half - 1, end] {
        forked.seek(position);
        straight.seek(position);
        assert_eq!(seen(&forked), seen(&straight));
    }
}

#[test]
fn a_command_that_does_not_fit_changes_nothing() {
    let mut run = lab::finished(eventful());
    run.seek_time(SimTime::from_millis(450));
    let before = seen(&run);
    let known = run.known_events().len();
    assert!(run.obey(&Do::Resume(String::from("broker-a/0"))).is_err());
    assert!(run.obey(&Do::Resume(String::from("broker-b/0"))).is_err());
    assert!(run.obey(&Do::Crash(String::from("broker-z/0"))).is_err());
    assert_eq!(seen(&run), before);
    assert_eq!(run.known_events().len(), known);
}

#[test]
fn what_would_be_lost_is_what_is_lost() {
    let mut run = Run::new(lab::scenario(&lab::file(
        r#""script": [ { "at": 0, "do": "send" }, { "at": 12000, "do": "send", "count": 2 } ]"#,
    )));
    run.advance_to(SimTime::from_millis(13_000));
    let before = seen(&run);
    let power_loss = Do::PowerLoss(String::from("broker-a/0"));
    let would = run.would_lose(&power_loss);
    assert_eq!(seen(&run), before);
    run.obey(&power_loss).unwrap();
    let ledger = run.ledger();
    let lost = ledger.iter().filter(|entry| entry.fate == Fate::Lost);
    let lost: Vec<_> = lost.map(|entry| entry.message).collect();
    assert_eq!(would, lost);
    assert_eq!(lost, [MessageId(2), MessageId(3)]);
}
