//! The timeline: what `present` has placed, as SVG, and a playhead that can be dragged.

use leptos::prelude::*;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::units::SimTime;
use loss_lab_present::glyph;
use loss_lab_present::intent::Intent;
use loss_lab_present::timeline::{Flag, Fold, Lane, Mark, Shape, Tick, Timeline, WIDTH};

use crate::browser;
use crate::i18n::{instant, length};

use super::icon::hue;
use super::page::{Page, expect_page};
use super::transport::Transport;

/// Tenths of a pixel as a number of pixels.
fn px(tenths: i32) -> String {
    let (whole, rest) = (tenths / 10, (tenths % 10).abs());
    if rest == 0 {
        whole.to_string()
    } else {
        [&whole.to_string(), ".", &rest.to_string()].concat()
    }
}

fn moved(x: i32, y: i32) -> String {
    ["translate(", &px(x), " ", &px(y), ")"].concat()
}

#[component]
pub fn TimePanel() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    view! {
        <section class="panel time" aria-labelledby="h-time">
            <h2 id="h-time" class="sr">{t.timeline}</h2>
            <Transport/>
            <div class="scroll-x tl-wrap" tabindex="0" role="group" aria-labelledby="h-time"><Drawing/></div>
        </section>
    }
}

#[component]
fn Drawing() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let timeline = page.slice(|frame| frame.timeline.clone());
    let size = Memo::new(move |_| timeline.with(|timeline| (timeline.width, timeline.height)));
    let part = move |event: &leptos::ev::PointerEvent| {
        let width = f64::from(size.get_untracked().0);
        #[allow(clippy::cast_possible_truncation, reason = "a place on the drawing")]
        let x = (browser::fraction_across(event) * width) as i32;
        timeline.with_untracked(|timeline| {
            page.ask(Intent::Seek(timeline.scale.at(x).min(timeline.scale.end())))
        });
    };
    let label = move || {
        timeline.with(|timeline| {
            (t.timeline_label)(timeline.lanes.len(), sends(timeline), faults(timeline))
        })
    };
    Effect::new(move |_| {
        let now = page.now.get();
        timeline.with_untracked(|timeline| {
            if timeline.width > WIDTH {
                browser::keep_in_sight(
                    ".tl-wrap",
                    f64::from(timeline.scale.x(now)) / f64::from(timeline.width),
                );
            }
        });
    });
    let view_box = move || {
        let (width, height) = size.get();
        ["0 0 ", &px(width), " ", &px(height)].concat()
    };
    let least = move || {
        let (width, _) = size.get();
        if width > WIDTH {
            [&px(width), "px"].concat()
        } else {
            String::new()
        }
    };
    let floor = Memo::new(move |_| size.get().1 - 200);
    view! {
        <div class="tl-box" style:min-width=least>
            <svg
                class="tl"
                viewBox=view_box
                role="img"
                aria-label=label
                on:pointerdown=move |event| part(&event)
                on:pointermove=move |event| if browser::presses(&event) { part(&event) }
            >
                <For each=move || timeline.with(|timeline| timeline.lanes.clone()) key=Lane::clone let:lane>{lane_view(lane, size)}</For>
                <For each=move || timeline.with(|timeline| timeline.folds.clone()) key=|fold| *fold let:fold>{fold_view(fold, floor)}</For>
                <For each=move || timeline.with(|timeline| timeline.ticks.clone()) key=|tick| *tick let:tick>{tick_view(tick, floor)}</For>
                <For each=move || timeline.with(|timeline| timeline.marks.clone()) key=Mark::clone let:mark>{mark_view(page, &mark, floor)}</For>
                <Playhead timeline/>
            </svg>
            <Slider timeline/>
        </div>
    }
}

fn sends(timeline: &Timeline) -> usize {
    timeline
        .marks
        .iter()
        .filter(|mark| matches!(mark.shape, Shape::Send(_)))
        .count()
}

fn faults(timeline: &Timeline) -> usize {
    timeline
        .marks
        .iter()
        .filter(|mark| matches!(mark.shape, Shape::Flag(_)))
        .count()
}

/// The one part of the drawing that follows the clock.
#[component]
fn Playhead(timeline: Memo<Timeline>) -> impl IntoView {
    let page = expect_page();
    let place = move || timeline.with(|timeline| moved(timeline.scale.x(page.now.get()), 0));
    let stem = move || {
        [
            "M0 8V",
            &px(timeline.with(|timeline| timeline.height) - 180),
        ]
        .concat()
    };
    view! { <g class="playhead" transform=place><path d=stem/><path class="knob" d="M-6 2h12v8l-6 6-6-6z"/></g> }
}

/// The playhead for the keyboard: arrow keys step through events.
#[component]
fn Slider(timeline: Memo<Timeline>) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let steps = Memo::new(move |_| timeline.with(|timeline| timeline.steps));
    let left = move || {
        timeline.with(|timeline| {
            let part = i64::from(timeline.scale.x(page.now.get())) * 1_000
                / i64::from(timeline.width.max(1));
            [&px(i32::try_from(part).unwrap_or(0)), "%"].concat()
        })
    };
    let at = page.slice(|frame| frame.now);
    view! {
        <div
            class="seek"
            role="slider"
            tabindex="0"
            aria-label=t.playhead
            aria-valuemin="0"
            aria-valuemax=move || steps.get().1.to_string()
            aria-valuenow=move || steps.get().0.to_string()
            aria-valuetext=move || instant(at.get())
            style:left=left
        ></div>
    }
}

