//! `loss-lab draw`: small random questions to real RocketMQ, and what is left of a question when a part of it is taken away.
//!
//! A drawn scenario keeps to what a real cluster answers in the same way twice: calls do not overlap each other or a fault, and delay
//! levels are short. What is drawn is which nodes there are, how they are set, and which one or two things go wrong.

use std::io::Write;
use std::path::Path;

use loss_lab_engine::scenario::file_v1;
use serde_json::{Value, json};

use crate::DrawArgs;
use crate::failure::Failure;
use crate::input;

/// Prints the scenario of a seed, or writes every smaller one of a file.
pub fn draw(args: &DrawArgs, out: &mut dyn Write) -> Result<(), Failure> {
    if let [file, folder] = args.smaller.as_slice() {
        return write_smaller(file, folder);
    }
    let question = question(&mut Dice(args.seed));
    let checked = file_v1::parse(&question.to_string()).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::Ours(format!(
            "seed {} draws nonsense: {}",
            args.seed,
            problems.join("; ")
        ))
    })?;
    out.write_all(file_v1::write(&checked.scenario).as_bytes())?;
    Ok(())
}

/// SplitMix64: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, of: &[T], otherwise: T) -> T {
        let n = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        of.get(n).copied().unwrap_or(otherwise)
    }
}

const LEVELS: &str = "1s 5s 1s 3s 6s 12s 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h";
/// Calls begin at the second, faults between two of them.
const SECOND: u64 = 1_000;
/// In 5.3 a new group's retry queue is owned 18.2 s after t = 0; a retry before that waits for it.
const RETRIES_FROM: u64 = 22_000;

