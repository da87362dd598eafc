//! What follows when an async send got no answer (`MQClientAPIImpl#sendMessageAsync`, `#onExceptionImpl`; A.5).

use super::Running;
use super::call::{Attempt, Ending};
use super::faults::Lesson;
use super::selection::{Thread, Wish};
use crate::event::AttemptOutcome;
use crate::exception::Exception;
use crate::ids::BrokerName;
use crate::node::remoting::Mode;
use crate::status::Profile;
use crate::units::Span;

/// What the callback will be told of a failure, if no retry helps.
struct Failure {
    told: Exception,
    /// `needRetry`.
    retried: bool,
}

impl Running<'_, '_> {
    /// `onExceptionImpl`: another broker while there are retries and time left, else the callback.
    pub(super) fn async_failed(&mut self, attempt: Attempt, exception: Exception) {
        let left = attempt.timeout.minus(self.ctx.now.since(attempt.begun));
        self.learn(attempt, Lesson::Isolated);
        let failure = failure(self.ctx.profile(), exception);
        if !failure.retried || attempt.number > self.conf.retry_times_when_send_async_failed {
            return self.tell_callback(attempt, failure.told);
        }
        match (left == Span::ZERO, self.ctx.profile()) {
            (false, Profile::V4_9 | Profile::V5_3) => {
                self.end_attempt(attempt, AttemptOutcome::Failed(failure.told));
                self.try_elsewhere(attempt, left);
            }
            // Since 5.3.2 a retry needs time.
            (true, Profile::V5_3) => self.tell_callback(attempt, failure.told),
            (true, Profile::V4_9) => self.fail_without_time(attempt, failure.told),
        }
    }

    fn tell_callback(&mut self, attempt: Attempt, told: Exception) {
        self.end_attempt(attempt, AttemptOutcome::Failed(told.clone()));
        self.finish(attempt.call, Ending::Failed(told));
    }

    /// The next attempt: the same request, hence the same queue id, at the broker name that the selector gives.
    fn try_elsewhere(&mut self, attempt: Attempt, left: Span) {
        let broker = self.other_broker(attempt);
        let Some(to) = self.process.instance.master(broker) else {
            return self.finish(attempt.call, Ending::Failed(Exception::AsyncUnknownReason));
        };
        let Some(call) = self.process.calls.get_mut(&attempt.call) else {
            return;
        };
        call.tried.push(broker);
        let number = attempt.number.saturating_add(1);
        self.request(
            Attempt {
                number,
                broker,
                to,
                begun: self.ctx.now,
                timeout: left,
                ..attempt
            },
            Mode::Async,
        );
    }

    /// 4.9 retries without any time left: each retry picks a broker and fails at once, without a request, and the callback hears of
    /// the last one's. Only a broker to which there is no connection is first connected to.
    fn fail_without_time(&mut self, attempt: Attempt, told: Exception) {
        let mut told = told;
        let mut last = attempt;
        for number in attempt.number..=self.conf.retry_times_when_send_async_failed {
            let broker = self.other_broker(last);
            let Some(to) = self.process.instance.master(broker) else {
                break;
            };
            if !self.process.instance.remoting.is_connected(to) {
                self.end_attempt(attempt, AttemptOutcome::Failed(told));
                return self.try_elsewhere(Attempt { number, ..last }, Span::ZERO);
            }
            told = Exception::InvokeAsyncTimeout(to);
            last = Attempt { broker, to, ..last };
        }
        self.tell_callback(attempt, told);
    }

    /// The broker name of a retry. With a queue of the caller's choice (no `topicPublishInfo`) it is the same one.
    fn other_broker(&mut self, attempt: Attempt) -> BrokerName {
        let Some(call) = self.process.calls.get(&attempt.call) else {
            return attempt.broker;
        };
        if call.order.queue.is_some() {
            return attempt.broker;
        }
        let wish = Wish {
            thread: Thread::Callback,
            topic: call.topic(),
            last: Some(attempt.broker),
            reset: false,
        };
        let Some(route) = self.process.instance.route(wish.topic) else {
            return attempt.broker;
        };
        let target = self
            .process
            .selector
            .select(wish, route, self.ctx.now, self.ctx.rng);
        target.map_or(attempt.broker, |(broker, _)| broker)
    }
}

/// The wrapping of `InvokeCallback#operationFail`. A connection that cannot be made is thrown in 4.9, where connecting blocks.
fn failure(profile: Profile, exception: Exception) -> Failure {
    let retried = |told| Failure {
        told,
        retried: true,
    };
    match (exception, profile) {
        (Exception::SendRequest(_), Profile::V4_9 | Profile::V5_3) => {
            retried(Exception::AsyncSendFailed)
        }
        (Exception::Timeout(..), Profile::V4_9 | Profile::V5_3) => {
            retried(Exception::WaitResponseTimeout)
        }
        (Exception::InvokeAsyncTimeout(_), Profile::V5_3) => Failure {
            told: Exception::AsyncUnknownReason,
            retried: false,
        },
        (Exception::Connect(_), Profile::V5_3) => retried(Exception::AsyncUnknownReason),
        (exception, Profile::V4_9 | Profile::V5_3) => retried(exception),
    }
}
