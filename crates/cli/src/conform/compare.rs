//! Whether a trace agrees with a recording: a list of observations, each a function of one side with its rule beside it.
//!
//! The rules are those of `conformance/README.md`; letters and numbers in the comments are sections of the semantics reference.
//! Nothing here knows the engine: both sides are traces.

use std::collections::BTreeMap;
use std::fmt;

use loss_lab_engine::event::EventName;
use loss_lab_engine::status::{GetMessageStatus, Profile, SendStatus};
use loss_lab_engine::trace::{
    By, DeliveryRow, Mode, OffsetRow, PullRow, SendRow, Trace, TransactionRow,
};
use loss_lab_engine::units::{SimTime, Span};

use super::setting::{Kill, Setting};

/// One thing that was seen on one side and not on the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Which observation.
    pub observation: &'static str,
    /// Of what: a message, a queue, a consumer.
    pub of: String,
    /// What the recording has.
    pub recorded: String,
    /// What the engine has.
    pub engine: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            observation,
            of,
            recorded,
            engine,
        } = self;
        write!(
            f,
            "{observation} of {of}: recorded {recorded}; engine {engine}"
        )
    }
}

/// Everything in which `engine` disagrees with `recorded`, in the order of the observations below.
pub fn compare(recorded: &Trace, engine: &Trace, setting: &Setting) -> Vec<Difference> {
    let unsure = [recorded, engine]
        .into_iter()
        .flat_map(|trace| unsure_pulls(trace, setting))
        .collect::<Vec<_>>();
    let recorded = Side {
        trace: recorded,
        setting,
        unsure: &unsure,
    };
    let engine = Side {
        trace: engine,
        setting,
        unsure: &unsure,
    };
    let mut differences = Vec::new();
    for (name, look) in EXACT {
        exactly(name, &look(&recorded), &look(&engine), &mut differences);
    }
    for (name, look) in TIMED {
        in_time(name, &look(&recorded), &look(&engine), &mut differences);
    }
    differences
}

/// What a recording has to be compared with: how many facts of each kind of observation.
pub fn observations(recording: &Trace, setting: &Setting) -> Vec<(&'static str, usize)> {
    let side = Side {
        trace: recording,
        setting,
        unsure: &unsure_pulls(recording, setting),
    };
    let exact = EXACT.iter().map(|(name, look)| (*name, look(&side).len()));
    let timed = TIMED.iter().map(|(name, look)| (*name, look(&side).len()));
    exact.chain(timed).collect()
}

