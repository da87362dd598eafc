//! What stands, changed as a whole: a setting, a story, a `broker.conf`, a scenario file, and the way back to a file.
//!
//! All of it is in the second part (see [`crate::later`]).

use loss_lab_engine::action::Rejected;
use loss_lab_engine::event::Trigger;
use loss_lab_engine::scenario::{Scenario, Step, file_v1};
use loss_lab_present::bench::{self, Act, Bench, Filled, Outcome};
use loss_lab_present::conf;
use loss_lab_present::desk::{Answer, Answers};
use loss_lab_present::exhibit;
use loss_lab_present::frame::Notice;
use loss_lab_present::intent::{Moment, Setup};
use loss_lab_present::settings::{KeyChange, Settings};
use loss_lab_present::statuses::Status;
use loss_lab_present::story::{self, StoryId};

use super::Session;

/// Does it.
pub(crate) fn set_up(session: &mut Session, setup: Setup) {
    session.answer(|answers| answers.refused = None);
    match setup {
        Setup::Change(change) => session.stand(session.choices.settings.with(change)),
        Setup::Key(change) => session.configure(change),
        Setup::Reset => session.stand(session.choices.settings.reset()),
        Setup::Conf(text) => session.apply_conf(&text),
        Setup::Form(bench, filled) => session.work(bench, &filled),
        Setup::Story(id) => session.tell(id),
        Setup::Show(status) => session.show(status),
        Setup::Open(text) => session.open(&text),
        Setup::Wait(scenario, moment) => session.wait(*scenario, moment),
        Setup::PlayTo(moment) => session.play_to(moment),
    }
}

/// The run as a scenario file.
#[cfg(any(test, target_arch = "wasm32"))]
pub(crate) fn file(session: &Session) -> String {
    file_v1::write(session.run.scenario())
}

impl Session {
    fn answer(&mut self, change: impl FnOnce(&mut Answers)) {
        let mut answers = self.choices.desk.answer.read();
        change(&mut answers);
        self.choices.desk.answer = Answer::of(answers);
    }

    fn configure(&mut self, change: KeyChange) {
        let KeyChange { owner, key, value } = change;
        match self.choices.settings.with_key(owner, key, value.as_deref()) {
            Ok(changed) => self.stand(changed),
            Err(refused) => self.answer(|answers| answers.refused = Some((owner, key, refused))),
        }
    }

    fn apply_conf(&mut self, text: &str) {
        let (changed, applied) = conf::apply(&self.choices.settings, text);
        self.answer(|answers| answers.applied = Some(applied));
        self.stand(changed);
    }

    /// A form was filled in: an action, or another cluster.
    fn work(&mut self, bench: Bench, filled: &Filled) {
        let outcome = match bench::form(&bench).map(|form| form.act) {
            Some(Act::Do(_) | Act::DoBetween) => self.do_now(&bench, filled),
            Some(Act::Add(_) | Act::AddSlave | Act::Change(_) | Act::Remove | Act::World) => {
                self.rebuild(&bench, filled)
            }
            None => return,
        };
        let outcome = outcome.unwrap_or_else(|outcome| outcome);
        self.answer(|answers| answers.bench = Some((bench, outcome)));
    }

    fn do_now(&mut self, bench: &Bench, filled: &Filled) -> Result<Outcome, Outcome> {
        self.settle();
        let scenario = self.choices.settings.scenario(self.kept_script());
        let seen = (self.run.events(), self.run.names());
        let checked =
            bench::step(&scenario, bench, filled, self.moment(), seen).map_err(Outcome::Refused)?;
        let last = scenario.script.len();
        let mut script = checked.scenario.script;
        if let Some(step) = script.pop() {
            // Whatever waits for an event is tried when that comes. A topic or a tag may be new to this run: the door knows it.
            if matches!(step.trigger, Trigger::At(_)) {
                match self.run.clone().obey(&step.action) {
                    Ok(()) | Err(Rejected::NoSuchNode) => {}
                    Err(rejected) => return Err(Outcome::Rejected(rejected)),
                }
            }
            self.setting = false;
            self.perform(step);
        }
        let here = format!("script[{last}]");
        let warnings = checked.warnings.into_iter();
        Ok(Outcome::Done(
            warnings.filter(|one| one.path.starts_with(&here)).collect(),
        ))
    }

