//! Nodes and their places. A node never moves; its frame says how it stands.

use leptos::prelude::With as _;
use loss_lab_engine::ids::NodeId;
use loss_lab_engine::status::{BrokerRole, SendMode};
use loss_lab_present::glyph::{Glyph, Holding};
use loss_lab_present::intent::{Intent, Press};
use loss_lab_present::menu::Target;
use loss_lab_present::stage::{Broker, Consumer, DiskNote, Foot, Group, Picture, Producer};

use crate::i18n::{Texts, instant};
use crate::later;
use crate::session::COUNT_MOST;

use super::html::*;
use super::icon::icon;
use super::menu::strike_button;
use super::message::{message, slots};
use super::page::{Page, live};
use super::rooms::Arrival;
use super::stage::Scene;

fn frame_class(picture: Picture) -> &'static str {
    match picture {
        Picture::Running => "",
        Picture::Paused => "is-paused",
        Picture::Killed | Picture::Stopped | Picture::NotStarted => "is-down",
        Picture::Starting | Picture::Stopping => "is-starting",
        Picture::Off => "is-off",
        Picture::Wrecked => "is-wrecked",
    }
}

fn faults_of(t: &'static Texts, name: &str) -> String {
    let [before, after] = t.faults_of;
    [before, name, after].concat()
}

/// A producer, with the one filled button of the page.
pub fn producer_node(page: Page, scene: &Scene, this: &Producer) -> AnyView {
    let t = page.texts();
    let waiting = this.waiting.shown.len() + this.waiting.more;
    let role = if this.picture == Picture::Running {
        (t.waiting)(waiting)
    } else {
        (t.picture)(this.picture).to_owned()
    };
    let label = [t.producer, " ", &this.name].concat();
    // How messages are sent is chosen once, at the first.
    let is_first = scene.stage.producers.first().map(|first| first.node) == Some(this.node);
    let class = ["node producer ", frame_class(this.picture)].concat();
    html! {
        <article class=class aria-label=label>
            {head(page, scene, this.node, &this.name, role)}
            <div class="place place-client">
                {slots(page, &this.waiting, t.empty, scene.picked)}
                {if is_first { send_controls(page, scene) } else { send_by(page, scene, this) }}
                {compose(page, this)}
                {lost_here(page, scene, &this.lost, None)}
            </div>
        </article>
    }
}

/// The way to everything else that a producer can send.
fn compose(page: Page, this: &Producer) -> AnyView {
    let name = this.name.clone();
    live(move || {
        page.arrival.with(|arrival| match arrival {
            Arrival::Here(later) => (later.rooms.compose)(page, &name),
            Arrival::Coming | Arrival::Failed => ().into_any(),
        })
    })
}

/// A node's name, its role or state, and what can strike it.
fn head(page: Page, scene: &Scene, node: NodeId, name: &str, role: String) -> AnyView {
    let label = faults_of(page.texts(), name);
    html! {
        <header>
            <h3>{name.to_owned()}</h3>
            <span class="role">{role}</span>
            {strike_button(page, Target::Node(node), label, &scene.menu)}
        </header>
    }
}

/// "Send m1".
fn send_label(t: &'static Texts, scene: &Scene) -> String {
    let [before, after] = t.send;
    if scene.count == 1 {
        [before, &scene.next_message.to_string(), after].concat()
    } else {
        (t.send_many)(scene.count)
    }
}

/// What another producer than the first sends, in the same way.
fn send_by(page: Page, scene: &Scene, this: &Producer) -> AnyView {
    let label = send_label(page.texts(), scene);
    let send = page.asks(Intent::SendBy(this.name.clone()));
    html! {
        <button type="button" class="btn send-by" disabled=this.picture != Picture::Running on:click=send>
            {icon("#i-send")}<span>{label}</span><span class="sr">" "{this.name.clone()}</span>
        </button>
    }
}

