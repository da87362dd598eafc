//! What the client instance does for its producer besides sending (`MQClientInstance`; F): routes, heartbeats, good-bye.

use super::call::{CallId, Ending};
use super::selection::publish_list;
use super::{Asker, Purpose, Running};
use crate::exception::Exception;
use crate::ids::{ClientId, NodeId, TopicId};
use crate::node::remoting::Mode;
use crate::setup::system;
use crate::timers::{ProducerTimer, Timer};
use crate::units::Span;
use crate::wire::{Request, Response, Route};

/// The first route poll comes so long after S …
const FIRST_POLL: Span = Span::from_millis(10);
/// … and the first heartbeat so long.
const FIRST_HEARTBEAT: Span = Span::from_millis(1_000);

impl Running<'_, '_> {
    /// `MQClientInstance#startScheduledTask`. Everything counts from S.
    pub(super) fn start(&mut self) {
        self.ctx.wake(
            self.ctx.now + FIRST_POLL,
            Timer::Producer(ProducerTimer::PollRoutes),
        );
        self.ctx.wake(
            self.ctx.now + FIRST_HEARTBEAT,
            Timer::Producer(ProducerTimer::Heartbeat),
        );
    }

    /// `updateTopicRouteInfoFromNameServer` for every topic that was ever sent to.
    pub(super) fn poll_routes(&mut self) {
        let first = self.process.instance.built + FIRST_POLL;
        let next = self
            .ctx
            .now
            .next_tick(first, self.conf.poll_name_server_interval);
        self.ctx
            .wake(next, Timer::Producer(ProducerTimer::PollRoutes));
        let asker = if core::mem::replace(&mut self.process.warmed_up, true) {
            Asker::Poll
        } else {
            Asker::WarmUp
        };
        for topic in self.process.topics.clone() {
            self.ask_route(topic, false, asker);
        }
    }

    /// GET_ROUTEINFO_BY_TOPIC, of the topic or of the template of topics that do not exist.
    pub(super) fn ask_route(&mut self, topic: TopicId, template: bool, asker: Asker) {
        if !self.process.topics.contains(&topic) {
            self.process.topics.push(topic);
        }
        let asked = if template { system::AUTO_CREATE } else { topic };
        let purpose = Purpose::Route {
            topic,
            template,
            asker,
        };
        let name_server = self.ctx.setup.name_server;
        self.invoke(
            name_server,
            Mode::Sync,
            self.conf.mq_client_api_timeout,
            Request::GetRoute(asked),
            purpose,
        );
    }

    /// The name server's answer. A route that differs starts the topic's round robins over.
    pub(super) fn route_answered(
        &mut self,
        topic: TopicId,
        template: bool,
        asker: Asker,
        response: Response,
    ) {
        let answer = if template {
            self.borrowed(response)
        } else {
            response
        };
        if self.process.instance.take_route(self.ctx, topic, &answer) {
            self.process.selector.start_over(topic);
        }
        match asker {
            Asker::Poll => {}
            Asker::WarmUp => self.connect_to_masters(topic),
            Asker::Call(call) => self.go_on_with_route(call, topic, template),
        }
    }

    /// TBW102's route with as many queues as a created topic will have: the fewer of the client's and the broker's numbers.
    fn borrowed(&self, response: Response) -> Response {
        let Response::Route(Route { mut brokers }) = response else {
            return response;
        };
        let most = u16::try_from(self.conf.default_topic_queue_nums).unwrap_or(u16::MAX);
        for broker in &mut brokers {
            broker.queues = broker.queues.min(most);
        }
        Response::Route(Route { brokers })
    }

