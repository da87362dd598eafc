//! The driver that plays a scenario's script: which step is next, and what it asks of the cluster.

use std::sync::Arc;

use crate::action::{Command, ScriptPull, SendCall};
use crate::cluster::Cluster;
use crate::config::BrokerConfig;
use crate::event::{DiskChange, Event, Pattern, Trigger};
use crate::ids::{BrokerName, NodeId, QueueId, TagId, TopicId};
use crate::names::Names;
use crate::scenario::{Do, Scenario, Send};
use crate::units::{QueueOffset, SimTime, Span};

/// Bytes of the properties that every message carries: UNIQ_KEY, WAIT and cluster name, encoded.
const OWN_PROPERTIES: u32 = 64;
/// `set-conf` of a key that RocketMQ reads only at its start restarts the broker; it is back after this long.
const RESTART: Span = Span::from_millis(2_000);
/// The one setting of the controller that a script can change.
const ELECT_UNCLEAN_MASTER: &str = "enableElectUncleanMaster";
/// Keys that a running broker reads again.
const START_ONLY: [&str; 4] = [
    "brokerRole",
    "enableControllerMode",
    "flushDiskType",
    "transientStorePoolEnable",
];

/// What is left of a script. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Script {
    /// Steps with a known instant, in order; equal instants in the order of the file.
    timed: Arc<Vec<(SimTime, u32)>>,
    /// So many of them have been taken.
    taken: usize,
    /// Sends that are to be repeated: when, which step, and which repetition it will be.
    repeated: Vec<(SimTime, u32, u32)>,
    /// Steps that wait for an event, with how many have matched.
    waiting: Vec<(u32, u32)>,
    /// Steps whose event has just happened, the first last.
    ready: Vec<u32>,
}

impl Script {
    pub fn new(scenario: &Scenario) -> Self {
        let mut script = Self::default();
        let mut timed = Vec::new();
        for (step, index) in scenario.script.iter().zip(0u32..) {
            match &step.trigger {
                Trigger::At(at) => timed.push((*at, index)),
                Trigger::After(_) => script.waiting.push((index, 0)),
            }
        }
        timed.sort_unstable();
        script.timed = Arc::new(timed);
        script
    }

    /// The next step with a known instant: when, which, and which repetition of it.
    fn next_timed(&self) -> Option<(SimTime, u32, u32)> {
        let timed = self.timed.get(self.taken);
        let timed = timed.map(|(at, index)| (*at, *index, 0));
        let repeated = self.repeated.iter().copied().min();
        timed.into_iter().chain(repeated).min()
    }

    /// When the next step is due: now for one whose event has happened.
    pub fn next_at(&self, now: SimTime) -> Option<SimTime> {
        if !self.ready.is_empty() {
            return Some(now);
        }
        self.next_timed().map(|(at, _, _)| at.max(now))
    }

    /// Takes the next step's commands out. Empty when there is none, or when it names nothing that exists.
    pub fn take(&mut self, scenario: &Scenario, cluster: &Cluster) -> Vec<Command> {
        let now = cluster.now();
        let (index, repetition) = match self.ready.pop() {
            Some(index) => (index, 0),
            None => match self.next_timed() {
                Some((_, index, 0)) => {
                    self.taken += 1;
                    (index, 0)
                }
                Some(step) => {
                    self.repeated.retain(|other| *other != step);
                    (step.1, step.2)
                }
                None => return Vec::new(),
            },
        };
        let Some(step) = usize::try_from(index)
            .ok()
            .and_then(|i| scenario.script.get(i))
        else {
            return Vec::new();
        };
        if let Do::Send(send) = &step.action
            && repetition + 1 < send.count
        {
            self.repeated
                .push((now + send.every, index, repetition + 1));
        }
        commands(&step.action, cluster)
    }

    /// Looks whether an event is what some step waits for.
    pub fn observe(&mut self, scenario: &Scenario, names: &Names, event: &Event) {
        let mut left = Vec::new();
        for (index, seen) in core::mem::take(&mut self.waiting) {
            let pattern = usize::try_from(index)
                .ok()
                .and_then(|i| scenario.script.get(i))
                .and_then(|step| match &step.trigger {
                    Trigger::After(pattern) => Some(pattern),
                    Trigger::At(_) => None,
                });
            let Some(pattern) = pattern else { continue };
            let seen = if matches(pattern, names, event) {
                seen + 1
            } else {
                seen
            };
            if seen >= pattern.nth.max(1) {
                self.ready.insert(0, index);
            } else {
                left.push((index, seen));
            }
        }
        self.waiting = left;
    }

    /// Whether any step waits for an event.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether no step has a known instant any more.
    pub fn is_played(&self) -> bool {
        self.next_timed().is_none() && self.ready.is_empty()
    }
}

fn matches(pattern: &Pattern, names: &Names, event: &Event) -> bool {
    event.kind.name() == pattern.event
        && pattern
            .message
            .is_none_or(|message| event.kind.message().is_some_and(|have| have.0 == message))
        && pattern
            .node
            .as_ref()
            .is_none_or(|node| names.node(event.node) == node)
}

/// The commands that one action means, in order. Empty when it names nothing that exists.
pub(crate) fn commands(action: &Do, cluster: &Cluster) -> Vec<Command> {
    resolve(action, cluster).unwrap_or_default()
}

