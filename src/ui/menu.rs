//! The fault menu: what can strike this thing now, and which messages each strike would lose.

use leptos::prelude::*;
use loss_lab_engine::ids::MessageId;
use loss_lab_present::glyph::Look;
use loss_lab_present::intent::Intent;
use loss_lab_present::menu::{Item, Strike, Target};

use crate::browser;

use super::icon::icon;
use super::message::mention;
use super::page::{Page, expect_page};

/// More messages than this are counted.
const NAMED: usize = 3;
const ITEMS: &str = ".fault-menu [role=menuitem]";

/// The button that opens the menu of `target`, and the menu when it is open.
#[component]
pub fn StrikeButton(
    target: Target,
    label: String,
    #[prop(optional)] on_link: bool,
) -> impl IntoView {
    let page = expect_page();
    let open = Memo::new(move |_| page.open.get() == Some(target));
    let toggle = move |_| page.ask(Intent::Menu((!open.get_untracked()).then_some(target)));
    view! {
        <button
            type="button"
            class="btn quiet icon strike"
            class:on-link=on_link
            id=id_of(target)
            aria-label=label.clone()
            title=label
            aria-haspopup="menu"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            on:click=toggle
        >
            {icon(if on_link { "#i-cut" } else { "#i-bolt" })}
        </button>
        {move || open.get().then(|| view! { <FaultMenu target/> })}
    }
}

fn id_of(target: Target) -> String {
    match target {
        Target::Node(node) => ["strike-", &node.0.to_string()].concat(),
        Target::Link(a, b) => ["strike-", &a.0.to_string(), "-", &b.0.to_string()].concat(),
    }
}

#[component]
fn FaultMenu(target: Target) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let menu = page.slice(|frame| frame.menu.clone());
    let close = move || {
        page.ask(Intent::Menu(None));
        browser::focus(&id_of(target));
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => browser::move_focus(ITEMS, Some(1)),
            "ArrowUp" => browser::move_focus(ITEMS, Some(-1)),
            "Home" => browser::focus_first(ITEMS),
            "End" => browser::move_focus(ITEMS, None),
            "Escape" | "Tab" => close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    Effect::new(move |_| browser::focus_first(".fault-menu .menu-item"));
    let names = move || {
        menu.get()
            .map(|(menu, _)| menu.names.join(" – "))
            .unwrap_or_default()
    };
    let strike = move |action| {
        page.ask(Intent::Strike(action));
        browser::focus(&id_of(target));
    };
    let items = move || {
        let items = menu
            .get()
            .map(|(menu, losses)| menu.items.into_iter().zip(losses).collect::<Vec<_>>())
            .unwrap_or_default();
        if items.is_empty() {
            return view! { <p class="menu-why" role="presentation">{t.nothing_to_do}</p> }
                .into_any();
        }
        items
            .into_iter()
            .map(|(item, loses)| item_view(page, item, &loses, strike))
            .collect_view()
            .into_any()
    };
    view! {
        <div class="fault-menu" role="menu" aria-label=names on:keydown=on_key>
            <p class="menu-head" role="presentation">
                <b>{names}</b>
                <span>{t.would_lose}</span>
                <button type="button" class="btn quiet icon close" role="menuitem" aria-label=t.close tabindex="-1" on:click=move |_| close()>{icon("#i-cross")}</button>
            </p>
            {items}
        </div>
    }
}

fn item_view(
    page: Page,
    item: Item,
    loses: &[MessageId],
    strike: impl Fn(loss_lab_engine::scenario::Do) + 'static,
) -> AnyView {
    let t = page.texts();
    let named = loses
        .iter()
        .take(NAMED)
        .map(|message| mention(*message, Look::Cache))
        .collect_view();
    let more = loses.len().saturating_sub(NAMED);
    let label = (t.strike)(&item.strike);
    let hot = !loses.is_empty();
    view! {
        <button type="button" role="menuitem" class="menu-item" class:is-hot=hot tabindex="-1" on:click=move |_| strike(item.action.clone())>
            {icon(icon_of(&item.strike))}
            <span>{label}</span>
            <span class="loses">
                <span class="sr">", "{t.would_lose}" "</span>
                {named}
                {(more > 0).then(|| view! { <span class="nothing">{["+", &more.to_string()].concat()}</span> })}
                {(!hot).then(|| view! { <span class="nothing">{t.nothing}</span> })}
            </span>
        </button>
    }
    .into_any()
}

fn icon_of(strike: &Strike) -> &'static str {
    match strike {
        Strike::Kill => "#i-kill",
        Strike::CutPower => "#i-power",
        Strike::DestroyDisk => "#i-diskx",
        Strike::Stop => "#i-stop",
        Strike::Restart => "#i-restart",
        Strike::Pause => "#i-pause",
        Strike::Resume => "#i-play",
        Strike::StallDisk | Strike::ReleaseDisk => "#i-stall",
        Strike::FailDisk => "#i-risk",
        Strike::CutLink(_) => "#i-cut",
        Strike::HealLink(_) => "#i-check",
        Strike::DropNext(_) => "#i-drop",
    }
}