    /// The rest of `tryToFindTopicPublishInfo`: a topic that the name server does not know borrows the template's route. One whose
    /// masters are all gone has a route, and nothing to send to.
    fn go_on_with_route(&mut self, id: CallId, topic: TopicId, template: bool) {
        let Some(queue) = self.process.calls.get(&id).map(|call| call.order.queue) else {
            return;
        };
        let route = self.process.instance.route(topic);
        let sendable = route.is_some_and(|route| !publish_list(route).is_empty());
        match queue {
            None if sendable => self.attempt(id),
            Some((broker, queue)) if sendable => self.kernel_to_queue(id, broker, queue),
            None | Some(_) if route.is_none() && !template => {
                self.ask_route(topic, true, Asker::Call(id))
            }
            None => self.finish(id, Ending::Failed(Exception::NoRoute(topic))),
            Some((broker, queue)) => self.kernel_to_queue(id, broker, queue),
        }
    }

    /// The name server could not be asked: a call throws, a poll only logs.
    pub(super) fn route_failed(&mut self, asker: Asker, exception: Exception) {
        match asker {
            Asker::WarmUp | Asker::Poll => {}
            Asker::Call(id) => self.finish(
                id,
                Ending::Failed(Exception::RouteLookup(Box::new(exception))),
            ),
        }
    }

    fn connect_to_masters(&mut self, topic: TopicId) {
        let masters: Vec<NodeId> = self
            .process
            .instance
            .route(topic)
            .into_iter()
            .flat_map(|route| &route.brokers)
            .filter_map(|broker| broker.master())
            .collect();
        for master in masters {
            self.process.instance.remoting.dial(self.ctx, master);
        }
    }

    /// Every heartbeatBrokerInterval: dead addresses are forgotten, then each master is told, one after the other
    /// (`#cleanOfflineBroker`, `#sendHeartbeatToAllBroker`). A client without consumers tells masters only.
    pub(super) fn scheduled_heartbeat(&mut self) {
        let first = self.process.instance.built + FIRST_HEARTBEAT;
        let next = self
            .ctx
            .now
            .next_tick(first, self.conf.heartbeat_broker_interval);
        self.ctx
            .wake(next, Timer::Producer(ProducerTimer::Heartbeat));
        self.process.instance.clean_offline_brokers();
        // A round that is still under way goes on instead (`lockHeartbeat`).
        if self.process.round.is_empty() {
            let masters = self
                .process
                .instance
                .addresses()
                .filter(|(_, replica, _)| *replica == 0)
                .map(|(_, _, node)| node);
            self.process.round = masters.collect();
            self.process.round.reverse();
            self.next_heartbeat();
        }
    }

    /// The next master of the round.
    pub(super) fn next_heartbeat(&mut self) {
        if let Some(master) = self.process.round.pop() {
            self.heartbeat(master, true);
        }
    }

    fn heartbeat(&mut self, to: NodeId, of_round: bool) {
        let request = Request::Heartbeat {
            client: self.client(),
            producers: vec![self.group],
            consumers: Vec::new(),
        };
        self.invoke(
            to,
            Mode::Sync,
            self.conf.mq_client_api_timeout,
            request,
            Purpose::Heartbeat { of_round },
        );
    }

    /// `ChannelEventListener#onChannelActive` (5.x): a broker it knows is told at once.
    pub(super) fn channel_active(&mut self, peer: NodeId) {
        let known = self
            .process
            .instance
            .addresses()
            .any(|(_, _, node)| node == peer);
        if known && self.conf.enable_heartbeat_channel_event_listener {
            self.heartbeat(peer, false);
        }
    }

    /// `MQClientInstance#unregisterClient`.
    pub(super) fn unregister(&mut self) {
        let client = self.client();
        let brokers: Vec<NodeId> = self
            .process
            .instance
            .addresses()
            .map(|(_, _, node)| node)
            .collect();
        for broker in brokers {
            if self.process.instance.remoting.is_connected(broker) {
                self.invoke(
                    broker,
                    Mode::Oneway,
                    self.conf.mq_client_api_timeout,
                    Request::UnregisterClient { client },
                    Purpose::Forgotten,
                );
            }
        }
    }

    fn client(&self) -> ClientId {
        ClientId {
            node: self.ctx.me,
            start: self.ctx.start,
        }
    }
}
