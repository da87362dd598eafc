//! A slave's connection at its master, which pushes bytes once the slave has reported where its log ends (`DefaultHAConnection`; 4.x
//! `HAConnection`).

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ConnId, NodeId};
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::wire::{Frame, HaFrame};

use super::Live;
use super::commit_log::Entry;

/// An idle sender looks for new bytes this often, unless a waiting put wakes it.
const IDLE_POLL: Span = Span::from_millis(100);
/// One whose slave has not reported yet looks this often whether it has; nothing wakes it.
const REPORT_POLL: Span = Span::from_millis(10);

/// A slave's connection, as its master has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct SlaveConn {
    pub(super) slave: NodeId,
    pub(super) since: SimTime,
    /// Nothing is sent before the first report.
    pub(super) reported: bool,
    pub(super) acked: PhysicalOffset,
    /// Up to where bytes have been sent, and where the log ended then.
    pub(super) sent: PhysicalOffset,
    pub(super) master_end: PhysicalOffset,
    /// `syncFromLastFile`, as the slave has said.
    pub(super) from_last_file: bool,
    pub(super) last_read: SimTime,
    pub(super) last_write: SimTime,
    /// When the sender looks next.
    pub(super) push_at: Option<SimTime>,
}

/// What a slave's sender has just done.
#[derive(Clone, Copy)]
enum Sender {
    Idle,
    /// It has waited for the slave's first report.
    Reported,
    /// It has written a batch.
    AtWork,
}

