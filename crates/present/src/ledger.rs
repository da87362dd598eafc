//! The ledger's rows, newest message first: what was promised, what there is, what became of it and why.

use litemap::LiteMap;
use loss_lab_engine::event::{Down, EventKind, EventName, Place, SendOutcome};
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::{
    Again, Entry, Exposure, Fate, Loss, Promise, Redelivery, Stage, Verdict,
};
use loss_lab_engine::order;
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::{FlightKind, NodeKind};

use crate::book::Book;
use crate::glyph::{Glyph, Look};
use crate::map::{CopyMap, map};
use crate::world::World;

/// The ledger panel.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ledger {
    /// Those that are shown, in the order that was chosen.
    pub rows: Vec<Row>,
    /// How many stand before them …
    pub before: usize,
    /// … and after them.
    pub after: usize,
    /// The sums.
    pub tally: Tally,
}

/// How many messages are where.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs, reason = "each is what it is called")]
pub struct Tally {
    pub sent: u32,
    pub consumed: u32,
    pub duplicated: u32,
    pub at_risk: u32,
    pub lost: u32,
    pub refused: u32,
    pub dead: u32,
    pub pending: u32,
}

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Which, and how it stands on the whole.
    pub glyph: Glyph,
    /// What the application was told.
    pub told: Told,
    /// Where its copies are, as a picture …
    pub map: CopyMap,
    /// … and in words.
    pub whereabouts: Whereabouts,
    /// Who was given it, in order, with how often in a row.
    pub deliveries: Vec<(String, u32)>,
    /// What became of it.
    pub judgement: Judgement,
    /// What would lose it now, or what did.
    pub why: Why,
    /// If it is lost: which of the ways to lose a message it was.
    pub lost: Option<Loss>,
    /// Deliveries that were not the first to their group, in order.
    pub again: Vec<Repeat>,
}

/// A delivery that was not the first of its message to its group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repeat {
    /// Whose listener got it.
    pub to: String,
    /// When.
    pub at: SimTime,
    /// Who had it before …
    pub earlier_to: String,
    /// … and when.
    pub earlier_at: SimTime,
    /// Why it came again.
    pub rule: Again,
    /// What made it so: what happened, where and when.
    pub by: Option<(EventName, String, SimTime)>,
}

/// What the application was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// No answer yet.
    NothingYet,
    /// Oneway: never anything.
    Nothing,
    /// A `SendStatus`.
    Status(&'static str),
    /// An exception's class.
    Exception(&'static str),
}

/// Where a message is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whereabouts {
    /// In the producer's memory.
    Producer,
    /// Between the nodes.
    Wire,
    /// In so many brokers, the safest of them like this.
    Copies(Place, usize),
    /// Nowhere.
    Nowhere,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Judgement {
    /// Not decided.
    Pending,
    /// Stored, and no single fault loses it.
    Safe,
    /// One single fault would lose it.
    AtRisk,
    /// Lost although the producer was told that it is stored.
    LostPromiseBroken,
    /// Lost.
    Lost,
    /// Consumed more than once.
    Duplicated,
    /// Consumed.
    Consumed,
    /// Consumed, not at the first delivery.
    ConsumedOnRetry,
    /// In the dead-letter queue.
    DeadLetter,
    /// The producer was told that it is not stored.
    Refused,
}

/// What would lose a message, or what did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// Nothing to say.
    Nothing,
    /// Nobody was promised anything yet.
    NothingPromised,
    /// Any one of these.
    Exposed(Vec<Exposure>),
    /// This did.
    LostBy {
        /// At which stage.
        stage: Stage,
        /// What happened.
        cause: Cause,
        /// Where.
        node: String,
        /// When.
        at: SimTime,
    },
}

/// What took the last copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// A power cut before fsync.
    PowerLoss,
    /// A killed process.
    Kill,
    /// A destroyed disk.
    DestroyDisk,
    /// A log cut back to what a restart could read.
    Truncated,
    /// A replica that has not got it was made master; the old one cuts it off when it comes back.
    Elected,
    /// Files that expired.
    Expired,
    /// An offset that moved past it.
    OffsetMoved,
    /// A dropped connection.
    LinkDown,
    /// Something else.
    Other,
}

/// The ledger of `world`, as far as `book` shows it.
#[must_use]
pub fn ledger(world: &World<'_>, book: &Book) -> Ledger {
    let mut tally = Tally::default();
    let mut all = Vec::new();
    for entry in world.ledger {
        let judgement = judge(entry);
        tally.count(judgement);
        all.push((entry, judgement));
    }
    let (before, shown, after) = book.open(&all);
    let heard = Heard::of(world, &shown);
    let rows = shown
        .iter()
        .map(|(entry, judgement)| row(world, entry, *judgement, &heard))
        .collect();
    Ledger {
        rows,
        before,
        after,
        tally,
    }
}

