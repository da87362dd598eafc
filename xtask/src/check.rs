//! What is checked without running anything: format, lints, docs. The page is checked for wasm too, since
//! most of it exists only there.

use crate::failure::Failure;
use crate::run::{command, succeed};
use crate::tally::Tally;

const PAGE: [&str; 4] = [
    "--package",
    "loss-lab",
    "--target",
    "wasm32-unknown-unknown",
];

pub fn everything(tally: &mut Tally) {
    tally.check("format (mend with `cargo fmt --all`)", || {
        cargo(&["fmt", "--all", "--check"])
    });
    tally.check("lints", || clippy(&["--workspace"]));
    tally.check("lints of the page, for wasm", || clippy(&PAGE));
    tally.check("docs", || doc(&["--workspace"]));
    tally.check("docs of the page, for wasm", || doc(&PAGE));
}

fn clippy(what: &[&str]) -> Result<(), Failure> {
    succeed(
        command("cargo")
            .args(["clippy", "--all-targets"])
            .args(what)
            .args(["--", "-D", "warnings"]),
    )
}

fn doc(what: &[&str]) -> Result<(), Failure> {
    succeed(
        command("cargo")
            .args(["doc", "--no-deps"])
            .args(what)
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn cargo(words: &[&str]) -> Result<(), Failure> {
    succeed(command("cargo").args(words))
}
