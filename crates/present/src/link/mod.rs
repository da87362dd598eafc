//! Links: everything that matters, in the fragment of an address.
//!
//! [`write()`] says it or refuses; nothing is left out silently. [`read()`] always gives a link that can be opened, and says what of
//! the text it could not use, and where. A short scenario is written as plain parameters (`#/lab?flushDiskType=SYNC_FLUSH&slaves=1`),
//! a long one is packed, with a version and a checksum.

use loss_lab_engine::scenario::{Scenario, file_v1};
use loss_lab_engine::units::SimTime;

mod base64;
mod pack;
mod plain;

/// Longer fragments are refused unread, and not written.
pub const LINK_MAX: usize = 32_000;
/// Plain parameters are for people: longer ones are packed.
const PLAIN_MAX: usize = 240;
/// The version of the packed form.
const VERSION: &str = "1.";

/// Where a link leads.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Link {
    /// Which part of the lab.
    pub room: Room,
    /// What is played; none is the lab's own beginning.
    pub play: Option<Play>,
    /// Where the cursor stands; none is the beginning.
    pub at: Option<Cursor>,
    /// The parts that are shown: words that the page knows.
    pub view: Vec<String>,
    /// What is selected: a message, a node.
    pub select: Option<String>,
    /// The language.
    pub lang: Option<Lang>,
    /// The theme.
    pub theme: Option<Theme>,
}

/// Which part of the lab.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Room {
    /// The lab.
    #[default]
    Lab,
    /// The lab within somebody else's page.
    Embed,
    /// A lesson, by its id; the cursor counts its steps.
    Lesson(String),
}

/// What is played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Play {
    /// A scenario of the library, by name.
    Named(String),
    /// This one.
    Own(Box<Scenario>),
}

/// Where the cursor stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cursor {
    /// After so many of the events that are told.
    Step(u32),
    /// At an instant.
    Time(SimTime),
}

/// A language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Lang {
    En,
    Zh,
}

/// A theme.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Theme {
    Light,
    Dark,
}

/// What of a link could not be used, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadLink {
    /// The first byte of the fragment that it is about.
    pub at: usize,
    /// Why.
    pub why: Why,
}

/// Why a part of a link could not be used. Texts from the link are cut at 80 characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// It is longer than [`LINK_MAX`].
    TooLong,
    /// It leads nowhere that is known.
    NoSuchRoom(String),
    /// No parameter and no setting of RocketMQ's.
    Unknown(String),
    /// A parameter that was there before.
    Twice(String),
    /// A value that the parameter cannot have.
    Value(String, String),
    /// A scenario is said in more than one way.
    TwoScenarios,
    /// Packed by a later version.
    Version(String),
    /// Its end is missing, or a character was changed.
    Checksum,
    /// Packed wrongly.
    Damaged,
    /// The scenario's own door refuses it.
    Scenario(file_v1::Problem),
}

/// What cannot be said in a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unsaid {
    /// The link would have so many characters, more than [`LINK_MAX`].
    TooLong(usize),
    /// A scenario that the format cannot say.
    Scenario,
    /// Anything else that would not be read back as it is.
    Word(String),
}

/// The fragment that leads there, with its `#`.
///
/// # Errors
/// When something of it cannot be said; what is written is read back first.
pub fn write(link: &Link) -> Result<String, Unsaid> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    match &link.play {
        None => {}
        Some(Play::Named(name)) => fields.push(("scenario", name.clone())),
        Some(Play::Own(scenario)) => match plain::write(scenario) {
            Some(plain) if query(&plain).len() <= PLAIN_MAX => fields = plain,
            Some(_) | None => fields.push(("s", packed(scenario)?)),
        },
    }
    fields.extend(link.at.map(cursor_words));
    if !link.view.is_empty() {
        fields.push(("view", link.view.join(",")));
    }
    if let Some(select) = &link.select {
        fields.push(("select", select.clone()));
    }
    if let Some(lang) = link.lang {
        fields.push(("lang", lang.word().to_owned()));
    }
    if let Some(theme) = link.theme {
        fields.push(("theme", theme.word().to_owned()));
    }
    let mut text = match &link.room {
        Room::Lab => "#/lab".to_owned(),
        Room::Embed => "#/embed".to_owned(),
        Room::Lesson(id) => ["#/lesson/", &escape(id)].concat(),
    };
    if !fields.is_empty() {
        text.push('?');
        text.push_str(&query(&fields));
    }
    if text.len() > LINK_MAX {
        return Err(Unsaid::TooLong(text.len()));
    }
    match read(&text) {
        (back, bad) if bad.is_empty() && same(&back, link) => Ok(text),
        (back, _) if !same_play(back.play.as_ref(), link.play.as_ref()) => Err(Unsaid::Scenario),
        (_, bad) => Err(Unsaid::Word(bad.into_iter().next().map_or_else(
            String::new,
            |bad| match bad.why {
                Why::Value(_, word) | Why::NoSuchRoom(word) => word,
                Why::TooLong
                | Why::Unknown(_)
                | Why::Twice(_)
                | Why::TwoScenarios
                | Why::Version(_)
                | Why::Checksum
                | Why::Damaged
                | Why::Scenario(_) => String::new(),
            },
        ))),
    }
}

