//! `loss-lab conform`: whether the engine does what real clusters did.
//!
//! What is compared and how closely is in [`mod@compare`]; `conformance/README.md` says the same in words.

mod compare;
mod instants;
mod list;
mod readme;
mod recordings;
mod report;
mod search;
mod setting;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::Path;

use loss_lab_engine::draw::table;

pub use self::compare::compare;
pub use self::instants::as_recorded;
use self::list::List;
use self::report::Report;
use self::search::{Row, Verdict};
pub use self::setting::Setting;
use crate::ConformArgs;
use crate::failure::Failure;

/// Compares, prints the table, and fails when a recording on the list is not reproduced any more.
pub fn conform(args: &ConformArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let home = recordings::home(&args.paths)?;
    let mut recorded = if args.paths.is_empty() {
        recordings::find(std::slice::from_ref(&home))?
    } else {
        recordings::find(&args.paths)?
    };
    let list_path = home.join("reproduced.txt");
    let mut list = List::parse(&std::fs::read_to_string(&list_path).unwrap_or_default());
    if args.listed {
        for scenario in &mut recorded {
            scenario.recordings.retain(|(name, _)| list.expects(name));
        }
    }
    let rows = search::search(&recorded, args.seeds).map_err(Failure::Input)?;
    if args.bless {
        list.bless(&rows);
        write(&list_path, &list.text())?;
    }
    let report = Report {
        recorded: &recorded,
        rows: &rows,
        list: &list,
    };
    if args.bless && args.paths.is_empty() {
        bless_project(&home.join(".."), &report)?;
    }
    if args.json {
        out.write_all(report.text().map_err(Failure::Input)?.as_bytes())?;
    } else {
        print(&rows, &list, args.all, out)?;
    }
    judge(&rows, &list, args.paths.is_empty() && !args.listed)
}

/// The table for the page, and the totals in the README.
fn bless_project(root: &Path, report: &Report<'_>) -> Result<(), Failure> {
    let text = report.text().map_err(Failure::Input)?;
    write(&root.join("assets/conformance.json"), &text)?;
    let path = root.join("README.md");
    let wrong = |why: &dyn std::fmt::Display| Failure::Input(format!("{}: {why}", path.display()));
    let old = std::fs::read_to_string(&path).map_err(|error| wrong(&error))?;
    let new = readme::with_totals(&old, report).ok_or_else(|| wrong(&"no marks for the totals"))?;
    write(&path, &new)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
}

fn judge(rows: &[Row], list: &List, all: bool) -> Result<(), Failure> {
    let mut wrong = String::new();
    for row in rows
        .iter()
        .filter(|row| list.expects(&row.recording) && !row.is_reproduced())
    {
        wrong += &format!(
            "{} is on the list and is not reproduced any more\n",
            row.recording
        );
    }
    if all {
        for name in list.unknown(rows) {
            wrong += &format!("{name} is on the list, but there is no such recording\n");
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::Ours(wrong))
    }
}

fn print(rows: &[Row], list: &List, all: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let cells = rows.iter().flat_map(|row| {
        let expected = list.expects(&row.recording);
        let line = |result: String, detail: String| {
            [
                row.recording.clone(),
                row.profile.to_owned(),
                result,
                detail,
            ]
        };
        match &row.verdict {
            Verdict::Reproduced { seed } => {
                let news = if expected {
                    ""
                } else {
                    "new: not on the list yet"
                };
                vec![line(format!("seed {seed}"), news.to_owned())]
            }
            Verdict::Differs { seed, differences } => {
                let result = if expected { "LOST" } else { "differs" };
                let shown = differences.iter().take(if all { usize::MAX } else { 1 });
                let more = differences.len().saturating_sub(1);
                let more = if all || more == 0 {
                    String::new()
                } else {
                    format!(" (and {more} more)")
                };
                shown
                    .map(|difference| {
                        line(
                            format!("{result}, seed {seed}"),
                            format!("{difference}{more}"),
                        )
                    })
                    .collect()
            }
        }
    });
    out.write_all(
        table(
            ["recording", "profile", "reproduced", "first difference"],
            &cells.collect::<Vec<_>>(),
        )
        .as_bytes(),
    )?;
    let reproduced = rows.iter().filter(|row| row.is_reproduced()).count();
    writeln!(out, "{reproduced} of {} recordings reproduced", rows.len())?;
    Ok(())
}

impl Row {
    /// `k01-plain-49` of `k01-plain-49.2`.
    fn scenario(&self) -> &str {
        self.recording
            .split_once('.')
            .map_or(self.recording.as_str(), |(scenario, _)| scenario)
    }

    fn is_reproduced(&self) -> bool {
        match self.verdict {
            Verdict::Reproduced { .. } => true,
            Verdict::Differs { .. } => false,
        }
    }
}
