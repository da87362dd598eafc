//! A replica in controller mode (`ReplicasManager`): it asks the controller who is master, and becomes what it is told.
//!
//! What the start takes in four requests (metadata of the controller, an id, the id applied for, the registration) is one here. A
//! replica keeps the id that its place in the scenario gives it: `broker-a/0` is 1. While it is a slave that is its `brokerId` in
//! routes; a master has 0.

use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::NodeId;
use crate::node::remoting::Mode;
use crate::status::BrokerRole;
use crate::timers::{BrokerTimer, ReplicasTimer, Timer};
use crate::units::Span;
use crate::wire::{ControllerRequest, ReplicaInfo, Request, Response};

use super::{Call, Identity, Live};

/// How long the controller may take.
const TIMEOUT: Span = Span::from_millis(3_000);
/// A start that got no master is tried again (`RETRY_INTERVAL_SECOND`).
const RETRY: Span = Span::from_millis(5_000);
/// The first look at the controller's state, and at the SyncStateSet.
const FIRST_LOOK: Span = Span::from_millis(3_000);
/// `syncBrokerMetadataPeriod`.
const SYNC_BROKER_METADATA: Span = Span::from_millis(5_000);
/// A look every 3 s that does something when the last was more than 10 s ago (`#handleSlaveSynchronize`).
const SLAVE_SYNCHRONIZE: Span = Span::from_millis(12_000);
/// What a change to master takes until it registers: 40 ms on a real 5.3.3, a change to slave next to nothing. So the other slaves ask
/// the name server too early for the new master's HA address, and are given none until their next registration.
const CHANGE_TO_MASTER: Span = Span::from_millis(40);

/// What a replica knows of its broker name.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct ReplicasManager {
    /// Until the start has found a master the broker is fenced and isolated: it serves nobody and is in no route.
    running: bool,
    pub(super) master: Option<NodeId>,
    /// `masterEpoch`.
    pub(super) epoch: u32,
    /// The SyncStateSet, in id order; kept up to date on the master only.
    pub(super) members: Vec<NodeId>,
    set_epoch: u32,
    /// Which change of role this is: timers of an earlier one are over.
    serial: u32,
}

/// What was asked of the controller.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Asked {
    Nothing,
    Register,
    Elect,
    ReplicaInfo,
    Alter,
}

impl Identity {
    /// A replica in controller mode is nobody's master before the controller says so, whatever its file says.
    pub(super) fn forget_role(&mut self) {
        if self.conf.enable_controller_mode {
            self.take_role(BrokerRole::Slave);
        }
    }

    fn take_role(&mut self, role: BrokerRole) {
        Arc::make_mut(&mut self.conf).broker_role = role;
        self.replica = match role {
            BrokerRole::Slave => self.home + 1,
            BrokerRole::SyncMaster | BrokerRole::AsyncMaster => 0,
        };
    }
}

