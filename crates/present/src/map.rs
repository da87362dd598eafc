//! The copy map: the stage at 30 by 18 pixels. Columns are brokers, rows are memory and disk.

use loss_lab_engine::event::Place;
use loss_lab_engine::ids::NodeId;
use loss_lab_engine::ledger::Entry;
use loss_lab_engine::view::NodeKind;

use crate::world::World;

/// One message's copies.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CopyMap {
    /// One per broker, in stage order.
    pub columns: Vec<Column>,
}

/// One broker's part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Above the line.
    pub memory: Cell,
    /// Below it.
    pub disk: Cell,
}

/// One place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A copy.
    Held,
    /// A copy that nobody will be given.
    Ghost,
    /// The last copy was lost here.
    LostHere,
}

/// The copy map of one message.
#[must_use]
pub fn map(world: &World<'_>, entry: &Entry) -> CopyMap {
    let lost_at = entry
        .lost_by
        .and_then(|by| world.event(by.event))
        .map(|event| event.node);
    let brokers = world
        .view
        .nodes
        .iter()
        .filter(|node| matches!(node.kind, NodeKind::Broker(_)));
    CopyMap {
        columns: brokers
            .map(|node| column(entry, node.id, lost_at == Some(node.id)))
            .collect(),
    }
}

fn column(entry: &Entry, node: NodeId, lost_here: bool) -> Column {
    let mut column = Column {
        memory: if lost_here {
            Cell::LostHere
        } else {
            Cell::Empty
        },
        disk: Cell::Empty,
    };
    for copy in entry.copies.iter().filter(|copy| copy.node == node) {
        let cell = if entry.copies.iter().any(|copy| copy.served) {
            Cell::Held
        } else {
            Cell::Ghost
        };
        match copy.place {
            Place::Heap | Place::PageCache => column.memory = cell,
            Place::Disk => column.disk = cell,
        }
    }
    column
}
