//! Which messages an event has put beyond every consumer's reach.

use std::collections::BTreeSet;

use crate::copies;
use crate::event::{Event, EventKind};
use crate::ids::{EventId, GroupId, MessageId, NodeId};
use crate::ledger::Stage;

use super::Cluster;
use super::role::Role;

impl Cluster {
    /// The messages that have a copy which can still be served.
    pub(super) fn servable(&self) -> BTreeSet<MessageId> {
        copies::servable(self)
    }

    /// Tells which messages had a servable copy `before` and have none now, unless everybody who wanted them has them.
    pub(super) fn tell_losses(&mut self, before: &BTreeSet<MessageId>, cause: EventId, node: NodeId, events: &mut Vec<Event>) {
        let now = self.servable();
        let stage = if matches!(self.node(node).map(|node| &node.role), Some(Role::Consumer(_))) { Stage::Consume } else { Stage::Store };
        for message in before.difference(&now) {
            self.tell_loss(*message, stage, cause, node, events);
        }
    }

    fn tell_loss(&mut self, message: MessageId, stage: Stage, cause: EventId, node: NodeId, events: &mut Vec<Event>) {
        let done = self.consumed.range((message, GroupId(0))..=(message, GroupId(u16::MAX))).next().is_some();
        if !done && self.lost.insert(message).is_none() {
            self.record(node, Some(cause), EventKind::Lost { message, stage }, events);
        }
    }

    /// What a broker has just told may mean that nobody will be given a message: an entry was made below, or an offset moved beyond
    /// it, though nobody has consumed it.
    pub(super) fn tell_skipped(&mut self, node: NodeId, told: usize, events: &mut Vec<Event>) {
        let suspects: Vec<(EventId, MessageId)> = events
            .get(told..)
            .unwrap_or_default()
            .iter()
            .flat_map(|event| {
                let passed = if let EventKind::Dispatched { record } = &event.kind {
                    record.message.filter(|_| copies::is_stillborn(self, node, record.start)).into_iter().collect()
                } else if let EventKind::OffsetCommitted { group, topic, queue, offset } = &event.kind {
                    copies::just_below(self, node, *group, *topic, *queue, *offset)
                } else {
                    Vec::new()
                };
                passed.into_iter().map(|message| (event.id, message))
            })
            .collect();
        if suspects.is_empty() {
            return;
        }
        for (cause, message) in suspects {
            if !self.lost.contains(&message) && copies::is_beyond_reach(self, message) {
                self.tell_loss(message, Stage::Consume, cause, node, events);
            }
        }
    }
}
