//! `DefaultMQProducer`: an application's calls, each with its attempts, and the client instance under them.
//!
//! It knows what a client process knows: routes it was told, connections it has, answers it got. It does not know what a broker
//! stored. The application outlives its process: what a transaction's listener will say, and how messages are numbered.

use litemap::LiteMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::config::ProducerConfig;
use crate::effect::{Closed, Ctx};
use crate::event::EventKind;
use crate::exception::Exception;
use crate::ids::{ConnId, GroupId, MessageId, NodeId, TopicId};
use crate::node::client::Instance;
use crate::node::remoting::{Mode, Outcome};
use crate::scenario;
use crate::status::{Profile, SendMode, TransactionState};
use crate::timers::{ProducerTimer, RemotingTimer, Timer};
use crate::units::{SimTime, Span};
use crate::view::ProducerView;
use crate::wire::{Frame, Message, Request};

mod async_send;
mod call;
mod faults;
mod housekeeping;
mod meaning;
mod selection;
mod send_loop;
mod transaction;
mod validators;

#[cfg(test)]
mod tests;

pub use call::SendCall;

use call::{Attempt, Call, CallId, Ending, Order};
use selection::Selector;
use transaction::Listener;

/// A producer: its application, and its process while there is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Producer {
    group: GroupId,
    spec: scenario::Producer,
    application: Application,
    process: Option<Process>,
}

/// What the application knows by heart.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct Application {
    /// `Message` objects made so far.
    made: u32,
    /// Its transaction listener.
    listener: Listener,
}

/// Bytes of a MiB.
const MEBIBYTE: u64 = 1 << 20;
/// After so long without a call the next one is a first one again.
const PAUSE: Span = Span::from_millis(1_000);
/// Calls so soon after a first one run on code that is still cold.
const COLD: Span = Span::from_millis(30);

/// One start of the process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Process {
    instance: Instance<Purpose>,
    selector: Selector,
    /// Calls that have not returned. Numbers are not used twice.
    calls: LiteMap<CallId, Call>,
    next_call: CallId,
    /// Topics whose routes are polled (`topicPublishInfoTable`).
    topics: Vec<TopicId>,
    /// The masters that the scheduled heartbeat has not come to yet: it goes from one to the next.
    round: Vec<NodeId>,
    /// Whether the routes it starts with have been asked for.
    warmed_up: bool,
    /// When the first call after a pause was made, and the latest one.
    burst: Option<(SimTime, SimTime)>,
}

/// What a request of this client was for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Purpose {
    /// A route, for `asker`; `template` asks for TBW102's in place of the topic's own.
    Route {
        topic: TopicId,
        template: bool,
        asker: Asker,
    },
    /// A heartbeat; one of a round is followed by the next.
    Heartbeat { of_round: bool },
    /// One attempt of a call.
    Send(Attempt),
    /// A oneway request that nobody asks after.
    Forgotten,
}

/// Who wants a route.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Asker {
    /// The first poll: the recorded producers had sent warm-up messages, so it also connects.
    WarmUp,
    /// pollNameServerInterval.
    Poll,
    /// A call that has no queue to send to.
    Call(CallId),
}

/// A producer whose process runs, inside a handler: everything a rule may look at.
struct Running<'a, 'c> {
    group: GroupId,
    conf: &'a ProducerConfig,
    resends: u32,
    application: &'a mut Application,
    process: &'a mut Process,
    ctx: &'a mut Ctx<'c>,
}

impl Producer {
    /// A producer that has never been started.
    pub fn new(group: GroupId, spec: scenario::Producer) -> Self {
        Self {
            group,
            spec,
            application: Application::default(),
            process: None,
        }
    }

    /// `DefaultMQProducer#start`.
    pub fn boot(&mut self, ctx: &mut Ctx) {
        self.process = Some(Process::new(ctx, &self.spec.conf));
        self.act(ctx, |running| running.start());
    }

    /// `DefaultMQProducer#shutdown`: says good-bye to the brokers. Calls under way never return.
    pub fn shut_down(&mut self, ctx: &mut Ctx) {
        self.act(ctx, |running| running.unregister());
        self.process = None;
    }

    /// The process ends without a word.
    pub fn lose_memory(&mut self) {
        self.process = None;
    }

