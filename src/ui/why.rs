//! The narration: what just happened, and why. A screen reader hears each line.

use leptos::prelude::GetUntracked as _;
use loss_lab_engine::ids::{EventId, MessageId};
use loss_lab_engine::units::SimTime;
use loss_lab_present::frame::Notice;
use loss_lab_present::intent::Intent;
use loss_lab_present::narration::Line;
use loss_lab_present::tale::{About, Entry, Tale};

use crate::i18n::later::rules;
use crate::i18n::{instant, rich};

use super::html::*;
use super::page::Page;
use super::rooms::room;
use super::words::{sentence, with_code};

/// What is said.
#[derive(PartialEq)]
struct Said {
    notice: Option<Notice>,
    line: Option<Line>,
    now: SimTime,
}

/// What is told at length.
#[derive(PartialEq)]
struct Told {
    tale: Option<Tale>,
    last: Option<EventId>,
    picked: Option<MessageId>,
    now: SimTime,
}

/// The line that says what just happened.
pub fn why_line(page: Page) -> AnyView {
    let t = page.texts();
    let words = page.drawn(
        |frame| Said {
            notice: frame.choices.notice,
            line: frame.line.clone(),
            now: frame.now,
        },
        words,
    );
    let told = room(page, |rooms| rooms.told);
    html! {
        <section class="why" aria-labelledby="h-why">
            <h2 id="h-why" class="sr">{t.what_happened}</h2>
            <p class="why-line" role="status">{words}</p>
            {told}
        </section>
    }
}

fn words(page: Page, said: &Said) -> AnyView {
    let t = page.texts();
    match (said.notice, &said.line) {
        (Some(notice), _) => line(said.now, (t.notice)(notice).into_any(), None),
        (None, Some(told)) => {
            let head = sentence(rich(t, (t.narration)(told.key), &told.values));
            let because = told
                .because
                .map(|because| sentence(rich(t, (t.because)(because), &told.values)));
            line(told.at, head, because)
        }
        (None, None) => {
            let [head, then] = t.welcome;
            line(said.now, head.into_any(), Some(then.into_any()))
        }
    }
}

fn line(at: SimTime, head: AnyView, then: Option<AnyView>) -> AnyView {
    html! { <time>{instant(at)}</time><span class="why-text"><b>{head}</b>" "{then}</span> }
}

/// A message's story, or what led to an event.
pub fn told(page: Page) -> AnyView {
    page.drawn(
        |frame| Told {
            tale: frame.tale.clone(),
            // A notice is no event.
            last: frame
                .line
                .as_ref()
                .filter(|_| frame.choices.notice.is_none())
                .map(|line| line.event),
            picked: frame.choices.picked,
            now: frame.now,
        },
        draw,
    )
}

fn draw(page: Page, told: &Told) -> AnyView {
    let t = page.texts();
    let ask = told.last.map(|event| {
        let why = page.asks(Intent::Why(Some(event)));
        html! { <button type="button" class="link-btn why-ask" on:click=why>{t.ask_why}</button> }
    });
    let tale = told.tale.as_ref().map(|tale| tale_view(page, told, tale));
    html! { {ask}{tale} }
}

fn tale_view(page: Page, told: &Told, tale: &Tale) -> AnyView {
    let t = page.texts();
    let [close, back] = t.close_tale;
    let (label, leave) = match (tale.about, told.picked) {
        (About::Message(message), _) => (close, Intent::Pick(message)),
        (About::Causes, picked) => (
            if picked.is_some() { back } else { close },
            Intent::Why(None),
        ),
    };
    let is_causes = tale.about == About::Causes;
    let lines = tale.entries.iter().map(|entry| {
        // In a chain of causes the next line is the cause.
        let asks = entry.has_cause && !is_causes;
        entry_view(page, entry, told.now, asks)
    });
    html! {
        <div class="tale" role="group" aria-labelledby="h-tale">
            <header class="panel-head">
                <h3 id="h-tale">{(t.tale)(tale.about)}</h3>
                <button type="button" class="link-btn" on:click=page.asks(leave)>{label}</button>
            </header>
            <ol tabindex="0" aria-labelledby="h-tale">{lines.collect_view()}</ol>
            {is_causes.then(|| html! { <p class="none">{t.no_cause}</p> })}
        </div>
    }
}

fn entry_view(page: Page, entry: &Entry, now: SimTime, asks: bool) -> AnyView {
    let t = page.texts();
    let Line {
        event,
        at,
        key,
        because,
        values,
        ..
    } = &entry.line;
    let because = because.map(|because| {
        html! { " "<span class="because">{sentence(rich(t, (t.because)(because), values))}</span> }
    });
    let why = asks.then(|| {
        let why = page.asks(Intent::Why(Some(*event)));
        html! { <button type="button" class="link-btn" on:click=why>{t.ask_why}</button> }
    });
    html! {
        <li class=if entry.ahead { "is-ahead" } else { "" } aria-current=(*at == now).then_some("time")>
            <button type="button" class="link-btn" on:click=page.asks(Intent::Seek(*at))><time>{instant(*at)}</time></button>
            <p>{sentence(rich(t, (t.narration)(*key), values))}{because}{rule(page, entry)}</p>
            {why}
        </li>
    }
}

/// Why it came again, or why it was lost.
fn rule(page: Page, entry: &Entry) -> Option<AnyView> {
    let w = rules::words(page.language.get_untracked());
    let again = entry.again.as_ref().map(|again| {
        let before = (w.before)(&again.earlier_to, &instant(again.earlier_at));
        html! { " "<span class="because">{with_code((w.again)(again.rule))}" "{before}</span> }
    });
    let lost = entry.lost.map(|lost| {
        html! { " "<span class="because">{with_code((w.lost)(lost))}</span> }
    });
    again.or(lost)
}
