//! SEARCH_OFFSET_BY_TIMESTAMP (`AdminBrokerProcessor#searchOffsetByTimestamp`): from which offset on messages are as young as asked.
//!
//! 5.3 answers the first one stored at that millisecond or later, or the end (`BoundaryType.LOWER`). 4.9 answers the one that is
//! nearest in time, so perhaps one before it, and of a queue that is older altogether the last one.

use crate::ids::{QueueId, TopicId};
use crate::status::Profile;
use crate::units::{PhysicalOffset, QueueOffset, SimTime};

use super::Live;
use super::commit_log::CommitLog;
use super::consume_queue::ConsumeQueue;

impl Live<'_> {
    /// `DefaultMessageStore#getOffsetInQueueByTime`. Of a queue that does not exist 0.
    pub(super) fn offset_by_time(
        &self,
        topic: TopicId,
        queue: QueueId,
        at: SimTime,
        profile: Profile,
    ) -> QueueOffset {
        let log = &self.disk.log;
        let Some(cq) = self.disk.queues.get(topic, queue) else {
            return QueueOffset::ZERO;
        };
        match profile {
            Profile::V5_3 => first_from(cq, log, at).clamp(cq.min(), cq.max()),
            Profile::V4_9 => nearest(cq, log, at).unwrap_or(QueueOffset::ZERO),
        }
    }
}

/// `CommitLog#pickupStoreTimestamp` of an entry's record, in whole milliseconds.
fn stored_at(cq: &ConsumeQueue, log: &CommitLog, at: QueueOffset) -> Option<i64> {
    let start: PhysicalOffset = cq.get(at)?.start;
    Some(log.record_at(start)?.stored_at.micros() / 1_000)
}

/// `binarySearchInQueueByTime`, LOWER. Store times never fall along a queue.
fn first_from(cq: &ConsumeQueue, log: &CommitLog, at: SimTime) -> QueueOffset {
    let (mut low, mut high) = (cq.min(), cq.max());
    while low < high {
        let middle = low + high.beyond(low) / 2;
        if stored_at(cq, log, middle).is_none_or(|stored| stored < at.micros() / 1_000) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// `ConsumeQueue#getOffsetInQueueByTime` of 4.9: of equal ones whichever the search meets first, of neighbours the nearer, the
/// earlier if both are as near. None: an empty queue.
fn nearest(cq: &ConsumeQueue, log: &CommitLog, at: SimTime) -> Option<QueueOffset> {
    let at = at.micros() / 1_000;
    let (mut low, mut end) = (cq.min(), cq.max());
    let (mut left, mut right) = (None, None);
    while low < end {
        let middle = low + (end.beyond(low) - 1) / 2;
        match stored_at(cq, log, middle) {
            Some(stored) if stored == at => return Some(middle),
            Some(stored) if stored > at => {
                right = Some((middle, stored - at));
                end = middle;
            }
            Some(stored) => {
                left = Some((middle, at - stored));
                low = middle + 1;
            }
            None => low = middle + 1,
        }
    }
    match (left, right) {
        (Some((left, before)), Some((right, after))) => {
            Some(if before > after { right } else { left })
        }
        (Some((only, _)), None) | (None, Some((only, _))) => Some(only),
        (None, None) => None,
    }
}
