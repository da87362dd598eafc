//! The settings, under RocketMQ's names, and the same as RocketMQ reads them.

use leptos::prelude::*;
use loss_lab_engine::status::{BrokerRole, FlushDiskType, Profile};
use loss_lab_present::conf;
use loss_lab_present::intent::Intent;
use loss_lab_present::settings::{self, Change, Number};

use crate::browser;

use super::icon::icon;
use super::page::{Page, expect_page};
use super::words::{breakable, with_code};

#[component]
pub fn SettingsPanel() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let settings = page.slice(|frame| frame.choices.settings);
    let profile = Memo::new(move |_| settings.get().profile);
    let pool = Memo::new(move |_| settings.get().transient_pool);
    let [broker, producer, consumer] = t.section;
    let profiles = [Profile::V4_9, Profile::V5_3].map(|this| {
        choice(
            page,
            this.word(),
            move || profile.get() == this,
            Change::Profile(this),
        )
    });
    let switch = move |_| page.ask(Intent::Set(Change::TransientPool(!pool.get_untracked())));
    let pool_note = move || {
        pool.get()
            .then(|| view! { <p>{with_code((t.note)(settings::Note::DiesWithProcess))}</p> })
    };
    view! {
        <aside class="panel settings" id="settings" aria-labelledby="h-set" tabindex="-1">
            <header class="panel-head">
                <h2 id="h-set">{t.settings}</h2>
                <div class="seg" role="group" aria-label=t.profile>{profiles}</div>
            </header>
            <p class="settings-note">{t.settings_replay}</p>
            <h3>{broker}</h3>
            <FlushSetting/>
            <RoleSetting/>
            {move || (profile.get() == Profile::V5_3).then(|| view! { <Stepper number=Number::InSyncReplicas/> })}
            <Stepper number=Number::Slaves/>
            <div class="set" class:is-changed=pool>
                <span class="name">{breakable("transientStorePoolEnable")}</span>
                <button type="button" class="switch" role="switch" aria-checked=move || if pool.get() { "true" } else { "false" } aria-label="transientStorePoolEnable" on:click=switch><span></span></button>
                {pool_note}
            </div>
            <NumberField number=Number::SyncFlushTimeout/>
            <NumberField number=Number::SlaveTimeout/>
            <h3>{producer}</h3>
            <NumberField number=Number::SendMsgTimeout/>
            <NumberField number=Number::RetryTimes/>
            <h3>{consumer}</h3>
            <Stepper number=Number::Consumers/>
            <NumberField number=Number::ProcessTime/>
            <Conf/>
        </aside>
    }
}

fn choice(
    page: Page,
    label: &'static str,
    on: impl Fn() -> bool + Send + Sync + 'static,
    change: Change,
) -> AnyView {
    let pressed = move || if on() { "true" } else { "false" };
    view! { <button type="button" aria-pressed=pressed on:click=move |_| page.ask(Intent::Set(change))>{label}</button> }.into_any()
}

#[component]
fn FlushSetting() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let flush = page.slice(|frame| frame.choices.settings.flush);
    let note = page.slice(|frame| settings::flush_note(&frame.choices.settings));
    let choices = [FlushDiskType::AsyncFlush, FlushDiskType::SyncFlush].map(|this| {
        choice(
            page,
            this.word(),
            move || flush.get() == this,
            Change::Flush(this),
        )
    });
    view! {
        <div class="set wide" class:is-changed=move || flush.get() != FlushDiskType::AsyncFlush>
            <span class="name">{breakable("flushDiskType")}</span>
            <div class="seg" role="group" aria-label="flushDiskType">{choices}</div>
            <p>{move || with_code((t.note)(note.get()))}</p>
        </div>
    }
}

#[component]
fn RoleSetting() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let role = page.slice(|frame| frame.choices.settings.role);
    let note = page.slice(|frame| settings::role_note(&frame.choices.settings));
    let warns = move || note.get().is_some_and(|(_, warns)| warns);
    let choices = [BrokerRole::AsyncMaster, BrokerRole::SyncMaster].map(|this| {
        choice(
            page,
            this.word(),
            move || role.get() == this,
            Change::Role(this),
        )
    });
    view! {
        <div class="set wide" class:is-changed=move || role.get() != BrokerRole::AsyncMaster class:is-warn=warns>
            <span class="name">{breakable("brokerRole")}</span>
            <div class="seg" role="group" aria-label="brokerRole">{choices}</div>
            {move || note.get().map(|(note, _)| view! { <p>{with_code((t.note)(note))}</p> })}
        </div>
    }
}

