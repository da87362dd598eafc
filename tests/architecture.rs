//! The rules of ARCHITECTURE.md, kept by reading the source and asking cargo.
//!
//! A failure here is an architectural change: either the code is in the wrong room, or the rule below and
//! ARCHITECTURE.md change together, with the reason in the commit.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the engine may stand on, with everything below it. A crate that is not here is a decision to be made.
const ENGINE_MAY_USE: &[&str] = &[
    // Formats, and their schema.
    "serde",
    "serde_core",
    "serde_json",
    "schemars",
    "dyn-clone",
    "ref-cast",
    "itoa",
    "memchr",
    "zmij",
    // Where in a file an error is.
    "serde_path_to_error",
    // How far apart two words are: for "the nearest real key is …".
    "strsim",
    // A portable random stream.
    "rand_pcg",
    "rand_core",
    // Small maps as sorted lists: a sixth of the code of a B-tree for each pair of types.
    "litemap",
];

/// What the command line may use beside the engine's own.
const CLI_MAY_USE: &[&str] = &["clap"];

/// Where the engine may say a float: our formats write milliseconds with fractions. Inside, time is whole microseconds.
const FLOAT_DOORS: &[&str] = &[
    "crates/engine/src/scenario/",
    "crates/engine/src/trace/json.rs",
];

#[test]
fn the_engine_stands_on_few_crates_and_none_of_them_knows_a_browser() {
    let used = normal_dependencies("loss-lab-engine", None);
    let strangers: Vec<_> = used
        .iter()
        .filter(|name| !ENGINE_MAY_USE.contains(&name.as_str()))
        .collect();
    assert!(
        strangers.is_empty(),
        "the engine came to depend on {strangers:?}"
    );
}

#[test]
fn present_and_lesson_add_nothing_to_the_engine() {
    let engine = normal_dependencies("loss-lab-engine", None);
    for package in ["loss-lab-present", "loss-lab-lesson"] {
        let used = normal_dependencies(package, None);
        let strangers: Vec<_> = used
            .difference(&engine)
            .filter(|name| !matches!(name.as_str(), "loss-lab-engine" | "serde" | "serde_json"))
            .filter(|name| !ENGINE_MAY_USE.contains(&name.as_str()))
            .collect();
        assert!(
            strangers.is_empty(),
            "{package} came to depend on {strangers:?}"
        );
    }
}

#[test]
fn the_command_line_depends_directly_on_the_engine_and_little_else() {
    let direct = normal_dependencies("loss-lab-cli", Some(1));
    let allowed = |name: &str| {
        matches!(name, "loss-lab-engine" | "loss-lab-lesson")
            || CLI_MAY_USE.contains(&name)
            || ENGINE_MAY_USE.contains(&name)
    };
    let strangers: Vec<_> = direct.iter().filter(|name| !allowed(name)).collect();
    assert!(
        strangers.is_empty(),
        "the command line came to depend on {strangers:?}"
    );
}

#[test]
fn a_native_build_has_no_leptos_and_no_browser() {
    let native = normal_dependencies("loss-lab", None);
    for browser in ["leptos", "web-sys", "js-sys", "wasm-bindgen", "gloo-timers"] {
        assert!(
            !native.contains(browser),
            "{browser} belongs under the wasm target of the root package"
        );
    }
}

#[test]
fn only_the_page_has_dependencies_that_exist_for_wasm_alone() {
    for folder in ["engine", "present", "lesson", "cli"] {
        let manifest =
            fs::read_to_string(root().join("crates").join(folder).join("Cargo.toml")).unwrap();
        for line in manifest.lines().map(str::trim) {
            assert!(
                !(line.starts_with("[target.") && line.ends_with(".dependencies]")),
                "crates/{folder}: {line}"
            );
        }
    }
}

#[test]
fn only_src_browser_says_web_sys() {
    for file in sources("src")
        .into_iter()
        .filter(|file| !file.path.starts_with("src/browser"))
    {
        file.never_says(&["web_sys", "js_sys", "gloo_timers"]);
    }
}

#[test]
fn one_place_asks_for_animation_frames() {
    let places: Vec<_> = sources("src")
        .iter()
        .flat_map(|file| file.lines_saying("request_animation_frame"))
        .collect();
    assert!(places.len() <= 1, "{places:#?}");
}

#[test]
fn nodes_and_brokers_do_not_read_the_ledger() {
    for folder in ["crates/engine/src/node", "crates/engine/src/broker"] {
        for file in sources(folder) {
            file.never_says(&["ledger", "Ledger"]);
        }
    }
}

#[test]
fn the_engine_has_no_clock_no_float_and_no_hash_order() {
    for file in sources("crates/engine/src") {
        file.never_says(&["HashMap", "HashSet", "Instant", "SystemTime", "thread_rng"]);
        if !FLOAT_DOORS.iter().any(|door| file.path.starts_with(door)) {
            file.never_says(&["f32", "f64"]);
        }
    }
}

#[test]
fn present_and_lesson_know_no_browser() {
    for folder in ["crates/present/src", "crates/lesson/src"] {
        for file in sources(folder) {
            file.never_says(&["web_sys", "js_sys", "wasm_bindgen", "leptos"]);
        }
    }
}

#[test]
fn every_source_file_says_first_what_it_is_for() {
    for folder in ["src", "crates", "xtask/src", "tests"] {
        // A `tests.rs` is named by what it sits beside.
        for file in sources(folder)
            .into_iter()
            .filter(|file| !file.path.ends_with("/tests.rs"))
        {
            assert!(
                file.words.starts_with("//!"),
                "{} does not open with //!",
                file.path
            );
        }
    }
}

/// A Rust file, by its path from the top of the repository, with forward slashes.
struct Source {
    path: String,
    words: String,
}

impl Source {
    fn never_says(&self, names: &[&str]) {
        for name in names {
            let lines = self.lines_saying(name);
            assert!(
                lines.is_empty(),
                "`{name}` does not belong here:\n{}",
                lines.join("\n")
            );
        }
    }

    /// Whole identifiers, and in code: a comment may explain what the code must not do.
    fn lines_saying(&self, name: &str) -> Vec<String> {
        let says = |line: &str| {
            let code = line.split("//").next().unwrap_or(line);
            code.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == name)
        };
        self.words
            .lines()
            .enumerate()
            .filter(|(_, line)| says(line))
            .map(|(index, line)| format!("{}:{}: {}", self.path, index + 1, line.trim()))
            .collect()
    }
}

/// All Rust files under a folder; none when there is no such folder yet.
fn sources(folder: &str) -> Vec<Source> {
    let mut open = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let words = fs::read_to_string(&path).unwrap();
            let path = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            found.push(Source { path, words });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// What a package needs to run here, itself and procedural macros left out.
fn normal_dependencies(package: &str, depth: Option<u32>) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args([
        "tree",
        "--locked",
        "--package",
        package,
        "--edges",
        "normal,no-proc-macro",
    ]);
    cargo.args(["--prefix", "none", "--format", "{p}"]);
    if let Some(depth) = depth {
        cargo.args(["--depth", &depth.to_string()]);
    }
    let output = cargo.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != package)
        .map(str::to_string)
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}
