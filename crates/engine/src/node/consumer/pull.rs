//! Pulling (`DefaultMQPushConsumerImpl#pullMessage` and its `PullCallback`, `PullAPIWrapper`): flow control, the request, and what
//! each answer leads to (C.2, D.3).
//!
//! A queue's pull request circulates: every path below either sends it, arms its timer, or lets it end with its queue.
//! One thread sends them all (`PullMessageService#run`): while it waits for an answer, the others wait for it.

use std::collections::VecDeque;

use crate::effect::Ctx;
use crate::ids::{MessageQueue, NodeId};
use crate::status::{ListenerKind, MessageModel, Profile, PullStatus};
use crate::timers::{ConsumerTimer, Timer};
use crate::units::{QueueOffset, Span};
use crate::wire::{PullRequest, Pulled, Request, Response};

use super::super::remoting::Mode;
use super::concurrently::requests_of;
use super::offsets::Update;
use super::process_queue::{Cached, Pulling};
use super::{App, Call, Process};

/// How long a broker may hold a pull that finds nothing.
const SUSPEND: Span = Span::from_secs(15);
/// How long the client waits for its answer.
const PULL_TIMEOUT: Span = Span::from_secs(30);
/// The pause of flow control.
const THROTTLE: Span = Span::from_millis(50);
/// 4.9: how long an illegal offset keeps its queue dropped before the queue is given up.
const ILLEGAL_OFFSET_PAUSE: Span = Span::from_secs(10);

/// `PullMessageService`: the thread, and what it has still before it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct PullService {
    /// The thread waits for an answer: how far the group is, or where the broker is now.
    waits: bool,
    requests: VecDeque<(MessageQueue, u32)>,
    /// How many of its questions in a row the name server has not answered.
    unanswered: u8,
}

/// What has to be known before a queue can be pulled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum BeforePull {
    /// How far is this group? Asked once after a lock was got.
    Offset,
    /// Where does a group without an offset begin?
    StartOffset,
    /// Nobody knows the broker: where is the topic?
    Route,
}

impl Process {
    /// `PullMessageService#executePullRequestImmediately`.
    pub fn pull(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        self.pull_service.requests.push_back((queue, id));
        self.pull_more(app, ctx);
    }

    /// `PullMessageService#run`, until it has to wait.
    fn pull_more(&mut self, app: &mut App, ctx: &mut Ctx) {
        while !self.pull_service.waits
            && let Some((queue, id)) = self.pull_service.requests.pop_front()
        {
            self.pull_message(app, ctx, queue, id);
        }
    }

    /// What the thread waited for has come, or will not.
    pub fn on_answer_before_pull(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        asks: BeforePull,
        queue: MessageQueue,
        id: u32,
        answer: Option<&Response>,
    ) {
        self.pull_service.waits = false;
        match asks {
            BeforePull::Offset => self.on_offset_after_lock(app, ctx, queue, id, answer),
            BeforePull::StartOffset => self.on_start_after_lock(app, ctx, queue, id, answer),
            BeforePull::Route => self.on_pull_route(app, ctx, queue, id, answer),
        }
        self.pull_more(app, ctx);
    }

    /// `pullMessage`.
    fn pull_message(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        let conf = app.conf();
        let pause = conf.pull_time_delay_mills_when_exception;
        let throttled = self.is_throttled(app, queue);
        let Some(owned) = self.live(queue, id) else {
            return;
        };
        owned.pulled_at = ctx.now;
        owned.pulling = Pulling::Underway;
        if throttled {
            owned.pulling = Pulling::Throttled(ctx.now);
            return;
        }
        if app.spec.listener == ListenerKind::Orderly {
            if !owned.locked {
                return pull_later(ctx, queue, id, pause);
            }
            if !owned.previously_locked {
                if !self.ask_offset_after_lock(app, ctx, queue, id) {
                    pull_later(ctx, queue, id, pause);
                }
                return;
            }
        }
        self.send_pull(app, ctx, queue, id);
    }

