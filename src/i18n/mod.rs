//! What the page says, per language. A text that one language lacks does not compile.
//!
//! RocketMQ's own words are never translated; templates name values in braces: `{m}` messages, `{node}`, `{peer}`, `{word}`,
//! `{n}`. Text between backquotes is code.

use loss_lab_engine::ids::MessageId;
use loss_lab_engine::ledger::{Exposure, Stage};
use loss_lab_engine::status::SendMode;
use loss_lab_engine::units::{SimTime, Span};
use loss_lab_present::book::Sort;
use loss_lab_present::frame::Notice;
use loss_lab_present::glyph::Look;
use loss_lab_present::inside::{Connection, Lens, Position, Reach, Shelf};
use loss_lab_present::intent::Press;
use loss_lab_present::ledger::{Cause, Judgement};
use loss_lab_present::menu::Strike;
use loss_lab_present::narration::{Because, Key, Values};
use loss_lab_present::settings::Number;
use loss_lab_present::stage::{Foot, Picture};
use loss_lab_present::statuses::Machine;
use loss_lab_present::story::StoryId;
use loss_lab_present::tale::About;
use loss_lab_present::trail::{Branch, Kind};

use crate::view::View;

mod en;
pub mod later;
#[cfg(target_arch = "wasm32")]
pub mod share;
mod zh;

pub use later::{Explained, LaterTexts};

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// The language that a `lang` attribute names.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        if tag.starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The value of the `lang` attribute.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-Hans",
        }
    }

    /// What is said in this language.
    #[must_use]
    pub const fn pick<T>(self, en: &'static T, zh: &'static T) -> &'static T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// The one of two texts that is in this language; an empty one falls back to the other.
    #[must_use]
    pub const fn of<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En if !en.is_empty() => en,
            Self::Zh if zh.is_empty() => en,
            Self::En | Self::Zh => zh,
        }
    }

    /// Its texts.
    #[must_use]
    pub const fn texts(self) -> &'static Texts {
        self.pick(&en::TEXTS, &zh::TEXTS)
    }
}

