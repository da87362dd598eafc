//! Replication of the commit log, as both of its ends have it (`DefaultHAService`, `AutoSwitchHAService`; 4.x `HAService`): whom a put
//! waits for, and which connections there are.
//!
//! A report acknowledges a position in the slave's page cache, not a message and not a disk: one late report may release several
//! producers.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ConnId, NodeId};
use crate::status::{BrokerRole, Profile, PutMessageStatus};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::wire::HaFrame;

use super::Live;
use super::auto_switch_ha::NeedAcks;
use super::ha_client::{HaClient, RECONNECT};
use super::ha_connection::SlaveConn;

/// A master looks for silent slaves this often.
pub(super) const HOUSEKEEPING_PERIOD: Span = Span::from_millis(1_000);

/// Both sides' state: a master's connections, a slave's client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Replication {
    pub(super) slaves: LiteMap<ConnId, SlaveConn>,
    /// `push2SlaveMaxOffset` (4.x): the highest report of any slave, which never falls.
    pub(super) pushed: PhysicalOffset,
    pub(super) client: HaClient,
}

impl Replication {
    pub fn new(now: SimTime) -> Self {
        Self {
            slaves: LiteMap::new(),
            pushed: PhysicalOffset::ZERO,
            client: HaClient::new(now),
        }
    }

    /// The master's node, learnt from the name server's answer to a registration.
    pub fn learn_master(&mut self, master: Option<NodeId>) {
        self.client.master = master.or(self.client.master);
    }

    pub(super) fn links(&self) -> impl Iterator<Item = (NodeId, bool, PhysicalOffset)> {
        self.slaves
            .values()
            .map(|slave| (slave.slave, slave.reported, slave.acked))
    }
}

