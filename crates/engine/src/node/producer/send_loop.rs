//! From a call's route to its end: `DefaultMQProducerImpl#sendDefaultImpl` and `#sendKernelImpl` (A.4, and oneway of A.5).

use std::cmp::Ordering;
use std::sync::Arc;

use super::call::{Answer, Attempt, CallId, Ending};
use super::faults::Lesson;
use super::meaning::{answer, exhausted_code, is_retried, lesson};
use super::selection::{Target, Thread, Wish, publish_list};
use super::{Asker, Purpose, Running};
use crate::event::{AttemptOutcome, EventKind};
use crate::exception::Exception;
use crate::ids::{BrokerName, QueueId};
use crate::node::remoting::Mode;
use crate::status::{Profile, SendMode, SendStatus};
use crate::units::Span;
use crate::wire::{Request, Response};

/// How often, of how many times, a used-up budget is found to be used up to the millisecond and no further.
const EXACTLY_AGAINST: (u32, u32) = (1, 20);

/// What became of one turn of the loop.
enum Turn {
    /// A request is under way, or the call has ended.
    Over,
    /// The attempt failed at once, and the loop goes on.
    Again,
}

impl Attempt {
    /// The event of its leaving.
    pub fn leaves(&self) -> EventKind {
        EventKind::RequestSent {
            message: self.message,
            to: self.to,
            broker: self.broker,
            queue: self.queue,
            attempt: self.number,
        }
    }
}

impl Running<'_, '_> {
    /// `tryToFindTopicPublishInfo`: the topic's queues, known or asked for.
    pub(super) fn find_route(&mut self, id: CallId) {
        let Some(topic) = self.process.calls.get(&id).map(|call| call.topic()) else {
            return;
        };
        if self
            .process
            .instance
            .route(topic)
            .is_some_and(|route| !publish_list(route).is_empty())
        {
            return self.attempt(id);
        }
        self.ask_route(topic, false, Asker::Call(id));
    }

    /// The for-loop of `sendDefaultImpl`: attempts, until a request is under way or the call has ended. Each turn is an attempt,
    /// and their number is limited.
    pub(super) fn attempt(&mut self, id: CallId) {
        while let Turn::Again = self.turn(id) {}
    }

    fn turn(&mut self, id: CallId) -> Turn {
        let Some(call) = self.process.calls.get(&id) else {
            return Turn::Over;
        };
        let (mode, begun, number) = (
            call.order.mode,
            call.begun,
            call.attempts().saturating_add(1),
        );
        let total = self.attempts_max(mode);
        if number > total {
            self.give_up(id);
            return Turn::Over;
        }
        // The round robin takes its step before the clock is looked at.
        let Some((broker, queue)) = self.select(id) else {
            self.give_up(id);
            return Turn::Over;
        };
        let elapsed = self.ctx.now.since(begun);
        if self.is_expired(id, elapsed) {
            self.time_out(id);
            return Turn::Over;
        }
        if let Some(call) = self.process.calls.get_mut(&id) {
            call.tried.push(broker);
        }
        let timeout = self.attempt_timeout(elapsed, number < total);
        self.send_kernel(id, number, broker, queue, timeout)
    }

    /// `timesTotal`.
    fn attempts_max(&self, mode: SendMode) -> u32 {
        match mode {
            SendMode::Sync => self.conf.retry_times_when_send_failed.saturating_add(1),
            SendMode::Async | SendMode::Oneway => 1,
        }
    }

    /// `selectOneMessageQueue` for the next attempt.
    fn select(&mut self, id: CallId) -> Option<Target> {
        let call = self.process.calls.get(&id)?;
        let wish = Wish {
            thread: match call.order.mode {
                SendMode::Async => Thread::AsyncSender,
                SendMode::Sync | SendMode::Oneway => Thread::Application(call.thread),
            },
            topic: call.topic(),
            last: call.tried.last().copied(),
            reset: !call.tried.is_empty(),
        };
        let route = self.process.instance.route(wish.topic)?;
        self.process
            .selector
            .select(wish, route, self.ctx.now, self.ctx.rng)
    }

    /// Whether the budget is used up. One that is used up exactly counts as used up (J): Java's clock has nearly always gone on by
    /// then. Where it has not (J.1), the remaining attempts follow with no time at all.
    fn is_expired(&mut self, id: CallId, elapsed: Span) -> bool {
        match elapsed.cmp(&self.conf.send_msg_timeout) {
            Ordering::Less => false,
            Ordering::Equal => self.is_noticed(id),
            Ordering::Greater => true,
        }
    }

    fn is_noticed(&mut self, id: CallId) -> bool {
        let Some(call) = self.process.calls.get_mut(&id) else {
            return true;
        };
        if !call.tried.is_empty() && !call.out_of_time {
            call.out_of_time = !self.ctx.rng.usually(EXACTLY_AGAINST.0, EXACTLY_AGAINST.1);
        }
        !call.out_of_time
    }

