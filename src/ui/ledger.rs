//! The ledger: a table on a wide page, cards on a phone.

use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::Exposure;
use loss_lab_present::intent::Intent;
use loss_lab_present::ledger::{Judgement, Ledger, Row, Tally, Told, Whereabouts, Why};
use loss_lab_present::map::{Cell, Column, CopyMap};
use loss_lab_present::remedy::{Effect, Remedy};
use loss_lab_present::settings::Change;

use crate::i18n::{Texts, instant};

use super::html::*;
use super::icon::icon;
use super::message::message;
use super::page::Page;

/// What the ledger shows.
#[derive(PartialEq)]
struct Book {
    ledger: Ledger,
    remedies: Vec<Remedy>,
    picked: Option<MessageId>,
}

/// The ledger.
pub fn ledger_panel(page: Page) -> AnyView {
    let inside = page.drawn(
        |frame| Book {
            ledger: frame.ledger.clone(),
            remedies: frame.choices.remedies.clone(),
            picked: frame.choices.picked,
        },
        draw,
    );
    html! { <section class="panel ledger" aria-labelledby="h-ledger">{inside}</section> }
}

fn draw(page: Page, book: &Book) -> AnyView {
    let t = page.texts();
    let heads = t
        .columns
        .into_iter()
        .map(|head| html! { <th scope="col">{head}</th> })
        .collect_view();
    let rows = book.ledger.rows.iter();
    let rows = rows.map(|row| row_view(page, book, row)).collect_view();
    let note = if book.ledger.rows.is_empty() {
        Some(t.ledger_empty.to_owned())
    } else {
        (book.ledger.more > 0).then(|| (t.more_rows)(book.ledger.more))
    };
    html! {
        <header class="panel-head">
            <h2 id="h-ledger">{t.ledger}</h2>
            <p class="tally">{tally_view(t, book.ledger.tally)}</p>
        </header>
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="h-ledger">
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {note.map(|note| html! { <p class="none ledger-empty">{note}</p> })}
    }
}

fn tally_view(t: &'static Texts, tally: Tally) -> AnyView {
    let sums = [
        (Judgement::Consumed, tally.consumed),
        (Judgement::Duplicated, tally.duplicated),
        (Judgement::AtRisk, tally.at_risk),
        (Judgement::Lost, tally.lost),
        (Judgement::Refused, tally.refused),
        (Judgement::DeadLetter, tally.dead),
        (Judgement::Pending, tally.pending),
    ];
    let sums = sums.into_iter().filter(|(_, count)| *count > 0).map(|(judgement, count)| {
        html! { <span class=class_of(judgement)>{icon(icon_of(judgement))}{(t.tally)(judgement, count)}</span> }
    });
    html! { {(tally.sent > 0).then(|| html! { <span>{(t.sent)(tally.sent)}</span> })}{sums.collect_view()} }
}

fn class_of(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Pending => "v-pending",
        Judgement::AtRisk => "v-risk",
        Judgement::Lost | Judgement::LostPromiseBroken => "v-lost",
        Judgement::Duplicated | Judgement::DeadLetter => "v-dup",
        Judgement::Safe | Judgement::Consumed | Judgement::ConsumedOnRetry => "v-ok",
        Judgement::Refused => "v-refused",
    }
}

fn icon_of(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Pending => "#i-wait",
        Judgement::AtRisk => "#i-risk",
        Judgement::Lost | Judgement::LostPromiseBroken => "#i-cross",
        Judgement::Duplicated => "#i-dup",
        Judgement::DeadLetter => "#i-stop",
        Judgement::Safe | Judgement::Consumed | Judgement::ConsumedOnRetry => "#i-check",
        Judgement::Refused => "#i-minus",
    }
}

fn row_view(page: Page, book: &Book, row: &Row) -> AnyView {
    let t = page.texts();
    let id = row.glyph.message;
    let picked = book.picked == Some(id);
    let remedy = book.remedies.iter().find(|remedy| remedy.message == id);
    let class = if picked { "is-picked" } else { "" };
    let why_class = if row.why == Why::Nothing {
        "why-cell is-none"
    } else {
        "why-cell"
    };
    html! {
        <tr class=class aria-current=picked.then_some("true")>
            <th scope="row">{message(page, row.glyph, true, picked)}</th>
            <td>{told(t, &row.told)}</td>
            <td><span class="where">{map_view(&row.map)}<span>{whereabouts(t, row.whereabouts)}</span></span></td>
            <td>{delivered(t, row)}</td>
            <td><span class=["verdict ", class_of(row.judgement)].concat()>{icon(icon_of(row.judgement))}<span>{(t.judgement)(row.judgement)}</span></span></td>
            <td class=why_class>{why(page, t, &row.why, remedy.copied())}</td>
        </tr>
    }
}

