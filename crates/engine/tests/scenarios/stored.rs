//! A story as a list of what happened to records: for rules of the store that lanes would hide in a long picture.

use expect_test::Expect;
use loss_lab_engine::event::{EventKind, SendOutcome};
use loss_lab_engine::run::Run;
use loss_lab_engine::status::{PullStatus, SendStatus};

use crate::lab;

/// What is appended, asked, delivered, deleted and lost, every call that does not end with SEND_OK and every pull that is not as
/// usual; then the ledger's word on every message.
pub fn check(fields: &str, story: Expect) {
    let run = lab::run(fields);
    let mut text = String::new();
    for event in run.events() {
        if let Some(line) = line(&run, &event.kind) {
            let node = run.names().node(event.node);
            text += &format!("{:>9}  {node}: {line}\n", event.at.to_string());
        }
    }
    for entry in run.ledger().iter() {
        text += &format!(
            "{}: {}, {}, {}, consumed {}\n",
            entry.message,
            entry.promise.word(),
            entry.fate.word(),
            entry.verdict.word(),
            entry.consumed,
        );
    }
    story.assert_eq(&text);
}

fn line(run: &Run, event: &EventKind) -> Option<String> {
    let names = run.names();
    match event {
        EventKind::Appended { record, .. } => {
            let topic = names.topic(record.topic);
            let own = || String::from("RocketMQ's own");
            let message = record
                .message
                .map_or_else(own, |message| message.to_string());
            let (queue, offset) = (record.queue.0, record.queue_offset.get());
            Some(format!("{topic}/{queue}:{offset} is {message}"))
        }
        EventKind::LocalTransaction { message, state } => {
            Some(format!("{message} local {}", state.word()))
        }
        EventKind::CheckedBack { message, state } => {
            Some(format!("{message} checked {}", state.word()))
        }
        EventKind::Delivered { record, .. } => {
            record.message.map(|message| format!("gets {message}"))
        }
        EventKind::SendReturned { message, outcome } => match outcome {
            SendOutcome::Result {
                status: SendStatus::SendOk,
                ..
            } => None,
            _ => Some(format!("{message} {}", lab::told(run, outcome))),
        },
        EventKind::Pulled {
            status,
            offset,
            next_begin_offset,
            pull_status,
            ..
        } => {
            let usual = matches!(pull_status, Some(PullStatus::Found | PullStatus::NoNewMsg));
            (!usual).then(|| format!("{} at {offset}, go to {next_begin_offset}", status.word()))
        }
        EventKind::Lost { message, stage, .. } => {
            Some(format!("{message} lost ({})", stage.word()))
        }
        EventKind::Deleted { before, records } => Some(format!(
            "files before {} deleted, {records} records",
            before.get()
        )),
        EventKind::Truncated { records, .. } => Some(format!("log cut, {records} records")),
        EventKind::NodeDown { .. } => Some(String::from("down")),
        EventKind::NodeUp => Some(String::from("up")),
        _ => None,
    }
}
