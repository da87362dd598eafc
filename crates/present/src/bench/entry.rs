//! From a form that was filled in to another scenario: the file as JSON, with an entry more, less or other, through the door.

use loss_lab_engine::event::Event;
use loss_lab_engine::names::Names;
use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::scenario::file_v1::{self, Checked, Problem};
use loss_lab_engine::status::SendMode;
use loss_lab_engine::units::SimTime;
use serde_json::{Map, Number, Value};

use super::{Act, Bench, Field, Filled, Form, Refusal, Takes, form, replica};

/// `scenario` with the step that a form asks for as its last. `at` is now; `seen` is what has happened, so that a trigger means what
/// comes.
///
/// # Errors
/// When it is none, with what is wrong.
pub fn step(
    scenario: &Scenario,
    bench: &Bench,
    filled: &Filled,
    at: SimTime,
    seen: (&[Event], &Names),
) -> Result<Checked, Refusal> {
    let form = form(bench).ok_or(Refusal::Problems(Vec::new()))?;
    let mut step = Map::new();
    step.insert("do".to_owned(), Value::from(form.word));
    if let Act::Do(whose) = form.act {
        step.insert(whose.to_owned(), bench.who.clone().into());
    }
    for field in form.fields() {
        let text = value_of(filled, field.name);
        // A transaction has no mode, so the usual one is not said.
        let usual = field.takes == Takes::Mode && text == SendMode::Sync.word();
        if text.is_empty() || usual {
            continue;
        }
        match field.name {
            "between" => {
                let both = vec![bench.who.clone(), text.to_owned()];
                step.insert("between".to_owned(), both.into());
            }
            "local" => {
                let checks = ["check", "checkAgain"].map(|name| value_of(filled, name));
                let checks = checks.into_iter().filter(|check| !check.is_empty());
                let checks: Vec<Value> = checks.map(Value::from).collect();
                let mut transaction = Map::new();
                transaction.insert("local".to_owned(), text.into());
                transaction.insert("check".to_owned(), checks.into());
                step.insert("transaction".to_owned(), transaction.into());
            }
            "check" | "checkAgain" => {}
            name => {
                step.insert(name.to_owned(), json(field, text)?);
            }
        }
    }
    trigger(&mut step, filled, at, seen)?;
    let mut file = read(scenario);
    with_list(&mut file, "script", |script| script.push(step.into()));
    check(&file)
}

/// When the step is due.
fn trigger(
    step: &mut Map<String, Value>,
    filled: &Filled,
    at: SimTime,
    (events, names): (&[Event], &Names),
) -> Result<(), Refusal> {
    let event = value_of(filled, "event");
    if event.is_empty() {
        let micros = at.micros();
        let text = format!("{}.{:03}", micros / 1_000, micros % 1_000);
        step.insert("at".to_owned(), number("at", &text)?);
        return Ok(());
    }
    let [message, node, nth] =
        ["afterMessage", "afterNode", "nth"].map(|name| value_of(filled, name));
    let mut after = Map::new();
    after.insert("event".to_owned(), event.into());
    for (name, value) in [("message", message), ("node", node)] {
        if !value.is_empty() {
            after.insert(name.to_owned(), value.into());
        }
    }
    let is = |seen: &&Event| {
        seen.at >= SimTime::ZERO
            && seen.kind.name().word() == event
            && (message.is_empty()
                || seen
                    .kind
                    .message()
                    .is_some_and(|one| one.to_string() == message))
            && (node.is_empty() || names.node(seen.node) == node)
    };
    let before = u64::try_from(events.iter().filter(is).count()).unwrap_or(0);
    let nth = if nth.is_empty() { "1" } else { nth };
    let nth: u64 = nth
        .parse()
        .map_err(|_| Refusal::NotANumber("nth".to_owned()))?;
    after.insert("nth".to_owned(), Value::from(nth.saturating_add(before)));
    step.insert("after".to_owned(), after.into());
    Ok(())
}

