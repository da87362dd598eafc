//! One door for developers: `cargo xtask serve`, `cargo xtask test`, `cargo xtask ci`.
//!
//! It knows tools and files and nothing of the lab itself. Little beside the standard library: this is what gets
//! compiled before anything else is there.

mod budgets;
mod check;
mod dist;
mod failure;
mod finish;
mod offline;
mod prune;
mod record;
mod run;
mod screenshots;
mod seal;
mod serve;
mod setup;
mod shorten;
mod sites;
mod split;
mod tally;
mod test;

use std::process::ExitCode;

use failure::Failure;

const HELP: &str = "\
Loss Lab, for developers. Every command installs what it needs first (into target/tools and e2e/node_modules).

  cargo xtask serve [--release]   the lab on localhost, rebuilt when a file changes
  cargo xtask test                every test: native, wasm, real browser (with CI=true: the same as `ci`)
  cargo xtask ci                  format, lints and docs, then every test and the budgets
  cargo xtask budgets             sizes, requests, idle work and accessibility of the page, as a table
  cargo xtask dist                target/dist: the page for any host, the same as a zip, and as one file that needs no host
  cargo xtask sites               target/sites: the sites of examples/ with that in them, built with mdBook, VitePress and Docusaurus
  cargo xtask record [ID…]        asks real RocketMQ again, and says what changed (needs JDK 17 and Maven; takes minutes)
  cargo xtask record --random N --seed S    asks it N drawn scenarios, and makes what differs as small as it gets
  cargo xtask screenshots         writes docs/screenshots from the page as it is
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["serve"] => serve::serve(serve::Profile::Dev),
        ["serve", "--release"] => serve::serve(serve::Profile::Release),
        ["test"] if asked_for_everything() => test::everything(),
        ["test"] => test::tests(),
        ["ci"] => test::everything(),
        ["dist"] => dist::dist(),
        ["sites"] => dist::dist().and_then(|()| sites::sites()),
        ["budgets"] => budgets::budgets(),
        ["record", words @ ..] => record::record(words),
        ["screenshots"] => screenshots::screenshots(),
        // Steps that are not for people: beside `serve`, and after each of Trunk's builds (see Trunk.toml).
        ["announce", port] => serve::announce(port),
        ["finish"] => finish::finish(),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(Failure::new(HELP)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// A build server says `CI=true`; there the README's test command also checks what a reader would not wait for.
fn asked_for_everything() -> bool {
    std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "false" && ci != "0")
}
