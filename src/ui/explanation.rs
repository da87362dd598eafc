//! What there is to say about a status.

use leptos::prelude::WithUntracked;

use super::html::*;
use super::page::Page;
use super::words::with_code;

/// When it happens, what it promises, what to do, and where versions differ.
pub fn explanation(page: Page) -> AnyView {
    let t = page.later_texts();
    let status = page
        .frame
        .with_untracked(|frame| frame.choices.desk.explained);
    status
        .map(|status| {
            let said = (t.explain)(status);
            let texts = [said.when, said.promises, said.advice, said.versions];
            let parts = t
                .explained
                .into_iter()
                .zip(texts)
                .filter(|(_, text)| !text.is_empty())
                .map(|(head, text)| html! { <dt>{head}</dt><dd>{with_code(text)}</dd> });
            html! { <dl class="explained">{parts.collect_view()}</dl> }
        })
        .into_any()
}
