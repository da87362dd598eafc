//! The slave's end of replication: it looks for its master, says where its log ends and appends what comes (`DefaultHAClient`,
//! `AutoSwitchHAClient`; 4.x `HAService$HAClient`).

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ConnId, NodeId};
use crate::status::{BrokerRole, Profile};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::wire::{EpochEntry, Frame, HaFrame};

use super::Live;
use super::commit_log::Entry;
use super::ha_service::HOUSEKEEPING_PERIOD;
use super::shutdown::Shutdown;

/// A slave without a connection tries this often.
pub(super) const RECONNECT: Span = Span::from_millis(5_000);
/// How much earlier than a 5.3.3 broker serves its store may have started.
const STORE_FIRST: Span = Span::from_millis(1_500);

/// `BrokerController.HA_ADDRESS_MIN_LENGTH`: what is shorter is no address.
const HA_ADDRESS_MIN_LENGTH: usize = 6;

/// A slave's side.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct HaClient {
    pub(super) master: Option<NodeId>,
    pub(super) conn: Option<ConnId>,
    pub(super) connected: bool,
    /// Controller mode: the handshake is over (`HAConnectionState`).
    pub(super) transfers: bool,
    /// `lastWriteTimestamp`: 5.x from the client's birth, 4.x from each connect.
    pub(super) last_write: SimTime,
    pub(super) last_read: SimTime,
    /// 4.x: how much earlier than the broker served its first connect was.
    pub(super) before: Span,
}

impl HaClient {
    pub fn new(now: SimTime) -> Self {
        Self {
            master: None,
            conn: None,
            connected: false,
            transfers: false,
            last_write: now,
            last_read: now,
            before: Span::ZERO,
        }
    }
}

