//! Swim lanes: one per node, the messages between them as slanted lines, faults as flags, idle stretches folded.
//!
//! Everything is placed in tenths of a pixel of one drawing. Only a window of events around the cursor is placed, so a run of
//! any length costs the same; the window moves a stride at a time, and within it what has been placed stays where it is.

use litemap::LiteMap;
use loss_lab_engine::event::{AttemptOutcome, DiskChange, Down, Event, EventKind};
use loss_lab_engine::ids::{EventId, MessageId, NodeId};
use loss_lab_engine::order;
use loss_lab_engine::units::{SimTime, Span};
use loss_lab_engine::view::NodeKind;

use crate::index;
use crate::narration;
use crate::world::World;

/// Where the lanes begin; names stand left of it.
const LEFT: i32 = 980;
/// The least width of the drawing.
pub const WIDTH: i32 = 8_680;
const FIRST_LANE: i32 = 340;
const LANE: i32 = 240;
/// A broker's disk is drawn so far below its memory.
const DISK: i32 = 130;
/// Four pixels a millisecond, where nothing is folded.
const PER_MILLI: i64 = 40;
const STEP_LEAST: i32 = 140;
const STEP_MOST: i32 = 900;
const FOLD: i32 = 560;
/// Longer idleness is folded.
const FOLDED: Span = Span::from_millis(150);
/// Up to so many told events are placed all at once; of more, a window.
const WHOLE: usize = 240;
/// So many told events are placed on either side of the cursor.
const AROUND: usize = 60;
/// The window moves by so many.
const STRIDE: usize = 60;

/// The drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeline {
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// Its lanes, in stage order.
    pub lanes: Vec<Lane>,
    /// Folded idleness.
    pub folds: Vec<Fold>,
    /// Times written below.
    pub ticks: Vec<Tick>,
    /// Everything drawn.
    pub marks: Vec<Mark>,
    /// When is where.
    pub scale: Scale,
    /// How many told events there are up to the cursor, and in all.
    pub steps: (usize, usize),
    /// Whether there are more than those placed here.
    pub is_window: bool,
}

/// One node's lane.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Lane {
    /// Its node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Its height; a broker's memory.
    pub y: i32,
    /// The height of a broker's disk.
    pub disk: Option<i32>,
}

/// A folded stretch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fold {
    /// Its left edge.
    pub x: i32,
    /// Its width.
    pub width: i32,
    /// The time it folds.
    pub time: Span,
}

/// A written instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tick {
    /// Where.
    pub x: i32,
    /// When.
    pub at: SimTime,
}

/// Something drawn.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mark {
    /// What.
    pub shape: Shape,
    /// Where it begins.
    pub x: i32,
    /// On which height.
    pub y: i32,
    /// It is known to happen, after the cursor.
    pub ahead: bool,
}

/// What a mark looks like.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "x and y are where a line ends")]
pub enum Shape {
    /// A call of send.
    Send(MessageId),
    /// A message on its way.
    Message { message: MessageId, x: i32, y: i32 },
    /// An answer on its way.
    Answer { message: MessageId, x: i32, y: i32 },
    /// fsync, from memory to disk; named once where several brokers flush at the same instant.
    Fsync { named: bool },
    /// The index has it: it can be pulled.
    Dispatched,
    /// The name server or the controller knows something else now.
    Route,
    /// A listener took it.
    Consumed,
    /// A listener took it again.
    Duplicated,
    /// An attempt failed.
    Failed,
    /// A fault, as a flag.
    Flag(Flag),
    /// Not running, until x, with so much of the lane below it.
    Down { x: i32, y: i32 },
    /// Running again.
    Up,
    /// A message's end.
    Lost(MessageId),
}

/// Which fault.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Flag {
    Kill,
    Power,
    Disk,
    Stop,
    Pause,
    Stall,
    Cut,
}

/// When is where, and back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scale {
    stops: Vec<(SimTime, i32)>,
}

