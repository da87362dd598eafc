//! The timeline as a table: every event in words, a page at a time, each with the way to its instant.

use leptos::prelude::GetUntracked as _;
use loss_lab_present::intent::Intent;
use loss_lab_present::listing::{Listing, Reading};
use loss_lab_present::narration::Line;

use crate::i18n::later::rules::words;
use crate::i18n::{instant, rich};

use super::html::*;
use super::icon::icon;
use super::page::Page;
use super::words::sentence;

/// The table, if it is to be read.
pub fn listing(page: Page) -> AnyView {
    page.drawn(
        |frame| frame.choices.trail.events.map(|_| frame.listing.clone()),
        |page, listing| match listing {
            Some(listing) => draw(page, listing),
            None => ().into_any(),
        },
    )
}

fn draw(page: Page, listing: &Listing) -> AnyView {
    let t = page.texts();
    let [show, _] = t.lately;
    let heads = t.lately_columns.into_iter();
    let heads = heads.map(|head| html! { <th scope="col">{head}</th> });
    let newest = listing.before + listing.lines.len();
    let rows = listing.lines.iter().enumerate();
    let rows = rows.map(|(index, line)| row(page, line, newest - index, listing.here));
    html! {
        <div class="scroll-x lately" tabindex="0" role="group" aria-label=show>
            <table class="table">
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        {pager(page, listing)}
    }
}

fn row(page: Page, line: &Line, number: usize, here: usize) -> AnyView {
    let t = page.texts();
    let what = sentence(rich(t, (t.narration)(line.key), &line.values));
    let go = page.asks(Intent::Step(number));
    let class = if number > here { "is-ahead" } else { "" };
    html! {
        <tr class=class aria-current=(number == here).then_some("time")>
            <td><button type="button" class="link-btn" on:click=go><time>{instant(line.at)}</time></button></td>
            <th scope="row">{line.values.node.clone()}</th>
            <td>{what}</td>
        </tr>
    }
}

/// Turns to the events that are on another page; what comes first was last.
fn pager(page: Page, listing: &Listing) -> Option<AnyView> {
    let Listing {
        before,
        after,
        ref lines,
        ..
    } = *listing;
    if before + after == 0 {
        return None;
    }
    let [later, earlier] = words(page.language.get_untracked()).turn_events;
    let last = before + lines.len();
    let button = |label: &'static str, symbol, to, can: bool| {
        let disabled = if can { "false" } else { "true" };
        let turn = page.asks(Intent::Events(Some(Reading::At(to))));
        html! { <button type="button" class="btn icon" aria-label=label title=label aria-disabled=disabled on:click=turn>{icon(symbol)}</button> }
    };
    Some(html! {
        <div class="pager">
            {button(later, "#i-prev", if after > 0 { last + 1 } else { last }, after > 0)}
            <span>{(page.texts().rows_of)(before + 1, last, last + after)}</span>
            {button(earlier, "#i-next", before, before > 0)}
        </div>
    })
}
