//! What can be seen of a broker.

use crate::units::SimTime;
use crate::view::{BrokerView, DiskState, OffsetView, QueueView, SlaveLink};

use super::Broker;

impl Broker {
    /// The broker as the page sees it, but for its copies: whether one will still be served depends on the rest of the cluster, and
    /// they are filled in there.
    pub fn view(&self, _: SimTime) -> BrokerView {
        let disk = &self.disk;
        let state = if disk.destroyed {
            DiskState::Destroyed
        } else if disk.stalled {
            DiskState::Stalled
        } else if disk.failing > 0 {
            DiskState::Failing(disk.failing)
        } else {
            DiskState::Healthy
        };
        let process = self.process();
        let offsets = process.map_or(&disk.offsets, |process| &process.offsets);
        BrokerView {
            broker: self.id.broker,
            replica: self.id.replica,
            role: self.id.conf.broker_role,
            flush: self.id.conf.flush_disk_type,
            transient_pool: self.id.conf.transient_store_pool_enable,
            disk: state,
            copies: Vec::new(),
            wrote: disk.log.wrote(),
            committed: disk.log.committed(),
            flushed: disk.log.flushed(),
            next_flush: process.and_then(|process| process.flush.next()),
            slaves: process
                .map(|process| {
                    process
                        .replication
                        .links()
                        .map(|(slave, reported, acked)| SlaveLink {
                            slave,
                            connected: true,
                            reported,
                            acked,
                        })
                        .collect()
                })
                .unwrap_or_default(),
            queues: disk
                .queues
                .iter()
                .filter(|(_, _, cq)| cq.max().get() > 0)
                .map(|(topic, queue, cq)| QueueView {
                    topic,
                    queue,
                    min: cq.min(),
                    max: cq.max(),
                })
                .collect(),
            offsets: offsets
                .iter()
                .map(|((group, topic, queue), committed)| OffsetView {
                    group: *group,
                    topic: *topic,
                    queue: *queue,
                    committed: *committed,
                })
                .collect(),
            locks: process.map_or_else(Vec::new, |process| process.locks.view()),
        }
    }
}