impl Scale {
    /// Where `at` is, in tenths of a pixel.
    #[must_use]
    pub fn x(&self, at: SimTime) -> i32 {
        let after = self.stops.partition_point(|(time, _)| *time <= at);
        let Some((from, x)) = after
            .checked_sub(1)
            .and_then(|index| self.stops.get(index))
            .copied()
        else {
            return LEFT;
        };
        let Some((to, end)) = self.stops.get(after).copied() else {
            // Beyond what is known, as if something happened right then.
            return x + width(at.since(from)).0;
        };
        let whole = i64::try_from(to.since(from).micros()).unwrap_or(1).max(1);
        let part = i64::try_from(at.since(from).micros()).unwrap_or(0);
        x + i32::try_from(i64::from(end - x).saturating_mul(part) / whole).unwrap_or(0)
    }

    /// When `x` is.
    #[must_use]
    pub fn at(&self, x: i32) -> SimTime {
        let after = self.stops.partition_point(|(_, stop)| *stop <= x);
        let Some((from, start)) = after
            .checked_sub(1)
            .and_then(|index| self.stops.get(index))
            .copied()
        else {
            return SimTime::ZERO;
        };
        let Some((to, end)) = self.stops.get(after).copied() else {
            return from;
        };
        let whole = u64::try_from(end - start).unwrap_or(1).max(1);
        let part = u64::try_from(x - start).unwrap_or(0);
        from + Span::from_micros(to.since(from).micros() / whole * part)
    }

    /// The last known instant.
    #[must_use]
    pub fn end(&self) -> SimTime {
        self.stops.last().map_or(SimTime::ZERO, |(at, _)| *at)
    }
}

/// How wide a stretch is drawn, and whether it is folded.
fn width(time: Span) -> (i32, bool) {
    if time == Span::ZERO {
        return (0, false);
    }
    if time > FOLDED {
        return (FOLD, true);
    }
    let wide = i64::try_from(time.micros())
        .unwrap_or(i64::MAX)
        .saturating_mul(PER_MILLI)
        / 1_000;
    (
        i32::try_from(wide)
            .unwrap_or(STEP_MOST)
            .clamp(STEP_LEAST, STEP_MOST),
        false,
    )
}

/// The timeline of `world`; `known` is what is known to happen, beyond the cursor too, and `ahead` the next known instant.
#[must_use]
pub fn timeline(world: &World<'_>, known: &[Event], ahead: Option<SimTime>) -> Timeline {
    let first = known.partition_point(|event| event.at < SimTime::ZERO);
    let seen = world.events.len();
    let told = world.index.told();
    let (done, all) = (index::before(told, seen).len(), told.len());
    let (older, newer) = if all <= WHOLE {
        (0, all)
    } else {
        let newer = (done + AROUND) / STRIDE * STRIDE + STRIDE;
        (
            done.saturating_sub(AROUND) / STRIDE * STRIDE,
            newer.min(all),
        )
    };
    let place = |number: usize| told.get(number).copied();
    let from = match older {
        0 => first,
        older => place(older).unwrap_or(first),
    };
    let to = match newer {
        newer if newer == done => seen,
        newer => place(newer - 1).map_or(known.len(), |last| last + 1),
    };
    let (before, rest) = known.split_at_checked(from).unwrap_or((&[], known));
    let placed = rest.get(..to.saturating_sub(from)).unwrap_or(rest);
    let told: Vec<&Event> = placed
        .iter()
        .filter(|one| narration::is_told(one))
        .collect();
    let start = match told.first() {
        Some(event) if older > 0 => event.at,
        Some(_) | None => SimTime::ZERO,
    };
    let lanes = lanes(world);
    let ahead = ahead.filter(|_| newer == all);
    let mut drawing = Drawing::new(world, &lanes, &told, ahead, start);
    drawing.recall(known, before.len(), placed);
    for event in placed {
        drawing.draw(event);
    }
    let end = drawing.close();
    let lowest = lanes.last().map_or(0, |lane| lane.disk.unwrap_or(lane.y));
    Timeline {
        width: (end + 500).max(WIDTH),
        height: lowest + LANE + 90,
        folds: drawing.folds,
        ticks: drawing.ticks,
        marks: drawing.marks,
        scale: drawing.scale,
        lanes,
        steps: (done, all),
        is_window: older > 0 || newer < all,
    }
}

