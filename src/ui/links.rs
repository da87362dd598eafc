//! Wires, and what travels on them. A thing on a wire is moved by one number that a transform reads; nothing else moves.

use leptos::prelude::*;
use loss_lab_engine::ids::NodeId;
use loss_lab_present::glyph::{Glyph, Look};
use loss_lab_present::intent::Intent;
use loss_lab_present::menu::Target;
use loss_lab_present::wires::{self, Flying, Link, Load, Wires};

use super::icon::{hue, mark};
use super::menu::StrikeButton;
use super::message::describe;
use super::page::{Page, expect_page};

/// The link from the producer to the master.
#[component]
pub fn SendLink() -> impl IntoView {
    let page = expect_page();
    let link = page.slice(|frame| frame.wires.send.clone());
    let ends = Memo::new(move |_| link.with(|link| link.as_ref().map(|link| (link.from, link.to))));
    move || {
        ends.get()
            .map(|(from, to)| view! { <LinkView class="link link-send" from to link/> })
    }
}

/// The link from the master to one slave.
#[component]
pub fn ReplicationLink(slave: NodeId, class: &'static str) -> impl IntoView {
    let page = expect_page();
    let link = page.slice(move |frame| {
        frame
            .wires
            .replication
            .iter()
            .find(|link| link.to == slave)
            .cloned()
    });
    let master = Memo::new(move |_| link.with(|link| link.as_ref().map(|link| link.from)));
    move || {
        master
            .get()
            .map(|from| view! { <LinkView class from to=slave link/> })
    }
}

#[component]
fn LinkView(
    class: &'static str,
    from: NodeId,
    to: NodeId,
    link: Memo<Option<Link>>,
) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let part = move |look: fn(&Link) -> Vec<Flying>| {
        Memo::new(move |_| link.with(|link| link.as_ref().map(look).unwrap_or_default()))
    };
    let (out, back) = (
        part(|link| link.out.clone()),
        part(|link| link.back.clone()),
    );
    let cut = Memo::new(move |_| link.with(|link| link.as_ref().is_some_and(|link| link.cut)));
    let awaited =
        Memo::new(move |_| link.with(|link| link.as_ref().is_some_and(|link| link.awaited)));
    let note = move || {
        let words = if cut.get() {
            Some(t.link_cut)
        } else {
            awaited.get().then_some(t.awaited)
        };
        words.map(|words| view! { <p class="link-note">{words}</p> })
    };
    let names = link.with_untracked(|link| {
        link.as_ref()
            .map(|link| link.names.clone())
            .unwrap_or_default()
    });
    let [one, two] = names;
    let [before, and, after] = t.link_of;
    let label = [before, &one, and, &two, after].concat();
    view! {
        <div class=class class:is-cut=cut>
            <div class="wire wire-fwd"><span class="line"></span><Track things=out/></div>
            <div class="wire wire-back"><span class="line"></span><Track things=back/></div>
            <div class="link-foot"><StrikeButton target=Target::Link(from, to) label on_link=true/>{note}</div>
        </div>
    }
}

/// The rail over the top, from the brokers to the group.
#[component]
pub fn PullRail() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let there = page.slice(|frame| frame.wires.pull.is_some());
    let out = page.slice(|frame| {
        let Wires { pull, .. } = &frame.wires;
        pull.as_ref()
            .map(|link| link.out.clone())
            .unwrap_or_default()
    });
    move || {
        there.get().then(|| {
            view! {
                <div class="rail">
                    <span class="rail-line"></span>
                    <span class="rail-cap">{t.pull}</span>
                    <div class="rail-track"><Track things=out/></div>
                </div>
            }
        })
    }
}

/// Everything on one wire.
#[component]
fn Track(#[prop(into)] things: Signal<Vec<Flying>>) -> impl IntoView {
    let page = expect_page();
    view! { <For each=move || things.get() key=Flying::clone let:flying>{thing(page, &flying)}</For> }
}

fn thing(page: Page, flying: &Flying) -> AnyView {
    let (sent, lands) = (flying.sent, flying.lands);
    // In thousandths of the way; the stylesheet turns it into a transform, sideways or downwards.
    let way = move || wires::progress(sent, lands, page.now.get()).to_string();
    let t = page.texts();
    let inside = match &flying.load {
        Load::Message(message) => {
            let message = *message;
            let glyph = Glyph::new(message, Look::Wire);
            let class = ["msg is-wire ", hue(message)].concat();
            view! {
                <button type="button" class=class aria-label=describe(t, &glyph) on:click=move |_| page.ask(Intent::Pick(message))>
                    {mark(message)}<b>{message.to_string()}</b>
                </button>
            }
            .into_any()
        }
        Load::Answer(message, word) => {
            let class = ["ack ", hue(*message)].concat();
            view! { <span class=class>{mark(*message)}<code>{*word}</code></span> }.into_any()
        }
        Load::Token => view! { <span class="ack token"></span> }.into_any(),
    };
    view! { <div class="fly" style=("--way", way)>{inside}</div> }.into_any()
}
