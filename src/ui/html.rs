//! What a view is written with: Leptos's markup, in which every attribute is of one kind and every view of one type.
//!
//! Leptos has a type for each pair of an attribute's name and value and for each shape of a view, and builds code for each of them:
//! with these two, most of the page's bytes. So views use [`html!`] in place of `view!`, and import this module in place of Leptos's
//! prelude: the same markup then means [`Attributes`] and [`AnyView`].

use leptos::attr::custom::{CustomAttr, custom_attribute};
use leptos::html::HtmlElement;
use leptos::prelude::{AddAnyAttr, RenderHtml, View};

pub(super) use leptos::prelude::{
    AnyView, CollectView, ElementChild, Get, IntoAny, OnAttribute, PropAttribute, StyleAttribute,
};

/// Leptos's `view!`, forgotten what it is made of.
macro_rules! html {
    ($($markup:tt)*) => { $crate::ui::html::forget(leptos::prelude::view! { $($markup)* }) };
}
pub(super) use html;

/// A view, whatever it is made of.
pub fn forget<T: RenderHtml + Send>(view: View<T>) -> AnyView {
    view.into_inner().into_any()
}

/// An attribute's value; with none the element does not have the attribute.
pub struct Value(Option<String>);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

/// `disabled`, `hidden`: there or not.
impl From<bool> for Value {
    fn from(is: bool) -> Self {
        Self(is.then(String::new))
    }
}

type With_<T> = <T as AddAnyAttr>::Output<CustomAttr<&'static str, Option<String>>>;

macro_rules! attributes {
    ($($method:ident = $name:literal),* $(,)?) => {
        /// The attributes that this page uses, as `view!` asks for them.
        #[allow(missing_docs, reason = "each is named after the attribute")]
        pub trait Attributes: AddAnyAttr + Sized {
            /// Any attribute; those of SVG come this way.
            fn attr(self, name: &'static str, value: impl Into<Value>) -> With_<Self> {
                self.add_any_attr(custom_attribute(name, value.into().0))
            }
            $(fn $method(self, value: impl Into<Value>) -> With_<Self> {
                self.attr($name, value)
            })*
        }
    };
}

attributes! {
    aria_checked = "aria-checked",
    aria_current = "aria-current",
    aria_describedby = "aria-describedby",
    aria_disabled = "aria-disabled",
    aria_expanded = "aria-expanded",
    aria_haspopup = "aria-haspopup",
    aria_hidden = "aria-hidden",
    aria_label = "aria-label",
    aria_labelledby = "aria-labelledby",
    aria_pressed = "aria-pressed",
    aria_valuemax = "aria-valuemax",
    aria_valuemin = "aria-valuemin",
    aria_valuenow = "aria-valuenow",
    aria_valuetext = "aria-valuetext",
    class = "class",
    id = "id",
    inert = "inert",
    inputmode = "inputmode",
    lang = "lang",
    role = "role",
    spellcheck = "spellcheck",
    tabindex = "tabindex",
    title = "title",
}

impl<E, At, Ch> Attributes for HtmlElement<E, At, Ch> where Self: AddAnyAttr {}
