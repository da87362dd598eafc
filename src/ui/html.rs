//! What a view is written with: Leptos's markup, in which every attribute is of one kind and every view of one type.
//!
//! Leptos has a type for each pair of an attribute's name and value and for each shape of a view, and builds code for each of them:
//! with these two, most of the page's bytes. So views use [`html!`] in place of `view!`, and import this module in place of Leptos's
//! prelude: the same markup then means [`Attributes`] and [`AnyView`].
//!
//! With types forgotten Leptos takes every attribute of an element away before it draws it anew, and the browser then styles and
//! lays out all of it again. A [`Given`] is never taken away: it is compared with what the element has.

use leptos::html::HtmlElement;
use leptos::prelude::{AddAnyAttr, RenderHtml, View};
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::{Attribute, NextAttribute};
use leptos::tachys::renderer::types::Element;

use crate::browser;

pub(super) use leptos::prelude::{
    AnyView, CollectView, ElementChild, Get, IntoAny, OnAttribute, StyleAttribute,
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

/// What an element is given, written to it only where that differs from what it has.
#[derive(Clone)]
pub struct Given {
    what: What,
    value: Option<String>,
}

#[derive(Clone, Copy)]
enum What {
    Attribute(&'static str),
    Property(&'static str),
    Markup,
}

impl Attribute for Given {
    const MIN_LENGTH: usize = 0;
    type AsyncOutput = Self;
    type State = Element;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        0
    }

    // Nothing is rendered anywhere but in a browser.
    fn to_html(self, _: &mut String, _: &mut String, _: &mut String, _: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Element {
        self.build(element)
    }

    fn build(self, element: &Element) -> Element {
        let value = self.value.as_deref();
        match self.what {
            What::Attribute(name) => browser::set_attribute(element, name, value),
            What::Property(name) => browser::set_property(element, name, value.unwrap_or_default()),
            What::Markup => browser::set_markup(element, value.unwrap_or_default()),
        }
        element.clone()
    }

    fn rebuild(self, element: &mut Element) {
        self.build(element);
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for Given {
    type Output<Next: Attribute> = Vec<AnyAttribute>;

    fn add_any_attr<Next: Attribute>(self, next: Next) -> Vec<AnyAttribute> {
        vec![self.into_any_attr(), next.into_any_attr()]
    }
}

type With<T> = <T as AddAnyAttr>::Output<Given>;

macro_rules! attributes {
    ($($method:ident = $name:literal),* $(,)?) => {
        /// The attributes that this page uses, as `view!` asks for them.
        #[allow(missing_docs, reason = "each is named after the attribute")]
        pub trait Attributes: AddAnyAttr + Sized {
            /// Any attribute; those of SVG come this way.
            fn attr(self, name: &'static str, value: impl Into<Value>) -> With<Self> {
                self.add_any_attr(Given { what: What::Attribute(name), value: value.into().0 })
            }
            /// What a field holds.
            fn prop(self, name: &'static str, value: impl Into<Value>) -> With<Self> {
                self.add_any_attr(Given { what: What::Property(name), value: value.into().0 })
            }
            /// What is inside, as markup of our own.
            fn inner_html(self, markup: impl Into<Value>) -> With<Self> {
                self.add_any_attr(Given { what: What::Markup, value: markup.into().0 })
            }
            $(fn $method(self, value: impl Into<Value>) -> With<Self> {
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
