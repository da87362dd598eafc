//! One broker replica (`BrokerController`, `DefaultMessageStore`): each service of RocketMQ in the file of its name.
//!
//! What a crash spares and what it takes are different fields: [`Disk`] and [`Process`]. A service is an `impl Live`, which sees
//! both while the process runs.

use litemap::LiteMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::config::BrokerConfig;
use crate::effect::{Closed, Ctx};
use crate::event::{DiskChange, Down};
use crate::ids::{BrokerName, ConnId, GroupId, NodeId, Opaque, QueueId, TopicId};
use crate::node::remoting::{Outcome, Remoting};
use crate::status::BrokerRole;
use crate::timers::{BrokerTimer, RemotingTimer};
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};
use crate::wire::{Frame, PullRequest, Request, Response};

mod allocate_mapped_file;
mod auto_switch_ha;
mod clients;
pub(crate) mod commit_log;
mod consume_queue;
mod dispatch;
mod epoch_file;
mod escape_bridge;
mod fast_failure;
mod flush;
mod ha_client;
mod ha_connection;
mod ha_service;
mod hold;
mod locks;
mod offsets;
mod pull;
mod put;
mod recovery;
mod registration;
mod replicas_manager;
mod retention;
mod schedule;
mod search_offset;
mod send_back;
mod shutdown;
mod slave_synchronize;
mod transaction;
mod transaction_check;
mod view;

use allocate_mapped_file::Files;
use auto_switch_ha::AutoSwitch;
use clients::Clients;
use commit_log::CommitLog;
use consume_queue::ConsumeQueues;
use epoch_file::EpochFile;
use escape_bridge::Escaping;
use fast_failure::SendThreads;
use flush::FlushManager;
use ha_service::Replication;
use hold::HeldPulls;
use locks::QueueLocks;
use put::Puts;
use replicas_manager::{Asked, ReplicasManager};
use retention::Cleaner;
use schedule::ScheduleMessageService;
use shutdown::Shutdown;
pub(crate) use transaction::CheckProgress;
use transaction::Transactions;

/// Which queue of which topic a group's offset is for.
pub(crate) type OffsetKey = (GroupId, TopicId, QueueId);

/// A broker replica: its identity, its disk, and its process while there is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Broker {
    id: Identity,
    disk: Disk,
    process: Option<Box<Process>>,
}

/// What a broker is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    pub broker: BrokerName,
    /// `brokerId`. In controller mode it changes with the role.
    pub replica: u16,
    /// Its number in the scenario, which never changes.
    pub home: u16,
    pub conf: Arc<BrokerConfig>,
}

/// The machine: what outlives a process, and how its disk behaves.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Disk {
    pub log: CommitLog,
    pub queues: ConsumeQueues,
    /// topics.json.
    pub topics: LiteMap<TopicId, u16>,
    /// consumerOffset.json.
    pub offsets: LiteMap<OffsetKey, QueueOffset>,
    /// How far transaction checks have come; in consumerOffset.json, too.
    pub check_progress: CheckProgress,
    /// delayOffset.json.
    pub delay_offsets: LiteMap<u8, QueueOffset>,
    /// fsync does not return. Ends with the process that hangs in it.
    pub stalled: bool,
    /// So many of the next fsyncs report an error.
    pub failing: u32,
    /// How full it is, in thousandths.
    pub permille: u32,
    /// The store directory was destroyed and no process has made a new one since.
    pub destroyed: bool,
    /// The log's tail was lost since the last start: where it ended then, and how many records went.
    pub torn: Option<(PhysicalOffset, u32)>,
    /// The scenario's topics were created here, once: topics.json keeps them, and is lost with the rest.
    pub topics_created: bool,
    /// Controller mode: the epoch file.
    pub epochs: EpochFile,
    /// The metadata file: the controller has given this replica its id.
    pub known_to_controller: bool,
}