fn same(one: &Link, other: &Link) -> bool {
    let rest = |link: &Link| Link {
        play: None,
        ..link.clone()
    };
    rest(one) == rest(other) && same_play(one.play.as_ref(), other.play.as_ref())
}

/// A `conf` keeps the order in which its keys were set, which means nothing: two that differ in it alone are the same.
fn same_play(one: Option<&Play>, other: Option<&Play>) -> bool {
    match (one, other) {
        (Some(Play::Own(one)), Some(Play::Own(other))) => one == other || json(one) == json(other),
        (one, other) => one == other,
    }
}

/// The scenario as JSON, if it is one that a file can say.
fn json(scenario: &Scenario) -> Option<serde_json::Value> {
    serde_json::from_str(&file_v1::write(scenario)).ok()
}

/// Where a fragment leads, with or without its `#`, and what of it could not be used: that part is as if it were not there.
#[must_use]
pub fn read(fragment: &str) -> (Link, Vec<BadLink>) {
    let mut link = Link::default();
    if fragment.len() > LINK_MAX {
        let bad = BadLink {
            at: LINK_MAX,
            why: Why::TooLong,
        };
        return (link, vec![bad]);
    }
    let mut bad = Vec::new();
    let text = fragment.strip_prefix('#').unwrap_or(fragment);
    let start = fragment.len() - text.len();
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    match room(path) {
        Some(room) => link.room = room,
        None => bad.push(BadLink {
            at: start,
            why: Why::NoSuchRoom(clip(path)),
        }),
    }
    let mut fields: Vec<plain::Field> = Vec::new();
    let mut packed = None;
    let mut at = start + path.len() + 1;
    for pair in query.split('&') {
        let here = at;
        at += pair.len() + 1;
        if pair.is_empty() {
            continue;
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value_at = here + key.len() + 1;
        let mut note = |at, why| bad.push(BadLink { at, why });
        let (Some(key), Some(value)) = (unescape(key), unescape(value)) else {
            note(here, Why::Value(clip(key), clip(value)));
            continue;
        };
        let fine = match key.as_str() {
            "s" | "scenario" if packed.is_some() => {
                note(here, Why::TwoScenarios);
                continue;
            }
            "s" => match unpacked(&value) {
                Ok(scenario) => {
                    packed = Some(Play::Own(Box::new(scenario)));
                    true
                }
                Err((offset, why)) => {
                    note(value_at + offset, why);
                    continue;
                }
            },
            "scenario" => set(&mut packed, word(&value).map(Play::Named)),
            "step" | "at" if link.at.is_none() => set(&mut link.at, cursor_of(&key, &value)),
            "view" if link.view.is_empty() => {
                let words: Option<Vec<String>> = value.split(',').map(word).collect();
                words.map(|words| link.view = words).is_some()
            }
            "select" if link.select.is_none() => set(&mut link.select, word(&value)),
            "lang" if link.lang.is_none() => set(&mut link.lang, Lang::from_word(&value)),
            "theme" if link.theme.is_none() => set(&mut link.theme, Theme::from_word(&value)),
            "step" | "at" | "view" | "select" | "lang" | "theme" => {
                note(here, Why::Twice(clip(&key)));
                continue;
            }
            _ => {
                fields.push(plain::Field {
                    at: here,
                    key,
                    value,
                });
                continue;
            }
        };
        if !fine {
            note(value_at, Why::Value(clip(&key), clip(&value)));
        }
    }
    if packed.is_some() {
        if let Some(field) = fields.first() {
            bad.push(BadLink {
                at: field.at,
                why: Why::TwoScenarios,
            });
        }
        link.play = packed;
    } else if !fields.is_empty() {
        match plain::read(&fields) {
            Ok(scenario) => link.play = Some(Play::Own(Box::new(scenario))),
            Err(problem) => bad.push(problem),
        }
    }
    (link, bad)
}

/// A position as a parameter.
#[must_use]
pub fn cursor_words(cursor: Cursor) -> (&'static str, String) {
    match cursor {
        Cursor::Step(step) => ("step", step.to_string()),
        Cursor::Time(at) => ("at", plain::millis(at.micros())),
    }
}

/// The position that a parameter says.
#[must_use]
pub fn cursor_of(key: &str, value: &str) -> Option<Cursor> {
    match key {
        "step" => value.parse().ok().map(Cursor::Step),
        "at" => plain::micros(value).map(|at| Cursor::Time(SimTime::from_micros(at))),
        _ => None,
    }
}

fn room(path: &str) -> Option<Room> {
    match path.trim_start_matches('/') {
        "" | "lab" => Some(Room::Lab),
        "embed" => Some(Room::Embed),
        other => Some(Room::Lesson(word(&unescape(
            other.strip_prefix("lesson/")?,
        )?)?)),
    }
}

/// Whether there was something to put there.
fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let fine = value.is_some();
    if fine {
        *place = value;
    }
    fine
}

