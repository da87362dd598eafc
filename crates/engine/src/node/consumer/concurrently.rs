//! Concurrent consumption (`ConsumeMessageConcurrentlyService`): threads, batches, results and what they do to offsets (D.1, D.2).

use std::collections::VecDeque;

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::{EventKind, RecordRef};
use crate::ids::MessageQueue;
use crate::status::{ConsumeResult, ListenerKind, MessageModel, Profile};
use crate::timers::{ConsumerTimer, Timer};
use crate::units::{QueueOffset, SimTime, Span};

use super::listener::Verdict;
use super::offsets::Update;
use super::process_queue::Cached;
use super::send_back::Sender;
use super::{App, Process};

/// A message whose send-back failed is consumed again, from memory, after this long.
const LOCAL_RETRY: Span = Span::from_secs(5);
/// At most so many heads of a queue are examined by one look for expired messages.
const EXPIRED_PER_LOOK: u32 = 16;
/// Their delay level: 10 s.
const EXPIRED_LEVEL: i32 = 3;

/// The listener's threads and what waits for one. The queue before the threads has no end in RocketMQ; flow control bounds what
/// can be in it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Threads {
    pub waiting: VecDeque<Request>,
    pub busy: LiteMap<u32, Run>,
    /// Local retries that wait for their 5 s.
    later: LiteMap<u32, Request>,
    next: u32,
}

/// `ConsumeRequest`: messages of one queue for one call of the listener. An orderly one takes its messages when it runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Request {
    pub queue: MessageQueue,
    /// Which process queue; another one of the same message queue is not meant.
    pub id: u32,
    pub messages: Vec<Cached>,
}

/// A busy thread.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Run {
    pub request: Request,
    pub verdict: Verdict,
    /// The number of the first message's delivery; the others follow.
    pub first_delivery: u32,
    /// When the thread took the request (orderly: `maxTimeConsumeContinuously`).
    pub since: SimTime,
    /// When the listener returns; never, if it hangs. None: it has returned, and the thread sends failures back.
    pub returns: Option<SimTime>,
    /// Failures that are still to be sent back; the first of them is being sent.
    pub failures: VecDeque<Cached>,
    /// Failures that nobody took.
    pub stranded: Vec<Cached>,
}

impl Threads {
    fn number(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    /// Whether a listener has a message of this queue now.
    pub fn listens(&self, queue: MessageQueue) -> bool {
        self.busy
            .values()
            .any(|run| run.request.queue == queue && run.returns.is_some())
    }

    /// Whether a thread works on this queue.
    pub fn works_on(&self, queue: MessageQueue) -> bool {
        self.busy.values().any(|run| run.request.queue == queue)
    }
}

/// The number of an application's very first delivery.
const FIRST_DELIVERY: u32 = 1;
/// How much slower a listener's first call may be.
const COLD_MOST: Span = Span::from_millis(60);

impl Process {
    /// `submitConsumeRequest`.
    pub fn submit(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        messages: Vec<Cached>,
    ) {
        let requests = requests_of(app, ctx, queue, id, &messages);
        self.submit_all(app, ctx, requests);
    }

    /// Hands requests to the threads, in this order.
    pub fn submit_all(&mut self, app: &mut App, ctx: &mut Ctx, requests: Vec<Request>) {
        self.threads.waiting.extend(requests);
        self.fill_threads(app, ctx);
    }

    /// Idle threads take what waits. Only `consumeThreadMin` threads ever exist: a queue without end never fills.
    pub fn fill_threads(&mut self, app: &mut App, ctx: &mut Ctx) {
        let threads = usize::try_from(app.conf().consume_thread_min)
            .unwrap_or(1)
            .max(1);
        while self.threads.busy.len() < threads {
            // An orderly request waits for the thread that works on its queue (`MessageQueueLock`).
            let free = |request: &Request| {
                app.spec.listener == ListenerKind::Concurrently
                    || !self.threads.works_on(request.queue)
            };
            let Some(at) = self.threads.waiting.iter().position(free) else {
                return;
            };
            let Some(request) = self.threads.waiting.remove(at) else {
                return;
            };
            match app.spec.listener {
                ListenerKind::Concurrently => self.run(app, ctx, request),
                ListenerKind::Orderly => self.run_queue(app, ctx, request),
            }
        }
    }

