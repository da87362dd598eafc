//! The controller (`ControllerManager`, `ReplicasInfoManager`, `DefaultBrokerHeartbeatManager`, `DefaultElectPolicy`): who is master
//! of a broker name in controller mode, and who may become it.
//!
//! There is one, and it lives in the name server (`enableControllerInNamesrv`), so it can decide for as long as that process runs;
//! a majority of controllers is not modelled. What its own log keeps outlives the process, the table of living brokers does not.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::exception::Remark;
use crate::ids::{BrokerName, ConnId, NodeId};
use crate::timers::{NameServerTimer, Timer};
use crate::units::{PhysicalOffset, SimTime, Span};
use crate::wire::{ControllerRequest, Frame, ReplicaInfo, Request, Response};

/// CONTROLLER_ALTER_SYNC_STATE_SET_FAILED and its kin: all a master makes of them is that nothing has changed.
const NOT_ALTERED: i32 = 2_004;
/// `scanNotActiveBroker` looks 2 s after the start for the first time.
const FIRST_SCAN: Span = Span::from_millis(2_000);

/// The controller of every broker name that is in controller mode.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Controller {
    groups: LiteMap<BrokerName, Group>,
    /// `brokerLiveTable`.
    live: LiteMap<NodeId, Heard>,
    /// `enableElectUncleanMaster`.
    elects_unclean: bool,
    scans: bool,
}

/// One broker name (`SyncStateInfo`, `BrokerReplicaInfo`).
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct Group {
    state: ReplicaInfo,
    /// Every replica that has ever registered, in id order.
    replicas: Vec<NodeId>,
}

/// A replica's last heartbeat (`BrokerLiveInfo`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Heard {
    broker: BrokerName,
    conn: ConnId,
    at: SimTime,
    /// `controllerHeartBeatTimeoutMills`, as the broker has said.
    timeout: Span,
    epoch: u32,
    max_offset: PhysicalOffset,
}

impl Controller {
    /// What a broker name's replicas have been told last.
    pub fn group(&self, broker: BrokerName) -> Option<&ReplicaInfo> {
        self.groups.get(&broker).map(|group| &group.state)
    }

    /// Whether `node` may become master without having been in sync.
    pub fn elects_unclean(&self) -> bool {
        self.elects_unclean
    }

    /// `mqadmin updateControllerConfig`.
    pub fn set_elects_unclean(&mut self, on: bool) {
        self.elects_unclean = on;
    }

    /// The process has died: who lives is not written down.
    pub fn lose_memory(&mut self) {
        self.live = LiteMap::new();
        self.scans = false;
    }

    pub fn on_request(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        from: NodeId,
        broker: BrokerName,
        request: ControllerRequest,
    ) -> Response {
        match request {
            ControllerRequest::Heartbeat {
                epoch,
                max_offset,
                timeout,
            } => {
                let heard = Heard {
                    broker,
                    conn,
                    at: ctx.now,
                    timeout,
                    epoch,
                    max_offset,
                };
                self.on_heartbeat(ctx, from, heard);
                Response::Ok
            }
            ControllerRequest::Register { anew } => {
                self.register(from, broker, anew);
                let alive = |info: &ReplicaInfo| {
                    info.master
                        .is_some_and(|master| self.is_active(master, ctx.now))
                };
                let known = self.group(broker).filter(|info| alive(info));
                Response::ReplicaInfo(known.cloned().unwrap_or_default())
            }
            ControllerRequest::Elect => {
                self.elect(ctx, broker, Some(from));
                self.info(broker)
            }
            ControllerRequest::GetReplicaInfo => self.info(broker),
            ControllerRequest::AlterSyncStateSet {
                epoch,
                members,
                set_epoch,
            } => self.alter(ctx, from, broker, epoch, members, set_epoch),
        }
    }

    fn info(&self, broker: BrokerName) -> Response {
        Response::ReplicaInfo(self.group(broker).cloned().unwrap_or_default())
    }

    // ---- who lives (`DefaultBrokerHeartbeatManager`) ----

    fn on_heartbeat(&mut self, ctx: &mut Ctx, from: NodeId, heard: Heard) {
        self.live.insert(from, heard);
        if !self.scans {
            self.scans = true;
            let start = SimTime::ZERO;
            let conf = &ctx.setup.controller;
            let silent = conf.scan_not_active_broker_interval;
            let inactive = conf.scan_inactive_master_interval;
            ctx.wake(
                ctx.now.next_tick(start + FIRST_SCAN, silent),
                Timer::NameServer(NameServerTimer::ScanNotActiveBroker),
            );
            ctx.wake(
                ctx.now.next_tick(start, inactive),
                Timer::NameServer(NameServerTimer::ScanInactiveMaster),
            );
        }
    }

    /// `isBrokerActive`.
    fn is_active(&self, node: NodeId, now: SimTime) -> bool {
        self.live
            .get(&node)
            .is_some_and(|heard| now <= heard.at + heard.timeout)
    }

    /// A broker's connection is gone (`onBrokerChannelClose`): that is known at once.
    pub fn on_closed(&mut self, ctx: &mut Ctx, from: NodeId) {
        if let Some(heard) = self.live.remove(&from) {
            self.on_inactive(ctx, from, heard.broker);
        }
    }

    /// `scanNotActiveBroker`: a silent one is found out by the clock.
    pub fn scan_not_active_broker(&mut self, ctx: &mut Ctx) {
        let silent: Vec<(NodeId, BrokerName)> = self
            .live
            .iter()
            .filter(|(_, heard)| heard.at + heard.timeout < ctx.now)
            .map(|(node, heard)| (*node, heard.broker))
            .collect();
        for (node, broker) in silent {
            self.live.remove(&node);
            self.on_inactive(ctx, node, broker);
        }
        ctx.wake(
            ctx.now + ctx.setup.controller.scan_not_active_broker_interval,
            Timer::NameServer(NameServerTimer::ScanNotActiveBroker),
        );
    }

