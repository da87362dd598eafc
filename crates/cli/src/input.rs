//! Scenario files: read, checked, and complained about with their place.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::scenario::file_v1::{self, Problem, TEXT_MAX};

use crate::failure::Failure;

/// A scenario with the name to call its file by.
pub struct Input {
    /// The scenario.
    pub scenario: Scenario,
    /// What was accepted and does not do what it seems to.
    pub warnings: String,
}

/// The text of a file, or of standard input for `-`. Never more than the parser would take.
pub fn text(path: &Path) -> Result<String, Failure> {
    let read = |mut from: &mut dyn Read| {
        let mut text = String::new();
        let most = u64::try_from(TEXT_MAX)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        (&mut from)
            .take(most)
            .read_to_string(&mut text)
            .map(|_| text)
    };
    let text = if path.as_os_str() == "-" {
        read(&mut std::io::stdin().lock())
    } else {
        std::fs::File::open(path).and_then(|mut file| read(&mut file))
    };
    text.map_err(|error| Failure::Input(format!("error: {}: {error}\n", name(path))))
}

/// The checked scenario in a file.
pub fn scenario(path: &Path) -> Result<Input, Failure> {
    let checked = file_v1::parse(&text(path)?)
        .map_err(|problems| Failure::Input(lines(path, "error", &problems)))?;
    Ok(Input {
        warnings: lines(path, "warning", &checked.warnings),
        scenario: checked.scenario,
    })
}

/// What to call a file in a message.
pub fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

fn lines(path: &Path, kind: &str, problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        let _ = writeln!(text, "{kind}: {}: {problem}", name(path));
        text
    })
}
