//! Time and offsets as types of their own: an instant is not a duration, a byte position is not a queue position.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};

/// An instant of virtual time: microseconds since t = 0, negative while the cluster starts up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct SimTime(i64);

/// A length of virtual time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Span(u64);

impl SimTime {
    /// t = 0: routes are known, consumers own their queues, the script starts.
    pub const ZERO: Self = Self(0);
    /// Later than every instant a run can reach.
    pub const NEVER: Self = Self(i64::MAX);

    /// The instant `micros` µs after t = 0.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant `millis` ms after t = 0.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Microseconds since t = 0.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The time since `earlier`; zero if `earlier` is in fact later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The first instant strictly after `self` at which a timer ticks that first ticked at `first` and then every `period`.
    #[must_use]
    pub fn next_tick(self, first: Self, period: Span) -> Self {
        if self < first || period.0 == 0 {
            return first.max(self);
        }
        let period = i64::try_from(period.0).unwrap_or(i64::MAX);
        let ticks = self.0.saturating_sub(first.0) / period + 1;
        Self(first.0.saturating_add(ticks.saturating_mul(period)))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `micros` µs.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// `millis` ms.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// `secs` s.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Whole microseconds.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds, rounded down.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0 / 1_000
    }

    /// What is left of `self` after `used`; zero when it is used up.
    #[must_use]
    pub const fn minus(self, used: Self) -> Self {
        Self(self.0.saturating_sub(used.0))
    }

    /// `self` taken `n` times.
    #[must_use]
    pub const fn times(self, n: u64) -> Self {
        Self(self.0.saturating_mul(n))
    }
}

impl Add<Span> for SimTime {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.0).unwrap_or(i64::MAX)),
        )
    }
}

impl AddAssign<Span> for SimTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for SimTime {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.0).unwrap_or(i64::MAX)),
        )
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// `1.25` for 1 250 µs: milliseconds with as many decimals as are needed, as traces print them.
impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, micros) = if self.0 < 0 {
            ("-", self.0.unsigned_abs())
        } else {
            ("", self.0.unsigned_abs())
        };
        fmt_millis(f, sign, micros)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_millis(f, "", self.0)
    }
}

fn fmt_millis(f: &mut fmt::Formatter<'_>, sign: &str, micros: u64) -> fmt::Result {
    let (whole, rest) = (micros / 1_000, micros % 1_000);
    if rest == 0 {
        return write!(f, "{sign}{whole}");
    }
    let decimals = format!("{rest:03}");
    write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
}

macro_rules! offset {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
        pub struct $name(u64);

        impl $name {
            /// The first position.
            pub const ZERO: Self = Self(0);

            /// The position `n`.
            #[must_use]
            pub const fn new(n: u64) -> Self {
                Self(n)
            }

            /// The position as a number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// How far `self` is beyond `earlier`; zero if it is not.
            #[must_use]
            pub const fn beyond(self, earlier: Self) -> u64 {
                self.0.saturating_sub(earlier.0)
            }
        }

        impl Add<u64> for $name {
            type Output = Self;
            fn add(self, n: u64) -> Self {
                Self(self.0.saturating_add(n))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

offset! {
    /// A byte position in a commit log.
    PhysicalOffset
}

offset! {
    /// The position of an entry in one consume queue.
    QueueOffset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_strictly_later_and_in_phase() {
        let first = SimTime::from_millis(-10_000);
        let period = Span::from_millis(500);
        assert_eq!(
            SimTime::ZERO.next_tick(first, period),
            SimTime::from_millis(500)
        );
        assert_eq!(
            SimTime::from_millis(499).next_tick(first, period),
            SimTime::from_millis(500)
        );
        assert_eq!(
            SimTime::from_millis(-20_000).next_tick(first, period),
            first
        );
    }

    #[test]
    fn milliseconds_print_without_padding() {
        assert_eq!(SimTime::from_micros(1_250).to_string(), "1.25");
        assert_eq!(SimTime::from_micros(-500).to_string(), "-0.5");
        assert_eq!(Span::from_millis(3).to_string(), "3");
    }
}
