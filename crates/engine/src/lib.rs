//! The engine: a whole RocketMQ in virtual time. It knows no clock, no browser and no float.
#![warn(missing_docs)]
