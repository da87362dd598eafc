//! The workbench: a dialog with every action of the scenario format, and with what can stand.

use leptos::ev::SubmitEvent;
use leptos::prelude::{GetUntracked as _, ReadUntracked as _, event_target_value};
use loss_lab_present::bench::{self, Act, Bench, Form, Input, Line, Outcome, Refusal, Sheet};
use loss_lab_present::desk::{Answer, Ask};
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::settings::Settings;

use crate::browser;
use crate::i18n::later::bench::{Words, words};
use crate::view::View;

use super::html::*;
use super::icon::icon;
use super::page::{OnChange, OnClick, Page};
use super::words::{breakable, with_code};

/// The dialog's id.
pub const BENCH: &str = "bench";
const FORM: &str = "bench-form";
const FIELDS: &str = "#bench-form [name]";

/// What it shows.
#[derive(PartialEq)]
struct Shown {
    settings: Settings,
    bench: Bench,
    answer: Answer,
}

/// The dialog. The browser keeps whether it is open, and closes it with Escape.
pub fn bench(page: Page) -> AnyView {
    let inside = page.drawn(
        |frame| Shown {
            settings: frame.choices.settings.clone(),
            bench: frame.choices.desk.bench.clone(),
            answer: frame.choices.desk.answer.clone(),
        },
        draw,
    );
    html! { <dialog id=BENCH class="bench" aria-labelledby="h-bench">{inside}</dialog> }
}

/// Opens it for `who`, at `what` (or at what comes first).
pub fn open(page: Page, who: String, what: &'static str) {
    lay(page, who, what);
    browser::open_dialog(BENCH);
}

/// Opens it as it was left; at first for the first producer.
pub fn open_again(page: Page) {
    let frame = page.frame.read_untracked();
    let Bench { who, what } = frame.choices.desk.bench.clone();
    let first = frame.stage.producers.first().filter(|_| what.is_empty());
    let who = first.map_or(who, |first| first.name.clone());
    drop(frame);
    open(page, who, what);
}

fn lay(page: Page, who: String, what: &'static str) {
    let bench = Bench { who, what };
    // What does not say which is the first there is.
    let settings = page.frame.read_untracked().choices.settings.clone();
    if let Some(Sheet { who, form, .. }) = bench::sheet(settings.cluster(), &bench) {
        let what = form.word;
        page.ask(Intent::Desk(Ask::Bench(Bench { who, what })));
    }
    leptos::task::spawn_local(async {
        // The form is drawn first; then it says what it says, not what was typed into another.
        leptos::task::tick().await;
        browser::reset_form(FORM);
    });
}

/// A lesson's cluster and an embed's are not the reader's to rebuild: the workbench is the lab's own.
pub fn is_here(page: Page) -> bool {
    page.view.get_untracked() == View::Lab
}

/// The button under *Send*.
pub fn compose(page: Page, name: &str) -> AnyView {
    if !is_here(page) {
        return ().into_any();
    }
    let [text, label] = [w(page).compose.to_owned(), (w(page).compose_for)(name)];
    let who = name.to_owned();
    let click: OnClick = Box::new(move |_| open(page, who.clone(), "send"));
    html! { <button type="button" class="btn quiet compose" aria-haspopup="dialog" title=label on:click=click>{text}<span class="sr">" "{name.to_owned()}</span></button> }
}

/// The way to what can be added.
pub fn nodes_button(page: Page) -> AnyView {
    if !is_here(page) {
        return ().into_any();
    }
    let click: OnClick = Box::new(move |_| open(page, String::new(), "add-consumer"));
    html! { <p class="node-tools"><button type="button" class="btn" aria-haspopup="dialog" on:click=click>{w(page).nodes}</button></p> }
}

fn w(page: Page) -> &'static Words {
    words(page.language.get_untracked())
}

fn draw(page: Page, shown: &Shown) -> AnyView {
    let w = w(page);
    let close = page.texts().close;
    let leave: OnClick = Box::new(|_| browser::close_dialog(BENCH));
    // Nothing is drawn before it has been opened.
    let sheet = (shown.bench != Bench::default())
        .then(|| bench::sheet(shown.settings.cluster(), &shown.bench))
        .flatten();
    let body = sheet.map(|sheet| body(page, shown, &sheet));
    html! {
        <header>
            <h2 id="h-bench">{w.title}</h2>
            <button type="button" class="btn quiet icon" aria-label=close title=close on:click=leave>{icon("#i-cross")}</button>
        </header>
        {body}
    }
}

