//! A lesson being given: the cluster on one side, the question on the other, and nothing of the answer before it is asked for.

use leptos::ev::{KeyboardEvent, keydown};
use leptos::prelude::{
    Effect, GetUntracked, ReadUntracked, RwSignal, Set, With, on_cleanup, window_event_listener,
};
use loss_lab_engine::scenario::Title;
use loss_lab_engine::status::Profile;
use loss_lab_lesson::{Choice, Lesson, Problem, Role};
use loss_lab_present::intent::{Intent, Setup};

use crate::browser;
use crate::i18n::Language;
use crate::i18n::later::lessons::{Words, words};
use crate::lessons::{Class, shelf};

use super::html::*;
use super::icon::icon;
use super::page::{OnChange, OnClick, Page, live};
use super::rooms::room;
use super::stage::cluster_panel;
use super::words::with_code;

/// The room: who is in it sees the page, the class, and what was wrong with a file.
#[derive(Clone, Copy)]
struct Room {
    page: Page,
    language: Language,
    t: &'static Words,
    class: RwSignal<Option<Class>>,
    problems: RwSignal<Vec<Problem>>,
}

/// The view.
pub fn lessons(page: Page) -> AnyView {
    let language = page.language.get_untracked();
    let this = Room {
        page,
        language,
        t: words(language),
        class: RwSignal::new(None),
        problems: RwSignal::new(Vec::new()),
    };
    Effect::new(move |_| page.address.with(|address| this.enter(address)));
    let keys = window_event_listener(keydown, move |event| this.key(&event));
    on_cleanup(move || keys.remove());
    live(move || {
        this.class.with(|class| match class {
            Some(class) => this.class_view(class),
            None => this.list(),
        })
    })
}

impl Room {
    /// Goes where the address says: `#/lessons/ID/STEP/PROFILE`. The language may just have changed: then nothing else does.
    fn enter(self, address: &str) {
        let mut words = address.split('/').skip(2);
        let (id, step, profile) = (words.next(), words.next(), words.next());
        let place = step.and_then(|step| step.parse::<usize>().ok());
        let profile = [Profile::V4_9, Profile::V5_3]
            .into_iter()
            .find(|known| profile == Some(known.word()));
        let place = place.unwrap_or(1).saturating_sub(1);
        match id.and_then(|id| Class::of_shelf(id, profile, place)) {
            Some(class) => self.stand(class),
            None => self.class.set(None),
        }
    }

    /// Shows a step: where it waits, or at its end if it asks nothing.
    fn stand(self, class: Class) {
        let id = &class.lesson().id;
        let place = (class.place + 1).to_string();
        browser::say_fragment(
            &["#/lessons/", id, "/", &place, "/", class.profile().word()].concat(),
        );
        let scenario = Box::new(class.shown.scenario.clone());
        self.ask(Setup::Wait(scenario, class.stop()));
        if class.told {
            self.ask(Setup::PlayTo(class.reveal()));
        }
        self.class.set(Some(class));
    }

    fn ask(self, setup: Setup) {
        self.page.ask(Intent::Setup(setup));
    }

    fn change(self, change: impl FnOnce(&mut Class)) {
        let mut class = self.class.get_untracked();
        if let Some(class) = &mut class {
            change(class);
        }
        self.class.set(class);
    }

    /// The answer, or the next step.
    fn forward(self) {
        let Some(mut class) = self.class.get_untracked() else {
            return;
        };
        if class.told {
            if let Some(next) = class.at(class.place + 1) {
                self.stand(next);
            }
        } else {
            class.told = true;
            // Somebody may have played with it meanwhile.
            let scenario = Box::new(class.shown.scenario.clone());
            self.ask(Setup::Wait(scenario, class.stop()));
            self.ask(Setup::PlayTo(class.reveal()));
            self.class.set(Some(class));
        }
    }

