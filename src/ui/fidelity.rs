//! What real brokers did with our scenarios beside what the engine does, and what it does not model.

use std::sync::Arc;

use leptos::prelude::{GetUntracked, RwSignal, Update, event_target_value};
use loss_lab_present::fidelity::{self, Absent, Compared, Difference, Filter, Row, Total};
use loss_lab_present::intent::{Intent, Setup};

use crate::i18n::Language;
use crate::i18n::later::fidelity::{Words, words};

use super::html::*;
use super::page::{OnChange, Page, live};
use super::words::with_code;

/// The view.
pub fn fidelity(page: Page) -> AnyView {
    let language = page.language.get_untracked();
    let t = words(language);
    let all = Arc::new(fidelity::Fidelity::read());
    let filter = RwSignal::new(Filter::default());
    let totals = totals_view(t, &all.totals());
    let choice = choice_view(t, &all.totals(), filter);
    let absent = absent_view(t, language, &all.absent);
    let rows = live(move || rows_view(page, t, &all, &filter.get()));
    html! {
        <section class="panel fidelity" aria-labelledby="h-fidelity">
            <div class="fidelity-head">
                <div>
                    <h1 id="h-fidelity">{t.title}</h1>
                    <p>{t.lead}</p>
                    <p class="none">{with_code(t.how)}</p>
                </div>
                {totals}
            </div>
        </section>
        <section class="panel fidelity" aria-labelledby="h-recordings">
            {choice}
            {rows}
        </section>
        {absent}
    }
}

fn totals_view(t: &'static Words, totals: &[Total]) -> AnyView {
    let rows = totals.iter().map(|total| {
        html! {
            <tr>
                <th scope="row"><code>{total.rocketmq.clone()}</code></th>
                <td>{total.recordings.to_string()}</td>
                <td><b>{total.reproduced.to_string()}</b></td>
            </tr>
        }
    });
    html! {
        <table class="table totals">
            <thead><tr><th scope="col">{t.version}</th><th scope="col">{t.recordings}</th><th scope="col">{t.reproduced}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn choice_view(t: &'static Words, totals: &[Total], filter: RwSignal<Filter>) -> AnyView {
    let options = totals.iter().map(|total| {
        html! { <option value=total.rocketmq.clone()>{total.rocketmq.clone()}</option> }
    });
    let version: OnChange = Box::new(move |event| {
        let version = event_target_value(&event);
        filter.update(|filter| filter.rocketmq = (!version.is_empty()).then_some(version));
    });
    let letters: OnChange = Box::new(move |event| {
        let letters = event_target_value(&event);
        filter.update(|filter| filter.letters = letters);
    });
    let differing: OnChange =
        Box::new(move |_| filter.update(|filter| filter.differing = !filter.differing));
    html! {
        <header class="panel-head fidelity-choice">
            <h2 id="h-recordings">{t.table}</h2>
            <input type="search" class="field" aria-label=t.find placeholder=t.find on:input=letters/>
            <select class="field" aria-label=t.version on:change=version><option value="">{t.every_version}</option>{options.collect_view()}</select>
            <label class="check"><input type="checkbox" on:change=differing/>{t.differing}</label>
        </header>
    }
}

fn rows_view(page: Page, t: &'static Words, all: &fidelity::Fidelity, filter: &Filter) -> AnyView {
    let shown: Vec<&Row> = all.shown(filter).collect();
    let count = (t.shown)(shown.len(), all.rows.len());
    let rows = shown.into_iter().map(|row| row_view(page, t, row));
    html! {
        <p class="none fidelity-count" role="status">{count}</p>
        <table class="table recordings">
            <thead><tr>
                <th scope="col">{t.scenario}</th>
                <th scope="col">{t.version}</th>
                <th scope="col">{t.compared}</th>
                <th scope="col">{t.result}</th>
                <td></td>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn row_view(page: Page, t: &'static Words, row: &Row) -> AnyView {
    let name = row.recording.clone();
    let play = page.asks(Intent::Setup(Setup::Open(row.scenario())));
    let (class, result) = if row.reproduced {
        ("is-same", t.same)
    } else {
        ("is-other", t.differs)
    };
    let differences = row
        .differences
        .iter()
        .map(|difference| difference_view(t, difference));
    let said = |words| titled(page.language.get_untracked(), words);
    let why = said(&row.explanation);
    let why = (!why.0.is_empty()).then(|| html! { <p lang=why.1>{why.0}</p> });
    let title = said(&row.title);
    html! {
        <tr>
            <th scope="row"><span lang=title.1>{title.0}</span><code>{name}</code></th>
            <td><code>{row.rocketmq.clone()}</code></td>
            <td>{compared_view(t, &row.compared)}</td>
            <td><span class=class>{result}</span>{differences.collect_view()}{why}</td>
            <td><a class="show" href="#/lab" on:click=play>{t.play}<span class="sr">" "{row.recording.clone()}</span></a></td>
        </tr>
    }
}

/// A title, and the language it is in.
fn titled(language: Language, title: &fidelity::Words) -> (String, &'static str) {
    match language {
        Language::Zh if !title.zh.is_empty() => (title.zh.clone(), Language::Zh.tag()),
        Language::Zh | Language::En => (title.en.clone(), Language::En.tag()),
    }
}

fn observation(t: &'static Words, name: &str) -> String {
    (t.observation)(name).map_or_else(|| name.to_owned(), str::to_owned)
}

fn compared_view(t: &'static Words, compared: &[Compared]) -> AnyView {
    let count: u32 = compared.iter().map(|compared| compared.count).sum();
    let parts = compared.iter().map(|compared| {
        let name = observation(t, &compared.observation);
        html! { <li>{name}" "<b>{compared.count.to_string()}</b></li> }
    });
    html! {
        <details class="compared">
            <summary>{count.to_string()}</summary>
            <ul>{parts.collect_view()}</ul>
        </details>
    }
}

fn difference_view(t: &'static Words, difference: &Difference) -> AnyView {
    html! {
        <dl class="difference">
            <div><dt>{observation(t, &difference.observation)}</dt><dd><code>{difference.of.clone()}</code></dd></div>
            <div><dt>{t.real}</dt><dd><code>{difference.recorded.clone()}</code></dd></div>
            <div><dt>{t.engine}</dt><dd><code>{difference.engine.clone()}</code></dd></div>
        </dl>
    }
}

fn absent_view(t: &'static Words, language: Language, absent: &[Absent]) -> AnyView {
    let pick = |words: &fidelity::Words| match language {
        Language::En => words.en.clone(),
        Language::Zh => words.zh.clone(),
    };
    let rows = absent.iter().map(|absent| {
        html! { <tr><th scope="row">{with_code(&pick(&absent.rule))}</th><td>{with_code(&pick(&absent.asked))}</td></tr> }
    });
    html! {
        <section class="panel fidelity" aria-labelledby="h-absent">
            <header class="panel-head"><h2 id="h-absent">{t.absent}</h2></header>
            <p class="none fidelity-count">{t.absent_lead}</p>
            <table class="table absent">
                <thead><tr><th scope="col">{t.rule}</th><th scope="col">{t.asked}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
}
