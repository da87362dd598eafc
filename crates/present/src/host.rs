//! What a page that embeds the lab can ask of it, and what it is told. A message is data from a stranger: every field is looked
//! at once, here, and what is not understood is refused by name.

use loss_lab_engine::ids::MessageId;
use loss_lab_engine::units::SimTime;

use crate::frame::Frame;
use crate::ledger::Judgement;
use crate::link::{self, BadLink, Cursor, LINK_MAX, Lang, Link, Theme};

/// The version of the messages, in both directions.
pub const VERSION: i64 = 1;

/// A field of a message.
#[derive(Clone, PartialEq, Debug)]
pub enum Field {
    /// A text of at most [`LINK_MAX`] characters.
    Text(String),
    /// A number as it is written.
    Number(String),
    /// A flag.
    Flag(bool),
    /// Anything else.
    Other,
}

/// Something asked for by the host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Another scenario, position, view.
    Load(Box<Link>),
    /// Play, or pause.
    Play(bool),
    /// Put the cursor there.
    Seek(Cursor),
    /// Another look at the same run: parts, language, theme.
    Set(Box<Look>),
    /// Another value of one of RocketMQ's keys.
    SetKey(String, String),
    /// Light a message up.
    Select(MessageId),
}

/// Another look at the same run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Look {
    /// The parts that are shown, as a link's `view` has them.
    pub view: Vec<String>,
    /// The language.
    pub lang: Option<Lang>,
    /// The theme; `Some(None)`: as the system says.
    pub theme: Option<Option<Theme>>,
}

/// Why a message is not obeyed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Of another version.
    Version,
    /// No such command.
    Command,
    /// A field that is missing, or has no such value.
    Field(&'static str),
    /// The scenario that it says is wrong.
    Link(Vec<BadLink>),
}

impl Refusal {
    /// As the host is told.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Version => "version".to_owned(),
            Self::Command => "command".to_owned(),
            Self::Field(name) => (*name).to_owned(),
            Self::Link(bad) => bad.first().map_or_else(
                || "scenario".to_owned(),
                |bad| ["scenario, at character ", &bad.at.to_string()].concat(),
            ),
        }
    }
}

/// What a message asks for.
///
/// # Errors
/// When it cannot be obeyed; nothing of it is.
pub fn command(field: &dyn Fn(&'static str) -> Option<Field>) -> Result<Command, Refusal> {
    match field("lossLab") {
        Some(Field::Number(version)) if version == VERSION.to_string() => {}
        Some(_) | None => return Err(Refusal::Version),
    }
    let text = |name: &'static str| match field(name) {
        None => Ok(None),
        Some(Field::Text(text)) if text.len() <= LINK_MAX => Ok(Some(text)),
        Some(_) => Err(Refusal::Field(name)),
    };
    let word = text("command").map_err(|_| Refusal::Command)?;
    match word.as_deref() {
        Some("load") => {
            let scenario = text("scenario")?.ok_or(Refusal::Field("scenario"))?;
            let mut fragment = fragment(&scenario);
            if let Some(cursor) = cursor(field)? {
                let (key, value) = link::cursor_words(cursor);
                fragment = [&fragment, "&", key, "=", &value].concat();
            }
            match link::read(&fragment) {
                (link, bad) if bad.is_empty() => Ok(Command::Load(Box::new(link))),
                (_, bad) => Err(Refusal::Link(bad)),
            }
        }
        Some("play") => match field("playing") {
            None => Ok(Command::Play(true)),
            Some(Field::Flag(playing)) => Ok(Command::Play(playing)),
            Some(_) => Err(Refusal::Field("playing")),
        },
        Some("seek") => Ok(Command::Seek(cursor(field)?.ok_or(Refusal::Field("at"))?)),
        Some("set") => set(&text),
        Some("select") => {
            let word = text("message")?.unwrap_or_default();
            let number = word.strip_prefix('m').and_then(|rest| rest.parse().ok());
            let message = number.map(MessageId).ok_or(Refusal::Field("message"))?;
            Ok(Command::Select(message))
        }
        Some(_) | None => Err(Refusal::Command),
    }
}

