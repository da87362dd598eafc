//! Where virtual time meets the wall clock: how long each stretch of a run takes to be seen.
//!
//! RocketMQ lives at two speeds, microseconds to the page cache and ten seconds to a retry. By event, each of them takes as
//! long as a reader needs, and idle time is skipped over visibly. A leg is one stretch: first what has just happened is read,
//! then things travel to the next instant at which something can be seen to change.

use loss_lab_engine::units::{SimTime, Span};

use crate::narration::Weight;

/// Crossing one link (`--t-hop`).
const HOP: u32 = 420;
/// Sliding across an idle gap (`--t-skip`).
const SKIP: u32 = 700;
/// Things on a wire for longer than this are waited for, not watched.
const WATCHED: Span = Span::from_millis(20);
/// Nothing that moves takes less.
const GLIMPSE: u32 = 40;
/// Less than this between two events is one instant to a reader.
const MOMENT: u32 = 90;

/// How a run is paced.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pace {
    /// Every event takes as long as it takes to read.
    ByEvent,
    /// Virtual time runs in proportion to the wall clock.
    Constant,
}

/// Whether things glide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Motion {
    /// They do.
    Full,
    /// Each event is one step (`prefers-reduced-motion`).
    Reduced,
}

/// How fast, in steps that a button can take.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Speed(u8);

/// By event: this many thousandths of the usual speed. Constant: this many thousandths of real time.
const BY_EVENT: [u32; 5] = [250, 500, 1_000, 2_000, 4_000];
const CONSTANT: [u32; 5] = [1, 10, 100, 1_000, 10_000];
/// How the two are written.
const BY_EVENT_WORDS: [&str; 5] = ["¼×", "½×", "1×", "2×", "4×"];
const CONSTANT_WORDS: [&str; 5] = ["1:1000", "1:100", "1:10", "1:1", "10:1"];

impl Speed {
    /// The middle.
    pub const USUAL: Self = Self(2);

    /// One step faster, if there is one.
    #[must_use]
    pub fn faster(self) -> Option<Self> {
        (self.0 < 4).then_some(Self(self.0 + 1))
    }

    /// One step slower, if there is one.
    #[must_use]
    pub fn slower(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }

    /// How it is written: `2×`, or `1:100` for constant speed.
    #[must_use]
    pub fn word(self, pace: Pace) -> &'static str {
        let words = match pace {
            Pace::ByEvent => BY_EVENT_WORDS,
            Pace::Constant => CONSTANT_WORDS,
        };
        words.get(usize::from(self.0)).copied().unwrap_or("1×")
    }

    fn permille(self, pace: Pace) -> u64 {
        let steps = match pace {
            Pace::ByEvent => BY_EVENT,
            Pace::Constant => CONSTANT,
        };
        u64::from(steps.get(usize::from(self.0)).copied().unwrap_or(1_000))
    }
}

/// One stretch of play.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leg {
    /// The instant it starts from …
    pub from: SimTime,
    /// … and the instant at which something will have changed.
    pub to: SimTime,
    /// Wall milliseconds before anything moves.
    pub read: u32,
    /// Wall milliseconds of travel.
    pub travel: u32,
    /// Whether it folds idle time.
    pub skips: bool,
}

/// What is left of a leg: everything that moves does so evenly from one instant to the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Glide {
    /// The instant on the clock.
    pub from: SimTime,
    /// The instant that it goes to.
    pub to: SimTime,
    /// Wall milliseconds before anything moves.
    pub wait: u32,
    /// Wall milliseconds of travel; 0: nothing moves.
    pub travel: u32,
}

impl Glide {
    /// The clock stands.
    #[must_use]
    pub fn still(at: SimTime) -> Self {
        Self {
            from: at,
            to: at,
            wait: 0,
            travel: 0,
        }
    }
}

/// How a run is to be played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tempo {
    /// By event or constant.
    pub pace: Pace,
    /// How fast.
    pub speed: Speed,
    /// Gliding or stepping.
    pub motion: Motion,
}

/// What a leg begins with: what was told just now, and how often the like of it had been told before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// How much it wants to be read.
    pub weight: Weight,
    /// How often a reader has seen the like.
    pub seen: u32,
}

