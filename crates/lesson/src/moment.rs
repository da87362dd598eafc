//! Moments of a run as an author writes them: `end`, `1500 ms`, `after send-returned m1`.

use loss_lab_engine::event::{Event, EventName, Pattern};
use loss_lab_engine::names::Names;
use loss_lab_engine::run::Run;
use loss_lab_engine::units::SimTime;

/// How far to play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Moment {
    /// To the scenario's end.
    End,
    /// To an instant.
    Time(SimTime),
    /// Until right after an event.
    After(Pattern),
}

impl Moment {
    /// The moment that `text` says.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let first = words.next()?;
        if first == "end" {
            return words.next().is_none().then_some(Self::End);
        }
        if first != "after" {
            let millis: u32 = first.parse().ok()?;
            let unit = words.next().unwrap_or("ms");
            return (unit == "ms" && words.next().is_none())
                .then_some(Self::Time(SimTime::from_millis(i64::from(millis))));
        }
        let mut pattern = Pattern {
            event: EventName::from_word(words.next()?)?,
            message: None,
            node: None,
            nth: 1,
        };
        for word in words {
            if let Some(message) = number_after(word, 'm') {
                pattern.message = Some(message);
            } else if let Some(nth) = number_after(word, 'x').filter(|nth| *nth > 0) {
                pattern.nth = nth;
            } else if pattern.node.is_none() {
                pattern.node = Some(word.to_owned());
            } else {
                return None;
            }
        }
        Some(Self::After(pattern))
    }

    /// Plays a run to it.
    pub(crate) fn play(&self, run: &mut Run) -> Result<(), Missed> {
        match self {
            Self::End => while run.position() < STEPS_MOST && run.step() {},
            Self::Time(at) => {
                if *at > run.scenario().until {
                    return Err(Missed::Never);
                }
                let is_due = |run: &Run| run.next_at().is_some_and(|next| next <= *at);
                while is_due(run) && run.position() < STEPS_MOST && run.step() {}
                if run.position() < STEPS_MOST {
                    run.advance_to(*at);
                }
            }
            Self::After(pattern) => after(pattern, run)?,
        }
        if run.position() < STEPS_MOST {
            Ok(())
        } else {
            Err(Missed::TooMuchHappens)
        }
    }
}

/// A lesson's run takes no more steps than these: whoever follows a link to a lesson waits for all of them.
const STEPS_MOST: u32 = 200_000;

/// Why a moment was not reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Missed {
    /// It is not in the run.
    Never,
    /// The run took [`STEPS_MOST`] steps on the way.
    TooMuchHappens,
}

/// `m12` is 12 after `m`.
pub(crate) fn number_after(word: &str, letter: char) -> Option<u32> {
    word.strip_prefix(letter)?.parse().ok()
}

/// Looks at each event once, those that have happened already too: the moment may be now.
fn after(pattern: &Pattern, run: &mut Run) -> Result<(), Missed> {
    let (mut looked, mut seen) = (0, 0);
    loop {
        let events = run.events().get(looked..).unwrap_or_default();
        looked += events.len();
        for event in events {
            if fits(pattern, run.names(), event) {
                seen += 1;
            }
        }
        if seen >= pattern.nth {
            return Ok(());
        }
        if run.position() >= STEPS_MOST {
            return Err(Missed::TooMuchHappens);
        }
        if !run.step() {
            return Err(Missed::Never);
        }
    }
}

fn fits(pattern: &Pattern, names: &Names, event: &Event) -> bool {
    event.kind.name() == pattern.event
        && pattern
            .message
            .is_none_or(|message| event.kind.message().is_some_and(|have| have.0 == message))
        && pattern
            .node
            .as_ref()
            .is_none_or(|node| names.node(event.node) == node)
}

/// As an author writes it.
impl core::fmt::Display for Moment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::End => write!(f, "end"),
            Self::Time(at) => write!(f, "{} ms", at.since(SimTime::ZERO).millis()),
            Self::After(pattern) => {
                write!(f, "after {}", pattern.event.word())?;
                if let Some(message) = pattern.message {
                    write!(f, " m{message}")?;
                }
                if let Some(node) = &pattern.node {
                    write!(f, " {node}")?;
                }
                if pattern.nth > 1 {
                    write!(f, " x{}", pattern.nth)?;
                }
                Ok(())
            }
        }
    }
}
