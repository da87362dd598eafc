//! `DefaultMQPushConsumer`: pulls what its group has not consumed, shows it to a listener, and tells brokers how far it is.
//!
//! It knows what brokers and the name server answer; it never sees their state. What outlives the process (the program with
//! its listener, and a broadcasting consumer's offset file) and what dies with it are two fields of [`Consumer`].

use std::collections::VecDeque;

use litemap::LiteMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::config::ConsumerConfig;
use crate::effect::{Closed, Ctx};
use crate::exception::Exception;
use crate::ids::{ClientId, ConnId, GroupId, MessageId, MessageQueue, NodeId, TagId, TopicId};
use crate::order;
use crate::scenario::{self, ConsumeRule};
use crate::status::{ListenerKind, MessageModel, Profile};
use crate::timers::{ConsumerTimer, RemotingTimer};
use crate::units::{QueueOffset, SimTime, Span};
use crate::view::ConsumerView;
use crate::wire::{Frame, Request, Response};

use super::client::Instance;
use super::remoting::{Mode, Outcome};
use concurrently::Threads;
use heartbeat::Heartbeat;
use listener::Listener;
use offsets::Offsets;
use process_queue::ProcessQueue;
use pull::{BeforePull, PullService};
use rebalance::{Rebalance, Step};
use send_back::SendBack;
use start::{Asking, Races};

mod concurrently;
mod heartbeat;
mod listener;
mod locks;
mod offsets;
mod orderly;
mod process_queue;
mod pull;
mod rebalance;
mod send_back;
mod start;
#[cfg(test)]
mod tests;

/// One consumer node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Consumer {
    app: App,
    process: Option<Process>,
}

/// The application: what is the same in every process of this node.
#[derive(Clone, PartialEq, Eq, Debug)]
struct App {
    group: GroupId,
    topic: TopicId,
    tags: Vec<TagId>,
    spec: Arc<scenario::Consumer>,
    listener: Listener,
    /// The number of the next delivery, of this node's whole life.
    deliveries: u32,
    /// `offsets.json` of a broadcasting consumer (`LocalFileOffsetStore`).
    offsets_file: LiteMap<MessageQueue, QueueOffset>,
}

/// What never changes needs no hash.
impl Hash for App {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.listener, self.deliveries, &self.offsets_file).hash(state);
    }
}

/// One start of the client (`DefaultMQPushConsumerImpl` with its `MQClientInstance`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Process {
    client: ClientId,
    instance: Instance<Call>,
    races: Races,
    /// `subscriptionInner`: the topic, and the group's retry topic.
    subscriptions: LiteMap<TopicId, Subscribed>,
    /// Topics whose routes start() still waits for.
    starting: Asking,
    /// Topics whose routes the poll still waits for.
    polling: Asking,
    heartbeat: Option<Heartbeat>,
    rebalance: Rebalance,
    /// `processQueueTable`.
    queues: LiteMap<MessageQueue, ProcessQueue>,
    next_queue: u32,
    pull_service: PullService,
    offsets: Offsets,
    threads: Threads,
    sending: LiteMap<u32, SendBack>,
    /// How often the inner producer has chosen a queue.
    inner_sends: u32,
    /// Queues that a look for expired messages still has before it, and how many of their heads.
    expiring: VecDeque<(MessageQueue, u32, u32)>,
    expiry_armed: bool,
}

/// `SubscriptionData`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Subscribed {
    /// Empty is `*`.
    tags: Vec<TagId>,
    /// `subVersion`.
    version: u64,
}

/// What a request was for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Call {
    StartRoute,
    PollRoute,
    Heartbeat,
    Rebalance(Step),
    Pull {
        queue: MessageQueue,
        id: u32,
    },
    /// `PullMessageService` waits for it.
    BeforePull(BeforePull, MessageQueue, u32),
    RenewLocks(Vec<MessageQueue>),
    TryLock {
        queue: MessageQueue,
        id: u32,
    },
    SendBack(u32),
    Fallback(u32),
    FallbackRoute(u32),
    /// Nobody waits for what becomes of it.
    Forget,
}

