//! How an author has the lab in a page of their own: what readers see, as it will look, and the lines to paste.

use std::sync::OnceLock;

use leptos::prelude::{ArcRwSignal, GetUntracked, Update, With, event_target_value};
use loss_lab_present::embed::{Part, Parts};
use loss_lab_present::library::{LIBRARY, Shipped};
use loss_lab_present::link::{Cursor, Lang, Theme};
use loss_lab_present::snippet::{Piece, Tool, Wanted};

use crate::browser;
use crate::i18n::Language;
use crate::i18n::share::ShareTexts;

use super::html::*;
use super::icon::icon;
use super::page::{OnChange, OnClick, Page, live};
use super::share::{lab_text, worn};

/// What has been chosen.
#[derive(Clone, PartialEq)]
struct Draft {
    /// None: the run in the lab.
    shipped: Option<&'static str>,
    wanted: Wanted,
    tool: Tool,
    base: String,
    copied: String,
}

/// It outlives every drawing of the view: a signal that a drawing owns would end with that.
fn draft() -> &'static ArcRwSignal<Draft> {
    static DRAFT: OnceLock<ArcRwSignal<Draft>> = OnceLock::new();
    DRAFT.get_or_init(|| {
        let address = browser::page_address();
        // One file from a folder is no place that other pages could load from.
        let folder = if address.starts_with("file:") {
            Some("https://lab.example/")
        } else {
            address.rfind('/').and_then(|end| address.get(..=end))
        };
        ArcRwSignal::new(Draft {
            shipped: Some("crash-async-flush"),
            wanted: Wanted {
                scenario: "crash-async-flush".to_owned(),
                at: None,
                parts: Parts::default(),
                lang: None,
                theme: None,
            },
            tool: Tool::Html,
            base: folder.unwrap_or("./").to_owned(),
            copied: String::new(),
        })
    })
}

/// Changes the draft.
fn sets(change: impl Fn(&mut Draft, String) + 'static) -> OnChange {
    Box::new(move |event| {
        let value = event_target_value(&event);
        draft().update(|draft| change(draft, value));
    })
}

fn presses(change: impl Fn(&mut Draft) + 'static) -> OnClick {
    Box::new(move |_| draft().update(&change))
}

