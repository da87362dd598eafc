//! The write path (`SendMessageProcessor`, `DefaultMessageStore#asyncPutMessage`, `CommitLog#asyncPutMessage`): checks, append,
//! the two waits side by side, and the answer.

use litemap::LiteMap;
use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::exception::Remark;
use crate::ids::{ConnId, MessageId, NodeId, Opaque, QueueId, TopicId};
use crate::setup::system;
use crate::status::{BrokerRole, FlushDiskType, Profile, PutMessageStatus};
use crate::timers::{BrokerTimer, Timer};
use crate::units::{PhysicalOffset, QueueOffset, SimTime, Span};
use crate::wire::{Frame, Message, Response};

use super::Live;
use super::auto_switch_ha::NeedAcks;
use super::commit_log::{Record, record_len};

/// What the broker's threads need between an append and its answer.
const ANSWER_DELAY: Span = Span::from_micros(50);
/// Longest properties, encoded (`MessageDecoder`: a signed short).
const PROPERTIES_MAX: u32 = 32_767;

/// Who is answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Sender {
    pub node: NodeId,
    pub conn: ConnId,
    /// None for a oneway send.
    pub opaque: Option<Opaque>,
    /// The half message that is finished when this put, its commit, is over.
    pub finishes: Option<QueueOffset>,
}

/// Puts that have appended and are not answered yet.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Puts {
    waiting: LiteMap<u32, Put>,
    next: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Put {
    sender: Sender,
    label: Option<MessageId>,
    queue: QueueId,
    queue_offset: QueueOffset,
    start: PhysicalOffset,
    end: PhysicalOffset,
    /// The two waits; none while they last.
    flush: Option<PutMessageStatus>,
    replicas: Option<PutMessageStatus>,
    /// How many replicas must have it.
    need_acks: NeedAcks,
}

/// What a put stores besides the message itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Special {
    pub real: Option<(TopicId, QueueId)>,
    pub deliver_at: Option<SimTime>,
    pub finished: Vec<QueueOffset>,
    /// Nobody waits for this put, whatever the message's own WAIT says.
    pub nobody_waits: bool,
}

impl Puts {
    /// Puts that wait for their flush and end at or before `flushed`.
    pub fn flushed_by(&self, flushed: PhysicalOffset) -> Vec<u32> {
        self.waiting
            .iter()
            .filter(|(_, put)| put.flush.is_none() && put.end <= flushed)
            .map(|(id, _)| *id)
            .collect()
    }

    /// Whether any put waits for its flush.
    pub fn wait_for_flush(&self) -> bool {
        self.waiting.values().any(|put| put.flush.is_none())
    }

    /// Whether any put waits for slaves.
    pub fn wait_for_slaves(&self) -> bool {
        self.waiting.values().any(|put| put.replicas.is_none())
    }

    /// Puts of clients' sends: each has a thread waiting if threads wait.
    pub fn of_sends(&self) -> usize {
        let sends = |put: &&Put| put.sender.finishes.is_none();
        self.waiting.values().filter(sends).count()
    }

    /// Puts that wait for slaves, with where they end and how many replicas they need.
    pub fn waiting_for_slaves(&self) -> Vec<(u32, PhysicalOffset, NeedAcks)> {
        self.waiting
            .iter()
            .filter(|(_, put)| put.replicas.is_none())
            .map(|(id, put)| (*id, put.end, put.need_acks))
            .collect()
    }
}

