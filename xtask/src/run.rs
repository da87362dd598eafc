//! Where things are and how other programs are started. Nothing here decides what to run.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The top of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where our own copies of Trunk and wasm-bindgen live.
pub fn tools() -> PathBuf {
    root().join("target").join("tools")
}

/// Says what is about to happen, so that a long silence has a name.
pub fn say(words: &str) {
    eprintln!("── {words}");
}

/// A program, started at the top of the repository, that finds our tools first.
///
/// `Command` looks a name up in the parent's PATH and not in the one it is given, hence the look-up by hand.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(find(program).unwrap_or_else(|| PathBuf::from(program)));
    command.current_dir(root()).env("PATH", path());
    // Trunk accepts only "true" or "false" here, and other programs set it to "1".
    command.env_remove("NO_COLOR");
    command
}

/// The file a name stands for: our tools first, then PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let file_name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path())
        .map(|directory| directory.join(&file_name))
        .find(|file| file.is_file())
}

/// Runs to the end; a program that is missing or fails is a `Failure`.
pub fn succeed(command: &mut Command) -> Result<(), Failure> {
    let words = words_of(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("`{words}` failed ({status})"))),
        Err(error) => Err(Failure::new(format!("`{words}` did not start: {error}"))),
    }
}

/// What a program prints, or nothing when it is missing or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// A command as a person would type it.
pub fn words_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

fn path() -> OsString {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(tools().join("bin")).chain(env::split_paths(&inherited));
    // Only a PATH entry that itself holds the separator cannot be joined; then ours is worth less than theirs.
    env::join_paths(all).unwrap_or(inherited)
}
