//! The timeline: what `present` has placed, as SVG, and a playhead that can be dragged.
//!
//! Marks come by the hundred and nobody presses one by itself, so they are a few pieces of markup, which are written from numbers and
//! RocketMQ's own words alone. What a scenario can name, the lanes, are elements.

use leptos::ev::PointerEvent;
use leptos::prelude::{Effect, With, event_target_value};
use leptos::task::spawn_local;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::units::SimTime;
use loss_lab_present::glyph;
use loss_lab_present::intent::Intent;
use loss_lab_present::listing::Reading;
use loss_lab_present::timeline::{Flag, Fold, Mark, Shape, Tick, Timeline, WIDTH};
use loss_lab_present::trail::Trail;

use crate::browser;
use crate::i18n::{instant, length};

use super::html::*;
use super::icon::hue;
use super::page::{OnChange, Page, gliding};
use super::rooms::extra;
use super::transport::{transport, ways};

/// So many marks are one piece of markup.
const PIECE: usize = 24;

/// Tenths of a pixel as a number of pixels.
fn px(tenths: i32) -> String {
    let (whole, rest) = (tenths / 10, (tenths % 10).abs());
    if rest == 0 {
        whole.to_string()
    } else {
        [&whole.to_string(), ".", &rest.to_string()].concat()
    }
}

/// The timeline, with the transport over it.
pub fn time_panel(page: Page) -> AnyView {
    let t = page.texts();
    let drawing = page.drawn(
        |frame| (frame.timeline.clone(), frame.choices.picked, frame.now),
        |page, (timeline, picked, now)| drawing(page, timeline, *picked, *now),
    );
    let words = page.drawn(
        |frame| {
            let Timeline {
                steps, is_window, ..
            } = &frame.timeline;
            let whole = is_window.then_some(*steps);
            (whole, frame.choices.trail.clone())
        },
        |page, (whole, trail)| words(page, *whole, trail),
    );
    // With each event, not with each animation frame, and after everything else that the event changes: asking where something is
    // makes the browser lay the page out.
    Effect::new(move |_| {
        let part = page.frame.with(|frame| {
            let Timeline { width, scale, .. } = &frame.timeline;
            (*width > WIDTH).then(|| f64::from(scale.x(frame.now)) / f64::from(*width))
        });
        if let Some(part) = part {
            spawn_local(async move { browser::keep_in_sight(".tl-wrap", part) });
        }
    });
    html! {
        <section class="panel time" aria-labelledby="h-time">
            <h2 id="h-time" class="sr">{t.timeline}</h2>
            {transport(page)}
            <div class="scroll-x tl-wrap" tabindex="0" role="group" aria-labelledby="h-time">{drawing}</div>
            {words}
            {extra(page, |rooms| rooms.listing)}
        </section>
    }
}

fn drawing(page: Page, timeline: &Timeline, picked: Option<MessageId>, now: SimTime) -> AnyView {
    let t = page.texts();
    let count = |is: fn(&Shape) -> bool| {
        let marks = timeline.marks.iter();
        marks.filter(|mark| is(&mark.shape)).count()
    };
    let sends = count(|shape| matches!(shape, Shape::Send(_)));
    let faults = count(|shape| matches!(shape, Shape::Flag(_)));
    let least = if timeline.width > WIDTH {
        [&px(timeline.width), "px"].concat()
    } else {
        String::new()
    };
    let lanes = timeline.lanes.iter().map(|lane| {
        let line = ["M88 ", &px(lane.y), "H", &px(timeline.width)].concat();
        let disk = lane.disk.map_or_else(String::new, |disk| ["M88 ", &px(disk), "H", &px(timeline.width)].concat());
        html! { <text class="tl-lane" x="0" y=px(lane.y + 40)>{lane.name.clone()}</text><path class="lane" d=line/><path class="lane on-disk" d=disk/> }
    });
    let pieces = marks(timeline, picked).into_iter();
    let view_box = ["0 0 ", &px(timeline.width), " ", &px(timeline.height)].concat();
    let [way, to, animation] = gliding(page, playhead(timeline));
    html! {
        <div class="tl-box" style=("min-width", least)>
            <svg
                class="tl"
                viewBox=view_box
                role="img"
                aria-label=(t.timeline_label)(timeline.lanes.len(), sends, faults)
                on:pointerdown=seek(page, timeline, |_| true)
                on:pointermove=seek(page, timeline, browser::presses)
            >
                {lanes.collect_view()}
                {pieces.map(|piece| html! { <g inner_html=piece></g> }).collect_view()}
            </svg>
            <div class="playhead" style=("--way", way) style=("--to", to) style=("animation", animation)>{slider(page, timeline, now)}</div>
        </div>
    }
}

