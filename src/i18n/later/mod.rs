//! What only the second part of the page says (see [`crate::later`]): no word of it is in [`super::Texts`], so none comes with the first.

use loss_lab_engine::config::Refused;
use loss_lab_engine::scenario::file_v1::Problem;
use loss_lab_engine::status::Profile;
use loss_lab_present::conf::What;
use loss_lab_present::keys::Group;
use loss_lab_present::settings::Note;
use loss_lab_present::statuses::Status;

use super::Language;

pub mod bench;
mod en;
pub mod fidelity;
mod keys_en;
pub(super) mod keys_zh;
mod lesson_problems;
pub mod lessons;
pub mod rules;
mod statuses_en;
mod statuses_zh;
mod zh;

impl Language {
    /// The texts of the second part. Only the second part asks for them.
    #[must_use]
    pub const fn later(self) -> &'static LaterTexts {
        self.pick(&en::TEXTS, &zh::TEXTS)
    }
}

/// The texts of the second part.
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct LaterTexts {
    pub profile: &'static str,
    pub section: [&'static str; 3],
    pub settings_replay: &'static str,
    pub note: fn(Note) -> &'static str,
    pub every_key: [&'static str; 2],
    pub search: &'static str,
    pub found: fn(usize, usize) -> String,
    pub keys_of: fn(Group) -> &'static str,
    pub cost: fn(&str) -> &'static str,
    /// Of a group's key, of a property of the process, of the name server's.
    pub set_in: [&'static str; 3],
    pub default: &'static str,
    pub only_in: fn(Profile) -> String,
    pub reset: [&'static str; 2],
    pub changed: fn(usize) -> String,
    pub refused: fn(&Refused) -> String,
    pub papers: [&'static str; 3],
    pub paste: [&'static str; 3],
    pub applied: fn(usize) -> String,
    pub line: fn(usize) -> String,
    pub what: fn(&What) -> String,
    pub file: [&'static str; 4],
    pub file_wrong: &'static str,
    pub file_warns: &'static str,
    pub problem: fn(&Problem) -> String,
    pub show_as: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub preview: &'static str,
    pub shortcuts_on: &'static str,
    pub this_list: &'static str,
    pub explain: fn(Status) -> Explained,
    pub explained: [&'static str; 4],
}

/// What there is to say about a status; an empty text is nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Explained {
    /// When it happens.
    pub when: &'static str,
    /// What it promises.
    pub promises: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Where versions differ.
    pub versions: &'static str,
}

#[cfg(test)]
mod tests {
    use loss_lab_present::keys::rows;
    use loss_lab_present::settings::Settings;

    use super::*;

    #[test]
    fn every_status_is_explained_in_both_languages() {
        for texts in [&en::TEXTS, &zh::TEXTS] {
            for status in Status::ALL {
                let said = (texts.explain)(status);
                for text in [said.when, said.promises, said.advice] {
                    assert!(!text.is_empty(), "{}", status.word());
                    assert_eq!(text.matches('`').count() % 2, 0, "{text}");
                }
            }
        }
    }

    #[test]
    fn what_a_key_costs_is_said_of_every_key_in_both_languages() {
        for profile in Profile::ALL.iter().copied() {
            let settings = Settings::defaults(profile);
            for row in rows(&settings, "").0 {
                for cost in [keys_en::cost, keys_zh::cost] {
                    assert_ne!(cost(row.key.name), "", "{}", row.key.name);
                }
            }
        }
    }
}
