//! The only code that changes anything: a run, what was chosen about it, and what is playing.
//!
//! It knows no browser and no Leptos; wall time comes in as milliseconds.

use loss_lab_engine::action::Rejected;
use loss_lab_engine::event::Trigger;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::Verdict;
use loss_lab_engine::run::{Ahead, Run};
use loss_lab_engine::scenario::{Do, Step};
use loss_lab_engine::status::Profile;
use loss_lab_engine::units::{SimTime, Span};
use loss_lab_present::frame::{Choices, Frame, Notice, project};
use loss_lab_present::index::Index;
use loss_lab_present::intent::{Intent, Moment, Press, Setup};
use loss_lab_present::narration;
use loss_lab_present::pacer::{self, Glide, Leg, Motion, Speed, Tempo};
use loss_lab_present::settings::Settings;
use loss_lab_present::statuses::{Collection, Status, taken};
use loss_lab_present::story::{self, StoryId};
use loss_lab_present::trail::Kind;
use loss_lab_present::wires::{self, Wires};
use loss_lab_present::world::World;

use crate::later;

mod branches;
mod links;
pub(crate) mod setup;

use branches::{Past, Track, after_next, to_end, to_previous, to_told};

/// A leg looks no further ahead than this many steps; the next leg looks on.
const STEPS_PER_LEG: u32 = 20_000;
/// One tick plays no more legs than this: the page stays awake at any speed.
const LEGS_PER_TICK: u32 = 64;
/// What a person's instants are rounded to, in microseconds, the best first.
const ROUND: [i64; 5] = [500, 100, 50, 10, 1];
/// A tab that was away does not catch up.
const TICK_MOST: f64 = 120.0;
/// More messages at once than this are more than a stage can show.
pub const COUNT_MOST: u32 = 50;

/// The state of the page.
pub struct Session {
    run: Run,
    index: Index,
    choices: Choices,
    motion: Motion,
    /// How many steps of the script are the story's; the rest is what a person did.
    told: usize,
    leg: Option<Playing>,
    /// The losses for which remedies have been looked for.
    considered: Vec<MessageId>,
    /// The branches' scripts; the one on screen has moved on since.
    tracks: Vec<Track>,
    /// How it was before each change, the last one last.
    undo: Vec<Past>,
    /// The status at which playing stops.
    wanted: Option<Status>,
    /// The moment at which playing stops.
    until: Option<Moment>,
    /// Whether a setting was the last thing that was changed.
    setting: bool,
    /// What was asked for before the second part was here.
    waiting: Vec<Setup>,
}

/// A leg that is being played, and the way to its end.
struct Playing {
    leg: Leg,
    elapsed: f64,
    ahead: Ahead,
}

impl Session {
    /// A healthy cluster, nothing sent, paused.
    #[must_use]
    pub fn new(motion: Motion) -> Self {
        let settings = Settings::defaults(Profile::V5_3);
        let run = Run::new(settings.scenario(Vec::new()));
        let choices = Choices::first(settings, StoryId::Free);
        Self {
            run,
            index: Index::default(),
            choices,
            motion,
            told: 0,
            leg: None,
            considered: Vec::new(),
            tracks: Vec::new(),
            undo: Vec::new(),
            wanted: None,
            until: None,
            setting: false,
            waiting: Vec::new(),
        }
    }

    /// The page as it is now.
    #[must_use]
    pub fn frame(&self) -> Frame {
        project(
            &self.run,
            &self.index,
            &self.choices,
            self.leg.as_ref().map(|playing| playing.leg.to),
            later::here().map(|later| &later.depths),
        )
    }