impl Live<'_> {
    /// SEND_MESSAGE. The answer comes at once when nothing is stored, else from [`Self::reply`].
    pub(super) fn on_send(
        &mut self,
        ctx: &mut Ctx,
        sender: Sender,
        message: Arc<Message>,
        queue: QueueId,
        default_queues: u16,
        max_reconsume_times: Option<u32>,
    ) -> Option<Response> {
        if let Err(refused) = self.check_message(ctx, message.topic, queue, default_queues) {
            return Some(refused);
        }
        let (message, topic) = self.divert_exhausted(ctx, message, max_reconsume_times);
        let to = if topic == message.topic {
            queue
        } else {
            QueueId(0)
        };
        let put = if message.half_of.is_some() {
            self.put_half(ctx, message, to)
        } else {
            self.put_to(ctx, message, topic, to)
        };
        match put {
            Ok(record) => {
                self.wait_for_answer(ctx, sender, &record, queue);
                None
            }
            Err(status) => Some(self.refusal(ctx, status)),
        }
    }

    /// `AbstractSendMessageProcessor#msgCheck`.
    fn check_message(
        &mut self,
        ctx: &mut Ctx,
        topic: TopicId,
        queue: QueueId,
        default_queues: u16,
    ) -> Result<(), Response> {
        if topic.index() <= system::OFFSET_MOVED.index() {
            return Err(Response::Error {
                code: 16,
                remark: Remark::TopicForbidden(topic),
            });
        }
        let queues = match self.disk.topics.get(&topic) {
            Some(queues) => *queues,
            // `TopicConfigManager#createTopicInSendMessageMethod`: TBW102's queues bound what the client asks for.
            None if self.id.conf.auto_create_topic_enable && default_queues > 0 => {
                let most = u16::try_from(self.id.conf.default_topic_queue_nums).unwrap_or(u16::MAX);
                let queues = default_queues.min(most).max(1);
                self.create_topic(ctx, topic, queues);
                queues
            }
            None => {
                return Err(Response::Error {
                    code: 17,
                    remark: Remark::TopicNotExist(topic),
                });
            }
        };
        if queue.0 >= queues {
            let code = if ctx.profile() == Profile::V5_3 {
                29
            } else {
                1
            };
            return Err(Response::Error {
                code,
                remark: Remark::QueueIdIllegal(queue.0),
            });
        }
        Ok(())
    }

    /// A normal message to where it is going, or to its delay level's queue first (`HookUtils#handleScheduleMessage`).
    pub(super) fn put_to(
        &mut self,
        ctx: &mut Ctx,
        message: Arc<Message>,
        topic: TopicId,
        queue: QueueId,
    ) -> Result<Arc<Record>, PutMessageStatus> {
        if message.delay_level > 0 {
            return self.put_delayed(ctx, message, topic, queue);
        }
        self.put(ctx, message, topic, queue, Special::default())
    }

    /// `CommitLog#asyncPutMessage` up to the append. Nothing is stored on an error.
    pub(super) fn put(
        &mut self,
        ctx: &mut Ctx,
        message: Arc<Message>,
        topic: TopicId,
        queue: QueueId,
        special: Special,
    ) -> Result<Arc<Record>, PutMessageStatus> {
        self.check_before_put(ctx, &message)?;
        if ctx.profile() == Profile::V5_3 && !special.nobody_waits && !self.enough_in_sync(&message)
        {
            return Err(PutMessageStatus::InSyncReplicasNotEnough);
        }
        let len = record_len(
            message.body_bytes,
            ctx.setup.names.topic(topic).len(),
            message.properties_bytes,
        );
        let start = self
            .disk
            .log
            .place_for(len, self.id.conf.mapped_file_size_commit_log);
        if self.p.send_threads.hold_lock() || !self.open_file(ctx, start) {
            return Err(PutMessageStatus::CreateMappedFileFailed);
        }
        let next = self.p.next_offsets.entry((topic, queue)).or_default();
        let queue_offset = *next;
        *next = *next + 1;
        let record = Arc::new(Record {
            topic,
            queue,
            queue_offset,
            start,
            len,
            stored_at: ctx.now,
            real: special.real,
            deliver_at: special.deliver_at,
            finished: special.finished,
            message,
        });
        let pooled = self.has_buffer(start);
        self.disk.log.append(Arc::clone(&record), pooled);
        let place = self.disk.log.place(record.end());
        ctx.tell(EventKind::Appended {
            record: record.named(),
            place,
            reconsume_times: record.message.reconsume_times,
            waits: record.message.wait_store_msg_ok,
        });
        tell_retry(ctx, &record);
        Ok(record)
    }

    /// `HookUtils#checkBeforePutMessage`, `DefaultMessageStore#checkStoreStatus`, `MessageExtEncoder#encode`.
    fn check_before_put(&self, ctx: &Ctx, message: &Message) -> Result<(), PutMessageStatus> {
        if self.is_slave() || !self.p.writeable {
            return Err(PutMessageStatus::ServiceNotAvailable);
        }
        if self.is_page_cache_busy(ctx) {
            return Err(PutMessageStatus::OsPageCacheBusy);
        }
        if message.properties_bytes > PROPERTIES_MAX {
            return Err(PutMessageStatus::PropertiesSizeExceeded);
        }
        if message.body_bytes > self.id.conf.max_message_size {
            return Err(PutMessageStatus::MessageIllegal);
        }
        Ok(())
    }

    /// 5.x: whether so many replicas are in sync as a put needs in acting-master mode, or as `minInSyncReplicas` says in controller
    /// mode (B.5). The classic mode has no such check.
    fn enough_in_sync(&self, message: &Message) -> bool {
        let conf = &self.id.conf;
        if !message.wait_store_msg_ok || conf.broker_role != BrokerRole::SyncMaster {
            return true;
        }
        if conf.enable_controller_mode {
            return self.in_sync_state_set() >= conf.min_in_sync_replicas;
        }
        !conf.enable_slave_acting_master || self.replicas_needed() <= self.in_sync_replicas()
    }

    /// Who must have a put before it is answered (B.5).
    pub(super) fn need_acks(&self) -> NeedAcks {
        let conf = &self.id.conf;
        if conf.enable_controller_mode && conf.all_ack_in_sync_state_set {
            NeedAcks::SyncStateSet
        } else {
            NeedAcks::Replicas(self.replicas_needed())
        }
    }

    /// `CommitLog#calcNeedAckNums`: how many replicas must have a put, the master included.
    fn replicas_needed(&self) -> u32 {
        let conf = &self.id.conf;
        if conf.enable_slave_acting_master && conf.enable_auto_in_sync_replicas {
            return conf
                .min_in_sync_replicas
                .max(conf.in_sync_replicas.min(self.in_sync_replicas()));
        }
        conf.in_sync_replicas
    }

    fn in_sync_replicas(&self) -> u32 {
        let near = self.slaves_within(self.id.conf.ha_max_gap_not_in_sync, self.disk.log.wrote());
        self.p.alive_replicas.min(1 + near)
    }

    /// Flush and replication are waited for side by side (`CommitLog#handleDiskFlushAndHA`); the answer leaves when both are done, and
    /// names the queue that was `asked` for, also where a delayed or half message is stored elsewhere [k61].
    pub(super) fn wait_for_answer(
        &mut self,
        ctx: &mut Ctx,
        sender: Sender,
        record: &Record,
        asked: QueueId,
    ) {
        let waits = record.message.wait_store_msg_ok;
        let (replicas, need_acks) = if waits {
            self.replication_wait(ctx, record.end())
        } else {
            (Some(PutMessageStatus::PutOk), NeedAcks::Replicas(1))
        };
        let flush = (!waits || self.id.conf.flush_disk_type == FlushDiskType::AsyncFlush)
            .then_some(PutMessageStatus::PutOk);
        let id = self.p.puts.next;
        self.p.puts.next = id.wrapping_add(1);
        let put = Put {
            sender,
            label: record.message.label,
            queue: asked,
            queue_offset: record.queue_offset,
            start: record.start,
            end: record.end(),
            flush,
            replicas,
            need_acks,
        };
        if flush.is_none() {
            ctx.wake(
                ctx.now + self.id.conf.sync_flush_timeout,
                Timer::Broker(BrokerTimer::FlushDeadline(id)),
            );
        }
        if replicas.is_none() {
            let late = self.late_look(ctx);
            ctx.wake(
                ctx.now + self.id.conf.slave_timeout + late,
                Timer::Broker(BrokerTimer::SlaveDeadline(id)),
            );
        }
        self.p.puts.waiting.insert(id, put);
        self.after_put(ctx);
        self.answer_if_done(ctx, id);
    }

    /// 4.x: `GroupTransferService` looks once a second, so a deadline is sometimes seen up to a second late (J.1: 1 of 38).
    fn late_look(&self, ctx: &mut Ctx) -> Span {
        if ctx.profile() == Profile::V5_3 || ctx.rng.usually(1, 38) {
            return Span::ZERO;
        }
        ctx.rng
            .span(Span::ZERO, Span::ZERO, Span::from_millis(1_000))
    }

    /// Whoever has to hear of new bytes does.
    pub(super) fn after_put(&mut self, ctx: &mut Ctx) {
        self.after_append(ctx);
        if !self.p.cleaner.is_planned() {
            self.plan_cleaning(ctx);
        }
        self.plan_reput(ctx);
        self.push_to_slaves(ctx);
    }

    fn answer_if_done(&mut self, ctx: &mut Ctx, id: u32) {
        let done = self
            .p
            .puts
            .waiting
            .get(&id)
            .is_some_and(|put| put.flush.is_some() && put.replicas.is_some());
        if done {
            ctx.wake(
                ctx.now + ANSWER_DELAY,
                Timer::Broker(BrokerTimer::Reply(id)),
            );
        }
    }

    pub(super) fn settle_flush(&mut self, ctx: &mut Ctx, id: u32, status: PutMessageStatus) {
        if let Some(put) = self.p.puts.waiting.get_mut(&id)
            && put.flush.is_none()
        {
            put.flush = Some(status);
            self.answer_if_done(ctx, id);
        }
    }

    pub(super) fn settle_replicas(&mut self, ctx: &mut Ctx, id: u32, status: PutMessageStatus) {
        if let Some(put) = self.p.puts.waiting.get_mut(&id)
            && put.replicas.is_none()
        {
            put.replicas = Some(status);
            self.answer_if_done(ctx, id);
        }
    }

    /// `FlushDiskWatcher`.
    pub(super) fn on_flush_deadline(&mut self, ctx: &mut Ctx, id: u32) {
        self.settle_flush(ctx, id, PutMessageStatus::FlushDiskTimeout);
    }

    pub(super) fn on_slave_deadline(&mut self, ctx: &mut Ctx, id: u32) {
        self.settle_replicas(ctx, id, PutMessageStatus::FlushSlaveTimeout);
    }

    /// Both waits are over: the replicas' status overwrites the flush's, in every version.
    pub(super) fn reply(&mut self, ctx: &mut Ctx, id: u32) {
        let Some(put) = self.p.puts.waiting.remove(&id) else {
            return;
        };
        let status = match put.replicas {
            Some(PutMessageStatus::PutOk) | None => put.flush.unwrap_or(PutMessageStatus::PutOk),
            Some(status) => status,
        };
        if let Some(half) = put.sender.finishes {
            self.delete_half(ctx, half);
        }
        if let Some(opaque) = put.sender.opaque {
            ctx.tell(EventKind::Replied {
                message: put.label,
                to: put.sender.node,
                status,
            });
            let sent = Response::Sent {
                status,
                queue: put.queue,
                queue_offset: put.queue_offset,
                start: put.start,
            };
            ctx.send(put.sender.conn, Frame::Response(opaque, sent));
        }
        self.serve_queue(ctx);
    }

    /// The error answer for a status that means "not stored" (A.2).
    pub(super) fn refusal(&self, ctx: &Ctx, status: PutMessageStatus) -> Response {
        let (code, remark) = match status {
            PutMessageStatus::InSyncReplicasNotEnough => (1, Remark::InSyncReplicasNotEnough),
            PutMessageStatus::CreateMappedFileFailed => (1, Remark::CreateMappedFileFailed),
            PutMessageStatus::MessageIllegal | PutMessageStatus::PropertiesSizeExceeded => {
                (13, Remark::MessageIllegal(self.id.conf.max_message_size))
            }
            PutMessageStatus::ServiceNotAvailable => (14, Remark::ServiceNotAvailable),
            PutMessageStatus::OsPageCacheBusy => (
                if ctx.profile() == Profile::V5_3 { 2 } else { 1 },
                Remark::PageCacheBusy,
            ),
            PutMessageStatus::PutOk
            | PutMessageStatus::FlushDiskTimeout
            | PutMessageStatus::FlushSlaveTimeout
            | PutMessageStatus::SlaveNotAvailable
            | PutMessageStatus::UnknownError => (1, Remark::UnknownError),
        };
        Response::Error { code, remark }
    }

    pub(super) fn create_topic(&mut self, ctx: &mut Ctx, topic: TopicId, queues: u16) {
        if self.disk.topics.insert(topic, queues) != Some(queues) {
            self.register(ctx);
        }
    }
}
/// A copy for consumers that failed, or for nobody.
fn tell_retry(ctx: &mut Ctx, record: &Record) {
    if let Some(group) = ctx.setup.group_of_retry_topic(record.topic) {
        ctx.tell(EventKind::RetryStored {
            record: record.named(),
            group,
            reconsume_times: record.message.reconsume_times,
        });
    } else if let Some(group) = ctx.setup.group_of_dead_letter_topic(record.topic) {
        ctx.tell(EventKind::DeadLettered {
            record: record.named(),
            group,
            reconsume_times: record.message.reconsume_times,
        });
    }
}
