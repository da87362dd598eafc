//! A run as text for a terminal or a test: swim lanes, one per node, and the ledger as a table.
//!
//! Everything here is told by a [`Story`]. The words are for developers, short and the same in every language; the page has its own.

mod canvas;
mod labels;
mod lanes;
mod ledger;
mod table;

pub use lanes::lanes;
pub use ledger::ledger;
pub use table::table;

use crate::trace::Story;

/// The whole picture: lanes, then ledger.
#[must_use]
pub fn picture(story: &Story<'_>) -> String {
    format!("{}\n{}", lanes(story), ledger(story))
}

#[cfg(test)]
mod tests;
