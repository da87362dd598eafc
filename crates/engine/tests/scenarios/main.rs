//! The engine from outside: scenario in, picture out. One binary, one module per part of RocketMQ; a new test takes a minute.

mod faults;
mod files;
mod lab;
mod producer;
mod promises;
mod replication;
mod routing;
mod store;
#[path = "../shared/suite.rs"]
mod suite;
mod write_path;
