//! What a view gives an element, written only where that differs from what the element has: what is written anew is styled and laid
//! out anew.

use js_sys::Reflect;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlSelectElement};

/// Where an element keeps the markup that was last written into it.
const MARKUP: &str = "lossLabMarkup";

/// An attribute; with none the element does not have it.
pub fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    let has = element.get_attribute(name);
    if has.as_deref() == value {
        return;
    }
    // A name that is none is the only way to fail.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// A property that is a text. A list takes a value once it has the option: a view gives it both in one go, the value first.
pub fn set_property(element: &Element, name: &'static str, value: &str) {
    put(element, name, value);
    if element.is_instance_of::<HtmlSelectElement>() && has(element, name) != Some(value.to_owned())
    {
        let (element, value) = (element.clone(), value.to_owned());
        spawn_local(async move {
            put(&element, name, &value);
        });
    }
}

fn has(element: &Element, name: &str) -> Option<String> {
    Reflect::get(element, &JsValue::from_str(name))
        .ok()?
        .as_string()
}

/// What is inside of an element, as markup of our own.
pub fn set_markup(element: &Element, markup: &str) {
    if put(element, MARKUP, markup) {
        element.set_inner_html(markup);
    }
}

/// Says whether it was another one before.
fn put(element: &Element, name: &str, value: &str) -> bool {
    let (name, value) = (JsValue::from_str(name), JsValue::from_str(value));
    let has = Reflect::get(element, &name).ok();
    let differs = has.as_ref() != Some(&value);
    if differs {
        let _ = Reflect::set(element, &name, &value);
    }
    differs
}