fn pressed(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

/// The view.
pub fn embedding(page: Page) -> AnyView {
    let t = ShareTexts::of(page.language.get_untracked());
    // The frame starts anew only when its address is another. The page around it is this one.
    let address = leptos::prelude::Memo::new(move |_| {
        let mut wanted = draft().with(|draft| draft.wanted.clone());
        let _ = page.look.get();
        let (lang, theme) = worn(page);
        wanted.lang = wanted.lang.or(lang);
        wanted.theme = wanted.theme.or(theme);
        wanted.address()
    });
    html! {
        <div class="embedding">
            <header><h1>{t.embed_title}</h1><p>{t.embed_words}</p></header>
            {live(move || draft().with(|draft| choices(page, t, draft)))}
            <section aria-labelledby="h-preview">
                <h2 id="h-preview">{t.preview}</h2>
                {live(move || address.with(|address| preview(t, address)))}
            </section>
            <section aria-labelledby="h-paste">
                <h2 id="h-paste">{t.paste}</h2>
                {live(move || draft().with(|draft| pieces(t, draft)))}
                <p class="hosting">{t.hosting}</p>
            </section>
        </div>
    }
}

/// This page in itself: also where it is one file. A browser takes a page within the same page for a loop; the query tells them apart.
fn preview(t: &'static ShareTexts, address: &str) -> AnyView {
    let (_, fragment) = address.split_once('#').unwrap_or_default();
    let source = [&browser::page_address(), "?preview#", fragment].concat();
    // Leptos would take `src` away before it gives it anew, and the browser then leaves the frame empty.
    leptos::html::iframe()
        .attr("src", source)
        .title(t.figure)
        .into_any()
}

fn choices(page: Page, t: &'static ShareTexts, draft: &Draft) -> AnyView {
    let language = page.language.get_untracked();
    let title = |shipped: &Shipped| {
        let title = shipped.scenario().map(|scenario| scenario.title);
        title.map_or_else(
            || shipped.name.to_owned(),
            |title| match language {
                Language::En => title.en,
                Language::Zh => title.zh,
            },
        )
    };
    let options = LIBRARY.iter().map(|shipped| {
        html! { <option value=shipped.name>{title(shipped)}</option> }
    });
    let choose = sets(move |draft, name| {
        draft.shipped = Shipped::named(&name).map(|shipped| shipped.name);
        draft.wanted.scenario = match draft.shipped {
            Some(name) => name.to_owned(),
            None => this_run(page),
        };
    });
    let parts = Part::ALL.into_iter().map(|part| {
        let has = draft.wanted.parts.has(part);
        let turn = presses(move |draft| draft.wanted.parts = draft.wanted.parts.turned(part));
        html! { <button type="button" aria-pressed=pressed(has) on:click=turn>{(t.part)(part)}</button> }
    });
    let step = match draft.wanted.at {
        Some(Cursor::Step(step)) => step.to_string(),
        Some(Cursor::Time(_)) | None => "0".to_owned(),
    };
    let go = sets(|draft, value| {
        let step = value.trim().parse::<u32>().unwrap_or(0);
        draft.wanted.at = (step > 0).then_some(Cursor::Step(step));
    });
    let speak = sets(|draft, word| draft.wanted.lang = Lang::from_word(&word));
    let dress = sets(|draft, word| draft.wanted.theme = Theme::from_word(&word));
    let tools = Tool::ALL.into_iter().map(|tool| {
        let choose = presses(move |draft| draft.tool = tool);
        html! { <button type="button" aria-pressed=pressed(draft.tool == tool) on:click=choose>{tool.name()}</button> }
    });
    let base = sets(|draft, mut value| {
        if !value.ends_with('/') {
            value.push('/');
        }
        draft.base = value;
    });
    html! {
        <div class="choices">
            <label>{t.scenario}
                <select class="field" prop:value=draft.shipped.unwrap_or_default().to_owned() on:change=choose>
                    <option value="">{t.this_run}</option>
                    {options.collect_view()}
                </select>
            </label>
            <label>{t.position}" "{t.where_it_stands}
                <input class="field" inputmode="numeric" size="5" prop:value=step on:change=go/>
            </label>
            <fieldset>
                <legend>{t.parts}</legend>
                <div class="seg">{parts.collect_view()}</div>
            </fieldset>
            <label>{t.language}
                <select class="field" prop:value=draft.wanted.lang.map_or("", Lang::word).to_owned() on:change=speak>
                    <option value="">{t.as_the_page}</option><option value="en" lang="en">"English"</option><option value="zh" lang="zh-Hans">"中文"</option>
                </select>
            </label>
            <label>{t.theme}
                <select class="field" prop:value=draft.wanted.theme.map_or("", Theme::word).to_owned() on:change=dress>
                    <option value="">{t.as_the_page}</option><option value="light">{t.light}</option><option value="dark">{t.dark}</option>
                </select>
            </label>
            <label>{t.base}
                <input class="field" size="34" prop:value=draft.base.clone() on:change=base/>
            </label>
            <fieldset>
                <legend>{t.paste}</legend>
                <div class="seg tools">{tools.collect_view()}</div>
            </fieldset>
        </div>
    }
}

/// The run in the lab, as an author says it: what stands after a link's `?`, without the reader's own language and theme.
fn this_run(page: Page) -> String {
    let text = lab_text(page).unwrap_or_default();
    let (_, query) = text.split_once('?').unwrap_or_default();
    let of_run = |pair: &&str| {
        let key = pair.split('=').next().unwrap_or_default();
        !["lang", "theme", "view", "select"].contains(&key)
    };
    let pairs: Vec<&str> = query.split('&').filter(of_run).collect();
    pairs.join("&")
}

fn pieces(t: &'static ShareTexts, draft: &Draft) -> AnyView {
    let all = draft.wanted.pieces(draft.tool, &draft.base);
    let alone = all.len() == 1;
    let views = all
        .into_iter()
        .map(|piece| piece_view(t, piece, alone, &draft.copied));
    html! { <div class="pieces">{views.collect_view()}</div> }
}

fn piece_view(t: &'static ShareTexts, piece: Piece, alone: bool, copied: &str) -> AnyView {
    let Piece { file, text } = piece;
    let [into, end] = t.paste_into;
    let head = match file {
        Some(file) => html! { <span>{into}<code>{file}</code>{end}</span> },
        None => html! { <span>{(!alone).then_some(t.in_the_page)}</span> },
    };
    let (symbol, label) = if copied == text {
        ("#i-check", t.copied_lines)
    } else {
        ("#i-copy", t.copy)
    };
    let put = text.clone();
    let copy: OnClick = Box::new(move |_| {
        browser::copy(&put);
        let put = put.clone();
        draft().update(move |draft| draft.copied = put);
    });
    html! {
        <div class="piece">
            <header>{head}<button type="button" class="btn" on:click=copy>{icon(symbol)}<span>{label}</span></button></header>
            <pre tabindex="0" role="group" aria-label=t.copy><code>{text}</code></pre>
        </div>
    }
}
