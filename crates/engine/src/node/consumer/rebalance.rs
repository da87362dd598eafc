//! `RebalanceService` and `RebalanceImpl`: which queues are this member's. One thread, topic after topic, asking brokers as it goes.
//!
//! A round is a conversation: every question waits for its answer, and a wake-up during a round makes another one after it.

use std::collections::VecDeque;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ClientId, MessageQueue, NodeId, QueueId, TopicId};
use crate::order;
use crate::status::{ConsumeFromWhere, MessageModel, Profile};
use crate::timers::{ConsumerTimer, Timer};
use crate::units::{QueueOffset, SimTime, Span};
use crate::wire::{Request, Response, Route};

use super::super::remoting::Mode;
use super::heartbeat::Then;
use super::offsets::Update;
use super::process_queue::ProcessQueue;
use super::start::{map_order, set_order};
use super::{App, Call, Process};

/// A question about an offset.
pub(super) const OFFSET_TIMEOUT: Span = Span::from_secs(5);
/// A question about where to start (`MQAdminImpl#timeoutMillis`).
const ADMIN_TIMEOUT: Span = Span::from_secs(6);
/// `DefaultMQPushConsumer#consumeTimestamp` lies so long before its making.
const HALF_AN_HOUR: Span = Span::from_secs(1_800);
/// 5.x: a queue is first pulled so long after the rebalance that gave it.
const FIRST_PULL_DELAY: Span = Span::from_millis(500);

/// The rebalance thread.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Rebalance {
    round: Option<Round>,
    /// `hasNotified`: somebody woke it while it was busy.
    woken: bool,
    /// `lastRebalanceTimestamp`: the end of the last round; at first, the instance's birth.
    last: SimTime,
    /// The current alarm; earlier ones are void.
    alarm: u32,
    finished_once: bool,
}

/// `doRebalance`: once over all topics.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Round {
    todo: VecDeque<TopicId>,
    balanced: bool,
    current: Option<OneTopic>,
}

/// `rebalanceByTopic`, `updateProcessQueueTableInRebalance`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct OneTopic {
    topic: TopicId,
    /// `topicSubscribeInfoTable.get(topic)` as it was when the round came to this topic; none: there was no route.
    all: Option<Vec<MessageQueue>>,
    /// What the strategy allots to this member.
    mine: Vec<MessageQueue>,
    /// Orderly: queues that wait for their listener before they can be given back.
    leaving: VecDeque<MessageQueue>,
    /// New queues that are still to be started; the first of them is being asked about.
    todo: VecDeque<MessageQueue>,
    added: Vec<(MessageQueue, u32)>,
    changed: bool,
}

/// What a rebalance asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Step {
    /// The name server: where is this topic?
    Route,
    /// A broker: who is in this group?
    Members,
    /// Orderly: may I have this queue?
    Lock,
    /// How far is this group?
    Offset,
    /// Where does this queue end, or where was it at that time?
    StartOffset,
}

impl Rebalance {
    pub fn new(built: SimTime) -> Self {
        Self {
            round: None,
            woken: false,
            last: built,
            alarm: 0,
            finished_once: false,
        }
    }

    /// Whether a first round is over.
    pub fn has_finished_once(&self) -> bool {
        self.finished_once
    }

    fn current(&mut self) -> Option<&mut OneTopic> {
        self.round.as_mut()?.current.as_mut()
    }

    /// Whether a round has taken this queue and is not done: nobody has been told yet where it begins.
    pub fn is_adopting(&self, queue: MessageQueue) -> bool {
        let current = self.round.as_ref().and_then(|round| round.current.as_ref());
        current.is_some_and(|current| current.added.iter().any(|(added, _)| *added == queue))
    }
}

impl Process {
    /// `rebalanceImmediately`: as soon as `rebalance.minInterval` allows (5.3), and after a round that is under way.
    pub fn wake_rebalance(&mut self, app: &mut App, ctx: &mut Ctx) {
        if self.rebalance.round.is_some() {
            self.rebalance.woken = true;
            return;
        }
        let at = self.rebalance.last + app.conf().rebalance_min_interval;
        if at <= ctx.now {
            self.begin_round(app, ctx);
        } else {
            self.arm_next_rebalance(ctx, at);
        }
    }

