//! Replication of the commit log (`DefaultHAService`, `DefaultHAConnection`, `DefaultHAClient`; 4.x `HAService`, `HAConnection`).
//!
//! The master pushes bytes to each slave that has reported where its log ends. A report acknowledges a position in the slave's
//! page cache, not a message and not a disk: one late report may release several producers.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ConnId, NodeId};
use crate::node::remoting::Mode;
use crate::order;
use crate::status::{BrokerRole, Profile, PutMessageStatus};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::wire::{EpochEntry, Frame, HaFrame, Metadata, Request};

use super::auto_switch_ha::NeedAcks;
use super::commit_log::Entry;
use super::{Call, Live};

/// An idle sender looks for new bytes this often, unless a waiting put wakes it.
const IDLE_POLL: Span = Span::from_millis(100);
/// A master looks for silent slaves this often.
const HOUSEKEEPING_PERIOD: Span = Span::from_millis(1_000);
/// A slave without a connection tries this often.
const RECONNECT: Span = Span::from_millis(5_000);
/// How much earlier than a 5.3.3 broker serves its store may have started.
const STORE_FIRST: Span = Span::from_millis(1_500);
/// `SlaveSynchronize` asks with this timeout.
const METADATA_TIMEOUT: Span = Span::from_millis(3_000);

/// Both sides' state: a master's connections, a slave's client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Replication {
    slaves: LiteMap<ConnId, SlaveConn>,
    /// `push2SlaveMaxOffset` (4.x): the highest report of any slave, which never falls.
    pushed: PhysicalOffset,
    client: HaClient,
}

/// A slave's connection, as its master has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct SlaveConn {
    slave: NodeId,
    since: SimTime,
    /// Nothing is sent before the first report.
    reported: bool,
    acked: PhysicalOffset,
    /// Up to where bytes have been sent, and where the log ended then.
    sent: PhysicalOffset,
    master_end: PhysicalOffset,
    /// `syncFromLastFile`, as the slave has said.
    from_last_file: bool,
    last_read: SimTime,
    last_write: SimTime,
    /// When the sender looks next.
    push_at: Option<SimTime>,
}

/// A slave's side.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct HaClient {
    master: Option<NodeId>,
    conn: Option<ConnId>,
    connected: bool,
    /// Controller mode: the handshake is over (`HAConnectionState`).
    transfers: bool,
    /// `lastWriteTimestamp`: 5.x from the client's birth, 4.x from each connect.
    last_write: SimTime,
    last_read: SimTime,
    /// 4.x: how much earlier than the broker served its first connect was.
    before: Span,
}

/// What a slave's sender has just done.
#[derive(Clone, Copy)]
enum Sender {
    Idle,
    /// It has written a batch.
    AtWork,
}

