//! Every key, to look through and to set.

use leptos::prelude::{WithUntracked as _, event_target_value};
use loss_lab_engine::config::{Class, Kind, Refused};
use loss_lab_engine::status::Profile;
use loss_lab_present::desk::{Ask, Desk};
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::keys::{self, Group, Row};
use loss_lab_present::settings::{KeyChange, Owner, Settings};

use crate::browser;
use crate::i18n::LaterTexts;

use super::html::*;
use super::page::{OnChange, Page};
use super::words::{breakable, with_code};

/// Every key, if that is asked for, and the way there.
pub fn every_key(page: Page, settings: &Settings, desk: &Desk) -> AnyView {
    let t = page.later_texts();
    let [every, usual] = t.every_key;
    let changes = settings.changes();
    let [_, reset_all] = t.reset;
    let reset = (changes > 0).then(|| {
        html! {
            <span class="changed">{(t.changed)(changes)}</span>
            <button type="button" class="link-btn" on:click=page.asks(Intent::Setup(Setup::Reset))>{reset_all}</button>
        }
    });
    let (label, expanded) = if desk.every_key {
        (usual, "true")
    } else {
        (every, "false")
    };
    let toggle = page.asks(Intent::Desk(Ask::EveryKey(!desk.every_key)));
    html! {
        <p class="key-tools">
            <button type="button" class="btn" aria-expanded=expanded on:click=toggle>{label}</button>
            {reset}
        </p>
        {desk.every_key.then(|| list(page, settings, desk))}
    }
}

fn list(page: Page, settings: &Settings, desk: &Desk) -> AnyView {
    let t = page.later_texts();
    let refused = desk.answer.read().refused;
    let (rows, all) = keys::rows(settings, &desk.search);
    let look: OnChange = Box::new(move |event| {
        page.ask(Intent::Desk(Ask::Search(event_target_value(&event))));
    });
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let rows: Vec<AnyView> = rows
            .iter()
            .filter(|row| row.group == group)
            .map(|row| key_row(page, row, refused.as_ref()))
            .collect();
        (!rows.is_empty()).then(|| {
            html! { <h4>{(t.keys_of)(group)}</h4><div class="keys-of">{rows.collect_view()}</div> }
        })
    });
    html! {
        <div class="every-key">
            <p class="key-search">
                <input type="search" class="field" aria-label=t.search placeholder=t.search prop:value=desk.search.clone() on:input=look/>
                <span role="status">{(t.found)(rows.len(), all)}</span>
            </p>
            {groups.collect_view()}
        </div>
    }
}