fn happened(world: &World<'_>, event: EventId) -> bool {
    event.index() < world.events.len()
}

/// Producers, brokers, consumers, and last the name servers, which no message passes.
fn lanes(world: &World<'_>) -> Vec<Lane> {
    let rank = |kind: &NodeKind| match kind {
        NodeKind::Producer(_) => 0,
        NodeKind::Broker(_) => 1,
        NodeKind::Consumer(_) => 2,
        NodeKind::NameServer { .. } => 3,
    };
    let nodes = world.view.nodes.iter();
    let mut nodes: Vec<(u8, NodeId)> = nodes.map(|node| (rank(&node.kind), node.id)).collect();
    order::sort_by(&mut nodes, |node| *node);
    let mut y = FIRST_LANE;
    nodes
        .into_iter()
        .map(|(rank, node)| {
            let disk = (rank == 1).then_some(y + DISK);
            let lane = Lane {
                node,
                name: world.name(node),
                y,
                disk,
            };
            y = disk.unwrap_or(y) + LANE;
            lane
        })
        .collect()
}

struct Drawing<'a> {
    world: &'a World<'a>,
    lanes: &'a [Lane],
    scale: Scale,
    folds: Vec<Fold>,
    ticks: Vec<Tick>,
    marks: Vec<Mark>,
    requests: LiteMap<MessageId, SimTime>,
    replies: LiteMap<MessageId, (SimTime, i32)>,
    consumed: LiteMap<MessageId, u32>,
    down: LiteMap<NodeId, (SimTime, bool)>,
    events: LiteMap<EventId, (SimTime, i32)>,
    end: SimTime,
}

impl<'a> Drawing<'a> {
    fn new(
        world: &'a World<'a>,
        lanes: &'a [Lane],
        told: &[&Event],
        ahead: Option<SimTime>,
        start: SimTime,
    ) -> Self {
        let mut drawing = Self {
            world,
            lanes,
            scale: Scale {
                stops: vec![(start, LEFT)],
            },
            folds: Vec::new(),
            ticks: vec![Tick { x: LEFT, at: start }],
            marks: Vec::new(),
            requests: LiteMap::new(),
            replies: LiteMap::new(),
            consumed: LiteMap::new(),
            down: LiteMap::new(),
            events: LiteMap::new(),
            end: start,
        };
        let instants = told.iter().map(|event| event.at).chain(ahead);
        for at in instants {
            drawing.stop(at);
        }
        drawing
    }

    /// What of the time before still matters: who is down, and what was consumed before.
    fn recall(&mut self, known: &[Event], before: usize, placed: &[Event]) {
        let consumed = |event: &Event| {
            let consumed = matches!(
                event.kind,
                EventKind::Consumed {
                    succeeded: true,
                    ..
                }
            );
            event.kind.message().filter(|_| consumed)
        };
        let earlier = |places| {
            let places = index::before(places, before).iter();
            places.filter_map(|place| known.get(*place))
        };
        for message in placed.iter().filter_map(consumed) {
            let times = earlier(self.world.index.of_message(message)).filter_map(consumed);
            let times = u32::try_from(times.count()).unwrap_or(u32::MAX);
            self.consumed.insert(message, times);
        }
        for event in earlier(self.world.index.of_nodes()) {
            if matches!(event.kind, EventKind::NodeDown { .. } | EventKind::Paused) {
                self.leave(event);
            } else if matches!(event.kind, EventKind::NodeUp | EventKind::Resumed) {
                self.down.remove(&event.node);
            }
        }
    }

