//! `loss-lab schema`: the formats as machines read them, made from the types that read the files.

use std::io::Write;

use loss_lab_engine::scenario::file_v1;
use loss_lab_engine::trace::Trace;

use crate::failure::Failure;
use crate::{FormatArg, SchemaArgs};

/// Prints a JSON Schema.
pub fn schema(args: &SchemaArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let schema = match args.format {
        FormatArg::Scenario => file_v1::schema(),
        FormatArg::Trace => Trace::schema(),
    };
    writeln!(out, "{schema:#}")?;
    Ok(())
}
