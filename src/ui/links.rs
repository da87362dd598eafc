//! Wires, and what travels on them.

use loss_lab_engine::ids::MessageId;
use loss_lab_present::glyph::{Glyph, Look};
use loss_lab_present::intent::Intent;
use loss_lab_present::menu::Target;
use loss_lab_present::wires::{self, Flying, Link, Load};

use super::html::*;
use super::icon::{hue, mark};
use super::menu::strike_button;
use super::message::describe;
use super::page::{Page, gliding};
use super::stage::Scene;

/// One link between two nodes.
pub fn link_view(page: Page, class: &'static str, link: &Link, scene: &Scene) -> AnyView {
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
            <div class="wire wire-fwd"><span class="line"></span>{track(page, &link.out, scene.picked)}</div>
            <div class="wire wire-back"><span class="line"></span>{track(page, &link.back, scene.picked)}</div>
            <div class="link-foot">
                {strike_button(page, Target::Link(link.from, link.to), label, &scene.menu)}
                {note.map(|words| html! { <p class="link-note">{words}</p> })}
            </div>
        </div>
    }
}

/// The rail over the top, from the brokers to the group.
pub fn pull_rail(page: Page, pull: &Link, scene: &Scene) -> AnyView {
    let t = page.texts();
    html! {
        <div class="rail">
            <span class="rail-line"></span>
            <span class="rail-cap">{t.pull}</span>
            <div class="rail-track">{track(page, &pull.out, scene.picked)}</div>
        </div>
    }
}

/// Everything on one wire.
pub(super) fn track(page: Page, things: &[Flying], picked: Option<MessageId>) -> AnyView {
    things
        .iter()
        .map(|flying| thing(page, flying, picked))
        .collect_view()
        .into_any()
}

fn thing(page: Page, flying: &Flying, picked: Option<MessageId>) -> AnyView {
    let (sent, lands) = (flying.sent, flying.lands);
    // In thousandths of the way.
    let [way, to, animation] =
        gliding(page, move |at| wires::progress(sent, lands, at).to_string());
    let t = page.texts();
    let inside = match &flying.load {
        Load::Message(message) => {
            let message = *message;
            let glyph = Glyph::new(message, Look::Wire);
            let is_picked = picked == Some(message);
            let class = if is_picked {
                "msg is-wire is-picked "
            } else {
                "msg is-wire "
            };
            let class = [class, hue(message)].concat();
            let pressed = if is_picked { "true" } else { "false" };
            html! {
                <button type="button" class=class aria-pressed=pressed aria-label=describe(t, &glyph) on:click=page.asks(Intent::Pick(message))>
                    {mark(message)}<b>{message.to_string()}</b>
                </button>
            }
        }
        Load::Answer(message, word) => {
            let class = if picked == Some(*message) {
                "ack is-picked "
            } else {
                "ack "
            };
            let class = [class, hue(*message)].concat();
            html! { <span class=class>{mark(*message)}<code>{*word}</code></span> }
        }
        Load::Token => html! { <span class="ack token"></span> },
    };
    html! { <div class="fly" style=("--way", way) style=("--to", to) style=("animation", animation)>{inside}</div> }
}
