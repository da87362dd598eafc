//! Whatever a scenario asks for: the run ends, its ledger adds up, and it can be written down and read back.
//!
//! A failure prints the smallest scenario that shows it, as a file: `loss-lab run` takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use loss_lab_engine::event::EventKind;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::{Again, Fate, Loss, Promise, Stage, Verdict};
use loss_lab_engine::run::{End, Run};
use loss_lab_engine::scenario::{Scenario, file_v1};
use loss_lab_engine::status::MessageModel;
use loss_lab_engine::trace::Trace;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{causes, lab};

/// A scenario file. Its `Debug` is itself, so that a failure can be run.
#[derive(Clone)]
struct File(String);

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_of_any_scenario_ends_and_adds_up(file in file()) {
        let scenario = lab::scenario(&file.0);
        let mut run = Run::new(scenario.clone());
        prop_assert_eq!(run.finish(), End::Until);
        prop_assert_eq!(run.now(), scenario.until);
        events_are_in_order(&run)?;
        ledger_adds_up(&run)?;
        every_repetition_and_every_loss_has_a_cause(&run)?;
        trace_reads_back(&run)?;
        scenario_reads_back(&scenario)?;
    }

    #[test]
    fn a_run_of_any_scenario_can_be_gone_back_in(file in file(), share in 0..=1000u32) {
        let scenario = lab::scenario(&file.0);
        let mut run = Run::new(scenario.clone());
        run.finish();
        let end = run.position();
        let trace = Trace::of(&run).to_json();
        let position = u32::try_from(u64::from(end) * u64::from(share) / 1000).unwrap_or(end);
        run.seek(position);
        let there = run.cluster().fingerprint();
        let mut stepped = Run::new(scenario);
        while stepped.position() < position {
            stepped.step();
        }
        prop_assert_eq!(stepped.cluster().fingerprint(), there);
        prop_assert_eq!(stepped.events(), run.events());
        run.finish();
        prop_assert!(Trace::of(&run).to_json() == trace);
    }
}

/// Time goes on, numbers count up, and nothing comes before its cause.
fn events_are_in_order(run: &Run) -> Result<(), TestCaseError> {
    let events = run.events();
    for (n, event) in events.iter().enumerate() {
        prop_assert_eq!(usize::try_from(event.id.0).ok(), Some(n));
        if let Some(before) = n.checked_sub(1).and_then(|before| events.get(before)) {
            prop_assert!(before.at <= event.at, "{event:?}");
        }
        if let Some(cause) = event.cause {
            prop_assert!(cause < event.id, "{event:?}");
        }
    }
    Ok(())
}

/// Every message that was sent has one line, and the line agrees with what happened.
fn ledger_adds_up(run: &Run) -> Result<(), TestCaseError> {
    let mut called = BTreeSet::new();
    let mut waiting = BTreeSet::new();
    let mut appended = BTreeSet::new();
    let mut halves = BTreeSet::new();
    for event in run.events() {
        match &event.kind {
            EventKind::SendCalled { message, .. } => {
                called.insert(*message);
                prop_assert!(waiting.insert(*message));
            }
            EventKind::SendReturned { message, .. } => {
                prop_assert!(waiting.remove(message));
            }
            EventKind::Appended { record, .. } => appended.extend(record.message),
            EventKind::HalfStored { record } => halves.extend(record.message),
            _ => {}
        }
    }
    let ledger = run.ledger();
    let lines: Vec<MessageId> = ledger.iter().map(|entry| entry.message).collect();
    prop_assert_eq!(lines, called.into_iter().collect::<Vec<_>>());
    let brokers: BTreeSet<_> = run.scenario().brokers.iter().flat_map(nodes).collect();
    for entry in ledger.iter() {
        prop_assert!(entry.consumed <= entry.delivered, "{entry:?}");
        for copy in &entry.copies {
            prop_assert!(brokers.contains(run.names().node(copy.node)), "{entry:?}");
        }
        // A half message lies there whatever becomes of it: what is below is about whole ones.
        if halves.contains(&entry.message) {
            continue;
        }
        let is_stored = appended.contains(&entry.message);
        match entry.promise {
            Promise::Acked | Promise::AckedUnsure => prop_assert!(is_stored, "{entry:?}"),
            Promise::Refused => prop_assert!(!is_stored, "{entry:?}"),
            Promise::Unknown | Promise::Pending => {}
        }
        prop_assert_eq!(
            entry.promise == Promise::Pending,
            waiting.contains(&entry.message),
            "{:?}",
            entry
        );
        match entry.fate {
            Fate::NeverStored => prop_assert!(!is_stored && entry.copies.is_empty(), "{entry:?}"),
            Fate::Lost => {
                prop_assert!(is_stored, "{entry:?}");
                // Another group may have had it.
                let by_all = entry.groups.iter().all(|of| of.fate == Fate::Lost);
                prop_assert!(
                    !by_all || entry.copies.iter().all(|copy| !copy.served),
                    "{entry:?}"
                );
                prop_assert!(entry.lost_by.is_some(), "{entry:?}");
            }
            Fate::Consumed => prop_assert!(entry.consumed > 0, "{entry:?}"),
            Fate::InFlight | Fate::DeadLetter => {}
        }
    }
    Ok(())
}

