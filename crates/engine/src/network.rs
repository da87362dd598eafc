//! Links, connections and what is on the wires. It moves frames and knows nothing of their content.
//!
//! Connections are TCP's: frames of one direction arrive in the order in which they left; a cut link holds them back and delivers
//! them when it is healed, as retransmission would; a closed end answers with a reset.

use litemap::LiteMap;

use crate::ids::{ConnId, NodeId};
use crate::rng::Rng;
use crate::scenario;
use crate::units::{SimTime, Span};
use crate::wire::Frame;

/// What travels on a connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Segment {
    /// The client asks for a connection.
    Syn,
    /// The server's host grants it.
    SynAck,
    /// The server's host refuses it: nobody listens.
    Refused,
    /// A frame.
    Data(Frame),
    /// The sender's end is closed.
    Fin,
    /// The sender's host does not know the connection (any more).
    Rst,
}

/// A segment on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Packet {
    pub conn: ConnId,
    pub from: NodeId,
    pub to: NodeId,
    pub sent: SimTime,
    pub segment: Segment,
}

/// One connection. It is forgotten when neither end has it any more.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Conn {
    pub client: NodeId,
    pub server: NodeId,
    /// Whether each end still has it.
    pub client_has: bool,
    pub server_has: bool,
    /// When the latest packet each way arrives: the next one arrives no sooner.
    to_client: SimTime,
    to_server: SimTime,
}

impl Conn {
    pub fn peer_of(&self, node: NodeId) -> NodeId {
        if node == self.client {
            self.server
        } else {
            self.client
        }
    }

    pub fn has(&self, node: NodeId) -> bool {
        if node == self.client {
            self.client_has
        } else {
            self.server_has
        }
    }

    fn end(&mut self, node: NodeId) -> &mut bool {
        if node == self.client {
            &mut self.client_has
        } else {
            &mut self.server_has
        }
    }
}

/// What a link does that is not as the scenario's `network` says.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct Link {
    cut: bool,
    latency: Option<Span>,
    /// How many of the next frames are lost: towards the node with the larger id, and towards the smaller.
    drop_up: u32,
    drop_down: u32,
    /// What waits for the link to be healed, in order.
    held: Vec<Packet>,
}

/// Every link and connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Network {
    links: LiteMap<(NodeId, NodeId), Link>,
    conns: LiteMap<ConnId, Conn>,
}

impl Network {
    /// A connection that at least one end has.
    pub fn conn(&self, id: ConnId) -> Option<&Conn> {
        self.conns.get(&id)
    }

    /// Starts a connection: only the client's end has it until the SYN arrives.
    pub fn open(&mut self, id: ConnId, client: NodeId, server: NodeId) {
        let conn = Conn {
            client,
            server,
            client_has: true,
            server_has: false,
            to_client: SimTime::from_micros(i64::MIN),
            to_server: SimTime::from_micros(i64::MIN),
        };
        self.conns.insert(id, conn);
    }

    /// The SYN arrived and somebody listens.
    pub fn accept(&mut self, id: ConnId) {
        if let Some(conn) = self.conns.get_mut(&id) {
            conn.server_has = true;
        }
    }

    /// `node` has the connection no more. Returns whether the peer still has it.
    pub fn forget(&mut self, id: ConnId, node: NodeId) -> bool {
        let Some(conn) = self.conns.get_mut(&id) else {
            return false;
        };
        *conn.end(node) = false;
        let peer_has = conn.has(conn.peer_of(node));
        if !peer_has {
            self.conns.remove(&id);
        }
        peer_has
    }

    /// The connections whose end at `node` is still there.
    pub fn conns_of(&self, node: NodeId) -> Vec<ConnId> {
        self.conns
            .iter()
            .filter(|(_, conn)| (conn.client == node || conn.server == node) && conn.has(node))
            .map(|(id, _)| *id)
            .collect()
    }

