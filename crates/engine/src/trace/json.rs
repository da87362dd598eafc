//! How a trace looks as text: one row per line, and milliseconds without the noise of floats.

use std::io;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::ser::{Formatter, Serializer};

use super::Trace;
use crate::units::SimTime;

/// One row per line: short enough to read, long enough to diff.
pub(super) fn rows(trace: &Trace) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, Rows::default());
    // Writing to memory cannot fail, and every key is a string.
    let _ = trace.serialize(&mut serializer);
    text.push(b'\n');
    String::from_utf8(text).unwrap_or_default()
}

/// Breaks lines between the trace's fields and between the rows of its lists; a row itself stays on its line.
#[derive(Default)]
struct Rows {
    /// Open brackets, and whether each breaks lines.
    open: Vec<bool>,
    /// Whether the innermost bracket has had a value.
    filled: bool,
}

impl Rows {
    fn open<W: ?Sized + io::Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        let breaks = match self.open.len() {
            0 => true,
            1 => bracket == b"[",
            _ => false,
        };
        self.open.push(breaks);
        self.filled = false;
        to.write_all(bracket)
    }

    fn close<W: ?Sized + io::Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        let breaks = self.open.pop().unwrap_or(false);
        if breaks && self.filled {
            self.new_line(to)?;
        }
        self.filled = true;
        to.write_all(bracket)
    }

    fn separate<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if !first {
            to.write_all(b",")?;
        }
        if self.open.last().copied().unwrap_or(false) {
            return self.new_line(to);
        }
        if first { Ok(()) } else { to.write_all(b" ") }
    }

    fn new_line<W: ?Sized + io::Write>(&self, to: &mut W) -> io::Result<()> {
        to.write_all(b"\n")?;
        for _ in &self.open {
            to.write_all(b"  ")?;
        }
        Ok(())
    }
}

impl Formatter for Rows {
    fn begin_array<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.separate(to, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.separate(to, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

/// An instant as a number of milliseconds with at most three decimals: `12`, `12.5`, `-0.125`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Millis(pub SimTime);

/// A whole number is written as an integer. Any other is the float nearest to its decimals, and the shortest text that reads
/// back as that float *is* those decimals, as long as there are at most fifteen digits: thirty thousand years.
impl Serialize for Millis {
    #[allow(clippy::cast_precision_loss, reason = "fifteen digits are exact")]
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let micros = self.0.micros();
        if micros % 1_000 == 0 {
            to.serialize_i64(micros / 1_000)
        } else {
            to.serialize_f64(micros as f64 / 1_000.0)
        }
    }
}

impl<'de> Deserialize<'de> for Millis {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a cast from float saturates"
    )]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let micros = (f64::deserialize(from)? * 1_000.0).round() as i64;
        Ok(Self(SimTime::from_micros(micros)))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Millis {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Millis".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use crate::trace::FaultRow;

    #[test]
    fn milliseconds_keep_their_decimals_and_gain_none() {
        for text in [
            "0",
            "12",
            "-3300",
            "0.1",
            "6.7",
            "28655.3",
            "364.125",
            "-0.5",
            "59999.999",
        ] {
            let row = format!(r#"{{"t":{text},"do":"crash","on":"broker-a/0"}}"#);
            let read: FaultRow = serde_json::from_str(&row).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), row);
        }
    }
}
