//! A lesson being given: for each step what stands, where it stops, what is asked, what the engine answers.

use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::file_v1::{self, Checked};
use loss_lab_engine::scenario::{Scenario, Title};
use loss_lab_engine::status::Profile;
use loss_lab_engine::units::SimTime;

use crate::ask::right;
use crate::moment::Missed;
use crate::problem::{Code, Problem};
use crate::{Change, Lesson, Paragraph, Role, Scene, Step, words};

/// A whole lesson takes no more steps of its runs than these.
const PLAYED_MOST: u32 = 1_000_000;

/// A lesson under one profile's rules, with the library that its named scenarios come from.
pub struct Player<'a> {
    lesson: &'a Lesson,
    profile: Profile,
    library: &'a dyn Fn(&str) -> Option<String>,
    /// Which of the lesson's steps this profile has.
    steps: Vec<usize>,
}

/// Everything that is needed to show one step.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which of the lesson's steps.
    pub step: usize,
    /// What it is called.
    pub title: Title,
    /// What runs.
    pub scenario: Scenario,
    /// Whether the run of the step before goes on.
    pub goes_on: bool,
    /// Where the run waits while the question is asked: steps of the run from its start.
    pub stop: u32,
    /// When that is.
    pub stop_at: SimTime,
    /// Where the answer is seen.
    pub reveal: u32,
    /// When that is.
    pub reveal_at: SimTime,
    /// What to look at.
    pub look: Vec<String>,
    /// What is asked.
    pub question: Option<Question>,
    /// What is said, English and Chinese: only what is true in this profile, the answer filled in.
    pub text: [Vec<Paragraph>; 2],
}

/// A question with its computed answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Which is right.
    pub right: usize,
    /// The engine's answer in full: an exception with its code, a time to the microsecond.
    pub answer: String,
}

/// One choice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// As the lesson says it.
    pub word: String,
    /// As people read it.
    pub label: Title,
}

impl Shown {
    /// What is said in one language (0 English, 1 Chinese) by one role.
    pub fn said(&self, language: usize, role: Role) -> impl Iterator<Item = &Paragraph> {
        let part = self.text.get(language).map_or(&[][..], Vec::as_slice);
        part.iter().filter(move |paragraph| paragraph.role == role)
    }
}

impl<'a> Player<'a> {
    /// A player of `lesson`; the first of its profiles if it does not name `profile`.
    #[must_use]
    pub fn new(
        lesson: &'a Lesson,
        profile: Profile,
        library: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let profile = if lesson.profiles.contains(&profile) {
            profile
        } else {
            lesson.profiles.first().copied().unwrap_or(profile)
        };
        let has = |step: &Step| step.only.is_none_or(|only| only == profile);
        let steps = (0..).zip(&lesson.steps);
        Self {
            lesson,
            profile,
            library,
            steps: steps
                .filter_map(|(index, step)| has(step).then_some(index))
                .collect(),
        }
    }

    /// Whose rules apply.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// How many steps there are in this profile.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether this profile has no step at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Plays to the `index`-th step; none beyond the last.
    ///
    /// # Errors
    /// What the lesson's author has to mend.
    pub fn show(&self, index: usize) -> Result<Option<Shown>, Problem> {
        let first = (0..=index).rev().find(|i| {
            self.step(*i)
                .is_some_and(|(_, step)| step.scene != Scene::Same || !step.changes.is_empty())
        });
        let mut shown = None;
        let mut run = None;
        for i in first.unwrap_or(0)..=index {
            let Some((number, step)) = self.step(i) else {
                return Ok(None);
            };
            shown = Some(self.play(number, step, &mut run)?);
        }
        Ok(shown)
    }

