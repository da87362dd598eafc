//! A cluster of several producers, brokers or groups: a column of each, and a row for each broker name.
//!
//! All producers share one trunk, from which a pair of wires goes to every master; from the brokers another leads to every group.

use loss_lab_engine::ids::NodeId;
use loss_lab_engine::status::BrokerRole;
use loss_lab_present::stage::{Broker, Group};
use loss_lab_present::wires::{Flying, Link};

use super::html::*;
use super::links::{link_view, track};
use super::nodes::{broker_node, group_node, producer_node};
use super::page::Page;
use super::stage::{Scene, name_server};

/// The cluster.
pub fn many(page: Page, scene: &Scene) -> AnyView {
    let t = page.texts();
    let stage = &scene.stage;
    let producers = stage.producers.iter();
    let producers = producers.map(|this| producer_node(page, scene, this));
    let groups = stage.groups.iter();
    let groups = groups.map(|this| customer(page, scene, this));
    // Replicas of one broker name stand one after the other, whoever is master.
    let rows = stage
        .brokers
        .chunk_by(|one, next| family(one) == family(next));
    // Masters stand in one column, and so do slaves.
    let class = match rows.clone().map(<[_]>::len).max() {
        None | Some(0 | 1) => "cluster many most-0",
        Some(2) => "cluster many most-1",
        Some(_) => "cluster many",
    };
    let rows = rows.map(|row| shard(page, scene, row));
    html! {
        <div class=class>
            <p class="namesrv">{stage.routes.as_ref().map(|routes| name_server(page, routes))}</p>
            <div class="stack senders">{producers.collect_view()}</div>
            <div class="stack shards">{rows.collect_view()}</div>
            <div class="stack customers">{groups.collect_view()}</div>
            <p class="rail-cap">{t.pull}</p>
        </div>
    }
}

/// The broker name in a node's.
fn family(broker: &Broker) -> &str {
    broker.name.rsplit_once('/').map_or("", |(name, _)| name)
}

/// What of `all` goes between others and one of `these`.
fn between(all: &[Flying], these: impl Fn(NodeId) -> bool) -> Vec<Flying> {
    let all = all.iter();
    all.filter(|flying| these(flying.way.0) || these(flying.way.1))
        .cloned()
        .collect()
}

/// The pair of wires from the producers to one master; what can cut it is the first producer's.
fn send_link(page: Page, scene: &Scene, master: &Broker) -> AnyView {
    let Some(all) = scene.wires.send.as_ref() else {
        return html! { <div class="link link-bus"></div> };
    };
    let is_this = |node: NodeId| node == master.node;
    let ends = (all.from.min(master.node), all.from.max(master.node));
    let [first, _] = &all.names;
    let link = Link {
        from: all.from,
        to: master.node,
        names: [first.clone(), master.name.clone()],
        cut: scene.wires.cuts.contains(&ends),
        out: between(&all.out, is_this),
        back: between(&all.back, is_this),
        awaited: false,
    };
    link_view(page, "link link-bus", &link, scene)
}

/// A group, and the wire that its members pull over.
fn customer(page: Page, scene: &Scene, this: &Group) -> AnyView {
    let is_member = |node: NodeId| this.members.iter().any(|member| member.node == node);
    let pulled = scene.wires.pull.as_ref();
    let pulled = pulled.map_or_else(Vec::new, |rail| between(&rail.out, is_member));
    html! {
        <div class="customer">
            <div class="link link-bus"><div class="wire wire-fwd"><span class="line"></span>{track(page, &pulled, scene.picked)}</div></div>
            {group_node(page, scene, this)}
        </div>
    }
}

/// A master and its slaves, and how producers reach it.
fn shard(page: Page, scene: &Scene, row: &[Broker]) -> AnyView {
    let nodes = row.iter().map(|this| {
        let is_slave = this.role == BrokerRole::Slave;
        let class = if is_slave {
            "node broker slave"
        } else {
            "node broker master"
        };
        let mut wires = scene.wires.replication.iter();
        let wire = wires
            .find(|wire| wire.to == this.node)
            .map(|wire| link_view(page, "link link-ha", wire, scene));
        let send = (!is_slave).then(|| send_link(page, scene, this));
        html! { {send}{wire}{broker_node(page, scene, this, class)} }
    });
    html! { <div class="shard">{nodes.collect_view()}</div> }
}
