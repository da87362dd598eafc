//! `loss-lab`: the engine from a terminal.
//!
//! Exit codes: 0 is fine, 2 says that the input is wrong and where, 1 is our own fault (or a recording that no longer agrees).

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod compare;
mod conform;
mod defaults;
mod draw;
mod failure;
mod input;
mod lesson;
mod run;
mod schema;
mod validate;

use failure::Failure;

const ABOUT: &str = "See what RocketMQ does with your messages when things break: a deterministic model of a whole cluster";

const AFTER: &str = "\
A scenario is a JSON file that says what cluster stands, what its clients do and which faults strike.
The smallest one sends a message:

  echo '{ \"format\": \"loss-lab/1\", \"script\": [ { \"at\": 0, \"do\": \"send\" } ] }' | loss-lab run -

Exit codes: 0 fine; 2 wrong input, explained on stderr; 1 a fault of this program, or a recording that no longer agrees.";

/// The command line.
#[derive(Parser)]
#[command(name = "loss-lab", version, about = ABOUT, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a scenario and draw what happened: one lane per node, then what became of every message
    Run(RunArgs),
    /// Check scenario files without playing them
    Validate(ValidateArgs),
    /// List RocketMQ's configuration keys with their defaults and units
    Defaults(DefaultsArgs),
    /// Print the JSON Schema of a file format
    Schema(SchemaArgs),
    /// Check lesson files: play every step and print the questions with the answers that the engine computes
    Lesson(LessonArgs),
    /// Compare the engine with recordings of real RocketMQ clusters
    Conform(ConformArgs),
    /// Say in what a trace differs from another one of the same scenario
    Compare(CompareArgs),
    /// Draw a small random scenario, or take parts of one away
    Draw(DrawArgs),
}

#[derive(Args)]
struct RunArgs {
    /// The scenario file; `-` reads standard input
    file: PathBuf,
    /// Print the whole trace as JSON (loss-lab-trace/1) instead of a picture
    #[arg(long)]
    json: bool,
    /// Use this seed instead of the file's: other races, other phases of the timers
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// End after so many virtual milliseconds instead of when the file says
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=604_800_000))]
    until: Option<u64>,
}

#[derive(Args)]
struct ValidateArgs {
    /// Scenario files; `-` reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Args)]
struct DefaultsArgs {
    /// Whose defaults
    #[arg(long, value_enum, default_value = "5.3")]
    profile: ProfileArg,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct SchemaArgs {
    /// Of which format
    #[arg(value_enum, default_value = "scenario")]
    format: FormatArg,
}

#[derive(Args)]
struct LessonArgs {
    /// Lesson files; `-` reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the scenarios are that lessons name; `../scenarios` beside each lesson if it is not said
    #[arg(long, value_name = "FOLDER")]
    scenarios: Option<PathBuf>,
    /// In which language to print
    #[arg(long, value_enum, default_value = "en")]
    language: LanguageArg,
}

#[derive(Args)]
struct ConformArgs {
    /// Scenario files, or folders of them; all of `conformance/` when there is none
    paths: Vec<PathBuf>,
    /// Try seeds 0 to N - 1 before giving a recording up
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    seeds: u64,
    /// Print the whole table as JSON: what was compared, and the run that was played
    #[arg(long)]
    json: bool,
    /// Write which recordings are reproduced to `conformance/reproduced.txt`, and the table to `assets/` and the README
    #[arg(long)]
    bless: bool,
    /// Leave out what is not on the list: quick, since nothing is searched in vain
    #[arg(long, conflicts_with = "bless")]
    listed: bool,
    /// Show everything in which the closest seed differs, not just the first
    #[arg(long)]
    all: bool,
}

#[derive(Args)]
struct CompareArgs {
    /// The scenario of both
    scenario: PathBuf,
    /// The trace to compare with, as recorded
    before: PathBuf,
    /// The other one
    now: PathBuf,
}

#[derive(Args)]
struct DrawArgs {
    /// Another seed, another scenario
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Write every scenario that is one part smaller than FILE into FOLDER
    #[arg(long, num_args = 2, value_names = ["FILE", "FOLDER"])]
    smaller: Vec<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileArg {
    /// RocketMQ 4.9.8
    #[value(name = "4.9")]
    V4_9,
    /// RocketMQ 5.3.3
    #[value(name = "5.3")]
    V5_3,
}

#[derive(Clone, Copy, ValueEnum)]
enum LanguageArg {
    /// English
    En,
    /// 中文
    Zh,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatArg {
    /// What goes in: loss-lab/1
    Scenario,
    /// What comes out: loss-lab-trace/1
    Trace,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A panic is a bug of ours; it has printed its message already.
    let done = std::panic::catch_unwind(|| {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let done = dispatch(&cli.command, &mut out);
        out.flush()?;
        done
    });
    match done {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => failure.tell(),
        Err(_) => ExitCode::from(1),
    }
}

fn dispatch(command: &Command, out: &mut dyn Write) -> Result<(), Failure> {
    match command {
        Command::Run(args) => run::run(args, out),
        Command::Validate(args) => validate::validate(args, out),
        Command::Defaults(args) => defaults::defaults(args, out),
        Command::Schema(args) => schema::schema(args, out),
        Command::Lesson(args) => lesson::lesson(args, out),
        Command::Conform(args) => conform::conform(args, out),
        Command::Compare(args) => compare::compare(args, out),
        Command::Draw(args) => draw::draw(args, out),
    }
}
