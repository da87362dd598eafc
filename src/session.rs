//! The only code that changes anything: a run, what was chosen about it, and what is playing.
//!
//! It knows no browser and no Leptos; wall time comes in as milliseconds.

use loss_lab_engine::action::Rejected;
use loss_lab_engine::event::{EventKind, Trigger};
use loss_lab_engine::ids::{EventId, MessageId};
use loss_lab_engine::ledger::Verdict;
use loss_lab_engine::names::Names;
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::{Do, Step};
use loss_lab_engine::status::{Profile, SendMode};
use loss_lab_engine::units::{SimTime, Span};
use loss_lab_engine::view::ClusterView;
use loss_lab_present::frame::{Choices, Frame, Notice, project};
use loss_lab_present::intent::{Intent, Press};
use loss_lab_present::narration::{self, Weight};
use loss_lab_present::pacer::{self, Leg, Motion, Pace, Speed, Tempo};
use loss_lab_present::settings::Change;
use loss_lab_present::story::{self, StoryId};
use loss_lab_present::wires::{self, Wires};
use loss_lab_present::world::World;
use loss_lab_present::remedy;

/// A leg looks no further ahead than this many steps; the next leg looks on.
const STEPS_PER_LEG: u32 = 20_000;
/// One tick plays no more legs than this: the page stays awake at any speed.
const LEGS_PER_TICK: u32 = 64;
/// A tab that was away does not catch up.
const TICK_MOST: f64 = 120.0;
/// More messages at once than this are more than a stage can show.
pub const COUNT_MOST: u32 = 50;

/// The state of the page.
pub struct Session {
    run: Run,
    choices: Choices,
    motion: Motion,
    /// What a person did, at which position and instant, in order.
    deeds: Vec<Deed>,
    leg: Option<Playing>,
}

struct Deed {
    position: u32,
    at: SimTime,
    action: Do,
}

/// A leg that is being played, and the run at its end.
struct Playing {
    leg: Leg,
    elapsed: f64,
    ahead: Run,
}

impl Session {
    /// A healthy cluster, nothing sent, paused.
    #[must_use]
    pub fn new(motion: Motion) -> Self {
        let story = story::story(StoryId::Free, Profile::V5_3);
        let choices = Choices {
            settings: story.settings,
            story: StoryId::Free,
            mode: SendMode::Sync,
            count: 1,
            pace: Pace::ByEvent,
            speed: Speed::USUAL,
            playing: false,
            picked: None,
            menu: None,
            notice: None,
            remedies: Vec::new(),
        };
        Self { run: Run::new(story.settings.scenario(story.script)), choices, motion, deeds: Vec::new(), leg: None }
    }

    /// The page as it is now.
    #[must_use]
    pub fn frame(&self) -> Frame {
        project(&self.run, &self.choices, self.leg.as_ref().map(|playing| playing.leg.to))
    }

