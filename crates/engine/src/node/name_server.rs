//! The name server (`RouteInfoManager`): who is registered, and the routes that follow from it.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::exception::Remark;
use crate::ids::{BrokerName, ConnId, NodeId, TopicId};
use crate::order;
use crate::status::Profile;
use crate::timers::{NameServerTimer, Timer};
use crate::units::{SimTime, Span};
use crate::wire::{Frame, Registration, Request, Response, Route, RouteBroker};

use super::controller::Controller;

/// A broker that has not registered for as long as it said is removed by a scan: 5.x every 5 s, 4.x every 10 s.
const SCAN_5: Span = Span::from_millis(5_000);
const SCAN_4: Span = Span::from_millis(10_000);
/// TOPIC_NOT_EXIST.
const TOPIC_NOT_EXIST: i32 = 17;

/// The registrations.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct NameServer {
    brokers: LiteMap<NodeId, Registered>,
    /// `topicQueueTable`: the topics of each broker name. They outlive their master while any replica is registered.
    topics: LiteMap<BrokerName, LiteMap<TopicId, u16>>,
    /// `enableControllerInNamesrv`.
    controller: Controller,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Registered {
    registration: Registration,
    updated: SimTime,
}

impl NameServer {
    /// The registered replicas.
    pub fn registered(&self) -> Vec<NodeId> {
        self.brokers.keys().copied().collect()
    }

    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    pub fn controller_mut(&mut self) -> &mut Controller {
        &mut self.controller
    }

    /// The process is gone. Registrations were only in its memory; a controller has a log.
    pub fn lose_memory(&mut self) {
        self.brokers = LiteMap::new();
        self.topics = LiteMap::new();
        self.controller.lose_memory();
    }

    pub fn on_frame(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, frame: Frame) {
        if let Frame::Oneway(Request::Controller(broker, request)) = frame {
            self.controller.on_request(ctx, conn, from, broker, request);
            return;
        }
        if frame == Frame::Oneway(Request::UnregisterBroker) {
            self.remove(from);
        }
        let Frame::Request(opaque, request) = frame else {
            return;
        };
        let response = match request {
            Request::RegisterBroker(registration) => self.register(ctx, from, registration),
            Request::GetRoute(topic) => self.route(topic),
            Request::Controller(broker, request) => {
                self.controller.on_request(ctx, conn, from, broker, request)
            }
            // Not for name servers.
            Request::UnregisterBroker
            | Request::SendMessage { .. }
            | Request::Heartbeat { .. }
            | Request::UnregisterClient { .. }
            | Request::Pull(_)
            | Request::QueryConsumerOffset { .. }
            | Request::UpdateConsumerOffset { .. }
            | Request::GetMaxOffset { .. }
            | Request::SearchOffset { .. }
            | Request::GetConsumerList { .. }
            | Request::SendMessageBack { .. }
            | Request::LockBatch { .. }
            | Request::UnlockBatch { .. }
            | Request::EndTransaction { .. }
            | Request::GetAllMetadata
            | Request::NotifyRoleChanged(_)
            | Request::NotifyConsumerIdsChanged { .. }
            | Request::CheckTransactionState { .. } => return,
        };
        ctx.send(conn, Frame::Response(opaque, response));
    }

    fn register(&mut self, ctx: &mut Ctx, from: NodeId, registration: Registration) -> Response {
        let broker = registration.broker;
        if self.is_outdated(from, &registration) {
            self.remove(from);
            return Response::Registered {
                master: None,
                alive_replicas: 0,
                smallest: 0,
            };
        }
        self.brokers.retain(|node, registered| {
            *node == from || !registered.registration.is_in_place_of(&registration)
        });
        if !self.brokers.contains_key(&from) {
            ctx.wake(
                scan_after(ctx, ctx.now + registration.expires),
                Timer::NameServer(NameServerTimer::Expire(from)),
            );
        }
        let others: Vec<u16> = self
            .brokers
            .iter()
            .filter(|(node, _)| **node != from)
            .map(|(_, registered)| &registered.registration)
            .filter(|other| other.broker == broker)
            .map(|other| other.replica)
            .collect();
        let smallest = others
            .iter()
            .fold(registration.replica, |least, other| least.min(*other));
        self.take_topics(&registration, smallest);
        self.brokers.insert(
            from,
            Registered {
                registration,
                updated: ctx.now,
            },
        );
        Response::Registered {
            smallest,
            master: self.master(broker),
            alive_replicas: u32::try_from(others.len() + 1).unwrap_or(u32::MAX),
        }
    }

