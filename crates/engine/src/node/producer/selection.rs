//! To which queue an attempt goes (`TopicPublishInfo`, `MQFaultStrategy#selectOneMessageQueue`; A.6).

use litemap::LiteMap;

use super::faults::{Faults, Lesson};
use crate::config::ProducerConfig;
use crate::ids::{BrokerName, QueueId, TopicId};
use crate::rng::Rng;
use crate::status::Profile;
use crate::units::{SimTime, Span};
use crate::wire::Route;

/// A thread that selects queues. Each has a round robin of its own, which starts at queue 0 of the first broker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Thread {
    /// The client's own, which retries async sends.
    Callback,
    /// The client's pool, from which async sends leave (`asyncSenderExecutor`): one thread, since each is idle again at once.
    AsyncSender,
    /// The application's, from 0.
    Application(u32),
}

/// A queue to send to.
pub(super) type Target = (BrokerName, QueueId);

/// What an attempt asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub thread: Thread,
    pub topic: TopicId,
    /// The broker name of the attempt before, which is avoided if there is another.
    pub last: Option<BrokerName>,
    /// `resetIndex`: a retry of a sync send (5.x).
    pub reset: bool,
}

/// The round robins, and what is known of slow brokers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Selector {
    profile: Profile,
    /// `sendLatencyFaultEnable`.
    avoids_faults: bool,
    /// `sendWhichQueue`: the position each thread takes next, per topic, without its modulus.
    next: LiteMap<(Thread, TopicId), u32>,
    /// `whichItemWorst` (4.9).
    worst: LiteMap<Thread, u32>,
    faults: Faults,
}

impl Selector {
    pub fn new(profile: Profile, conf: &ProducerConfig) -> Self {
        Self {
            profile,
            avoids_faults: conf.send_latency_fault_enable || conf.send_latency_enable,
            next: LiteMap::new(),
            worst: LiteMap::new(),
            faults: Faults::default(),
        }
    }

    /// The topic's route is another one: a new `TopicPublishInfo`, with new round robins.
    pub fn start_over(&mut self, topic: TopicId) {
        self.next.retain(|(_, of), _| *of != topic);
    }

    /// `MQFaultStrategy#updateFaultItem`.
    pub fn learn(&mut self, broker: BrokerName, latency: Span, lesson: Lesson, now: SimTime) {
        if self.avoids_faults {
            self.faults
                .learn(self.profile, broker, latency, lesson, now);
        }
    }

    /// `selectOneMessageQueue`; none if the route has nothing to send to.
    pub fn select(
        &mut self,
        wish: Wish,
        route: &Route,
        now: SimTime,
        rng: &mut Rng,
    ) -> Option<Target> {
        let queues = publish_list(route);
        match (self.avoids_faults, self.profile) {
            (false, Profile::V4_9 | Profile::V5_3) => self.avoiding_last(wish, &queues),
            (true, Profile::V4_9) => self.avoiding_faults_4_9(wish, &queues, now),
            (true, Profile::V5_3) => self.avoiding_faults_5_3(wish, &queues, now, rng),
        }
    }

    /// Without a fault table: the next queue; on a retry the next one of another broker, if there is one.
    fn avoiding_last(&mut self, wish: Wish, queues: &[Target]) -> Option<Target> {
        self.next_where(wish, queues, |broker| Some(broker) != wish.last)
            .or_else(|| self.next_queue(wish, queues))
    }

    /// 5.x: an available broker, else a reachable one, neither the last one's; else any.
    fn avoiding_faults_5_3(
        &mut self,
        wish: Wish,
        queues: &[Target],
        now: SimTime,
        rng: &mut Rng,
    ) -> Option<Target> {
        if wish.reset {
            let size = u32::try_from(queues.len()).unwrap_or(u32::MAX);
            self.next.insert((wish.thread, wish.topic), rng.pick(size));
        }
        let available: Vec<BrokerName> = brokers(queues)
            .filter(|broker| self.faults.is_available(*broker, now))
            .collect();
        let reachable: Vec<BrokerName> = brokers(queues)
            .filter(|broker| self.faults.is_reachable(*broker))
            .collect();
        self.next_where(wish, queues, |broker| {
            Some(broker) != wish.last && available.contains(&broker)
        })
        .or_else(|| {
            self.next_where(wish, queues, |broker| {
                Some(broker) != wish.last && reachable.contains(&broker)
            })
        })
        .or_else(|| self.next_queue(wish, queues))
    }

    /// 4.9: the next available broker's queue, the last one's too; else one of the better half of the known brokers.
    /// (4.9 then writes that broker into the queue list itself, where it stays until the next route change; here it does not.)
    fn avoiding_faults_4_9(
        &mut self,
        wish: Wish,
        queues: &[Target],
        now: SimTime,
    ) -> Option<Target> {
        let first = self.step(wish, queues.len());
        let found = (0..queues.len())
            .filter_map(|i| queues.get((first + i) % queues.len()))
            .find(|(broker, _)| self.faults.is_available(*broker, now));
        if let Some(found) = found {
            return Some(*found);
        }
        let half = self.faults.better_half(now);
        let turn = self.worst.entry(wish.thread).or_insert(0);
        let pick = usize::try_from(*turn).unwrap_or(0) % half.len().max(1);
        *turn = turn.wrapping_add(1);
        let Some(broker) = half.get(pick).copied() else {
            return self.next_queue(wish, queues);
        };
        let count = queues.iter().filter(|(of, _)| *of == broker).count();
        if count == 0 {
            self.faults.forget(broker);
            return self.next_queue(wish, queues);
        }
        let _ = self.step(wish, queues.len());
        let queue = self.step(wish, count);
        Some((broker, QueueId(u16::try_from(queue).unwrap_or(0))))
    }

    /// The first of at most `size` steps that fits. Every queue looked at is a step of the round robin.
    fn next_where(
        &mut self,
        wish: Wish,
        queues: &[Target],
        fits: impl Fn(BrokerName) -> bool,
    ) -> Option<Target> {
        for _ in queues {
            let target = self.next_queue(wish, queues)?;
            if fits(target.0) {
                return Some(target);
            }
        }
        None
    }

    fn next_queue(&mut self, wish: Wish, queues: &[Target]) -> Option<Target> {
        let index = self.step(wish, queues.len());
        queues.get(index).copied()
    }

    /// `ThreadLocalIndex#incrementAndGet`, taken modulo `size`.
    fn step(&mut self, wish: Wish, size: usize) -> usize {
        let next = self.next.entry((wish.thread, wish.topic)).or_insert(0);
        let index = usize::try_from(*next).unwrap_or(0) % size.max(1);
        *next = next.wrapping_add(1);
        index
    }
}

/// `MQClientInstance#topicRouteData2TopicPublishInfo`: the writable queues of every broker name whose master is in the route, by broker
/// name, then queue id.
pub(super) fn publish_list(route: &Route) -> Vec<Target> {
    route
        .brokers
        .iter()
        .filter(|broker| broker.writer().is_some())
        .flat_map(|broker| (0..broker.queues).map(|queue| (broker.broker, QueueId(queue))))
        .collect()
}

fn brokers(queues: &[Target]) -> impl Iterator<Item = BrokerName> {
    let mut last = None;
    queues
        .iter()
        .map(|(broker, _)| *broker)
        .filter(move |broker| last.replace(*broker) != Some(*broker))
}