    /// The instant on the clock, between two events too.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.leg.as_ref().map_or(self.run.now(), |playing| {
            playing.leg.now(playing.elapsed).max(self.run.now())
        })
    }

    /// Where the clock is and where it goes from here, at an even pace.
    #[must_use]
    pub fn glide(&self) -> Glide {
        let from = self.now();
        let leg = self.leg.as_ref().filter(|_| self.choices.playing);
        leg.map_or(Glide::still(from), |playing| {
            let (wait, travel) = playing.leg.left(playing.elapsed);
            Glide {
                from,
                to: playing.leg.to,
                wait,
                travel,
            }
        })
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
        self.setting &= matches!(intent, Intent::Setup(_) | Intent::Desk(_));
        let keeps = !matches!(
            intent,
            Intent::Seek(_) | Intent::Branch(_) | Intent::Press(Press::Undo | Press::Branch)
        );
        let past = keeps.then(|| self.past());
        match intent {
            Intent::Press(press) => self.press(press),
            Intent::Mode(mode) => self.choices.mode = mode,
            Intent::Count(count) => self.choices.count = count.clamp(1, COUNT_MOST),
            Intent::Pace(pace) => {
                self.choices.pace = pace;
                self.rest_of_leg_anew();
            }
            Intent::Pick(message) => {
                self.choices.asked = None;
                self.choices.picked = (self.choices.picked != Some(message)).then_some(message);
            }
            Intent::Why(event) => self.choices.asked = event,
            Intent::Book(turn) => self.choices.book.turn(turn),
            Intent::Seek(at) => self.look_at(|run| run.seek_time(at)),
            Intent::Events(reading) => self.choices.trail.events = reading,
            Intent::Step(number) => {
                let place = number.checked_sub(1);
                let place = place.and_then(|place| self.index.told().get(place).copied());
                self.look_at(|run| to_told(run, place));
            }
            Intent::By(kind) => self.choices.trail.by = kind,
            Intent::Branch(to) => self.switch(to),
            Intent::Menu(target) => self.choices.menu = target,
            Intent::Lens(lens) => self.choices.lens = lens,
            Intent::SendBy(producer) => {
                let Choices {
                    settings,
                    count,
                    mode,
                    ..
                } = &self.choices;
                self.act(story::send_by(settings, &producer, *count, *mode));
            }
            Intent::Strike(action) => {
                self.choices.menu = None;
                self.act(action);
            }
            Intent::Setup(setup) => self.set_up(setup),
            Intent::Desk(ask) => self.choices.desk.obey(ask),
        }
        if let Some(past) = past {
            self.note(past);
        }
        self.look_back();
    }

    /// Takes in what has become known, and what has happened.
    fn look_back(&mut self) {
        self.index.follow(self.run.known_events());
        self.consider_losses();
        let events = self.run.events().len();
        self.choices.desk.collection.add(&self.index, events);
    }

    /// Begins a run anew.
    fn run_anew(&mut self, script: Vec<Step>) {
        self.run = Run::new(self.choices.settings.scenario(script));
        self.index = Index::default();
    }

    fn press(&mut self, press: Press) {
        match press {
            Press::Send => self.act(story::send_first(
                &self.choices.settings,
                self.choices.count,
                self.choices.mode,
            )),
            Press::Play => self.choices.playing = !self.choices.playing && self.can_advance(),
            Press::Next => self.step_on(),
            Press::Previous => self.step_back(),
            Press::Start => self.look_at(|run| run.seek(0)),
            Press::End => self.look_at(to_end),
            Press::NextLoss => self.go_to_next_loss(),
            Press::Faster => self.hurry(self.choices.speed.faster()),
            Press::Slower => self.hurry(self.choices.speed.slower()),
            Press::Clear => {
                self.choices.story = StoryId::Free;
                self.prune();
                self.begin(Vec::new(), 0);
            }
            Press::Kind => self.choices.trail.by = self.choices.trail.by.next(),
            Press::Branch => {
                let trail = &self.choices.trail;
                let next = trail.current + 1;
                self.switch(if next < trail.branches.len() { next } else { 0 });
            }
            Press::Undo => self.undo(),
        }
    }

    fn can_advance(&self) -> bool {
        self.run.ended().is_none()
            && (!self.run.at_rest() || self.wanted.is_some() || self.until.is_some())
    }

    /// Moves the cursor and stops there.
    fn look_at(&mut self, move_cursor: impl FnOnce(&mut Run)) {
        self.leg = None;
        self.until = None;
        self.choices.playing = false;
        move_cursor(&mut self.run);
    }

    fn step_on(&mut self) {
        let by = self.choices.trail.by;
        match after_next(&mut self.run, |event| by.has(event)) {
            (ahead, found) if found || by == Kind::Any => self.look_at(|run| run.go(ahead)),
            (_, _) => self.choices.notice = Some(Notice::NoneOf(by)),
        }
    }

    fn step_back(&mut self) {
        let by = self.choices.trail.by;
        let mut found = false;
        self.look_at(|run| found = to_previous(run, |event| by.has(event)));
        if !found && by == Kind::Any {
            self.run.seek(0);
        } else if !found {
            self.choices.notice = Some(Notice::NoneOf(by));
        }
    }

    fn go_to_next_loss(&mut self) {
        match after_next(&mut self.run, |event| Kind::Loss.has(event)) {
            (ahead, true) => self.look_at(|run| run.go(ahead)),
            (_, false) => self.choices.notice = Some(Notice::NoLossAhead),
        }
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
        if let Err(rejected) = self.run.clone().obey(&action) {
            self.choices.notice = Some(notice(rejected));
            return;
        }
        let trigger = Trigger::At(self.moment());
        self.perform(Step { trigger, action });
    }

    /// It becomes a step of the script, and the run is played again up to here: then seeking, another setting and a link all
    /// see the same story. What a person had done later than this is forgotten; the story's own steps still come.
    fn perform(&mut self, step: Step) {
        self.fork();
        let at = self.moment();
        let mut script = self.kept_script();
        script.push(step);
        self.run_anew(script);
        self.run.advance_to(at);
        self.choices.playing = true;
    }

    /// What stays of the script when something is done now: the story's own steps, and what a person did before, or will do upon
    /// an event.
    fn kept_script(&self) -> Vec<Step> {
        let now = self.run.now();
        let mut script = self.run.scenario().script.clone();
        let mut index = 0;
        script.retain(|step| {
            index += 1;
            index <= self.told || !matches!(step.trigger, Trigger::At(at) if at > now)
        });
        script
    }

    /// The instant at which a person acts: after what was seen, before what comes next, and as round as that allows.
    ///
    /// A script's step comes before what the cluster does at the same instant, so it cannot be the cursor's own.
    fn moment(&self) -> SimTime {
        let now = self.run.now();
        if self.run.events().is_empty() {
            return now;
        }
        let next = self.run.next_at().unwrap_or(SimTime::NEVER);
        let round = |to: i64| SimTime::from_micros((now.micros() / to + 1) * to);
        ROUND
            .into_iter()
            .map(round)
            .find(|at| *at < next)
            .unwrap_or(round(1))
    }

    /// What it takes to change what stands belongs to the second part; what was asked before it is here waits for it.
    fn set_up(&mut self, setup: Setup) {
        match later::here() {
            Some(later) => (later.set_up)(self, setup),
            None => self.waiting.push(setup),
        }
    }

    /// The second part is here: what was asked in the meantime is done.
    pub fn arrived(&mut self) {
        for setup in core::mem::take(&mut self.waiting) {
            self.obey(Intent::Setup(setup));
        }
        self.look_back();
    }

    /// What this learner had seen before.
    pub fn remember(&mut self, words: &str) {
        self.choices.desk.collection = Collection::of_words(words);
    }

    /// Playing ends when what was waited for is among the events since `seen`.
    fn stop_when_wanted(&mut self, seen: usize) {
        let new = self.run.events().get(seen..).unwrap_or_default();
        if self.wanted.is_some() && new.iter().any(|event| taken(event) == self.wanted) {
            self.wanted = None;
            self.choices.playing = false;
        }
    }

    fn begin(&mut self, script: Vec<Step>, told: usize) {
        self.leg = None;
        self.told = told;
        self.wanted = None;
        self.until = None;
        self.choices.playing = false;
        self.choices.picked = None;
        self.choices.asked = None;
        self.choices.menu = None;
        self.considered.clear();
        self.choices.remedies.clear();
        self.run_anew(script);
    }

    /// Looks for the setting that would have saved what is lost now.
    fn consider_losses(&mut self) {
        let lost: Vec<MessageId> = self
            .run
            .ledger()
            .iter()
            .filter(|entry| entry.verdict == Verdict::Lost)
            .map(|entry| entry.message)
            .collect();
        if lost == self.considered {
            return;
        }
        let Some(later) = later::here() else { return };
        self.considered.clone_from(&lost);
        self.choices.remedies = (later.remedies)(
            &self.choices.settings,
            &self.run.scenario().script,
            &lost,
            self.run.now(),
        );
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
                let seen = self.run.events().len();
                self.run.go(playing.ahead);
                self.index.follow(self.run.known_events());
                self.stop_when_wanted(seen);
                self.stop_there();
            }
            changed = true;
        }
        if changed {
            self.look_back();
        }
        changed
    }

    /// Stops at the moment up to which it was to be played.
    fn stop_there(&mut self) {
        let here = self.run.position();
        if let Some(until) = self.until.filter(|until| here >= until.position) {
            self.look_at(|run| run.advance_to(until.at));
        }
    }

    fn next_leg(&mut self) -> Option<Playing> {
        if !self.can_advance() {
            return None;
        }
        let tempo = Tempo {
            pace: self.choices.pace,
            speed: self.choices.speed,
            motion: self.motion,
        };
        let ahead = until_visible(&mut self.run, self.wanted, self.until);
        let told = narration::told_at(self.run.events(), &self.index, self.run.now());
        let leg = pacer::leg(
            tempo,
            self.run.now(),
            ahead.now(),
            told,
            quickest_flight(&self.run),
        );
        Some(Playing {
            leg,
            elapsed: 0.0,
            ahead,
        })
    }
}

