//! Failed messages (`AbstractSendMessageProcessor#consumerSendMsgBack`): a copy for the retry topic, or for the dead-letter topic.

use std::sync::Arc;

use crate::effect::Ctx;
use crate::exception::Remark;
use crate::ids::{GroupId, QueueId, TopicId};
use crate::status::Profile;
use crate::units::PhysicalOffset;
use crate::wire::{Message, Response};

use super::Live;

/// The retry level of a first failure (`3 + reconsumeTimes`).
const FIRST_LEVEL: u32 = 3;

impl Live<'_> {
    /// CONSUMER_SEND_MSG_BACK.
    pub(super) fn on_send_back(
        &mut self,
        ctx: &mut Ctx,
        group: GroupId,
        offset: PhysicalOffset,
        delay_level: i32,
        max_reconsume_times: u32,
    ) -> Response {
        if self.id.conf.retry_queue_nums == 0 {
            return Response::Ok;
        }
        let Some(original) = self.disk.log.record_at(offset).cloned() else {
            return Response::Error {
                code: 1,
                remark: Remark::UnknownError,
            };
        };
        let times = original.message.reconsume_times;
        let retry = ctx.setup.retry_topic(group);
        let dead = ctx.setup.dead_letter_topic(group);
        let give_up = times >= max_reconsume_times || delay_level < 0;
        let level = match u8::try_from(delay_level) {
            Ok(level) if level > 0 => level,
            Ok(_) | Err(_) => u8::try_from(FIRST_LEVEL.saturating_add(times)).unwrap_or(u8::MAX),
        };
        let message = Message {
            topic: if give_up { dead } else { retry },
            wait_store_msg_ok: false,
            delay_level: if give_up { 0 } else { level },
            reconsume_times: times.saturating_add(1),
            retry_topic: Some(original.message.retry_topic.unwrap_or(original.topic)),
            ..(*original.message).clone()
        };
        let topic = message.topic;
        let queues = if give_up {
            1
        } else {
            u16::try_from(self.id.conf.retry_queue_nums).unwrap_or(u16::MAX)
        };
        self.create_topic_if_absent(ctx, topic, queues);
        let queue = QueueId(u16::try_from(ctx.rng.pick(u32::from(queues))).unwrap_or(0));
        match self.put_to(ctx, Arc::new(message), topic, queue) {
            Ok(_) => {
                self.after_put(ctx);
                Response::Ok
            }
            Err(status) => self.refusal(ctx, status),
        }
    }

    fn create_topic_if_absent(&mut self, ctx: &mut Ctx, topic: TopicId, queues: u16) {
        if !self.disk.topics.contains_key(&topic) {
            self.create_topic(ctx, topic, queues);
        }
    }

    /// `handleRetryAndDLQ`: a client that sends to a retry topic itself may have used up its retries; since 5.1.4 a group that holds
    /// queue locks, an orderly one, has none. Says where the message goes.
    pub(super) fn divert_exhausted(
        &mut self,
        ctx: &mut Ctx,
        message: Arc<Message>,
        max: Option<u32>,
    ) -> (Arc<Message>, TopicId) {
        let topic = message.topic;
        let Some(group) = ctx.setup.group_of_retry_topic(topic) else {
            return (message, topic);
        };
        let max = max.unwrap_or(self.id.conf.retry_max_times);
        let exhausted = match ctx.profile() {
            Profile::V4_9 => message.reconsume_times >= max,
            Profile::V5_3 => message.reconsume_times > max || self.holds_locks(ctx, group),
        };
        if !exhausted {
            return (message, topic);
        }
        let dead = ctx.setup.dead_letter_topic(group);
        self.create_topic_if_absent(ctx, dead, 1);
        // 4.9 copies the request's DELAY over the zero it has just set: the copy lies at that level first (D.6).
        let delay_level = if ctx.profile() == Profile::V4_9 {
            message.delay_level
        } else {
            0
        };
        (
            Arc::new(Message {
                delay_level,
                ..(*message).clone()
            }),
            dead,
        )
    }
}