    /// The first pull after locking starts where the broker says (`RebalanceImpl#computePullFromWhereWithException`).
    fn ask_offset_after_lock(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
    ) -> bool {
        match app.spec.model {
            MessageModel::Clustering => {
                let call = Call::BeforePull(BeforePull::Offset, queue, id);
                self.pull_service.waits = self.ask_committed_offset(app, ctx, queue, call);
                self.pull_service.waits
            }
            MessageModel::Broadcasting => {
                if let Some(owned) = self.live(queue, id) {
                    owned.previously_locked = true;
                }
                self.send_pull(app, ctx, queue, id);
                true
            }
        }
    }

    /// The broker's answer to that. A group without an offset asks once more where to begin: what has come since the rebalance asked
    /// is not for a group that begins at the end.
    fn on_offset_after_lock(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        answer: Option<&Response>,
    ) {
        let question = self.start_question(app, ctx, queue);
        let asked = match (answer, question) {
            (Some(Response::Offset(Some(offset))), _) => {
                self.offsets.update(queue, *offset, Update::Set);
                return self.begin_after_lock(app, ctx, queue, id, *offset);
            }
            (Some(Response::Offset(None)), None) => {
                return self.begin_after_lock(app, ctx, queue, id, QueueOffset::ZERO);
            }
            (Some(Response::Offset(None)), Some(question)) => {
                let call = Call::BeforePull(BeforePull::StartOffset, queue, id);
                self.pull_service.waits = self.ask_start(ctx, queue, question, call);
                self.pull_service.waits
            }
            (Some(_) | None, _) => false,
        };
        if !asked {
            self.fail_after_lock(app, ctx, queue, id);
        }
    }

    fn on_start_after_lock(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        answer: Option<&Response>,
    ) {
        match answer {
            Some(Response::Offset(Some(offset))) => {
                self.begin_after_lock(app, ctx, queue, id, *offset)
            }
            Some(_) | None => self.fail_after_lock(app, ctx, queue, id),
        }
    }

    fn fail_after_lock(&self, app: &App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        let pause = app.conf().pull_time_delay_mills_when_exception;
        pull_later(ctx, queue, id, pause);
    }

    fn begin_after_lock(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        from: QueueOffset,
    ) {
        if let Some(owned) = self.live(queue, id) {
            owned.previously_locked = true;
            owned.next_offset = i64::try_from(from.get()).unwrap_or(i64::MAX);
            self.send_pull(app, ctx, queue, id);
        }
    }

    /// `PullAPIWrapper#pullKernelImpl`.
    fn send_pull(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        match self.instance.master_or_any(queue.broker) {
            Some((replica, node)) => self.send_pull_to(app, ctx, queue, id, replica, node),
            // Nobody knows the broker any more: the name server is asked, every time anew.
            None => self.ask_where(app, ctx, queue, id),
        }
    }

    /// `MQClientInstance#updateTopicRouteInfoFromNameServer`. The thread that commits offsets asks, too, and while no name server
    /// answers the two get into each other's way [q67]: the second question in a row may first wait as long for the other one's lock,
    /// and a later one may leave on the channel that the other one's timeout is just closing, and fail with it.
    fn ask_where(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        let conf = app.conf();
        let mut timeout = conf.mq_client_api_timeout;
        match self.pull_service.unanswered {
            0 => {}
            1 if ctx.rng.usually(1, 6) => {}
            1 => timeout = timeout.times(2),
            _ if ctx.rng.usually(2, 5) => {}
            _ => {
                self.pull_service.unanswered = 0;
                return pull_later(ctx, queue, id, conf.pull_time_delay_mills_when_exception);
            }
        }
        self.pull_service.waits = true;
        let call = Call::BeforePull(BeforePull::Route, queue, id);
        self.ask_route_within(ctx, timeout, queue.topic, call);
    }

    /// The route that an unknown address made necessary.
    fn on_pull_route(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        answer: Option<&Response>,
    ) {
        let service = &mut self.pull_service;
        match answer {
            Some(answer) => {
                service.unanswered = 0;
                self.instance.take_route(ctx, queue.topic, answer);
            }
            None => service.unanswered = service.unanswered.saturating_add(1),
        }
        match self.instance.master_or_any(queue.broker) {
            Some((replica, node)) => self.send_pull_to(app, ctx, queue, id, replica, node),
            // MQClientException: The broker[..] not exist
            None => pull_later(
                ctx,
                queue,
                id,
                app.conf().pull_time_delay_mills_when_exception,
            ),
        }
    }

