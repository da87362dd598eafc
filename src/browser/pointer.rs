//! Where a pointer is.

use leptos::ev::{MouseEvent, PointerEvent};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

/// How far across the element that listens a pointer is, 0 to 1.
#[must_use]
pub fn fraction_across(event: &PointerEvent) -> f64 {
    let Some(element) = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return 0.0;
    };
    let frame = element.get_bounding_client_rect();
    if frame.width() <= 0.0 {
        0.0
    } else {
        ((f64::from(event.client_x()) - frame.left()) / frame.width()).clamp(0.0, 1.0)
    }
}

/// Whether the main button is down.
#[must_use]
pub fn presses(event: &PointerEvent) -> bool {
    event.buttons() & 1 == 1
}

/// Whether an event comes from within a match.
#[must_use]
pub fn is_within(event: &MouseEvent, selector: &str) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}