impl Tally {
    fn count(&mut self, judgement: Judgement) {
        self.sent += 1;
        match judgement {
            Judgement::Pending | Judgement::Safe => self.pending += 1,
            Judgement::AtRisk => self.at_risk += 1,
            Judgement::LostPromiseBroken | Judgement::Lost => self.lost += 1,
            Judgement::Duplicated => self.duplicated += 1,
            Judgement::Consumed | Judgement::ConsumedOnRetry => self.consumed += 1,
            Judgement::DeadLetter => self.dead += 1,
            Judgement::Refused => self.refused += 1,
        }
    }
}

/// What the events say about messages.
#[derive(Default)]
struct Heard {
    told: LiteMap<MessageId, Told>,
    deliveries: LiteMap<MessageId, Vec<(String, u32)>>,
}

impl Heard {
    fn of(world: &World<'_>, shown: &[(&Entry, Judgement)]) -> Self {
        let mut heard = Self::default();
        for (entry, _) in shown {
            let message = entry.message;
            for event in world.happened(world.index.of_message(message)) {
                if let EventKind::SendReturned { outcome, .. } = &event.kind {
                    heard.told.insert(message, told(outcome));
                }
                if matches!(event.kind, EventKind::Delivered { .. }) {
                    let name = world.name(event.node);
                    let all = heard.deliveries.entry(message).or_default();
                    match all.last_mut() {
                        Some((last, times)) if *last == name => *times += 1,
                        Some(_) | None => all.push((name, 1)),
                    }
                }
            }
        }
        heard
    }
}

fn told(outcome: &SendOutcome) -> Told {
    match outcome {
        SendOutcome::Result { status, .. } => Told::Status(status.word()),
        SendOutcome::Exception(exception) => Told::Exception(exception.class().word()),
        SendOutcome::Nothing => Told::Nothing,
    }
}

fn row(world: &World<'_>, entry: &Entry, judgement: Judgement, heard: &Heard) -> Row {
    let whereabouts = whereabouts(world, entry);
    Row {
        glyph: Glyph {
            times: entry.consumed.max(1),
            ..Glyph::new(entry.message, look(judgement, whereabouts))
        },
        told: heard
            .told
            .get(&entry.message)
            .cloned()
            .unwrap_or(Told::NothingYet),
        map: map(world, entry),
        whereabouts,
        deliveries: heard
            .deliveries
            .get(&entry.message)
            .cloned()
            .unwrap_or_default(),
        judgement,
        why: why(world, entry),
        lost: entry.lost_by.map(|by| by.rule),
        again: entry
            .again
            .iter()
            .filter_map(|again| repeat(world, again))
            .collect(),
    }
}

/// A redelivery, with the names and times of its events.
pub(crate) fn repeat(world: &World<'_>, again: &Redelivery) -> Option<Repeat> {
    let now = world.event(again.event)?;
    let earlier = world.event(again.earlier)?;
    let by = again.by.and_then(|by| world.event(by));
    Some(Repeat {
        to: world.name(now.node),
        at: now.at,
        earlier_to: world.name(earlier.node),
        earlier_at: earlier.at,
        rule: again.rule,
        by: by.map(|event| (event.kind.name(), world.name(event.node), event.at)),
    })
}

fn judge(entry: &Entry) -> Judgement {
    match entry.verdict {
        Verdict::Lost if entry.promise == Promise::Acked => Judgement::LostPromiseBroken,
        Verdict::Lost => Judgement::Lost,
        Verdict::Duplicated => Judgement::Duplicated,
        Verdict::DeadLetter => Judgement::DeadLetter,
        Verdict::Refused => Judgement::Refused,
        Verdict::AtRisk => Judgement::AtRisk,
        Verdict::Pending => Judgement::Pending,
        Verdict::Ok => match entry.fate {
            Fate::Consumed if entry.delivered > 1 => Judgement::ConsumedOnRetry,
            Fate::Consumed => Judgement::Consumed,
            Fate::InFlight | Fate::DeadLetter | Fate::Lost | Fate::NeverStored => Judgement::Safe,
        },
    }
}

