//! What became of every message, as a table.

use crate::event::{Event, Place};
use crate::ids::{EventId, MessageId};
use crate::ledger::{Entry, LostBy, Redelivery};
use crate::trace::Story;

use super::labels::labels;
use super::table::table;

const HEADS: [&str; 7] = [
    "message",
    "promise",
    "fate",
    "delivered",
    "consumed",
    "verdict",
    "copies, and what took or threatens them",
];

const AGAIN_HEADS: [&str; 6] = ["again", "at", "to", "after", "why", "by"];

/// One row per message; messages in a row that fared alike share one. Then one row per delivery that was not the first.
#[must_use]
pub fn ledger(story: &Story<'_>) -> String {
    let mut rows: Vec<(Vec<MessageId>, [String; 6])> = Vec::new();
    for entry in &story.ledger {
        let cells = cells(story, entry);
        match rows.last_mut() {
            Some((messages, same)) if *same == cells => messages.push(entry.message),
            Some(_) | None => rows.push((vec![entry.message], cells)),
        }
    }
    let rows = rows.into_iter().map(
        |(messages, [promise, fate, delivered, consumed, verdict, rest])| {
            [
                labels(&messages),
                promise,
                fate,
                delivered,
                consumed,
                verdict,
                rest,
            ]
        },
    );
    let mut text = table(HEADS, &rows.collect::<Vec<_>>());
    let again: Vec<[String; 6]> = story
        .ledger
        .iter()
        .flat_map(|entry| {
            let again = entry.again.iter();
            again.map(|again| repeated(story, entry.message, again))
        })
        .collect();
    if !again.is_empty() {
        text.push('\n');
        text += &table(AGAIN_HEADS, &again);
    }
    text
}

/// One delivery that was not the first.
fn repeated(story: &Story<'_>, message: MessageId, again: &Redelivery) -> [String; 6] {
    let at = |id| {
        found(story, id).map_or((String::new(), String::new()), |event| {
            (
                event.at.to_string(),
                story.names.node(event.node).to_owned(),
            )
        })
    };
    let (now, to) = at(again.event);
    let (before, of) = at(again.earlier);
    [
        message.to_string(),
        now,
        to,
        format!("{before} to {of}"),
        again.rule.word().to_owned(),
        again.by.map_or(String::new(), |by| named(story, by)),
    ]
}

fn found<'a>(story: &'a Story<'_>, id: EventId) -> Option<&'a Event> {
    story
        .events
        .binary_search_by_key(&id, |event| event.id)
        .ok()
        .and_then(|at| story.events.get(at))
}

/// An event in words.
fn named(story: &Story<'_>, id: EventId) -> String {
    found(story, id).map_or(String::new(), |event| {
        format!(
            "{} of {} at {}",
            event.kind.name().word(),
            story.names.node(event.node),
            event.at
        )
    })
}

fn cells(story: &Story<'_>, entry: &Entry) -> [String; 6] {
    let copies = entry.copies.iter().map(|copy| {
        let place = match copy.place {
            Place::Heap => "heap",
            Place::PageCache => "page cache",
            Place::Disk => "disk",
        };
        let never = if copy.served { "" } else { ", never served" };
        format!("{} ({place}{never})", story.names.node(copy.node))
    });
    let mut rest = vec![copies.collect::<Vec<_>>().join(", ")];
    let took = |lost: LostBy| {
        format!(
            "✗ {}: {}, by {}",
            lost.stage.word(),
            lost.rule.word(),
            named(story, lost.event)
        )
    };
    if entry.groups.is_empty() {
        rest.extend(entry.lost_by.map(took));
    }
    rest.extend(entry.groups.iter().map(|of| {
        let fate = of.lost_by.map_or(of.fate.word().to_owned(), took);
        format!("{} {fate}", story.names.group(of.group))
    }));
    if !entry.exposed_to.is_empty() {
        let words = entry
            .exposed_to
            .iter()
            .map(|exposure| exposure.word())
            .collect::<Vec<_>>()
            .join(", ");
        rest.push(format!("exposed to {words}"));
    }
    rest.retain(|part| !part.is_empty());
    [
        entry.promise.word().to_owned(),
        entry.fate.word().to_owned(),
        entry.delivered.to_string(),
        entry.consumed.to_string(),
        entry.verdict.word().to_owned(),
        rest.join("; "),
    ]
}
