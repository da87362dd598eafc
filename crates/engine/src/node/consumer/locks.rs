//! The locks of orderly consumption as the client sees them (`RebalanceImpl#lock`, `#lockAll`, `#unlock`): taken from a queue's
//! master, renewed, believed in for a while, given back (D.6). What a lock means is the broker's business.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::ids::{BrokerName, MessageQueue};
use crate::status::Profile;
use crate::timers::{ConsumerTimer, Timer};
use crate::units::Span;
use crate::wire::{Request, Response};

use super::super::remoting::Mode;
use super::{App, Call, Process};

/// LOCK_BATCH_MQ, UNLOCK_BATCH_MQ.
const LOCK_TIMEOUT: Span = Span::from_secs(1);
/// The first renewal.
const FIRST_RENEWAL: Span = Span::from_secs(1);
/// After a lock was got, consumption goes on this soon …
const LOCKED_PAUSE: Span = Span::from_millis(10);
/// … and after it was refused, this late.
const REFUSED_PAUSE: Span = Span::from_secs(3);
/// `unlockDelayTimeMills`
const UNLOCK_DELAY: Span = Span::from_secs(20);

impl Process {
    /// `ConsumeMessageOrderlyService#start`.
    pub fn arm_lock_renewal(&self, app: &App, ctx: &mut Ctx) {
        if app.needs_locks() {
            let first = self.instance.built + FIRST_RENEWAL;
            ctx.wake(
                ctx.now.next_tick(first, app.conf().rebalance_lock_interval),
                Timer::Consumer(ConsumerTimer::LockQueues),
            );
        }
    }

    /// `lockMQPeriodically`: every owned queue, broker by broker.
    pub fn renew_locks(&mut self, app: &App, ctx: &mut Ctx) {
        self.arm_lock_renewal(app, ctx);
        for (broker, queues) in self.queues_by_broker() {
            if let Some(master) = self.instance.master(broker) {
                let wanted = queues
                    .iter()
                    .map(|queue| (queue.topic, queue.queue))
                    .collect();
                let request = Request::LockBatch {
                    group: app.group,
                    client: self.client,
                    queues: wanted,
                };
                self.invoke(
                    ctx,
                    master,
                    Mode::Sync,
                    LOCK_TIMEOUT,
                    request,
                    Call::RenewLocks(queues),
                );
            }
        }
    }

    fn queues_by_broker(&self) -> LiteMap<BrokerName, Vec<MessageQueue>> {
        let mut by_broker: LiteMap<BrokerName, Vec<MessageQueue>> = LiteMap::new();
        for (queue, _) in self.queues.iter().filter(|(_, owned)| !owned.dropped) {
            by_broker.entry(queue.broker).or_default().push(*queue);
        }
        by_broker
    }

    /// Which of them the broker granted; without an answer everything stays as it was.
    pub fn on_locks_renewed(
        &mut self,
        ctx: &Ctx,
        queues: &[MessageQueue],
        answer: Option<&Response>,
    ) {
        let Some(Response::Locked(locked)) = answer else {
            return;
        };
        for queue in queues {
            if let Some(owned) = self.queues.get_mut(queue) {
                owned.locked = locked.contains(&(queue.topic, queue.queue));
                if owned.locked {
                    owned.locked_at = ctx.now;
                }
            }
        }
    }

    /// LOCK_BATCH_MQ for one queue. Says whether there is a master to ask.
    pub fn ask_lock(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue, call: Call) -> bool {
        let Some(master) = self.instance.master(queue.broker) else {
            return false;
        };
        let queues = vec![(queue.topic, queue.queue)];
        let request = Request::LockBatch {
            group: app.group,
            client: self.client,
            queues,
        };
        self.invoke(ctx, master, Mode::Sync, LOCK_TIMEOUT, request, call);
        true
    }

    /// `lockOneMQ`, for a queue whose thread found it unlocked.
    pub fn try_lock(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue, id: u32) {
        if self.live(queue, id).is_some()
            && !self.ask_lock(app, ctx, queue, Call::TryLock { queue, id })
        {
            self.submit_queue_later(ctx, queue, id, REFUSED_PAUSE);
        }
    }

