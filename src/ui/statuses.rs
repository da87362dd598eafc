//! The four status machines as cards: what was taken, what each value means, and the way to see it.

use loss_lab_present::desk::Ask;
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::statuses::{Card, Collection, Status, Statuses, Tag, Value};

use crate::browser;

use super::html::*;
use super::page::Page;
use super::rooms::room;
use super::words::breakable;

/// The name under which the collection is kept.
pub const KEPT: &str = "statuses";

/// The cards, and what is explained on them.
#[derive(PartialEq)]
struct Part {
    statuses: Statuses,
    collection: Collection,
    explained: Option<Status>,
}

/// The cards.
pub fn status_panel(page: Page) -> AnyView {
    page.drawn(
        |frame| Part {
            statuses: frame.statuses.clone(),
            collection: frame.choices.desk.collection,
            explained: frame.choices.desk.explained,
        },
        draw,
    )
}

fn draw(page: Page, part: &Part) -> AnyView {
    let t = page.texts();
    keep(part.collection);
    let Statuses { cards, seen, all } = &part.statuses;
    let cards = cards.iter().map(|card| card_view(page, card, part));
    let forget = (*seen > 0).then(|| {
        html! { <button type="button" class="link-btn" on:click=page.asks(Intent::Desk(Ask::ForgetCollection))>{t.forget}</button> }
    });
    html! {
        <aside class="status" aria-labelledby="h-status">
            <header class="panel-head">
                <h2 id="h-status">{t.statuses}</h2>
                <p>{(t.seen)(*seen, *all)}</p>
            </header>
            <div class="cards">{cards.collect_view()}</div>
            <p class="forget">{forget}</p>
        </aside>
    }
}

/// For the next visit.
fn keep(collection: Collection) {
    let words = collection.words();
    if browser::recall(KEPT).unwrap_or_default() != words {
        browser::remember(KEPT, &words);
    }
}

fn card_view(page: Page, card: &Card, part: &Part) -> AnyView {
    let t = page.texts();
    let name = card.machine.name();
    let values = card
        .values
        .iter()
        .map(|value| value_row(page, value, part.explained == Some(value.status)));
    html! {
        <section class="card" aria-labelledby=name>
            <h3 id=name><code>{name}</code></h3>
            <p>{(t.machine)(card.machine)}</p>
            <ol>{values.collect_view()}</ol>
        </section>
    }
}

fn value_row(page: Page, value: &Value, explained: bool) -> AnyView {
    let t = page.texts();
    let word = value.status.word();
    let class = match (value.seen, value.now) {
        (_, true) => "seen now",
        (true, false) => "seen",
        (false, false) => "",
    };
    let tag = value.tag.map(|tag| {
        let words = match tag {
            Tag::Only4 => "4.9",
            Tag::Only5 => "5.x",
            Tag::Deprecated => t.deprecated,
            Tag::Never => t.no_broker,
        };
        html! { <span class="tag">{words}</span> }
    });
    let now = value
        .now
        .then(|| html! { <span class="sr">", "{t.just_taken}</span> });
    let show = value.can_show.then(|| {
        html! { <button type="button" class="show" on:click=page.asks(Intent::Setup(Setup::Show(value.status)))>{t.show}<span class="sr">" "{word}</span></button> }
    });
    let expanded = if explained { "true" } else { "false" };
    html! {
        <li class=class>
            <span class="stop" aria-hidden="true"></span>
            <button type="button" class="what" aria-expanded=expanded on:click=page.asks(Intent::Desk(Ask::Explain(value.status)))>{breakable(word)}</button>
            {tag}
            <span class="count">{value.count.to_string()}{now}</span>
            {show}
            {explained.then(|| room(page, |rooms| rooms.explanation))}
        </li>
    }
}
