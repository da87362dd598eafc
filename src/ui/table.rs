//! The stage as a table: the same nodes, places and messages, in words.

use leptos::prelude::GetUntracked as _;
use loss_lab_engine::status::BrokerRole;
use loss_lab_present::frame::Frame;
use loss_lab_present::glyph::{Glyph, Holding, Look};
use loss_lab_present::stage::{Broker, Group, Picture, Stage};
use loss_lab_present::wires::{Flying, Link, Load, Wires};

use crate::i18n::later::bench::{Words, words};
use crate::i18n::{Texts, instant};

use super::html::*;
use super::nodes::queues;
use super::page::Page;

/// What it says.
#[derive(PartialEq)]
struct Part {
    stage: Stage,
    wires: Wires,
}

/// One line: who, how, and what is where.
struct Row {
    who: String,
    state: String,
    memory: String,
    disk: String,
    notes: String,
}

/// The table; the browser keeps whether it is open.
pub fn stage_table(page: Page) -> AnyView {
    let w = words(page.language.get_untracked());
    let table = page.drawn(
        |frame: &Frame| Part {
            stage: frame.stage.clone(),
            wires: frame.wires.clone(),
        },
        draw,
    );
    html! {
        <details class="as-table">
            <summary>{w.as_table}</summary>
            <div class="scroll-x" tabindex="0" role="group" aria-label=w.as_table>{table}</div>
        </details>
    }
}

fn draw(page: Page, part: &Part) -> AnyView {
    let w = words(page.language.get_untracked());
    let heads = w.table_heads.into_iter();
    let heads = heads.map(|head| html! { <th scope="col">{head}</th> });
    let rows = rows(page, w, part).into_iter().map(|row| {
        html! {
            <tr>
                <th scope="row"><code>{row.who}</code></th>
                <td>{row.state}</td><td>{row.memory}</td><td>{row.disk}</td><td>{row.notes}</td>
            </tr>
        }
    });
    html! {
        <table class="table">
            <thead><tr>{heads.collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn rows(page: Page, w: &Words, Part { stage, wires }: &Part) -> Vec<Row> {
    let t = page.texts();
    let mut rows = Vec::new();
    let mut say = |who: &str, state: String, memory: String, disk: String, notes: String| {
        rows.push(Row {
            who: who.to_owned(),
            state,
            memory,
            disk,
            notes,
        });
    };
    let none = || "–".to_owned();
    let picture = |picture: Picture| (t.picture)(picture).to_owned();
    for one in &stage.producers {
        let lost = lost(t, &one.lost);
        say(
            &one.name,
            picture(one.picture),
            held(t, &one.waiting),
            none(),
            lost,
        );
    }
    for one in &stage.brokers {
        let role = if one.role == BrokerRole::Slave {
            "slave"
        } else {
            "master"
        };
        let state = [role, ", ", (t.picture)(one.picture)].concat();
        say(
            &one.name,
            state,
            memory(t, one),
            held(t, &one.disk),
            notes(t, one),
        );
    }
    for group in &stage.groups {
        for one in &group.members {
            say(
                &one.name,
                picture(one.picture),
                held(t, &one.holds),
                none(),
                queues(t, one),
            );
        }
        say(
            &group.name,
            t.group_role.to_owned(),
            none(),
            none(),
            end(t, group),
        );
    }
    if let Some(one) = &stage.routes {
        let routes = (t.routes)(one.registered, one.brokers);
        say(&one.name, picture(one.picture), none(), none(), routes);
    }
    let replication = wires.replication.iter();
    for link in wires.send.iter().chain(replication).chain(&wires.pull) {
        let state = if link.cut { t.link_cut } else { w.whole };
        let names = link.names.join(" – ");
        say(
            &names,
            state.to_owned(),
            none(),
            none(),
            on_the_way(t, w, link),
        );
    }
    rows
}

fn names(glyphs: &[Glyph]) -> String {
    let name = |glyph: &Glyph| {
        let mut name = glyph.message.to_string();
        if glyph.times > 1 {
            name.push_str(&format!(" ×{}", glyph.times));
        }
        if matches!(glyph.look, Look::AtRisk(_)) {
            name.push_str(" !");
        }
        name
    };
    glyphs.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn held(t: &Texts, holding: &Holding) -> String {
    if holding.shown.is_empty() {
        return t.empty.to_owned();
    }
    let names = names(&holding.shown);
    if holding.more > 0 {
        format!("{names}, +{}", holding.more)
    } else {
        names
    }
}

fn lost(t: &Texts, glyphs: &[Glyph]) -> String {
    if glyphs.is_empty() {
        "–".to_owned()
    } else {
        [t.lost_here, ": ", &names(glyphs)].concat()
    }
}

fn memory(t: &Texts, broker: &Broker) -> String {
    let cache = held(t, &broker.cache);
    match &broker.heap {
        Some(heap) => [
            t.heap,
            ": ",
            &held(t, heap),
            "; ",
            t.page_cache,
            ": ",
            &cache,
        ]
        .concat(),
        None => cache,
    }
}

fn notes(t: &Texts, broker: &Broker) -> String {
    let mut notes = vec![(t.foot)(broker.foot)];
    let gone: Vec<Glyph> = broker
        .lost_memory
        .iter()
        .chain(&broker.lost_disk)
        .copied()
        .collect();
    if !gone.is_empty() {
        notes.push(lost(t, &gone));
    }
    if broker.ghosts {
        notes.push(t.ghosts.to_owned());
    }
    notes.join("; ")
}

fn end(t: &Texts, group: &Group) -> String {
    let done = [t.consumed, ": ", &held(t, &group.done)].concat();
    let dead = ["%DLQ%", &group.name, ": ", &held(t, &group.dead)].concat();
    let mut all = vec![done, dead];
    if !group.lost.is_empty() {
        all.push(lost(t, &group.lost));
    }
    all.join("; ")
}

/// What travels, and when it lands.
fn on_the_way(t: &Texts, w: &Words, link: &Link) -> String {
    let one = |flying: &Flying| {
        let load = match &flying.load {
            Load::Message(message) => message.to_string(),
            Load::Answer(message, word) => format!("{word} ({message})"),
            Load::Token => return None,
        };
        Some([&load, " → ", &instant(flying.lands)].concat())
    };
    // What never lands has no instant.
    let lands = |flying: &&Flying| flying.lands != loss_lab_engine::units::SimTime::NEVER;
    let all: Vec<String> = link
        .out
        .iter()
        .chain(&link.back)
        .filter(lands)
        .filter_map(one)
        .collect();
    if all.is_empty() {
        t.empty.to_owned()
    } else {
        [w.on_the_way, " ", &all.join(", ")].concat()
    }
}
