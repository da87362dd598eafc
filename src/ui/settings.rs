//! The settings, under RocketMQ's names, and the same as RocketMQ reads them.

use leptos::prelude::{RwSignal, WithUntracked as _, event_target_value};
use loss_lab_engine::status::{BrokerRole, FlushDiskType, Profile};
use loss_lab_present::desk::Desk;
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::settings::{self, Change, Number, Settings};
use loss_lab_present::statuses::Collection;

use crate::browser;

use super::bench::nodes_button;
use super::html::*;
use super::icon::icon;
use super::keys::every_key;
use super::page::{OnChange, Page};
use super::papers::{papers, scenario_file};
use super::words::{breakable, with_code};

/// The settings, and what lies open beside them.
#[derive(PartialEq)]
struct Part {
    settings: Settings,
    desk: Desk,
}

/// The settings.
pub fn settings(page: Page) -> AnyView {
    let copied = RwSignal::new(String::new());
    page.drawn(
        |frame| Part {
            settings: frame.choices.settings.clone(),
            // What has nothing to do with settings does not draw them anew.
            desk: Desk {
                explained: None,
                collection: Collection::default(),
                ..frame.choices.desk.clone()
            },
        },
        move |page, part| draw(page, part, copied),
    )
}

fn draw(page: Page, Part { settings, desk }: &Part, copied: RwSignal<String>) -> AnyView {
    let (t, l) = (page.texts(), page.later_texts());
    let [broker, producer, consumer] = l.section;
    let profiles = [Profile::V4_9, Profile::V5_3].map(|this| {
        choice(
            page,
            this.word(),
            settings.profile() == this,
            Change::Profile(this),
        )
    });
    let in_sync = Number::InSyncReplicas.is_in(settings.profile());
    html! {
        <header class="panel-head">
            <h2>{t.settings}</h2>
            <div class="seg" role="group" aria-label=l.profile>{profiles.into_iter().collect_view()}</div>
        </header>
        <p class="settings-note">{l.settings_replay}</p>
        <h3>{broker}</h3>
        {flush_setting(page, settings)}
        {role_setting(page, settings)}
        {in_sync.then(|| stepper(page, settings, Number::InSyncReplicas))}
        {stepper(page, settings, Number::Slaves)}
        {pool_setting(page, settings)}
        {number_field(page, settings, Number::SyncFlushTimeout)}
        {number_field(page, settings, Number::SlaveTimeout)}
        <h3>{producer}</h3>
        {number_field(page, settings, Number::SendMsgTimeout)}
        {number_field(page, settings, Number::RetryTimes)}
        <h3>{consumer}</h3>
        {stepper(page, settings, Number::Consumers)}
        {number_field(page, settings, Number::ProcessTime)}
        {nodes_button(page)}
        {every_key(page, settings, desk)}
        {papers(page, settings, desk, copied)}
        {scenario_file(page, desk, copied)}
    }
}

fn choice(page: Page, label: &'static str, on: bool, change: Change) -> AnyView {
    let pressed = if on { "true" } else { "false" };
    html! { <button type="button" aria-pressed=pressed on:click=page.asks(Intent::Setup(Setup::Change(change)))>{label}</button> }
}

fn note(page: Page, note: settings::Note) -> AnyView {
    html! { <p>{with_code((page.later_texts().note)(note))}</p> }
}

fn flush_setting(page: Page, settings: &Settings) -> AnyView {
    let choices = [FlushDiskType::AsyncFlush, FlushDiskType::SyncFlush].map(|this| {
        choice(
            page,
            this.word(),
            settings.flush() == this,
            Change::Flush(this),
        )
    });
    let class = if settings.flush() == FlushDiskType::AsyncFlush {
        "set wide"
    } else {
        "set wide is-changed"
    };
    html! {
        <div class=class>
            <span class="name">{breakable("flushDiskType")}</span>
            <div class="seg" role="group" aria-label="flushDiskType">{choices.into_iter().collect_view()}</div>
            {note(page, settings::flush_note(settings))}
        </div>
    }
}

