//! The lab within somebody else's page: which parts of it are shown.

/// A part of the lab that an embed can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Nodes and messages.
    Stage,
    /// What just happened.
    Why,
    /// The timeline.
    Time,
    /// The ledger.
    Ledger,
    /// The status machines.
    Status,
    /// The settings.
    Settings,
}

impl Part {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Stage,
        Self::Why,
        Self::Time,
        Self::Ledger,
        Self::Status,
        Self::Settings,
    ];

    /// Its word in a link.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Why => "why",
            Self::Time => "timeline",
            Self::Ledger => "ledger",
            Self::Status => "statuses",
            Self::Settings => "settings",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Stage => 1,
            Self::Why => 2,
            Self::Time => 4,
            Self::Ledger => 8,
            Self::Status => 16,
            Self::Settings => 32,
        }
    }
}

/// Some of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts(u8);

/// What an embed shows if nothing is said.
impl Default for Parts {
    fn default() -> Self {
        Self(Part::Stage.bit() | Part::Why.bit())
    }
}

impl Parts {
    /// Those that a link's `view` names; none if it names none. Other words are not parts.
    #[must_use]
    pub fn of_words<'a>(words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let bits = words
            .filter_map(|word| Part::ALL.into_iter().find(|part| part.word() == word))
            .fold(0, |bits, part| bits | part.bit());
        (bits != 0).then_some(Self(bits))
    }

    /// Their words.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        let parts = Part::ALL.into_iter().filter(|part| self.has(*part));
        parts.map(|part| part.word().to_owned()).collect()
    }

    /// Whether this one is shown.
    #[must_use]
    pub const fn has(self, part: Part) -> bool {
        self.0 & part.bit() != 0
    }

    /// With this one, or without; the last one stays.
    #[must_use]
    pub fn turned(self, part: Part) -> Self {
        match self.0 ^ part.bit() {
            0 => self,
            bits => Self(bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_parts_and_something_is_always_shown() {
        let read = |text: &str| Parts::of_words(text.split(','));
        let two = read("ledger,stage,storage").unwrap();
        assert_eq!(two.words(), ["stage", "ledger"]);
        assert_eq!(read("storage"), None);
        let one = two.turned(Part::Stage);
        assert_eq!(one.turned(Part::Ledger), one);
        for part in Part::ALL {
            assert_eq!(read(part.word()).unwrap().words(), [part.word()]);
        }
    }
}
