//! Short runs that show one thing each: settings and a script. What they show is computed when they are played.

use loss_lab_engine::event::{EventName, Pattern, Trigger};
use loss_lab_engine::scenario::{Do, Send, Step};
use loss_lab_engine::status::{BrokerRole, FlushDiskType, Profile, SendMode};
use loss_lab_engine::units::{SimTime, Span};

use crate::settings::{BROKER, Change, Number, PRODUCER, Settings, TOPIC};

/// Which story.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StoryId {
    /// A healthy cluster and no script: the reader's own.
    Free,
    /// A message arrives and survives.
    Healthy,
    /// A power cut before fsync.
    PowerCut,
    /// The same with `SYNC_FLUSH`.
    PowerCutSync,
    /// fsync does not return in time.
    FlushDiskTimeout,
    /// A frozen slave is waited for.
    FlushSlaveTimeout,
    /// 4.9: there is no slave to wait for.
    SlaveNotAvailable,
    /// The disk dies; only what a slave has is left, and nobody is given it.
    DiskLoss,
    /// A scenario file: one of the page's own, or the reader's.
    File,
}

impl StoryId {
    /// All that have a name of their own, in the order of the list.
    pub const ALL: [Self; 8] = [
        Self::Free,
        Self::Healthy,
        Self::PowerCut,
        Self::PowerCutSync,
        Self::FlushDiskTimeout,
        Self::FlushSlaveTimeout,
        Self::SlaveNotAvailable,
        Self::DiskLoss,
    ];
}

/// Settings and a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// What stands.
    pub settings: Settings,
    /// What is done to it.
    pub script: Vec<Step>,
}

/// `count` messages, sent now by the page's own producer to its own topic.
#[must_use]
pub fn send(count: u32, mode: SendMode) -> Do {
    send_of(PRODUCER, TOPIC, count, mode)
}

/// `count` messages, sent now by the first producer that stands, to the first topic.
#[must_use]
pub fn send_first(settings: &Settings, count: u32, mode: SendMode) -> Do {
    let producers = &settings.cluster().producers;
    let producer = producers.first().map_or(PRODUCER, |one| &one.name);
    send_by(settings, producer, count, mode)
}

/// The same, by another producer.
#[must_use]
pub fn send_by(settings: &Settings, producer: &str, count: u32, mode: SendMode) -> Do {
    let cluster = settings.cluster();
    let topic = cluster.topics.first().map_or(TOPIC, |one| &one.name);
    send_of(producer, topic, count, mode)
}

fn send_of(producer: &str, topic: &str, count: u32, mode: SendMode) -> Do {
    Do::Send(Send {
        producer: producer.to_owned(),
        topic: topic.to_owned(),
        count,
        every: Span::from_millis(10),
        mode,
        queue: None,
        broker: None,
        tag: None,
        key: None,
        body_bytes: 16,
        wait_store_msg_ok: true,
        delay_level: 0,
        transaction: None,
    })
}

/// A story, told under the rules of `profile` where it can be.
#[must_use]
pub fn story(id: StoryId, profile: Profile) -> Story {
    let plain = Settings::defaults(profile);
    let master = || [BROKER, "/0"].concat();
    let slave = || [BROKER, "/1"].concat();
    let at = |millis, action| Step {
        trigger: Trigger::At(SimTime::from_millis(millis)),
        action,
    };
    let after = |event, action| Step {
        trigger: Trigger::After(Pattern {
            event,
            message: None,
            node: None,
            nth: 1,
        }),
        action,
    };
    let one = || at(0, send(1, SendMode::Sync));
    match id {
        // A file's is the session's to read.
        StoryId::Free | StoryId::File => Story {
            settings: plain.clone(),
            script: Vec::new(),
        },
        StoryId::Healthy => Story {
            settings: plain.clone(),
            script: vec![one()],
        },
        StoryId::PowerCut | StoryId::PowerCutSync => {
            let flush = if id == StoryId::PowerCut {
                FlushDiskType::AsyncFlush
            } else {
                FlushDiskType::SyncFlush
            };
            let settings = plain
                .with(Change::Flush(flush))
                .with(Change::Number(Number::Slaves, 0))
                .with(Change::Number(Number::Consumers, 0));
            let cut = after(EventName::SendReturned, Do::PowerLoss(master()));
            let again = at(
                3_000,
                Do::Restart {
                    node: master(),
                    takes: Span::from_secs(2),
                },
            );
            Story {
                settings,
                script: vec![one(), cut, again],
            }
        }
        StoryId::FlushDiskTimeout => Story {
            settings: plain
                .with(Change::Flush(FlushDiskType::SyncFlush))
                .with(Change::Number(Number::SendMsgTimeout, 10_000)),
            script: vec![
                at(0, Do::StallDisk(master())),
                at(1, send(1, SendMode::Sync)),
                at(8_000, Do::ReleaseDisk(master())),
            ],
        },
        StoryId::FlushSlaveTimeout => Story {
            settings: plain
                .with(Change::Role(BrokerRole::SyncMaster))
                .with(Change::Number(Number::InSyncReplicas, 2))
                .with(Change::Number(Number::SendMsgTimeout, 10_000)),
            script: vec![
                at(0, Do::Pause(slave())),
                at(1, send(1, SendMode::Sync)),
                at(8_000, Do::Resume(slave())),
            ],
        },
        // 5.x never gives it, so this one is told under the rules of 4.9.
        StoryId::SlaveNotAvailable => Story {
            settings: Settings::defaults(Profile::V4_9)
                .with(Change::Role(BrokerRole::SyncMaster))
                .with(Change::Number(Number::Slaves, 0)),
            script: vec![one()],
        },
        StoryId::DiskLoss => Story {
            settings: plain.with(Change::Number(Number::Consumers, 0)),
            script: vec![
                one(),
                at(500, Do::DestroyDisk(master())),
                at(
                    1_000,
                    Do::Restart {
                        node: master(),
                        takes: Span::from_secs(2),
                    },
                ),
            ],
        },
    }
}

/// A healthy cluster's run to its end: what tests look at.
#[cfg(test)]
pub(crate) fn played(script: Vec<Step>) -> loss_lab_engine::run::Run {
    let story = story(StoryId::Free, Profile::V5_3);
    let mut run = loss_lab_engine::run::Run::new(story.settings.scenario(script));
    while !run.at_rest() && run.step() {}
    run
}

/// So many messages, and what becomes of them.
#[cfg(test)]
pub(crate) fn sent(count: u32) -> loss_lab_engine::run::Run {
    played(vec![Step {
        trigger: Trigger::At(SimTime::ZERO),
        action: send(count, SendMode::Sync),
    }])
}
