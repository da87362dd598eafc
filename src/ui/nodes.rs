//! Nodes and their places. A node never moves; its frame says how it stands.

use leptos::prelude::*;
use loss_lab_engine::ids::NodeId;
use loss_lab_engine::status::{BrokerRole, SendMode};
use loss_lab_present::glyph::{Glyph, Holding};
use loss_lab_present::intent::{Intent, Press};
use loss_lab_present::menu::Target;
use loss_lab_present::stage::{Broker, Consumer, DiskNote, Foot, Group, Picture, Producer};

use crate::i18n::{Texts, instant};
use crate::session::COUNT_MOST;

use super::icon::icon;
use super::menu::StrikeButton;
use super::message::{Slots, message};
use super::page::{Page, expect_page};

fn frame_class(picture: Picture) -> &'static str {
    match picture {
        Picture::Running => "",
        Picture::Paused => "is-paused",
        Picture::Killed | Picture::Stopped | Picture::NotStarted => "is-down",
        Picture::Starting => "is-starting",
        Picture::Off => "is-off",
        Picture::Wrecked => "is-wrecked",
    }
}

fn faults_of(t: &'static Texts, name: &str) -> String {
    let [before, after] = t.faults_of;
    [before, name, after].concat()
}

/// A producer, with the one filled button of the page.
#[component]
pub fn ProducerNode(node: NodeId) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let this = page.slice(move |frame| {
        frame
            .stage
            .producers
            .iter()
            .find(|producer| producer.node == node)
            .cloned()
    });
    let part = move |look: fn(&Producer) -> Holding| {
        Memo::new(move |_| this.with(|this| this.as_ref().map(look).unwrap_or_default()))
    };
    let waiting = part(|producer| producer.waiting.clone());
    let lost = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map(|producer| producer.lost.clone())
                .unwrap_or_default()
        })
    });
    let picture = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map_or(Picture::NotStarted, |producer| producer.picture)
        })
    });
    let count = Memo::new(move |_| waiting.with(|holding| holding.shown.len() + holding.more));
    let role = move || {
        if picture.get() == Picture::Running {
            (t.waiting)(count.get())
        } else {
            (t.picture)(picture.get()).to_owned()
        }
    };
    let name = this.with_untracked(|this| {
        this.as_ref()
            .map(|producer| producer.name.clone())
            .unwrap_or_default()
    });
    let label = [t.producer, " ", &name].concat();
    let empty = if t.empty.is_empty() { "" } else { t.empty };
    view! {
        <article class=move || ["node producer ", frame_class(picture.get())].concat() aria-label=label>
            <header>
                <h3>{name.clone()}</h3>
                <span class="role">{role}</span>
                <StrikeButton target=Target::Node(node) label=faults_of(t, &name)/>
            </header>
            <div class="place place-client">
                <Slots page holding=waiting empty/>
                <SendControls/>
                {move || lost_here(page, lost.get(), None)}
            </div>
        </article>
    }
}

/// Send, and how.
#[component]
fn SendControls() -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let next = page.slice(|frame| (frame.next_message, frame.choices.count));
    let can = page.slice(|frame| frame.controls.can_send);
    // Until something can play, sending is the one obvious thing to do.
    let first = page.slice(|frame| !frame.controls.can_advance && frame.ledger.rows.is_empty());
    let [before, after] = t.send;
    let label = move || {
        let (message, count) = next.get();
        if count == 1 {
            [before, &message.to_string(), after].concat()
        } else {
            (t.send_many)(count)
        }
    };
    let mode = page.slice(|frame| frame.choices.mode);
    let count = Memo::new(move |_| next.get().1);
    let set_mode = move |event| {
        if let Some(mode) = SendMode::from_word(&event_target_value(&event)) {
            page.ask(Intent::Mode(mode));
        }
    };
    let set_count = move |event| {
        page.ask(Intent::Count(
            event_target_value(&event).parse().unwrap_or(1),
        ))
    };
    let modes = SendMode::ALL.iter().map(|mode| view! { <option value=mode.word() title=(t.modes)(*mode)>{mode.word()}</option> }).collect_view();
    view! {
        <button
            type="button"
            class="btn send"
            class:primary=first
            disabled=move || !can.get()
            title=shortcut(t, Press::Send)
            on:click=move |_| page.press(Press::Send)
        >
            {icon("#i-send")}<span>{label}</span>
        </button>
        <p class="send-how">
            <select class="field" aria-label=t.mode prop:value=move || mode.get().word() on:change=set_mode>{modes}</select>
            <span aria-hidden="true">"×"</span>
            <input class="field" type="number" inputmode="numeric" min="1" max=COUNT_MOST.to_string() aria-label=t.count prop:value=move || count.get().to_string() on:change=set_count/>
        </p>
    }
}

