//! What the README says of the lab is what the lab's own files say. `UPDATE_EXPECT=1` writes the table of what is not modelled anew.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test cannot do fails it"
)]

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(name)
}

fn json(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(file(name)).unwrap()).unwrap()
}

/// What stands between two marks of the README.
fn between<'a>(readme: &'a str, mark: &str) -> &'a str {
    let (_, rest) = readme
        .split_once(&format!("<!-- {mark}: begin -->\n"))
        .unwrap();
    rest.split_once(&format!("<!-- {mark}: end -->")).unwrap().0
}

/// `assets/not-modelled.json` is the one place where it is said, in both languages; the page reads it too.
#[test]
fn what_is_not_modelled_is_what_the_page_shows() {
    let mut table =
        "| rule of RocketMQ | what happens when a scenario asks for it |\n| --- | --- |\n"
            .to_owned();
    for row in json("assets/not-modelled.json").as_array().unwrap() {
        for column in ["rule", "asked"] {
            assert!(!row[column]["zh"].as_str().unwrap().is_empty(), "{row}");
        }
        let cell = |column: &str| row[column]["en"].as_str().unwrap();
        table += &format!("| {} | {} |\n", cell("rule"), cell("asked"));
    }
    let readme = fs::read_to_string(file("README.md")).unwrap();
    let old = between(&readme, "not-modelled");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(file("README.md"), readme.replace(old, &table)).unwrap();
    } else {
        assert_eq!(
            old, table,
            "UPDATE_EXPECT=1 writes it from assets/not-modelled.json"
        );
    }
}

/// `loss-lab conform --bless` writes both.
#[test]
fn the_totals_are_those_of_the_table() {
    let totals = &json("assets/conformance.json")["totals"];
    let readme = fs::read_to_string(file("README.md")).unwrap();
    let readme = between(&readme, "conformance");
    for profile in ["4.9", "5.3", "all"] {
        let of = |what: &str| totals[profile][what].as_u64().unwrap();
        let cells = format!("| {} | {} |\n", of("recordings"), of("reproduced"));
        assert!(readme.contains(&cells), "{profile}: {cells}in{readme}");
    }
}
