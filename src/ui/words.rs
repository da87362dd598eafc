//! Sentences and identifiers as elements: code, messages, breakable names.

use crate::i18n::Part;

use super::html::*;
use super::icon::{hue, mark};

/// A sentence.
pub fn sentence(parts: Vec<Part>) -> AnyView {
    parts
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => text.into_any(),
            Part::Code(code) => html! { <code>{code}</code> },
            Part::Message(message) => {
                let class = ["mref ", hue(message)].concat();
                html! { <span class=class>{mark(message)}{message.to_string()}</span> }
            }
        })
        .collect_view()
        .into_any()
}

/// A text whose backquotes are code.
pub fn with_code(text: &str) -> AnyView {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(index, piece)| {
            if index % 2 == 1 {
                html! { <code>{piece.to_owned()}</code> }
            } else {
                piece.to_owned().into_any()
            }
        })
        .collect_view()
        .into_any()
}

/// An identifier that may break after `_` and before a hump, and nowhere else.
pub fn breakable(name: &'static str) -> AnyView {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before = ' ';
    for (at, letter) in name.char_indices() {
        let hump = letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (hump || before == '_') && at > from {
            pieces.push(name.get(from..at).unwrap_or_default());
            from = at;
        }
        before = letter;
    }
    pieces.push(name.get(from..).unwrap_or_default());
    let pieces = pieces
        .into_iter()
        .enumerate()
        .map(|(index, piece)| html! { {(index > 0).then(|| html! { <wbr/> })}{piece} });
    html! { <code>{pieces.collect_view()}</code> }
}
