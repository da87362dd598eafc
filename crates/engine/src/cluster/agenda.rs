//! What is planned, by instant. Nothing in it is ever late: it is the clock.

use std::sync::Arc;

use crate::action::DueId;

use super::Due;

/// What is planned.
#[derive(Clone, Default, Debug)]
pub(super) struct Agenda {
    /// The latest first: what comes next is at the end, and what is planned is mostly soon.
    due: Vec<(DueId, Arc<Due>)>,
}

impl Agenda {
    /// What comes next.
    pub fn next(&self) -> Option<&(DueId, Arc<Due>)> {
        self.due.last()
    }

    /// In the order in which it will come.
    pub fn iter(&self) -> impl Iterator<Item = &(DueId, Arc<Due>)> {
        self.due.iter().rev()
    }

    pub fn insert(&mut self, id: DueId, due: Due) {
        let at = self.due.partition_point(|(other, _)| *other > id);
        self.due.insert(at, (id, Arc::new(due)));
    }

    pub fn remove(&mut self, id: DueId) -> Option<Due> {
        let at = self.due.partition_point(|(other, _)| *other > id);
        if self.due.get(at)?.0 != id {
            return None;
        }
        Some(Arc::unwrap_or_clone(self.due.remove(at).1))
    }

    /// What led to it is forgotten.
    pub fn forget_causes(&mut self) {
        for (_, due) in &mut self.due {
            Arc::make_mut(due).cause = None;
        }
    }
}