    /// `scanNeedReelectBrokerSets`: a master that is gone while some replica lives.
    pub fn scan_inactive_master(&mut self, ctx: &mut Ctx) {
        let orphans: Vec<BrokerName> = self
            .groups
            .iter()
            .filter(|(_, group)| {
                group
                    .state
                    .master
                    .is_some_and(|master| !self.is_active(master, ctx.now))
                    && group
                        .replicas
                        .iter()
                        .any(|replica| self.is_active(*replica, ctx.now))
            })
            .map(|(broker, _)| *broker)
            .collect();
        for broker in orphans {
            self.elect(ctx, broker, None);
        }
        ctx.wake(
            ctx.now + ctx.setup.controller.scan_inactive_master_interval,
            Timer::NameServer(NameServerTimer::ScanInactiveMaster),
        );
    }

    /// `ControllerManager#onBrokerInactive`.
    pub fn on_inactive(&mut self, ctx: &mut Ctx, node: NodeId, broker: BrokerName) {
        if self.group(broker).and_then(|info| info.master) == Some(node) {
            self.elect(ctx, broker, None);
        }
    }

    // ---- who is master (`ReplicasInfoManager`) ----

    fn register(&mut self, from: NodeId, broker: BrokerName, anew: bool) {
        let group = self.groups.entry(broker).or_default();
        if let Err(at) = group.replicas.binary_search(&from) {
            group.replicas.insert(at, from);
        } else if anew {
            // It gets another id. The old one stays in the SyncStateSet, but nobody answers to it any more.
            group.state.members.retain(|member| *member != from);
            if group.state.master == Some(from) {
                group.state.master = None;
            }
        }
    }

    /// `#electMaster`: the first replica of a new broker name that asks, else by `DefaultElectPolicy` from the SyncStateSet, else, if
    /// that is allowed, from all. `asked_by` is none when the controller itself has seen the master go.
    pub fn elect(&mut self, ctx: &mut Ctx, broker: BrokerName, asked_by: Option<NodeId>) {
        let Some(group) = self.groups.get(&broker) else {
            return;
        };
        let old = group.state.master;
        let first = asked_by.filter(|_| group.state.epoch == 0);
        let heir = first
            .or_else(|| self.best_of(&group.state.members, old, ctx.now))
            .or_else(|| {
                let all = self.elects_unclean.then_some(&group.replicas)?;
                self.best_of(all, old, ctx.now)
            });
        if heir.is_some() && heir == old || heir.is_none() && asked_by.is_some() {
            return;
        }
        let Some(group) = self.groups.get_mut(&broker) else {
            return;
        };
        group.state.master = heir;
        group.state.epoch += 1;
        if let Some(heir) = heir {
            group.state.members = vec![heir];
            group.state.set_epoch += 1;
        }
        ctx.tell(EventKind::Elected {
            broker,
            master: heir,
            epoch: group.state.epoch,
        });
        if heir.is_some() {
            self.notify(ctx, broker);
        }
    }

    /// `DefaultElectPolicy#tryElect`: the old master if it lives, else the one with the newest epoch and the longest log, as their
    /// last heartbeats had it; of equals the first.
    fn best_of(&self, replicas: &[NodeId], old: Option<NodeId>, now: SimTime) -> Option<NodeId> {
        let mut best: Option<(NodeId, &Heard)> = None;
        for node in replicas {
            let Some(heard) = self.live.get(node).filter(|_| self.is_active(*node, now)) else {
                continue;
            };
            if old == Some(*node) {
                return old;
            }
            if best.is_none_or(|(_, best)| {
                (heard.epoch, heard.max_offset) > (best.epoch, best.max_offset)
            }) {
                best = Some((*node, heard));
            }
        }
        best.map(|(node, _)| node)
    }

    /// `ControllerManager#notifyBrokerRoleChanged`: every living replica is told. (RocketMQ makes a connection of its own for it.)
    fn notify(&self, ctx: &mut Ctx, broker: BrokerName) {
        let Some(info) = self.group(broker) else {
            return;
        };
        for heard in self.live.values().filter(|heard| heard.broker == broker) {
            ctx.send(
                heard.conn,
                Frame::Oneway(Request::NotifyRoleChanged(info.clone())),
            );
        }
    }

    /// `#alterSyncStateSet`: only the master of this epoch may, who knows the set as it is, and only to replicas that live.
    fn alter(
        &mut self,
        ctx: &mut Ctx,
        from: NodeId,
        broker: BrokerName,
        epoch: u32,
        members: Vec<NodeId>,
        set_epoch: u32,
    ) -> Response {
        let refused = Response::Error {
            code: NOT_ALTERED,
            remark: Remark::UnknownError,
        };
        let Some(group) = self.groups.get(&broker) else {
            return refused;
        };
        let state = &group.state;
        let is_right = state.members != members
            && state.master == Some(from)
            && state.epoch == epoch
            && state.set_epoch == set_epoch
            && members.contains(&from)
            && members.iter().all(|member| {
                group.replicas.binary_search(member).is_ok() && self.is_active(*member, ctx.now)
            });
        if !is_right {
            return refused;
        }
        if let Some(group) = self.groups.get_mut(&broker) {
            group.state.members.clone_from(&members);
            group.state.set_epoch += 1;
        }
        ctx.tell(EventKind::SyncStateSetChanged { broker, members });
        self.info(broker)
    }
}
