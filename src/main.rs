//! Starts the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    loss_lab_app::start();
}

/// The page has nothing to do on the host; this lets `cargo build --workspace` pass there.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
