//! What can be wrong with a lesson, as data with a line; the command line prints it, the page has its own words.

use core::fmt;

use loss_lab_engine::scenario::file_v1;
use loss_lab_engine::status::Profile;

/// One thing that is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The profile under whose rules it was found, if it was found by playing.
    pub profile: Option<Profile>,
    /// What.
    pub code: Code,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Code {
    /// The text is longer than this.
    TooLong(usize),
    /// The first lines do not say the format.
    Format,
    /// Something that has to be there is not.
    Missing(&'static str),
    /// A line that is none of the things that can stand there.
    Unexpected(String),
    /// Said before in the same place.
    Twice(String),
    /// Not one of these words.
    NotOneOf(String, Vec<&'static str>),
    /// Not a moment.
    BadMoment(String),
    /// Not a question.
    BadQuestion(String),
    /// Not `NODE KEY=VALUE`.
    BadChange(String),
    /// More of a thing than a lesson may have.
    TooMany(&'static str, usize),
    /// The first step has nothing to go on with.
    NothingToGoOnWith,
    /// No scenario of that name in the library.
    NoSuchScenario(String),
    /// What the scenario's own door says.
    Scenario(file_v1::Problem),
    /// A setting names a node that is not there.
    NoSuchNode(String),
    /// A setting that the node does not have, or not with this value.
    Refused(String),
    /// The moment never comes.
    NeverHappens(String),
    /// More happens on the way than a lesson may let happen.
    TooMuchHappens,
    /// The moment is earlier than where the run already stands.
    GoesBack,
    /// The question is about something that is not there.
    NothingToAsk(String),
    /// The computed answer cannot be chosen.
    NotOffered(String),
    /// Two of the choices are the computed answer.
    OfferedTwice(String),
}

impl Problem {
    pub(crate) fn new(line: usize, code: Code) -> Self {
        Self {
            line,
            profile: None,
            code,
        }
    }
}

/// For terminals and tests.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(profile) = self.profile {
            write!(f, "in {}: ", profile.word())?;
        }
        match &self.code {
            Code::TooLong(most) => write!(f, "the text is too long; at most {most} bytes are read"),
            Code::Format => write!(f, "a lesson begins with \"format: {}\"", crate::FORMAT),
            Code::Missing(what) => write!(f, "{what} is missing"),
            Code::Unexpected(line) => write!(f, "\"{line}\" cannot stand here"),
            Code::Twice(what) => write!(f, "{what} is said twice"),
            Code::NotOneOf(found, words) => {
                write!(f, "\"{found}\" is not one of {}", words.join(", "))
            }
            Code::BadMoment(found) => write!(
                f,
                "\"{found}\" is not a moment: write \"end\", \"1500 ms\" or \"after EVENT [mN] [NODE] [xN]\""
            ),
            Code::BadQuestion(found) => write!(
                f,
                "\"{found}\" is not a question: write one of {}",
                crate::ask::FORMS.join(", ")
            ),
            Code::BadChange(found) => write!(f, "\"{found}\" is not NODE KEY=VALUE"),
            Code::TooMany(what, most) => write!(f, "more than {most} {what}"),
            Code::NothingToGoOnWith => write!(f, "the first step needs a scenario"),
            Code::NoSuchScenario(name) => write!(f, "no scenario \"{name}\" in the library"),
            Code::Scenario(problem) => write!(f, "in the scenario: {problem}"),
            Code::NoSuchNode(name) => {
                write!(f, "no broker node or client \"{name}\" in the scenario")
            }
            Code::Refused(what) => {
                write!(f, "{what} is refused: no such key, or not with this value")
            }
            Code::NeverHappens(what) => write!(f, "\"{what}\" never happens in this run"),
            Code::TooMuchHappens => write!(
                f,
                "more happens up to here than a lesson can play: an earlier moment, fewer messages or a smaller \"until\" will do"
            ),
            Code::GoesBack => write!(
                f,
                "this moment is before the one at which the run already stands"
            ),
            Code::NothingToAsk(what) => write!(f, "there is no {what} at that moment"),
            Code::NotOffered(answer) => {
                write!(
                    f,
                    "the computed answer is \"{answer}\", which cannot be chosen"
                )
            }
            Code::OfferedTwice(answer) => {
                write!(f, "two choices are the computed answer \"{answer}\"")
            }
        }
    }
}
