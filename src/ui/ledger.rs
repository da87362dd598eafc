//! The ledger: a table on a wide page, cards on a phone.

use leptos::prelude::GetUntracked as _;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::Exposure;
use loss_lab_present::book::{Book, ROWS, Sort, Turn};
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::ledger::{Judgement, Ledger, Row, Tally, Told, Whereabouts, Why};
use loss_lab_present::map::{Cell, Column, CopyMap};
use loss_lab_present::remedy::{Effect, Remedy};
use loss_lab_present::settings::Change;

use crate::i18n::later::rules;
use crate::i18n::{Texts, instant};

use super::html::*;
use super::icon::icon;
use super::message::message;
use super::page::Page;
use super::rooms::room;
use super::words::with_code;

/// What the ledger shows.
#[derive(PartialEq)]
struct Shown {
    book: Book,
    ledger: Ledger,
    remedies: Vec<Remedy>,
    picked: Option<MessageId>,
}

/// The ledger.
pub fn ledger_panel(page: Page) -> AnyView {
    let inside = room(page, |rooms| rooms.ledger);
    html! { <section class="panel ledger" aria-labelledby="h-ledger">{inside}</section> }
}

/// What is in it.
pub fn ledger(page: Page) -> AnyView {
    page.drawn(
        |frame| Shown {
            book: frame.choices.book,
            ledger: frame.ledger.clone(),
            remedies: frame.choices.remedies.clone(),
            picked: frame.choices.picked,
        },
        draw,
    )
}

fn draw(page: Page, shown: &Shown) -> AnyView {
    let t = page.texts();
    let heads = t
        .columns
        .into_iter()
        .map(|head| html! { <th scope="col">{head}</th> })
        .collect_view();
    let rows = shown.ledger.rows.iter();
    let rows = rows.map(|row| row_view(page, shown, row)).collect_view();
    let note = match (shown.ledger.rows.is_empty(), shown.book.only) {
        (true, None) => Some(t.ledger_empty),
        (true, Some(_)) => Some(t.none_of_these),
        (false, _) => None,
    };
    html! {
        <header class="panel-head">
            <h2 id="h-ledger">{t.ledger}</h2>
            <p class="tally">{tally_view(page, &shown.book, shown.ledger.tally)}</p>
            {(shown.ledger.tally.sent > 1).then(|| sorts(page, shown.book.sort))}
        </header>
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="h-ledger">
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {note.map(|note| html! { <p class="none ledger-empty">{note}</p> })}
        {pager(page, &shown.ledger)}
    }
}

/// What comes first.
fn sorts(page: Page, chosen: Sort) -> AnyView {
    let t = page.texts();
    let options = Sort::ALL.into_iter().map(|sort| {
        html! { <option value=sort.word()>{(t.sorts)(sort)}</option> }
    });
    let turn = page.reads(|word| Some(Intent::Book(Turn::Sort(Sort::of_word(word)?))));
    html! { <select class="field" aria-label=t.sort prop:value=chosen.word().to_owned() on:change=turn>{options.collect_view()}</select> }
}

/// Turns to the rows that are not drawn.
fn pager(page: Page, ledger: &Ledger) -> Option<AnyView> {
    let t = page.texts();
    let Ledger { before, after, .. } = *ledger;
    if before + after == 0 {
        return None;
    }
    let last = before + ledger.rows.len();
    let [earlier, later] = t.turn_rows;
    let button = |label: &'static str, symbol, to, can: bool| {
        let disabled = if can { "false" } else { "true" };
        let turn = page.asks(Intent::Book(Turn::From(to)));
        html! { <button type="button" class="btn icon" aria-label=label title=label aria-disabled=disabled on:click=turn>{icon(symbol)}</button> }
    };
    Some(html! {
        <div class="pager">
            {button(earlier, "#i-prev", before.saturating_sub(ROWS), before > 0)}
            <span>{(t.rows_of)(before + 1, last, last + after)}</span>
            {button(later, "#i-next", if after > 0 { last } else { before }, after > 0)}
        </div>
    })
}

/// The sums; each shows only what it counts.
fn tally_view(page: Page, book: &Book, tally: Tally) -> AnyView {
    let t = page.texts();
    let sums = [
        (Judgement::Consumed, tally.consumed),
        (Judgement::Duplicated, tally.duplicated),
        (Judgement::AtRisk, tally.at_risk),
        (Judgement::Lost, tally.lost),
        (Judgement::Refused, tally.refused),
        (Judgement::DeadLetter, tally.dead),
        (Judgement::Pending, tally.pending),
    ];
    // What is filtered for stays, so that it can be taken away again.
    let counts =
        |(judgement, count): &(Judgement, u32)| *count > 0 || book.only == Some(*judgement);
    let sums = sums.into_iter().filter(counts).map(|(judgement, count)| {
        let pressed = if book.only == Some(judgement) { "true" } else { "false" };
        let only = page.asks(Intent::Book(Turn::Only(judgement)));
        html! {
            <button type="button" class=class_of(judgement) aria-pressed=pressed title=t.only on:click=only>
                {icon(icon_of(judgement))}{(t.tally)(judgement, count)}
            </button>
        }
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

fn row_view(page: Page, shown: &Shown, row: &Row) -> AnyView {
    let t = page.texts();
    let id = row.glyph.message;
    let picked = shown.picked == Some(id);
    let remedy = shown.remedies.iter().find(|remedy| remedy.message == id);
    let class = if picked { "is-picked" } else { "" };
    let why_class = if row.why == Why::Nothing && row.again.is_empty() {
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
            <td class=why_class>{reason(page, row, remedy.copied())}</td>
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

/// What would lose it, or what did, by which rule; and why it was given again.
fn reason(page: Page, row: &Row, remedy: Option<Remedy>) -> AnyView {
    let t = page.texts();
    let w = rules::words(page.language.get_untracked());
    let lost = row.lost.map(|rule| {
        html! { <small class="rule">{with_code((w.lost)(rule))}</small> }
    });
    let times = row.again.len();
    let again = row.again.last().map(|last| {
        html! { <small class="rule">{(w.times_again)(times)}" "{with_code((w.again)(last.rule))}</small> }
    });
    let bare = row.why == Why::Nothing && again.is_some();
    let why = (!bare).then(|| why(page, t, &row.why, remedy));
    html! { {why}{lost}{again} }
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
                let change = page.asks(Intent::Setup(Setup::Change(remedy.change)));
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