    /// Sets the thread's alarm; an earlier one is void.
    pub fn arm_next_rebalance(&mut self, ctx: &mut Ctx, at: SimTime) {
        self.rebalance.alarm = self.rebalance.alarm.wrapping_add(1);
        ctx.wake(
            at,
            Timer::Consumer(ConsumerTimer::Rebalance(self.rebalance.alarm)),
        );
    }

    pub fn on_rebalance_timer(&mut self, app: &mut App, ctx: &mut Ctx, alarm: u32) {
        if self.rebalance.alarm == alarm && self.rebalance.round.is_none() {
            self.begin_round(app, ctx);
        }
    }

    fn begin_round(&mut self, app: &mut App, ctx: &mut Ctx) {
        self.rebalance.alarm = self.rebalance.alarm.wrapping_add(1);
        self.rebalance.woken = false;
        self.rebalance.round = Some(Round {
            todo: self.topics_in_map_order(ctx).into(),
            balanced: true,
            current: None,
        });
        self.next_topic(app, ctx);
    }

    fn next_topic(&mut self, app: &mut App, ctx: &mut Ctx) {
        loop {
            let Some(round) = &mut self.rebalance.round else {
                return;
            };
            let Some(topic) = round.todo.pop_front() else {
                break;
            };
            let all = self
                .instance
                .route(topic)
                .map(|route| queues_of(topic, route));
            let current = OneTopic {
                topic,
                all: all.clone(),
                mine: Vec::new(),
                leaving: VecDeque::new(),
                todo: VecDeque::new(),
                added: Vec::new(),
                changed: false,
            };
            round.current = Some(current);
            match (app.spec.model, all) {
                (MessageModel::Clustering, _) => return self.ask_members(app, ctx, topic),
                (MessageModel::Broadcasting, Some(all)) => {
                    return self.take_assignment(app, ctx, all);
                }
                (MessageModel::Broadcasting, None) => {}
            }
        }
        self.finish_round(app, ctx);
    }

    fn finish_round(&mut self, app: &mut App, ctx: &mut Ctx) {
        let balanced = self
            .rebalance
            .round
            .take()
            .is_none_or(|round| round.balanced);
        self.rebalance.last = ctx.now;
        self.rebalance.finished_once = true;
        let wait = match ctx.profile() {
            Profile::V5_3 if !balanced => app.conf().rebalance_min_interval,
            Profile::V5_3 | Profile::V4_9 => app.conf().rebalance_wait_interval,
        };
        self.arm_next_rebalance(ctx, ctx.now + wait);
        if self.rebalance.woken {
            self.wake_rebalance(app, ctx);
        }
    }

    // ---- who is in the group ----

    /// `findConsumerIdList`: one broker of the topic's route, drawn at random; its master, else any replica.
    fn ask_members(&mut self, app: &mut App, ctx: &mut Ctx, topic: TopicId) {
        if self.instance.route(topic).is_none() {
            return self.ask_route(app, ctx, topic, Call::Rebalance(Step::Route));
        }
        self.ask_members_of_route(app, ctx, topic);
    }

    fn ask_members_of_route(&mut self, app: &mut App, ctx: &mut Ctx, topic: TopicId) {
        match self.any_broker_of(ctx, topic) {
            Some(node) => {
                let request = Request::GetConsumerList { group: app.group };
                self.invoke(
                    ctx,
                    node,
                    Mode::Sync,
                    app.conf().mq_client_api_timeout,
                    request,
                    Call::Rebalance(Step::Members),
                );
            }
            None => self.on_members(app, ctx, None),
        }
    }

    /// `findBrokerAddrByTopic`.
    fn any_broker_of(&self, ctx: &mut Ctx, topic: TopicId) -> Option<NodeId> {
        let brokers = &self.instance.route(topic)?.brokers;
        let count = u32::try_from(brokers.len())
            .ok()
            .filter(|count| *count > 0)?;
        let drawn = usize::try_from(ctx.rng.pick(count)).ok()?;
        let broker = brokers.get(drawn)?;
        broker
            .master()
            .or_else(|| broker.replicas.first().map(|(_, node)| *node))
    }

