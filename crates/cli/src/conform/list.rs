//! `conformance/reproduced.txt`: which recordings are expected to be reproduced.
//!
//! One name per line. A recording that is not reproduced has a line `# name: what differs` instead. Lines that begin with
//! `#   ` belong to the line above them: they are written by people and survive `--bless`.

use std::collections::BTreeMap;

use super::search::{Row, Verdict};

/// The list as it is committed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct List {
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Entry {
    /// Why it is not reproduced; none if it is.
    differs: Option<String>,
    /// What people have to say about it.
    remarks: Vec<String>,
}

const HEAD: &str = "\
#! Recordings that the engine reproduces, by name; `loss-lab conform` fails when one of them no longer is.
#! Every other recording is named after a `#`, with the first observation in which the closest seed differs.
#! `loss-lab conform --bless` writes this file; remarks under a name (`#   …`) stay.
";

impl List {
    /// Reads the list.
    pub fn parse(text: &str) -> Self {
        let mut list = Self::default();
        let mut last = None;
        for line in text.lines() {
            let (name, differs) = match line.strip_prefix('#') {
                _ if line.trim().is_empty() || line.starts_with("#!") => continue,
                Some(remark) if remark.starts_with("   ") => {
                    if let Some(entry) = last.as_ref().and_then(|last| list.entries.get_mut(last)) {
                        entry.remarks.push(line.to_owned());
                    }
                    continue;
                }
                Some(rest) => {
                    let (name, why) = rest.split_once(": ").unwrap_or((rest, ""));
                    (name.trim(), Some(why.to_owned()))
                }
                None => (line.trim(), None),
            };
            list.entries.insert(
                name.to_owned(),
                Entry {
                    differs,
                    remarks: Vec::new(),
                },
            );
            last = Some(name.to_owned());
        }
        list
    }

    /// Whether a recording is expected to be reproduced.
    pub fn expects(&self, recording: &str) -> bool {
        self.entries
            .get(recording)
            .is_some_and(|entry| entry.differs.is_none())
    }

    /// What people have to say about a recording, as one text.
    pub fn remarks(&self, recording: &str) -> String {
        let remarks = self.entries.get(recording).into_iter();
        remarks
            .flat_map(|entry| &entry.remarks)
            .map(|remark| remark.trim_start_matches('#').trim())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Names on the list that no recording has.
    pub fn unknown(&self, rows: &[Row]) -> Vec<&str> {
        let known = |name: &str| rows.iter().any(|row| row.recording == name);
        self.entries
            .keys()
            .map(String::as_str)
            .filter(|name| !known(name))
            .collect()
    }

    /// Takes in what has just been found. Recordings that were not tried stay as they are.
    pub fn bless(&mut self, rows: &[Row]) {
        for row in rows {
            let entry = self.entries.entry(row.recording.clone()).or_default();
            entry.differs = match &row.verdict {
                Verdict::Reproduced { .. } => None,
                Verdict::Differs { differences, .. } => Some(
                    differences
                        .first()
                        .map_or(String::new(), ToString::to_string),
                ),
            };
        }
    }

    /// The list as text.
    pub fn text(&self) -> String {
        let entries = self.entries.iter().map(|(name, entry)| {
            let line = entry
                .differs
                .as_ref()
                .map_or_else(|| name.clone(), |why| format!("# {name}: {why}"));
            let remarks: String = entry
                .remarks
                .iter()
                .map(|remark| format!("{remark}\n"))
                .collect();
            format!("{line}\n{remarks}")
        });
        HEAD.to_owned() + &entries.collect::<String>()
    }
}