/// Send, and how.
fn send_controls(page: Page, scene: &Scene) -> AnyView {
    let t = page.texts();
    let label = send_label(t, scene);
    // Until something can play, sending is the one obvious thing to do.
    let class = if scene.untouched {
        "btn send primary"
    } else {
        "btn send"
    };
    let modes = SendMode::ALL.iter().map(|mode| {
        html! { <option value=mode.word() title=(t.modes)(*mode)>{mode.word()}</option> }
    });
    let modes = modes.collect_view();
    let set_mode = page.reads(|word| SendMode::from_word(word).map(Intent::Mode));
    let set_count = page.reads(|count| Some(Intent::Count(count.parse().unwrap_or(1))));
    html! {
        <button
            type="button"
            class=class
            disabled=!scene.can_send
            title=shortcut(t, Press::Send)
            on:click=page.presses(Press::Send)
        >
            {icon("#i-send")}<span>{label}</span>
        </button>
        <p class="send-how">
            <select class="field" aria-label=t.mode prop:value=scene.mode.word().to_owned() on:change=set_mode>{modes}</select>
            <span aria-hidden="true">"×"</span>
            <input class="field" type="number" inputmode="numeric" min="1" max=COUNT_MOST.to_string() aria-label=t.count prop:value=scene.count.to_string() on:change=set_count/>
        </p>
    }
}

/// "Play (Space)".
pub fn shortcut(t: &'static Texts, press: Press) -> String {
    [(t.press)(press), " (", press.key_cap(), ")"].concat()
}

/// A broker: memory above the line, disk below it.
pub fn broker_node(page: Page, scene: &Scene, this: &Broker, class: &'static str) -> AnyView {
    let t = page.texts();
    let role = if this.role == BrokerRole::Slave {
        "slave"
    } else {
        "master"
    };
    let heap = this.heap.as_ref().map(|heap| {
        html! {
            <div class="place place-heap">
                {place_head(t.heap, t.heap_dies)}
                {slots(page, heap, t.empty, scene.picked)}
            </div>
        }
    });
    let class = [
        class,
        " ",
        frame_class(this.picture),
        if heap.is_some() { " has-heap" } else { "" },
    ]
    .concat();
    html! {
        <article class=class aria-label=["Broker ", &this.name].concat()>
            {head(page, scene, this.node, &this.name, role.to_owned())}
            <div class="memory">
                {heap}
                <div class="place place-cache">
                    {place_head(t.page_cache, t.volatile)}
                    {slots(page, &this.cache, t.empty, scene.picked)}
                    {this.ghosts.then(|| note(None, t.ghosts.to_owned()))}
                    {lost_here(page, scene, &this.lost_memory, this.lost_at.map(instant))}
                </div>
            </div>
            <div class="place place-disk">
                {place_head(t.disk, t.durable)}
                {slots(page, &this.disk, t.empty, scene.picked)}
                {lost_here(page, scene, &this.lost_disk, None)}
                {disk_note(t, this.disk_note)}
            </div>
            <div class="below">
                {inside(page, scene, this.node)}
                <footer>{foot_view(t, this.foot)}</footer>
            </div>
        </article>
    }
}

fn inside(page: Page, scene: &Scene, node: NodeId) -> Option<AnyView> {
    let later = later::here()?;
    (later.rooms.opened)(page, &scene.inside, node, scene.picked)
}

fn place_head(name: &'static str, says: &'static str) -> AnyView {
    html! { <h4><span>{name}</span><small>{says}</small></h4> }
}

fn note(symbol: Option<&'static str>, words: String) -> AnyView {
    html! { <p class="place-note">{symbol.map(icon)}{words}</p> }
}

fn disk_note(t: &'static Texts, disk: DiskNote) -> Option<AnyView> {
    let ([next, next_end], [stalled, stalled_end]) = (t.next_fsync, t.stalled);
    match disk {
        DiskNote::Quiet => None,
        DiskNote::NextFsync(at) => Some(note(None, [next, &instant(at), next_end].concat())),
        DiskNote::Stalled(at) => Some(note(
            Some("#i-stall"),
            [" ", stalled, &instant(at), stalled_end].concat(),
        )),
        DiskNote::Failing(times) => {
            Some(note(Some("#i-risk"), [" ", &(t.failing)(times)].concat()))
        }
    }
}

