//! What a person has done, kept: the branches that changes in the past have left, and the way back from the last change.
//!
//! A branch is what stands and a script; its run is computed again when one goes there.

use loss_lab_engine::event::Event;
use loss_lab_engine::run::{Ahead, Run};
use loss_lab_engine::scenario::Step;
use loss_lab_engine::units::SimTime;
use loss_lab_present::narration;
use loss_lab_present::settings::Settings;
use loss_lab_present::story::StoryId;
use loss_lab_present::trail::{Branch, Origin};

use super::Session;

/// More branches than these nobody tells apart; the oldest goes.
const BRANCHES_MOST: usize = 4;
/// So many changes can be undone.
const UNDO_MOST: usize = 50;

/// One way a run has gone, and where it was left.
#[derive(Clone)]
pub(super) struct Track {
    settings: Settings,
    story: StoryId,
    script: Vec<Step>,
    told: usize,
    now: SimTime,
}

/// Everything that undoing brings back.
pub(super) struct Past {
    track: Track,
    branches: Vec<Branch>,
    current: usize,
    tracks: Vec<Track>,
}

impl Track {
    fn is_same(&self, other: &Self) -> bool {
        self.script == other.script
            && self.settings == other.settings
            && self.story == other.story
            && self.told == other.told
    }
}

impl Session {
    pub(super) fn past(&self) -> Past {
        let trail = &self.choices.trail;
        Past {
            track: self.track(),
            branches: trail.branches.clone(),
            current: trail.current,
            tracks: self.tracks.clone(),
        }
    }

    fn track(&self) -> Track {
        Track {
            settings: self.choices.settings.clone(),
            story: self.choices.story,
            script: self.run.scenario().script.clone(),
            told: self.told,
            now: self.now(),
        }
    }

    /// Notes how it was, if anything but the cursor has changed since.
    pub(super) fn note(&mut self, past: Past) {
        if past.track.is_same(&self.track()) {
            return;
        }
        if self.undo.len() == UNDO_MOST {
            self.undo.remove(0);
        }
        self.undo.push(past);
        self.choices.trail.can_undo = true;
    }

    /// As it was before the last change.
    pub(super) fn undo(&mut self) {
        if let Some(past) = self.undo.pop() {
            self.tracks = past.tracks;
            self.choices.trail.branches = past.branches;
            self.choices.trail.current = past.current;
            self.take(past.track);
        }
        self.choices.trail.can_undo = !self.undo.is_empty();
    }

    /// Before something is done at the cursor: what was known to come after it stays reachable.
    pub(super) fn fork(&mut self) {
        let seen = self.run.events().len();
        let later = self.run.known_events().get(seen..).unwrap_or_default();
        if !later.iter().any(narration::is_told) {
            return;
        }
        // One comes back to where it had got to, not to where it was left for another.
        let end = later.last().map(|event| event.at);
        let why = Origin::Act(self.run.now());
        self.leave(end, why);
    }

    /// Before other settings stand: the run under these stays reachable. Setting after setting is one change.
    pub(super) fn fork_on_settings(&mut self) {
        let known = self.run.known_events();
        let told = known.iter().rfind(|event| narration::is_told(event));
        let end = told.map(|event| event.at).filter(|at| *at >= SimTime::ZERO);
        if end.is_some() && !self.setting {
            self.setting = true;
            self.leave(end, Origin::Settings);
        }
    }

    /// Begins a branch, and keeps the one that was on screen as it had got to `end`.
    fn leave(&mut self, end: Option<SimTime>, origin: Origin) {
        let mut left = self.track();
        left.now = end.map_or(left.now, |end| end.max(left.now));
        let trail = &mut self.choices.trail;
        if trail.branches.is_empty() {
            trail.branches.push(Branch {
                number: 1,
                origin: Origin::First,
            });
            self.tracks.clear();
            self.tracks.push(left.clone());
        } else if let Some(slot) = self.tracks.get_mut(trail.current) {
            *slot = left.clone();
        }
        if trail.branches.len() == BRANCHES_MOST {
            let oldest = usize::from(trail.current == 0);
            trail.branches.remove(oldest);
            self.tracks.remove(oldest);
        }
        let number = trail.branches.iter().map(|branch| branch.number).max();
        trail.branches.push(Branch {
            number: number.unwrap_or(0) + 1,
            origin,
        });
        trail.current = trail.branches.len() - 1;
        self.tracks.push(left);
    }

    /// Goes to another branch, where it was left.
    pub(super) fn switch(&mut self, to: usize) {
        let from = self.choices.trail.current;
        if from == to || to >= self.tracks.len() {
            return;
        }
        let left = self.track();
        if let Some(slot) = self.tracks.get_mut(from) {
            *slot = left;
        }
        if let Some(track) = self.tracks.get(to).cloned() {
            self.choices.trail.current = to;
            self.take(track);
        }
    }