/// The way to what is not drawn, and what was drawn in words.
fn words(page: Page, whole: Option<(usize, usize)>, trail: &Trail) -> AnyView {
    let t = page.texts();
    let whole = whole.map(|(at, of)| {
        let go: OnChange = Box::new(move |event| {
            if let Ok(number) = event_target_value(&event).parse() {
                page.ask(Intent::Step(number));
            }
        });
        html! { <input type="range" class="whole" min="0" max=of.to_string() aria-label=t.all_events prop:value=at.to_string() on:input=go/> }
    });
    let [show, hide] = t.lately;
    let (label, expanded, then) = match trail.events {
        Some(_) => (hide, "true", None),
        None => (show, "false", Some(Reading::Here)),
    };
    let toggle = page.asks(Intent::Events(then));
    html! {
        <div class="tl-words">
            {whole}
            {ways(page, trail)}
            <button type="button" class="link-btn" aria-expanded=expanded on:click=toggle>{label}</button>
        </div>
    }
}

/// Goes to where the pointer is.
fn seek(
    page: Page,
    timeline: &Timeline,
    counts: fn(&PointerEvent) -> bool,
) -> Box<dyn FnMut(PointerEvent)> {
    let (width, scale) = (timeline.width, timeline.scale.clone());
    Box::new(move |event| {
        if counts(&event) {
            #[allow(clippy::cast_possible_truncation, reason = "a place on the drawing")]
            let x = (browser::fraction_across(&event) * f64::from(width)) as i32;
            page.ask(Intent::Seek(scale.at(x).min(scale.end())));
        }
    })
}

/// Where the playhead stands at an instant: in thousandths of a percent of the drawing. It is as wide as the drawing and over it, so
/// that moving it draws nothing anew.
fn playhead(timeline: &Timeline) -> impl Fn(SimTime) -> String + Clone + Send + 'static {
    let (width, scale) = (i64::from(timeline.width.max(1)), timeline.scale.clone());
    move |at| (i64::from(scale.x(at)) * 100_000 / width).to_string()
}

/// The playhead for the keyboard: arrow keys step through events.
fn slider(page: Page, timeline: &Timeline, now: SimTime) -> AnyView {
    let t = page.texts();
    let (at, of) = timeline.steps;
    html! {
        <div
            class="seek"
            role="slider"
            tabindex="0"
            aria-label=t.playhead
            aria-valuemin="0"
            aria-valuemax=of.to_string()
            aria-valuenow=at.to_string()
            aria-valuetext=instant(now)
        ></div>
    }
}

/// Everything that stands in the lanes, in pieces: most events change one of them.
fn marks(timeline: &Timeline, picked: Option<MessageId>) -> Vec<String> {
    let floor = timeline.height - 200;
    let folds = timeline.folds.iter().map(|fold| fold_markup(fold, floor));
    let ticks = timeline.ticks.iter().map(|tick| tick_markup(tick, floor));
    let mut pieces = vec![folds.chain(ticks).collect()];
    let of_piece = timeline.marks.chunks(PIECE);
    pieces.extend(of_piece.map(|marks| piece(marks, floor, picked)));
    pieces
}

fn piece(marks: &[Mark], floor: i32, picked: Option<MessageId>) -> String {
    let mut all = String::new();
    for mark in marks {
        let class = if mark.ahead { "planned" } else { "" };
        let place = [&px(mark.x), " ", &px(mark.y)].concat();
        let inside = mark_markup(mark, floor, picked);
        let parts = [
            "<g class=\"",
            class,
            "\" transform=\"translate(",
            &place,
            ")\">",
            &inside,
            "</g>",
        ];
        all.extend(parts);
    }
    all
}

fn fold_markup(fold: &Fold, floor: i32) -> String {
    let (x, end, floor_) = (px(fold.x), px(fold.x + fold.width), px(floor));
    let edges = ["M", &x, " 16V", &floor_, "M", &end, " 16V", &floor_].concat();
    [
        "<rect class=\"gap\" y=\"16\" x=\"",
        &x,
        "\" width=\"",
        &px(fold.width),
        "\" height=\"",
        &px(floor - 160),
        "\"/><path class=\"gap-e\" d=\"",
        &edges,
        "\"/><text class=\"gap-t\" y=\"11\" text-anchor=\"middle\" x=\"",
        &px(fold.x + fold.width / 2),
        "\">+",
        &length(fold.time),
        "</text>",
    ]
    .concat()
}

