//! How a person looks at the ledger: in which order, which verdicts, and which stretch of it.

use litemap::LiteMap;
use loss_lab_engine::ledger::Entry;

use crate::ledger::Judgement;

/// So many rows are drawn at once.
pub const ROWS: usize = 20;

/// One look at the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Book {
    /// What it is sorted by.
    pub sort: Sort,
    /// Only those of this [`group`].
    pub only: Option<Judgement>,
    /// How many rows have been turned over.
    pub from: usize,
}

/// What comes first in the ledger. What is equal stands newest first.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs, reason = "each is what comes first")]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    Gravest,
    MostDelivered,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 4] = [
        Self::Newest,
        Self::Oldest,
        Self::Gravest,
        Self::MostDelivered,
    ];

    /// Its name in a list.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Gravest => "gravest",
            Self::MostDelivered => "most-delivered",
        }
    }

    /// The order with this name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.word() == word)
    }

    fn rank(self, entry: &Entry, judgement: Judgement) -> u32 {
        match self {
            Self::Newest | Self::Oldest => 0,
            Self::Gravest => gravity(judgement),
            Self::MostDelivered => entry.delivered,
        }
    }
}

/// Another look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// In this order.
    Sort(Sort),
    /// Only this verdict; the same again: all.
    Only(Judgement),
    /// From this row on.
    From(usize),
}