    /// Another cluster: what was done to what is gone goes with it, the rest is played again up to where the clock was.
    fn rebuild(&mut self, bench: &Bench, filled: &Filled) -> Result<Outcome, Outcome> {
        let (checked, gone) =
            bench::build(self.run.scenario(), bench, filled).map_err(Outcome::Refused)?;
        let told = gone.iter().filter(|step| **step < self.told).count();
        let (settings, script) = Settings::of(checked.scenario);
        self.replay(settings, script, self.told - told);
        Ok(Outcome::Done(Vec::new()))
    }

    /// Other settings: the same actions at the same instants, under other rules, up to where the clock was.
    fn stand(&mut self, changed: Settings) {
        if changed.is_like(&self.choices.settings) {
            return;
        }
        let script = self.run.scenario().script.clone();
        self.replay(changed, script, self.told);
    }

    /// Plays `script`, the first `told` steps of which are the story's own, under `settings` up to where the clock was.
    fn replay(&mut self, settings: Settings, script: Vec<Step>, told: usize) {
        self.fork_on_settings();
        let (now, picked) = (self.now(), self.choices.picked);
        let notice = (!script.is_empty()).then_some(Notice::Replayed(script.len()));
        self.choices.settings = settings;
        self.begin(script, told);
        self.run.advance_to(now);
        self.choices.notice = notice;
        self.choices.picked = picked;
    }

    fn tell(&mut self, id: StoryId) {
        let story = story::story(id, self.choices.settings.profile());
        let plays = !story.script.is_empty();
        self.put_on(id, story.settings, story.script);
        self.choices.playing = plays;
    }

    /// The scenario that leads to a status, played up to it.
    fn show(&mut self, status: Status) {
        let profile = self.choices.settings.profile();
        if let Some(scenario) = exhibit::scenario(status, profile) {
            let (settings, script) = Settings::of(scenario);
            self.put_on(StoryId::File, settings, script);
            self.wanted = Some(status);
            self.choices.playing = true;
        }
    }

    /// A reader's own file. One that is wrong changes nothing but what is said about it.
    fn open(&mut self, text: &str) {
        match file_v1::parse(text) {
            Ok(checked) => {
                let (settings, script) = Settings::of(checked.scenario);
                self.put_on(StoryId::File, settings, script);
                self.answer(|answers| answers.problems = checked.warnings);
                self.choices.notice = Some(Notice::Opened);
            }
            Err(problems) => self.answer(|answers| answers.problems = problems),
        }
    }

    /// Stands where a lesson asks.
    fn wait(&mut self, scenario: Scenario, moment: Moment) {
        if *self.run.scenario() != scenario {
            let (settings, script) = Settings::of(scenario);
            self.put_on(StoryId::File, settings, script);
        }
        self.look_at(|run| {
            run.seek(moment.position);
            run.advance_to(moment.at);
        });
    }

    fn play_to(&mut self, moment: Moment) {
        if self.run.position() < moment.position {
            self.until = Some(moment);
            self.choices.playing = true;
        } else {
            self.look_at(|run| run.advance_to(moment.at));
        }
    }