/// Where a last copy was lost: it stays written.
fn lost_here(page: Page, scene: &Scene, lost: &[Glyph], at: Option<String>) -> Option<AnyView> {
    let t = page.texts();
    (!lost.is_empty()).then(|| {
        let holding = Holding::of(lost.to_vec());
        let more = (holding.more > 0).then(|| ["+", &holding.more.to_string()].concat());
        let shown = holding.shown.iter();
        let glyphs = shown
            .map(|glyph| message(page, *glyph, false, scene.picked == Some(glyph.message)))
            .collect_view();
        html! { <p class="lost-here"><span>{t.lost_here}</span>{more}{glyphs}<small>{at}</small></p> }
    })
}

fn foot_view(t: &'static Texts, foot: Foot) -> AnyView {
    let symbol = match foot {
        Foot::UpSince(_) | Foot::Starting(_) => Some("#i-restart"),
        Foot::NoProcess(_) => Some("#i-kill"),
        Foot::Stopped(_) | Foot::Stopping(_) => Some("#i-stop"),
        Foot::NoPower(_) => Some("#i-power"),
        Foot::NoStore(_) => Some("#i-diskx"),
        Foot::Paused(_) => Some("#i-pause"),
        Foot::Running | Foot::NotStarted | Foot::Behind { .. } => None,
    };
    html! { {symbol.map(icon)}<span>{(t.foot)(foot)}</span> }
}

/// A consumer group: its members, and the end of the road.
pub fn group_node(page: Page, scene: &Scene, this: &Group) -> AnyView {
    let t = page.texts();
    let members = this.members.iter();
    let members = members
        .map(|member| consumer_node(page, scene, member))
        .collect_view();
    html! {
        <div class="group" role="group" aria-label=[t.group, " ", &this.name].concat()>
            <header><h3>{this.name.clone()}</h3><span class="role">{t.group_role}</span></header>
            <div class="members">{members}</div>
            <div class="place place-done">
                <h4><span>{t.consumed}</span></h4>
                {slots(page, &this.done, t.empty, scene.picked)}
                {lost_here(page, scene, &this.lost, None)}
                <div class="place-note dead"><code>{["%DLQ%", &this.name].concat()}</code>{slots(page, &this.dead, t.empty, scene.picked)}</div>
            </div>
        </div>
    }
}

fn consumer_node(page: Page, scene: &Scene, this: &Consumer) -> AnyView {
    let t = page.texts();
    let class = match this.picture {
        Picture::Running | Picture::Starting | Picture::Stopping => "node consumer",
        Picture::Paused => "node consumer is-paused",
        Picture::Killed
        | Picture::Stopped
        | Picture::NotStarted
        | Picture::Off
        | Picture::Wrecked => "node consumer is-killed",
    };
    let holds = match this.picture {
        Picture::Running | Picture::Paused | Picture::Stopping => {
            slots(page, &this.holds, t.idle, scene.picked)
        }
        // It has had no memory yet.
        Picture::NotStarted | Picture::Starting => slots(page, &this.holds, t.empty, scene.picked),
        Picture::Killed | Picture::Stopped | Picture::Off | Picture::Wrecked => {
            html! { <div class="slots"><span class="none">{t.memory_gone}</span></div> }
        }
    };
    html! {
        <article class=class aria-label=[t.consumer, " ", &this.name].concat()>
            {head(page, scene, this.node, &this.name, role(t, this))}
            {holds}
        </article>
    }
}

/// Its queues while it runs, else how it stands.
fn role(t: &'static Texts, member: &Consumer) -> String {
    if member.picture != Picture::Running {
        return (t.picture)(member.picture).to_owned();
    }
    queues(t, member)
}

/// Which queues it has.
pub fn queues(t: &Texts, member: &Consumer) -> String {
    if member.queues.is_empty() {
        return t.no_queue.to_owned();
    }
    let names: Vec<String> = member
        .queues
        .iter()
        .map(|queue| format!("q{queue}"))
        .collect();
    names.join(", ")
}
