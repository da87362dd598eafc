//! The only code that says `web_sys`: frames, keys, storage, clipboard, focus. It does not know what the page is about.

mod address;
mod element;
mod files;
mod frames;
mod host;
mod page;
mod pointer;
mod window;

pub use address::{page_address, query, say_fragment, soon};
pub use element::{set_attribute, set_markup, set_property};
pub use files::{close_dialog, field_text, filled, open_dialog, read_file, reset_form, save};
pub use frames::{animate, wall_clock};
pub use host::{Given, Host, on_height, on_seen};
pub use page::{
    Look, clear_for_app, copy, document_language, focus, focus_first, forget, fragment,
    full_screen, keep_in_sight, move_focus, on_fragment, on_key, on_reduced_motion, recall,
    reduces_motion, remember, say_language, say_look, say_title, say_value, takes_keys,
};
pub use pointer::{fraction_across, is_within, presses};
pub use wasm_bindgen::JsValue as Value;
pub use window::{Second, keep, kept, print};
