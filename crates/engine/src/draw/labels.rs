//! Many messages in few characters.

use crate::ids::MessageId;

/// `m1–m3, m7` for 1, 2, 3 and 7.
pub(super) fn labels(messages: &[MessageId]) -> String {
    let runs = messages.chunk_by(|a, b| a.0.checked_add(1) == Some(b.0));
    let words = runs.filter_map(|run| match run {
        [] => None,
        [one] => Some(one.to_string()),
        [first, last] => Some(format!("{first}, {last}")),
        [first, .., last] => Some(format!("{first}–{last}")),
    });
    words.collect::<Vec<_>>().join(", ")
}
