//! How a trace looks as text: one row per line, and milliseconds without the noise of floats.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::Trace;

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

/// An instant as a number of milliseconds: `12`, `12.5`, `-0.125`.
///
/// A whole number is written as an integer. Any other is the float nearest to its at most three decimals, and the shortest
/// text that reads back as that float *is* those decimals (as long as there are at most fifteen digits: thirty thousand years).
pub(super) mod millis {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::units::SimTime;

    #[allow(clippy::cast_precision_loss, reason = "fifteen digits are exact")]
    pub fn serialize<S: Serializer>(at: &SimTime, to: S) -> Result<S::Ok, S::Error> {
        let micros = at.micros();
        if micros % 1_000 == 0 {
            to.serialize_i64(micros / 1_000)
        } else {
            to.serialize_f64(micros as f64 / 1_000.0)
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "a cast from float saturates"
    )]
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SimTime, D::Error> {
        Ok(SimTime::from_micros(
            (f64::deserialize(from)? * 1_000.0).round() as i64,
        ))
    }
}

/// The same, or `null`; the field must be there.
pub(super) mod millis_or_null {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::units::SimTime;

    #[derive(Deserialize)]
    struct Millis(#[serde(with = "super::millis")] SimTime);

    pub fn serialize<S: Serializer>(at: &Option<SimTime>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => super::millis::serialize(at, to),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SimTime>, D::Error> {
        Ok(Option::<Millis>::deserialize(from)?.map(|Millis(at)| at))
    }
}

/// The same for a field that may be left out.
pub(super) use millis_or_null as millis_if_any;

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
