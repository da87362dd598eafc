//! A world around one producer: an agenda, connections, and brokers that do as they are told.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what a producer never asks and never tells ends the test"
)]

use std::collections::{BTreeMap, VecDeque};

use expect_test::Expect;

use crate::config::{BrokerConfig, ProducerConfig};
use crate::effect::{Closed, Ctx, Effect, Outbox};
use crate::event::{AttemptOutcome, EventKind, SendOutcome, Trigger};
use crate::exception::{Exception, Remark};
use crate::ids::{BrokerName, ConnId, GroupId, MessageId, NodeId, QueueId, TagId};
use crate::node::producer::{Producer, SendCall};
use crate::rng::Rng;
use crate::scenario::{self, Do, Scenario, Step, Title};
use crate::setup::{Kind, Setup, system};
use crate::status::{Profile, PutMessageStatus, SendMode, TransactionState};
use crate::timers::Timer;
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};
use crate::wire::{Frame, Message, Request, Response, Route, RouteBroker};

/// How a broker's host treats the producer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Up,
    /// Its process is dead: connections are refused.
    Dead,
    /// Connections are made, and nothing is read.
    Frozen,
    /// Nothing comes back at all.
    Silent,
}

/// What a broker answers to a send.
#[derive(Clone)]
pub(super) enum Answer {
    Put(PutMessageStatus),
    Error(i32, Remark),
    /// After so long.
    Late(Span, PutMessageStatus),
    /// It stores the message, dies and closes the connection this way.
    Dies(Closed),
}

struct Broker {
    health: Health,
    answers: VecDeque<Answer>,
    stored: u64,
}

enum Due {
    Timer(Timer),
    Connected(ConnId),
    Refused(ConnId),
    Closed(ConnId, Closed),
    Frame(ConnId, Frame),
    Arrives(ConnId, Frame),
    /// The producer's FIN arrives.
    Hung(ConnId),
    Act(Box<dyn FnOnce(&mut Bench)>),
}

pub(super) struct Bench {
    setup: Setup,
    rng: Rng,
    producer: Producer,
    me: NodeId,
    now: SimTime,
    agenda: BTreeMap<(SimTime, u32), Due>,
    seq: u32,
    next_conn: u32,
    /// Both ends know these.
    open: BTreeMap<ConnId, NodeId>,
    brokers: BTreeMap<NodeId, Broker>,
    /// What the name server says of each topic; TOPIC_NOT_EXIST of any other.
    pub(super) routes: BTreeMap<String, Vec<(&'static str, u16, bool)>>,
    /// Whether heartbeats, routes and connections are drawn, too.
    pub(super) housekeeping: bool,
    lines: Vec<String>,
}

const LATENCY: Span = Span::from_millis(1);

impl Bench {
    /// Brokers `broker-a` and on, each with `queues` queues of `Orders`, and one producer.
    pub fn new(
        profile: Profile,
        brokers: usize,
        queues: u16,
        configure: impl FnOnce(&mut ProducerConfig),
    ) -> Self {
        Self::seeded(profile, 0, brokers, queues, 0, configure)
    }

