//! Words that only the second wasm part says (see [`crate::later`]): nothing of the first part may name them.

pub mod fidelity;