/// "Play (Space)".
pub fn shortcut(t: &'static Texts, press: Press) -> String {
    [(t.press)(press), " (", press.key_cap(), ")"].concat()
}

/// A broker: memory above the line, disk below it.
#[component]
pub fn BrokerNode(node: NodeId, class: &'static str) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let this = page.slice(move |frame| {
        frame
            .stage
            .brokers
            .iter()
            .find(|broker| broker.node == node)
            .cloned()
    });
    let name = this.with_untracked(|this| {
        this.as_ref()
            .map(|broker| broker.name.clone())
            .unwrap_or_default()
    });
    let picture = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map_or(Picture::NotStarted, |broker| broker.picture)
        })
    });
    let role = Memo::new(move |_| {
        let role = this.with(|this| this.as_ref().map(|broker| broker.role));
        if role == Some(BrokerRole::Slave) {
            "slave"
        } else {
            "master"
        }
    });
    let has_heap = Memo::new(move |_| {
        this.with(|this| this.as_ref().is_some_and(|broker| broker.heap.is_some()))
    });
    let part = move |look: fn(&Broker) -> Holding| {
        Memo::new(move |_| this.with(|this| this.as_ref().map(look).unwrap_or_default()))
    };
    let heap = part(|broker| broker.heap.clone().unwrap_or_default());
    let foot = Memo::new(move |_| {
        this.with(|this| this.as_ref().map_or(Foot::NotStarted, |broker| broker.foot))
    });
    view! {
        <article class=move || [class, " ", frame_class(picture.get())].concat() class:has-heap=has_heap aria-label=["Broker ", &name].concat()>
            <header>
                <h3>{name.clone()}</h3>
                <span class="role">{move || role.get()}</span>
                <StrikeButton target=Target::Node(node) label=faults_of(t, &name)/>
            </header>
            <div class="memory">
                {move || has_heap.get().then(|| view! {
                    <div class="place place-heap">
                        <PlaceHead name=t.heap says=t.heap_dies/>
                        <Slots page holding=heap empty=t.empty/>
                    </div>
                })}
                <PageCache this/>
            </div>
            <DiskPlace this/>
            <footer>{move || foot_view(t, foot.get())}</footer>
        </article>
    }
}

#[component]
fn PlaceHead(name: &'static str, says: &'static str) -> impl IntoView {
    view! { <h4><span>{name}</span><small>{says}</small></h4> }
}

#[component]
fn PageCache(this: Memo<Option<Broker>>) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let held = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map(|broker| broker.cache.clone())
                .unwrap_or_default()
        })
    });
    let lost = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map(|broker| (broker.lost_memory.clone(), broker.lost_at))
                .unwrap_or_default()
        })
    });
    let ghosts =
        Memo::new(move |_| this.with(|this| this.as_ref().is_some_and(|broker| broker.ghosts)));
    view! {
        <div class="place place-cache">
            <PlaceHead name=t.page_cache says=t.volatile/>
            <Slots page holding=held empty=t.empty/>
            {move || ghosts.get().then(|| view! { <p class="place-note">{t.ghosts}</p> })}
            {move || {
                let (lost, at) = lost.get();
                lost_here(page, lost, at.map(instant))
            }}
        </div>
    }
}

#[component]
fn DiskPlace(this: Memo<Option<Broker>>) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let held = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map(|broker| broker.disk.clone())
                .unwrap_or_default()
        })
    });
    let lost = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map(|broker| broker.lost_disk.clone())
                .unwrap_or_default()
        })
    });
    let note = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map_or(DiskNote::Quiet, |broker| broker.disk_note)
        })
    });
    view! {
        <div class="place place-disk">
            <PlaceHead name=t.disk says=t.durable/>
            <Slots page holding=held empty=t.empty/>
            {move || lost_here(page, lost.get(), None)}
            {move || disk_note(t, note.get())}
        </div>
    }
}

fn disk_note(t: &'static Texts, note: DiskNote) -> Option<AnyView> {
    let ([next, next_end], [stalled, stalled_end]) = (t.next_fsync, t.stalled);
    match note {
        DiskNote::Quiet => None,
        DiskNote::NextFsync(at) => Some(view! { <p class="place-note">{[next, &instant(at), next_end].concat()}</p> }.into_any()),
        DiskNote::Stalled(at) => {
            Some(view! { <p class="place-note">{icon("#i-stall")}" "{[stalled, &instant(at), stalled_end].concat()}</p> }.into_any())
        }
        DiskNote::Failing(times) => Some(view! { <p class="place-note">{icon("#i-risk")}" "{(t.failing)(times)}</p> }.into_any()),
    }
}

