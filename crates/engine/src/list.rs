//! A list that is cheap to clone: its items lie in shared chunks, and a clone copies one pointer for each of them.
//!
//! A log of ten thousand records is cloned with every checkpoint and appended to in between. The general persistent
//! collections cost ten times the code of this one, and the page downloads it.

use core::fmt;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// Items of a full chunk.
const CHUNK: usize = 64;

/// Items in order; grows at the end, is cut at either end.
pub(crate) struct List<T> {
    /// All but the last are full.
    chunks: Vec<Arc<Vec<T>>>,
    /// So many items of the first chunk have been taken away.
    skipped: usize,
}

impl<T> List<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, |chunk| chunk.len());
        (self.chunks.len().saturating_sub(1) * CHUNK + last).saturating_sub(self.skipped)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        let index = index.checked_add(self.skipped)?;
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    pub fn last(&self) -> Option<&T> {
        self.get(self.len().checked_sub(1)?)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.iter_from(0)
    }

    /// The items from `index` on.
    pub fn iter_from(&self, index: usize) -> impl DoubleEndedIterator<Item = &T> {
        let at = index.saturating_add(self.skipped);
        let first = self.chunks.get(at / CHUNK);
        let first = first.and_then(|chunk| chunk.get(at % CHUNK..));
        let rest = self.chunks.get(at / CHUNK + 1..).unwrap_or_default();
        let rest = rest.iter().flat_map(|chunk| chunk.iter());
        first.unwrap_or_default().iter().chain(rest)
    }

    /// How many items, from the first one on, are as `is_before` says. They stand before all the others.
    pub fn partition_point(&self, is_before: impl Fn(&T) -> bool) -> usize {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from + (to - from) / 2;
            if self.get(middle).is_some_and(&is_before) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// Takes the first `count` items away.
    pub fn drop_first(&mut self, count: usize) {
        if count >= self.len() {
            *self = Self::default();
            return;
        }
        let skipped = self.skipped + count;
        self.chunks.drain(..skipped / CHUNK);
        self.skipped = skipped % CHUNK;
    }
}

impl<T: Clone> List<T> {
    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(item),
            Some(_) | None => self.chunks.push(Arc::new(vec![item])),
        }
    }

    pub fn pop(&mut self) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        let chunk = self.chunks.last_mut()?;
        let item = Arc::make_mut(chunk).pop();
        if chunk.is_empty() {
            self.chunks.pop();
        }
        if self.is_empty() {
            *self = Self::default();
        }
        item
    }

    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let index = index.checked_add(self.skipped)?;
        Arc::make_mut(self.chunks.get_mut(index / CHUNK)?).get_mut(index % CHUNK)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            skipped: 0,
        }
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self {
            chunks: self.chunks.clone(),
            skipped: self.skipped,
        }
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(one, two)| one == two)
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T: Hash> Hash for List<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        for item in self.iter() {
            item.hash(state);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Push(u8),
        Pop,
        DropFirst(usize),
        Set(usize, u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => any::<u8>().prop_map(Step::Push),
            1 => Just(Step::Pop),
            1 => (0usize..90).prop_map(Step::DropFirst),
            1 => (0usize..300, any::<u8>()).prop_map(|(at, item)| Step::Set(at, item)),
        ]
    }

    proptest! {
        #[test]
        fn it_does_what_a_deque_does_and_a_clone_never_changes(steps in prop::collection::vec(step(), 0..600)) {
            let mut list = List::default();
            let mut model = VecDeque::new();
            let mut kept = Vec::new();
            for step in steps {
                match step {
                    Step::Push(item) => { list.push(item); model.push_back(item); }
                    Step::Pop => prop_assert_eq!(list.pop(), model.pop_back()),
                    Step::DropFirst(count) => { list.drop_first(count); model.drain(..count.min(model.len())); }
                    Step::Set(at, item) => {
                        if let Some(place) = list.get_mut(at) { *place = item; }
                        if let Some(place) = model.get_mut(at) { *place = item; }
                    }
                }
                prop_assert_eq!(list.len(), model.len());
                prop_assert_eq!(list.get(0), model.front());
                prop_assert_eq!(list.last(), model.back());
                if model.len() % 50 == 0 {
                    kept.push((list.clone(), model.clone()));
                }
            }
            kept.push((list, model));
            for (list, model) in kept {
                prop_assert!(list.iter().eq(model.iter()));
                prop_assert!(list.iter().rev().eq(model.iter().rev()));
            }
        }

        #[test]
        fn the_partition_point_is_where_a_slice_has_it(mut items in prop::collection::vec(any::<u8>(), 0..300), at: u8) {
            items.sort_unstable();
            let mut list = List::default();
            for item in &items { list.push(*item); }
            prop_assert_eq!(list.partition_point(|item| *item < at), items.partition_point(|item| *item < at));
        }
    }
}