    pub fn on_try_lock_answer(
        &mut self,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
        answer: Option<&Response>,
    ) {
        let granted = matches!(answer, Some(Response::Locked(locked)) if locked.contains(&(queue.topic, queue.queue)));
        let Some(owned) = self.live(queue, id) else {
            return;
        };
        if granted {
            owned.locked = true;
            owned.locked_at = ctx.now;
        }
        self.submit_queue_later(
            ctx,
            queue,
            id,
            if granted { LOCKED_PAUSE } else { REFUSED_PAUSE },
        );
    }

    // ---- giving back ----

    /// Whether the rebalance has to wait for a listener before it gives this queue back. It waits a while
    /// (`tryLock(500 ms)`, 4.9 1000 ms), and [`on_consume_lock_free`](Self::on_consume_lock_free) or the timer goes on.
    pub fn must_wait_for_listener(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        queue: MessageQueue,
    ) -> bool {
        if !app.needs_locks() || !self.threads.listens(queue) {
            return false;
        }
        let patience = match ctx.profile() {
            Profile::V4_9 => Span::from_millis(1_000),
            Profile::V5_3 => Span::from_millis(500),
        };
        let id = self.queues.get(&queue).map_or(0, |owned| owned.id);
        ctx.wake(
            ctx.now + patience,
            Timer::Consumer(ConsumerTimer::UnlockGivesUp(queue, id)),
        );
        true
    }

    /// A listener returned: a rebalance that waited for it goes on.
    pub fn on_consume_lock_free(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue) {
        if self.waits_to_leave() == Some(queue) && !self.threads.listens(queue) {
            self.leave(app, ctx, queue, true);
            self.leave_next(app, ctx);
        }
    }

    /// The listener did not return in time: the queue stays in the table, dropped, until the next rebalance tries again.
    pub fn on_unlock_gives_up(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        id: u32,
    ) {
        if self.waits_to_leave() == Some(queue)
            && self.queues.get(&queue).is_some_and(|owned| owned.id == id)
        {
            self.leave(app, ctx, queue, false);
            self.leave_next(app, ctx);
        }
    }

    /// `tryRemoveOrderMessageQueue` (5.3), `unlockDelay` (4.9): says whether the queue may leave the table.
    pub fn give_lock_back(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        free: bool,
    ) -> bool {
        let Some(owned) = self.queues.get(&queue) else {
            return true;
        };
        let overdue = ctx.now.since(owned.locked_at) > UNLOCK_DELAY;
        let unfinished = !owned.messages.is_empty();
        match ctx.profile() {
            Profile::V5_3 if free || overdue => self.unlock(app, ctx, queue),
            Profile::V4_9 if free && unfinished => {
                ctx.wake(
                    ctx.now + UNLOCK_DELAY,
                    Timer::Consumer(ConsumerTimer::Unlock(queue)),
                );
            }
            Profile::V4_9 if free => self.unlock(app, ctx, queue),
            Profile::V5_3 | Profile::V4_9 => return false,
        }
        true
    }

    /// `unlock`, oneway, to the master.
    pub fn unlock(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue) {
        self.unlock_batch(app, ctx, queue.broker, &[queue]);
    }

    /// `unlockAll`, at the end of the process.
    pub fn unlock_all(&mut self, app: &App, ctx: &mut Ctx) {
        if app.needs_locks() {
            for (broker, queues) in self.queues_by_broker() {
                self.unlock_batch(app, ctx, broker, &queues);
            }
        }
    }

    fn unlock_batch(
        &mut self,
        app: &App,
        ctx: &mut Ctx,
        broker: BrokerName,
        queues: &[MessageQueue],
    ) {
        if let Some(master) = self.instance.master(broker) {
            let queues = queues
                .iter()
                .map(|queue| (queue.topic, queue.queue))
                .collect();
            let request = Request::UnlockBatch {
                group: app.group,
                client: self.client,
                queues,
            };
            self.invoke(
                ctx,
                master,
                Mode::Oneway,
                LOCK_TIMEOUT,
                request,
                Call::Forget,
            );
        }
    }
}