    /// The question again, or the step before.
    fn back(self) {
        let Some(class) = self.class.get_untracked() else {
            return;
        };
        let asked = class.told && class.shown.question.is_some();
        let place = if asked {
            Some(class.place)
        } else {
            class.place.checked_sub(1)
        };
        if let Some(before) = place.and_then(|place| class.at(place)) {
            self.stand(before);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        if self.class.read_untracked().is_none() || browser::takes_keys(event) {
            return;
        }
        let key = event.key();
        let digit = key
            .parse::<usize>()
            .ok()
            .and_then(|digit| digit.checked_sub(1));
        match (key.as_str(), digit) {
            ("ArrowRight" | "PageDown", _) => self.forward(),
            ("ArrowLeft" | "PageUp", _) => self.back(),
            ("f" | "F", _) => browser::full_screen(),
            (_, Some(choice)) => self.change(|class| class.guess(choice)),
            _ => return,
        }
        event.prevent_default();
    }

    fn does(self, act: impl Fn(Self) + 'static) -> OnClick {
        Box::new(move |_| act(self))
    }

    fn title(self, title: &Title) -> String {
        match self.language {
            Language::En => title.en.clone(),
            Language::Zh => title.zh.clone(),
        }
    }

    fn list(self) -> AnyView {
        let t = self.t;
        let rows = shelf().into_iter().map(|lesson| self.row(&lesson));
        let open: OnChange = Box::new(move |event| {
            browser::read_file(&event, move |text| match Class::of_text(&text) {
                Ok(class) => {
                    self.problems.set(Vec::new());
                    self.stand(class);
                }
                Err(problems) => self.problems.set(problems),
            });
        });
        html! {
            <section class="panel shelf" aria-labelledby="h-lessons">
                <h1 id="h-lessons">{t.title}</h1>
                <p>{t.lead}</p>
                <ol>{rows.collect_view()}</ol>
                <p><label class="btn open-file">{t.own}<input type="file" class="sr" accept=".md,text/markdown,text/plain" on:change=open/></label></p>
                <div role="status">{live(move || self.problems.with(|problems| self.wrong(problems)))}</div>
            </section>
        }
    }

    fn row(self, lesson: &Lesson) -> AnyView {
        let profiles = lesson.profiles.iter().map(|profile| profile.word());
        let profiles = profiles.collect::<Vec<_>>().join(" · ");
        let way = ["#/lessons/", &lesson.id].concat();
        html! {
            <li>
                <a href=way><b>{self.title(&lesson.title)}</b><small>{(self.t.steps)(lesson.steps.len())}" · "<code>{profiles}</code></small></a>
            </li>
        }
    }

    fn wrong(self, problems: &[Problem]) -> AnyView {
        if problems.is_empty() {
            return ().into_any();
        }
        let lines = problems.iter().take(20);
        let lines =
            lines.map(|problem| html! { <li lang="en"><code>{problem.to_string()}</code></li> });
        html! { <p>{self.t.own_wrong}</p><ul class="wrong">{lines.collect_view()}</ul> }
    }

    fn class_view(self, class: &Class) -> AnyView {
        let look = |word: &str| class.shown.look.iter().any(|look| look == word);
        // It would tell too much while it is asked.
        let ledger = (class.told && look("ledger")).then(|| {
            let inside = room(self.page, |rooms| rooms.ledger);
            html! { <section class="panel ledger">{inside}</section> }
        });
        html! {
            <article class="lesson-page">
                {self.head(class)}
                <div class="lesson">
                    <div class="lesson-stage">{cluster_panel(self.page)}{ledger}</div>
                    {self.question(class)}
                </div>
                <footer class="lesson-foot"><p>{with_code(self.t.keys)}</p></footer>
            </article>
        }
    }

    fn head(self, class: &Class) -> AnyView {
        let t = self.t;
        let pips = (0..class.steps).map(|place| {
            let class = match place.cmp(&class.place) {
                core::cmp::Ordering::Less => "done",
                core::cmp::Ordering::Equal => "cur",
                core::cmp::Ordering::Greater => "",
            };
            html! { <li class=class></li> }
        });
        let profiles = class.lesson().profiles.iter().copied().map(|profile| {
            let pressed = if profile == class.profile() { "true" } else { "false" };
            let choose = self.does(move |this| {
                let other = this.class.get_untracked().and_then(|class| class.under(profile));
                if let Some(other) = other {
                    this.stand(other);
                }
            });
            html! { <button type="button" aria-pressed=pressed on:click=choose>{profile.word()}</button> }
        });
        html! {
            <header class="lesson-top">
                <a class="btn quiet icon" href="#/lessons" aria-label=t.leave title=t.leave>{icon("#i-cross")}</a>
                <h1>{self.title(&class.lesson().title)}</h1>
                <p class="sr" role="status">{(t.step)(class.place + 1, class.steps)}</p>
                <ol class="pips" aria-hidden="true">{pips.collect_view()}</ol>
                <div class="seg" role="group" aria-label=t.rules>{profiles.collect_view()}</div>
                <button type="button" class="btn quiet" on:click=self.does(|_| browser::full_screen())>{t.full_screen}</button>
            </header>
        }
    }

    fn said(self, class: &Class, role: Role) -> Vec<String> {
        let language = match self.language {
            Language::En => 0,
            Language::Zh => 1,
        };
        let said = class.shown.said(language, role);
        said.map(|paragraph| paragraph.text.clone()).collect()
    }

    fn question(self, class: &Class) -> AnyView {
        let t = self.t;
        let says = self.said(class, Role::Say);
        let asks = self.said(class, Role::Ask);
        let choices = class.shown.question.as_ref().map(|question| {
            let choices = (0..).zip(&question.choices);
            let choices = choices.map(|(place, choice)| {
                let right = class.told && place == question.right;
                self.choice(class, place, choice, right)
            });
            html! { <ol class="options">{choices.collect_view()}</ol> }
        });
        let verdict = class.is_right().map(|right| {
            let guess = class
                .guess
                .and_then(|guess| class.shown.question.as_ref()?.choices.get(guess));
            let words = match (right, guess) {
                (false, Some(guess)) => (t.wrong)(&self.title(&guess.label)),
                _ => t.right.to_owned(),
            };
            html! { <p class="said">{words}</p> }
        });
        let explains = class.told.then(|| {
            let explains = self.said(class, Role::Explain);
            html! { <div class="read" role="status">{verdict}{paragraphs(&explains)}</div> }
        });
        html! {
            <section class="ask" aria-labelledby="h-ask">
                <p class="lesson-step">{(t.step)(class.place + 1, class.steps)}</p>
                <h2 id="h-ask">{self.title(&class.shown.title)}</h2>
                <div class="read">{paragraphs(&says)}</div>
                {asks.iter().map(|ask| html! { <p class="asked">{marked(ask)}</p> }).collect_view()}
                {choices}
                {explains}
                {self.ways(class)}
            </section>
        }
    }

    fn choice(self, class: &Class, place: usize, choice: &Choice, right: bool) -> AnyView {
        let t = self.t;
        let guessed = class.guess == Some(place);
        let style = match (guessed, right) {
            (true, true) => "option is-chosen is-right",
            (true, false) => "option is-chosen",
            (false, true) => "option is-right",
            (false, false) => "option",
        };
        let pressed = if guessed { "true" } else { "false" };
        let label = self.title(&choice.label);
        let guess = self.does(move |this| this.change(|class| class.guess(place)));
        let mark = match (right, guessed) {
            (true, _) => Some(t.answer),
            (false, true) => Some(t.your_guess),
            (false, false) => None,
        };
        let hand = |down: bool| self.does(move |this| this.change(|class| class.hand(place, down)));
        let count = class.hands.get(place).copied().unwrap_or_default();
        let [fewer, more] = [(t.fewer_hands)(&label), (t.more_hands)(&label)];
        let none = count == 0 || class.told;
        html! {
            <li>
                <button type="button" class=style aria-pressed=pressed disabled=class.told on:click=guess>
                    <kbd>{(place + 1).to_string()}</kbd>
                    <span>{with_code(&label)}</span>
                    {mark.map(|mark| html! { <em>{mark}</em> })}
                </button>
                <span class="hands" role="group" aria-label=t.hands>
                    <button type="button" class="btn quiet icon" aria-label=fewer disabled=none on:click=hand(true)>"−"</button>
                    <b>{count.to_string()}</b>
                    <button type="button" class="btn quiet icon" aria-label=more disabled=class.told on:click=hand(false)>"+"</button>
                </span>
            </li>
        }
    }

    fn ways(self, class: &Class) -> AnyView {
        let t = self.t;
        let last = class.told && class.place + 1 == class.steps;
        let label = match (class.told, class.shown.question.is_some()) {
            (false, _) => t.show,
            (true, true) => t.next,
            (true, false) => t.go_on,
        };
        let forward = (!last).then(|| {
            html! { <button type="button" class="btn primary" on:click=self.does(Self::forward)>{icon("#i-next")}<span>{label}</span></button> }
        });
        let end = last.then(|| html! { <p class="none">{t.end}</p> });
        let label = if class.told && class.shown.question.is_some() {
            t.again
        } else {
            t.back
        };
        let first = class.place == 0 && !(class.told && class.shown.question.is_some());
        let back = (!first).then(|| {
            html! { <button type="button" class="btn" on:click=self.does(Self::back)>{label}</button> }
        });
        html! { <div class="lesson-go">{end}{forward}{back}</div> }
    }
}

fn paragraphs(texts: &[String]) -> AnyView {
    let texts = texts.iter().map(|text| html! { <p>{marked(text)}</p> });
    texts.collect_view().into_any()
}

/// A text whose backquotes are code and whose double asterisks mark what matters.
fn marked(text: &str) -> AnyView {
    let parts = text.split("**").enumerate().map(|(index, part)| {
        let part = with_code(part);
        if index % 2 == 1 {
            html! { <b>{part}</b> }
        } else {
            part
        }
    });
    parts.collect_view().into_any()
}