fn role_setting(page: Page, settings: &Settings) -> AnyView {
    let said = settings::role_note(settings);
    let choices = [BrokerRole::AsyncMaster, BrokerRole::SyncMaster].map(|this| {
        choice(
            page,
            this.word(),
            settings.role() == this,
            Change::Role(this),
        )
    });
    let class = [
        "set wide",
        changed(settings.role() != BrokerRole::AsyncMaster),
        if said.is_some_and(|(_, warns)| warns) {
            " is-warn"
        } else {
            ""
        },
    ]
    .concat();
    html! {
        <div class=class>
            <span class="name">{breakable("brokerRole")}</span>
            <div class="seg" role="group" aria-label="brokerRole">{choices.into_iter().collect_view()}</div>
            {said.map(|(said, _)| note(page, said))}
        </div>
    }
}

fn pool_setting(page: Page, settings: &Settings) -> AnyView {
    let on = settings.transient_pool();
    let class = ["set", changed(on)].concat();
    let checked = if on { "true" } else { "false" };
    let switch = page.asks(Intent::Setup(Setup::Change(Change::TransientPool(!on))));
    html! {
        <div class=class>
            <span class="name">{breakable("transientStorePoolEnable")}</span>
            <button type="button" class="switch" role="switch" aria-checked=checked aria-label="transientStorePoolEnable" on:click=switch><span></span></button>
            {on.then(|| note(page, settings::Note::DiesWithProcess))}
        </div>
    }
}

fn changed(changed: bool) -> &'static str {
    if changed { " is-changed" } else { "" }
}

/// The name of a number: code when it is RocketMQ's.
fn name(page: Page, number: Number) -> AnyView {
    let label = (page.texts().number)(number);
    match number {
        Number::Slaves | Number::Consumers | Number::ProcessTime => label.into_any(),
        Number::InSyncReplicas
        | Number::SyncFlushTimeout
        | Number::SlaveTimeout
        | Number::SendMsgTimeout
        | Number::RetryTimes => breakable(label),
    }
}

fn stepper(page: Page, settings: &Settings, number: Number) -> AnyView {
    let t = page.texts();
    let label = (t.number)(number);
    let value = settings.number(number);
    let class = ["set", changed(settings.is_changed(number))].concat();
    let says = |word: &str| [label, ": ", word].concat();
    let step = |by: i64| {
        page.asks(Intent::Setup(Setup::Change(Change::Number(
            number,
            value + by,
        ))))
    };
    html! {
        <div class=class>
            <span class="name">{name(page, number)}</span>
            <span class="stepper" role="group" aria-label=label>
                <button type="button" aria-label=says(t.less) on:click=step(-1)>{icon("#i-minus")}</button>
                <output>{value.to_string()}</output>
                <button type="button" aria-label=says(t.more) on:click=step(1)>{icon("#i-plus")}</button>
            </span>
        </div>
    }
}

fn number_field(page: Page, settings: &Settings, number: Number) -> AnyView {
    let class = ["set", changed(settings.is_changed(number))].concat();
    let unit = number.shape(Profile::V5_3).unit;
    let set: OnChange = Box::new(move |event| {
        if let Ok(value) = event_target_value(&event).trim().parse() {
            page.ask(Intent::Setup(Setup::Change(Change::Number(number, value))));
        }
        // What is not a number, or out of bounds, changes nothing or less: the field says what stands.
        let stands = page
            .frame
            .with_untracked(|frame| frame.choices.settings.number(number));
        browser::say_value(&event, &stands.to_string());
    });
    html! {
        <div class=class>
            <span class="name">{name(page, number)}</span>
            <span class="num"><input aria-label=(page.texts().number)(number) inputmode="numeric" prop:value=settings.number(number).to_string() on:change=set/><span>{unit}</span></span>
        </div>
    }
}
