//! Sending failures back (`DefaultMQPushConsumerImpl#sendMessageBack`, D.4): the RPC that makes the broker copy its own record,
//! then an ordinary send to the retry topic, then nothing, which means a local retry.
//!
//! The caller's thread waits for the outcome.

use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::exception::Exception;
use crate::ids::{BrokerName, MessageId, MessageQueue, NodeId, QueueId, TopicId};
use crate::status::{ListenerKind, Profile};
use crate::units::{QueueOffset, SimTime, Span};
use crate::wire::{Message, Request, Response};

use super::super::remoting::Mode;
use super::process_queue::Cached;
use super::{App, Call, Process};

/// CONSUMER_SEND_MSG_BACK.
const RPC_TIMEOUT: Span = Span::from_secs(5);
/// The inner producer's sendMsgTimeout: one budget for all its attempts.
const SEND_TIMEOUT: Span = Span::from_secs(3);
/// 1 + its retryTimesWhenSendFailed.
const ATTEMPTS: u32 = 3;
/// Its defaultTopicQueueNums.
const DEFAULT_QUEUES: u16 = 4;
/// −1 of a concurrent consumer (`getMaxReconsumeTimes`).
const RECONSUME_MAX_CONCURRENT: u32 = 16;
/// −1 of an orderly one: `Integer.MAX_VALUE`.
pub(super) const RECONSUME_MAX_ORDERLY: u32 = i32::MAX.unsigned_abs();
/// A failed message's first delay level.
const FIRST_LEVEL: u32 = 3;

/// Who waits for a send-back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Sender {
    /// A thread of the concurrent listener.
    Thread(u32),
    /// A thread of the orderly listener: the message has used up its reconsume times.
    OrderlyThread(u32),
    /// The look for expired messages.
    Expiry(MessageQueue, u32),
}

/// One send-back under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct SendBack {
    sender: Sender,
    label: Option<MessageId>,
    offset: QueueOffset,
    /// The delivery that failed.
    delivery: u32,
    /// What an ordinary send would carry.
    fallback: Arc<Message>,
    reconsume_times: u32,
    /// When the ordinary send was begun.
    began: SimTime,
    attempts: u32,
    last: Option<BrokerName>,
}

impl SendBack {
    /// What a broker makes of it is the broker's to tell.
    pub fn tell(&self, app: &App, ctx: &mut Ctx) {
        if let Some(message) = self.label {
            ctx.tell(EventKind::SentBack {
                message,
                group: app.group,
                delivery: self.delivery,
                reconsume_times: self.reconsume_times,
            });
        }
    }
}

impl Process {
    /// `sendMessageBack`: the RPC to the master of the broker that the message came from.
    pub fn send_back(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        cached: Cached,
        level: i32,
        sender: Sender,
    ) {
        let number = self.keep_send_back(app, ctx, queue, &cached, sender);
        match self.instance.master(queue.broker) {
            Some(master) => {
                let request = Request::SendMessageBack {
                    group: app.group,
                    offset: cached.pulled.start,
                    delay_level: level,
                    max_reconsume_times: reconsume_max(app),
                    origin: cached.message().label,
                };
                self.tell_if_it_leaves(app, ctx, number, master);
                self.invoke(
                    ctx,
                    master,
                    Mode::Sync,
                    RPC_TIMEOUT,
                    request,
                    Call::SendBack(number),
                );
            }
            // MQClientException: the master does not exist.
            None => self.send_as_normal_message(app, ctx, number),
        }
    }

    /// `ConsumeMessageOrderlyService#sendMessageBack`: an ordinary send that the broker diverts to the dead-letter topic.
    pub fn send_to_dead_letters(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        queue: MessageQueue,
        cached: &Cached,
        sender: Sender,
    ) {
        let number = self.keep_send_back(app, ctx, queue, cached, sender);
        self.send_as_normal_message(app, ctx, number);
    }

    fn keep_send_back(
        &mut self,
        app: &App,
        ctx: &Ctx,
        queue: MessageQueue,
        cached: &Cached,
        sender: Sender,
    ) -> u32 {
        let number = self.number_run();
        let message = cached.message();
        let times = match (app.spec.listener, ctx.profile()) {
            // The orderly service of 4.9 sends the count as it is, and so does not exceed the maximum (D.6).
            (ListenerKind::Orderly, Profile::V4_9) => cached.reconsume_times,
            (ListenerKind::Orderly, Profile::V5_3) | (ListenerKind::Concurrently, _) => {
                cached.reconsume_times.saturating_add(1)
            }
        };
        let fallback = Message {
            topic: ctx.setup.retry_topic(app.group),
            delay_level: u8::try_from(FIRST_LEVEL.saturating_add(cached.reconsume_times))
                .unwrap_or(u8::MAX),
            reconsume_times: times,
            born_at: ctx.now,
            born_by: ctx.me,
            retry_topic: Some(message.retry_topic.unwrap_or(queue.topic)),
            half_of: None,
            check_times: 0,
            ..Message::clone(message)
        };
        let send_back = SendBack {
            sender,
            label: message.label,
            offset: cached.offset(),
            // Nothing is sent back that was not shown to a listener.
            delivery: cached.delivery.unwrap_or(0),
            fallback: Arc::new(fallback),
            reconsume_times: cached.reconsume_times,
            began: ctx.now,
            attempts: 0,
            last: None,
        };
        self.sending.insert(number, send_back);
        number
    }

    /// The broker answered the RPC, or did not: anything but success leads to the ordinary send.
    pub fn on_send_back_answer(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        number: u32,
        answer: Option<&Response>,
    ) {
        match answer {
            Some(Response::Ok) => self.end_send_back(app, ctx, number, true),
            Some(_) | None => self.send_as_normal_message(app, ctx, number),
        }
    }

