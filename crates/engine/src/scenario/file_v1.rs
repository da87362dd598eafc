//! The door for scenario files: `"format": "loss-lab/1"`.
//!
//! [`parse`] makes a [`Scenario`] that cannot be wrong, or says where the text is wrong and how; [`write()`] makes the text
//! again. This is the only place of the engine where a float can occur, and none gets past it.

use super::Scenario;
use crate::status::Profile;

mod check;
mod mirror;
mod problem;
mod write;

pub use problem::{Expected, Place, Problem, ProblemCode, Thing};

/// The format's name, with its version.
pub const FORMAT: &str = "loss-lab/1";
/// Longer texts are refused unread.
pub const TEXT_MAX: usize = 1 << 20;
/// Nodes of one cluster, the name server among them.
pub const NODES_MAX: usize = 64;
/// Slaves of one master.
pub const SLAVES_MAX: usize = 8;
/// Topics of one scenario.
pub const TOPICS_MAX: usize = 256;
/// Queues of a topic on one broker.
pub const QUEUES_MAX: i64 = 128;
/// Steps of one script.
pub const STEPS_MAX: usize = 10_000;
/// Sends of one script, all steps together.
pub const SENDS_MAX: i64 = 100_000;
/// The last instant of a run: seven days, in milliseconds.
pub const UNTIL_MAX: i64 = 7 * 24 * 3_600_000;
/// More problems than this are not looked for.
pub const PROBLEMS_MAX: usize = 100;

/// A scenario, and what its author should know about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// The scenario.
    pub scenario: Scenario,
    /// What was accepted and does not do what it seems to.
    pub warnings: Vec<Problem>,
}

/// The scenario that `text` describes.
///
/// # Errors
/// Every problem that was found, in the order of the file; at least one, at most [`PROBLEMS_MAX`].
pub fn parse(text: &str) -> Result<Checked, Vec<Problem>> {
    let file = mirror::read(text).map_err(|problem| vec![problem])?;
    check::check(file)
}

/// The text of a scenario, with nothing in it that is default: `parse(&write(s))` is `s` again.
#[must_use]
pub fn write(scenario: &Scenario) -> String {
    write::write(scenario)
}

/// What an empty scenario file stands for: one broker, one producer, one consumer, one topic, no script.
#[must_use]
pub fn empty(profile: Profile) -> Scenario {
    check::empty(profile)
}

/// The JSON Schema of the format, made from the types that read it.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    mirror::schema()
}

#[cfg(test)]
mod tests;
