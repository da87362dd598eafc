//! The four kinds of node behind one face.

use crate::broker::Broker;
use crate::config::BrokerConfig;
use crate::effect::{Closed, Ctx};
use crate::event::Down;
use crate::ids::{ConnId, NodeId};
use crate::node::consumer::Consumer;
use crate::node::name_server::NameServer;
use crate::node::producer::Producer;
use crate::setup::Kind;
use crate::timers::Timer;
use crate::wire::Frame;

/// What a node is, with everything it knows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Role {
    NameServer(NameServer),
    Broker(Box<Broker>),
    Producer(Box<Producer>),
    Consumer(Box<Consumer>),
}

/// Every role answers to the same few calls; what it does not care for, it ignores here.
impl Role {
    /// A node of this kind that has never been started.
    pub fn new(id: NodeId, kind: &Kind) -> Self {
        match kind {
            Kind::NameServer => Self::NameServer(NameServer::default()),
            Kind::Broker {
                broker,
                replica,
                conf,
            } => Self::Broker(Box::new(Broker::new(
                *broker,
                *replica,
                BrokerConfig::clone(conf),
            ))),
            Kind::Producer { group, spec } => {
                Self::Producer(Box::new(Producer::new(*group, spec.clone())))
            }
            Kind::Consumer {
                group,
                topic,
                tags,
                spec,
            } => Self::Consumer(Box::new(Consumer::new(
                id,
                *group,
                *topic,
                tags.clone(),
                spec.clone(),
            ))),
        }
    }

    pub fn boot(&mut self, ctx: &mut Ctx) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.boot(ctx),
            Self::Producer(producer) => producer.boot(ctx),
            Self::Consumer(consumer) => consumer.boot(ctx),
        }
    }

    pub fn shut_down(&mut self, ctx: &mut Ctx) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.end_shutdown(ctx),
            Self::Producer(producer) => producer.shut_down(ctx),
            Self::Consumer(consumer) => consumer.shut_down(ctx),
        }
    }

    pub fn lose_memory(&mut self, ctx: &mut Ctx, how: Down) {
        match self {
            Self::NameServer(name_server) => name_server.lose_memory(),
            Self::Broker(broker) => broker.lose_memory(ctx, how),
            Self::Producer(producer) => producer.lose_memory(),
            Self::Consumer(consumer) => consumer.lose_memory(),
        }
    }

    pub fn on_connected(&mut self, ctx: &mut Ctx, conn: ConnId) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.on_connected(ctx, conn),
            Self::Producer(producer) => producer.on_connected(ctx, conn),
            Self::Consumer(consumer) => consumer.on_connected(ctx, conn),
        }
    }

    pub fn on_refused(&mut self, ctx: &mut Ctx, conn: ConnId) {
        match self {
            Self::NameServer(_) => {}
            Self::Broker(broker) => broker.on_refused(ctx, conn),
            Self::Producer(producer) => producer.on_refused(ctx, conn),
            Self::Consumer(consumer) => consumer.on_refused(ctx, conn),
        }
    }

    pub fn on_closed(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, how: Closed) {
        match self {
            Self::NameServer(name_server) => name_server.on_closed(ctx, from),
            Self::Broker(broker) => broker.on_closed(ctx, conn, how),
            Self::Producer(producer) => producer.on_closed(ctx, conn, how),
            Self::Consumer(consumer) => consumer.on_closed(ctx, conn, how),
        }
    }

    pub fn on_frame(&mut self, ctx: &mut Ctx, conn: ConnId, from: NodeId, frame: Frame) {
        match self {
            Self::NameServer(name_server) => name_server.on_frame(ctx, conn, from, frame),
            Self::Broker(broker) => broker.on_frame(ctx, conn, from, frame),
            Self::Producer(producer) => producer.on_frame(ctx, conn, frame),
            Self::Consumer(consumer) => consumer.on_frame(ctx, conn, frame),
        }
    }

    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        match (self, timer) {
            (Self::NameServer(name_server), Timer::NameServer(timer)) => {
                name_server.on_timer(ctx, timer)
            }
            (Self::Broker(broker), Timer::Broker(timer)) => broker.on_timer(ctx, timer),
            (Self::Broker(broker), Timer::Remoting(timer)) => broker.on_remoting_timer(ctx, timer),
            (Self::Producer(producer), Timer::Producer(timer)) => producer.on_timer(ctx, timer),
            (Self::Producer(producer), Timer::Remoting(timer)) => {
                producer.on_remoting_timer(ctx, timer)
            }
            (Self::Consumer(consumer), Timer::Consumer(timer)) => consumer.on_timer(ctx, timer),
            (Self::Consumer(consumer), Timer::Remoting(timer)) => {
                consumer.on_remoting_timer(ctx, timer)
            }
            // No node sets another kind's alarm.
            (Self::NameServer(_) | Self::Broker(_) | Self::Producer(_) | Self::Consumer(_), _) => {}
        }
    }
}
