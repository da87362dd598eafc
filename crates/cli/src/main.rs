//! `loss-lab`: the engine from a terminal.

fn main() {}
