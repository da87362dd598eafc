//! What is on the wires: one glyph per message, one token per answer. Positions are not here: they follow from the clock.

use loss_lab_engine::ids::{BrokerName, MessageId, NodeId};
use loss_lab_engine::status::{BrokerRole, PutMessageStatus};
use loss_lab_engine::units::{PhysicalOffset, SimTime};
use loss_lab_engine::view::{Flight, FlightKind, NodeKind, SlaveLink};

use crate::world::World;

/// A wire shows at most so many things at once.
const SHOWN: usize = 12;

/// All links that are drawn.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Wires {
    /// Producers and masters.
    pub send: Option<Link>,
    /// Master and each slave.
    pub replication: Vec<Link>,
    /// Broker to consumer, over the top.
    pub pull: Option<Link>,
    /// Between whom nothing passes.
    pub cuts: Vec<(NodeId, NodeId)>,
}

/// Two wires between two nodes: out carries messages, back carries answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// One end …
    pub from: NodeId,
    /// … the other.
    pub to: NodeId,
    /// The ends' names.
    pub names: [String; 2],
    /// Nothing passes.
    pub cut: bool,
    /// What travels out, oldest first.
    pub out: Vec<Flying>,
    /// What travels back, oldest first.
    pub back: Vec<Flying>,
    /// A master still waits for this slave's first report.
    pub awaited: bool,
}

/// Something on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flying {
    /// What.
    pub load: Load,
    /// When it left.
    pub sent: SimTime,
    /// When it lands; never while the link is cut or the receiver is frozen.
    pub lands: SimTime,
    /// From whom to whom.
    pub way: (NodeId, NodeId),
}

/// What can be seen to travel.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Load {
    /// A message.
    Message(MessageId),
    /// An answer, with its word.
    Answer(MessageId, &'static str),
    /// A slave's report, or a pull.
    Token,
}

/// Travelled so far, in thousandths. What never lands waits in the middle of the wire.
#[must_use]
pub fn progress(sent: SimTime, lands: SimTime, now: SimTime) -> u32 {
    if lands == SimTime::NEVER {
        return 500;
    }
    let whole = lands.since(sent).micros().max(1);
    u32::try_from(now.since(sent).micros().min(whole).saturating_mul(1_000) / whole)
        .unwrap_or(1_000)
}

/// The wires of `world`.
#[must_use]
pub fn wires(world: &World<'_>) -> Wires {
    let of_kind = |wanted: fn(&NodeKind) -> bool| {
        world
            .view
            .nodes
            .iter()
            .filter(move |node| wanted(&node.kind))
            .map(|node| node.id)
    };
    let masters: Vec<NodeId> = of_kind(
        |kind| matches!(kind, NodeKind::Broker(broker) if broker.role != BrokerRole::Slave),
    )
    .collect();
    let producers: Vec<NodeId> = of_kind(|kind| matches!(kind, NodeKind::Producer(_))).collect();
    let consumers: Vec<NodeId> = of_kind(|kind| matches!(kind, NodeKind::Consumer(_))).collect();
    let Some(&master) = masters.first() else {
        return Wires::default();
    };
    Wires {
        // All producers and all masters share one link; its ends are the first of each.
        send: producers.first().map(|first| Link {
            out: flying(world, |flight| {
                producers.contains(&flight.from) && masters.contains(&flight.to)
            }),
            back: flying(world, |flight| {
                masters.contains(&flight.from) && producers.contains(&flight.to)
            }),
            ..empty(world, *first, master)
        }),
        replication: of_kind(
            |kind| matches!(kind, NodeKind::Broker(broker) if broker.role == BrokerRole::Slave),
        )
        .map(|slave| {
            let its = masters
                .iter()
                .find(|master| broker_of(world, **master) == broker_of(world, slave));
            let master = *its.unwrap_or(&master);
            Link {
                out: flying(world, |flight| (flight.from, flight.to) == (master, slave)),
                back: flying(world, |flight| (flight.from, flight.to) == (slave, master)),
                awaited: awaited(world, master, slave),
                ..empty(world, master, slave)
            }
        })
        .collect(),
        pull: consumers
            .first()
            .map(|first| rail(world, master, *first, &consumers)),
        cuts: world.view.cuts.clone(),
    }
}

fn broker_of(world: &World<'_>, node: NodeId) -> Option<BrokerName> {
    match &world.node(node)?.kind {
        NodeKind::Broker(view) => Some(view.broker),
        NodeKind::NameServer { .. } | NodeKind::Producer(_) | NodeKind::Consumer(_) => None,
    }
}

