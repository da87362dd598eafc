//! A broker opened under a lens: its log, its replicas, or its queues.

use leptos::prelude::GetUntracked as _;
use loss_lab_engine::ids::{MessageId, NodeId};
use loss_lab_present::inside::{Cell, Inside, Lens, Log, Part, Queue, Reach, Replica, Shelf};
use loss_lab_present::intent::Intent;

use crate::i18n::Texts;
use crate::i18n::later::bench::words;

use super::html::*;
use super::icon::{hue, mark};
use super::page::Page;

/// The choice of what is looked at.
pub fn lenses(page: Page, chosen: Lens) -> AnyView {
    let t = page.texts();
    let choices = Lens::ALL.into_iter().map(|lens| {
        let pressed = if lens == chosen { "true" } else { "false" };
        html! { <button type="button" aria-pressed=pressed on:click=page.asks(Intent::Lens(lens))>{(t.lenses)(lens)}</button> }
    });
    html! { <div class="seg lenses" role="group" aria-label=t.lens>{choices.collect_view()}</div> }
}

/// What the lens opens in `node`, if anything.
pub fn opened(
    page: Page,
    all: &[Inside],
    node: NodeId,
    picked: Option<MessageId>,
) -> Option<AnyView> {
    let t = page.texts();
    let this = all.iter().find(|inside| inside.node == node)?;
    Some(match &this.part {
        Part::Log(log) => log_view(page, log, picked),
        Part::Replicas(replicas) => replicas_view(t, replicas),
        Part::Queues(queues) => queues_view(page, queues),
    })
}

fn log_view(page: Page, log: &Log, picked: Option<MessageId>) -> AnyView {
    let t = page.texts();
    let marks = log.marks.iter().map(|(position, at)| {
        html! { <span><b>{(t.position)(*position)}</b>" "<code>{at.to_string()}</code></span> }
    });
    let marks = marks.collect_view();
    let older = (log.older > 0)
        .then(|| html! { <li class="older">{["+", &log.older.to_string()].concat()}</li> });
    let cells = log.cells.iter();
    let cells = cells
        .map(|cell| cell_view(page, cell, picked == Some(cell.message)))
        .collect_view();
    let none = log
        .cells
        .is_empty()
        .then(|| html! { <p class="none">{t.log_empty}</p> });
    html! {
        <section class="inside">
            <h4><span>{t.log_of}</span></h4>
            <ol class="log">{older}{cells}</ol>
            {none}
            <p class="marks">{marks}</p>
        </section>
    }
}

/// One record. How far it has come is the outline; the same in words for who cannot see it.
fn cell_view(page: Page, cell: &Cell, picked: bool) -> AnyView {
    let t = page.texts();
    let reach = match cell.reach {
        Reach::Written => "cell is-off ",
        Reach::Committed => "cell is-cache ",
        Reach::Flushed => "cell is-disk ",
    };
    let class = [
        reach,
        hue(cell.message),
        if picked { " is-picked" } else { "" },
        if cell.dispatched { "" } else { " is-hidden" },
    ]
    .concat();
    let hidden = if cell.dispatched {
        ["", ""]
    } else {
        [", ", t.not_dispatched]
    };
    let words = [
        cell.message.to_string().as_str(),
        ", ",
        (t.shelf)(cell.shelf),
        ", ",
        (t.reach)(cell.reach),
        &hidden.concat(),
    ]
    .concat();
    let shelf = shelf_letter(cell.shelf).map(|letter| html! { <i>{letter}</i> });
    html! {
        <li>
            <button type="button" class=class aria-label=words.clone() title=words on:click=page.asks(Intent::Pick(cell.message))>
                {mark(cell.message)}<b>{cell.message.to_string()}</b>{shelf}
            </button>
        </li>
    }
}

/// What distinguishes a record that is not under the application's topic.
fn shelf_letter(shelf: Shelf) -> Option<&'static str> {
    match shelf {
        Shelf::Topic => None,
        Shelf::Delay => Some("delay"),
        Shelf::Half => Some("half"),
        Shelf::Op => Some("op"),
        Shelf::Retry => Some("retry"),
        Shelf::Dead => Some("DLQ"),
    }
}

fn replicas_view(t: &'static Texts, replicas: &[Replica]) -> AnyView {
    let longest = replicas.iter().map(|replica| replica.end).max();
    let longest = longest.unwrap_or(0).max(1);
    let rows = replicas.iter().map(|replica| {
        let behind = (replica.behind > 0)
            .then(|| html! { <em>{(t.behind)(replica.behind)}</em> });
        html! {
            <li>
                <code>{replica.name.clone()}</code>
                <small>{(t.connection)(replica.link)}</small>
                <meter min="0" max=longest.to_string() value=replica.end.to_string() aria-label=replica.name.clone()></meter>
                <code>{replica.end.to_string()}</code>
                {behind}
            </li>
        }
    });
    html! { <section class="inside"><ul class="replicas">{rows.collect_view()}</ul></section> }
}

fn queues_view(page: Page, queues: &[Queue]) -> AnyView {
    let t = page.texts();
    if queues.is_empty() {
        return html! { <section class="inside"><p class="none">{t.queues_empty}</p></section> };
    }
    let heads = t
        .queue_heads
        .into_iter()
        .map(|head| html! { <th scope="col">{head}</th> })
        .collect_view();
    let rows = queues.iter().map(|queue| queue_view(page, queue));
    html! {
        <section class="inside">
            <table class="queues"><thead><tr>{heads}</tr></thead><tbody>{rows.collect_view()}</tbody></table>
        </section>
    }
}

fn queue_view(page: Page, queue: &Queue) -> AnyView {
    let t = page.texts();
    let several = queue.offsets.len() > 1;
    let offsets = queue.offsets.iter().map(|(group, offset)| {
        let name = several.then(|| html! { <small>{group.clone()}" "</small> });
        let left = queue.max.saturating_sub(*offset);
        let left = (left > 0).then(|| html! { <em>{["−", &left.to_string()].concat()}</em> });
        html! { <span title=group.clone()>{name}<code>{offset.to_string()}</code>{left}</span> }
    });
    let lock = queue.locked_by.as_ref().map(|name| {
        html! { <small>{(t.locked_by)(name)}</small> }
    });
    let name = [&queue.topic, "/", &queue.queue.to_string()].concat();
    // Of the system's own topics, what they are for; a delay's queue is its level less one.
    let kind = match queue.shelf {
        Shelf::Topic => None,
        Shelf::Delay => Some((words(page.language.get_untracked()).level)(
            queue.queue + 1,
        )),
        Shelf::Half | Shelf::Op | Shelf::Retry | Shelf::Dead => {
            Some((t.shelf)(queue.shelf).to_owned())
        }
    };
    let kind = kind.map(|kind| html! { <small>{kind}</small> });
    html! {
        <tr>
            <th scope="row"><code>{name}</code>{kind}{lock}</th>
            <td>{queue.min.to_string()}</td>
            <td>{queue.max.to_string()}</td>
            <td>{offsets.collect_view()}</td>
        </tr>
    }
}
