//! Who is turned away before the store is asked (`SendMessageProcessor#rejectRequest`, `NettyRemotingAbstract#processRequestCommand`,
//! `BrokerFastFailure`), and the threads that serve the others (`sendMessageExecutor`).
//!
//! Threads are short only in two cases: 5.x with `asyncSendEnable=false` keeps one for as long as a put waits, and a put whose
//! commit-log file is not made yet keeps the put lock, behind which the other threads wait, too. What the broker puts by itself
//! has threads of its own; it fails where it would have to wait.

use std::sync::Arc;

use crate::effect::Ctx;
use crate::exception::Remark;
use crate::ids::{ConnId, NodeId, Opaque};
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{SimTime, Span};
use crate::wire::{Frame, Request, Response};

use super::Live;
use super::put::Sender;

/// `AllocateMappedFileService#waitTimeOut`.
const FILE_TIMEOUT: Span = Span::from_millis(5_000);
/// `BrokerFastFailure` looks this often, first this long after the start.
const LOOK: Span = Span::from_millis(10);
const FIRST_LOOK: Span = Span::from_millis(1_000);

/// A request for the send threads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Task {
    pub from: NodeId,
    pub conn: ConnId,
    /// None for a oneway send.
    pub opaque: Option<Opaque>,
    pub request: Request,
    /// When it was read.
    pub since: SimTime,
}

/// What the threads do, and what waits for one.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct SendThreads {
    /// Holds the put lock while its file is being made, and since when (`beginTimeInLock`).
    holder: Option<(SimTime, Task)>,
    serial: u32,
    /// Wait for the put lock.
    behind: Vec<Task>,
    /// Wait for a thread (`sendThreadPoolQueue`).
    queue: Vec<Task>,
    next_look: Option<SimTime>,
}

impl SendThreads {
    pub fn hold_lock(&self) -> bool {
        self.holder.is_some()
    }
}

