//! The engine from outside: scenario in, picture out. One binary, one module per part of RocketMQ; a new test takes a minute.

mod files;
mod lab;
#[path = "../shared/suite.rs"]
mod suite;
