//! The page as components see it: the frame, the clock, and one way to ask for something.

use std::sync::Arc;

use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;
use loss_lab_engine::units::SimTime;
use loss_lab_present::frame::Frame;
use loss_lab_present::intent::{Intent, Press};
use loss_lab_present::pacer::{Glide, Motion};

use crate::browser::{self, Look};
use crate::i18n::{Language, LaterTexts, Texts};
use crate::later;
use crate::session::{Session, setup};
use crate::view::View;

use super::foot::{SHEET, foot};
use super::html::html;
use super::icon::SPRITE;
use super::ledger::ledger_panel;
use super::part::Part;
use super::rooms::{Arrival, bring, extra, room, style, view_of};
use super::stage::stage_panel;
use super::statuses::{KEPT, status_panel};
use super::timeline::time_panel;
use super::top::top;
use super::why::why_line;

/// A click, whatever it does: one type for all of them keeps the page small.
pub type OnClick = Box<dyn FnMut(MouseEvent)>;
/// A change of a field.
pub type OnChange = Box<dyn FnMut(Event)>;

/// A view that follows the signals it reads, whatever it is made of.
pub fn live(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let view: Box<dyn Fn() -> AnyView + Send> = Box::new(view);
    view.into_any()
}

/// A text or an attribute that follows the signals it reads.
pub type Words = Box<dyn Fn() -> String + Send>;

/// Handed to every part of the page; a handful of numbers.
#[derive(Clone, Copy)]
pub struct Page {
    session: StoredValue<Session, LocalStorage>,
    /// What is shown. Changes with every event, not with every animation frame.
    pub frame: RwSignal<Arc<Frame>>,
    /// What moves, and how long: once a leg, not with every animation frame, since the browser's compositor does the moving.
    /// The flag changes with each.
    pub glide: RwSignal<(Glide, bool)>,
    /// The language.
    pub language: RwSignal<Language>,
    /// Light or dark.
    pub look: RwSignal<Look>,
    /// Whether single keys ask for anything.
    pub keys: RwSignal<bool>,
    /// The fragment that led here.
    pub address: RwSignal<String>,
    /// The instant that the clock says: often enough to be read, for each time it is painted anew.
    pub clock: RwSignal<SimTime>,
    /// Which view is seen.
    pub view: RwSignal<View>,
    /// Whether the second part is here.
    pub arrival: RwSignal<Arrival>,
    animating: StoredValue<bool>,
    /// When time was last let pass, on the wall clock.
    ticked: StoredValue<f64>,
}

/// Between two events the clock says another instant after so many milliseconds.
const CLOCK_MS: u32 = 100;

impl Page {
    fn new() -> Self {
        let motion = if browser::reduces_motion() {
            Motion::Reduced
        } else {
            Motion::Full
        };
        let mut session = Session::new(motion);
        session.remember(&browser::recall(KEPT).unwrap_or_default());
        let frame = RwSignal::new(Arc::new(session.frame()));
        let glide = RwSignal::new((session.glide(), false));
        let clock = RwSignal::new(session.now());
        Self {
            session: StoredValue::new_local(session),
            frame,
            glide,
            clock,
            language: RwSignal::new(Language::of_tag(&browser::document_language())),
            look: RwSignal::new(Look::of_document()),
            keys: RwSignal::new(browser::recall("keys").as_deref() != Some("off")),
            address: RwSignal::new(browser::fragment()),
            view: RwSignal::new(View::of_fragment(&browser::fragment())),
            arrival: RwSignal::new(Arrival::Coming),
            animating: StoredValue::new(false),
            ticked: StoredValue::new(0.0),
        }
    }

