//! What is inside a broker: its commit log with the positions in it, its consume queues with everybody's offsets, its locks.
//!
//! The first picture shows none of this. A lens opens one part in every broker.

use loss_lab_engine::ids::{MessageId, NodeId};
use loss_lab_engine::status::BrokerRole;
use loss_lab_engine::units::PhysicalOffset;
use loss_lab_engine::view::{BrokerView, NodeKind, OffsetView, QueueView};

use crate::world::World;

/// A log shows its newest cells.
const CELLS: usize = 12;
/// A broker shows so many queues, those that something happened in.
const QUEUES: usize = 16;

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Lens {
    /// Places and messages: the first picture.
    #[default]
    Overview,
    /// The commit log: what is written, committed, flushed, dispatched.
    Storage,
    /// Who has how much of it.
    Replication,
    /// Queues, offsets, locks.
    Consumption,
}

impl Lens {
    /// All, in the order of the choice.
    pub const ALL: [Self; 4] = [
        Self::Overview,
        Self::Storage,
        Self::Replication,
        Self::Consumption,
    ];

    /// Its word in a link.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Storage => "storage",
            Self::Replication => "replication",
            Self::Consumption => "consumption",
        }
    }

    /// The lens that a link names.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lens| lens.word() == word)
    }
}

/// One broker, opened under a lens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inside {
    /// Which.
    pub node: NodeId,
    /// What is seen of it.
    pub part: Part,
}

/// What a lens opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// The commit log.
    Log(Log),
    /// Where each replica's copy ends.
    Replicas(Vec<Replica>),
    /// The consume queues.
    Queues(Vec<Queue>),
}

/// A commit log's newest records, and how far each service has got in it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Log {
    /// So many older records are not drawn.
    pub older: usize,
    /// The records of messages, oldest first.
    pub cells: Vec<Cell>,
    /// Positions, in bytes.
    pub marks: Vec<(Position, u64)>,
}

/// One record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The message it is a copy of.
    pub message: MessageId,
    /// What kind of topic it is stored under.
    pub shelf: Shelf,
    /// How safe it is.
    pub reach: Reach,
    /// Whether it has its consume-queue entry.
    pub dispatched: bool,
}

/// How far down a record has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// In the off-heap buffer.
    Written,
    /// In the page cache.
    Committed,
    /// On disk.
    Flushed,
}

/// What kind of topic a record or a queue belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shelf {
    /// One of the application's.
    Topic,
    /// `SCHEDULE_TOPIC_XXXX`: waiting for its delay level.
    Delay,
    /// `RMQ_SYS_TRANS_HALF_TOPIC`: not committed yet.
    Half,
    /// `RMQ_SYS_TRANS_OP_HALF_TOPIC`: which half messages are settled.
    Op,
    /// `%RETRY%`: waiting for its next try.
    Retry,
    /// `%DLQ%`: given up.
    Dead,
}

/// A position in a commit log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Position {
    /// `MappedFile#wrotePosition`.
    Wrote,
    /// `MappedFileQueue#committedWhere`; only with the transient pool.
    Committed,
    /// `MappedFileQueue#flushedWhere`.
    Flushed,
}

/// One replica of a broker, as its master knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replica {
    /// Its name.
    pub name: String,
    /// How it is connected.
    pub link: Connection,
    /// The end of its log.
    pub end: u64,
    /// What it lacks of the master's log, in bytes.
    pub behind: u64,
}

/// How a replica is connected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Connection {
    /// It is the master.
    Master,
    /// No connection.
    None,
    /// Connected; its first report is still awaited.
    Silent,
    /// Connected, and it reports.
    Reports,
}

/// One consume queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queue {
    /// Its topic's name.
    pub topic: String,
    /// Its number; for delayed messages, the level less one.
    pub queue: u16,
    /// What kind it is.
    pub shelf: Shelf,
    /// First offset.
    pub min: u64,
    /// One past the last.
    pub max: u64,
    /// Each group's committed offset, and what is left to it.
    pub offsets: Vec<(String, u64)>,
    /// Who has it locked.
    pub locked_by: Option<String>,
}