    /// `ConsumeRequest#run`. Messages of a dropped queue are not shown to the listener.
    fn run(&mut self, app: &mut App, ctx: &mut Ctx, request: Request) {
        if self.live(request.queue, request.id).is_some() {
            let number = self.threads.number();
            self.call_listener(app, ctx, number, request, ctx.now);
        }
    }

    /// Gives a request's messages to the listener.
    pub fn call_listener(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        number: u32,
        mut request: Request,
        since: SimTime,
    ) {
        let verdict = app.listener.call(&request.messages);
        let first_delivery = app.deliveries;
        for cached in &mut request.messages {
            let delivery = app.deliveries;
            app.deliveries = app.deliveries.wrapping_add(1);
            let from_memory = cached.delivery.replace(delivery).is_some();
            cached.started = Some(ctx.now);
            let pulled = &cached.pulled;
            let message = cached.message();
            let stored = RecordRef {
                message: message.label,
                topic: pulled.topic,
                queue: pulled.queue,
                queue_offset: pulled.queue_offset,
                start: pulled.start,
            };
            ctx.tell(EventKind::Delivered {
                record: stored,
                broker: request.queue.broker,
                group: app.group,
                // `resetRetryAndNamespace`: the listener sees the topic that the message had at first.
                topic: message
                    .retry_topic
                    .filter(|_| pulled.topic == ctx.setup.retry_topic(app.group))
                    .unwrap_or(pulled.topic),
                reconsume_times: cached.reconsume_times,
                delivery,
                from_memory,
            });
        }
        if let Some(owned) = self.live(request.queue, request.id) {
            for cached in &request.messages {
                let offset = cached.offset();
                let kept = owned
                    .messages
                    .get_mut(&offset)
                    .or(owned.taken.get_mut(&offset));
                if let Some(kept) = kept {
                    kept.started = cached.started;
                    kept.delivery = cached.delivery;
                }
            }
        }
        // The very first call is sometimes slower by as long as the recorded ones were: classes are loaded [k04 k54].
        let cold = if first_delivery == FIRST_DELIVERY && !ctx.rng.usually(1, 3) {
            ctx.rng.span(Span::ZERO, Span::ZERO, COLD_MOST)
        } else {
            Span::ZERO
        };
        let returns = if verdict.result == ConsumeResult::Hang {
            SimTime::NEVER
        } else {
            ctx.now + app.listener.takes + cold
        };
        if returns < SimTime::NEVER {
            ctx.wake(
                returns,
                Timer::Consumer(ConsumerTimer::ListenerReturns(number)),
            );
        }
        self.arm_expiry(app, ctx);
        let run = Run {
            request,
            verdict,
            first_delivery,
            since,
            returns: Some(returns),
            failures: VecDeque::new(),
            stranded: Vec::new(),
        };
        self.threads.busy.insert(number, run);
    }

    /// A free number for a thread's run.
    pub fn number_run(&mut self) -> u32 {
        self.threads.number()
    }

    pub fn on_listener_returns(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        match app.spec.listener {
            ListenerKind::Concurrently => self.on_concurrent_result(app, ctx, number),
            ListenerKind::Orderly => self.on_orderly_result(app, ctx, number),
        }
    }

    /// `ExecutorService#shutdownNow`: a listener that is interrupted throws, and what it had in hand is sent back as after any
    /// exception. The offsets, committed at the same moment, do not pass it: it comes again from both [q36].
    pub fn interrupt_listeners(&mut self, app: &mut App, ctx: &mut Ctx) {
        if app.spec.model == MessageModel::Broadcasting {
            return;
        }
        let sleeping = self.threads.busy.iter().filter(|(_, run)| {
            let mut returns = run.returns.into_iter();
            returns.any(|returns| returns < SimTime::NEVER)
        });
        let numbers: Vec<u32> = sleeping.map(|(number, _)| *number).collect();
        // All threads wake at once: whichever comes first sends back first.
        for number in ctx.rng.shuffled(numbers) {
            if let Some(run) = self.threads.busy.get_mut(&number) {
                run.verdict.result = ConsumeResult::Throw;
                self.on_listener_returns(app, ctx, number);
            }
        }
    }

    /// Tells what a call came to: the first `succeeded` of its messages are done.
    pub fn tell_consumed(&self, app: &App, ctx: &mut Ctx, run: &Run, succeeded: usize, kept: bool) {
        for (at, (cached, delivery)) in run
            .request
            .messages
            .iter()
            .zip(run.first_delivery..)
            .enumerate()
        {
            if let Some(message) = cached.message().label {
                ctx.tell(EventKind::Consumed {
                    message,
                    group: app.group,
                    delivery,
                    result: run.verdict.result,
                    succeeded: at < succeeded,
                    kept,
                });
            }
        }
    }

