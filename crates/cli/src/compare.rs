//! `loss-lab compare`: two traces of one scenario, by the rules of `conform`. This is how a new recording says what changed.

use std::io::Write;
use std::path::Path;

use loss_lab_engine::trace::Trace;

use crate::CompareArgs;
use crate::conform::{Setting, as_recorded, compare as differences};
use crate::failure::Failure;
use crate::input;

/// Says in what the second trace differs from the first.
pub fn compare(args: &CompareArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let scenario = input::scenario(&args.scenario)?.scenario;
    let (before, now) = (trace(&args.before)?, trace(&args.now)?);
    let wrong = |error| Failure::Input(format!("error: {}: {error}\n", args.before.display()));
    let played = as_recorded(&scenario, &before).map_err(wrong)?;
    let found = differences(&before, &now, &Setting::new(&played, &before));
    for difference in &found {
        writeln!(
            out,
            "{} of {}: before {}; now {}",
            difference.observation, difference.of, difference.recorded, difference.engine
        )?;
    }
    if found.is_empty() {
        writeln!(out, "the same, by the rules of `loss-lab conform`")?;
    }
    Ok(())
}

fn trace(path: &Path) -> Result<Trace, Failure> {
    Trace::parse(&input::text(path)?)
        .map_err(|error| Failure::Input(format!("error: {}: {error}\n", path.display())))
}
