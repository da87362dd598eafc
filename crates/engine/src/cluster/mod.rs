//! The whole world at one instant, and the only function that moves it: [`Cluster::apply`].
//!
//! Nodes never act by themselves. A handler reads what reached its node and fills an outbox; `perform` carries it out.
//! A clone of a cluster is a snapshot: nodes are shared until one of them acts.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use litemap::LiteMap;

use crate::action::{Action, DueId, Rejected};
use crate::broker::Broker;
use crate::copies::{self, Awaited};
use crate::effect::{Closed, Ctx, Effect, Outbox};
use crate::event::{Down, Event, EventKind};
use crate::ids::{BrokerName, ConnId, EventId, GroupId, MessageId, NodeId};
use crate::message_set::MessageSet;
use crate::names::Names;
use crate::network::{Network, Packet, Segment};
use crate::node::consumer::Consumer;
use crate::node::controller::Controller;
use crate::rng::Rng;
use crate::scenario::Scenario;
use crate::setup::Setup;
use crate::timers::{RemotingTimer, Timer};
use crate::units::{SimTime, Span};

use agenda::Agenda;
use role::Role;

mod agenda;
mod commands;
mod losses;
mod role;
mod view;

/// Every node of a scenario has started by then.
const FIRST_START: Span = Span::from_secs(60);

/// A whole RocketMQ: nodes, network, agenda and dice.
#[derive(Clone, Debug)]
pub struct Cluster {
    now: SimTime,
    setup: Arc<Setup>,
    nodes: Vec<Arc<Node>>,
    network: Network,
    agenda: Agenda,
    next_due: u32,
    next_conn: u32,
    next_event: u32,
    next_message: u32,
    rng: Rng,
    /// Which messages each group has consumed. Nothing in the cluster reads it: it tells losses from things done.
    consumed: LiteMap<GroupId, MessageSet>,
    /// Messages that were told to be lost: by a group, or by everybody who had not had them.
    lost: LiteMap<Option<GroupId>, MessageSet>,
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
    Paused {
        backlog: Vec<Occurrence>,
    },
    Down(Down),
    Starting(SimTime),
    /// A broker ends its services one by one, and its process at that instant; a restart that was ordered meanwhile takes so long.
    Stopping(SimTime, Option<Span>),
    NotStarted,
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
    Alarm {
        node: NodeId,
        start: u32,
        timer: Timer,
    },
    /// A process that was starting is up, or one that was stopping has ended.
    Up {
        node: NodeId,
        start: u32,
    },
}

impl Cluster {
    /// The cluster of a scenario at t = 0: every node that the scenario starts has started and settled.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let mut rng = Rng::new(scenario.seed);
        let setup = Arc::new(Setup::new(scenario, &mut rng));
        let nodes = setup
            .nodes
            .iter()
            .zip(0u16..)
            .map(|(spec, id)| {
                Arc::new(Node {
                    power: Power::NotStarted,
                    start: 0,
                    since: SimTime::ZERO,
                    role: Role::new(NodeId(id), &spec.kind),
                })
            })
            .collect();
        let mut cluster = Self {
            now: SimTime::ZERO - FIRST_START,
            setup: Arc::clone(&setup),
            nodes,
            network: Network::default(),
            agenda: Agenda::default(),
            next_due: 0,
            next_conn: 0,
            next_event: 0,
            next_message: 1,
            rng,
            consumed: LiteMap::new(),
            lost: LiteMap::new(),
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
        cluster.agenda.forget_causes();
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
        let (id, due) = self.agenda.next()?;
        Some((id.at, due.action(*id)))
    }

    /// Everything that is planned at the next instant at which something is: what a scheduler could let happen first.
    #[must_use]
    pub fn enabled(&self) -> Vec<Action> {
        let Some((first, _)) = self.agenda.next() else {
            return Vec::new();
        };
        self.agenda
            .iter()
            .take_while(|(id, _)| id.at == first.at)
            .map(|(id, due)| due.action(*id))
            .collect()
    }

