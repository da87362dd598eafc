//! What a projection looks at: one run at one instant, borrowed. Projections read this and nothing else.

use loss_lab_engine::event::Event;
use loss_lab_engine::ids::{EventId, MessageId, NodeId};
use loss_lab_engine::ledger::Entry;
use loss_lab_engine::names::Names;
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::{ClusterView, NodeView};

use crate::index::{self, Index};

/// A run at its cursor.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// What stands and what is configured.
    pub scenario: &'a Scenario,
    /// Every name.
    pub names: &'a Names,
    /// The cluster now.
    pub view: &'a ClusterView,
    /// What happened up to now.
    pub events: &'a [Event],
    /// What became of every message.
    pub ledger: &'a [Entry],
    /// Where in the events something is to be found, beyond the cursor too.
    pub index: &'a Index,
}

impl<'a> World<'a> {
    /// That of a run, with its index, and its view and its ledger at the cursor.
    #[must_use]
    pub fn of(run: &'a Run, index: &'a Index, view: &'a ClusterView, ledger: &'a [Entry]) -> Self {
        Self {
            scenario: run.scenario(),
            names: run.names(),
            view,
            events: run.events(),
            ledger,
            index,
        }
    }

    /// The instant.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.view.now
    }

    /// A node's name.
    #[must_use]
    pub fn name(&self, node: NodeId) -> String {
        self.names.node(node).to_owned()
    }

    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&'a NodeView> {
        self.view.nodes.iter().find(|node| node.id == id)
    }

    /// A message's line in the ledger.
    #[must_use]
    pub fn entry(&self, message: MessageId) -> Option<&'a Entry> {
        // The ledger is in order of the messages' numbers, which begin at 1, and seldom one is missing.
        let is_it = |entry: &&Entry| entry.message == message;
        let place = usize::try_from(message.0).ok()?.checked_sub(1)?;
        self.ledger.get(place).filter(is_it).or_else(|| {
            let at = self.ledger.partition_point(|entry| entry.message < message);
            self.ledger.get(at).filter(is_it)
        })
    }

    /// An event that has happened.
    #[must_use]
    pub fn event(&self, id: EventId) -> Option<&'a Event> {
        // Ids number a run's events from 0.
        self.events.get(id.index())
    }

    /// The events at `places` of the index that have happened, in order.
    pub fn happened(
        &self,
        places: &'a [usize],
    ) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        let events = self.events;
        let places = index::before(places, events.len()).iter();
        places.filter_map(|place| events.get(*place))
    }

    /// The number that the next message will get.
    #[must_use]
    pub fn next_message(&self) -> MessageId {
        // The ledger is in order of the messages' numbers.
        let last = self.ledger.last().map_or(0, |entry| entry.message.0);
        MessageId(last.saturating_add(1))
    }

    /// Whether packets pass between two nodes.
    #[must_use]
    pub fn is_cut(&self, a: NodeId, b: NodeId) -> bool {
        self.view.cuts.contains(&(a.min(b), a.max(b)))
    }
}
