//! What happened, one row per event, time downwards.

use litemap::LiteMap;

use crate::event::{AttemptOutcome, DiskChange, Down, Event, EventKind, Place, SendOutcome};
use crate::exception::Exception;
use crate::ids::{MessageId, NodeId, TopicId};
use crate::ledger::Entry;
use crate::names::Names;
use crate::status::{GetMessageStatus, PullStatus, SendMode};
use crate::trace::Story;
use crate::units::{QueueOffset, SimTime};
use crate::view::NodeKind;

use super::canvas::{Canvas, Lane, Shape, Stroke};
use super::labels::labels;

/// The events from t = 0 on. Housekeeping that changes nothing is left out: empty pulls, offsets that stay, registrations.
#[must_use]
pub fn lanes(story: &Story<'_>) -> String {
    let mut lines = Lines::new(story.names, &story.ledger);
    for event in story.events {
        lines.hear(event);
    }
    let nodes = order(story, &lines.drawn);
    let lane = |node: NodeId| {
        nodes
            .iter()
            .position(|have| *have == node)
            .map_or(Lane(0), Lane)
    };
    let strokes = nodes
        .iter()
        .map(|node| first_stroke(story, *node))
        .collect();
    let mut canvas = Canvas::new(
        strokes,
        lines.drawn.last().map_or(SimTime::ZERO, |line| line.at),
    );
    let mut picture = canvas.header(
        &nodes
            .iter()
            .map(|node| story.names.node(*node))
            .collect::<Vec<_>>(),
    );
    for line in &lines.drawn {
        if let Some(stroke) = line.stroke {
            canvas.set(lane(line.node), stroke);
        }
        let shape = match line.peer {
            None => Shape::Mark(lane(line.node)),
            Some(Peer::From(from)) => Shape::Arrow {
                from: lane(from),
                to: lane(line.node),
            },
            Some(Peer::To(to)) => Shape::Arrow {
                from: lane(line.node),
                to: lane(to),
            },
        };
        picture += &canvas.row(line.at, &shape, &line.text());
    }
    picture
}

/// Producers, brokers, consumers; the name server only if something is drawn of it.
fn order(story: &Story<'_>, lines: &[Line]) -> Vec<NodeId> {
    let mut nodes: Vec<(u8, NodeId)> = Vec::new();
    for node in &story.view.nodes {
        let rank = match node.kind {
            NodeKind::Producer(_) => 0,
            NodeKind::Broker(_) => 1,
            NodeKind::Consumer(_) => 2,
            NodeKind::NameServer { .. } => 3,
        };
        let touched = |line: &Line| {
            line.node == node.id || line.peer.is_some_and(|peer| peer.node() == node.id)
        };
        if rank < 3 || lines.iter().any(touched) {
            nodes.push((rank, node.id));
        }
    }
    nodes.sort_unstable();
    nodes.into_iter().map(|(_, node)| node).collect()
}

fn first_stroke(story: &Story<'_>, node: NodeId) -> Stroke {
    let name = story.names.node(node);
    let waits = story
        .scenario
        .consumers
        .iter()
        .any(|consumer| consumer.name == name && !consumer.started);
    if waits { Stroke::Down } else { Stroke::Running }
}

/// One row before it is laid out: `before m1–m3 after`.
struct Line {
    at: SimTime,
    node: NodeId,
    peer: Option<Peer>,
    before: String,
    messages: Vec<MessageId>,
    after: String,
    stroke: Option<Stroke>,
}

/// The other end of an arrow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    From(NodeId),
    To(NodeId),
}

impl Peer {
    const fn node(self) -> NodeId {
        match self {
            Self::From(node) | Self::To(node) => node,
        }
    }
}

impl Line {
    fn text(&self) -> String {
        let labels = labels(&self.messages);
        let parts = [self.before.as_str(), &labels, &self.after];
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether `other` says the same of another message at the same instant.
    fn joins(&self, other: &Self) -> bool {
        (self.at, self.node, self.peer, &self.before, &self.after)
            == (
                other.at,
                other.node,
                other.peer,
                &other.before,
                &other.after,
            )
            && !self.messages.is_empty()
            && !other.messages.is_empty()
    }
}

/// What a row says, without when and where.
#[derive(Default)]
struct Said {
    peer: Option<Peer>,
    before: String,
    message: Option<MessageId>,
    after: String,
    stroke: Option<Stroke>,
}

fn said(before: &str, message: Option<MessageId>, after: impl Into<String>) -> Option<Said> {
    Some(Said {
        before: before.to_owned(),
        message,
        after: after.into(),
        ..Said::default()
    })
}

impl Said {
    fn with(self, peer: Peer) -> Self {
        Self {
            peer: Some(peer),
            ..self
        }
    }

