//! A message, wherever it is drawn: its mark, its label, and its state as an outline.

use loss_lab_engine::event::Place;
use loss_lab_engine::ids::MessageId;
use loss_lab_present::glyph::{Glyph, Holding, Look};
use loss_lab_present::intent::Intent;

use crate::i18n::Texts;

use super::html::*;
use super::icon::{hue, icon, mark};
use super::page::Page;

/// A message that can be picked.
pub fn message(page: Page, glyph: Glyph, small: bool, picked: bool) -> AnyView {
    let t = page.texts();
    let class = [
        if small { "msg msg-s " } else { "msg " },
        look_class(glyph.look),
        " ",
        hue(glyph.message),
        if picked { " is-picked" } else { "" },
    ]
    .concat();
    html! {
        <button
            type="button"
            class=class
            aria-pressed=if picked { "true" } else { "false" }
            aria-label=describe(t, &glyph)
            on:click=page.asks(Intent::Pick(glyph.message))
        >
            {inside(t, &glyph, small)}
        </button>
    }
}

/// A message that is only mentioned.
pub fn mention(message: MessageId, look: Look) -> AnyView {
    let class = ["msg msg-s ", look_class(look), " ", hue(message)].concat();
    html! { <span class=class>{mark(message)}<b>{message.to_string()}</b></span> }
}

/// What lies in one place; its words when nothing does.
pub fn slots(
    page: Page,
    holding: &Holding,
    empty: &'static str,
    picked: Option<MessageId>,
) -> AnyView {
    let t = page.texts();
    let none = holding
        .is_empty()
        .then(|| html! { <span class="none">{empty}</span> });
    let more = (holding.more > 0).then(|| {
        let count = ["+", &holding.more.to_string()].concat();
        html! { <span class="older" title=(t.older)(holding.more)>{count}</span> }
    });
    let shown = holding
        .shown
        .iter()
        .map(|glyph| message(page, *glyph, false, picked == Some(glyph.message)))
        .collect_view();
    html! { <div class="slots">{none}{more}{shown}</div> }
}

fn inside(t: &'static Texts, glyph: &Glyph, small: bool) -> AnyView {
    let label = glyph.message.to_string();
    let extra = match glyph.look {
        Look::AtRisk(_) => Some(icon("#i-risk")),
        Look::Lost => Some(icon("#i-cross")),
        Look::Duplicated if !small => Some(html! { <i>{(t.times)(glyph.times)}</i> }),
        Look::Wire
        | Look::Client
        | Look::OffHeap
        | Look::Cache
        | Look::Disk
        | Look::Ghost
        | Look::Consumed
        | Look::Duplicated => glyph.retry.then(|| html! { <i>{t.retry}</i> }),
    };
    html! { {mark(glyph.message)}<b>{label}</b>{extra} }
}

/// "m6, in the page cache only, at risk".
pub fn describe(t: &'static Texts, glyph: &Glyph) -> String {
    let place = match glyph.look {
        Look::AtRisk(Place::Heap) => Some((t.look)(Look::OffHeap)),
        Look::AtRisk(Place::PageCache) => Some((t.look)(Look::Cache)),
        Look::AtRisk(Place::Disk) => Some((t.look)(Look::Disk)),
        Look::Wire
        | Look::Client
        | Look::OffHeap
        | Look::Cache
        | Look::Disk
        | Look::Lost
        | Look::Duplicated
        | Look::Ghost
        | Look::Consumed => None,
    };
    let mut words = glyph.message.to_string();
    for part in glyph
        .retry
        .then_some(t.retry)
        .into_iter()
        .chain(place)
        .chain([(t.look)(glyph.look)])
    {
        words.push_str(", ");
        words.push_str(part);
    }
    words
}

fn look_class(look: Look) -> &'static str {
    match look {
        Look::Wire => "is-wire",
        Look::Client => "is-heap",
        Look::OffHeap => "is-off",
        Look::Cache => "is-cache",
        Look::Disk => "is-disk",
        Look::AtRisk(_) => "is-risk",
        Look::Lost => "is-lost",
        Look::Duplicated => "is-dup",
        Look::Ghost => "is-ghost",
        Look::Consumed => "is-done",
    }
}
