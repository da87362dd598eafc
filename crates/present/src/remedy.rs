//! Which one setting would have saved a message: each candidate is tried on the same actions.

use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::Verdict;
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::Step;
use loss_lab_engine::status::{BrokerRole, FlushDiskType};
use loss_lab_engine::units::SimTime;

use crate::settings::{Change, Number, Settings};

/// Settings that are tried, the cheapest first.
const CANDIDATES: [Change; 5] = [
    Change::TransientPool(false),
    Change::Number(Number::InSyncReplicas, 2),
    Change::Role(BrokerRole::SyncMaster),
    Change::Flush(FlushDiskType::SyncFlush),
    Change::Number(Number::RetryTimes, 2),
];
/// At most so many messages are looked after; the others have the same stories.
const PATIENTS: usize = 8;

/// For each of `lost`, the first candidate under which the same actions do not lose it by `at`.
#[must_use]
pub fn remedies(settings: &Settings, script: &[Step], lost: &[MessageId], at: SimTime) -> Vec<(MessageId, Change)> {
    let lost = lost.get(..PATIENTS.min(lost.len())).unwrap_or(lost);
    let mut found: Vec<(MessageId, Change)> = Vec::new();
    for change in CANDIDATES {
        let changed = settings.with(change);
        if changed == *settings || found.len() == lost.len() {
            continue;
        }
        let mut run = Run::new(changed.scenario(script.to_vec()));
        run.advance_to(at);
        for entry in run.ledger().iter().filter(|entry| lost.contains(&entry.message) && entry.verdict != Verdict::Lost) {
            if !found.iter().any(|(message, _)| *message == entry.message) {
                found.push((entry.message, change));
            }
        }
    }
    found
}
