//! The engine: a whole RocketMQ in virtual time. It knows no clock, no browser and no float.
//!
//! [`run::Run`] plays a [`scenario::Scenario`]; [`cluster::Cluster::apply`] is the only function that moves the world; events, the
//! [`ledger`] and [`view`]s say what came of it.
#![warn(missing_docs)]

pub mod action;
mod broker;
pub mod cluster;
pub mod config;
mod copies;
pub mod draw;
mod effect;
pub mod event;
pub mod exception;
pub mod ids;
pub mod ledger;
mod list;
mod message_set;
pub mod names;
mod network;
mod node;
pub mod order;
mod rng;
pub mod run;
pub mod scenario;
mod script;
mod setup;
pub mod status;
mod timers;
pub mod trace;
pub mod units;
pub mod view;
mod wire;
