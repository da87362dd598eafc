//! The transport: start, back, play, on, next loss; the clock; pace and speed.

use loss_lab_present::intent::{Controls, Intent, Press};
use loss_lab_present::pacer::Pace;

use crate::i18n::clock;

use super::html::*;
use super::icon::icon;
use super::nodes::shortcut;
use super::page::{Page, live};

/// What the transport shows.
#[derive(PartialEq)]
struct Desk {
    controls: Controls,
    step: usize,
    playing: bool,
    pace: Pace,
    speed: String,
}

/// The transport.
pub fn transport(page: Page) -> AnyView {
    let inside = page.drawn(
        |frame| Desk {
            controls: frame.controls,
            step: frame.timeline.steps.0,
            playing: frame.choices.playing,
            pace: frame.choices.pace,
            speed: frame.choices.speed.word(frame.choices.pace).to_string(),
        },
        draw,
    );
    html! { <div class="transport">{inside}</div> }
}

fn draw(page: Page, desk: &Desk) -> AnyView {
    let t = page.texts();
    let button = |press, class, symbol| {
        let label = Some((t.press)(press).to_owned());
        press_button(page, desk, press, class, label, icon(symbol))
    };
    let (symbol, word) = if desk.playing {
        ("#i-pause", t.pause)
    } else {
        ("#i-play", (t.press)(Press::Play))
    };
    let play = if Press::Play.is_enabled(&desk.controls) {
        "btn play primary"
    } else {
        "btn play"
    };
    let play_inside = html! { {icon(symbol)}<span>{word}</span> };
    let jump_inside = html! { {icon("#i-jump")}<span>{(t.press)(Press::NextLoss)}</span> };
    let now = live(move || clock(page.now.get()).into_any());
    html! {
        <div class="btns">
            {button(Press::Start, "btn icon", "#i-start")}
            {button(Press::Previous, "btn icon main", "#i-prev")}
            {press_button(page, desk, Press::Play, play, None, play_inside)}
            {button(Press::Next, "btn icon main", "#i-next")}
            {press_button(page, desk, Press::NextLoss, "btn jump", None, jump_inside)}
            {button(Press::Clear, "btn icon quiet clear", "#i-restart")}
        </div>
        <p class="clock">
            <b>{now}<small>" s"</small></b>
            <span>{(t.event_of)(desk.step, desk.playing)}</span>
        </p>
        <div class="paces">
            <div class="seg pace" role="group" aria-label=t.pace>
                {pace_button(page, desk, Pace::ByEvent, t.by_event)}
                {pace_button(page, desk, Pace::Constant, t.constant)}
            </div>
            <span class="stepper speed" role="group" aria-label=t.speed>
                {button(Press::Slower, "step", "#i-minus")}
                <output>{desk.speed.clone()}</output>
                {button(Press::Faster, "step", "#i-plus")}
            </span>
        </div>
    }
}

/// A button that stays in reach of the keyboard when it can do nothing.
fn press_button(
    page: Page,
    desk: &Desk,
    press: Press,
    class: &'static str,
    label: Option<String>,
    inside: AnyView,
) -> AnyView {
    let disabled = if press.is_enabled(&desk.controls) {
        "false"
    } else {
        "true"
    };
    html! {
        <button
            type="button"
            class=class
            aria-label=label
            title=shortcut(page.texts(), press)
            aria-disabled=disabled
            on:click=page.presses(press)
        >
            {inside}
        </button>
    }
}

fn pace_button(page: Page, desk: &Desk, pace: Pace, label: &'static str) -> AnyView {
    let pressed = if desk.pace == pace { "true" } else { "false" };
    html! { <button type="button" aria-pressed=pressed on:click=page.asks(Intent::Pace(pace))>{label}</button> }
}