    /// The texts of the language. The whole page is built anew when it changes, so they are plain values.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        self.language.get_untracked().texts()
    }

    /// What only the second part says; so only the second part calls this.
    #[must_use]
    pub fn later_texts(self) -> &'static LaterTexts {
        self.language.get_untracked().later()
    }

    /// A part of the page: drawn again, in place, when its part of the frame differs.
    ///
    /// Inside it everything is a plain value; only what moves between two events is a closure that reads `now`. One
    /// closure per part, in place of one per word, is half of what the page weighs.
    pub fn drawn<T: PartialEq + Send + Sync + 'static>(
        self,
        look: fn(&Frame) -> T,
        draw: impl Fn(Self, &T) -> AnyView + Send + 'static,
    ) -> AnyView {
        let part = self.part(Box::new(move |frame| Part::new(look(frame))));
        live(move || {
            part.with(|part| {
                // It is what `look` has made.
                part.get()
                    .map_or_else(|| ().into_any(), |part| draw(self, part))
            })
        })
    }

    fn part(self, look: Box<dyn Fn(&Frame) -> Part + Send + Sync>) -> Memo<Part> {
        Memo::new(move |_| self.frame.with(|frame| look(frame)))
    }

    /// What a click asks for.
    pub fn asks(self, intent: Intent) -> OnClick {
        Box::new(move |_| self.ask(intent.clone()))
    }

    /// What a click presses.
    pub fn presses(self, press: Press) -> OnClick {
        Box::new(move |_| self.press(press))
    }

    /// What another value of a field asks for; nothing, if it cannot be read.
    pub fn reads(self, read: impl Fn(&str) -> Option<Intent> + 'static) -> OnChange {
        Box::new(move |event| {
            if let Some(intent) = read(&event_target_value(&event)) {
                self.ask(intent);
            }
        })
    }

    /// Asks for something.
    pub fn ask(self, intent: Intent) {
        self.change(Box::new(|session| session.obey(intent)));
    }

    /// What the session says.
    pub fn session<T>(self, look: impl FnOnce(&Session) -> T) -> T {
        self.session.with_value(look)
    }

    /// Does something to the session, and shows what came of it.
    pub fn change(self, change: Box<dyn FnOnce(&mut Session)>) {
        if self.animating.get_value() {
            self.tick();
        }
        self.session.update_value(change);
        self.go_on();
    }

    /// Shows what came of it, and plays on if it plays.
    fn go_on(self) {
        self.show();
        let playing = self.session.with_value(Session::is_playing);
        if playing && !self.animating.get_value() {
            self.animate();
        }
    }

    /// Presses something, if it can be pressed.
    pub fn press(self, press: Press) {
        if press.is_enabled(&self.frame.read_untracked().controls) {
            self.ask(Intent::Press(press));
        }
    }

    /// The run as a scenario file.
    pub fn scenario_file(self) -> String {
        self.session.with_value(setup::file)
    }

    /// Tells the session that the reader wants things to glide or to step.
    fn set_motion(self, motion: Motion) {
        self.session
            .update_value(|session| session.set_motion(motion));
    }

    /// Goes to a view. What played there is paused.
    fn go(self, view: View) {
        if self.view.get_untracked() == view {
            return;
        }
        if self.session.with_value(Session::is_playing) {
            self.ask(Intent::Press(Press::Play));
        }
        self.view.set(view);
    }

    /// The second part is here.
    pub fn arrived(self) {
        self.session.update_value(Session::arrived);
        self.go_on();
    }

    /// Looks at the session again.
    fn show(self) {
        let (frame, glide) = self
            .session
            .with_value(|session| (session.frame(), session.glide()));
        self.frame.set(Arc::new(frame));
        self.glide
            .update(|(last, turn)| (*last, *turn) = (glide, !*turn));
        self.clock.set(glide.from);
    }

    /// Frames are asked for while something plays, and at no other time: when a leg ends, and when the clock says another instant.
    fn animate(self) {
        self.animating.set_value(true);
        self.ticked.set_value(browser::wall_clock());
        browser::animate(move || {
            if self.tick()? {
                self.show();
            } else {
                self.clock.set(self.session.with_value(Session::now));
            }
            let playing = self.session.with_value(Session::is_playing);
            self.animating.set_value(playing);
            let Glide { wait, travel, .. } = self.session.with_value(Session::glide);
            playing.then(|| CLOCK_MS.min(wait + travel))
        });
    }

    /// Lets the session's time pass up to now, if it plays. Says whether it has to be looked at again; nothing if the page is gone.
    fn tick(self) -> Option<bool> {
        let now = browser::wall_clock();
        let before = self.ticked.try_get_value()?;
        self.ticked.set_value(now);
        self.session
            .try_update_value(|session| session.tick(now - before))
    }
}

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let page = Page::new();
    browser::on_reduced_motion(move |reduced| {
        page.set_motion(if reduced {
            Motion::Reduced
        } else {
            Motion::Full
        })
    });
    browser::on_key(move |key| {
        if key == "?" && page.keys.get_untracked() {
            browser::open_dialog(SHEET);
            return true;
        }
        if key.eq_ignore_ascii_case("a") && page.keys.get_untracked() {
            let later = later::here().filter(|_| page.view.get_untracked() == View::Lab);
            return later.map(|later| (later.rooms.open_bench)(page)).is_some();
        }
        // An embed hears no key before a reader has put the focus into it.
        let plays = matches!(page.view.get_untracked(), View::Lab | View::Embed);
        let press = Press::of_key(key).filter(|_| page.keys.get_untracked() && plays);
        press.map(|press| page.press(press)).is_some()
    });
    browser::on_fragment(move |fragment| {
        if View::is_way(&fragment) {
            page.go(View::of_fragment(&fragment));
            page.address.set(fragment);
        }
    });
    bring(page);
    live(move || {
        let language = page.language.get();
        browser::say_language(language.tag());
        browser::say_title(language.texts().title);
        let view = page.view.get();
        let body = match view_of(view) {
            None => lab(page),
            // Nothing around it: that is somebody else's page.
            Some(room_of) if view == View::Embed => room(page, room_of),
            Some(view) => html! {
                {top(page)}
                <main id="main" class="view" tabindex="-1">{room(page, view)}</main>
                {foot(page)}
            },
        };
        html! { <div class="sprite" inner_html=SPRITE></div>{style(page)}{body} }
    })
}

