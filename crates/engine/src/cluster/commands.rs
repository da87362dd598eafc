//! Acting on the world from outside: sends, faults, and what a scenario's script can do besides.

use std::sync::Arc;

use crate::action::{Command, Rejected, ScriptPull};
use crate::broker::Broker;
use crate::config::BrokerConfig;
use crate::copies::Awaited;
use crate::effect::Ctx;
use crate::event::{DiskChange, Down, Event, EventKind};
use crate::ids::{ClientId, ConnId, EventId, MessageId, NodeId};
use crate::network::{Packet, Segment};
use crate::node::consumer::Consumer;
use crate::setup::Kind;
use crate::status::{Profile, TransactionState};
use crate::units::{SimTime, Span};
use crate::wire::PullRequest;

use super::role::Role;
use super::{Cluster, Occurrence, Power};

impl Cluster {
    pub(super) fn obey(
        &mut self,
        command: Command,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        match command {
            Command::Send(node, call) => {
                self.must_run(node)?;
                let label = MessageId(self.next_message);
                self.next_message = self.next_message.saturating_add(1);
                if let Some(transaction) = &call.transaction {
                    self.tell_twins(node, label, &transaction.check);
                }
                self.with_node(node, None, events, |role, ctx| {
                    if let Role::Producer(producer) = role {
                        producer.on_send(ctx, label, call);
                    }
                });
                Ok(())
            }
            Command::Crash(node) => self.end_process(node, Down::Crash, events),
            Command::PowerLoss(node) => self.end_process(node, Down::PowerLoss, events),
            Command::DestroyDisk(node) => self.destroy_disk(node, events),
            Command::Stop(node, takes) => self.stop(node, takes, events),
            Command::Restart(node, takes) => self.restart(node, takes, events),
            Command::Pause(node) => self.pause(node, events),
            Command::Resume(node) => self.resume(node, events),
            Command::ChangeDisk(node, change) => self.change_disk(node, change, events),
            Command::ExpireFiles(node, up_to) => {
                let before = Awaited::now(self);
                let told = events.len();
                self.command_broker(node, events, |broker, ctx| broker.expire_files(ctx, up_to))?;
                self.tell_hidden(&before, told, events);
                Ok(())
            }
            Command::Cut(a, b) => {
                if !self.network.cut(a, b) {
                    return Err(Rejected::AlreadyCut);
                }
                self.record(
                    a,
                    None,
                    EventKind::LinkDown {
                        peer: b,
                        conn: None,
                    },
                    events,
                );
                Ok(())
            }
            Command::Heal(a, b) => {
                let held = self.network.heal(a, b).ok_or(Rejected::NotCut)?;
                let cause = self.record(
                    a,
                    None,
                    EventKind::LinkUp {
                        peer: b,
                        conn: None,
                    },
                    events,
                );
                for packet in held {
                    self.transmit(
                        Packet {
                            sent: self.now,
                            ..packet
                        },
                        Some(cause),
                    );
                }
                Ok(())
            }
            Command::Drop(from, to, count) => {
                self.network.drop_next(from, to, count);
                Ok(())
            }
            Command::SetLink(a, b, latency) => {
                self.network.set_latency(a, b, latency);
                Ok(())
            }
            Command::ConsumeResult(node, rule) => {
                self.command_consumer(node, events, |consumer, _| consumer.on_rule(rule))
            }
            Command::ProcessTime(node, process) => {
                self.command_consumer(node, events, |consumer, _| {
                    consumer.set_process_time(process)
                })
            }
            Command::Pull(node, pull) => self.raw_pull(node, pull, events),
            Command::ResetOffset(node, key, offset) => {
                // 4.9 has the clients do it.
                if self.setup().profile == Profile::V4_9 {
                    return Err(Rejected::NotModelled);
                }
                self.must_run(node)?;
                self.command_broker(node, events, |broker, ctx| {
                    broker.reset_offset(ctx, key, offset)
                })
            }
            Command::SetConf(node, conf) => self.set_conf(node, *conf, events),
            Command::SetElectUncleanMaster(on) => {
                let node = self.setup().name_server;
                self.must_run(node)?;
                self.with_node(node, None, events, |role, _| {
                    if let Role::NameServer(name_server) = role {
                        name_server.controller_mut().set_elects_unclean(on);
                    }
                });
                Ok(())
            }
        }
    }