    /// Another story has no branches.
    pub(super) fn prune(&mut self) {
        self.tracks.clear();
        self.choices.trail.branches.clear();
        self.choices.trail.current = 0;
    }

    fn take(&mut self, track: Track) {
        let picked = self.choices.picked;
        self.choices.settings = track.settings;
        self.choices.story = track.story;
        self.begin(track.script, track.told);
        self.run.advance_to(track.now);
        let sent = self.run.ledger();
        self.choices.picked =
            picked.filter(|picked| sent.iter().any(|entry| entry.message == *picked));
    }
}

/// The way to the next event that `counts`, and true; if all that is planned has none, the way to its end.
pub(super) fn after_next(run: &mut Run, counts: impl Fn(&Event) -> bool) -> (Ahead, bool) {
    let mut seen = run.events().len();
    let mut found = false;
    let (ahead, _) = run.look_ahead(|run| {
        let new = run.events().get(seen..).unwrap_or_default();
        found = new.iter().any(&counts);
        seen = run.events().len();
        found || run.at_rest()
    });
    (ahead, found)
}

/// To the end of what is known; if that is here, to the end of what is planned.
pub(super) fn to_end(run: &mut Run) {
    let last = run.known_events().last().map(|event| event.id);
    match last.filter(|last| last.index() >= run.events().len()) {
        Some(last) => run.seek_event(last),
        None => {
            let (ahead, _) = after_next(run, |_| false);
            run.go(ahead);
        }
    }
}

/// To a told event, by its place among the known ones; before the first without one.
pub(super) fn to_told(run: &mut Run, place: Option<usize>) {
    let event = place.and_then(|place| Some(run.known_events().get(place)?.id));
    let here = run.position();
    let back = event.is_none_or(|event| event.index() < run.events().len());
    match event {
        Some(event) => run.seek_event(event),
        None => run.seek(0),
    }
    // Several may be told of one step: then back is before all of them.
    if back && run.position() == here && !to_previous(run, narration::is_told) {
        run.seek(0);
    }
}

