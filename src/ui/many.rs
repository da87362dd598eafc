//! A cluster of several producers, brokers or groups: a column of each, and a row for each broker name.

use loss_lab_engine::status::BrokerRole;
use loss_lab_present::stage::Broker;
use loss_lab_present::wires::Flying;

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
    let groups = stage
        .groups
        .iter()
        .map(|this| group_node(page, scene, this));
    let (out, back) = scene
        .wires
        .send
        .as_ref()
        .map_or((&[][..], &[][..]), |link| {
            (link.out.as_slice(), link.back.as_slice())
        });
    let pulled = scene.wires.pull.as_ref();
    let pulled = pulled.map_or(&[][..], |rail| rail.out.as_slice());
    // Replicas of one broker name stand one after the other, whoever is master.
    let rows = stage
        .brokers
        .chunk_by(|one, next| family(one) == family(next))
        .map(|row| shard(page, scene, row));
    let rows = rows.collect_view();
    // Masters stand in one column, and so do slaves.
    let most = stage
        .brokers
        .chunk_by(|one, next| family(one) == family(next));
    let class = match most.map(<[_]>::len).max() {
        None | Some(0 | 1) => "cluster many most-0",
        Some(2) => "cluster many most-1",
        Some(_) => "cluster many",
    };
    html! {
        <div class=class>
            <p class="namesrv">{stage.routes.as_ref().map(|routes| name_server(page, routes))}</p>
            <div class="stack">{producers.collect_view()}</div>
            {bus(page, out, Some(back))}
            <div class="stack shards">{rows}</div>
            {bus(page, pulled, None)}
            <div class="stack">{groups.collect_view()}</div>
            <p class="rail-cap">{t.pull}</p>
        </div>
    }
}

/// The broker name in a node's.
fn family(broker: &Broker) -> &str {
    broker.name.rsplit_once('/').map_or("", |(name, _)| name)
}

/// All that is between two columns, on one pair of wires.
fn bus(page: Page, out: &[Flying], back: Option<&[Flying]>) -> AnyView {
    let back = back.map(|back| {
        html! { <div class="wire wire-back"><span class="line"></span>{track(page, back)}</div> }
    });
    html! {
        <div class="link link-bus">
            <div class="wire wire-fwd"><span class="line"></span>{track(page, out)}</div>
            {back}
        </div>
    }
}

/// A master and its slaves.
fn shard(page: Page, scene: &Scene, row: &[Broker]) -> AnyView {
    let nodes = row.iter().map(|this| {
        let class = if this.role == BrokerRole::Slave {
            "node broker slave"
        } else {
            "node broker master"
        };
        let mut wires = scene.wires.replication.iter();
        let wire = wires
            .find(|wire| wire.to == this.node)
            .map(|wire| link_view(page, "link link-ha", wire, &scene.menu));
        html! { {wire}{broker_node(page, scene, this, class)} }
    });
    html! { <div class="shard">{nodes.collect_view()}</div> }
}
