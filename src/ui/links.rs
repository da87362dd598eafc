//! Wires, and what travels on them. A thing on a wire is moved by one number that a transform reads; nothing else moves.

use loss_lab_present::glyph::{Glyph, Look};
use loss_lab_present::intent::Intent;
use loss_lab_present::menu::Target;
use loss_lab_present::wires::{self, Flying, Link, Load};

use super::html::*;
use super::icon::{hue, mark};
use super::menu::{Open, strike_button};
use super::message::describe;
use super::page::{Page, Words};

/// One link between two nodes.
pub fn link_view(page: Page, class: &'static str, link: &Link, open: &Open) -> AnyView {
    let t = page.texts();
    let [one, two] = &link.names;
    let [before, and, after] = t.link_of;
    let label = [before, one, and, two, after].concat();
    let note = if link.cut {
        Some(t.link_cut)
    } else {
        link.awaited.then_some(t.awaited)
    };
    let class = if link.cut {
        [class, " is-cut"].concat()
    } else {
        class.to_owned()
    };
    html! {
        <div class=class>
            <div class="wire wire-fwd"><span class="line"></span>{track(page, &link.out)}</div>
            <div class="wire wire-back"><span class="line"></span>{track(page, &link.back)}</div>
            <div class="link-foot">
                {strike_button(page, Target::Link(link.from, link.to), label, open)}
                {note.map(|words| html! { <p class="link-note">{words}</p> })}
            </div>
        </div>
    }
}

/// The rail over the top, from the brokers to the group.
pub fn pull_rail(page: Page, pull: &Link) -> AnyView {
    let t = page.texts();
    html! {
        <div class="rail">
            <span class="rail-line"></span>
            <span class="rail-cap">{t.pull}</span>
            <div class="rail-track">{track(page, &pull.out)}</div>
        </div>
    }
}

/// Everything on one wire.
pub(super) fn track(page: Page, things: &[Flying]) -> AnyView {
    things
        .iter()
        .map(|flying| thing(page, flying))
        .collect_view()
        .into_any()
}

fn thing(page: Page, flying: &Flying) -> AnyView {
    let (sent, lands) = (flying.sent, flying.lands);
    // In thousandths of the way; the stylesheet turns it into a transform, sideways or downwards.
    let way: Words = Box::new(move || wires::progress(sent, lands, page.now.get()).to_string());
    let t = page.texts();
    let inside = match &flying.load {
        Load::Message(message) => {
            let message = *message;
            let glyph = Glyph::new(message, Look::Wire);
            let class = ["msg is-wire ", hue(message)].concat();
            html! {
                <button type="button" class=class aria-label=describe(t, &glyph) on:click=page.asks(Intent::Pick(message))>
                    {mark(message)}<b>{message.to_string()}</b>
                </button>
            }
        }
        Load::Answer(message, word) => {
            let class = ["ack ", hue(*message)].concat();
            html! { <span class=class>{mark(*message)}<code>{*word}</code></span> }
        }
        Load::Token => html! { <span class="ack token"></span> },
    };
    html! { <div class="fly" style=("--way", way)>{inside}</div> }
}
