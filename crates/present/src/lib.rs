//! What to show: the engine's world projected to plain view data. It knows no DOM and no Leptos.
