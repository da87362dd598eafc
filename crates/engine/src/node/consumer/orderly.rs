//! Orderly consumption (`ConsumeMessageOrderlyService`): one thread per queue, which goes on until the queue is empty, is suspended
//! or is no longer locked (D.6).

use std::collections::VecDeque;

use crate::effect::Ctx;
use crate::ids::MessageQueue;
use crate::status::{ConsumeResult, MessageModel};
use crate::timers::{ConsumerTimer, Timer};
use crate::units::{SimTime, Span};

use super::concurrently::{Request, Run};
use super::offsets::Update;
use super::process_queue::Cached;
use super::send_back::{Sender, reconsume_max};
use super::{App, Process};

/// `maxTimeConsumeContinuously`: then the thread is given back for a moment.
const CONTINUOUSLY_MAX: Span = Span::from_secs(60);
/// The least and the most of every pause of a queue.
const PAUSE_MIN: Span = Span::from_millis(10);
const PAUSE_MAX: Span = Span::from_secs(30);
/// A queue that is not locked when its thread comes …
const LOCK_SOON: Span = Span::from_millis(100);
/// … or is found unlocked later …
const LOCK_NOW: Span = Span::from_millis(10);

/// What an orderly listener's status means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    Success,
    Commit,
    Rollback,
    Suspend,
}

impl Process {
    /// `submitConsumeRequest` of a queue.
    pub fn submit_queue(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        self.threads.waiting.push_back(Request {
            queue,
            id,
            messages: Vec::new(),
        });
        self.fill_threads(app, ctx);
    }

    /// `submitConsumeRequestLater`: between 10 ms and 30 s.
    pub fn submit_queue_later(&self, ctx: &mut Ctx, queue: MessageQueue, id: u32, pause: Span) {
        ctx.wake(
            ctx.now + pause.clamp(PAUSE_MIN, PAUSE_MAX),
            Timer::Consumer(ConsumerTimer::ConsumeQueue(queue, id)),
        );
    }

    /// `ConsumeRequest#run`.
    pub fn run_queue(&mut self, app: &mut App, ctx: &mut Ctx, request: Request) {
        let Request { queue, id, .. } = request;
        if self.live(queue, id).is_none() {
            return;
        }
        if self.may_consume(app, ctx, queue, id) {
            self.consume_on(app, ctx, queue, id, ctx.now);
        } else {
            try_lock_later(ctx, queue, id, LOCK_SOON);
        }
    }

    /// Whether the queue needs no lock, or has one that the client still believes in.
    fn may_consume(&mut self, app: &App, ctx: &Ctx, queue: MessageQueue, id: u32) -> bool {
        let life = app.conf().rebalance_lock_max_live_time;
        app.spec.model == MessageModel::Broadcasting
            || self
                .live(queue, id)
                .is_some_and(|owned| owned.locked && ctx.now.since(owned.locked_at) <= life)
    }

    /// One turn of the loop in `run`: the next batch for the listener, or the end of the thread's work. `since` is its beginning.
    fn consume_on(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        since: SimTime,
    ) {
        if self.live(queue, id).is_none() {
            return;
        }
        if !self.may_consume(app, ctx, queue, id) {
            return try_lock_later(ctx, queue, id, LOCK_NOW);
        }
        if ctx.now.since(since) > CONTINUOUSLY_MAX {
            return self.submit_queue_later(ctx, queue, id, PAUSE_MIN);
        }
        let batch = app.conf().consume_message_batch_max_size;
        let messages = self
            .live(queue, id)
            .map(|owned| owned.take(batch))
            .unwrap_or_default();
        if !messages.is_empty() {
            let number = self.number_run();
            self.call_listener(
                app,
                ctx,
                number,
                Request {
                    queue,
                    id,
                    messages,
                },
                since,
            );
        }
    }