    /// A connection that this client asked for is there.
    pub fn on_connected(&mut self, ctx: &mut Ctx, conn: ConnId) {
        self.act(ctx, |running| running.connected(conn));
    }

    /// A connection that this client asked for was refused.
    pub fn on_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        self.act(ctx, |running| {
            let outcomes = running.process.instance.remoting.on_refused(conn);
            running.hear_all(outcomes);
        });
    }

    /// A connection ended at the other end.
    pub fn on_closed(&mut self, ctx: &mut Ctx, conn: ConnId, how: Closed) {
        self.act(ctx, |running| {
            let outcomes = running
                .process
                .instance
                .remoting
                .on_closed(running.ctx, conn, how);
            running.hear_all(outcomes);
        });
    }

    /// Something was read from a connection.
    pub fn on_frame(&mut self, ctx: &mut Ctx, conn: ConnId, frame: Frame) {
        self.act(ctx, |running| match frame {
            Frame::Response(opaque, response) => {
                let outcome = running
                    .process
                    .instance
                    .remoting
                    .on_response(opaque, response);
                running.hear_all(outcome);
            }
            Frame::Request(_, request) | Frame::Oneway(request) => running.asked(conn, request),
            // Brokers speak it with brokers only.
            Frame::Ha(_) => {}
        });
    }

    /// One of the producer's alarms.
    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: ProducerTimer) {
        self.act(ctx, |running| match timer {
            ProducerTimer::PollRoutes => running.poll_routes(),
            ProducerTimer::Heartbeat => running.scheduled_heartbeat(),
            ProducerTimer::Call(call) => running.call(call),
            ProducerTimer::Depart(call) => running.depart(call),
        });
    }

    /// One of the remoting client's alarms.
    pub fn on_remoting_timer(&mut self, ctx: &mut Ctx, timer: RemotingTimer) {
        self.act(ctx, |running| {
            let outcomes = running
                .process
                .instance
                .remoting
                .on_timer(running.ctx, timer);
            running.hear_all(outcomes);
        });
    }

    /// `producerGroup`.
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// What the application's listener will say when it is asked for a message that it, or another producer of its group, sends.
    pub fn learn(&mut self, message: MessageId, states: Vec<TransactionState>) {
        self.application.listener.learn(message, states);
    }

    /// The application calls `send`.
    pub fn on_send(&mut self, ctx: &mut Ctx, label: MessageId, call: SendCall) {
        self.act(ctx, |running| running.send(label, call));
    }

    /// What can be seen of it.
    pub fn view(&self) -> ProducerView {
        let calls = self
            .process
            .iter()
            .flat_map(|process| process.calls.values());
        ProducerView {
            group: self.group,
            waiting: calls
                .map(|call| (call.order.label, call.attempts()))
                .collect(),
        }
    }

    /// Runs a handler of the process, if there is one.
    fn act(&mut self, ctx: &mut Ctx, handle: impl FnOnce(&mut Running)) {
        let Some(process) = &mut self.process else {
            return;
        };
        let application = &mut self.application;
        handle(&mut Running {
            group: self.group,
            conf: &self.spec.conf,
            resends: self.spec.resend,
            application,
            process,
            ctx,
        });
    }
}

/// Its settings never change, so two states of one producer differ only in the rest.
impl Hash for Producer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.group, &self.application, &self.process).hash(state);
    }
}

impl Process {
    fn new(ctx: &Ctx, conf: &ProducerConfig) -> Self {
        let mut instance = Instance::new(ctx.now);
        instance.remoting = instance.remoting.configured(
            conf.connect_timeout_millis,
            conf.client_close_socket_if_timeout,
        );
        Self {
            instance,
            selector: Selector::new(ctx.profile(), conf),
            calls: LiteMap::new(),
            next_call: 0,
            topics: ctx.setup.topics.iter().map(|(topic, _)| *topic).collect(),
            round: Vec::new(),
            warmed_up: false,
            burst: None,
        }
    }

    /// The lowest application thread that no call blocks.
    fn idle_thread(&self) -> u32 {
        let busy = |thread: u32| {
            self.calls
                .values()
                .any(|call| call.blocks() && call.thread == thread)
        };
        // There are more numbers than calls, so one of them is free.
        (0..=u32::try_from(self.calls.len()).unwrap_or(u32::MAX))
            .find(|thread| !busy(*thread))
            .unwrap_or(0)
    }
}

