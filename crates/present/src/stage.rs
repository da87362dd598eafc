//! The stage: every node with its places and what lies in them, left to right the way a message goes.

use litemap::LiteMap;
use loss_lab_engine::event::{DiskChange, Down, EventKind, Place};
use loss_lab_engine::ids::{GroupId, MessageId, NodeId};
use loss_lab_engine::ledger::{Entry, Fate, Verdict};
use loss_lab_engine::order;
use loss_lab_engine::status::BrokerRole;
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::{
    BrokerView, Condition, ConsumerView, CopyView, DiskState, NodeKind, NodeView, ProducerView,
};

use crate::glyph::{Glyph, Holding, Look};
use crate::inside::Shelf;
use crate::world::World;

/// Everything on stage but what moves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// The name server.
    pub routes: Option<Routes>,
    /// Producers, by name.
    pub producers: Vec<Producer>,
    /// Brokers: a master, then its slaves.
    pub brokers: Vec<Broker>,
    /// Consumer groups, by name.
    pub groups: Vec<Group>,
}

impl Stage {
    /// The same without a word of what could be lost: a class that is asked that is not told.
    #[must_use]
    pub fn before_the_answer(mut self) -> Self {
        for broker in &mut self.brokers {
            let places = [Some(&mut broker.cache), Some(&mut broker.disk)];
            for holding in places.into_iter().chain([broker.heap.as_mut()]).flatten() {
                for glyph in &mut holding.shown {
                    if let Look::AtRisk(place) = glyph.look {
                        glyph.look = lies(place);
                    }
                }
            }
        }
        self
    }
}

/// A name server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Routes {
    /// Its node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub picture: Picture,
    /// How many broker replicas are registered …
    pub registered: usize,
    /// … of how many.
    pub brokers: usize,
}

/// How a node is framed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Picture {
    /// It runs.
    Running,
    /// It answers nothing and loses nothing.
    Paused,
    /// No process.
    Killed,
    /// No process, after a clean end.
    Stopped,
    /// No power: what was in memory is gone.
    Off,
    /// No store.
    Wrecked,
    /// On its way up.
    Starting,
    /// On its way down.
    Stopping,
    /// Not there yet.
    NotStarted,
}

/// A producer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Producer {
    /// Its node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// How it is framed.
    pub picture: Picture,
    /// Since when.
    pub since: SimTime,
    /// What it has sent and not been answered for.
    pub waiting: Holding,
    /// Messages that never got into a broker, though nobody can know.
    pub lost: Vec<Glyph>,
}

/// A broker replica.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broker {
    /// Its node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: BrokerRole,
    /// How it is framed.
    pub picture: Picture,
    /// Off-heap buffer, where there is one.
    pub heap: Option<Holding>,
    /// Page cache.
    pub cache: Holding,
    /// Disk.
    pub disk: Holding,
    /// Messages whose last copy was lost from its memory.
    pub lost_memory: Vec<Glyph>,
    /// When the last of them was lost.
    pub lost_at: Option<SimTime>,
    /// Messages whose last copy was lost from its disk.
    pub lost_disk: Vec<Glyph>,
    /// What its disk does.
    pub disk_note: DiskNote,
    /// Whether a copy in its memory will never be given to anybody.
    pub ghosts: bool,
    /// The line at its foot.
    pub foot: Foot,
}

/// What the disk says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiskNote {
    /// Nothing worth a line.
    Quiet,
    /// There is something to be flushed, and this is when.
    NextFsync(SimTime),
    /// fsync has not returned since then.
    Stalled(SimTime),
    /// So many fsyncs will fail.
    Failing(u32),
}

/// What is written under a broker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Foot {
    /// It has run from the beginning.
    Running,
    /// It was started again.
    UpSince(SimTime),
    /// No process since.
    NoProcess(SimTime),
    /// Shut down since.
    Stopped(SimTime),
    /// No power since.
    NoPower(SimTime),
    /// No store since.
    NoStore(SimTime),
    /// Frozen since.
    Paused(SimTime),
    /// Will serve at.
    Starting(SimTime),
    /// Shuts down, and has ended at.
    Stopping(SimTime),
    /// Not started.
    NotStarted,
    /// A slave that lacks so many of its master's messages.
    Behind {
        /// It lacks these many …
        missing: usize,
        /// … of so many.
        of: usize,
    },
}