impl Consumer {
    /// A consumer node whose process has not been started. `spec` and the listener outlive every process.
    pub fn new(
        _me: NodeId,
        group: GroupId,
        topic: TopicId,
        tags: Vec<TagId>,
        spec: scenario::Consumer,
    ) -> Self {
        let listener = Listener::new(spec.listener, spec.process);
        let app = App {
            group,
            topic,
            tags,
            spec: Arc::new(spec),
            listener,
            deliveries: 1,
            offsets_file: LiteMap::new(),
        };
        Self { app, process: None }
    }

    /// `DefaultMQPushConsumer#start`.
    pub fn boot(&mut self, ctx: &mut Ctx) {
        self.process = Some(Process::new(&self.app, ctx));
        self.act(|process, app| process.start(app, ctx));
    }

    /// `DefaultMQPushConsumer#shutdown`.
    pub fn shut_down(&mut self, ctx: &mut Ctx) {
        self.act(|process, app| process.shut_down(app, ctx));
        self.process = None;
    }

    /// The process ends without a word.
    pub fn lose_memory(&mut self) {
        self.process = None;
    }

    /// A connection that this client asked for is there.
    pub fn on_connected(&mut self, ctx: &mut Ctx, conn: ConnId) {
        self.act(|process, app| {
            let sending = &process.sending;
            let connected = process
                .instance
                .remoting
                .on_connected_then(ctx, conn, |ctx, call| {
                    if let Call::SendBack(number) | Call::Fallback(number) = call
                        && let Some(send_back) = sending.get(number)
                    {
                        send_back.tell(app, ctx);
                    }
                });
            let Some((node, outcomes)) = connected else {
                return;
            };
            process.hear_all(app, ctx, outcomes);
            // 5.3: after what waited for it has left, so a pull that found its broker restarted overtakes the heartbeat (F).
            if ctx.profile() == Profile::V5_3 {
                process.on_broker_connected(app, ctx, node);
            }
        });
    }

    /// A connection that this client asked for was refused.
    pub fn on_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        self.act(|process, app| {
            let outcomes = process.instance.remoting.on_refused(conn);
            process.hear_all(app, ctx, outcomes);
        });
    }

    /// A connection ended.
    pub fn on_closed(&mut self, ctx: &mut Ctx, conn: ConnId, how: Closed) {
        self.act(|process, app| {
            let outcomes = process.instance.remoting.on_closed(ctx, conn, how);
            process.hear_all(app, ctx, outcomes);
        });
    }

    /// An answer, or a broker's own request.
    pub fn on_frame(&mut self, ctx: &mut Ctx, _conn: ConnId, frame: Frame) {
        self.act(|process, app| match frame {
            Frame::Response(opaque, response) => {
                let outcome = process.instance.remoting.on_response(opaque, response);
                process.hear_all(app, ctx, outcome);
            }
            Frame::Request(_, Request::NotifyConsumerIdsChanged { group })
            | Frame::Oneway(Request::NotifyConsumerIdsChanged { group }) => {
                if group == app.group {
                    process.on_notified(app, ctx);
                }
            }
            // Nothing else is asked of a consumer.
            Frame::Request(..) | Frame::Oneway(_) | Frame::Ha(_) => {}
        });
    }

    /// One of the consumer's alarms.
    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: ConsumerTimer) {
        self.act(|process, app| process.on_timer(app, ctx, timer));
    }

    /// One of its remoting client's alarms.
    pub fn on_remoting_timer(&mut self, ctx: &mut Ctx, timer: RemotingTimer) {
        self.act(|process, app| {
            let outcomes = process.instance.remoting.on_timer(ctx, timer);
            process.hear_all(app, ctx, outcomes);
        });
    }

    /// The script changes what the listener returns.
    pub fn on_rule(&mut self, rule: ConsumeRule) {
        self.app.listener.learn(&rule);
    }

    /// The script changes how long the listener takes, from its next call on.
    pub fn set_process_time(&mut self, takes: Span) {
        self.app.listener.takes = takes;
    }

    /// Its group.
    pub fn group(&self) -> GroupId {
        self.app.group
    }

    /// What can be seen of it.
    pub fn view(&self) -> ConsumerView {
        let (queues, cached, running) =
            self.process.as_ref().map(Process::view).unwrap_or_default();
        ConsumerView {
            group: self.app.group,
            queues,
            cached,
            running,
        }
    }

    /// Whether a message is in its memory: waiting for a listener, or with one.
    pub fn holds(&self, label: MessageId) -> bool {
        self.labels().any(|held| held == label)
    }

    /// The messages in its memory; one that is with a listener comes twice.
    pub fn labels(&self) -> impl Iterator<Item = MessageId> {
        self.process.iter().flat_map(Process::labels)
    }

    /// Whether a broadcasting member will not ask for this offset of a queue again: it has pulled it, or its file says that it is done.
    pub fn is_past(&self, queue: MessageQueue, offset: QueueOffset) -> bool {
        let pulled = self
            .process
            .as_ref()
            .filter(|process| !process.rebalance.is_adopting(queue))
            .and_then(|process| process.queues.get(&queue))
            .and_then(|owned| u64::try_from(owned.next_offset).ok());
        match pulled {
            Some(next) => next > offset.get(),
            None => self
                .app
                .offsets_file
                .get(&queue)
                .is_some_and(|done| *done > offset),
        }
    }

    /// Runs a handler of the process, if there is one.
    fn act(&mut self, handle: impl FnOnce(&mut Process, &mut App)) {
        if let Some(process) = &mut self.process {
            handle(process, &mut self.app);
        }
    }
}

