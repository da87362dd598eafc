//! What a start makes of what lies on disk (`DefaultMessageStore#load`, `#recover`, `CommitLog#recoverAbnormally`).

use std::sync::Arc;

use crate::effect::Ctx;
use crate::event::EventKind;
use crate::order;
use crate::setup::system;

use super::Live;
use super::commit_log::Record;

impl Live<'_> {
    /// The log ends at its first hole, a slave that was ahead of its master at the seam (and gets the same bytes again, B.6); consume queues are cut to it and completed from it; every queue goes on from its last
    /// entry, so offsets of lost messages are used again. Tables come from their last files.
    pub(super) fn recover(&mut self, ctx: &mut Ctx) {
        self.disk.destroyed = false;
        let first = !self.disk.topics_created;
        if first {
            self.disk.topics_created = true;
            for (topic, queues) in &ctx.setup.topics {
                self.disk.topics.insert(*topic, *queues);
            }
        }
        // `TopicConfigManager#init` brings RocketMQ's own topics with every start, also on an empty store.
        if self.id.conf.auto_create_topic_enable {
            let queues = u16::try_from(self.id.conf.default_topic_queue_nums).unwrap_or(u16::MAX);
            self.disk.topics.insert(system::AUTO_CREATE, queues);
        }
        let gone = u32::try_from(self.disk.log.cut_at_seam().len()).unwrap_or(u32::MAX);
        self.disk.log.settle();
        self.disk.queues.truncate(self.disk.log.wrote());
        let records: Vec<Arc<Record>> = self.disk.log.records().cloned().collect();
        for record in &records {
            self.disk.queues.put(record);
        }
        self.disk
            .queues
            .correct_min(self.disk.log.min(), ctx.profile());
        let torn = self.disk.torn.take().map_or(0, |(_, records)| records);
        if torn + gone > 0 {
            ctx.tell(EventKind::Truncated {
                at: self.disk.log.wrote(),
                records: torn + gone,
            });
        }
        self.p.reput_from = self.disk.log.wrote();
        self.find_files(ctx, first);
        self.recover_topic_queue_table();
        self.p.offsets = self.disk.offsets.clone();
        self.p.schedule.load(&self.disk.delay_offsets);
    }

    /// Every queue goes on from its last entry (`#recoverTopicQueueTable`).
    pub(super) fn recover_topic_queue_table(&mut self) {
        let queues = self.disk.queues.iter();
        self.p.next_offsets =
            order::map(queues.map(|(topic, queue, cq)| ((topic, queue), cq.max())));
    }
}