/// Where a last copy was lost: it stays written.
fn lost_here(page: Page, lost: Vec<Glyph>, at: Option<String>) -> Option<AnyView> {
    let t = page.texts();
    (!lost.is_empty()).then(|| {
        let holding = Holding::of(lost);
        let more = (holding.more > 0).then(|| ["+", &holding.more.to_string()].concat());
        let glyphs = holding.shown.into_iter().map(|glyph| message(page, glyph, false)).collect_view();
        view! { <p class="lost-here"><span>{t.lost_here}</span>{more}{glyphs}<small>{at}</small></p> }.into_any()
    })
}

fn foot_view(t: &'static Texts, foot: Foot) -> AnyView {
    let symbol = match foot {
        Foot::UpSince(_) | Foot::Starting(_) => Some("#i-restart"),
        Foot::NoProcess(_) => Some("#i-kill"),
        Foot::Stopped(_) => Some("#i-stop"),
        Foot::NoPower(_) => Some("#i-power"),
        Foot::NoStore(_) => Some("#i-diskx"),
        Foot::Paused(_) => Some("#i-pause"),
        Foot::Running | Foot::NotStarted | Foot::Behind { .. } => None,
    };
    view! { {symbol.map(icon)}<span>{(t.foot)(foot)}</span> }.into_any()
}

/// A consumer group: its members, and the end of the road.
#[component]
pub fn GroupNode(name: String) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let key = name.clone();
    let this = page.slice(move |frame| {
        frame
            .stage
            .groups
            .iter()
            .find(|group| group.name == key)
            .cloned()
    });
    let members = Memo::new(move |_| {
        this.with(|this| {
            this.iter()
                .flat_map(|group| &group.members)
                .map(|member| member.node)
                .collect::<Vec<_>>()
        })
    });
    let part = move |look: fn(&Group) -> Holding| {
        Memo::new(move |_| this.with(|this| this.as_ref().map(look).unwrap_or_default()))
    };
    let (done, dead) = (
        part(|group| group.done.clone()),
        part(|group| group.dead.clone()),
    );
    let lost = Memo::new(move |_| {
        this.with(|this| {
            this.as_ref()
                .map(|group| group.lost.clone())
                .unwrap_or_default()
        })
    });
    let dead_name = ["%DLQ%", &name].concat();
    view! {
        <div class="group" role="group" aria-label=[t.group, " ", &name].concat()>
            <header><h3>{name.clone()}</h3><span class="role">{t.group_role}</span></header>
            <div class="members">
                <For each=move || members.get() key=|node| *node let:node><ConsumerNode node this/></For>
            </div>
            <div class="place place-done">
                <h4><span>{t.consumed}</span></h4>
                <Slots page holding=done empty=t.empty/>
                {move || lost_here(page, lost.get(), None)}
                <div class="place-note dead"><code>{dead_name}</code><Slots page holding=dead empty=t.empty/></div>
            </div>
        </div>
    }
}

#[component]
fn ConsumerNode(node: NodeId, this: Memo<Option<Group>>) -> impl IntoView {
    let page = expect_page();
    let t = page.texts();
    let member = Memo::new(move |_| {
        this.with(|this| {
            this.iter()
                .flat_map(|group| &group.members)
                .find(|member| member.node == node)
                .cloned()
        })
    });
    let name = member.with_untracked(|member| {
        member
            .as_ref()
            .map(|member| member.name.clone())
            .unwrap_or_default()
    });
    let picture = Memo::new(move |_| {
        member.with(|member| {
            member
                .as_ref()
                .map_or(Picture::NotStarted, |member| member.picture)
        })
    });
    let holds = Memo::new(move |_| {
        member.with(|member| {
            member
                .as_ref()
                .map(|member| member.holds.clone())
                .unwrap_or_default()
        })
    });
    let role = move || {
        member.with(|member| {
            member
                .as_ref()
                .map(|member| role(t, member))
                .unwrap_or_default()
        })
    };
    let class = move || match picture.get() {
        Picture::Running | Picture::Starting => "node consumer",
        Picture::Paused => "node consumer is-paused",
        Picture::Killed
        | Picture::Stopped
        | Picture::NotStarted
        | Picture::Off
        | Picture::Wrecked => "node consumer is-killed",
    };
    view! {
        <article class=class aria-label=[t.consumer, " ", &name].concat()>
            <header>
                <h3>{name.clone()}</h3>
                <span class="role">{role}</span>
                <StrikeButton target=Target::Node(node) label=faults_of(t, &name)/>
            </header>
            {move || if picture.get() == Picture::Running || picture.get() == Picture::Paused {
                view! { <Slots page holding=holds empty=t.idle/> }.into_any()
            } else {
                view! { <div class="slots"><span class="none">{t.memory_gone}</span></div> }.into_any()
            }}
        </article>
    }
}

/// Its queues while it runs, else how it stands.
fn role(t: &'static Texts, member: &Consumer) -> String {
    if member.picture != Picture::Running {
        return (t.picture)(member.picture).to_owned();
    }
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
