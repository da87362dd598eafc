//! A lesson on paper: every step with the picture that it asks about, then every answer with the picture that it leads to.

use leptos::ev::{afterprint, beforeprint};
use leptos::prelude::{GetUntracked, on_cleanup, window_event_listener};
use loss_lab_lesson::{Role, Shown};
use loss_lab_present::intent::{Intent, Moment, Setup};
use loss_lab_present::pacer::Motion;

use crate::browser::{self, Look};
use crate::lessons::{Handout, moments};
use crate::session::Session;

use super::html::*;
use super::lesson::{Room, paragraphs};
use super::stage::still;
use super::words::with_code;

/// The view.
pub fn handout(room: Room, handout: &Handout) -> AnyView {
    let (t, page) = (room.t, room.page);
    // Paper is white.
    let before = window_event_listener(beforeprint, move |_| browser::say_look(Look::Light));
    let after = window_event_listener(afterprint, move |_| {
        browser::say_look(page.look.get_untracked());
    });
    on_cleanup(move || {
        before.remove();
        after.remove();
    });
    let way = ["#/lessons/", &handout.name].concat();
    let steps = || (1..).zip(&handout.steps);
    let asked = steps().map(|(number, shown)| asked(room, number, shown));
    let answered = steps().filter(|(_, shown)| shown.question.is_some());
    let answered = answered.map(|(number, shown)| answered_step(room, number, shown));
    html! {
        <article class="handout">
            <header class="paper-tools">
                <a class="btn quiet" href=way>{t.to_lesson}</a>
                <button type="button" class="btn primary" on:click=room.does(|_| browser::print())>{t.print}</button>
            </header>
            <h1>{room.title(&handout.title)}</h1>
            <p class="lesson-step">{(t.rules_of)(handout.profile.word())}</p>
            {asked.collect_view()}
            <section class="answers">
                <h2>{t.answers}</h2>
                {answered.collect_view()}
            </section>
        </article>
    }
}

fn asked(room: Room, number: usize, shown: &Shown) -> AnyView {
    let [stop, reveal] = moments(shown);
    let choices = shown.question.as_ref().map(|question| {
        let choices = question.choices.iter();
        let choices =
            choices.map(|choice| html! { <li>{with_code(&room.title(&choice.label))}</li> });
        html! { <ul class="boxes">{choices.collect_view()}</ul> }
    });
    // Where nothing is asked, nothing has to wait for the answers.
    let asked = shown.question.is_some();
    let (moment, explains) = if asked {
        (stop, Vec::new())
    } else {
        (reveal, room.said(shown, Role::Explain))
    };
    html! {
        <section class="paper-step">
            <h2>{number.to_string()}" · "{room.title(&shown.title)}</h2>
            <div class="read">{paragraphs(&room.said(shown, Role::Say))}</div>
            {picture(room, shown, moment, asked)}
            {room.asked(shown)}
            {choices}
            <div class="read">{paragraphs(&explains)}</div>
        </section>
    }
}

fn answered_step(room: Room, number: usize, shown: &Shown) -> AnyView {
    let [_, reveal] = moments(shown);
    let right = shown.question.as_ref().and_then(|question| {
        let right = question.choices.get(question.right)?;
        let words = (room.t.the_answer)(&room.title(&right.label));
        Some(html! { <p class="asked">{with_code(&words)}</p> })
    });
    let explains = room.said(shown, Role::Explain);
    html! {
        <section class="paper-step">
            <h3>{number.to_string()}" · "{room.title(&shown.title)}</h3>
            {picture(room, shown, reveal, false)}
            {right}
            <div class="read">{paragraphs(&explains)}</div>
        </section>
    }
}

/// The stage as it stands at a moment of the step's run.
fn picture(room: Room, shown: &Shown, moment: Moment, asked: bool) -> AnyView {
    let mut session = Session::new(Motion::Reduced);
    let scenario = Box::new(shown.scenario.clone());
    session.obey(Intent::Setup(Setup::Wait(scenario, moment)));
    let drawn = still(room.page, &session.frame(), asked);
    let caption = if asked {
        room.t.when_asked
    } else {
        room.t.when_seen
    };
    html! { <figure><div inert=true aria-hidden="true">{drawn}</div><figcaption>{caption}</figcaption></figure> }
}
