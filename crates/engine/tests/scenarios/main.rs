//! The engine from outside: scenario in, picture out. One binary, one module per part of RocketMQ; a new test takes a minute.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests fail like tests, and look at a few kinds of event"
)]

mod acting_master;
mod causes;
mod consumer;
mod controller;
mod delay;
mod determinism;
mod empty_store;
mod faults;
mod files;
mod flow_control;
mod groups;
mod lab;
mod last_bearers;
mod last_causes;
mod producer;
mod promises;
mod properties;
mod reading;
mod repetitions;
mod replication;
mod retention;
mod retries;
mod routing;
mod shutdown;
mod slaves;
mod start_races;
mod store;
mod stored;
#[path = "../shared/suite.rs"]
mod suite;
mod transactions;
mod write_path;
