//! The transport: start, back, play, on, next loss; the clock; pace and speed.

use loss_lab_present::intent::{Controls, Intent, Press};
use loss_lab_present::pacer::Pace;
use loss_lab_present::trail::{Kind, Trail};

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
    let now = live(move || clock(page.clock.get()).into_any());
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

/// What a step steps to, the way back from the last change, and the branches.
pub fn ways(page: Page, trail: &Trail) -> AnyView {
    let t = page.texts();
    let step_to = page.reads(|word| Kind::of_word(word).map(Intent::By));
    let kinds = Kind::ALL
        .into_iter()
        .map(|kind| html! { <option value=kind.word()>{(t.kind_of)(kind)}</option> })
        .collect_view();
    let Trail {
        by,
        branches,
        current,
        ..
    } = trail;
    let branches = branches.iter().enumerate().map(|(index, branch)| {
        let pressed = if index == *current { "true" } else { "false" };
        let words = (t.branch)(*branch);
        html! {
            <button
                type="button"
                aria-pressed=pressed
                aria-label=words.clone()
                title=words
                on:click=page.asks(Intent::Branch(index))
            >
                {branch.number.to_string()}
            </button>
        }
    });
    let branches = (branches.len() > 1).then(|| {
        html! { <div class="seg branches" role="group" aria-label=t.branches>{branches.collect_view()}</div> }
    });
    html! {
        <div class="ways">
            <select class="field" aria-label=t.step_by prop:value=by.word().to_owned() on:change=step_to>{kinds}</select>
            <button
                type="button"
                class="btn quiet"
                title=shortcut(t, Press::Undo)
                aria-disabled=if trail.can_undo { "false" } else { "true" }
                on:click=page.presses(Press::Undo)
            >
                {icon("#i-undo")}<span>{(t.press)(Press::Undo)}</span>
            </button>
            // On a phone the bar at the bottom edge has no room for it.
            <button type="button" class="btn quiet icon anew" aria-label=(t.press)(Press::Clear) on:click=page.presses(Press::Clear)>{icon("#i-restart")}</button>
            {branches}
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
