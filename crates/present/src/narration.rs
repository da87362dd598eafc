//! What just happened, as a key and its values: the sentence itself is written per language by the page.

use loss_lab_engine::event::{
    AttemptOutcome, DiskChange, Down, Event, EventKind, Place, SendOutcome,
};
use loss_lab_engine::ids::{EventId, MessageId};
use loss_lab_engine::ledger::Verdict;
use loss_lab_engine::order;
use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::status::{
    BrokerRole, FlushDiskType, Profile, PutMessageStatus, SendMode, SendStatus,
};
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::NodeKind;

use crate::index::{self, Index};
use crate::pacer::Told;
use crate::world::World;

/// One line of narration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The event it tells.
    pub event: EventId,
    /// When.
    pub at: SimTime,
    /// What happened.
    pub key: Key,
    /// Why, or what it means under these settings.
    pub because: Option<Because>,
    /// The values that the sentences mention.
    pub values: Values,
    /// How much of a reader's attention it asks for.
    pub weight: Weight,
}

/// What a sentence can mention. The templates name these fields.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Values {
    /// `{m}`: the messages it is about.
    pub messages: Vec<MessageId>,
    /// `{node}`: where.
    pub node: String,
    /// `{peer}`: the node at the other end.
    pub peer: String,
    /// `{word}`: RocketMQ's own word: a status, a class, a mode.
    pub word: &'static str,
    /// `{n}`: a number.
    pub number: u64,
}

/// How long a line wants to be read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// Glanced at.
    Brief,
    /// Read.
    Read,
    /// Read twice.
    Grave,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "the sentences say what they are")]
pub enum Key {
    SendCalled,
    RequestSent,
    RequestRetried,
    Buffered,
    Cached,
    Committed,
    Flushed,
    Replicated,
    Replied,
    AttemptFailed,
    Told,
    ToldException,
    ToldNothing,
    Delivered,
    DeliveredAgain,
    Consumed,
    ConsumeFailed,
    SentBack,
    RetryStored,
    DeadLettered,
    OffsetCommitted,
    Truncated,
    Elected,
    NobodyElected,
    InSync,
    RoleChanged,
    Killed,
    PowerCut,
    DiskDestroyed,
    Stopped,
    Up,
    LinkCut,
    LinkHealed,
    Paused,
    Resumed,
    DiskStalled,
    DiskReleased,
    DiskFailing,
    Lost,
}

/// Why, or what it means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the sentences say what they are")]
pub enum Because {
    CacheIsVolatile,
    CacheWaitsForFsync,
    BufferIsMoreVolatile,
    DiskIsDurable,
    SlaveCacheOnly,
    AnsweredBeforeFsync,
    AnsweredAfterFsync,
    NoSlaveWaitedFor,
    SlaveConfirmed,
    FlushNotConfirmed,
    SlaveNotConfirmed,
    NoSlaveThere,
    OnewayHearsNothing,
    StoredAllTheSame,
    MayBeStored,
    CacheSurvivesKill,
    CacheDiesWithPower,
    EverythingDiesWithDisk,
    PauseLosesNothing,
    MessagesCollectAboveTheLine,
    ReplicationWaits,
    LastCopyGone,
    OffsetNotYetSaved,
    OffsetsAreReused,
    NotEnoughReplicas,
    SecondDisk,
    NobodyIsGivenThisCopy,
}

/// The line of the last event worth one; none before the first.
#[must_use]
pub fn last(world: &World<'_>) -> Option<Line> {
    let newest = world
        .events
        .iter()
        .rev()
        .find_map(|event| line(world, event))?;
    // A group commit is one sentence about all its messages.
    let mut line = newest;
    let same = |event: &&Event| {
        event.at == line.at
            && key(event) == Some(line.key)
            && world.names.node(event.node) == line.values.node
    };
    let mut together: Vec<MessageId> = world
        .events
        .iter()
        .rev()
        .take(256)
        .filter(same)
        .filter_map(|event| event.kind.message())
        .collect();
    order::sort_by(&mut together, |message| *message);
    together.dedup();
    if together.len() > 1 {
        line.values.messages = together;
    }
    Some(line)
}

/// The line of one event; none for what happens behind the scenes.
#[must_use]
pub fn line(world: &World<'_>, event: &Event) -> Option<Line> {
    let mut values = values(world, event);
    let mut key = key(event)?;
    if key == Key::Delivered {
        key = delivered(world, event, &mut values);
    }
    Some(Line {
        event: event.id,
        at: event.at,
        key,
        because: because(world, event, key),
        values,
        weight: weight(key),
    })
}

/// Whether an event is told at all.
#[must_use]
pub fn is_told(event: &Event) -> bool {
    key(event).is_some()
}

