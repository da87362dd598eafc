//! Reading (`PullMessageProcessor`, `DefaultMessageStore#getMessage`). Pulls that find nothing wait in [`super::hold`].

use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::exception::Remark;
use crate::ids::{ConnId, Opaque, QueueId, TagId};
use crate::setup::system;
use crate::status::{GetMessageStatus, Profile};
use crate::units::QueueOffset;
use crate::wire::{Message, PullCode, PullRequest, Pulled, Response};

use super::Live;
use super::clients::Subscribed;
use super::put::Special;

/// Entries looked at per pull (`maxFilterMessageSize` / 20).
const SCAN_MOST: u32 = 800;
/// `PermName#PERM_READ`.
const READABLE: u32 = 4;
/// An `OffsetMovedEvent` as JSON, about.
const MOVED_BYTES: u64 = 160;
/// Bytes of a consume-queue entry.
const ENTRY_BYTES: u64 = 20;

/// What one read of the store found (`GetMessageResult`).
struct Found {
    status: GetMessageStatus,
    next_begin_offset: i64,
    min: QueueOffset,
    max: QueueOffset,
    messages: Vec<Pulled>,
}

impl Live<'_> {
    /// PULL_MESSAGE, the first pass: refusals, then a read, then an answer or a hold.
    pub(super) fn on_pull(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        opaque: Option<Opaque>,
        request: PullRequest,
    ) -> Option<Response> {
        // `PullMessageProcessor#rejectRequest` (5.3): a slave that is not configured for it serves nobody.
        if ctx.profile() == Profile::V5_3 && self.is_slave() && !self.id.conf.slave_read_enable {
            return Some(Response::Error {
                code: 2,
                remark: Remark::RejectRequest,
            });
        }
        let tags = match self.check_pull(ctx, &request) {
            Ok(tags) => tags,
            Err(refused) => return Some(refused),
        };
        let found = self.reset_or_read(&request, &tags);
        let code = self.code_of(&request, found.status);
        self.tell_pulled(ctx, &request, &found, code);
        self.tell_offset_moved(ctx, code);
        if let Some(offset) = request.commit
            && !self.is_slave()
        {
            self.commit_offset(ctx, (request.group, request.topic, request.queue), offset);
        }
        if code == PullCode::NotFound
            && request.suspend.is_some()
            && let Some(opaque) = opaque
        {
            self.hold(ctx, conn, opaque, request);
            return None;
        }
        Some(answer(found, code))
    }

    /// The second pass of a pull that was held: no hold, no commit offset.
    pub(super) fn pull_again(&mut self, ctx: &mut Ctx, request: &PullRequest) -> Response {
        let tags = match self.tags_of(request) {
            Ok(tags) => tags,
            Err(refused) => return refused,
        };
        let found = self.reset_or_read(request, &tags);
        let code = self.code_of(request, found.status);
        self.tell_pulled(ctx, request, &found, code);
        self.tell_offset_moved(ctx, code);
        answer(found, code)
    }

    /// What `PullMessageProcessor#processRequest` refuses before it asks the store, in its order.
    fn check_pull(&self, ctx: &Ctx, request: &PullRequest) -> Result<Vec<TagId>, Response> {
        if self.id.conf.broker_permission & READABLE == 0 {
            return Err(Response::Error {
                code: 16,
                remark: Remark::NoPermission,
            });
        }
        let system = super::clients::is_system(request.topic);
        match self.disk.topics.get(&request.topic) {
            None if !system => {
                return Err(Response::Error {
                    code: 17,
                    remark: Remark::TopicNotExist(request.topic),
                });
            }
            Some(queues) if request.queue.0 >= *queues => {
                let code = if ctx.profile() == Profile::V5_3 {
                    29
                } else {
                    1
                };
                return Err(Response::Error {
                    code,
                    remark: Remark::QueueIdIllegal(request.queue.0),
                });
            }
            Some(_) | None => {}
        }
        self.tags_of(request)
    }

    /// 4.9 keeps an account of every consumer that it moves, in OFFSET_MOVED_EVENT (`#generateOffsetMovedEvent`).
    fn tell_offset_moved(&mut self, ctx: &mut Ctx, code: PullCode) {
        if ctx.profile() == Profile::V5_3 || code != PullCode::OffsetMoved {
            return;
        }
        let event = Message {
            label: None,
            uniq_key: 0,
            topic: system::OFFSET_MOVED,
            tag: TagId(0),
            body_bytes: MOVED_BYTES,
            properties_bytes: 0,
            wait_store_msg_ok: true,
            delay_level: 0,
            reconsume_times: 0,
            born_at: ctx.now,
            born_by: ctx.me,
            retry_topic: None,
            half_of: None,
            check_times: 0,
        };
        let special = Special {
            nobody_waits: true,
            ..Special::default()
        };
        if self
            .put(
                ctx,
                Arc::new(event),
                system::OFFSET_MOVED,
                QueueId(0),
                special,
            )
            .is_ok()
        {
            self.after_put(ctx);
        }
    }

    /// One raw pull without suspend. It is the script's look from outside: no wire, no subscription, no answer.
    pub(super) fn raw_pull(&mut self, ctx: &mut Ctx, request: &PullRequest) {
        let found = self.get_message(request, &request.tags);
        let code = self.code_of(request, found.status);
        self.tell_pulled(ctx, request, &found, code);
        self.tell_offset_moved(ctx, code);
    }

    /// The subscription that filters: the broker's copy of the group's (24 and 25 when it has none or an older one), or for a raw
    /// pull the tags that it brings.
    pub(super) fn tags_of(&self, request: &PullRequest) -> Result<Vec<TagId>, Response> {
        let Some(version) = request.sub_version else {
            return Ok(request.tags.clone());
        };
        match self
            .p
            .clients
            .subscribed(request.group, request.topic, version)
        {
            Subscribed::No => Err(Response::Error {
                code: 24,
                remark: Remark::SubscriptionNotExist,
            }),
            Subscribed::Older => Err(Response::Error {
                code: 25,
                remark: Remark::SubscriptionNotLatest,
            }),
            Subscribed::Tags(tags) => Ok(tags.to_vec()),
        }
    }

    /// 5.x: a reset that waits for this group and queue is what the pull is told, once (`#queryThenEraseResetOffset`); the store is
    /// not asked. (A broadcasting group is told to move only when it changes between a proxy and a broker, which the lab has not.)
    fn reset_or_read(&mut self, request: &PullRequest, tags: &[TagId]) -> Found {
        let Some(to) = self
            .p
            .resets
            .remove(&(request.group, request.topic, request.queue))
        else {
            return self.get_message(request, tags);
        };
        let cq = self.disk.queues.get(request.topic, request.queue);
        let (min, max) = cq.map_or((QueueOffset::ZERO, QueueOffset::ZERO), |cq| {
            (cq.min(), cq.max())
        });
        Found {
            status: GetMessageStatus::OffsetReset,
            next_begin_offset: signed(to),
            min,
            max,
            messages: Vec::new(),
        }
    }

    /// `DefaultMessageStore#getMessage`: the checks of C.1, in their order.
    fn get_message(&self, request: &PullRequest, tags: &[TagId]) -> Found {
        let cq = self.disk.queues.get(request.topic, request.queue);
        let (min, max) = cq.map_or((QueueOffset::ZERO, QueueOffset::ZERO), |cq| {
            (cq.min(), cq.max())
        });
        // A slave never moves a consumer (`nextOffsetCorrection`, offsetCheckInSlave = false).
        let correct = |to: QueueOffset| {
            if self.is_slave() && !self.id.conf.offset_check_in_slave {
                request.offset
            } else {
                signed(to)
            }
        };
        let nothing = |status, next_begin_offset| Found {
            status,
            next_begin_offset,
            min,
            max,
            messages: Vec::new(),
        };
        // A queue that nobody ever wrote to is created by looking for it, and is empty (`findConsumeQueue`): no version answers
        // NO_MATCHED_LOGIC_QUEUE.
        let Some(cq) = cq.filter(|_| max > QueueOffset::ZERO) else {
            return nothing(
                GetMessageStatus::NoMessageInQueue,
                correct(QueueOffset::ZERO),
            );
        };
        let offset = match u64::try_from(request.offset) {
            Ok(offset) if offset >= min.get() => QueueOffset::new(offset),
            Ok(_) | Err(_) => return nothing(GetMessageStatus::OffsetTooSmall, correct(min)),
        };
        if offset == max {
            return nothing(GetMessageStatus::OffsetOverflowOne, request.offset);
        }
        if offset > max {
            return nothing(GetMessageStatus::OffsetOverflowBadly, correct(max));
        }
        if cq.get(offset).is_none() {
            // `rollNextFile`.
            let per_file = self
                .id
                .conf
                .mapped_file_size_consume_queue
                .div_ceil(ENTRY_BYTES)
                .max(1);
            let next_file = offset.get() - offset.get() % per_file + per_file;
            return nothing(
                GetMessageStatus::OffsetFoundNull,
                correct(QueueOffset::new(next_file)),
            );
        }
        let mut status = GetMessageStatus::NoMatchedMessage;
        let mut messages: Vec<Pulled> = Vec::new();
        let mut bytes = 0;
        let mut next = offset;
        let gone = self.disk.log.min();
        let mut passing_gone = false;
        let count_most = request
            .max_nums
            .min(self.id.conf.max_transfer_count_on_message_in_memory);
        for _ in 0..SCAN_MOST {
            let Some(entry) = cq.get(next) else { break };
            let full = u32::try_from(messages.len()).unwrap_or(u32::MAX) >= count_most
                || (!messages.is_empty()
                    && bytes + entry.end.beyond(entry.start)
                        > self.id.conf.max_transfer_bytes_on_message_in_memory);
            if full {
                break;
            }
            // From the first entry whose bytes are gone on, the rest of its file is passed over unread (`rollNextFile`).
            if passing_gone && entry.start < gone {
                next = next + 1;
                continue;
            }
            if tags.is_empty() || tags.contains(&entry.tag) {
                match self.disk.log.record_at(entry.start) {
                    Some(record) => {
                        bytes += record.len;
                        messages.push(Pulled {
                            message: std::sync::Arc::clone(&record.message),
                            topic: record.topic,
                            queue: record.queue,
                            queue_offset: record.queue_offset,
                            start: record.start,
                        });
                        status = GetMessageStatus::Found;
                    }
                    None => {
                        passing_gone = true;
                        if messages.is_empty() {
                            status = GetMessageStatus::MessageWasRemoving;
                        }
                    }
                }
            } else if messages.is_empty() {
                status = GetMessageStatus::NoMatchedMessage;
            }
            next = next + 1;
        }
        Found {
            status,
            next_begin_offset: signed(next),
            min,
            max,
            messages,
        }
    }

    /// C.1's last column; a slave turns PULL_OFFSET_MOVED into PULL_RETRY_IMMEDIATELY.
    fn code_of(&self, request: &PullRequest, status: GetMessageStatus) -> PullCode {
        match status {
            GetMessageStatus::Found => PullCode::Success,
            GetMessageStatus::MessageWasRemoving | GetMessageStatus::NoMatchedMessage => {
                PullCode::RetryImmediately
            }
            GetMessageStatus::NoMatchedLogicQueue | GetMessageStatus::NoMessageInQueue
                if request.offset == 0 =>
            {
                PullCode::NotFound
            }
            GetMessageStatus::OffsetFoundNull | GetMessageStatus::OffsetOverflowOne => {
                PullCode::NotFound
            }
            GetMessageStatus::NoMatchedLogicQueue
            | GetMessageStatus::NoMessageInQueue
            | GetMessageStatus::OffsetOverflowBadly
            | GetMessageStatus::OffsetTooSmall
            | GetMessageStatus::OffsetReset => {
                if self.is_slave() && !self.id.conf.offset_check_in_slave {
                    PullCode::RetryImmediately
                } else {
                    PullCode::OffsetMoved
                }
            }
        }
    }

    fn tell_pulled(&self, ctx: &mut Ctx, request: &PullRequest, found: &Found, code: PullCode) {
        ctx.tell(EventKind::Pulled {
            consumer: request.client.node,
            group: request.group,
            topic: request.topic,
            queue: request.queue,
            offset: request.offset,
            status: found.status,
            next_begin_offset: found.next_begin_offset,
            pull_status: Some(code.pull_status()),
            count: u32::try_from(found.messages.len()).unwrap_or(u32::MAX),
            // Only the script's raw pulls bring no version of a subscription.
            script: request.sub_version.is_none(),
        });
    }
}

fn answer(found: Found, code: PullCode) -> Response {
    let Found {
        status,
        next_begin_offset,
        min,
        max,
        messages,
    } = found;
    Response::Pulled {
        status,
        next_begin_offset,
        min,
        max,
        messages,
        code,
    }
}

pub(super) fn signed(offset: QueueOffset) -> i64 {
    i64::try_from(offset.get()).unwrap_or(i64::MAX)
}
