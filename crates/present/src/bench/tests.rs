//! Forms and the door.

use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::file_v1::{self, Checked};
use loss_lab_engine::status::Profile;

use super::*;
use crate::settings::Settings;

/// Every action of the scenario format.
const ACTIONS: [&str; 24] = [
    "send",
    "crash",
    "power-loss",
    "destroy-disk",
    "stop",
    "restart",
    "pause",
    "resume",
    "stall-disk",
    "release-disk",
    "fail-disk",
    "fill-disk",
    "expire-files",
    "partition",
    "heal",
    "drop",
    "set-link",
    "consume-result",
    "process-time",
    "start-consumer",
    "stop-consumer",
    "pull",
    "reset-offset",
    "set-conf",
];

fn cluster() -> Scenario {
    Settings::defaults(Profile::V5_3).scenario(Vec::new())
}

fn as_drawn(scenario: &Scenario, bench: &Bench) -> Filled {
    let sheet = sheet(scenario, bench).unwrap();
    let lines = sheet.lines.into_iter().chain(sheet.when);
    lines
        .map(|line| (line.name.to_owned(), line.value))
        .collect()
}

fn lay(who: &str, what: &'static str) -> Bench {
    Bench {
        who: who.to_owned(),
        what,
    }
}

fn stepped(scenario: &Scenario, bench: &Bench, filled: &Filled) -> Result<Checked, Refusal> {
    let run = Run::new(scenario.clone());
    step(
        scenario,
        bench,
        filled,
        SimTime::from_micros(12_345),
        (run.events(), run.names()),
    )
}

fn set(filled: &mut Filled, name: &str, value: &str) {
    for (have, old) in filled.iter_mut() {
        if have == name {
            value.clone_into(old);
        }
    }
}

#[test]
fn every_action_of_the_format_has_a_form_whose_own_values_the_door_takes() {
    let scenario = cluster();
    let whose = ["p1", "c1", "broker-a/0", "broker-a/1", "namesrv/0"];
    for action in ACTIONS {
        let owners: Vec<_> = whose
            .into_iter()
            .filter(|who| {
                let sheet = sheet(&scenario, &lay(who, action)).unwrap();
                sheet.form.word == action
            })
            .collect();
        assert!(!owners.is_empty(), "{action}");
        for who in owners {
            let bench = lay(who, action);
            let mut filled = as_drawn(&scenario, &bench);
            set(&mut filled, "conf", "enableElectUncleanMaster=true");
            if who != "namesrv/0" {
                set(&mut filled, "conf", "flushDiskType = SYNC_FLUSH");
            }
            let checked = stepped(&scenario, &bench, &filled);
            let checked = checked.unwrap_or_else(|why| panic!("{who} {action}: {why:?}"));
            assert_eq!(checked.scenario.script.len(), 1, "{action}");
        }
    }
}

#[test]
fn a_form_says_the_same_as_a_file() {
    use loss_lab_engine::scenario::Do;
    let scenario = cluster();
    let bench = lay("p1", "send");
    let mut filled = as_drawn(&scenario, &bench);
    for (name, value) in [
        ("count", "2"),
        ("tag", "A"),
        ("delayLevel", "3"),
        ("local", "UNKNOW"),
        ("check", "UNKNOW"),
        ("checkAgain", "COMMIT_MESSAGE"),
    ] {
        set(&mut filled, name, value);
    }
    let checked = stepped(&scenario, &bench, &filled).unwrap();
    let Some(Do::Send(send)) = checked.scenario.script.last().map(|step| &step.action) else {
        panic!("{checked:?}");
    };
    assert_eq!((send.count, send.delay_level), (2, 3));
    let transaction = send.transaction.as_ref().unwrap();
    assert_eq!(transaction.check.len(), 2);
    set(&mut filled, "queue", "1");
    assert!(stepped(&scenario, &bench, &filled).is_err());
}