impl Live<'_> {
    /// What a put that waits is told at once of its replication, or that it has to wait; and how many replicas it needs.
    pub(super) fn replication_wait(
        &self,
        ctx: &Ctx,
        end: PhysicalOffset,
    ) -> (Option<PutMessageStatus>, NeedAcks) {
        let two = NeedAcks::Replicas(2);
        if self.id.conf.broker_role != BrokerRole::SyncMaster {
            return (Some(PutMessageStatus::PutOk), NeedAcks::Replicas(1));
        }
        match ctx.profile() {
            // `HAService#isSlaveOK`: connected counts, reported or not.
            Profile::V4_9 => {
                let gap = end.beyond(self.p.replication.pushed);
                let slave_ok = !self.p.replication.slaves.is_empty()
                    && gap < self.id.conf.ha_slave_fallbehind_max;
                if !slave_ok {
                    (Some(PutMessageStatus::SlaveNotAvailable), two)
                } else if self.p.replication.pushed >= end {
                    (Some(PutMessageStatus::PutOk), two)
                } else {
                    (None, two)
                }
            }
            // `CommitLog#handleHA`.
            Profile::V5_3 => {
                let need = self.need_acks();
                let done = self.has_acks(need, end);
                (done.then_some(PutMessageStatus::PutOk), need)
            }
        }
    }

    fn has_acks(&self, need: NeedAcks, end: PhysicalOffset) -> bool {
        match need {
            NeedAcks::Replicas(need) => need <= 1 || self.replicas_with(end) >= need,
            NeedAcks::SyncStateSet => self.all_acked(end),
        }
    }

    fn replicas_with(&self, end: PhysicalOffset) -> u32 {
        let slaves = self
            .p
            .replication
            .slaves
            .values()
            .filter(|slave| slave.reported && slave.acked >= end)
            .count();
        1 + u32::try_from(slaves).unwrap_or(u32::MAX)
    }

    /// Slaves to whom everything has been sent.
    pub(super) fn idle_slaves(&self) -> impl Iterator<Item = NodeId> {
        let end = self.disk.log.committed();
        self.p
            .replication
            .slaves
            .values()
            .filter(move |slave| slave.reported && slave.sent >= end)
            .map(|slave| slave.slave)
    }

    /// Slaves whose last report is less than `gap` bytes behind `end`.
    pub(super) fn slaves_within(&self, gap: u64, end: PhysicalOffset) -> u32 {
        let near = self
            .p
            .replication
            .slaves
            .values()
            .filter(|slave| slave.reported && end.beyond(slave.acked) < gap)
            .count();
        u32::try_from(near).unwrap_or(u32::MAX)
    }

    /// `GroupTransferService`: a report may be what some puts wait for.
    pub(super) fn settle_waiting_puts(&mut self, ctx: &mut Ctx) {
        for (put, end, need) in self.p.puts.waiting_for_slaves() {
            let done = match ctx.profile() {
                Profile::V4_9 => self.p.replication.pushed >= end,
                Profile::V5_3 => self.has_acks(need, end),
            };
            if done {
                self.settle_replicas(ctx, put, PutMessageStatus::PutOk);
            }
        }
    }

    pub(super) fn on_ha_frame(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        from: NodeId,
        frame: HaFrame,
    ) {
        match frame {
            HaFrame::Connected => self.on_slave_connected(ctx, conn, from),
            HaFrame::Report(offset) => self.on_report(ctx, conn, offset),
            HaFrame::Transfer {
                start,
                records,
                header,
            } => {
                self.on_transfer(ctx, conn, from, start, records);
                if let Some((epoch, confirm)) = header
                    && self.p.replication.client.conn == Some(conn)
                {
                    self.on_transfer_header(epoch, confirm);
                    self.plan_reput(ctx);
                }
            }
            HaFrame::Handshake { from_last_file } => {
                if let Some(slave) = self.p.replication.slaves.get_mut(&conn) {
                    slave.last_read = ctx.now;
                    slave.from_last_file = from_last_file;
                    self.on_handshake(ctx, conn);
                }
            }
            HaFrame::Epochs(theirs, their_end) => self.on_epochs(ctx, conn, &theirs, their_end),
        }
    }

    /// Either end gives up a connection on which it has read nothing for `haHousekeepingInterval`: the master looks once a second.
    /// (A 4.x slave measures its own writes instead, and so hardly ever gives up.)
    pub(super) fn ha_housekeeping(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let life = self.id.conf.ha_housekeeping_interval;
        if let Some(slave) = self.p.replication.slaves.get(&conn) {
            if ctx.now.since(slave.last_read) <= life {
                let at = (slave.last_read + life).next_tick(slave.since, HOUSEKEEPING_PERIOD);
                ctx.wake(
                    at.max(ctx.now + Span::from_millis(1)),
                    Timer::Broker(BrokerTimer::HaHousekeeping(conn)),
                );
                return;
            }
            self.drop_slave(ctx, conn);
        } else if self.p.replication.client.conn == Some(conn) {
            let last_read = self.p.replication.client.last_read;
            if ctx.now.since(last_read) <= life {
                ctx.wake(
                    (last_read + life + HOUSEKEEPING_PERIOD).max(ctx.now),
                    Timer::Broker(BrokerTimer::HaHousekeeping(conn)),
                );
                return;
            }
            self.leave_master(ctx, conn);
        }
    }

    /// The connection is gone: a master forgets the slave, a slave connects again at once.
    pub(super) fn on_ha_closed(&mut self, ctx: &mut Ctx, conn: ConnId) {
        if let Some(slave) = self.p.replication.slaves.remove(&conn) {
            ctx.tell(EventKind::LinkDown {
                peer: slave.slave,
                conn: Some(conn),
            });
            self.on_slave_removed(ctx, slave.slave);
        }
        // `AutoSwitchHAClient#closeMasterAndWait`.
        let wait = if self.is_controlled() {
            RECONNECT
        } else {
            Span::ZERO
        };
        let client = &mut self.p.replication.client;
        if client.conn == Some(conn) {
            client.conn = None;
            client.connected = false;
            client.transfers = false;
            ctx.wake(ctx.now + wait, Timer::Broker(BrokerTimer::HaConnect));
        }
    }

    /// A change of role ends every connection (`AutoSwitchHAService#destroyConnections`), the client's own too.
    pub(super) fn destroy_connections(&mut self, ctx: &mut Ctx) {
        for (conn, _) in core::mem::take(&mut self.p.replication.slaves) {
            ctx.close(conn);
        }
        let client = &mut self.p.replication.client;
        if let Some(conn) = client.conn.take() {
            ctx.close(conn);
        }
        client.connected = false;
        client.transfers = false;
        client.master = None;
    }
}
