//! The lessons that come with the page, and a lesson being given: predict, then see.
//!
//! A class is asked before it is shown; what is right, the engine has computed from the lesson's own run. Nothing here draws.

use loss_lab_engine::scenario::Title;
use loss_lab_engine::status::Profile;
use loss_lab_lesson::{Lesson, Player, Problem, Shown, read};
use loss_lab_present::intent::Moment;

/// The texts, in the order of the course.
const TEXTS: &[&str] = &[
    include_str!("../assets/lessons/1-four-answers.md"),
    include_str!("../assets/lessons/2-page-cache-and-disk.md"),
    include_str!("../assets/lessons/3-master-and-slave.md"),
    include_str!("../assets/lessons/4-ten-answers.md"),
    include_str!("../assets/lessons/5-success-retry-dead-letter.md"),
    include_str!("../assets/lessons/6-order.md"),
    include_str!("../assets/lessons/7-why-twice.md"),
    include_str!("../assets/lessons/8-survive-every-fault.md"),
];

macro_rules! library {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../assets/scenarios/", $name, ".json")))),*]
    };
}

/// The scenarios that lessons name.
const LIBRARY: &[(&str, &str)] = library![
    "consume-ack-index",
    "consume-broadcast-failure",
    "consume-crash-before-commit",
    "consume-dead-letter",
    "consume-dead-letter-at-once",
    "consume-rebalance-in-flight",
    "consume-reconsume-later",
    "consume-send-back-answer-lost",
    "crash-async-flush",
    "crash-transient-pool",
    "destroy-disk-sync-flush",
    "get-message-was-removing",
    "get-offset-found-null",
    "get-offset-reset",
    "get-offset-too-small",
    "orderly-dead-letter",
    "orderly-suspend-current-queue-a-moment",
    "orderly-take-over",
    "power-loss-async-flush",
    "power-loss-sync-flush",
    "retry-after-lost-connection",
    "retry-another-broker",
    "send-flush-disk-timeout",
    "send-flush-slave-timeout",
    "send-flush-slave-timeout-49",
    "send-ok",
    "slave-lag-destroyed-disk",
    "sync-master-default",
];

/// A scenario of the library.
fn scenario(name: &str) -> Option<String> {
    let found = LIBRARY.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| (*text).to_owned())
}

/// The lessons that come with the page.
#[must_use]
pub fn shelf() -> Vec<Lesson> {
    // Each is read by a test.
    TEXTS.iter().filter_map(|text| read(text).ok()).collect()
}

/// More hands than this are not counted.
const HANDS_MOST: u32 = 999;

/// What a trainer's own lesson is called in the address, whatever its name: no lesson that comes with the page has this one.
pub const OWN: &str = "own";

/// A lesson being given.
#[derive(Clone, Debug)]
pub struct Class {
    lesson: Lesson,
    profile: Profile,
    own: bool,
    /// How many steps there are in this profile.
    pub steps: usize,
    /// Which of them stands.
    pub place: usize,
    /// What it shows and asks.
    pub shown: Shown,
    /// Whether the answer has been asked for.
    pub told: bool,
    /// What was guessed.
    pub guess: Option<usize>,
    /// The show of hands, a count for each choice.
    pub hands: Vec<u32>,
}

impl Class {
    /// A lesson that comes with the page, by its name in links.
    #[must_use]
    pub fn of_shelf(id: &str, profile: Option<Profile>, place: usize) -> Option<Self> {
        let lesson = shelf().into_iter().find(|lesson| lesson.id == id)?;
        Self::new(lesson, false, profile, place).ok()
    }

    /// A trainer's own lesson, by its text.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line: every step is played in every profile that it names.
    pub fn of_text(text: &str) -> Result<Self, Vec<Problem>> {
        let lesson = read(text)?;
        let mut problems = Vec::new();
        for profile in &lesson.profiles {
            let checked = Player::new(&lesson, *profile, &scenario).check();
            problems.extend(checked.err().unwrap_or_default());
        }
        if problems.is_empty() {
            Self::new(lesson, true, None, 0)
        } else {
            Err(problems)
        }
    }