    fn send_pull_to(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        replica: u16,
        node: NodeId,
    ) {
        let clustering = app.spec.model == MessageModel::Clustering;
        // The offset rides along when it is above 0, and never to a slave.
        let commit = self
            .offsets
            .get(queue)
            .filter(|offset| clustering && replica == 0 && *offset > QueueOffset::ZERO);
        let Some(offset) = self.live(queue, id).map(|owned| owned.next_offset) else {
            return;
        };
        let Some(subscription) = self.subscriptions.get(&queue.topic) else {
            return;
        };
        let request = PullRequest {
            client: self.client,
            group: app.group,
            topic: queue.topic,
            queue: queue.queue,
            offset,
            max_nums: app.conf().pull_batch_size,
            commit,
            suspend: Some(SUSPEND),
            tags: subscription.tags.clone(),
            sub_version: Some(subscription.version),
        };
        self.invoke(
            ctx,
            node,
            Mode::Async,
            PULL_TIMEOUT,
            Request::Pull(request),
            Call::Pull { queue, id },
        );
    }

    /// `PullCallback`; none is `onException`.
    pub fn on_pull_answer(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        answer: Option<Response>,
    ) {
        let (next, messages, code) = match answer {
            Some(Response::Pulled {
                next_begin_offset,
                messages,
                code,
                ..
            }) => (next_begin_offset, messages, code),
            Some(_) | None => {
                return pull_later(
                    ctx,
                    queue,
                    id,
                    app.conf().pull_time_delay_mills_when_exception,
                );
            }
        };
        let Some(owned) = self.live(queue, id) else {
            return;
        };
        owned.next_offset = next;
        if app.spec.model == MessageModel::Broadcasting {
            ctx.out.gone_on.push((queue, offset_of(next)));
        }
        match code.pull_status() {
            PullStatus::Found => self.on_found(app, ctx, queue, id, messages),
            PullStatus::NoNewMsg | PullStatus::NoMatchedMsg => {
                // `correctTagsOffset`
                if owned.count() == 0 {
                    self.offsets
                        .update(queue, offset_of(next), Update::Increase);
                }
                self.pull(app, ctx, queue, id);
            }
            PullStatus::OffsetIllegal => {
                self.on_offset_illegal(app, ctx, queue, id, offset_of(next))
            }
        }
    }

    /// FOUND: the client's own tag filter, then the listener's threads and the next pull.
    fn on_found(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        messages: Vec<Pulled>,
    ) {
        let tags = self
            .subscriptions
            .get(&queue.topic)
            .map(|subscription| subscription.tags.clone())
            .unwrap_or_default();
        let wanted = |pulled: &Pulled| tags.is_empty() || tags.contains(&pulled.message.tag);
        let messages: Vec<Cached> = messages
            .into_iter()
            .filter(wanted)
            .map(Cached::new)
            .collect();
        if messages.is_empty() {
            return self.pull(app, ctx, queue, id);
        }
        let Some(owned) = self.live(queue, id) else {
            return;
        };
        let dispatch = owned.put(messages.clone());
        match app.spec.listener {
            ListenerKind::Concurrently => {
                let mut requests = requests_of(app, ctx, queue, id, &messages);
                let pause = pause_before_next_pull(app, ctx);
                let rest = match pause {
                    Some(Span::ZERO) => {
                        requests.split_off(returned_before_pull(ctx, requests.len()))
                    }
                    Some(_) | None => Vec::new(),
                };
                self.submit_all(app, ctx, requests);
                self.pull_next(app, ctx, queue, id, pause);
                self.submit_all(app, ctx, rest);
            }
            ListenerKind::Orderly => {
                if dispatch {
                    self.submit_queue(app, ctx, queue, id);
                }
                let pause = pause_before_next_pull(app, ctx);
                self.pull_next(app, ctx, queue, id, pause);
            }
        }
    }

    /// The pull after FOUND: at once, or after a pause.
    fn pull_next(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        pause: Option<Span>,
    ) {
        match pause {
            Some(pause) => pull_later(ctx, queue, id, pause),
            None => self.pull(app, ctx, queue, id),
        }
    }