    /// Controller mode: a master that has been succeeded, and does not know it, is not listened to.
    fn is_outdated(&self, from: NodeId, new: &Registration) -> bool {
        self.brokers.iter().any(|(node, registered)| {
            let old = &registered.registration;
            *node != from && old.is_in_place_of(new) && old.state_version > new.state_version
        })
    }

    fn master(&self, broker: BrokerName) -> Option<NodeId> {
        let is_master = |registered: &Registered| {
            registered.registration.broker == broker && registered.registration.replica == 0
        };
        self.brokers
            .iter()
            .find(|(_, registered)| is_master(registered))
            .map(|(node, _)| *node)
    }

    /// GET_ROUTEINFO_BY_TOPIC (`pickupTopicRouteData`): every broker name that has the topic, with whichever replicas are registered.
    fn route(&self, topic: TopicId) -> Response {
        let replicas = |broker: BrokerName| {
            let mut replicas: Vec<(u16, NodeId)> = self
                .brokers
                .iter()
                .filter(|(_, registered)| registered.registration.broker == broker)
                .map(|(node, registered)| (registered.registration.replica, *node))
                .collect();
            order::sort_by(&mut replicas, |replica| *replica);
            replicas
        };
        let mut brokers: Vec<RouteBroker> = self
            .topics
            .iter()
            .filter_map(|(broker, topics)| Some((*broker, *topics.get(&topic)?)))
            .map(|(broker, queues)| RouteBroker {
                broker,
                queues,
                replicas: replicas(broker),
                writable: true,
            })
            .collect();
        if brokers.is_empty() {
            return Response::Error {
                code: TOPIC_NOT_EXIST,
                remark: Remark::TopicNotExist(topic),
            };
        }
        for broker in &mut brokers {
            if self.slave_acts(broker.broker) {
                let_slave_act(broker);
            }
        }
        Response::Route(Route { brokers })
    }

    /// A master's word on its topics counts, and that of a slave that acts for one. What is missing from it stays (`#registerBroker`).
    fn take_topics(&mut self, registration: &Registration, smallest: u16) {
        let acts = registration.slave_acts && registration.replica == smallest;
        if registration.replica != 0 && !acts {
            return;
        }
        let known = self.topics.entry(registration.broker).or_default();
        for (topic, queues) in &registration.topics {
            known.insert(*topic, *queues);
        }
    }

    /// A replica leaves the routes, and with the last of a broker name its topics do (`#removeTopicByBrokerName`).
    fn remove(&mut self, node: NodeId) {
        let Some(gone) = self.brokers.remove(&node) else {
            return;
        };
        let broker = gone.registration.broker;
        let is_left = |registered: &Registered| registered.registration.broker == broker;
        if !self.brokers.values().any(is_left) {
            self.topics.remove(&broker);
        }
    }

    /// Whether a broker name wants its smallest living slave to act for a missing master. `supportActingMaster` is on where brokers ask
    /// for it.
    fn slave_acts(&self, broker: BrokerName) -> bool {
        self.brokers
            .values()
            .map(|registered| &registered.registration)
            .any(|registration| registration.broker == broker && registration.slave_acts)
    }

    /// A broker's connection is gone: it is removed at once (`BrokerHousekeepingService`).
    pub fn on_closed(&mut self, ctx: &mut Ctx, from: NodeId) {
        self.remove(from);
        self.controller.on_closed(ctx, from);
    }

    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: NameServerTimer) {
        let node = match timer {
            NameServerTimer::Expire(node) => node,
            NameServerTimer::ScanNotActiveBroker => {
                return self.controller.scan_not_active_broker(ctx);
            }
            NameServerTimer::ScanInactiveMaster => {
                return self.controller.scan_inactive_master(ctx);
            }
        };
        let Some(registered) = self.brokers.get(&node) else {
            return;
        };
        let expires = registered.updated + registered.registration.expires;
        if ctx.now > expires {
            self.remove(node);
        } else {
            ctx.wake(scan_after(ctx, expires), Timer::NameServer(timer));
        }
    }
}

/// `#pickupTopicRouteData` without a master: the slave with the smallest id is shown as brokerId 0, and nobody may write
/// (`#registerBroker` and `#cleanTopicWhileUnRegisterBroker` wipe the permission).
fn let_slave_act(broker: &mut RouteBroker) {
    if let Some((replica, _)) = broker.replicas.first_mut()
        && *replica != 0
    {
        *replica = 0;
        broker.writable = false;
    }
}

fn scan_after(ctx: &Ctx, at: SimTime) -> SimTime {
    let period = if ctx.profile() == Profile::V5_3 {
        SCAN_5
    } else {
        SCAN_4
    };
    at.next_tick(SimTime::ZERO, period)
}
