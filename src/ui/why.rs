//! The narration: what just happened, and why. A screen reader hears each line.

use leptos::prelude::*;
use loss_lab_present::frame::Notice;
use loss_lab_present::narration::Line;

use crate::i18n::{Texts, instant, rich};

use super::page::expect_page;
use super::words::sentence;

#[component]
pub fn WhyLine() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let said = page.slice(|frame| (frame.choices.notice, frame.line.clone(), frame.now));
    let words = move || {
        let (notice, line, now) = said.get();
        match (notice, line) {
            (Some(notice), _) => view! { <time>{instant(now)}</time><span class="why-text">{notice_text(t, notice)}</span> }.into_any(),
            (None, Some(line)) => told(t, &line),
            (None, None) => {
                let [head, then] = t.welcome;
                view! { <time>{instant(now)}</time><span class="why-text"><b>{head}</b>" "{then}</span> }.into_any()
            }
        }
    };
    view! {
        <section class="why" aria-labelledby="h-why">
            <h2 id="h-why" class="sr">{t.what_happened}</h2>
            <p class="why-line" role="status">{words}</p>
        </section>
    }
}

fn notice_text(t: &'static Texts, notice: Notice) -> AnyView {
    view! { <b>{(t.notice)(notice)}</b> }.into_any()
}

fn told(t: &'static Texts, line: &Line) -> AnyView {
    let head = sentence(rich(t, (t.narration)(line.key), &line.values));
    let because = line
        .because
        .map(|because| sentence(rich(t, (t.because)(because), &line.values)));
    view! { <time>{instant(line.at)}</time><span class="why-text"><b>{head}</b>" "{because}</span> }
        .into_any()
}
