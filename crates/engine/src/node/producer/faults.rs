//! Which brokers to avoid for a while (`LatencyFaultToleranceImpl`, `MQFaultStrategy#updateFaultItem`; A.6).
//!
//! The table knows latencies and instants; whether anybody heeds it is the selection's business.

use litemap::LiteMap;

use crate::ids::BrokerName;
use crate::order;
use crate::status::Profile;
use crate::units::{SimTime, Span};

/// `latencyMax` and `notAvailableDuration`, in milliseconds: a call that took this long keeps its broker out for that long.
const STEPS_5_3: [(u64, u64); 7] = [
    (50, 0),
    (100, 0),
    (550, 2_000),
    (1_800, 5_000),
    (3_000, 6_000),
    (5_000, 10_000),
    (15_000, 30_000),
];
const STEPS_4_9: [(u64, u64); 7] = [
    (50, 0),
    (100, 0),
    (550, 30_000),
    (1_000, 60_000),
    (2_000, 120_000),
    (3_000, 180_000),
    (15_000, 600_000),
];

/// What a broker is taken to have needed when a call failed (`isolation`).
const ISOLATED_5_3: Span = Span::from_millis(10_000);
const ISOLATED_4_9: Span = Span::from_millis(30_000);

/// What a finished attempt says of its broker.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Lesson {
    /// It answered, or the client itself failed: its latency counts.
    Took,
    /// It failed, as the network knows it: isolated, but taken to be reachable.
    Isolated,
    /// It failed in a way after which 5.x takes it to be unreachable until a success.
    Unreachable,
}

/// `FaultItem`s by broker name.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Faults {
    items: LiteMap<BrokerName, Item>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Item {
    latency: Span,
    /// `startTimestamp`: available from here.
    available: SimTime,
    reachable: bool,
}

impl Faults {
    /// `LatencyFaultTolerance#updateFaultItem`. 5.x only ever lengthens the time out; 4.9 overwrites it.
    pub fn learn(
        &mut self,
        profile: Profile,
        broker: BrokerName,
        latency: Span,
        lesson: Lesson,
        now: SimTime,
    ) {
        let (steps, isolated) = match profile {
            Profile::V5_3 => (&STEPS_5_3, ISOLATED_5_3),
            Profile::V4_9 => (&STEPS_4_9, ISOLATED_4_9),
        };
        let counts_as = match lesson {
            Lesson::Took => latency,
            Lesson::Isolated | Lesson::Unreachable => isolated,
        };
        let until = now + time_out(steps, counts_as);
        let reachable = match lesson {
            Lesson::Took | Lesson::Isolated => true,
            Lesson::Unreachable => false,
        };
        let before = self.items.get(&broker).map(|item| item.available);
        let available = match (profile, before) {
            (Profile::V5_3, Some(before)) => before.max(until),
            (Profile::V5_3 | Profile::V4_9, _) => until,
        };
        self.items.insert(
            broker,
            Item {
                latency,
                available,
                reachable,
            },
        );
    }

    /// `isAvailable`: nothing known, or its time out is over.
    pub fn is_available(&self, broker: BrokerName, now: SimTime) -> bool {
        self.items
            .get(&broker)
            .is_none_or(|item| item.available <= now)
    }

    /// `isReachable` (5.x).
    pub fn is_reachable(&self, broker: BrokerName) -> bool {
        self.items.get(&broker).is_none_or(|item| item.reachable)
    }

    /// Forgets a broker (`remove`, 4.9).
    pub fn forget(&mut self, broker: BrokerName) {
        self.items.remove(&broker);
    }

    /// The better half of the known brokers, best first, at least one if any is known (`pickOneAtLeast`, 4.9).
    pub fn better_half(&self, now: SimTime) -> Vec<BrokerName> {
        let mut known: Vec<(bool, Span, SimTime, BrokerName)> = self
            .items
            .iter()
            .map(|(broker, item)| (item.available > now, item.latency, item.available, *broker))
            .collect();
        order::sort_by(&mut known, |broker| *broker);
        known.truncate((known.len() / 2).max(1));
        known.into_iter().map(|(_, _, _, broker)| broker).collect()
    }
}

/// `computeNotAvailableDuration`.
fn time_out(steps: &[(u64, u64)], latency: Span) -> Span {
    let step = steps
        .iter()
        .rev()
        .find(|(least, _)| latency.millis() >= *least);
    Span::from_millis(step.map_or(0, |(_, out)| *out))
}