/// A link with nothing on it.
fn empty(world: &World<'_>, from: NodeId, to: NodeId) -> Link {
    Link {
        from,
        to,
        names: [world.name(from), world.name(to)],
        cut: world.is_cut(from, to),
        out: Vec::new(),
        back: Vec::new(),
        awaited: false,
    }
}

/// Every broker's answers to every consumer share one rail.
fn rail(world: &World<'_>, master: NodeId, first: NodeId, consumers: &[NodeId]) -> Link {
    let messages = |flight: &Flight| {
        matches!(flight.what, FlightKind::Messages(_)) && consumers.contains(&flight.to)
    };
    Link {
        out: flying(world, messages),
        ..empty(world, master, first)
    }
}

fn flying(world: &World<'_>, on_this_wire: impl Fn(&Flight) -> bool) -> Vec<Flying> {
    let mut all: Vec<Flying> = Vec::new();
    for flight in world
        .view
        .flights
        .iter()
        .filter(|flight| on_this_wire(flight))
    {
        for load in loads(world, flight) {
            let flying = Flying {
                load,
                sent: flight.sent,
                lands: flight.arrives,
                way: (flight.from, flight.to),
            };
            if !all.contains(&flying) {
                all.push(flying);
            }
        }
    }
    let older = all.len().saturating_sub(SHOWN);
    all.drain(..older);
    all
}

/// What one packet shows. Heartbeats, routes, offsets and handshakes stay unseen, and so do pulls that ask for nothing in particular.
fn loads(world: &World<'_>, flight: &Flight) -> Vec<Load> {
    match &flight.what {
        FlightKind::Send(message) => vec![Load::Message(*message)],
        FlightKind::Reply(message, status) => vec![Load::Answer(*message, answer(*status))],
        FlightKind::Refusal(message) => vec![Load::Answer(*message, "error")],
        FlightKind::Messages(messages) | FlightKind::Replicate(messages) => messages
            .iter()
            .map(|message| Load::Message(*message))
            .collect(),
        // A report that says nothing new is a heartbeat.
        FlightKind::Ack(end) if *end > acked(world, flight.to, flight.from) => vec![Load::Token],
        FlightKind::Ack(_)
        | FlightKind::Pull
        | FlightKind::Offsets
        | FlightKind::Housekeeping
        | FlightKind::Connection => Vec::new(),
    }
}

/// What the producer will make of the store's word: a stored message's status is its `SendStatus`.
fn answer(status: PutMessageStatus) -> &'static str {
    match status {
        PutMessageStatus::PutOk => "SEND_OK",
        PutMessageStatus::FlushDiskTimeout
        | PutMessageStatus::FlushSlaveTimeout
        | PutMessageStatus::SlaveNotAvailable
        | PutMessageStatus::ServiceNotAvailable
        | PutMessageStatus::CreateMappedFileFailed
        | PutMessageStatus::MessageIllegal
        | PutMessageStatus::PropertiesSizeExceeded
        | PutMessageStatus::OsPageCacheBusy
        | PutMessageStatus::UnknownError
        | PutMessageStatus::InSyncReplicasNotEnough => status.word(),
    }
}

/// A master's view of its connection to one slave.
fn slave_link(world: &World<'_>, master: NodeId, slave: NodeId) -> Option<SlaveLink> {
    match &world.node(master)?.kind {
        NodeKind::Broker(view) => view.slaves.iter().find(|link| link.slave == slave).copied(),
        NodeKind::NameServer { .. } | NodeKind::Producer(_) | NodeKind::Consumer(_) => None,
    }
}

fn acked(world: &World<'_>, master: NodeId, slave: NodeId) -> PhysicalOffset {
    slave_link(world, master, slave).map_or(PhysicalOffset::ZERO, |link| link.acked)
}

fn awaited(world: &World<'_>, master: NodeId, slave: NodeId) -> bool {
    slave_link(world, master, slave).is_some_and(|link| link.connected && !link.reported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_lands_waits_in_the_middle() {
        let at = SimTime::from_millis;
        assert_eq!(progress(at(0), at(2), at(1)), 500);
        assert_eq!(progress(at(0), at(2), at(9)), 1_000);
        assert_eq!(progress(at(0), SimTime::NEVER, at(9)), 500);
    }
}