/// A consumer group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<Consumer>,
    /// What it has consumed.
    pub done: Holding,
    /// What its members gave up.
    pub dead: Holding,
    /// What was lost on its way to a listener.
    pub lost: Vec<Glyph>,
}

/// A consumer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consumer {
    /// Its node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// How it is framed.
    pub picture: Picture,
    /// Since when.
    pub since: SimTime,
    /// The numbers of its queues.
    pub queues: Vec<u16>,
    /// What it holds in memory.
    pub holds: Holding,
}

/// The stage of `world`.
#[must_use]
pub fn stage(world: &World<'_>) -> Stage {
    let mut stage = Stage {
        routes: None,
        producers: Vec::new(),
        brokers: Vec::new(),
        groups: Vec::new(),
    };
    let homes = homes(world);
    for node in &world.view.nodes {
        match &node.kind {
            NodeKind::NameServer { registered } => {
                stage.routes = Some(routes(world, node, registered.len()))
            }
            NodeKind::Broker(broker) => stage
                .brokers
                .push(self::broker(world, node, broker, &homes)),
            NodeKind::Producer(producer) => stage
                .producers
                .push(self::producer(world, node, producer, &homes)),
            NodeKind::Consumer(consumer) => join(world, &mut stage.groups, node, consumer, &homes),
        }
    }
    let shares = Shares::of(world, stage.groups.len());
    for group in &mut stage.groups {
        let Some(id) = world.names.find_group(&group.name) else {
            continue;
        };
        let all = || world.ledger.iter().map(|entry| shares.share(entry, id));
        let done = || all().filter(|share| share.consumed > 0);
        group.done = Holding::newest(done().count(), |more| {
            done().skip(more).map(|share| share.done()).collect()
        });
        let dead = all().filter(|share| share.fate == Fate::DeadLetter);
        let dead = dead.map(|share| Glyph::new(share.message, Look::Disk));
        group.dead = Holding::of(dead.collect());
    }
    stage
}

fn routes(world: &World<'_>, node: &NodeView, registered: usize) -> Routes {
    let brokers = world
        .view
        .nodes
        .iter()
        .filter(|node| matches!(node.kind, NodeKind::Broker(_)))
        .count();
    Routes {
        node: node.id,
        name: world.name(node.id),
        picture: picture(node),
        registered,
        brokers,
    }
}

fn picture(node: &NodeView) -> Picture {
    match node.condition {
        Condition::Running => Picture::Running,
        Condition::Paused => Picture::Paused,
        Condition::Down(Down::Crash) => Picture::Killed,
        Condition::Down(Down::PowerLoss) => Picture::Off,
        Condition::Down(Down::DestroyDisk) => Picture::Wrecked,
        Condition::Down(Down::Stop) => Picture::Stopped,
        Condition::Starting(_) => Picture::Starting,
        Condition::Stopping(_) => Picture::Stopping,
        Condition::NotStarted => Picture::NotStarted,
    }
}

fn producer(world: &World<'_>, node: &NodeView, view: &ProducerView, homes: &[Home]) -> Producer {
    let waiting = view
        .waiting
        .iter()
        .map(|(message, _)| Glyph::new(*message, Look::Client))
        .collect();
    Producer {
        node: node.id,
        name: world.name(node.id),
        picture: picture(node),
        since: node.since,
        waiting: Holding::of(waiting),
        lost: lost_at(homes, node.id, None)
            .map(|home| Glyph::new(home.message, Look::Lost))
            .collect(),
    }
}

fn broker(world: &World<'_>, node: &NodeView, view: &BrokerView, homes: &[Home]) -> Broker {
    let places = Places::of(world, view);
    let lost_memory: Vec<&Home> = lost_at(homes, node.id, Some(Layer::Memory)).collect();
    Broker {
        node: node.id,
        name: world.name(node.id),
        role: view.role,
        picture: picture(node),
        heap: view.transient_pool.then_some(places.heap),
        cache: places.cache,
        disk: places.disk,
        lost_at: lost_memory.iter().map(|home| home.at).max(),
        lost_memory: lost_memory
            .iter()
            .map(|home| Glyph::new(home.message, Look::Lost))
            .collect(),
        lost_disk: lost_at(homes, node.id, Some(Layer::Disk))
            .map(|home| Glyph::new(home.message, Look::Lost))
            .collect(),
        disk_note: disk_note(world, node.id, view),
        ghosts: places.ghosts,
        foot: foot(world, node, view),
    }
}

