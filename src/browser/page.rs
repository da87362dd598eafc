//! The document: language, look, focus, keys, what is remembered and what is copied.

use leptos::ev::KeyboardEvent;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, MediaQueryListEvent};

/// Light, dark, or as the system says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn root() -> Option<Element> {
    document()?.document_element()
}

/// The place of the app, with the poster gone; none on a page that has no place for it.
#[must_use]
pub fn clear_for_app() -> Option<HtmlElement> {
    let document = document()?;
    let app = document
        .get_element_by_id("app")?
        .dyn_into::<HtmlElement>()
        .ok()?;
    if let Some(poster) = document.get_element_by_id("poster") {
        poster.remove();
    }
    Some(app)
}

/// The `lang` that the page started with.
#[must_use]
pub fn document_language() -> String {
    root()
        .and_then(|root| root.get_attribute("lang"))
        .unwrap_or_default()
}

/// Another `lang`.
pub fn say_language(tag: &str) {
    if let Some(root) = root() {
        let _ = root.set_attribute("lang", tag);
    }
}

/// Another title.
pub fn say_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

impl Look {
    /// What the page started with.
    #[must_use]
    pub fn of_document() -> Self {
        match root()
            .and_then(|root| root.get_attribute("data-theme"))
            .as_deref()
        {
            Some("dark") => Self::Dark,
            Some("light") => Self::Light,
            Some(_) | None => Self::System,
        }
    }

    /// The next one, as the button goes round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// As it is remembered.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Another look.
pub fn say_look(look: Look) {
    let Some(root) = root() else { return };
    let _ = match look {
        Look::System => root.remove_attribute("data-theme"),
        Look::Light | Look::Dark => root.set_attribute("data-theme", look.word()),
    };
}

/// What was remembered under a name; a browser may refuse to remember.
#[must_use]
pub fn recall(name: &str) -> Option<String> {
    web_sys::window()?
        .local_storage()
        .ok()??
        .get_item(name)
        .ok()?
}

/// Remembers something.
pub fn remember(name: &str, value: &str) {
    if let Some(Ok(Some(storage))) = web_sys::window().map(|window| window.local_storage()) {
        let _ = storage.set_item(name, value);
    }
}

/// Forgets it.
pub fn forget(name: &str) {
    if let Some(Ok(Some(storage))) = web_sys::window().map(|window| window.local_storage()) {
        let _ = storage.remove_item(name);
    }
}

/// Makes the field that an event came from say this.
pub fn say_value(event: &Event, value: &str) {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = field {
        field.set_value(value);
    }
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        let written = window.navigator().clipboard().write_text(text);
        // Refused by the browser: nothing is copied, and nothing else happens.
        let refused = Closure::once(|_: JsValue| {});
        let _ = written.catch(&refused);
        refused.forget();
    }
}

const REDUCED: &str = "(prefers-reduced-motion: reduce)";

/// Whether the reader wants less motion.
#[must_use]
pub fn reduces_motion() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(REDUCED).ok().flatten())
        .is_some_and(|query| query.matches())
}

/// Tells when the reader changes that wish.
pub fn on_reduced_motion(mut then: impl FnMut(bool) + 'static) {
    if let Some(Ok(Some(query))) = web_sys::window().map(|window| window.match_media(REDUCED)) {
        let listen =
            Closure::<dyn FnMut(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
                then(event.matches())
            });
        let _ = query.add_event_listener_with_callback("change", listen.as_ref().unchecked_ref());
        // As long as the page.
        listen.forget();
    }
}

/// The address's fragment, with its `#`.
pub fn fragment() -> String {
    let location = web_sys::window().map(|window| window.location());
    location
        .and_then(|location| location.hash().ok())
        .unwrap_or_default()
}

/// Takes the whole screen, or gives it back.
pub fn full_screen() {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(document) = document else { return };
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        // A browser may refuse.
        let _ = root.request_fullscreen();
    }
}

/// Tells of every change of the fragment.
pub fn on_fragment(mut then: impl FnMut(String) + 'static) {
    let listen = Closure::<dyn FnMut()>::new(move || then(fragment()));
    if let Some(window) = web_sys::window() {
        let _ =
            window.add_event_listener_with_callback("hashchange", listen.as_ref().unchecked_ref());
        // As long as the page.
        listen.forget();
    }
}

/// Tells of keys that no field, list or menu takes for itself. `then` says whether it took the key.
pub fn on_key(mut then: impl FnMut(&str) -> bool + 'static) {
    let listen = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if event.default_prevented() || event.alt_key() || takes_keys(&event) {
            return;
        }
        let mut key = event.key();
        if event.ctrl_key() || event.meta_key() {
            key.insert_str(
                0,
                if event.shift_key() {
                    "Ctrl+Shift+"
                } else {
                    "Ctrl+"
                },
            );
        }
        if then(&key) {
            event.prevent_default();
        }
    });
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("keydown", listen.as_ref().unchecked_ref());
        listen.forget();
    }
}

/// Whether what has the focus means something else by this key.
pub fn takes_keys(event: &KeyboardEvent) -> bool {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return false;
    };
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    let key = event.key();
    if within("input, select, textarea, [role=menu], dialog") {
        return true;
    }
    let presses = key == " " && within("button, a, summary");
    let scrolls = (key.starts_with("Arrow") || key == "Home")
        && within(".scroll-x, pre")
        && !within("[role=slider]");
    presses || scrolls
}

/// Gives the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        focus_on(element);
    }
}

/// Gives the focus to the first match.
pub fn focus_first(selector: &str) {
    if let Some(Ok(Some(element))) = document().map(|document| document.query_selector(selector)) {
        focus_on(element);
    }
}

fn focus_on(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Moves the focus among the matches: so many on, round the ends; `None`: to the last.
pub fn move_focus(selector: &str, by: Option<i32>) {
    let Some(document) = document() else { return };
    let Ok(all) = document.query_selector_all(selector) else {
        return;
    };
    let count = i32::try_from(all.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let active = document.active_element();
    let here = (0..count).find(|index| {
        let node = u32::try_from(*index).ok().and_then(|index| all.get(index));
        node.is_some() && node.and_then(|node| node.dyn_into::<Element>().ok()) == active
    });
    let next = by.map_or(count - 1, |by| {
        here.map_or(0, |here| (here + by).rem_euclid(count))
    });
    if let Some(Ok(element)) = u32::try_from(next)
        .ok()
        .and_then(|next| all.get(next))
        .map(|node| node.dyn_into::<Element>())
    {
        focus_on(element);
    }
}

/// Scrolls a box sideways until `part` of its content's width is in sight.
pub fn keep_in_sight(selector: &str, part: f64) {
    let Some(Ok(Some(element))) = document().map(|document| document.query_selector(selector))
    else {
        return;
    };
    let (whole, shown, left) = (
        f64::from(element.scroll_width()),
        f64::from(element.client_width()),
        f64::from(element.scroll_left()),
    );
    let x = whole * part;
    if whole > shown && (x < left + 40.0 || x > left + shown - 60.0) {
        #[allow(clippy::cast_possible_truncation, reason = "a position on a page")]
        element.set_scroll_left((x - shown * 0.6) as i32);
    }
}