/// The name of a number: code when it is RocketMQ's.
fn name(page: Page, number: Number) -> AnyView {
    let t = page.texts();
    let label = (t.number)(number);
    match number {
        Number::Slaves | Number::Consumers | Number::ProcessTime => label.into_any(),
        Number::InSyncReplicas
        | Number::SyncFlushTimeout
        | Number::SlaveTimeout
        | Number::SendMsgTimeout
        | Number::RetryTimes => breakable(label),
    }
}

#[component]
fn Stepper(number: Number) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let value = page.slice(move |frame| frame.choices.settings.number(number));
    let changed = page.slice(move |frame| frame.choices.settings.is_changed(number));
    let label = (t.number)(number);
    let step = move |by: i64| {
        page.ask(Intent::Set(Change::Number(
            number,
            value.get_untracked() + by,
        )))
    };
    let says = |word: &str| [label, ": ", word].concat();
    view! {
        <div class="set" class:is-changed=changed>
            <span class="name">{name(page, number)}</span>
            <span class="stepper" role="group" aria-label=label>
                <button type="button" aria-label=says(t.less) on:click=move |_| step(-1)>{icon("#i-minus")}</button>
                <output>{move || value.get().to_string()}</output>
                <button type="button" aria-label=says(t.more) on:click=move |_| step(1)>{icon("#i-plus")}</button>
            </span>
        </div>
    }
}

#[component]
fn NumberField(number: Number) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let value = page.slice(move |frame| frame.choices.settings.number(number));
    let changed = page.slice(move |frame| frame.choices.settings.is_changed(number));
    let unit = number.shape(Profile::V5_3).unit;
    // What is not a number changes nothing, and the field says again what stands.
    let written = RwSignal::new(());
    let set = move |event| {
        if let Ok(value) = event_target_value(&event).trim().parse() {
            page.ask(Intent::Set(Change::Number(number, value)));
        }
        written.notify();
    };
    let shown = move || {
        written.track();
        value.get().to_string()
    };
    view! {
        <div class="set" class:is-changed=changed>
            <span class="name">{name(page, number)}</span>
            <span class="num"><input aria-label=(t.number)(number) inputmode="numeric" prop:value=shown on:change=set/><span>{unit}</span></span>
        </div>
    }
}

/// The same settings as files and code.
#[component]
fn Conf() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let java = RwSignal::new(false);
    let copied = RwSignal::new(false);
    let lines = Memo::new(move |_| {
        let settings = page.frame.with(|frame| frame.choices.settings);
        if java.get() {
            conf::java(&settings)
        } else {
            conf::broker_conf(&settings)
        }
    });
    let tab = move |this: bool, label: &'static str| {
        let pressed = move || if java.get() == this { "true" } else { "false" };
        let choose = move |_| {
            java.set(this);
            copied.set(false);
        };
        view! { <button type="button" aria-pressed=pressed on:click=choose>{label}</button> }
    };
    let copy = move |_| {
        browser::copy(&conf::text(&lines.get_untracked()));
        copied.set(true);
    };
    let copy_label = move || if copied.get() { t.copied } else { t.copy };
    let name = move || {
        [
            if java.get() { "Java" } else { "broker.conf" },
            " ",
            t.preview,
        ]
        .concat()
    };
    let text = move || {
        lines
            .get()
            .into_iter()
            .map(|line| {
                let text = [&line.text, "\n"].concat();
                if line.changed {
                    view! { <mark>{text}</mark> }.into_any()
                } else {
                    text.into_any()
                }
            })
            .collect_view()
    };
    view! {
        <div class="conf">
            <header>
                <div class="seg" role="group" aria-label=t.show_as>{tab(false, "broker.conf")}{tab(true, "Java")}</div>
                <button type="button" class="btn quiet icon" aria-label=copy_label title=copy_label on:click=copy>{move || icon(if copied.get() { "#i-check" } else { "#i-copy" })}</button>
            </header>
            <pre tabindex="0" role="region" aria-label=name><code>{text}</code></pre>
        </div>
    }
}