fn resolve(action: &Do, cluster: &Cluster) -> Option<Vec<Command>> {
    let names = cluster.names();
    let node = |name: &String| names.find_node(name);
    let pair = |ends: &[String; 2]| -> Option<(NodeId, NodeId)> {
        let [a, b] = ends;
        Some((node(a)?, node(b)?))
    };
    let one = |command: Command| Some(vec![command]);
    match action {
        Do::Send(send) => one(Command::Send(node(&send.producer)?, call(send, names)?)),
        Do::Crash(name) => one(Command::Crash(node(name)?)),
        Do::PowerLoss(name) => one(Command::PowerLoss(node(name)?)),
        Do::DestroyDisk(name) => one(Command::DestroyDisk(node(name)?)),
        Do::Stop { node: name, takes } => one(Command::Stop(node(name)?, *takes)),
        Do::StopConsumer(name) => one(Command::Stop(node(name)?, None)),
        Do::Restart { node: name, takes } => one(Command::Restart(node(name)?, *takes)),
        Do::StartConsumer(name) => one(Command::Restart(node(name)?, Span::ZERO)),
        Do::Pause(name) => one(Command::Pause(node(name)?)),
        Do::Resume(name) => one(Command::Resume(node(name)?)),
        Do::StallDisk(name) => one(Command::ChangeDisk(node(name)?, DiskChange::Stalled)),
        Do::ReleaseDisk(name) => one(Command::ChangeDisk(node(name)?, DiskChange::Released)),
        Do::FailDisk { node: name, times } => one(Command::ChangeDisk(
            node(name)?,
            DiskChange::Failing(*times),
        )),
        Do::FillDisk {
            node: name,
            permille,
        } => one(Command::ChangeDisk(
            node(name)?,
            DiskChange::Filled(*permille),
        )),
        Do::ExpireFiles { node: name, up_to } => one(Command::ExpireFiles(node(name)?, *up_to)),
        Do::Partition(ends) => pair(ends).map(|(a, b)| vec![Command::Cut(a, b)]),
        Do::Heal(ends) => pair(ends).map(|(a, b)| vec![Command::Heal(a, b)]),
        Do::Drop { from, to, count } => one(Command::Drop(node(from)?, node(to)?, *count)),
        Do::SetLink { between, latency } => {
            pair(between).map(|(a, b)| vec![Command::SetLink(a, b, *latency)])
        }
        Do::ConsumeResult(rule) => one(Command::ConsumeResult(node(&rule.consumer)?, rule.clone())),
        Do::ProcessTime { consumer, process } => {
            one(Command::ProcessTime(node(consumer)?, *process))
        }
        Do::Pull(pull) => one(Command::Pull(
            node(&pull.consumer)?,
            ScriptPull {
                topic: names.find_topic(&pull.topic)?,
                broker: broker(pull.broker.as_deref(), names)?,
                queue: QueueId(pull.queue),
                offset: pull.offset,
                tags: pull
                    .tags
                    .iter()
                    .filter_map(|tag| names.find_tag(tag))
                    .collect(),
            },
        )),
        Do::ResetOffset(reset) => {
            let consumer = node(&reset.consumer)?;
            let (_, state, _) = cluster.consumers().find(|(id, _, _)| *id == consumer)?;
            let master = cluster.master_of(broker(reset.broker.as_deref(), names)?)?;
            let key = (
                state.group(),
                names.find_topic(&reset.topic)?,
                QueueId(reset.queue),
            );
            one(Command::ResetOffset(
                master,
                key,
                QueueOffset::new(reset.offset),
            ))
        }
        Do::SetConf { node: name, conf } => {
            let id = node(name)?;
            if id == cluster.setup().name_server {
                let unclean = conf.iter().find(|(key, _)| key == ELECT_UNCLEAN_MASTER)?;
                return one(Command::SetElectUncleanMaster(unclean.1 == "true"));
            }
            let (_, state, _) = cluster.brokers().find(|(broker, _, _)| *broker == id)?;
            let mut changed = state.conf().clone();
            for (key, value) in conf {
                // The door has checked them; a key that the engine does not model changes nothing.
                if let Some(key) = BrokerConfig::key(key) {
                    let _ = changed.set_key(key, value);
                }
            }
            let set = Command::SetConf(id, Box::new(changed));
            let restarts = conf
                .iter()
                .any(|(key, _)| START_ONLY.contains(&key.as_str()));
            Some(if restarts {
                vec![
                    Command::Stop(id, Some(Span::ZERO)),
                    set,
                    Command::Restart(id, RESTART),
                ]
            } else {
                vec![set]
            })
        }
    }
}

fn call(send: &Send, names: &Names) -> Option<SendCall> {
    let tag = match &send.tag {
        Some(tag) => names.find_tag(tag)?,
        None => TagId(0),
    };
    let text = |text: &Option<String>| {
        text.as_ref()
            .map_or(0, |text| u32::try_from(text.len()).unwrap_or(u32::MAX))
    };
    let queue = match send.queue {
        Some(queue) => Some((broker(send.broker.as_deref(), names)?, QueueId(queue))),
        None => None,
    };
    let topic: TopicId = names.find_topic(&send.topic)?;
    Some(SendCall {
        topic,
        mode: send.mode,
        queue,
        tag,
        body_bytes: send.body_bytes,
        properties_bytes: OWN_PROPERTIES
            .saturating_add(text(&send.tag))
            .saturating_add(text(&send.key)),
        wait_store_msg_ok: send.wait_store_msg_ok,
        delay_level: send.delay_level,
        transaction: send.transaction.clone(),
    })
}

/// `queue` without `broker` means that queue of the first broker by name.
fn broker(name: Option<&str>, names: &Names) -> Option<BrokerName> {
    match name {
        Some(name) => names.find_broker(name),
        None => Some(BrokerName(0)),
    }
}