#[test]
fn what_is_no_number_and_what_the_door_refuses_changes_nothing() {
    let scenario = cluster();
    let bench = lay("p1", "send");
    let mut filled = as_drawn(&scenario, &bench);
    set(&mut filled, "count", "many");
    assert_eq!(
        stepped(&scenario, &bench, &filled),
        Err(Refusal::NotANumber("count".to_owned()))
    );
    set(&mut filled, "count", "0");
    let Err(Refusal::Problems(problems)) = stepped(&scenario, &bench, &filled) else {
        panic!("it was taken");
    };
    assert_eq!(problems[0].path, "script[0].count");
}

#[test]
fn nodes_come_and_go_with_what_was_done_to_them() {
    let mut scenario = cluster();
    for (who, what) in [
        ("", "add-producer"),
        ("", "add-consumer"),
        ("", "add-broker"),
        ("broker-b/0", "add-slave"),
        ("", "add-topic"),
    ] {
        let bench = lay(who, what);
        let filled = as_drawn(&scenario, &bench);
        let (checked, gone) = build(&scenario, &bench, &filled).unwrap();
        assert_eq!(gone, [] as [usize; 0]);
        scenario = checked.scenario;
    }
    let crash = stepped(&scenario, &lay("p2", "crash"), &Vec::new()).unwrap();
    let send = lay("p1", "send");
    let both = as_drawn(&crash.scenario, &send);
    let both = stepped(&crash.scenario, &send, &both).unwrap();
    assert_eq!(
        nodes(&both.scenario),
        [
            "p1",
            "p2",
            "broker-a/0",
            "broker-a/1",
            "broker-b/0",
            "broker-b/1",
            "c1",
            "c2",
            "namesrv/0"
        ]
    );
    let (checked, gone) = build(&both.scenario, &lay("p2", "remove"), &Vec::new()).unwrap();
    assert_eq!((gone, checked.scenario.script.len()), (vec![0], 1));
    let (checked, _) = build(&checked.scenario, &lay("broker-b/0", "remove"), &Vec::new()).unwrap();
    assert_eq!(checked.scenario.brokers.len(), 1);
    let last = build(&checked.scenario, &lay("broker-a/0", "remove"), &Vec::new());
    assert!(last.is_err(), "no cluster without a broker");
}

#[test]
fn what_stands_is_said_and_can_be_said_anew() {
    let scenario = cluster();
    for (who, what) in [
        ("c1", "change-consumer"),
        ("p1", "change-producer"),
        ("", "world"),
    ] {
        let bench = lay(who, what);
        let mut filled = as_drawn(&scenario, &bench);
        let (same, _) = build(&scenario, &bench, &filled).unwrap();
        assert_eq!(same.scenario, scenario, "{what}");
        set(&mut filled, "listener", "orderly");
        set(&mut filled, "resend", "2");
        set(&mut filled, "latencyMs", "2.5");
        let (other, _) = build(&scenario, &bench, &filled).unwrap();
        assert_ne!(other.scenario, scenario, "{what}");
    }
}

#[test]
fn a_trigger_waits_for_what_comes_not_for_what_was() {
    let mut scenario = cluster();
    let send = lay("p1", "send");
    let filled = as_drawn(&scenario, &send);
    scenario = stepped(&scenario, &send, &filled).unwrap().scenario;
    let mut run = Run::new(scenario.clone());
    run.advance_to(SimTime::from_millis(100));
    let mut filled = vec![("event".to_owned(), "appended".to_owned())];
    filled.push(("afterNode".to_owned(), "broker-a/0".to_owned()));
    let seen = (run.events(), run.names());
    let crash = lay("broker-a/0", "crash");
    let checked = step(&scenario, &crash, &filled, run.now(), seen).unwrap();
    let text = file_v1::write(&checked.scenario);
    assert!(
        text.contains("\"nth\": 2") || text.contains("\"nth\":2"),
        "{text}"
    );
}
