//! The views of the second part (see [`crate::later`]), and what is seen until it is here.

use leptos::prelude::{Set, With};
use leptos::task::spawn_local;
use loss_lab_engine::ids::{MessageId, NodeId};
use loss_lab_present::frame::OpenMenu;
use loss_lab_present::inside::Inside;

use crate::later::{self, Later};
use crate::view::View;

use super::html::*;
use super::page::{Page, live};
use super::stage::Scene;

/// The views of the second part.
pub struct Rooms {
    /// The styles that they need beside the page's own.
    pub style: &'static str,
    /// Lessons.
    pub lessons: fn(Page) -> AnyView,
    /// When it is here.
    pub arrived: fn(Page),
    /// The button that copies a link to what is seen.
    pub copy_link: fn(Page) -> AnyView,
    /// What of the link could not be used.
    pub bad_link: fn(Page) -> AnyView,
    /// The lab within somebody else's page.
    pub embed: fn(Page) -> AnyView,
    /// What an author pastes to have it there.
    pub embedding: fn(Page) -> AnyView,
    /// What real brokers did.
    pub fidelity: fn(Page) -> AnyView,
    /// The ledger.
    pub ledger: fn(Page) -> AnyView,
    /// The menu of what can strike.
    pub fault_menu: fn(Page, &OpenMenu) -> AnyView,
    /// A message's story, and the causes of an event.
    pub told: fn(Page) -> AnyView,
    /// The events in words.
    pub listing: fn(Page) -> AnyView,
    /// The settings.
    pub settings: fn(Page) -> AnyView,
    /// What there is to say about the status that is being explained.
    pub explanation: fn(Page) -> AnyView,
    /// The sheet of keys.
    pub sheet: fn(Page) -> AnyView,
    /// A cluster of more than one row.
    pub many: fn(Page, &Scene) -> AnyView,
    /// The workbench …
    pub bench: fn(Page) -> AnyView,
    /// … what opens it …
    pub open_bench: fn(Page),
    /// … and a producer's way there.
    pub compose: fn(Page, &str) -> AnyView,
    /// The stage as a table.
    pub stage_table: fn(Page) -> AnyView,
    /// What a lens opens in a broker.
    pub opened: fn(Page, &[Inside], NodeId, Option<MessageId>) -> Option<AnyView>,
}

impl Rooms {
    /// All there are.
    pub const ALL: Self = Self {
        style: include_str!("../../style/later.css"),
        lessons: super::lesson::lessons,
        arrived: super::share::arrived,
        copy_link: super::share::copy_link,
        bad_link: super::share::bad_link,
        embed: super::embed::embed,
        embedding: super::embedding::embedding,
        fidelity: super::fidelity::fidelity,
        ledger: super::ledger::ledger,
        fault_menu: super::menu::fault_menu,
        told: super::why::told,
        listing: super::listing::listing,
        settings: super::settings::settings,
        explanation: super::explanation::explanation,
        sheet: super::sheet::sheet,
        many: super::many::many,
        bench: super::bench::bench,
        open_bench: super::bench::open_again,
        compose: super::bench::compose,
        stage_table: super::table::stage_table,
        opened: super::inside::opened,
    };
}

/// Whether the second part is here.
#[derive(Clone, Copy)]
pub enum Arrival {
    /// On its way.
    Coming,
    /// It did not come.
    Failed,
    /// It is here.
    Here(&'static Later),
}

/// One of them.
pub type Room = fn(&Rooms) -> fn(Page) -> AnyView;

/// What is seen of a view; the lab is the first part's own.
pub fn view_of(view: View) -> Option<Room> {
    match view {
        View::Lab => None,
        View::Lessons => Some(|rooms| rooms.lessons),
        View::Fidelity => Some(|rooms| rooms.fidelity),
        View::Embed => Some(|rooms| rooms.embed),
        View::Embedding => Some(|rooms| rooms.embedding),
    }
}

/// A view of the second part; its place stays empty until then, or says that it did not come.
pub fn room(page: Page, view: Room) -> AnyView {
    live(move || {
        page.arrival.with(|arrival| match arrival {
            Arrival::Coming => ().into_any(),
            Arrival::Here(later) => view(&later.rooms)(page),
            Arrival::Failed => failed(page),
        })
    })
}

/// The styles of the second part, once it is here.
pub fn style(page: Page) -> AnyView {
    live(move || {
        page.arrival.with(|arrival| match arrival {
            Arrival::Here(later) => html! { <style inner_html=later.rooms.style></style> },
            Arrival::Coming | Arrival::Failed => ().into_any(),
        })
    })
}

/// The same, but nothing is said if it does not come: for what is beside the point then.
pub fn extra(page: Page, view: Room) -> AnyView {
    live(move || {
        page.arrival.with(|arrival| match arrival {
            Arrival::Coming | Arrival::Failed => ().into_any(),
            Arrival::Here(later) => view(&later.rooms)(page),
        })
    })
}

fn failed(page: Page) -> AnyView {
    let t = page.texts();
    let again: super::page::OnClick = Box::new(move |_| bring(page));
    html! {
        <p class="missing" role="alert">{t.part_missing}" "<button type="button" class="link-btn" on:click=again>{t.try_again}</button></p>
    }
}

/// Brings the second part.
pub fn bring(page: Page) {
    page.arrival.set(Arrival::Coming);
    spawn_local(async move {
        let came = later::fetch().await.ok().and_then(|()| later::here());
        page.arrival
            .set(came.map_or(Arrival::Failed, Arrival::Here));
        // Everything is shown again, now with its depths.
        page.arrived();
        if let Some(later) = came {
            (later.rooms.arrived)(page);
        }
    });
}
