//! Heartbeats (`MQClientInstance#sendHeartbeatToAllBroker`): how brokers learn of this consumer, its group and its subscription.
//!
//! One lock guards them all, and nobody waits for it: whoever finds it taken goes on without a heartbeat. The start race of
//! 5.3 is made of that (D.8).

use std::collections::VecDeque;

use crate::effect::Ctx;
use crate::ids::NodeId;
use crate::order;
use crate::status::MessageModel;
use crate::timers::{ConsumerTimer, Timer};
use crate::wire::{Request, Response, Subscription};

use super::super::remoting::Mode;
use super::start::map_order;
use super::{App, Call, Process};

/// Heartbeats that are being sent, broker after broker. While there is one, the lock is taken.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Heartbeat {
    /// Whom to tell yet; the first of them is being told.
    todo: VecDeque<NodeId>,
    then: Then,
}

/// Who sent them, and so what follows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Then {
    /// start(): the first rebalance.
    Start,
    /// The 30 s task: nothing.
    Period,
    /// A change of assignment: the rebalance goes on.
    Assignment,
    /// A new connection (5.3): a rebalance, if the broker answered.
    Connection,
}

impl Heartbeat {
    /// Whether start() waits for them.
    pub fn is_of_start(&self) -> bool {
        self.then == Then::Start
    }
}

impl Process {
    /// heartbeatBrokerInterval is over: `cleanOfflineBroker`, then everybody is told.
    pub fn on_heartbeat_timer(&mut self, app: &mut App, ctx: &mut Ctx) {
        ctx.wake(
            ctx.now + app.conf().heartbeat_broker_interval,
            Timer::Consumer(ConsumerTimer::Heartbeat),
        );
        self.instance.clean_offline_brokers();
        if self.heartbeat.is_none() {
            self.heartbeat_to_all(app, ctx, Then::Period);
        }
    }

    /// Tells every known broker, slaves too. The caller has seen that the lock is free.
    pub fn heartbeat_to_all(&mut self, app: &mut App, ctx: &mut Ctx, then: Then) {
        let todo = self.broker_addresses(ctx).into();
        self.heartbeat = Some(Heartbeat { todo, then });
        self.tell_next_broker(app, ctx);
    }

    /// The heartbeat of the first change of assignment follows right behind the scheduled one of the same second: in the usual
    /// course of a start neither gets in the other's way. Says whether there is one to follow.
    pub fn heartbeat_behind_scheduled(&mut self, ctx: &Ctx) -> bool {
        let addresses = self.broker_addresses(ctx);
        let Some(heartbeat) = self
            .heartbeat
            .as_mut()
            .filter(|heartbeat| heartbeat.then == Then::Period)
        else {
            return false;
        };
        heartbeat.todo.extend(addresses);
        heartbeat.then = Then::Assignment;
        true
    }

    /// `ChannelEventListener#onChannelActive` (5.3): a broker that a connection was made to is told at once.
    pub fn on_broker_connected(&mut self, app: &mut App, ctx: &mut Ctx, node: NodeId) {
        let known = self
            .instance
            .addresses()
            .any(|(_, _, address)| address == node);
        if known && self.heartbeat.is_none() && app.conf().enable_heartbeat_channel_event_listener {
            self.heartbeat = Some(Heartbeat {
                todo: VecDeque::from([node]),
                then: Then::Connection,
            });
            self.tell_next_broker(app, ctx);
        }
    }

    fn tell_next_broker(&mut self, app: &mut App, ctx: &mut Ctx) {
        let Some(heartbeat) = &self.heartbeat else {
            return;
        };
        let then = heartbeat.then;
        match heartbeat.todo.front().copied() {
            Some(node) => {
                let request = Request::Heartbeat {
                    client: self.client,
                    producers: Vec::new(),
                    consumers: vec![self.subscription(app)],
                };
                self.invoke(
                    ctx,
                    node,
                    Mode::Sync,
                    app.conf().mq_client_api_timeout,
                    request,
                    Call::Heartbeat,
                );
            }
            None => {
                self.heartbeat = None;
                match then {
                    Then::Start => self.wake_rebalance(app, ctx),
                    Then::Assignment => self.on_assignment_told(app, ctx),
                    Then::Period | Then::Connection => {}
                }
            }
        }
    }

    /// A broker answered, or could not be told.
    pub fn on_heartbeat_answer(&mut self, app: &mut App, ctx: &mut Ctx, answer: Option<&Response>) {
        let Some(heartbeat) = &mut self.heartbeat else {
            return;
        };
        heartbeat.todo.pop_front();
        let greeted = heartbeat.then == Then::Connection && matches!(answer, Some(Response::Ok));
        self.tell_next_broker(app, ctx);
        // While the first rebalance runs, it is the scheduled heartbeat of the same second that tells a broker that was unknown
        // until then, and that one wakes nobody: queues come with the second rebalance (D.8, k21).
        if greeted && self.rebalance.has_finished_once() {
            self.wake_rebalance(app, ctx);
        }
    }

    /// Every known broker address in the order of `brokerAddrTable` (D.8).
    pub fn broker_addresses(&self, ctx: &Ctx) -> Vec<NodeId> {
        let mut addresses: Vec<_> = self.instance.addresses().collect();
        order::sort_by(&mut addresses, |(broker, replica, _)| {
            (map_order(ctx, *broker), *replica)
        });
        addresses.into_iter().map(|(_, _, node)| node).collect()
    }

    /// `prepareHeartbeatData`. The inner producer's group is left out: nobody in the lab asks for it.
    fn subscription(&self, app: &App) -> Subscription {
        Subscription {
            group: app.group,
            topics: self
                .subscriptions
                .iter()
                .map(|(topic, sub)| (*topic, sub.tags.clone(), sub.version))
                .collect(),
            broadcasting: app.spec.model == MessageModel::Broadcasting,
            from: app.conf().consume_from_where,
        }
    }
}