/// A name of the page's or the library's: nothing that could be more than a name.
fn word(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./#".contains(c);
    (!text.is_empty() && text.len() <= 80 && text.chars().all(plain)).then(|| text.to_owned())
}

fn packed(scenario: &Scenario) -> Result<String, Unsaid> {
    let value = json(scenario).ok_or(Unsaid::Scenario)?;
    Ok(sealed(pack::pack(&value)))
}

fn unpacked(text: &str) -> Result<Scenario, (usize, Why)> {
    let bytes = opened(text)?;
    let text = pack::unpack(&bytes, file_v1::TEXT_MAX)
        .map_err(|at| (VERSION.len() + at * 4 / 3, Why::Damaged))?;
    checked(&text).map_err(|problem| (0, Why::Scenario(problem)))
}

/// Bytes as a fragment carries them, with a version and a checksum.
#[must_use]
pub fn sealed(mut bytes: Vec<u8>) -> String {
    let sum = checksum(&bytes);
    bytes.extend(sum.to_be_bytes());
    [VERSION, &base64::write(&bytes)].concat()
}

/// What [`sealed`] made text of.
///
/// # Errors
/// Of another version, cut or mistyped: why, and at which byte.
pub fn opened(text: &str) -> Result<Vec<u8>, (usize, Why)> {
    let Some(packed) = text.strip_prefix(VERSION) else {
        return Err((
            0,
            Why::Version(clip(text.split('.').next().unwrap_or(text))),
        ));
    };
    let bytes = base64::read(packed).map_err(|at| (VERSION.len() + at, Why::Damaged))?;
    let body = bytes
        .len()
        .checked_sub(4)
        .and_then(|len| bytes.split_at_checked(len));
    match body.filter(|(bytes, sum)| checksum(bytes).to_be_bytes() == **sum) {
        Some((bytes, _)) => Ok(bytes.to_vec()),
        None => Err((0, Why::Checksum)),
    }
}

fn checked(text: &str) -> Result<Scenario, file_v1::Problem> {
    match file_v1::parse(text) {
        Ok(checked) => Ok(checked.scenario),
        Err(problems) => Err(problems.into_iter().next().unwrap_or(file_v1::Problem {
            path: String::new(),
            code: file_v1::ProblemCode::Missing,
        })),
    }
}

/// FNV-1a: against a link that was cut or mistyped, not against anybody's intent.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum: u32, byte| {
        (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

fn query(fields: &[(&str, String)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(key, value)| [*key, "=", &escape(value)].concat())
        .collect();
    pairs.join("&")
}

/// Percent encoding of what a fragment's query cannot carry.
fn escape(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |n: u8| char::from(HEX.get(usize::from(n)).copied().unwrap_or(b'0'));
    let mut safe = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/:;*,".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe.push('%');
            safe.push(digit(byte >> 4));
            safe.push(digit(byte & 15));
        }
    }
    safe
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let code = digit()? * 16 + digit()?;
            u8::try_from(code).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

/// No more of a foreign text than a message needs.
fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

impl Lang {
    /// As links and pages say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The one that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::En, Self::Zh]
            .into_iter()
            .find(|one| one.word() == word)
    }
}

impl Theme {
    /// As links and pages say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|one| one.word() == word)
    }
}

#[cfg(test)]
mod tests;