    /// `sendMessageBackAsNormalMessage`, by the inner producer.
    fn send_as_normal_message(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let Some(send_back) = self.sending.get_mut(&number) else {
            return;
        };
        send_back.began = ctx.now;
        let topic = send_back.fallback.topic;
        if self.instance.route(topic).is_some() {
            self.attempt(app, ctx, number);
        } else {
            self.ask_route(app, ctx, topic, Call::FallbackRoute(number));
        }
    }

    /// The retry topic's route, which the inner producer did not know.
    pub fn on_fallback_route(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        number: u32,
        answer: Option<&Response>,
    ) {
        if let (Some(answer), Some(send_back)) = (answer, self.sending.get(&number)) {
            let topic = send_back.fallback.topic;
            self.instance.take_route(ctx, topic, answer);
        }
        self.attempt(app, ctx, number);
    }

    /// One attempt of `DefaultMQProducerImpl#sendDefaultImpl`, at another broker than the last one if there is one. A budget that is
    /// used up to the millisecond is used up (J).
    fn attempt(&mut self, app: &mut App, ctx: &mut Ctx, number: u32) {
        let Some(send_back) = self.sending.get(&number) else {
            return;
        };
        let used = ctx.now.since(send_back.began);
        let (topic, last) = (send_back.fallback.topic, send_back.last);
        let may_try = send_back.attempts < ATTEMPTS && used < SEND_TIMEOUT;
        let target = self.publish_queue(topic, last).filter(|_| may_try);
        let Some((broker, queue, master)) = target else {
            return self.end_send_back(app, ctx, number, false);
        };
        let Some(send_back) = self.sending.get_mut(&number) else {
            return;
        };
        send_back.attempts += 1;
        send_back.last = Some(broker);
        let request = Request::SendMessage {
            message: Arc::clone(&send_back.fallback),
            queue,
            group: app.group,
            default_queues: DEFAULT_QUEUES,
            max_reconsume_times: Some(reconsume_max(app)),
        };
        self.tell_if_it_leaves(app, ctx, number, master);
        self.invoke(
            ctx,
            master,
            Mode::Sync,
            SEND_TIMEOUT.minus(used),
            request,
            Call::Fallback(number),
        );
    }

    /// A request that carries a failure is told when it leaves, which on a new connection is later, or never.
    fn tell_if_it_leaves(&self, app: &App, ctx: &mut Ctx, number: u32, node: NodeId) {
        if self.instance.remoting.is_connected(node)
            && let Some(send_back) = self.sending.get(&number)
        {
            send_back.tell(app, ctx);
        }
    }

    /// The next queue of a topic that has a master (`TopicPublishInfo#selectOneMessageQueue`).
    fn publish_queue(
        &mut self,
        topic: TopicId,
        last: Option<BrokerName>,
    ) -> Option<(BrokerName, QueueId, NodeId)> {
        let queues: Vec<(BrokerName, QueueId, NodeId)> = self
            .instance
            .route(topic)?
            .brokers
            .iter()
            .filter_map(|broker| Some((broker.broker, broker.queues, broker.writer()?)))
            .flat_map(|(broker, queues, master)| {
                (0..queues).map(move |queue| (broker, QueueId(queue), master))
            })
            .collect();
        let start = usize::try_from(self.inner_sends)
            .unwrap_or(0)
            .checked_rem(queues.len())?;
        self.inner_sends = self.inner_sends.wrapping_add(1);
        let round = || queues.iter().cycle().skip(start).take(queues.len());
        round()
            .find(|(broker, _, _)| Some(*broker) != last)
            .or_else(|| round().next())
            .copied()
    }

    /// How an attempt ended: stored in whatever way, refused, or unheard.
    pub fn on_fallback_answer(
        &mut self,
        app: &mut App,
        ctx: &mut Ctx,
        number: u32,
        answer: Result<&Response, &Exception>,
    ) {
        let again = match answer {
            Ok(Response::Sent { .. }) => return self.end_send_back(app, ctx, number, true),
            Ok(Response::Error { code, .. }) => is_retried(*code, ctx.profile()),
            Ok(_) => false,
            // A timeout is the end of the budget, which the next attempt finds out.
            Err(_) => true,
        };
        if again {
            self.attempt(app, ctx, number)
        } else {
            self.end_send_back(app, ctx, number, false)
        }
    }

    fn end_send_back(&mut self, app: &mut App, ctx: &mut Ctx, number: u32, taken: bool) {
        let Some(SendBack { sender, offset, .. }) = self.sending.remove(&number) else {
            return;
        };
        match sender {
            Sender::Thread(run) => self.on_failure_sent(app, ctx, run, taken),
            Sender::OrderlyThread(run) => self.on_dead_letter_sent(app, ctx, run, taken),
            Sender::Expiry(queue, id) => self.on_expired_sent(app, ctx, queue, id, offset, taken),
        }
    }
}

/// `getMaxReconsumeTimes`.
pub(super) fn reconsume_max(app: &App) -> u32 {
    app.conf()
        .max_reconsume_times
        .unwrap_or(match app.spec.listener {
            ListenerKind::Concurrently => RECONSUME_MAX_CONCURRENT,
            ListenerKind::Orderly => RECONSUME_MAX_ORDERLY,
        })
}

/// `DefaultMQProducer#retryResponseCodes`: 1, 14, 16, 17, 204, 205; since 5.x 2 and 1500 as well.
const fn is_retried(code: i32, profile: Profile) -> bool {
    match profile {
        Profile::V4_9 => matches!(code, 1 | 14 | 16 | 17 | 204 | 205),
        Profile::V5_3 => matches!(code, 1 | 2 | 14 | 16 | 17 | 204 | 205 | 1500),
    }
}