    /// A raw pull reads a queue's master, whether the consumer in whose name it is runs or not.
    fn raw_pull(
        &mut self,
        node: NodeId,
        pull: ScriptPull,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        let Some(Kind::Consumer { group, spec, .. }) =
            self.setup().nodes.get(node.index()).map(|spec| &spec.kind)
        else {
            return Err(Rejected::NotAConsumer);
        };
        let request = PullRequest {
            client: ClientId { node, start: 1 },
            group: *group,
            topic: pull.topic,
            queue: pull.queue,
            offset: pull.offset,
            max_nums: spec.conf.pull_batch_size,
            commit: None,
            suspend: None,
            tags: pull.tags,
            sub_version: None,
        };
        let master = self.master_of(pull.broker).ok_or(Rejected::NoSuchNode)?;
        self.must_run(master)?;
        self.command_broker(master, events, |broker, ctx| broker.raw_pull(ctx, request))
    }

    fn must_run(&self, id: NodeId) -> Result<(), Rejected> {
        match self.node(id).map(|node| &node.power) {
            None => Err(Rejected::NoSuchNode),
            Some(Power::Running) => Ok(()),
            Some(Power::Paused { .. }) => Err(Rejected::Paused),
            Some(Power::Down(_) | Power::Starting(_) | Power::Stopping(..) | Power::NotStarted) => {
                Err(Rejected::Down)
            }
        }
    }

    fn command_broker(
        &mut self,
        id: NodeId,
        events: &mut Vec<Event>,
        handle: impl FnOnce(&mut Broker, &mut Ctx),
    ) -> Result<(), Rejected> {
        match self.node(id).map(|node| &node.role) {
            Some(Role::Broker(_)) => {}
            Some(Role::NameServer(_) | Role::Producer(_) | Role::Consumer(_)) => {
                return Err(Rejected::NotABroker);
            }
            None => return Err(Rejected::NoSuchNode),
        }
        self.with_node(id, None, events, |role, ctx| {
            if let Role::Broker(broker) = role {
                handle(broker, ctx);
            }
        });
        Ok(())
    }

    fn command_consumer(
        &mut self,
        id: NodeId,
        events: &mut Vec<Event>,
        handle: impl FnOnce(&mut Consumer, &mut Ctx),
    ) -> Result<(), Rejected> {
        match self.node(id).map(|node| &node.role) {
            Some(Role::Consumer(_)) => {}
            Some(Role::NameServer(_) | Role::Producer(_) | Role::Broker(_)) => {
                return Err(Rejected::NotAConsumer);
            }
            None => return Err(Rejected::NoSuchNode),
        }
        self.with_node(id, None, events, |role, ctx| {
            if let Role::Consumer(consumer) = role {
                handle(consumer, ctx);
            }
        });
        Ok(())
    }

    /// A check-back asks any producer of the group: what the listener says of a message, all of them know.
    fn tell_twins(&mut self, sender: NodeId, label: MessageId, states: &[TransactionState]) {
        let group_of = |role: &Role| match role {
            Role::Producer(producer) => Some(producer.group()),
            Role::Broker(_) | Role::Consumer(_) | Role::NameServer(_) => None,
        };
        let group = self.node(sender).and_then(|node| group_of(&node.role));
        for node in &mut self.nodes {
            if group.is_some()
                && group_of(&node.role) == group
                && let Role::Producer(producer) = &mut Arc::make_mut(node).role
            {
                producer.learn(label, states.to_vec());
            }
        }
    }

    /// SIGKILL or a power loss.
    fn end_process(
        &mut self,
        id: NodeId,
        how: Down,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        let node = self.node_mut(id).ok_or(Rejected::NoSuchNode)?;
        match node.power {
            Power::Running | Power::Paused { .. } | Power::Starting(_) | Power::Stopping(..) => {}
            // A machine whose process is already dead can still lose its power.
            Power::Down(Down::Crash | Down::Stop) if how == Down::PowerLoss => {}
            Power::Down(_) | Power::NotStarted => return Err(Rejected::Down),
        }
        let before = Awaited::now(self);
        let cause = self.record(id, None, EventKind::NodeDown { how }, events);
        self.kill(id, how, cause, events);
        self.tell_losses(&before, cause, id, events);
        Ok(())
    }

