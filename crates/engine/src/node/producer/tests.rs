//! Stories of one producer against scripted brokers and a scripted name server: who is sent what, and what the application hears.

mod bench;
mod stories;
