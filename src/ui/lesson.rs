//! A lesson being given: the cluster on one side, the question on the other, and nothing of the answer before it is asked for.

use leptos::ev::{KeyboardEvent, keydown, pagehide};
use leptos::prelude::{
    Effect, GetUntracked, ReadUntracked, RwSignal, Set, With, on_cleanup, window_event_listener,
};
use loss_lab_engine::scenario::Title;
use loss_lab_engine::status::Profile;
use loss_lab_lesson::{Choice, Lesson, Problem, Role, Shown};
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::link::Why;

use crate::browser;
use crate::i18n::Language;
use crate::i18n::later::lessons::{Words, words};
use crate::i18n::share::ShareTexts;
use crate::lesson_link;
use crate::lessons::{Class, Handout, OWN, moments, shelf};

use super::handout::handout;
use super::html::*;
use super::icon::icon;
use super::notes::Notes;
use super::page::{OnChange, OnClick, Page, live};
use super::rooms::room;
use super::stage::cluster_panel;
use super::words::with_code;

/// Where the last step of a lesson is remembered …
const PLACE: &str = "lesson";
/// … a trainer's own lesson …
const OWN_TEXT: &str = "own-lesson";
/// … and, for this visit, what was guessed and counted.
const RECORD: &str = "lesson-record";
/// The step of the address that is a lesson on paper.
const PAPER: &str = "handout";

/// The room: who is in it sees the page, the class, and what was wrong with a file.
#[derive(Clone, Copy)]
pub struct Room {
    pub page: Page,
    language: Language,
    pub t: &'static Words,
    pub class: RwSignal<Option<Class>>,
    /// A lesson on paper.
    paper: RwSignal<Option<Handout>>,
    wrong: RwSignal<Option<Wrong>>,
    /// Whether the link to the lesson was copied: its length, if it is too long to be one.
    copied: RwSignal<Option<Result<(), usize>>>,
    notes: Notes,
    /// Nothing is seen: who speaks wants to be looked at.
    blank: RwSignal<bool>,
}

/// Why there is no class.
#[derive(Clone)]
enum Wrong {
    /// What the author of the lesson has to mend.
    Lesson(Vec<Problem>),
    /// The link cannot be read.
    Link(Why),
}

/// The view.
pub fn lessons(page: Page) -> AnyView {
    let language = page.language.get_untracked();
    let this = Room {
        page,
        language,
        t: words(language),
        class: RwSignal::new(None),
        paper: RwSignal::new(None),
        wrong: RwSignal::new(None),
        copied: RwSignal::new(None),
        notes: Notes::new(),
        blank: RwSignal::new(false),
    };
    Effect::new(move |_| page.address.with(|_| this.enter(&browser::fragment())));
    let keys = window_event_listener(keydown, move |event| this.key(&event));
    // What is drawn from here ends with this page.
    let gone = window_event_listener(pagehide, move |_| this.notes.close());
    on_cleanup(move || {
        keys.remove();
        gone.remove();
        this.notes.close();
    });
    live(move || {
        if let Some(paper) = this.paper.get() {
            return handout(this, &paper);
        }
        this.class.with(|class| match class {
            Some(class) => this.class_view(class),
            None => this.list(),
        })
    })
}

impl Room {
    /// Goes where the address says: `#/lessons/ID/STEP/PROFILE`, or `handout` for the step, or the lesson that a link carries. The
    /// language may just have changed: then nothing else does.
    fn enter(self, address: &str) {
        if let Some(text) = lesson_link::read(address) {
            self.paper.set(None);
            self.leave();
            match text {
                Ok(text) => self.open(&text),
                Err(why) => self.wrong.set(Some(Wrong::Link(why))),
            }
            return;
        }
        let mut words = address.split(['/', '?']).skip(2);
        let (name, step, profile) = (words.next(), words.next(), words.next());
        let place = step.and_then(|step| step.parse::<usize>().ok());
        let profile = [Profile::V4_9, Profile::V5_3]
            .into_iter()
            .find(|known| profile == Some(known.word()));
        let place = place.unwrap_or(1).saturating_sub(1);
        let class = name.and_then(|name| named(name, profile, place));
        let on_paper = step == Some(PAPER);
        let paper = class.as_ref().filter(|_| on_paper).and_then(Handout::of);
        self.paper.set(paper);
        match class.filter(|_| !on_paper) {
            Some(mut class) => {
                class.restore(&browser::kept(RECORD).unwrap_or_default());
                self.stand(class);
            }
            None => self.leave(),
        }
    }

    /// Back to the list.
    fn leave(self) {
        browser::keep(RECORD, "");
        self.notes.close();
        self.class.set(None);
    }