/// Of what is told at `now`, the gravest, with how often the like of it was told before; none when nothing is told.
#[must_use]
pub fn told_at(events: &[Event], index: &Index, now: SimTime) -> Option<Told> {
    let this = events
        .iter()
        .rev()
        .take_while(|event| event.at == now)
        .filter_map(key)
        .max_by_key(|key| weight(*key))?;
    let is_before = |place: &usize| events.get(*place).is_some_and(|event| event.at < now);
    let before = index.of_key(this).partition_point(is_before);
    Some(Told {
        weight: weight(this),
        seen: u32::try_from(before).unwrap_or(u32::MAX),
    })
}

/// What an event is told as, if it is.
pub(crate) fn key(event: &Event) -> Option<Key> {
    match &event.kind {
        EventKind::SendCalled { .. } => Some(Key::SendCalled),
        EventKind::RequestSent { attempt, .. } => Some(if *attempt > 1 {
            Key::RequestRetried
        } else {
            Key::RequestSent
        }),
        EventKind::Appended { record, place, .. } => match place {
            _ if record.message.is_none() => None,
            Place::Heap => Some(Key::Buffered),
            Place::PageCache | Place::Disk => Some(Key::Cached),
        },
        EventKind::Committed { record } => record.message.map(|_| Key::Committed),
        EventKind::Flushed { record } => record.message.map(|_| Key::Flushed),
        EventKind::Replicated { record, .. } => record.message.map(|_| Key::Replicated),
        EventKind::Replied { message, .. } => message.map(|_| Key::Replied),
        EventKind::AttemptEnded { outcome, .. } => match outcome {
            AttemptOutcome::Failed(_) => Some(Key::AttemptFailed),
            AttemptOutcome::Status(_) | AttemptOutcome::Sent => None,
        },
        EventKind::SendReturned { outcome, .. } => Some(match outcome {
            SendOutcome::Result { .. } => Key::Told,
            SendOutcome::Exception(_) => Key::ToldException,
            SendOutcome::Nothing => Key::ToldNothing,
        }),
        EventKind::Delivered { .. } => Some(Key::Delivered),
        EventKind::Consumed { succeeded, .. } => Some(if *succeeded {
            Key::Consumed
        } else {
            Key::ConsumeFailed
        }),
        EventKind::SentBack { .. } => Some(Key::SentBack),
        EventKind::RetryStored { .. } => Some(Key::RetryStored),
        EventKind::DeadLettered { .. } => Some(Key::DeadLettered),
        EventKind::OffsetCommitted { .. } => Some(Key::OffsetCommitted),
        EventKind::Truncated { records, .. } => (*records > 0).then_some(Key::Truncated),
        EventKind::Elected { master, .. } => Some(if master.is_some() {
            Key::Elected
        } else {
            Key::NobodyElected
        }),
        EventKind::SyncStateSetChanged { .. } => Some(Key::InSync),
        EventKind::RoleChanged { .. } => Some(Key::RoleChanged),
        EventKind::NodeDown { how } => Some(match how {
            Down::Crash => Key::Killed,
            Down::PowerLoss => Key::PowerCut,
            Down::DestroyDisk => Key::DiskDestroyed,
            Down::Stop => Key::Stopped,
        }),
        EventKind::NodeUp => (event.at > SimTime::ZERO).then_some(Key::Up),
        EventKind::LinkDown { conn: None, .. } => Some(Key::LinkCut),
        EventKind::LinkUp { conn: None, .. } => Some(Key::LinkHealed),
        EventKind::Paused => Some(Key::Paused),
        EventKind::Resumed => Some(Key::Resumed),
        EventKind::DiskChanged { change } => match change {
            DiskChange::Stalled => Some(Key::DiskStalled),
            DiskChange::Released => Some(Key::DiskReleased),
            DiskChange::Failing(_) => Some(Key::DiskFailing),
            // The process ends with its store, and that line says both.
            DiskChange::Destroyed | DiskChange::Filled(_) => None,
        },
        EventKind::Lost { .. } => Some(Key::Lost),
        EventKind::Dispatched { .. }
        | EventKind::Pulled { .. }
        | EventKind::OffsetPersisted
        | EventKind::LockGranted { .. }
        | EventKind::Rebalanced { .. }
        | EventKind::LocalTransaction { .. }
        | EventKind::CheckedBack { .. }
        | EventKind::HalfStored { .. }
        | EventKind::Deleted { .. }
        | EventKind::LinkDown { conn: Some(_), .. }
        | EventKind::LinkUp { conn: Some(_), .. }
        | EventKind::RouteChanged { .. } => None,
    }
}

