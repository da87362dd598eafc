//! The whole world at one instant, and the only function that moves it: [`Cluster::apply`].
//!
//! Nodes never act by themselves. A handler reads what reached its node and fills an outbox; [`Cluster::perform`] carries it out.
//! A clone of a cluster is a snapshot: nodes are shared until one of them acts.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::action::{Action, Command, DueId, Rejected};
use crate::broker::Broker;
use crate::effect::{Closed, Ctx, Effect, Outbox};
use crate::event::{DiskChange, Down, Event, EventKind};
use crate::ids::{ConnId, EventId, GroupId, MessageId, NodeId};
use crate::ledger::Stage;
use crate::names::Names;
use crate::network::{Network, Packet, Segment};
use crate::node::consumer::Consumer;
use crate::node::name_server::NameServer;
use crate::node::producer::Producer;
use crate::rng::Rng;
use crate::scenario::Scenario;
use crate::setup::{Kind, Setup};
use crate::timers::Timer;
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::view::{ClusterView, Condition, Flight, FlightKind, NodeKind, NodeView};
use crate::wire::{Frame, HaFrame, Request, Response};

/// How long after its own registration a client of the recordings was built; nothing before this instant matters.
const FIRST_START: Span = Span::from_secs(60);

/// A whole RocketMQ: nodes, network, agenda and dice.
#[derive(Clone, Debug)]
pub struct Cluster {
    now: SimTime,
    setup: Arc<Setup>,
    nodes: Vec<Arc<Node>>,
    network: Network,
    agenda: BTreeMap<DueId, Due>,
    next_due: u32,
    next_conn: u32,
    next_event: u32,
    next_message: u32,
    rng: Rng,
    /// Which messages each group has consumed. Nothing in the cluster reads it: it tells losses from things done.
    consumed: imbl::OrdSet<(MessageId, GroupId)>,
    /// Messages that were told to be lost.
    lost: imbl::OrdSet<MessageId>,
}

/// One node: what it is, whether its process runs, and what waits for it while it is frozen.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Node {
    power: Power,
    /// How often its process has been started.
    start: u32,
    since: SimTime,
    role: Role,
}

/// Whether a process runs. A frozen one keeps its memory, and its kernel keeps what arrives.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Power {
    Running,
    Paused { backlog: Vec<Occurrence> },
    Down(Down),
    Starting(SimTime),
    NotStarted,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Role {
    NameServer(NameServer),
    Broker(Box<Broker>),
    Producer(Box<Producer>),
    Consumer(Box<Consumer>),
}

/// Something that will happen, and the event that made it so.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Due {
    what: Occurrence,
    cause: Option<EventId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Occurrence {
    Arrival(Packet),
    /// An alarm of the node's `start`-th process.
    Alarm { node: NodeId, start: u32, timer: Timer },
    /// A process is up.
    Up { node: NodeId, start: u32 },
}

