//! Links: what the address leads to, an address that follows the reader, and a button that copies it.

use std::sync::OnceLock;

use leptos::prelude::{Effect, Get as _, GetUntracked, RwSignal, Set, With};
use loss_lab_present::embed::Parts;
use loss_lab_present::link::{self, BadLink, Lang, Link, Room, Theme, Unsaid, Why};

use crate::browser::{self, Look};
use crate::i18n::Language;
use crate::i18n::share::ShareTexts;
use crate::session::Session;
use crate::view::View;

use super::html::*;
use super::icon::icon;
use super::page::{OnClick, Page, live};

/// A link as long as this is still one that any program passes on.
const LINK_FINE: usize = 2_000;

/// What the second part knows of the address.
#[derive(Clone, Copy)]
pub struct Share {
    /// What of the link could not be used.
    bad: RwSignal<Vec<BadLink>>,
    /// What an embed shows.
    pub parts: RwSignal<Parts>,
    /// The link that was copied last.
    copied: RwSignal<String>,
    /// The fragment that says what is seen: what the address says, or would say.
    said: RwSignal<String>,
}

/// The one there is.
pub fn share() -> Share {
    static SHARE: OnceLock<Share> = OnceLock::new();
    *SHARE.get_or_init(|| Share {
        bad: RwSignal::new(Vec::new()),
        parts: RwSignal::new(Parts::default()),
        copied: RwSignal::new(String::new()),
        said: RwSignal::new(String::new()),
    })
}

/// When the second part is here: goes where the address leads, and lets it follow.
pub fn arrived(page: Page) {
    follow(page, &browser::fragment());
    let here = page.session(Session::link);
    share().said.set(text(page, here).unwrap_or_default());
    browser::on_fragment(move |fragment| follow(page, &fragment));
    Effect::new(move |_| {
        let moves = page.frame.with(|frame| frame.choices.playing);
        let _ = (page.language.get(), page.look.get(), page.view.get());
        let _ = share().parts.get();
        if !moves {
            browser::soon(move || say(page));
        }
    });
    super::host::arrived(page);
}

/// Goes where a fragment leads.
fn follow(page: Page, fragment: &str) {
    let share = share();
    // The way past the bar at the top, and a link to a view as it is.
    if !fragment.contains('?') && (fragment == "#main" || is_view(fragment)) {
        return;
    }
    let (link, mut bad) = link::read(fragment);
    match page.view.get_untracked() {
        View::Lab | View::Embed => {
            if !go(page, &link) {
                bad.push(no_such_scenario(fragment));
            }
            share.bad.set(bad);
        }
        // Their fragments are their own.
        View::Lessons | View::Fidelity | View::Embedding => {}
    }
    dress(page, link.lang, link.theme.map(Some));
}

/// Whether it names a view and nothing else.
fn is_view(fragment: &str) -> bool {
    let word = fragment.trim_start_matches(['#', '/']);
    word.is_empty() || View::EVERY.into_iter().any(|view| view.word() == word)
}

/// Goes where a link leads. False: there is no such scenario.
pub fn go(page: Page, link: &Link) -> bool {
    if let Some(parts) = Parts::of_words(link.view.iter().map(String::as_str)) {
        share().parts.set(parts);
    }
    let link = link.clone();
    let found = RwSignal::new(true);
    page.change(Box::new(move |session| found.set(session.follow(&link))));
    found.get_untracked()
}

fn no_such_scenario(fragment: &str) -> BadLink {
    let at = fragment.find("scenario=").map_or(0, |at| at + 9);
    let rest = fragment.get(at..).unwrap_or_default();
    let name = rest.split('&').next().unwrap_or_default();
    BadLink {
        at,
        why: Why::Value("scenario".to_owned(), name.chars().take(80).collect()),
    }
}