    /// Gives a trainer's own lesson, or says why it cannot be given; the one before is kept then.
    fn open(self, text: &str) {
        match Class::of_text(text) {
            Ok(class) => {
                browser::remember(OWN_TEXT, text);
                self.wrong.set(None);
                self.stand(class);
            }
            Err(problems) => self.wrong.set(Some(Wrong::Lesson(problems))),
        }
    }

    /// Copies a link that gives the trainer's own lesson to whoever follows it.
    fn copy_link(self) {
        let written = browser::recall(OWN_TEXT).map(|text| lesson_link::write(&text));
        if let Some(Ok(link)) = &written {
            browser::copy(&[&browser::page_address(), link.as_str()].concat());
        }
        self.copied.set(written.map(|written| written.map(|_| ())));
    }

    /// Shows a step: where it waits, or at its end if it asks nothing.
    fn stand(self, class: Class) {
        browser::say_fragment(&class.way());
        browser::remember(PLACE, &class.way());
        let [stop, reveal] = moments(&class.shown);
        self.ask(Setup::Wait(Box::new(class.shown.scenario.clone()), stop));
        if class.told {
            self.ask(Setup::PlayTo(reveal));
        }
        self.say(class);
    }

    /// Shows what is asked, guessed, counted or told, and keeps it.
    fn say(self, class: Class) {
        browser::keep(RECORD, &class.record());
        self.class.set(Some(class));
    }

    fn ask(self, setup: Setup) {
        self.page.ask(Intent::Setup(setup));
    }

    fn change(self, change: impl FnOnce(&mut Class)) {
        if let Some(mut class) = self.class.get_untracked() {
            change(&mut class);
            self.say(class);
        }
    }