fn notice(rejected: Rejected) -> Notice {
    match rejected {
        Rejected::NotModelled => Notice::NotModelled,
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
        | Rejected::NotPlanned => Notice::DoesNotFit,
    }
}

/// The way to the next instant at which something can be seen to change.
fn until_visible(run: &mut Run, wanted: Option<Status>, until: Option<Moment>) -> Ahead {
    let before = wires_of(run);
    let waits = wanted.is_some() || until.is_some();
    let mut seen = run.events().len();
    let mut steps = 0;
    let (ahead, _) = run.look_ahead(|run| {
        let new = run.events().get(seen..).unwrap_or_default();
        let told = new
            .iter()
            .any(|event| narration::is_told(event) || (wanted.is_some() && taken(event) == wanted));
        seen = run.events().len();
        steps += 1;
        told || steps > STEPS_PER_LEG
            || until.is_some_and(|until| run.position() >= until.position)
            || run.at_rest() && !waits
            || wires_of(run) != before
    });
    ahead
}

fn wires_of(run: &Run) -> Wires {
    let outline = run.cluster().outline();
    wires::wires(&World::of(run, &Index::default(), &outline, &[]))
}

/// How long the quickest thing on the wires travels in all.
fn quickest_flight(run: &Run) -> Option<Span> {
    let wires = wires_of(run);
    let links = wires
        .send
        .iter()
        .chain(&wires.replication)
        .chain(&wires.pull);
    let flying = links.flat_map(|link| link.out.iter().chain(&link.back));
    flying
        .filter(|flying| flying.lands != SimTime::NEVER)
        .map(|flying| flying.lands.since(flying.sent))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use loss_lab_engine::status::FlushDiskType;
    use loss_lab_present::ledger::Judgement;
    use loss_lab_present::remedy::Effect;
    use loss_lab_present::settings::{Change, Number};

    fn session() -> Session {
        Session::new(Motion::Full)
    }

    fn press(session: &mut Session, press: Press) {
        session.obey(Intent::Press(press));
    }

    fn strike(session: &mut Session, action: fn(String) -> Do) {
        session.obey(Intent::Strike(action("broker-a/0".to_owned())));
    }

    /// Plays on until `done`, at most for a minute of wall time.
    fn play_until(session: &mut Session, done: impl Fn(&Frame) -> bool) {
        for _ in 0..3_600 {
            if done(&session.frame()) {
                return;
            }
            session.tick(16.0);
        }
        panic!("it never came to that");
    }

    fn play_out(session: &mut Session) {
        play_until(session, |frame| !frame.choices.playing);
    }

    fn first(session: &Session) -> Judgement {
        session.frame().ledger.rows.last().unwrap().judgement
    }

    #[test]
    fn a_picked_message_is_told_and_its_causes_lead_back_to_its_story() {
        use loss_lab_present::tale::About;
        let mut session = session();
        press(&mut session, Press::Send);
        play_out(&mut session);
        session.obey(Intent::Pick(MessageId(1)));
        let about = |session: &Session| session.frame().tale.map(|tale| tale.about);
        let last = session.frame().tale.unwrap().entries.pop().unwrap();
        session.obey(Intent::Why(Some(last.line.event)));
        assert_eq!(about(&session), Some(About::Causes));
        session.obey(Intent::Seek(SimTime::ZERO));
        assert_eq!(about(&session), Some(About::Causes));
        session.obey(Intent::Why(None));
        assert_eq!(about(&session), Some(About::Message(MessageId(1))));
        session.obey(Intent::Pick(MessageId(1)));
        assert_eq!(about(&session), None);
    }

    #[test]
    fn the_page_opens_paused_and_sending_plays() {
        let mut session = session();
        assert!(!session.is_playing() && !session.tick(1_000.0));
        press(&mut session, Press::Send);
        assert!(session.is_playing());
        play_out(&mut session);
        assert_eq!(first(&session), Judgement::Consumed);
    }

    /// One message without a consumer, and a power cut after `millis`.
    fn cut_power_after(millis: i64) -> Session {
        let mut session = session();
        session.obey(Intent::Setup(Setup::Change(Change::Number(
            Number::Consumers,
            0,
        ))));
        press(&mut session, Press::Send);
        session.obey(Intent::Seek(SimTime::from_millis(millis)));
        strike(&mut session, Do::PowerLoss);
        assert_eq!(first(&session), Judgement::LostPromiseBroken);
        session
    }

    #[test]
    fn a_power_cut_before_fsync_loses_it_and_sync_flush_would_have_saved_it() {
        let mut session = cut_power_after(20);
        let [remedy] = session.frame().choices.remedies.try_into().unwrap();
        assert_eq!(
            (remedy.change, remedy.effect),
            (Change::Flush(FlushDiskType::SyncFlush), Effect::Saves)
        );
        session.obey(Intent::Setup(Setup::Change(remedy.change)));
        assert_eq!(first(&session), Judgement::AtRisk);
        assert!(session.frame().choices.notice.is_some());
    }

    #[test]
    fn a_power_cut_within_the_fsync_loses_it_but_nobody_was_promised_anything() {
        let session = cut_power_after(3);
        let [remedy] = session.frame().choices.remedies.try_into().unwrap();
        assert_eq!(
            (remedy.change, remedy.effect),
            (
                Change::Flush(FlushDiskType::SyncFlush),
                Effect::PromisesNothing
            )
        );
    }

    #[test]
    fn several_messages_leave_one_after_the_other() {
        let mut session = session();
        session.obey(Intent::Count(5));
        press(&mut session, Press::Send);
        play_out(&mut session);
        assert_eq!(session.frame().ledger.tally.consumed, 5);
    }

    #[test]
    fn steps_go_back_the_way_they_came() {
        let mut session = session();
        press(&mut session, Press::Send);
        press(&mut session, Press::Play);
        let mut lines = Vec::new();
        for _ in 0..6 {
            lines.push(session.frame().line);
            press(&mut session, Press::Next);
        }
        for line in lines.into_iter().rev() {
            press(&mut session, Press::Previous);
            assert_eq!(session.frame().line, line);
        }
    }

    #[test]
    fn acting_in_the_past_forgets_what_was_done_after_it() {
        let mut session = session();
        press(&mut session, Press::Send);
        play_out(&mut session);
        strike(&mut session, Do::PowerLoss);
        assert_eq!(session.run.scenario().script.len(), 2);
        press(&mut session, Press::Start);
        press(&mut session, Press::Send);
        let script = &session.run.scenario().script;
        assert!(
            script.iter().all(|step| matches!(step.action, Do::Send(_))),
            "{script:?}"
        );
    }

    #[test]
    fn the_clock_stands_where_play_was_paused() {
        let mut session = session();
        press(&mut session, Press::Send);
        for _ in 0..40 {
            session.tick(16.0);
        }
        press(&mut session, Press::Play);
        let now = session.now();
        assert!(!session.tick(16.0));
        assert_eq!(session.now(), now);
    }

    #[test]
    fn what_glides_is_where_the_clock_is_when_it_begins_and_when_the_leg_ends() {
        let mut session = session();
        session.obey(Intent::Press(Press::Send));
        session.tick(1.0);
        for _ in 0..60 {
            let glide = session.glide();
            assert_eq!(glide.from, session.now());
            let left = f64::from(glide.wait + glide.travel);
            // What is left is said in whole milliseconds; a tick is no longer than 120.
            if left < 120.0 {
                session.tick(left + 1.0);
                assert!(session.now() >= glide.to);
            } else {
                session.tick(50.0);
                assert!(session.now() <= glide.to);
            }
        }
        press(&mut session, Press::Play);
        if session.is_playing() {
            press(&mut session, Press::Play);
        }
        assert_eq!(session.glide(), Glide::still(session.now()));
    }

    #[test]
    fn what_does_not_fit_changes_nothing_and_says_so() {
        let mut session = session();
        strike(&mut session, Do::Resume);
        let frame = session.frame();
        assert_eq!(frame.choices.notice, Some(Notice::DoesNotFit));
        assert!(!frame.choices.playing);
    }

    #[test]
    fn every_story_can_be_told_in_both_versions() {
        for profile in [Profile::V4_9, Profile::V5_3] {
            for id in StoryId::ALL {
                let mut session = session();
                session.obey(Intent::Setup(Setup::Change(Change::Profile(profile))));
                session.obey(Intent::Setup(Setup::Story(id)));
                play_out(&mut session);
            }
        }
    }
}