impl Live<'_> {
    pub(super) fn is_controlled(&self) -> bool {
        self.id.conf.enable_controller_mode
    }

    /// Whether it may not register yet.
    pub(super) fn is_isolated(&self) -> bool {
        self.is_controlled() && !self.p.replicas.running
    }

    /// `#startBasicService`.
    pub(super) fn start_replicas(&mut self, ctx: &mut Ctx) {
        if !self.is_controlled() {
            return;
        }
        self.disk.epochs.truncate_offset(self.disk.log.wrote() + 1);
        self.start_auto_switch();
        self.on_replicas_timer(ctx, ReplicasTimer::Start);
        self.wake_replicas(
            ctx,
            self.id.conf.broker_heartbeat_interval,
            ReplicasTimer::Heartbeat,
        );
    }

    fn wake_replicas(&self, ctx: &mut Ctx, after: Span, timer: ReplicasTimer) {
        ctx.wake(ctx.now + after, Timer::Broker(BrokerTimer::Replicas(timer)));
    }

    fn ask(&mut self, ctx: &mut Ctx, asked: Asked, request: ControllerRequest) {
        let mode = if asked == Asked::Nothing {
            Mode::Oneway
        } else {
            Mode::Async
        };
        self.p.remoting.invoke(
            ctx,
            ctx.setup.name_server,
            mode,
            TIMEOUT,
            Request::Controller(self.id.broker, request),
            Call::Controller(asked),
        );
    }

    pub(super) fn on_replicas_timer(&mut self, ctx: &mut Ctx, timer: ReplicasTimer) {
        match timer {
            ReplicasTimer::Start => {
                let anew = !self.disk.known_to_controller;
                self.ask(ctx, Asked::Register, ControllerRequest::Register { anew });
            }
            ReplicasTimer::Heartbeat => {
                if self.p.replicas.running {
                    self.heartbeat_to_controller(ctx);
                }
                let period = self.id.conf.broker_heartbeat_interval;
                self.wake_replicas(ctx, period, timer);
            }
            ReplicasTimer::SyncBrokerMetadata => {
                self.ask(ctx, Asked::ReplicaInfo, ControllerRequest::GetReplicaInfo);
                self.wake_replicas(ctx, SYNC_BROKER_METADATA, timer);
            }
            ReplicasTimer::CheckSyncStateSet(serial) if serial == self.p.replicas.serial => {
                self.check_sync_state_set(ctx);
                let period = self.id.conf.check_sync_state_set_period;
                self.wake_replicas(ctx, period, timer);
            }
            ReplicasTimer::SlaveSynchronize(serial) if serial == self.p.replicas.serial => {
                self.ask_metadata(ctx, self.p.replicas.master);
                self.wake_replicas(ctx, SLAVE_SYNCHRONIZE, timer);
            }
            ReplicasTimer::Register(serial) if serial == self.p.replicas.serial => {
                self.register(ctx);
            }
            ReplicasTimer::CheckSyncStateSet(_)
            | ReplicasTimer::SlaveSynchronize(_)
            | ReplicasTimer::Register(_) => {}
        }
    }

    /// `#sendHeartbeatToController`.
    fn heartbeat_to_controller(&mut self, ctx: &mut Ctx) {
        let heartbeat = ControllerRequest::Heartbeat {
            epoch: self.disk.epochs.last_epoch(),
            max_offset: self.disk.log.wrote(),
            timeout: self.id.conf.controller_heart_beat_timeout_mills,
        };
        self.ask(ctx, Asked::Nothing, heartbeat);
    }

    pub(super) fn on_controller_answer(
        &mut self,
        ctx: &mut Ctx,
        asked: Asked,
        response: &Response,
    ) {
        let Response::ReplicaInfo(info) = response else {
            return self.on_controller_failed(ctx, asked);
        };
        match asked {
            Asked::Nothing => {}
            Asked::Register => {
                self.disk.known_to_controller = true;
                self.change_role(ctx, info);
                if self.p.replicas.master.is_some() {
                    self.run(ctx);
                } else {
                    self.heartbeat_to_controller(ctx);
                    self.ask(ctx, Asked::Elect, ControllerRequest::Elect);
                }
            }
            Asked::Elect => {
                self.change_role(ctx, info);
                if self.p.replicas.master.is_some() {
                    self.run(ctx);
                } else {
                    self.on_controller_failed(ctx, asked);
                }
            }
            Asked::ReplicaInfo if info.epoch > self.p.replicas.epoch && info.master.is_none() => {
                self.ask(ctx, Asked::Elect, ControllerRequest::Elect);
            }
            Asked::ReplicaInfo => {
                self.change_role(ctx, info);
                if !self.is_slave() && info.epoch == self.p.replicas.epoch {
                    self.take_sync_state_set(ctx, info);
                }
            }
            Asked::Alter => self.take_sync_state_set(ctx, info),
        }
    }

    /// The start is tried again; everything else comes round by itself.
    pub(super) fn on_controller_failed(&mut self, ctx: &mut Ctx, asked: Asked) {
        if !self.p.replicas.running && matches!(asked, Asked::Register | Asked::Elect) {
            self.wake_replicas(ctx, RETRY, ReplicasTimer::Start);
        }
    }

    fn run(&mut self, ctx: &mut Ctx) {
        if !self.p.replicas.running {
            self.p.replicas.running = true;
            self.heartbeat_to_controller(ctx);
            self.wake_replicas(ctx, FIRST_LOOK, ReplicasTimer::SyncBrokerMetadata);
        }
    }

    /// `#changeBrokerRole`: news of an older master are none.
    pub(super) fn change_role(&mut self, ctx: &mut Ctx, info: &ReplicaInfo) {
        if info.epoch <= self.p.replicas.epoch {
            return;
        }
        match info.master {
            None => {}
            Some(master) if master == ctx.me => self.change_to_master(ctx, info),
            Some(master) => self.change_to_slave(ctx, info, master),
        }
    }

    fn change_to_master(&mut self, ctx: &mut Ctx, info: &ReplicaInfo) {
        let stays = self.p.replicas.master == Some(ctx.me);
        self.p.replicas.epoch = info.epoch;
        self.p.replicas.master = Some(ctx.me);
        ctx.tell(EventKind::RoleChanged {
            role: BrokerRole::SyncMaster,
            epoch: info.epoch,
        });
        if stays {
            self.take_sync_state_set(ctx, info);
            self.begin_epoch(info.epoch);
            self.check_sync_state_set(ctx);
            return self.register(ctx);
        }
        self.p.replicas.serial = self.p.replicas.serial.wrapping_add(1);
        let serial = self.p.replicas.serial;
        self.stop_following(ctx);
        self.id.take_role(BrokerRole::SyncMaster);
        self.take_sync_state_set(ctx, info);
        self.begin_epoch(info.epoch);
        // It waits until everything it has is dispatched; then every queue goes on from its last entry (`recoverTopicQueueTable`).
        self.reput(ctx);
        self.recover_topic_queue_table();
        // `BrokerController#changeSpecialServiceStatus`.
        self.start_schedule(ctx);
        self.start_transactions(ctx);
        self.wake_replicas(ctx, FIRST_LOOK, ReplicasTimer::CheckSyncStateSet(serial));
        self.wake_replicas(ctx, CHANGE_TO_MASTER, ReplicasTimer::Register(serial));
    }

    fn change_to_slave(&mut self, ctx: &mut Ctx, info: &ReplicaInfo, master: NodeId) {
        let stays = self.p.replicas.master == Some(master);
        self.p.replicas.epoch = info.epoch;
        self.p.replicas.master = Some(master);
        if stays {
            return self.register(ctx);
        }
        self.p.replicas.serial = self.p.replicas.serial.wrapping_add(1);
        let serial = self.p.replicas.serial;
        ctx.tell(EventKind::RoleChanged {
            role: BrokerRole::Slave,
            epoch: info.epoch,
        });
        self.id.take_role(BrokerRole::Slave);
        self.start_following(ctx);
        self.wake_replicas(
            ctx,
            SLAVE_SYNCHRONIZE,
            ReplicasTimer::SlaveSynchronize(serial),
        );
        self.register(ctx);
    }

    // ---- the SyncStateSet, as the controller has it ----

    /// `#checkSyncStateSetAndDoReport`.
    fn check_sync_state_set(&mut self, ctx: &mut Ctx) {
        let members = self.maybe_shrink_sync_state_set(ctx);
        if members != self.p.replicas.members {
            self.report_sync_state_set(ctx, members);
        }
    }

    /// `#doReportSyncStateSetChanged`.
    pub(super) fn report_sync_state_set(&mut self, ctx: &mut Ctx, members: Vec<NodeId>) {
        let request = ControllerRequest::AlterSyncStateSet {
            epoch: self.p.replicas.epoch,
            members,
            set_epoch: self.p.replicas.set_epoch,
        };
        self.ask(ctx, Asked::Alter, request);
    }

    /// `#changeSyncStateSet`.
    fn take_sync_state_set(&mut self, ctx: &mut Ctx, info: &ReplicaInfo) {
        if info.set_epoch > self.p.replicas.set_epoch {
            self.p.replicas.set_epoch = info.set_epoch;
            self.p.replicas.members.clone_from(&info.members);
            self.on_sync_state_set(ctx);
        }
    }
}