    /// What is left of the budget; all but the last attempt are capped (`sendMsgMaxTimeoutPerRequest`, 5.3.3).
    fn attempt_timeout(&self, elapsed: Span, can_retry: bool) -> Span {
        let left = self.conf.send_msg_timeout.minus(elapsed);
        match self.conf.send_msg_max_timeout_per_request {
            Some(cap) if can_retry => left.min(cap),
            Some(_) | None => left,
        }
    }

    /// `send(msg, mq)`: `sendKernelImpl` without any loop around it.
    pub(super) fn send_to_queue(&mut self, id: CallId, broker: BrokerName, queue: QueueId) {
        let Some(topic) = self.process.calls.get(&id).map(|call| call.topic()) else {
            return;
        };
        // An unknown address sends the client to the name server first, if it knows no queue of the topic.
        let sendable = self
            .process
            .instance
            .route(topic)
            .is_some_and(|route| !publish_list(route).is_empty());
        if !sendable && self.process.instance.master(broker).is_none() {
            return self.ask_route(topic, false, Asker::Call(id));
        }
        self.kernel_to_queue(id, broker, queue);
    }

    /// The same, with whatever the client knows by now.
    pub(super) fn kernel_to_queue(&mut self, id: CallId, broker: BrokerName, queue: QueueId) {
        let Some(call) = self.process.calls.get_mut(&id) else {
            return;
        };
        call.tried.push(broker);
        let elapsed = self.ctx.now.since(call.begun);
        let timeout = self.conf.send_msg_timeout.minus(elapsed);
        if elapsed >= self.conf.send_msg_timeout {
            return self.finish(id, Ending::Failed(Exception::CallTimeout));
        }
        match self.send_kernel(id, 1, broker, queue, timeout) {
            // Without a loop a failure is the call's: there is no turn to take again.
            Turn::Over | Turn::Again => {}
        }
    }

    /// `sendKernelImpl`: one request to the queue's broker.
    fn send_kernel(
        &mut self,
        id: CallId,
        number: u32,
        broker: BrokerName,
        queue: QueueId,
        timeout: Span,
    ) -> Turn {
        let Some(call) = self.process.calls.get(&id) else {
            return Turn::Over;
        };
        let (message, mode) = (call.order.label, call.order.mode);
        let Some(to) = self.process.instance.master(broker) else {
            let outcome = AttemptOutcome::Failed(Exception::BrokerNotExist(broker));
            self.ctx.tell(EventKind::AttemptEnded {
                message,
                attempt: number,
                broker,
                queue,
                outcome,
            });
            return self.failed(id, broker, Span::ZERO, Exception::BrokerNotExist(broker));
        };
        let attempt = Attempt {
            call: id,
            message,
            number,
            broker,
            queue,
            to,
            begun: self.ctx.now,
            timeout,
        };
        if timeout == Span::ZERO && mode == SendMode::Sync && self.ctx.profile() == Profile::V5_3 {
            // 5.x `invokeSync` looks at what is left before it writes; 4.9 writes, then waits for nothing.
            return self.attempt_failed(attempt, Exception::Timeout(to, 0));
        }
        self.request(attempt, remoting_mode(mode));
        Turn::Over
    }

    /// The request of an attempt.
    pub(super) fn request(&mut self, attempt: Attempt, mode: Mode) {
        let Some(call) = self.process.calls.get(&attempt.call) else {
            return;
        };
        let request = Request::SendMessage {
            message: Arc::clone(&call.order.message),
            queue: attempt.queue,
            group: self.group,
            default_queues: u16::try_from(self.conf.default_topic_queue_nums).unwrap_or(u16::MAX),
            max_reconsume_times: None,
        };
        if self.process.instance.remoting.is_connected(attempt.to) {
            self.ctx.tell(attempt.leaves());
        }
        self.invoke(
            attempt.to,
            mode,
            attempt.timeout,
            request,
            Purpose::Send(attempt),
        );
        if mode == Mode::Async && attempt.number == 1 {
            // `sendKernelImpl` has returned, in no time: 4.9 takes that for a success of the broker.
            self.process
                .selector
                .learn(attempt.broker, Span::ZERO, Lesson::Took, self.ctx.now);
        }
    }

    /// A oneway request has left, or so the client believes.
    pub(super) fn left(&mut self, attempt: Attempt) {
        self.end_attempt(attempt, AttemptOutcome::Sent);
        self.learn(attempt, Lesson::Took);
        self.finish(attempt.call, Ending::Left);
    }

