//! The one loop of animation frames. Nothing else on the page asks for one.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// About as long as one frame takes, in milliseconds.
const FRAME: u32 = 17;

/// Milliseconds since the page was opened.
pub fn wall_clock() -> f64 {
    let performance = web_sys::window().and_then(|window| window.performance());
    performance.map_or(0.0, |performance| performance.now())
}

/// Calls `on_frame`, which says in how many milliseconds it wants to be called again, or that it does not. Until then there is no
/// frame: what glides is moved by the compositor.
pub fn animate(mut on_frame: impl FnMut() -> Option<u32> + 'static) {
    type Tick = Closure<dyn FnMut()>;
    let tick: Rc<RefCell<Option<Tick>>> = Rc::default();
    let again = Rc::clone(&tick);
    *tick.borrow_mut() = Some(Closure::new(move || match on_frame() {
        Some(wait) if wait > 2 * FRAME => {
            let again = Rc::clone(&again);
            Timeout::new(wait - FRAME, move || ask(again.borrow().as_ref())).forget();
        }
        Some(_) => ask(again.borrow().as_ref()),
        None => {
            // The closure owns itself through this cell. It is running, so it goes when the next turn of the loop replaces it.
            let spent = Rc::clone(&again);
            leptos::task::spawn_local(async move { drop(spent.borrow_mut().take()) });
        }
    }));
    ask(tick.borrow().as_ref());
}

fn ask(tick: Option<&Closure<dyn FnMut()>>) {
    if let (Some(window), Some(tick)) = (web_sys::window(), tick) {
        let _ = window.request_animation_frame(tick.as_ref().unchecked_ref());
    }
}
