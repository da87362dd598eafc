//! The speaker's notes, in a second window: what to say, the answer, the hands, what comes next. The clicker works there, too.

use std::any::Any;

use leptos::mount::mount_to;
use leptos::prelude::{
    GetUntracked, LocalStorage, RwSignal, Set, SetValue, StoredValue, UpdateValue, With,
};
use loss_lab_lesson::Role;

use crate::browser::Second;
use crate::lessons::Class;

use super::html::*;
use super::lesson::{Room, paragraphs};
use super::page::live;
use super::words::with_code;

/// The second window, if there is one.
#[derive(Clone, Copy)]
pub struct Notes {
    window: StoredValue<Option<Second>, LocalStorage>,
    /// What is drawn in it, as long as it is kept.
    drawn: StoredValue<Option<Box<dyn Any>>, LocalStorage>,
    refused: RwSignal<bool>,
}

impl Notes {
    pub fn new() -> Self {
        Self {
            window: StoredValue::new_local(None),
            drawn: StoredValue::new_local(None),
            refused: RwSignal::new(false),
        }
    }

    /// Opens it.
    pub fn open(self, room: Room) {
        // What was drawn there before goes first.
        self.drawn.set_value(None);
        let language = room.page.language.get_untracked();
        let opened = Second::open("loss-lab-notes", room.t.notes, language.tag());
        self.refused.set(opened.is_none());
        let Some((window, place)) = opened else {
            return;
        };
        window.on_key(move |event| room.key(&event));
        let drawn = mount_to(place, move || live(move || seen(room)));
        self.drawn.set_value(Some(Box::new(drawn)));
        self.window.set_value(Some(window));
    }

    /// Closes it.
    pub fn close(self) {
        self.drawn.try_update_value(|drawn| *drawn = None);
        let window = self.window.try_update_value(Option::take);
        if let Some(window) = window.flatten() {
            window.close();
        }
    }

    /// What is said when the browser did not let it open.
    pub fn refused(self, room: Room) -> AnyView {
        if self.refused.get() {
            html! { <p class="notes-refused" role="alert">{room.t.notes_refused}</p> }
        } else {
            ().into_any()
        }
    }
}

fn seen(room: Room) -> AnyView {
    room.class.with(|class| match class {
        Some(class) => page(room, class),
        None => ().into_any(),
    })
}

fn page(room: Room, class: &Class) -> AnyView {
    let t = room.t;
    let shown = &class.shown;
    let notes = room.said(shown, Role::Note);
    let notes = if notes.is_empty() {
        html! { <p class="none">{t.no_notes}</p> }
    } else {
        paragraphs(&notes)
    };
    let answer = shown.question.as_ref().map(|question| {
        let rows = (0..).zip(&question.choices).zip(&class.hands);
        let rows = rows.map(|((place, choice), hands)| {
            let label = room.title(&choice.label);
            let (style, mark) = if place == question.right {
                ("is-right", Some(html! { <em>{t.answer}</em> }))
            } else {
                ("", None)
            };
            html! { <tr class=style><th scope="row">{with_code(&label)}{mark}</th><td>{hands.to_string()}</td></tr> }
        });
        html! {
            <table class="table notes-hands">
                <thead><tr><th scope="col">{t.choices}</th><th scope="col">{t.hands}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    let next = class.next_title().map(|title| {
        let words = (t.next_is)(&room.title(&title));
        html! { <p class="notes-next">{words}</p> }
    });
    html! {
        <main class="notes">
            <p class="lesson-step">{room.title(&class.lesson().title)}" · "{(t.step)(class.place + 1, class.steps)}</p>
            <h1>{room.title(&shown.title)}</h1>
            <div class="notes-said">{notes}</div>
            {room.asked(shown)}
            {answer}
            <div class="read">{paragraphs(&room.said(shown, Role::Explain))}</div>
            {room.ways(class)}
            {next}
        </main>
    }
}
