//! The four status machines as cards.

use leptos::prelude::*;
use loss_lab_present::intent::Intent;
use loss_lab_present::statuses::{Machine, Tag, Value};
use loss_lab_present::story::StoryId;

use super::page::expect_page;
use super::words::breakable;

#[component]
pub fn StatusPanel() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let seen = page.slice(|frame| (frame.statuses.seen, frame.statuses.all));
    view! {
        <aside class="status" aria-labelledby="h-status">
            <header class="panel-head">
                <h2 id="h-status">{t.statuses}</h2>
                <p>{move || { let (seen, all) = seen.get(); (t.seen)(seen, all) }}</p>
            </header>
            <div class="cards">{Machine::ALL.into_iter().map(|machine| view! { <CardView machine/> }).collect_view()}</div>
        </aside>
    }
}

#[component]
fn CardView(machine: Machine) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let words = page.slice(move |frame| {
        let card = frame
            .statuses
            .cards
            .iter()
            .find(|card| card.machine == machine);
        card.map(|card| {
            card.values
                .iter()
                .map(|value| value.word)
                .collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    let name = machine.name();
    view! {
        <section class="card" aria-labelledby=name>
            <h3 id=name><code>{name}</code></h3>
            <p>{(t.machine)(machine)}</p>
            <ol><For each=move || words.get() key=|word| *word let:word><ValueRow machine word/></For></ol>
        </section>
    }
}

#[component]
fn ValueRow(machine: Machine, word: &'static str) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let value = page.slice(move |frame| {
        let card = frame
            .statuses
            .cards
            .iter()
            .find(|card| card.machine == machine);
        card.and_then(|card| card.values.iter().find(|value| value.word == word))
            .copied()
    });
    let part = move |look: fn(&Value) -> bool| {
        Memo::new(move |_| value.with(|value| value.as_ref().is_some_and(look)))
    };
    let (seen, now) = (part(|value| value.count > 0), part(|value| value.now));
    let count = Memo::new(move |_| value.with(|value| value.map_or(0, |value| value.count)));
    let tag = Memo::new(move |_| value.with(|value| value.and_then(|value| value.tag)));
    let story = Memo::new(move |_| value.with(|value| value.and_then(|value| value.story)));
    let tag_text = move || {
        tag.get().map(|tag| match tag {
            Tag::Only4 => "4.9",
            Tag::Only5 => "5.x",
            Tag::Deprecated => t.deprecated,
        })
    };
    let show = move |id: StoryId| {
        view! { <button type="button" class="show" on:click=move |_| page.ask(Intent::Story(id))>{t.show}<span class="sr">" "{word}</span></button> }
    };
    view! {
        <li class:seen=seen class:now=now>
            <span class="stop" aria-hidden="true"></span>
            {breakable(word)}
            {move || tag_text().map(|tag| view! { <span class="tag">{tag}</span> })}
            <span class="count">{move || count.get().to_string()}{move || now.get().then(|| view! { <span class="sr">", "{t.just_taken}</span> })}</span>
            {move || story.get().map(show)}
        </li>
    }
}
