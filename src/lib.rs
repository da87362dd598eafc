//! The page: the only Leptos code. It exists for wasm alone; the host builds an empty library.
#![cfg(target_arch = "wasm32")]

mod browser;

use leptos::prelude::*;

/// Mounts the lab where the page has room for it.
pub fn start() {
    console_error_panic_hook::set_once();
    let Some(place) = browser::mount_point() else {
        return;
    };
    browser::remove_poster();
    leptos::mount::mount_to(place, || view! { <main><h1>"Loss Lab"</h1></main> }).forget();
}