    pub fn seeded(
        profile: Profile,
        seed: u64,
        brokers: usize,
        queues: u16,
        resend: u32,
        configure: impl FnOnce(&mut ProducerConfig),
    ) -> Self {
        let names = ["broker-a", "broker-b", "broker-c"];
        let mut conf = ProducerConfig::defaults(profile);
        configure(&mut conf);
        let topics = [
            "Orders",
            "Unknown",
            "a b",
            &"t".repeat(128),
            "SCHEDULE_TOPIC_XXXX",
            " ",
        ];
        let scenario = Scenario {
            title: Title::default(),
            profile,
            seed,
            network: scenario::Network {
                latency: LATENCY,
                jitter: Span::ZERO,
            },
            fsync: Span::from_millis(5),
            topics: vec![scenario::Topic {
                name: "Orders".to_owned(),
                queues,
            }],
            brokers: names[..brokers]
                .iter()
                .map(|name| scenario::Broker {
                    name: (*name).to_owned(),
                    conf: BrokerConfig::defaults(profile),
                    slaves: vec![BrokerConfig::defaults(profile)],
                })
                .collect(),
            producers: vec![scenario::Producer {
                name: "p1".to_owned(),
                group: "PG".to_owned(),
                conf,
                resend,
            }],
            consumers: Vec::new(),
            // Topics that the script names have ids.
            script: topics
                .iter()
                .map(|topic| Step {
                    trigger: Trigger::At(SimTime::ZERO),
                    action: Do::Send(nothing_to(topic)),
                })
                .collect(),
            until: SimTime::from_millis(60_000),
        };
        let mut rng = Rng::new(seed);
        let setup = Setup::new(&scenario, &mut rng);
        let me = setup.names.find_node("p1").unwrap();
        let Kind::Producer { group, spec } = setup.nodes[me.index()].kind.clone() else {
            panic!("p1 is a producer")
        };
        let masters = names[..brokers]
            .iter()
            .map(|name| setup.names.find_node(&format!("{name}/0")).unwrap());
        let masters = masters.chain([setup.name_server]);
        let brokers_by_node = masters
            .map(|node| {
                (
                    node,
                    Broker {
                        health: Health::Up,
                        answers: VecDeque::new(),
                        stored: 0,
                    },
                )
            })
            .collect();
        let route = names[..brokers]
            .iter()
            .map(|name| (*name, queues, true))
            .collect();
        let mut bench = Self {
            producer: Producer::new(group, spec),
            me,
            rng,
            now: setup.nodes[me.index()].starts.unwrap(),
            agenda: BTreeMap::new(),
            seq: 0,
            next_conn: 0,
            open: BTreeMap::new(),
            brokers: brokers_by_node,
            routes: BTreeMap::from([("Orders".to_owned(), route)]),
            housekeeping: false,
            lines: Vec::new(),
            setup,
        };
        bench.handle(|producer, ctx| producer.boot(ctx));
        bench.run_before(SimTime::ZERO);
        bench.lines.clear();
        bench
    }

    /// Something else happens at `millis`.
    pub fn at(&mut self, millis: i64, act: impl FnOnce(&mut Self) + 'static) -> &mut Self {
        self.plan(SimTime::from_millis(millis), Due::Act(Box::new(act)));
        self
    }

    /// `m1`, `m2`, … are sent at these instants.
    pub fn send_at(&mut self, millis: &[i64]) -> &mut Self {
        self.send_each(millis, |_, _| {})
    }

    pub fn send_each(
        &mut self,
        millis: &[i64],
        shape: impl Fn(MessageId, &mut SendCall) + Clone + 'static,
    ) -> &mut Self {
        for (at, number) in millis.iter().zip(1..) {
            let shape = shape.clone();
            self.at(*at, move |bench| {
                let label = MessageId(number);
                let mut call = SendCall {
                    topic: bench.setup.names.find_topic("Orders").unwrap(),
                    mode: SendMode::Sync,
                    queue: None,
                    tag: TagId(0),
                    body_bytes: 16,
                    properties_bytes: 60,
                    wait_store_msg_ok: true,
                    delay_level: 0,
                    transaction: None,
                };
                shape(label, &mut call);
                bench.handle(|producer, ctx| {
                    if let Some(transaction) = &call.transaction {
                        producer.learn(label, transaction.check.clone());
                    }
                    producer.on_send(ctx, label, call);
                });
            });
        }
        self
    }

    pub fn topic(&self, name: &str) -> crate::ids::TopicId {
        self.setup.names.find_topic(name).unwrap()
    }

    pub fn broker(&self, name: &str) -> BrokerName {
        self.setup.names.find_broker(name).unwrap()
    }

    pub fn group(&self) -> GroupId {
        self.setup.names.find_group("PG").unwrap()
    }

    /// From now on `broker` is like this; what dies closes its connections with a FIN.
    pub fn set(&mut self, broker: &str, health: Health) {
        let node = self.setup.names.find_node(&format!("{broker}/0")).unwrap();
        self.brokers.get_mut(&node).unwrap().health = health;
        if health == Health::Dead {
            self.hang_up(node, Closed::Fin);
        }
    }

    /// Clean shutdown.
    pub fn stop(&mut self) {
        self.handle(|producer, ctx| producer.shut_down(ctx));
        self.end_of_process();
    }

    /// SIGKILL.
    pub fn crash(&mut self) {
        self.handle(|producer, _| producer.lose_memory());
        self.end_of_process();
    }

    /// The process starts again.
    pub fn start(&mut self) {
        self.handle(|producer, ctx| producer.boot(ctx));
    }