    /// The listener returned: `processConsumeResult`.
    pub fn on_orderly_result(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let Some(mut run) = self.threads.busy.remove(&number) else {
            return;
        };
        let (queue, id) = (run.request.queue, run.request.id);
        let kept = self.live(queue, id).is_some();
        let status = status_of(run.verdict.result);
        let succeeded = match status {
            Status::Success | Status::Commit => run.request.messages.len(),
            Status::Rollback | Status::Suspend => 0,
        };
        self.tell_consumed(app, ctx, &run, succeeded, kept);
        self.on_consume_lock_free(app, ctx, queue);
        if !kept {
            return self.fill_threads(app, ctx);
        }
        run.returns = None;
        match (status, app.spec.auto_commit) {
            // The deprecated two are "illegal, we think you want to ack these messages" when commits are automatic.
            (Status::Success | Status::Commit | Status::Rollback, true)
            | (Status::Commit, false) => {
                self.commit_taken(app, ctx, queue, id);
                self.consume_further(app, ctx, &run);
            }
            (Status::Success, false) => self.consume_further(app, ctx, &run),
            (Status::Rollback, false) => {
                if let Some(owned) = self.live(queue, id) {
                    owned.rollback();
                }
                self.suspend(app, ctx, queue, id);
            }
            (Status::Suspend, _) => {
                run.failures = run
                    .request
                    .messages
                    .iter()
                    .cloned()
                    .collect::<VecDeque<_>>();
                run.request.messages.clear();
                self.threads.busy.insert(number, run);
                self.check_next_reconsume_times(app, ctx, number);
            }
        }
    }

    /// `checkReconsumeTimes`, message by message: one below the maximum is tried again, one at it goes to the dead letters.
    /// `request.messages` collects what stays.
    fn check_next_reconsume_times(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let max = reconsume_max(app);
        while let Some(run) = self.threads.busy.get_mut(&number) {
            let Some(failure) = run.failures.front().cloned() else {
                break;
            };
            if failure.reconsume_times >= max {
                let queue = run.request.queue;
                return self.send_to_dead_letters(
                    app,
                    ctx,
                    queue,
                    &failure,
                    Sender::OrderlyThread(number),
                );
            }
            run.failures.pop_front();
            run.stranded.push(again(failure));
        }
        self.finish_suspension(app, ctx, number);
    }

    /// A message is in the dead-letter topic, or nobody took it and it is tried again.
    pub fn on_dead_letter_sent(&mut self, app: &mut App, ctx: &mut Ctx, number: u32, taken: bool) {
        if let Some(run) = self.threads.busy.get_mut(&number)
            && let Some(failure) = run.failures.pop_front()
        {
            if taken {
                run.request.messages.push(failure);
            } else {
                run.stranded.push(again(failure));
            }
        }
        self.check_next_reconsume_times(app, ctx, number);
    }

    /// One message of the batch that has to be tried again suspends all of it (`makeMessageToConsumeAgain`).
    fn finish_suspension(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let Some(run) = self.threads.busy.remove(&number) else {
            return;
        };
        let (queue, id) = (run.request.queue, run.request.id);
        if run.stranded.is_empty() {
            if app.spec.auto_commit {
                self.commit_taken(app, ctx, queue, id);
            }
            return self.consume_further(app, ctx, &run);
        }
        if let Some(owned) = self.live(queue, id) {
            owned.again(&run.stranded);
            owned.again(&run.request.messages);
        }
        self.suspend(app, ctx, queue, id);
    }

    fn suspend(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        self.submit_queue_later(ctx, queue, id, app.conf().suspend_current_queue_time_millis);
        self.fill_threads(app, ctx);
    }

    fn commit_taken(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        if let Some(offset) = self
            .live(queue, id)
            .and_then(super::process_queue::ProcessQueue::commit)
        {
            self.offsets.update(queue, offset, Update::Set);
        }
        self.relieve(app, ctx, queue);
    }

    fn consume_further(&mut self, app: &mut App, ctx: &mut Ctx, run: &Run) {
        self.consume_on(app, ctx, run.request.queue, run.request.id, run.since);
        self.fill_threads(app, ctx);
    }
}

/// `tryLockLaterAndReconsume`.
fn try_lock_later(ctx: &mut Ctx, queue: MessageQueue, id: u32, pause: Span) {
    ctx.wake(
        ctx.now + pause,
        Timer::Consumer(ConsumerTimer::TryLock(queue, id)),
    );
}

fn again(failure: Cached) -> Cached {
    Cached {
        reconsume_times: failure.reconsume_times.saturating_add(1),
        ..failure
    }
}

const fn status_of(result: ConsumeResult) -> Status {
    match result {
        ConsumeResult::Success | ConsumeResult::ConsumeSuccess => Status::Success,
        ConsumeResult::Commit => Status::Commit,
        ConsumeResult::Rollback => Status::Rollback,
        ConsumeResult::SuspendCurrentQueueAMoment
        | ConsumeResult::ReconsumeLater
        | ConsumeResult::Null
        | ConsumeResult::Throw
        | ConsumeResult::Hang => Status::Suspend,
    }
}
