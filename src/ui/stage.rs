//! The stage: producer, master, slaves, group, left to right the way a message goes.

use leptos::prelude::{GetUntracked as _, RwSignal};
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::status::{BrokerRole, SendMode};
use loss_lab_present::conf;
use loss_lab_present::frame::Frame;
use loss_lab_present::inside::{Inside, Lens};
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::pacer::Glide;
use loss_lab_present::settings::Settings;
use loss_lab_present::stage::{Broker, Picture, Routes, Stage};
use loss_lab_present::story::StoryId;
use loss_lab_present::wires::Wires;

use crate::later;

use super::html::*;
use super::icon::icon;
use super::inside::lenses;
use super::links::{link_view, pull_rail};
use super::menu::Open;
use super::nodes::{broker_node, group_node, producer_node};
use super::page::Page;
use super::rooms::room;

/// What the stage shows.
#[derive(PartialEq)]
pub struct Scene {
    /// Everything that stands …
    pub stage: Stage,
    /// … and what is on its way.
    pub wires: Wires,
    settings: Settings,
    story: StoryId,
    lens: Lens,
    /// What the lens opens.
    pub inside: Vec<Inside>,
    /// The lit message.
    pub picked: Option<MessageId>,
    /// The open menu.
    pub menu: Open,
    /// How the next message is sent …
    pub mode: SendMode,
    /// … how many at once …
    pub count: u32,
    /// … and its number.
    pub next_message: MessageId,
    /// Somebody can send.
    pub can_send: bool,
    /// Nothing was sent yet, and nothing can play.
    pub untouched: bool,
}

impl Scene {
    fn of(frame: &Frame) -> Self {
        Self {
            stage: frame.stage.clone(),
            wires: frame.wires.clone(),
            settings: frame.choices.settings.clone(),
            story: frame.choices.story,
            lens: frame.choices.lens,
            inside: frame.inside.clone(),
            picked: frame.choices.picked,
            menu: frame.menu.clone(),
            mode: frame.choices.mode,
            count: frame.choices.count,
            next_message: frame.next_message,
            can_send: frame.controls.can_send,
            untouched: !frame.controls.can_advance && frame.next_message == MessageId(1),
        }
    }

    /// While a class is asked what will be lost, nothing on the stage says what could be.
    fn asked(frame: &Frame) -> Self {
        let scene = Self::of(frame);
        Self {
            stage: scene.stage.before_the_answer(),
            ..scene
        }
    }
}

impl Scene {
    /// Whether there is more than one row of nodes can show. Only the second part makes such clusters.
    fn is_wide(&self) -> bool {
        let Stage {
            producers,
            brokers,
            groups,
            ..
        } = &self.stage;
        let slaves = |broker: &&Broker| broker.role == BrokerRole::Slave;
        let slaves = brokers.iter().filter(slaves).count();
        producers.len() > 1 || groups.len() > 1 || slaves > 2 || brokers.len() != slaves + 1
    }
}

/// The stage.
pub fn stage_panel(page: Page) -> AnyView {
    let inside = page.drawn(Scene::of, |page, scene| {
        html! {
            <header class="panel-head">
                <h2 id="h-stage" class="sr">{page.texts().stage}</h2>
                {stories(page, scene.story, &scene.settings)}
                {conf_summary(page, &scene.settings)}
                {lenses(page, scene.lens)}
            </header>
            <div class="stage-scroll">{cluster(page, scene)}</div>
        }
    });
    html! { <section class="panel stage" aria-labelledby="h-stage">{inside}{room(page, |rooms| rooms.stage_table)}</section> }
}

/// The list of stories.
fn stories(page: Page, chosen: StoryId, settings: &Settings) -> AnyView {
    let t = page.texts();
    let place = |id: StoryId| {
        let place = StoryId::ALL.iter().position(|story| *story == id);
        place.unwrap_or(StoryId::ALL.len()).to_string()
    };
    let choose = page.reads(|place| {
        let story = StoryId::ALL.get(place.parse::<usize>().ok()?)?;
        Some(Intent::Setup(Setup::Story(*story)))
    });
    let options = StoryId::ALL
        .into_iter()
        .map(|id| html! { <option value=place(id)>{(t.story)(id)}</option> })
        .collect_view();
    // A file is in the list while it is open. The list is given its value before it is given this.
    let file = (chosen == StoryId::File).then(|| {
        let title = &settings.cluster().title;
        let title = page.language.get_untracked().of(&title.en, &title.zh);
        let title = if title.is_empty() {
            (t.story)(chosen)
        } else {
            title
        };
        html! { <option value=place(chosen) selected="selected">{title.to_owned()}</option> }
    });
    html! {
        <span class="scenario">
            <select aria-label=t.stories prop:value=place(chosen) on:change=choose>{options}{file}</select>
            {icon("#i-chev")}
        </span>
    }
}

