//! The fault menu: what can strike this thing now, and which messages each strike would lose.

use leptos::ev::KeyboardEvent;
use leptos::prelude::GetUntracked as _;
use loss_lab_engine::ids::MessageId;
use loss_lab_present::frame::OpenMenu;
use loss_lab_present::glyph::Look;
use loss_lab_present::intent::Intent;
use loss_lab_present::menu::{Item, Strike, Target};

use crate::browser;
use crate::i18n::later::bench::words;
use crate::later;

use super::bench;
use super::html::*;
use super::icon::icon;
use super::message::mention;
use super::page::{OnClick, Page};

/// More messages than this are counted.
const NAMED: usize = 3;
const ITEMS: &str = ".fault-menu [role=menuitem]";

/// What the open menu offers, and what each item would lose.
pub type Open = Option<OpenMenu>;

/// The button that opens the menu of `target`, and the menu when it is open.
pub fn strike_button(page: Page, target: Target, label: String, open: &Open) -> AnyView {
    let (class, symbol) = match target {
        Target::Node(_) => ("btn quiet icon strike", "#i-bolt"),
        Target::Link(..) => ("btn quiet icon strike on-link", "#i-cut"),
    };
    let open = open.as_ref().filter(|(menu, _)| menu.target == target);
    let is_open = open.is_some();
    html! {
        <button
            type="button"
            class=class
            id=id_of(target)
            aria-label=label.clone()
            title=label
            aria-haspopup="menu"
            aria-expanded=if is_open { "true" } else { "false" }
            on:click=toggle(page, target, is_open)
        >
            {icon(symbol)}
        </button>
        {open.and_then(|open| Some((later::here()?.rooms.fault_menu)(page, open)))}
    }
}

fn toggle(page: Page, target: Target, is_open: bool) -> OnClick {
    Box::new(move |_| {
        page.ask(Intent::Menu((!is_open).then_some(target)));
        if !is_open {
            leptos::task::spawn_local(async {
                // The menu is drawn first.
                leptos::task::tick().await;
                browser::focus_first(".fault-menu .menu-item");
            });
        }
    })
}

/// Closes the menu and gives the focus back to what opened it.
fn leave(page: Page, target: Target, intent: Intent) {
    page.ask(intent);
    browser::focus(&id_of(target));
}

fn id_of(target: Target) -> String {
    match target {
        Target::Node(node) => ["strike-", &node.0.to_string()].concat(),
        Target::Link(a, b) => ["strike-", &a.0.to_string(), "-", &b.0.to_string()].concat(),
    }
}

fn on_key(page: Page, target: Target) -> Box<dyn FnMut(KeyboardEvent)> {
    Box::new(move |event| {
        match event.key().as_str() {
            "ArrowDown" => browser::move_focus(ITEMS, Some(1)),
            "ArrowUp" => browser::move_focus(ITEMS, Some(-1)),
            "Home" => browser::focus_first(ITEMS),
            "End" => browser::move_focus(ITEMS, None),
            "Escape" | "Tab" => leave(page, target, Intent::Menu(None)),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    })
}

/// The menu of what can strike.
pub fn fault_menu(page: Page, (menu, losses): &OpenMenu) -> AnyView {
    let t = page.texts();
    let target = menu.target;
    let close: OnClick = Box::new(move |_| leave(page, target, Intent::Menu(None)));
    let names = menu.names.join(" – ");
    let items = menu.items.iter().zip(losses);
    let items = items.map(|(item, loses)| item_view(page, target, item, loses));
    let none = menu
        .items
        .is_empty()
        .then(|| html! { <p class="menu-why" role="presentation">{t.nothing_to_do}</p> });
    html! {
        <div class="fault-menu" role="menu" aria-label=names on:keydown=on_key(page, target)>
            <p class="menu-head" role="presentation">
                <b>{names.clone()}</b>
                <span>{t.would_lose}</span>
                <button type="button" class="btn quiet icon close" role="menuitem" aria-label=t.close tabindex="-1" on:click=close>{icon("#i-cross")}</button>
            </p>
            {items.collect_view()}
            {more(page, target, &menu.names)}
            {none}
        </div>
    }
}

fn item_view(page: Page, target: Target, item: &Item, loses: &[MessageId]) -> AnyView {
    let t = page.texts();
    let named = loses
        .iter()
        .take(NAMED)
        .map(|message| mention(*message, Look::Cache))
        .collect_view();
    let more = loses.len().saturating_sub(NAMED);
    let rest = if loses.is_empty() {
        Some(t.nothing.to_owned())
    } else {
        (more > 0).then(|| ["+", &more.to_string()].concat())
    };
    let class = if loses.is_empty() {
        "menu-item"
    } else {
        "menu-item is-hot"
    };
    let action = item.action.clone();
    let strike: OnClick = Box::new(move |_| leave(page, target, Intent::Strike(action.clone())));
    html! {
        <button type="button" role="menuitem" class=class tabindex="-1" on:click=strike>
            {icon(icon_of(&item.strike))}
            <span>{(t.strike)(&item.strike)}</span>
            <span class="loses">
                <span class="sr">", "{t.would_lose}" "</span>
                {named}
                {rest.map(|rest| html! { <span class="nothing">{rest}</span> })}
            </span>
        </button>
    }
}

/// The way to everything else that can be done to a node.
fn more(page: Page, target: Target, names: &[String]) -> Option<AnyView> {
    let name = names.first().filter(|_| bench::is_here(page))?.clone();
    let label = (words(page.language.get_untracked()).more_of)(&name);
    let open: OnClick = Box::new(move |_| {
        leave(page, target, Intent::Menu(None));
        bench::open(page, name.clone(), "");
    });
    Some(
        html! { <button type="button" role="menuitem" class="menu-item more" tabindex="-1" aria-haspopup="dialog" on:click=open>{icon("#i-next")}<span>{label}</span></button> },
    )
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
