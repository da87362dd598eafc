//! The whole page at one instant, as one value: `project` looks, and changes nothing.

use loss_lab_engine::event::Event;
use loss_lab_engine::ids::{EventId, MessageId};
use loss_lab_engine::run::Run;
use loss_lab_engine::status::SendMode;
use loss_lab_engine::units::SimTime;
use loss_lab_engine::view::{Condition, NodeKind};

use crate::book::Book;
use crate::desk::Desk;
use crate::index::Index;
use crate::inside::{self, Inside, Lens};
use crate::intent::Controls;
use crate::ledger::{self, Ledger};
use crate::listing::{self, Listing, Reading};
use crate::menu::{self, Menu, Target};
use crate::narration::{self, Line};
use crate::pacer::{Pace, Speed};
use crate::remedy::Remedy;
use crate::settings::Settings;
use crate::stage::{self, Stage};
use crate::statuses::{self, Statuses};
use crate::story::StoryId;
use crate::tale::{self, Tale};
use crate::timeline::{self, Timeline};
use crate::trail::{Kind, Trail};
use crate::wires::{self, Wires};
use crate::world::World;

/// What a person has chosen; none of it changes the cluster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choices {
    /// What stands.
    pub settings: Settings,
    /// Which story is told.
    pub story: StoryId,
    /// How the next message is sent.
    pub mode: SendMode,
    /// How many at once.
    pub count: u32,
    /// How it is paced.
    pub pace: Pace,
    /// How fast.
    pub speed: Speed,
    /// Whether it plays.
    pub playing: bool,
    /// The lit message.
    pub picked: Option<MessageId>,
    /// The open menu.
    pub menu: Option<Target>,
    /// What is opened in every broker.
    pub lens: Lens,
    /// What a step steps to, and the branches.
    pub trail: Trail,
    /// The event whose causes are to be told.
    pub asked: Option<EventId>,
    /// Which messages the ledger shows, and in which order.
    pub book: Book,
    /// What lies open beside the run.
    pub desk: Desk,
    /// Something to say that no event says.
    pub notice: Option<Notice>,
    /// What would have saved lost messages.
    pub remedies: Vec<Remedy>,
}

/// Something to say that no event says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Notice {
    /// So many actions were replayed under another setting.
    Replayed(usize),
    /// A scenario file was opened.
    Opened,
    /// There is no loss ahead.
    NoLossAhead,
    /// There is no event of this kind that way.
    NoneOf(Kind),
    /// The engine does not model that.
    NotModelled,
    /// The node is in no state for that.
    DoesNotFit,
}

/// A menu, and what each of its items would lose.
pub type OpenMenu = (Menu, Vec<Vec<MessageId>>);

/// The page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// What was chosen.
    pub choices: Choices,
    /// Everything that stands.
    pub stage: Stage,
    /// What the lens opens.
    pub inside: Vec<Inside>,
    /// Everything that moves.
    pub wires: Wires,
    /// The narration.
    pub line: Option<Line>,
    /// What is told at length.
    pub tale: Option<Tale>,
    /// The ledger.
    pub ledger: Ledger,
    /// The status cards.
    pub statuses: Statuses,
    /// The timeline.
    pub timeline: Timeline,
    /// The events in words, if they are to be read.
    pub listing: Listing,
    /// The open menu.
    pub menu: Option<OpenMenu>,
    /// What can be pressed.
    pub controls: Controls,
    /// The instant.
    pub now: SimTime,
    /// The number that the next message gets.
    pub next_message: MessageId,
}

impl Choices {
    /// What is chosen before anybody chooses.
    #[must_use]
    pub fn first(settings: Settings, story: StoryId) -> Self {
        Self {
            settings,
            story,
            mode: SendMode::Sync,
            count: 1,
            pace: Pace::ByEvent,
            speed: Speed::USUAL,
            playing: false,
            picked: None,
            menu: None,
            lens: Lens::Overview,
            trail: Trail::default(),
            asked: None,
            book: Book::default(),
            desk: Desk::default(),
            notice: None,
            remedies: Vec::new(),
        }
    }
}

/// What a frame shows on demand only: so a page can bring it later than the rest.
pub struct Depths {
    inside: fn(&World<'_>, Lens) -> Vec<Inside>,
    menu: fn(&World<'_>, &Run, Target) -> Option<OpenMenu>,
    ledger: fn(&World<'_>, &Book) -> Ledger,
    listing: fn(&World<'_>, &[Event], Reading) -> Listing,
    tale: fn(&World<'_>, &[Event], &Choices) -> Option<Tale>,
}

impl Depths {
    /// All there is.
    pub const ALL: Self = Self {
        inside: inside::inside,
        menu: open_menu,
        ledger: ledger::ledger,
        listing: listing::listing,
        tale: |world, known, choices| tale::tale(world, known, choices.asked, choices.picked),
    };
}

/// The page for `run`, which `index` has followed, and `choices`. `ahead` is the next known instant.
#[must_use]
pub fn project(
    run: &Run,
    index: &Index,
    choices: &Choices,
    ahead: Option<SimTime>,
    depths: Option<&Depths>,
) -> Frame {
    let view = run.cluster().view();
    let ledger = run.ledger();
    let world = World::of(run, index, &view, &ledger);
    Frame {
        choices: choices.clone(),
        stage: stage::stage(&world),
        inside: depths.map_or_else(Vec::new, |depths| (depths.inside)(&world, choices.lens)),
        wires: wires::wires(&world),
        line: narration::last(&world),
        tale: depths.and_then(|depths| (depths.tale)(&world, run.known_events(), choices)),
        ledger: depths.map_or_else(Ledger::default, |depths| {
            (depths.ledger)(&world, &choices.book)
        }),
        statuses: statuses::statuses(&world, choices.desk.collection),
        timeline: timeline::timeline(&world, run.known_events(), ahead),
        listing: depths
            .zip(choices.trail.events)
            .map_or_else(Listing::default, |(depths, reading)| {
                (depths.listing)(&world, run.known_events(), reading)
            }),
        menu: depths.and_then(|depths| (depths.menu)(&world, run, choices.menu?)),
        controls: controls(&world, run, choices),
        now: run.now(),
        next_message: world.next_message(),
    }
}

/// What can strike `target`; each strike is tried on a clone.
fn open_menu(world: &World<'_>, run: &Run, target: Target) -> Option<OpenMenu> {
    let menu = menu::menu(world, target)?;
    let items = menu.items.iter();
    let losses = items.map(|item| run.would_lose(&item.action)).collect();
    Some((menu, losses))
}

fn controls(world: &World<'_>, run: &Run, choices: &Choices) -> Controls {
    let sends = |kind: &NodeKind| matches!(kind, NodeKind::Producer(_));
    Controls {
        can_send: world
            .view
            .nodes
            .iter()
            .any(|node| sends(&node.kind) && node.condition == Condition::Running),
        playing: choices.playing,
        can_advance: run.ended().is_none() && !run.at_rest(),
        can_return: run.position() > 0,
        has_history: run.position() > 0 || !run.scenario().script.is_empty(),
        can_hurry: choices.speed.faster().is_some(),
        can_linger: choices.speed.slower().is_some(),
        can_undo: choices.trail.can_undo,
        has_branches: choices.trail.branches.len() > 1,
    }
}
