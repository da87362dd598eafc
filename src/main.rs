//! Starts the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast as _;
    console_error_panic_hook::set_once();
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    // An embedding page has no #app: it mounts what it wants itself.
    let Some(app) = document.get_element_by_id("app").and_then(|app| app.dyn_into::<web_sys::HtmlElement>().ok())
    else {
        return;
    };
    if let Some(poster) = document.get_element_by_id("poster") {
        poster.remove();
    }
    leptos::mount::mount_to(app, || view! { <main><h1>"Loss Lab"</h1></main> }).forget();
}

/// The page has nothing to do on the host; this lets `cargo build --workspace` pass there.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
