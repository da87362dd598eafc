//! A second window of the page, paper, and what one visit keeps.

use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, Storage, Window};

/// A second window of this page. It has no address of its own: what is seen in it is drawn from here, so it works from a file, too.
#[derive(Clone)]
pub struct Second(Window);

impl Second {
    /// Opens it, or the one that has this name already, and gives the place for what is seen in it. A browser may refuse.
    #[must_use]
    pub fn open(name: &str, title: &str, language: &str) -> Option<(Self, HtmlElement)> {
        let window = web_sys::window()?;
        let here = window.document()?;
        let features = "popup,width=720,height=640";
        let second = window
            .open_with_url_and_target_and_features("", name, features)
            .ok()??;
        let there = second.document()?;
        let (root, head, body) = (there.document_element()?, there.head()?, there.body()?);
        let _ = root.set_attribute("lang", language);
        if let Some(look) = here.document_element()?.get_attribute("data-theme") {
            let _ = root.set_attribute("data-theme", &look);
        }
        let styles = here.query_selector_all("style").ok()?;
        head.set_text_content(None);
        there.set_title(title);
        for index in 0..styles.length() {
            if let Some(style) = styles
                .get(index)
                .and_then(|style| style.clone_node_with_deep(true).ok())
            {
                let _ = head.append_child(&style);
            }
        }
        // Made here: what belongs to another window's document is no element to this one's program.
        let place = here
            .create_element("div")
            .ok()?
            .dyn_into::<HtmlElement>()
            .ok()?;
        body.set_text_content(None);
        let _ = body.append_child(&place);
        let _ = second.focus();
        Some((Self(second), place))
    }

    /// Tells of keys that are pressed in it.
    pub fn on_key(&self, then: impl FnMut(KeyboardEvent) + 'static) {
        let listen = Closure::<dyn FnMut(KeyboardEvent)>::new(then);
        let _ = self
            .0
            .add_event_listener_with_callback("keydown", listen.as_ref().unchecked_ref());
        // As long as the window.
        listen.forget();
    }

    /// Closes it.
    pub fn close(&self) {
        let _ = self.0.close();
    }
}

/// Prints the page.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _ = window.print();
    }
}

fn visit() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Keeps something as long as this visit lasts, over reloads.
pub fn keep(name: &str, value: &str) {
    if let Some(visit) = visit() {
        let _ = visit.set_item(name, value);
    }
}

/// What this visit has kept under a name.
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    visit()?.get_item(name).ok()?
}
