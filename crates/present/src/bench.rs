//! The workbench: everything that the scenario format can do or set up, each as a form.
//!
//! A form is a table of the format's own fields. What is filled in becomes a line of a scenario file, and the door for scenario
//! files says what is wrong with it: so a control can do what a file can, and nothing else.

use loss_lab_engine::action::Rejected;
use loss_lab_engine::event::EventName;
use loss_lab_engine::scenario::file_v1::Problem;
use loss_lab_engine::scenario::{Consumer, Scenario};
use loss_lab_engine::status::{
    ConsumeResult, ListenerKind, MessageModel, SendMode, TransactionState,
};
use loss_lab_engine::units::{SimTime, Span};

mod entry;
mod forms;

pub use entry::{build, step};
pub use forms::FORMS;

/// Which form lies on the bench.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Bench {
    /// Whose: a node's name; empty for the whole cluster.
    pub who: String,
    /// Which: a [`Form::word`].
    pub what: &'static str,
}

/// A form.
#[derive(PartialEq, Eq, Debug)]
pub struct Form {
    /// An action's name in the format, or one of our own for what is no action.
    pub word: &'static str,
    /// What it does.
    pub act: Act,
    /// For whom it is.
    pub whose: &'static [Who],
    /// What there is to fill in, behind the name of what is added.
    fields: &'static [Field],
}

impl Form {
    /// What there is to fill in.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let name = matches!(self.act, Act::Add(_)).then_some(&forms::NAME);
        name.into_iter().chain(self.fields)
    }
}

/// What a form does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// A step of the script; the field that says whose it is has this name.
    Do(&'static str),
    /// A step about a link: from here to another node.
    DoBetween,
    /// Another entry of a list.
    Add(&'static str),
    /// Another slave.
    AddSlave,
    /// Another form of what stands.
    Change(&'static str),
    /// It stands no more.
    Remove,
    /// What holds for all.
    World,
}

/// What can have forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Who {
    Cluster,
    NameServer,
    Producer,
    Consumer,
    Master,
    Slave,
}

/// A field: the format's name, and what goes into it.
#[derive(PartialEq, Eq, Debug)]
pub struct Field {
    /// The format's name.
    pub name: &'static str,
    /// What goes into it.
    pub takes: Takes,
    /// What stands there at first.
    pub first: &'static str,
}

/// What goes into a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Takes {
    Number,
    Text,
    /// `key=value`, a line each.
    Conf,
    YesNo,
    Topic,
    Queue,
    Broker,
    /// Another node.
    Peer,
    Mode,
    Result,
    State,
    Listener,
    Model,
    /// What a trigger waits for.
    Event,
    /// Any node, or none.
    Node,
}

/// A field as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The format's name.
    pub name: &'static str,
    /// How it is filled in.
    pub input: Input,
    /// What stands there.
    pub value: String,
}

/// How a field is filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A number.
    Number,
    /// A line of text.
    Text,
    /// Several lines.
    Lines,
    /// One of these; an empty one is the default.
    Choice(Vec<String>),
}

/// The open form, as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// Every node's name, and an empty one for the cluster.
    pub names: Vec<String>,
    /// Whose forms these are.
    pub who: String,
    /// The forms.
    pub forms: Vec<&'static Form>,
    /// The open one.
    pub form: &'static Form,
    /// Its fields.
    pub lines: Vec<Line>,
    /// When it is to be done; empty for what is no action.
    pub when: Vec<Line>,
}

/// What was filled in: names and values.
pub type Filled = Vec<(String, String)>;

/// Why a form was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// This field wants a number.
    NotANumber(String),
    /// The door for scenario files does not let it in.
    Problems(Vec<Problem>),
}

/// What came of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is done; this should be known about it.
    Done(Vec<Problem>),
    /// It was not taken.
    Refused(Refusal),
    /// What it is for is in no state for it now.
    Rejected(Rejected),
}