const fn weight(key: Key) -> Weight {
    match key {
        Key::SendCalled
        | Key::RequestSent
        | Key::Committed
        | Key::Delivered
        | Key::OffsetCommitted
        | Key::SentBack => Weight::Brief,
        Key::RequestRetried
        | Key::Buffered
        | Key::Cached
        | Key::Flushed
        | Key::Replicated
        | Key::Replied
        | Key::AttemptFailed
        | Key::Told
        | Key::ToldException
        | Key::ToldNothing
        | Key::DeliveredAgain
        | Key::Consumed
        | Key::ConsumeFailed
        | Key::RetryStored
        | Key::DeadLettered
        | Key::Truncated
        | Key::Elected
        | Key::NobodyElected
        | Key::InSync
        | Key::RoleChanged
        | Key::Stopped
        | Key::Up
        | Key::LinkCut
        | Key::LinkHealed
        | Key::Paused
        | Key::Resumed
        | Key::DiskStalled
        | Key::DiskReleased
        | Key::DiskFailing => Weight::Read,
        Key::Killed | Key::PowerCut | Key::DiskDestroyed | Key::Lost => Weight::Grave,
    }
}

fn values(world: &World<'_>, event: &Event) -> Values {
    let mut values = Values {
        messages: event.kind.message().into_iter().collect(),
        node: world.name(event.node),
        ..Values::default()
    };
    if let EventKind::SendCalled { mode, .. } = &event.kind {
        values.word = mode.word();
    } else if let EventKind::RequestSent { to, attempt, .. } = &event.kind {
        values.peer = world.name(*to);
        values.number = u64::from(*attempt);
    } else if let EventKind::Replicated { from, .. } = &event.kind {
        values.peer = world.name(*from);
    } else if let EventKind::Replied { to, status, .. } = &event.kind {
        values.peer = world.name(*to);
        values.word = if *status == PutMessageStatus::PutOk {
            SendStatus::SendOk.word()
        } else {
            status.word()
        };
    } else if let EventKind::AttemptEnded {
        outcome: AttemptOutcome::Failed(exception),
        attempt,
        ..
    } = &event.kind
    {
        values.word = exception.class().word();
        values.number = u64::from(*attempt);
    } else if let EventKind::SendReturned { outcome, .. } = &event.kind {
        values.word = match outcome {
            SendOutcome::Result { status, .. } => status.word(),
            SendOutcome::Exception(exception) => exception.class().word(),
            SendOutcome::Nothing => SendMode::Oneway.word(),
        };
    } else if let EventKind::Consumed { result, .. } = &event.kind {
        values.word = result.word();
    } else if let EventKind::OffsetCommitted { offset, .. } = &event.kind {
        values.number = offset.get();
    } else if let EventKind::Truncated { records, .. } = &event.kind {
        values.number = u64::from(*records);
    } else if let EventKind::Elected {
        master: Some(master),
        epoch,
        ..
    } = &event.kind
    {
        values.peer = world.name(*master);
        values.number = u64::from(*epoch);
    } else if let EventKind::SyncStateSetChanged { members, .. } = &event.kind {
        values.peer = world.names.list(members);
    } else if let EventKind::RoleChanged { role, epoch } = &event.kind {
        values.word = role.word();
        values.number = u64::from(*epoch);
    } else if let EventKind::LinkDown { peer, .. } | EventKind::LinkUp { peer, .. } = &event.kind {
        values.peer = world.name(*peer);
    }
    values
}

/// Whether a listener has been given the message before, and how often by now.
fn delivered(world: &World<'_>, event: &Event, values: &mut Values) -> Key {
    let message = event.kind.message();
    let places = message.map_or(&[][..], |message| world.index.of_message(message));
    let given = |other: &&Event| matches!(other.kind, EventKind::Delivered { .. });
    let up_to_it = index::before(places, event.id.index() + 1);
    let times = world.happened(up_to_it).filter(given).count();
    values.number = u64::try_from(times).unwrap_or(u64::MAX);
    if values.number > 1 {
        Key::DeliveredAgain
    } else {
        Key::Delivered
    }
}

/// What an fsync means for the message whose bytes it wrote.
fn flushed(world: &World<'_>, event: &Event) -> Because {
    let lost = event
        .kind
        .message()
        .and_then(|message| world.entry(message))
        .is_some_and(|entry| entry.verdict == Verdict::Lost);
    let on_slave = world.node(event.node).is_some_and(
        |node| matches!(&node.kind, NodeKind::Broker(view) if view.role == BrokerRole::Slave),
    );
    if lost {
        Because::NobodyIsGivenThisCopy
    } else if on_slave {
        Because::SecondDisk
    } else {
        Because::DiskIsDurable
    }
}

