//! Where in a run's events something is to be found: kept beside the run, so that a frame of a long run need not read all of them.

use litemap::LiteMap;
use loss_lab_engine::event::{Event, EventKind};
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::units::SimTime;

use crate::narration::{self, Key};
use crate::statuses::{Status, taken};

/// Places of events in the order of the run; those beyond the cursor, too.
#[derive(Clone, Default, Debug)]
pub struct Index {
    /// So many events have been looked at.
    events: usize,
    told: Vec<usize>,
    of_key: LiteMap<Key, Vec<usize>>,
    of_status: LiteMap<Status, Vec<usize>>,
    of_message: LiteMap<MessageId, Vec<usize>>,
    deliveries: Vec<usize>,
    of_nodes: Vec<usize>,
}

impl Index {
    /// That of `events`.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut index = Self::default();
        index.follow(events);
        index
    }

    /// Looks at what has become known. What was known before is not read again: of another run there is another index.
    pub fn follow(&mut self, known: &[Event]) {
        if known.len() < self.events {
            *self = Self::default();
        }
        for event in known.get(self.events..).unwrap_or_default() {
            self.note(event);
            self.events += 1;
        }
    }

    fn note(&mut self, event: &Event) {
        let place = self.events;
        let key = narration::key(event);
        if let Some(key) = key {
            self.of_key.entry(key).or_default().push(place);
        }
        if key.is_some() && event.at >= SimTime::ZERO {
            self.told.push(place);
        }
        if let Some(status) = taken(event) {
            self.of_status.entry(status).or_default().push(place);
        }
        if let Some(message) = event.kind.message() {
            self.of_message.entry(message).or_default().push(place);
        }
        if matches!(event.kind, EventKind::Delivered { .. }) {
            self.deliveries.push(place);
        }
        if is_of_node(&event.kind) {
            self.of_nodes.push(place);
        }
    }

    /// The events that are told, from t = 0 on.
    #[must_use]
    pub fn told(&self) -> &[usize] {
        &self.told
    }

    /// The events that are told like this.
    #[must_use]
    pub fn of_key(&self, key: Key) -> &[usize] {
        found(self.of_key.get(&key))
    }

    /// The events that took a status.
    #[must_use]
    pub fn of_status(&self, status: Status) -> &[usize] {
        found(self.of_status.get(&status))
    }

    /// The events of a message.
    #[must_use]
    pub fn of_message(&self, message: MessageId) -> &[usize] {
        found(self.of_message.get(&message))
    }

    /// The events by which listeners were given messages.
    #[must_use]
    pub fn deliveries(&self) -> &[usize] {
        &self.deliveries
    }

    /// The events by which a node or its disk changed.
    #[must_use]
    pub fn of_nodes(&self) -> &[usize] {
        &self.of_nodes
    }
}

fn found(places: Option<&Vec<usize>>) -> &[usize] {
    places.map_or(&[], Vec::as_slice)
}

fn is_of_node(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::NodeDown { .. }
            | EventKind::NodeUp
            | EventKind::Paused
            | EventKind::Resumed
            | EventKind::DiskChanged { .. }
    )
}

/// Those of `places` that come before `end`.
#[must_use]
pub fn before(places: &[usize], end: usize) -> &[usize] {
    let count = places.partition_point(|place| *place < end);
    places.get(..count).unwrap_or(places)
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::scenario::Do;

    use crate::story;

    use super::*;

    #[test]
    fn what_became_known_bit_by_bit_is_found_as_what_was_known_at_once() {
        let run = story::sent(20);
        let known = run.known_events();
        let mut index = Index::default();
        for end in [0, 1, known.len() / 2, known.len()] {
            index.follow(&known[..end]);
        }
        let whole = Index::of(known);
        assert_eq!(format!("{index:?}"), format!("{whole:?}"));
        assert_eq!(
            index.told().len(),
            known
                .iter()
                .filter(|event| event.at >= SimTime::ZERO && narration::is_told(event))
                .count()
        );
        for message in 1..=20 {
            let message = MessageId(message);
            let places = index.of_message(message).iter();
            assert!(places.clone().count() > 5);
            assert!(
                places
                    .into_iter()
                    .all(|place| known[*place].kind.message() == Some(message))
            );
        }
    }

    #[test]
    fn of_a_run_that_has_forked_everything_is_looked_at_again() {
        let mut run = story::sent(20);
        let mut index = Index::of(run.known_events());
        run.seek(10);
        run.obey(&Do::PowerLoss("broker-a/0".to_owned())).unwrap();
        index.follow(run.known_events());
        assert_eq!(
            format!("{index:?}"),
            format!("{:?}", Index::of(run.known_events()))
        );
    }
}