impl Live<'_> {
    /// `DefaultMessageStore#isOSPageCacheBusy`: the put lock has been held for longer than `osPageCacheBusyTimeOutMills`.
    pub(super) fn is_page_cache_busy(&self, ctx: &Ctx) -> bool {
        let longest = self.id.conf.os_page_cache_busy_time_out_mills;
        let holder = self.p.send_threads.holder.as_ref();
        holder.is_some_and(|(since, _)| ctx.now.since(*since) > longest)
    }

    /// `SendMessageProcessor#rejectRequest`.
    fn rejects(&self, ctx: &Ctx) -> bool {
        let slave = ctx.profile() == Profile::V5_3
            && self.is_slave()
            && !self.id.conf.enable_slave_acting_master;
        slave || self.is_page_cache_busy(ctx) || self.is_transient_store_pool_deficient(ctx)
    }

    /// A send has been read: it gets a thread, a place in the queue, or an answer.
    pub(super) fn on_task(&mut self, ctx: &mut Ctx, task: Task) {
        if self.rejects(ctx) {
            return busy(ctx, &task, Remark::RejectRequest);
        }
        if self.has_idle_thread(ctx) {
            return self.serve(ctx, task);
        }
        let capacity = self.id.conf.send_thread_pool_queue_capacity;
        let full = usize::try_from(capacity).unwrap_or(usize::MAX);
        if self.p.send_threads.queue.len() >= full {
            return busy(ctx, &task, Remark::Overload);
        }
        self.p.send_threads.queue.push(task);
        self.plan_look(ctx);
    }

    fn has_idle_thread(&self, ctx: &Ctx) -> bool {
        let threads = &self.p.send_threads;
        let waiting = if ctx.profile() == Profile::V5_3 && !self.id.conf.async_send_enable {
            self.p.puts.of_sends()
        } else {
            0
        };
        let used = usize::from(threads.hold_lock()) + threads.behind.len() + waiting;
        let all = self.id.conf.send_message_thread_pool_nums;
        used < usize::try_from(all).unwrap_or(usize::MAX)
    }

    fn serve(&mut self, ctx: &mut Ctx, task: Task) {
        if self.p.send_threads.hold_lock() {
            self.p.send_threads.behind.push(task);
            return;
        }
        let answer = self.process(ctx, &task);
        match answer {
            // Its file is not there yet.
            Some(Response::Error {
                remark: Remark::CreateMappedFileFailed,
                ..
            }) => {
                let threads = &mut self.p.send_threads;
                threads.serial = threads.serial.wrapping_add(1);
                threads.holder = Some((ctx.now, task));
                let gives_up = BrokerTimer::FileGivesUp(threads.serial);
                ctx.wake(ctx.now + FILE_TIMEOUT, Timer::Broker(gives_up));
            }
            Some(answer) => respond(ctx, &task, answer),
            None => {}
        }
    }

    /// `SendMessageProcessor#processRequest`.
    fn process(&mut self, ctx: &mut Ctx, task: &Task) -> Option<Response> {
        if let Request::SendMessage {
            message,
            queue,
            default_queues,
            max_reconsume_times,
            ..
        } = &task.request
        {
            let sender = Sender {
                node: task.from,
                conn: task.conn,
                opaque: task.opaque,
                finishes: None,
            };
            let message = Arc::clone(message);
            self.on_send(
                ctx,
                sender,
                message,
                *queue,
                *default_queues,
                *max_reconsume_times,
            )
        } else if let Request::SendMessageBack {
            group,
            offset,
            delay_level,
            max_reconsume_times,
            ..
        } = task.request
        {
            Some(self.on_send_back(ctx, group, offset, delay_level, max_reconsume_times))
        } else {
            None
        }
    }

    /// `putRequestAndReturnMappedFile` returns nothing: the next in line takes the lock and waits as long.
    pub(super) fn on_file_gives_up(&mut self, ctx: &mut Ctx, serial: u32) {
        if serial != self.p.send_threads.serial {
            return;
        }
        if let Some((_, task)) = self.p.send_threads.holder.take() {
            let failed = Response::Error {
                code: 1,
                remark: Remark::CreateMappedFileFailed,
            };
            respond(ctx, &task, failed);
            self.serve_behind(ctx);
        }
    }

    /// The disk answers again: files that were asked for are made, and who waits for one goes on.
    pub(super) fn on_files_made(&mut self, ctx: &mut Ctx) {
        self.make_files(ctx);
        if let Some((_, task)) = self.p.send_threads.holder.take() {
            self.serve(ctx, task);
            self.serve_behind(ctx);
        }
    }

    fn serve_behind(&mut self, ctx: &mut Ctx) {
        for task in core::mem::take(&mut self.p.send_threads.behind) {
            self.serve(ctx, task);
        }
        self.serve_queue(ctx);
    }

    /// A thread may be idle: the oldest in the queue gets it.
    pub(super) fn serve_queue(&mut self, ctx: &mut Ctx) {
        while !self.p.send_threads.queue.is_empty() && self.has_idle_thread(ctx) {
            let task = self.p.send_threads.queue.remove(0);
            self.serve(ctx, task);
        }
        self.plan_look(ctx);
    }

    /// Sets the alarm to the first look that finds a request to take out of the queue.
    fn plan_look(&mut self, ctx: &mut Ctx) {
        let conf = &self.id.conf;
        let threads = &mut self.p.send_threads;
        let Some(oldest) = threads.queue.first() else {
            return;
        };
        if !conf.broker_fast_failure_enable {
            return;
        }
        let late = oldest.since + conf.wait_time_mills_in_send_queue;
        let busy = threads.holder.as_ref().map(|(since, _)| {
            *since + conf.os_page_cache_busy_time_out_mills + Span::from_micros(1)
        });
        let due = busy.map_or(late, |busy| busy.min(late)).max(ctx.now);
        let at = (due - Span::from_micros(1)).next_tick(self.p.started + FIRST_LOOK, LOOK);
        if threads.next_look.is_none_or(|planned| at < planned) {
            threads.next_look = Some(at);
            ctx.wake(at, Timer::Broker(BrokerTimer::FastFailure));
        }
    }

    /// `BrokerFastFailure#cleanExpiredRequest`: while the page cache is busy everything in the queue is answered, else what has waited
    /// there for too long.
    pub(super) fn on_fast_failure(&mut self, ctx: &mut Ctx) {
        if self.p.send_threads.next_look.is_some_and(|at| at > ctx.now) {
            return;
        }
        self.p.send_threads.next_look = None;
        let all = self.is_page_cache_busy(ctx);
        let longest = self.id.conf.wait_time_mills_in_send_queue;
        let late = |task: &Task| ctx.now.since(task.since) >= longest;
        let queue = &mut self.p.send_threads.queue;
        let count = queue.iter().take_while(|task| all || late(task)).count();
        let rest = queue.split_off(count);
        let cleaned = core::mem::replace(queue, rest);
        let left = self.p.send_threads.queue.len();
        for (task, more) in cleaned.iter().zip((0..count).rev()) {
            let remark = if all {
                Remark::PageCacheBusyCleanQueue(left + more)
            } else {
                Remark::TimeoutCleanQueue(left + more)
            };
            busy(ctx, task, remark);
        }
        self.plan_look(ctx);
    }
}

/// SYSTEM_BUSY.
fn busy(ctx: &mut Ctx, task: &Task, remark: Remark) {
    respond(ctx, task, Response::Error { code: 2, remark });
}

fn respond(ctx: &mut Ctx, task: &Task, answer: Response) {
    if let Some(opaque) = task.opaque {
        ctx.send(task.conn, Frame::Response(opaque, answer));
    }
}
