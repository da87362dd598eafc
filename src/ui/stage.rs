//! The stage: producer, master, slaves, group, left to right the way a message goes.

use leptos::prelude::*;
use loss_lab_engine::status::{BrokerRole, Profile};
use loss_lab_present::conf;
use loss_lab_present::intent::Intent;
use loss_lab_present::stage::Picture;
use loss_lab_present::story::StoryId;

use super::icon::icon;
use super::links::{PullRail, ReplicationLink, SendLink};
use super::nodes::{BrokerNode, GroupNode, ProducerNode};
use super::page::expect_page;

#[component]
pub fn StagePanel() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    view! {
        <section class="panel stage" aria-labelledby="h-stage">
            <header class="panel-head">
                <h2 id="h-stage" class="sr">{t.stage}</h2>
                <Stories/>
                <ConfSummary/>
            </header>
            <div class="stage-scroll"><Cluster/></div>
        </section>
    }
}

/// The list of stories.
#[component]
fn Stories() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let chosen = page.slice(|frame| frame.choices.story);
    let place = move |id: StoryId| {
        StoryId::ALL
            .iter()
            .position(|story| *story == id)
            .unwrap_or(0)
            .to_string()
    };
    let choose = move |event| {
        let story = event_target_value(&event)
            .parse()
            .ok()
            .and_then(|index: usize| StoryId::ALL.get(index));
        if let Some(story) = story {
            page.ask(Intent::Story(*story));
        }
    };
    let options = StoryId::ALL
        .into_iter()
        .map(|id| view! { <option value=place(id)>{(t.story)(id)}</option> })
        .collect_view();
    view! {
        <span class="scenario">
            <select aria-label=t.stories prop:value=move || place(chosen.get()) on:change=choose>{options}</select>
            {icon("#i-chev")}
        </span>
    }
}

#[component]
fn ConfSummary() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let settings = page.slice(|frame| frame.choices.settings);
    let version = move || match settings.get().profile {
        profile @ (Profile::V4_9 | Profile::V5_3) => conf::version(profile),
    };
    view! {
        <p class="conf-sum">
            <code>{move || settings.get().flush.word()}</code>
            <code>{move || settings.get().role.word()}</code>
            <code>{move || (t.slaves)(settings.get().slaves())}</code>
            <code>{version}</code>
            <a class="btn quiet to-settings" href="#settings">{t.change}</a>
        </p>
    }
}

#[component]
fn Cluster() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let producers = page.slice(|frame| {
        frame
            .stage
            .producers
            .iter()
            .map(|producer| producer.node)
            .collect::<Vec<_>>()
    });
    let masters = page.slice(|frame| {
        frame
            .stage
            .brokers
            .iter()
            .filter(|broker| broker.role != BrokerRole::Slave)
            .map(|broker| broker.node)
            .collect::<Vec<_>>()
    });
    let slaves = page.slice(|frame| {
        frame
            .stage
            .brokers
            .iter()
            .filter(|broker| broker.role == BrokerRole::Slave)
            .map(|broker| broker.node)
            .collect::<Vec<_>>()
    });
    let groups = page.slice(|frame| {
        frame
            .stage
            .groups
            .iter()
            .map(|group| group.name.clone())
            .collect::<Vec<_>>()
    });
    let class = move || match slaves.get().len() {
        0 => "cluster no-slave",
        1 => "cluster",
        _ => "cluster two-slaves",
    };
    let slave_class = |index: usize| {
        if index == 0 {
            ("node broker slave", "link link-ha")
        } else {
            ("node broker slave slave-2", "link link-ha link-ha-2")
        }
    };
    let slave_list = move || slaves.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <div class=class>
            <NameServer/>
            <PullRail/>
            <For each=move || producers.get() key=|node| *node let:node><ProducerNode node/></For>
            <SendLink/>
            <For each=move || masters.get() key=|node| *node let:node><BrokerNode node class="node broker master"/></For>
            <For each=slave_list key=|(_, node)| *node let((index, node))>
                <ReplicationLink slave=node class=slave_class(index).1/>
                <BrokerNode node class=slave_class(index).0/>
            </For>
            <For each=move || groups.get() key=String::clone let:name><GroupNode name/></For>
            <div class="waterline" aria-hidden="true"><span>{t.fsync_line}</span></div>
        </div>
    }
}

#[component]
fn NameServer() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let routes = page.slice(|frame| frame.stage.routes.clone());
    let says = move || {
        routes.get().map(|routes| {
            let words = match routes.picture {
                Picture::Running => (t.routes)(routes.registered, routes.brokers),
                picture @ (Picture::Paused
                | Picture::Killed
                | Picture::Stopped
                | Picture::Off
                | Picture::Wrecked
                | Picture::Starting
                | Picture::NotStarted) => (t.picture)(picture).to_owned(),
            };
            view! { <code>{routes.name}</code><small>{words}</small> }
        })
    };
    view! { <p class="namesrv">{says}</p> }
}
