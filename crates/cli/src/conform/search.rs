//! Looking for a seed that gives what was recorded.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::trace::Trace;

use super::compare::{Difference, compare};
use super::instants::as_recorded;
use super::recordings::Recorded;
use super::setting::Setting;

/// What became of one recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// `k01-plain-49.2`.
    pub recording: String,
    /// `4.9` or `5.3`.
    pub profile: &'static str,
    /// Whether the engine can do what was seen.
    pub verdict: Verdict,
}

/// Whether the engine can do what was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// With this seed it does; no smaller one.
    Reproduced {
        /// The seed.
        seed: u64,
    },
    /// With none that was tried.
    Differs {
        /// The seed that comes closest: the fewest differences.
        seed: u64,
        /// In what it differs.
        differences: Vec<Difference>,
    },
}

/// Every recording's row, in order. The work is shared among as many threads as the machine has processors.
pub fn search(all: &[Recorded], seeds: u64) -> Result<Vec<Row>, String> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(all.len().max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(recorded) = all.get(n) else { return };
                    let rows = rows(recorded, seeds);
                    // Poisoned means that another thread has panicked: its message is out, and the scope passes it on.
                    found
                        .lock()
                        .unwrap_or_else(|poisoned| poisoned.into_inner())
                        .push((n, rows));
                }
            });
        }
    });
    let mut found = found
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    found.sort_unstable_by_key(|(n, _)| *n);
    let rows = found
        .into_iter()
        .map(|(_, rows)| rows)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows.concat())
}

fn rows(recorded: &Recorded, seeds: u64) -> Result<Vec<Row>, String> {
    let row = |(name, recording): &(String, Trace)| {
        let scenario = as_recorded(&recorded.scenario, recording)
            .map_err(|error| format!("{name}: {error}"))?;
        let profile = scenario.profile.word();
        Ok(Row {
            recording: name.clone(),
            profile,
            verdict: verdict(scenario, recording, seeds),
        })
    };
    recorded.recordings.iter().map(row).collect()
}

fn verdict(mut scenario: Scenario, recording: &Trace, seeds: u64) -> Verdict {
    let setting = Setting::new(&scenario, recording);
    let mut closest: Option<(u64, Vec<Difference>)> = None;
    for seed in 0..seeds {
        scenario.seed = seed;
        let mut run = Run::new(scenario.clone());
        run.finish();
        let differences = compare(recording, &Trace::of(&run), &setting);
        if differences.is_empty() {
            return Verdict::Reproduced { seed };
        }
        if closest
            .as_ref()
            .is_none_or(|(_, fewest)| differences.len() < fewest.len())
        {
            closest = Some((seed, differences));
        }
    }
    let (seed, differences) = closest.unwrap_or_default();
    Verdict::Differs { seed, differences }
}
