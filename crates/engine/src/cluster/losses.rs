//! Which messages an event has put beyond every consumer's reach.

use crate::copies;
use crate::event::{Event, EventKind, EventName};
use crate::ids::{EventId, MessageId, NodeId};
use crate::ledger::Stage;
use crate::message_set::MessageSet;
use crate::setup::system;
use crate::units::QueueOffset;

use super::role::Role;
use super::{Cluster, Power};

impl Cluster {
    /// The messages that have a copy which can still be served.
    pub(super) fn servable(&self) -> MessageSet {
        copies::servable(self)
    }

    /// Tells which messages had a servable copy `before` and have none now, unless everybody who wanted them has them.
    pub(super) fn tell_losses(
        &mut self,
        before: &MessageSet,
        cause: EventId,
        node: NodeId,
        events: &mut Vec<Event>,
    ) {
        let now = self.servable();
        let stage = if self.is_consumer(node) {
            Stage::Consume
        } else {
            Stage::Store
        };
        for message in before.iter().filter(|message| !now.contains(*message)) {
            self.tell_loss(message, stage, Some(cause), node, events);
        }
    }

    /// The same after a handler that may have deleted files, changed who serves, or cut a log: the last such thing `told` is the
    /// cause.
    pub(super) fn tell_hidden(
        &mut self,
        before: &MessageSet,
        told: usize,
        events: &mut Vec<Event>,
    ) {
        const CAUSES: [EventName; 4] = [
            EventName::Deleted,
            EventName::Elected,
            EventName::RoleChanged,
            EventName::Truncated,
        ];
        let hidden = events
            .get(told..)
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|event| CAUSES.contains(&event.kind.name()));
        if let Some((cause, node)) = hidden.map(|event| (event.id, event.node)) {
            self.tell_losses(before, cause, node, events);
        }
    }

    /// What comes of a broker's end in controller mode: the controller, if it runs, looks for an heir.
    pub(crate) fn fail_over(&mut self, node: NodeId, events: &mut Vec<Event>) {
        let controller = self.setup().name_server;
        let runs = self
            .node(controller)
            .is_some_and(|node| matches!(node.power, Power::Running));
        let name = self.broker(node).map(|broker| broker.identity().broker);
        if let Some(name) = name.filter(|_| runs && self.setup().controlled) {
            self.with_judged_node(true, controller, None, events, |role, ctx| {
                if let Role::NameServer(name_server) = role {
                    name_server.on_closed(ctx, node);
                    name_server.controller_mut().on_inactive(ctx, node, name);
                }
            });
        }
    }

    fn tell_loss(
        &mut self,
        message: MessageId,
        stage: Stage,
        cause: Option<EventId>,
        node: NodeId,
        events: &mut Vec<Event>,
    ) {
        let mut groups = self.consumed.values();
        let done = groups.any(|consumed| consumed.contains(message));
        if !done && self.lost.insert(message) {
            self.record(node, cause, EventKind::Lost { message, stage }, events);
        }
    }

    /// What a broker has just told may mean that nobody will be given a message: an entry was made below, or an offset moved beyond
    /// it, though nobody has consumed it.
    pub(super) fn tell_skipped(&mut self, node: NodeId, told: usize, events: &mut Vec<Event>) {
        let suspects: Vec<(EventId, MessageId, Stage)> = events
            .get(told..)
            .unwrap_or_default()
            .iter()
            .flat_map(|event| {
                let (stage, passed) = if let EventKind::Dispatched { record } = &event.kind {
                    // A half message that nobody answered for is a matter between the producer and its broker.
                    let stage = if record.topic == system::CHECK_MAX {
                        Stage::Produce
                    } else {
                        Stage::Consume
                    };
                    let stillborn = record
                        .message
                        .filter(|_| copies::is_stillborn(self, node, record.start));
                    (stage, stillborn.into_iter().collect())
                } else if let EventKind::OffsetCommitted {
                    group,
                    topic,
                    queue,
                    offset,
                } = &event.kind
                {
                    (
                        Stage::Consume,
                        copies::just_below(self, node, *group, *topic, *queue, *offset),
                    )
                } else if let EventKind::Pulled {
                    group,
                    topic,
                    queue,
                    offset,
                    script: false,
                    ..
                } = &event.kind
                {
                    // And nobody is told how far it is, but it does not go back.
                    let passed = match u64::try_from(*offset) {
                        Ok(offset) if self.setup().broadcasts(*group) => {
                            let offset = QueueOffset::new(offset);
                            copies::just_below(self, node, *group, *topic, *queue, offset)
                        }
                        Ok(_) | Err(_) => Vec::new(),
                    };
                    (Stage::Consume, passed)
                } else if let EventKind::Rebalanced { group, topic, .. } = &event.kind {
                    // A broadcasting member begins where no broker knows: what lies before it may be nobody's.
                    let before = if self.setup().broadcasts(*group) {
                        copies::of_topic(self, *topic)
                    } else {
                        Vec::new()
                    };
                    (Stage::Consume, before)
                } else if let EventKind::Consumed {
                    message,
                    succeeded: false,
                    kept: false,
                    ..
                } = &event.kind
                {
                    // The result of a dropped queue is thrown away, and the message with it.
                    (Stage::Store, vec![*message])
                } else if let EventKind::Consumed {
                    message,
                    group,
                    succeeded: false,
                    kept: true,
                    ..
                } = &event.kind
                {
                    // A broadcasting consumer drops what its listener does not take.
                    let dropped = if self.setup().broadcasts(*group) {
                        vec![*message]
                    } else {
                        Vec::new()
                    };
                    (Stage::Consume, dropped)
                } else {
                    (Stage::Consume, Vec::new())
                };
                passed
                    .into_iter()
                    .map(move |message| (event.id, message, stage))
            })
            .collect();
        if suspects.is_empty() {
            return;
        }
        for (cause, message, stage) in suspects {
            if !self.lost.contains(message) && copies::is_beyond_reach(self, message) {
                self.tell_loss(message, stage, Some(cause), node, events);
            }
        }
    }

    /// A consumer has forgotten messages that it had not consumed. Those that no broker has any more are lost with its memory.
    pub(super) fn tell_let_go(
        &mut self,
        node: NodeId,
        let_go: &[MessageId],
        cause: Option<EventId>,
        events: &mut Vec<Event>,
    ) {
        for message in let_go {
            if !self.lost.contains(*message) && copies::is_beyond_reach(self, *message) {
                self.tell_loss(*message, Stage::Store, cause, node, events);
            }
        }
    }

    fn is_consumer(&self, node: NodeId) -> bool {
        matches!(
            self.node(node).map(|node| &node.role),
            Some(Role::Consumer(_))
        )
    }
}
