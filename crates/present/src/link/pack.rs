//! A scenario's JSON in few bytes: shapes and words are said once, numbers are as long as they are great.
//!
//! It knows JSON and a list of words, and nothing of scenarios: a field that the format gets later is packed as well. The list and
//! the form belong to version 1 and never change; a better form gets another version.

use serde_json::{Map, Value};

/// Words that are known before anything is said. Never edited: its order is part of version 1.
const WORDS: [&str; 96] = [
    "format",
    "loss-lab/1",
    "title",
    "en",
    "zh",
    "profile",
    "4.9",
    "5.3",
    "seed",
    "network",
    "latencyMs",
    "jitterMs",
    "disk",
    "fsyncMs",
    "topics",
    "name",
    "queues",
    "brokers",
    "conf",
    "slaves",
    "producers",
    "group",
    "resend",
    "consumers",
    "topic",
    "tags",
    "listener",
    "model",
    "processMs",
    "autoCommit",
    "started",
    "script",
    "at",
    "after",
    "event",
    "message",
    "node",
    "nth",
    "do",
    "until",
    "send",
    "producer",
    "count",
    "everyMs",
    "mode",
    "queue",
    "broker",
    "tag",
    "key",
    "bodyBytes",
    "waitStoreMsgOK",
    "delayLevel",
    "transaction",
    "local",
    "check",
    "crash",
    "power-loss",
    "destroy-disk",
    "stop",
    "restart",
    "takesMs",
    "pause",
    "resume",
    "stall-disk",
    "release-disk",
    "partition",
    "heal",
    "between",
    "drop",
    "from",
    "to",
    "consume-result",
    "consumer",
    "times",
    "result",
    "process-time",
    "ms",
    "start-consumer",
    "stop-consumer",
    "pull",
    "offset",
    "set-conf",
    "broker-a",
    "broker-a/0",
    "broker-a/1",
    "broker-a/2",
    "p1",
    "c1",
    "c2",
    "namesrv/0",
    "Orders",
    "TopicTest",
    "brokerRole",
    "flushDiskType",
    "SYNC_FLUSH",
    "SLAVE",
];
const DEPTH_MAX: usize = 8;

/// What a value is; said once per shape.
const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const THOUSANDTHS: u8 = 4;
const TEXT: u8 = 5;
const LIST: u8 = 6;
const OBJECT: u8 = 7;
/// A number that is neither whole nor thousandths, in its digits.
const DIGITS: u8 = 8;
/// A text that belongs to the shape: what a step does, and to whom.
const FIXED: u8 = 9;
/// A list whose entries are not all of one kind.
const MIXED: u8 = 10;
/// The field that counts from where it was last.
const CLOCK: &str = "at";
/// The fields that make a shape of its own with each value: a script says the same few again and again.
const FIXED_KEYS: [&str; 4] = ["do", "producer", "topic", "consumer"];

/// Packs a value.
pub(super) fn pack(value: &Value) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.put(value, "");
    packer.bytes
}

/// A field of a shape: its word, its kind, and for what is fixed its value.
type Field = (usize, u8, usize);

#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    /// Words that were said, after the known ones.
    words: Vec<String>,
    shapes: Vec<Vec<Field>>,
    clock: i64,
}

impl Packer {
    fn kind(value: &Value, key: &str) -> u8 {
        match value {
            Value::Null => NULL,
            Value::Bool(false) => FALSE,
            Value::Bool(true) => TRUE,
            Value::Number(number) => match thousandths(&number.to_string()) {
                Some(n) if n % 1_000 == 0 => WHOLE,
                Some(_) => THOUSANDTHS,
                None => DIGITS,
            },
            Value::String(_) if FIXED_KEYS.contains(&key) => FIXED,
            Value::String(_) => TEXT,
            Value::Array(_) => LIST,
            Value::Object(_) => OBJECT,
        }
    }

