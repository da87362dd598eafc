//! The page: the only Leptos code. It exists for wasm alone; the host builds an empty library.
