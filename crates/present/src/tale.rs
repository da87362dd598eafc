//! What is told at length: a message's story, or the causes of an event, one by one.
//!
//! What is known to come is told, too.

use loss_lab_engine::event::{Event, EventKind};
use loss_lab_engine::ids::{EventId, MessageId};
use loss_lab_engine::ledger::Loss;
use loss_lab_engine::units::SimTime;

use crate::ledger::{self, Repeat};
use crate::narration::{self, Line};
use crate::world::World;

/// A chain of causes is followed no further.
const CAUSES: usize = 40;

/// A list of lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tale {
    /// What it is about.
    pub about: About,
    /// What it says.
    pub entries: Vec<Entry>,
}

/// What a tale is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum About {
    /// A message, from its first event to its last.
    Message(MessageId),
    /// An event and its causes, the event first.
    Causes,
}

/// One line of a tale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What happened, where and when.
    pub line: Line,
    /// It is known to come, after the cursor.
    pub ahead: bool,
    /// Another event that is told has led to it.
    pub has_cause: bool,
    /// A delivery that was not the first to its group: why it came again.
    pub again: Option<Repeat>,
    /// A loss: the rule behind it.
    pub lost: Option<Loss>,
}

/// Why `asked` happened, or else the story of the lit message. `known` reaches beyond the cursor.
#[must_use]
pub fn tale(
    world: &World<'_>,
    known: &[Event],
    asked: Option<EventId>,
    picked: Option<MessageId>,
) -> Option<Tale> {
    let whole = World {
        events: known,
        ..*world
    };
    let (about, events) = match (asked, picked) {
        (Some(event), _) => (About::Causes, causes(&whole, event)),
        (None, Some(message)) => (About::Message(message), story(&whole, message)),
        (None, None) => return None,
    };
    let entries: Vec<Entry> = events
        .into_iter()
        .filter_map(|event| {
            Some(Entry {
                line: narration::line(&whole, event)?,
                ahead: event.id.index() >= world.events.len(),
                has_cause: cause(&whole, event).is_some(),
                again: again(&whole, event),
                lost: lost(&whole, event),
            })
        })
        .collect();
    (!entries.is_empty()).then_some(Tale { about, entries })
}

/// The nearest cause that is told.
fn cause<'a>(world: &World<'a>, event: &Event) -> Option<&'a Event> {
    let mut cause = event.cause;
    while let Some(event) = cause.and_then(|id| world.event(id)) {
        if event.at >= SimTime::ZERO && narration::is_told(event) {
            return Some(event);
        }
        cause = event.cause;
    }
    None
}

/// What the ledger, which is that of the cursor, says of a delivery.
fn again(world: &World<'_>, event: &Event) -> Option<Repeat> {
    let entry = world.entry(event.kind.message()?)?;
    let again = entry.again.iter().find(|again| again.event == event.id)?;
    ledger::repeat(world, again)
}

fn lost(world: &World<'_>, event: &Event) -> Option<Loss> {
    if !matches!(event.kind, EventKind::Lost { .. }) {
        return None;
    }
    let entry = world.entry(event.kind.message()?)?;
    entry.lost_by.map(|by| by.rule)
}

fn causes<'a>(world: &World<'a>, event: EventId) -> Vec<&'a Event> {
    let first = world.event(event);
    std::iter::successors(first, |event| cause(world, event))
        .take(CAUSES)
        .collect()
}

fn story<'a>(world: &World<'a>, message: MessageId) -> Vec<&'a Event> {
    let mut events: Vec<&Event> = Vec::new();
    for event in world.happened(world.index.of_message(message)) {
        // What took it is no event of its own, and belongs to its story.
        if let EventKind::Lost { .. } = event.kind
            && let Some(taker) = cause(world, event)
            && events.iter().all(|other| other.id != taker.id)
        {
            events.push(taker);
        }
        events.push(event);
    }
    events
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::{Expect, expect};
    use loss_lab_engine::event::Trigger;
    use loss_lab_engine::run::Run;
    use loss_lab_engine::scenario::{Do, Step};
    use loss_lab_engine::status::SendMode;

    use crate::story;

    use super::*;
    use crate::index::Index;

    /// One message; its master loses power as soon as it has it.
    fn lost() -> Run {
        let step = |at, action| Step {
            trigger: Trigger::At(SimTime::from_millis(at)),
            action,
        };
        let script = vec![
            step(0, Do::Crash("c1".to_owned())),
            step(1, story::send(1, SendMode::Sync)),
            step(20, Do::PowerLoss("broker-a/0".to_owned())),
            step(20, Do::PowerLoss("broker-a/1".to_owned())),
        ];
        story::played(script)
    }

    fn told(run: &Run, asked: Option<EventId>) -> Option<Tale> {
        let view = run.cluster().view();
        let ledger = run.ledger();
        let index = Index::of(run.known_events());
        let world = World::of(run, &index, &view, &ledger);
        tale(&world, run.known_events(), asked, Some(MessageId(1)))
    }

    fn check(tale: &Tale, expected: &Expect) {
        let mut text = String::new();
        for entry in &tale.entries {
            let Line {
                at, key, values, ..
            } = &entry.line;
            let ahead = if entry.ahead { " (ahead)" } else { "" };
            let cause = if entry.has_cause { " <-" } else { "" };
            writeln!(text, "{at} {} {key:?}{ahead}{cause}", values.node).unwrap();
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn a_message_has_a_story_from_its_call_to_its_end_with_what_took_it() {
        let tale = told(&lost(), None).unwrap();
        assert_eq!(tale.about, About::Message(MessageId(1)));
        check(
            &tale,
            &expect![[r#"
                1 p1 SendCalled
                1 p1 RequestSent <-
                2 broker-a/0 Cached <-
                2.05 broker-a/0 Replied <-
                3.05 p1 Told <-
                4 broker-a/1 Replicated <-
                20 broker-a/0 PowerCut
                20 broker-a/0 Lost <-
            "#]],
        );
    }

    #[test]
    fn an_answer_is_walked_back_to_the_call() {
        let run = lost();
        let tale = told(&run, None).unwrap();
        let answer = tale
            .entries
            .iter()
            .find(|entry| entry.line.key == narration::Key::Told)
            .unwrap();
        let causes = told(&run, Some(answer.line.event)).unwrap();
        assert_eq!(causes.about, About::Causes);
        check(
            &causes,
            &expect![[r#"
            3.05 p1 Told <-
            2.05 broker-a/0 Replied <-
            2 broker-a/0 Cached <-
            1 p1 RequestSent <-
            1 p1 SendCalled
        "#]],
        );
    }

    #[test]
    fn what_is_known_to_come_is_told_as_such() {
        let mut run = lost();
        let all = told(&run, None).unwrap().entries.len();
        run.seek_time(SimTime::from_millis(5));
        let tale = told(&run, None).unwrap();
        assert_eq!(tale.entries.len(), all);
        let ahead = |entry: &Entry| entry.ahead;
        assert!(!tale.entries.first().is_some_and(ahead));
        assert!(tale.entries.last().is_some_and(ahead));
    }
}
