//! What lies open beside the run: what is being read, looked for and copied. Nothing of it changes the cluster.

use std::any::Any;
use std::sync::Arc;

use loss_lab_engine::config::Refused;
use loss_lab_engine::scenario::file_v1::Problem;

use crate::bench::{Bench, Outcome};
use crate::conf::{Applied, Paper};
use crate::settings::Owner;
use crate::statuses::{Collection, Status};

/// The desk.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Desk {
    /// The status that is being explained.
    pub explained: Option<Status>,
    /// The statuses that this learner has seen, in any run.
    pub collection: Collection,
    /// Whether every key is listed, not only the usual ones.
    pub every_key: bool,
    /// What is looked for among them.
    pub search: String,
    /// How the settings are shown.
    pub paper: Paper,
    /// The form that is being filled in.
    pub bench: Bench,
    /// What came of what was asked.
    pub answer: Answer,
}

/// What came of settings and files.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Answers {
    /// The value that was not taken, and why.
    pub refused: Option<(Owner, &'static str, Refused)>,
    /// What came of the `broker.conf` that was pasted.
    pub applied: Option<Applied>,
    /// What the last scenario file that was opened had wrong, or has to be known about it.
    pub problems: Vec<Problem>,
    /// What came of the last form, and which it was.
    pub bench: Option<(Bench, Outcome)>,
}

/// [`Answers`], folded: who only hands them on needs none of the code that compares and drops them. Equal if it is the same one.
#[derive(Clone, Default, Debug)]
pub struct Answer(Option<Arc<dyn Any + Send + Sync>>);

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

impl Eq for Answer {}

impl Answer {
    /// Folds them.
    #[must_use]
    pub fn of(answers: Answers) -> Self {
        Self(Some(Arc::new(answers)))
    }

    /// Unfolds them.
    #[must_use]
    pub fn read(&self) -> Answers {
        let answers = self.0.as_ref().and_then(|any| any.downcast_ref());
        answers.cloned().unwrap_or_default()
    }
}

/// Something asked of the desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ask {
    /// Explain this; the explained one again: no more.
    Explain(Status),
    /// Forget which statuses were seen.
    ForgetCollection,
    /// List every key, or only the usual ones.
    EveryKey(bool),
    /// Look for this.
    Search(String),
    /// Show the settings this way.
    Paper(Paper),
    /// Lay this form on the bench.
    Bench(Bench),
}

impl Desk {
    /// Does what was asked.
    pub fn obey(&mut self, ask: Ask) {
        match ask {
            Ask::Explain(status) => {
                self.explained = (self.explained != Some(status)).then_some(status);
            }
            Ask::ForgetCollection => self.collection = Collection::default(),
            Ask::EveryKey(every) => self.every_key = every,
            Ask::Search(words) => self.search = words,
            Ask::Paper(paper) => self.paper = paper,
            Ask::Bench(bench) => self.bench = bench,
        }
    }
}