/// Back to the event before the one on screen that `counts`. False if there is none.
pub(super) fn to_previous(run: &mut Run, counts: impl Fn(&Event) -> bool) -> bool {
    let here = run.position();
    let mut end = run.events().len();
    while let Some(last) = run
        .events()
        .get(..end)
        .and_then(|events| events.iter().rfind(|one| counts(one)))
    {
        end = last.id.index();
        let id = last.id;
        run.seek_event(id);
        if run.position() < here {
            return true;
        }
    }
    run.seek(here);
    false
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::scenario::{Do, Scenario};
    use loss_lab_present::frame::Notice;
    use loss_lab_present::intent::{Intent, Press, Setup};
    use loss_lab_present::ledger::Judgement;
    use loss_lab_present::pacer::Motion;
    use loss_lab_present::settings::{Change, Number};
    use loss_lab_present::trail::Kind;

    use super::*;

    fn press(session: &mut Session, press: Press) {
        session.obey(Intent::Press(press));
    }

    fn play_out(session: &mut Session) {
        for _ in 0..20_000 {
            if !session.is_playing() {
                return;
            }
            session.tick(100.0);
        }
        panic!("it never ended");
    }

    fn strike(session: &mut Session) {
        session.obey(Intent::Strike(Do::PowerLoss("broker-a/0".to_owned())));
    }

    /// One message without a consumer, all the way; then back, and the power is cut after 20 ms.
    fn forked() -> Session {
        let mut session = Session::new(Motion::Reduced);
        session.obey(Intent::Setup(Setup::Change(Change::Number(
            Number::Consumers,
            0,
        ))));
        press(&mut session, Press::Send);
        play_out(&mut session);
        assert_eq!(verdict(&session), Judgement::AtRisk);
        session.obey(Intent::Seek(SimTime::from_millis(20)));
        strike(&mut session);
        session
    }

    fn script(session: &Session) -> Scenario {
        session.run.scenario().clone()
    }

    fn verdict(session: &Session) -> Judgement {
        session.frame().ledger.rows.first().unwrap().judgement
    }

    #[test]
    fn acting_in_the_past_leaves_a_branch_to_go_back_to() {
        let mut session = forked();
        let trail = session.frame().choices.trail;
        let origins: Vec<_> = trail.branches.iter().map(|branch| branch.origin).collect();
        assert_eq!(
            origins,
            [Origin::First, Origin::Act(SimTime::from_millis(20))]
        );
        assert_eq!(trail.current, 1);
        assert_eq!(verdict(&session), Judgement::LostPromiseBroken);
        press(&mut session, Press::Branch);
        assert_eq!(verdict(&session), Judgement::AtRisk);
        session.obey(Intent::Branch(1));
        assert_eq!(verdict(&session), Judgement::LostPromiseBroken);
    }

    #[test]
    fn acting_at_the_end_of_what_is_known_forks_nothing() {
        let mut session = Session::new(Motion::Reduced);
        press(&mut session, Press::Send);
        play_out(&mut session);
        strike(&mut session);
        assert_eq!(session.frame().choices.trail.branches, []);
    }

    #[test]
    fn no_more_branches_are_kept_than_one_can_tell_apart_and_they_keep_their_numbers() {
        let mut session = forked();
        for _ in 0..6 {
            play_out(&mut session);
            press(&mut session, Press::Start);
            press(&mut session, Press::Send);
        }
        let trail = session.frame().choices.trail;
        let numbers: Vec<_> = trail.branches.iter().map(|branch| branch.number).collect();
        assert_eq!(numbers, [5, 6, 7, 8]);
        assert_eq!(trail.current, 3);
        for index in 0..4 {
            session.obey(Intent::Branch(index));
            assert_eq!(session.frame().choices.trail.current, index);
        }
    }

    #[test]
    fn other_settings_leave_a_branch_and_setting_after_setting_is_one_change() {
        let mut session = Session::new(Motion::Reduced);
        let set = |session: &mut Session, number, value| {
            session.obey(Intent::Setup(Setup::Change(Change::Number(number, value))));
        };
        set(&mut session, Number::Consumers, 0);
        assert_eq!(session.frame().choices.trail.branches, []);
        press(&mut session, Press::Send);
        play_out(&mut session);
        set(&mut session, Number::Slaves, 2);
        set(&mut session, Number::Slaves, 0);
        let branches = session.frame().choices.trail.branches;
        let origins: Vec<_> = branches.iter().map(|branch| branch.origin).collect();
        assert_eq!(origins, [Origin::First, Origin::Settings]);
        assert_eq!(session.choices.settings.slaves(), 0);
        press(&mut session, Press::Branch);
        assert_eq!(session.choices.settings.slaves(), 1);
        set(&mut session, Number::Slaves, 2);
        assert_eq!(session.frame().choices.trail.branches.len(), 3);
    }

    #[test]
    fn undo_takes_back_one_change_after_the_other() {
        let mut session = forked();
        let after = script(&session);
        session.obey(Intent::Setup(Setup::Change(Change::Number(
            Number::Slaves,
            2,
        ))));
        assert_ne!(script(&session), after);
        press(&mut session, Press::Undo);
        assert_eq!(script(&session), after);
        press(&mut session, Press::Undo);
        assert_eq!(session.now(), SimTime::from_millis(20));
        assert_eq!(session.frame().choices.trail.branches, []);
        assert!(!session.is_playing());
        for _ in 0..2 {
            press(&mut session, Press::Undo);
        }
        assert_eq!(script(&session), script(&Session::new(Motion::Reduced)));
        assert!(!session.frame().controls.can_undo);
    }

    #[test]
    fn looking_about_is_nothing_to_undo() {
        let mut session = Session::new(Motion::Reduced);
        press(&mut session, Press::Send);
        play_out(&mut session);
        for intent in [Intent::Seek(SimTime::ZERO), Intent::By(Kind::Loss)] {
            session.obey(intent);
        }
        press(&mut session, Press::Undo);
        assert!(!session.frame().controls.can_undo);
        assert!(session.frame().ledger.rows.is_empty());
    }

    #[test]
    fn the_whole_run_can_be_gone_through_by_number_in_either_direction() {
        let mut session = Session::new(Motion::Reduced);
        press(&mut session, Press::Send);
        press(&mut session, Press::Play);
        press(&mut session, Press::End);
        let (mut done, all) = session.frame().timeline.steps;
        assert_eq!(done, all);
        while done > 0 {
            session.obey(Intent::Step(done - 1));
            let now = session.frame().timeline.steps.0;
            assert!(now < done, "{now} of {done}");
            done = now;
        }
        session.obey(Intent::Step(all));
        assert_eq!(session.frame().timeline.steps.0, all);
    }

    #[test]
    fn a_step_goes_to_the_kind_that_was_chosen_in_either_direction() {
        let mut session = Session::new(Motion::Reduced);
        press(&mut session, Press::Send);
        press(&mut session, Press::Play);
        for kind in [Kind::Fsync, Kind::Delivery] {
            session.obey(Intent::By(kind));
            press(&mut session, Press::Start);
            let mut at = Vec::new();
            while session.frame().choices.notice.is_none() {
                press(&mut session, Press::Next);
                assert!(
                    kind.has(session.run.events().last().unwrap())
                        || session.frame().choices.notice.is_some()
                );
                at.push(session.now());
            }
            // The last press found none, and the one before is where the clock stands.
            at.truncate(at.len() - 2);
            assert_eq!(session.frame().choices.notice, Some(Notice::NoneOf(kind)));
            for before in at.into_iter().rev() {
                press(&mut session, Press::Previous);
                assert_eq!(session.now(), before);
            }
            press(&mut session, Press::Previous);
            assert_eq!(session.frame().choices.notice, Some(Notice::NoneOf(kind)));
        }
    }
}