fn question(dice: &mut Dice) -> Value {
    let is_5_3 = dice.chance(50);
    let slave = dice.chance(40);
    let two = !slave && dice.chance(40);
    let mut conf = json!({ "messageDelayLevel": LEVELS });
    if dice.chance(30) {
        set(&mut conf, "flushDiskType", json!("SYNC_FLUSH"));
    } else {
        set(&mut conf, "flushCommitLogThoroughInterval", json!(1_000));
    }
    if slave && dice.chance(60) {
        set(&mut conf, "brokerRole", json!("SYNC_MASTER"));
        if is_5_3 {
            set(&mut conf, "inSyncReplicas", json!(2));
        }
    }
    let slaves = if slave { json!([{}]) } else { json!([]) };
    let mut brokers = vec![json!({ "name": "broker-a", "conf": conf, "slaves": slaves })];
    if two {
        brokers.push(json!({ "name": "broker-b", "conf": conf }));
    }
    let queues = dice.pick(&[1, 1, 2], 1);
    let listener = dice.pick(&["concurrently", "concurrently", "orderly"], "concurrently");
    let consumer = |name: &str, group: &str| json!({ "name": name, "group": group, "topic": "Orders", "listener": listener });
    let consumers = match dice.below(5) {
        0 => vec![],
        1 => vec![consumer("c1", "CG"), consumer("c2", "CG2")],
        2 => vec![consumer("c1", "CG"), consumer("c2", "CG")],
        _ => vec![consumer("c1", "CG")],
    };
    let start = if !consumers.is_empty() && dice.chance(25) {
        RETRIES_FROM
    } else {
        0
    };
    let mut script = Vec::new();
    if start > 0 {
        let result = if listener == "orderly" {
            "SUSPEND_CURRENT_QUEUE_A_MOMENT"
        } else {
            "RECONSUME_LATER"
        };
        script.push(json!({ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": dice.below(2) + 1, "result": result }));
    }
    let mut at = start;
    let faults = dice.below(2) + 1;
    for _ in 0..faults {
        at = sends(dice, at, &mut script);
        at = fault(dice, at, slave, two, consumers.len(), &mut script);
    }
    at = sends(dice, at, &mut script);
    json!({
        "format": "loss-lab/1",
        "title": { "en": "Drawn" },
        "profile": if is_5_3 { "5.3" } else { "4.9" },
        "seed": 1,
        "topics": [{ "name": "Orders", "queues": queues }],
        "brokers": brokers,
        "producers": [{ "name": "p1", "group": "PG", "conf": { "sendMsgTimeout": 10_000 } }],
        "consumers": consumers,
        "script": script,
        "until": at + 9 * SECOND,
    })
}

fn sends(dice: &mut Dice, at: u64, script: &mut Vec<Value>) -> u64 {
    let count = dice.below(3) + 1;
    let mut send = json!({ "at": at, "do": "send", "producer": "p1", "topic": "Orders", "count": count, "everyMs": 300 });
    match dice.below(10) {
        0 => set(&mut send, "mode", json!("oneway")),
        1 => set(&mut send, "waitStoreMsgOK", json!(false)),
        2 => set(&mut send, "delayLevel", json!(2)),
        3 => set(&mut send, "mode", json!("async")),
        4 => {
            let local = dice.pick(&["COMMIT_MESSAGE", "ROLLBACK_MESSAGE"], "COMMIT_MESSAGE");
            set(&mut send, "transaction", json!({ "local": local }));
        }
        _ => {}
    }
    script.push(send);
    at + count * 300 + 2 * SECOND
}

fn set(of: &mut Value, key: &str, value: Value) {
    if let Some(object) = of.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// One thing goes wrong, and after a while right again. The instant at which calls may follow.
fn fault(
    dice: &mut Dice,
    at: u64,
    slave: bool,
    two: bool,
    consumers: usize,
    script: &mut Vec<Value>,
) -> u64 {
    let node = if slave && dice.chance(40) {
        "broker-a/1"
    } else if two && dice.chance(50) {
        "broker-b/0"
    } else {
        "broker-a/0"
    };
    let on = |at: u64, what: &str, node: &str| json!({ "at": at, "do": what, "node": node });
    let kinds: &[&str] = if slave {
        &["crash", "power-loss", "stop", "stall", "pause", "partition"]
    } else if consumers > 0 {
        &["crash", "power-loss", "stop", "stall", "consumer", "member"]
    } else {
        &["crash", "power-loss", "stop", "stall"]
    };
    match dice.pick(kinds, "crash") {
        "pause" => {
            script.push(on(at, "pause", "broker-a/1"));
            script.push(on(at + 6 * SECOND, "resume", "broker-a/1"));
            at + 9 * SECOND
        }
        "partition" => {
            let between = json!(["broker-a/0", "broker-a/1"]);
            script.push(json!({ "at": at, "do": "partition", "between": between }));
            script.push(json!({ "at": at + 5 * SECOND, "do": "heal", "between": between }));
            at + 3 * SECOND
        }
        "stall" => {
            script.push(on(at, "stall-disk", node));
            script.push(on(at + 3 * SECOND, "release-disk", node));
            at + SECOND
        }
        "member" => {
            let does = |at: u64, what: &str| json!({ "at": at, "do": what, "consumer": "c1" });
            script.push(does(at, "stop-consumer"));
            script.push(does(at + 4 * SECOND, "start-consumer"));
            at + 2 * SECOND
        }
        "consumer" => {
            script.push(on(at, "crash", "c1"));
            script.push(on(at + 2 * SECOND, "restart", "c1"));
            at + 5 * SECOND
        }
        what => {
            script.push(on(at, what, node));
            script.push(on(at + 2 * SECOND, "restart", node));
            at + if dice.chance(50) {
                SECOND / 2
            } else {
                9 * SECOND
            }
        }
    }
}

/// Every well-formed scenario that one part less makes of a file: `FOLDER/01.json` and so on, those without most first.
fn write_smaller(file: &Path, folder: &Path) -> Result<(), Failure> {
    let text = input::text(file)?;
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::Input(format!("error: {}: {error}\n", file.display()))
    };
    let whole: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    std::fs::create_dir_all(folder)?;
    let fine = smaller(&whole)
        .into_iter()
        .filter_map(|less| file_v1::parse(&less.to_string()).ok());
    for (n, less) in fine.enumerate() {
        let path = folder.join(format!("{:02}.json", n + 1));
        std::fs::write(path, file_v1::write(&less.scenario))?;
    }
    Ok(())
}

/// The scenario without each node, each step, each setting; and with one message for each burst.
fn smaller(whole: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for list in ["/consumers", "/brokers", "/brokers/0/slaves", "/script"] {
        let length = whole
            .pointer(list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for n in 0..length {
            let mut less = whole.clone();
            if let Some(list) = less.pointer_mut(list).and_then(Value::as_array_mut) {
                list.remove(n);
            }
            all.push(less);
        }
    }
    let steps = whole
        .pointer("/script")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    for n in 0..steps {
        let mut less = whole.clone();
        let count = less.pointer_mut(&format!("/script/{n}/count"));
        if let Some(count) = count.filter(|count| count.as_u64() > Some(1)) {
            *count = json!(1);
            all.push(less);
        }
    }
    let keys = whole.pointer("/brokers/0/conf").and_then(Value::as_object);
    for key in keys.into_iter().flat_map(serde_json::Map::keys) {
        let mut less = whole.clone();
        let brokers = less.pointer_mut("/brokers").and_then(Value::as_array_mut);
        for broker in brokers.into_iter().flatten() {
            if let Some(conf) = broker.get_mut("conf").and_then(Value::as_object_mut) {
                conf.remove(key);
            }
        }
        all.push(less);
    }
    all
}
