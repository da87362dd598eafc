//! The events in words, a page at a time: what the timeline draws, as a table. Of a run of any length all of it is in reach.

use loss_lab_engine::event::Event;

use crate::index;
use crate::narration::{self, Line};
use crate::world::World;

/// So many events are on a page.
pub const PAGE: usize = 60;

/// Which page is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// The one with the event on screen; it is turned as the run goes on.
    Here,
    /// The one with the how-manieth event, whatever is on screen.
    At(usize),
}

/// A page of events.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Listing {
    /// So many events come before those listed.
    pub before: usize,
    /// The last first.
    pub lines: Vec<Line>,
    /// So many come after them.
    pub after: usize,
    /// The number of the event on screen; what has a greater one is still to come.
    pub here: usize,
}

/// The page of `known`, which reaches beyond the cursor.
#[must_use]
pub fn listing(world: &World<'_>, known: &[Event], reading: Reading) -> Listing {
    let told = world.index.told();
    let here = index::before(told, world.events.len()).len();
    let wanted = match reading {
        Reading::Here => here,
        Reading::At(number) => number,
    };
    let before = wanted.clamp(1, told.len().max(1)).saturating_sub(1) / PAGE * PAGE;
    let whole = World {
        events: known,
        ..*world
    };
    let page = told.get(before..).unwrap_or_default().iter().take(PAGE);
    let mut lines: Vec<Line> = page
        .filter_map(|place| narration::line(&whole, known.get(*place)?))
        .collect();
    lines.reverse();
    Listing {
        before,
        after: told.len() - before - lines.len(),
        lines,
        here,
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::run::Run;
    use loss_lab_engine::status::Profile;

    use crate::story::{self, StoryId};

    use loss_lab_engine::units::SimTime;

    use super::*;
    use crate::index::Index;

    fn read(run: &Run, reading: Reading) -> Listing {
        let view = run.cluster().view();
        let index = Index::of(run.known_events());
        let world = World::of(run, &index, &view, &[]);
        listing(&world, run.known_events(), reading)
    }

    #[test]
    fn page_by_page_every_told_event_is_read_once() {
        let run = story::sent(30);
        let mut read_so_far = Vec::new();
        let mut at = 1;
        loop {
            let page = read(&run, Reading::At(at));
            assert!(page.lines.len() <= PAGE);
            read_so_far.extend(page.lines.iter().rev().map(|line| line.event));
            if page.after == 0 {
                break;
            }
            at = page.before + PAGE + 1;
        }
        let told = run.known_events().iter();
        let told = told.filter(|event| event.at >= SimTime::ZERO && narration::is_told(event));
        assert_eq!(read_so_far, told.map(|event| event.id).collect::<Vec<_>>());
        assert!(read_so_far.len() > 2 * PAGE);
    }

    #[test]
    fn the_page_follows_the_cursor_and_says_what_is_still_to_come() {
        let mut run = story::sent(30);
        let last = read(&run, Reading::Here);
        assert_eq!((last.after, last.here), (0, last.before + last.lines.len()));
        run.seek(0);
        let first = read(&run, Reading::Here);
        assert_eq!((first.before, first.here), (0, 0));
        assert_eq!(first.lines.len(), PAGE);
        assert_eq!(read(&run, Reading::At(usize::MAX)).after, 0);
    }

    #[test]
    fn of_nothing_there_is_an_empty_page() {
        let story = story::story(StoryId::Free, Profile::V5_3);
        let run = Run::new(story.settings.scenario(Vec::new()));
        assert_eq!(read(&run, Reading::Here), Listing::default());
    }
}
