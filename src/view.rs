//! The views of the page. The first word of the address's fragment says which: `#/fidelity`.

/// A view of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum View {
    /// The lab.
    Lab,
    /// Lessons: predict, then see.
    Lessons,
    /// What real brokers did, and whether the engine does the same.
    Fidelity,
    /// The lab within somebody else's page.
    Embed,
    /// How to have it there.
    Embedding,
}

impl View {
    /// All, as the bar at the top shows them.
    pub const ALL: [Self; 4] = [Self::Lab, Self::Lessons, Self::Fidelity, Self::Embedding];

    /// Those that a fragment can name.
    pub const EVERY: [Self; 5] = [
        Self::Lab,
        Self::Lessons,
        Self::Fidelity,
        Self::Embedding,
        Self::Embed,
    ];

    /// Whether a fragment leads to a view, and not to a place on the page like the skip link's.
    #[must_use]
    pub fn is_way(fragment: &str) -> bool {
        fragment.is_empty() || fragment.starts_with("#/")
    }

    /// The view that a fragment names: the lab, unless it names another.
    #[must_use]
    pub fn of_fragment(fragment: &str) -> Self {
        let path = fragment.strip_prefix("#/").unwrap_or_default();
        let word = path.split(['/', '?']).next();
        let named = Self::EVERY
            .into_iter()
            .find(|view| word == Some(view.word()));
        named.unwrap_or(Self::Lab)
    }

    /// Its word in the fragment.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Lessons => "lessons",
            Self::Fidelity => "fidelity",
            Self::Embed => "embed",
            Self::Embedding => "embedding",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn a_fragment_names_a_view_and_anything_else_is_the_lab() {
        for view in View::EVERY {
            for rest in ["", "?lang=zh", "/3"] {
                let fragment = ["#/", view.word(), rest].concat();
                assert_eq!(View::of_fragment(&fragment), view);
            }
        }
        for other in ["", "#", "#/", "#/nowhere", "#fidelity", "#/fidelityish"] {
            assert_eq!(View::of_fragment(other), View::Lab, "{other}");
        }
    }
}