/// Why, under the settings of the broker that an event happened on.
fn because(world: &World<'_>, event: &Event, key: Key) -> Option<Because> {
    match key {
        Key::Buffered => Some(Because::BufferIsMoreVolatile),
        Key::Cached => Some(if waits_for_fsync(world.scenario) {
            Because::CacheWaitsForFsync
        } else {
            Because::CacheIsVolatile
        }),
        Key::Committed => Some(Because::CacheIsVolatile),
        Key::Flushed => Some(flushed(world, event)),
        Key::Replicated => Some(Because::SlaveCacheOnly),
        Key::Replied => replied(world.scenario, event),
        Key::Told => told(event),
        Key::ToldException => told_exception(event),
        Key::ToldNothing => Some(Because::OnewayHearsNothing),
        Key::AttemptFailed => Some(Because::MayBeStored),
        Key::Killed => Some(Because::CacheSurvivesKill),
        Key::PowerCut => Some(Because::CacheDiesWithPower),
        Key::DiskDestroyed => Some(Because::EverythingDiesWithDisk),
        Key::Paused => Some(Because::PauseLosesNothing),
        Key::DiskStalled => Some(Because::MessagesCollectAboveTheLine),
        Key::LinkCut => Some(Because::ReplicationWaits),
        Key::Lost => Some(Because::LastCopyGone),
        Key::DeliveredAgain => Some(Because::OffsetNotYetSaved),
        Key::Truncated => Some(Because::OffsetsAreReused),
        Key::SendCalled
        | Key::RequestSent
        | Key::RequestRetried
        | Key::Delivered
        | Key::Consumed
        | Key::ConsumeFailed
        | Key::SentBack
        | Key::RetryStored
        | Key::DeadLettered
        | Key::OffsetCommitted
        | Key::Elected
        | Key::NobodyElected
        | Key::InSync
        | Key::RoleChanged
        | Key::Stopped
        | Key::Up
        | Key::LinkHealed
        | Key::Resumed
        | Key::DiskReleased
        | Key::DiskFailing => None,
    }
}

fn waits_for_fsync(scenario: &Scenario) -> bool {
    scenario
        .brokers
        .first()
        .is_some_and(|broker| broker.conf.flush_disk_type == FlushDiskType::SyncFlush)
}

/// Whether a put of this scenario's first master waits for a slave.
#[must_use]
pub fn waits_for_slave(scenario: &Scenario) -> bool {
    scenario.brokers.first().is_some_and(|broker| {
        broker.conf.broker_role == BrokerRole::SyncMaster
            && match scenario.profile {
                Profile::V4_9 => true,
                Profile::V5_3 => broker.conf.in_sync_replicas > 1,
            }
    })
}

fn replied(scenario: &Scenario, event: &Event) -> Option<Because> {
    let EventKind::Replied { status, .. } = &event.kind else {
        return None;
    };
    match status {
        PutMessageStatus::PutOk => {
            let sync_master = scenario
                .brokers
                .first()
                .is_some_and(|broker| broker.conf.broker_role == BrokerRole::SyncMaster);
            Some(if waits_for_slave(scenario) {
                Because::SlaveConfirmed
            } else if sync_master {
                Because::NoSlaveWaitedFor
            } else if waits_for_fsync(scenario) {
                Because::AnsweredAfterFsync
            } else {
                Because::AnsweredBeforeFsync
            })
        }
        PutMessageStatus::FlushDiskTimeout => Some(Because::FlushNotConfirmed),
        PutMessageStatus::FlushSlaveTimeout => Some(Because::SlaveNotConfirmed),
        PutMessageStatus::SlaveNotAvailable => Some(Because::NoSlaveThere),
        PutMessageStatus::InSyncReplicasNotEnough => Some(Because::NotEnoughReplicas),
        PutMessageStatus::ServiceNotAvailable
        | PutMessageStatus::CreateMappedFileFailed
        | PutMessageStatus::MessageIllegal
        | PutMessageStatus::PropertiesSizeExceeded
        | PutMessageStatus::OsPageCacheBusy
        | PutMessageStatus::UnknownError => None,
    }
}

fn told(event: &Event) -> Option<Because> {
    let EventKind::SendReturned {
        outcome: SendOutcome::Result { status, .. },
        ..
    } = &event.kind
    else {
        return None;
    };
    match status {
        SendStatus::SendOk => None,
        SendStatus::FlushDiskTimeout
        | SendStatus::FlushSlaveTimeout
        | SendStatus::SlaveNotAvailable => Some(Because::StoredAllTheSame),
    }
}

fn told_exception(event: &Event) -> Option<Because> {
    let EventKind::SendReturned {
        outcome: SendOutcome::Exception(exception),
        ..
    } = &event.kind
    else {
        return None;
    };
    // A broker's error code says that nothing was stored; a timeout or a lost connection says nothing.
    exception.code().is_none().then_some(Because::MayBeStored)
}