/// What is drawn of `bench`.
#[must_use]
pub fn sheet(scenario: &Scenario, bench: &Bench) -> Option<Sheet> {
    let mut names = vec![String::new()];
    names.extend(nodes(scenario));
    let who = names.iter().find(|name| **name == bench.who).cloned();
    let who = who.unwrap_or_default();
    let kind = who_is(scenario, &who);
    let forms: Vec<&'static Form> = FORMS
        .iter()
        .filter(|form| form.whose.contains(&kind))
        .collect();
    let chosen = forms.iter().find(|form| form.word == bench.what);
    let form = *chosen.or(forms.first())?;
    let line = |field: &'static Field| line(scenario, &who, form, field);
    let lines = form.fields().map(line).collect();
    let when = match form.act {
        Act::Do(_) | Act::DoBetween => forms::WHEN.iter().map(line).collect(),
        Act::Add(_) | Act::AddSlave | Act::Change(_) | Act::Remove | Act::World => Vec::new(),
    };
    Some(Sheet {
        names,
        who,
        forms,
        form,
        lines,
        when,
    })
}

/// What `name` is; what nothing is called is the cluster.
#[must_use]
pub fn who_is(scenario: &Scenario, name: &str) -> Who {
    if name == NAME_SERVER {
        Who::NameServer
    } else if scenario.producers.iter().any(|one| one.name == name) {
        Who::Producer
    } else if scenario.consumers.iter().any(|one| one.name == name) {
        Who::Consumer
    } else {
        match replica(scenario, name) {
            Some((_, 0)) => Who::Master,
            Some((_, _)) => Who::Slave,
            None => Who::Cluster,
        }
    }
}

const NAME_SERVER: &str = "namesrv/0";

/// Every node, in the order of the stage.
fn nodes(scenario: &Scenario) -> Vec<String> {
    let mut names: Vec<String> = scenario
        .producers
        .iter()
        .map(|one| one.name.clone())
        .collect();
    for broker in &scenario.brokers {
        for id in 0..=broker.slaves.len() {
            names.push([&broker.name, "/", &id.to_string()].concat());
        }
    }
    names.extend(scenario.consumers.iter().map(|one| one.name.clone()));
    names.push(NAME_SERVER.to_owned());
    names
}

/// Which broker and which of its replicas a node is.
fn replica(scenario: &Scenario, node: &str) -> Option<(usize, usize)> {
    let (name, id) = node.rsplit_once('/')?;
    let at = scenario.brokers.iter().position(|one| one.name == name)?;
    Some((at, id.parse().ok()?))
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| word(*one).to_owned()).collect()
}

fn line(scenario: &Scenario, who: &str, form: &Form, field: &'static Field) -> Line {
    let or_none = |mut choices: Vec<String>| {
        choices.insert(0, String::new());
        Input::Choice(choices)
    };
    let consumer = scenario.consumers.iter().find(|one| one.name == who);
    let topics = || scenario.topics.iter().map(|one| one.name.clone()).collect();
    let input = match field.takes {
        Takes::Number => Input::Number,
        Takes::Text => Input::Text,
        Takes::Conf => Input::Lines,
        Takes::YesNo => Input::Choice(vec!["true".to_owned(), "false".to_owned()]),
        Takes::Topic => Input::Choice(topics()),
        Takes::Queue => {
            let most = scenario.topics.iter().map(|one| one.queues).max();
            or_none((0..most.unwrap_or(1)).map(|one| one.to_string()).collect())
        }
        Takes::Broker => or_none(
            scenario
                .brokers
                .iter()
                .map(|one| one.name.clone())
                .collect(),
        ),
        Takes::Peer => {
            let mut others = nodes(scenario);
            others.retain(|name| name != who);
            Input::Choice(others)
        }
        Takes::Node => or_none(nodes(scenario)),
        Takes::Mode => Input::Choice(words(SendMode::ALL, SendMode::word)),
        Takes::State => or_none(words(TransactionState::ALL, TransactionState::word)),
        Takes::Listener => Input::Choice(words(ListenerKind::ALL, ListenerKind::word)),
        Takes::Model => Input::Choice(words(MessageModel::ALL, MessageModel::word)),
        Takes::Event => or_none(words(EventName::ALL, EventName::word)),
        Takes::Result => {
            let listener = consumer.map_or(ListenerKind::Concurrently, |one| one.listener);
            Input::Choice(words(ConsumeResult::of(listener), ConsumeResult::word))
        }
    };
    let stands = match form.act {
        Act::Change(_) | Act::World => stands(scenario, who, field.name),
        Act::Add(list) => new_name(scenario, list).filter(|_| field.name == "name"),
        Act::Do(_) | Act::DoBetween => consumer
            .filter(|_| field.name == "topic")
            .map(|one| one.topic.clone()),
        Act::AddSlave | Act::Remove => None,
    };
    let value = stands.unwrap_or_else(|| match &input {
        Input::Choice(choices) if field.first.is_empty() => {
            choices.first().cloned().unwrap_or_default()
        }
        Input::Choice(_) | Input::Number | Input::Text | Input::Lines => field.first.to_owned(),
    });
    Line {
        name: field.name,
        input,
        value,
    }
}

