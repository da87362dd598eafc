//! The address: what it is told, and a short wait before it is.

use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use web_sys::UrlSearchParams;

/// Puts another fragment into the address, without a step in the browser's history.
pub fn say_fragment(fragment: &str) {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Ok(history) = window.history() {
        let nothing = wasm_bindgen::JsValue::NULL;
        // A page from a file, or a browser that is asked too often, may refuse: the address then stays.
        let _ = history.replace_state_with_url(&nothing, "", Some(fragment));
    }
}

/// The address of the page itself, without query and fragment.
#[must_use]
pub fn page_address() -> String {
    let location = web_sys::window().map(|window| window.location());
    let href = location.and_then(|location| location.href().ok());
    let href = href.unwrap_or_default();
    href.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// A parameter of the address's query.
#[must_use]
pub fn query(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

thread_local! {
    static SOON: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Calls `then` once nothing has asked for it again for a moment. One at a time; none while nothing asks.
pub fn soon(then: impl FnOnce() + 'static) {
    SOON.with_borrow_mut(|waiting| {
        if let Some(before) = waiting.take() {
            before.cancel();
        }
        *waiting = Some(Timeout::new(250, then));
    });
}
