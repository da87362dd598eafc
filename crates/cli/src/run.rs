//! `loss-lab run`: a scenario played to its end.

use std::io::Write;

use loss_lab_engine::draw;
use loss_lab_engine::run::{End, Run};
use loss_lab_engine::trace::{Story, Trace};
use loss_lab_engine::units::SimTime;

use crate::failure::Failure;
use crate::{RunArgs, input};

/// Plays the scenario and writes its picture or its trace. Warnings go to stderr, so that a trace can be piped.
pub fn run(args: &RunArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::scenario(&args.file)?;
    eprint!("{}", input.warnings);
    let mut scenario = input.scenario;
    if let Some(seed) = args.seed {
        scenario.seed = seed;
    }
    if let Some(until) = args.until {
        scenario.until = SimTime::from_millis(i64::try_from(until).unwrap_or(i64::MAX));
    }
    let mut run = Run::new(scenario);
    let end = run.finish();
    if args.json {
        out.write_all(Trace::of(&run).to_json().as_bytes())?;
    } else {
        out.write_all(draw::picture(&Story::of(&run)).as_bytes())?;
    }
    match end {
        End::Until => Ok(()),
        End::Limit => Err(Failure::Input(format!(
            "{}: stopped at {} ms after {} steps, the most a run may take: ask for less",
            input::name(&args.file),
            run.now(),
            run.position()
        ))),
    }
}
