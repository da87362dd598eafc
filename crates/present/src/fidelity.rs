//! What real brokers did with our scenarios, whether the engine does the same, and what it does not model at all.
//!
//! Both tables are files that `loss-lab conform --bless` and the tests keep; nothing is said here that is not in them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The table of recordings.
const CONFORMANCE: &str = include_str!("../../../assets/conformance.json");
/// What recorded scenarios are called in Chinese, and why the engine differs from some: a line each, after the English and a tab.
const CHINESE: &str = include_str!("../../../assets/titles.zh.txt");
/// The table of what is not modelled.
const NOT_MODELLED: &str = include_str!("../../../assets/not-modelled.json");

/// Both tables.
#[derive(Clone, PartialEq, Debug)]
pub struct Fidelity {
    /// Every recording.
    pub rows: Vec<Row>,
    /// Every rule that is not modelled.
    pub absent: Vec<Absent>,
}

/// A recording of a real cluster beside the engine's run of the same scenario.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Row {
    /// Its name, as the files and the command line say it.
    pub recording: String,
    /// What the scenario is about.
    pub title: Words,
    /// The profile.
    pub profile: String,
    /// The real broker's version.
    pub rocketmq: String,
    /// What was compared, and how often.
    pub compared: Vec<Compared>,
    /// Some seed of the engine does the same in everything that was compared.
    pub reproduced: bool,
    /// Where the closest seed differs.
    pub differences: Vec<Difference>,
    /// Why, as far as it is known.
    #[serde(deserialize_with = "in_both")]
    pub explanation: Words,
    plays: Value,
}

/// One kind of observation.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Compared {
    /// What was looked at.
    pub observation: String,
    /// How often.
    pub count: u32,
}

/// An observation that is not the same.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Difference {
    /// What was looked at …
    pub observation: String,
    /// … of what.
    pub of: String,
    /// The real cluster's.
    pub recorded: String,
    /// The engine's.
    pub engine: String,
}

/// A rule that is not modelled.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Absent {
    /// The rule.
    pub rule: Words,
    /// What happens when a scenario asks for it.
    pub asked: Words,
}

/// The same in both languages; Chinese may be missing where a scenario was titled in English alone.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Words {
    pub en: String,
    pub zh: String,
}

/// How many of a version's recordings are reproduced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Total {
    /// The real broker's version.
    pub rocketmq: String,
    /// All recordings.
    pub recordings: usize,
    /// Those reproduced.
    pub reproduced: usize,
}

/// Which rows are shown.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Filter {
    /// Those of this version.
    pub rocketmq: Option<String>,
    /// Those that are not reproduced.
    pub differing: bool,
    /// Those that hold these letters in their name or their title, in any case.
    pub letters: String,
}

impl Fidelity {
    /// Reads both tables. They are part of the program, so an empty table means that a test was not run.
    #[must_use]
    pub fn read() -> Self {
        #[derive(Deserialize)]
        struct Table {
            rows: Vec<Row>,
        }
        let rows = serde_json::from_str::<Table>(CONFORMANCE).map(|table| table.rows);
        let mut rows = rows.unwrap_or_default();
        for title in rows.iter_mut().map(|row| &mut row.title) {
            if title.zh.is_empty() {
                title.zh = in_chinese(&title.en).unwrap_or_default().to_owned();
            }
        }
        Self {
            rows,
            absent: serde_json::from_str(NOT_MODELLED).unwrap_or_default(),
        }
    }

    /// A total per version, in the order of the versions.
    #[must_use]
    pub fn totals(&self) -> Vec<Total> {
        let mut totals: Vec<Total> = Vec::new();
        for row in &self.rows {
            let known = totals
                .iter()
                .position(|total| total.rocketmq == row.rocketmq);
            let reproduced = usize::from(row.reproduced);
            match known.and_then(|place| totals.get_mut(place)) {
                Some(total) => {
                    total.recordings += 1;
                    total.reproduced += reproduced;
                }
                None => totals.push(Total {
                    rocketmq: row.rocketmq.clone(),
                    recordings: 1,
                    reproduced,
                }),
            }
        }
        totals.sort_unstable_by(|a, b| a.rocketmq.cmp(&b.rocketmq));
        totals
    }

