//! How far the consumer is (`OffsetStore`): a table in memory, committed to brokers (`RemoteBrokerOffsetStore`) or, when
//! broadcasting, written to a file of the consumer's own (`LocalFileOffsetStore`). D.7.

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::ids::MessageQueue;
use crate::status::MessageModel;
use crate::timers::{ConsumerTimer, Timer};
use crate::units::{QueueOffset, Span};
use crate::wire::Request;

use super::super::remoting::Mode;
use super::{App, Call, Process};

/// The first commit comes this long after the client was built.
const FIRST_COMMIT: Span = Span::from_secs(10);
/// The timeout of a oneway commit, which only bounds its connecting.
const COMMIT_TIMEOUT: Span = Span::from_secs(5);

/// `offsetTable`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Offsets {
    table: LiteMap<MessageQueue, Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Entry {
    offset: QueueOffset,
    /// `ControllableOffset`: OFFSET_ILLEGAL has decided it, consumers no longer do (5.3).
    frozen: bool,
}

/// `OffsetStore#updateOffset`'s `increaseOnly`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Update {
    /// A smaller one is ignored.
    Increase,
    /// It is taken as it is.
    Set,
}

impl Offsets {
    /// `readOffset(READ_FROM_MEMORY)`.
    pub fn get(&self, queue: MessageQueue) -> Option<QueueOffset> {
        self.table.get(&queue).map(|entry| entry.offset)
    }

    /// `updateOffset`.
    pub fn update(&mut self, queue: MessageQueue, offset: QueueOffset, how: Update) {
        let entry = self.table.entry(queue).or_insert(Entry {
            offset,
            frozen: false,
        });
        if !entry.frozen && (how == Update::Set || offset > entry.offset) {
            entry.offset = offset;
        }
    }

    /// `updateAndFreezeOffset`.
    pub fn freeze(&mut self, queue: MessageQueue, offset: QueueOffset) {
        self.table.insert(
            queue,
            Entry {
                offset,
                frozen: true,
            },
        );
    }

    /// `removeOffset`.
    pub fn remove(&mut self, queue: MessageQueue) {
        self.table.remove(&queue);
    }
}

impl Process {
    /// Arms the periodic commit (`MQClientInstance#startScheduledTask`).
    pub fn arm_commits(&self, app: &App, ctx: &mut Ctx) {
        let at = ctx.now.next_tick(
            self.instance.built + FIRST_COMMIT,
            app.conf().persist_consumer_offset_interval,
        );
        ctx.wake(at, Timer::Consumer(ConsumerTimer::PersistOffsets));
    }

    /// `persistAllConsumerOffset`: every owned queue's offset, changed or not; entries of queues that are no longer owned go.
    pub fn persist_all(&mut self, app: &mut App, ctx: &mut Ctx) {
        match app.spec.model {
            MessageModel::Clustering => {
                let owned = &self.queues;
                self.offsets
                    .table
                    .retain(|queue, _| owned.contains_key(queue));
                let all: Vec<(MessageQueue, QueueOffset)> = self
                    .offsets
                    .table
                    .iter()
                    .map(|(queue, entry)| (*queue, entry.offset))
                    .collect();
                for (queue, offset) in all {
                    self.commit(app, ctx, queue, offset);
                }
            }
            MessageModel::Broadcasting => {
                for (queue, entry) in &self.offsets.table {
                    if self.queues.contains_key(queue) {
                        app.offsets_file.insert(*queue, entry.offset);
                    }
                }
            }
        }
    }

    /// `persist`: one queue's offset, when the queue is given up.
    pub fn persist(&mut self, app: &mut App, ctx: &mut Ctx, queue: MessageQueue) {
        let Some(offset) = self.offsets.get(queue) else {
            return;
        };
        match app.spec.model {
            MessageModel::Clustering => self.commit(app, ctx, queue, offset),
            MessageModel::Broadcasting => {
                app.offsets_file.insert(queue, offset);
            }
        }
    }

    /// `updateConsumeOffsetToBroker`, oneway: to the master, else to any replica; to nobody if no address is known.
    fn commit(&mut self, app: &App, ctx: &mut Ctx, queue: MessageQueue, offset: QueueOffset) {
        let Some((_, node)) = self.instance.master_or_any(queue.broker) else {
            return;
        };
        let request = Request::UpdateConsumerOffset {
            group: app.group,
            topic: queue.topic,
            queue: queue.queue,
            offset,
        };
        self.invoke(
            ctx,
            node,
            Mode::Oneway,
            COMMIT_TIMEOUT,
            request,
            Call::Forget,
        );
    }
}
