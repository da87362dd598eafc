//! A consumer's start and its clean end (`DefaultMQPushConsumerImpl#start`, `#shutdown`), and the polling of routes in between.
//!
//! The instants are those of D.8 and J.2: every period counts from S, the moment the client instance is built.

use std::collections::VecDeque;

use crate::effect::Ctx;
use crate::ids::{BrokerName, MessageQueue, QueueId, TopicId};
use crate::order;
use crate::status::Profile;
use crate::timers::{ConsumerTimer, Timer};
use crate::units::Span;
use crate::wire::{Request, Response};

use super::super::remoting::Mode;
use super::heartbeat::Then;
use super::{App, Call, Process};

/// The first scheduled poll of routes. It coincides with the questions that start() itself asks, and is left to them.
const FIRST_POLL: Span = Span::from_millis(10);
/// The first scheduled heartbeat.
const FIRST_HEARTBEAT: Span = Span::from_secs(1);

/// Races of one start, drawn when it begins (J.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Races {
    /// 5.3: the first rebalance finds the heartbeat lock taken, so its new `subVersion` reaches no broker.
    pub heartbeat_locked: bool,
    /// 4.9: start()'s wake-up and the broker's NOTIFY fall into one.
    pub wake_ups_merge: bool,
}

impl Races {
    /// Nothing unusual.
    pub const USUAL: Self = Self {
        heartbeat_locked: false,
        wake_ups_merge: false,
    };

    fn draw(ctx: &mut Ctx) -> Self {
        match ctx.profile() {
            // t = 0 is taken when every queue has been served: a start before it that lost this race would be another t = 0.
            Profile::V5_3 => Self {
                heartbeat_locked: !ctx.rng.usually(8, 80) && ctx.now.micros() >= 0,
                wake_ups_merge: false,
            },
            Profile::V4_9 => Self {
                heartbeat_locked: false,
                wake_ups_merge: !ctx.rng.usually(6, 59),
            },
        }
    }
}

impl Process {
    /// `DefaultMQPushConsumerImpl#start`, `MQClientInstance#startScheduledTask`.
    pub fn start(&mut self, app: &mut App, ctx: &mut Ctx) {
        self.races = Races::draw(ctx);
        let conf = app.conf();
        let built = self.instance.built;
        // Both have to be strictly after S; their first instants are.
        ctx.wake(
            built + FIRST_POLL + conf.poll_name_server_interval,
            Timer::Consumer(ConsumerTimer::PollRoutes),
        );
        ctx.wake(
            built + FIRST_HEARTBEAT,
            Timer::Consumer(ConsumerTimer::Heartbeat),
        );
        self.arm_commits(app, ctx);
        self.arm_lock_renewal(app, ctx);
        self.arm_next_rebalance(ctx, built + conf.rebalance_wait_interval);
        self.starting = self.topics_in_map_order(ctx).into();
        self.ask_next_starting_route(app, ctx);
    }

    /// `updateTopicSubscribeInfoWhenSubscriptionChanged`: one topic after the other, then the first heartbeat.
    fn ask_next_starting_route(&mut self, app: &mut App, ctx: &mut Ctx) {
        match self.starting.front().copied() {
            Some(topic) => self.ask_route(app, ctx, topic, Call::StartRoute),
            None => self.heartbeat_to_all(app, ctx, Then::Start),
        }
    }

    /// A route that start() asked for; none if nobody answered.
    pub fn on_starting_route(&mut self, app: &mut App, ctx: &mut Ctx, answer: Option<&Response>) {
        if let (Some(topic), Some(answer)) = (self.starting.pop_front(), answer) {
            self.instance.take_route(ctx, topic, answer);
        }
        self.ask_next_starting_route(app, ctx);
    }

    /// GET_ROUTEINFO_BY_TOPIC, sync.
    pub fn ask_route(&mut self, app: &App, ctx: &mut Ctx, topic: TopicId, call: Call) {
        self.ask_route_within(ctx, app.conf().mq_client_api_timeout, topic, call);
    }

    /// The same, for so long.
    pub fn ask_route_within(&mut self, ctx: &mut Ctx, timeout: Span, topic: TopicId, call: Call) {
        let (name_server, request) = (ctx.setup.name_server, Request::GetRoute(topic));
        self.invoke(ctx, name_server, Mode::Sync, timeout, request, call);
    }

    /// pollNameServerInterval is over (`updateTopicRouteInfoFromNameServer`). A poll that still runs is not doubled: the
    /// scheduler has one thread.
    pub fn poll_routes(&mut self, app: &App, ctx: &mut Ctx) {
        ctx.wake(
            ctx.now + app.conf().poll_name_server_interval,
            Timer::Consumer(ConsumerTimer::PollRoutes),
        );
        if self.polling.is_empty() {
            self.polling = self.topics_in_map_order(ctx).into();
            self.ask_next_polled_route(app, ctx);
        }
    }

