//! The four status machines: every value, how often it was taken, and which was taken just now.

use loss_lab_engine::event::{Event, EventKind, SendOutcome};
use loss_lab_engine::status::{ConsumeResult, GetMessageStatus, Profile, SendStatus};

use crate::story::StoryId;
use crate::world::World;

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
    /// RocketMQ's word.
    pub word: &'static str,
    /// A remark beside it.
    pub tag: Option<Tag>,
    /// How often it was taken.
    pub count: u32,
    /// Whether the event on screen took it.
    pub now: bool,
    /// The story that shows it.
    pub story: Option<StoryId>,
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
}

/// The cards, and how many values have been seen of how many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statuses {
    /// In order.
    pub cards: Vec<Card>,
    /// Values with a count.
    pub seen: usize,
    /// All values.
    pub all: usize,
}

/// The cards of `world`.
#[must_use]
pub fn statuses(world: &World<'_>) -> Statuses {
    let mut cards: Vec<Card> = Machine::ALL
        .into_iter()
        .map(|machine| Card {
            machine,
            values: values(machine, world.scenario.profile),
        })
        .collect();
    for event in world.events {
        let Some((machine, word)) = taken(event) else {
            continue;
        };
        let Some(card) = cards.iter_mut().find(|card| card.machine == machine) else {
            continue;
        };
        for value in &mut card.values {
            let hit = value.word == word;
            value.count += u32::from(hit);
            value.now = hit && event.at == world.now();
        }
    }
    let all = cards.iter().map(|card| card.values.len()).sum();
    let seen = cards
        .iter()
        .flat_map(|card| &card.values)
        .filter(|value| value.count > 0)
        .count();
    Statuses { cards, seen, all }
}

fn values(machine: Machine, profile: Profile) -> Vec<Value> {
    let plain = |word| Value {
        word,
        tag: None,
        count: 0,
        now: false,
        story: None,
    };
    match machine {
        Machine::SendStatus => SendStatus::ALL
            .iter()
            .map(|status| send_value(*status, profile))
            .collect(),
        Machine::GetMessageStatus => GetMessageStatus::ALL
            .iter()
            .map(|status| Value {
                tag: (*status == GetMessageStatus::OffsetReset).then_some(Tag::Only5),
                ..plain(status.word())
            })
            .collect(),
        Machine::ConsumeConcurrentlyStatus => {
            [ConsumeResult::ConsumeSuccess, ConsumeResult::ReconsumeLater]
                .map(|result| plain(result.word()))
                .to_vec()
        }
        Machine::ConsumeOrderlyStatus => {
            let old = |result: ConsumeResult| Value {
                tag: Some(Tag::Deprecated),
                ..plain(result.word())
            };
            vec![
                plain(ConsumeResult::Success.word()),
                plain(ConsumeResult::SuspendCurrentQueueAMoment.word()),
                old(ConsumeResult::Commit),
                old(ConsumeResult::Rollback),
            ]
        }
    }
}

fn send_value(status: SendStatus, profile: Profile) -> Value {
    let story = match status {
        SendStatus::SendOk => StoryId::Healthy,
        SendStatus::FlushDiskTimeout => StoryId::FlushDiskTimeout,
        SendStatus::FlushSlaveTimeout => StoryId::FlushSlaveTimeout,
        SendStatus::SlaveNotAvailable => StoryId::SlaveNotAvailable,
    };
    let tag =
        (status == SendStatus::SlaveNotAvailable && profile == Profile::V5_3).then_some(Tag::Only4);
    Value {
        word: status.word(),
        tag,
        count: 0,
        now: false,
        story: Some(story),
    }
}

/// The value that an event took.
fn taken(event: &Event) -> Option<(Machine, &'static str)> {
    if let EventKind::SendReturned {
        outcome: SendOutcome::Result { status, .. },
        ..
    } = &event.kind
    {
        return Some((Machine::SendStatus, status.word()));
    }
    if let EventKind::Pulled { status, .. } = &event.kind {
        return Some((Machine::GetMessageStatus, status.word()));
    }
    if let EventKind::Consumed { result, .. } = &event.kind {
        return match result {
            ConsumeResult::ConsumeSuccess | ConsumeResult::ReconsumeLater => {
                Some((Machine::ConsumeConcurrentlyStatus, result.word()))
            }
            ConsumeResult::Success
            | ConsumeResult::SuspendCurrentQueueAMoment
            | ConsumeResult::Commit
            | ConsumeResult::Rollback => Some((Machine::ConsumeOrderlyStatus, result.word())),
            ConsumeResult::Null | ConsumeResult::Throw | ConsumeResult::Hang => None,
        };
    }
    None
}
