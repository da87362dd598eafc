//! What every client process knows of the cluster (`MQClientInstance`): routes of topics and addresses of brokers.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{BrokerName, NodeId, TopicId};
use crate::units::SimTime;
use crate::wire::{Response, Route};

use super::remoting::Remoting;

/// One start of a client: its instant of birth, its connections, its routes. `T` says what a request was for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Instance<T> {
    /// S: every periodic timer of the client counts from here.
    pub built: SimTime,
    /// Connections and requests.
    pub remoting: Remoting<T>,
    /// `topicRouteTable`.
    routes: LiteMap<TopicId, Route>,
    /// `brokerAddrTable`: what is known of each broker name's replicas, dead ones until `clean_offline_brokers`.
    addresses: LiteMap<BrokerName, Vec<(u16, NodeId)>>,
}

impl<T: Clone> Instance<T> {
    /// A client instance built now.
    pub fn new(built: SimTime) -> Self {
        Self {
            built,
            remoting: Remoting::new(built),
            routes: LiteMap::new(),
            addresses: LiteMap::new(),
        }
    }

    /// The topic's route, if the name server ever had one.
    pub fn route(&self, topic: TopicId) -> Option<&Route> {
        self.routes.get(&topic)
    }

    /// Takes the name server's answer to GetRoute. TOPIC_NOT_EXIST leaves the old route as it is
    /// (`MQClientInstance#updateTopicRouteInfoFromNameServer`). Says whether the route is another one now.
    pub fn take_route(&mut self, ctx: &mut Ctx, topic: TopicId, answer: &Response) -> bool {
        let Response::Route(route) = answer else {
            return false;
        };
        let changed = self.routes.get(&topic) != Some(route);
        if changed {
            for broker in &route.brokers {
                self.addresses
                    .insert(broker.broker, broker.replicas.clone());
            }
            self.routes.insert(topic, route.clone());
            ctx.tell(EventKind::RouteChanged { topic });
        }
        changed
    }

    /// The address of a broker name's master, dead or alive (`findBrokerAddressInPublish`).
    pub fn master(&self, broker: BrokerName) -> Option<NodeId> {
        self.addresses
            .get(&broker)?
            .iter()
            .find(|(replica, _)| *replica == 0)
            .map(|(_, node)| *node)
    }

    /// The master's address, else any other replica's (`findBrokerAddressInSubscribe`, `onlyThisBroker` = false), with its id.
    pub fn master_or_any(&self, broker: BrokerName) -> Option<(u16, NodeId)> {
        let replicas = self.addresses.get(&broker)?;
        replicas
            .iter()
            .find(|(replica, _)| *replica == 0)
            .or_else(|| replicas.first())
            .copied()
    }

    /// Every known address: broker name, `brokerId`, node.
    pub fn addresses(&self) -> impl Iterator<Item = (BrokerName, u16, NodeId)> {
        self.addresses.iter().flat_map(|(broker, replicas)| {
            replicas
                .iter()
                .map(|(replica, node)| (*broker, *replica, *node))
        })
    }

    /// Forgets addresses that no route names any more (`MQClientInstance#cleanOfflineBroker`, before each scheduled heartbeat).
    pub fn clean_offline_brokers(&mut self) {
        let routes = &self.routes;
        let known = |node: NodeId| {
            routes
                .values()
                .flat_map(|route| &route.brokers)
                .any(|broker| broker.replicas.iter().any(|(_, n)| *n == node))
        };
        for (_, replicas) in self.addresses.iter_mut() {
            replicas.retain(|(_, node)| known(*node));
        }
        self.addresses.retain(|_, replicas| !replicas.is_empty());
    }
}
