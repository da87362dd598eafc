//! Every key that the engine heeds, as a list to look through: from the engine's own tables.

use loss_lab_engine::config::{BrokerConfig, Class, ConsumerConfig, Key, ProducerConfig};
use loss_lab_engine::status::Profile;

use crate::settings::{Owner, Settings};

/// A group of keys, as RocketMQ's classes have them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Group {
    /// `MessageStoreConfig`.
    Store,
    /// `BrokerConfig`, what groups are made with, and the broker's system properties.
    Broker,
    /// The producer.
    Producer,
    /// The consumer.
    Consumer,
}

impl Group {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Store, Self::Broker, Self::Producer, Self::Consumer];

    fn of(owner: Owner, class: Class) -> Self {
        match owner {
            Owner::Broker if class == Class::MessageStoreConfig => Self::Store,
            Owner::Broker => Self::Broker,
            Owner::Producer => Self::Producer,
            Owner::Consumer => Self::Consumer,
        }
    }
}

/// One key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// In which group.
    pub group: Group,
    /// Whose.
    pub owner: Owner,
    /// The table's row.
    pub key: &'static Key,
    /// Its value now.
    pub value: String,
    /// Its default in 4.9 and in 5.3; none where there is no such key.
    pub defaults: [Option<String>; 2],
    /// Whether the profile has it.
    pub is_here: bool,
    /// Whether it was changed.
    pub is_changed: bool,
}

/// The rows whose names have every word of `search` in them, and how many there are in all.
#[must_use]
pub fn rows(settings: &Settings, search: &str) -> (Vec<Row>, usize) {
    let search = search.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut all = 0;
    for (owner, keys) in [
        (Owner::Broker, BrokerConfig::KEYS),
        (Owner::Producer, ProducerConfig::KEYS),
        (Owner::Consumer, ConsumerConfig::KEYS),
    ] {
        let defaults = [Profile::V4_9, Profile::V5_3].map(|profile| {
            let defaults = Settings::defaults(profile);
            move |key: &Key| {
                let here = key.exists.is_in(profile);
                defaults
                    .value(owner, key.name)
                    .filter(|_| here)
                    .map(|value| value.to_string())
            }
        });
        for key in keys.iter().filter(|key| key.modelled) {
            all += 1;
            let name = key.name.to_ascii_lowercase();
            if !search.split_whitespace().all(|word| name.contains(word)) {
                continue;
            }
            let value = settings.value(owner, key.name);
            let [old, new] = &defaults;
            found.push(Row {
                group: Group::of(owner, key.class),
                owner,
                key,
                value: value.map(|value| value.to_string()).unwrap_or_default(),
                defaults: [old(key), new(key)],
                is_here: key.exists.is_in(settings.profile()),
                is_changed: settings
                    .explicit(owner)
                    .iter()
                    .any(|set| set.key == key.name),
            });
        }
    }
    (found, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_modelled_key_is_there_and_can_be_searched() {
        let settings = Settings::defaults(Profile::V5_3);
        let (found, all) = rows(&settings, "");
        assert_eq!(found.len(), all);
        assert!(all > 80, "{all}");
        assert!(
            Group::ALL
                .iter()
                .all(|group| found.iter().any(|row| row.group == *group))
        );
        let (found, _) = rows(&settings, "FLUSH commit pages");
        let names: Vec<&str> = found.iter().map(|row| row.key.name).collect();
        assert_eq!(names, ["flushCommitLogLeastPages"]);
    }

    #[test]
    fn a_row_says_what_differs_between_the_versions() {
        let settings = Settings::defaults(Profile::V4_9);
        let row = |name: &str| rows(&settings, name).0.remove(0);
        assert_eq!(
            row("transactionCheckInterval").defaults,
            [Some("60000".to_owned()), Some("30000".to_owned())]
        );
        let only = row("minInSyncReplicas");
        assert_eq!(only.defaults, [None, Some("1".to_owned())]);
        assert!(!only.is_here);
    }

    #[test]
    fn a_key_that_was_changed_is_marked_until_it_is_default_again() {
        let settings = Settings::defaults(Profile::V5_3);
        let set = |value| {
            let settings = settings.with_key(Owner::Consumer, "pullBatchSize", Some(value));
            rows(&settings.unwrap(), "pullBatchSize").0.remove(0)
        };
        assert!(set("8").is_changed);
        assert!(!set("32").is_changed);
    }
}