    /// Alarms die with the process, and its connections with its kernel's help.
    fn end_of_process(&mut self) {
        self.agenda
            .retain(|_, due| matches!(due, Due::Act(_) | Due::Arrives(..)));
        let mut open = core::mem::take(&mut self.open);
        // What has left is still read.
        open.retain(|conn, _| {
            self.agenda
                .values()
                .any(|due| matches!(due, Due::Arrives(of, _) if of == conn))
        });
        self.open = open;
    }

    /// What `broker` answers to the next sends; afterwards PUT_OK.
    pub fn answers(&mut self, broker: &str, answers: &[Answer]) -> &mut Self {
        let node = self.setup.names.find_node(&format!("{broker}/0")).unwrap();
        self.brokers.get_mut(&node).unwrap().answers = answers.iter().cloned().collect();
        self
    }

    /// A broker asks what became of `message`.
    pub fn check_back(&mut self, broker: &str, message: u32) {
        let node = self.setup.names.find_node(&format!("{broker}/0")).unwrap();
        let conn = *self.open.iter().find(|(_, peer)| **peer == node).unwrap().0;
        let message = Message {
            label: Some(MessageId(message)),
            uniq_key: 0,
            topic: self.topic("Orders"),
            tag: TagId(0),
            body_bytes: 16,
            properties_bytes: 60,
            wait_store_msg_ok: true,
            delay_level: 0,
            reconsume_times: 0,
            born_at: SimTime::ZERO,
            born_by: self.me,
            retry_topic: None,
            half_of: Some(self.group()),
            check_times: 1,
        };
        let request = Request::CheckTransactionState {
            message: message.into(),
            half_offset: PhysicalOffset::new(0),
            half_queue_offset: QueueOffset::new(0),
        };
        self.handle(|producer, ctx| producer.on_frame(ctx, conn, Frame::Oneway(request)));
    }

    /// Runs until `millis` and draws what happened since t = 0.
    pub fn draw(&mut self, millis: i64) -> String {
        self.run_before(SimTime::from_millis(millis));
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }

    fn run_before(&mut self, end: SimTime) {
        while let Some((&key, _)) = self.agenda.first_key_value() {
            if key.0 >= end {
                return;
            }
            let due = self.agenda.remove(&key).unwrap();
            self.now = key.0;
            self.occur(due);
        }
    }

    fn occur(&mut self, due: Due) {
        match due {
            Due::Timer(Timer::Producer(timer)) => {
                self.handle(|producer, ctx| producer.on_timer(ctx, timer))
            }
            Due::Timer(Timer::Remoting(timer)) => {
                self.handle(|producer, ctx| producer.on_remoting_timer(ctx, timer))
            }
            Due::Timer(timer) => panic!("a producer set {timer:?}"),
            Due::Connected(conn) => self.handle(|producer, ctx| producer.on_connected(ctx, conn)),
            Due::Refused(conn) => self.handle(|producer, ctx| producer.on_refused(ctx, conn)),
            Due::Closed(conn, how) => {
                self.handle(|producer, ctx| producer.on_closed(ctx, conn, how))
            }
            Due::Frame(conn, frame) => {
                self.handle(|producer, ctx| producer.on_frame(ctx, conn, frame))
            }
            Due::Arrives(conn, frame) => self.arrives(conn, frame),
            Due::Hung(conn) => {
                self.open.remove(&conn);
            }
            Due::Act(act) => act(self),
        }
    }

    fn plan(&mut self, at: SimTime, due: Due) {
        self.seq += 1;
        self.agenda.insert((at, self.seq), due);
    }

    fn handle(&mut self, handle: impl FnOnce(&mut Producer, &mut Ctx)) {
        let mut out = Outbox {
            effects: Vec::new(),
            next_conn: self.next_conn,
            let_go: Vec::new(),
            gone_on: Vec::new(),
        };
        let mut ctx = Ctx {
            now: self.now,
            me: self.me,
            start: 1,
            setup: &self.setup,
            rng: &mut self.rng,
            out: &mut out,
        };
        handle(&mut self.producer, &mut ctx);
        self.next_conn = out.next_conn;
        for effect in out.effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Tell(kind) => self.tell(&kind),
            Effect::Connect { conn, to } => self.connect(conn, to),
            Effect::Send { conn, frame } => {
                self.plan(self.now + LATENCY, Due::Arrives(conn, frame))
            }
            Effect::Close { conn } => {
                if let Some(peer) = self.open.get(&conn).copied() {
                    self.line(format!(
                        "closes the connection to {}",
                        self.setup.names.node(peer)
                    ));
                    // What was written before is still read.
                    self.plan(self.now + LATENCY, Due::Hung(conn));
                }
            }
            Effect::Wake { at, timer } => self.plan(at, Due::Timer(timer)),
        }
    }