impl Cluster {
    /// The cluster of a scenario at t = 0: every node that the scenario starts has started and settled.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let mut rng = Rng::new(scenario.seed);
        let setup = Arc::new(Setup::new(scenario, &mut rng));
        let nodes = setup.nodes.iter().zip(0u16..).map(|(spec, id)| Arc::new(Node::new(NodeId(id), &spec.kind))).collect();
        let mut cluster = Self {
            now: SimTime::ZERO - FIRST_START,
            setup: Arc::clone(&setup),
            nodes,
            network: Network::default(),
            agenda: BTreeMap::new(),
            next_due: 0,
            next_conn: 0,
            next_event: 0,
            next_message: 1,
            rng,
            consumed: imbl::OrdSet::new(),
            lost: imbl::OrdSet::new(),
        };
        for (spec, id) in setup.nodes.iter().zip(0u16..) {
            if let Some(at) = spec.starts {
                cluster.note_start(NodeId(id), at);
            }
        }
        let mut before = Vec::new();
        while let Some((at, action)) = cluster.next()
            && at < SimTime::ZERO
        {
            // What the cluster itself has planned is always there.
            let _ = cluster.apply(action, &mut before);
        }
        cluster.now = SimTime::ZERO;
        cluster.next_event = 0;
        for due in cluster.agenda.values_mut() {
            due.cause = None;
        }
        cluster
    }

    /// The instant.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The names behind ids.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.setup.names
    }

    /// What happens next by itself, and when.
    #[must_use]
    pub fn next(&self) -> Option<(SimTime, Action)> {
        let (id, due) = self.agenda.first_key_value()?;
        Some((id.at, due.action(*id)))
    }

    /// Everything that is planned at the next instant at which something is: what a scheduler could let happen first.
    #[must_use]
    pub fn enabled(&self) -> Vec<Action> {
        let Some((first, _)) = self.agenda.first_key_value() else { return Vec::new() };
        self.agenda.iter().take_while(|(id, _)| id.at == first.at).map(|(id, due)| due.action(*id)).collect()
    }

    /// Whether only housekeeping is left: heartbeats, polls and other periodic looks that change no message's fate.
    #[must_use]
    pub fn at_rest(&self) -> bool {
        let starting = self.nodes.iter().any(|node| matches!(node.power, Power::Starting(_)));
        !starting
            && self.agenda.values().all(|due| match &due.what {
                Occurrence::Arrival(packet) => matches!(&packet.segment, Segment::Data(frame) if frame.is_housekeeping()),
                Occurrence::Alarm { node, start, timer } => {
                    timer.is_housekeeping() || self.node(*node).is_none_or(|node| node.start != *start)
                }
                Occurrence::Up { .. } => false,
            })
    }

    /// A number that is equal for equal worlds.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = Fnv::default();
        self.now.hash(&mut hasher);
        for node in &self.nodes {
            node.hash(&mut hasher);
        }
        self.network.hash(&mut hasher);
        for (id, due) in &self.agenda {
            (id.at, &due.what).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Lets one thing happen and says what came of it. The only way to move the world.
    ///
    /// # Errors
    /// When a command does not fit the state of its node; nothing has changed then.
    pub fn apply(&mut self, action: Action, events: &mut Vec<Event>) -> Result<(), Rejected> {
        match action {
            Action::Deliver(id) | Action::Fire(id) => {
                let due = self.agenda.remove(&id).ok_or(Rejected::NotPlanned)?;
                self.now = self.now.max(id.at);
                self.occur(due, events);
                Ok(())
            }
            Action::Obey(command) => self.obey(command, events),
        }
    }

    /// Lets the clock run to `at`, at which nothing is planned before.
    pub fn idle_until(&mut self, at: SimTime) {
        self.now = self.now.max(at);
    }

    /// What can be seen now.
    #[must_use]
    pub fn view(&self) -> ClusterView {
        let mut nodes: Vec<NodeView> = self.nodes.iter().zip(0u16..).map(|(node, id)| self.view_node(NodeId(id), node)).collect();
        crate::copies::mark_served(self, &mut nodes);
        let mut flights: Vec<_> = self
            .agenda
            .iter()
            .filter_map(|(id, due)| match &due.what {
                Occurrence::Arrival(packet) => Some(self.view_packet(packet, id.at)),
                Occurrence::Alarm { .. } | Occurrence::Up { .. } => None,
            })
            .collect();
        flights.extend(self.network.held().map(|packet| self.view_packet(packet, SimTime::NEVER)));
        ClusterView { now: self.now, nodes, flights, cuts: self.network.cuts() }
    }

    fn view_node(&self, id: NodeId, node: &Node) -> NodeView {
        let condition = match node.power {
            Power::Running => Condition::Running,
            Power::Paused { .. } => Condition::Paused,
            Power::Down(how) => Condition::Down(how),
            Power::Starting(at) => Condition::Starting(at),
            Power::NotStarted => Condition::NotStarted,
        };
        let kind = match &node.role {
            Role::NameServer(name_server) => NodeKind::NameServer { registered: name_server.registered() },
            Role::Broker(broker) => NodeKind::Broker(broker.view(self.now)),
            Role::Producer(producer) => NodeKind::Producer(producer.view()),
            Role::Consumer(consumer) => NodeKind::Consumer(consumer.view()),
        };
        NodeView { id, condition, since: node.since, kind }
    }

    fn view_packet(&self, packet: &Packet, arrives: SimTime) -> Flight {
        let what = match &packet.segment {
            Segment::Data(frame) => self.view_frame(packet.from, frame),
            Segment::Syn | Segment::SynAck | Segment::Refused | Segment::Fin | Segment::Rst => FlightKind::Connection,
        };
        Flight { from: packet.from, to: packet.to, sent: packet.sent, arrives, what }
    }

    fn view_frame(&self, from: NodeId, frame: &Frame) -> FlightKind {
        match frame {
            Frame::Request(_, Request::SendMessage { message, .. }) | Frame::Oneway(Request::SendMessage { message, .. }) => {
                message.label.map_or(FlightKind::Housekeeping, FlightKind::Send)
            }
            Frame::Request(_, Request::Pull(_)) => FlightKind::Pull,
            Frame::Oneway(Request::UpdateConsumerOffset { .. }) => FlightKind::Offsets,
            Frame::Response(_, Response::Sent { status, start, .. }) => match self.label_at(from, *start) {
                Some(label) => FlightKind::Reply(label, *status),
                None => FlightKind::Housekeeping,
            },
            Frame::Response(_, Response::Pulled { messages, .. }) => {
                FlightKind::Messages(messages.iter().filter_map(|pulled| pulled.message.label).collect())
            }
            Frame::Ha(HaFrame::Transfer { records, .. }) => {
                FlightKind::Replicate(records.iter().filter_map(|entry| entry.record()?.message.label).collect())
            }
            Frame::Ha(HaFrame::Report(offset)) => FlightKind::Ack(*offset),
            Frame::Request(..) | Frame::Oneway(_) | Frame::Response(..) | Frame::Ha(HaFrame::Connected) => FlightKind::Housekeeping,
        }
    }

    fn label_at(&self, node: NodeId, start: PhysicalOffset) -> Option<MessageId> {
        let (_, broker, _) = self.brokers().find(|(id, _, _)| *id == node)?;
        broker.disk().log.record_at(start)?.message.label
    }

    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// A broker replica's state, and whether its process could serve: it runs, or can be started again.
    pub(crate) fn brokers(&self) -> impl Iterator<Item = (NodeId, &Broker, bool)> {
        self.nodes.iter().zip(0u16..).filter_map(|(node, id)| match &node.role {
            Role::Broker(broker) => Some((NodeId(id), broker.as_ref(), matches!(node.power, Power::Running | Power::Paused { .. }))),
            Role::NameServer(_) | Role::Producer(_) | Role::Consumer(_) => None,
        })
    }

    /// The consumers, and whether each runs.
    pub(crate) fn consumers(&self) -> impl Iterator<Item = (NodeId, &Consumer, bool)> {
        self.nodes.iter().zip(0u16..).filter_map(|(node, id)| match &node.role {
            Role::Consumer(consumer) => Some((NodeId(id), consumer.as_ref(), matches!(node.power, Power::Running | Power::Paused { .. }))),
            Role::NameServer(_) | Role::Producer(_) | Role::Broker(_) => None,
        })
    }

    pub(crate) fn is_slave(&self, node: NodeId) -> bool {
        self.brokers().any(|(id, broker, _)| id == node && broker.identity().replica != 0)
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index()).map(Arc::as_ref)
    }

    fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.index()).map(Arc::make_mut)
    }

    fn plan(&mut self, at: SimTime, what: Occurrence, cause: Option<EventId>) {
        let id = DueId { at: at.max(self.now), seq: self.next_due };
        self.next_due = self.next_due.wrapping_add(1);
        self.agenda.insert(id, Due { what, cause });
    }

    // ---- what happens by itself ----

    fn occur(&mut self, due: Due, events: &mut Vec<Event>) {
        match due.what {
            Occurrence::Arrival(packet) => self.arrive(packet, due.cause, events),
            Occurrence::Alarm { node, start, timer } => {
                let Some(state) = self.node_mut(node) else { return };
                if state.start != start {
                    return;
                }
                if let Power::Paused { backlog } = &mut state.power {
                    backlog.push(Occurrence::Alarm { node, start, timer });
                } else if matches!(state.power, Power::Running) {
                    self.with_node(node, due.cause, events, |role, ctx| role.on_timer(ctx, timer));
                }
            }
            Occurrence::Up { node, start } => self.come_up(node, start, due.cause, events),
        }
    }

    fn arrive(&mut self, packet: Packet, cause: Option<EventId>, events: &mut Vec<Event>) {
        if self.network.hold_if_cut(&packet) {
            return;
        }
        let Some(node) = self.node_mut(packet.to) else { return };
        match &mut node.power {
            // The machine is off: nobody answers, nobody refuses.
            Power::Down(Down::PowerLoss) => {}
            Power::Down(_) | Power::Starting(_) | Power::NotStarted => self.answer_for_nobody(&packet, cause),
            // The kernel of a frozen process grants connections and keeps the rest for later.
            Power::Paused { backlog } => {
                if packet.segment == Segment::Syn {
                    self.accept(&packet, cause);
                } else {
                    backlog.push(Occurrence::Arrival(packet));
                }
            }
            Power::Running => self.receive(packet, cause, events),
        }
    }

    /// The host is up, and no process has this connection.
    fn answer_for_nobody(&mut self, packet: &Packet, cause: Option<EventId>) {
        let answer = match packet.segment {
            Segment::Syn => Segment::Refused,
            Segment::Data(_) | Segment::SynAck => Segment::Rst,
            Segment::Refused | Segment::Fin | Segment::Rst => return,
        };
        self.transmit(Packet { conn: packet.conn, from: packet.to, to: packet.from, sent: self.now, segment: answer }, cause);
    }

    fn accept(&mut self, syn: &Packet, cause: Option<EventId>) {
        self.network.accept(syn.conn);
        self.transmit(Packet { conn: syn.conn, from: syn.to, to: syn.from, sent: self.now, segment: Segment::SynAck }, cause);
    }

    fn receive(&mut self, packet: Packet, cause: Option<EventId>, events: &mut Vec<Event>) {
        let Packet { conn, from, to, segment, .. } = packet;
        let known = self.network.conn(conn).is_some_and(|c| c.has(to));
        match segment {
            Segment::Syn => self.accept(&Packet { conn, from, to, sent: self.now, segment: Segment::Syn }, cause),
            Segment::SynAck if known => self.with_node(to, cause, events, |role, ctx| role.on_connected(ctx, conn)),
            Segment::Data(frame) if known => self.with_node(to, cause, events, |role, ctx| role.on_frame(ctx, conn, from, frame)),
            Segment::SynAck | Segment::Data(_) => {
                self.transmit(Packet { conn, from: to, to: from, sent: self.now, segment: Segment::Rst }, cause);
            }
            Segment::Refused => {
                self.network.forget(conn, to);
                self.with_node(to, cause, events, |role, ctx| role.on_refused(ctx, conn));
            }
            Segment::Fin | Segment::Rst if known => {
                self.network.forget(conn, to);
                let how = if segment == Segment::Fin { Closed::Fin } else { Closed::Rst };
                self.with_node(to, cause, events, |role, ctx| role.on_closed(ctx, conn, from, how));
            }
            Segment::Fin | Segment::Rst => {}
        }
    }

    fn transmit(&mut self, packet: Packet, cause: Option<EventId>) {
        let setup = Arc::clone(&self.setup);
        if let Some(at) = self.network.send(&packet, setup.network, &mut self.rng) {
            self.plan(at, Occurrence::Arrival(packet), cause);
        }
    }

    /// Runs a handler of one node and carries out what it wants.
    fn with_node(&mut self, id: NodeId, cause: Option<EventId>, events: &mut Vec<Event>, handle: impl FnOnce(&mut Role, &mut Ctx)) {
        let setup = Arc::clone(&self.setup);
        let mut out = Outbox { effects: Vec::new(), next_conn: self.next_conn };
        let now = self.now;
        let Some(node) = self.nodes.get_mut(id.index()).map(Arc::make_mut) else { return };
        let start = node.start;
        let mut ctx = Ctx { now, me: id, start, setup: &setup, rng: &mut self.rng, out: &mut out };
        handle(&mut node.role, &mut ctx);
        self.next_conn = out.next_conn;
        let told = events.len();
        self.perform(id, start, cause, out.effects, events);
        if self.now >= SimTime::ZERO {
            self.tell_skipped(id, told, events);
        }
    }

    /// The one place that carries out what handlers want.
    fn perform(&mut self, node: NodeId, start: u32, mut cause: Option<EventId>, effects: Vec<Effect>, events: &mut Vec<Event>) {
        for effect in effects {
            match effect {
                Effect::Tell(kind) => cause = Some(self.record(node, cause, kind, events)),
                Effect::Connect { conn, to } => {
                    self.network.open(conn, node, to);
                    self.transmit(Packet { conn, from: node, to, sent: self.now, segment: Segment::Syn }, cause);
                }
                Effect::Send { conn, frame } => {
                    if let Some(to) = self.network.conn(conn).filter(|c| c.has(node)).map(|c| c.peer_of(node)) {
                        self.transmit(Packet { conn, from: node, to, sent: self.now, segment: Segment::Data(frame) }, cause);
                    }
                }
                Effect::Close { conn } => self.hang_up(conn, node, Segment::Fin, cause),
                Effect::Wake { at, timer } => self.plan(at, Occurrence::Alarm { node, start, timer }, cause),
            }
        }
    }

    /// `node`'s end of a connection goes away, and the peer is told so.
    fn hang_up(&mut self, conn: ConnId, node: NodeId, farewell: Segment, cause: Option<EventId>) {
        let Some(peer) = self.network.conn(conn).filter(|c| c.has(node)).map(|c| c.peer_of(node)) else { return };
        // A connection that is still being made is known at one end only: the SYN on its way will be answered to nobody.
        self.network.forget(conn, node);
        self.transmit(Packet { conn, from: node, to: peer, sent: self.now, segment: farewell }, cause);
    }

    /// Whether a group has consumed a message.
    pub(crate) fn is_consumed(&self, message: MessageId, group: GroupId) -> bool {
        self.consumed.contains(&(message, group))
    }

    fn record(&mut self, node: NodeId, cause: Option<EventId>, kind: EventKind, events: &mut Vec<Event>) -> EventId {
        if let EventKind::Consumed { message, group, succeeded: true, .. } = &kind {
            self.consumed.insert((*message, *group));
        }
        // Sent again by the application: there is a copy once more.
        if let EventKind::Appended { record, .. } = &kind
            && let Some(message) = record.message
        {
            self.lost.remove(&message);
        }
        let id = EventId(self.next_event);
        self.next_event = self.next_event.saturating_add(1);
        events.push(Event { id, at: self.now, node, cause, kind });
        id
    }

    // ---- commands ----

    fn obey(&mut self, command: Command, events: &mut Vec<Event>) -> Result<(), Rejected> {
        match command {
            Command::Send(node, call) => {
                self.must_run(node)?;
                let label = MessageId(self.next_message);
                self.next_message = self.next_message.saturating_add(1);
                self.with_node(node, None, events, |role, ctx| {
                    if let Role::Producer(producer) = role {
                        producer.on_send(ctx, call.labelled(label));
                    }
                });
                Ok(())
            }
            Command::Crash(node) => self.end_process(node, Down::Crash, events),
            Command::PowerLoss(node) => self.end_process(node, Down::PowerLoss, events),
            Command::DestroyDisk(node) => self.destroy_disk(node, events),
            Command::Stop(node) => self.stop(node, events),
            Command::Restart(node, takes) => self.restart(node, takes, events),
            Command::Pause(node) => self.pause(node, events),
            Command::Resume(node) => self.resume(node, events),
            Command::ChangeDisk(node, change) => self.change_disk(node, change, events),
            Command::ExpireFiles(node, up_to) => self.command_broker(node, events, |broker, ctx| broker.expire_files(ctx, up_to)),
            Command::Cut(a, b) => {
                if !self.network.cut(a, b) {
                    return Err(Rejected::AlreadyCut);
                }
                self.record(a, None, EventKind::LinkDown { peer: b, conn: None }, events);
                Ok(())
            }
            Command::Heal(a, b) => {
                let held = self.network.heal(a, b).ok_or(Rejected::NotCut)?;
                let cause = self.record(a, None, EventKind::LinkUp { peer: b, conn: None }, events);
                for packet in held {
                    self.transmit(Packet { sent: self.now, ..packet }, Some(cause));
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
            Command::ConsumeResult(node, rule) => self.command_consumer(node, events, |consumer, _| consumer.on_rule(rule)),
            Command::ProcessTime(node, process) => self.command_consumer(node, events, |consumer, _| consumer.set_process_time(process)),
            Command::Pull(node, pull) => {
                self.must_run(node)?;
                self.command_consumer(node, events, |consumer, ctx| {
                    consumer.on_script_pull(ctx, pull.topic, pull.broker, pull.queue, pull.offset, pull.tags);
                })
            }
            Command::SetConf(node, conf) => self.set_conf(node, *conf, events),
        }
    }

    fn must_run(&self, id: NodeId) -> Result<(), Rejected> {
        match self.node(id).map(|node| &node.power) {
            None => Err(Rejected::NoSuchNode),
            Some(Power::Running) => Ok(()),
            Some(Power::Paused { .. }) => Err(Rejected::Paused),
            Some(Power::Down(_) | Power::Starting(_) | Power::NotStarted) => Err(Rejected::Down),
        }
    }

    fn command_broker(&mut self, id: NodeId, events: &mut Vec<Event>, handle: impl FnOnce(&mut Broker, &mut Ctx)) -> Result<(), Rejected> {
        match self.node(id).map(|node| &node.role) {
            Some(Role::Broker(_)) => {}
            Some(Role::NameServer(_) | Role::Producer(_) | Role::Consumer(_)) => return Err(Rejected::NotABroker),
            None => return Err(Rejected::NoSuchNode),
        }
        self.with_node(id, None, events, |role, ctx| {
            if let Role::Broker(broker) = role {
                handle(broker, ctx);
            }
        });
        Ok(())
    }

    fn command_consumer(&mut self, id: NodeId, events: &mut Vec<Event>, handle: impl FnOnce(&mut Consumer, &mut Ctx)) -> Result<(), Rejected> {
        match self.node(id).map(|node| &node.role) {
            Some(Role::Consumer(_)) => {}
            Some(Role::NameServer(_) | Role::Producer(_) | Role::Broker(_)) => return Err(Rejected::NotAConsumer),
            None => return Err(Rejected::NoSuchNode),
        }
        self.with_node(id, None, events, |role, ctx| {
            if let Role::Consumer(consumer) = role {
                handle(consumer, ctx);
            }
        });
        Ok(())
    }

    /// SIGKILL or a power loss.
    fn end_process(&mut self, id: NodeId, how: Down, events: &mut Vec<Event>) -> Result<(), Rejected> {
        let node = self.node_mut(id).ok_or(Rejected::NoSuchNode)?;
        match node.power {
            Power::Running | Power::Paused { .. } | Power::Starting(_) => {}
            // A machine whose process is already dead can still lose its power.
            Power::Down(Down::Crash | Down::Stop) if how == Down::PowerLoss => {}
            Power::Down(_) | Power::NotStarted => return Err(Rejected::Down),
        }
        let before = self.servable();
        let cause = self.record(id, None, EventKind::NodeDown { how }, events);
        self.kill(id, how, cause, events);
        self.tell_losses(&before, cause, id, events);
        Ok(())
    }

    fn kill(&mut self, id: NodeId, how: Down, cause: EventId, events: &mut Vec<Event>) {
        let now = self.now;
        let Some(node) = self.node_mut(id) else { return };
        let unread: Vec<ConnId> = match &node.power {
            Power::Paused { backlog } => backlog
                .iter()
                .filter_map(|occurrence| match occurrence {
                    Occurrence::Arrival(Packet { conn, segment: Segment::Data(_), .. }) => Some(*conn),
                    Occurrence::Arrival(_) | Occurrence::Alarm { .. } | Occurrence::Up { .. } => None,
                })
                .collect(),
            Power::Running | Power::Down(_) | Power::Starting(_) | Power::NotStarted => Vec::new(),
        };
        node.power = Power::Down(how);
        node.since = now;
        node.start = node.start.saturating_add(1);
        self.with_node(id, Some(cause), events, |role, ctx| role.lose_memory(ctx, how));
        for conn in self.network.conns_of(id) {
            if how == Down::PowerLoss {
                self.network.forget(conn, id);
            } else {
                let farewell = if unread.contains(&conn) { Segment::Rst } else { Segment::Fin };
                self.hang_up(conn, id, farewell, Some(cause));
            }
        }
    }

    fn destroy_disk(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        if !matches!(self.node(id).ok_or(Rejected::NoSuchNode)?.role, Role::Broker(_)) {
            return Err(Rejected::NotABroker);
        }
        let before = self.servable();
        let runs = matches!(self.node(id).map(|node| &node.power), Some(Power::Running | Power::Paused { .. } | Power::Starting(_)));
        let cause = self.record(id, None, EventKind::DiskChanged { change: DiskChange::Destroyed }, events);
        if runs {
            let down = self.record(id, Some(cause), EventKind::NodeDown { how: Down::DestroyDisk }, events);
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

    /// Clean shutdown: the process says good-bye by itself, then ends.
    fn stop(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        self.must_run(id)?;
        self.with_node(id, None, events, Role::shut_down);
        let cause = self.record(id, None, EventKind::NodeDown { how: Down::Stop }, events);
        self.kill(id, Down::Stop, cause, events);
        Ok(())
    }

    fn restart(&mut self, id: NodeId, takes: Span, events: &mut Vec<Event>) -> Result<(), Rejected> {
        match self.node(id).ok_or(Rejected::NoSuchNode)?.power {
            Power::Down(_) | Power::NotStarted => {}
            Power::Starting(_) => return Err(Rejected::Starting),
            Power::Running | Power::Paused { .. } => return Err(Rejected::Running),
        }
        let was_off = matches!(self.node(id).map(|node| &node.power), Some(Power::Down(Down::PowerLoss)));
        self.note_start(id, self.now + takes);
        if was_off {
            // The peers' retransmissions now meet a kernel that does not know their connections.
            for (conn, peer) in self.network.half_open_with(id) {
                self.transmit(Packet { conn, from: id, to: peer, sent: self.now, segment: Segment::Rst }, None);
            }
        }
        let _ = events;
        Ok(())
    }

    fn note_start(&mut self, id: NodeId, at: SimTime) {
        let now = self.now;
        let Some(node) = self.node_mut(id) else { return };
        node.start = node.start.saturating_add(1);
        node.power = Power::Starting(at);
        node.since = now;
        let start = node.start;
        self.plan(at, Occurrence::Up { node: id, start }, None);
    }

    fn come_up(&mut self, id: NodeId, start: u32, cause: Option<EventId>, events: &mut Vec<Event>) {
        let now = self.now;
        let Some(node) = self.node_mut(id) else { return };
        if node.start != start || !matches!(node.power, Power::Starting(_)) {
            return;
        }
        node.power = Power::Running;
        node.since = now;
        let before = self.servable();
        let up = self.record(id, cause, EventKind::NodeUp, events);
        self.with_node(id, Some(up), events, Role::boot);
        self.tell_losses(&before, up, id, events);
    }

    fn pause(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        self.must_run(id)?;
        let now = self.now;
        let Some(node) = self.node_mut(id) else { return Err(Rejected::NoSuchNode) };
        node.power = Power::Paused { backlog: Vec::new() };
        node.since = now;
        self.record(id, None, EventKind::Paused, events);
        Ok(())
    }

    /// SIGCONT: what the kernel kept is read, and alarms that are overdue go off, in the order in which they came.
    fn resume(&mut self, id: NodeId, events: &mut Vec<Event>) -> Result<(), Rejected> {
        let now = self.now;
        let node = self.node_mut(id).ok_or(Rejected::NoSuchNode)?;
        let Power::Paused { backlog } = core::mem::replace(&mut node.power, Power::Running) else {
            return Err(Rejected::NotPaused);
        };
        node.since = now;
        let cause = self.record(id, None, EventKind::Resumed, events);
        for what in backlog {
            self.plan(now, what, Some(cause));
        }
        Ok(())
    }

    fn change_disk(&mut self, id: NodeId, change: DiskChange, events: &mut Vec<Event>) -> Result<(), Rejected> {
        self.command_broker(id, events, |broker, ctx| {
            ctx.tell(EventKind::DiskChanged { change });
            broker.on_disk_change(ctx, change);
        })
    }

    fn set_conf(&mut self, id: NodeId, conf: crate::config::BrokerConfig, events: &mut Vec<Event>) -> Result<(), Rejected> {
        self.command_broker(id, events, |broker, ctx| broker.set_conf(ctx, conf))
    }

    // ---- losses ----

    /// The messages that have a copy which can still be served.
    fn servable(&self) -> BTreeSet<MessageId> {
        crate::copies::servable(self)
    }

    /// Tells which messages had a servable copy `before` and have none now, unless everybody who wanted them has them.
    fn tell_losses(&mut self, before: &BTreeSet<MessageId>, cause: EventId, node: NodeId, events: &mut Vec<Event>) {
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
    fn tell_skipped(&mut self, node: NodeId, told: usize, events: &mut Vec<Event>) {
        let suspects: Vec<(EventId, MessageId)> = events
            .get(told..)
            .unwrap_or_default()
            .iter()
            .flat_map(|event| {
                let passed = if let EventKind::Dispatched { record } = &event.kind {
                    record.message.into_iter().collect()
                } else if let EventKind::OffsetCommitted { topic, queue, offset, .. } = &event.kind {
                    crate::copies::just_below(self, node, *topic, *queue, *offset)
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
            if !self.lost.contains(&message) && crate::copies::is_beyond_reach(self, message) {
                self.tell_loss(message, Stage::Consume, cause, node, events);
            }
        }
    }
}

impl Due {
    fn action(&self, id: DueId) -> Action {
        match self.what {
            Occurrence::Arrival(_) => Action::Deliver(id),
            Occurrence::Alarm { .. } | Occurrence::Up { .. } => Action::Fire(id),
        }
    }
}

impl Node {
    fn new(id: NodeId, kind: &Kind) -> Self {
        let role = match kind {
            Kind::NameServer => Role::NameServer(NameServer::default()),
            Kind::Broker { broker, replica, conf } => Role::Broker(Box::new(Broker::new(*broker, *replica, conf.clone()))),
            Kind::Producer { group, spec } => Role::Producer(Box::new(Producer::new(*group, spec.clone()))),
            Kind::Consumer { group, topic, tags, spec } => {
                Role::Consumer(Box::new(Consumer::new(id, *group, *topic, tags.clone(), spec.clone())))
            }
        };
        Self { power: Power::NotStarted, start: 0, since: SimTime::ZERO, role }
    }
}

/// Every role answers to the same few calls; what it does not care for, it ignores here.
impl Role {
    fn boot(&mut self, ctx: &mut Ctx) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.boot(ctx),
            Self::Producer(producer) => producer.boot(ctx),
            Self::Consumer(consumer) => consumer.boot(ctx),
        }
    }

    fn shut_down(&mut self, ctx: &mut Ctx) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.shut_down(ctx),
            Self::Producer(producer) => producer.shut_down(ctx),
            Self::Consumer(consumer) => consumer.shut_down(ctx),
        }
    }

    fn lose_memory(&mut self, ctx: &mut Ctx, how: Down) {
        match self {
            Self::NameServer(name_server) => *name_server = NameServer::default(),
            Self::Broker(broker) => broker.lose_memory(ctx, how),
            Self::Producer(producer) => producer.lose_memory(),
            Self::Consumer(consumer) => consumer.lose_memory(),
        }
    }

    fn on_connected(&mut self, ctx: &mut Ctx, conn: ConnId) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.on_connected(ctx, conn),
            Self::Producer(producer) => producer.on_connected(ctx, conn),
            Self::Consumer(consumer) => consumer.on_connected(ctx, conn),
        }
    }

    fn on_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.on_refused(ctx, conn),
            Self::Producer(producer) => producer.on_refused(ctx, conn),
            Self::Consumer(consumer) => consumer.on_refused(ctx, conn),
        }
    }

    fn on_closed(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, how: Closed) {
        match self {
            Self::NameServer(name_server) => name_server.on_closed(ctx, from),
            Self::Broker(broker) => broker.on_closed(ctx, conn, how),
            Self::Producer(producer) => producer.on_closed(ctx, conn, how),
            Self::Consumer(consumer) => consumer.on_closed(ctx, conn, how),
        }
    }

    fn on_frame(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, frame: Frame) {
        match self {
            Self::NameServer(name_server) => name_server.on_frame(ctx, conn, from, frame),
            Self::Broker(broker) => broker.on_frame(ctx, conn, from, frame),
            Self::Producer(producer) => producer.on_frame(ctx, conn, frame),
            Self::Consumer(consumer) => consumer.on_frame(ctx, conn, frame),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        match (self, timer) {
            (Self::NameServer(name_server), Timer::NameServer(timer)) => name_server.on_timer(ctx, timer),
            (Self::Broker(broker), Timer::Broker(timer)) => broker.on_timer(ctx, timer),
            (Self::Broker(broker), Timer::Remoting(timer)) => broker.on_remoting_timer(ctx, timer),
            (Self::Producer(producer), Timer::Producer(timer)) => producer.on_timer(ctx, timer),
            (Self::Producer(producer), Timer::Remoting(timer)) => producer.on_remoting_timer(ctx, timer),
            (Self::Consumer(consumer), Timer::Consumer(timer)) => consumer.on_timer(ctx, timer),
            (Self::Consumer(consumer), Timer::Remoting(timer)) => consumer.on_remoting_timer(ctx, timer),
            // No node sets another kind's alarm.
            (Self::NameServer(_) | Self::Broker(_) | Self::Producer(_) | Self::Consumer(_), _) => {}
        }
    }
}

/// FNV-1a over 64 bits: the same number on every machine, which `DefaultHasher` does not promise.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    // `usize` has another width in wasm.
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}