fn body(page: Page, shown: &Shown, sheet: &Sheet) -> AnyView {
    let w = w(page);
    let [_, hint] = (w.form)(sheet.form.word);
    let fields = sheet.lines.iter().map(|line| field(page, sheet, line));
    let fields = fields.collect_view();
    let when = (!sheet.when.is_empty()).then(|| {
        let lines = sheet.when.iter().map(|line| field(page, sheet, line));
        html! { <details class="when"><summary>{w.when}</summary><div class="fields">{lines.collect_view()}</div></details> }
    });
    let now = Bench {
        who: sheet.who.clone(),
        what: sheet.form.word,
    };
    let refusal = shown.answer.read().bench;
    let refusal = refusal
        .filter(|(bench, _)| *bench == now)
        .map(|(_, outcome)| said(page, &outcome));
    let done = match sheet.form.act {
        Act::Do(_) | Act::DoBetween => w.do_it,
        Act::Add(_) | Act::AddSlave | Act::Change(_) | Act::Remove | Act::World => w.apply,
    };
    let send: Box<dyn FnMut(SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        let filled = browser::filled(FIELDS);
        page.ask(Intent::Setup(Setup::Form(now.clone(), filled)));
        let answer = page.frame.read_untracked().choices.desk.answer.read();
        if matches!(answer.bench, Some((_, Outcome::Done(warnings))) if warnings.is_empty()) {
            browser::close_dialog(BENCH);
        }
    });
    html! {
        <div class="bench-head">{who(page, sheet)}{what(page, sheet)}</div>
        <p class="hint">{with_code(hint)}</p>
        <form id=FORM on:submit=send>
            <div class="fields">{fields}</div>
            {when}
            <div class="bench-go">
                <div class="report" role="alert">{refusal}</div>
                <button type="submit" class="btn primary">{done}</button>
            </div>
        </form>
    }
}

fn who(page: Page, sheet: &Sheet) -> AnyView {
    let w = w(page);
    let choose: OnChange = Box::new(move |event| lay(page, event_target_value(&event), ""));
    let options = sheet.names.iter().map(|name| {
        let label = if name.is_empty() { w.cluster } else { name };
        html! { <option value=name.clone() selected=*name == sheet.who>{label.to_owned()}</option> }
    });
    html! {
        <label class="fld"><span>{w.who}</span>
            <select class="field" id="bench-who" prop:value=sheet.who.clone() on:change=choose>{options.collect_view()}</select>
        </label>
    }
}

fn what(page: Page, sheet: &Sheet) -> AnyView {
    let w = w(page);
    let name = sheet.who.clone();
    let choose: OnChange = Box::new(move |event| {
        let word = event_target_value(&event);
        if let Some(form) = bench::FORMS.iter().find(|form| form.word == word) {
            lay(page, name.clone(), form.word);
        }
    });
    let groups = w.heads.into_iter().enumerate().filter_map(|(head, label)| {
        let forms: Vec<AnyView> = sheet
            .forms
            .iter()
            .filter(|form| head_of(form) == head)
            .map(|form| {
                let [label, _] = (w.form)(form.word);
                html! { <option value=form.word selected=form.word == sheet.form.word>{label}</option> }
            })
            .collect();
        (!forms.is_empty()).then(|| html! { <optgroup label=label>{forms.collect_view()}</optgroup> })
    });
    html! {
        <label class="fld"><span>{w.what}</span>
            <select class="field" id="bench-what" prop:value=sheet.form.word on:change=choose>{groups.collect_view()}</select>
        </label>
    }
}

/// Under which of the four heads a form stands.
fn head_of(form: &Form) -> usize {
    match form.act {
        Act::Do("from") | Act::DoBetween => 2,
        Act::Do("node") => 1,
        Act::Do(_) => 0,
        Act::Add(_) | Act::AddSlave | Act::Change(_) | Act::Remove | Act::World => 3,
    }
}

fn field(page: Page, sheet: &Sheet, line: &Line) -> AnyView {
    let w = w(page);
    // The same name in another form is another field: it must not keep what was typed there.
    let id = ["f-", sheet.form.word, "-", line.name].concat();
    let label = (w.field)(line.name);
    let value = line.value.clone();
    let input = match &line.input {
        Input::Number => {
            html! { <input class="field" id=id name=line.name inputmode="decimal" autocomplete="off" value=value/> }
        }
        Input::Text => {
            html! { <input class="field" id=id name=line.name autocomplete="off" spellcheck="false" value=value/> }
        }
        Input::Lines => {
            html! { <textarea class="field" id=id name=line.name rows="3" spellcheck="false" placeholder="flushDiskType=SYNC_FLUSH"></textarea> }
        }
        Input::Choice(choices) => {
            let unsaid = match line.name {
                "event" => w.now,
                "local" | "check" | "checkAgain" => "–",
                _ => w.unsaid,
            };
            let options = choices.iter().map(|choice| {
                let label = if choice.is_empty() { unsaid } else { choice };
                html! { <option value=choice.clone() selected=*choice == line.value>{label.to_owned()}</option> }
            });
            html! { <select class="field" id=id name=line.name>{options.collect_view()}</select> }
        }
    };
    // The format's own name is said where it is another.
    let name = (label != line.name).then(|| html! { " "<small>{breakable(line.name)}</small> });
    html! { <label class="fld"><span>{label}{name}</span>{input}</label> }
}

/// What came of the form, where there is something to say.
fn said(page: Page, outcome: &Outcome) -> AnyView {
    let (w, t) = (w(page), page.later_texts());
    match outcome {
        Outcome::Done(problems) | Outcome::Refused(Refusal::Problems(problems)) => {
            let refused = matches!(outcome, Outcome::Refused(_)).then_some(w.not_done);
            let list = problems
                .iter()
                .map(|one| html! { <li>{(t.problem)(one)}</li> });
            html! { {refused.map(|words| html! { <p>{words}</p> })}<ul>{list.collect_view()}</ul> }
        }
        Outcome::Refused(Refusal::NotANumber(field)) => {
            html! { <p>{w.not_done}</p><ul><li>{(w.not_a_number)(field)}</li></ul> }
        }
        Outcome::Rejected(why) => {
            html! { <p>{w.not_done}</p><ul><li>{(w.rejected)(*why)}</li></ul> }
        }
    }
}