fn lane_view(lane: Lane, size: Memo<(i32, i32)>) -> AnyView {
    let line = move || ["M88 ", &px(lane.y), "H", &px(size.get().0)].concat();
    view! { <text class="tl-lane" x="0" y=px(lane.y + 40)>{lane.name.clone()}</text><path class="lane" d=line/> }.into_any()
}

fn fold_view(fold: Fold, floor: Memo<i32>) -> AnyView {
    let (x, end) = (px(fold.x), px(fold.x + fold.width));
    let edges = move || {
        let floor = px(floor.get());
        ["M", &x, " 16V", &floor, "M", &end, " 16V", &floor].concat()
    };
    view! {
        <rect class="gap" x=px(fold.x) y="16" width=px(fold.width) height=move || px(floor.get() - 160)/>
        <path class="gap-e" d=edges/>
        <text class="gap-t" x=px(fold.x + fold.width / 2) y="11" text-anchor="middle">{["+", &length(fold.time)].concat()}</text>
    }
    .into_any()
}

fn tick_view(tick: Tick, floor: Memo<i32>) -> AnyView {
    let at = if tick.at == SimTime::ZERO {
        "0".to_owned()
    } else {
        instant(tick.at)
    };
    view! {
        <path class="tick" d=move || ["M", &px(tick.x), " ", &px(floor.get()), "v4"].concat()/>
        <text class="tl-t" x=px(tick.x) y=move || px(floor.get() + 150) text-anchor="middle">{at}</text>
    }
    .into_any()
}

fn mark_view(page: Page, mark: &Mark, floor: Memo<i32>) -> AnyView {
    let (x, y) = (mark.x, mark.y);
    let inside = match mark.shape {
        Shape::Send(message) => send_view(page, message),
        Shape::Message { message, x: to, y: below } => arrow(message, "arr", to - x, below - y),
        Shape::Answer { message, x: to, y: below } => arrow(message, "arr ackline", to - x, below - y),
        Shape::Fsync { named } => {
            let name = named.then(|| view! { <text class="tl-note" y="-11" text-anchor="middle">"fsync"</text> });
            view! { <path class="fsync" d="M0-8v16"/>{name} }.into_any()
        }
        Shape::Consumed => view! { <g class="okmark"><path d="M-3 0l2.500 2.500 4-5"/></g> }.into_any(),
        Shape::Duplicated => view! { <g class="dupmark"><rect x="-3" y="-5" width="7" height="7"/><rect x="0" y="-2" width="7" height="7"/></g> }.into_any(),
        Shape::Failed => view! { <g class="fault"><path d="M-4-4l8 8m0-8l-8 8"/></g> }.into_any(),
        Shape::Flag(flag) => flag_view(flag, y, floor),
        Shape::Down { x: to } => view! { <rect class="downspan" x="0" y="-7" width=px((to - x).max(10)) height="14" fill="url(#down)"/> }.into_any(),
        Shape::Up => view! { <g class="upmark"><path d="M0-7v14"/></g> }.into_any(),
        Shape::Lost(message) => {
            view! { <g class="lostmark"><path d="M14-4l8 8m0-8l-8 8"/><text x="26" y="4" class="tl-id">{message.to_string()}</text></g> }.into_any()
        }
    };
    view! { <g class:planned=mark.ahead transform=moved(x, y)>{inside}</g> }.into_any()
}

fn send_view(page: Page, message: MessageId) -> AnyView {
    let class = ["ev ", hue(message)].concat();
    let href = ["#s-", &glyph::shape(message).to_string()].concat();
    let ring = move || {
        (page.picked.get() == Some(message)).then(|| view! { <circle class="pickring" r="8.5"/> })
    };
    view! {
        {ring}
        <g class=class><use_ href=href x="-5" y="-5" width="10" height="10"/></g>
        <text class="tl-id" y="-9" text-anchor="middle">{message.to_string()}</text>
    }
    .into_any()
}

fn arrow(message: MessageId, class: &'static str, x: i32, y: i32) -> AnyView {
    let class = [class, " ", hue(message)].concat();
    view! { <path class=class d=["M0 0L", &px(x), " ", &px(y)].concat() marker-end="url(#ah)"/> }
        .into_any()
}

fn flag_view(flag: Flag, y: i32, floor: Memo<i32>) -> AnyView {
    let symbol = match flag {
        Flag::Kill => "#i-kill",
        Flag::Power => "#i-power",
        Flag::Disk => "#i-diskx",
        Flag::Stop => "#i-stop",
        Flag::Pause => "#i-pause",
        Flag::Stall => "#i-stall",
        Flag::Cut => "#i-cut",
    };
    let stem = move || ["M0 ", &px(180 - y), "V", &px(floor.get() - y)].concat();
    view! {
        <g class="faultflag">
            <path class="stem" d=stem/>
            <g transform="translate(-8 -8)"><rect class="flagbg" width="16" height="16" rx="2"/><use_ href=symbol width="16" height="16"/></g>
        </g>
    }
    .into_any()
}
