//! What to show: the engine's world projected to plain view data. It knows no DOM, no Leptos and no language.
//!
//! Everything here is a value that compares: a page redraws what differs and nothing else.

pub mod bench;
pub mod book;
pub mod conf;
pub mod desk;
pub mod embed;
pub mod exhibit;
pub mod fidelity;

pub mod frame;
pub mod glyph;
pub mod host;
pub mod index;
pub mod inside;
pub mod intent;
pub mod keys;
pub mod ledger;
pub mod library;
pub mod link;
pub mod listing;
pub mod map;
pub mod menu;
pub mod narration;
pub mod pacer;
pub mod remedy;
pub mod settings;
pub mod snippet;
pub mod stage;
pub mod statuses;
pub mod story;
pub mod tale;
pub mod timeline;
pub mod trail;
pub mod wires;
pub mod world;