fn look(judgement: Judgement, whereabouts: Whereabouts) -> Look {
    match judgement {
        Judgement::Lost | Judgement::LostPromiseBroken => Look::Lost,
        Judgement::Duplicated => Look::Duplicated,
        Judgement::Consumed | Judgement::ConsumedOnRetry => Look::Consumed,
        Judgement::AtRisk => Look::AtRisk(match whereabouts {
            Whereabouts::Copies(place, _) => place,
            Whereabouts::Producer | Whereabouts::Wire | Whereabouts::Nowhere => Place::PageCache,
        }),
        Judgement::Refused => Look::Ghost,
        Judgement::Pending | Judgement::Safe | Judgement::DeadLetter => match whereabouts {
            Whereabouts::Producer | Whereabouts::Nowhere => Look::Client,
            Whereabouts::Wire => Look::Wire,
            Whereabouts::Copies(Place::Heap, _) => Look::OffHeap,
            Whereabouts::Copies(Place::PageCache, _) => Look::Cache,
            Whereabouts::Copies(Place::Disk, _) => Look::Disk,
        },
    }
}

fn whereabouts(world: &World<'_>, entry: &Entry) -> Whereabouts {
    // As long as somebody serves it, a slave's copy is a spare; when nobody does, it is nowhere.
    if entry.copies.iter().any(|copy| copy.served)
        && let Some(safest) = entry.copies.iter().map(|copy| copy.place).max()
    {
        let nodes = order::map(entry.copies.iter().map(|copy| (copy.node, ())));
        return Whereabouts::Copies(safest, nodes.len());
    }
    let on_wire =
        |what: &FlightKind| matches!(what, FlightKind::Send(message) if *message == entry.message);
    if world
        .view
        .flights
        .iter()
        .any(|flight| on_wire(&flight.what))
    {
        return Whereabouts::Wire;
    }
    let waiting = world.view.nodes.iter().any(|node| match &node.kind {
        NodeKind::Producer(view) => view
            .waiting
            .iter()
            .any(|(message, _)| *message == entry.message),
        NodeKind::NameServer { .. } | NodeKind::Broker(_) | NodeKind::Consumer(_) => false,
    });
    if waiting {
        Whereabouts::Producer
    } else {
        Whereabouts::Nowhere
    }
}

fn why(world: &World<'_>, entry: &Entry) -> Why {
    match entry.verdict {
        Verdict::Pending if entry.promise == Promise::Pending => Why::NothingPromised,
        Verdict::AtRisk => Why::Exposed(entry.exposed_to.clone()),
        Verdict::Lost => lost_by(world, entry).unwrap_or(Why::Nothing),
        Verdict::Pending
        | Verdict::Ok
        | Verdict::Duplicated
        | Verdict::DeadLetter
        | Verdict::Refused => Why::Nothing,
    }
}

fn lost_by(world: &World<'_>, entry: &Entry) -> Option<Why> {
    let by = entry.lost_by?;
    let event = world.event(by.event)?;
    Some(Why::LostBy {
        stage: by.stage,
        cause: cause(&event.kind),
        node: world.name(event.node),
        at: event.at,
    })
}

fn cause(kind: &EventKind) -> Cause {
    match kind {
        EventKind::NodeDown {
            how: Down::PowerLoss,
        } => Cause::PowerLoss,
        EventKind::NodeDown { how: Down::Crash } => Cause::Kill,
        EventKind::NodeDown {
            how: Down::DestroyDisk,
        }
        | EventKind::DiskChanged { .. } => Cause::DestroyDisk,
        EventKind::Truncated { .. } => Cause::Truncated,
        EventKind::Deleted { .. } => Cause::Expired,
        EventKind::Elected { .. } | EventKind::RoleChanged { .. } => Cause::Elected,
        EventKind::OffsetCommitted { .. } | EventKind::Pulled { .. } => Cause::OffsetMoved,
        EventKind::LinkDown { .. } => Cause::LinkDown,
        EventKind::NodeDown { how: Down::Stop }
        | EventKind::SendCalled { .. }
        | EventKind::RequestSent { .. }
        | EventKind::Appended { .. }
        | EventKind::Committed { .. }
        | EventKind::Flushed { .. }
        | EventKind::Replicated { .. }
        | EventKind::Replied { .. }
        | EventKind::AttemptEnded { .. }
        | EventKind::SendReturned { .. }
        | EventKind::Dispatched { .. }
        | EventKind::Delivered { .. }
        | EventKind::Consumed { .. }
        | EventKind::SentBack { .. }
        | EventKind::RetryStored { .. }
        | EventKind::DeadLettered { .. }
        | EventKind::OffsetPersisted
        | EventKind::LockGranted { .. }
        | EventKind::Rebalanced { .. }
        | EventKind::LocalTransaction { .. }
        | EventKind::CheckedBack { .. }
        | EventKind::HalfStored { .. }
        | EventKind::NodeUp
        | EventKind::LinkUp { .. }
        | EventKind::RouteChanged { .. }
        | EventKind::SyncStateSetChanged { .. }
        | EventKind::Paused
        | EventKind::Resumed
        | EventKind::Lost { .. } => Cause::Other,
    }
}
