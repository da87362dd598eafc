//! Replication that can change its direction (`AutoSwitchHAService`, `AutoSwitchHAConnection`, `AutoSwitchHAClient`): who is in sync,
//! how far all of them have confirmed, and the handshake that cuts a log to what it has in common with its master's.
//!
//! Bytes travel as in [`replica`](super::replica). A slave leaves the SyncStateSet when its connection goes, for a frozen or cut off
//! one `haHousekeepingInterval` (20 s) after its last word. `haMaxTimeSlaveNotCatchup` is heeded as it is written: a sender that
//! finds nothing left to send takes its slave for caught up, acknowledged or not, so only one that cannot get rid of its bytes
//! for 15 s leaves by it [a real 5.3.3, its slave frozen under traffic: 20.0 s].

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ConnId, NodeId};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::wire::{EpochEntry, Frame, HaFrame};

use super::Live;

/// `#closeMasterAndWait`.
const RECONNECT: Span = Span::from_millis(5_000);

/// What the service keeps in memory.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct AutoSwitch {
    /// `remoteSyncStateSet`: the set that the controller is being asked for.
    wanted: Option<Vec<NodeId>>,
    /// `confirmOffset`.
    confirm: PhysicalOffset,
    /// `connectionCaughtUpTimeTable`.
    caught_up: LiteMap<NodeId, SimTime>,
    /// `currentReceivedEpoch` of a slave.
    received_epoch: u32,
}

/// How many replicas a put needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum NeedAcks {
    /// So many, the master included.
    Replicas(u32),
    /// Every member of the SyncStateSet (`ALL_ACK_IN_SYNC_STATE_SET`, −1).
    SyncStateSet,
}