/// What stands once a form has changed it, and how many steps of the script were about what is gone.
///
/// # Errors
/// When no cluster is like that, with what is wrong.
pub fn build(
    scenario: &Scenario,
    bench: &Bench,
    filled: &Filled,
) -> Result<(Checked, Vec<usize>), Refusal> {
    let form = form(bench).ok_or(Refusal::Problems(Vec::new()))?;
    let mut file = read(scenario);
    let replica = replica(scenario, &bench.who);
    match form.act {
        Act::Add(name) => {
            let mut entry = Map::new();
            fill(&mut entry, form, filled)?;
            with_list(&mut file, name, |list| list.push(entry.into()));
        }
        Act::AddSlave => {
            if let Some((broker, _)) = replica {
                let mut slave = Map::new();
                fill(&mut slave, form, filled)?;
                if let Some(slaves) = slaves(&mut file, broker) {
                    slaves.push(slave.into());
                }
            }
        }
        Act::Change(name) => {
            let filled = with_list(&mut file, name, |list| {
                let entry = list.iter_mut().find(|entry| is_of(entry, &bench.who));
                entry
                    .and_then(Value::as_object_mut)
                    .map(|entry| fill(entry, form, filled))
            });
            filled.flatten().transpose()?;
        }
        Act::Remove => {
            for name in ["producers", "consumers"] {
                with_list(&mut file, name, |list| {
                    list.retain(|entry| !is_of(entry, &bench.who));
                });
            }
            match replica {
                Some((broker, 0)) => {
                    with_list(&mut file, "brokers", |list| {
                        (broker < list.len()).then(|| list.remove(broker))
                    });
                }
                Some((broker, id)) => {
                    if let Some(slaves) = slaves(&mut file, broker).filter(|all| id <= all.len()) {
                        slaves.remove(id - 1);
                    }
                }
                None => {}
            }
        }
        Act::World => {
            for (outer, name) in [
                ("network", "latencyMs"),
                ("network", "jitterMs"),
                ("disk", "fsyncMs"),
            ] {
                let text = value_of(filled, name);
                let entry = file.entry(outer).or_insert_with(|| Map::new().into());
                if let (Value::Object(entry), false) = (entry, text.is_empty()) {
                    entry.insert(name.to_owned(), number(name, text)?);
                }
            }
            for name in ["seed", "until"] {
                let text = value_of(filled, name);
                if !text.is_empty() {
                    file.insert(name.to_owned(), number(name, text)?);
                }
            }
        }
        Act::Do(_) | Act::DoBetween => {}
    }
    match check(&file) {
        Ok(checked) => Ok((checked, Vec::new())),
        Err(Refusal::Problems(problems)) => {
            // Steps about what is gone go with it, and nothing else may be wrong.
            let steps: Option<Vec<usize>> = problems.iter().map(step_of).collect();
            let Some(mut steps) = steps else {
                return Err(Refusal::Problems(problems));
            };
            steps.dedup();
            with_list(&mut file, "script", |script| {
                for step in steps.iter().rev() {
                    if *step < script.len() {
                        script.remove(*step);
                    }
                }
            });
            Ok((check(&file)?, steps))
        }
        Err(refusal) => Err(refusal),
    }
}

fn is_of(entry: &Value, name: &str) -> bool {
    entry.get("name").and_then(Value::as_str) == Some(name)
}

/// The step that a problem is in.
fn step_of(problem: &Problem) -> Option<usize> {
    let rest = problem.path.strip_prefix("script[")?;
    rest.split_once(']')?.0.parse().ok()
}

fn value_of<'a>(filled: &'a Filled, name: &str) -> &'a str {
    let found = filled.iter().find(|(have, _)| have == name);
    found.map_or("", |(_, value)| value.trim())
}

fn fill(entry: &mut Map<String, Value>, form: &Form, filled: &Filled) -> Result<(), Refusal> {
    for field in form.fields() {
        let text = value_of(filled, field.name);
        if !text.is_empty() {
            entry.insert(field.name.to_owned(), json(field, text)?);
        }
    }
    Ok(())
}

fn json(field: &Field, text: &str) -> Result<Value, Refusal> {
    Ok(match field.takes {
        Takes::Number | Takes::Queue => number(field.name, text)?,
        Takes::YesNo => Value::Bool(text == "true"),
        Takes::Conf => {
            let pairs = text.lines().filter_map(|line| line.split_once('='));
            let pairs = pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().into()));
            Value::Object(pairs.collect())
        }
        Takes::Text
        | Takes::Topic
        | Takes::Broker
        | Takes::Peer
        | Takes::Node
        | Takes::Mode
        | Takes::Result
        | Takes::State
        | Takes::Listener
        | Takes::Model
        | Takes::Event => text.into(),
    })
}

/// As JSON writes it: present has no floats either.
fn number(name: &str, text: &str) -> Result<Value, Refusal> {
    let number: Result<Number, _> = serde_json::from_str(text);
    number
        .map(Value::Number)
        .map_err(|_| Refusal::NotANumber(name.to_owned()))
}

/// The scenario as its file says it, with every list that a form can change.
fn read(scenario: &Scenario) -> Map<String, Value> {
    let text = file_v1::write(scenario);
    let mut file: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
    let all = [
        (
            "producers",
            scenario
                .producers
                .iter()
                .map(|one| &one.name)
                .collect::<Vec<_>>(),
        ),
        (
            "consumers",
            scenario.consumers.iter().map(|one| &one.name).collect(),
        ),
        (
            "brokers",
            scenario.brokers.iter().map(|one| &one.name).collect(),
        ),
        (
            "topics",
            scenario.topics.iter().map(|one| &one.name).collect(),
        ),
    ];
    for (list, names) in all {
        // A list that is all default is not in the file, and a name says as much.
        file.entry(list).or_insert_with(|| {
            let entry = |name: &&String| {
                Value::from(Map::from_iter([("name".to_owned(), name.as_str().into())]))
            };
            names.iter().map(entry).collect()
        });
    }
    file.entry("script")
        .or_insert_with(|| Value::Array(Vec::new()));
    file
}

/// Changes a list of the file.
fn with_list<T>(
    file: &mut Map<String, Value>,
    name: &str,
    change: impl FnOnce(&mut Vec<Value>) -> T,
) -> Option<T> {
    file.get_mut(name).and_then(Value::as_array_mut).map(change)
}

fn slaves(file: &mut Map<String, Value>, broker: usize) -> Option<&mut Vec<Value>> {
    let brokers = file.get_mut("brokers")?.as_array_mut()?;
    let entry = brokers.get_mut(broker)?.as_object_mut()?;
    let slaves = entry
        .entry("slaves")
        .or_insert_with(|| Value::Array(Vec::new()));
    slaves.as_array_mut()
}

fn check(file: &Map<String, Value>) -> Result<Checked, Refusal> {
    let text = serde_json::to_string(file).unwrap_or_default();
    file_v1::parse(&text).map_err(Refusal::Problems)
}
