//! The foot of the page: what this is, and the keys.

use leptos::prelude::Set;
use loss_lab_present::intent::Press;

use crate::browser;

use super::html::*;
use super::page::{OnClick, Page, live};

/// The foot.
pub fn foot(page: Page) -> AnyView {
    let t = page.texts();
    let rows = Press::ALL
        .into_iter()
        .map(|press| html! { <li><kbd>{press.key_cap()}</kbd><span>{(t.press)(press)}</span></li> })
        .collect_view();
    html! {
        <footer class="foot">
            <details class="keys">
                <summary>{t.shortcuts}</summary>
                <p>
                    <span id="keys-on">{t.shortcuts_on}</span>
                    {live(move || keys_switch(page))}
                </p>
                <ul>{rows}</ul>
            </details>
            <p>{t.about}</p>
        </footer>
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
