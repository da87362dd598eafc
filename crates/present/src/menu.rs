//! What can strike a node or a link now: the items of its menu, each with the engine's command.

use loss_lab_engine::ids::NodeId;
use loss_lab_engine::scenario::Do;
use loss_lab_engine::status::BrokerRole;
use loss_lab_engine::units::Span;
use loss_lab_engine::view::{BrokerView, Condition, DiskState, NodeKind, NodeView};

use crate::world::World;

/// How long a restart takes on this page: what a scenario takes when it does not say.
const RESTART: Span = Span::from_secs(2);

/// What a menu belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// A link between two.
    Link(NodeId, NodeId),
}

/// A kind of strike, or its undoing.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(
    missing_docs,
    reason = "each is what it is called; the text is the node at the other end"
)]
pub enum Strike {
    Kill,
    CutPower,
    DestroyDisk,
    Stop,
    Restart,
    Pause,
    Resume,
    StallDisk,
    ReleaseDisk,
    FailDisk,
    CutLink(String),
    HealLink(String),
    DropNext(String),
}

/// A menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Menu {
    /// What it belongs to.
    pub target: Target,
    /// Its title: one node, or two.
    pub names: Vec<String>,
    /// Its items.
    pub items: Vec<Item>,
}

/// One item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What it is.
    pub strike: Strike,
    /// What the engine is told.
    pub action: Do,
}

/// The menu of `target`; none when there is no such thing.
#[must_use]
pub fn menu(world: &World<'_>, target: Target) -> Option<Menu> {
    match target {
        Target::Node(id) => {
            let node = world.node(id)?;
            Some(Menu {
                target,
                names: vec![world.name(id)],
                items: node_items(world, node),
            })
        }
        Target::Link(a, b) => {
            let names = vec![world.name(a), world.name(b)];
            Some(Menu {
                target,
                names,
                items: link_items(world, a, b),
            })
        }
    }
}

fn node_items(world: &World<'_>, node: &NodeView) -> Vec<Item> {
    let name = || world.name(node.id);
    let item = |strike, action| Item { strike, action };
    let mut items = match node.condition {
        Condition::Running | Condition::Stopping(_) => vec![item(Strike::Kill, Do::Crash(name()))],
        Condition::Paused => {
            vec![
                item(Strike::Resume, Do::Resume(name())),
                item(Strike::Kill, Do::Crash(name())),
            ]
        }
        Condition::Down(_) | Condition::NotStarted => {
            vec![item(
                Strike::Restart,
                Do::Restart {
                    node: name(),
                    takes: RESTART,
                },
            )]
        }
        Condition::Starting(_) => Vec::new(),
    };
    let running = node.condition == Condition::Running;
    let up = running || matches!(node.condition, Condition::Paused | Condition::Stopping(_));
    if let NodeKind::Broker(broker) = &node.kind {
        if up {
            items.push(item(Strike::CutPower, Do::PowerLoss(name())));
        }
        // A broker that runs has a store, if only an empty one.
        if up || broker.disk != DiskState::Destroyed {
            items.push(item(Strike::DestroyDisk, Do::DestroyDisk(name())));
        }
        if running {
            items.push(item(Strike::Pause, Do::Pause(name())));
        }
        items.extend(disk_items(broker, up, &name()));
        for (slave, label) in replication_links(world, node.id, broker) {
            let whole = !world.is_cut(node.id, slave);
            let ends = [name(), label.clone()];
            items.push(if whole {
                item(Strike::CutLink(label), Do::Partition(ends))
            } else {
                item(Strike::HealLink(label), Do::Heal(ends))
            });
        }
    } else if running {
        items.push(item(Strike::Pause, Do::Pause(name())));
    }
    if running {
        items.push(item(
            Strike::Stop,
            Do::Stop {
                node: name(),
                takes: None,
            },
        ));
    }
    items
}

fn disk_items(broker: &BrokerView, up: bool, name: &str) -> Vec<Item> {
    if !up {
        return Vec::new();
    }
    match broker.disk {
        DiskState::Stalled => vec![Item {
            strike: Strike::ReleaseDisk,
            action: Do::ReleaseDisk(name.to_owned()),
        }],
        DiskState::Healthy | DiskState::Failing(_) | DiskState::Destroyed => vec![
            Item {
                strike: Strike::StallDisk,
                action: Do::StallDisk(name.to_owned()),
            },
            Item {
                strike: Strike::FailDisk,
                action: Do::FailDisk {
                    node: name.to_owned(),
                    times: 1,
                },
            },
        ],
    }
}

/// A master's slaves; a slave's master.
fn replication_links(world: &World<'_>, id: NodeId, broker: &BrokerView) -> Vec<(NodeId, String)> {
    let master = broker.role != BrokerRole::Slave;
    let others = world.view.nodes.iter().filter(|node| node.id != id);
    let partner = |kind: &NodeKind| match kind {
        NodeKind::Broker(other) => {
            other.broker == broker.broker && (other.role == BrokerRole::Slave) == master
        }
        NodeKind::NameServer { .. } | NodeKind::Producer(_) | NodeKind::Consumer(_) => false,
    };
    others
        .filter(|node| partner(&node.kind))
        .map(|node| (node.id, world.name(node.id)))
        .collect()
}

fn link_items(world: &World<'_>, a: NodeId, b: NodeId) -> Vec<Item> {
    let ends = || [world.name(a), world.name(b)];
    if world.is_cut(a, b) {
        return vec![Item {
            strike: Strike::HealLink(world.name(b)),
            action: Do::Heal(ends()),
        }];
    }
    let drop = |from: NodeId, to: NodeId| Item {
        strike: Strike::DropNext(world.name(to)),
        action: Do::Drop {
            from: world.name(from),
            to: world.name(to),
            count: 1,
        },
    };
    vec![
        Item {
            strike: Strike::CutLink(world.name(b)),
            action: Do::Partition(ends()),
        },
        drop(a, b),
        drop(b, a),
    ]
}
