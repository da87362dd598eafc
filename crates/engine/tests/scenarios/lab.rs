//! What every story here needs: a scenario from a few words, its run, and its picture.

use expect_test::Expect;
use loss_lab_engine::draw;
use loss_lab_engine::event::{EventKind, SendOutcome};
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::scenario::file_v1;
use loss_lab_engine::trace::Story;

use crate::causes;

/// The scenario of a whole file.
pub fn scenario(text: &str) -> Scenario {
    match file_v1::parse(text) {
        Ok(checked) => {
            assert!(
                checked.warnings.is_empty(),
                "{:#?}\n{text}",
                checked.warnings
            );
            checked.scenario
        }
        Err(problems) => panic!("{problems:#?}\n{text}"),
    }
}

/// The file that `fields` are the interesting ones of. Unless they say otherwise there is one topic `T` with one queue, and
/// nobody consumes: a picture shows what a test is about.
pub fn file(fields: &str) -> String {
    let mut text = String::from(r#"{ "format": "loss-lab/1", "#);
    for (field, otherwise) in [
        ("topics", r#"[ { "name": "T", "queues": 1 } ]"#),
        ("consumers", "[]"),
    ] {
        if !fields.contains(&format!("\"{field}\":")) {
            text += &format!("\"{field}\": {otherwise}, ");
        }
    }
    text + fields + " }"
}

/// A run to its end. Whatever its ledger names as a cause has happened.
pub fn finished(scenario: Scenario) -> Run {
    let mut run = Run::new(scenario);
    run.finish();
    assert_eq!(causes::missing(&run), None);
    run
}

/// The run of the file that `fields` stand for.
pub fn run(fields: &str) -> Run {
    finished(scenario(&file(fields)))
}

/// The picture of a story: lanes, then ledger.
pub fn check(fields: &str, picture: Expect) {
    picture.assert_eq(&draw::picture(&Story::of(&run(fields))));
}

/// Every send of a story in one row: when it was called, when it returned and how, and where each attempt went.
pub fn check_sends(fields: &str, sends: Expect) {
    sends.assert_eq(&self::sends(&run(fields)));
}

fn sends(run: &Run) -> String {
    let names = run.names();
    let mut rows: Vec<[String; 5]> = Vec::new();
    for event in run.events() {
        let row = event
            .kind
            .message()
            .and_then(|message| rows.iter().rposition(|row| row[0] == message.to_string()));
        match (&event.kind, row) {
            (EventKind::SendCalled { message, .. }, _) => rows.push([
                message.to_string(),
                event.at.to_string(),
                String::from("…"),
                String::from("waits"),
                String::new(),
            ]),
            (EventKind::RequestSent { broker, queue, .. }, Some(row)) => {
                let space = if rows[row][4].is_empty() { "" } else { " " };
                rows[row][4] += &format!("{space}{}:{}", names.broker(*broker), queue.0);
            }
            (EventKind::SendReturned { outcome, .. }, Some(row)) => {
                rows[row][2] = event.at.to_string();
                rows[row][3] = told(run, outcome);
            }
            _ => {}
        }
    }
    draw::table(["message", "called", "returned", "with", "sent to"], &rows)
}

/// What an application was told: a status, or class, code and first line of an exception.
pub fn told(run: &Run, outcome: &SendOutcome) -> String {
    match outcome {
        SendOutcome::Result { status, .. } => status.word().to_owned(),
        SendOutcome::Nothing => "nothing".to_owned(),
        SendOutcome::Exception(exception) => {
            let text = exception.message(run.names(), run.scenario().profile);
            let code = exception
                .code()
                .map_or(String::new(), |code| format!(" {code}"));
            format!(
                "{}{code}: {}",
                exception.class().word(),
                text.lines().next().unwrap_or_default()
            )
        }
    }
}
