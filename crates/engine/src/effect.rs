//! How a node asks for things: handlers fill an [`Outbox`], and the cluster performs it.

use crate::event::EventKind;
use crate::ids::{ConnId, MessageId, MessageQueue, NodeId};
use crate::rng::Rng;
use crate::setup::Setup;
use crate::status::Profile;
use crate::timers::Timer;
use crate::units::{QueueOffset, SimTime};
use crate::wire::Frame;

/// What a handler is given: the instant, the fixed facts, the dice, and an outbox.
pub(crate) struct Ctx<'a> {
    /// Now.
    pub now: SimTime,
    /// The node whose handler runs.
    pub me: NodeId,
    /// Which start of that node's process this is, from 1.
    pub start: u32,
    /// What never changes during a run.
    pub setup: &'a Setup,
    /// The world's dice.
    pub rng: &'a mut Rng,
    /// What the handler wants.
    pub out: &'a mut Outbox,
}

/// What a handler wants, in order. An event is the cause of what follows it.
#[derive(Default, Debug)]
pub(crate) struct Outbox {
    pub(crate) effects: Vec<Effect>,
    /// The next connection number; the cluster's own counter, lent out.
    pub(crate) next_conn: u32,
    /// Messages that left a consumer's memory though no listener took them: they may have been the last copies.
    pub(crate) let_go: Vec<MessageId>,
    /// Where a broadcasting member is now in queues that it has gone on in: nobody else is told.
    pub(crate) gone_on: Vec<(MessageQueue, QueueOffset)>,
}

/// One wish.
#[derive(Debug)]
pub(crate) enum Effect {
    Tell(EventKind),
    Connect { conn: ConnId, to: NodeId },
    Send { conn: ConnId, frame: Frame },
    Close { conn: ConnId },
    Wake { at: SimTime, timer: Timer },
}

impl Ctx<'_> {
    /// Whose rules apply.
    pub fn profile(&self) -> Profile {
        self.setup.profile
    }

    /// Records an event on this node.
    pub fn tell(&mut self, kind: EventKind) {
        self.out.effects.push(Effect::Tell(kind));
    }

    /// Starts a connection. `on_connected`, `on_refused` or nothing at all follows.
    pub fn connect(&mut self, to: NodeId) -> ConnId {
        let conn = ConnId(self.out.next_conn);
        self.out.next_conn = self.out.next_conn.saturating_add(1);
        self.out.effects.push(Effect::Connect { conn, to });
        conn
    }

    /// Sends a frame on an open connection; on a closed one it vanishes.
    pub fn send(&mut self, conn: ConnId, frame: Frame) {
        self.out.effects.push(Effect::Send { conn, frame });
    }

    /// Closes a connection from this end: the peer gets a FIN.
    pub fn close(&mut self, conn: ConnId) {
        self.out.effects.push(Effect::Close { conn });
    }

    /// Fires `timer` on this node at `at` (not before now), unless the process ends before.
    pub fn wake(&mut self, at: SimTime, timer: Timer) {
        self.out.effects.push(Effect::Wake {
            at: at.max(self.now),
            timer,
        });
    }
}

/// How a connection ended, as one end sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Closed {
    /// The peer closed it, or its process ended with nothing unread.
    Fin,
    /// The peer does not know it, or its process ended with something unread.
    Rst,
}
