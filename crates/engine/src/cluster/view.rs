//! What can be seen of the world at one instant.

use crate::ids::{MessageId, NodeId};
use crate::network::{Packet, Segment};
use crate::units::{PhysicalOffset, SimTime};
use crate::view::{ClusterView, Condition, Flight, FlightKind, NodeKind, NodeView};
use crate::wire::{Frame, HaFrame, Request, Response};

use super::role::Role;
use super::{Cluster, Node, Occurrence, Power};

impl Cluster {
    /// What can be seen now.
    #[must_use]
    pub fn view(&self) -> ClusterView {
        let mut view = self.outline();
        crate::copies::fill_in(self, &mut view.nodes);
        view
    }

    /// What can be seen now, but for what lies in the logs: of a run of any length it costs the same.
    #[must_use]
    pub fn outline(&self) -> ClusterView {
        let nodes = self.nodes.iter().zip(0u16..);
        let nodes = nodes.map(|(node, id)| self.view_node(NodeId(id), node));
        let mut flights: Vec<_> = self
            .agenda
            .iter()
            .filter_map(|(id, due)| match &due.what {
                Occurrence::Arrival(packet) => Some(self.view_packet(packet, id.at)),
                Occurrence::Alarm { .. } | Occurrence::Up { .. } => None,
            })
            .collect();
        flights.extend(
            self.network
                .held()
                .map(|packet| self.view_packet(packet, SimTime::NEVER)),
        );
        ClusterView {
            now: self.now,
            nodes: nodes.collect(),
            flights,
            cuts: self.network.cuts(),
        }
    }

    fn view_node(&self, id: NodeId, node: &Node) -> NodeView {
        let condition = match node.power {
            Power::Running => Condition::Running,
            Power::Paused { .. } => Condition::Paused,
            Power::Down(how) => Condition::Down(how),
            Power::Starting(at) => Condition::Starting(at),
            Power::Stopping(at, _) => Condition::Stopping(at),
            Power::NotStarted => Condition::NotStarted,
        };
        let kind = match &node.role {
            Role::NameServer(name_server) => NodeKind::NameServer {
                registered: name_server.registered(),
            },
            Role::Broker(broker) => NodeKind::Broker(broker.view(self.now)),
            Role::Producer(producer) => NodeKind::Producer(producer.view()),
            Role::Consumer(consumer) => NodeKind::Consumer(consumer.view()),
        };
        NodeView {
            id,
            condition,
            since: node.since,
            kind,
        }
    }

    fn view_packet(&self, packet: &Packet, arrives: SimTime) -> Flight {
        let what = match &packet.segment {
            Segment::Data(frame) => self.view_frame(packet.from, frame),
            Segment::Syn | Segment::SynAck | Segment::Refused | Segment::Fin | Segment::Rst => {
                FlightKind::Connection
            }
        };
        Flight {
            from: packet.from,
            to: packet.to,
            sent: packet.sent,
            arrives,
            what,
        }
    }

    fn view_frame(&self, from: NodeId, frame: &Frame) -> FlightKind {
        match frame {
            Frame::Request(_, Request::SendMessage { message, .. })
            | Frame::Oneway(Request::SendMessage { message, .. }) => message
                .label
                .map_or(FlightKind::Housekeeping, FlightKind::Send),
            Frame::Request(_, Request::Pull(_)) => FlightKind::Pull,
            Frame::Oneway(Request::UpdateConsumerOffset { .. }) => FlightKind::Offsets,
            Frame::Response(_, Response::Sent { status, start, .. }) => {
                match self.label_at(from, *start) {
                    Some(label) => FlightKind::Reply(label, *status),
                    None => FlightKind::Housekeeping,
                }
            }
            Frame::Response(_, Response::Pulled { messages, .. }) => FlightKind::Messages(
                messages
                    .iter()
                    .filter_map(|pulled| pulled.message.label)
                    .collect(),
            ),
            Frame::Ha(HaFrame::Transfer { records, .. }) => FlightKind::Replicate(
                records
                    .iter()
                    .filter_map(|entry| entry.record()?.message.label)
                    .collect(),
            ),
            Frame::Ha(HaFrame::Report(offset)) => FlightKind::Ack(*offset),
            Frame::Request(..)
            | Frame::Oneway(_)
            | Frame::Response(..)
            | Frame::Ha(HaFrame::Connected | HaFrame::Handshake { .. } | HaFrame::Epochs(..)) => {
                FlightKind::Housekeeping
            }
        }
    }

    fn label_at(&self, node: NodeId, start: PhysicalOffset) -> Option<MessageId> {
        self.broker(node)?
            .disk()
            .log
            .record_at(start)?
            .message
            .label
    }
}
