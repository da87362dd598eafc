//! What stands, changed as a whole: any key, a `broker.conf`, a scenario file, and the way back to a file.

use loss_lab_engine::scenario::{Scenario, file_v1};
use loss_lab_present::conf;
use loss_lab_present::exhibit;
use loss_lab_present::frame::Notice;
use loss_lab_present::settings::{KeyChange, Settings};
use loss_lab_present::statuses::{Collection, Status, taken};
use loss_lab_present::story::StoryId;

use super::Session;

impl Session {
    /// What this learner had seen before.
    pub fn remember(&mut self, words: &str) {
        self.choices.desk.collection = Collection::of_words(words);
    }

    /// The run as a scenario file.
    #[must_use]
    pub fn file(&self) -> String {
        file_v1::write(self.run.scenario())
    }

    pub(super) fn configure(&mut self, change: KeyChange) {
        let KeyChange { owner, key, value } = change;
        let changed = self.choices.settings.with_key(owner, key, value.as_deref());
        self.choices.desk.refused = None;
        match changed {
            Ok(changed) => self.stand(changed),
            Err(refused) => self.choices.desk.refused = Some((owner, key, refused)),
        }
    }

    pub(super) fn apply_conf(&mut self, text: &str) {
        let (changed, applied) = conf::apply(&self.choices.settings, text);
        self.choices.desk.applied = Some(applied);
        self.stand(changed);
    }

    /// The scenario that leads to a status, played up to it.
    pub(super) fn show(&mut self, status: Status) {
        let profile = self.choices.settings.profile();
        if let Some(scenario) = exhibit::scenario(status, profile) {
            self.put_on(scenario);
            self.wanted = Some(status);
            self.choices.playing = true;
        }
    }

    /// A reader's own file. One that is wrong changes nothing but what is said about it.
    pub(super) fn open(&mut self, text: &str) {
        match file_v1::parse(text) {
            Ok(checked) => {
                self.put_on(checked.scenario);
                self.choices.desk.problems = checked.warnings;
                self.choices.notice = Some(Notice::Opened);
            }
            Err(problems) => self.choices.desk.problems = problems,
        }
    }

    fn put_on(&mut self, scenario: Scenario) {
        let (settings, script) = Settings::of(scenario);
        let told = script.len();
        self.choices.settings = settings;
        self.choices.story = StoryId::File;
        self.choices.desk.problems.clear();
        self.choices.desk.applied = None;
        self.begin(script, told);
    }

    /// Looks at the events since `seen`: what they took is collected, and what was waited for ends the playing.
    pub(super) fn collect(&mut self, seen: usize) {
        let new = self.run.events().get(seen..).unwrap_or_default();
        self.choices.desk.collection.add(new);
        if self.wanted.is_some() && new.iter().any(|event| taken(event) == self.wanted) {
            self.wanted = None;
            self.choices.playing = false;
        }
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
            for status in Status::ALL
                .into_iter()
                .filter(|one| exhibit::can_show(*one))
            {
                let mut session = session();
                session.obey(Intent::Set(Change::Profile(profile)));
                session.obey(Intent::Show(status));
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
        let before = session.file();
        session.obey(Intent::Open(
            "{ \"format\": \"loss-lab/1\", \"script\": [{ \"at\": 0, \"do\": \"sned\" }] }"
                .to_owned(),
        ));
        assert_eq!(session.file(), before);
        let [problem] = session.frame().choices.desk.problems.try_into().unwrap();
        assert_eq!(problem.path, "script[0].do");
    }

    #[test]
    fn what_is_saved_opens_as_the_same_run() {
        let mut first = session();
        first.obey(Intent::Set(Change::Number(Number::Slaves, 2)));
        first.obey(Intent::Configure(KeyChange {
            owner: Owner::Producer,
            key: "sendMsgTimeout",
            value: Some("700".to_owned()),
        }));
        first.obey(Intent::Press(Press::Send));
        let mut second = session();
        second.obey(Intent::Open(first.file()));
        assert_eq!(second.file(), first.file());
        assert!(!second.is_playing());
    }

    #[test]
    fn a_value_that_is_none_is_refused_and_changes_nothing() {
        let mut session = session();
        let before = session.frame().choices.settings;
        session.obey(Intent::Configure(KeyChange {
            owner: Owner::Consumer,
            key: "pullBatchSize",
            value: Some("0".to_owned()),
        }));
        let choices = session.frame().choices;
        assert_eq!(choices.settings, before);
        assert!(choices.desk.refused.is_some());
    }

    #[test]
    fn a_collection_outlives_its_runs() {
        let mut session = session();
        session.remember("FOUND");
        session.obey(Intent::Press(Press::Clear));
        assert_eq!(session.frame().statuses.seen, 1);
    }
}
