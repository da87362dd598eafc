//! The four status machines as cards.

use loss_lab_present::intent::Intent;
use loss_lab_present::statuses::{Card, Statuses, Tag, Value};

use super::html::*;
use super::page::Page;
use super::words::breakable;

/// The cards.
pub fn status_panel(page: Page) -> AnyView {
    page.drawn(|frame| frame.statuses.clone(), draw)
}

fn draw(page: Page, statuses: &Statuses) -> AnyView {
    let t = page.texts();
    let cards = statuses.cards.iter().map(|card| card_view(page, card));
    html! {
        <aside class="status" aria-labelledby="h-status">
            <header class="panel-head">
                <h2 id="h-status">{t.statuses}</h2>
                <p>{(t.seen)(statuses.seen, statuses.all)}</p>
            </header>
            <div class="cards">{cards.collect_view()}</div>
        </aside>
    }
}

fn card_view(page: Page, card: &Card) -> AnyView {
    let t = page.texts();
    let name = card.machine.name();
    let values = card.values.iter().map(|value| value_row(page, value));
    html! {
        <section class="card" aria-labelledby=name>
            <h3 id=name><code>{name}</code></h3>
            <p>{(t.machine)(card.machine)}</p>
            <ol>{values.collect_view()}</ol>
        </section>
    }
}

fn value_row(page: Page, value: &Value) -> AnyView {
    let t = page.texts();
    let class = match (value.count > 0, value.now) {
        (_, true) => "seen now",
        (true, false) => "seen",
        (false, false) => "",
    };
    let tag = value.tag.map(|tag| {
        let words = match tag {
            Tag::Only4 => "4.9",
            Tag::Only5 => "5.x",
            Tag::Deprecated => t.deprecated,
        };
        html! { <span class="tag">{words}</span> }
    });
    let now = value
        .now
        .then(|| html! { <span class="sr">", "{t.just_taken}</span> });
    let show = value.story.map(|id| {
        html! { <button type="button" class="show" on:click=page.asks(Intent::Story(id))>{t.show}<span class="sr">" "{value.word}</span></button> }
    });
    html! {
        <li class=class>
            <span class="stop" aria-hidden="true"></span>
            {breakable(value.word)}
            {tag}
            <span class="count">{value.count.to_string()}{now}</span>
            {show}
        </li>
    }
}
