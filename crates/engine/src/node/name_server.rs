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
        self.controller.lose_memory();
    }

    pub fn on_frame(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, frame: Frame) {
        if let Frame::Oneway(Request::Controller(broker, request)) = frame {
            self.controller.on_request(ctx, conn, from, broker, request);
            return;
        }
        if frame == Frame::Oneway(Request::UnregisterBroker) {
            self.brokers.remove(&from);
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
            self.brokers.remove(&from);
            return Response::Registered {
                master: None,
                alive_replicas: 0,
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
        self.brokers.insert(
            from,
            Registered {
                registration,
                updated: ctx.now,
            },
        );
        let alive = self
            .brokers
            .values()
            .filter(|registered| registered.registration.broker == broker)
            .count();
        Response::Registered {
            master: self.master(broker),
            alive_replicas: u32::try_from(alive).unwrap_or(u32::MAX),
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

    /// GET_ROUTEINFO_BY_TOPIC (`pickupTopicRouteData`): every broker name of which some replica is registered with the topic.
    fn route(&self, topic: TopicId) -> Response {
        let mut names: LiteMap<BrokerName, RouteBroker> = LiteMap::new();
        for (node, registered) in &self.brokers {
            let Registration {
                broker,
                replica,
                topics,
                ..
            } = &registered.registration;
            let Some((_, queues)) = topics.iter().find(|(known, _)| *known == topic) else {
                continue;
            };
            let entry = names.entry(*broker).or_insert_with(|| RouteBroker {
                broker: *broker,
                queues: *queues,
                replicas: Vec::new(),
            });
            // The master's word on its queues counts; a slave's only while there is no master.
            if *replica == 0 {
                entry.queues = *queues;
            }
            entry.replicas.push((*replica, *node));
        }
        // A replica that has registered before it knew the topic is still an address of its broker name.
        for (node, registered) in &self.brokers {
            let Registration {
                broker, replica, ..
            } = &registered.registration;
            if let Some(entry) = names.get_mut(broker)
                && !entry.replicas.iter().any(|(_, known)| known == node)
            {
                entry.replicas.push((*replica, *node));
            }
        }
        if names.is_empty() {
            return Response::Error {
                code: TOPIC_NOT_EXIST,
                remark: Remark::TopicNotExist(topic),
            };
        }
        let mut brokers: Vec<RouteBroker> = names.into_iter().map(|(_, broker)| broker).collect();
        for broker in &mut brokers {
            order::sort_by(&mut broker.replicas, |replica| *replica);
        }
        Response::Route(Route { brokers })
    }

    /// A broker's connection is gone: it is removed at once (`BrokerHousekeepingService`).
    pub fn on_closed(&mut self, ctx: &mut Ctx, from: NodeId) {
        self.brokers.remove(&from);
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
            self.brokers.remove(&node);
        } else {
            ctx.wake(scan_after(ctx, expires), Timer::NameServer(timer));
        }
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