    /// The instant on the clock, between two events too.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.leg.as_ref().map_or(self.run.now(), |playing| playing.leg.now(playing.elapsed).max(self.run.now()))
    }

    /// Whether time passes.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.choices.playing
    }

    /// Whether things glide or step.
    pub fn set_motion(&mut self, motion: Motion) {
        self.motion = motion;
    }

    /// Does what was asked.
    pub fn obey(&mut self, intent: Intent) {
        self.choices.notice = None;
        match intent {
            Intent::Press(press) => self.press(press),
            Intent::Mode(mode) => self.choices.mode = mode,
            Intent::Count(count) => self.choices.count = count.clamp(1, COUNT_MOST),
            Intent::Pace(pace) => {
                self.choices.pace = pace;
                self.rest_of_leg_anew();
            }
            Intent::Pick(message) => self.choices.picked = (self.choices.picked != Some(message)).then_some(message),
            Intent::Seek(at) => self.look_at(|run| run.seek_time(at)),
            Intent::Menu(target) => self.choices.menu = target,
            Intent::Strike(action) => {
                self.choices.menu = None;
                self.act(action);
            }
            Intent::Set(change) => self.set(change),
            Intent::Story(id) => self.tell(id),
        }
        self.consider_losses();
    }

    fn press(&mut self, press: Press) {
        match press {
            Press::Send => self.act(story::send(self.choices.count, self.choices.mode)),
            Press::Play => self.choices.playing = !self.choices.playing && self.can_advance(),
            Press::Next => self.look_at(|run| *run = after_next(run)),
            Press::Previous => self.look_at(to_previous),
            Press::Start => self.look_at(|run| run.seek(0)),
            Press::NextLoss => self.to_next_loss(),
            Press::Faster => self.hurry(self.choices.speed.faster()),
            Press::Slower => self.hurry(self.choices.speed.slower()),
            Press::Clear => {
                self.choices.story = StoryId::Free;
                self.begin(Vec::new());
            }
        }
    }

    fn can_advance(&self) -> bool {
        self.run.ended().is_none() && !self.run.at_rest()
    }

    /// Moves the cursor and stops there.
    fn look_at(&mut self, move_cursor: impl FnOnce(&mut Run)) {
        self.leg = None;
        self.choices.playing = false;
        move_cursor(&mut self.run);
    }

    fn to_next_loss(&mut self) {
        let mut ahead = self.run.clone();
        let mut seen = ahead.events().len();
        while !ahead.at_rest() && ahead.step_event() {
            let new = ahead.events().get(seen..).unwrap_or_default();
            if new.iter().any(|event| matches!(event.kind, EventKind::Lost { .. })) {
                return self.look_at(|run| *run = ahead);
            }
            seen = ahead.events().len();
        }
        self.choices.notice = Some(Notice::NoLossAhead);
    }

    fn hurry(&mut self, speed: Option<Speed>) {
        if let Some(speed) = speed {
            self.choices.speed = speed;
            self.rest_of_leg_anew();
        }
    }

    /// A leg whose tempo has changed starts again where the clock is.
    fn rest_of_leg_anew(&mut self) {
        if self.leg.is_some() {
            self.settle();
        }
    }

    /// Lets the run catch up with the clock. Nothing that can be seen happens before a leg's end.
    fn settle(&mut self) {
        let now = self.now();
        if self.leg.take().is_some() {
            self.run.advance_to(now);
        }
    }

    /// Does something to the cluster, at the instant on the clock, and plays what comes of it.
    fn act(&mut self, action: Do) {
        self.settle();
        let (position, at) = (self.run.position(), self.run.now());
        match self.run.obey(&action) {
            Ok(()) => {
                self.deeds.retain(|deed| deed.position < position || deed.position == position && deed.at <= at);
                self.deeds.push(Deed { position, at, action });
                self.choices.playing = true;
            }
            Err(Rejected::NotModelled) => self.choices.notice = Some(Notice::NotModelled),
            Err(
                Rejected::NoSuchNode
                | Rejected::NotABroker
                | Rejected::NotAConsumer
                | Rejected::NotAProducer
                | Rejected::Down
                | Rejected::Running
                | Rejected::Starting
                | Rejected::Paused
                | Rejected::NotPaused
                | Rejected::AlreadyCut
                | Rejected::NotCut
                | Rejected::NotPlanned,
            ) => self.choices.notice = Some(Notice::DoesNotFit),
        }
    }

    /// Another setting: the same actions at the same instants, under other rules, up to where the clock was.
    fn set(&mut self, change: Change) {
        let changed = self.choices.settings.with(change);
        if changed == self.choices.settings {
            return;
        }
        let (now, script) = (self.now(), self.script());
        self.choices.settings = changed;
        self.choices.menu = None;
        self.choices.notice = (!script.is_empty()).then_some(Notice::Replayed(script.len()));
        // From here on the actions are the script.
        self.deeds.clear();
        self.begin(script);
        self.run.advance_to(now);
    }

    fn tell(&mut self, id: StoryId) {
        let story = story::story(id, self.choices.settings.profile);
        self.choices.story = id;
        self.choices.settings = story.settings;
        let plays = !story.script.is_empty();
        self.begin(story.script);
        self.choices.playing = plays;
    }

    fn begin(&mut self, script: Vec<Step>) {
        self.leg = None;
        self.deeds.clear();
        self.choices.playing = false;
        self.choices.picked = None;
        self.choices.menu = None;
        self.run = Run::new(self.choices.settings.scenario(script));
    }

    /// Everything that is done to this cluster: the story's script, then a person's deeds.
    fn script(&self) -> Vec<Step> {
        let deeds = self.deeds.iter().map(|deed| Step { trigger: Trigger::At(deed.at), action: deed.action.clone() });
        self.run.scenario().script.iter().cloned().chain(deeds).collect()
    }

    /// Looks for the setting that would have saved what is lost now.
    fn consider_losses(&mut self) {
        let lost: Vec<MessageId> =
            self.run.ledger().iter().filter(|entry| entry.verdict == Verdict::Lost).map(|entry| entry.message).collect();
        if self.choices.remedies.iter().map(|(message, _)| message).eq(lost.iter()) {
            return;
        }
        self.choices.remedies = remedy::remedies(&self.choices.settings, &self.script(), &lost, self.run.now());
    }

    /// Lets `wall` milliseconds pass. Says whether the page has to be looked at again, not only its clock.
    pub fn tick(&mut self, wall: f64) -> bool {
        let mut left = wall.min(TICK_MOST);
        let mut changed = false;
        for _ in 0..LEGS_PER_TICK {
            if !self.choices.playing {
                break;
            }
            if self.leg.is_none() {
                self.leg = self.next_leg();
                changed = true;
            }
            let Some(playing) = &mut self.leg else {
                self.choices.playing = false;
                break;
            };
            playing.elapsed += left;
            if !playing.leg.is_over(playing.elapsed) {
                break;
            }
            left = playing.elapsed - playing.leg.whole();
            if let Some(playing) = self.leg.take() {
                self.run = playing.ahead;
            }
            changed = true;
        }
        if changed {
            self.consider_losses();
        }
        changed
    }

    fn next_leg(&self) -> Option<Playing> {
        if !self.can_advance() {
            return None;
        }
        let tempo = Tempo { pace: self.choices.pace, speed: self.choices.speed, motion: self.motion };
        let ahead = until_visible(&self.run);
        let told = weight_now(&self.run);
        let leg = pacer::leg(tempo, self.run.now(), ahead.now(), told, quickest_flight(&self.run));
        Some(Playing { leg, elapsed: 0.0, ahead })
    }
}