    /// An answer to one of the round's questions; none if it failed.
    pub fn on_rebalance_answer(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        step: Step,
        answer: Option<&Response>,
    ) {
        let Some(current) = self.rebalance.current() else {
            return;
        };
        let topic = current.topic;
        match step {
            Step::Route => {
                if let Some(answer) = answer {
                    let answer = self.overtakes_registrations(app, ctx, topic, answer);
                    self.instance.take_route(ctx, topic, &answer);
                }
                self.ask_members_of_route(app, ctx, topic);
            }
            Step::Members => {
                let members = match answer {
                    Some(Response::ConsumerList(members)) => Some(members.as_slice()),
                    Some(_) | None => None,
                };
                self.on_members(app, ctx, members);
            }
            Step::Lock => self.on_new_queue_locked(app, ctx, answer),
            Step::Offset => self.on_start_offset(app, ctx, answer),
            Step::StartOffset => self.on_found_offset(app, ctx, answer),
        }
    }

    /// Heartbeats go out one after the other in map order, each makes its broker create a new group's retry topic, and the broker
    /// makes that known with a oneway registration. The question for the topic's route is asked meanwhile, and may learn of the first
    /// broker alone: a race, lost about as often as won by 4.9 [k64-49, r1056, r1098; not r2013, r2098], now and then by 5.3.3 [q38].
    fn overtakes_registrations(
        &self,
        app: &App,
        ctx: &mut Ctx,
        topic: TopicId,
        answer: &Response,
    ) -> Response {
        let mut answer = answer.clone();
        if let Response::Route(route) = &mut answer
            && route.brokers.len() > 1
            && topic == ctx.setup.retry_topic(app.group)
            && !self.rebalance.finished_once
            && !match ctx.profile() {
                Profile::V4_9 => ctx.rng.usually(1, 2),
                Profile::V5_3 => ctx.rng.usually(1, 20),
            }
        {
            let brokers = route.brokers.iter().map(|broker| broker.broker);
            let first = brokers.min_by_key(|broker| map_order(ctx, *broker));
            route.brokers.retain(|broker| Some(broker.broker) == first);
        }
        answer
    }

    fn on_members(&mut self, app: &mut App, ctx: &mut Ctx, members: Option<&[ClientId]>) {
        let me = self.client;
        let Some(current) = self.rebalance.current() else {
            return;
        };
        match (&current.all, members) {
            (Some(all), Some(members)) => {
                let mut members = members.to_vec();
                order::sort_by(&mut members, |member| ctx.setup.names.client(*member));
                let mine = allocate_averagely(all, &members, me);
                self.take_assignment(app, ctx, mine);
            }
            // A topic that does not exist raises the subscription's version all the same; a retry topic does not.
            (None, _) if current.topic != ctx.setup.retry_topic(app.group) => {
                self.message_queue_changed(app, ctx)
            }
            (None, _) | (Some(_), None) => self.next_topic(app, ctx),
        }
    }

    // ---- giving away and taking over ----

    /// `updateProcessQueueTableInRebalance`: first what is no longer mine, then what is new.
    fn take_assignment(&mut self, app: &mut App, ctx: &mut Ctx, mine: Vec<MessageQueue>) {
        let Some(current) = self.rebalance.current() else {
            return;
        };
        let topic = current.topic;
        current.mine.clone_from(&mine);
        let idle = app.conf().pull_max_idle_time;
        let mut leaving = VecDeque::new();
        for (queue, owned) in self
            .queues
            .iter_mut()
            .filter(|(queue, _)| queue.topic == topic)
        {
            if !mine.contains(queue) || owned.is_pull_expired(ctx.now, idle) {
                owned.drop_all(ctx);
                leaving.push_back(*queue);
            }
        }
        if let Some(current) = self.rebalance.current() {
            current.leaving = leaving;
        }
        self.leave_next(app, ctx);
    }

