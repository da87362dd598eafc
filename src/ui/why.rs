//! The narration: what just happened, and why. A screen reader hears each line.

use loss_lab_engine::units::SimTime;
use loss_lab_present::frame::Notice;
use loss_lab_present::narration::Line;

use crate::i18n::{instant, rich};

use super::html::*;
use super::page::Page;
use super::words::sentence;

/// What is said.
#[derive(PartialEq)]
struct Said {
    notice: Option<Notice>,
    line: Option<Line>,
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
    html! {
        <section class="why" aria-labelledby="h-why">
            <h2 id="h-why" class="sr">{t.what_happened}</h2>
            <p class="why-line" role="status">{words}</p>
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