    fn health(&self, node: NodeId) -> Health {
        self.brokers
            .get(&node)
            .map_or(Health::Up, |broker| broker.health)
    }

    fn connect(&mut self, conn: ConnId, to: NodeId) {
        let round_trip = self.now + LATENCY + LATENCY;
        match self.health(to) {
            Health::Up | Health::Frozen => {
                self.open.insert(conn, to);
                self.plan(round_trip, Due::Connected(conn));
            }
            Health::Dead => self.plan(round_trip, Due::Refused(conn)),
            Health::Silent => {}
        }
    }

    fn hang_up(&mut self, node: NodeId, how: Closed) {
        let conns: Vec<ConnId> = self
            .open
            .iter()
            .filter(|(_, peer)| **peer == node)
            .map(|(conn, _)| *conn)
            .collect();
        for conn in conns {
            self.open.remove(&conn);
            self.plan(self.now + LATENCY, Due::Closed(conn, how));
        }
    }

    /// A frame of the producer arrives at its peer.
    fn arrives(&mut self, conn: ConnId, frame: Frame) {
        let Some(peer) = self.open.get(&conn).copied() else {
            return;
        };
        if self.health(peer) != Health::Up {
            return;
        }
        match frame {
            Frame::Request(opaque, request) => {
                let Some((delay, response)) = self.answer(peer, request) else {
                    return;
                };
                self.plan(
                    self.now + LATENCY + delay,
                    Due::Frame(conn, Frame::Response(opaque, response)),
                );
            }
            Frame::Oneway(request) => {
                let _ = self.answer(peer, request);
            }
            Frame::Response(..) | Frame::Ha(_) => panic!("clients do not answer"),
        }
    }

    fn answer(&mut self, peer: NodeId, request: Request) -> Option<(Span, Response)> {
        let name = self.setup.names.node(peer).to_owned();
        match request {
            Request::GetRoute(topic) => {
                let topic_name = self.setup.names.topic(topic).to_owned();
                if self.housekeeping {
                    self.line(format!("namesrv is asked for {topic_name}"));
                }
                let response = self.routes.get(&topic_name).map(|route| self.route(route));
                Some((
                    Span::ZERO,
                    response.unwrap_or(Response::Error {
                        code: 17,
                        remark: Remark::TopicNotExist(topic),
                    }),
                ))
            }
            Request::Heartbeat { .. } => {
                if self.housekeeping {
                    self.line(format!("{name} gets a heartbeat"));
                }
                Some((Span::ZERO, Response::Ok))
            }
            Request::EndTransaction {
                message,
                state,
                from_check,
                ..
            } => {
                let why = if from_check {
                    "answer to the check of"
                } else {
                    "end of"
                };
                let message = message.map_or("?".to_owned(), |message| message.to_string());
                self.line(format!("{name} gets the {why} {message}: {}", state.word()));
                None
            }
            Request::SendMessage { message, queue, .. } => self.store(peer, &name, &message, queue),
            Request::UnregisterClient { .. } => {
                self.line(format!("{name} gets a good-bye"));
                None
            }
            other => panic!("a producer asked {other:?}"),
        }
    }

    fn route(&self, route: &[(&str, u16, bool)]) -> Response {
        let brokers = route
            .iter()
            .map(|(name, queues, with_master)| {
                let replica = |number: u16| {
                    (
                        number,
                        self.setup
                            .names
                            .find_node(&format!("{name}/{number}"))
                            .unwrap(),
                    )
                };
                let replicas = if *with_master {
                    vec![replica(0)]
                } else {
                    vec![replica(1)]
                };
                RouteBroker {
                    broker: self.broker(name),
                    queues: *queues,
                    replicas,
                    writable: true,
                }
            })
            .collect();
        Response::Route(Route { brokers })
    }

