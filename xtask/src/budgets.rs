//! The page's budgets as a table. They are measured, and those that gate are kept, by one browser test
//! (e2e/tests/budgets.test.mjs), which leaves the table in target/budgets.txt.

use std::fs;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::run::root;
use crate::setup;
use crate::tally::Tally;
use crate::test;

pub fn budgets() -> Result<(), Failure> {
    setup::page()?;
    test::build_page()?;
    forget();
    let mut tally = Tally::default();
    test::browser_tests(&mut tally, &[root().join("e2e/tests/budgets.test.mjs")]);
    print();
    tally.close()
}

/// So that no table from an earlier run is shown when this one breaks off.
pub fn forget() {
    let _ = fs::remove_file(table());
}

pub fn print() {
    match fs::read_to_string(table()) {
        Ok(words) => println!("{words}"),
        Err(_) => println!("budgets: not measured"),
    }
}

fn table() -> PathBuf {
    root().join("target/budgets.txt")
}
