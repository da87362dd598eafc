//! What a projection looks at: one run at one instant, borrowed. Projections read this and nothing else.

use loss_lab_engine::event::Event;
use loss_lab_engine::ids::{EventId, MessageId, NodeId};
use loss_lab_engine::ledger::Entry;
use loss_lab_engine::names::Names;
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::{ClusterView, NodeView};

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
}

impl<'a> World<'a> {
    /// That of a run, with its view and its ledger at the cursor.
    #[must_use]
    pub fn of(run: &'a Run, view: &'a ClusterView, ledger: &'a [Entry]) -> Self {
        Self {
            scenario: run.scenario(),
            names: run.names(),
            view,
            events: run.events(),
            ledger,
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
        // The ledger is in order of the messages' numbers.
        let at = self.ledger.partition_point(|entry| entry.message < message);
        self.ledger.get(at).filter(|entry| entry.message == message)
    }

    /// An event that has happened.
    #[must_use]
    pub fn event(&self, id: EventId) -> Option<&'a Event> {
        // Ids number a run's events from 0, so the position is a good guess; it is checked all the same.
        self.events
            .get(id.index())
            .filter(|event| event.id == id)
            .or_else(|| self.events.iter().find(|event| event.id == id))
    }

    /// The number that the next message will get.
    #[must_use]
    pub fn next_message(&self) -> MessageId {
        MessageId(
            self.ledger
                .iter()
                .map(|entry| entry.message.0)
                .max()
                .unwrap_or(0)
                .saturating_add(1),
        )
    }

    /// Whether packets pass between two nodes.
    #[must_use]
    pub fn is_cut(&self, a: NodeId, b: NodeId) -> bool {
        self.view.cuts.contains(&(a.min(b), a.max(b)))
    }
}