/// Whatever was given twice or is lost is so because of a rule, and each delivery but the first says which.
fn every_repetition_and_every_loss_has_a_cause(run: &Run) -> Result<(), TestCaseError> {
    let scenario = run.scenario();
    let broadcasts = |group: &str| {
        let mut members = scenario.consumers.iter();
        members.any(|c| c.group == group && c.model == MessageModel::Broadcasting)
    };
    let mut before = BTreeSet::new();
    let mut again = BTreeSet::new();
    let mut successes: BTreeMap<_, u32> = BTreeMap::new();
    for event in run.events() {
        // A broadcasting member is a group of its own.
        let whose = |group| {
            let name = run.names().group(group);
            (name, broadcasts(name).then_some(event.node))
        };
        match &event.kind {
            EventKind::Delivered { record, group, .. } => {
                if let Some(message) = record.message
                    && !before.insert((message, whose(*group)))
                {
                    again.insert(event.id);
                }
            }
            EventKind::Consumed {
                message,
                group,
                succeeded: true,
                ..
            } => {
                *successes.entry((*message, whose(*group))).or_default() += 1;
            }
            _ => {}
        }
    }
    prop_assert_eq!(causes::missing(run), None);
    let ledger = run.ledger();
    let explained: BTreeSet<_> = ledger
        .iter()
        .flat_map(|entry| &entry.again)
        .map(|again| again.event)
        .collect();
    prop_assert_eq!(explained, again);
    for entry in ledger.iter() {
        for again in &entry.again {
            prop_assert!(again.earlier < again.event, "{entry:?}");
            prop_assert!(again.rule != Again::Unexplained, "{entry:?}");
            prop_assert!(again.by.is_none_or(|by| by < again.event), "{entry:?}");
        }
        if entry.verdict == Verdict::Duplicated {
            prop_assert!(
                entry.again.iter().any(|again| !again.rule.is_retry()),
                "{entry:?}"
            );
        }
        let of_groups = entry.groups.iter().map(|of| of.lost_by);
        for lost in of_groups.chain([entry.lost_by]).flatten() {
            prop_assert!(lost.rule != Loss::Unexplained, "{entry:?}");
        }
    }
    // What a group has consumed, it has not lost; and what it has lost or never had, it has not consumed.
    let mut had: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (message, (group, _)) in successes.keys() {
        had.entry(*message).or_default().insert(*group);
    }
    for entry in ledger.iter() {
        let had = had.remove(&entry.message).unwrap_or_default();
        for of in &entry.groups {
            let group = run.names().group(of.group);
            prop_assert_eq!(
                of.fate == Fate::Consumed,
                had.contains(group),
                "{:?}",
                entry
            );
            prop_assert_eq!(
                of.fate == Fate::Lost,
                of.lost_by.is_some_and(|by| by.stage != Stage::Produce),
                "{:?}",
                entry
            );
        }
        if entry.groups.is_empty() {
            prop_assert_eq!(entry.fate == Fate::Consumed, !had.is_empty(), "{:?}", entry);
        }
    }
    for ((message, _), times) in successes {
        let entry = ledger.iter().find(|entry| entry.message == message);
        let verdict = entry.map(|entry| entry.verdict);
        prop_assert!(
            times < 2 || matches!(verdict, Some(Verdict::Duplicated | Verdict::Lost)),
            "{entry:?}"
        );
    }
    Ok(())
}