    fn stroke(self, stroke: Stroke) -> Self {
        Self {
            stroke: Some(stroke),
            ..self
        }
    }
}

/// The rows so far, and what is remembered to leave repetitions out.
struct Lines<'a> {
    names: &'a Names,
    ledger: &'a [Entry],
    drawn: Vec<Line>,
    /// The kind of call.
    modes: LiteMap<MessageId, SendMode>,
    /// Where an attempt went.
    sent_to: LiteMap<(MessageId, u32), NodeId>,
    /// What was last said of something that is said again and again.
    last: LiteMap<String, String>,
}

impl<'a> Lines<'a> {
    const fn new(names: &'a Names, ledger: &'a [Entry]) -> Self {
        Self {
            names,
            ledger,
            drawn: Vec::new(),
            modes: LiteMap::new(),
            sent_to: LiteMap::new(),
            last: LiteMap::new(),
        }
    }

    fn hear(&mut self, event: &Event) {
        let Some(said) = self.say(event) else { return };
        if event.at < SimTime::ZERO {
            return;
        }
        let line = Line {
            at: event.at,
            node: event.node,
            peer: said.peer.filter(|peer| peer.node() != event.node),
            before: said.before,
            messages: said.message.into_iter().collect(),
            after: said.after,
            stroke: said.stroke,
        };
        let before = self
            .drawn
            .iter_mut()
            .rev()
            .take_while(|before| before.at == line.at)
            .find(|before| before.node == line.node);
        match before {
            Some(before) if before.joins(&line) => before.messages.extend(line.messages),
            Some(_) | None => self.drawn.push(line),
        }
    }

