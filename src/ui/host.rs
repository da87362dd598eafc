//! The embed's side of the messages between a page and the lab within it (see docs/embedding.md).

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::{Effect, Get as _, GetUntracked, ReadUntracked, Set as _};
use loss_lab_engine::units::SimTime;
use loss_lab_present::embed::Parts;
use loss_lab_present::frame::Frame;
use loss_lab_present::host::{self, Command, Field, Refusal, Report};
use loss_lab_present::intent::{Intent, Press};
use loss_lab_present::link::LINK_MAX;

use crate::browser::{Given, Host, on_height, on_seen, query};
use crate::view::View;

use super::page::Page;
use super::share::{dress, go, share};

/// Whether it may play: nothing runs out of sight.
struct Sight {
    seen: Cell<bool>,
    /// It was playing when it went out of sight, or was asked to.
    waits: Cell<bool>,
}

/// When the second part is here: listens to the page around this one, if there is one that was named.
pub fn arrived(page: Page) {
    if page.view.get_untracked() != View::Embed {
        return;
    }
    let sight = Rc::new(Sight {
        seen: Cell::new(true),
        waits: Cell::new(false),
    });
    let eyes = Rc::clone(&sight);
    on_seen(move |seen| {
        eyes.seen.set(seen);
        let plays = page.frame.read_untracked().choices.playing;
        if !seen && plays {
            eyes.waits.set(true);
            page.ask(Intent::Press(Press::Play));
        } else if seen && eyes.waits.replace(false) && !plays {
            page.ask(Intent::Press(Press::Play));
        }
    });
    if let Some(host) = query("host").and_then(|origin| Host::of_origin(&origin)) {
        listen(page, &host, sight);
        report(page, &host);
    }
}

fn listen(page: Page, host: &Host, sight: Rc<Sight>) {
    let answer = host.clone();
    host.on_message(LINK_MAX, move |given| {
        let field = |name: &'static str| {
            Some(match given(name)? {
                Given::Text(text) => Field::Text(text),
                Given::Number(number) => Field::Number(number.to_string()),
                Given::Flag(flag) => Field::Flag(flag),
                Given::Other => Field::Other,
            })
        };
        // Messages of others between the same two pages are not ours to answer.
        if field("lossLab").is_none() {
            return;
        }
        let done = host::command(&field).and_then(|command| obey(page, &sight, command));
        if let Err(refusal) = done {
            tell(
                &answer,
                "refused",
                &[("why", refusal.words().as_str().into())],
            );
        }
    });
}

fn obey(page: Page, sight: &Sight, command: Command) -> Result<(), Refusal> {
    match command {
        Command::Load(link) => {
            if !go(page, &link) {
                return Err(Refusal::Field("scenario"));
            }
        }
        Command::Play(play) => {
            sight.waits.set(play && !sight.seen.get());
            let plays = page.frame.read_untracked().choices.playing;
            if plays != (play && sight.seen.get()) {
                page.press(Press::Play);
            }
        }
        Command::Seek(cursor) => page.change(Box::new(move |session| session.go_to(cursor))),
        Command::Set(look) => {
            if let Some(parts) = Parts::of_words(look.view.iter().map(String::as_str)) {
                share().parts.set(parts);
            } else if !look.view.is_empty() {
                return Err(Refusal::Field("view"));
            }
            dress(page, look.lang, look.theme);
        }
        Command::SetKey(key, value) => {
            let done = Rc::new(Cell::new(false));
            let is = Rc::clone(&done);
            page.change(Box::new(move |session| {
                is.set(session.set_key(&key, &value))
            }));
            if !done.get() {
                return Err(Refusal::Field("value"));
            }
        }
        Command::Select(message) => {
            let done = Rc::new(Cell::new(false));
            let is = Rc::clone(&done);
            page.change(Box::new(move |session| is.set(session.select(message))));
            if !done.get() {
                return Err(Refusal::Field("message"));
            }
        }
    }
    Ok(())
}

/// Tells the host of everything from now on.
fn report(page: Page, host: &Host) {
    tell(host, "ready", &[]);
    let height = host.clone();
    on_height(move |pixels| tell(&height, "height", &[("height", pixels.into())]));
    let host = host.clone();
    let before: RefCell<Option<Arc<Frame>>> = RefCell::new(None);
    Effect::new(move |_| {
        let frame = page.frame.get();
        let told = before.replace(Some(Arc::clone(&frame)));
        for report in host::reports(told.as_deref(), &frame) {
            match report {
                Report::Step {
                    at,
                    step,
                    steps,
                    playing,
                } => tell(
                    &host,
                    "step",
                    &[
                        ("at", millis(at).into()),
                        ("step", number(step).into()),
                        ("steps", number(steps).into()),
                        ("playing", playing.into()),
                    ],
                ),
                Report::Status(word) => tell(&host, "status", &[("status", word.into())]),
                Report::Verdict(message, word) => tell(
                    &host,
                    "verdict",
                    &[
                        ("message", message.to_string().as_str().into()),
                        ("verdict", word.into()),
                    ],
                ),
            }
        }
    });
}

fn tell(host: &Host, event: &str, more: &[(&str, crate::browser::Value)]) {
    #[allow(clippy::cast_precision_loss, reason = "the version is a small number")]
    let version = host::VERSION as f64;
    let mut fields = vec![("lossLab", version.into()), ("event", event.into())];
    fields.extend_from_slice(more);
    host.tell(&fields);
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[allow(clippy::cast_precision_loss, reason = "a run ends within hours")]
fn millis(at: SimTime) -> f64 {
    at.micros() as f64 / 1_000.0
}