fn tick_markup(tick: &Tick, floor: i32) -> String {
    let at = if tick.at == SimTime::ZERO {
        "0".to_owned()
    } else {
        instant(tick.at)
    };
    let x = px(tick.x);
    [
        "<path class=\"tick\" d=\"M",
        &x,
        " ",
        &px(floor),
        "v4\"/><text class=\"tl-t\" text-anchor=\"middle\" x=\"",
        &x,
        "\" y=\"",
        &px(floor + 150),
        "\">",
        &at,
        "</text>",
    ]
    .concat()
}

fn mark_markup(mark: &Mark, floor: i32, picked: Option<MessageId>) -> String {
    let (x, y) = (mark.x, mark.y);
    let lit = |class, picked_class, message| {
        if picked == Some(message) {
            picked_class
        } else {
            class
        }
    };
    match mark.shape {
        Shape::Send(message) => send_markup(message, picked == Some(message)),
        Shape::Message { message, x: to, y: below } => arrow(lit("arr ", "arr is-picked ", message), message, to - x, below - y),
        Shape::Answer { message, x: to, y: below } => arrow(lit("arr ackline ", "arr ackline is-picked ", message), message, to - x, below - y),
        Shape::Dispatched => "<path class=\"dispatch\" d=\"M-2.500 2h5l-2.500 4z\"/>".to_owned(),
        Shape::Route => "<g class=\"upmark\"><path d=\"M0-4l4 4-4 4-4-4z\"/></g>".to_owned(),
        Shape::Fsync { named: false } => FSYNC.to_owned(),
        Shape::Fsync { named: true } => [FSYNC, "<text class=\"tl-note\" y=\"-7\" text-anchor=\"middle\">fsync</text>"].concat(),
        Shape::Consumed => "<g class=\"okmark\"><path d=\"M-3 0l2.500 2.500 4-5\"/></g>".to_owned(),
        Shape::Duplicated => "<g class=\"dupmark\"><rect x=\"-3\" y=\"-5\" width=\"7\" height=\"7\"/><rect y=\"-2\" width=\"7\" height=\"7\"/></g>".to_owned(),
        Shape::Failed => "<g class=\"fault\"><path d=\"M-4-4l8 8m0-8l-8 8\"/></g>".to_owned(),
        Shape::Flag(flag) => flag_markup(flag, y, floor),
        Shape::Down { x: to, y: below } => [
            "<rect class=\"downspan\" y=\"-7\" fill=\"url(#down)\" height=\"",
            &px(140 + below),
            "\" width=\"",
            &px((to - x).max(10)),
            "\"/>",
        ]
        .concat(),
        Shape::Up => "<g class=\"upmark\"><path d=\"M0-7v14\"/></g>".to_owned(),
        Shape::Lost(message) => [
            "<g class=\"lostmark\"><path d=\"M14-4l8 8m0-8l-8 8\"/><text x=\"26\" y=\"4\" class=\"tl-id\">",
            &message.to_string(),
            "</text></g>",
        ]
        .concat(),
    }
}

/// From memory to disk.
const FSYNC: &str = "<path class=\"fsync\" d=\"M0-3v16\"/>";

fn send_markup(message: MessageId, picked: bool) -> String {
    let ring = if picked {
        "<circle class=\"pickring\" r=\"8.5\"/>"
    } else {
        ""
    };
    [
        ring,
        "<g class=\"ev ", hue(message),
        "\"><use href=\"#s-", &glyph::shape(message).to_string(),
        "\" x=\"-5\" y=\"-5\" width=\"10\" height=\"10\"/></g><text class=\"tl-id\" y=\"-9\" text-anchor=\"middle\">",
        &message.to_string(), "</text>",
    ]
    .concat()
}

fn arrow(class: &'static str, message: MessageId, x: i32, y: i32) -> String {
    [
        "<path class=\"",
        class,
        hue(message),
        "\" d=\"M0 0L",
        &px(x),
        " ",
        &px(y),
        "\" marker-end=\"url(#ah)\"/>",
    ]
    .concat()
}

fn flag_markup(flag: Flag, y: i32, floor: i32) -> String {
    let symbol = match flag {
        Flag::Kill => "kill",
        Flag::Power => "power",
        Flag::Disk => "diskx",
        Flag::Stop => "stop",
        Flag::Pause => "pause",
        Flag::Stall => "stall",
        Flag::Cut => "cut",
    };
    [
        "<g class=\"faultflag\"><path class=\"stem\" d=\"M0 ", &px(180 - y), "V", &px(floor - y),
        "\"/><g transform=\"translate(-8 -8)\"><rect class=\"flagbg\" width=\"16\" height=\"16\" rx=\"2\"/><use href=\"#i-", symbol,
        "\" width=\"16\" height=\"16\"/></g></g>",
    ]
    .concat()
}
