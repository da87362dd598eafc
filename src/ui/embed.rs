//! The lab within somebody else's page: the parts that its author chose, and one bar.

use leptos::prelude::{Get as _, GetUntracked};
use loss_lab_engine::scenario::Do;
use loss_lab_engine::status::BrokerRole;
use loss_lab_present::embed::Part;
use loss_lab_present::frame::Frame;
use loss_lab_present::intent::{Controls, Intent, Press};
use loss_lab_present::stage::{Broker, Picture};

use crate::browser::page_address;
use crate::i18n::share::ShareTexts;

use super::html::*;
use super::icon::{icon, logo};
use super::ledger::ledger_panel;
use super::page::{Page, live};
use super::settings::settings;
use super::share::{bad_link, lab_text, share};
use super::stage::stage_panel;
use super::statuses::status_panel;
use super::timeline::time_panel;
use super::why::why_line;

/// What the bar shows.
#[derive(PartialEq)]
struct Bar {
    controls: Controls,
    /// The master, if its power can be cut.
    master: Option<String>,
    steps: (usize, usize),
}

impl Bar {
    fn of(frame: &Frame) -> Self {
        Self {
            controls: frame.controls,
            master: frame
                .stage
                .brokers
                .iter()
                .find(runs)
                .map(|one| one.name.clone()),
            steps: frame.timeline.steps,
        }
    }
}

fn runs(broker: &&Broker) -> bool {
    broker.role != BrokerRole::Slave && broker.picture == Picture::Running
}

/// The embed.
pub fn embed(page: Page) -> AnyView {
    let t = ShareTexts::of(page.language.get_untracked());
    let parts = live(move || {
        let parts = share().parts.get();
        let views = Part::ALL.into_iter().filter(|part| parts.has(*part));
        views
            .map(|part| match part {
                Part::Stage => stage_panel(page),
                Part::Why => why_line(page),
                Part::Time => time_panel(page),
                Part::Ledger => ledger_panel(page),
                Part::Status => status_panel(page),
                Part::Settings => settings(page),
            })
            .collect_view()
            .into_any()
    });
    html! {
        <main id="main" class="embed" tabindex="-1">
            <h1 class="sr">{t.figure}</h1>
            {bad_link(page)}
            {parts}
            {page.drawn(Bar::of, bar)}
        </main>
    }
}

fn bar(page: Page, bar: &Bar) -> AnyView {
    let t = page.texts();
    let own = ShareTexts::of(page.language.get_untracked());
    let enabled = |press: Press| {
        if press.is_enabled(&bar.controls) {
            "false"
        } else {
            "true"
        }
    };
    let (symbol, word) = if bar.controls.playing {
        ("#i-pause", t.pause)
    } else {
        ("#i-play", (t.press)(Press::Play))
    };
    let button = |press: Press, symbol| {
        let label = (t.press)(press);
        html! {
            <button type="button" class="btn icon main" aria-label=label title=label aria-disabled=enabled(press) on:click=page.presses(press)>{icon(symbol)}</button>
        }
    };
    let cut = bar.master.as_ref().map(|master| {
        let strike = page.asks(Intent::Strike(Do::PowerLoss(master.clone())));
        html! {
            <button type="button" class="btn cut-power" title=master.clone() on:click=strike>{icon("#i-bolt")}<span>{own.cut_power}</span></button>
        }
    });
    let (step, steps) = bar.steps;
    let part = (step * 100).checked_div(steps).unwrap_or(0).to_string();
    let width = [&part, "%"].concat();
    let lab = [page_address(), lab_text(page).unwrap_or_default()].concat();
    html! {
        <div class="embed-bar">
            {button(Press::Previous, "#i-prev")}
            <button type="button" class="btn primary play" aria-disabled=enabled(Press::Play) on:click=page.presses(Press::Play)>{icon(symbol)}<span>{word}</span></button>
            {button(Press::Next, "#i-next")}
            {cut}
            <span class="progress" aria-hidden="true"><i style=("width", width)></i></span>
            <a class="open" href=lab target="_blank" rel="noopener">{logo()}<span>{own.open_in_lab}</span></a>
        </div>
    }
}
