//! Queue locks of orderly consumers (`RebalanceLockManager`).

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::ids::{ClientId, GroupId, QueueId, TopicId};
use crate::units::SimTime;
use crate::view::LockView;
use crate::wire::Response;

use super::Live;

/// Who holds which queue, and when that was last said. A lock that nobody renews is taken over after
/// `rocketmq.broker.rebalance.lockMaxLiveTime`.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct QueueLocks {
    locks: LiteMap<(GroupId, TopicId, QueueId), (ClientId, SimTime)>,
}

impl QueueLocks {
    /// Every lock, expired ones too: they stand until somebody takes them.
    pub(super) fn view(&self) -> Vec<LockView> {
        let locks = self.locks.iter();
        locks
            .map(|((group, topic, queue), (client, _))| LockView {
                group: *group,
                topic: *topic,
                queue: *queue,
                holder: client.node,
            })
            .collect()
    }
}

impl Live<'_> {
    /// LOCK_BATCH_MQ (`tryLockBatch`): the queues that are the client's from now on.
    pub(super) fn lock_batch(
        &mut self,
        ctx: &mut Ctx,
        group: GroupId,
        client: ClientId,
        queues: Vec<(TopicId, QueueId)>,
    ) -> Response {
        let life = self.id.conf.rebalance_lock_max_live_time;
        let mut locked = Vec::new();
        for (topic, queue) in queues {
            let held = self.p.locks.locks.get(&(group, topic, queue)).copied();
            let free =
                held.is_none_or(|(owner, since)| owner == client || ctx.now.since(since) > life);
            if !free {
                continue;
            }
            self.p
                .locks
                .locks
                .insert((group, topic, queue), (client, ctx.now));
            locked.push((topic, queue));
            if held.is_none_or(|(owner, _)| owner != client) {
                ctx.tell(EventKind::LockGranted {
                    group,
                    topic,
                    queue,
                    client: client.node,
                    expired: held.is_some(),
                });
            }
        }
        Response::Locked(locked)
    }

    /// Whether some client of the group holds a queue (`#isLockAllExpired`, the other way round).
    pub(super) fn holds_locks(&self, ctx: &Ctx, group: GroupId) -> bool {
        let life = self.id.conf.rebalance_lock_max_live_time;
        self.p
            .locks
            .locks
            .iter()
            .any(|((owner, _, _), (_, since))| *owner == group && ctx.now.since(*since) <= life)
    }

    /// UNLOCK_BATCH_MQ.
    pub(super) fn unlock_batch(
        &mut self,
        group: GroupId,
        client: ClientId,
        queues: &[(TopicId, QueueId)],
    ) {
        for (topic, queue) in queues {
            if self
                .p
                .locks
                .locks
                .get(&(group, *topic, *queue))
                .is_some_and(|(owner, _)| *owner == client)
            {
                self.p.locks.locks.remove(&(group, *topic, *queue));
            }
        }
    }
}
