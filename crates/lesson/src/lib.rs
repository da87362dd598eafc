//! Lessons: a text file per lesson, in both languages, whose right answers are computed by the engine when it is played.
//!
//! [`read()`] makes a [`Lesson`] or says in which lines the text is wrong; a [`Player`] plays its steps under one profile's rules
//! and gives for each what to show, what to ask and what the engine answers. `docs/lessons.md` is the author's manual. This crate
//! knows no page: the labels in [`words`] are the only text for people, because an answer has to be called something.
#![warn(missing_docs)]

mod ask;
mod moment;
mod play;
mod problem;
mod read;
pub mod words;

use loss_lab_engine::scenario::Title;
use loss_lab_engine::status::Profile;

pub use ask::{Ask, FORMS};
pub use moment::Moment;
pub use play::{Choice, Player, Question, Shown};
pub use problem::{Code, Problem};
pub use read::{FORMAT, TEXT_MAX, read};

/// One lesson as its file says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lesson {
    /// Its name in links.
    pub id: String,
    /// What it is called.
    pub title: Title,
    /// The profiles it can be given in, the first by default.
    pub profiles: Vec<Profile>,
    /// In order; at least one.
    pub steps: Vec<Step>,
}

/// One step: what is played, what is asked before it is seen, what is said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The line of its heading.
    pub line: usize,
    /// Its heading.
    pub title: Title,
    /// The only profile that has this step, if not all do.
    pub only: Option<Profile>,
    /// What is played.
    pub scene: Scene,
    /// Settings that differ from the scene's own.
    pub changes: Vec<Change>,
    /// Where the run waits while the question is asked; where it begins, or stands already, if it is not said.
    pub stop: Option<At>,
    /// How far the answer's reveal plays.
    pub play: At,
    /// What to look at: words that the page knows as parts of itself.
    pub look: Vec<String>,
    /// What is asked.
    pub ask: Option<Asked>,
    /// What is said, in the order of the file: English, Chinese.
    pub text: [Vec<Paragraph>; 2],
}

/// What a step plays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scene {
    /// The run of the step before goes on.
    Same,
    /// A scenario of the library, by name, said in this line.
    Named(usize, String),
    /// A scenario in the lesson itself, with the line above its first.
    Inline(usize, String),
}

/// A moment, and the line that says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct At {
    /// The line.
    pub line: usize,
    /// The moment.
    pub moment: Moment,
}

/// One setting of one node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The line.
    pub line: usize,
    /// The only profile in which it is made.
    pub only: Option<Profile>,
    /// A broker replica, a producer or a consumer.
    pub node: String,
    /// RocketMQ's key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A question and what can be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The line.
    pub line: usize,
    /// What the engine is asked.
    pub ask: Ask,
    /// What a class can choose from, in this order.
    pub options: Vec<String>,
}

/// Who is told, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Everyone, at once.
    Say,
    /// The question's words.
    Ask,
    /// Everyone, once the answer is seen.
    Explain,
    /// The speaker alone.
    Note,
}

/// One paragraph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paragraph {
    /// For whom.
    pub role: Role,
    /// The only profile in which it is true.
    pub only: Option<Profile>,
    /// Its text; `code` stands between backticks, `**` around what matters, and `{answer}` for the computed answer.
    pub text: String,
}
