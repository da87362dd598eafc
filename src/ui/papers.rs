//! The settings as RocketMQ reads them, and the run as a file: to copy, to paste, to save, to open.

use leptos::prelude::{Get as _, RwSignal, Set as _};
use loss_lab_present::conf::{self, Applied, Paper};
use loss_lab_present::desk::{Ask, Desk};
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::settings::Settings;

use crate::browser;

use super::html::*;
use super::icon::icon;
use super::page::{OnChange, OnClick, Page};

const PASTED: &str = "pasted-conf";

/// The same settings as a file and as code.
pub fn papers(page: Page, settings: &Settings, desk: &Desk, copied: RwSignal<String>) -> AnyView {
    let t = page.later_texts();
    let lines = conf::lines(settings, desk.paper);
    let text = conf::text(&lines);
    let tab = |(paper, label): (Paper, &'static str)| {
        let pressed = if paper == desk.paper { "true" } else { "false" };
        html! { <button type="button" aria-pressed=pressed on:click=page.asks(Intent::Desk(Ask::Paper(paper)))>{label}</button> }
    };
    let tabs = Paper::ALL.into_iter().zip(t.papers).map(tab).collect_view();
    let name = t
        .papers
        .into_iter()
        .zip(Paper::ALL)
        .find(|(_, paper)| *paper == desk.paper)
        .map_or("", |(name, _)| name);
    let label = [name, " ", t.preview].concat();
    let lines = lines.into_iter().map(|line| {
        let text = [&line.text, "\n"].concat();
        if line.changed {
            html! { <mark>{text}</mark> }
        } else {
            text.into_any()
        }
    });
    html! {
        <div class="conf">
            <header>
                <div class="seg" role="group" aria-label=t.show_as>{tabs}</div>
                {copy_button(page, text, t.copy, copied)}
            </header>
            <pre tabindex="0" role="region" aria-label=label><code>{lines.collect_view()}</code></pre>
        </div>
        {paste(page, desk.answer.read().applied.as_ref())}
    }
}

/// Copies, and shows a tick for as long as that is what was copied.
fn copy_button(page: Page, text: String, label: &'static str, copied: RwSignal<String>) -> AnyView {
    let (label, look) = if copied.get() == text {
        (page.later_texts().copied, "#i-check")
    } else {
        (label, "#i-copy")
    };
    let copy: OnClick = Box::new(move |_| {
        browser::copy(&text);
        copied.set(text.clone());
    });
    html! { <button type="button" class="btn quiet icon" aria-label=label title=label on:click=copy>{icon(look)}</button> }
}

fn paste(page: Page, applied: Option<&Applied>) -> AnyView {
    let t = page.later_texts();
    let [label, hint, button] = t.paste;
    let apply: OnClick =
        Box::new(move |_| page.ask(Intent::Setup(Setup::Conf(browser::field_text(PASTED)))));
    let report = applied.map(|applied| {
        let remarks = applied.remarks.iter().map(|remark| {
            let place = (t.line)(remark.line);
            html! { <li><b>{place}</b>" "<code>{remark.key.clone()}</code>" "{(t.what)(&remark.what)}</li> }
        });
        html! { <p>{(t.applied)(applied.taken)}</p><ul>{remarks.collect_view()}</ul> }
    });
    html! {
        <details class="paste">
            <summary>{label}</summary>
            <p id="paste-hint">{hint}</p>
            <textarea id=PASTED class="field" rows="5" spellcheck="false" aria-label=label aria-describedby="paste-hint"></textarea>
            <button type="button" class="btn" on:click=apply>{button}</button>
            <div class="report" role="status">{report}</div>
        </details>
    }
}

/// The run as a scenario file.
pub fn scenario_file(page: Page, desk: &Desk, copied: RwSignal<String>) -> AnyView {
    let t = page.later_texts();
    let [title, save, copy, open] = t.file;
    let give: OnClick = Box::new(move |_| browser::save("loss-lab.json", &page.scenario_file()));
    // What is copied is made when it is asked for: it changes with every action.
    let put: OnClick = Box::new(move |_| {
        let text = page.scenario_file();
        browser::copy(&text);
        copied.set(text);
    });
    let read: OnChange = Box::new(move |event| {
        browser::read_file(&event, move |text| {
            page.ask(Intent::Setup(Setup::Open(text)))
        });
    });
    let problems = desk.answer.read().problems;
    let problems = (!problems.is_empty()).then(|| {
        let warns = problems.iter().all(|one| one.code.is_warning());
        let head = if warns { t.file_warns } else { t.file_wrong };
        let list = problems
            .iter()
            .map(|one| html! { <li>{(t.problem)(one)}</li> });
        html! { <p>{head}</p><ul>{list.collect_view()}</ul> }
    });
    let copy = if copied.get() == page.scenario_file() {
        t.copied
    } else {
        copy
    };
    html! {
        <h3>{title}</h3>
        <p class="key-tools">
            <button type="button" class="btn" on:click=give>{save}</button>
            <button type="button" class="btn" on:click=put>{copy}</button>
            <label class="btn open-file">{open}<input type="file" class="sr" accept=".json,application/json" on:change=read/></label>
        </p>
        <div class="report" role="status">{problems}</div>
    }
}