/// A broker's copies by place. A broker shows a message once, at its safest place.
#[derive(Default)]
struct Places {
    heap: Holding,
    cache: Holding,
    disk: Holding,
    ghosts: bool,
}

impl Places {
    fn of(world: &World<'_>, view: &BrokerView) -> Self {
        let master = if view.role == BrokerRole::Slave {
            master_of(world, view)
        } else {
            None
        };
        let retries =
            |copy: &CopyView| Shelf::of(world.names.topic(copy.record.topic)) == Shelf::Retry;
        // A slave's copy of what its master has is a spare; one that its master lacks is given to nobody.
        let look = |copy: &CopyView| {
            let spare = || {
                let other = master.and_then(|master| copy_at(master, copy));
                other.is_some_and(|other| other.record == copy.record)
            };
            let entry = copy.record.message.and_then(|message| world.entry(message));
            look(entry, copy, copy.served || spare())
        };
        let safest = Safest::of(&view.copies, retries);
        let glyph = |copy: &CopyView| {
            let message = copy.record.message?;
            let retry = retries(copy);
            let glyph = Glyph::new(message, look(copy));
            Some(Glyph { retry, ..glyph })
        };
        let holding = |place: Place| {
            let there = || safest.copies().filter(|copy| copy.place == place);
            let many = there().count();
            Holding::newest(many, |more| there().skip(more).filter_map(glyph).collect())
        };
        let mut in_memory = safest.copies().filter(|copy| copy.place != Place::Disk);
        Self {
            heap: holding(Place::Heap),
            cache: holding(Place::PageCache),
            disk: holding(Place::Disk),
            ghosts: in_memory.any(|copy| look(copy) == Look::Ghost),
        }
    }
}

/// Of each message, and of each message's retry, the safest copy in one log.
struct Safest<'a> {
    /// All copies, each with whether it is the safest of its message.
    copies: Vec<(&'a CopyView, bool)>,
}

impl<'a> Safest<'a> {
    fn of(copies: &'a [CopyView], retries: impl Fn(&CopyView) -> bool) -> Self {
        let safety = |copy: &CopyView| (copy.place, copy.served, copy.record.start);
        let mut all: Vec<(&CopyView, bool)> = Vec::with_capacity(copies.len());
        // By message: where among them its own safest copy is, and that of its retry. Messages are numbered from 1.
        let mut safest: Vec<[Option<usize>; 2]> = Vec::new();
        let mut topic = None;
        for copy in copies {
            let Some(message) = copy.record.message else {
                continue;
            };
            // Neighbours are mostly of one topic.
            let retry = match topic {
                Some((last, retry)) if last == copy.record.topic => retry,
                Some(_) | None => retries(copy),
            };
            topic = Some((copy.record.topic, retry));
            let place = usize::try_from(message.0).unwrap_or(0);
            if safest.len() <= place {
                safest.resize(place + 1, [None; 2]);
            }
            let Some(held) = safest
                .get_mut(place)
                .and_then(|both| both.get_mut(usize::from(retry)))
            else {
                continue;
            };
            let other = held.and_then(|at| all.get_mut(at));
            let is_safest = other
                .as_ref()
                .is_none_or(|(other, _)| safety(copy) > safety(other));
            if is_safest {
                if let Some((_, is_safest)) = other {
                    *is_safest = false;
                }
                *held = Some(all.len());
            }
            all.push((copy, is_safest));
        }
        Self { copies: all }
    }

    /// The safest ones, in the order of the log.
    fn copies(&self) -> impl Iterator<Item = &'a CopyView> {
        let safest = self.copies.iter().filter(|(_, is_safest)| *is_safest);
        safest.map(|(copy, _)| *copy)
    }
}

