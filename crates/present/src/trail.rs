//! The way through a run: what a step steps to, and the branches that changes in the past have left.

use loss_lab_engine::event::{Event, EventKind};
use loss_lab_engine::units::SimTime;

use crate::listing::Reading;
use crate::narration;

/// How one goes about in a run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Trail {
    /// What a step steps to.
    pub by: Kind,
    /// The branches, the oldest first; with one there is nothing to choose from.
    pub branches: Vec<Branch>,
    /// Which of them is on screen.
    pub current: usize,
    /// Which page of the events in words is read, if any.
    pub events: Option<Reading>,
    /// Whether there is anything to undo.
    pub can_undo: bool,
}

/// One of the ways the run has gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Branch {
    /// Its number, which it keeps.
    pub number: u32,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a branch comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It is the first.
    First,
    /// Something else was done at this instant.
    Act(SimTime),
    /// The same was done under other settings.
    Settings,
}

/// A kind of event that one can step to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Kind {
    /// Whatever is told.
    #[default]
    Any,
    /// A call of send, and each of its requests.
    Send,
    /// A record is in memory.
    Append,
    /// A record is on disk.
    Fsync,
    /// A slave has a record.
    Replication,
    /// The producer is told.
    Answer,
    /// A listener is given a message, or is done with it.
    Delivery,
    /// Something breaks, or comes back.
    Fault,
    /// A message is gone.
    Loss,
}

impl Kind {
    /// Every one, in the order of a message's way.
    pub const ALL: [Self; 9] = [
        Self::Any,
        Self::Send,
        Self::Append,
        Self::Fsync,
        Self::Replication,
        Self::Answer,
        Self::Delivery,
        Self::Fault,
        Self::Loss,
    ];

    /// The next one, as the key goes round.
    #[must_use]
    pub fn next(self) -> Self {
        let mut all = Self::ALL.into_iter().cycle();
        all.find(|kind| *kind == self);
        all.next().unwrap_or_default()
    }

    /// Its name in a list.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Send => "send",
            Self::Append => "append",
            Self::Fsync => "fsync",
            Self::Replication => "replication",
            Self::Answer => "answer",
            Self::Delivery => "delivery",
            Self::Fault => "fault",
            Self::Loss => "loss",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether an event is of this kind. What is not told is of none.
    #[must_use]
    pub fn has(self, event: &Event) -> bool {
        narration::is_told(event) && (self == Self::Any || of(&event.kind) == self)
    }
}

/// What kind a told event is; [`Kind::Any`] when it has no kind of its own.
fn of(event: &EventKind) -> Kind {
    match event {
        EventKind::SendCalled { .. } | EventKind::RequestSent { .. } => Kind::Send,
        EventKind::Appended { .. } => Kind::Append,
        EventKind::Flushed { .. } => Kind::Fsync,
        EventKind::Replicated { .. } => Kind::Replication,
        EventKind::Replied { .. }
        | EventKind::AttemptEnded { .. }
        | EventKind::SendReturned { .. } => Kind::Answer,
        EventKind::Delivered { .. } | EventKind::Consumed { .. } => Kind::Delivery,
        EventKind::NodeDown { .. }
        | EventKind::NodeUp
        | EventKind::LinkDown { .. }
        | EventKind::LinkUp { .. }
        | EventKind::Paused
        | EventKind::Resumed
        | EventKind::DiskChanged { .. } => Kind::Fault,
        EventKind::Lost { .. } => Kind::Loss,
        EventKind::Committed { .. }
        | EventKind::Dispatched { .. }
        | EventKind::Pulled { .. }
        | EventKind::SentBack { .. }
        | EventKind::RetryStored { .. }
        | EventKind::DeadLettered { .. }
        | EventKind::OffsetCommitted { .. }
        | EventKind::OffsetPersisted
        | EventKind::LockGranted { .. }
        | EventKind::Rebalanced { .. }
        | EventKind::LocalTransaction { .. }
        | EventKind::CheckedBack { .. }
        | EventKind::HalfStored { .. }
        | EventKind::Truncated { .. }
        | EventKind::Deleted { .. }
        | EventKind::RouteChanged { .. }
        | EventKind::Elected { .. }
        | EventKind::SyncStateSetChanged { .. }
        | EventKind::RoleChanged { .. } => Kind::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_round_every_kind_once() {
        let mut kind = Kind::Any;
        for expected in Kind::ALL.into_iter().skip(1).chain([Kind::Any]) {
            kind = kind.next();
            assert_eq!(kind, expected);
        }
    }

    #[test]
    fn every_kind_is_found_by_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_word(kind.word()), Some(kind));
        }
    }
}