/// What dies with the process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Process {
    /// Every periodic service counts from here.
    pub started: SimTime,
    pub remoting: Remoting<Call>,
    /// `topicQueueTable`: the next offset of each queue.
    pub next_offsets: LiteMap<(TopicId, QueueId), QueueOffset>,
    pub puts: Puts,
    pub flush: FlushManager,
    pub files: Files,
    pub send_threads: SendThreads,
    /// `reputFromOffset`, and whether the service is about to look.
    pub reput_from: PhysicalOffset,
    pub reput_planned: bool,
    pub held: HeldPulls,
    /// The offset table.
    pub offsets: LiteMap<OffsetKey, QueueOffset>,
    pub offsets_planned: bool,
    /// `resetOffsetTable`: where an operator has moved groups that have not pulled since.
    pub resets: LiteMap<OffsetKey, QueueOffset>,
    pub clients: Clients,
    pub replication: Replication,
    pub replicas: ReplicasManager,
    pub auto_switch: AutoSwitch,
    pub schedule: ScheduleMessageService,
    pub transactions: Transactions,
    pub locks: QueueLocks,
    /// A clean stop has begun.
    pub shutdown: Option<Shutdown>,
    /// `RunningFlags#isWriteable`.
    pub writeable: bool,
    pub cleaner: Cleaner,
    /// Replicas of this name that the name server knows (`aliveReplicaNumsInGroup`).
    pub alive_replicas: u32,
    /// This slave has the smallest living id of its broker name, and does its master's work.
    pub acts: bool,
}

/// What a broker asks others for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Call {
    Register,
    Metadata,
    Controller(Asked),
    /// Where else what a slave cannot store could go, and that it goes there.
    EscapeRoute(Escaping),
    Escape(Escaping),
}

/// A broker while its process runs: what every service works on.
pub(crate) struct Live<'a> {
    pub id: &'a mut Identity,
    pub disk: &'a mut Disk,
    pub p: &'a mut Process,
}

impl Broker {
    pub fn new(broker: BrokerName, replica: u16, conf: BrokerConfig) -> Self {
        let mut id = Identity {
            broker,
            replica,
            home: replica,
            conf: Arc::new(conf),
        };
        id.forget_role();
        Self {
            id,
            disk: Disk::default(),
            process: None,
        }
    }