/// What `lens` opens in every broker.
#[must_use]
pub fn inside(world: &World<'_>, lens: Lens) -> Vec<Inside> {
    let brokers = world.view.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Broker(view) => Some((node.id, view)),
        NodeKind::NameServer { .. } | NodeKind::Producer(_) | NodeKind::Consumer(_) => None,
    });
    let opened = brokers.filter_map(|(node, view)| {
        let part = match lens {
            Lens::Overview => return None,
            Lens::Storage => Part::Log(log(world, view)),
            Lens::Replication if view.role == BrokerRole::Slave => return None,
            Lens::Replication => Part::Replicas(replicas(world, node, view)),
            Lens::Consumption => Part::Queues(queues(world, view)),
        };
        Some(Inside { node, part })
    });
    opened.collect()
}

fn log(world: &World<'_>, view: &BrokerView) -> Log {
    let records = view.copies.iter().filter_map(|copy| {
        Some(Cell {
            message: copy.record.message?,
            shelf: Shelf::of(world.names.topic(copy.record.topic)),
            reach: reach(view, copy.record.start),
            dispatched: copy.dispatched,
        })
    });
    let mut cells: Vec<Cell> = records.collect();
    let older = cells.len().saturating_sub(CELLS);
    cells.drain(..older);
    let mut marks = vec![(Position::Wrote, view.wrote.get())];
    if view.transient_pool {
        marks.push((Position::Committed, view.committed.get()));
    }
    marks.push((Position::Flushed, view.flushed.get()));
    Log {
        older,
        cells,
        marks,
    }
}

fn reach(view: &BrokerView, start: PhysicalOffset) -> Reach {
    if start < view.flushed {
        Reach::Flushed
    } else if start < view.committed {
        Reach::Committed
    } else {
        Reach::Written
    }
}

impl Shelf {
    /// The kind of the topic with this name.
    #[must_use]
    pub fn of(topic: &str) -> Self {
        match topic {
            "SCHEDULE_TOPIC_XXXX" => Self::Delay,
            "RMQ_SYS_TRANS_HALF_TOPIC" => Self::Half,
            "RMQ_SYS_TRANS_OP_HALF_TOPIC" => Self::Op,
            name if name.starts_with("%RETRY%") => Self::Retry,
            name if name.starts_with("%DLQ%") => Self::Dead,
            _ => Self::Topic,
        }
    }
}

/// The replicas of the master `view`: itself, then every slave that stands.
fn replicas(world: &World<'_>, master: NodeId, view: &BrokerView) -> Vec<Replica> {
    let end = view.wrote.get();
    let slaves = world.view.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Broker(slave) if slave.broker == view.broker && node.id != master => {
            Some((node.id, slave))
        }
        NodeKind::Broker(_)
        | NodeKind::NameServer { .. }
        | NodeKind::Producer(_)
        | NodeKind::Consumer(_) => None,
    });
    let mut all = vec![Replica {
        name: world.name(master),
        link: Connection::Master,
        end,
        behind: 0,
    }];
    all.extend(slaves.map(|(node, slave)| {
        let link = view.slaves.iter().find(|link| link.slave == node);
        let link = match link {
            Some(link) if link.connected && link.reported => Connection::Reports,
            Some(link) if link.connected => Connection::Silent,
            Some(_) | None => Connection::None,
        };
        let has = slave.wrote.get();
        Replica {
            name: world.name(node),
            link,
            end: has,
            behind: end.saturating_sub(has),
        }
    }));
    all
}

fn queues(world: &World<'_>, view: &BrokerView) -> Vec<Queue> {
    let all = view
        .queues
        .iter()
        .map(|queue| self::queue(world, view, queue));
    all.take(QUEUES).collect()
}