/// Another language, another theme.
pub fn dress(page: Page, lang: Option<Lang>, theme: Option<Option<Theme>>) {
    let language = lang.map(|lang| match lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    });
    if let Some(language) = language.filter(|one| *one != page.language.get_untracked()) {
        page.language.set(language);
    }
    let look = theme.map(|theme| match theme {
        Some(Theme::Light) => Look::Light,
        Some(Theme::Dark) => Look::Dark,
        None => Look::System,
    });
    if let Some(look) = look.filter(|one| *one != page.look.get_untracked()) {
        page.look.set(look);
        browser::say_look(look);
    }
}

/// The page's language and theme, as links say them.
pub fn worn(page: Page) -> (Option<Lang>, Option<Theme>) {
    let lang = match page.language.get_untracked() {
        Language::En => Lang::En,
        Language::Zh => Lang::Zh,
    };
    let theme = match page.look.get_untracked() {
        Look::Light => Some(Theme::Light),
        Look::Dark => Some(Theme::Dark),
        Look::System => None,
    };
    (Some(lang), theme)
}

/// What is seen, as a fragment.
fn text(page: Page, mut link: Link) -> Result<String, Unsaid> {
    (link.lang, link.theme) = worn(page);
    if page.view.get_untracked() == View::Embed {
        link.room = Room::Embed;
        link.view.extend(share().parts.get_untracked().words());
    }
    link::write(&link)
}

/// What is seen, as a fragment of the lab.
pub fn lab_text(page: Page) -> Result<String, Unsaid> {
    let link = page.session(Session::link);
    let text = text(page, link)?;
    Ok(text.replacen("#/embed", "#/lab", 1))
}

/// Lets the address say what is seen, if that has changed.
fn say(page: Page) {
    if !matches!(page.view.get_untracked(), View::Lab | View::Embed) {
        return;
    }
    let link = page.session(Session::link);
    let Ok(text) = text(page, link) else { return };
    if text != share().said.get_untracked() {
        browser::say_fragment(&text);
        share().said.set(text);
    }
}

/// The button that copies a link to what is seen.
pub fn copy_link(page: Page) -> AnyView {
    live(move || {
        let t = ShareTexts::of(page.language.get_untracked());
        let share = share();
        let copied = share.copied.get();
        let is_here = !copied.is_empty() && copied == share.said.get();
        let (symbol, label) = if is_here {
            ("#i-check", t.copied)
        } else if copied == TOO_LONG {
            ("#i-risk", t.too_long)
        } else {
            ("#i-copy", t.copy_link)
        };
        let copy: OnClick = Box::new(move |_| {
            say(page);
            match lab_text(page) {
                Ok(text) if text.len() <= LINK_FINE.max(link::LINK_MAX) => {
                    browser::copy(&[browser::page_address(), text.clone()].concat());
                    share.said.set(text.clone());
                    share.copied.set(text);
                }
                Ok(_) | Err(_) => share.copied.set(TOO_LONG.to_owned()),
            }
        });
        let words = (is_here || copied == TOO_LONG).then_some(label);
        html! {
            <button type="button" class="btn quiet icon copy-link" aria-label=label title=label on:click=copy>{icon(symbol)}</button>
            <span class="sr" role="status">{words}</span>
        }
    })
}

/// No fragment.
const TOO_LONG: &str = "!";

/// What of the link could not be used.
pub fn bad_link(page: Page) -> AnyView {
    live(move || {
        let t = ShareTexts::of(page.language.get_untracked());
        let bad = share().bad.get();
        if bad.is_empty() {
            return ().into_any();
        }
        let dismiss: OnClick = Box::new(move |_| share().bad.set(Vec::new()));
        let list = bad
            .iter()
            .map(|bad| html! { <li>{(t.wrong)(bad.at, &(t.why)(&bad.why))}</li> });
        html! {
            <div class="bad-link" role="alert">
                <p>{t.bad_link}</p>
                <ul>{list.collect_view()}</ul>
                <button type="button" class="btn" on:click=dismiss>{t.dismiss}</button>
            </div>
        }
    })
}