    /// Plays every step.
    ///
    /// # Errors
    /// Everything that the lesson's author has to mend.
    pub fn check(&self) -> Result<Vec<Shown>, Vec<Problem>> {
        let (mut shown, mut problems) = (Vec::new(), Vec::new());
        if self.is_empty() {
            let missing = Problem::new(1, Code::Missing("a step"));
            problems.push(self.here(missing));
        }
        let mut run = None;
        let mut played = 0;
        for i in 0..self.len() {
            let Some((number, step)) = self.step(i) else {
                continue;
            };
            if played > PLAYED_MOST {
                let problem = Problem::new(step.line, Code::TooMuchHappens);
                problems.push(self.here(problem));
                break;
            }
            let result = self.play(number, step, &mut run);
            played += run.as_ref().map_or(0, Run::position);
            match result {
                Ok(one) => shown.push(one),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(shown)
        } else {
            Err(problems)
        }
    }

    fn step(&self, index: usize) -> Option<(usize, &'a Step)> {
        let number = *self.steps.get(index)?;
        Some((number, self.lesson.steps.get(number)?))
    }

    fn play(&self, number: usize, step: &Step, on: &mut Option<Run>) -> Result<Shown, Problem> {
        let played = self.play_step(number, step, on);
        played.map_err(|problem| self.here(problem))
    }

    fn here(&self, problem: Problem) -> Problem {
        Problem {
            profile: Some(self.profile),
            ..problem
        }
    }

    fn play_step(
        &self,
        number: usize,
        step: &Step,
        on: &mut Option<Run>,
    ) -> Result<Shown, Problem> {
        let goes_on = step.scene == Scene::Same && step.changes.is_empty();
        if !goes_on {
            *on = Some(Run::new(self.scenario(number, step)?));
        }
        let Some(run) = on.as_mut() else {
            return Err(Problem::new(step.line, Code::NothingToGoOnWith));
        };
        for at in step.stop.iter() {
            go(run, at)?;
        }
        let (stop, stop_at) = (run.position(), run.now());
        go(run, &step.play)?;
        let question = match &step.ask {
            Some(asked) => {
                let answer = asked.ask.answer(run);
                let found = answer
                    .and_then(|answer| Ok((right(&asked.ask, &asked.options, &answer)?, answer)));
                let (right, answer) = found.map_err(|code| Problem::new(asked.line, code))?;
                let choices = asked.options.iter().map(|word| Choice {
                    label: words::label(&asked.ask, word),
                    word: word.clone(),
                });
                Some(Question {
                    choices: choices.collect(),
                    right,
                    answer,
                })
            }
            None => None,
        };
        Ok(Shown {
            step: number,
            title: step.title.clone(),
            scenario: run.scenario().clone(),
            goes_on,
            stop,
            stop_at,
            reveal: run.position(),
            reveal_at: run.now(),
            look: step.look.clone(),
            text: [0, 1].map(|language| self.text(step, language, question.as_ref())),
            question,
        })
    }

    fn text(&self, step: &Step, language: usize, question: Option<&Question>) -> Vec<Paragraph> {
        let answer = question.map_or("", |question| question.answer.as_str());
        let part = step.text.get(language).map_or(&[][..], Vec::as_slice);
        part.iter()
            .filter(|paragraph| paragraph.only.is_none_or(|only| only == self.profile))
            .map(|paragraph| Paragraph {
                text: paragraph.text.replace("{answer}", answer),
                ..paragraph.clone()
            })
            .collect()
    }

    /// The step's scenario under this profile's rules, with its changes made.
    fn scenario(&self, number: usize, step: &Step) -> Result<Scenario, Problem> {
        let (line, text) = self.source(number)?;
        let wrong = |problems: Vec<file_v1::Problem>| {
            let mut line = line;
            let problem = problems.into_iter().next();
            if let Some(file_v1::Problem {
                code:
                    file_v1::ProblemCode::Syntax { place, .. }
                    | file_v1::ProblemCode::Shape { place, .. },
                ..
            }) = &problem
            {
                line += place.line;
            }
            Problem::new(
                line,
                problem.map_or(Code::Missing("the scenario"), Code::Scenario),
            )
        };
        let Checked { mut scenario, .. } = file_v1::parse(&text).map_err(wrong)?;
        if scenario.profile != self.profile {
            let other = with_profile(&text, self.profile).unwrap_or(text.clone());
            scenario = file_v1::parse(&other).map_err(wrong)?.scenario;
        }
        let changes = step.changes.iter();
        for change in changes.filter(|change| change.only.is_none_or(|only| only == self.profile)) {
            make(change, &mut scenario)?;
        }
        if !step.changes.is_empty() {
            // The door again: it also knows which settings do not go together.
            scenario = file_v1::parse(&file_v1::write(&scenario))
                .map_err(wrong)?
                .scenario;
        }
        Ok(scenario)
    }

    /// The text of a step's scenario, its own or that of the step before, with the line above its first.
    fn source(&self, number: usize) -> Result<(usize, String), Problem> {
        let steps = self.lesson.steps.iter().take(number + 1).rev();
        for step in steps {
            match &step.scene {
                Scene::Same => {}
                Scene::Inline(line, text) => return Ok((*line, text.clone())),
                Scene::Named(line, name) => {
                    let text = (self.library)(name)
                        .ok_or_else(|| Problem::new(*line, Code::NoSuchScenario(name.clone())))?;
                    return Ok((*line, text));
                }
            }
        }
        Err(Problem::new(1, Code::NothingToGoOnWith))
    }
}

fn go(run: &mut Run, at: &crate::At) -> Result<(), Problem> {
    let before = run.now();
    if let crate::Moment::Time(time) = &at.moment
        && *time < before
    {
        return Err(Problem::new(at.line, Code::GoesBack));
    }
    at.moment.play(run).map_err(|missed| {
        let code = match missed {
            Missed::Never => Code::NeverHappens(at.moment.to_string()),
            Missed::TooMuchHappens => Code::TooMuchHappens,
        };
        Problem::new(at.line, code)
    })
}

/// Defaults depend on the profile, so it is changed in the text and not in the checked value.
fn with_profile(text: &str, profile: Profile) -> Option<String> {
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    let fields = value.as_object_mut()?;
    fields.insert("profile".to_owned(), profile.word().into());
    Some(value.to_string())
}

fn make(change: &Change, scenario: &mut Scenario) -> Result<(), Problem> {
    let (key, value) = (change.key.as_str(), change.value.as_str());
    for broker in &mut scenario.brokers {
        let slaves = broker.slaves.iter_mut();
        for (conf, index) in core::iter::once(&mut broker.conf).chain(slaves).zip(0u32..) {
            if [broker.name.as_str(), "/", &index.to_string()].concat() == change.node {
                return refused(change, conf.set(key, value).is_err());
            }
        }
    }
    for producer in &mut scenario.producers {
        if producer.name == change.node {
            return refused(change, producer.conf.set(key, value).is_err());
        }
    }
    for consumer in &mut scenario.consumers {
        if consumer.name == change.node {
            return refused(change, consumer.conf.set(key, value).is_err());
        }
    }
    Err(Problem::new(
        change.line,
        Code::NoSuchNode(change.node.clone()),
    ))
}

fn refused(change: &Change, refused: bool) -> Result<(), Problem> {
    if refused {
        let what = [change.key.as_str(), "=", &change.value].concat();
        return Err(Problem::new(change.line, Code::Refused(what)));
    }
    Ok(())
}
