//! A set of messages: one bit each, for labels are given in order. Cheap to clone.

use std::sync::Arc;

use crate::ids::MessageId;

/// A set of messages.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct MessageSet(Arc<Vec<u64>>);

fn place(message: MessageId) -> (usize, u64) {
    let word = usize::try_from(message.0 / 64).unwrap_or(usize::MAX);
    (word, 1 << (message.0 % 64))
}

impl MessageSet {
    pub fn contains(&self, message: MessageId) -> bool {
        let (word, bit) = place(message);
        self.0.get(word).is_some_and(|have| have & bit != 0)
    }

    /// Says whether it is new.
    pub fn insert(&mut self, message: MessageId) -> bool {
        if self.contains(message) {
            return false;
        }
        let (word, bit) = place(message);
        let words = Arc::make_mut(&mut self.0);
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        if let Some(have) = words.get_mut(word) {
            *have |= bit;
        }
        true
    }

    pub fn remove(&mut self, message: MessageId) {
        if self.contains(message) {
            let (word, bit) = place(message);
            if let Some(have) = Arc::make_mut(&mut self.0).get_mut(word) {
                *have &= !bit;
            }
        }
    }

    /// Drops what `others` has not.
    pub fn keep(&mut self, others: &Self) {
        if Arc::ptr_eq(&self.0, &others.0) {
            return;
        }
        let theirs = others.0.iter().copied().chain(core::iter::repeat(0));
        for (have, theirs) in Arc::make_mut(&mut self.0).iter_mut().zip(theirs) {
            *have &= theirs;
        }
    }

    /// In the order of the labels.
    pub fn iter(&self) -> impl Iterator<Item = MessageId> {
        let words = self.0.iter().zip(0u32..);
        words.flat_map(|(word, index)| {
            (0..64)
                .filter(move |bit| word & (1 << bit) != 0)
                .map(move |bit| MessageId(index * 64 + bit))
        })
    }
}

impl FromIterator<MessageId> for MessageSet {
    fn from_iter<I: IntoIterator<Item = MessageId>>(messages: I) -> Self {
        let mut set = Self::default();
        for message in messages {
            set.insert(message);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_can_be_found_listed_and_taken_out() {
        let labels = [1, 63, 64, 65, 1_000].map(MessageId);
        let mut set: MessageSet = labels.into_iter().collect();
        let before = set.clone();
        assert!(set.iter().eq(labels));
        assert!(!set.insert(MessageId(64)));
        set.remove(MessageId(64));
        set.remove(MessageId(9_999));
        assert!(!set.contains(MessageId(64)));
        assert!(before.contains(MessageId(64)));
        assert_eq!(set.iter().count(), 4);
        let mut kept = before;
        kept.keep(&[1, 65, 70].into_iter().map(MessageId).collect());
        assert!(kept.iter().eq([1, 65].map(MessageId)));
    }
}
