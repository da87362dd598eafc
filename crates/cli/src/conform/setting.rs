//! What a comparison has to know of the scenario and of what really struck.

use std::collections::{BTreeMap, BTreeSet};

use loss_lab_engine::event::{EventName, Trigger};
use loss_lab_engine::scenario::{Do, Scenario};
use loss_lab_engine::status::{ListenerKind, Profile};
use loss_lab_engine::trace::{FaultName, Trace};
use loss_lab_engine::units::{SimTime, Span};

/// The facts behind the rules of a comparison.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Whose rules apply.
    pub profile: Profile,
    /// The group of each consumer.
    pub groups: BTreeMap<String, String>,
    /// Consumers with an orderly listener.
    pub orderly: BTreeSet<String>,
    /// Messages whose append makes a broker halt.
    pub halted_at: BTreeSet<String>,
    /// Consumers that were killed, in order.
    pub kills: Vec<Kill>,
    /// Brokers that served again, by broker name, with when.
    pub broker_ups: Vec<(String, SimTime)>,
    /// Consumers that the script started, with when it was planned.
    pub starts: Vec<(String, SimTime)>,
    /// Consumers whose process was started again, with when it served.
    pub restarts: Vec<(String, SimTime)>,
    /// `transactionCheckInterval`, the longest of any master.
    pub check_interval: Span,
}

/// A consumer was killed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kill {
    /// Which.
    pub consumer: String,
    /// Of which group.
    pub group: String,
    /// When.
    pub at: SimTime,
}

impl Setting {
    /// The setting of a scenario as it was recorded.
    pub fn new(scenario: &Scenario, recording: &Trace) -> Self {
        let groups: BTreeMap<_, _> = scenario
            .consumers
            .iter()
            .map(|consumer| (consumer.name.clone(), consumer.group.clone()))
            .collect();
        let orderly = scenario
            .consumers
            .iter()
            .filter(|consumer| consumer.listener == ListenerKind::Orderly);
        let halted_at = scenario.script.iter().filter_map(|step| {
            let (Trigger::After(pattern), Do::Crash(_)) = (&step.trigger, &step.action) else {
                return None;
            };
            let message = pattern
                .message
                .filter(|_| pattern.event == EventName::Appended)?;
            Some(format!("m{message}"))
        });
        let starts = scenario.script.iter().filter_map(|step| {
            let (Trigger::At(at), Do::StartConsumer(consumer)) = (&step.trigger, &step.action)
            else {
                return None;
            };
            Some((consumer.clone(), *at))
        });
        let check_intervals = scenario
            .brokers
            .iter()
            .map(|broker| broker.conf.transaction_check_interval);
        Self {
            profile: scenario.profile,
            orderly: orderly.map(|consumer| consumer.name.clone()).collect(),
            halted_at: halted_at.collect(),
            kills: kills(&groups, recording),
            broker_ups: broker_ups(scenario, recording),
            starts: starts.collect(),
            restarts: restarts(&groups, recording),
            check_interval: check_intervals.max().unwrap_or_default(),
            groups,
        }
    }

    /// The group of a consumer.
    pub fn group_of(&self, consumer: &str) -> Option<&str> {
        self.groups.get(consumer).map(String::as_str)
    }
}

fn kills(groups: &BTreeMap<String, String>, recording: &Trace) -> Vec<Kill> {
    let faults = recording.faults.iter().flatten();
    let deadly = faults.filter(|fault| {
        matches!(
            fault.what,
            FaultName::Crash | FaultName::PowerLoss | FaultName::DestroyDisk
        )
    });
    let kill = deadly.filter_map(|fault| {
        let group = groups.get(&fault.on)?.clone();
        Some(Kill {
            consumer: fault.on.clone(),
            group,
            at: fault.t.0,
        })
    });
    kill.collect()
}

fn restarts(groups: &BTreeMap<String, String>, recording: &Trace) -> Vec<(String, SimTime)> {
    let faults = recording.faults.iter().flatten();
    let ups = faults.filter_map(|fault| Some((fault.on.clone(), fault.up?.0)));
    ups.filter(|(node, _)| groups.contains_key(node)).collect()
}

fn broker_ups(scenario: &Scenario, recording: &Trace) -> Vec<(String, SimTime)> {
    let ups = recording.faults.iter().flatten().filter_map(|fault| {
        let (name, _) = fault.on.rsplit_once('/')?;
        let broker = scenario.brokers.iter().find(|broker| broker.name == name)?;
        Some((broker.name.clone(), fault.up?.0))
    });
    ups.collect()
}