    fn new(
        lesson: Lesson,
        own: bool,
        profile: Option<Profile>,
        place: usize,
    ) -> Result<Self, Vec<Problem>> {
        let first = lesson.profiles.first().copied();
        let profile = profile.or(first).unwrap_or(Profile::V5_3);
        let player = Player::new(&lesson, profile, &scenario);
        let (profile, steps) = (player.profile(), player.len());
        let place = place.min(steps.saturating_sub(1));
        let shown = player.show(place).map_err(|problem| vec![problem])?;
        let Some(shown) = shown else {
            return Err(Vec::new());
        };
        let hands = vec![
            0;
            shown
                .question
                .as_ref()
                .map_or(0, |asked| asked.choices.len())
        ];
        Ok(Self {
            lesson,
            profile,
            own,
            steps,
            place,
            told: shown.question.is_none(),
            shown,
            guess: None,
            hands,
        })
    }

    /// The lesson.
    #[must_use]
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// Whose rules apply.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The same lesson at another step; none where there is no step.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<Self> {
        (place < self.steps)
            .then(|| Self::new(self.lesson.clone(), self.own, Some(self.profile), place).ok())
            .flatten()
    }

    /// The same step under the other rules that the lesson names.
    #[must_use]
    pub fn under(&self, profile: Profile) -> Option<Self> {
        Self::new(self.lesson.clone(), self.own, Some(profile), self.place).ok()
    }

    /// Its name in the address.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.own { OWN } else { &self.lesson.id }
    }

    /// Where it stands, as the address says it.
    #[must_use]
    pub fn way(&self) -> String {
        let place = (self.place + 1).to_string();
        [
            "#/lessons/",
            self.name(),
            "/",
            &place,
            "/",
            self.profile.word(),
        ]
        .concat()
    }

    /// What a reload would lose: where it stands, whether the answer was asked for, the guess, the hands.
    #[must_use]
    pub fn record(&self) -> String {
        let told = if self.told { "told" } else { "asked" };
        let guess = self.guess.map(|guess| guess.to_string());
        let guess = guess.unwrap_or_else(|| "-".to_owned());
        let hands = self.hands.iter().map(u32::to_string);
        let words = [self.way(), told.to_owned(), guess];
        words.into_iter().chain(hands).collect::<Vec<_>>().join(" ")
    }

    /// Takes up what [`Self::record`] said, if it was said of this step.
    pub fn restore(&mut self, record: &str) {
        let mut words = record.split(' ');
        if words.next() != Some(&self.way()) {
            return;
        }
        let told = words.next() == Some("told");
        let guess = words.next().and_then(|guess| guess.parse().ok());
        if let Some(guess) = guess.filter(|guess| self.guess != Some(*guess)) {
            self.guess(guess);
        }
        for (count, word) in self.hands.iter_mut().zip(words) {
            *count = word.parse().unwrap_or(0).min(HANDS_MOST);
        }
        self.told |= told;
    }

    /// The step after this one, for the speaker's eyes.
    #[must_use]
    pub fn next_title(&self) -> Option<Title> {
        let steps = self.lesson.steps.iter();
        let mut mine = steps.filter(|step| step.only.is_none_or(|only| only == self.profile));
        Some(mine.nth(self.place + 1)?.title.clone())
    }

    /// Guesses, while it is asked; the same guess again takes it back.
    pub fn guess(&mut self, choice: usize) {
        let asked = self.shown.question.as_ref();
        if !self.told && asked.is_some_and(|asked| choice < asked.choices.len()) {
            self.guess = (self.guess != Some(choice)).then_some(choice);
        }
    }

    /// Counts one more hand for a choice, while it is asked; `down` takes one back.
    pub fn hand(&mut self, choice: usize, down: bool) {
        if let Some(count) = self.hands.get_mut(choice).filter(|_| !self.told) {
            *count = if down {
                count.saturating_sub(1)
            } else {
                (*count + 1).min(HANDS_MOST)
            };
        }
    }

    /// Whether the guess was right; none without a guess, or before the answer.
    #[must_use]
    pub fn is_right(&self) -> Option<bool> {
        let right = self.shown.question.as_ref()?.right;
        self.guess.filter(|_| self.told).map(|guess| guess == right)
    }
}

