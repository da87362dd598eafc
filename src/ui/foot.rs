//! The foot of the page: what this is, and the way to the sheet of keys.

use crate::browser;

use super::html::*;
use super::page::{OnClick, Page};
use super::rooms::room;

/// The sheet's id.
pub const SHEET: &str = "keys";

/// The foot.
pub fn foot(page: Page) -> AnyView {
    let t = page.texts();
    let open: OnClick = Box::new(|_| browser::open_dialog(SHEET));
    html! {
        <footer class="foot">
            <p><button type="button" class="btn quiet" aria-haspopup="dialog" on:click=open>{t.shortcuts}" "<kbd>"?"</kbd></button></p>
            <p>{t.about}</p>
        </footer>
        {room(page, |rooms| rooms.sheet)}
        {room(page, |rooms| rooms.bench)}
    }
}
