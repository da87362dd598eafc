//! Fidelity.
use super::html::*;
use super::page::Page;
pub fn fidelity(_page: Page) -> AnyView {
    html! { <h1>"Fidelity"</h1> }
}
