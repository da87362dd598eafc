//! Stories of one producer against scripted brokers and a scripted name server: who is sent what, and what the application hears.

mod around_a_send;
mod async_and_oneway;
mod bench;
mod sync;
