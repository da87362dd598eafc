//! Which messages an event has put beyond every consumer's reach.

use crate::copies::{self, Awaited};
use crate::event::{Event, EventKind, EventName};
use crate::ids::{EventId, GroupId, MessageId, NodeId};
use crate::ledger::Stage;
use crate::message_set::MessageSet;
use crate::setup::system;
use crate::status::ConsumeResult;

use super::role::Role;
use super::{Cluster, Power};

/// A message that a group may have lost, and the event that would have taken it.
struct Suspect {
    cause: EventId,
    message: MessageId,
    group: Option<GroupId>,
    stage: Stage,
}

impl Cluster {
    /// Tells which messages were awaited `before` and can reach those who waited no more.
    /// What only a slave has left that nobody reads is lost with its master, and not once more with that copy.
    pub(super) fn tell_losses(
        &mut self,
        before: &Awaited,
        cause: EventId,
        node: NodeId,
        events: &mut Vec<Event>,
    ) {
        let now = Awaited::now(self);
        let stage = if self.is_consumer(node) {
            Stage::Consume
        } else {
            Stage::Store
        };
        // What can be brought again is lost no more: the next thing that takes it is told.
        for (message, group) in now.gone(before) {
            self.is_back(message, group);
        }
        let gone = before.gone(&now);
        for of_one in gone.chunk_by(|one, other| one.0 == other.0) {
            let Some((message, _)) = of_one.first() else {
                continue;
            };
            // From everybody at once, unless somebody has had it, will have it, or has lost it before.
            let from_all = !now.has_anywhere(*message)
                && !self.lost.values().any(|lost| lost.contains(*message))
                && !self.consumed.values().any(|had| had.contains(*message));
            let from = if from_all { None } else { Some(of_one) };
            for group in from.map_or(vec![None], |of_one| {
                of_one.iter().map(|lost| lost.1).collect()
            }) {
                self.tell_loss(*message, group, stage, Some(cause), node, events);
            }
        }
    }

    /// The same after a handler that may have deleted files, changed who serves, or cut a log: the last such thing `told` is the
    /// cause.
    pub(super) fn tell_hidden(&mut self, before: &Awaited, told: usize, events: &mut Vec<Event>) {
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
        group: Option<GroupId>,
        stage: Stage,
        cause: Option<EventId>,
        node: NodeId,
        events: &mut Vec<Event>,
    ) {
        if !self.is_told_lost(message, group) {
            self.lost.entry(group).or_default().insert(message);
            self.record(
                node,
                cause,
                EventKind::Lost {
                    message,
                    group,
                    stage,
                },
                events,
            );
        }
    }

    fn is_told_lost(&self, message: MessageId, group: Option<GroupId>) -> bool {
        let is_in = |group| {
            self.lost
                .get(&group)
                .is_some_and(|lost: &MessageSet| lost.contains(message))
        };
        is_in(None) || is_in(group)
    }

    /// There is a copy once more: for everybody, or for one group alone.
    pub(super) fn is_back(&mut self, message: MessageId, for_one: Option<GroupId>) {
        let Some(group) = for_one else {
            for (_, lost) in self.lost.iter_mut() {
                lost.remove(message);
            }
            return;
        };
        // What everybody had lost, the others still have.
        if self
            .lost
            .get(&None)
            .is_some_and(|lost| lost.contains(message))
        {
            let others: Vec<GroupId> = self
                .setup()
                .subscriptions
                .iter()
                .map(|(_, group, _)| *group)
                .collect();
            for other in others {
                self.lost.entry(Some(other)).or_default().insert(message);
            }
        }
        for group in [None, Some(group)] {
            if let Some(lost) = self.lost.get_mut(&group) {
                lost.remove(message);
            }
        }
    }

    /// What a broker has just told may mean that a group will not be given a message: an entry was made below its place, or its offset
    /// moved beyond it, though it has not consumed it.
    pub(super) fn tell_skipped(&mut self, node: NodeId, told: usize, events: &mut Vec<Event>) {
        let new = events.get(told..).unwrap_or_default();
        let suspects: Vec<Suspect> = new
            .iter()
            .flat_map(|event| self.suspects(node, event))
            .collect();
        for Suspect {
            cause,
            message,
            group,
            stage,
        } in suspects
        {
            if !self.is_told_lost(message, group) && !self.is_past_losing(message, group) {
                self.tell_loss(message, group, stage, Some(cause), node, events);
            }
        }
    }