    /// `processConsumeResult`.
    fn on_concurrent_result(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let Some(mut run) = self.threads.busy.remove(&number) else {
            return;
        };
        let (queue, id) = (run.request.queue, run.request.id);
        let succeeded = successes(run.verdict, run.request.messages.len());
        let kept = self.live(queue, id).is_some();
        self.tell_consumed(app, ctx, &run, succeeded, kept);
        if !kept {
            return self.fill_threads(app, ctx);
        }
        run.returns = None;
        if app.spec.model == MessageModel::Clustering {
            let failures = run.request.messages.iter().skip(succeeded).cloned();
            run.failures = failures.collect();
        }
        self.threads.busy.insert(number, run);
        self.send_next_failure(app, ctx, number);
    }

    /// Failures are sent back one after the other, each holding up the thread.
    fn send_next_failure(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        loop {
            let Some(run) = self.threads.busy.get_mut(&number) else {
                return;
            };
            let (queue, id, level) = (run.request.queue, run.request.id, run.verdict.delay_level);
            let Some(failure) = run.failures.front().cloned() else {
                break;
            };
            // Since 5.1.0 one that the look for expired messages has already sent back is left alone.
            let gone = self
                .live(queue, id)
                .is_some_and(|owned| !owned.messages.contains_key(&failure.offset()));
            if gone && ctx.profile() == Profile::V5_3 {
                self.drop_failure(number);
                continue;
            }
            return self.send_back(app, ctx, queue, failure, level, Sender::Thread(number));
        }
        self.finish_concurrent_run(app, ctx, number);
    }

    fn drop_failure(&mut self, number: u32) -> Option<Cached> {
        self.threads.busy.get_mut(&number)?.failures.pop_front()
    }

    /// A failure is with a broker, or nobody took it.
    pub fn on_failure_sent(&mut self, app: &mut App, ctx: &mut Ctx, number: u32, taken: bool) {
        if let Some(mut failure) = self.drop_failure(number)
            && !taken
            && let Some(run) = self.threads.busy.get_mut(&number)
        {
            failure.reconsume_times = failure.reconsume_times.saturating_add(1);
            run.stranded.push(failure);
        }
        self.send_next_failure(app, ctx, number);
    }

    fn finish_concurrent_run(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let Some(run) = self.threads.busy.remove(&number) else {
            return;
        };
        let Run {
            request:
                Request {
                    queue,
                    id,
                    messages,
                },
            stranded,
            ..
        } = run;
        // A send-back may have been answered by a broker that has lost the copy since.
        ctx.out
            .let_go
            .extend(messages.iter().filter_map(|cached| cached.message().label));
        if let Some(owned) = self.live(queue, id) {
            for cached in &stranded {
                if let Some(kept) = owned.messages.get_mut(&cached.offset()) {
                    kept.reconsume_times = cached.reconsume_times;
                }
            }
            let stays =
                |offset: QueueOffset| stranded.iter().any(|cached| cached.offset() == offset);
            let done = owned.remove(
                messages
                    .iter()
                    .map(Cached::offset)
                    .filter(|offset| !stays(*offset)),
            );
            if let Some(offset) = done {
                self.offsets.update(queue, offset, Update::Increase);
            }
            self.relieve(app, ctx, queue);
        }
        if !stranded.is_empty() {
            let later = self.threads.number();
            self.threads.later.insert(
                later,
                Request {
                    queue,
                    id,
                    messages: stranded,
                },
            );
            ctx.wake(
                ctx.now + LOCAL_RETRY,
                Timer::Consumer(ConsumerTimer::Submit(later)),
            );
        }
        self.fill_threads(app, ctx);
    }

    /// `submitConsumeRequestLater`: the 5 s are over.
    pub fn on_local_retry(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        if let Some(Request {
            queue,
            id,
            messages,
        }) = self.threads.later.remove(&number)
        {
            self.submit(app, ctx, queue, id, messages);
        }
    }

    // ---- consumeTimeout ----

    /// Looks for expired messages come every consumeTimeout after S; one is armed only while a listener has a message.
    fn arm_expiry(&mut self, app: &App, ctx: &mut Ctx) {
        if !self.expiry_armed {
            self.expiry_armed = true;
            let period = app.conf().consume_timeout;
            let at = ctx.now.next_tick(self.instance.built + period, period);
            ctx.wake(at, Timer::Consumer(ConsumerTimer::CleanExpired));
        }
    }