    /// `removeUnnecessaryMessageQueue` for each queue that leaves. An orderly one may have to wait for its listener.
    pub fn leave_next(&mut self, app: &mut App, ctx: &mut Ctx) {
        while let Some(queue) = self
            .rebalance
            .current()
            .and_then(|current| current.leaving.front().copied())
        {
            if self.must_wait_for_listener(app, ctx, queue) {
                return;
            }
            self.leave(app, ctx, queue, true);
        }
        self.adopt(app, ctx);
    }

    /// The queue that the round is waiting to give away.
    pub fn waits_to_leave(&mut self) -> Option<MessageQueue> {
        self.rebalance.current()?.leaving.front().copied()
    }

    /// Goes on from the front of the leaving queues: given away, or kept in the table as dropped until the next rebalance.
    pub fn leave(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue, free: bool) {
        let removed = self.remove_unnecessary(app, ctx, queue, free);
        if let Some(current) = self.rebalance.current() {
            current.leaving.pop_front();
            current.changed |= removed;
        }
    }

    /// Which queues are new. They are started one after the other, in the order of the set that they are in.
    fn adopt(&mut self, app: &mut App, ctx: &mut Ctx) {
        let owned = &self.queues;
        if let Some(current) = self
            .rebalance
            .round
            .as_mut()
            .and_then(|round| round.current.as_mut())
        {
            let mut mine = current.mine.clone();
            order::sort_by(&mut mine, |queue| {
                set_order(ctx, *queue, current.mine.len())
            });
            mine.retain(|queue| !owned.contains_key(queue));
            current.todo = mine.into();
        }
        self.start_next_queue(app, ctx);
    }

    fn start_next_queue(&mut self, app: &mut App, ctx: &mut Ctx) {
        let Some(current) = self.rebalance.current() else {
            return;
        };
        match current.todo.front().copied() {
            Some(queue) if app.needs_locks() => self.ask_lock_of_new_queue(ctx, app, queue),
            Some(queue) => self.ask_start_offset(app, ctx, queue),
            None => self.dispatch(app, ctx),
        }
    }

    /// The queue at the front could not be started: the next rebalance tries again.
    fn skip_queue(&mut self, app: &mut App, ctx: &mut Ctx) {
        if let Some(current) = self.rebalance.current() {
            current.todo.pop_front();
        }
        self.start_next_queue(app, ctx);
    }

    fn ask_lock_of_new_queue(&mut self, ctx: &mut Ctx, app: &mut App, queue: MessageQueue) {
        if !self.ask_lock(app, ctx, queue, Call::Rebalance(Step::Lock)) {
            self.skip_queue(app, ctx);
        }
    }

    fn on_new_queue_locked(&mut self, app: &mut App, ctx: &mut Ctx, answer: Option<&Response>) {
        let Some(queue) = self
            .rebalance
            .current()
            .and_then(|current| current.todo.front().copied())
        else {
            return;
        };
        match answer {
            Some(Response::Locked(locked)) if locked.contains(&(queue.topic, queue.queue)) => {
                self.ask_start_offset(app, ctx, queue)
            }
            Some(_) | None => self.skip_queue(app, ctx),
        }
    }

    /// `removeDirtyOffset`, `computePullFromWhere`.
    fn ask_start_offset(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue) {
        self.offsets.remove(queue);
        match app.spec.model {
            MessageModel::Clustering => {
                if !self.ask_committed_offset(app, ctx, queue, Call::Rebalance(Step::Offset)) {
                    self.skip_queue(app, ctx);
                }
            }
            MessageModel::Broadcasting => match app.offsets_file.get(&queue).copied() {
                Some(offset) => {
                    self.offsets.update(queue, offset, Update::Set);
                    self.own(app, ctx, queue, offset);
                }
                None => self.start_without_offset(app, ctx, queue),
            },
        }
    }

    /// QUERY_CONSUMER_OFFSET, to the master or any replica. Says whether there is anybody to ask.
    pub fn ask_committed_offset(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        call: Call,
    ) -> bool {
        let Some((_, node)) = self.instance.master_or_any(queue.broker) else {
            return false;
        };
        let request = Request::QueryConsumerOffset {
            group: app.group,
            topic: queue.topic,
            queue: queue.queue,
        };
        self.invoke(ctx, node, Mode::Sync, OFFSET_TIMEOUT, request, call);
        true
    }