/// What a field of what stands says now.
fn stands(scenario: &Scenario, who: &str, field: &str) -> Option<String> {
    let millis = |span: Span| {
        let micros = span.micros();
        let (whole, rest) = (micros / 1_000, micros % 1_000);
        let mut text = whole.to_string();
        if rest > 0 {
            text.push_str(&format!(".{rest:03}"));
        }
        text
    };
    let flag = |on: bool| if on { "true" } else { "false" }.to_owned();
    if let Some(one) = scenario.producers.iter().find(|one| one.name == who) {
        return Some(match field {
            "group" => one.group.clone(),
            "resend" => one.resend.to_string(),
            _ => return None,
        });
    }
    if let Some(one) = scenario.consumers.iter().find(|one| one.name == who) {
        return Some(match field {
            "group" => one.group.clone(),
            "topic" => one.topic.clone(),
            "tags" => tags(one),
            "listener" => one.listener.word().to_owned(),
            "model" => one.model.word().to_owned(),
            "processMs" => millis(one.process),
            "autoCommit" => flag(one.auto_commit),
            "started" => flag(one.started),
            _ => return None,
        });
    }
    Some(match field {
        "seed" => scenario.seed.to_string(),
        "latencyMs" => millis(scenario.network.latency),
        "jitterMs" => millis(scenario.network.jitter),
        "fsyncMs" => millis(scenario.fsync),
        "until" => millis(scenario.until.since(SimTime::ZERO)),
        _ => return None,
    })
}

fn tags(consumer: &Consumer) -> String {
    if consumer.tags.is_empty() {
        "*".to_owned()
    } else {
        consumer.tags.join(" || ")
    }
}

/// The first name of its kind that nobody has: `p2`, `c3`, `broker-b`.
fn new_name(scenario: &Scenario, list: &str) -> Option<String> {
    let taken = |name: &String| {
        nodes(scenario).contains(name)
            || scenario.brokers.iter().any(|one| one.name == *name)
            || scenario.topics.iter().any(|one| one.name == *name)
    };
    let numbered = |head: &str| {
        let mut names = (1..=99).map(|number: u32| [head, &number.to_string()].concat());
        names.find(|name| !taken(name))
    };
    match list {
        "producers" => numbered("p"),
        "consumers" => numbered("c"),
        "topics" => numbered("Topic"),
        _ => ('a'..='z')
            .map(|letter| format!("broker-{letter}"))
            .find(|name| !taken(name)),
    }
}

/// The form that lies on the bench.
#[must_use]
pub fn form(bench: &Bench) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.word == bench.what)
}

#[cfg(test)]
mod tests;
