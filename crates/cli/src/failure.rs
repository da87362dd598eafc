//! The ways a command can fail, and what each means to the caller.

use std::io;
use std::process::ExitCode;

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// The input is wrong: what, and where.
    Input(String),
    /// The engine or this program is.
    Ours(String),
    /// The reader of our output has gone away, which is its right.
    Pipe,
}

impl Failure {
    /// Says it on stderr, and with which code to exit.
    pub fn tell(self) -> ExitCode {
        match self {
            Self::Input(text) => {
                eprintln!("{}", text.trim_end());
                ExitCode::from(2)
            }
            Self::Ours(text) => {
                eprintln!("{}", text.trim_end());
                ExitCode::from(1)
            }
            Self::Pipe => ExitCode::SUCCESS,
        }
    }
}

/// Only writing of output is passed on with `?`; reading of files says which file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Pipe
        } else {
            Self::Ours(format!("cannot write the output: {error}"))
        }
    }
}
