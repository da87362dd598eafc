//! Starts the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    loss_lab_app::start();
}

/// The page has nothing to do on the host; this lets `cargo build --workspace` pass there.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