    fn live(&mut self) -> Option<Live<'_>> {
        let process = self.process.as_deref_mut()?;
        Some(Live {
            id: &mut self.id,
            disk: &mut self.disk,
            p: process,
        })
    }

    /// The store is loaded and recovered, and the services start (`BrokerController#start`).
    pub fn boot(&mut self, ctx: &mut Ctx) {
        self.id.forget_role();
        let mut process = Box::new(Process::new(ctx.now));
        let mut live = Live {
            id: &mut self.id,
            disk: &mut self.disk,
            p: &mut process,
        };
        live.recover(ctx);
        live.start_schedule(ctx);
        live.start_transactions(ctx);
        live.start_replication(ctx);
        live.start_replicas(ctx);
        live.start_registration(ctx);
        live.start_cleaning(ctx);
        self.process = Some(process);
    }

    /// Begins a clean stop, and says when its process will have ended.
    pub fn begin_shutdown(
        &mut self,
        ctx: &mut Ctx,
        served: bool,
        takes: Option<Span>,
    ) -> Option<SimTime> {
        Some(self.live()?.begin_shutdown(ctx, served, takes))
    }

    /// The last of a clean stop.
    pub fn end_shutdown(&mut self, ctx: &mut Ctx) {
        if let Some(mut live) = self.live() {
            live.end_shutdown(ctx);
        }
    }

    /// Whether a slave replicates over this connection.
    pub fn has_slave_on(&self, conn: ConnId) -> bool {
        let process = self.process.as_deref();
        process.is_some_and(|process| process.replication.slaves.contains_key(&conn))
    }

    /// The process is gone; with a power loss the page cache, too.
    pub fn lose_memory(&mut self, _: &mut Ctx, how: Down) {
        self.process = None;
        self.id.forget_role();
        let end = self.disk.log.wrote();
        let gone = match how {
            Down::Crash | Down::DestroyDisk => self.disk.log.lose_heap(),
            Down::PowerLoss => self.disk.log.lose_page_cache(),
            Down::Stop => Vec::new(),
        };
        self.disk.stalled = false;
        self.disk.failing = 0;
        if !gone.is_empty() {
            let earlier = self.disk.torn.map_or(0, |(_, records)| records);
            self.disk.torn = Some((
                end,
                earlier.saturating_add(u32::try_from(gone.len()).unwrap_or(u32::MAX)),
            ));
        }
    }

    /// The store directory is gone.
    pub fn lose_disk(&mut self) {
        self.disk = Disk {
            destroyed: true,
            topics_created: self.disk.topics_created,
            ..Disk::default()
        };
    }

    pub fn on_connected(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let Some(mut live) = self.live() else { return };
        if live.p.remoting.on_connected(ctx, conn).is_none() {
            live.on_ha_connected(ctx, conn);
        }
    }

    pub fn on_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let Some(mut live) = self.live() else { return };
        let outcomes = live.p.remoting.on_refused(conn);
        live.on_ha_refused(ctx, conn);
        live.on_outcomes(ctx, outcomes);
    }

    pub fn on_closed(&mut self, ctx: &mut Ctx, conn: ConnId, how: Closed) {
        let Some(mut live) = self.live() else { return };
        let outcomes = live.p.remoting.on_closed(ctx, conn, how);
        live.on_outcomes(ctx, outcomes);
        live.on_ha_closed(ctx, conn);
        live.on_client_gone(ctx, conn);
    }

    pub fn on_frame(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, frame: Frame) {
        let Some(mut live) = self.live() else { return };
        match frame {
            Frame::Request(opaque, request) => {
                live.on_request(ctx, conn, from, Some(opaque), request)
            }
            Frame::Oneway(request) => live.on_request(ctx, conn, from, None, request),
            Frame::Response(opaque, response) => {
                let outcome = live.p.remoting.on_response(opaque, response);
                live.on_outcomes(ctx, outcome.into_iter().collect());
            }
            Frame::Ha(frame) => live.on_ha_frame(ctx, conn, from, frame),
        }
    }

    pub fn on_remoting_timer(&mut self, ctx: &mut Ctx, timer: RemotingTimer) {
        let Some(mut live) = self.live() else { return };
        let outcomes = live.p.remoting.on_timer(ctx, timer);
        live.on_outcomes(ctx, outcomes);
    }

    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: BrokerTimer) {
        let Some(mut live) = self.live().filter(|live| live.works(timer)) else {
            return;
        };
        match timer {
            BrokerTimer::FlushTick(serial) => live.on_flush_tick(ctx, serial),
            BrokerTimer::FsyncDone(serial) => live.on_fsync_done(ctx, serial),
            BrokerTimer::CommitTick(serial) => live.on_commit_tick(ctx, serial),
            BrokerTimer::FlushDeadline(put) => live.on_flush_deadline(ctx, put),
            BrokerTimer::SlaveDeadline(put) => live.on_slave_deadline(ctx, put),
            BrokerTimer::Reply(put) => live.reply(ctx, put),
            BrokerTimer::FileGivesUp(serial) => live.on_file_gives_up(ctx, serial),
            BrokerTimer::FastFailure => live.on_fast_failure(ctx),
            BrokerTimer::Reput => live.reput(ctx),
            BrokerTimer::HoldSweep => live.sweep_held(ctx),
            BrokerTimer::Register => live.on_register_tick(ctx),
            BrokerTimer::PersistOffsets => live.on_persist_offsets(ctx),
            BrokerTimer::PersistDelayOffsets => live.on_persist_delay_offsets(ctx),
            BrokerTimer::DeliverDelayed(level) => live.deliver_delayed(ctx, level),
            BrokerTimer::ScanClients => live.scan_clients(ctx),
            BrokerTimer::CheckTransactions => live.check_transactions(ctx),
            BrokerTimer::CheckContinues(serial) => live.continue_check(ctx, serial),
            BrokerTimer::OpBatch => live.on_op_batch(ctx),
            BrokerTimer::CleanFiles => live.clean_files(ctx),
            BrokerTimer::CheckDisk => live.check_disk(ctx),
            BrokerTimer::DeleteFile => live.delete_file(ctx),
            BrokerTimer::CleanQueues => live.clean_queues(ctx),
            BrokerTimer::CorrectQueues => live.correct_queues(ctx),
            BrokerTimer::HaConnect => live.ha_connect(ctx),
            BrokerTimer::HaReport(conn) => live.on_ha_report_due(ctx, conn),
            BrokerTimer::HaPush(conn) => live.ha_push(ctx, conn),
            BrokerTimer::HaHousekeeping(conn) => live.ha_housekeeping(ctx, conn),
            BrokerTimer::HaHeartbeat(conn) => live.ha_heartbeat(ctx, conn),
            BrokerTimer::SyncMetadata => live.sync_metadata(ctx),
            BrokerTimer::Replicas(timer) => live.on_replicas_timer(ctx, timer),
            BrokerTimer::StoreShutdown => live.p.shutdown = Some(Shutdown::Store),
            BrokerTimer::HaShutdown => live.destroy_connections(ctx),
        }
    }

    pub fn on_disk_change(&mut self, ctx: &mut Ctx, change: DiskChange) {
        match change {
            DiskChange::Stalled => self.disk.stalled = true,
            DiskChange::Released => self.disk.stalled = false,
            DiskChange::Failing(times) => self.disk.failing = times,
            DiskChange::Filled(permille) => self.disk.permille = permille,
            DiskChange::Destroyed => {}
        }
        let Some(mut live) = self.live() else { return };
        live.on_disk_released(ctx);
        live.check_disk(ctx);
    }

    /// The script looks into a queue, in a consumer's name.
    pub fn raw_pull(&mut self, ctx: &mut Ctx, request: PullRequest) {
        if let Some(mut live) = self.live() {
            live.raw_pull(ctx, &request);
        }
    }

    pub fn expire_files(&mut self, ctx: &mut Ctx, up_to: u64) {
        if let Some(mut live) = self.live() {
            live.expire_files(ctx, up_to);
        }
    }

    pub fn reset_offset(&mut self, ctx: &mut Ctx, key: OffsetKey, offset: QueueOffset) {
        if let Some(mut live) = self.live() {
            live.assign_reset_offset(ctx, key, offset);
        }
    }

    /// New settings for a running broker; services read them when they next look.
    pub fn set_conf(&mut self, ctx: &mut Ctx, conf: BrokerConfig) {
        self.id.conf = Arc::new(conf);
        if let Some(mut live) = self.live() {
            live.arm_flush(ctx);
        }
    }

    pub fn conf(&self) -> &BrokerConfig {
        &self.id.conf
    }

    pub fn identity(&self) -> &Identity {
        &self.id
    }

    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Nobody waits for anything in the log before `at`.
    pub fn await_from(&mut self, at: PhysicalOffset) {
        self.disk.log.await_from(at);
    }

    pub fn process(&self) -> Option<&Process> {
        self.process.as_deref()
    }
}