/// The run at the next instant at which something can be seen to change.
fn until_visible(run: &Run) -> Run {
    let mut ahead = run.clone();
    let before = wires_of(&ahead);
    let mut seen = ahead.events().len();
    for _ in 0..STEPS_PER_LEG {
        if ahead.at_rest() || !ahead.step() {
            break;
        }
        let told = ahead.events().get(seen..).unwrap_or_default().iter().any(narration::is_told);
        if told || wires_of(&ahead) != before {
            break;
        }
        seen = ahead.events().len();
    }
    ahead
}

/// The run after the next event that is told.
fn after_next(run: &Run) -> Run {
    let mut ahead = run.clone();
    let mut seen = ahead.events().len();
    while !ahead.at_rest() && ahead.step_event() {
        if ahead.events().get(seen..).unwrap_or_default().iter().any(narration::is_told) {
            break;
        }
        seen = ahead.events().len();
    }
    ahead
}

/// Back to the told event before the one on screen.
fn to_previous(run: &mut Run) {
    let here = run.position();
    let told: Vec<EventId> = run.events().iter().rev().filter(|event| narration::is_told(event)).map(|event| event.id).collect();
    for event in told {
        run.seek_event(event);
        if run.position() < here {
            return;
        }
    }
    run.seek(0);
}

fn weight_now(run: &Run) -> Option<Weight> {
    let now = run.now();
    run.events().iter().rev().take_while(|event| event.at == now).filter_map(narration::weight_of).max()
}

fn wires_of(run: &Run) -> Wires {
    let view = run.cluster().view();
    wires::wires(&world(run, run.names(), &view))
}

fn world<'a>(run: &'a Run, names: &'a Names, view: &'a ClusterView) -> World<'a> {
    World { scenario: run.scenario(), names, view, events: run.events(), ledger: &[] }
}

/// How long the quickest thing on the wires travels in all.
fn quickest_flight(run: &Run) -> Option<Span> {
    let wires = wires_of(run);
    let links = wires.send.iter().chain(&wires.replication).chain(&wires.pull);
    let flying = links.flat_map(|link| link.out.iter().chain(&link.back));
    flying.filter(|flying| flying.lands != SimTime::NEVER).map(|flying| flying.lands.since(flying.sent)).min()
}
