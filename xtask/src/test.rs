//! Every test, cheapest first: native, wasm in Node, then the released page in a real browser.

use std::fs;
use std::path::{Path, PathBuf};

use crate::budgets;
use crate::check;
use crate::dist;
use crate::failure::Failure;
use crate::run::{command, root, succeed};
use crate::setup;
use crate::sites;
use crate::tally::Tally;

/// Format, lints and docs, then `tests`.
pub fn everything() -> Result<(), Failure> {
    setup::lints()?;
    setup::page()?;
    let mut tally = Tally::default();
    check::everything(&mut tally);
    run(tally)
}

pub fn tests() -> Result<(), Failure> {
    setup::page()?;
    run(Tally::default())
}

fn run(mut tally: Tally) -> Result<(), Failure> {
    tally.runner(
        "native",
        command("cargo").args(["test", "--workspace", "--no-fail-fast"]),
    );
    wasm(&mut tally)?;
    let built = tally.check("building the page as it is published", build_page)
        && tally.check("packing it to take away", dist::pack_page);
    if built {
        tally.check("building the sites that have the lab in them", sites::sites);
        browser(&mut tally);
    }
    tally.close()
}

/// The page as it is published, in dist/.
pub fn build_page() -> Result<(), Failure> {
    succeed(command("trunk").args(["build", "--release", "--log", "warn"]))
}

/// The browser tests, all of them or those of one file. They read dist/.
pub fn browser_tests(tally: &mut Tally, files: &[PathBuf]) {
    let mut browser = PathBuf::new();
    let ready = tally.check("npm packages and a browser", || {
        setup::npm("e2e")?;
        browser = setup::browser()?;
        Ok(())
    });
    if ready {
        let mut node = command("node");
        // Files by name: what a directory means here differs between versions of Node.
        node.args(["--test", "--test-reporter=spec"])
            .args(files)
            .env("CHROME_PATH", &browser);
        tally.runner("browser", &mut node);
    }
}

fn browser(tally: &mut Tally) {
    budgets::forget();
    match test_files(&root().join("e2e/tests"), ".test.mjs") {
        Ok(files) => browser_tests(tally, &files),
        Err(failure) => {
            tally.check("browser tests", || Err(failure));
        }
    }
    budgets::print();
}

/// Integration tests named `wasm*.rs` run as wasm in Node. What needs a page is tested through the page, in e2e/.
fn wasm(tally: &mut Tally) -> Result<(), Failure> {
    for package in packages()? {
        for file in test_files(&package.folder.join("tests"), ".rs")? {
            let Some(name) = file.file_stem().and_then(|stem| stem.to_str()) else {
                continue;
            };
            if !name.starts_with("wasm") {
                continue;
            }
            let target = ["--target", "wasm32-unknown-unknown"];
            let what = ["--package", &package.name, "--test", name];
            tally.runner("wasm", command("cargo").arg("test").args(target).args(what));
        }
    }
    Ok(())
}

struct Package {
    name: String,
    folder: PathBuf,
}

/// The root package and those under crates/.
fn packages() -> Result<Vec<Package>, Failure> {
    let mut folders = vec![root()];
    for entry in fs::read_dir(root().join("crates"))? {
        folders.push(entry?.path());
    }
    folders.sort();
    Ok(folders.into_iter().filter_map(package).collect())
}

fn package(folder: PathBuf) -> Option<Package> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let name = manifest
        .lines()
        .find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))?;
    Some(Package {
        name: name.to_string(),
        folder,
    })
}

/// Sorted, so that every machine runs them in the same order; none when there is no such folder.
fn test_files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.to_string_lossy().ends_with(ending) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
