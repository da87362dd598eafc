//! From what was told of a message, and where its copies lie now, to its line of the ledger.

use litemap::LiteMap;

use crate::action::{Action, Command};
use crate::cluster::Cluster;
use crate::copies::{self, Awaited};
use crate::event::EventName;
use crate::ids::{GroupId, MessageId, NodeId, TagId, TopicId};
use crate::status::SendMode;

use super::tally::{Tally, Told, place};
use super::{Copy, Entry, Exposure, Fate, Loss, LostBy, OfGroup, Promise, Stage, Verdict};

/// Every message's line at this instant.
pub(crate) fn judge(cluster: &Cluster, tally: &Tally) -> Vec<Entry> {
    let count = tally.messages.len();
    let mut copies_of: Vec<Vec<Copy>> = vec![Vec::new(); count];
    copies::for_each(cluster, &mut |message, copy| {
        if let Some(copies) = copies_of.get_mut(place(message)) {
            copies.push(copy);
        }
    });
    let awaited = Awaited::now(cluster);
    let exposed = exposed(cluster, &awaited, &copies_of);
    let told = tally.messages.iter().zip(0u32..).zip(copies_of);
    let mut wanted_by: LiteMap<(TopicId, TagId), Vec<GroupId>> = LiteMap::new();
    told.filter_map(|((told, label), copies)| {
        let told = told.as_ref()?;
        let wanted_by = wanted_by
            .entry((told.topic, told.tag))
            .or_insert_with(|| copies::groups_for(cluster, told.topic, told.tag));
        let faults = exposed.get(place(MessageId(label))).copied();
        let exposed = faults.unwrap_or_default();
        Some(line(
            cluster,
            &awaited,
            wanted_by,
            MessageId(label),
            told,
            copies,
            exposed,
        ))
    })
    .collect()
}

/// One message's line.
fn line(
    cluster: &Cluster,
    awaited: &Awaited,
    wanted_by: &[GroupId],
    message: MessageId,
    told: &Told,
    copies: Vec<Copy>,
    exposed: Faults,
) -> Entry {
    let on_slaves_only =
        !copies.is_empty() && copies.iter().all(|copy| cluster.is_slave(copy.node));
    let of_one = |group: Option<GroupId>, awaited| {
        let fate = fate(told, group, awaited);
        (fate, lost_by(told, group, fate, on_slaves_only))
    };
    let mut groups = Vec::new();
    let (fate, lost_by) = match wanted_by {
        [] => of_one(None, awaited.has_anywhere(message)),
        [only] => of_one(Some(*only), awaited.has(Some(*only), message)),
        several => {
            groups.extend(several.iter().map(|group| {
                let whose = Some(*group);
                let (fate, lost_by) = of_one(whose, awaited.has(whose, message));
                OfGroup::new(told, *group, fate, lost_by)
            }));
            worst(&groups).map_or_else(
                || of_one(None, awaited.has_anywhere(message)),
                |worst| (worst.fate, worst.lost_by),
            )
        }
    };
    let exposed_to = if fate == Fate::InFlight {
        exposed.listed()
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
}

impl OfGroup {
    fn new(told: &Told, group: GroupId, fate: Fate, lost_by: Option<LostBy>) -> Self {
        let consumed = told.consumed.iter().filter(|((by, _), _)| *by == group);
        let given = told.heard.given.iter().filter(|given| given.group == group);
        Self {
            group,
            fate,
            delivered: u32::try_from(given.count()).unwrap_or(u32::MAX),
            consumed: consumed.map(|(_, times)| times).sum(),
            lost_by,
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

/// Which faults would lose a message: one bit each.
#[derive(Clone, Copy, Default)]
struct Faults(u8);

impl Faults {
    fn add(&mut self, fault: Exposure) {
        self.0 |= Self::bit(fault);
    }

    const fn bit(fault: Exposure) -> u8 {
        match fault {
            Exposure::ProcessCrash => 1,
            Exposure::PowerLoss => 2,
            Exposure::DiskLoss => 4,
            Exposure::SlaveNeverServed => 8,
            Exposure::ConsumerCrash => 16,
        }
    }

    fn listed(self) -> Vec<Exposure> {
        const ALL: [Exposure; 5] = [
            Exposure::ProcessCrash,
            Exposure::PowerLoss,
            Exposure::DiskLoss,
            Exposure::SlaveNeverServed,
            Exposure::ConsumerCrash,
        ];
        let those = ALL
            .into_iter()
            .filter(|fault| self.0 & Self::bit(*fault) != 0);
        those.collect()
    }
}

/// Which single faults would lose which messages now: each is tried on a copy of the world. By message.
fn exposed(cluster: &Cluster, awaited: &Awaited, copies_of: &[Vec<Copy>]) -> Vec<Faults> {
    // What nobody waits for, no fault can take.
    if awaited.is_empty() {
        return Vec::new();
    }
    let mut exposed = vec![Faults::default(); copies_of.len()];
    let mut try_fault = |fault: Exposure, command: Command| {
        for message in losses_of(&mut cluster.clone(), command) {
            if let Some(faults) = exposed.get_mut(place(message)) {
                faults.add(fault);
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
    for (copies, faults) in copies_of.iter().zip(&mut exposed) {
        let mut served = copies.iter().filter(|copy| copy.served).peekable();
        if served.peek().is_some() && served.all(|copy| cluster.is_slave(copy.node)) {
            faults.add(Exposure::SlaveNeverServed);
        }
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