impl Live<'_> {
    /// 5.3.3 tries at the start, when it does not know its master's address yet, and every 5 s; 4.9's recorded clusters configure
    /// the address (`haMasterAddress`).
    pub(super) fn start_replication(&mut self, ctx: &mut Ctx) {
        if !self.is_slave() || self.is_controlled() {
            return;
        }
        // The thread starts with the store, a while before the broker serves.
        let before = ctx.rng.span(Span::ZERO, Span::ZERO, STORE_FIRST);
        let client = &mut self.p.replication.client;
        client.last_write = ctx.now - before;
        client.before = before;
        let first = match ctx.profile() {
            Profile::V4_9 => {
                client.master = ctx.setup.replica(self.id.broker, 0);
                ctx.now
            }
            Profile::V5_3 => ctx.now + RECONNECT.minus(before),
        };
        // `BrokerController#initializeBrokerScheduledTasks` of 5.3.3 gives the address to an HA client that does not exist yet, and
        // will hear of no other.
        let conf = &self.id.conf;
        let lost = ctx.profile() == Profile::V5_3
            && conf.ha_master_address.len() >= HA_ADDRESS_MIN_LENGTH
            && !conf.enable_slave_acting_master;
        if !lost {
            ctx.wake(first, Timer::Broker(BrokerTimer::HaConnect));
        }
        // `SlaveSynchronize`: 5.3.3 at 61 s and then every 63 s, 4.9 every 10 s (B.7).
        let sync = match ctx.profile() {
            Profile::V4_9 => Span::from_secs(10),
            Profile::V5_3 => Span::from_secs(61),
        };
        ctx.wake(ctx.now + sync, Timer::Broker(BrokerTimer::SyncMetadata));
    }

    /// Controller mode: the name server has said who is master, and the client thread wakes (`#updateHaMasterAddress`).
    pub(super) fn learn_ha_address(&mut self, ctx: &mut Ctx, master: Option<NodeId>) {
        let client = &mut self.p.replication.client;
        if self.id.conf.broker_role != BrokerRole::Slave
            || master.is_none()
            || master == client.master
        {
            return;
        }
        client.master = master;
        if !client.connected {
            if let Some(conn) = client.conn.take() {
                ctx.close(conn);
            }
            self.ha_connect(ctx);
        }
    }

    pub(super) fn ha_connect(&mut self, ctx: &mut Ctx) {
        let is_slave = self.is_slave();
        let client = &mut self.p.replication.client;
        if client.conn.is_some() || !is_slave {
            return;
        }
        match client.master {
            Some(master) => client.conn = Some(ctx.connect(master)),
            None => ctx.wake(ctx.now + RECONNECT, Timer::Broker(BrokerTimer::HaConnect)),
        }
    }

    pub(super) fn on_ha_connected(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let period = self.id.conf.ha_send_heartbeat_interval;
        let client = &mut self.p.replication.client;
        if client.conn != Some(conn) {
            return;
        }
        client.connected = true;
        client.last_read = ctx.now;
        let controlled = self.id.conf.enable_controller_mode;
        // A handshake is a word, too.
        if ctx.profile() == Profile::V4_9 || controlled {
            client.last_write = ctx.now - std::mem::take(&mut client.before);
        }
        ctx.send(conn, Frame::Ha(HaFrame::Connected));
        if controlled {
            let from_last_file = self.id.conf.sync_from_last_file;
            ctx.send(conn, Frame::Ha(HaFrame::Handshake { from_last_file }));
        }
        ctx.wake(
            client.last_write + period,
            Timer::Broker(BrokerTimer::HaReport(conn)),
        );
        if ctx.profile() == Profile::V5_3 {
            let life = self.id.conf.ha_housekeeping_interval;
            ctx.wake(
                ctx.now + life + HOUSEKEEPING_PERIOD,
                Timer::Broker(BrokerTimer::HaHousekeeping(conn)),
            );
        }
    }

    pub(super) fn on_ha_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let client = &mut self.p.replication.client;
        if client.conn == Some(conn) {
            client.conn = None;
            client.connected = false;
            ctx.wake(ctx.now + RECONNECT, Timer::Broker(BrokerTimer::HaConnect));
        }
    }

    pub(super) fn leave_master(&mut self, ctx: &mut Ctx, conn: ConnId) {
        ctx.close(conn);
        self.on_ha_closed(ctx, conn);
    }

    /// More than 5 s without a report: the slave says where its log ends.
    pub(super) fn on_ha_report_due(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let period = self.id.conf.ha_send_heartbeat_interval;
        let client = &self.p.replication.client;
        if client.conn != Some(conn) {
            return;
        }
        let silent = self.is_controlled() && !client.transfers;
        if ctx.now >= client.last_write + period && !silent {
            self.report(ctx, conn);
        }
        let due = self.p.replication.client.last_write + period;
        ctx.wake(
            due.max(ctx.now + if silent { period } else { Span::from_millis(1) }),
            Timer::Broker(BrokerTimer::HaReport(conn)),
        );
    }

    fn report(&mut self, ctx: &mut Ctx, conn: ConnId) {
        self.p.replication.client.last_write = ctx.now;
        ctx.send(conn, Frame::Ha(HaFrame::Report(self.disk.log.wrote())));
    }

    /// Controller mode: the master's answer to the handshake.
    pub(super) fn on_epochs(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        theirs: &[EpochEntry],
        their_end: PhysicalOffset,
    ) {
        if self.p.replication.client.conn != Some(conn) {
            return;
        }
        self.p.replication.client.last_read = ctx.now;
        if !self.truncate_to_common(ctx, theirs, their_end) {
            return self.leave_master(ctx, conn);
        }
        self.p.replication.client.transfers = true;
        if self.disk.epochs.last().is_none() && self.disk.log.wrote() > PhysicalOffset::ZERO {
            self.report(ctx, conn);
        }
    }

    /// `DefaultHAClient#dispatchReadRequest`.
    pub(super) fn on_transfer(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        from: NodeId,
        start: PhysicalOffset,
        records: Vec<Entry>,
    ) {
        if self.p.replication.client.conn != Some(conn) {
            return;
        }
        self.p.replication.client.last_read = ctx.now;
        let wrote = self.disk.log.wrote();
        if wrote != PhysicalOffset::ZERO && start != wrote {
            self.leave_master(ctx, conn);
            return;
        }
        // What comes after the store's shutdown is not appended.
        if records.is_empty() || self.p.shutdown == Some(Shutdown::Store) {
            return;
        }
        if wrote == PhysicalOffset::ZERO {
            self.disk.log.start_at(start);
        }
        for entry in records {
            if let Some(record) = entry.record() {
                ctx.tell(EventKind::Replicated {
                    record: record.named(),
                    from,
                });
            }
            self.disk.log.append_copy(entry);
        }
        self.arm_flush(ctx);
        self.plan_reput(ctx);
        self.report(ctx, conn);
    }
}