    fn say(&mut self, event: &Event) -> Option<Said> {
        let names = self.names;
        match &event.kind {
            EventKind::SendCalled {
                message,
                mode,
                resend,
                ..
            } => {
                self.modes.insert(*message, *mode);
                if *resend > 0 {
                    said("calls again for", Some(*message), "")
                } else {
                    None
                }
            }
            EventKind::RequestSent {
                message,
                to,
                attempt,
                ..
            } => {
                self.sent_to.insert((*message, *attempt), *to);
                let oneway = self.modes.get(message) == Some(&SendMode::Oneway);
                let after = if oneway {
                    "oneway".to_owned()
                } else {
                    tried(*attempt)
                };
                Some(said("send", Some(*message), after)?.with(Peer::To(*to)))
            }
            EventKind::Appended { record, place, .. } => {
                let place = match place {
                    Place::Heap => "heap",
                    Place::PageCache => "page cache",
                    Place::Disk => "disk",
                };
                let at = spot(names, record.topic, record.queue.0, record.queue_offset);
                record
                    .message
                    .and_then(|message| said("stores", Some(message), format!("{at} ({place})")))
            }
            EventKind::Committed { record } => record
                .message
                .and_then(|message| said("page cache:", Some(message), "")),
            EventKind::Flushed { record } => record
                .message
                .and_then(|message| said("fsync", Some(message), "")),
            EventKind::Replicated { record, from } => record
                .message
                .and_then(|message| Some(said("copy", Some(message), "")?.with(Peer::From(*from)))),
            EventKind::AttemptEnded {
                message,
                attempt,
                outcome,
                ..
            } => {
                let broker = self.sent_to.get(&(*message, *attempt)).copied();
                let answer = |said: Said| match broker {
                    Some(broker) => said.with(Peer::From(broker)),
                    None => said,
                };
                match outcome {
                    AttemptOutcome::Status(status) => {
                        said("", Some(*message), status.word()).map(answer)
                    }
                    AttemptOutcome::Failed(failure @ Exception::Broker { .. }) => {
                        let after = [short(failure), tried(*attempt)].join(" ");
                        said("", Some(*message), after.trim_end()).map(answer)
                    }
                    AttemptOutcome::Failed(failure) => said(
                        "✗",
                        Some(*message),
                        format!("{} (try {attempt})", short(failure)),
                    ),
                    AttemptOutcome::Sent => None,
                }
            }
            EventKind::SendReturned { message, outcome } => match outcome {
                SendOutcome::Result {
                    status,
                    transaction: Some(state),
                    ..
                } => said(
                    "returns",
                    Some(*message),
                    format!("{}, {}", status.word(), state.word()),
                ),
                SendOutcome::Result {
                    transaction: None, ..
                }
                | SendOutcome::Nothing => None,
                SendOutcome::Exception(exception) => {
                    said("✗ returns", Some(*message), short(exception))
                }
            },
            EventKind::Pulled {
                consumer,
                topic,
                queue,
                offset,
                status,
                next_begin_offset,
                count,
                script,
                pull_status,
                ..
            } => {
                let queue = format!("{}/{}", names.topic(*topic), queue.0);
                let asker = if *script { " (script)" } else { "" };
                let text = match status {
                    GetMessageStatus::Found if *script => {
                        format!("FOUND {count} {queue}:{offset}{asker}")
                    }
                    GetMessageStatus::Found => format!("{queue}:{offset} to {next_begin_offset}"),
                    GetMessageStatus::OffsetOverflowOne | GetMessageStatus::NoMessageInQueue
                        if !*script && *pull_status == Some(PullStatus::NoNewMsg) =>
                    {
                        return None;
                    }
                    GetMessageStatus::OffsetOverflowOne
                    | GetMessageStatus::NoMessageInQueue
                    | GetMessageStatus::NoMatchedMessage
                    | GetMessageStatus::MessageWasRemoving
                    | GetMessageStatus::OffsetFoundNull
                    | GetMessageStatus::OffsetOverflowBadly
                    | GetMessageStatus::OffsetTooSmall
                    | GetMessageStatus::NoMatchedLogicQueue
                    | GetMessageStatus::OffsetReset => format!(
                        // The word first: a narrow lane cuts the rest.
                        "{} {queue}:{offset}, go to {next_begin_offset}{asker}",
                        status.word()
                    ),
                };
                Some(said(&text, None, "")?.with(Peer::To(*consumer)))
            }
            EventKind::Delivered {
                record,
                reconsume_times,
                ..
            } => {
                let again = if *reconsume_times > 0 {
                    format!("(retry {reconsume_times})")
                } else {
                    String::new()
                };
                record
                    .message
                    .and_then(|message| said("gets", Some(message), again))
            }
            EventKind::Consumed {
                message,
                result,
                succeeded,
                kept,
                ..
            } => {
                let dropped = if *kept { "" } else { " (thrown away)" };
                let sign = if *succeeded { "✓" } else { "✗" };
                said(
                    sign,
                    Some(*message),
                    if *succeeded {
                        dropped.trim().to_owned()
                    } else {
                        format!("{}{dropped}", result.word())
                    },
                )
            }
            EventKind::SentBack { message, .. } => said("sends back", Some(*message), ""),
            EventKind::DeadLettered { record, group, .. } => record.message.and_then(|message| {
                said(
                    "dead letter",
                    Some(message),
                    format!("of {}", names.group(*group)),
                )
            }),
            EventKind::OffsetCommitted {
                group,
                topic,
                queue,
                offset,
                reset: _,
            } => {
                let queue = format!(
                    "{} {}/{}",
                    names.group(*group),
                    names.topic(*topic),
                    queue.0
                );
                let news = self.is_news(
                    format!("offset {:?} {queue}", event.node),
                    offset.to_string(),
                );
                if news {
                    said(&format!("{queue} offset {offset}"), None, "")
                } else {
                    None
                }
            }
            EventKind::LockGranted {
                topic,
                queue,
                client,
                ..
            } => {
                let queue = format!("{}/{}", names.topic(*topic), queue.0);
                let news = self.is_news(
                    format!("lock {:?} {queue}", event.node),
                    names.node(*client).to_owned(),
                );
                if news {
                    said(
                        &format!("locks {queue} for {}", names.node(*client)),
                        None,
                        "",
                    )
                } else {
                    None
                }
            }
            EventKind::Rebalanced { topic, queues, .. } => {
                let news = self.is_news(
                    format!("owns {:?} {topic:?}", event.node),
                    queues.to_string(),
                );
                if news {
                    said(
                        &format!("owns {queues} of {}", names.topic(*topic)),
                        None,
                        "",
                    )
                } else {
                    None
                }
            }
            EventKind::LocalTransaction { message, state } => {
                said("local", Some(*message), state.word())
            }
            EventKind::CheckedBack { message, state } => {
                said("check-back", Some(*message), state.word())
            }
            EventKind::Truncated { records, .. } => {
                said(&format!("✗ log cut: {records} gone"), None, "")
            }
            EventKind::Deleted { records, .. } => {
                said(&format!("✗ old files deleted: {records} gone"), None, "")
            }
            EventKind::NodeDown { how } => {
                let how = match how {
                    Down::Crash => "✗ crash",
                    Down::PowerLoss => "✗ power loss",
                    Down::DestroyDisk => "✗ disk destroyed",
                    Down::Stop => "■ stopped",
                };
                Some(said(how, None, "")?.stroke(Stroke::Down))
            }
            EventKind::NodeUp => Some(said("▲ up", None, "")?.stroke(Stroke::Running)),
            EventKind::LinkDown { peer, conn: None } => {
                said(&format!("✗ link to {} cut", names.node(*peer)), None, "")
            }
            EventKind::LinkUp { peer, conn: None } => {
                said(&format!("link to {} healed", names.node(*peer)), None, "")
            }
            EventKind::LinkDown {
                peer,
                conn: Some(_),
            } => said(
                &format!("closes connection to {}", names.node(*peer)),
                None,
                "",
            ),
            EventKind::RouteChanged { topic } => {
                said(&format!("new route of {}", names.topic(*topic)), None, "")
            }
            EventKind::Elected { master, .. } => {
                let heir = master.map_or("nobody", |master| names.node(master));
                said(&format!("elects {heir}"), None, "")
            }
            EventKind::SyncStateSetChanged { members, .. } => {
                said(&format!("in sync: {}", numbers(names, members)), None, "")
            }
            EventKind::RoleChanged { role, epoch } => {
                said(&format!("{}, epoch {epoch}", role.word()), None, "")
            }
            EventKind::Paused => Some(said("‖ paused", None, "")?.stroke(Stroke::Paused)),
            EventKind::Resumed => Some(said("▶ resumed", None, "")?.stroke(Stroke::Running)),
            EventKind::DiskChanged { change } => said(&disk(*change), None, ""),
            EventKind::Lost { message, group, .. } => {
                // Whose, where others subscribe it, too.
                let mut lines = self.ledger.iter();
                let others = lines.any(|line| line.message == *message && !line.groups.is_empty());
                let whose = group.filter(|_| others);
                let whose =
                    whose.map_or(String::new(), |group| format!("for {}", names.group(group)));
                said("✗ lost:", Some(*message), whose)
            }
            // Seen in other rows, or of no consequence for a message.
            EventKind::Replied { .. }
            | EventKind::Dispatched { .. }
            | EventKind::RetryStored { .. }
            | EventKind::OffsetPersisted
            | EventKind::HalfStored { .. }
            | EventKind::LinkUp { conn: Some(_), .. } => None,
        }
    }

