//! Files that leave the page and come to it, and its dialogs.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, Event, HtmlAnchorElement, HtmlDialogElement, HtmlFormElement, HtmlInputElement,
    HtmlTextAreaElement,
};

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    let element = web_sys::window()?.document()?.get_element_by_id(id)?;
    element.dyn_into().ok()
}

/// Gives the reader a text as a file.
pub fn save(name: &str, text: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let link = document
        .and_then(|document| document.create_element("a").ok())
        .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        let text = String::from(js_sys::encode_uri_component(text));
        link.set_href(&["data:application/json;charset=utf-8,", &text].concat());
        link.set_download(name);
        link.click();
    }
}

/// Reads the file that was chosen, and lets the same one be chosen again.
pub fn read_file(event: &Event, then: impl FnOnce(String) + 'static) {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field else { return };
    let Some(file) = field.files().and_then(|files| files.get(0)) else {
        return;
    };
    let read = Closure::once(move |text: JsValue| then(text.as_string().unwrap_or_default()));
    let _ = file.text().then(&read);
    read.forget();
    field.set_value("");
}

/// What the text field with this id says.
#[must_use]
pub fn field_text(id: &str) -> String {
    by_id(id)
        .map(|field: HtmlTextAreaElement| field.value())
        .unwrap_or_default()
}

/// Closes the dialog with this id.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id::<HtmlDialogElement>(id) {
        dialog.close();
    }
}

/// Makes every field of the form with this id say what it said at first.
pub fn reset_form(id: &str) {
    if let Some(form) = by_id::<HtmlFormElement>(id) {
        form.reset();
    }
}

/// The names of the fields that match, and what they say.
#[must_use]
pub fn filled(selector: &str) -> Vec<(String, String)> {
    let document = web_sys::window().and_then(|window| window.document());
    let fields = document.and_then(|document| document.query_selector_all(selector).ok());
    let Some(fields) = fields else {
        return Vec::new();
    };
    let said = |at| {
        let field = fields.get(at)?.dyn_into::<Element>().ok()?;
        // Inputs, lists and text areas all have it.
        let value = js_sys::Reflect::get(&field, &JsValue::from_str("value")).ok()?;
        Some((field.get_attribute("name")?, value.as_string()?))
    };
    (0..fields.length()).filter_map(said).collect()
}

/// Opens the dialog with this id before everything else.
pub fn open_dialog(id: &str) {
    let dialog = by_id(id).filter(|dialog: &HtmlDialogElement| !dialog.open());
    if let Some(dialog) = dialog {
        let _ = dialog.show_modal();
    }
}
