//! Pulls that wait for something to read (`PullRequestHoldService`).

use crate::effect::Ctx;
use crate::ids::{ConnId, Opaque, QueueId, TagId, TopicId};
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{SimTime, Span};
use crate::wire::{Frame, PullRequest};

use super::Live;
use super::pull::signed;

/// Held pulls are looked at this often; without long polling every `shortPollingTimeMills`.
const SWEEP_PERIOD: Span = Span::from_millis(5_000);

/// `PullRequestHoldService`.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct HeldPulls {
    /// In the order of arrival. At most one per owned queue of each client, and those of dead clients until they expire.
    pulls: Vec<HeldPull>,
    sweep_planned: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct HeldPull {
    conn: ConnId,
    opaque: Opaque,
    request: PullRequest,
    since: SimTime,
}

impl Live<'_> {
    /// A pull that found nothing new stays (`#suspendPullRequest`).
    pub(super) fn hold(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        opaque: Opaque,
        request: PullRequest,
    ) {
        self.p.held.pulls.push(HeldPull {
            conn,
            opaque,
            request,
            since: ctx.now,
        });
        self.plan_sweep(ctx);
    }

    fn plan_sweep(&mut self, ctx: &mut Ctx) {
        if !self.p.held.sweep_planned && !self.p.held.pulls.is_empty() {
            self.p.held.sweep_planned = true;
            let conf = &self.id.conf;
            let period = if conf.long_polling_enable {
                SWEEP_PERIOD
            } else {
                // A period of none would be a look that never ends.
                conf.short_polling_time_mills.max(Span::from_millis(1))
            };
            let at = ctx.now.next_tick(self.p.started + period, period);
            ctx.wake(at, Timer::Broker(BrokerTimer::HoldSweep));
        }
    }

    /// A record has become visible: pulls held at its queue are executed again if their filter takes it, or if their time is over
    /// (`notifyMessageArriving`). 4.x: only on a master. Without long polling nobody is told: the sweep finds it [q61].
    pub(super) fn notify_arrival(
        &mut self,
        ctx: &mut Ctx,
        topic: TopicId,
        queue: QueueId,
        tag: TagId,
    ) {
        let slave_of_4_9 = ctx.profile() == Profile::V4_9 && self.is_slave();
        if slave_of_4_9 || !self.id.conf.long_polling_enable {
            return;
        }
        let (woken, held): (Vec<_>, Vec<_>) = core::mem::take(&mut self.p.held.pulls)
            .into_iter()
            .partition(|pull| {
                let here = pull.request.topic == topic && pull.request.queue == queue;
                here && (self.has_news(pull, Some(tag)) || self.is_over(pull, ctx.now))
            });
        self.p.held.pulls = held;
        for pull in woken {
            self.execute_held(ctx, pull);
        }
    }

    /// Whether there is more than the pull has asked for, and its filter takes what has `arrived`; a sweep does not ask the filter.
    fn has_news(&self, pull: &HeldPull, arrived: Option<TagId>) -> bool {
        let max = self.disk.queues.max(pull.request.topic, pull.request.queue);
        if signed(max) <= pull.request.offset {
            return false;
        }
        // A group that is gone is found out by executing its pull.
        let Ok(tags) = self.tags_of(&pull.request) else {
            return true;
        };
        tags.is_empty() || arrived.is_none_or(|tag| tags.contains(&tag))
    }

    /// Whether it was held for as long as its client has asked, or for `shortPollingTimeMills`.
    fn is_over(&self, pull: &HeldPull, now: SimTime) -> bool {
        let conf = &self.id.conf;
        let time = if conf.long_polling_enable {
            pull.request.suspend.unwrap_or(Span::ZERO)
        } else {
            conf.short_polling_time_mills
        };
        now.since(pull.since) >= time
    }

    pub(super) fn sweep_held(&mut self, ctx: &mut Ctx) {
        self.p.held.sweep_planned = false;
        let (due, held): (Vec<_>, Vec<_>) = core::mem::take(&mut self.p.held.pulls)
            .into_iter()
            .partition(|pull| self.is_over(pull, ctx.now) || self.has_news(pull, None));
        self.p.held.pulls = held;
        for pull in due {
            self.execute_held(ctx, pull);
        }
        self.plan_sweep(ctx);
    }

    fn execute_held(&mut self, ctx: &mut Ctx, pull: HeldPull) {
        let response = self.pull_again(ctx, &pull.request);
        ctx.send(pull.conn, Frame::Response(pull.opaque, response));
    }
}
