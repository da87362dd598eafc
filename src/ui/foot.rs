//! The foot of the page: what this is, and the keys.

use leptos::prelude::*;
use loss_lab_present::intent::Press;

use crate::browser;

use super::page::{OnClick, Page, live};

/// The foot.
pub fn foot(page: Page) -> AnyView {
    let t = page.texts();
    let rows = Press::ALL
        .into_iter()
        .map(|press| view! { <li><kbd>{press.key_cap()}</kbd><span>{(t.press)(press)}</span></li> })
        .collect_view();
    view! {
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
    .into_any()
}

/// Whether single keys do anything.
fn keys_switch(page: Page) -> AnyView {
    let on = page.keys.get();
    let toggle: OnClick = Box::new(move |_| {
        page.keys.set(!on);
        browser::remember("keys", if on { "off" } else { "on" });
    });
    let checked = if on { "true" } else { "false" };
    view! {
        <button type="button" class="switch" role="switch" aria-labelledby="keys-on" aria-checked=checked on:click=toggle>
            <span></span>
        </button>
    }
    .into_any()
}
