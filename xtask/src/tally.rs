//! Runs the steps of a test run one after the other, keeps count, and ends with `N passed, N failed`.
//!
//! A failed step does not stop the run: one look shows everything that is wrong.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::run::{say, words_of};

#[derive(Default)]
pub struct Tally {
    passed: u32,
    failed: u32,
    /// The steps that failed, for the summary.
    failures: Vec<String>,
}

impl Tally {
    /// A step that is right or wrong as a whole.
    pub fn check(&mut self, name: &str, step: impl FnOnce() -> Result<(), Failure>) -> bool {
        say(name);
        match step() {
            Ok(()) => {
                self.passed += 1;
                true
            }
            Err(failure) => {
                eprintln!("{failure}");
                self.fail(name, 1);
                false
            }
        }
    }

    /// A test runner: its output is shown as it comes, and its tests are counted.
    pub fn runner(&mut self, name: &str, command: &mut Command) {
        say(&format!("{name}: {}", words_of(command)));
        match counted(command) {
            Ok(count) => {
                self.passed += count.passed;
                if count.failed > 0 || !count.success {
                    // A runner that fails without naming a test (it did not compile, say) counts as one.
                    self.fail(name, count.failed.max(1));
                }
            }
            Err(failure) => {
                eprintln!("{failure}");
                self.fail(name, 1);
            }
        }
    }

    /// The closing line, and the verdict.
    pub fn close(self) -> Result<(), Failure> {
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        match self.failed {
            0 => Ok(()),
            _ => Err(Failure::new("not everything passed, see above")),
        }
    }

    fn fail(&mut self, name: &str, count: u32) {
        self.failed += count;
        self.failures.push(name.to_string());
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u32,
    failed: u32,
    success: bool,
}

fn counted(command: &mut Command) -> Result<Count, Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut count = Count::default();
    for line in child
        .stdout
        .take()
        .map(BufReader::new)
        .into_iter()
        .flat_map(BufReader::lines)
    {
        let line = line?;
        println!("{line}");
        count.read(&line);
    }
    count.success = child.wait()?.success();
    Ok(count)
}

impl Count {
    /// `test result: ok. 5 passed; 0 failed; …` from cargo and wasm-bindgen, `ℹ pass 5` and `ℹ fail 0` from node.
    fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            for part in result.split(['.', ';']) {
                match part.split_whitespace().collect::<Vec<_>>().as_slice() {
                    [number, "passed"] => self.passed += number.parse().unwrap_or(0),
                    [number, "failed"] => self.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["ℹ", "pass", number] => self.passed += number.parse().unwrap_or(0),
            ["ℹ", "fail" | "cancelled", number] => self.failed += number.parse().unwrap_or(0),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    fn read(lines: &[&str]) -> (u32, u32) {
        let mut count = Count::default();
        for line in lines {
            count.read(line);
        }
        (count.passed, count.failed)
    }

    #[test]
    fn counts_what_cargo_says() {
        let lines = [
            "running 3 tests",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ];
        assert_eq!(read(&lines), (2, 1));
    }

    #[test]
    fn counts_what_node_says() {
        assert_eq!(
            read(&["ℹ tests 5", "ℹ pass 4", "ℹ fail 1", "ℹ cancelled 0"]),
            (4, 1)
        );
    }
}