    fn store(
        &mut self,
        node: NodeId,
        name: &str,
        message: &Message,
        queue: QueueId,
    ) -> Option<(Span, Response)> {
        let broker = self.brokers.get_mut(&node).unwrap();
        let answer = broker
            .answers
            .pop_front()
            .unwrap_or(Answer::Put(PutMessageStatus::PutOk));
        let (delay, status) = match answer {
            Answer::Error(code, remark) => {
                return Some((Span::ZERO, Response::Error { code, remark }));
            }
            Answer::Put(status) => (Span::ZERO, status),
            Answer::Late(delay, status) => (delay, status),
            Answer::Dies(_) => (Span::ZERO, PutMessageStatus::PutOk),
        };
        let offset = broker.stored;
        broker.stored += 1;
        let half = if message.half_of.is_some() {
            " as a half message"
        } else {
            ""
        };
        self.line(format!(
            "{name} stores {} in queue {}{half}",
            message.label.unwrap(),
            queue.0
        ));
        if let Answer::Dies(how) = answer {
            self.brokers.get_mut(&node).unwrap().health = Health::Dead;
            self.hang_up(node, how);
            return None;
        }
        let queue_offset = QueueOffset::new(offset);
        Some((
            delay,
            Response::Sent {
                status,
                queue,
                queue_offset,
                start: PhysicalOffset::new(offset * 100),
            },
        ))
    }

    fn line(&mut self, text: String) {
        self.lines
            .push(format!("{:<6} {text}", self.now.to_string()));
    }

    fn tell(&mut self, kind: &EventKind) {
        let names = &self.setup.names;
        let text = match kind {
            EventKind::SendCalled {
                message,
                mode,
                resend: 0,
                ..
            } => format!("{message} called ({})", mode.word()),
            EventKind::SendCalled {
                message,
                mode,
                resend,
                ..
            } => format!("{message} called again, no. {resend} ({})", mode.word()),
            EventKind::RequestSent {
                message,
                broker,
                queue,
                attempt,
                ..
            } => {
                format!(
                    "{message} #{attempt} ─▶ {} queue {}",
                    names.broker(*broker),
                    queue.0
                )
            }
            EventKind::AttemptEnded {
                message,
                attempt,
                broker,
                outcome,
                ..
            } => {
                let outcome = match outcome {
                    AttemptOutcome::Status(status) => status.word().to_owned(),
                    AttemptOutcome::Failed(exception) => self.short(exception),
                    AttemptOutcome::Sent => "left".to_owned(),
                };
                format!(
                    "{message} #{attempt} at {}: {outcome}",
                    names.broker(*broker)
                )
            }
            EventKind::SendReturned { message, outcome } => {
                format!("{message} returned: {}", self.outcome(outcome))
            }
            EventKind::LocalTransaction { message, state } => {
                format!("{message} local transaction: {}", state.word())
            }
            EventKind::CheckedBack { message, state } => {
                format!("{message} checked: {}", state.word())
            }
            EventKind::RouteChanged { topic } => {
                if !self.housekeeping {
                    return;
                }
                format!("new route of {}", names.topic(*topic))
            }
            other => panic!("a producer told {other:?}"),
        };
        self.line(text);
    }

    fn outcome(&self, outcome: &SendOutcome) -> String {
        match outcome {
            SendOutcome::Result {
                status,
                broker,
                queue,
                queue_offset,
                transaction,
            } => {
                let state = transaction.map_or(String::new(), |state: TransactionState| {
                    format!(", {}", state.word())
                });
                format!(
                    "{} {} queue {} offset {queue_offset}{state}",
                    status.word(),
                    self.setup.names.broker(*broker),
                    queue.0
                )
            }
            SendOutcome::Exception(exception) => self.short(exception),
            SendOutcome::Nothing => "nothing".to_owned(),
        }
    }

    /// Class, code and the first line of the text.
    fn short(&self, exception: &Exception) -> String {
        let text = exception.message(&self.setup.names, self.setup.profile);
        let code = exception
            .code()
            .map_or(String::new(), |code| format!(" {code}"));
        format!(
            "{}{code} \"{}\"",
            exception.class().word(),
            text.lines().next().unwrap_or_default()
        )
    }
}

fn nothing_to(topic: &str) -> scenario::Send {
    scenario::Send {
        producer: "p1".to_owned(),
        topic: topic.to_owned(),
        count: 0,
        every: Span::ZERO,
        mode: SendMode::Sync,
        queue: None,
        broker: None,
        tag: None,
        key: None,
        body_bytes: 16,
        wait_store_msg_ok: true,
        delay_level: 0,
        transaction: None,
    }
}

/// The picture of what happened until `millis`.
pub(super) fn check(bench: &mut Bench, millis: i64, expected: Expect) {
    expected.assert_eq(&bench.draw(millis));
}

pub(super) fn auto_create_topic(bench: &Bench) -> String {
    bench.setup.names.topic(system::AUTO_CREATE).to_owned()
}