    /// Whether only housekeeping is left: heartbeats, polls and other periodic looks that change no message's fate.
    #[must_use]
    pub fn at_rest(&self) -> bool {
        let busy = self
            .nodes
            .iter()
            .any(|node| match (&node.power, &node.role) {
                (Power::Starting(_) | Power::Stopping(..), _) => true,
                // A call that waits for a frozen broker has nothing but a deadline left.
                (Power::Running | Power::Paused { .. }, Role::Producer(producer)) => {
                    !producer.view().waiting.is_empty()
                }
                (Power::Running | Power::Paused { .. } | Power::Down(_) | Power::NotStarted, _) => {
                    false
                }
            });
        !busy
            && !self.is_settling()
            && self.agenda.iter().all(|(_, due)| match &due.what {
                Occurrence::Arrival(packet) => match &packet.segment {
                    Segment::Data(frame) => frame.is_housekeeping(),
                    Segment::Syn
                    | Segment::SynAck
                    | Segment::Refused
                    | Segment::Fin
                    | Segment::Rst => true,
                },
                Occurrence::Alarm { node, start, timer } => {
                    timer.is_housekeeping()
                        || self.node(*node).is_none_or(|node| node.start != *start)
                }
                Occurrence::Up { .. } => false,
            })
    }

    /// Controller mode: whether a dead master is still to be succeeded, or a replica that runs is not in sync yet.
    fn is_settling(&self) -> bool {
        let Some(controller) = self.controller().filter(|_| self.setup.controlled) else {
            return false;
        };
        self.brokers().any(|(node, broker, runs)| {
            let group = controller.group(broker.identity().broker);
            group.is_some_and(|group| {
                if runs {
                    group.master.is_some() && !group.members.contains(&node)
                } else {
                    group.master == Some(node)
                }
            })
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
        for (id, due) in self.agenda.iter() {
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
                let due = self.agenda.remove(id).ok_or(Rejected::NotPlanned)?;
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

    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// A broker replica's state, and whether its process could serve: it runs, or can be started again.
    pub(crate) fn brokers(&self) -> impl Iterator<Item = (NodeId, &Broker, bool)> {
        self.nodes
            .iter()
            .zip(0u16..)
            .filter_map(|(node, id)| match &node.role {
                Role::Broker(broker) => Some((
                    NodeId(id),
                    broker.as_ref(),
                    matches!(
                        node.power,
                        Power::Running | Power::Paused { .. } | Power::Stopping(..)
                    ),
                )),
                Role::NameServer(_) | Role::Producer(_) | Role::Consumer(_) => None,
            })
    }

    /// The broker replica that `node` is.
    pub(crate) fn broker(&self, node: NodeId) -> Option<&Broker> {
        match &self.node(node)?.role {
            Role::Broker(broker) => Some(broker),
            Role::NameServer(_) | Role::Producer(_) | Role::Consumer(_) => None,
        }
    }

    /// The consumers, and whether each runs.
    pub(crate) fn consumers(&self) -> impl Iterator<Item = (NodeId, &Consumer, bool)> {
        self.nodes
            .iter()
            .zip(0u16..)
            .filter_map(|(node, id)| match &node.role {
                Role::Consumer(consumer) => Some((
                    NodeId(id),
                    consumer.as_ref(),
                    matches!(node.power, Power::Running | Power::Paused { .. }),
                )),
                Role::NameServer(_) | Role::Producer(_) | Role::Broker(_) => None,
            })
    }

    /// Whether it is a slave that nobody will ever make master.
    pub(crate) fn is_slave(&self, node: NodeId) -> bool {
        self.broker(node).is_some_and(|broker| {
            broker.identity().replica != 0 && !broker.conf().enable_controller_mode
        })
    }

    /// The node that is master of a broker name, or, while there is none, the one the scenario calls so.
    pub(crate) fn master_of(&self, name: BrokerName) -> Option<NodeId> {
        self.brokers()
            .find(|(_, broker, runs)| {
                let id = broker.identity();
                *runs && id.broker == name && id.replica == 0
            })
            .map(|(node, _, _)| node)
            .or_else(|| self.setup.replica(name, 0))
    }

    /// The controller, with the state that outlives its process.
    pub(crate) fn controller(&self) -> Option<&Controller> {
        match &self.node(self.setup.name_server)?.role {
            Role::NameServer(name_server) => Some(name_server.controller()),
            Role::Broker(_) | Role::Producer(_) | Role::Consumer(_) => None,
        }
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index()).map(Arc::as_ref)
    }

    fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.index()).map(Arc::make_mut)
    }

    fn plan(&mut self, at: SimTime, what: Occurrence, cause: Option<EventId>) {
        let id = DueId {
            at: at.max(self.now),
            seq: self.next_due,
        };
        self.next_due = self.next_due.wrapping_add(1);
        self.agenda.insert(id, Due { what, cause });
    }

    // ---- what happens by itself ----

    fn occur(&mut self, due: Due, events: &mut Vec<Event>) {
        match due.what {
            Occurrence::Arrival(packet) => self.arrive(packet, due.cause, events),
            Occurrence::Alarm { node, start, timer } => {
                let Some(state) = self.node_mut(node) else {
                    return;
                };
                if state.start != start {
                    return;
                }
                if let Power::Paused { backlog } = &mut state.power {
                    backlog.push(Occurrence::Alarm { node, start, timer });
                } else if matches!(state.power, Power::Running | Power::Stopping(..)) {
                    let judged = timer.deletes_files() || timer.elects();
                    self.with_judged_node(judged, node, due.cause, events, |role, ctx| {
                        role.on_timer(ctx, timer)
                    });
                }
            }
            Occurrence::Up { node, start } => self.come_up(node, start, due.cause, events),
        }
    }

    fn arrive(&mut self, packet: Packet, cause: Option<EventId>, events: &mut Vec<Event>) {
        if self.network.hold_if_cut(&packet) {
            return;
        }
        let Some(node) = self.node_mut(packet.to) else {
            return;
        };
        match &mut node.power {
            // The machine is off: nobody answers, nobody refuses.
            Power::Down(Down::PowerLoss) => {}
            Power::Down(_) | Power::Starting(_) | Power::NotStarted => {
                self.answer_for_nobody(&packet, cause)
            }
            // The kernel of a frozen process grants connections and keeps the rest for later.
            Power::Paused { backlog } => {
                if packet.segment == Segment::Syn {
                    self.accept(&packet, cause);
                } else {
                    backlog.push(Occurrence::Arrival(packet));
                }
            }
            // Its listeners are closed; what it keeps are connections between replicas and its own.
            Power::Stopping(..) if packet.segment == Segment::Syn => {
                self.answer_for_nobody(&packet, cause)
            }
            Power::Running | Power::Stopping(..) => self.receive(packet, cause, events),
        }
    }

    /// The host is up, and no process has this connection.
    fn answer_for_nobody(&mut self, packet: &Packet, cause: Option<EventId>) {
        let answer = match packet.segment {
            Segment::Syn => Segment::Refused,
            Segment::Data(_) | Segment::SynAck => Segment::Rst,
            Segment::Refused | Segment::Fin | Segment::Rst => return,
        };
        self.transmit(
            Packet {
                conn: packet.conn,
                from: packet.to,
                to: packet.from,
                sent: self.now,
                segment: answer,
            },
            cause,
        );
    }

    fn accept(&mut self, syn: &Packet, cause: Option<EventId>) {
        self.network.accept(syn.conn);
        self.transmit(
            Packet {
                conn: syn.conn,
                from: syn.to,
                to: syn.from,
                sent: self.now,
                segment: Segment::SynAck,
            },
            cause,
        );
    }

    fn receive(&mut self, packet: Packet, cause: Option<EventId>, events: &mut Vec<Event>) {
        let Packet {
            conn,
            from,
            to,
            segment,
            ..
        } = packet;
        let known = self.network.conn(conn).is_some_and(|c| c.has(to));
        match segment {
            Segment::Syn => self.accept(
                &Packet {
                    conn,
                    from,
                    to,
                    sent: self.now,
                    segment: Segment::Syn,
                },
                cause,
            ),
            Segment::SynAck if known => {
                self.with_node(to, cause, events, |role, ctx| role.on_connected(ctx, conn))
            }
            Segment::Data(frame) if known => {
                let judged = frame.moves_roles();
                self.with_judged_node(judged, to, cause, events, |role, ctx| {
                    role.on_frame(ctx, conn, from, frame)
                });
            }
            Segment::SynAck | Segment::Data(_) => {
                self.transmit(
                    Packet {
                        conn,
                        from: to,
                        to: from,
                        sent: self.now,
                        segment: Segment::Rst,
                    },
                    cause,
                );
            }
            Segment::Refused => {
                self.network.forget(conn, to);
                self.with_node(to, cause, events, |role, ctx| role.on_refused(ctx, conn));
            }
            Segment::Fin | Segment::Rst if known => {
                self.network.forget(conn, to);
                let how = if segment == Segment::Fin {
                    Closed::Fin
                } else {
                    Closed::Rst
                };
                let judged = self.setup.controlled && to == self.setup.name_server;
                self.with_judged_node(judged, to, cause, events, |role, ctx| {
                    role.on_closed(ctx, conn, from, how)
                });
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
    fn with_node(
        &mut self,
        id: NodeId,
        cause: Option<EventId>,
        events: &mut Vec<Event>,
        handle: impl FnOnce(&mut Role, &mut Ctx),
    ) {
        let setup = Arc::clone(&self.setup);
        let mut out = Outbox {
            effects: Vec::new(),
            next_conn: self.next_conn,
            let_go: Vec::new(),
            gone_on: Vec::new(),
        };
        let now = self.now;
        let Some(node) = self.nodes.get_mut(id.index()).map(Arc::make_mut) else {
            return;
        };
        let start = node.start;
        let mut ctx = Ctx {
            now,
            me: id,
            start,
            setup: &setup,
            rng: &mut self.rng,
            out: &mut out,
        };
        handle(&mut node.role, &mut ctx);
        self.carry_out(id, start, cause, out, events);
    }

    /// Carries out what a handler wants, and judges what it has let go. Apart from [`Self::with_node`], which is built once for each handler.
    fn carry_out(
        &mut self,
        id: NodeId,
        start: u32,
        cause: Option<EventId>,
        out: Outbox,
        events: &mut Vec<Event>,
    ) {
        self.next_conn = out.next_conn;
        let told = events.len();
        self.perform(id, start, cause, out.effects, events);
        if self.now >= SimTime::ZERO {
            self.tell_skipped(id, told, events);
            let last = events.get(told..).and_then(<[Event]>::last);
            let cause = last.map(|event| event.id).or(cause);
            let mut gone = out.let_go;
            for (queue, offset) in out.gone_on {
                gone.append(&mut copies::below_member(self, id, queue, offset));
            }
            self.tell_let_go(id, &gone, cause, events);
        }
    }

    /// The same for a handler that may put messages beyond every consumer's reach: `judged`, it is told which.
    fn with_judged_node(
        &mut self,
        judged: bool,
        id: NodeId,
        cause: Option<EventId>,
        events: &mut Vec<Event>,
        handle: impl FnOnce(&mut Role, &mut Ctx),
    ) {
        let before = judged.then(|| Awaited::now(self));
        let told = events.len();
        self.with_node(id, cause, events, handle);
        if let Some(before) = before {
            self.tell_hidden(&before, told, events);
        }
    }

    /// The one place that carries out what handlers want.
    fn perform(
        &mut self,
        node: NodeId,
        start: u32,
        mut cause: Option<EventId>,
        effects: Vec<Effect>,
        events: &mut Vec<Event>,
    ) {
        for effect in effects {
            match effect {
                Effect::Tell(kind) => cause = Some(self.record(node, cause, kind, events)),
                Effect::Connect { conn, to } => {
                    self.network.open(conn, node, to);
                    self.transmit(
                        Packet {
                            conn,
                            from: node,
                            to,
                            sent: self.now,
                            segment: Segment::Syn,
                        },
                        cause,
                    );
                }
                Effect::Send { conn, frame } => {
                    if let Some(to) = self
                        .network
                        .conn(conn)
                        .filter(|c| c.has(node))
                        .map(|c| c.peer_of(node))
                    {
                        self.transmit(
                            Packet {
                                conn,
                                from: node,
                                to,
                                sent: self.now,
                                segment: Segment::Data(frame),
                            },
                            cause,
                        );
                    }
                }
                Effect::Close { conn } => self.hang_up(conn, node, Segment::Fin, cause),
                Effect::Wake { at, timer } => {
                    self.plan(at, Occurrence::Alarm { node, start, timer }, cause)
                }
            }
        }
    }

    /// `node`'s end of a connection goes away, and the peer is told so.
    fn hang_up(&mut self, conn: ConnId, node: NodeId, farewell: Segment, cause: Option<EventId>) {
        let Some(peer) = self
            .network
            .conn(conn)
            .filter(|c| c.has(node))
            .map(|c| c.peer_of(node))
        else {
            return;
        };
        // A connection that is still being made is known at one end only: the SYN on its way will be answered to nobody.
        self.network.forget(conn, node);
        self.transmit(
            Packet {
                conn,
                from: node,
                to: peer,
                sent: self.now,
                segment: farewell,
            },
            cause,
        );
    }

    /// Whether a group has consumed a message.
    pub(crate) fn is_consumed(&self, message: MessageId, group: GroupId) -> bool {
        let consumed = self.consumed.get(&group);
        consumed.is_some_and(|consumed| consumed.contains(message))
    }

    /// The messages that every group has consumed; none if nobody subscribes anything.
    pub(crate) fn consumed_by_all(&self) -> MessageSet {
        let mut all: Option<MessageSet> = None;
        for (_, group, _) in &self.setup.subscriptions {
            let Some(consumed) = self.consumed.get(group) else {
                return MessageSet::default();
            };
            match &mut all {
                Some(all) => all.keep(consumed),
                None => all = Some(consumed.clone()),
            }
        }
        all.unwrap_or_default()
    }

    /// What everybody has had is passed over from now on.
    fn pass_settled(&mut self) {
        let settled = self.consumed_by_all();
        for node in &mut self.nodes {
            if let Role::Broker(broker) = &node.role
                && let Some(at) = broker.disk().log.settled_stretch(&settled)
                && let Role::Broker(broker) = &mut Arc::make_mut(node).role
            {
                broker.await_from(at);
            }
        }
    }

    fn record(
        &mut self,
        node: NodeId,
        cause: Option<EventId>,
        kind: EventKind,
        events: &mut Vec<Event>,
    ) -> EventId {
        if let EventKind::Consumed {
            message,
            group,
            succeeded: true,
            ..
        } = &kind
        {
            self.consumed.entry(*group).or_default().insert(*message);
            self.pass_settled();
        }
        // Sent again by the application: there is a copy once more.
        if let EventKind::Appended { record, .. } = &kind
            && let Some(message) = record.message
            && !self.lost.is_empty()
        {
            let stored = self
                .broker(node)
                .and_then(|broker| broker.disk().log.record_at(record.start));
            if !stored.is_some_and(|stored| copies::is_unread(self, stored)) {
                let for_one = stored.and_then(|stored| copies::sole_reader(self, stored));
                self.is_back(message, for_one);
            }
        }
        let id = EventId(self.next_event);
        self.next_event = self.next_event.saturating_add(1);
        events.push(Event {
            id,
            at: self.now,
            node,
            cause,
            kind,
        });
        id
    }
}

impl Occurrence {
    fn scans_responses(&self) -> bool {
        matches!(
            self,
            Self::Alarm {
                timer: Timer::Remoting(RemotingTimer::ScanResponseTable(_)),
                ..
            }
        )
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
