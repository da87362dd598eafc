//! The four status machines: every value, how often it was taken, and which was taken just now.

use loss_lab_engine::event::{Event, EventKind, SendOutcome};
use loss_lab_engine::status::{ConsumeResult, GetMessageStatus, Profile, SendStatus};

use crate::index::{self, Index};
use crate::world::World;

/// A value of one of the four machines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// Of `SendStatus`.
    Send(SendStatus),
    /// Of `GetMessageStatus`.
    Get(GetMessageStatus),
    /// Of `ConsumeConcurrentlyStatus` or `ConsumeOrderlyStatus`.
    Consume(ConsumeResult),
}

impl Status {
    /// All twenty, card by card, in RocketMQ's order.
    pub const ALL: [Self; 20] = [
        Self::Send(SendStatus::SendOk),
        Self::Send(SendStatus::FlushDiskTimeout),
        Self::Send(SendStatus::FlushSlaveTimeout),
        Self::Send(SendStatus::SlaveNotAvailable),
        Self::Get(GetMessageStatus::Found),
        Self::Get(GetMessageStatus::NoMatchedMessage),
        Self::Get(GetMessageStatus::MessageWasRemoving),
        Self::Get(GetMessageStatus::OffsetFoundNull),
        Self::Get(GetMessageStatus::OffsetOverflowBadly),
        Self::Get(GetMessageStatus::OffsetOverflowOne),
        Self::Get(GetMessageStatus::OffsetTooSmall),
        Self::Get(GetMessageStatus::NoMatchedLogicQueue),
        Self::Get(GetMessageStatus::NoMessageInQueue),
        Self::Get(GetMessageStatus::OffsetReset),
        Self::Consume(ConsumeResult::ConsumeSuccess),
        Self::Consume(ConsumeResult::ReconsumeLater),
        Self::Consume(ConsumeResult::Success),
        Self::Consume(ConsumeResult::SuspendCurrentQueueAMoment),
        Self::Consume(ConsumeResult::Commit),
        Self::Consume(ConsumeResult::Rollback),
    ];

    /// RocketMQ's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Send(status) => status.word(),
            Self::Get(status) => status.word(),
            Self::Consume(result) => result.word(),
        }
    }

    /// Its machine; none for a listener that returns no status at all.
    #[must_use]
    pub const fn machine(self) -> Option<Machine> {
        match self {
            Self::Send(_) => Some(Machine::SendStatus),
            Self::Get(_) => Some(Machine::GetMessageStatus),
            Self::Consume(ConsumeResult::ConsumeSuccess | ConsumeResult::ReconsumeLater) => {
                Some(Machine::ConsumeConcurrentlyStatus)
            }
            Self::Consume(
                ConsumeResult::Success
                | ConsumeResult::SuspendCurrentQueueAMoment
                | ConsumeResult::Commit
                | ConsumeResult::Rollback,
            ) => Some(Machine::ConsumeOrderlyStatus),
            Self::Consume(ConsumeResult::Null | ConsumeResult::Throw | ConsumeResult::Hang) => None,
        }
    }

    /// Whether any broker gives it: then a scenario leads to it.
    #[must_use]
    pub fn is_given(self) -> bool {
        self != Self::Get(GetMessageStatus::NoMatchedLogicQueue)
    }

    fn tag(self, profile: Profile) -> Option<Tag> {
        match self {
            Self::Send(SendStatus::SlaveNotAvailable) if profile == Profile::V5_3 => {
                Some(Tag::Only4)
            }
            Self::Get(GetMessageStatus::OffsetReset) => Some(Tag::Only5),
            Self::Get(GetMessageStatus::NoMatchedLogicQueue) => Some(Tag::Never),
            Self::Consume(ConsumeResult::Commit | ConsumeResult::Rollback) => Some(Tag::Deprecated),
            Self::Send(_) | Self::Get(_) | Self::Consume(_) => None,
        }
    }
}

/// Which of the twenty a learner has seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Collection(u32);

impl Collection {
    /// Whether `status` is in it.
    #[must_use]
    pub fn has(self, status: Status) -> bool {
        self.0 & bit(status) != 0
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Puts in what the first `events` of a run have taken.
    pub fn add(&mut self, index: &Index, events: usize) {
        for status in Status::ALL {
            let first = index.of_status(status).first();
            if first.is_some_and(|first| *first < events) {
                self.0 |= bit(status);
            }
        }
    }

    /// As it is kept: RocketMQ's words.
    #[must_use]
    pub fn words(self) -> String {
        let words = Status::ALL.into_iter().filter(|status| self.has(*status));
        words.map(Status::word).collect::<Vec<_>>().join(" ")
    }

    /// From what was kept. Words that are none are left out.
    #[must_use]
    pub fn of_words(words: &str) -> Self {
        let kept = Status::ALL
            .into_iter()
            .filter(|status| words.split(' ').any(|word| word == status.word()));
        Self(kept.map(bit).fold(0, |all, bit| all | bit))
    }
}

fn bit(status: Status) -> u32 {
    let place = Status::ALL.iter().position(|one| *one == status);
    place.map_or(0, |place| 1 << place)
}

/// Which machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Machine {
    /// What the producer is told.
    SendStatus,
    /// What a pull finds.
    GetMessageStatus,
    /// What a concurrent listener returns.
    ConsumeConcurrentlyStatus,
    /// What an orderly listener returns.
    ConsumeOrderlyStatus,
}

