//! How a broker gets into routes (`BrokerController#registerBrokerAll`, `BrokerOuterAPI`).

use crate::effect::Ctx;
use crate::node::remoting::Mode;
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{SimTime, Span};
use crate::wire::{Registration, Request, Response};

use super::{Call, Live};

/// The first scheduled registration.
const FIRST_REGISTRATION: Span = Span::from_millis(10_000);
/// Without another registration a name server forgets a broker after so long …
const EXPIRY: Span = Span::from_secs(120);
/// How long a registration may take.
const REGISTER_TIMEOUT: Span = Span::from_millis(24_000);

impl Live<'_> {
    /// At the end of start(): 4.9 registers at once. 5.3.3 only if its client is already connected, which it finds out
    /// asynchronously: a race, lost 21 times of 35 (J.1), and then it is in no route for ten seconds. A cluster's first start is
    /// before t = 0, which waits for it.
    pub(super) fn start_registration(&mut self, ctx: &mut Ctx) {
        // In controller mode the change of role registers.
        let lost = self.is_isolated()
            || ctx.profile() == Profile::V5_3
                && ctx.now >= SimTime::ZERO
                && ctx.rng.usually(14, 35);
        if !lost {
            self.register(ctx);
        }
        // Heartbeats keep a registration alive, and who is not registered learns nothing by them.
        let first = match self.heartbeat() {
            Some((period, _)) if !lost || self.is_isolated() => period,
            Some(_) | None => FIRST_REGISTRATION,
        };
        ctx.wake(ctx.now + first, Timer::Broker(BrokerTimer::Register));
    }

    pub(super) fn on_register_tick(&mut self, ctx: &mut Ctx) {
        if !self.is_isolated() {
            self.register(ctx);
        }
        // `registerNameServerPeriod`, clamped to 10 … 60 s.
        let scheduled = self
            .id
            .conf
            .register_name_server_period
            .max(Span::from_secs(10))
            .min(Span::from_secs(60));
        let period = self.heartbeat().map_or(scheduled, |(period, _)| period);
        ctx.wake(ctx.now + period, Timer::Broker(BrokerTimer::Register));
    }

    /// … unless slaves may act for their master: then brokers say every second that they live, and learn how many do
    /// (`sendHeartbeat`, `syncBrokerMemberGroup`; one registration stands for both). How often, and how long one counts.
    fn heartbeat(&self) -> Option<(Span, Span)> {
        let conf = &self.id.conf;
        conf.enable_slave_acting_master.then_some((
            conf.broker_heartbeat_interval,
            conf.broker_not_active_timeout_millis,
        ))
    }

    pub(super) fn register(&mut self, ctx: &mut Ctx) {
        let topics = self
            .disk
            .topics
            .iter()
            .map(|(topic, queues)| (*topic, *queues))
            .collect();
        let expires = self.heartbeat().map_or(EXPIRY, |(_, expires)| expires);
        let registration = Registration {
            broker: self.id.broker,
            replica: self.id.replica,
            topics,
            expires,
            slave_acts: self.id.conf.enable_slave_acting_master,
            state_version: self.p.replicas.epoch,
        };
        let request = Request::RegisterBroker(registration);
        self.p.remoting.invoke(
            ctx,
            ctx.setup.name_server,
            Mode::Async,
            REGISTER_TIMEOUT,
            request,
            Call::Register,
        );
    }

    /// A clean shutdown takes the broker out of every route.
    pub(super) fn unregister(&mut self, ctx: &mut Ctx) {
        self.p.remoting.invoke(
            ctx,
            ctx.setup.name_server,
            Mode::Oneway,
            REGISTER_TIMEOUT,
            Request::UnregisterBroker,
            Call::Register,
        );
    }

    pub(super) fn on_registered(&mut self, ctx: &mut Ctx, response: &Response) {
        if let Response::Registered {
            master,
            alive_replicas,
            smallest,
        } = response
        {
            self.p.alive_replicas = *alive_replicas;
            self.change_special_services(ctx, *smallest);
            if self.is_controlled() {
                self.learn_ha_address(ctx, *master);
            } else {
                self.p.replication.learn_master(*master);
            }
        }
    }
}