fn queue(world: &World<'_>, view: &BrokerView, this: &QueueView) -> Queue {
    let topic = world.names.topic(this.topic);
    let same = |offset: &&OffsetView| offset.topic == this.topic && offset.queue == this.queue;
    let offsets = view.offsets.iter().filter(same);
    let locked_by = view
        .locks
        .iter()
        .find(|lock| lock.topic == this.topic && lock.queue == this.queue)
        .map(|lock| world.name(lock.holder));
    Queue {
        topic: topic.to_owned(),
        queue: this.queue.0,
        shelf: Shelf::of(topic),
        min: this.min.get(),
        max: this.max.get(),
        offsets: offsets
            .map(|offset| {
                let group = world.names.group(offset.group).to_owned();
                (group, offset.committed.get())
            })
            .collect(),
        locked_by,
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::run::Run;
    use loss_lab_engine::status::{FlushDiskType, Profile, SendMode};
    use loss_lab_engine::units::SimTime;

    use super::*;
    use crate::index::Index;
    use crate::settings::{Change, Settings};
    use crate::story;

    fn opened(settings: Settings, at: i64, lens: Lens) -> Vec<Inside> {
        let step = loss_lab_engine::scenario::Step {
            trigger: loss_lab_engine::event::Trigger::At(SimTime::from_millis(1)),
            action: story::send(3, SendMode::Sync),
        };
        let mut run = Run::new(settings.scenario(vec![step]));
        run.advance_to(SimTime::from_millis(at));
        let view = run.cluster().view();
        let ledger = run.ledger();
        let index = Index::of(run.known_events());
        let world = World::of(&run, &index, &view, &ledger);
        inside(&world, lens)
    }

    #[test]
    fn the_first_picture_shows_nothing_of_it() {
        assert_eq!(
            opened(Settings::defaults(Profile::V5_3), 50, Lens::Overview),
            []
        );
    }

    #[test]
    fn under_async_flush_records_are_committed_long_before_they_are_flushed() {
        let early = opened(Settings::defaults(Profile::V5_3), 50, Lens::Storage);
        let Some(Part::Log(log)) = early.first().map(|inside| &inside.part) else {
            panic!("{early:?}");
        };
        assert_eq!(log.cells.len(), 3);
        assert!(log.cells.iter().all(|cell| cell.reach == Reach::Committed));
        let settings =
            Settings::defaults(Profile::V5_3).with(Change::Flush(FlushDiskType::SyncFlush));
        let synced = opened(settings, 200, Lens::Storage);
        let Some(Part::Log(log)) = synced.first().map(|inside| &inside.part) else {
            panic!("{synced:?}");
        };
        assert!(log.cells.iter().all(|cell| cell.reach == Reach::Flushed));
        let [(_, wrote), (_, flushed)] = log.marks[..] else {
            panic!("{log:?}");
        };
        assert_eq!(wrote, flushed);
    }

    #[test]
    fn a_slave_that_reports_has_what_its_master_has() {
        let opened = opened(Settings::defaults(Profile::V5_3), 500, Lens::Replication);
        let [
            Inside {
                part: Part::Replicas(replicas),
                ..
            },
        ] = &opened[..]
        else {
            panic!("{opened:?}");
        };
        let links: Vec<_> = replicas
            .iter()
            .map(|replica| (replica.link, replica.behind))
            .collect();
        assert_eq!(links, [(Connection::Master, 0), (Connection::Reports, 0)]);
    }

    #[test]
    fn a_group_s_offset_follows_the_end_of_the_queue() {
        let opened = opened(Settings::defaults(Profile::V5_3), 20_000, Lens::Consumption);
        let Some(Part::Queues(queues)) = opened.first().map(|inside| &inside.part) else {
            panic!("{opened:?}");
        };
        let orders: Vec<_> = queues
            .iter()
            .filter(|queue| queue.shelf == Shelf::Topic)
            .collect();
        assert_eq!(
            orders
                .iter()
                .map(|queue| queue.max - queue.min)
                .sum::<u64>(),
            3
        );
        for queue in orders {
            assert!(
                queue.offsets.iter().all(|(_, offset)| *offset == queue.max),
                "{queue:?}"
            );
        }
    }
}
