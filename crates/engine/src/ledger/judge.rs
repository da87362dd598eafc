//! From what was told of a message, and where its copies lie now, to its line of the ledger.

use litemap::LiteMap;

use crate::action::{Action, Command};
use crate::cluster::Cluster;
use crate::copies::{self, Awaited};
use crate::event::EventName;
use crate::ids::{GroupId, MessageId, NodeId};
use crate::order;
use crate::status::SendMode;

use super::tally::{Tally, Told};
use super::{Copy, Entry, Exposure, Fate, Loss, LostBy, OfGroup, Promise, Stage, Verdict};

/// Every message's line at this instant.
pub(crate) fn judge(cluster: &Cluster, tally: &Tally) -> Vec<Entry> {
    let mut copies_of: LiteMap<MessageId, Vec<Copy>> = LiteMap::new();
    for found in copies::all(cluster) {
        copies_of.entry(found.message).or_default().push(found.copy);
    }
    let awaited = Awaited::now(cluster);
    let exposures = exposures(cluster, &copies_of);
    let told = tally.messages.iter().zip(0u32..);
    told.filter_map(|(told, label)| Some((MessageId(label), told.as_ref()?)))
        .map(|(message, told)| {
            let copies = copies_of.remove(&message).unwrap_or_default();
            let wanted_by = copies::groups_for(cluster, told.topic, told.tag);
            let on_slaves_only =
                !copies.is_empty() && copies.iter().all(|copy| cluster.is_slave(copy.node));
            let of_group = |group| OfGroup::judge(told, group, &awaited, message, on_slaves_only);
            let mut groups: Vec<OfGroup> = wanted_by.iter().map(|group| of_group(*group)).collect();
            let (fate, lost_by) = match worst(&groups) {
                Some(worst) => (worst.fate, worst.lost_by),
                None => {
                    let fate = fate(told, None, awaited.has_anywhere(message));
                    (fate, lost_by(told, None, fate, on_slaves_only))
                }
            };
            if groups.len() == 1 {
                groups.clear();
            }
            let exposed_to = if fate == Fate::InFlight {
                exposures.get(&message).cloned().unwrap_or_default()
            } else {
                Vec::new()
            };
            Entry {
                message,
                promise: told.promise,
                fate,
                delivered: told.delivered,
                consumed: told.consumed.values().sum(),
                groups,
                copies,
                lost_by,
                again: told.heard.again.clone(),
                verdict: verdict(told, fate, &exposed_to, wanted_by.is_empty()),
                exposed_to,
            }
        })
        .collect()
}

impl OfGroup {
    fn judge(
        told: &Told,
        group: GroupId,
        awaited: &Awaited,
        message: MessageId,
        on_slaves_only: bool,
    ) -> Self {
        let whose = Some(group);
        let fate = fate(told, whose, awaited.has(whose, message));
        let consumed = told.consumed.iter().filter(|((by, _), _)| *by == group);
        let given = told.heard.given.iter().filter(|given| given.group == group);
        Self {
            group,
            fate,
            delivered: u32::try_from(given.count()).unwrap_or(u32::MAX),
            consumed: consumed.map(|(_, times)| times).sum(),
            lost_by: lost_by(told, whose, fate, on_slaves_only),
        }
    }
}

/// The group that fared worst: the message's fate is its. Of several that lost it, the last one to do so.
fn worst(groups: &[OfGroup]) -> Option<&OfGroup> {
    let rank = |fate| match fate {
        Fate::NeverStored => 0,
        Fate::Consumed => 1,
        Fate::InFlight => 2,
        Fate::DeadLetter => 3,
        Fate::Lost => 4,
    };
    groups
        .iter()
        .max_by_key(|of| (rank(of.fate), of.lost_by.map(|lost_by| lost_by.event)))
}

/// What became of a message for one group; for no group, if nobody subscribes it.
fn fate(told: &Told, group: Option<GroupId>, awaited: bool) -> Fate {
    if told.is_consumed_by(group) {
        Fate::Consumed
    } else if group.is_some_and(|group| told.dead_lettered.contains(&group)) {
        Fate::DeadLetter
    } else if awaited {
        Fate::InFlight
    } else if told.rolled_back {
        Fate::NeverStored
    } else if told.stored {
        Fate::Lost
    } else if told.promise == Promise::Pending {
        Fate::InFlight
    } else {
        Fate::NeverStored
    }
}

