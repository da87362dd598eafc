//! The same scenario and seed make the same trace in wasm, byte for byte: `tests/expected/traces.txt` is what native tests agree to.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    reason = "the suite's files are fine, or the test has failed"
)]

use wasm_bindgen_test::wasm_bindgen_test;

#[path = "shared/suite.rs"]
mod suite;

#[wasm_bindgen_test]
fn every_run_is_the_same_in_wasm() {
    let expected = include_str!("expected/traces.txt");
    let runs = suite::runs();
    assert_eq!(expected.lines().count(), runs.len());
    for ((name, scenario), expected) in runs.into_iter().zip(expected.lines()) {
        assert_eq!(suite::line(&name, scenario).trim_end(), expected);
    }
}
