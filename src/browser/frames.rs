//! The one loop of animation frames. Nothing else on the page asks for one.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Calls `on_frame` with the milliseconds since the frame before, until it says `false`. The first frame counts as no time.
pub fn animate(mut on_frame: impl FnMut(f64) -> bool + 'static) {
    type Tick = Closure<dyn FnMut(f64)>;
    let tick: Rc<RefCell<Option<Tick>>> = Rc::default();
    let again = Rc::clone(&tick);
    let mut before = None;
    *tick.borrow_mut() = Some(Closure::new(move |now: f64| {
        let passed = before.map_or(0.0, |before| now - before);
        before = Some(now);
        if on_frame(passed) {
            ask(again.borrow().as_ref());
        } else {
            // The closure owns itself through this cell. It is running, so it goes when the next turn of the loop replaces it.
            let spent = Rc::clone(&again);
            leptos::task::spawn_local(async move { drop(spent.borrow_mut().take()) });
        }
    }));
    ask(tick.borrow().as_ref());
}

fn ask(tick: Option<&Closure<dyn FnMut(f64)>>) {
    if let (Some(window), Some(tick)) = (web_sys::window(), tick) {
        let _ = window.request_animation_frame(tick.as_ref().unchecked_ref());
    }
}
