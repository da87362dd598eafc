//! Every name of a run, interned once: nodes, brokers, topics, groups and tags as ids.

use crate::ids::{BrokerName, ClientId, GroupId, NodeId, TagId, TopicId};

/// The tables that ids index. Fixed when the cluster is built: every topic a scenario can touch is known from its text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    pub(crate) nodes: Vec<String>,
    pub(crate) brokers: Vec<String>,
    pub(crate) topics: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) tags: Vec<String>,
}

impl Names {
    /// `broker-a/0`, `p1`, `namesrv/0`.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &str {
        look(&self.nodes, id.index())
    }

    /// `broker-a`.
    #[must_use]
    pub fn broker(&self, id: BrokerName) -> &str {
        look(&self.brokers, id.index())
    }

    /// A topic's name.
    #[must_use]
    pub fn topic(&self, id: TopicId) -> &str {
        look(&self.topics, id.index())
    }

    /// A group's name.
    #[must_use]
    pub fn group(&self, id: GroupId) -> &str {
        look(&self.groups, id.index())
    }

    /// A tag; 0 is the empty one.
    #[must_use]
    pub fn tag(&self, id: TagId) -> &str {
        look(&self.tags, id.index())
    }

    /// `c1`, or `c1#2` for its second start.
    #[must_use]
    pub fn client(&self, id: ClientId) -> String {
        if id.start <= 1 {
            self.node(id.node).to_owned()
        } else {
            format!("{}#{}", self.node(id.node), id.start)
        }
    }

    /// The node called `name`.
    #[must_use]
    pub fn find_node(&self, name: &str) -> Option<NodeId> {
        find(&self.nodes, name).map(NodeId)
    }

    /// Several nodes' names, a space between them.
    #[must_use]
    pub fn list(&self, ids: &[NodeId]) -> String {
        let names: Vec<&str> = ids.iter().map(|id| self.node(*id)).collect();
        names.join(" ")
    }

    /// The broker name `name`.
    #[must_use]
    pub fn find_broker(&self, name: &str) -> Option<BrokerName> {
        find(&self.brokers, name).map(BrokerName)
    }

    /// The topic called `name`.
    #[must_use]
    pub fn find_topic(&self, name: &str) -> Option<TopicId> {
        find(&self.topics, name).map(TopicId)
    }

    /// The group called `name`.
    #[must_use]
    pub fn find_group(&self, name: &str) -> Option<GroupId> {
        find(&self.groups, name).map(GroupId)
    }

    /// The tag `name`.
    #[must_use]
    pub fn find_tag(&self, name: &str) -> Option<TagId> {
        find(&self.tags, name).map(TagId)
    }

    /// All nodes in id order, with their names.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &str)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(i, name)| (NodeId(u16::try_from(i).unwrap_or(u16::MAX)), name.as_str()))
    }
}

fn look(table: &[String], index: usize) -> &str {
    table.get(index).map_or("?", String::as_str)
}

fn find(table: &[String], name: &str) -> Option<u16> {
    table
        .iter()
        .position(|have| have == name)
        .and_then(|i| u16::try_from(i).ok())
}