    fn stop(&mut self, at: SimTime) {
        let Some((last, x)) = self.scale.stops.last().copied() else {
            return;
        };
        if at <= last {
            return;
        }
        let time = at.since(last);
        let (wide, folded) = width(time);
        self.scale.stops.push((at, x + wide));
        if folded {
            self.folds.push(Fold {
                x,
                width: wide,
                time,
            });
        }
        let free = self
            .ticks
            .last()
            .is_none_or(|tick| x + wide - tick.x >= 800);
        if free {
            self.ticks.push(Tick { x: x + wide, at });
        }
        self.end = at;
    }

    fn y(&self, node: NodeId) -> Option<i32> {
        self.lane(node).map(|lane| lane.y)
    }

    fn lane(&self, node: NodeId) -> Option<&'a Lane> {
        self.lanes.iter().find(|lane| lane.node == node)
    }

    fn span(&mut self, node: NodeId, since: SimTime, to: i32, ahead: bool) {
        if let Some(lane) = self.lane(node) {
            self.marks.push(Mark {
                shape: Shape::Down {
                    x: to,
                    y: lane.disk.map_or(0, |disk| disk - lane.y),
                },
                x: self.scale.x(since),
                y: lane.y,
                ahead,
            });
        }
    }

    fn mark(&mut self, event: &Event, shape: Shape, x: i32, y: i32) {
        let mark = Mark {
            shape,
            x,
            y,
            ahead: !happened(self.world, event.id),
        };
        // One fsync of many messages is one bar, one packet of many messages one line.
        if !self
            .marks
            .iter()
            .rev()
            .take(64)
            .any(|other| other.x == x && other.y == y && other.shape == shape)
        {
            self.marks.push(mark);
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm per kind of event")]
    fn draw(&mut self, event: &Event) {
        let x = self.scale.x(event.at);
        let Some(y) = self.y(event.node) else { return };
        self.events.insert(event.id, (event.at, y));
        match &event.kind {
            EventKind::SendCalled { message, .. } => self.mark(event, Shape::Send(*message), x, y),
            EventKind::RequestSent { message, .. } => {
                self.requests.insert(*message, event.at);
            }
            EventKind::Appended { record, .. } => {
                if let Some((message, sent)) = record
                    .message
                    .and_then(|message| Some((message, self.requests.remove(&message)?)))
                {
                    let from = self.lanes.first().map_or(y, |lane| lane.y);
                    self.mark(
                        event,
                        Shape::Message { message, x, y },
                        self.scale.x(sent),
                        from,
                    );
                }
            }
            EventKind::Replied {
                message: Some(message),
                ..
            } => {
                self.replies.insert(*message, (event.at, y));
            }
            EventKind::AttemptEnded {
                message,
                outcome: AttemptOutcome::Status(_),
                ..
            } => {
                if let Some((sent, from)) = self.replies.remove(message) {
                    self.mark(
                        event,
                        Shape::Answer {
                            message: *message,
                            x,
                            y,
                        },
                        self.scale.x(sent),
                        from,
                    );
                }
            }
            EventKind::AttemptEnded {
                outcome: AttemptOutcome::Failed(_),
                ..
            } => self.mark(event, Shape::Failed, x, y),
            EventKind::Replicated { record, .. } | EventKind::Delivered { record, .. } => {
                let cause = event
                    .cause
                    .and_then(|cause| self.events.get(&cause))
                    .copied();
                if let (Some(message), Some((sent, from))) = (record.message, cause) {
                    self.mark(
                        event,
                        Shape::Message { message, x, y },
                        self.scale.x(sent),
                        from,
                    );
                }
            }
            EventKind::Flushed { record } if record.message.is_some() => {
                let close = |mark: &&Mark| {
                    matches!(mark.shape, Shape::Fsync { named: true }) && (mark.x - x).abs() < 400
                };
                let same = |mark: &&Mark| mark.x == x && mark.y == y;
                let other = self.marks.iter().rev().take(64).find(close);
                let named = other.is_none_or(|mark| same(&mark));
                self.mark(event, Shape::Fsync { named }, x, y);
            }
            EventKind::Consumed {
                message,
                succeeded: true,
                ..
            } => {
                let times = self.consumed.entry(*message).or_insert(0);
                *times += 1;
                let shape = if *times > 1 {
                    Shape::Duplicated
                } else {
                    Shape::Consumed
                };
                self.mark(event, shape, x, y);
            }
            EventKind::Consumed {
                succeeded: false, ..
            } => self.mark(event, Shape::Failed, x, y),
            EventKind::NodeDown { how } => {
                let flag = match how {
                    Down::Crash => Flag::Kill,
                    Down::PowerLoss => Flag::Power,
                    Down::DestroyDisk => Flag::Disk,
                    Down::Stop => Flag::Stop,
                };
                self.mark(event, Shape::Flag(flag), x, y);
                self.leave(event);
            }
            EventKind::Paused => {
                self.mark(event, Shape::Flag(Flag::Pause), x, y);
                self.leave(event);
            }
            EventKind::NodeUp | EventKind::Resumed => self.come_back(event, x, y),
            EventKind::LinkDown { conn: None, .. } => {
                self.mark(event, Shape::Flag(Flag::Cut), x, y)
            }
            EventKind::DiskChanged {
                change: DiskChange::Stalled,
            } => self.mark(event, Shape::Flag(Flag::Stall), x, y),
            EventKind::Dispatched { record } if record.message.is_some() => {
                self.mark(event, Shape::Dispatched, x, y);
            }
            EventKind::RouteChanged { .. }
            | EventKind::Elected { .. }
            | EventKind::SyncStateSetChanged { .. } => self.mark(event, Shape::Route, x, y),
            EventKind::Lost { message, .. } => self.mark(event, Shape::Lost(*message), x, y),
            EventKind::Replied { message: None, .. }
            | EventKind::AttemptEnded {
                outcome: AttemptOutcome::Sent,
                ..
            }
            | EventKind::Flushed { .. }
            | EventKind::Committed { .. }
            | EventKind::SendReturned { .. }
            | EventKind::Dispatched { .. }
            | EventKind::Pulled { .. }
            | EventKind::SentBack { .. }
            | EventKind::RetryStored { .. }
            | EventKind::DeadLettered { .. }
            | EventKind::OffsetCommitted { .. }
            | EventKind::OffsetPersisted
            | EventKind::LockGranted { .. }
            | EventKind::Rebalanced { .. }
            | EventKind::LocalTransaction { .. }
            | EventKind::CheckedBack { .. }
            | EventKind::HalfStored { .. }
            | EventKind::Truncated { .. }
            | EventKind::Deleted { .. }
            | EventKind::LinkDown { conn: Some(_), .. }
            | EventKind::LinkUp { .. }
            | EventKind::RoleChanged { .. }
            | EventKind::DiskChanged { .. } => {}
        }
    }

    fn leave(&mut self, event: &Event) {
        self.down
            .entry(event.node)
            .or_insert((event.at, !happened(self.world, event.id)));
    }

    fn come_back(&mut self, event: &Event, x: i32, y: i32) {
        if let Some((since, ahead)) = self.down.remove(&event.node) {
            self.span(event.node, since, x, ahead);
            self.mark(event, Shape::Up, x, y);
        }
    }

    /// What is still down is down to the end of what is known. Says where that is.
    fn close(&mut self) -> i32 {
        let end = self.scale.x(self.end);
        for (node, (since, ahead)) in std::mem::take(&mut self.down) {
            let from = self.scale.x(since);
            self.span(node, since, (end + 300).max(from + 100), ahead);
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::run::Run;
    use loss_lab_engine::scenario::Do;

    use crate::index::Index;
    use crate::story;

    use super::*;

    fn scale(millis: &[i64]) -> Scale {
        let mut stops = vec![(SimTime::ZERO, LEFT)];
        for at in millis.iter().copied().map(SimTime::from_millis) {
            let (last, x) = stops.last().copied().unwrap();
            stops.push((at, x + width(at.since(last)).0));
        }
        Scale { stops }
    }

    #[test]
    fn ten_idle_seconds_are_as_wide_as_one() {
        let scale = scale(&[10, 1_010, 11_010]);
        let x = |at| scale.x(SimTime::from_millis(at));
        assert_eq!(x(1_010) - x(10), x(11_010) - x(1_010));
    }

    #[test]
    fn where_and_when_are_each_others_inverse() {
        let scale = scale(&[1, 2, 40, 10_000]);
        for at in [0, 1, 2, 21, 40, 5_020, 10_000] {
            let at = SimTime::from_millis(at);
            let back = scale.at(scale.x(at));
            let apart = back.since(at).micros().max(at.since(back).micros());
            assert!(apart <= 25_000, "{at} came back as {back}");
        }
    }

    fn project(run: &Run) -> Timeline {
        let view = run.cluster().view();
        let index = Index::of(run.known_events());
        let world = World::of(run, &index, &view, &[]);
        timeline(&world, run.known_events(), None)
    }

    #[test]
    fn memory_and_disk_have_a_line_each_and_the_name_server_has_one() {
        let timeline = project(&story::sent(1));
        let lanes: Vec<_> = timeline
            .lanes
            .iter()
            .map(|lane| (lane.name.as_str(), lane.disk.is_some()))
            .collect();
        let [producer, master, slave, consumer, name_server] = lanes.try_into().unwrap();
        assert!(!producer.1 && master.1 && slave.1 && !consumer.1 && !name_server.1);
        let shapes: Vec<_> = timeline.marks.iter().map(|mark| mark.shape).collect();
        for shape in [Shape::Dispatched, Shape::Fsync { named: true }] {
            assert!(shapes.contains(&shape), "{shape:?} in {shapes:?}");
        }
    }

    #[test]
    fn a_short_run_is_drawn_from_its_start_to_its_end() {
        let timeline = project(&story::sent(3));
        assert!(!timeline.is_window);
        assert_eq!(timeline.steps.0, timeline.steps.1);
        assert_eq!(timeline.scale.x(SimTime::ZERO), LEFT);
    }

    #[test]
    fn of_a_hundred_thousand_events_only_the_window_around_the_cursor_is_placed() {
        let mut run = story::sent(8_000);
        let known = run.known_events().len();
        assert!(known >= 100_000, "{known}");
        for part in [0, 1, 2, 3, 4] {
            let event = run.known_events()[(known - 1) * part / 4].id;
            run.seek_event(event);
            let began = std::time::Instant::now();
            let timeline = project(&run);
            println!("{known} events, at part {part}: {:?}", began.elapsed());
            assert!(timeline.is_window && timeline.marks.len() < 600);
            let x = timeline.scale.x(run.now());
            assert!((LEFT..=timeline.width).contains(&x), "{x}");
        }
    }

    #[test]
    fn what_is_placed_stays_while_the_cursor_goes_on_within_a_stride() {
        let mut run = story::sent(200);
        let told: Vec<_> = run
            .known_events()
            .iter()
            .filter(|one| narration::is_told(one))
            .map(|event| event.id)
            .collect();
        run.seek_event(told[AROUND + STRIDE]);
        let first = project(&run);
        run.seek_event(told[AROUND + STRIDE + 20]);
        let second = project(&run);
        let at = run.now();
        assert_eq!(first.scale.x(at), second.scale.x(at));
    }

    #[test]
    fn a_broker_that_went_down_before_the_window_is_down_in_it() {
        let mut run = story::sent(300);
        run.seek(1);
        let consumer = project(&run).lanes.remove(3).name;
        run.obey(&Do::Pause(consumer)).unwrap();
        while !run.at_rest() && run.step() {}
        let timeline = project(&run);
        assert!(timeline.is_window);
        let down = |mark: &&Mark| matches!(mark.shape, Shape::Down { .. });
        assert!(timeline.marks.iter().any(|mark| down(&mark)));
    }
}
