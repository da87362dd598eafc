//! A clean stop takes seconds, in the order of `BrokerController#shutdown`: clients first, then the store, then replication, and
//! the process last.

use crate::effect::Ctx;
use crate::status::{FlushDiskType, Profile};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{SimTime, Span};

use super::Live;
use super::hold::HeldPulls;

/// `NettyEventExecutor#run` polls for so long, from its start on, and whoever shuts it down waits for it. The one of the VIP listener,
/// which nobody uses, is never woken before.
const EVENT_POLL: Span = Span::from_millis(3_000);
/// 5.x: `PopBufferMergeService`, on whose end the store's waits.
const POP_SERVICE: Span = Span::from_millis(2_000);
/// `HAClient#run` looks whether it shall stop this often, unless something arrives.
const SELECT: Span = Span::from_millis(1_000);
/// 5.x: other services' ends after the last flush …
const OTHERS: Span = Span::from_millis(110);
/// … and what is left then of the poll of `BrokerOuterAPI`'s event executor, which started before those of the listeners.
const OUTER_POLL: Span = Span::from_millis(750);

/// How far a shutdown has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Shutdown {
    /// The listeners and their connections are closed; the store works on.
    Remoting,
    /// `DefaultMessageStore#shutdown`: nothing is put, read, pushed to slaves or taken from a master any more.
    Store,
}

impl Live<'_> {
    /// Begins a shutdown, and says when the process will have ended: after `takes`, if somebody knows. A broker that nobody is
    /// connected to is not `served`.
    pub(super) fn begin_shutdown(
        &mut self,
        ctx: &mut Ctx,
        served: bool,
        takes: Option<Span>,
    ) -> SimTime {
        let conf = &self.id.conf;
        let select = if self.p.replication.client.connected {
            ctx.rng.span(half(SELECT), Span::ZERO, SELECT)
        } else {
            Span::ZERO
        };
        // `FlushRealTimeService` sleeps out its interval, then flushes what is left.
        let flush = match conf.flush_disk_type {
            FlushDiskType::AsyncFlush => {
                let period = conf.flush_interval_commit_log;
                ctx.rng.span(half(period), Span::ZERO, period)
            }
            FlushDiskType::SyncFlush => Span::ZERO,
        };
        // Until `DefaultMessageStore#shutdown`, which sleeps before it ends replication; and from then to the process's end.
        let (store, sleeps, last) = match ctx.profile() {
            Profile::V4_9 => (Span::ZERO, Span::from_millis(1_000), select + flush),
            Profile::V5_3 => {
                self.unregister(ctx);
                let late = select + flush + OTHERS > OUTER_POLL;
                let again = if late { EVENT_POLL } else { Span::ZERO };
                let last = OUTER_POLL + again;
                (POP_SERVICE, Span::from_millis(3_000), last)
            }
        };
        let rest = store + sleeps + last;
        let polled = match takes {
            Some(takes) => ctx.now + takes.minus(rest),
            None => self.until_look(ctx, served),
        };
        let end = takes.map_or(polled + rest, |takes| ctx.now + takes);
        let store = (polled + store).min(end);
        let replication = (store + sleeps + select).min(end);
        self.p.held = HeldPulls::default();
        self.p.shutdown = Some(Shutdown::Remoting);
        ctx.wake(store, Timer::Broker(BrokerTimer::StoreShutdown));
        ctx.wake(replication, Timer::Broker(BrokerTimer::HaShutdown));
        end
    }

    /// When the listeners' event executors look whether they shall stop.
    fn until_look(&self, ctx: &Ctx, served: bool) -> SimTime {
        let polled = ctx.now.next_tick(self.p.started, EVENT_POLL);
        match ctx.profile() {
            // Without clients the other listener's executor polls, too, and the VIP listener's has just begun anew when it ends.
            Profile::V4_9 if !served => polled + EVENT_POLL,
            Profile::V4_9 | Profile::V5_3 => polled,
        }
    }

    /// Whether a service still does its work.
    pub(super) fn works(&self, timer: BrokerTimer) -> bool {
        match self.p.shutdown {
            None => true,
            Some(Shutdown::Remoting) => timer != BrokerTimer::Register,
            Some(Shutdown::Store) => matches!(
                timer,
                BrokerTimer::FlushTick(_)
                    | BrokerTimer::FsyncDone(_)
                    | BrokerTimer::CommitTick(_)
                    | BrokerTimer::Reput
                    | BrokerTimer::HaConnect
                    | BrokerTimer::HaReport(_)
                    | BrokerTimer::HaHeartbeat(_)
                    | BrokerTimer::HaHousekeeping(_)
                    | BrokerTimer::HaShutdown
                    | BrokerTimer::Replicas(_)
            ),
        }
    }

    /// Everything is committed, flushed and written.
    pub(super) fn end_shutdown(&mut self, ctx: &mut Ctx) {
        self.flush_everything(ctx);
        self.write_offsets(ctx);
        self.disk.delay_offsets = self.p.schedule.progress();
        if ctx.profile() == Profile::V4_9 {
            self.unregister(ctx);
        }
    }
}

fn half(span: Span) -> Span {
    Span::from_micros(span.micros() / 2)
}
