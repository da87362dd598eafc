//! The README's totals: the lines between two marks are the table's, whoever last wrote the rest.

use super::report::{Report, Totals};

const BEGIN: &str = "<!-- conformance: begin -->\n";
const END: &str = "<!-- conformance: end -->";

/// The README with a report's totals between its marks; nothing when it has no marks.
pub fn with_totals(readme: &str, report: &Report<'_>) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", table(report)))
}

fn table(report: &Report<'_>) -> String {
    let scenarios = report.recorded.len();
    let line = |real: &str, profile| {
        let Totals {
            recordings,
            reproduced,
        } = report.totals(profile);
        format!("| {real} | {recordings} | {reproduced} |\n")
    };
    [
        "| real broker | recordings | reproduced |\n| --- | --- | --- |\n",
        &line("4.9.7", Some("4.9")),
        &line("5.3.3", Some("5.3")),
        &line(&format!("both, {scenarios} scenarios"), None),
    ]
    .concat()
}