    /// `cleanExpireMsg`.
    pub fn on_expiry_look(&mut self, app: &mut App, ctx: &mut Ctx) {
        self.expiry_armed = false;
        if self.queues.values().any(|owned| {
            owned
                .messages
                .values()
                .any(|cached| cached.started.is_some())
        }) {
            self.arm_expiry(app, ctx);
        }
        // One thread looks: a look that still sends is not doubled.
        if self.expiring.is_empty() {
            self.expiring = self
                .queues
                .iter()
                .map(|(queue, owned)| {
                    let heads = u32::try_from(owned.messages.len()).unwrap_or(u32::MAX);
                    (*queue, owned.id, heads.min(EXPIRED_PER_LOOK))
                })
                .collect();
            self.send_next_expired(app, ctx);
        }
    }

    /// `ProcessQueue#cleanExpiredMsg`: only the head of a queue is looked at, and the next one when it is gone.
    fn send_next_expired(&mut self, app: &mut App, ctx: &mut Ctx) {
        let limit = app.conf().consume_timeout;
        while let Some((queue, id, left)) = self.expiring.front().copied() {
            let head = self
                .live(queue, id)
                .and_then(|owned| owned.messages.first())
                .map(|(_, cached)| cached.clone());
            let expired = head.filter(|cached| {
                left > 0
                    && cached
                        .started
                        .is_some_and(|started| ctx.now.since(started) > limit)
            });
            match expired {
                Some(cached) => {
                    return self.send_back(
                        app,
                        ctx,
                        queue,
                        cached,
                        EXPIRED_LEVEL,
                        Sender::Expiry(queue, id),
                    );
                }
                None => self.expiring.pop_front(),
            };
        }
    }

    /// An expired message is with a broker and leaves the queue, which moves no offset (D.2); or nobody took it and it stays.
    pub fn on_expired_sent(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        offset: QueueOffset,
        taken: bool,
    ) {
        if taken
            && let Some(owned) = self.live(queue, id)
            && owned
                .messages
                .first()
                .is_some_and(|(first, _)| *first == offset)
        {
            let removed = owned.messages.remove(&offset);
            let label = removed.and_then(|cached| cached.message().label);
            ctx.out.let_go.extend(label);
            self.relieve(app, ctx, queue);
        }
        if let Some((_, _, left)) = self.expiring.front_mut() {
            *left = left.saturating_sub(1);
        }
        self.send_next_expired(app, ctx);
    }
}

/// The messages of one pull in batches of `consumeMessageBatchMaxSize`, in the order in which threads take them. Twenty threads:
/// which of them is first at the listener is anybody's guess, and in offset order every other time (J.1).
pub(super) fn requests_of(
    app: &App,
    ctx: &mut Ctx,
    queue: MessageQueue,
    id: u32,
    messages: &[Cached],
) -> Vec<Request> {
    let batch = usize::try_from(app.conf().consume_message_batch_max_size)
        .unwrap_or(1)
        .max(1);
    let mut requests: Vec<Request> = messages
        .chunks(batch)
        .map(|messages| Request {
            queue,
            id,
            messages: messages.to_vec(),
        })
        .collect();
    if requests.len() > 1 && !ctx.rng.usually(26, 76) {
        let mut shuffled = Vec::with_capacity(requests.len());
        while let Ok(left) = u32::try_from(requests.len())
            && left > 0
        {
            shuffled.push(requests.swap_remove(usize::try_from(ctx.rng.pick(left)).unwrap_or(0)));
        }
        requests = shuffled;
    }
    requests
}

/// How many of a batch's first messages a result acknowledges.
fn successes(verdict: Verdict, size: usize) -> usize {
    match verdict.result {
        ConsumeResult::ConsumeSuccess | ConsumeResult::Success | ConsumeResult::Commit => {
            match verdict.ack_index {
                None => size,
                Some(index) => usize::try_from(index)
                    .unwrap_or(usize::MAX)
                    .saturating_add(1)
                    .min(size),
            }
        }
        ConsumeResult::ReconsumeLater
        | ConsumeResult::SuspendCurrentQueueAMoment
        | ConsumeResult::Rollback
        | ConsumeResult::Null
        | ConsumeResult::Throw
        | ConsumeResult::Hang => 0,
    }
}