    fn put(&mut self, value: &Value, key: &str) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => self.number(&number.to_string(), key),
            Value::String(_) if FIXED_KEYS.contains(&key) => {}
            Value::String(text) => self.text(text),
            Value::Array(list) => self.list(list),
            Value::Object(fields) => self.object(fields),
        }
    }

    fn number(&mut self, digits: &str, key: &str) {
        let Some(n) = thousandths(digits) else {
            return self.text(digits);
        };
        let whole = n % 1_000 == 0;
        let n = match (key == CLOCK, whole) {
            (true, true) => {
                let last = core::mem::replace(&mut self.clock, n).div_euclid(1_000);
                n / 1_000 - last
            }
            (true, false) => n - core::mem::replace(&mut self.clock, n),
            (false, true) => n / 1_000,
            (false, false) => n,
        };
        self.varint(((n << 1) ^ (n >> 63)).cast_unsigned());
    }

    fn varint(&mut self, mut n: u64) {
        while n >= 128 {
            self.bytes.push(n.to_le_bytes()[0] | 128);
            n >>= 7;
        }
        self.bytes.push(n.to_le_bytes()[0]);
    }

    fn size(&mut self, n: usize) {
        self.varint(u64::try_from(n).unwrap_or(u64::MAX));
    }

    /// 0 and the bytes of a new word, or the number of an old one.
    fn text(&mut self, text: &str) {
        let known = WORDS
            .iter()
            .copied()
            .chain(self.words.iter().map(String::as_str))
            .position(|word| word == text);
        if let Some(known) = known {
            return self.size(known + 1);
        }
        self.bytes.push(0);
        self.size(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
        self.words.push(text.to_owned());
    }

    fn list(&mut self, list: &[Value]) {
        self.size(list.len());
        let mut kinds = list.iter().map(|value| Self::kind(value, ""));
        let Some(first) = kinds.next() else { return };
        let kind = if kinds.all(|kind| kind == first) {
            first
        } else {
            MIXED
        };
        self.bytes.push(kind);
        for value in list {
            if kind == MIXED {
                self.bytes.push(Self::kind(value, ""));
            }
            self.put(value, "");
        }
    }

    fn object(&mut self, fields: &Map<String, Value>) {
        let shape = self.shape(fields);
        let known = shape.and_then(|shape| self.shapes.iter().position(|one| *one == shape));
        if let Some(known) = known {
            self.size(known + 1);
        } else {
            self.bytes.push(0);
            self.size(fields.len());
            for (key, value) in fields {
                self.text(key);
                let kind = Self::kind(value, key);
                self.bytes.push(kind);
                if let (FIXED, Value::String(text)) = (kind, value) {
                    self.text(text);
                }
            }
            // Every word of it is known now.
            self.shapes.extend(self.shape(fields));
        }
        for (key, value) in fields {
            self.put(value, key);
        }
    }
}

impl Packer {
    /// The shape of an object; none as long as one of its words has no number.
    fn shape(&self, fields: &Map<String, Value>) -> Option<Vec<Field>> {
        let number = |text: &str| {
            let said = self.words.iter().map(String::as_str);
            WORDS
                .iter()
                .copied()
                .chain(said)
                .position(|word| word == text)
        };
        let shape = fields.iter().map(|(key, value)| {
            let kind = Self::kind(value, key);
            let fixed = if kind == FIXED {
                number(value.as_str()?)?
            } else {
                0
            };
            Some((number(key)?, kind, fixed))
        });
        shape.collect()
    }
}

/// A decimal number in thousandths, if it is a whole number of them and not too great.
fn thousandths(digits: &str) -> Option<i64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let minus = whole.starts_with('-');
    let part: i64 = [part, "000"].concat().get(..3)?.parse().ok()?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(1_000)?;
    let n = if minus {
        whole.checked_sub(part)?
    } else {
        whole.checked_add(part)?
    };
    // What is shifted by one bit later keeps its sign.
    (n.checked_abs()? < i64::MAX / 4).then_some(n)
}

/// Unpacks to JSON text of at most `most` bytes; else the place of the byte that cannot be.
pub(super) fn unpack(bytes: &[u8], most: usize) -> Result<String, usize> {
    let mut unpacker = Unpacker {
        bytes,
        at: 0,
        text: String::new(),
        most,
        words: Vec::new(),
        shapes: Vec::new(),
        clock: 0,
    };
    match unpacker.object(0) {
        Some(()) if unpacker.at == bytes.len() => Ok(unpacker.text),
        Some(()) | None => Err(unpacker.at),
    }
}