    /// Whether a group has had a message, or can still be given it. Of no group: whether anybody has or can.
    fn is_past_losing(&self, message: MessageId, group: Option<GroupId>) -> bool {
        match group {
            Some(group) => {
                self.is_consumed(message, group) || copies::is_awaited(self, message, Some(group))
            }
            None => {
                self.consumed.values().any(|had| had.contains(message))
                    || Awaited::now(self).has_anywhere(message)
            }
        }
    }

    /// The messages that `event` may have put beyond a group's reach.
    fn suspects(&self, node: NodeId, event: &Event) -> Vec<Suspect> {
        let of = |stage, group, messages: Vec<MessageId>| {
            let suspects = messages.into_iter().map(|message| Suspect {
                cause: event.id,
                message,
                group: Some(group),
                stage,
            });
            suspects.collect()
        };
        if let EventKind::Dispatched { record } = &event.kind {
            // A half message that nobody answered for is a matter between the producer and its broker.
            let stage = if record.topic == system::CHECK_MAX {
                Stage::Produce
            } else {
                Stage::Consume
            };
            let wanted = copies::wanted(self, node, record.start).into_iter();
            wanted
                .map(|(message, group)| Suspect {
                    cause: event.id,
                    message,
                    group,
                    stage,
                })
                .collect()
        } else if let EventKind::OffsetCommitted {
            group,
            topic,
            queue,
            offset,
            reset: _,
        } = &event.kind
        {
            of(
                Stage::Consume,
                *group,
                copies::just_below(self, node, *group, *topic, *queue, *offset),
            )
        } else if let EventKind::Rebalanced { group, topic, .. } = &event.kind
            && self.setup().broadcasts(*group)
        {
            // A broadcasting member begins where no broker knows: what lies before it may be nobody's.
            of(
                Stage::Consume,
                *group,
                copies::of_topic(self, *topic, *group),
            )
        } else if let EventKind::Consumed {
            message,
            group,
            result,
            succeeded: false,
            kept,
            ..
        } = &event.kind
        {
            // The result of a dropped queue is thrown away, and the message with it; a broadcasting consumer drops what its listener
            // does not take, and so does an orderly one that commits a ROLLBACK.
            match (*kept, *result) {
                (false, _) => of(self.stage_of(*message), *group, vec![*message]),
                (true, ConsumeResult::Rollback) => of(Stage::Consume, *group, vec![*message]),
                (true, _) if self.setup().broadcasts(*group) => {
                    of(Stage::Consume, *group, vec![*message])
                }
                (true, _) => Vec::new(),
            }
        } else {
            Vec::new()
        }
    }

    /// A consumer has forgotten messages that it had not consumed, or gone on behind them. Those that nothing can bring it any more are
    /// lost.
    pub(super) fn tell_let_go(
        &mut self,
        node: NodeId,
        let_go: &[MessageId],
        cause: Option<EventId>,
        events: &mut Vec<Event>,
    ) {
        let group = match self.node(node).map(|node| &node.role) {
            Some(Role::Consumer(consumer)) => consumer.group(),
            Some(Role::NameServer(_) | Role::Producer(_) | Role::Broker(_)) | None => return,
        };
        for message in let_go {
            let lost = Some(group);
            if !self.is_told_lost(*message, lost) && !self.is_past_losing(*message, lost) {
                let stage = self.stage_of(*message);
                self.tell_loss(*message, lost, stage, cause, node, events);
            }
        }
    }

    /// Where a message was lost that its consumer has just let go: in the store, unless a master still has it and the group has
    /// passed it by.
    fn stage_of(&self, message: MessageId) -> Stage {
        let is_stored = copies::labels(self).any(|label| label == message);
        if is_stored && !copies::hidden(self).contains(message) {
            Stage::Consume
        } else {
            Stage::Store
        }
    }

    fn is_consumer(&self, node: NodeId) -> bool {
        matches!(
            self.node(node).map(|node| &node.role),
            Some(Role::Consumer(_))
        )
    }
}