impl App {
    fn conf(&self) -> &ConsumerConfig {
        &self.spec.conf
    }

    /// Orderly consumption within a group needs the brokers' locks; broadcasting does not.
    fn needs_locks(&self) -> bool {
        self.spec.listener == ListenerKind::Orderly && self.spec.model == MessageModel::Clustering
    }
}

impl Process {
    fn new(app: &App, ctx: &Ctx) -> Self {
        let version = version_at(ctx.now);
        let mut subscriptions = order::map([(
            app.topic,
            Subscribed {
                tags: app.tags.clone(),
                version,
            },
        )]);
        if app.spec.model == MessageModel::Clustering {
            subscriptions.insert(
                ctx.setup.retry_topic(app.group),
                Subscribed {
                    tags: Vec::new(),
                    version,
                },
            );
        }
        Self {
            client: ClientId {
                node: ctx.me,
                start: ctx.start,
            },
            instance: Instance::new(ctx.now),
            races: Races::USUAL,
            subscriptions,
            starting: Asking::new(),
            polling: Asking::new(),
            heartbeat: None,
            rebalance: Rebalance::new(ctx.now),
            queues: LiteMap::new(),
            next_queue: 0,
            pull_service: PullService::default(),
            offsets: Offsets::default(),
            threads: Threads::default(),
            sending: LiteMap::new(),
            inner_sends: 0,
            expiring: VecDeque::new(),
            expiry_armed: false,
        }
    }

    /// The process queue, if it is still the one that is meant and not dropped.
    fn live(&mut self, queue: MessageQueue, id: u32) -> Option<&mut ProcessQueue> {
        self.queues
            .get_mut(&queue)
            .filter(|owned| owned.id == id && !owned.dropped)
    }

    /// Makes a request. A oneway one that has left is nobody's concern.
    fn invoke(
        &mut self,
        ctx: &mut Ctx,
        node: NodeId,
        mode: Mode,
        timeout: Span,
        request: Request,
        call: Call,
    ) {
        let _ = self
            .instance
            .remoting
            .invoke(ctx, node, mode, timeout, request, call);
    }

    fn hear_all(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        outcomes: impl IntoIterator<Item = Outcome<Call>>,
    ) {
        for outcome in outcomes {
            match outcome {
                Outcome::Reply(call, response) => self.hear(app, ctx, call, Ok(response)),
                Outcome::Failed(call, exception) => self.hear(app, ctx, call, Err(exception)),
                Outcome::Left(_) => {}
            }
        }
    }

    /// One request's outcome goes to whoever made it.
    fn hear(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        call: Call,
        outcome: Result<Response, Exception>,
    ) {
        let answer = outcome.as_ref().ok();
        match call {
            Call::StartRoute => self.on_starting_route(app, ctx, answer),
            Call::PollRoute => self.on_polled_route(app, ctx, answer),
            Call::Heartbeat => self.on_heartbeat_answer(app, ctx, answer),
            Call::Rebalance(step) => self.on_rebalance_answer(app, ctx, step, answer),
            Call::Pull { queue, id } => self.on_pull_answer(app, ctx, queue, id, outcome.ok()),
            Call::BeforePull(asks, queue, id) => {
                self.on_answer_before_pull(app, ctx, asks, queue, id, answer)
            }
            Call::RenewLocks(queues) => self.on_locks_renewed(ctx, &queues, answer),
            Call::TryLock { queue, id } => self.on_try_lock_answer(ctx, queue, id, answer),
            Call::SendBack(number) => self.on_send_back_answer(app, ctx, number, answer),
            Call::Fallback(number) => self.on_fallback_answer(app, ctx, number, outcome.as_ref()),
            Call::FallbackRoute(number) => self.on_fallback_route(app, ctx, number, answer),
            Call::Forget => {}
        }
    }