struct Unpacker<'a> {
    bytes: &'a [u8],
    at: usize,
    text: String,
    most: usize,
    words: Vec<String>,
    shapes: Vec<Vec<Field>>,
    clock: i64,
}

impl Unpacker<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut n = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(n);
            }
        }
        None
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }

    fn signed(&mut self) -> Option<i64> {
        let n = self.varint()?;
        Some((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
    }

    /// The number of a word, which may be new.
    fn word(&mut self) -> Option<usize> {
        let n = self.size()?;
        if n > 0 {
            self.spelled(n - 1)?;
            return Some(n - 1);
        }
        let len = self.size()?;
        let word = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.words.push(core::str::from_utf8(word).ok()?.to_owned());
        self.at += len;
        Some(WORDS.len() + self.words.len() - 1)
    }

    fn spelled(&self, word: usize) -> Option<&str> {
        match word.checked_sub(WORDS.len()) {
            None => WORDS.get(word).copied(),
            Some(said) => self.words.get(said).map(String::as_str),
        }
    }

    fn say(&mut self, text: &str) -> Option<()> {
        self.text.push_str(text);
        (self.text.len() <= self.most).then_some(())
    }

    fn quote(&mut self, word: usize) -> Option<()> {
        let quoted = Value::from(self.spelled(word)?).to_string();
        self.say(&quoted)
    }

    fn value(&mut self, kind: u8, clock: bool, fixed: usize, depth: usize) -> Option<()> {
        match kind {
            NULL => self.say("null"),
            FALSE => self.say("false"),
            TRUE => self.say("true"),
            WHOLE => {
                let mut n = self.signed()?;
                if clock {
                    n = n.checked_add(self.clock.div_euclid(1_000))?;
                    self.clock = n.checked_mul(1_000)?;
                }
                self.say(&n.to_string())
            }
            THOUSANDTHS => {
                let mut n = self.signed()?;
                if clock {
                    n = n.checked_add(self.clock)?;
                    self.clock = n;
                }
                let (sign, n) = (if n < 0 { "-" } else { "" }, n.checked_abs()?);
                let part = (n % 1_000 + 1_000).to_string();
                let part = part.strip_prefix('1')?;
                self.say(&[sign, &(n / 1_000).to_string(), ".", part].concat())
            }
            TEXT => {
                let word = self.word()?;
                self.quote(word)
            }
            FIXED => self.quote(fixed),
            DIGITS => {
                let word = self.word()?;
                let digits = self.spelled(word)?;
                let number: serde_json::Number = digits.parse().ok()?;
                self.say(&number.to_string())
            }
            LIST => self.list(depth + 1),
            OBJECT => self.object(depth + 1),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.say("[")?;
        let len = self.size()?;
        let kind = if len == 0 { NULL } else { self.byte()? };
        for i in 0..len {
            // Each entry says at least one character, so `most` ends this loop whatever `len` claims.
            if i > 0 {
                self.say(",")?;
            }
            let kind = if kind == MIXED { self.byte()? } else { kind };
            if kind == FIXED {
                return None;
            }
            self.value(kind, false, 0, depth)?;
        }
        self.say("]")
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        let shape = match self.size()? {
            0 => {
                let len = self.size()?;
                let mut shape = Vec::new();
                for _ in 0..len {
                    let key = self.word()?;
                    let kind = self.byte()?;
                    let fixed = if kind == FIXED { self.word()? } else { 0 };
                    shape.push((key, kind, fixed));
                }
                self.shapes.push(shape.clone());
                shape
            }
            known => self.shapes.get(known - 1)?.clone(),
        };
        self.say("{")?;
        for ((key, kind, fixed), i) in shape.into_iter().zip(0_usize..) {
            if i > 0 {
                self.say(",")?;
            }
            self.quote(key)?;
            self.say(":")?;
            let clock = self.spelled(key)? == CLOCK;
            self.value(kind, clock, fixed, depth)?;
        }
        self.say("}")
    }
}
