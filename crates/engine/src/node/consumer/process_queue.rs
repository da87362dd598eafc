//! One owned queue in the client's memory (`ProcessQueue`), and the one pull request that circulates for it (`PullRequest`).
//!
//! It knows offsets and messages; it knows neither threads nor brokers.

use litemap::LiteMap;
use std::sync::Arc;

use crate::effect::Ctx;
use crate::units::{QueueOffset, SimTime, Span};
use crate::wire::{Message, Pulled};

/// A message in the client's memory (`MessageExt`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Cached {
    /// As it was pulled.
    pub pulled: Pulled,
    /// The client's own count: failed send-backs and suspensions raise it here and nowhere else (D.1, D.6).
    pub reconsume_times: u32,
    /// CONSUME_START_TIME: when a listener was last given it.
    pub started: Option<SimTime>,
    /// The number of that delivery.
    pub delivery: Option<u32>,
}

impl Cached {
    pub fn new(pulled: Pulled) -> Self {
        let reconsume_times = pulled.message.reconsume_times;
        Self {
            pulled,
            reconsume_times,
            started: None,
            delivery: None,
        }
    }

    pub fn offset(&self) -> QueueOffset {
        self.pulled.queue_offset
    }

    pub fn message(&self) -> &Arc<Message> {
        &self.pulled.message
    }
}

/// What the queue's pull request is doing. There is never more than one of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Pulling {
    /// A timer, a request or a question about its offset will move it on.
    Underway,
    /// Flow control stopped it then; it is looked at every 50 ms, and would find the same until a message is removed.
    Throttled(SimTime),
}

/// The messages and the pull request of one owned queue. A queue that is given away and comes back is another one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct ProcessQueue {
    /// Tells it from earlier ones of the same message queue: what was started for those is void.
    pub id: u32,
    /// `dropped`: nothing of it counts any more. It may stay in the table for a while (C.2).
    pub dropped: bool,
    /// `msgTreeMap`.
    pub messages: LiteMap<QueueOffset, Cached>,
    /// `consumingMsgOrderlyTreeMap`: what an orderly listener was given and has not committed.
    pub taken: LiteMap<QueueOffset, Cached>,
    /// `queueOffsetMax`.
    offset_max: QueueOffset,
    /// `consuming`: an orderly consume request exists for it.
    pub consuming: bool,
    /// `locked`.
    pub locked: bool,
    /// `lastLockTimestamp`.
    pub locked_at: SimTime,
    /// `lastPullTimestamp`.
    pub pulled_at: SimTime,
    /// `PullRequest#nextOffset`.
    pub next_offset: i64,
    /// `PullRequest#previouslyLocked`.
    pub previously_locked: bool,
    /// What its pull request does.
    pub pulling: Pulling,
}

impl ProcessQueue {
    pub fn new(id: u32, next_offset: i64, locked: bool, now: SimTime) -> Self {
        Self {
            id,
            dropped: false,
            messages: LiteMap::new(),
            taken: LiteMap::new(),
            offset_max: QueueOffset::ZERO,
            consuming: false,
            locked,
            locked_at: now,
            pulled_at: now,
            next_offset,
            previously_locked: false,
            pulling: Pulling::Underway,
        }
    }

    /// `setDropped`: its messages are nobody's here any more.
    pub fn drop_all(&mut self, ctx: &mut Ctx) {
        self.dropped = true;
        let forgotten = self.messages.values().chain(self.taken.values());
        ctx.out
            .let_go
            .extend(forgotten.filter_map(|cached| cached.message().label));
    }

    /// `putMessage`. Says whether an orderly consume request has to be made.
    pub fn put(&mut self, messages: Vec<Cached>) -> bool {
        for message in messages {
            let offset = message.offset();
            if self.messages.insert(offset, message).is_none() {
                self.offset_max = offset;
            }
        }
        let dispatch = !self.messages.is_empty() && !self.consuming;
        self.consuming |= dispatch;
        dispatch
    }

    /// `removeMessage`: what may be committed now; none if there was nothing left to remove.
    pub fn remove(&mut self, offsets: impl Iterator<Item = QueueOffset>) -> Option<QueueOffset> {
        if self.messages.is_empty() {
            return None;
        }
        for offset in offsets {
            self.messages.remove(&offset);
        }
        Some(
            self.messages
                .first()
                .map_or(self.offset_max + 1, |(first, _)| *first),
        )
    }

    /// `takeMessages`: the next `batch` for an orderly listener. With none left the queue's consume request ends.
    pub fn take(&mut self, batch: u32) -> Vec<Cached> {
        let mut taken = Vec::new();
        for _ in 0..batch {
            let Some((offset, message)) = self.messages.first() else {
                break;
            };
            let (offset, message) = (*offset, message.clone());
            self.messages.remove(&offset);
            self.taken.insert(offset, message.clone());
            taken.push(message);
        }
        if taken.is_empty() {
            self.consuming = false;
        }
        taken
    }

    /// `commit`: what was taken is done. Says what may be committed.
    pub fn commit(&mut self) -> Option<QueueOffset> {
        let last = self.taken.last().map(|(last, _)| *last + 1);
        self.taken.clear();
        last
    }

    /// `rollback`: everything that was taken goes back.
    pub fn rollback(&mut self) {
        for (offset, message) in core::mem::take(&mut self.taken) {
            self.messages.insert(offset, message);
        }
    }

    /// `makeMessageToConsumeAgain`: these go back.
    pub fn again(&mut self, messages: &[Cached]) {
        for message in messages {
            self.taken.remove(&message.offset());
            self.messages.insert(message.offset(), message.clone());
        }
    }

    /// `isPullExpired`: no pull for `pullMaxIdleTime`. A queue that flow control holds back is looked at all the time.
    pub fn is_pull_expired(&self, now: SimTime, idle: Span) -> bool {
        match self.pulling {
            Pulling::Underway => now.since(self.pulled_at) > idle,
            Pulling::Throttled(_) => false,
        }
    }

    /// `msgCount`.
    pub fn count(&self) -> u64 {
        u64::try_from(self.messages.len().saturating_add(self.taken.len())).unwrap_or(u64::MAX)
    }

    /// `msgSize`, in whole MiB.
    pub fn mebibytes(&self) -> u64 {
        let bytes: u64 = self
            .messages
            .values()
            .chain(self.taken.values())
            .map(|cached| cached.message().body_bytes)
            .sum();
        bytes / (1024 * 1024)
    }

    /// `getMaxSpan`.
    pub fn span(&self) -> u64 {
        match (self.messages.first(), self.messages.last()) {
            (Some((first, _)), Some((last, _))) => last.beyond(*first),
            (None, _) | (_, None) => 0,
        }
    }
}