    fn on_start_offset(&mut self, app: &mut App, ctx: &mut Ctx, answer: Option<&Response>) {
        let Some(queue) = self
            .rebalance
            .current()
            .and_then(|current| current.todo.front().copied())
        else {
            return;
        };
        match answer {
            // An answered position, 0 too, is in the table at once (`RemoteBrokerOffsetStore#readOffset`).
            Some(Response::Offset(Some(offset))) => {
                self.offsets.update(queue, *offset, Update::Set);
                self.own(app, ctx, queue, *offset);
            }
            Some(Response::Offset(None)) => self.start_without_offset(app, ctx, queue),
            Some(_) | None => self.skip_queue(app, ctx),
        }
    }

    /// `RebalancePushImpl#computePullFromWhere` for a group that has no offset here.
    fn start_without_offset(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue) {
        match self.start_question(app, ctx, queue) {
            None => self.own(app, ctx, queue, QueueOffset::ZERO),
            Some(question) => {
                let call = Call::Rebalance(Step::StartOffset);
                if !self.ask_start(ctx, queue, question, call) {
                    self.skip_queue(app, ctx);
                }
            }
        }
    }

    /// What a group without an offset asks before it begins with a queue; none: it begins at 0.
    pub fn start_question(&self, app: &App, ctx: &Ctx, queue: MessageQueue) -> Option<Request> {
        let (topic, number) = (queue.topic, queue.queue);
        let retry = topic == ctx.setup.retry_topic(app.group);
        let max = Request::GetMaxOffset {
            topic,
            queue: number,
        };
        match app.conf().consume_from_where {
            ConsumeFromWhere::LastOffset if retry => None,
            ConsumeFromWhere::FirstOffset => None,
            ConsumeFromWhere::Timestamp if !retry => Some(Request::SearchOffset {
                topic,
                queue: number,
                timestamp: self.consume_timestamp(),
            }),
            ConsumeFromWhere::LastOffset | ConsumeFromWhere::Timestamp => Some(max),
        }
    }

    /// Asks it of the queue's master. Says whether there is one.
    pub fn ask_start(
        &mut self,
        ctx: &mut Ctx,
        queue: MessageQueue,
        question: Request,
        call: Call,
    ) -> bool {
        let master = self.instance.master(queue.broker);
        if let Some(node) = master {
            self.invoke(ctx, node, Mode::Sync, ADMIN_TIMEOUT, question, call);
        }
        master.is_some()
    }

    /// `consumeTimestamp`: half an hour before the consumer was made, in whole seconds.
    fn consume_timestamp(&self) -> SimTime {
        let from = (self.instance.built - HALF_AN_HOUR).micros();
        SimTime::from_micros(from - from.rem_euclid(1_000_000))
    }

    fn on_found_offset(&mut self, app: &mut App, ctx: &mut Ctx, answer: Option<&Response>) {
        let Some(queue) = self
            .rebalance
            .current()
            .and_then(|current| current.todo.front().copied())
        else {
            return;
        };
        match answer {
            Some(Response::Offset(Some(offset))) => self.own(app, ctx, queue, *offset),
            Some(_) | None => self.skip_queue(app, ctx),
        }
    }

    fn own(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue, from: QueueOffset) {
        let id = self.next_queue;
        self.next_queue = self.next_queue.wrapping_add(1);
        let from = i64::try_from(from.get()).unwrap_or(i64::MAX);
        self.queues
            .insert(queue, ProcessQueue::new(id, from, true, ctx.now));
        if let Some(current) = self.rebalance.current() {
            current.todo.pop_front();
            current.added.push((queue, id));
            current.changed = true;
        }
        self.start_next_queue(app, ctx);
    }

