//! Half messages that nobody has ended (`TransactionalMessageCheckService`, `TransactionalMessageServiceImpl#check`): their
//! producers are asked, and after `transactionCheckMax` times they are put aside.

use litemap::LiteMap;
use std::sync::Arc;

use crate::effect::Ctx;
use crate::ids::{ConnId, QueueId, TopicId};
use crate::setup::system;
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{QueueOffset, SimTime, Span};
use crate::wire::{Frame, Message, Request};

use super::Live;
use super::commit_log::Record;
use super::escape_bridge::Escaping;
use super::put::Special;
use super::transaction::{CheckProgress, ONLY_QUEUE};

/// Scans count from the end of start(), a moment after the other services.
const SCAN_LAG: Span = Span::from_millis(160);
/// OP records that are read at a time (`OP_MSG_PULL_NUMS`).
const OP_READ_MOST: u64 = 32;
/// 5.3: a scan that has run out of OP records sleeps so long before it asks (`SLEEP_WHILE_NO_OP`).
const SLEEP_WHILE_NO_OP: Span = Span::from_millis(1_000);
/// A scan is given up after so long (`MAX_PROCESS_TIME_LIMIT`).
const SCAN_MOST: Span = Span::from_secs(60);
/// A half message that does not escape is passed over after so many more tries (`MAX_RETRY_TIMES_FOR_ESCAPE`).
const ESCAPE_TRIES: u64 = 10;

/// One scan. It outlives its handler only while it sleeps.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Scan {
    started: SimTime,
    /// Where it began, and the half message it is at.
    began: CheckProgress,
    at: QueueOffset,
    /// `removeMap`: finished half messages by the OP record that says so.
    finished: LiteMap<QueueOffset, QueueOffset>,
    /// `opMsgMap`: what is left of each OP record.
    open: LiteMap<QueueOffset, Vec<QueueOffset>>,
    /// `doneOpOffset`.
    done: LiteMap<QueueOffset, ()>,
    next_op: QueueOffset,
    /// When the last OP record of the last read was made; none: that read found nothing.
    last_op_born: Option<SimTime>,
    /// `getMessageNullCount`: the second half message that cannot be read ends the scan.
    missed: bool,
    /// `escapeFailCnt`.
    escape_failed: u64,
    /// What producers are about to be asked.
    asks: Vec<(ConnId, Request)>,
}

/// What reading one half message says (`#getHalfMsg`).
enum Half {
    Found(Arc<Record>),
    NoNew,
    /// It is at another offset.
    Illegal(QueueOffset),
}

/// What a scan does with the half message it is at.
enum Step {
    /// Look at it again, or at the next.
    Go,
    Sleep(Span),
    /// For another master's answer.
    Wait,
    End,
}