/// How one kind of fact is read off a side.
type ReadFacts = fn(&Side<'_>) -> Facts;
/// How one kind of timing is read off a side.
type ReadTimings = fn(&Side<'_>) -> Vec<Timing>;

/// What has to be the same to the letter.
const EXACT: &[(&str, ReadFacts)] = &[
    ("outcome", outcomes),
    ("attempts", attempts),
    ("queue offset", queue_offsets),
    ("deliveries", deliveries),
    ("order", orders),
    ("script's pull", script_pulls),
    ("unusual pull", unusual_pulls),
    ("contents", contents),
    ("transaction", transactions),
    ("committed", committed),
];

/// What has to take the same time: within 150 ms or 3 %, and within the period of a timer that it may have waited for.
const TIMED: &[(&str, ReadTimings)] = &[
    ("call takes", call_durations),
    ("delivered", delivery_distances),
];

/// What of which: `("m1", "SEND_OK")`, in the order of the trace.
type Facts = Vec<(String, String)>;

/// One side of a comparison.
struct Side<'a> {
    trace: &'a Trace,
    setting: &'a Setting,
    unsure: &'a [Unsure],
}

/// A length of time that was observed, and how much more than usual it may vary.
struct Timing {
    of: String,
    took: Span,
    slack: Span,
}

// ---------------------------------------------------------------------------------------------------------------- exact

/// The same status, or the same exception class and code; of a transaction the same local state.
fn outcomes(side: &Side<'_>) -> Facts {
    let outcome = |send: &SendRow| match (&send.status, &send.exception) {
        (Some(status), _) => status.word().to_owned(),
        (None, Some(exception)) => match exception.code {
            Some(code) => format!("{} {code}", exception.class.word()),
            None => exception.class.word().to_owned(),
        },
        (None, None) if send.returned.is_some() => "returned".to_owned(),
        (None, None) => "waits".to_owned(),
    };
    let local = |send: &SendRow| {
        send.local_transaction_state
            .map_or(String::new(), |state| format!(", {}", state.word()))
    };
    side.trace
        .sends
        .iter()
        .map(|send| (send.message.clone(), outcome(send) + &local(send)))
        .collect()
}

/// The same number of attempts. An async send's retries pass by every hook that a recorder could use.
fn attempts(side: &Side<'_>) -> Facts {
    side.trace
        .sends
        .iter()
        .filter(|send| send.mode != Mode::Async)
        .map(|send| (send.message.clone(), send.attempts.len().to_string()))
        .collect()
}

/// The same queue and offset of the copy that was answered.
fn queue_offsets(side: &Side<'_>) -> Facts {
    let answered = side.trace.sends.iter().filter_map(|send| {
        let (broker, queue, offset) = (send.broker.as_ref()?, send.queue?, send.queue_offset?);
        Some((
            send.message.clone(),
            format!("{broker} queue {queue} offset {offset}"),
        ))
    });
    answered.collect()
}

/// Per consumer and message the same number of deliveries, with the same reconsumeTimes and results in order.
///
/// Not compared is what comes again of the last pulled batch after a consumer was killed (D.7).
fn deliveries(side: &Side<'_>) -> Facts {
    let mut seen = BTreeMap::<(String, String), Vec<String>>::new();
    for delivery in side.sure_deliveries() {
        let result = match (delivery.done, delivery.result) {
            (Some(_), Some(result)) => result.word(),
            (None, _) | (_, None) => "never returned",
        };
        let of = (delivery.consumer.clone(), delivery.message.clone());
        seen.entry(of)
            .or_default()
            .push(format!("{} {result}", delivery.reconsume_times));
    }
    seen.into_iter()
        .map(|((consumer, message), all)| (format!("{message} to {consumer}"), all.join(", ")))
        .collect()
}

/// Per queue the same order; within one pull there is none, since 20 threads share it (J.1).
fn orders(side: &Side<'_>) -> Facts {
    let mut queues = BTreeMap::<String, Vec<&DeliveryRow>>::new();
    for delivery in side.sure_deliveries() {
        let retry = if side.is_retry(delivery) {
            " (retries)"
        } else {
            ""
        };
        let queue = format!(
            "{} {}/{}{retry} to {}",
            delivery.topic, delivery.broker, delivery.queue, delivery.consumer
        );
        queues.entry(queue).or_default().push(delivery);
    }
    let order = |queue: Vec<&DeliveryRow>| {
        let mut pulls = queue
            .chunk_by(|a, b| side.pull_of(a) == side.pull_of(b))
            .map(<[_]>::to_vec)
            .collect::<Vec<_>>();
        for pull in &mut pulls {
            pull.sort_by_key(|delivery| (delivery.queue_offset, delivery.reconsume_times));
        }
        pulls
            .concat()
            .iter()
            .map(|delivery| delivery.message.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    queues
        .into_iter()
        .map(|(of, queue)| (of, order(queue)))
        .collect()
}

/// The same answers to the script's own pulls, in order.
fn script_pulls(side: &Side<'_>) -> Facts {
    let pulls = side
        .trace
        .pulls
        .iter()
        .filter(|pull| pull.by == Some(By::Script));
    let answer = |pull: &PullRow| match (pull.pull_status, &pull.exception) {
        (_, Some(exception)) => exception.class.word().to_owned(),
        (Some(status), None) => format!("{}, {}", status.word(), store_answer(pull)),
        (None, None) => format!("no answer, {}", store_answer(pull)),
    };
    pulls
        .enumerate()
        .map(|(n, pull)| (format!("{} of {}", n + 1, queue_of(pull)), answer(pull)))
        .collect()
}

/// The same unusual answers to background pulls, in order; equal ones in a row count once.
fn unusual_pulls(side: &Side<'_>) -> Facts {
    let mut queues = BTreeMap::<String, Vec<String>>::new();
    for pull in side
        .trace
        .pulls
        .iter()
        .filter(|pull| pull.by.is_none() && pull.status.is_some_and(is_unusual))
    {
        queues
            .entry(format!("{} by {}", queue_of(pull), pull.consumer))
            .or_default()
            .push(store_answer(pull));
    }
    let joined = queues.into_iter().map(|(of, mut answers)| {
        answers.dedup();
        (of, answers.join("; "))
    });
    joined.collect()
}

/// Every answer but the three that every quiet consumer gets.
const fn is_unusual(status: GetMessageStatus) -> bool {
    match status {
        GetMessageStatus::Found
        | GetMessageStatus::OffsetOverflowOne
        | GetMessageStatus::NoMessageInQueue => false,
        GetMessageStatus::NoMatchedMessage
        | GetMessageStatus::MessageWasRemoving
        | GetMessageStatus::OffsetFoundNull
        | GetMessageStatus::OffsetOverflowBadly
        | GetMessageStatus::OffsetTooSmall
        | GetMessageStatus::NoMatchedLogicQueue
        | GetMessageStatus::OffsetReset => true,
    }
}

fn queue_of(pull: &PullRow) -> String {
    format!("{} {}/{}", pull.topic, pull.broker, pull.queue)
}

fn store_answer(pull: &PullRow) -> String {
    let status = pull.status.map_or("nothing", GetMessageStatus::word);
    let next = pull
        .next_begin_offset
        .map_or(String::new(), |next| format!(", on at {next}"));
    format!("{status} at {}{next}", pull.offset)
}

/// The same messages in every queue of every broker that runs at the end.
fn contents(side: &Side<'_>) -> Facts {
    let mut queues = BTreeMap::<String, Vec<String>>::new();
    for row in &side.trace.contents {
        let retry = if row.reconsume_times > 0 {
            format!(" (retry {})", row.reconsume_times)
        } else {
            String::new()
        };
        let queue = format!("{} {}/{}", row.node, row.topic, row.queue);
        queues
            .entry(queue)
            .or_default()
            .push(format!("{}: {}{retry}", row.offset, row.message));
    }
    queues
        .into_iter()
        .map(|(of, rows)| (of, rows.join(", ")))
        .collect()
}

/// The same local transactions and the same check-backs, with the same answers in order.
fn transactions(side: &Side<'_>) -> Facts {
    let mut messages = BTreeMap::<String, Vec<String>>::new();
    for row in &side.trace.transactions {
        let state = row.state.map_or("nothing", |state| state.word());
        messages
            .entry(row.message.clone())
            .or_default()
            .push(format!("{} {state}", row.kind.word()));
    }
    messages
        .into_iter()
        .map(|(of, answers)| (of, answers.join(", ")))
        .collect()
}

/// The same offsets in the masters' memories at the end.
fn committed(side: &Side<'_>) -> Facts {
    let offset = |row: &OffsetRow| {
        (
            format!(
                "{} {}/{} of {}",
                row.topic, row.broker, row.queue, row.group
            ),
            row.committed.to_string(),
        )
    };
    side.trace.offsets.iter().map(offset).collect()
}

// ---------------------------------------------------------------------------------------------------------------- timed

/// A call of the application takes as long.
fn call_durations(side: &Side<'_>) -> Vec<Timing> {
    let timing = |send: &SendRow| {
        Some(Timing {
            of: send.message.clone(),
            took: send.returned?.0.since(send.called.0),
            slack: call_slack(send, side.setting),
        })
    };
    side.trace.sends.iter().filter_map(timing).collect()
}

fn call_slack(send: &SendRow, setting: &Setting) -> Span {
    let mut slack = Span::ZERO;
    // A.5: that an async send was not answered is found by the response scan, every second.
    if send.mode == Mode::Async && send.exception.is_some() {
        slack = slack.max(Span::from_secs(1));
    }
    // B.4: 4.x's GroupTransferService looks every second, unless an ack has risen.
    if setting.profile == Profile::V4_9 && send.status == Some(SendStatus::FlushSlaveTimeout) {
        slack = slack.max(Span::from_secs(1));
    }
    slack.max(halt_slack(&send.message, setting))
}

/// K, row 23: `crash` after `appended` is done by Runtime.halt, whose sockets close up to 0.4 s later. Only then does the producer
/// know, and try the other broker.
fn halt_slack(message: &str, setting: &Setting) -> Span {
    if setting.halted_at.contains(message) {
        Span::from_millis(400)
    } else {
        Span::ZERO
    }
}

/// What comes to a consumer from one queue follows each other at the same distances, the first its message's call. Between two
/// queues there is no order: each has its own pull.
fn delivery_distances(side: &Side<'_>) -> Vec<Timing> {
    let mut queues = BTreeMap::<_, Vec<&DeliveryRow>>::new();
    for delivery in side.sure_deliveries() {
        let queue = (
            &delivery.consumer,
            &delivery.topic,
            &delivery.broker,
            delivery.queue,
            side.is_retry(delivery),
        );
        queues.entry(queue).or_default().push(delivery);
    }
    let mut timings = Vec::new();
    for ((consumer, topic, broker, queue, is_retry), deliveries) in queues {
        let retries = if is_retry { ", retries" } else { "" };
        let mut before = deliveries
            .first()
            .and_then(|first| side.called(first))
            .unwrap_or(SimTime::ZERO);
        let mut slack_before = Span::ZERO;
        for (n, delivery) in deliveries.iter().enumerate() {
            let slack = delivery_slack(delivery, side);
            timings.push(Timing {
                of: format!(
                    "no. {} of {topic} {broker}/{queue}{retries} to {consumer}",
                    n + 1
                ),
                took: delivery.t.0.since(before),
                slack: slack.max(slack_before),
            });
            (before, slack_before) = (delivery.t.0, slack);
        }
    }
    timings
}

/// How long after the client was built its start() may return.
const RETURNS_AFTER: Span = Span::from_millis(450);

fn delivery_slack(delivery: &DeliveryRow, side: &Side<'_>) -> Span {
    let mut slack = halt_slack(&delivery.message, side.setting);
    let pull = side.pull_of(delivery);
    // F: after a broker's return a queue is pulled again at a tick of one second: the client's next try (5.3.3), or the response
    // scan that gives up the pull held at the kill (4.9).
    let is_first_since = |up: SimTime| pull.is_some_and(|pull| side.is_first_found_since(up, pull));
    if side
        .setting
        .broker_ups
        .iter()
        .any(|(broker, up)| *broker == delivery.broker && is_first_since(*up))
    {
        slack = slack.max(Span::from_secs(1));
    }
    // B.6: what its slave serves first has come with the replication client's next try, one every 5 s, and the master's replication
    // port is open some tenths of a second before its `up`.
    let from_slave = |pull: usize| side.trace.pulls.get(pull).is_some_and(at_slave);
    if side
        .setting
        .broker_ups
        .iter()
        .any(|(broker, up)| *broker == delivery.broker && is_first_since(*up))
        && pull.is_some_and(from_slave)
    {
        slack = slack.max(Span::from_secs(5));
    }
    // D.8: a consumer's first pull counts from when its client was built. A restart's `up` is when start() returned, 0.27 to 0.42 s
    // later in a slow JVM [q37, three times].
    if side
        .setting
        .restarts
        .iter()
        .any(|(consumer, up)| *consumer == delivery.consumer && is_first_since(*up - RETURNS_AFTER))
    {
        slack = slack.max(RETURNS_AFTER);
    }
    // D.8: a consumer that the script starts is a new JVM, which takes 0.46 to 0.9 s. (A restart's `up` is recorded.) Pulls of topics
    // that the scenario does not list are not recorded.
    let starts_with = |at: SimTime| pull.is_none() && side.is_first_delivery_since(at, delivery);
    if side.setting.starts.iter().any(|(consumer, at)| {
        *consumer == delivery.consumer && (is_first_since(*at) || starts_with(*at))
    }) {
        slack = slack.max(Span::from_millis(900));
    }
    // E: check-backs come with a scan that counts from the broker's start.
    let checked = |row: &TransactionRow| {
        row.kind == EventName::CheckedBack && row.message == delivery.message && row.t <= delivery.t
    };
    if side.trace.transactions.iter().any(checked) {
        slack = slack.max(side.setting.check_interval);
    }
    slack
}

// ---------------------------------------------------------------------------------------------------------------- helpers

/// What a killed consumer pulled last from one queue: which of it comes again is open (D.7).
struct Unsure {
    kill: Kill,
    topic: String,
    broker: String,
    queue: u16,
    first: u64,
    end: u64,
}

/// The last pull from every queue before each kill of a consumer.
fn unsure_pulls(trace: &Trace, setting: &Setting) -> Vec<Unsure> {
    let mut last = BTreeMap::new();
    for (n, kill) in setting.kills.iter().enumerate() {
        for pull in trace
            .pulls
            .iter()
            .filter(|pull| pull.status == Some(GetMessageStatus::Found) && pull.by.is_none())
        {
            if pull.t.0 <= kill.at
                && (pull.consumer == kill.consumer || pull.consumer == kill.group)
            {
                last.insert((n, &pull.topic, &pull.broker, pull.queue), (kill, pull));
            }
        }
    }
    let unsure = last.into_values().map(|(kill, pull)| Unsure {
        kill: kill.clone(),
        topic: pull.topic.clone(),
        broker: broker_name(&pull.broker).to_owned(),
        queue: pull.queue,
        first: u64::try_from(pull.offset).unwrap_or(0),
        end: pull
            .next_begin_offset
            .and_then(|next| u64::try_from(next).ok())
            .unwrap_or(0),
    });
    unsure.collect()
}

/// Whether a slave was pulled from.
fn at_slave(pull: &PullRow) -> bool {
    pull.broker
        .rsplit_once('/')
        .is_some_and(|(_, number)| number != "0")
}

/// `broker-a` of `broker-a/0`.
fn broker_name(node: &str) -> &str {
    node.rsplit_once('/').map_or(node, |(name, _)| name)
}

impl Side<'_> {
    /// The deliveries, without those that come again only because of what a killed consumer had not committed of its last pull.
    fn sure_deliveries(&self) -> impl Iterator<Item = &DeliveryRow> {
        self.trace.deliveries.iter().filter(|delivery| {
            !self
                .unsure
                .iter()
                .any(|unsure| self.comes_again(delivery, unsure))
        })
    }

    /// A concurrent consumer's retries come from its retry topic, whose queues have offsets of their own.
    fn is_retry(&self, delivery: &DeliveryRow) -> bool {
        delivery.reconsume_times > 0 && !self.setting.orderly.contains(&delivery.consumer)
    }

    fn comes_again(&self, delivery: &DeliveryRow, unsure: &Unsure) -> bool {
        let same_place = |other: &DeliveryRow| {
            (
                other.queue,
                other.queue_offset,
                &other.broker,
                other.reconsume_times,
            ) == (
                delivery.queue,
                delivery.queue_offset,
                &delivery.broker,
                delivery.reconsume_times,
            )
        };
        let finished_before = |other: &DeliveryRow| {
            other.done.is_some_and(|done| done.0 <= unsure.kill.at) && same_place(other)
        };
        delivery.t.0 > unsure.kill.at
            && self.setting.group_of(&delivery.consumer) == Some(unsure.kill.group.as_str())
            && delivery.broker == unsure.broker
            && delivery.queue == unsure.queue
            && (unsure.first..unsure.end).contains(&delivery.queue_offset)
            && (delivery.topic == unsure.topic || unsure.topic.starts_with("%RETRY%"))
            && self.trace.deliveries.iter().any(finished_before)
    }

    /// The pull that brought a delivery: the last one before it that found its offset.
    fn pull_of(&self, delivery: &DeliveryRow) -> Option<usize> {
        self.trace.pulls.iter().rposition(|pull| {
            pull.status == Some(GetMessageStatus::Found)
                && pull.by.is_none()
                && pull.t <= delivery.t
                && broker_name(&pull.broker) == delivery.broker
                && pull.queue == delivery.queue
                && (pull.topic == delivery.topic
                    || (delivery.reconsume_times > 0 && pull.topic.starts_with("%RETRY%")))
                && u64::try_from(pull.offset).is_ok_and(|first| first <= delivery.queue_offset)
                && pull
                    .next_begin_offset
                    .and_then(|next| u64::try_from(next).ok())
                    .is_some_and(|end| delivery.queue_offset < end)
        })
    }

    /// Whether nothing was found in the queue of pull `n` between `since` and that pull.
    fn is_first_found_since(&self, since: SimTime, n: usize) -> bool {
        let Some((pull, before)) = self.trace.pulls.get(..=n).and_then(<[_]>::split_last) else {
            return false;
        };
        let found_since = |other: &PullRow| {
            other.t.0 >= since
                && other.status == Some(GetMessageStatus::Found)
                && other.by.is_none()
                && (&other.topic, &other.broker, other.queue, &other.consumer)
                    == (&pull.topic, &pull.broker, pull.queue, &pull.consumer)
        };
        pull.t.0 >= since && !before.iter().any(found_since)
    }

    /// Whether it is its consumer's first delivery since `since`.
    fn is_first_delivery_since(&self, since: SimTime, delivery: &DeliveryRow) -> bool {
        let before = |other: &DeliveryRow| {
            other.consumer == delivery.consumer && other.t.0 >= since && other.t < delivery.t
        };
        delivery.t.0 >= since && !self.trace.deliveries.iter().any(before)
    }

    fn called(&self, delivery: &DeliveryRow) -> Option<SimTime> {
        self.trace
            .sends
            .iter()
            .find(|send| send.message == delivery.message)
            .map(|send| send.called.0)
    }
}

fn exactly(
    observation: &'static str,
    recorded: &Facts,
    engine: &Facts,
    differences: &mut Vec<Difference>,
) {
    let find = |facts: &Facts, of: &str| {
        facts
            .iter()
            .find(|(have, _)| have == of)
            .map(|(_, seen)| seen.clone())
    };
    let missing = || "nothing".to_owned();
    for (of, seen) in recorded {
        let engine = find(engine, of);
        if engine.as_ref() != Some(seen) {
            differences.push(Difference {
                observation,
                of: of.clone(),
                recorded: seen.clone(),
                engine: engine.unwrap_or_else(missing),
            });
        }
    }
    for (of, seen) in engine {
        if find(recorded, of).is_none() {
            differences.push(Difference {
                observation,
                of: of.clone(),
                recorded: missing(),
                engine: seen.clone(),
            });
        }
    }
}

/// Only what both sides have: what one side lacks has differed in an exact observation already.
fn in_time(
    observation: &'static str,
    recorded: &[Timing],
    engine: &[Timing],
    differences: &mut Vec<Difference>,
) {
    for timing in recorded {
        let Some(other) = engine.iter().find(|other| other.of == timing.of) else {
            continue;
        };
        let apart = timing
            .took
            .minus(other.took)
            .max(other.took.minus(timing.took));
        let three_percent = Span::from_micros(timing.took.micros() / 100 * 3);
        let usual = Span::from_millis(150).max(three_percent);
        let allowed = usual + timing.slack.max(other.slack);
        if apart > allowed {
            let millis = |span: Span| format!("{span} ms");
            differences.push(Difference {
                observation,
                of: timing.of.clone(),
                recorded: millis(timing.took),
                engine: millis(other.took),
            });
        }
    }
}