/// A scenario as an author says it: a name, or what stands after a link's `?`.
#[must_use]
pub fn fragment(scenario: &str) -> String {
    if scenario.contains('=') {
        ["#/embed?", scenario].concat()
    } else {
        ["#/embed?scenario=", scenario].concat()
    }
}

fn cursor(field: &dyn Fn(&'static str) -> Option<Field>) -> Result<Option<Cursor>, Refusal> {
    for name in ["at", "step"] {
        let value = match field(name) {
            None => continue,
            Some(Field::Number(value) | Field::Text(value)) if value.len() <= 80 => value,
            Some(_) => return Err(Refusal::Field(name)),
        };
        return match link::cursor_of(name, &value) {
            Some(cursor) => Ok(Some(cursor)),
            None => Err(Refusal::Field(name)),
        };
    }
    Ok(None)
}

fn set(text: &dyn Fn(&'static str) -> Result<Option<String>, Refusal>) -> Result<Command, Refusal> {
    if let Some(key) = text("key")? {
        let value = text("value")?.ok_or(Refusal::Field("value"))?;
        return Ok(Command::SetKey(key, value));
    }
    let mut look = Look::default();
    if let Some(view) = text("view")? {
        let words = view.split([',', ' ']).filter(|word| !word.is_empty());
        look.view = words.map(str::to_owned).collect();
    }
    if let Some(lang) = text("lang")? {
        look.lang = Some(Lang::from_word(&lang).ok_or(Refusal::Field("lang"))?);
    }
    if let Some(theme) = text("theme")? {
        look.theme = Some(if theme == "system" {
            None
        } else {
            Some(Theme::from_word(&theme).ok_or(Refusal::Field("theme"))?)
        });
    }
    if look == Look::default() {
        return Err(Refusal::Field("key"));
    }
    Ok(Command::Set(Box::new(look)))
}

/// Something that the host is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Report {
    /// The cursor moved, or it began or ceased to play.
    Step {
        /// The instant.
        at: SimTime,
        /// So many events have been told …
        step: usize,
        /// … of so many that are known.
        steps: usize,
        /// Whether it plays.
        playing: bool,
    },
    /// One of RocketMQ's status values was taken.
    Status(&'static str),
    /// What became of a message, as far as is known.
    Verdict(MessageId, &'static str),
}

/// What to tell of `frame`, when `before` was told.
#[must_use]
pub fn reports(before: Option<&Frame>, frame: &Frame) -> Vec<Report> {
    let step = |frame: &Frame| Report::Step {
        at: frame.now,
        step: frame.timeline.steps.0,
        steps: frame.timeline.steps.1,
        playing: frame.choices.playing,
    };
    let mut reports = Vec::new();
    let moved = before.is_none_or(|before| before.now != frame.now);
    if before.map(step).as_ref() != Some(&step(frame)) {
        reports.push(step(frame));
    }
    if moved {
        let values = frame.statuses.cards.iter().flat_map(|card| &card.values);
        reports.extend(taken(values));
    }
    for row in &frame.ledger.rows {
        let message = row.glyph.message;
        let was = before.and_then(|before| {
            let row = before.ledger.rows.iter();
            row.filter(|row| row.glyph.message == message)
                .map(|row| row.judgement)
                .next()
        });
        if was != Some(row.judgement) {
            reports.push(Report::Verdict(message, verdict(row.judgement)));
        }
    }
    reports
}

fn taken<'a>(values: impl Iterator<Item = &'a crate::statuses::Value>) -> Vec<Report> {
    let taken = values.filter(|value| value.now);
    taken
        .map(|value| Report::Status(value.status.word()))
        .collect()
}

const fn verdict(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Pending => "pending",
        Judgement::Safe => "safe",
        Judgement::AtRisk => "at-risk",
        Judgement::LostPromiseBroken => "lost-promise-broken",
        Judgement::Lost => "lost",
        Judgement::Duplicated => "duplicated",
        Judgement::Consumed => "consumed",
        Judgement::ConsumedOnRetry => "consumed-on-retry",
        Judgement::DeadLetter => "dead-letter",
        Judgement::Refused => "refused",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn asked(message: &Value) -> Result<Command, Refusal> {
        command(&|name| {
            Some(match message.get(name)? {
                Value::String(text) => Field::Text(text.clone()),
                Value::Number(number) => Field::Number(number.to_string()),
                Value::Bool(flag) => Field::Flag(*flag),
                Value::Null | Value::Array(_) | Value::Object(_) => Field::Other,
            })
        })
    }

    #[test]
    fn every_command_is_understood() {
        let load = json!({ "lossLab": 1, "command": "load", "scenario": "send-ok", "at": 12.5 });
        let Ok(Command::Load(link)) = asked(&load) else {
            panic!("{load}")
        };
        assert_eq!(link.at, Some(Cursor::Time(SimTime::from_micros(12_500))));
        let plain = json!({ "lossLab": 1, "command": "load", "scenario": "slaves=0&seed=4" });
        assert!(matches!(asked(&plain), Ok(Command::Load(_))));
        let table = [
            (json!({ "command": "play" }), Command::Play(true)),
            (
                json!({ "command": "play", "playing": false }),
                Command::Play(false),
            ),
            (
                json!({ "command": "seek", "step": 3 }),
                Command::Seek(Cursor::Step(3)),
            ),
            (
                json!({ "command": "select", "message": "m2" }),
                Command::Select(MessageId(2)),
            ),
            (
                json!({ "command": "set", "key": "flushDiskType", "value": "SYNC_FLUSH" }),
                Command::SetKey("flushDiskType".to_owned(), "SYNC_FLUSH".to_owned()),
            ),
            (
                json!({ "command": "set", "view": "stage ledger", "lang": "zh", "theme": "system" }),
                Command::Set(Box::new(Look {
                    view: vec!["stage".to_owned(), "ledger".to_owned()],
                    lang: Some(Lang::Zh),
                    theme: Some(None),
                })),
            ),
        ];
        for (mut message, command) in table {
            message["lossLab"] = json!(1);
            assert_eq!(asked(&message), Ok(command));
        }
    }

    #[test]
    fn what_is_wrong_is_refused_by_name() {
        let table = [
            (json!("load"), Refusal::Version),
            (json!({ "command": "play" }), Refusal::Version),
            (json!({ "lossLab": 2, "command": "play" }), Refusal::Version),
            (
                json!({ "lossLab": "1", "command": "play" }),
                Refusal::Version,
            ),
            (json!({ "lossLab": 1, "command": "eval" }), Refusal::Command),
            (
                json!({ "lossLab": 1, "command": { "play": 1 } }),
                Refusal::Command,
            ),
            (
                json!({ "lossLab": 1, "command": "load" }),
                Refusal::Field("scenario"),
            ),
            (
                json!({ "lossLab": 1, "command": "load", "scenario": ["send-ok"] }),
                Refusal::Field("scenario"),
            ),
            (
                json!({ "lossLab": 1, "command": "seek", "at": -1 }),
                Refusal::Field("at"),
            ),
            (
                json!({ "lossLab": 1, "command": "seek" }),
                Refusal::Field("at"),
            ),
            (
                json!({ "lossLab": 1, "command": "play", "playing": "no" }),
                Refusal::Field("playing"),
            ),
            (
                json!({ "lossLab": 1, "command": "select", "message": "<b>" }),
                Refusal::Field("message"),
            ),
            (
                json!({ "lossLab": 1, "command": "set" }),
                Refusal::Field("key"),
            ),
            (
                json!({ "lossLab": 1, "command": "set", "theme": "red" }),
                Refusal::Field("theme"),
            ),
        ];
        for (message, refusal) in table {
            assert_eq!(asked(&message), Err(refusal), "{message}");
        }
        let huge = "x".repeat(LINK_MAX + 1);
        let huge = json!({ "lossLab": 1, "command": "load", "scenario": huge });
        assert_eq!(asked(&huge), Err(Refusal::Field("scenario")));
        let script = json!({ "lossLab": 1, "command": "load", "scenario": "<script>" });
        assert!(matches!(asked(&script), Err(Refusal::Link(_))));
    }

    proptest! {
        #[test]
        fn no_message_breaks_the_reader(word in "load|seek|set|select|play|[a-z]{0,6}", key in "scenario|at|step|view|key|message|theme", text in ".{0,60}") {
            let _ = asked(&json!({ "lossLab": 1, "command": word, key: text }));
        }
    }
}
