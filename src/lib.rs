//! The page. What decides is plain Rust and is tested on the host; Leptos and the browser exist for wasm alone.

pub mod i18n;
pub mod later;
pub mod lesson_link;
pub mod lessons;
pub mod session;
pub mod view;

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod ui;

/// Mounts the lab into `#app`. An embedding page has no `#app`: it mounts what it wants itself.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    let Some(app) = browser::clear_for_app() else {
        return;
    };
    leptos::mount::mount_to(app, ui::App).forget();
}