impl Machine {
    /// All, in the order of the cards.
    pub const ALL: [Self; 4] = [
        Self::SendStatus,
        Self::GetMessageStatus,
        Self::ConsumeConcurrentlyStatus,
        Self::ConsumeOrderlyStatus,
    ];

    /// RocketMQ's name of the enum.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendStatus => "SendStatus",
            Self::GetMessageStatus => "GetMessageStatus",
            Self::ConsumeConcurrentlyStatus => "ConsumeConcurrentlyStatus",
            Self::ConsumeOrderlyStatus => "ConsumeOrderlyStatus",
        }
    }
}

/// One card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// Which machine.
    pub machine: Machine,
    /// Its values, in RocketMQ's order.
    pub values: Vec<Value>,
}

/// One value of a machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value {
    /// Which.
    pub status: Status,
    /// A remark beside it.
    pub tag: Option<Tag>,
    /// How often it was taken in this run.
    pub count: u32,
    /// Whether the event on screen took it.
    pub now: bool,
    /// Whether this learner has ever seen it.
    pub seen: bool,
    /// Whether a scenario leads to it.
    pub can_show: bool,
}

/// A remark beside a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tag {
    /// Only 4.9 gives it.
    Only4,
    /// Only 5.x gives it.
    Only5,
    /// Deprecated.
    Deprecated,
    /// No broker gives it.
    Never,
}

/// The cards, and how many values have been seen of how many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statuses {
    /// In order.
    pub cards: Vec<Card>,
    /// Values that the learner has seen.
    pub seen: usize,
    /// All values.
    pub all: usize,
}

/// The cards of `world`, for a learner who has seen `collection`.
#[must_use]
pub fn statuses(world: &World<'_>, collection: Collection) -> Statuses {
    let profile = world.scenario.profile;
    let mut values = Status::ALL.map(|status| Value {
        status,
        tag: status.tag(profile),
        count: 0,
        now: false,
        seen: collection.has(status),
        can_show: status.is_given(),
    });
    for machine in Machine::ALL {
        let of_machine = |value: &&mut Value| value.status.machine() == Some(machine);
        let mut latest: Option<(&Event, &mut Value)> = None;
        for value in values.iter_mut().filter(of_machine) {
            let taken = index::before(world.index.of_status(value.status), world.events.len());
            value.count = u32::try_from(taken.len()).unwrap_or(u32::MAX);
            value.seen |= !taken.is_empty();
            let last = world.happened(taken).next_back();
            if let Some(last) =
                last.filter(|last| latest.as_ref().is_none_or(|(other, _)| last.id > other.id))
            {
                latest = Some((last, value));
            }
        }
        if let Some((last, value)) = latest {
            value.now = last.at == world.now();
        }
    }
    let cards = Machine::ALL
        .into_iter()
        .map(|machine| Card {
            machine,
            values: values
                .into_iter()
                .filter(|value| value.status.machine() == Some(machine))
                .collect(),
        })
        .collect();
    Statuses {
        cards,
        seen: values.iter().filter(|value| value.seen).count(),
        all: values.len(),
    }
}

/// The value that an event took.
#[must_use]
pub fn taken(event: &Event) -> Option<Status> {
    if let EventKind::SendReturned {
        outcome: SendOutcome::Result { status, .. },
        ..
    } = &event.kind
    {
        return Some(Status::Send(*status));
    }
    if let EventKind::Pulled { status, .. } = &event.kind {
        return Some(Status::Get(*status));
    }
    if let EventKind::Consumed { result, .. } = &event.kind {
        return Some(Status::Consume(*result)).filter(|status| status.machine().is_some());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_is_kept_as_words_and_comes_back() {
        let mut collection = Collection::default();
        for status in [Status::ALL[0], Status::ALL[17]] {
            collection.0 |= bit(status);
        }
        assert_eq!(collection.words(), "SEND_OK SUSPEND_CURRENT_QUEUE_A_MOMENT");
        assert_eq!(Collection::of_words(&collection.words()), collection);
        assert_eq!(Collection::of_words("WHATEVER SEND_OK").len(), 1);
    }

    #[test]
    fn the_twenty_are_those_of_the_four_machines() {
        let of = |machine| {
            let all = Status::ALL.into_iter();
            all.filter(|status| status.machine() == Some(machine))
                .count()
        };
        assert_eq!(Machine::ALL.map(of), [4, 10, 2, 4]);
        assert_eq!(GetMessageStatus::ALL.len(), 10);
        assert_eq!(SendStatus::ALL.len(), 4);
    }
}
