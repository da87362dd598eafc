//! The sheet of keys.

use leptos::prelude::{Get, GetUntracked as _, Set};
use loss_lab_present::intent::Press;

use crate::browser;
use crate::i18n::later::bench::words;

use super::foot::SHEET;
use super::html::*;
use super::icon::icon;
use super::page::{OnClick, Page, live};

/// Every key there is. The browser keeps whether it is open, and closes it with Escape.
pub fn sheet(page: Page) -> AnyView {
    let (t, l) = (page.texts(), page.later_texts());
    let row = |cap: &'static str, words: &'static str| {
        html! { <li><kbd>{cap}</kbd><span>{words}</span></li> }
    };
    let rows = Press::ALL
        .into_iter()
        .map(|press| row(press.key_cap(), (t.press)(press)))
        .chain([
            row("A", words(page.language.get_untracked()).open),
            row("?", l.this_list),
            row("Esc", t.close),
        ])
        .collect_view();
    html! {
        <dialog id=SHEET class="sheet" aria-labelledby="h-keys">
            <form method="dialog">
                <header>
                    <h2 id="h-keys">{t.shortcuts}</h2>
                    <button class="btn quiet icon" aria-label=t.close title=t.close>{icon("#i-cross")}</button>
                </header>
                <p>
                    <span id="keys-on">{l.shortcuts_on}</span>
                    {live(move || keys_switch(page))}
                </p>
                <ul>{rows}</ul>
            </form>
        </dialog>
    }
}

/// Whether single keys do anything.
fn keys_switch(page: Page) -> AnyView {
    let on = page.keys.get();
    let toggle: OnClick = Box::new(move |_| {
        page.keys.set(!on);
        browser::remember("keys", if on { "off" } else { "on" });
    });
    let checked = if on { "true" } else { "false" };
    html! {
        <button type="button" class="switch" role="switch" aria-labelledby="keys-on" aria-checked=checked on:click=toggle>
            <span></span>
        </button>
    }
}