impl Book {
    /// Turns to another look.
    pub fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Sort(sort) => {
                self.sort = sort;
                self.from = 0;
            }
            Turn::Only(judgement) => {
                self.only = (self.only != Some(judgement)).then_some(judgement);
                self.from = 0;
            }
            Turn::From(row) => self.from = row,
        }
    }

    /// How many rows stand before those that are shown, these, and how many stand after them. `all` is the oldest first.
    pub(crate) fn open<'a>(
        &self,
        all: &[(&'a Entry, Judgement)],
    ) -> (usize, Vec<(&'a Entry, Judgement)>, usize) {
        // The ranks are few, so rows are dealt out to them; a sort would have to be built for the page.
        let mut ranks: LiteMap<u32, Vec<usize>> = LiteMap::new();
        for (index, (entry, judgement)) in all.iter().enumerate() {
            if self.only.is_none_or(|only| only == group(*judgement)) {
                let rank = self.sort.rank(entry, *judgement);
                ranks.entry(rank).or_default().push(index);
            }
        }
        let mut ranked: Vec<usize> = ranks.values().flatten().copied().collect();
        if self.sort != Sort::Oldest {
            ranked.reverse();
        }
        // When rows have gone, as after going back in time, the last stretch is shown.
        let from = self.from.min(ranked.len().saturating_sub(1) / ROWS * ROWS);
        let shown: Vec<_> = ranked
            .iter()
            .skip(from)
            .take(ROWS)
            .filter_map(|index| all.get(*index).copied())
            .collect();
        let after = ranked.len() - from - shown.len();
        (from, shown, after)
    }
}

/// The judgements that are counted together, by the first of them.
#[must_use]
pub const fn group(judgement: Judgement) -> Judgement {
    match judgement {
        Judgement::Pending | Judgement::Safe => Judgement::Pending,
        Judgement::Lost | Judgement::LostPromiseBroken => Judgement::Lost,
        Judgement::Consumed | Judgement::ConsumedOnRetry => Judgement::Consumed,
        Judgement::AtRisk | Judgement::Duplicated | Judgement::DeadLetter | Judgement::Refused => {
            judgement
        }
    }
}

const fn gravity(judgement: Judgement) -> u32 {
    match judgement {
        Judgement::LostPromiseBroken => 9,
        Judgement::Lost => 8,
        Judgement::DeadLetter => 7,
        Judgement::Duplicated => 6,
        Judgement::AtRisk => 5,
        Judgement::Refused => 4,
        Judgement::Pending => 3,
        Judgement::Safe => 2,
        Judgement::ConsumedOnRetry => 1,
        Judgement::Consumed => 0,
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::event::Trigger;
    use loss_lab_engine::run::Run;
    use loss_lab_engine::scenario::{Do, Step};
    use loss_lab_engine::status::SendMode;
    use loss_lab_engine::units::SimTime;

    use crate::ledger::{self, Ledger};
    use crate::story;
    use crate::world::World;

    use super::*;
    use crate::index::Index;

    /// So many messages that are consumed, and one that is lost in both brokers' page caches.
    fn run(consumed: u32) -> Run {
        let step = |at, action| Step {
            trigger: Trigger::At(SimTime::from_millis(at)),
            action,
        };
        let script = vec![
            step(0, story::send(consumed, SendMode::Sync)),
            step(60_000, Do::Crash("c1".to_owned())),
            step(60_001, story::send(1, SendMode::Sync)),
            step(60_020, Do::PowerLoss("broker-a/0".to_owned())),
            step(60_020, Do::PowerLoss("broker-a/1".to_owned())),
        ];
        story::played(script)
    }

    fn look(run: &Run, turns: &[Turn]) -> Ledger {
        let mut book = Book::default();
        for turn in turns {
            book.turn(*turn);
        }
        let view = run.cluster().view();
        let ledger = run.ledger();
        let index = Index::of(run.known_events());
        let world = World::of(run, &index, &view, &ledger);
        ledger::ledger(&world, &book)
    }

    fn messages(ledger: &Ledger) -> Vec<u32> {
        let rows = ledger.rows.iter();
        rows.map(|row| row.glyph.message.0).collect()
    }

    #[test]
    fn what_comes_first_is_chosen_and_equals_stand_newest_first() {
        let run = run(3);
        let sorted = |sort| messages(&look(&run, &[Turn::Sort(sort)]));
        assert_eq!(sorted(Sort::Newest), [4, 3, 2, 1]);
        assert_eq!(sorted(Sort::Oldest), [1, 2, 3, 4]);
        assert_eq!(sorted(Sort::Gravest), [4, 3, 2, 1]);
        assert_eq!(sorted(Sort::MostDelivered), [3, 2, 1, 4]);
    }

    #[test]
    fn a_verdict_alone_is_shown_and_asked_for_again_all_are() {
        let run = run(3);
        let lost = Turn::Only(Judgement::Lost);
        assert_eq!(messages(&look(&run, &[lost])), [4]);
        assert_eq!(messages(&look(&run, &[lost, lost])).len(), 4);
        // The sums are of all messages, whatever is shown.
        assert_eq!(look(&run, &[lost]).tally.consumed, 3);
    }

    #[test]
    fn every_row_is_reached_by_turning_on() {
        let run = run(119);
        let mut seen = Vec::new();
        let mut from = 0;
        loop {
            let page = look(&run, &[Turn::From(from)]);
            assert!(page.rows.len() <= ROWS);
            assert_eq!(page.before, from);
            seen.extend(messages(&page));
            from += page.rows.len();
            if page.after == 0 {
                break;
            }
        }
        assert_eq!(seen, (1..=120).rev().collect::<Vec<_>>());
        // Beyond the end is the last page.
        assert_eq!(look(&run, &[Turn::From(9_000)]).before, 100);
    }

    #[test]
    fn of_ten_thousand_messages_one_page_is_opened() {
        let ledger = run(3).ledger();
        let all: Vec<_> = ledger
            .iter()
            .cycle()
            .take(10_000)
            .map(|entry| (entry, Judgement::Consumed))
            .collect();
        for sort in Sort::ALL {
            let book = Book {
                sort,
                from: 4_000,
                ..Book::default()
            };
            let (before, shown, after) = book.open(&all);
            assert_eq!((before, shown.len(), after), (4_000, ROWS, 6_000 - ROWS));
        }
    }
}