fn key_row(page: Page, row: &Row, refused: Option<&(Owner, &'static str, Refused)>) -> AnyView {
    let t = page.later_texts();
    let name = row.key.name;
    let set_in = set_in(t, row.key.class).map(|place| html! { " "{with_code(place)} });
    let refused = refused
        .filter(|(owner, key, _)| *owner == row.owner && *key == name)
        .map(|(_, _, why)| warning(page, why));
    let class = if row.is_changed {
        "set is-changed"
    } else {
        "set"
    };
    let [default, _] = t.reset;
    let reset = row.is_changed.then(|| {
        let label = [default, " ", name].concat();
        let reset = page.asks(Intent::Setup(Setup::Key(KeyChange {
            owner: row.owner,
            key: name,
            value: None,
        })));
        html! { <button type="button" class="link-btn" aria-label=label on:click=reset>{default}</button> }
    });
    html! {
        <div class=class>
            <span class="name">{breakable(name)}</span>
            {if row.is_here { control(page, row) } else { elsewhere(page, row) }}
            <p>{with_code((t.cost)(name))}{set_in}" "<span class="default">{defaults(page, row)}" "{reset}</span></p>
            {refused}
        </div>
    }
}

/// Where a key is set, if that is not where its group's keys are.
const fn set_in(t: &'static LaterTexts, class: Class) -> Option<&'static str> {
    let [group, process, name_server] = t.set_in;
    match class {
        Class::SubscriptionGroupConfig => Some(group),
        Class::NettyClientConfig | Class::SystemProperty => Some(process),
        Class::NamesrvConfig | Class::ControllerConfig => Some(name_server),
        Class::MessageStoreConfig
        | Class::BrokerConfig
        | Class::NettyServerConfig
        | Class::ClientConfig
        | Class::DefaultMqProducer
        | Class::DefaultMqPushConsumer
        | Class::AuthConfig
        | Class::TieredStoreConfig => None,
    }
}

fn warning(page: Page, why: &Refused) -> AnyView {
    html! { <p class="refused" role="alert">{(page.later_texts().refused)(why)}</p> }
}

fn elsewhere(page: Page, row: &Row) -> AnyView {
    let [old, _] = &row.defaults;
    let only = if old.is_some() {
        Profile::V4_9
    } else {
        Profile::V5_3
    };
    html! { <span class="tag">{(page.later_texts().only_in)(only)}</span> }
}

/// "default 500 ms", or what it is in each version.
fn defaults(page: Page, row: &Row) -> String {
    let t = page.later_texts();
    let with_unit = |value: &String| {
        let unit = row.key.kind.unit();
        let gap = if unit.is_empty() { "" } else { " " };
        [value, gap, unit].concat()
    };
    let values = match &row.defaults {
        [Some(old), Some(new)] if old != new => {
            ["4.9: ", &with_unit(old), ", 5.3: ", &with_unit(new)].concat()
        }
        [None, Some(new)] => [&with_unit(new), " (5.3)"].concat(),
        [Some(old), None] => [&with_unit(old), " (4.9)"].concat(),
        [Some(value), Some(_)] => with_unit(value),
        [None, None] => String::new(),
    };
    [t.default, " ", &values].concat()
}

fn set(page: Page, owner: Owner, key: &'static str, value: String) {
    page.ask(Intent::Setup(Setup::Key(KeyChange {
        owner,
        key,
        value: Some(value),
    })));
}

fn control(page: Page, row: &Row) -> AnyView {
    let (owner, name) = (row.owner, row.key.name);
    match row.key.kind {
        Kind::Bool => {
            let on = row.value == "true";
            let other = if on { "false" } else { "true" };
            let checked = if on { "true" } else { "false" };
            let toggle = page.asks(Intent::Setup(Setup::Key(KeyChange {
                owner,
                key: name,
                value: Some(other.to_owned()),
            })));
            html! { <button type="button" class="switch" role="switch" aria-checked=checked aria-label=name on:click=toggle><span></span></button> }
        }
        Kind::Enum(words) => {
            let choose: OnChange =
                Box::new(move |event| set(page, owner, name, event_target_value(&event)));
            // A master is a master by its place in the cluster.
            let options = words
                .iter()
                .filter(|word| **word != "SLAVE")
                .map(|word| html! { <option value=*word>{*word}</option> });
            html! { <select class="field wide" aria-label=name prop:value=row.value.clone() on:change=choose>{options.collect_view()}</select> }
        }
        Kind::Int
        | Kind::Millis
        | Kind::Secs
        | Kind::Minutes
        | Kind::Hours
        | Kind::Bytes
        | Kind::Mebibytes
        | Kind::Pages
        | Kind::Percent => field(page, row, "num"),
        Kind::Text | Kind::DelayLevels => field(page, row, "num long"),
    }
}

fn field(page: Page, row: &Row, class: &'static str) -> AnyView {
    let (owner, name) = (row.owner, row.key.name);
    let change: OnChange = Box::new(move |event| {
        set(
            page,
            owner,
            name,
            event_target_value(&event).trim().to_owned(),
        );
        // What was not taken is not shown as if it stood.
        let stands = page
            .frame
            .with_untracked(|frame| frame.choices.settings.value(owner, name));
        browser::say_value(
            &event,
            &stands.map(|value| value.to_string()).unwrap_or_default(),
        );
    });
    html! { <span class=class><input aria-label=name prop:value=row.value.clone() on:change=change/><span>{row.key.kind.unit()}</span></span> }
}