impl Replication {
    pub fn new(now: SimTime) -> Self {
        Self {
            slaves: LiteMap::new(),
            pushed: PhysicalOffset::ZERO,
            client: HaClient {
                master: None,
                conn: None,
                connected: false,
                transfers: false,
                last_write: now,
                last_read: now,
                before: Span::ZERO,
            },
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
    // ---- the master: who waits ----

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

    // ---- the master: sending ----

    /// New bytes are there: senders are woken at once if some put waits for slaves, else they find them at their next look.
    pub(super) fn push_to_slaves(&mut self, ctx: &mut Ctx) {
        let conns: Vec<ConnId> = self.p.replication.slaves.keys().copied().collect();
        for conn in conns {
            self.plan_push(ctx, conn, Sender::Idle);
        }
    }

    /// `WriteSocketService#run`: only a sender that has found nothing waits.
    fn plan_push(&mut self, ctx: &mut Ctx, conn: ConnId, sender: Sender) {
        let woken = match sender {
            Sender::AtWork => true,
            Sender::Idle => self.p.puts.wait_for_slaves(),
        };
        let end = self.disk.log.committed();
        let Some(slave) = self.p.replication.slaves.get_mut(&conn) else {
            return;
        };
        if !slave.reported || slave.sent >= end {
            return;
        }
        let at = if woken {
            ctx.now
        } else {
            ctx.now.next_tick(slave.since, IDLE_POLL)
        };
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

    fn drop_slave(&mut self, ctx: &mut Ctx, conn: ConnId) {
        if let Some(slave) = self.p.replication.slaves.remove(&conn) {
            ctx.tell(EventKind::LinkDown {
                peer: slave.slave,
                conn: Some(conn),
            });
            ctx.close(conn);
            self.on_slave_removed(ctx, slave.slave);
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

    // ---- frames ----

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

    fn on_slave_connected(&mut self, ctx: &mut Ctx, conn: ConnId, slave: NodeId) {
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
    fn on_report(&mut self, ctx: &mut Ctx, conn: ConnId, offset: PhysicalOffset) {
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
        self.plan_push(ctx, conn, Sender::Idle);
    }

    /// `DefaultHAClient#dispatchReadRequest`.
    fn on_transfer(
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
        if records.is_empty() {
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

    // ---- the slave ----

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
        ctx.wake(first, Timer::Broker(BrokerTimer::HaConnect));
        // `SlaveSynchronize`: 5.3.3 at 61 s and then every 63 s, 4.9 every 10 s (B.7).
        let sync = match ctx.profile() {
            Profile::V4_9 => Span::from_secs(10),
            Profile::V5_3 => Span::from_secs(61),
        };
        ctx.wake(ctx.now + sync, Timer::Broker(BrokerTimer::SyncMetadata));
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
    fn on_epochs(
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

    fn leave_master(&mut self, ctx: &mut Ctx, conn: ConnId) {
        ctx.close(conn);
        self.on_ha_closed(ctx, conn);
    }

    pub(super) fn on_ha_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let client = &mut self.p.replication.client;
        if client.conn == Some(conn) {
            client.conn = None;
            client.connected = false;
            ctx.wake(ctx.now + RECONNECT, Timer::Broker(BrokerTimer::HaConnect));
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

    // ---- the slave's copy of its master's tables ----

    pub(super) fn sync_metadata(&mut self, ctx: &mut Ctx) {
        self.ask_metadata(ctx, self.p.replication.client.master);
        let period = match ctx.profile() {
            Profile::V4_9 => Span::from_secs(10),
            Profile::V5_3 => Span::from_secs(63),
        };
        ctx.wake(ctx.now + period, Timer::Broker(BrokerTimer::SyncMetadata));
    }

    pub(super) fn ask_metadata(&mut self, ctx: &mut Ctx, master: Option<NodeId>) {
        if let Some(master) = master {
            self.p.remoting.invoke(
                ctx,
                master,
                Mode::Async,
                METADATA_TIMEOUT,
                Request::GetAllMetadata,
                Call::Metadata,
            );
        }
    }

    pub(super) fn metadata(&self) -> Metadata {
        Metadata {
            topics: self
                .disk
                .topics
                .iter()
                .map(|(topic, queues)| (*topic, *queues))
                .collect(),
            offsets: self
                .p
                .offsets
                .iter()
                .map(|(key, offset)| (*key, *offset))
                .collect(),
            delay_offsets: self.p.schedule.progress().into_iter().collect(),
        }
    }

    /// `SlaveSynchronize`: the master's topics replace the slave's, its numbers overwrite the slave's own (`putAll`).
    pub(super) fn take_metadata(&mut self, ctx: &mut Ctx, metadata: &Metadata) {
        // It may have become master meanwhile.
        if !self.is_slave() {
            return;
        }
        let topics = metadata.topics.iter().copied().collect();
        let other_topics = self.disk.topics != topics;
        self.disk.topics = topics;
        for (key, offset) in &metadata.offsets {
            self.commit_offset(ctx, *key, *offset);
        }
        self.p
            .schedule
            .load(&order::map(metadata.delay_offsets.iter().copied()));
        self.disk.delay_offsets = self.p.schedule.progress();
        self.write_offsets(ctx);
        if other_topics {
            self.register(ctx);
        }
    }
}
