//! A slave that acts for its master (`enableSlaveActingMaster`): it does the work that only one replica may do, and what comes of it is
//! stored by the master of another broker name (`EscapeBridge`), since a slave's own store takes no puts.

use std::sync::Arc;

use crate::effect::Ctx;
use crate::ids::{GroupId, NodeId, QueueId, TopicId};
use crate::node::remoting::Mode;
use crate::units::Span;
use crate::wire::{Message, Request, Response};

use super::commit_log::Record;
use super::{Call, Live};

/// `SEND_TIMEOUT`; the route is asked for with it, too.
const SEND_TIMEOUT: Span = Span::from_millis(3_000);
/// `defaultTopicQueueNums` of what it sends.
const DEFAULT_QUEUES: u16 = 4;

/// What is on its way to another master.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Escaping {
    /// The next record of a delay level.
    Delayed(u8),
    /// The half message that the scan is at.
    Half,
}

impl Live<'_> {
    /// Whether this replica delivers delayed messages and looks after half messages: a master does, or who acts for it.
    pub(super) fn runs_special_services(&self) -> bool {
        !self.is_slave() || self.p.acts
    }

    /// `BrokerController#updateMinBroker`, `#changeSpecialServiceStatus`: looked at with every heartbeat. Neither asks for the mode: a
    /// replica acts in controller mode, too, while nobody is elected.
    pub(super) fn change_special_services(&mut self, ctx: &mut Ctx, smallest: u16) {
        let conf = &self.id.conf;
        let acts =
            conf.enable_slave_acting_master && self.is_slave() && smallest == self.id.replica;
        if acts != self.p.acts {
            self.p.acts = acts;
            // Who has been elected meanwhile goes on.
            if self.is_slave() {
                self.p.schedule.load(&self.disk.delay_offsets);
                self.start_schedule(ctx);
                self.change_transaction_checks(ctx);
            }
        }
    }

    /// `#putMessage` without a master here: with `enableRemoteEscape` another one is looked for, else the put is refused.
    pub(super) fn escape(&mut self, ctx: &mut Ctx, what: Escaping, topic: TopicId) -> bool {
        let may = self.id.conf.enable_remote_escape;
        if may {
            self.ask_elsewhere(
                ctx,
                ctx.setup.name_server,
                Request::GetRoute(topic),
                Call::EscapeRoute(what),
            );
        }
        may
    }

    fn escaping(&self, what: Escaping) -> Option<Arc<Record>> {
        match what {
            Escaping::Delayed(level) => self.next_delayed(level),
            Escaping::Half => self.half_in_hand(),
        }
    }

    pub(super) fn on_escape_answer(&mut self, ctx: &mut Ctx, what: Escaping, stored: bool) {
        match what {
            Escaping::Delayed(level) => self.on_escaped(ctx, level, stored),
            Escaping::Half => self.on_half_escaped(ctx, stored),
        }
    }

    /// `#putMessageToRemoteBroker`: any writable queue of another broker name. A half message goes as it once came
    /// (`TransactionalMessageUtil#buildTransactionalMessageFromHalfMessage`).
    pub(super) fn on_escape_route(&mut self, ctx: &mut Ctx, what: Escaping, response: &Response) {
        let record = self.escaping(what);
        let (Response::Route(route), Some(record)) = (response, record) else {
            return self.on_escape_answer(ctx, what, false);
        };
        let targets: Vec<(NodeId, QueueId)> = route
            .brokers
            .iter()
            .filter(|other| other.broker != self.id.broker)
            .filter_map(|other| Some((other.writer()?, other.queues)))
            .flat_map(|(node, queues)| (0..queues).map(move |queue| (node, QueueId(queue))))
            .collect();
        let drawn = ctx
            .rng
            .pick(u32::try_from(targets.len()).unwrap_or(u32::MAX));
        let Some((node, queue)) = usize::try_from(drawn).ok().and_then(|i| targets.get(i)) else {
            return self.on_escape_answer(ctx, what, false);
        };
        let message = Message {
            delay_level: 0,
            wait_store_msg_ok: false,
            ..(*record.message).clone()
        };
        let request = Request::SendMessage {
            message: Arc::new(message),
            queue: *queue,
            group: GroupId(0),
            default_queues: DEFAULT_QUEUES,
            max_reconsume_times: None,
        };
        self.ask_elsewhere(ctx, *node, request, Call::Escape(what));
    }

    fn ask_elsewhere(&mut self, ctx: &mut Ctx, node: NodeId, request: Request, call: Call) {
        let outcome = self
            .p
            .remoting
            .invoke(ctx, node, Mode::Sync, SEND_TIMEOUT, request, call);
        self.on_outcomes(ctx, outcome.into_iter().collect());
    }
}