impl Live<'_> {
    /// Scans run at the broker's start + n × `transactionCheckInterval`. Only one that has something to read is an alarm.
    pub(super) fn plan_scan(&mut self, ctx: &mut Ctx) {
        // A scan that sleeps plans the next one when it ends.
        if self.p.transactions.scan_planned
            || self.p.transactions.scan.is_some()
            || !self.runs_special_services()
        {
            return;
        }
        self.p.transactions.scan_planned = true;
        let period = self.id.conf.transaction_check_interval;
        let from = self
            .p
            .transactions
            .scans_from
            .unwrap_or(self.p.started + SCAN_LAG);
        let at = ctx.now.next_tick(from + period, period);
        ctx.wake(at, Timer::Broker(BrokerTimer::CheckTransactions));
    }

    /// If any half message has not been passed.
    pub(super) fn plan_next_scan(&mut self, ctx: &mut Ctx) {
        let next = self.p.next_offsets.get(&(system::HALF, ONLY_QUEUE));
        let there = self.disk.queues.max(system::HALF, ONLY_QUEUE);
        if there.max(next.copied().unwrap_or_default()) != self.p.transactions.progress.half {
            self.plan_scan(ctx);
        }
    }

    /// `BrokerController#changeTransactionCheckServiceStatus`: a slave that acts scans one interval after it began to. Once its master
    /// is back, `ServiceThread#shutdown` interrupts: a scan that goes on is given up, a thread that waits for the next one makes it
    /// now, its last [q60].
    pub(super) fn change_transaction_checks(&mut self, ctx: &mut Ctx) {
        if self.p.acts {
            self.p.transactions.scans_from = Some(ctx.now);
            self.plan_next_scan(ctx);
        } else if self.p.transactions.scan.take().is_none() {
            self.begin_scan(ctx);
        }
    }

    pub(super) fn check_transactions(&mut self, ctx: &mut Ctx) {
        self.p.transactions.scan_planned = false;
        if self.runs_special_services() {
            self.begin_scan(ctx);
        }
    }

    fn begin_scan(&mut self, ctx: &mut Ctx) {
        let began = self.p.transactions.progress;
        let mut scan = Scan {
            started: ctx.now,
            began,
            at: began.half,
            finished: LiteMap::new(),
            open: LiteMap::new(),
            done: LiteMap::new(),
            next_op: began.op,
            last_op_born: None,
            missed: false,
            escape_failed: 0,
            asks: Vec::new(),
        };
        self.read_ops(&mut scan);
        self.scan(ctx, scan, Step::Go);
    }

    pub(super) fn continue_check(&mut self, ctx: &mut Ctx, serial: u32) {
        if serial != self.p.transactions.scan_serial {
            return;
        }
        if let Some(scan) = self.p.transactions.scan.take() {
            self.scan(ctx, scan, Step::Go);
        }
    }

    /// Goes on until it sleeps or ends. Each step passes a half message, reads OP records that were not read, or stops.
    fn scan(&mut self, ctx: &mut Ctx, mut scan: Scan, mut step: Step) {
        while let Step::Go = step {
            step = if ctx.now.since(scan.started) > SCAN_MOST {
                Step::End
            } else {
                self.scan_one(ctx, &mut scan)
            };
        }
        scan.ask(ctx);
        match step {
            Step::Sleep(span) => {
                let serial = self.p.transactions.scan_serial.wrapping_add(1);
                self.p.transactions.scan_serial = serial;
                self.p.transactions.scan = Some(scan);
                ctx.wake(
                    ctx.now + span,
                    Timer::Broker(BrokerTimer::CheckContinues(serial)),
                );
            }
            Step::Wait => self.p.transactions.scan = Some(scan),
            Step::Go | Step::End => self.end_scan(ctx, scan),
        }
    }

    fn scan_one(&mut self, ctx: &mut Ctx, scan: &mut Scan) -> Step {
        if let Some(op) = scan.finished.remove(&scan.at) {
            scan.finish(op);
            scan.at = scan.at + 1;
            return Step::Go;
        }
        let half = match self.read_half(scan.at) {
            Half::Found(half) => half,
            Half::NoNew => return Step::End,
            Half::Illegal(_) if scan.missed => return Step::End,
            Half::Illegal(next) => {
                scan.missed = true;
                scan.at = next;
                return Step::Go;
            }
        };
        if self.is_slave() {
            return self.escape_half(ctx, scan, half.message.topic);
        }
        let age = ctx.now.since(half.message.born_at);
        // The count is tested first: a message is put aside by the scan after its last check.
        if half.message.check_times >= self.id.conf.transaction_check_max
            || age > self.id.conf.file_reserved_time
        {
            self.discard_half(ctx, &half);
            scan.at = scan.at + 1;
            return Step::Go;
        }
        // A scan ends at the first one that is fresh or too young; later ones wait for the next scan.
        let immunity = self.id.conf.transaction_time_out;
        if half.stored_at >= scan.started || age < immunity {
            return Step::End;
        }
        let ask = match scan.last_op_born {
            None => age > immunity,
            Some(born) => born.since(scan.started) > immunity,
        };
        if !ask {
            self.read_ops(scan);
            return match (ctx.profile(), scan.last_op_born) {
                (Profile::V5_3, None) => Step::Sleep(SLEEP_WHILE_NO_OP),
                // Exactly as old as the immunity: 4.9 reads on until a millisecond has passed.
                (Profile::V4_9, None) => self.ask_producer(ctx, scan, &half),
                (Profile::V4_9 | Profile::V5_3, Some(_)) => Step::Go,
            };
        }
        self.ask_producer(ctx, scan, &half)
    }

    /// A slave asks nobody: whatever it still has, however young, goes to another master, which will ask
    /// (`TransactionalMessageBridge#escapeMessage`). `#check` would have it act for its master, but `#getMinBrokerIdInGroup` is every
    /// broker's own id.
    fn escape_half(&mut self, ctx: &mut Ctx, scan: &mut Scan, topic: TopicId) -> Step {
        if self.escape(ctx, Escaping::Half, topic) {
            Step::Wait
        } else {
            scan.escape_failed()
        }
    }

    pub(super) fn half_in_hand(&self) -> Option<Arc<Record>> {
        match self.read_half(self.p.transactions.scan.as_ref()?.at) {
            Half::Found(half) => Some(half),
            Half::NoNew | Half::Illegal(_) => None,
        }
    }

    pub(super) fn on_half_escaped(&mut self, ctx: &mut Ctx, stored: bool) {
        let Some(mut scan) = self.p.transactions.scan.take() else {
            return;
        };
        let step = if stored {
            scan.escape_failed = 0;
            scan.at = scan.at + 1;
            Step::Go
        } else {
            scan.escape_failed()
        };
        self.scan(ctx, scan, step);
    }

    /// The half message is put again with one more check on its count, and some producer of its group is asked for that copy.
    /// Nobody waits for that put, but the copy keeps the user's WAIT for its commit (`#renewHalfMessageInner` encodes the
    /// properties before it says so). A store that refuses the copy would be tried again for a minute; this scan ends there.
    fn ask_producer(&mut self, ctx: &mut Ctx, scan: &mut Scan, half: &Record) -> Step {
        let check_times = half.message.check_times.saturating_add(1);
        let message = Message {
            check_times,
            ..(*half.message).clone()
        };
        let special = Special {
            real: half.real,
            nobody_waits: true,
            ..Special::default()
        };
        let Ok(copy) = self.put(ctx, Arc::new(message), system::HALF, ONLY_QUEUE, special) else {
            return Step::End;
        };
        self.after_put(ctx);
        scan.at = scan.at + 1;
        // `ProducerManager#getAvailableChannel`; none: a warning, and the check still counts.
        let Some(group) = copy.message.half_of else {
            return Step::Go;
        };
        let nth = self.p.transactions.channel;
        self.p.transactions.channel = nth.wrapping_add(1);
        if let Some(conn) = self.p.clients.producer_channel(group, nth) {
            let message = Arc::clone(&copy.message);
            let ask = Request::CheckTransactionState {
                message,
                half_offset: copy.start,
                half_queue_offset: copy.queue_offset,
            };
            scan.asks.push((conn, ask));
        }
        Step::Go
    }

    /// `DefaultTransactionalMessageCheckListener#resolveDiscardMsg`: nobody reads TRANS_CHECK_MAX_TIME_TOPIC.
    fn discard_half(&mut self, ctx: &mut Ctx, half: &Record) {
        let message = Message {
            half_of: None,
            wait_store_msg_ok: false,
            ..(*half.message).clone()
        };
        let special = Special {
            real: half.real,
            ..Special::default()
        };
        if self
            .put(
                ctx,
                Arc::new(message),
                system::CHECK_MAX,
                QueueId(0),
                special,
            )
            .is_ok()
        {
            self.after_put(ctx);
        }
    }

    fn read_half(&self, at: QueueOffset) -> Half {
        let Some(cq) = self.disk.queues.get(system::HALF, ONLY_QUEUE) else {
            return Half::NoNew;
        };
        if at < cq.min() {
            return Half::Illegal(cq.min());
        }
        if at > cq.max() {
            return Half::Illegal(cq.max());
        }
        match cq.get(at) {
            None => Half::NoNew,
            Some(entry) => match self.disk.log.record_at(entry.start) {
                Some(record) => Half::Found(Arc::clone(record)),
                // MESSAGE_WAS_REMOVING.
                None => Half::Illegal(at + 1),
            },
        }
    }

    /// `#fillOpRemoveMap`.
    fn read_ops(&self, scan: &mut Scan) {
        scan.last_op_born = None;
        let Some(cq) = self.disk.queues.get(system::OP_HALF, ONLY_QUEUE) else {
            return;
        };
        scan.next_op = scan.next_op.max(cq.min()).min(cq.max());
        for _ in 0..OP_READ_MOST {
            let Some(entry) = cq.get(scan.next_op) else {
                return;
            };
            let at = scan.next_op;
            scan.next_op = scan.next_op + 1;
            let Some(op) = self.disk.log.record_at(entry.start) else {
                continue;
            };
            scan.last_op_born = Some(op.message.born_at);
            let live: Vec<QueueOffset> = op
                .finished
                .iter()
                .copied()
                .filter(|half| *half >= scan.began.half)
                .collect();
            if live.is_empty() {
                scan.done.insert(at, ());
            } else {
                for half in &live {
                    scan.finished.insert(*half, at);
                }
                scan.open.insert(at, live);
            }
        }
    }

    fn end_scan(&mut self, ctx: &mut Ctx, mut scan: Scan) {
        // `#calculateOpOffset`: up to the first OP record that still says something of use.
        let mut op = scan.began.op;
        while scan.done.remove(&op).is_some() {
            op = op + 1;
        }
        let progress = CheckProgress { half: scan.at, op };
        if ctx.now > scan.started {
            // `waitForRunning` counts a whole interval from the end of a scan that has slept.
            self.p.transactions.scans_from = Some(ctx.now);
        }
        if progress != self.p.transactions.progress {
            self.p.transactions.progress = progress;
            self.plan_offsets_file(ctx);
        }
        self.plan_next_scan(ctx);
    }
}

impl Scan {
    /// `AbstractTransactionalMessageCheckListener#resolveHalfMsg` has two threads ask: the second may be first [1 of 9: q60].
    fn ask(&mut self, ctx: &mut Ctx) {
        for second in 1..self.asks.len() {
            if !ctx.rng.usually(1, 9) {
                self.asks.swap(second - 1, second);
            }
        }
        for (conn, ask) in self.asks.drain(..) {
            ctx.send(conn, Frame::Oneway(ask));
        }
    }

    /// The pauses are `100L * (2 ^ escapeFailCnt)`, where `^` is Java's exclusive or.
    fn escape_failed(&mut self) -> Step {
        if self.escape_failed < ESCAPE_TRIES {
            self.escape_failed += 1;
            return Step::Sleep(Span::from_millis(100 * (2 ^ self.escape_failed)));
        }
        self.escape_failed = 0;
        self.at = self.at + 1;
        Step::Go
    }

    /// A half message that `op` names has been passed.
    fn finish(&mut self, op: QueueOffset) {
        let Some(left) = self.open.get_mut(&op) else {
            return;
        };
        left.retain(|half| *half != self.at);
        if left.is_empty() {
            self.open.remove(&op);
            self.done.insert(op, ());
        }
    }
}