/// Every text of the page.
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct Texts {
    pub title: &'static str,
    pub brand: &'static str,
    pub question: &'static str,
    pub skip: &'static str,
    pub other_language: &'static str,
    pub theme: [&'static str; 3],
    pub stories: &'static str,
    pub change: &'static str,
    pub slaves: fn(u32) -> String,
    pub stage: &'static str,
    pub lens: &'static str,
    pub lenses: fn(Lens) -> &'static str,
    pub log_of: &'static str,
    pub log_empty: &'static str,
    pub position: fn(Position) -> &'static str,
    pub reach: fn(Reach) -> &'static str,
    pub shelf: fn(Shelf) -> &'static str,
    pub not_dispatched: &'static str,
    pub connection: fn(Connection) -> &'static str,
    pub behind: fn(u64) -> String,
    pub queue_heads: [&'static str; 4],
    pub queues_empty: &'static str,
    pub locked_by: fn(&str) -> String,
    pub producer: &'static str,
    pub consumer: &'static str,
    pub group: &'static str,
    pub group_role: &'static str,
    pub link_of: [&'static str; 3],
    pub faults_of: [&'static str; 2],
    pub waiting: fn(usize) -> String,
    pub send: [&'static str; 2],
    pub send_many: fn(u32) -> String,
    pub mode: &'static str,
    pub modes: fn(SendMode) -> &'static str,
    pub count: &'static str,
    pub less: &'static str,
    pub more: &'static str,
    pub page_cache: &'static str,
    pub page_cache_in: &'static str,
    pub volatile: &'static str,
    pub disk: &'static str,
    pub disk_in: &'static str,
    pub durable: &'static str,
    pub heap: &'static str,
    pub heap_in: &'static str,
    pub heap_dies: &'static str,
    pub consumed: &'static str,
    pub empty: &'static str,
    pub older: fn(usize) -> String,
    pub fsync_line: &'static str,
    pub next_fsync: [&'static str; 2],
    pub stalled: [&'static str; 2],
    pub failing: fn(u32) -> String,
    pub ghosts: &'static str,
    pub lost_here: &'static str,
    pub link_cut: &'static str,
    pub awaited: &'static str,
    pub pull: &'static str,
    pub routes: fn(usize, usize) -> String,
    pub no_queue: &'static str,
    pub idle: &'static str,
    pub memory_gone: &'static str,
    pub picture: fn(Picture) -> &'static str,
    pub foot: fn(Foot) -> String,
    pub look: fn(Look) -> &'static str,
    pub times: fn(u32) -> String,
    pub retry: &'static str,
    pub would_lose: &'static str,
    pub nothing: &'static str,
    pub close: &'static str,
    pub strike: fn(&Strike) -> String,
    pub nothing_to_do: &'static str,
    pub what_happened: &'static str,
    pub welcome: [&'static str; 2],
    pub notice: fn(Notice) -> String,
    pub narration: fn(Key) -> &'static str,
    pub because: fn(Because) -> &'static str,
    pub joined: [&'static str; 2],
    pub timeline: &'static str,
    pub timeline_label: fn(usize, usize, usize) -> String,
    pub playhead: &'static str,
    pub press: fn(Press) -> &'static str,
    pub all_events: &'static str,
    pub lately: [&'static str; 2],
    pub lately_columns: [&'static str; 3],
    pub step_by: &'static str,
    pub kind_of: fn(Kind) -> &'static str,
    pub branches: &'static str,
    pub branch: fn(Branch) -> String,
    pub pause: &'static str,
    pub event_of: fn(usize, bool) -> String,
    pub pace: &'static str,
    pub by_event: &'static str,
    pub constant: &'static str,
    pub speed: &'static str,
    pub ledger: &'static str,
    pub ledger_empty: &'static str,
    pub columns: [&'static str; 6],
    pub tally: fn(Judgement, u32) -> String,
    pub sent: fn(u32) -> String,
    pub not_told: &'static str,
    pub never_told: &'static str,
    pub wire: &'static str,
    pub with_producer: &'static str,
    pub nowhere: &'static str,
    pub not_yet: &'static str,
    pub never: &'static str,
    pub then: &'static str,
    pub judgement: fn(Judgement) -> &'static str,
    pub nothing_promised: &'static str,
    pub exposure: fn(Exposure) -> &'static str,
    pub stage_of: fn(Stage) -> &'static str,
    pub cause: fn(Cause, &str) -> String,
    pub saved_by: [&'static str; 2],
    pub sort: &'static str,
    pub sorts: fn(Sort) -> &'static str,
    pub only: &'static str,
    pub none_of_these: &'static str,
    pub rows_of: fn(usize, usize, usize) -> String,
    pub turn_rows: [&'static str; 2],
    pub tale: fn(About) -> String,
    pub ask_why: &'static str,
    pub no_cause: &'static str,
    /// The way to every view …
    pub views: &'static str,
    /// … and each.
    pub view: fn(View) -> &'static str,
    /// The second part of the page did not come …
    pub part_missing: &'static str,
    /// … and the button that asks for it again.
    pub try_again: &'static str,
    pub close_tale: [&'static str; 2],
    pub statuses: &'static str,
    pub seen: fn(usize, usize) -> String,
    pub machine: fn(Machine) -> &'static str,
    pub deprecated: &'static str,
    pub show: &'static str,
    pub just_taken: &'static str,
    pub no_broker: &'static str,
    pub forget: &'static str,
    pub settings: &'static str,
    pub number: fn(Number) -> &'static str,
    pub shortcuts: &'static str,
    pub about: &'static str,
    pub story: fn(StoryId) -> &'static str,
}

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Words.
    Text(String),
    /// RocketMQ's words, nodes, numbers.
    Code(String),
    /// A message.
    Message(MessageId),
}

/// A template with its values put in.
#[must_use]
pub fn rich(texts: &Texts, template: &'static str, values: &Values) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, piece) in template.split('`').enumerate() {
        if index % 2 == 1 {
            parts.push(Part::Code(piece.to_owned()));
            continue;
        }
        let mut rest = piece;
        while let Some((before, after)) = rest.split_once('{') {
            push_text(&mut parts, before);
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            value(texts, &mut parts, name, values);
            rest = after;
        }
        push_text(&mut parts, rest);
    }
    parts
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// More messages than this are counted instead of named.
const NAMED: usize = 4;

fn value(texts: &Texts, parts: &mut Vec<Part>, name: &str, values: &Values) {
    match name {
        "m" => {
            let [comma, and] = texts.joined;
            let (first, last) = (values.messages.first(), values.messages.last());
            if let (Some(first), Some(last), true) = (first, last, values.messages.len() > NAMED) {
                parts.extend([
                    Part::Message(*first),
                    Part::Text("…".to_owned()),
                    Part::Message(*last),
                ]);
                return;
            }
            for (index, message) in values.messages.iter().enumerate() {
                if index > 0 {
                    push_text(
                        parts,
                        if index + 1 == values.messages.len() {
                            and
                        } else {
                            comma
                        },
                    );
                }
                parts.push(Part::Message(*message));
            }
        }
        "node" => parts.push(Part::Code(values.node.clone())),
        "peer" => parts.push(Part::Code(values.peer.clone())),
        "word" => parts.push(Part::Code(values.word.to_owned())),
        "n" => parts.push(Part::Code(values.number.to_string())),
        _ => {}
    }
}

/// An instant as the clock shows it: `12.664`, in seconds.
#[must_use]
pub fn clock(at: SimTime) -> String {
    let millis = at.micros().max(0) / 1_000;
    let (secs, rest) = (millis / 1_000, millis % 1_000);
    format!("{secs}.{rest:03}")
}

/// An instant with its unit: milliseconds below a second, else seconds.
#[must_use]
pub fn instant(at: SimTime) -> String {
    let micros = at.micros().max(0);
    if micros < 1_000_000 {
        format!("{} ms", decimals(micros, 1_000))
    } else {
        format!("{} s", clock(at))
    }
}

/// A length of time as a skip shows it: `9.8 s`.
#[must_use]
pub fn length(time: Span) -> String {
    let micros = i64::try_from(time.micros()).unwrap_or(i64::MAX);
    if micros < 1_000_000 {
        format!("{} ms", micros / 1_000)
    } else if micros < 100_000_000 {
        format!("{} s", decimals(micros / 10_000, 100))
    } else {
        format!("{} s", micros / 1_000_000)
    }
}

/// `number / unit` with as many decimals as it takes.
fn decimals(number: i64, unit: i64) -> String {
    let (whole, rest) = (number / unit, number % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = if unit == 100 {
        format!("{rest:02}")
    } else {
        format!("{rest:03}")
    };
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(texts: &Texts, template: &'static str, values: &Values) -> String {
        rich(texts, template, values)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) | Part::Code(text) => text,
                Part::Message(message) => message.to_string(),
            })
            .collect()
    }

    #[test]
    fn templates_take_their_values() {
        let values = Values {
            messages: vec![MessageId(1), MessageId(2)],
            node: "broker-a/0".to_owned(),
            ..Values::default()
        };
        assert_eq!(
            plain(&en::TEXTS, "`fsync`: {m} on {node}", &values),
            "fsync: m1 and m2 on broker-a/0"
        );
    }

    #[test]
    fn times_are_written_short() {
        assert_eq!(instant(SimTime::from_micros(1_050)), "1.05 ms");
        assert_eq!(instant(SimTime::from_millis(12_664)), "12.664 s");
        assert_eq!(length(Span::from_millis(9_800)), "9.8 s");
        assert_eq!(length(Span::from_millis(400)), "400 ms");
    }
}
