//! The foot of the page: what this is, and the keys.

use leptos::prelude::*;
use loss_lab_present::intent::Press;

use crate::browser;

use super::page::expect_page;

#[component]
pub fn Foot() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let toggle = move |_| {
        page.keys.update(|on| *on = !*on);
        browser::remember(
            "keys",
            if page.keys.get_untracked() {
                "on"
            } else {
                "off"
            },
        );
    };
    let rows = Press::ALL.into_iter().map(
        |press| view! { <li><kbd>{press.key_cap()}</kbd><span>{(t.press)(press)}</span></li> },
    );
    view! {
        <footer class="foot">
            <details class="keys">
                <summary>{t.shortcuts}</summary>
                <p>
                    <span id="keys-on">{t.shortcuts_on}</span>
                    <button type="button" class="switch" role="switch" aria-labelledby="keys-on" aria-checked=move || if page.keys.get() { "true" } else { "false" } on:click=toggle>
                        <span></span>
                    </button>
                </p>
                <ul>{rows.collect_view()}</ul>
            </details>
            <p>{t.about}</p>
        </footer>
    }
}
