//! `loss-lab validate`: what is wrong with scenario files, without playing them.

use std::io::Write;

use crate::failure::Failure;
use crate::{ValidateArgs, input};

/// Says of each file that it is fine; every problem of every other one is the failure.
pub fn validate(args: &ValidateArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut problems = String::new();
    for path in &args.files {
        match input::scenario(path) {
            Ok(input) => {
                eprint!("{}", input.warnings);
                writeln!(out, "{}: fine", input::name(path))?;
            }
            Err(Failure::Input(text)) => problems += &text,
            Err(other @ (Failure::Ours(_) | Failure::Pipe)) => return Err(other),
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Input(problems))
    }
}
