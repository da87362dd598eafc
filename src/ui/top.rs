//! The bar at the top: whose page this is, its language, its look.

use leptos::prelude::{GetUntracked, Set};

use crate::browser::{self, Look};
use crate::view::View;

use super::html::*;
use super::icon::{icon, logo};
use super::page::{OnClick, Page, live};
use super::rooms::extra;

/// The bar.
pub fn top(page: Page) -> AnyView {
    let t = page.texts();
    let other = page.language.get_untracked().other();
    let switch_language: OnClick = Box::new(move |_| {
        browser::remember("lang", other.tag());
        page.language.set(other);
        // The page has just been built anew, and its buttons with it.
        browser::focus("language");
    });
    html! {
        <header class="top">
            <a class="skip" href="#main">{t.skip}</a>
            <p class="brand">
                {logo()}
                <span class="brand-name">{t.brand}</span>
                <span class="brand-for">"for Apache RocketMQ"</span>
            </p>
            {ways(page)}
            <div class="top-tools">
                {extra(page, |rooms| rooms.copy_link)}
                <button type="button" class="btn quiet" id="language" lang=other.tag() on:click=switch_language>{t.other_language}</button>
                {live(move || look_button(page))}
            </div>
        </header>
    }
}

/// The way to every view.
fn ways(page: Page) -> AnyView {
    let t = page.texts();
    let here = page.view.get_untracked();
    let ways = View::ALL.into_iter().map(|view| {
        let current = (view == here).then_some("page");
        html! { <li><a href=["#/", view.word()].concat() aria-current=current>{(t.view)(view)}</a></li> }
    });
    html! { <nav aria-label=t.views><ul>{ways.collect_view()}</ul></nav> }
}

/// Light, dark, or as the system says.
fn look_button(page: Page) -> AnyView {
    let look = page.look.get();
    let switch: OnClick = Box::new(move |_| {
        let look = look.next();
        page.look.set(look);
        browser::say_look(look);
        match look {
            Look::System => browser::forget("theme"),
            Look::Light | Look::Dark => browser::remember("theme", look.word()),
        }
    });
    let [system, light, dark] = page.texts().theme;
    let label = match look {
        Look::System => system,
        Look::Light => light,
        Look::Dark => dark,
    };
    html! { <button type="button" class="btn quiet icon" aria-label=label title=label on:click=switch>{icon("#i-theme")}</button> }
}