/// The leg from one visible change to the next. `told`: the change that has just been made; `flight`: how long the quickest
/// thing on the wires travels in all, if there is one.
#[must_use]
pub fn leg(
    tempo: Tempo,
    from: SimTime,
    to: SimTime,
    told: Option<Told>,
    flight: Option<Span>,
) -> Leg {
    let Tempo {
        pace,
        speed,
        motion,
    } = tempo;
    let time = to.since(from);
    let scale = |millis: u32| {
        u32::try_from(u64::from(millis) * 1_000 / speed.permille(pace).max(1)).unwrap_or(u32::MAX)
    };
    match pace {
        Pace::Constant => {
            let millis = time.micros().saturating_mul(1_000) / speed.permille(pace).max(1) / 1_000;
            Leg {
                from,
                to,
                read: 0,
                travel: u32::try_from(millis).unwrap_or(u32::MAX),
                skips: false,
            }
        }
        Pace::ByEvent => {
            let skips = time > WATCHED && flight.is_none_or(|flight| time > flight);
            let travel = match (motion, flight) {
                (Motion::Reduced, _) => 0,
                (Motion::Full, _) if time == Span::ZERO => 0,
                (Motion::Full, _) if skips => SKIP,
                (Motion::Full, Some(flight)) => part_of_a_hop(time, flight),
                (Motion::Full, None) => MOMENT,
            };
            Leg {
                from,
                to,
                read: scale(reading(told, motion)),
                travel: scale(travel),
                skips,
            }
        }
    }
}

/// A hop takes the same time to watch whatever it takes, and an event in the middle of it only divides it.
fn part_of_a_hop(time: Span, flight: Span) -> u32 {
    let part = u64::from(HOP).saturating_mul(time.micros()) / flight.micros().max(1);
    u32::try_from(part).unwrap_or(HOP).clamp(GLIMPSE, HOP)
}

/// What has been read before is read faster; a loss never.
fn reading(told: Option<Told>, motion: Motion) -> u32 {
    let Some(Told { weight, seen }) = told else {
        return 0;
    };
    let usual = match weight {
        Weight::Brief => 180 / (1 + seen),
        Weight::Read => 700 / (1 + seen),
        Weight::Grave => 1_800,
    };
    match motion {
        Motion::Full => usual,
        // Nothing glides, so the pauses carry the rhythm.
        Motion::Reduced => usual.max(400),
    }
}