    /// Whether something else was said of `what` before, or nothing.
    fn is_news(&mut self, what: String, now: String) -> bool {
        self.last.get(&what) != Some(&now) && {
            self.last.insert(what, now);
            true
        }
    }
}

fn tried(attempt: u32) -> String {
    if attempt > 1 {
        format!("(try {attempt})")
    } else {
        String::new()
    }
}

/// `MQClientException 10001`.
fn short(exception: &Exception) -> String {
    match exception.code() {
        Some(code) => format!("{} {code}", exception.class().word()),
        None => exception.class().word().to_owned(),
    }
}

/// `Orders/0:3`.
fn spot(names: &Names, topic: TopicId, queue: u16, offset: QueueOffset) -> String {
    format!("{}/{queue}:{offset}", names.topic(topic))
}

/// `/0 /1`: which replicas of a broker name that the picture shows anyway.
fn numbers(names: &Names, replicas: &[NodeId]) -> String {
    let number = |node: &NodeId| {
        let name = names.node(*node);
        name.find('/').map_or(name, |at| name.split_at(at).1)
    };
    replicas.iter().map(number).collect::<Vec<_>>().join(" ")
}

fn disk(change: DiskChange) -> String {
    match change {
        DiskChange::Stalled => "✗ fsync stalls".to_owned(),
        DiskChange::Released => "fsync returns again".to_owned(),
        DiskChange::Failing(times) => format!("✗ next {times} fsyncs fail"),
        DiskChange::Filled(permille) => format!("disk {}.{} % full", permille / 10, permille % 10),
        DiskChange::Destroyed => "✗ store deleted".to_owned(),
    }
}