    fn on_timer(&mut self, app: &mut App, ctx: &mut Ctx, timer: ConsumerTimer) {
        match timer {
            ConsumerTimer::PollRoutes => self.poll_routes(app, ctx),
            ConsumerTimer::Heartbeat => self.on_heartbeat_timer(app, ctx),
            ConsumerTimer::Rebalance(alarm) => self.on_rebalance_timer(app, ctx, alarm),
            ConsumerTimer::PersistOffsets => {
                self.arm_commits(app, ctx);
                self.persist_all(app, ctx);
            }
            ConsumerTimer::Pull(queue, id) => self.pull(app, ctx, queue, id),
            ConsumerTimer::ListenerReturns(number) => self.on_listener_returns(app, ctx, number),
            ConsumerTimer::Submit(number) => self.on_local_retry(app, ctx, number),
            ConsumerTimer::CleanExpired => self.on_expiry_look(app, ctx),
            ConsumerTimer::LockQueues => self.renew_locks(app, ctx),
            ConsumerTimer::ConsumeQueue(queue, id) => self.submit_queue(app, ctx, queue, id),
            ConsumerTimer::TryLock(queue, id) => self.try_lock(app, ctx, queue, id),
            ConsumerTimer::UnlockGivesUp(queue, id) => self.on_unlock_gives_up(app, ctx, queue, id),
            ConsumerTimer::Unlock(queue) => self.unlock(app, ctx, queue),
            ConsumerTimer::Unfreeze(queue, id) => {
                self.on_illegal_offset_pause_over(app, ctx, queue, id)
            }
        }
    }

    /// NOTIFY_CONSUMER_IDS_CHANGED. In 4.9 the member that has just registered hears it too, and one start in ten takes it and
    /// start()'s own wake-up for one (D.4, J.1).
    fn on_notified(&mut self, app: &mut App, ctx: &mut Ctx) {
        let starts = self.heartbeat.as_ref().is_some_and(Heartbeat::is_of_start);
        if !(starts && self.races.wake_ups_merge) {
            self.wake_rebalance(app, ctx);
        }
    }

    fn labels(&self) -> impl Iterator<Item = MessageId> {
        let owned = self.queues.values().filter(|owned| !owned.dropped);
        let cached = owned.flat_map(|owned| owned.messages.values());
        let busy = self.threads.busy.values();
        let busy = busy.filter(|run| run.returns.is_some());
        let running = busy.flat_map(|run| &run.request.messages);
        cached
            .chain(running)
            .filter_map(|cached| cached.message().label)
    }

    fn view(&self) -> (Vec<MessageQueue>, Vec<MessageId>, Vec<MessageId>) {
        let owned = self.queues.iter().filter(|(_, owned)| !owned.dropped);
        let queues = owned.clone().map(|(queue, _)| *queue).collect();
        let busy = self
            .threads
            .busy
            .values()
            .filter(|run| run.returns.is_some());
        let shown = |queue: MessageQueue, offset| {
            busy.clone().any(|run| {
                run.request.queue == queue
                    && run
                        .request
                        .messages
                        .iter()
                        .any(|cached| cached.offset() == offset)
            })
        };
        let cached = owned
            .flat_map(|(queue, owned)| owned.messages.values().map(|cached| (*queue, cached)))
            .filter(|(queue, cached)| !shown(*queue, cached.offset()))
            .filter_map(|(_, cached)| cached.message().label)
            .collect();
        let running = busy
            .clone()
            .flat_map(|run| &run.request.messages)
            .filter_map(|cached| cached.message().label)
            .collect();
        (queues, cached, running)
    }
}

/// `System.currentTimeMillis()`, from an epoch long before any run.
fn version_at(now: SimTime) -> u64 {
    const EPOCH_MILLIS: i64 = 1_000_000_000;
    u64::try_from((now.micros() / 1_000).saturating_add(EPOCH_MILLIS)).unwrap_or(0)
}