    /// OFFSET_ILLEGAL: this queue is over; a later rebalance gives another one that starts at the corrected offset.
    fn on_offset_illegal(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        to: QueueOffset,
    ) {
        if let Some(owned) = self.live(queue, id) {
            owned.drop_all(ctx);
        }
        match ctx.profile() {
            Profile::V5_3 => {
                self.offsets.freeze(queue, to);
                self.remove_process_queue(app, ctx, queue);
                self.wake_rebalance(app, ctx);
            }
            Profile::V4_9 => {
                let at = ctx.now + ILLEGAL_OFFSET_PAUSE;
                ctx.wake(at, Timer::Consumer(ConsumerTimer::Unfreeze(queue, id)));
            }
        }
    }

    /// 4.9: ten seconds after OFFSET_ILLEGAL the offset is corrected and the queue leaves the table.
    pub fn on_illegal_offset_pause_over(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
    ) {
        let Some(owned) = self.queues.get(&queue).filter(|owned| owned.id == id) else {
            return;
        };
        let to = offset_of(owned.next_offset);
        self.offsets.update(queue, to, Update::Set);
        self.remove_process_queue(app, ctx, queue);
    }

    /// `RebalanceImpl#removeProcessQueue`, which persists the offset on its way.
    fn remove_process_queue(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue) {
        self.persist(app, ctx, queue);
        if app.needs_locks() {
            self.unlock(app, ctx, queue);
        }
        self.offsets.remove(queue);
        self.queues.remove(&queue);
    }

    // ---- flow control ----

    fn is_throttled(&self, app: &App, queue: MessageQueue) -> bool {
        let conf = app.conf();
        self.queues.get(&queue).is_some_and(|owned| {
            let too_wide = match app.spec.listener {
                ListenerKind::Concurrently => {
                    owned.span() > u64::from(conf.consume_concurrently_max_span)
                }
                ListenerKind::Orderly => false,
            };
            owned.count() > u64::from(conf.pull_threshold_for_queue)
                || owned.mebibytes() > u64::from(conf.pull_threshold_size_for_queue)
                || too_wide
        })
    }

    /// Messages were removed: a pull that flow control held back goes on at its next look, if it may. Looks in between would
    /// have found the same, so they are not made.
    pub fn relieve(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue) {
        let Some(owned) = self.queues.get(&queue) else {
            return;
        };
        let (id, Pulling::Throttled(since)) = (owned.id, owned.pulling) else {
            return;
        };
        if owned.dropped || self.is_throttled(app, queue) {
            return;
        }
        if let Some(owned) = self.queues.get_mut(&queue) {
            owned.pulling = Pulling::Underway;
        }
        let at = (ctx.now - Span::from_micros(1)).next_tick(since, THROTTLE);
        ctx.wake(at, Timer::Consumer(ConsumerTimer::Pull(queue, id)));
    }
}

/// `pullInterval`; or none of it, but behind listeners that take no time: they may or may not have returned when the next pull reads
/// the offset (D.7).
fn pause_before_next_pull(app: &App, ctx: &mut Ctx) -> Option<Span> {
    let interval = app.conf().pull_interval;
    let listeners_first = app.listener.takes == Span::ZERO && !ctx.rng.usually(5, 12);
    (listeners_first || interval > Span::ZERO).then_some(interval)
}

/// All of a pull's batches have returned before the next one reads the offset, or only some of them [k40a k41 k48].
fn returned_before_pull(ctx: &mut Ctx, batches: usize) -> usize {
    match u32::try_from(batches.saturating_sub(1)) {
        Ok(others) if others > 0 && !ctx.rng.usually(3, 5) => {
            usize::try_from(ctx.rng.pick(others).saturating_add(1)).unwrap_or(batches)
        }
        Ok(_) | Err(_) => batches,
    }
}

/// `executePullRequestLater`.
fn pull_later(ctx: &mut Ctx, queue: MessageQueue, id: u32, pause: Span) {
    ctx.wake(
        ctx.now + pause,
        Timer::Consumer(ConsumerTimer::Pull(queue, id)),
    );
}

fn offset_of(next: i64) -> QueueOffset {
    QueueOffset::new(u64::try_from(next).unwrap_or(0))
}