fn conf_summary(page: Page, settings: &Settings) -> AnyView {
    let t = page.texts();
    html! {
        <p class="conf-sum">
            <code>{settings.flush().word()}</code>
            <code>{settings.role().word()}</code>
            <code>{(t.slaves)(settings.slaves())}</code>
            <code>{conf::version(settings.profile())}</code>
            <a class="btn quiet to-settings" href="#settings">{t.change}</a>
        </p>
    }
}

/// The cluster alone, as a lesson shows it.
pub fn cluster_panel(page: Page, asked: bool) -> AnyView {
    let look = if asked { Scene::asked } else { Scene::of };
    let inside = page.drawn(look, |page, scene| {
        html! {
            <h2 id="h-stage" class="sr">{page.texts().stage}</h2>
            {conf_summary(page, &scene.settings)}
            <div class="stage-scroll">{cluster(page, scene)}</div>
        }
    });
    html! { <section class="panel stage" aria-labelledby="h-stage">{inside}</section> }
}

/// A picture of it as a frame shows it, on paper: nothing moves.
pub fn still(mut page: Page, frame: &Frame, asked: bool) -> AnyView {
    // What is on its way stands where this frame's clock has it.
    page.glide = RwSignal::new((Glide::still(frame.now), false));
    let scene = if asked {
        Scene::asked(frame)
    } else {
        Scene::of(frame)
    };
    html! { <div class="stage"><div class="stage-scroll">{cluster(page, &scene)}</div></div> }
}

fn cluster(page: Page, scene: &Scene) -> AnyView {
    if let Some(later) = later::here().filter(|_| scene.is_wide()) {
        return (later.rooms.many)(page, scene);
    }
    let t = page.texts();
    let Stage {
        routes,
        producers,
        brokers,
        groups,
    } = &scene.stage;
    let slaves = brokers
        .iter()
        .filter(|broker| broker.role == BrokerRole::Slave);
    let class = match slaves.clone().count() {
        0 => "cluster no-slave",
        1 => "cluster",
        _ => "cluster two-slaves",
    };
    let producers = producers
        .iter()
        .map(|this| producer_node(page, scene, this));
    let masters = brokers
        .iter()
        .filter(|broker| broker.role != BrokerRole::Slave)
        .map(|this| broker_node(page, scene, this, "node broker master"));
    let slaves = slaves.enumerate().map(|(index, this)| {
        let (node, link) = if index == 0 {
            ("node broker slave", "link link-ha")
        } else {
            ("node broker slave slave-2", "link link-ha link-ha-2")
        };
        let wire = scene
            .wires
            .replication
            .iter()
            .find(|wire| wire.to == this.node);
        html! {
            {wire.map(|wire| link_view(page, link, wire, scene))}
            {broker_node(page, scene, this, node)}
        }
    });
    let send = scene.wires.send.as_ref();
    let pull = scene.wires.pull.as_ref();
    let groups = groups.iter().map(|this| group_node(page, scene, this));
    html! {
        <div class=class>
            <p class="namesrv">{routes.as_ref().map(|routes| name_server(page, routes))}</p>
            {pull.map(|pull| pull_rail(page, pull, scene))}
            {producers.collect_view()}
            {send.map(|send| link_view(page, "link link-send", send, scene))}
            {masters.collect_view()}
            {slaves.collect_view()}
            {groups.collect_view()}
            <div class="waterline" aria-hidden="true"><span>{t.fsync_line}</span></div>
        </div>
    }
}

pub(super) fn name_server(page: Page, routes: &Routes) -> AnyView {
    let t = page.texts();
    let words = match routes.picture {
        Picture::Running => (t.routes)(routes.registered, routes.brokers),
        picture @ (Picture::Paused
        | Picture::Killed
        | Picture::Stopped
        | Picture::Off
        | Picture::Wrecked
        | Picture::Starting
        | Picture::Stopping
        | Picture::NotStarted) => (t.picture)(picture).to_owned(),
    };
    html! { <code>{routes.name.clone()}</code><small>{words}</small> }
}