fn lost_by(
    told: &Told,
    group: Option<GroupId>,
    fate: Fate,
    on_slaves_only: bool,
) -> Option<LostBy> {
    match fate {
        // The master lost it, but what took it from everybody is that nobody reads the copy that is left.
        Fate::Lost if on_slaves_only => told.lost_by(group).map(|lost_by| LostBy {
            rule: match lost_by.stage {
                Stage::Store => Loss::SlaveNeverServed,
                Stage::Produce | Stage::Consume => lost_by.rule,
            },
            ..lost_by
        }),
        Fate::Lost => told.lost_by(group),
        Fate::NeverStored if told.promise == Promise::Unknown => {
            told.failed_by.map(|event| LostBy {
                event,
                stage: Stage::Produce,
                rule: match told.mode {
                    SendMode::Oneway => Loss::Oneway,
                    SendMode::Sync | SendMode::Async => Loss::CallFailed,
                },
            })
        }
        Fate::NeverStored | Fate::Consumed | Fate::InFlight | Fate::DeadLetter => None,
    }
}

fn verdict(told: &Told, fate: Fate, exposed_to: &[Exposure], unwanted: bool) -> Verdict {
    let duplicated = told.consumed.values().any(|times| *times > 1);
    match fate {
        Fate::Lost => Verdict::Lost,
        Fate::NeverStored if told.promise == Promise::Unknown => Verdict::Lost,
        Fate::NeverStored => Verdict::Refused,
        Fate::Consumed | Fate::InFlight | Fate::DeadLetter if duplicated => Verdict::Duplicated,
        Fate::DeadLetter => Verdict::DeadLetter,
        Fate::Consumed => Verdict::Ok,
        Fate::InFlight if told.promise == Promise::Pending => Verdict::Pending,
        Fate::InFlight if !exposed_to.is_empty() => Verdict::AtRisk,
        Fate::InFlight if unwanted => Verdict::Ok,
        Fate::InFlight => Verdict::Pending,
    }
}

/// Which single faults would lose which messages now: each is tried on a copy of the world.
fn exposures(
    cluster: &Cluster,
    copies_of: &LiteMap<MessageId, Vec<Copy>>,
) -> LiteMap<MessageId, Vec<Exposure>> {
    let mut exposed: LiteMap<MessageId, Vec<Exposure>> = LiteMap::new();
    let mut try_fault = |exposure: Exposure, command: Command| {
        for message in losses_of(&mut cluster.clone(), command) {
            let faults = exposed.entry(message).or_default();
            if !faults.contains(&exposure) {
                faults.push(exposure);
            }
        }
    };
    let brokers: Vec<NodeId> = cluster.brokers().map(|(node, _, _)| node).collect();
    for node in brokers {
        try_fault(Exposure::ProcessCrash, Command::Crash(node));
        try_fault(Exposure::PowerLoss, Command::PowerLoss(node));
        try_fault(Exposure::DiskLoss, Command::DestroyDisk(node));
    }
    let consumers: Vec<NodeId> = cluster.consumers().map(|(node, _, _)| node).collect();
    for node in consumers {
        try_fault(Exposure::ConsumerCrash, Command::Crash(node));
    }
    for (message, copies) in copies_of {
        let on_slaves_only = copies.iter().any(|copy| copy.served)
            && copies
                .iter()
                .filter(|copy| copy.served)
                .all(|copy| cluster.is_slave(copy.node));
        if on_slaves_only {
            let faults = exposed.entry(*message).or_default();
            faults.push(Exposure::SlaveNeverServed);
        }
    }
    for (_, faults) in exposed.iter_mut() {
        order::sort_by(faults, |fault| *fault);
    }
    exposed
}

/// The messages that a command loses, if it can be obeyed.
pub(crate) fn losses_of(cluster: &mut Cluster, command: Command) -> Vec<MessageId> {
    let mut events = Vec::new();
    let ended = command.clone();
    if cluster.apply(Action::Obey(command), &mut events).is_err() {
        return Vec::new();
    }
    if let Command::Crash(node) | Command::PowerLoss(node) | Command::DestroyDisk(node) = ended {
        cluster.fail_over(node, &mut events);
    }
    events
        .iter()
        .filter(|event| event.kind.name() == EventName::Lost)
        .filter_map(|event| event.kind.message())
        .collect()
}