impl Running<'_, '_> {
    /// One `send` of the application: a new `Message` object, or a new one with the same content.
    fn send(&mut self, label: MessageId, call: SendCall) {
        let local = call
            .transaction
            .as_ref()
            .map(|transaction| transaction.local);
        let message = Message {
            label: Some(label),
            uniq_key: self.make_uniq_key(),
            topic: call.topic,
            tag: call.tag,
            body_bytes: call.body_bytes,
            properties_bytes: call.properties_bytes,
            wait_store_msg_ok: call.wait_store_msg_ok,
            // `sendMessageInTransaction` ignores a delay level.
            delay_level: if local.is_some() { 0 } else { call.delay_level },
            reconsume_times: 0,
            born_at: self.ctx.now,
            born_by: self.ctx.me,
            retry_topic: None,
            half_of: local.map(|_| self.group),
            check_times: 0,
        };
        // A transaction is sent synchronously, whatever the script says.
        let mode = if local.is_some() {
            SendMode::Sync
        } else {
            call.mode
        };
        let order = Order {
            label,
            mode,
            queue: call.queue,
            local,
            resend: 0,
            message: Arc::new(message),
        };
        let thread = self.process.idle_thread();
        let id = self.enter(order, thread);
        self.call(id);
    }

    /// A call is planned; it is made by [`call`](Self::call).
    fn enter(&mut self, order: Order, thread: u32) -> CallId {
        let id = self.process.next_call;
        self.process.next_call = id.wrapping_add(1);
        self.process
            .calls
            .insert(id, Call::new(order, thread, self.ctx.now));
        id
    }

    /// A planned call is made: `DefaultMQProducerImpl#send` up to its first request.
    fn call(&mut self, id: CallId) {
        let Some(call) = self.process.calls.get(&id) else {
            return;
        };
        let (order, topic) = (&call.order, call.topic());
        let body_bytes = order.message.body_bytes;
        self.ctx.tell(EventKind::SendCalled {
            message: order.label,
            topic,
            tag: order.message.tag,
            mode: order.mode,
            resend: order.resend,
        });
        match validators::check_message(
            self.ctx.setup,
            topic,
            body_bytes,
            self.conf.max_message_size,
        ) {
            Err(invalid) => self.finish(id, Ending::Failed(Exception::Invalid(invalid))),
            Ok(()) => {
                let takes = preparation(self.ctx, self.conf, &mut self.process.burst, body_bytes);
                if takes == Span::ZERO {
                    self.depart(id);
                } else {
                    let at = self.ctx.now + takes;
                    self.ctx
                        .wake(at, Timer::Producer(ProducerTimer::Depart(id)));
                }
            }
        }
    }

    /// The call's message is ready: to the queue that the caller chose, or to the next one of the route.
    fn depart(&mut self, id: CallId) {
        let Some(call) = self.process.calls.get(&id) else {
            return;
        };
        match call.order.queue {
            Some((broker, queue)) => self.send_to_queue(id, broker, queue),
            None => self.find_route(id),
        }
    }

    /// The call returns, or its callback is called; after an exception the application may send again.
    fn finish(&mut self, id: CallId, ending: Ending) {
        let Some(call) = self.process.calls.remove(&id) else {
            return;
        };
        let failed = matches!(ending, Ending::Failed(_));
        let message = call.order.label;
        let outcome = self.outcome_of(&call, ending);
        self.ctx.tell(EventKind::SendReturned { message, outcome });
        if failed && call.order.resend < self.resends {
            self.send_again(call);
        }
    }

    /// The application's own retry: a new `Message` object, hence a new msgId, at once and on the same thread. It is an alarm and
    /// not a call, because a call that fails without any request would otherwise call itself.
    fn send_again(&mut self, call: Call) {
        let message = Message {
            uniq_key: self.make_uniq_key(),
            born_at: self.ctx.now,
            ..Message::clone(&call.order.message)
        };
        let thread = if call.blocks() {
            call.thread
        } else {
            self.process.idle_thread()
        };
        let order = Order {
            resend: call.order.resend.saturating_add(1),
            message: Arc::new(message),
            ..call.order
        };
        let id = self.enter(order, thread);
        self.ctx
            .wake(self.ctx.now, Timer::Producer(ProducerTimer::Call(id)));
    }

