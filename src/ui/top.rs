//! The bar at the top: whose page this is, its language, its look.

use leptos::prelude::*;

use crate::browser::{self, Look};

use super::icon::{icon, logo};
use super::page::expect_page;

#[component]
pub fn Top() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let other = page.language.get_untracked().other();
    let switch_language = move |_| {
        browser::remember("lang", other.tag());
        page.language.set(other);
        // The page has just been built anew, and its buttons with it.
        browser::focus("language");
    };
    let switch_look = move |_| {
        let look = page.look.get_untracked().next();
        page.look.set(look);
        browser::say_look(look);
        match look {
            Look::System => browser::forget("theme"),
            Look::Light | Look::Dark => browser::remember("theme", look.word()),
        }
    };
    let [system, light, dark] = t.theme;
    let look_label = move || match page.look.get() {
        Look::System => system,
        Look::Light => light,
        Look::Dark => dark,
    };
    view! {
        <header class="top">
            <a class="skip" href="#main">{t.skip}</a>
            <p class="brand">
                {logo()}
                <span class="brand-name">{t.brand}</span>
                <span class="brand-for">"for Apache RocketMQ"</span>
            </p>
            <div class="top-tools">
                <button type="button" class="btn quiet" id="language" lang=other.tag() on:click=switch_language>{t.other_language}</button>
                <button type="button" class="btn quiet icon" aria-label=look_label title=look_label on:click=switch_look>{icon("#i-theme")}</button>
            </div>
        </header>
    }
}