fn lab(page: Page) -> AnyView {
    let t = page.texts();
    let press_elsewhere: Box<dyn FnMut(leptos::ev::PointerEvent)> = Box::new(move |event| {
        if page.frame.read_untracked().menu.is_some()
            && !browser::is_within(&event, ".fault-menu, .strike")
        {
            page.ask(Intent::Menu(None));
        }
    });
    html! {
        {top(page)}
        {extra(page, |rooms| rooms.bad_link)}
        <main id="main" class="lab-grid" tabindex="-1" on:pointerdown=press_elsewhere>
            <h1 class="sr">{t.question}</h1>
            {stage_panel(page)}
            {why_line(page)}
            {time_panel(page)}
            {ledger_panel(page)}
            {status_panel(page)}
            <aside class="panel settings" id="settings" aria-label=t.settings tabindex="-1">{room(page, |rooms| rooms.settings)}</aside>
        </main>
        {foot(page)}
    }
}

/// How something moves that is at `place` at an instant: `--way` now, `--to` at the end of the leg, and the animation between the two.
/// The stylesheet turns the numbers into a transform, sideways or downwards.
pub fn gliding(
    page: Page,
    place: impl Fn(SimTime) -> String + Clone + Send + 'static,
) -> [Words; 3] {
    let there = place.clone();
    [
        Box::new(move || place(page.glide.get().0.from)),
        Box::new(move || there(page.glide.get().0.to)),
        Box::new(move || animation(page.glide.get())),
    ]
}

/// Two names by turns: another name begins anew.
fn animation((glide, turn): (Glide, bool)) -> String {
    if glide.travel == 0 {
        return "none".to_owned();
    }
    let name = if turn { "glide-1 " } else { "glide-2 " };
    let (travel, wait) = (glide.travel.to_string(), glide.wait.to_string());
    [name, &travel, "ms linear ", &wait, "ms both"].concat()
}