fn look(entry: Option<&Entry>, copy: &CopyView, of_use: bool) -> Look {
    if !of_use {
        return Look::Ghost;
    }
    // Risk is what the ledger says of the message, never of the place alone.
    if entry.is_some_and(|entry| entry.verdict == Verdict::AtRisk) {
        return Look::AtRisk(copy.place);
    }
    lies(copy.place)
}

/// A copy as it lies there, whatever could befall it.
const fn lies(place: Place) -> Look {
    match place {
        Place::Heap => Look::OffHeap,
        Place::PageCache => Look::Cache,
        Place::Disk => Look::Disk,
    }
}

fn disk_note(world: &World<'_>, node: NodeId, view: &BrokerView) -> DiskNote {
    match view.disk {
        DiskState::Stalled => {
            let mut changes = world.happened(world.index.of_nodes());
            let since = changes.rfind(|event| {
                event.node == node
                    && event.kind
                        == EventKind::DiskChanged {
                            change: DiskChange::Stalled,
                        }
            });
            DiskNote::Stalled(since.map_or(world.now(), |event| event.at))
        }
        DiskState::Failing(times) if times > 0 => DiskNote::Failing(times),
        DiskState::Healthy | DiskState::Failing(_) | DiskState::Destroyed => {
            view.next_flush.map_or(DiskNote::Quiet, DiskNote::NextFsync)
        }
    }
}

fn foot(world: &World<'_>, node: &NodeView, view: &BrokerView) -> Foot {
    let since = node.since;
    match node.condition {
        Condition::Paused => Foot::Paused(since),
        Condition::Down(Down::Crash) => Foot::NoProcess(since),
        Condition::Down(Down::PowerLoss) => Foot::NoPower(since),
        Condition::Down(Down::DestroyDisk) => Foot::NoStore(since),
        Condition::Down(Down::Stop) => Foot::Stopped(since),
        Condition::Starting(at) => Foot::Starting(at),
        Condition::Stopping(at) => Foot::Stopping(at),
        Condition::NotStarted => Foot::NotStarted,
        Condition::Running => match behind(world, view) {
            Some(foot) => foot,
            None if since > SimTime::ZERO => Foot::UpSince(since),
            None => Foot::Running,
        },
    }
}

/// What a running slave lacks of what its master has.
fn behind(world: &World<'_>, slave: &BrokerView) -> Option<Foot> {
    if slave.role != BrokerRole::Slave {
        return None;
    }
    let master = master_of(world, slave)?;
    let mut mine = slave.copies.iter().peekable();
    let (mut missing, mut of) = (0, 0);
    // Both logs are in order.
    for copy in &master.copies {
        let start = copy.record.start;
        while mine.next_if(|mine| mine.record.start < start).is_some() {}
        let there = mine.peek().filter(|mine| mine.record.start == start);
        of += 1;
        missing += usize::from(there.is_none_or(|mine| mine.record.message != copy.record.message));
    }
    (missing > 0).then_some(Foot::Behind { missing, of })
}

/// What a broker has at the place of another's copy. Copies are in the order of the log.
fn copy_at<'a>(view: &'a BrokerView, copy: &CopyView) -> Option<&'a CopyView> {
    let start = copy.record.start;
    let at = view
        .copies
        .partition_point(|mine| mine.record.start < start);
    view.copies
        .get(at)
        .filter(|mine| mine.record.start == start)
}

fn master_of<'a>(world: &World<'a>, slave: &BrokerView) -> Option<&'a BrokerView> {
    world.view.nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Broker(view) if view.broker == slave.broker && view.replica == 0 => Some(view),
        NodeKind::Broker(_)
        | NodeKind::NameServer { .. }
        | NodeKind::Producer(_)
        | NodeKind::Consumer(_) => None,
    })
}

fn join(
    world: &World<'_>,
    groups: &mut Vec<Group>,
    node: &NodeView,
    view: &ConsumerView,
    homes: &[Home],
) {
    let name = world.names.group(view.group);
    let held = view
        .cached
        .iter()
        .chain(&view.running)
        .map(|message| Glyph::new(*message, Look::Client))
        .collect();
    let member = Consumer {
        node: node.id,
        name: world.name(node.id),
        picture: picture(node),
        since: node.since,
        queues: view
            .queues
            .iter()
            .filter(|queue| !world.names.topic(queue.topic).starts_with('%'))
            .map(|queue| queue.queue.0)
            .collect(),
        holds: Holding::of(held),
    };
    let lost = lost_at(homes, node.id, None).map(|home| Glyph::new(home.message, Look::Lost));
    match groups.iter_mut().find(|group| group.name == name) {
        Some(group) => {
            group.members.push(member);
            group.lost.extend(lost);
        }
        None => groups.push(Group {
            name: name.to_owned(),
            members: vec![member],
            done: Holding::default(),
            dead: Holding::default(),
            lost: lost.collect(),
        }),
    }
}

