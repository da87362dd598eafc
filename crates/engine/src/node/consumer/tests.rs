//! Stories of consumers in a whole cluster: when they pull, what a listener gets again and why, and how far the brokers think they
//! are.

mod bench;
mod concurrent;
mod groups;
mod limits;
mod orderly;
mod rules;
mod sharing;
mod start;