impl Live<'_> {
    // ---- the master: who is in sync ----

    /// `#inSyncReplicasNums`: while the controller is asked, the larger of the two sets counts.
    pub(super) fn in_sync_state_set(&self) -> u32 {
        let wanted = self.p.auto_switch.wanted.as_ref().map_or(0, Vec::len);
        u32::try_from(self.p.replicas.members.len().max(wanted)).unwrap_or(u32::MAX)
    }

    /// `#getSyncStateSet`: while the controller is asked, whoever is in either set.
    fn is_member(&self, node: NodeId) -> bool {
        let wanted = self.p.auto_switch.wanted.as_ref();
        self.p.replicas.members.contains(&node) || wanted.is_some_and(|set| set.contains(&node))
    }

    /// Whether every member has the log up to `end` (`GroupTransferService#doWaitTransfer`).
    pub(super) fn all_acked(&self, end: PhysicalOffset) -> bool {
        let wanted = self.p.auto_switch.wanted.iter().flatten();
        let new = wanted.filter(|node| !self.p.replicas.members.contains(node));
        let members = self.p.replicas.members.len() + new.count();
        let acked = self
            .p
            .replication
            .links()
            .filter(|(slave, reported, acked)| *reported && *acked >= end && self.is_member(*slave))
            .count();
        1 + acked >= members
    }

    /// `CommitLog#getConfirmOffset`: how far consumers can see.
    pub(super) fn confirm_offset(&self) -> PhysicalOffset {
        let alone = self.p.replicas.members.len() == 1;
        if !self.is_slave() && (alone || !self.id.conf.all_ack_in_sync_state_set) {
            self.disk.log.committed()
        } else {
            self.p.auto_switch.confirm
        }
    }

    /// `#computeConfirmOffset`: what all members have, of whom something is known. While one of them has lost its connection it stays
    /// what it was.
    fn compute_confirm_offset(&mut self, ctx: &mut Ctx) {
        let all_connected = self.p.replicas.members.iter().all(|member| {
            *member == ctx.me
                || self
                    .p
                    .replication
                    .links()
                    .any(|(slave, _, _)| slave == *member)
        });
        if all_connected {
            self.p.auto_switch.confirm = self
                .p
                .replication
                .links()
                .filter(|(slave, _, _)| self.is_member(*slave))
                .map(|(_, _, acked)| acked)
                .filter(|acked| *acked > PhysicalOffset::ZERO)
                .fold(self.disk.log.committed(), PhysicalOffset::min);
        }
        self.plan_reput(ctx);
    }

    /// The controller has answered (`#setSyncStateSet`).
    pub(super) fn on_sync_state_set(&mut self, ctx: &mut Ctx) {
        self.p.auto_switch.wanted = None;
        self.compute_confirm_offset(ctx);
        self.settle_waiting_puts(ctx);
    }

    /// `#markSynchronizingSyncStateSet`, `#notifySyncStateSetChanged`.
    fn want_sync_state_set(&mut self, ctx: &mut Ctx, members: Vec<NodeId>) {
        self.p.auto_switch.wanted = Some(members.clone());
        self.report_sync_state_set(ctx, members);
    }

    /// A slave has reported where its log ends (`AutoSwitchHAConnection#maybeExpandInSyncStateSet`,
    /// `#updateConfirmOffsetWhenSlaveAck`).
    pub(super) fn on_slave_ack(
        &mut self,
        ctx: &mut Ctx,
        slave: NodeId,
        acked: PhysicalOffset,
        master_end: PhysicalOffset,
    ) {
        if acked >= master_end {
            self.p.auto_switch.caught_up.insert(slave, ctx.now);
            self.maybe_expand_sync_state_set(ctx, slave, acked);
        }
        if self.p.replicas.members.contains(&slave) {
            self.compute_confirm_offset(ctx);
        }
    }

    /// `#maybeExpandInSyncStateSet`: it has all that is confirmed, and something of this epoch.
    fn maybe_expand_sync_state_set(&mut self, ctx: &mut Ctx, slave: NodeId, acked: PhysicalOffset) {
        let in_epoch = self
            .disk
            .epochs
            .last()
            .is_some_and(|epoch| acked >= epoch.start);
        if !self.p.replicas.members.contains(&slave) && acked >= self.confirm_offset() && in_epoch {
            let mut members = self.p.replicas.members.clone();
            let at = members.partition_point(|member| *member < slave);
            members.insert(at, slave);
            self.want_sync_state_set(ctx, members);
        }
    }

    /// New bytes are there: until now its sender had nothing left to send.
    pub(super) fn note_caught_up(&mut self, ctx: &Ctx, slave: NodeId) {
        self.p.auto_switch.caught_up.insert(slave, ctx.now);
    }

    /// `#maybeShrinkSyncStateSet`: what is left of the set.
    pub(super) fn maybe_shrink_sync_state_set(&mut self, ctx: &Ctx) -> Vec<NodeId> {
        let idle: Vec<NodeId> = self.idle_slaves().collect();
        for slave in idle {
            self.note_caught_up(ctx, slave);
        }
        let longest = self.id.conf.ha_max_time_slave_not_catchup;
        let table = &self.p.auto_switch.caught_up;
        let keeps_up = |member: &NodeId| {
            table
                .get(member)
                .is_some_and(|at| ctx.now.since(*at) <= longest)
        };
        let mut members = self.p.replicas.members.clone();
        members.retain(|member| *member == ctx.me || keeps_up(member));
        if members != self.p.replicas.members {
            self.p.auto_switch.wanted = Some(members.clone());
        }
        members
    }

    /// A slave's connection is gone (`#removeConnection`).
    pub(super) fn on_slave_removed(&mut self, ctx: &mut Ctx, slave: NodeId) {
        if self.is_controlled() && !self.is_slave() && self.p.replicas.members.contains(&slave) {
            let mut members = self.p.replicas.members.clone();
            members.retain(|member| *member != slave);
            self.want_sync_state_set(ctx, members);
        }
    }

    // ---- changing sides ----

    /// What a start has recovered counts as confirmed (`CommitLog#recoverNormally`, `#recoverAbnormally`).
    pub(super) fn start_auto_switch(&mut self) {
        self.p.auto_switch.confirm = self.disk.log.wrote();
    }

    /// A new master writes in an epoch of its own (`#changeToMaster`).
    pub(super) fn begin_epoch(&mut self, epoch: u32) {
        let start = self.disk.log.wrote();
        self.disk.epochs.truncate_epoch(epoch);
        self.disk.epochs.append(EpochEntry { epoch, start });
    }

    /// `#changeToMaster`: connections and client are closed.
    pub(super) fn stop_following(&mut self, ctx: &mut Ctx) {
        self.destroy_connections(ctx);
        self.p.auto_switch.wanted = None;
    }

    /// `#changeToSlave`: the client does not know its master's HA address; the answer to a registration will say it.
    pub(super) fn start_following(&mut self, ctx: &mut Ctx) {
        self.destroy_connections(ctx);
        self.p.auto_switch.wanted = None;
        self.p.auto_switch.received_epoch = 0;
        self.p.auto_switch.confirm = self.p.auto_switch.confirm.min(self.disk.log.wrote());
        ctx.wake(ctx.now + RECONNECT, Timer::Broker(BrokerTimer::HaConnect));
    }

    // ---- the handshake ----

    /// The master's answer to a slave that asks to follow.
    pub(super) fn on_handshake(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let epochs = self.disk.epochs.entries().to_vec();
        let end = self.disk.log.wrote();
        ctx.send(conn, Frame::Ha(HaFrame::Epochs(epochs, end)));
    }

    /// `AutoSwitchHAClient#doTruncate`: what is beyond the point that both logs have in common goes. The slave says where it ends when
    /// its next report is due; only one that has bytes and no epochs says it now. Returns whether it can follow.
    pub(super) fn truncate_to_common(
        &mut self,
        ctx: &mut Ctx,
        theirs: &[EpochEntry],
        their_end: PhysicalOffset,
    ) -> bool {
        if self.disk.epochs.last().is_none() {
            return true;
        }
        let end = self.disk.log.wrote();
        let Some(common) = self.disk.epochs.consistent_point(end, theirs, their_end) else {
            return false;
        };
        if common < end {
            self.truncate_log(ctx, common);
        }
        self.disk.epochs.truncate_offset(common);
        true
    }

    /// `DefaultMessageStore#truncateDirtyFiles`.
    fn truncate_log(&mut self, ctx: &mut Ctx, end: PhysicalOffset) {
        let gone = self.disk.log.truncate(end);
        self.disk.queues.truncate(end);
        self.p.reput_from = self.p.reput_from.min(end);
        self.p.auto_switch.confirm = self.p.auto_switch.confirm.min(end);
        self.recover_topic_queue_table();
        ctx.tell(EventKind::Truncated {
            at: end,
            records: u32::try_from(gone.len()).unwrap_or(u32::MAX),
        });
    }

    /// Bytes of `epoch` have come, of a master whose set has confirmed up to `confirm`.
    pub(super) fn on_transfer_header(&mut self, epoch: EpochEntry, confirm: PhysicalOffset) {
        if self.p.auto_switch.received_epoch != epoch.epoch {
            self.p.auto_switch.received_epoch = epoch.epoch;
            self.disk.epochs.append(epoch);
        }
        self.p.auto_switch.confirm = confirm.min(self.disk.log.wrote());
    }
}
