//! Icons and message marks, all from one sprite.

use leptos::prelude::*;
use loss_lab_engine::ids::MessageId;
use loss_lab_present::glyph;

/// The symbols: `i-*` are icons, `s-*` are message shapes.
pub const SPRITE: &str = include_str!("../../assets/sprite.svg");

/// An icon.
pub fn icon(name: &'static str) -> AnyView {
    view! { <svg class="ic" aria-hidden="true"><use_ href=name/></svg> }.into_any()
}

/// The lab's own mark.
pub fn logo() -> AnyView {
    // As a value: Leptos writes an element without any as plain HTML, in which `use_` would be no element at all.
    let href = "#logo";
    view! { <svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><use_ href=href/></svg> }
        .into_any()
}

/// A message's mark: its shape; the hue comes from the class [`hue`] of what surrounds it.
pub fn mark(message: MessageId) -> AnyView {
    let href = ["#s-", &glyph::shape(message).to_string()].concat();
    view! { <svg class="mark" viewBox="0 0 10 10" aria-hidden="true"><use_ href=href/></svg> }
        .into_any()
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