    /// The rows that a filter lets through.
    pub fn shown<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = &'a Row> {
        let letters = filter.letters.trim().to_lowercase();
        self.rows.iter().filter(move |row| {
            let has = |text: &str| text.to_lowercase().contains(&letters);
            (filter.rocketmq.as_ref()).is_none_or(|version| *version == row.rocketmq)
                && !(filter.differing && row.reproduced)
                && (has(&row.recording) || has(&row.title.en) || has(&row.title.zh))
        })
    }
}

/// A text that the table says in English.
fn in_both<'de, D: Deserializer<'de>>(text: D) -> Result<Words, D::Error> {
    let en = String::deserialize(text)?;
    let zh = in_chinese(&en).unwrap_or_default().to_owned();
    Ok(Words { en, zh })
}

fn in_chinese(text: &str) -> Option<&'static str> {
    let mut lines = CHINESE.lines().filter_map(|line| line.split_once('\t'));
    lines
        .find(|(english, _)| *english == text)
        .map(|(_, chinese)| chinese)
}

impl Row {
    /// The scenario file whose run was compared: the recorded one, with the seed that comes closest.
    #[must_use]
    pub fn scenario(&self) -> String {
        self.plays.to_string()
    }
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::scenario::file_v1;

    use super::{Fidelity, Filter};

    #[test]
    fn both_tables_can_be_read_and_the_totals_are_theirs() {
        let fidelity = Fidelity::read();
        assert!(!fidelity.absent.is_empty());
        let file: serde_json::Value = serde_json::from_str(super::CONFORMANCE).unwrap();
        let said = |key: &str| file["totals"]["all"][key].as_u64().unwrap() as usize;
        let totals = fidelity.totals();
        let sum = |of: fn(&super::Total) -> usize| totals.iter().map(of).sum::<usize>();
        assert_eq!(sum(|total| total.recordings), said("recordings"));
        assert_eq!(sum(|total| total.reproduced), said("reproduced"));
        assert!(totals.is_sorted_by_key(|total| &total.rocketmq));
    }

    #[test]
    fn every_row_plays() {
        for row in Fidelity::read().rows {
            assert!(file_v1::parse(&row.scenario()).is_ok(), "{}", row.recording);
        }
    }

    #[test]
    fn every_title_and_every_explanation_is_there_in_both_languages() {
        for row in Fidelity::read().rows {
            assert!(!row.title.en.is_empty());
            assert!(
                row.reproduced || !row.explanation.en.is_empty(),
                "{}",
                row.recording
            );
            for words in [row.title, row.explanation] {
                assert!(
                    words.en.is_empty() || !words.zh.is_empty(),
                    "assets/titles.zh.txt has no \"{}\"",
                    words.en
                );
            }
        }
    }

    #[test]
    fn a_filter_lets_through_what_it_says() {
        let fidelity = Fidelity::read();
        let shown = |filter: &Filter| fidelity.shown(filter).count();
        assert_eq!(shown(&Filter::default()), fidelity.rows.len());
        let total = fidelity.totals().pop().unwrap();
        let of_version = Filter {
            rocketmq: Some(total.rocketmq.clone()),
            ..Filter::default()
        };
        assert_eq!(shown(&of_version), total.recordings);
        let differing = Filter {
            differing: true,
            ..of_version
        };
        assert_eq!(shown(&differing), total.recordings - total.reproduced);
        let letters = Filter {
            letters: " FLUSH-timeout ".to_owned(),
            ..Filter::default()
        };
        assert!(shown(&letters) > 0 && shown(&letters) < fidelity.rows.len());
    }
}