impl Leg {
    /// The virtual instant after `elapsed` wall milliseconds of this leg.
    #[must_use]
    pub fn now(&self, elapsed: f64) -> SimTime {
        let travelled = (elapsed - f64::from(self.read)).max(0.0);
        if self.travel == 0 || travelled >= f64::from(self.travel) {
            return if travelled >= f64::from(self.travel) && elapsed >= f64::from(self.read) {
                self.to
            } else {
                self.from
            };
        }
        // A leg is shorter than the 2^53 µs that a float counts exactly.
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "see above"
        )]
        let part = (self.to.since(self.from).micros() as f64 * (travelled / f64::from(self.travel)))
            as u64;
        self.from + Span::from_micros(part)
    }

    /// How many wall milliseconds of reading and of travel are left after `elapsed` of them.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded by the leg, and a fraction of a millisecond is not seen"
    )]
    pub fn left(&self, elapsed: f64) -> (u32, u32) {
        let wait = (f64::from(self.read) - elapsed).max(0.0);
        let travel = (self.whole() - elapsed).clamp(0.0, f64::from(self.travel));
        (wait as u32, travel as u32)
    }

    /// Whether the leg is over after `elapsed` wall milliseconds.
    #[must_use]
    pub fn is_over(&self, elapsed: f64) -> bool {
        elapsed >= self.whole()
    }

    /// Wall milliseconds of the whole leg.
    #[must_use]
    pub fn whole(&self) -> f64 {
        f64::from(self.read) + f64::from(self.travel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: i64) -> SimTime {
        SimTime::from_millis(n)
    }

    const USUAL: Tempo = Tempo {
        pace: Pace::ByEvent,
        speed: Speed::USUAL,
        motion: Motion::Full,
    };
    const fn new(weight: Weight) -> Told {
        Told { weight, seen: 0 }
    }

    const HOP_TIME: Option<Span> = Some(Span::from_millis(1));

    #[test]
    fn a_leg_is_read_before_it_is_travelled() {
        let leg = Leg {
            from: ms(0),
            to: ms(1),
            read: 180,
            travel: 420,
            skips: false,
        };
        let left = [0.0, 100.0, 180.0, 300.5, 600.0, 700.0].map(|elapsed| leg.left(elapsed));
        assert_eq!(
            left,
            [(180, 420), (80, 420), (0, 420), (0, 299), (0, 0), (0, 0)]
        );
    }

    #[test]
    fn a_hop_of_a_millisecond_and_of_a_microsecond_take_the_same_time_to_watch() {
        assert_eq!(leg(USUAL, ms(0), ms(1), None, HOP_TIME).travel, 420);
        assert_eq!(
            leg(
                USUAL,
                ms(0),
                SimTime::from_micros(1),
                None,
                Some(Span::from_micros(1))
            )
            .travel,
            420
        );
    }

    #[test]
    fn an_event_in_the_middle_of_a_hop_divides_it() {
        let half = SimTime::from_micros(500);
        let halves = [
            leg(USUAL, ms(0), half, None, HOP_TIME),
            leg(USUAL, half, ms(1), None, HOP_TIME),
        ];
        assert_eq!(halves.map(|leg| leg.travel), [210, 210]);
    }

    #[test]
    fn idle_time_is_skipped_whatever_its_length() {
        let short = leg(USUAL, ms(0), ms(500), None, None);
        let long = leg(USUAL, ms(0), ms(3_600_000), None, None);
        assert!(short.skips && long.skips);
        assert_eq!(short.travel, long.travel);
    }

    #[test]
    fn what_was_told_is_read_before_anything_moves() {
        let leg = leg(
            USUAL,
            ms(0),
            ms(2),
            Some(new(Weight::Read)),
            Some(Span::from_millis(2)),
        );
        assert_eq!(leg.now(f64::from(leg.read) - 1.0), ms(0));
        assert_eq!(leg.now(f64::from(leg.read) + 210.0), ms(1));
        assert_eq!(leg.now(leg.whole()), ms(2));
        assert!(leg.is_over(leg.whole()));
    }

    #[test]
    fn a_loss_is_read_longest() {
        let read = |weight| leg(USUAL, ms(0), ms(1), Some(new(weight)), HOP_TIME).read;
        assert!(
            read(Weight::Brief) < read(Weight::Read) && read(Weight::Read) < read(Weight::Grave)
        );
    }

    #[test]
    fn what_was_read_before_is_read_faster_but_a_loss_is_not() {
        let read =
            |weight, seen| leg(USUAL, ms(0), ms(1), Some(Told { weight, seen }), HOP_TIME).read;
        assert!(read(Weight::Read, 9) * 5 < read(Weight::Read, 0));
        assert_eq!(read(Weight::Grave, 9), read(Weight::Grave, 0));
    }

    #[test]
    fn with_reduced_motion_every_event_is_one_step() {
        let leg = leg(
            Tempo {
                motion: Motion::Reduced,
                ..USUAL
            },
            ms(0),
            ms(10_000),
            None,
            HOP_TIME,
        );
        assert_eq!(leg.travel, 0);
        assert_eq!(leg.now(leg.whole() - 1.0), ms(0));
        assert_eq!(leg.now(leg.whole()), ms(10_000));
    }

    #[test]
    fn constant_speed_is_in_proportion() {
        let leg = |speed| {
            leg(
                Tempo {
                    pace: Pace::Constant,
                    speed,
                    ..USUAL
                },
                ms(0),
                ms(2),
                Some(new(Weight::Grave)),
                HOP_TIME,
            )
        };
        assert_eq!(leg(Speed::USUAL).travel, 20);
        assert_eq!(leg(Speed::USUAL.slower().unwrap()).travel, 200);
        assert_eq!(leg(Speed::USUAL).read, 0);
    }

    #[test]
    fn speed_has_ends() {
        let mut speed = Speed::USUAL;
        while let Some(faster) = speed.faster() {
            speed = faster;
        }
        assert_eq!(speed.word(Pace::ByEvent), "4×");
        while let Some(slower) = speed.slower() {
            speed = slower;
        }
        assert_eq!(speed.word(Pace::Constant), "1:1000");
    }
}