/// A lesson on paper: every step, first what is asked, then what is said of it.
#[derive(Clone, Debug)]
pub struct Handout {
    /// What it is called.
    pub title: Title,
    /// Its name in the address.
    pub name: String,
    /// Whose rules apply.
    pub profile: Profile,
    /// In order.
    pub steps: Vec<Shown>,
}

impl Handout {
    /// That of a lesson.
    #[must_use]
    pub fn of(class: &Class) -> Option<Self> {
        let steps = Player::new(&class.lesson, class.profile, &scenario).check();
        Some(Self {
            title: class.lesson.title.clone(),
            name: class.name().to_owned(),
            profile: class.profile,
            steps: steps.ok()?,
        })
    }
}

/// Where a question waits, and where its answer is seen.
#[must_use]
pub fn moments(shown: &Shown) -> [Moment; 2] {
    [
        Moment {
            position: shown.stop,
            at: shown.stop_at,
        },
        Moment {
            position: shown.reveal,
            at: shown.reveal_at,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use loss_lab_present::intent::{Intent, Setup};
    use loss_lab_present::pacer::Motion;

    #[test]
    fn every_lesson_can_be_given_in_every_profile_that_it_names() {
        let shelf = shelf();
        assert_eq!(shelf.len(), TEXTS.len());
        for lesson in shelf {
            for profile in &lesson.profiles {
                let checked = Player::new(&lesson, *profile, &scenario).check();
                assert!(
                    checked.is_ok(),
                    "{} {}: {:?}",
                    lesson.id,
                    profile.word(),
                    checked.err()
                );
            }
        }
    }

    #[test]
    fn the_page_stands_and_plays_to_where_the_lesson_says() {
        for lesson in shelf() {
            let mut class = Class::new(lesson, false, None, 0).unwrap();
            loop {
                let mut session = Session::new(Motion::Reduced);
                let shown = &class.shown;
                let [stop, reveal] = moments(shown);
                let wait = Setup::Wait(Box::new(shown.scenario.clone()), stop);
                session.obey(Intent::Setup(wait));
                assert_eq!(
                    session.frame().now,
                    shown.stop_at,
                    "{} {}",
                    class.lesson.id,
                    class.place
                );
                session.obey(Intent::Setup(Setup::PlayTo(reveal)));
                for _ in 0..200_000 {
                    if !session.is_playing() {
                        break;
                    }
                    session.tick(1_000.0);
                }
                assert_eq!(
                    session.frame().now,
                    shown.reveal_at,
                    "{} {}",
                    class.lesson.id,
                    class.place
                );
                match class.at(class.place + 1) {
                    Some(next) => class = next,
                    None => break,
                }
            }
        }
    }

    #[test]
    fn nothing_is_right_or_wrong_before_the_answer_is_asked_for() {
        let mut class = Class::of_shelf("four-answers", None, 0).unwrap();
        let right = class.shown.question.as_ref().unwrap().right;
        class.guess(right);
        assert_eq!(class.is_right(), None);
        class.told = true;
        assert_eq!(class.is_right(), Some(true));
        class.guess(right + 1);
        assert_eq!(class.guess, Some(right), "too late");
    }

    #[test]
    fn nothing_on_the_stage_says_what_could_be_lost_while_that_is_asked() {
        let class = Class::of_shelf("page-cache-and-disk", None, 0).unwrap();
        let mut session = Session::new(Motion::Reduced);
        let [stop, _] = moments(&class.shown);
        let wait = Setup::Wait(Box::new(class.shown.scenario.clone()), stop);
        session.obey(Intent::Setup(wait));
        let stage = session.frame().stage;
        let says = |stage: &loss_lab_present::stage::Stage| format!("{stage:?}").contains("AtRisk");
        assert!(says(&stage), "the lab says it");
        let asked = stage.clone().before_the_answer();
        assert!(!says(&asked));
        let shown = |stage: &loss_lab_present::stage::Stage| stage.brokers[0].cache.shown.len();
        assert_eq!(shown(&asked), shown(&stage));
    }

    #[test]
    fn hands_are_counted_while_it_is_asked() {
        let mut class = Class::of_shelf("four-answers", None, 0).unwrap();
        for down in [false, false, true] {
            class.hand(1, down);
        }
        class.hand(99, false);
        class.told = true;
        class.hand(1, false);
        assert_eq!(class.hands.iter().sum::<u32>(), 1);
        assert_eq!(class.hands.get(1), Some(&1));
    }

    #[test]
    fn a_reload_finds_the_step_as_it_was_and_no_other_step() {
        let mut class = Class::of_shelf("four-answers", Some(Profile::V4_9), 1).unwrap();
        class.guess(2);
        class.hand(0, false);
        class.hand(0, false);
        let mut again = Class::of_shelf("four-answers", Some(Profile::V4_9), 1).unwrap();
        again.restore(&class.record());
        assert_eq!(again.record(), class.record());
        assert!(!again.told);
        class.told = true;
        again.restore(&class.record());
        assert!(again.told);
        assert_eq!((again.guess, again.hands.first()), (Some(2), Some(&2)));
        for (profile, place) in [(Profile::V5_3, 1), (Profile::V4_9, 2)] {
            let mut other = Class::of_shelf("four-answers", Some(profile), place).unwrap();
            let before = other.record();
            other.restore(&class.record());
            assert_eq!(other.record(), before);
        }
        for wrong in [
            "",
            " ",
            "told",
            &[&class.way(), " told 99 x -1 4294967296"].concat(),
        ] {
            let mut class = Class::of_shelf("four-answers", Some(Profile::V4_9), 1).unwrap();
            class.restore(wrong);
            assert_eq!(class.guess, None, "{wrong}");
            assert!(class.hands.iter().all(|count| *count == 0), "{wrong}");
        }
    }

    #[test]
    fn ones_own_lesson_is_never_taken_for_one_of_the_shelf() {
        let own = Class::of_text(TEXTS[0]).unwrap();
        assert_eq!(own.way(), "#/lessons/own/1/5.3");
        assert_eq!(own.at(1).unwrap().way(), "#/lessons/own/2/5.3");
        assert!(shelf().iter().all(|lesson| lesson.id != OWN));
    }

    #[test]
    fn a_handout_has_every_step_of_its_profile() {
        let class = Class::of_shelf("ten-answers", None, 0).unwrap();
        for profile in class.lesson().profiles.clone() {
            let class = class.under(profile).unwrap();
            let handout = Handout::of(&class).unwrap();
            assert_eq!(handout.steps.len(), class.steps);
            assert_eq!(handout.profile, profile);
        }
    }

    #[test]
    fn a_lesson_that_is_wrong_says_where() {
        let text = TEXTS[0].replace("scenario: send-ok", "scenario: nowhere");
        let problems = Class::of_text(&text).unwrap_err();
        assert!(
            problems.iter().all(|problem| problem.line > 1),
            "{problems:?}"
        );
        assert!(!problems.is_empty());
        assert!(Class::of_text(TEXTS[0]).is_ok());
        assert!(Class::of_text("").is_err());
    }
}