    pub(super) fn put_on(&mut self, story: StoryId, settings: Settings, script: Vec<Step>) {
        let told = script.len();
        self.choices.settings = settings;
        self.choices.story = story;
        self.choices.desk.answer = Answer::default();
        self.setting = false;
        self.prune();
        self.begin(script, told);
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::status::Profile;
    use loss_lab_present::intent::{Intent, Press};
    use loss_lab_present::pacer::Motion;
    use loss_lab_present::settings::{Change, Number, Owner};

    use super::*;

    fn session() -> Session {
        Session::new(Motion::Reduced)
    }

    #[test]
    fn show_me_plays_to_the_moment_and_stops_there() {
        for profile in [Profile::V4_9, Profile::V5_3] {
            for status in Status::ALL.into_iter().filter(|one| one.is_given()) {
                let mut session = session();
                session.obey(Intent::Setup(Setup::Change(Change::Profile(profile))));
                session.obey(Intent::Setup(Setup::Show(status)));
                for _ in 0..20_000 {
                    if !session.is_playing() {
                        break;
                    }
                    session.tick(100.0);
                }
                let frame = session.frame();
                let values = frame.statuses.cards.iter().flat_map(|card| &card.values);
                let now = values
                    .filter(|value| value.now)
                    .any(|value| value.status == status);
                assert!(now, "{} under {}", status.word(), profile.word());
                assert!(frame.choices.desk.collection.has(status));
            }
        }
    }

    #[test]
    fn a_file_that_is_wrong_leaves_the_run_as_it_is() {
        let mut session = session();
        session.obey(Intent::Press(Press::Send));
        let before = file(&session);
        session.obey(Intent::Setup(Setup::Open(
            "{ \"format\": \"loss-lab/1\", \"script\": [{ \"at\": 0, \"do\": \"sned\" }] }"
                .to_owned(),
        )));
        assert_eq!(file(&session), before);
        let [problem] = session
            .choices
            .desk
            .answer
            .read()
            .problems
            .try_into()
            .unwrap();
        assert_eq!(problem.path, "script[0].do");
    }

    #[test]
    fn what_is_saved_opens_as_the_same_run() {
        let mut first = session();
        first.obey(Intent::Setup(Setup::Change(Change::Number(
            Number::Slaves,
            2,
        ))));
        first.obey(Intent::Setup(Setup::Key(KeyChange {
            owner: Owner::Producer,
            key: "sendMsgTimeout",
            value: Some("700".to_owned()),
        })));
        first.obey(Intent::Press(Press::Send));
        let mut second = session();
        second.obey(Intent::Setup(Setup::Open(file(&first))));
        assert_eq!(file(&second), file(&first));
        assert!(!second.is_playing());
    }

    #[test]
    fn a_value_that_is_none_is_refused_and_changes_nothing() {
        let mut session = session();
        let before = session.frame().choices.settings;
        session.obey(Intent::Setup(Setup::Key(KeyChange {
            owner: Owner::Consumer,
            key: "pullBatchSize",
            value: Some("0".to_owned()),
        })));
        let choices = session.frame().choices;
        assert_eq!(choices.settings, before);
        assert!(choices.desk.answer.read().refused.is_some());
    }

    #[test]
    fn a_collection_outlives_its_runs() {
        let mut session = session();
        session.remember("FOUND");
        session.obey(Intent::Press(Press::Clear));
        assert_eq!(session.frame().statuses.seen, 1);
    }

    fn fill(what: &'static str, who: &str, fields: &[(&str, &str)]) -> Intent {
        let bench = Bench {
            who: who.to_owned(),
            what,
        };
        let fields = fields.iter();
        let filled = fields.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Intent::Setup(Setup::Form(bench, filled.collect()))
    }

    fn outcome(session: &Session) -> Outcome {
        session.choices.desk.answer.read().bench.unwrap().1
    }

    #[test]
    fn a_form_acts_like_a_strike_and_can_be_undone() {
        let mut session = session();
        session.obey(fill(
            "send",
            "p1",
            &[("tag", "new-tag"), ("topic", "Orders")],
        ));
        assert_eq!(outcome(&session), Outcome::Done(Vec::new()));
        assert_eq!(session.run.scenario().script.len(), 1);
        assert!(session.is_playing());
        session.obey(fill("resume", "broker-a/0", &[]));
        assert_eq!(outcome(&session), Outcome::Rejected(Rejected::NotPaused));
        assert_eq!(session.run.scenario().script.len(), 1);
        session.obey(Intent::Press(Press::Undo));
        assert_eq!(session.run.scenario().script.len(), 0);
    }

    #[test]
    fn what_waits_for_an_event_is_not_forgotten_by_the_next_action() {
        let mut session = session();
        session.obey(fill("power-loss", "broker-a/0", &[("event", "appended")]));
        assert_eq!(outcome(&session), Outcome::Done(Vec::new()));
        session.obey(Intent::Press(Press::Send));
        assert_eq!(session.run.scenario().script.len(), 2);
        for _ in 0..600 {
            session.tick(100.0);
        }
        let down = |event: &loss_lab_engine::event::Event| {
            event.kind.name() == loss_lab_engine::event::EventName::NodeDown
        };
        assert!(session.run.events().iter().any(down));
    }

    #[test]
    fn another_cluster_plays_the_same_actions_without_those_about_what_is_gone() {
        let mut session = session();
        session.obey(fill(
            "add-producer",
            "",
            &[("name", "p2"), ("group", "PG2")],
        ));
        session.obey(fill("send", "p2", &[("count", "2")]));
        session.obey(fill("send", "p1", &[]));
        session.obey(fill("remove", "p2", &[]));
        assert_eq!(outcome(&session), Outcome::Done(Vec::new()));
        assert_eq!(session.run.scenario().script.len(), 1);
        assert_eq!(session.run.scenario().producers.len(), 1);
        session.obey(fill("remove", "broker-a/0", &[]));
        assert!(matches!(outcome(&session), Outcome::Refused(_)));
        assert_eq!(session.run.scenario().brokers.len(), 1);
    }
}
