//! What became of every message, as a table.

use crate::event::Place;
use crate::ids::MessageId;
use crate::ledger::Entry;
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

/// One row per message; messages in a row that fared alike share one.
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
    table(HEADS, &rows.collect::<Vec<_>>())
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
    if let Some(lost) = entry.lost_by {
        let event = story
            .events
            .binary_search_by_key(&lost.event, |event| event.id)
            .ok()
            .and_then(|at| story.events.get(at));
        let event = event.map_or(String::new(), |event| {
            format!(
                " by {} of {} at {}",
                event.kind.name().word(),
                story.names.node(event.node),
                event.at
            )
        });
        rest.push(format!("✗ {}{event}", lost.stage.word()));
    }
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