    /// `MessageClientIDSetter#createUniqID`: the process's own part, then a counter.
    fn make_uniq_key(&mut self) -> u32 {
        let made = self.application.made;
        self.application.made = made.wrapping_add(1);
        (u32::from(self.ctx.me.0) << 20).wrapping_add(made)
    }

    /// A connection is open: what waited for it leaves, and 5.x introduces itself to a broker it knows.
    fn connected(&mut self, conn: ConnId) {
        let Some((peer, outcomes)) =
            self.process
                .instance
                .remoting
                .on_connected_then(self.ctx, conn, |ctx, purpose| match purpose {
                    Purpose::Send(attempt) => ctx.tell(attempt.leaves()),
                    Purpose::Route { .. } | Purpose::Heartbeat { .. } | Purpose::Forgotten => {}
                })
        else {
            return;
        };
        self.channel_active(peer);
        self.hear_all(outcomes);
    }

    fn hear_all(&mut self, outcomes: impl IntoIterator<Item = Outcome<Purpose>>) {
        for outcome in outcomes {
            self.hear(outcome);
        }
    }

    /// A request has ended.
    fn hear(&mut self, outcome: Outcome<Purpose>) {
        match outcome {
            Outcome::Reply(Purpose::Send(attempt), response) => self.replied(attempt, response),
            Outcome::Failed(Purpose::Send(attempt), exception) => {
                self.request_failed(attempt, exception)
            }
            Outcome::Left(Purpose::Send(attempt)) => self.left(attempt),
            Outcome::Reply(
                Purpose::Route {
                    topic,
                    template,
                    asker,
                },
                response,
            ) => {
                self.route_answered(topic, template, asker, response);
            }
            Outcome::Failed(Purpose::Route { asker, .. }, exception) => {
                self.route_failed(asker, exception)
            }
            Outcome::Reply(Purpose::Heartbeat { of_round: true }, _)
            | Outcome::Failed(Purpose::Heartbeat { of_round: true }, _) => {
                self.next_heartbeat();
            }
            Outcome::Reply(Purpose::Heartbeat { of_round: false } | Purpose::Forgotten, _)
            | Outcome::Failed(Purpose::Heartbeat { of_round: false } | Purpose::Forgotten, _)
            | Outcome::Left(
                Purpose::Route { .. } | Purpose::Heartbeat { .. } | Purpose::Forgotten,
            ) => {}
        }
    }

    /// Makes a request; what is known of its end already is heard at once.
    fn invoke(
        &mut self,
        to: NodeId,
        mode: Mode,
        timeout: Span,
        request: Request,
        purpose: Purpose,
    ) {
        let outcome = self
            .process
            .instance
            .remoting
            .invoke(self.ctx, to, mode, timeout, request, purpose);
        self.hear_all(outcome);
    }
}

/// How long a call's message takes to be ready.
///
/// A big body is compressed, in vain if it is random: 35 to 170 ms a MiB [k32 k32-49]. And the first call after a pause is sometimes
/// slow enough for the next one, on another thread, to overtake it [k19 k21-49 k22-49 k48-49]; in 5.3.3 more rarely one of those right
/// behind it is [k54b] (J.1: 2 of 52 pairs within a round trip; 4.9.7: only the first).
fn preparation(
    ctx: &mut Ctx,
    conf: &ProducerConfig,
    burst: &mut Option<(SimTime, SimTime)>,
    body_bytes: u64,
) -> Span {
    let mut takes = Span::ZERO;
    if body_bytes > conf.compress_msg_body_over_howmuch {
        let a_mebibyte = ctx.rng.span(
            Span::from_millis(50),
            Span::from_millis(35),
            Span::from_millis(170),
        );
        takes = Span::from_micros(a_mebibyte.times(body_bytes).micros() / MEBIBYTE);
    }
    let began = burst
        .filter(|(_, last)| ctx.now.since(*last) < PAUSE)
        .map(|(first, _)| first);
    *burst = Some((began.unwrap_or(ctx.now), ctx.now));
    let in_time = match began {
        None => ctx.rng.usually(1, 8),
        Some(first) => {
            ctx.profile() == Profile::V4_9 || ctx.now.since(first) >= COLD || ctx.rng.usually(2, 52)
        }
    };
    if !in_time {
        takes = takes
            + ctx
                .rng
                .span(Span::ZERO, Span::from_millis(10), Span::from_millis(19));
    }
    takes
}