    /// The broker answered.
    pub(super) fn replied(&mut self, attempt: Attempt, response: Response) {
        let Some(mode) = self
            .process
            .calls
            .get(&attempt.call)
            .map(|call| call.order.mode)
        else {
            return;
        };
        match (answer(attempt, response), mode) {
            (Ok(answer), SendMode::Sync | SendMode::Oneway) => self.sync_answered(attempt, answer),
            (Ok(answer), SendMode::Async) => {
                self.end_attempt(attempt, AttemptOutcome::Status(answer.status));
                self.finish(attempt.call, Ending::Answered(answer));
                self.learn(attempt, Lesson::Took);
            }
            (Err(refusal), SendMode::Sync | SendMode::Oneway) => self.sync_failed(attempt, refusal),
            // `onExceptionImpl` with needRetry = false: an async send hears of every refusal.
            (Err(refusal), SendMode::Async) => {
                self.learn(attempt, Lesson::Isolated);
                self.end_attempt(attempt, AttemptOutcome::Failed(refusal.clone()));
                self.finish(attempt.call, Ending::Failed(refusal));
            }
        }
    }

    /// A request got no answer.
    pub(super) fn request_failed(&mut self, attempt: Attempt, exception: Exception) {
        let Some(mode) = self
            .process
            .calls
            .get(&attempt.call)
            .map(|call| call.order.mode)
        else {
            return;
        };
        match mode {
            SendMode::Sync | SendMode::Oneway => self.sync_failed(attempt, exception),
            SendMode::Async => self.async_failed(attempt, exception),
        }
    }

    /// A SendResult: returned, unless it is not SEND_OK and the client is to store the message elsewhere, too.
    fn sync_answered(&mut self, attempt: Attempt, answer: Answer) {
        self.end_attempt(attempt, AttemptOutcome::Status(answer.status));
        self.learn(attempt, Lesson::Took);
        let Some(call) = self.process.calls.get_mut(&attempt.call) else {
            return;
        };
        let elsewhere =
            answer.status != SendStatus::SendOk && self.conf.retry_another_broker_when_not_store_ok;
        if elsewhere && call.order.queue.is_none() {
            call.stored = Some(answer);
            return self.attempt(attempt.call);
        }
        self.finish(attempt.call, Ending::Answered(answer));
    }

    /// An exception, after which the loop goes on or not.
    fn sync_failed(&mut self, attempt: Attempt, exception: Exception) {
        if let Turn::Again = self.attempt_failed(attempt, exception) {
            self.attempt(attempt.call);
        }
    }

    fn attempt_failed(&mut self, attempt: Attempt, exception: Exception) -> Turn {
        self.end_attempt(attempt, AttemptOutcome::Failed(exception.clone()));
        self.failed(
            attempt.call,
            attempt.broker,
            self.ctx.now.since(attempt.begun),
            exception,
        )
    }

    /// The catch clauses of `sendDefaultImpl`.
    fn failed(
        &mut self,
        id: CallId,
        broker: BrokerName,
        latency: Span,
        exception: Exception,
    ) -> Turn {
        let again = is_retried(self.ctx.profile(), &exception);
        self.process
            .selector
            .learn(broker, latency, lesson(&exception), self.ctx.now);
        let Some(call) = self.process.calls.get_mut(&id) else {
            return Turn::Over;
        };
        if call.order.queue.is_some() {
            self.finish(id, Ending::Failed(exception));
            return Turn::Over;
        }
        if again {
            call.failure = Some(exception);
            return Turn::Again;
        }
        let ending = call
            .stored
            .map_or(Ending::Failed(exception), Ending::Answered);
        self.finish(id, ending);
        Turn::Over
    }

    /// The budget is used up: an earlier SendResult counts more.
    fn time_out(&mut self, id: CallId) {
        let Some(call) = self.process.calls.get(&id) else {
            return;
        };
        let ending = call
            .stored
            .map_or(Ending::Failed(Exception::CallTimeout), Ending::Answered);
        self.finish(id, ending);
    }

    /// The attempts are used up: an earlier SendResult counts more.
    fn give_up(&mut self, id: CallId) {
        let Some(call) = self.process.calls.get(&id) else {
            return;
        };
        let exhausted = Exception::Exhausted {
            code: exhausted_code(call.failure.as_ref()),
            topic: call.topic(),
            brokers: call.tried.clone(),
        };
        let ending = call
            .stored
            .map_or(Ending::Failed(exhausted), Ending::Answered);
        self.finish(id, ending);
    }

    pub(super) fn end_attempt(&mut self, attempt: Attempt, outcome: AttemptOutcome) {
        let Attempt {
            message,
            number,
            broker,
            queue,
            ..
        } = attempt;
        self.ctx.tell(EventKind::AttemptEnded {
            message,
            attempt: number,
            broker,
            queue,
            outcome,
        });
    }

    pub(super) fn learn(&mut self, attempt: Attempt, lesson: Lesson) {
        self.process.selector.learn(
            attempt.broker,
            self.ctx.now.since(attempt.begun),
            lesson,
            self.ctx.now,
        );
    }
}

const fn remoting_mode(mode: SendMode) -> Mode {
    match mode {
        SendMode::Sync => Mode::Sync,
        SendMode::Async => Mode::Async,
        SendMode::Oneway => Mode::Oneway,
    }
}