    fn kill(&mut self, id: NodeId, how: Down, cause: EventId, events: &mut Vec<Event>) {
        let Some(node) = self.node(id) else {
            return;
        };
        let unread: Vec<ConnId> = match &node.power {
            Power::Paused { backlog } => backlog
                .iter()
                .filter_map(|occurrence| match occurrence {
                    Occurrence::Arrival(Packet {
                        conn,
                        segment: Segment::Data(_),
                        ..
                    }) => Some(*conn),
                    Occurrence::Arrival(_) | Occurrence::Alarm { .. } | Occurrence::Up { .. } => {
                        None
                    }
                })
                .collect(),
            Power::Running
            | Power::Down(_)
            | Power::Starting(_)
            | Power::Stopping(..)
            | Power::NotStarted => Vec::new(),
        };
        self.settle(id, Power::Down(how));
        self.with_node(id, Some(cause), events, |role, ctx| {
            role.lose_memory(ctx, how)
        });
        for conn in self.network.conns_of(id) {
            if how == Down::PowerLoss {
                self.network.forget(conn, id);
            } else {
                let farewell = if unread.contains(&conn) {
                    Segment::Rst
                } else {
                    Segment::Fin
                };
                self.hang_up(conn, id, farewell, Some(cause));
            }
        }
    }

    fn destroy_disk(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        if !matches!(
            self.node(id).ok_or(Rejected::NoSuchNode)?.role,
            Role::Broker(_)
        ) {
            return Err(Rejected::NotABroker);
        }
        let before = Awaited::now(self);
        let runs = matches!(
            self.node(id).map(|node| &node.power),
            Some(Power::Running | Power::Paused { .. } | Power::Starting(_) | Power::Stopping(..))
        );
        let cause = self.record(
            id,
            None,
            EventKind::DiskChanged {
                change: DiskChange::Destroyed,
            },
            events,
        );
        if runs {
            let down = self.record(
                id,
                Some(cause),
                EventKind::NodeDown {
                    how: Down::DestroyDisk,
                },
                events,
            );
            self.kill(id, Down::DestroyDisk, down, events);
        }
        self.with_node(id, Some(cause), events, |role, _| {
            if let Role::Broker(broker) = role {
                broker.lose_disk();
            }
        });
        self.tell_losses(&before, cause, id, events);
        Ok(())
    }

    /// Clean shutdown. A broker closes its listeners and its clients' connections at once; its other services take seconds.
    fn stop(
        &mut self,
        id: NodeId,
        takes: Option<Span>,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        self.must_run(id)?;
        let mut clients = self.network.served_by(id);
        clients.retain(|conn| !self.broker(id).is_some_and(|it| it.has_slave_on(*conn)));
        let served = !clients.is_empty();
        let mut end = None;
        self.with_node(id, None, events, |role, ctx| {
            if let Role::Broker(broker) = role {
                end = broker.begin_shutdown(ctx, served, takes);
            }
        });
        let Some(end) = end.filter(|end| *end > self.now) else {
            self.end_stop(id, events);
            return Ok(());
        };
        self.settle(id, Power::Stopping(end, None));
        for conn in clients {
            self.hang_up(conn, id, Segment::Fin, None);
        }
        self.plan_up(id, end);
        Ok(())
    }

    /// The last of a clean shutdown: the process says good-bye by itself, then ends.
    fn end_stop(&mut self, id: NodeId, events: &mut Vec<Event>) {
        let before = Awaited::now(self);
        self.with_node(id, None, events, Role::shut_down);
        let cause = self.record(id, None, EventKind::NodeDown { how: Down::Stop }, events);
        self.kill(id, Down::Stop, cause, events);
        // What a consumer held in its memory may have been the last of it.
        self.tell_losses(&before, cause, id, events);
    }