impl Process {
    fn new(now: SimTime) -> Self {
        Self {
            started: now,
            remoting: Remoting::new(now),
            next_offsets: LiteMap::new(),
            puts: Puts::default(),
            flush: FlushManager::new(now),
            files: Files::default(),
            send_threads: SendThreads::default(),
            reput_from: PhysicalOffset::ZERO,
            reput_planned: false,
            held: HeldPulls::default(),
            offsets: LiteMap::new(),
            offsets_planned: false,
            resets: LiteMap::new(),
            clients: Clients::default(),
            replication: Replication::new(now),
            replicas: ReplicasManager::default(),
            auto_switch: AutoSwitch::default(),
            schedule: ScheduleMessageService::default(),
            transactions: Transactions::default(),
            locks: QueueLocks::default(),
            shutdown: None,
            writeable: true,
            cleaner: Cleaner::default(),
            alive_replicas: 1,
            acts: false,
        }
    }
}

impl Live<'_> {
    /// Every request a broker answers. `opaque` is none for a oneway request.
    fn on_request(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        from: NodeId,
        opaque: Option<Opaque>,
        request: Request,
    ) {
        let answer = match request {
            request @ (Request::SendMessage { .. } | Request::SendMessageBack { .. }) => {
                let task = fast_failure::Task {
                    from,
                    conn,
                    opaque,
                    request,
                    since: ctx.now,
                };
                self.on_task(ctx, task);
                None
            }
            Request::Heartbeat {
                client,
                producers,
                consumers,
            } => self.on_heartbeat(ctx, conn, client, producers, consumers),
            Request::UnregisterClient { client } => self.on_unregister(ctx, client),
            Request::Pull(pull) => self.on_pull(ctx, conn, opaque, pull),
            Request::QueryConsumerOffset {
                group,
                topic,
                queue,
            } => Some(Response::Offset(
                self.query_offset(ctx, (group, topic, queue)),
            )),
            Request::UpdateConsumerOffset {
                group,
                topic,
                queue,
                offset,
            } => {
                self.update_offset(ctx, (group, topic, queue), offset);
                Some(Response::Ok)
            }
            Request::GetMaxOffset { topic, queue } => {
                Some(Response::Offset(Some(self.disk.queues.max(topic, queue))))
            }
            Request::SearchOffset {
                topic,
                queue,
                timestamp,
            } => {
                let found = self.offset_by_time(topic, queue, timestamp, ctx.profile());
                Some(Response::Offset(Some(found)))
            }
            Request::GetConsumerList { group } => Some(self.consumer_list(group)),
            Request::LockBatch {
                group,
                client,
                queues,
            } => Some(self.lock_batch(ctx, group, client, queues)),
            Request::UnlockBatch {
                group,
                client,
                queues,
            } => {
                self.unlock_batch(group, client, &queues);
                Some(Response::Ok)
            }
            Request::EndTransaction {
                half_offset,
                half_queue_offset,
                state,
                ..
            } => {
                let sender = put::Sender {
                    node: from,
                    conn,
                    opaque: None,
                    finishes: Some(half_queue_offset),
                };
                self.on_end_transaction(ctx, sender, half_offset, half_queue_offset, state);
                Some(Response::Ok)
            }
            Request::NotifyRoleChanged(info) => {
                self.change_role(ctx, &info);
                None
            }
            Request::GetAllMetadata => Some(Response::Metadata(Arc::new(self.metadata()))),
            // Not for brokers.
            Request::RegisterBroker(_)
            | Request::UnregisterBroker
            | Request::GetRoute(_)
            | Request::Controller(..)
            | Request::NotifyConsumerIdsChanged { .. }
            | Request::CheckTransactionState { .. } => None,
        };
        if let (Some(answer), Some(opaque)) = (answer, opaque) {
            ctx.send(conn, Frame::Response(opaque, answer));
        }
    }

    fn on_outcomes(&mut self, ctx: &mut Ctx, outcomes: Vec<Outcome<Call>>) {
        for outcome in outcomes {
            match outcome {
                Outcome::Reply(Call::Register, response) => self.on_registered(ctx, &response),
                Outcome::Reply(Call::Metadata, Response::Metadata(metadata)) => {
                    self.take_metadata(ctx, &metadata)
                }
                Outcome::Reply(Call::Controller(asked), response) => {
                    self.on_controller_answer(ctx, asked, &response)
                }
                Outcome::Failed(Call::Controller(asked), _) => {
                    self.on_controller_failed(ctx, asked)
                }
                Outcome::Reply(Call::EscapeRoute(what), response) => {
                    self.on_escape_route(ctx, what, &response)
                }
                Outcome::Reply(Call::Escape(what), response) => {
                    let stored = matches!(response, Response::Sent { .. });
                    self.on_escape_answer(ctx, what, stored)
                }
                Outcome::Failed(Call::EscapeRoute(what) | Call::Escape(what), _) => {
                    self.on_escape_answer(ctx, what, false)
                }
                // The next tick tries again.
                Outcome::Reply(..) | Outcome::Failed(..) | Outcome::Left(_) => {}
            }
        }
    }

    fn is_slave(&self) -> bool {
        self.id.conf.broker_role == BrokerRole::Slave
    }
}

impl Hash for Broker {
    // The configuration only changes with `set-conf`, whose effects show elsewhere.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.disk.hash(state);
        self.process.hash(state);
    }
}