/// What one group has of a message.
struct Share {
    message: MessageId,
    fate: Fate,
    consumed: u32,
}

impl Share {
    fn done(&self) -> Glyph {
        let look = if self.consumed > 1 {
            Look::Duplicated
        } else {
            Look::Consumed
        };
        Glyph {
            times: self.consumed,
            ..Glyph::new(self.message, look)
        }
    }
}

/// Who was given what, where there are several groups. The ledger says more only of a message that several of them subscribe.
struct Shares(Option<LiteMap<(GroupId, MessageId), ()>>);

impl Shares {
    fn of(world: &World<'_>, groups: usize) -> Self {
        let given = world.happened(world.index.deliveries());
        let given = given.filter_map(|event| {
            if let EventKind::Delivered { record, group, .. } = &event.kind {
                Some(((*group, record.message?), ()))
            } else {
                None
            }
        });
        Self((groups > 1).then(|| order::map(given)))
    }

    fn share(&self, entry: &Entry, group: GroupId) -> Share {
        let of = entry.groups.iter().find(|of| of.group == group);
        let had = |given: &LiteMap<_, ()>| given.contains_key(&(group, entry.message));
        let (fate, consumed) = match of {
            Some(of) => (of.fate, of.consumed),
            None if self.0.as_ref().is_none_or(had) => (entry.fate, entry.consumed),
            None => (Fate::InFlight, 0),
        };
        Share {
            message: entry.message,
            fate,
            consumed,
        }
    }
}

/// Where a lost message's last copy was.
struct Home {
    message: MessageId,
    node: NodeId,
    layer: Layer,
    at: SimTime,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Memory,
    Disk,
}

fn lost_at(homes: &[Home], node: NodeId, layer: Option<Layer>) -> impl Iterator<Item = &Home> {
    homes
        .iter()
        .filter(move |home| home.node == node && layer.is_none_or(|layer| home.layer == layer))
}

/// Where each lost message was lost: at the event that the ledger names.
fn homes(world: &World<'_>) -> Vec<Home> {
    let lost = world
        .ledger
        .iter()
        .filter(|entry| entry.verdict == Verdict::Lost);
    lost.filter_map(|entry| {
        let by = world.event(entry.lost_by?.event)?;
        let mut told = world.happened(world.index.of_message(entry.message));
        let was_on_disk = told.any(|event| {
            event.node == by.node
                && event.at <= by.at
                && matches!(event.kind, EventKind::Flushed { .. })
        });
        let layer = if was_on_disk {
            Layer::Disk
        } else {
            Layer::Memory
        };
        Some(Home {
            message: entry.message,
            node: by.node,
            layer,
            at: by.at,
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::event::Trigger;
    use loss_lab_engine::scenario::{Do, Step};
    use loss_lab_engine::units::Span;

    use super::*;
    use crate::index::Index;
    use crate::story;

    #[test]
    fn a_broker_that_is_being_stopped_says_when_it_will_have_ended() {
        let mut run = story::played(vec![Step {
            trigger: Trigger::At(SimTime::from_millis(100)),
            action: Do::Stop {
                node: "broker-a/0".to_owned(),
                takes: Some(Span::from_millis(2_000)),
            },
        }]);
        for (at, foot) in [
            (1_000, Foot::Stopping(SimTime::from_millis(2_100))),
            (3_000, Foot::Stopped(SimTime::from_millis(2_100))),
        ] {
            run.seek_time(SimTime::from_millis(at));
            let view = run.cluster().view();
            let index = Index::of(run.known_events());
            let stage = stage(&World::of(&run, &index, &view, &[]));
            assert_eq!(stage.brokers.first().map(|broker| broker.foot), Some(foot));
        }
    }
}
