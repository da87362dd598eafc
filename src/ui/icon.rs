//! Icons and message marks, all from one sprite.

use loss_lab_engine::ids::MessageId;
use loss_lab_present::glyph;

use super::html::*;

/// The symbols: `i-*` are icons, `s-*` are message shapes.
pub const SPRITE: &str = include_str!("../../assets/sprite.svg");

/// An icon.
pub fn icon(name: &'static str) -> AnyView {
    html! { <svg class="ic" aria-hidden="true"><use_ href=name/></svg> }
}

/// The lab's own mark.
pub fn logo() -> AnyView {
    // As a value: Leptos writes an element without any as plain HTML, in which `use_` would be no element at all.
    let href = "#logo";
    html! { <svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><use_ href=href/></svg> }
}

/// A message's mark: its shape; the hue comes from the class [`hue`] of what surrounds it.
pub fn mark(message: MessageId) -> AnyView {
    let href = ["#s-", &glyph::shape(message).to_string()].concat();
    html! { <svg class="mark" viewBox="0 0 10 10" aria-hidden="true"><use_ href=href/></svg> }
}

/// The class that gives a message its hue.
pub fn hue(message: MessageId) -> &'static str {
    match glyph::hue(message) {
        1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}
