//! The transport: start, back, play, on, next loss; the clock; pace and speed.

use leptos::prelude::*;
use loss_lab_present::intent::{Intent, Press};
use loss_lab_present::pacer::Pace;

use crate::i18n::clock;

use super::icon::icon;
use super::nodes::shortcut;
use super::page::{Page, expect_page};

#[component]
pub fn Transport() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let steps = page.slice(|frame| (frame.timeline.steps.0, frame.choices.playing));
    view! {
        <div class="transport">
            <div class="btns">
                {press_button(page, Press::Start, "btn icon", "#i-start")}
                {press_button(page, Press::Previous, "btn icon main", "#i-prev")}
                <PlayButton/>
                {press_button(page, Press::Next, "btn icon main", "#i-next")}
                <JumpButton/>
                {press_button(page, Press::Clear, "btn icon quiet clear", "#i-restart")}
            </div>
            <p class="clock">
                <b>{move || clock(page.now.get())}<small>" s"</small></b>
                <span>{move || { let (number, playing) = steps.get(); (t.event_of)(number, playing) }}</span>
            </p>
            <PaceControls/>
        </div>
    }
}

fn press_button(page: Page, press: Press, class: &'static str, symbol: &'static str) -> AnyView {
    let t = page.texts();
    let can = page.slice(move |frame| press.is_enabled(&frame.controls));
    view! {
        <button
            type="button"
            class=class
            aria-label=(t.press)(press)
            title=shortcut(t, press)
            aria-disabled=move || if can.get() { "false" } else { "true" }
            on:click=move |_| page.press(press)
        >
            {icon(symbol)}
        </button>
    }
    .into_any()
}

#[component]
fn PlayButton() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let playing = page.slice(|frame| frame.choices.playing);
    let can = page.slice(|frame| Press::Play.is_enabled(&frame.controls));
    view! {
        <button
            type="button"
            class="btn play"
            class:primary=can
            title=shortcut(t, Press::Play)
            aria-disabled=move || if can.get() { "false" } else { "true" }
            on:click=move |_| page.press(Press::Play)
        >
            {move || icon(if playing.get() { "#i-pause" } else { "#i-play" })}
            <span>{move || if playing.get() { t.pause } else { (t.press)(Press::Play) }}</span>
        </button>
    }
}

#[component]
fn JumpButton() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let can = page.slice(|frame| Press::NextLoss.is_enabled(&frame.controls));
    view! {
        <button
            type="button"
            class="btn jump"
            title=shortcut(t, Press::NextLoss)
            aria-disabled=move || if can.get() { "false" } else { "true" }
            on:click=move |_| page.press(Press::NextLoss)
        >
            {icon("#i-jump")}<span>{(t.press)(Press::NextLoss)}</span>
        </button>
    }
}

#[component]
fn PaceControls() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let pace = page.slice(|frame| frame.choices.pace);
    let speed = page.slice(|frame| frame.choices.speed.word(frame.choices.pace));
    let choice = move |this: Pace, label: &'static str| {
        let pressed = move || if pace.get() == this { "true" } else { "false" };
        view! { <button type="button" aria-pressed=pressed on:click=move |_| page.ask(Intent::Pace(this))>{label}</button> }
    };
    view! {
        <div class="paces">
            <div class="seg pace" role="group" aria-label=t.pace>{choice(Pace::ByEvent, t.by_event)}{choice(Pace::Constant, t.constant)}</div>
            <span class="stepper speed" role="group" aria-label=t.speed>
                {press_button(page, Press::Slower, "step", "#i-minus")}
                <output>{move || speed.get()}</output>
                {press_button(page, Press::Faster, "step", "#i-plus")}
            </span>
        </div>
    }
}