    fn ask_next_polled_route(&mut self, app: &App, ctx: &mut Ctx) {
        if let Some(topic) = self.polling.front().copied() {
            self.ask_route(app, ctx, topic, Call::PollRoute);
        }
    }

    /// A polled route; none if nobody answered.
    pub fn on_polled_route(&mut self, app: &App, ctx: &mut Ctx, answer: Option<&Response>) {
        if let (Some(topic), Some(answer)) = (self.polling.pop_front(), answer) {
            self.instance.take_route(ctx, topic, answer);
        }
        self.ask_next_polled_route(app, ctx);
    }

    /// `DefaultMQPushConsumerImpl#shutdown`: listeners are interrupted, locks given back, offsets committed, and every known
    /// broker told. Nothing is waited for: the process ends with this.
    pub fn shut_down(&mut self, app: &mut App, ctx: &mut Ctx) {
        self.interrupt_listeners(app, ctx);
        self.unlock_all(app, ctx);
        self.persist_all(app, ctx);
        for node in self.broker_addresses(ctx) {
            if self.instance.remoting.is_connected(node) {
                let request = Request::UnregisterClient {
                    client: self.client,
                };
                self.invoke(
                    ctx,
                    node,
                    Mode::Oneway,
                    app.conf().mq_client_api_timeout,
                    request,
                    Call::Forget,
                );
            }
        }
    }

    /// The subscribed topics in the order of `subscriptionInner` (D.8).
    pub fn topics_in_map_order(&self, ctx: &Ctx) -> Vec<TopicId> {
        let mut topics: Vec<TopicId> = self.subscriptions.keys().copied().collect();
        order::sort_by(&mut topics, |topic| {
            java_map_bin(ctx.setup.names.topic(*topic))
        });
        topics
    }
}

/// Topics that are still to be asked for.
pub(super) type Asking = VecDeque<TopicId>;

/// Where a broker comes in the order of `brokerAddrTable` (D.8).
pub(super) fn map_order(ctx: &Ctx, broker: BrokerName) -> (u32, BrokerName) {
    (java_map_bin(ctx.setup.names.broker(broker)), broker)
}

/// Where `queue` comes in a `HashSet<MessageQueue>` of so many (`MessageQueue#hashCode`); equal places are in the order of coming.
pub(super) fn set_order(ctx: &Ctx, queue: MessageQueue, size: usize) -> u32 {
    let names = &ctx.setup.names;
    queue_set_bin(
        names.topic(queue.topic),
        names.broker(queue.broker),
        queue.queue,
        size,
    )
}

fn queue_set_bin(topic: &str, broker: &str, queue: QueueId, size: usize) -> u32 {
    let parts = [java_hash(broker), u32::from(queue.0), java_hash(topic)];
    let hash = parts
        .into_iter()
        .fold(1u32, |hash, part| hash.wrapping_mul(31).wrapping_add(part));
    // It has 16 bins, twice as many whenever more than three quarters are taken.
    let bins = (size.saturating_mul(4).div_ceil(3))
        .next_power_of_two()
        .max(16);
    bin(hash, u32::try_from(bins).unwrap_or(1 << 31))
}

/// Where a `ConcurrentHashMap` of at most 12 entries keeps `key`.
fn java_map_bin(key: &str) -> u32 {
    bin(java_hash(key), 16)
}

fn bin(hash: u32, bins: u32) -> u32 {
    (hash ^ (hash >> 16)) & (bins - 1)
}

/// `String#hashCode`
fn java_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0u32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    })
}

#[cfg(test)]
mod tests {
    use super::{java_map_bin, queue_set_bin};
    use crate::ids::QueueId;

    #[test]
    fn maps_are_walked_as_the_reference_lists_them() {
        let bins = [
            "broker-d",
            "broker-b",
            "broker-c",
            "broker-a",
            "%RETRY%CG",
            "Orders",
        ]
        .map(java_map_bin);
        assert_eq!(bins, [6, 8, 9, 11, 0, 1]);
    }

    #[test]
    fn sets_of_queues_are_walked_as_java_does() {
        let of = |broker, queue, size| queue_set_bin("Orders", broker, QueueId(queue), size);
        // broker-b comes first, as recorded [r2080].
        assert_eq!([of("broker-a", 0, 2), of("broker-b", 0, 2)], [15, 12]);
        // More than twelve have more bins.
        assert_eq!([of("broker-a", 0, 12), of("broker-a", 0, 13)], [15, 31]);
    }
}
