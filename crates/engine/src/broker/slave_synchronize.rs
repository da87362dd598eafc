//! The slave's copy of its master's tables (`SlaveSynchronize`).

use crate::effect::Ctx;
use crate::ids::NodeId;
use crate::node::remoting::Mode;
use crate::order;
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::Span;
use crate::wire::{Metadata, Request};

use super::{Call, Live};

/// `SlaveSynchronize` asks with this timeout.
const METADATA_TIMEOUT: Span = Span::from_millis(3_000);

impl Live<'_> {
    pub(super) fn sync_metadata(&mut self, ctx: &mut Ctx) {
        self.ask_metadata(ctx, self.p.replication.client.master);
        let period = match ctx.profile() {
            Profile::V4_9 => Span::from_secs(10),
            Profile::V5_3 => Span::from_secs(63),
        };
        ctx.wake(ctx.now + period, Timer::Broker(BrokerTimer::SyncMetadata));
    }

    pub(super) fn ask_metadata(&mut self, ctx: &mut Ctx, master: Option<NodeId>) {
        if let Some(master) = master {
            self.p.remoting.invoke(
                ctx,
                master,
                Mode::Async,
                METADATA_TIMEOUT,
                Request::GetAllMetadata,
                Call::Metadata,
            );
        }
    }

    pub(super) fn metadata(&self) -> Metadata {
        Metadata {
            topics: self
                .disk
                .topics
                .iter()
                .map(|(topic, queues)| (*topic, *queues))
                .collect(),
            offsets: self
                .p
                .offsets
                .iter()
                .map(|(key, offset)| (*key, *offset))
                .collect(),
            delay_offsets: self.p.schedule.progress().into_iter().collect(),
            check_progress: self.p.transactions.progress(),
        }
    }

    /// `SlaveSynchronize`: the master's topics replace the slave's, its numbers overwrite the slave's own (`putAll`).
    pub(super) fn take_metadata(&mut self, ctx: &mut Ctx, metadata: &Metadata) {
        // It may have become master meanwhile.
        if !self.is_slave() {
            return;
        }
        let topics = metadata.topics.iter().copied().collect();
        let other_topics = self.disk.topics != topics;
        self.disk.topics = topics;
        for (key, offset) in &metadata.offsets {
            self.commit_offset(ctx, *key, *offset);
        }
        self.p
            .schedule
            .load(&order::map(metadata.delay_offsets.iter().copied()));
        self.disk.delay_offsets = self.p.schedule.progress();
        self.p.transactions.progress = metadata.check_progress;
        self.write_offsets(ctx);
        if other_topics {
            self.register(ctx);
        }
    }
}