fn nodes(broker: &loss_lab_engine::scenario::Broker) -> Vec<String> {
    (0..=broker.slaves.len())
        .map(|replica| format!("{}/{replica}", broker.name))
        .collect()
}

fn trace_reads_back(run: &Run) -> Result<(), TestCaseError> {
    let trace = Trace::of(run);
    let read = Trace::parse(&trace.to_json());
    prop_assert!(
        matches!(&read, Ok(read) if *read == trace),
        "{:?}",
        read.err()
    );
    Ok(())
}

fn scenario_reads_back(scenario: &Scenario) -> Result<(), TestCaseError> {
    let text = file_v1::write(scenario);
    let read = file_v1::parse(&text).map(|checked| checked.scenario);
    prop_assert!(read.as_ref() == Ok(scenario), "{text}");
    Ok(())
}

/// Small clusters, short scripts, every kind of client and fault.
fn file() -> impl Strategy<Value = File> {
    let head = (
        select(vec!["4.9", "5.3"]),
        0..50u32,
        select(vec![0, 0, 2, 15]),
        1..=3u32,
        select(vec!["", "", CONTROLLER, ALL_ACK]),
    );
    let brokers = vec((broker(), vec(slave(), 0..=2)), 1..=2);
    (head, brokers, producer(), consumers(), vec(any_step(), 1..10)).prop_map(
        |((profile, seed, jitter, queues, mode), brokers, producer, consumers, steps)| {
            let mode = if profile == "4.9" { "" } else { mode };
            let slaves: Vec<usize> = brokers.iter().map(|(_, slaves)| slaves.len()).collect();
            let brokers: Vec<String> = brokers
                .into_iter()
                .zip(["broker-a", "broker-b"])
                .map(|((conf, slaves), name)| {
                    let conf = if profile == "4.9" { conf.replace(IN_SYNC, "") } else { conf };
                    let slaves: Vec<String> = slaves
                        .into_iter()
                        .map(|conf| format!(r#"{{ "conf": {{ {conf}{mode} }} }}"#))
                        .collect();
                    format!(r#"{{ "name": "{name}", "conf": {{ {conf}{mode} }}, "slaves": [ {} ] }}"#, slaves.join(", "))
                })
                .collect();
            let controller = !mode.is_empty();
            let world = World { slaves, queues, consumers: consumers.len(), controller, resets: profile == "5.3", orderly: consumers.iter().map(|c| c.contains("orderly")).collect() };
            let script: Vec<String> = steps.into_iter().filter_map(|step| world.step(step)).collect();
            File(format!(
                r#"{{ "format": "loss-lab/1", "profile": "{profile}", "seed": {seed}, "network": {{ "latencyMs": 1, "jitterMs": {jitter} }},
  "topics": [ {{ "name": "T", "queues": {queues} }} ],
  "brokers": [ {} ],
  "producers": [ {producer} ],
  "consumers": [ {} ],
  "script": [
    {}
  ],
  "until": 80000 }}
"#,
                brokers.join(", "),
                consumers.join(", "),
                script.join(",\n    "),
            ))
        },
    )
}

/// A controller elects masters.
const CONTROLLER: &str = r#", "enableControllerMode": true"#;
const ALL_ACK: &str =
    r#", "enableControllerMode": true, "allAckInSyncStateSet": true, "minInSyncReplicas": 2"#;

/// What 4.9 has no key for.
const IN_SYNC: &str = r#", "inSyncReplicas": 2"#;

fn broker() -> impl Strategy<Value = String> {
    let flush = select(vec!["ASYNC_FLUSH", "ASYNC_FLUSH", "SYNC_FLUSH"]);
    let role = select(vec![
        r#""brokerRole": "ASYNC_MASTER""#,
        r#""brokerRole": "SYNC_MASTER""#,
        r#""brokerRole": "SYNC_MASTER", "inSyncReplicas": 2"#,
    ]);
    // Files of a page, few buffers and few threads: a broker that turns senders away.
    let room = select(vec![
        "",
        "",
        "",
        r#", "transientStorePoolEnable": true"#,
        r#", "mappedFileSizeCommitLog": 4096, "transientStorePoolEnable": true, "transientStorePoolSize": 3"#,
        r#", "mappedFileSizeCommitLog": 4096, "sendMessageThreadPoolNums": 2"#,
        r#", "mappedFileSizeCommitLog": 4096, "sendMessageThreadPoolNums": 1, "sendThreadPoolQueueCapacity": 1"#,
    ]);
    (flush, role, room).prop_map(|(flush, role, room)| {
        format!(r#""flushDiskType": "{flush}", "syncFlushTimeout": 2000, "messageDelayLevel": "1s 2s 3s 4s 5s 6s 7s 8s 9s 10s", {role}{room}"#)
    })
}

fn slave() -> impl Strategy<Value = String> {
    select(vec![
        r#""flushDiskType": "ASYNC_FLUSH""#,
        r#""flushDiskType": "SYNC_FLUSH""#,
        r#""slaveReadEnable": true"#,
    ])
    .prop_map(str::to_owned)
}

fn producer() -> impl Strategy<Value = String> {
    (select(vec![500, 3000, 8000]), 0..3u32, any::<bool>(), any::<bool>(), 0..2u32).prop_map(
        |(timeout, retries, another, faults, resend)| {
            format!(
                r#"{{ "name": "p1", "resend": {resend}, "conf": {{ "sendMsgTimeout": {timeout}, "retryTimesWhenSendFailed": {retries}, "retryAnotherBrokerWhenNotStoreOK": {another}, "sendLatencyFaultEnable": {faults} }} }}"#
            )
        },
    )
}

/// Up to three members of up to two groups, each group with one listener and one model, and sometimes with two subscriptions.
fn consumers() -> impl Strategy<Value = Vec<String>> {
    let group = || {
        (
            select(vec!["concurrently", "orderly"]),
            select(vec![
                "CLUSTERING",
                "CLUSTERING",
                "CLUSTERING",
                "BROADCASTING",
            ]),
            prop::bool::weighted(0.8),
            select(vec![
                "",
                r#""consumeMessageBatchMaxSize": 3"#,
                r#""maxReconsumeTimes": 1"#,
                r#""consumeTimeout": 1"#,
                r#""consumeThreadMin": 1, "pullThresholdForQueue": 1"#,
                r#""consumeFromWhere": "CONSUME_FROM_FIRST_OFFSET""#,
            ]),
        )
    };
    let member = (
        any::<bool>(),
        prop::bool::weighted(0.8),
        select(vec![0, 0, 20, 3000]),
        select(vec!["*", "*", "*", "a"]),
    );
    (group(), group(), vec(member, 0..=3)).prop_map(|(first, second, members)| {
        let members = members.into_iter().zip(["c1", "c2", "c3"]);
        members
            .map(|((in_first, started, takes, tags), name)| {
                let (group, (listener, model, commits, conf)) =
                    if in_first { ("CG", &first) } else { ("DG", &second) };
                // The key is for orderly listeners.
                let commits = if *listener == "orderly" {
                    format!(r#""autoCommit": {commits}, "#)
                } else {
                    String::new()
                };
                format!(r#"{{ "name": "{name}", "group": "{group}", "listener": "{listener}", "model": "{model}", "tags": "{tags}", {commits}"processMs": {takes}, "started": {started}, "conf": {{ {conf} }} }}"#)
            })
            .collect()
    })
}

/// A step before it is known what there is: numbers are taken modulo what there is.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: u32,
    what: What,
    pick: u32,
    number: u32,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Send,
    SendAsync,
    SendOneway,
    SendToQueue,
    SendDelayed,
    SendInTransaction,
    Fault(&'static str),
    FailDisk,
    Restart,
    Partition,
    Heal,
    Drop,
    SetLink,
    ConsumeResult,
    ProcessTime,
    StartConsumer,
    StopConsumer,
    ResetOffset,
    After(&'static str),
}

fn any_step() -> impl Strategy<Value = Step> {
    let what = prop_oneof![
        4 => Just(What::Send),
        1 => Just(What::SendAsync),
        1 => Just(What::SendOneway),
        1 => Just(What::SendToQueue),
        1 => Just(What::SendDelayed),
        1 => Just(What::SendInTransaction),
        8 => select(vec!["crash", "power-loss", "destroy-disk", "stop", "pause", "resume", "stall-disk", "release-disk"]).prop_map(What::Fault),
        1 => Just(What::FailDisk),
        4 => Just(What::Restart),
        1 => Just(What::Partition),
        1 => Just(What::Heal),
        1 => Just(What::Drop),
        1 => Just(What::SetLink),
        4 => Just(What::ConsumeResult),
        1 => Just(What::ProcessTime),
        2 => Just(What::StartConsumer),
        1 => Just(What::StopConsumer),
        2 => Just(What::ResetOffset),
        3 => select(vec!["appended", "flushed", "replicated", "replied", "delivered", "consumed", "request-sent"]).prop_map(What::After),
    ];
    (0..20_000u32, what, 0..1000u32, 0..1000u32).prop_map(|(at, what, pick, number)| Step {
        at,
        what,
        pick,
        number,
    })
}

/// What steps can be about.
struct World {
    slaves: Vec<usize>,
    queues: u32,
    consumers: usize,
    /// Whether faults strike the name server, too: a controller lives in it.
    controller: bool,
    /// Whether brokers know offset resets.
    resets: bool,
    /// Which consumers have orderly listeners.
    orderly: Vec<bool>,
}

/// What a concurrent listener can come to, with what it can say besides.
const CONCURRENT: &[&str] = &[
    r#""CONSUME_SUCCESS""#,
    r#""CONSUME_SUCCESS", "ackIndex": 0"#,
    r#""CONSUME_SUCCESS", "ackIndex": 1"#,
    r#""RECONSUME_LATER""#,
    r#""RECONSUME_LATER", "delayLevelWhenNextConsume": -1"#,
    r#""RECONSUME_LATER", "delayLevelWhenNextConsume": 1"#,
    r#""null""#,
    r#""throw""#,
    r#""hang""#,
];

/// And an orderly one.
const ORDERLY: &[&str] = &[
    r#""SUCCESS""#,
    r#""SUSPEND_CURRENT_QUEUE_A_MOMENT""#,
    r#""COMMIT""#,
    r#""ROLLBACK""#,
    r#""null""#,
    r#""throw""#,
    r#""hang""#,
];

fn one_of<T: Clone>(list: &[T], number: u32) -> Option<T> {
    let index = usize::try_from(number).ok()?.checked_rem(list.len())?;
    list.get(index).cloned()
}

impl World {
    fn results(&self, consumer: usize) -> &'static [&'static str] {
        if self.orderly.get(consumer) == Some(&true) {
            ORDERLY
        } else {
            CONCURRENT
        }
    }

    fn brokers(&self) -> Vec<String> {
        let names = ["broker-a", "broker-b"];
        let replicas = self.slaves.iter().zip(names);
        replicas
            .flat_map(|(slaves, name)| (0..=*slaves).map(move |n| format!("{name}/{n}")))
            .collect()
    }

    fn nodes(&self) -> Vec<String> {
        let clients = ["p1", "c1", "c2", "c3"]
            .into_iter()
            .take(1 + self.consumers);
        let controller = self.controller.then_some("namesrv/0");
        self.brokers()
            .into_iter()
            .chain(clients.chain(controller).map(str::to_owned))
            .collect()
    }

    fn step(&self, step: Step) -> Option<String> {
        let Step {
            at,
            what,
            pick,
            number,
        } = step;
        let (brokers, nodes) = (self.brokers(), self.nodes());
        let (broker, node) = (one_of(&brokers, pick)?, one_of(&nodes, pick)?);
        let other = one_of(&nodes, number).filter(|other| *other != node);
        let consumers = ["c1", "c2", "c3"];
        let drawn = usize::try_from(pick).ok()?.checked_rem(self.consumers);
        let consumer = drawn.and_then(|drawn| consumers.get(drawn).copied());
        let action = match what {
            What::Send => format!(
                r#""send", "count": {}, "everyMs": {}, "tag": "{}", "bodyBytes": {}"#,
                1 + pick % 4,
                number % 30,
                if pick % 3 == 0 { "b" } else { "a" },
                if number % 3 == 0 { 3000 } else { 16 }
            ),
            What::SendAsync => format!(r#""send", "mode": "async", "count": {}"#, 1 + pick % 3),
            What::SendOneway => String::from(r#""send", "mode": "oneway""#),
            What::SendToQueue => format!(r#""send", "queue": {}"#, pick % self.queues),
            What::SendDelayed => format!(r#""send", "delayLevel": {}"#, 1 + pick % 3),
            What::SendInTransaction => {
                let local = ["COMMIT_MESSAGE", "ROLLBACK_MESSAGE", "UNKNOW"];
                let local = local.get(usize::try_from(pick % 3).ok()?)?;
                format!(
                    r#""send", "transaction": {{ "local": "{local}", "check": ["COMMIT_MESSAGE"] }}"#
                )
            }
            What::Fault(fault @ ("crash" | "power-loss" | "stop" | "pause" | "resume")) => {
                format!(r#""{fault}", "node": "{node}""#)
            }
            What::Fault(fault) => format!(r#""{fault}", "node": "{broker}""#),
            What::FailDisk => format!(
                r#""fail-disk", "node": "{broker}", "times": {}"#,
                1 + number % 3
            ),
            What::Restart => format!(r#""restart", "node": "{node}", "takesMs": {number}"#),
            What::Partition => format!(r#""partition", "between": ["{node}", "{}"]"#, other?),
            What::Heal => format!(r#""heal", "between": ["{node}", "{}"]"#, other?),
            What::Drop => format!(
                r#""drop", "from": "{node}", "to": "{}", "count": 2"#,
                other?
            ),
            What::SetLink => format!(
                r#""set-link", "between": ["{node}", "{}"], "latencyMs": {number}"#,
                other?
            ),
            What::ConsumeResult => {
                let result = one_of(self.results(drawn?), number)?;
                format!(
                    r#""consume-result", "consumer": "{}", "result": {result}, "times": {}"#,
                    consumer?,
                    1 + number % 3
                )
            }
            What::ProcessTime => format!(
                r#""process-time", "consumer": "{}", "ms": {}"#,
                consumer?,
                number * 7
            ),
            // 4.9 has no such request.
            What::ResetOffset if !self.resets => return None,
            What::ResetOffset => format!(
                r#""reset-offset", "consumer": "{}", "topic": "T", "broker": "{}", "queue": {}, "offset": {}"#,
                consumer?,
                ["broker-a", "broker-b"]
                    .get(usize::try_from(pick).ok()?.checked_rem(self.slaves.len())?)?,
                pick % self.queues,
                number % 5
            ),
            What::StopConsumer => format!(r#""stop-consumer", "consumer": "{}""#, consumer?),
            What::StartConsumer => format!(r#""start-consumer", "consumer": "{}""#, consumer?),
            What::After(event) => {
                let fault =
                    ["crash", "power-loss", "pause"].get(usize::try_from(number % 3).ok()?)?;
                return Some(format!(
                    r#"{{ "after": {{ "event": "{event}", "nth": {} }}, "do": "{fault}", "node": "{node}" }}"#,
                    1 + pick % 3
                ));
            }
        };
        Some(format!(r#"{{ "at": {at}, "do": {action} }}"#))
    }
}

/// What random scenarios have shown: a member gives up a queue whose broker had lost what it held, and a broadcasting member dies before
/// it has written down where it was.
#[test]
fn a_loss_that_a_rebalance_completes_is_explained() {
    let lost = |rest: &str| {
        let run = lab::run(&format!(
            r#""profile": "4.9", "brokers": [ {{ "name": "broker-a" }}, {{ "name": "broker-b" }} ], "until": 80000, {rest}"#
        ));
        run.ledger()
            .iter()
            .find_map(|entry| Some(entry.lost_by?.rule))
    };
    let held = lost(
        r#""consumers": [ { "name": "c1", "topic": "T", "listener": "orderly", "autoCommit": false,
                "conf": { "consumeThreadMin": 1, "pullThresholdForQueue": 1 } } ], "script": [
            { "at": 0, "do": "consume-result", "consumer": "c1", "result": "hang", "times": 3 },
            { "at": 0, "do": "send", "topic": "T", "count": 2, "everyMs": 3 },
            { "at": 1911, "do": "destroy-disk", "node": "broker-b/0" } ]"#,
    );
    assert_eq!(held, Some(Loss::DiskDestroyed));
    let passed = lost(
        r#""consumers": [ { "name": "c1", "topic": "T", "model": "BROADCASTING" } ], "script": [
            { "at": 0, "do": "send", "topic": "T" },
            { "after": { "event": "appended" }, "do": "crash", "node": "c1" },
            { "at": 6000, "do": "start-consumer", "consumer": "c1" } ]"#,
    );
    assert_eq!(passed, Some(Loss::StartedBehind));
}