    /// `dispatchPullRequest`, then `messageQueueChanged` if anything changed.
    fn dispatch(&mut self, app: &mut App, ctx: &mut Ctx) {
        let Some(current) = self.rebalance.current() else {
            return;
        };
        let (topic, changed) = (current.topic, current.changed);
        let added = std::mem::take(&mut current.added);
        let mine = current.mine.len();
        let working = self
            .queues
            .iter()
            .filter(|(queue, owned)| queue.topic == topic && !owned.dropped)
            .count();
        if let Some(round) = &mut self.rebalance.round {
            round.balanced &= mine == working;
        }
        if changed {
            let queues = u32::try_from(working).unwrap_or(u32::MAX);
            ctx.tell(EventKind::Rebalanced {
                group: app.group,
                topic,
                queues,
            });
        }
        match ctx.profile() {
            Profile::V5_3 => {
                for (queue, id) in added {
                    ctx.wake(
                        ctx.now + FIRST_PULL_DELAY,
                        Timer::Consumer(ConsumerTimer::Pull(queue, id)),
                    );
                }
            }
            Profile::V4_9 => {
                // The start race of 4.9: these pulls are made with the version that only the heartbeat behind them announces.
                if !added.is_empty() && !ctx.rng.usually(14, 40) {
                    self.raise_version(ctx, topic);
                }
                for (queue, id) in added {
                    self.pull(app, ctx, queue, id);
                }
            }
        }
        if changed {
            self.message_queue_changed(app, ctx)
        } else {
            self.next_topic(app, ctx)
        }
    }

    /// `RebalancePushImpl#messageQueueChanged`: a new `subVersion`, and a heartbeat that announces it, unless the lock is taken.
    fn message_queue_changed(&mut self, app: &mut App, ctx: &mut Ctx) {
        let Some(topic) = self.rebalance.current().map(|current| current.topic) else {
            return;
        };
        self.raise_version(ctx, topic);
        let first = !self.rebalance.finished_once;
        if self.races.heartbeat_locked && first {
            self.next_topic(app, ctx);
        } else if self.heartbeat.is_none() {
            self.heartbeat_to_all(app, ctx, Then::Assignment);
        } else if !(first && self.heartbeat_behind_scheduled(ctx)) {
            self.next_topic(app, ctx);
        }
    }

    /// The heartbeat of a change of assignment is over.
    pub fn on_assignment_told(&mut self, app: &mut App, ctx: &mut Ctx) {
        self.next_topic(app, ctx);
    }

    /// `SubscriptionData#subVersion` is the clock in milliseconds, so that a later process has a later one.
    fn raise_version(&mut self, ctx: &Ctx, topic: TopicId) {
        if let Some(subscription) = self.subscriptions.get_mut(&topic) {
            subscription.version = super::version_at(ctx.now);
        }
    }

    /// `removeUnnecessaryMessageQueue`, and the table's entry: says whether the queue is gone.
    pub fn remove_unnecessary(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        free: bool,
    ) -> bool {
        self.persist(app, ctx, queue);
        if app.needs_locks() && !self.give_lock_back(app, ctx, queue, free) {
            return false;
        }
        self.offsets.remove(queue);
        self.queues.remove(&queue);
        true
    }
}

/// `topicRouteData2TopicSubscribeInfo`: every readable queue, sorted.
fn queues_of(topic: TopicId, route: &Route) -> Vec<MessageQueue> {
    let mut all: Vec<MessageQueue> = route
        .brokers
        .iter()
        .flat_map(|broker| {
            (0..broker.queues).map(|queue| MessageQueue {
                topic,
                broker: broker.broker,
                queue: QueueId(queue),
            })
        })
        .collect();
    order::sort_by(&mut all, |queue| *queue);
    all
}

/// `AllocateMessageQueueAveragely`: contiguous blocks in order of the members, the first members get one more.
fn allocate_averagely(
    all: &[MessageQueue],
    members: &[ClientId],
    me: ClientId,
) -> Vec<MessageQueue> {
    // A member that the broker does not (yet) list gets nothing.
    let Some(index) = members.iter().position(|member| *member == me) else {
        return Vec::new();
    };
    let more = all.len() % members.len();
    let block = all.len() / members.len();
    let (start, count) = if index < more {
        (index * (block + 1), block + 1)
    } else {
        (index * block + more, block)
    };
    all.iter().skip(start).take(count).copied().collect()
}
