//! Which one setting would have saved a message, or kept its sender from a false belief: each is tried on the same actions.

use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::{Entry, Promise, Verdict};
use loss_lab_engine::order;
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

/// What a setting would have done for a lost message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Remedy {
    /// Which message.
    pub message: MessageId,
    /// Which setting.
    pub change: Change,
    /// What it does.
    pub effect: Effect,
}

/// How far a remedy goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// The message is not lost.
    Saves,
    /// It is lost all the same, but nobody was told that it was stored: the sender knows to send again.
    PromisesNothing,
}

/// For each of `lost`, the first candidate under which the same actions do not lose it by `at`; failing that, the first
/// under which its sender was not told SEND_OK.
#[must_use]
pub fn remedies(
    settings: &Settings,
    script: &[Step],
    lost: &[MessageId],
    at: SimTime,
) -> Vec<Remedy> {
    let lost = lost.get(..PATIENTS.min(lost.len())).unwrap_or(lost);
    let mut found: Vec<Remedy> = Vec::new();
    for change in CANDIDATES {
        let changed = settings.with(change);
        if changed.is_like(settings) {
            continue;
        }
        let mut run = Run::new(changed.scenario(script.to_vec()));
        run.advance_to(at);
        for entry in run
            .ledger()
            .iter()
            .filter(|entry| lost.contains(&entry.message))
        {
            found.extend(effect(entry).map(|effect| Remedy {
                message: entry.message,
                change,
                effect,
            }));
        }
    }
    // The sort keeps the candidates' order among equals.
    order::sort_by(&mut found, |remedy| (remedy.message, remedy.effect));
    found.dedup_by_key(|remedy| remedy.message);
    found
}

fn effect(entry: &Entry) -> Option<Effect> {
    if entry.verdict != Verdict::Lost {
        return Some(Effect::Saves);
    }
    (entry.promise != Promise::Acked).then_some(Effect::PromisesNothing)
}