    /// The connections that `node` has accepted and still has.
    pub fn served_by(&self, node: NodeId) -> Vec<ConnId> {
        self.conns
            .iter()
            .filter(|(_, conn)| conn.server == node && conn.server_has)
            .map(|(id, _)| *id)
            .collect()
    }

    /// The connections of which `node` is an end that it has no more, while its peer still has its own.
    pub fn half_open_with(&self, node: NodeId) -> Vec<(ConnId, NodeId)> {
        self.conns
            .iter()
            .filter(|(_, conn)| (conn.client == node || conn.server == node) && !conn.has(node))
            .map(|(id, conn)| (*id, conn.peer_of(node)))
            .collect()
    }

    /// When a packet that leaves now arrives; none if it is lost or held back.
    pub fn send(
        &mut self,
        packet: &Packet,
        settings: scenario::Network,
        rng: &mut Rng,
    ) -> Option<SimTime> {
        let delay = {
            let link = self.links.get_mut(&pair(packet.from, packet.to));
            let latency = link
                .as_ref()
                .and_then(|link| link.latency)
                .unwrap_or(settings.latency);
            if let Some(link) = link {
                let drops = if packet.to > packet.from {
                    &mut link.drop_up
                } else {
                    &mut link.drop_down
                };
                if *drops > 0 && matches!(packet.segment, Segment::Data(_)) {
                    *drops -= 1;
                    return None;
                }
                if link.cut {
                    link.held.push(packet.clone());
                    return None;
                }
            }
            latency + rng.jitter(settings.jitter)
        };
        let mut arrives = packet.sent + delay;
        if let Some(conn) = self.conns.get_mut(&packet.conn) {
            let latest = if packet.to == conn.client {
                &mut conn.to_client
            } else {
                &mut conn.to_server
            };
            arrives = arrives.max(*latest);
            *latest = arrives;
        }
        Some(arrives)
    }

    /// A packet reaches a link that has been cut under it: it waits too. Says whether it does.
    pub fn hold_if_cut(&mut self, packet: &Packet) -> bool {
        match self.links.get_mut(&pair(packet.from, packet.to)) {
            Some(link) if link.cut => {
                link.held.push(packet.clone());
                true
            }
            _ => false,
        }
    }

    /// Cuts a link. Says whether it was whole.
    pub fn cut(&mut self, a: NodeId, b: NodeId) -> bool {
        let link = self.links.entry(pair(a, b)).or_default();
        !core::mem::replace(&mut link.cut, true)
    }

    /// Heals a link and hands out what it held back; none if it was whole.
    pub fn heal(&mut self, a: NodeId, b: NodeId) -> Option<Vec<Packet>> {
        let link = self.links.get_mut(&pair(a, b)).filter(|link| link.cut)?;
        link.cut = false;
        Some(core::mem::take(&mut link.held))
    }

    /// The next `count` frames from `from` to `to` are lost.
    pub fn drop_next(&mut self, from: NodeId, to: NodeId, count: u32) {
        let link = self.links.entry(pair(from, to)).or_default();
        let drops = if to > from {
            &mut link.drop_up
        } else {
            &mut link.drop_down
        };
        *drops = drops.saturating_add(count);
    }

    /// Another delay for one link.
    pub fn set_latency(&mut self, a: NodeId, b: NodeId, latency: Span) {
        self.links.entry(pair(a, b)).or_default().latency = Some(latency);
    }

    /// Cut links, smaller id first.
    pub fn cuts(&self) -> Vec<(NodeId, NodeId)> {
        self.links
            .iter()
            .filter(|(_, link)| link.cut)
            .map(|(pair, _)| *pair)
            .collect()
    }

    /// What cut links hold back.
    pub fn held(&self) -> impl Iterator<Item = &Packet> {
        self.links.values().flat_map(|link| &link.held)
    }
}

fn pair(a: NodeId, b: NodeId) -> (NodeId, NodeId) {
    if a <= b { (a, b) } else { (b, a) }
}
