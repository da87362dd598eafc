//! `loss-lab conform --json`: the whole table for programs, the page's *Fidelity* view among them.
//!
//! `assets/conformance.json` is this, written by `--bless`; a test compares them. Nothing in it is typed by hand but the remarks
//! that explain what is not reproduced, and those come from `reproduced.txt`.

use loss_lab_engine::scenario::{Title, file_v1};
use loss_lab_engine::trace::Trace;
use serde_json::{Value, json};

use super::compare::{Difference, observations};
use super::instants::as_recorded;
use super::list::List;
use super::recordings::Recorded;
use super::search::{Row, Verdict};
use super::setting::Setting;

/// How many there are and how many of them hold.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Totals {
    /// All recordings.
    pub recordings: usize,
    /// Those that some seed reproduces.
    pub reproduced: usize,
}

impl Totals {
    /// Of these rows.
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        rows.fold(Self::default(), |totals, row| Self {
            recordings: totals.recordings + 1,
            reproduced: totals.reproduced + usize::from(row.is_reproduced()),
        })
    }
}

/// Everything that there is to say about a comparison.
pub struct Report<'a> {
    /// The scenarios with their recordings.
    pub recorded: &'a [Recorded],
    /// What became of each recording, in the same order.
    pub rows: &'a [Row],
    /// What people have to say about them.
    pub list: &'a List,
}

impl Report<'_> {
    /// Of one profile, or of all.
    pub fn totals(&self, profile: Option<&str>) -> Totals {
        let rows = self.rows.iter();
        Totals::of(rows.filter(|row| profile.is_none_or(|profile| row.profile == profile)))
    }

    /// The table as JSON: totals, then a line per recording.
    pub fn text(&self) -> Result<String, String> {
        let of_all = self.recorded.iter().flat_map(|recorded| {
            let recordings = recorded.recordings.iter();
            recordings.map(move |(_, recording)| (recorded, recording))
        });
        let lines = of_all.zip(self.rows).map(|((recorded, recording), row)| {
            Ok(line(recorded, recording, row, self.list)?.to_string())
        });
        let lines = lines.collect::<Result<Vec<_>, String>>()?.join(",\n");
        let totals = json!({
            "scenarios": self.recorded.len(),
            "all": totals(self.totals(None)),
            "4.9": totals(self.totals(Some("4.9"))),
            "5.3": totals(self.totals(Some("5.3"))),
        });
        Ok(format!(
            "{{\"totals\":{totals},\n\"rows\":[\n{lines}\n]}}\n"
        ))
    }
}

fn totals(totals: Totals) -> Value {
    json!({ "recordings": totals.recordings, "reproduced": totals.reproduced })
}

fn line(recorded: &Recorded, recording: &Trace, row: &Row, list: &List) -> Result<Value, String> {
    let mut played = as_recorded(&recorded.scenario, recording)?;
    let setting = Setting::new(&played, recording);
    let (seed, differences) = match &row.verdict {
        Verdict::Reproduced { seed } => (*seed, &[][..]),
        Verdict::Differs { seed, differences } => (*seed, differences.as_slice()),
    };
    played.seed = seed;
    let plays: Value =
        serde_json::from_str(&file_v1::write(&played)).map_err(|error| error.to_string())?;
    let real = recording.recorded.as_ref();
    let counts = observations(recording, &setting);
    let compared = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| json!({ "observation": name, "count": count }));
    Ok(json!({
        "recording": row.recording,
        "scenario": row.scenario(),
        "title": title(&recorded.scenario.title),
        "profile": row.profile,
        "rocketmq": real.map(|real| real.rocketmq.as_str()),
        "compared": compared.collect::<Vec<_>>(),
        "reproduced": row.is_reproduced(),
        "differences": differences.iter().map(difference).collect::<Vec<_>>(),
        "explanation": list.remarks(&row.recording),
        "plays": plays,
    }))
}

fn title(title: &Title) -> Value {
    json!({ "en": title.en, "zh": title.zh })
}

fn difference(difference: &Difference) -> Value {
    json!({
        "observation": difference.observation, "of": difference.of,
        "recorded": difference.recorded, "engine": difference.engine,
    })
}