impl Live<'_> {
    pub(super) fn on_slave_connected(&mut self, ctx: &mut Ctx, conn: ConnId, slave: NodeId) {
        let now = ctx.now;
        let state = SlaveConn {
            slave,
            since: now,
            reported: false,
            acked: PhysicalOffset::ZERO,
            sent: PhysicalOffset::ZERO,
            master_end: PhysicalOffset::ZERO,
            from_last_file: !self.is_controlled(),
            last_read: now,
            last_write: now,
            push_at: None,
        };
        self.p.replication.slaves.insert(conn, state);
        ctx.tell(EventKind::LinkUp {
            peer: slave,
            conn: Some(conn),
        });
        ctx.wake(
            now + self.id.conf.ha_send_heartbeat_interval,
            Timer::Broker(BrokerTimer::HaHeartbeat(conn)),
        );
        ctx.wake(
            now + self.id.conf.ha_housekeeping_interval,
            Timer::Broker(BrokerTimer::HaHousekeeping(conn)),
        );
    }

    /// `HAConnection$ReadSocketService#processReadEvent`.
    pub(super) fn on_report(&mut self, ctx: &mut Ctx, conn: ConnId, offset: PhysicalOffset) {
        let wrote = self.disk.log.wrote();
        let min = self.disk.log.min();
        // A brand-new slave gets the last file only, unless a controller can make it master.
        let last_file = self
            .disk
            .log
            .last_file_start(self.id.conf.mapped_file_size_commit_log);
        let Some(slave) = self.p.replication.slaves.get_mut(&conn) else {
            return;
        };
        slave.last_read = ctx.now;
        let first = !slave.reported;
        if !first && ctx.profile() == Profile::V4_9 && offset > wrote {
            self.drop_slave(ctx, conn);
            return;
        }
        slave.reported = true;
        slave.acked = offset;
        if first {
            slave.sent = if offset != PhysicalOffset::ZERO {
                offset
            } else if slave.from_last_file {
                last_file
            } else {
                min
            };
        }
        let (node, master_end) = (slave.slave, slave.master_end);
        if self.is_controlled() {
            self.on_slave_ack(ctx, node, offset, master_end);
        }
        self.p.replication.pushed = self.p.replication.pushed.max(offset);
        self.settle_waiting_puts(ctx);
        let sender = if first {
            Sender::Reported
        } else {
            Sender::Idle
        };
        self.plan_push(ctx, conn, sender);
    }

    /// New bytes are there: senders are woken at once if some put waits for slaves, else they find them at their next look.
    pub(super) fn push_to_slaves(&mut self, ctx: &mut Ctx) {
        let conns: Vec<ConnId> = self.p.replication.slaves.keys().copied().collect();
        for conn in conns {
            self.plan_push(ctx, conn, Sender::Idle);
        }
    }

    /// `WriteSocketService#run`: only a sender that has found nothing waits.
    fn plan_push(&mut self, ctx: &mut Ctx, conn: ConnId, sender: Sender) {
        let poll = match sender {
            Sender::Reported => Some(REPORT_POLL),
            Sender::Idle if !self.p.puts.wait_for_slaves() => Some(IDLE_POLL),
            Sender::Idle | Sender::AtWork => None,
        };
        let end = self.disk.log.committed();
        let Some(slave) = self.p.replication.slaves.get_mut(&conn) else {
            return;
        };
        if !slave.reported || slave.sent >= end {
            return;
        }
        let at = poll.map_or(ctx.now, |poll| ctx.now.next_tick(slave.since, poll));
        if slave.push_at.is_some_and(|planned| planned <= at) {
            return;
        }
        let was_idle = slave.push_at.is_none();
        slave.push_at = Some(at);
        let node = slave.slave;
        ctx.wake(at, Timer::Broker(BrokerTimer::HaPush(conn)));
        if was_idle && self.is_controlled() {
            self.note_caught_up(ctx, node);
        }
    }

    /// One batch of at most `haTransferBatchSize` bytes.
    pub(super) fn ha_push(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let end = self.disk.log.committed();
        let most = self.id.conf.ha_transfer_batch_size;
        let controlled = self.is_controlled();
        let confirm = self.confirm_offset();
        let Some(slave) = self.p.replication.slaves.get_mut(&conn) else {
            return;
        };
        if slave.push_at.is_none_or(|at| at > ctx.now) {
            return;
        }
        slave.push_at = None;
        let start = slave.sent;
        // `CommitLog#getCommitLogData` finds no file there: a slave that is further behind than the files go gets nothing any more.
        if start < self.disk.log.min() {
            return;
        }
        // Bytes of one transfer are of one epoch.
        let epoch = self.disk.epochs.at(start).filter(|_| controlled);
        let last = epoch.and_then(|(_, end)| end).unwrap_or(end);
        let mut records: Vec<Entry> = Vec::new();
        for entry in self
            .disk
            .log
            .entries_from(start)
            .take_while(|entry| entry.end() <= end.min(last))
        {
            if !records.is_empty() && entry.end().beyond(start) > most {
                break;
            }
            // A diverged slave ends inside this record: it gets the rest of it.
            let seam = entry.start() < start;
            records.push(if seam {
                Entry::Fragment {
                    start,
                    len: entry.end().beyond(start),
                }
            } else {
                entry.clone()
            });
        }
        let Some(last) = records.last() else { return };
        slave.sent = last.end();
        slave.master_end = end;
        slave.last_write = ctx.now;
        let header = epoch.map(|(epoch, _)| (epoch, confirm));
        ctx.send(
            conn,
            Frame::Ha(HaFrame::Transfer {
                start,
                records,
                header,
            }),
        );
        self.plan_push(ctx, conn, Sender::AtWork);
    }

    pub(super) fn ha_heartbeat(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let period = self.id.conf.ha_send_heartbeat_interval;
        let controlled = self.is_controlled();
        let confirm = self.confirm_offset();
        let Some(slave) = self.p.replication.slaves.get_mut(&conn) else {
            return;
        };
        if slave.reported && ctx.now >= slave.last_write + period {
            slave.last_write = ctx.now;
            ctx.send(
                conn,
                Frame::Ha(HaFrame::Transfer {
                    start: slave.sent,
                    records: Vec::new(),
                    header: self
                        .disk
                        .epochs
                        .at(slave.sent)
                        .filter(|_| controlled)
                        .map(|(epoch, _)| (epoch, confirm)),
                }),
            );
        }
        ctx.wake(
            (slave.last_write + period).max(ctx.now + Span::from_millis(1)),
            Timer::Broker(BrokerTimer::HaHeartbeat(conn)),
        );
    }

    pub(super) fn drop_slave(&mut self, ctx: &mut Ctx, conn: ConnId) {
        if let Some(slave) = self.p.replication.slaves.remove(&conn) {
            ctx.tell(EventKind::LinkDown {
                peer: slave.slave,
                conn: Some(conn),
            });
            ctx.close(conn);
            self.on_slave_removed(ctx, slave.slave);
        }
    }
}