    fn restart(
        &mut self,
        id: NodeId,
        takes: Span,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        match &mut self.node_mut(id).ok_or(Rejected::NoSuchNode)?.power {
            Power::Down(_) | Power::NotStarted => {}
            // It starts again when it has ended.
            Power::Stopping(_, again @ None) => {
                *again = Some(takes);
                return Ok(());
            }
            Power::Stopping(..) | Power::Starting(_) => return Err(Rejected::Starting),
            Power::Running | Power::Paused { .. } => return Err(Rejected::Running),
        }
        let was_off = matches!(
            self.node(id).map(|node| &node.power),
            Some(Power::Down(Down::PowerLoss))
        );
        self.note_start(id, self.now + takes);
        if was_off {
            // The peers' retransmissions now meet a kernel that does not know their connections.
            for (conn, peer) in self.network.half_open_with(id) {
                self.transmit(
                    Packet {
                        conn,
                        from: id,
                        to: peer,
                        sent: self.now,
                        segment: Segment::Rst,
                    },
                    None,
                );
            }
        }
        let _ = events;
        Ok(())
    }

    pub(super) fn note_start(&mut self, id: NodeId, at: SimTime) {
        if let Some(node) = self.node_mut(id) {
            node.start = node.start.saturating_add(1);
        }
        self.settle(id, Power::Starting(at));
        self.plan_up(id, at);
    }

    /// From now on it is so.
    fn settle(&mut self, id: NodeId, power: Power) {
        let now = self.now;
        if let Some(node) = self.node_mut(id) {
            node.power = power;
            node.since = now;
        }
    }

    /// What the node's power says will be over at `at`.
    fn plan_up(&mut self, id: NodeId, at: SimTime) {
        if let Some(start) = self.node(id).map(|node| node.start) {
            self.plan(at, Occurrence::Up { node: id, start }, None);
        }
    }

    pub(super) fn come_up(
        &mut self,
        id: NodeId,
        start: u32,
        cause: Option<EventId>,
        events: &mut Vec<Event>,
    ) {
        let Some(node) = self.node(id).filter(|node| node.start == start) else {
            return;
        };
        match node.power {
            Power::Starting(_) => {}
            Power::Stopping(_, again) => {
                self.end_stop(id, events);
                if let Some(takes) = again {
                    self.note_start(id, self.now + takes);
                }
                return;
            }
            Power::Running | Power::Paused { .. } | Power::Down(_) | Power::NotStarted => return,
        }
        // A master that is back hides what only its slaves have.
        let before = Awaited::now(self);
        self.settle(id, Power::Running);
        let up = self.record(id, cause, EventKind::NodeUp, events);
        self.with_node(id, Some(up), events, Role::boot);
        self.tell_losses(&before, up, id, events);
    }

    fn pause(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        self.must_run(id)?;
        self.settle(
            id,
            Power::Paused {
                backlog: Vec::new(),
            },
        );
        self.record(id, None, EventKind::Paused, events);
        Ok(())
    }

    /// SIGCONT: what the kernel kept is read, and alarms that are overdue go off, in the order in which they came. But the network
    /// threads and the scan of the response table wake together: if the scan is first, what has been answered counts as timed out
    /// [1 of 3: q16].
    fn resume(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        let node = self.node_mut(id).ok_or(Rejected::NoSuchNode)?;
        let Power::Paused { backlog } = &mut node.power else {
            return Err(Rejected::NotPaused);
        };
        let mut backlog = core::mem::take(backlog);
        self.settle(id, Power::Running);
        let cause = self.record(id, None, EventKind::Resumed, events);
        if backlog.iter().any(Occurrence::scans_responses) && !self.rng.usually(1, 3) {
            let (scans, others): (Vec<_>, Vec<_>) =
                backlog.into_iter().partition(Occurrence::scans_responses);
            backlog = scans;
            backlog.extend(others);
        }
        for what in backlog {
            self.plan(self.now, what, Some(cause));
        }
        Ok(())
    }

    fn change_disk(
        &mut self,
        id: NodeId,
        change: DiskChange,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        self.command_broker(id, events, |broker, ctx| {
            ctx.tell(EventKind::DiskChanged { change });
            broker.on_disk_change(ctx, change);
        })
    }

    fn set_conf(
        &mut self,
        id: NodeId,
        conf: BrokerConfig,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        self.command_broker(id, events, |broker, ctx| broker.set_conf(ctx, conf))
    }
}