fn told(t: &'static Texts, told: &Told) -> AnyView {
    match told {
        Told::NothingYet => html! { <span class="told t-pending">{t.not_told}</span> },
        Told::Nothing => html! { <span class="told t-pending">{t.never_told}</span> },
        Told::Status(word) | Told::Exception(word) => {
            html! { <span class="told"><code>{*word}</code></span> }
        }
    }
}

fn whereabouts(t: &'static Texts, whereabouts: Whereabouts) -> String {
    use loss_lab_engine::event::Place;
    let copies = |name: &str, count: usize| {
        [
            name,
            " ",
            &(t.times)(u32::try_from(count).unwrap_or(u32::MAX)),
        ]
        .concat()
    };
    match whereabouts {
        Whereabouts::Producer => t.with_producer.to_owned(),
        Whereabouts::Wire => t.wire.to_owned(),
        Whereabouts::Nowhere => t.nowhere.to_owned(),
        Whereabouts::Copies(Place::Heap, count) => copies(t.heap_in, count),
        Whereabouts::Copies(Place::PageCache, count) => copies(t.page_cache_in, count),
        Whereabouts::Copies(Place::Disk, count) => copies(t.disk_in, count),
    }
}

fn delivered(t: &'static Texts, row: &Row) -> String {
    match row.deliveries.as_slice() {
        [] if matches!(
            row.judgement,
            Judgement::Lost | Judgement::LostPromiseBroken | Judgement::Refused
        ) =>
        {
            t.never.to_owned()
        }
        [] => t.not_yet.to_owned(),
        [(name, times)] => [name, " ", &(t.times)(*times)].concat(),
        many => many
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(t.then),
    }
}

fn why(page: Page, t: &'static Texts, why: &Why, remedy: Option<Remedy>) -> AnyView {
    match why {
        Why::Nothing => "–".into_any(),
        Why::NothingPromised => t.nothing_promised.into_any(),
        Why::Exposed(faults) => faults.iter().map(|fault| html! { <span class="faults">{icon(fault_icon(*fault))}{(t.exposure)(*fault)}</span> }).collect_view().into_any(),
        Why::LostBy { stage, cause, node, at } => {
            let words = [(t.stage_of)(*stage), &(t.cause)(*cause, &instant(*at))].concat();
            let saved = remedy.map(|remedy| {
                let [saves, not_promised] = t.saved_by;
                let words = match remedy.effect {
                    Effect::Saves => saves,
                    Effect::PromisesNothing => not_promised,
                };
                let change = page.asks(Intent::Set(remedy.change));
                html! { " "<button type="button" class="link-btn" on:click=change>{words}" "<code>{remedy_name(t, remedy.change)}</code></button> }
            });
            html! { <span title=node.clone()>{words}</span>{saved} }
        }
    }
}

fn fault_icon(fault: Exposure) -> &'static str {
    match fault {
        Exposure::ProcessCrash | Exposure::ConsumerCrash => "#i-kill",
        Exposure::PowerLoss => "#i-power",
        Exposure::DiskLoss => "#i-diskx",
        Exposure::SlaveNeverServed => "#i-risk",
    }
}

fn remedy_name(t: &'static Texts, change: Change) -> String {
    match change {
        Change::Profile(profile) => profile.word().to_owned(),
        Change::Flush(flush) => flush.word().to_owned(),
        Change::Role(role) => role.word().to_owned(),
        Change::TransientPool(on) => [
            "transientStorePoolEnable=",
            if on { "true" } else { "false" },
        ]
        .concat(),
        Change::Number(number, value) => [(t.number)(number), "=", &value.to_string()].concat(),
    }
}

/// The stage at 30 by 18 pixels.
fn map_view(map: &CopyMap) -> AnyView {
    let columns = map
        .columns
        .iter()
        .zip(0i32..)
        .map(|(column, index)| column_view(*column, index * 16))
        .collect_view();
    let width = i32::try_from(map.columns.len()).unwrap_or(1) * 16;
    let box_ = ["-1 -1 ", &width.to_string(), " 20"].concat();
    html! { <svg class="map" viewBox=box_ width=width.to_string() height="20" aria-hidden="true">{columns}</svg> }
}

fn column_view(column: Column, x: i32) -> AnyView {
    let lost = matches!(column.memory, Cell::LostHere)
        .then(|| html! { <path class="map-x" d="M3.500 1.500l7 6m0-6l-7 6"/> });
    html! {
        <g transform=["translate(", &x.to_string(), ")"].concat()>
            <rect x=".5" y=".5" width="13" height="8" class=["map-m ", cell_class(column.memory)].concat()/>
            {lost}
            <rect x=".5" y="9.5" width="13" height="8" class=["map-d ", cell_class(column.disk)].concat()/>
            <path class="map-w" d="M-1 9H15"/>
        </g>
    }
}

fn cell_class(cell: Cell) -> &'static str {
    match cell {
        Cell::Empty | Cell::LostHere => "",
        Cell::Held => "on",
        Cell::Ghost => "ghost",
    }
}
