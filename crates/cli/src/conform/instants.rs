//! A scenario as it was recorded: its faults strike when the real ones did.

use loss_lab_engine::event::Trigger;
use loss_lab_engine::scenario::{Do, Scenario};
use loss_lab_engine::trace::{FaultName, FaultRow, Trace};
use loss_lab_engine::units::{SimTime, Span};

/// Far enough behind a run's end.
const AFTER_THE_END: Span = Span::from_secs(1);

/// The scenario with each fault's instant, and each restart's duration, taken from the recording.
///
/// Two kinds keep their plan. A `stop` is recorded when the process has ended, seconds after the order: it takes so long. And a fault
/// that the script ties to an event strikes right after that event: its order among the events around it is what was asked for.
///
/// # Errors
/// When the recording has a fault that the script has not.
pub fn as_recorded(scenario: &Scenario, recording: &Trace) -> Result<Scenario, String> {
    let mut scenario = scenario.clone();
    let mut open = vec![true; scenario.script.len()];
    let mut ups = Vec::<(String, SimTime)>::new();
    for fault in recording.faults.iter().flatten() {
        let steps = scenario.script.iter_mut().zip(&mut open);
        let step = steps
            .filter(|(step, open)| **open && is_of(fault, &step.action))
            .map(|(step, open)| {
                *open = false;
                step
            });
        let Some(step) = step.into_iter().next() else {
            return Err(format!(
                "the script has no {} of {}",
                fault.what.word(),
                fault.on
            ));
        };
        if let Do::Restart { takes, .. } = &mut step.action {
            // One that did not serve before the recording's end does not in the engine either.
            let up = fault.up.map_or(scenario.until + AFTER_THE_END, |up| up.0);
            *takes = up.since(fault.t.0);
        }
        let was_up = ups.iter().rev().find(|(node, _)| *node == fault.on);
        match (&mut step.trigger, &mut step.action) {
            // The order cannot be given before the node is there.
            (Trigger::At(at), Do::Stop { takes, .. }) => {
                *at = was_up.map_or(*at, |(_, up)| (*up).max(*at));
                *takes = Some(fault.t.0.since(*at));
            }
            (Trigger::After(_), _) => {}
            (Trigger::At(at), _) => *at = fault.t.0,
        }
        if let Some(up) = fault.up {
            ups.push((fault.on.clone(), up.0 + Span::from_millis(1)));
        }
    }
    Ok(scenario)
}

/// Whether a recorded fault is what a step does.
fn is_of(fault: &FaultRow, action: &Do) -> bool {
    let (what, on) = match action {
        Do::Crash(node) => (FaultName::Crash, node.clone()),
        Do::PowerLoss(node) => (FaultName::PowerLoss, node.clone()),
        Do::DestroyDisk(node) => (FaultName::DestroyDisk, node.clone()),
        Do::Stop { node, .. } => (FaultName::Stop, node.clone()),
        Do::Restart { node, .. } => (FaultName::Restart, node.clone()),
        Do::Pause(node) => (FaultName::Pause, node.clone()),
        Do::Resume(node) => (FaultName::Resume, node.clone()),
        Do::StallDisk(node) => (FaultName::StallDisk, node.clone()),
        Do::ReleaseDisk(node) => (FaultName::ReleaseDisk, node.clone()),
        Do::FailDisk { node, .. } => (FaultName::FailDisk, node.clone()),
        Do::FillDisk { node, .. } => (FaultName::FillDisk, node.clone()),
        Do::ExpireFiles { node, .. } => (FaultName::ExpireFiles, node.clone()),
        Do::Partition([a, b]) => (FaultName::Partition, format!("{a} - {b}")),
        Do::Heal([a, b]) => (FaultName::Heal, format!("{a} - {b}")),
        Do::Drop { from, to, .. } => (FaultName::Drop, format!("{from} > {to}")),
        Do::Send(_)
        | Do::SetLink { .. }
        | Do::ConsumeResult(_)
        | Do::ProcessTime { .. }
        | Do::StartConsumer(_)
        | Do::StopConsumer(_)
        | Do::Pull(_)
        | Do::ResetOffset(_)
        | Do::SetConf { .. } => return false,
    };
    what == fault.what && on == fault.on
}
