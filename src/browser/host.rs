//! The page that embeds this one: its messages, and whether it shows us.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Window};

/// The one page that is listened to and told.
#[derive(Clone)]
pub struct Host {
    origin: String,
}

/// A field of a message, as far as anybody may want it.
pub enum Given {
    /// A text that is not longer than was allowed.
    Text(String),
    /// A number.
    Number(f64),
    /// A flag.
    Flag(bool),
    /// Anything else.
    Other,
}

fn parent() -> Option<(Window, Window)> {
    let window = web_sys::window()?;
    let parent = window.parent().ok().flatten()?;
    (parent != window).then_some((window, parent))
}

impl Host {
    /// The page around this one, if it is of `origin`. Nobody is trusted who is not named.
    #[must_use]
    pub fn of_origin(origin: &str) -> Option<Self> {
        let named = origin.starts_with("https://") || origin.starts_with("http://");
        (named && parent().is_some()).then(|| Self {
            origin: origin.to_owned(),
        })
    }

    /// Tells of every message that comes from there: `then` gets a function that looks a field up. Texts longer than `most` are
    /// not looked at.
    pub fn on_message(
        &self,
        most: usize,
        mut then: impl FnMut(&dyn Fn(&str) -> Option<Given>) + 'static,
    ) {
        let Some((window, parent)) = parent() else {
            return;
        };
        let (origin, parent) = (self.origin.clone(), JsValue::from(parent));
        let listen = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let said_by = get(&event, "origin").and_then(|origin| origin.as_string());
            let from_parent = get(&event, "source").is_some_and(|source| source == parent);
            if said_by.as_deref() != Some(&origin) || !from_parent {
                return;
            }
            if let Some(data) = get(&event, "data") {
                then(&|name| given(&data, name, most));
            }
        });
        let _ = window.add_event_listener_with_callback("message", listen.as_ref().unchecked_ref());
        // As long as the page.
        listen.forget();
    }

    /// Tells it something.
    pub fn tell(&self, fields: &[(&str, JsValue)]) {
        let Some((_, parent)) = parent() else { return };
        let message = Object::new();
        for (name, value) in fields {
            let _ = Reflect::set(&message, &JsValue::from_str(name), value);
        }
        let _ = parent.post_message(&message, &self.origin);
    }
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}

fn given(data: &JsValue, name: &str, most: usize) -> Option<Given> {
    if !data.is_object() {
        return None;
    }
    let value = get(data, name)?;
    if value.is_undefined() {
        return None;
    }
    if let Some(text) = value.dyn_ref::<js_sys::JsString>() {
        let fits = usize::try_from(text.length()).is_ok_and(|length| length <= most);
        return Some(if fits {
            Given::Text(String::from(text))
        } else {
            Given::Other
        });
    }
    Some(match (value.as_f64(), value.as_bool()) {
        (Some(number), _) => Given::Number(number),
        (_, Some(flag)) => Given::Flag(flag),
        (None, None) => Given::Other,
    })
}

/// Has an observer of this class watch an element, as long as the page.
fn watch(class: &str, element: &Element, then: Closure<dyn FnMut(Array)>) {
    let observer = get(&js_sys::global(), class)
        .and_then(|class| class.dyn_into::<Function>().ok())
        .and_then(|class| Reflect::construct(&class, &Array::of1(then.as_ref())).ok());
    let Some(observer) = observer else { return };
    let observe = get(&observer, "observe").and_then(|observe| observe.dyn_into::<Function>().ok());
    if let Some(observe) = observe {
        let _ = observe.call1(&observer, element);
        then.forget();
    }
}

/// Tells whenever this page comes into view or leaves it.
pub fn on_seen(mut then: impl FnMut(bool) + 'static) {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    let listen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        let is = get(&entries.pop(), "isIntersecting").and_then(|is| is.as_bool());
        then(is.unwrap_or(true));
    });
    if let Some(root) = root {
        watch("IntersectionObserver", &root, listen);
    }
}

/// Tells how high the page's content is, now and whenever that changes.
pub fn on_height(mut then: impl FnMut(i32) + 'static) {
    let body = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.body());
    let Some(body) = body else { return };
    let measured = body.clone();
    let mut before = 0;
    let listen = Closure::<dyn FnMut(Array)>::new(move |_: Array| {
        let height = measured.offset_height();
        if height != before {
            before = height;
            then(height);
        }
    });
    watch("ResizeObserver", &body, listen);
}
