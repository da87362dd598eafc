//! What is seen: components that read a slice of the frame and ask for what a person wants. They decide nothing.

mod bench;
mod embed;
mod embedding;
mod explanation;
mod fidelity;
mod foot;
mod handout;
mod host;
mod html;
mod icon;
mod inside;
mod keys;
mod ledger;
mod lesson;
mod links;
mod many;
mod menu;
mod message;
mod nodes;
mod notes;
mod page;
mod papers;
mod part;
mod rooms;
mod settings;
mod share;
mod sheet;
mod stage;
mod statuses;
mod timeline;
mod top;
mod transport;
mod why;
mod words;

pub use page::{App, Page};
pub use rooms::Rooms;
