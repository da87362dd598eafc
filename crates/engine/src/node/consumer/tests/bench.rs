//! Tells what consumers lived through, one line per event.

use std::fmt::Write as _;

use expect_test::Expect;

use crate::event::{Event, EventKind};
use crate::names::Names;
use crate::run::Run;
use crate::scenario::file_v1;

/// One scenario: `cluster` are the file's own fields but for format, profile and script.
pub(super) fn check(profile: &str, cluster: &str, script: &str, until: u32, expect: &Expect) {
    expect.assert_eq(&told(profile, cluster, script, until));
}

/// The same without what lines with one of these words tell: a long story has a pull every few seconds.
pub(super) fn check_without(
    words: &[&str],
    (profile, cluster): (&str, &str),
    script: &str,
    until: u32,
    expect: &Expect,
) {
    let told = told(profile, cluster, script, until);
    let kept = told
        .lines()
        .filter(|line| !words.iter().any(|word| line.contains(word)));
    expect.assert_eq(&kept.fold(String::new(), |text, line| text + line + "\n"));
}

fn told(profile: &str, cluster: &str, script: &str, until: u32) -> String {
    let text = format!(
        r#"{{ "format": "loss-lab/1", "profile": "{profile}", {cluster}, "script": [{script}], "until": {until} }}"#
    );
    let checked = file_v1::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
    let mut run = Run::new(checked.scenario);
    run.finish();
    let mut told = String::new();
    for event in run.events() {
        if let Some(line) = line(run.names(), event) {
            // The node comes first: a right-aligned first column would be indentation, which `expect!` takes away.
            let _ = writeln!(
                told,
                "{:<10} {:>9}  {line}",
                run.names().node(event.node),
                event.at.to_string()
            );
        }
    }
    told
}

/// One topic with one queue, one producer, one consumer.
pub(super) const PLAIN: &str = r#""topics": [{ "name": "Orders", "queues": 1 }],
    "producers": [{ "name": "p1", "group": "PG", "conf": { "sendMsgTimeout": 10000 } }],
    "brokers": [{ "name": "broker-a", "conf": {} }],
    "consumers": [{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "concurrently" }]"#;

/// The same with other consumers.
pub(super) fn with_consumers(consumers: &str) -> String {
    let (rest, _) = PLAIN
        .split_once(r#""consumers""#)
        .expect("a plain cluster has consumers");
    format!(r#"{rest}"consumers": [{consumers}]"#)
}

fn line(names: &Names, event: &Event) -> Option<String> {
    Some(match &event.kind {
        EventKind::Delivered {
            record,
            reconsume_times,
            delivery,
            ..
        } => {
            let label = record
                .message
                .map(|message| message.to_string())
                .unwrap_or_default();
            format!(
                "gets {label} from {}/{}:{}, rc {reconsume_times} (#{delivery})",
                names.topic(record.topic),
                record.queue.0,
                record.queue_offset
            )
        }
        EventKind::Consumed {
            message,
            delivery,
            result,
            succeeded,
            kept,
            ..
        } => {
            let kept = if *kept { "" } else { ", thrown away" };
            let good = if *succeeded { "done" } else { "not done" };
            format!(
                "{} for {message} (#{delivery}): {good}{kept}",
                result.word()
            )
        }
        EventKind::SentBack {
            message,
            reconsume_times,
            ..
        } => format!("sends {message} back, rc {reconsume_times}"),
        EventKind::Rebalanced { topic, queues, .. } => {
            format!("owns {queues} of {}", names.topic(*topic))
        }
        EventKind::RetryStored {
            record,
            reconsume_times,
            ..
        } => {
            format!(
                "stores a retry of {}, rc {reconsume_times}",
                record
                    .message
                    .map(|message| message.to_string())
                    .unwrap_or_default()
            )
        }
        EventKind::DeadLettered {
            record,
            reconsume_times,
            ..
        } => {
            format!(
                "stores {} as dead letter, rc {reconsume_times}",
                record
                    .message
                    .map(|message| message.to_string())
                    .unwrap_or_default()
            )
        }
        EventKind::OffsetCommitted {
            topic,
            queue,
            offset,
            ..
        } => format!("knows {}/{} at {offset}", names.topic(*topic), queue.0),
        EventKind::LockGranted {
            topic,
            queue,
            client,
            ..
        } => format!(
            "locks {}/{} for {}",
            names.topic(*topic),
            queue.0,
            names.node(*client)
        ),
        EventKind::Pulled {
            topic,
            queue,
            offset,
            status,
            count,
            consumer,
            ..
        } => {
            format!(
                "{} pulls {}/{} at {offset}: {} {count}",
                names.node(*consumer),
                names.topic(*topic),
                queue.0,
                status.word()
            )
        }
        EventKind::NodeDown { .. } => "is down".to_owned(),
        EventKind::NodeUp => "is up".to_owned(),
        EventKind::SendCalled { .. }
        | EventKind::RequestSent { .. }
        | EventKind::Appended { .. }
        | EventKind::Committed { .. }
        | EventKind::Flushed { .. }
        | EventKind::Replicated { .. }
        | EventKind::Replied { .. }
        | EventKind::AttemptEnded { .. }
        | EventKind::SendReturned { .. }
        | EventKind::Dispatched { .. }
        | EventKind::OffsetPersisted
        | EventKind::LocalTransaction { .. }
        | EventKind::CheckedBack { .. }
        | EventKind::HalfStored { .. }
        | EventKind::Truncated { .. }
        | EventKind::Deleted { .. }
        | EventKind::LinkDown { .. }
        | EventKind::LinkUp { .. }
        | EventKind::RouteChanged { .. }
        | EventKind::Elected { .. }
        | EventKind::SyncStateSetChanged { .. }
        | EventKind::RoleChanged { .. }
        | EventKind::Paused
        | EventKind::Resumed
        | EventKind::DiskChanged { .. }
        | EventKind::Lost { .. } => return None,
    })
}
