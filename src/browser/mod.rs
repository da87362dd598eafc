//! The browser as the page needs it. The only code that says `web_sys`.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// Where the app goes. An embedding page has no such place and mounts what it wants itself.
pub fn mount_point() -> Option<HtmlElement> {
    element("app")?.dyn_into().ok()
}

/// The picture index.html shows until the app stands.
pub fn remove_poster() {
    if let Some(poster) = element("poster") {
        poster.remove();
    }
}

fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}
