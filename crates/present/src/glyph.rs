//! One message as it is drawn: who it is (hue and shape, for ever) and how it stands (the outline).

use loss_lab_engine::event::Place;
use loss_lab_engine::ids::MessageId;

/// Hues in `tokens.css`: `--msg-1` to `--msg-6`.
pub const HUES: u32 = 6;
/// Shapes in the sprite: `s-1` to `s-7`.
pub const SHAPES: u32 = 7;

/// A message, or one copy of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Glyph {
    /// Which message.
    pub message: MessageId,
    /// How it stands.
    pub look: Look,
    /// How often it was consumed, where that is what the picture says; else 1.
    pub times: u32,
    /// A copy that waits in a retry topic.
    pub retry: bool,
}

/// How a message stands where it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Look {
    /// Between two nodes.
    Wire,
    /// In a client's memory.
    Client,
    /// In a broker's off-heap buffer.
    OffHeap,
    /// In the page cache and not on disk.
    Cache,
    /// On disk.
    Disk,
    /// One single fault would lose it; this is where its copy lies.
    AtRisk(Place),
    /// Gone.
    Lost,
    /// Consumed more than once.
    Duplicated,
    /// A copy that nobody will be given.
    Ghost,
    /// Done.
    Consumed,
}

impl Glyph {
    /// A message that stands like this.
    #[must_use]
    pub const fn new(message: MessageId, look: Look) -> Self {
        Self {
            message,
            look,
            times: 1,
            retry: false,
        }
    }

    /// 1 to 6.
    #[must_use]
    pub const fn hue(&self) -> u32 {
        cycle(self.message, HUES)
    }

    /// 1 to 7: hues and shapes cycle apart, so 42 messages differ.
    #[must_use]
    pub const fn shape(&self) -> u32 {
        cycle(self.message, SHAPES)
    }
}

/// The hue of a message, 1 to 6.
#[must_use]
pub const fn hue(message: MessageId) -> u32 {
    cycle(message, HUES)
}

/// The shape of a message, 1 to 7.
#[must_use]
pub const fn shape(message: MessageId) -> u32 {
    cycle(message, SHAPES)
}

const fn cycle(message: MessageId, of: u32) -> u32 {
    message.0.saturating_sub(1) % of + 1
}

/// A place with more than this many messages shows the newest of them and a number.
pub const HOLDS: usize = 12;

/// What lies in one place.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Holding {
    /// What is drawn, oldest first.
    pub shown: Vec<Glyph>,
    /// How many more lie there, all of them older.
    pub more: usize,
}

impl Holding {
    /// `glyphs`, oldest first; past twelve, the newest eleven and how many more there are.
    #[must_use]
    pub fn of(mut glyphs: Vec<Glyph>) -> Self {
        let more = Self::left_out(glyphs.len());
        glyphs.drain(..more);
        Self {
            shown: glyphs,
            more,
        }
    }

    fn left_out(many: usize) -> usize {
        if many > HOLDS { many - (HOLDS - 1) } else { 0 }
    }

    /// The same of so `many`: `newest` makes those that are shown, all but the `more` that it is told to leave out.
    #[must_use]
    pub fn newest(many: usize, newest: impl Fn(usize) -> Vec<Glyph>) -> Self {
        let more = Self::left_out(many);
        Self {
            shown: newest(more),
            more,
        }
    }

    /// Whether nothing lies there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_two_messages_look_different() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 1..=42 {
            assert!(seen.insert((hue(MessageId(number)), shape(MessageId(number)))));
        }
    }

    #[test]
    fn a_full_place_shows_the_newest_eleven() {
        let glyphs = |count: u32| {
            (1..=count)
                .map(|n| Glyph::new(MessageId(n), Look::Disk))
                .collect()
        };
        assert_eq!(Holding::of(glyphs(12)).more, 0);
        let held = Holding::of(glyphs(30));
        assert_eq!((held.shown.len(), held.more), (11, 19));
        assert_eq!(held.shown.first().unwrap().message, MessageId(20));
    }
}