    /// The answer, or the next step.
    pub fn forward(self) {
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
            let [stop, reveal] = moments(&class.shown);
            self.ask(Setup::Wait(Box::new(class.shown.scenario.clone()), stop));
            self.ask(Setup::PlayTo(reveal));
            self.say(class);
        }
    }

    /// The question again, or the step before.
    pub fn back(self) {
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

    pub fn key(self, event: &KeyboardEvent) {
        let other = event.ctrl_key() || event.meta_key() || event.alt_key();
        if other || self.class.read_untracked().is_none() || browser::takes_keys(event) {
            return;
        }
        let key = event.key();
        let blank = self.blank.get_untracked();
        // Ten choices: the tenth is 0.
        let digit = key.parse::<usize>().ok().filter(|digit| *digit < 10);
        match (key.as_str(), digit) {
            ("b" | "B" | ".", _) => self.blank.set(!blank),
            _ if blank => self.blank.set(false),
            ("ArrowRight" | "PageDown", _) => self.forward(),
            ("ArrowLeft" | "PageUp", _) => self.back(),
            ("f" | "F", _) => browser::full_screen(),
            ("n" | "N", _) => self.notes.open(self),
            (_, Some(digit)) => self.change(|class| class.guess((digit + 9) % 10)),
            _ => return,
        }
        event.prevent_default();
    }

    pub fn does(self, act: impl Fn(Self) + 'static) -> OnClick {
        Box::new(move |_| act(self))
    }

    pub fn title(self, title: &Title) -> String {
        match self.language {
            Language::En => title.en.clone(),
            Language::Zh => title.zh.clone(),
        }
    }

    fn list(self) -> AnyView {
        let t = self.t;
        let rows = shelf().into_iter().map(|lesson| self.row(&lesson));
        let last = browser::recall(PLACE).and_then(|way| self.last(&way));
        let open: OnChange = Box::new(move |event| {
            browser::read_file(&event, move |text| self.open(&text));
        });
        html! {
            <section class="panel shelf" aria-labelledby="h-lessons">
                <h1 id="h-lessons">{t.title}</h1>
                <p>{t.lead}</p>
                <div class="shelf-ways">
                    {last}
                    <label class="btn open-file">{t.own}<input type="file" class="sr" accept=".md,text/markdown,text/plain" on:change=open/></label>
                </div>
                <div role="status">{live(move || self.wrong.with(|wrong| self.say_wrong(wrong.as_ref())))}</div>
                <ol>{rows.collect_view()}</ol>
            </section>
        }
    }

    fn row(self, lesson: &Lesson) -> AnyView {
        let profiles = lesson.profiles.iter().map(|profile| profile.word());
        let profiles = profiles.collect::<Vec<_>>().join(" · ");
        let way = ["#/lessons/", &lesson.id].concat();
        let paper = [&way, "/", PAPER].concat();
        let title = self.title(&lesson.title);
        let label = [self.t.handout, &title].join(": ");
        html! {
            <li>
                <a href=way><b>{title}</b><small>{(self.t.steps)(lesson.steps.len())}" · "<code>{profiles}</code></small></a>
                <a class="to-paper" href=paper aria-label=label>{self.t.handout}</a>
            </li>
        }
    }

    /// The way back to the step that stood last.
    fn last(self, way: &str) -> Option<AnyView> {
        let mut words = way.strip_prefix("#/lessons/")?.split('/');
        let (name, step) = (words.next()?, words.next()?.parse().ok()?);
        let title = if name == OWN {
            self.t.own_title.to_owned()
        } else {
            let lesson = shelf().into_iter().find(|lesson| lesson.id == name)?;
            self.title(&lesson.title)
        };
        let words = (self.t.last)(&title, step);
        Some(html! { <a class="btn" href=way.to_owned()>{icon("#i-next")}<span>{words}</span></a> })
    }

    fn say_wrong(self, wrong: Option<&Wrong>) -> AnyView {
        let t = self.t;
        match wrong {
            None => ().into_any(),
            Some(Wrong::Lesson(problems)) => {
                let lines = problems.iter().take(20);
                let lines = lines.map(|problem| html! { <li>{(t.problem)(problem)}</li> });
                html! { <p>{t.own_wrong}</p><ul class="wrong">{lines.collect_view()}</ul> }
            }
            Some(Wrong::Link(why)) => {
                let why = (ShareTexts::of(self.language).why)(why);
                html! { <p>{t.link_wrong}</p><ul class="wrong"><li>{why}</li></ul> }
            }
        }
    }

    /// For a trainer's own lesson: the button that copies its link.
    fn share(self, class: &Class) -> Option<AnyView> {
        let t = self.t;
        let copied = move || match self.copied.get() {
            None => ().into_any(),
            Some(Ok(())) => html! { <span>{t.link_copied}</span> },
            Some(Err(characters)) => html! { <span>{(t.link_too_long)(characters)}</span> },
        };
        (class.name() == OWN).then(|| {
            html! {
                <button type="button" class="btn quiet copy-lesson" on:click=self.does(Self::copy_link)>{t.copy_link}</button>
                <span class="copied" role="status">{live(copied)}</span>
            }
        })
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
                    <div class="lesson-stage">{cluster_panel(self.page, !class.told)}{ledger}</div>
                    {self.question(class)}
                </div>
                <footer class="lesson-foot"><p>{with_code(self.t.keys)}</p></footer>
                {live(move || self.blanked())}
            </article>
        }
    }

    fn blanked(self) -> AnyView {
        if !self.blank.get() {
            return ().into_any();
        }
        let seen = self.does(|this| this.blank.set(false));
        html! { <button type="button" class="blank" aria-label=self.t.blank on:click=seen></button> }
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
                <button type="button" class="btn quiet for-speaker" on:click=self.does(|this| this.notes.open(this))>{t.notes}</button>
                <button type="button" class="btn quiet" on:click=self.does(|_| browser::full_screen())>{t.full_screen}</button>
                {self.share(class)}
                {live(move || self.notes.refused(self))}
            </header>
        }
    }

    pub fn said(self, shown: &Shown, role: Role) -> Vec<String> {
        let language = match self.language {
            Language::En => 0,
            Language::Zh => 1,
        };
        let said = shown.said(language, role);
        said.map(|paragraph| paragraph.text.clone()).collect()
    }

    /// The question's words.
    pub fn asked(self, shown: &Shown) -> AnyView {
        let asks = self.said(shown, Role::Ask);
        let asks = asks
            .iter()
            .map(|ask| html! { <p class="asked">{marked(ask)}</p> });
        asks.collect_view().into_any()
    }

    fn question(self, class: &Class) -> AnyView {
        let t = self.t;
        let says = self.said(&class.shown, Role::Say);
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
            let explains = self.said(&class.shown, Role::Explain);
            html! { <div class="read" role="status">{verdict}{paragraphs(&explains)}</div> }
        });
        html! {
            <section class="ask" aria-labelledby="h-ask">
                <p class="lesson-step">{(t.step)(class.place + 1, class.steps)}</p>
                <h2 id="h-ask">{self.title(&class.shown.title)}</h2>
                <div class="read">{paragraphs(&says)}</div>
                {self.asked(&class.shown)}
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
                    <kbd>{key_of(place)}</kbd>
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

    pub fn ways(self, class: &Class) -> AnyView {
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

/// The step of a lesson that has this name.
fn named(name: &str, profile: Option<Profile>, place: usize) -> Option<Class> {
    if name != OWN {
        return Class::of_shelf(name, profile, place);
    }
    let own = Class::of_text(&browser::recall(OWN_TEXT)?).ok()?;
    let class = own.at(place)?;
    match profile {
        Some(profile) => class.under(profile),
        None => Some(class),
    }
}

/// The digit that guesses a choice.
fn key_of(place: usize) -> String {
    if place < 10 {
        ((place + 1) % 10).to_string()
    } else {
        String::new()
    }
}

pub fn paragraphs(texts: &[String]) -> AnyView {
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
