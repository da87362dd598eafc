//! Whether the cause that the ledger names has happened: each rule's own event, before what it explains. Every run of these tests is
//! asked.

use loss_lab_engine::config::BrokerConfig;
use loss_lab_engine::event::{AttemptOutcome, DiskChange, Down, Event, EventKind};
use loss_lab_engine::ids::{EventId, GroupId, MessageId, NodeId};
use loss_lab_engine::ledger::{Again, Entry, Loss, LostBy, Redelivery};
use loss_lab_engine::run::Run;
use loss_lab_engine::status::{
    ConsumeResult, FlushDiskType, GetMessageStatus, MessageModel, PullStatus, SendMode, SendStatus,
};

/// The first cause that has not happened, in words.
pub fn missing(run: &Run) -> Option<String> {
    let ledger = run.ledger();
    ledger.iter().find_map(|entry| {
        let ours = Ours {
            run,
            message: entry.message,
        };
        ours.missing(entry)
    })
}

/// What happened to one message, and around it.
struct Ours<'a> {
    run: &'a Run,
    message: MessageId,
}

impl Ours<'_> {
    fn missing(&self, entry: &Entry) -> Option<String> {
        let of_groups = entry.groups.iter().map(|of| (Some(of.group), of.lost_by));
        let losses = of_groups.chain([(None, entry.lost_by)]);
        for (group, lost) in losses {
            if let Some(lost) = lost
                && !self.was_lost(group, &lost)
            {
                return Some(format!("{}: {lost:?} for {group:?}", self.message));
            }
        }
        let without = entry.again.iter().find(|again| !self.came_again(again))?;
        Some(format!("{}: {without:?}", self.message))
    }

    /// Whether something like this happened after one event and before another.
    fn between(&self, after: EventId, until: EventId, is: impl Fn(&Event) -> bool) -> bool {
        let mut events = self.run.events().iter();
        events.any(|event| event.id > after && event.id <= until && is(event))
    }

    fn conf(&self, node: NodeId) -> Option<&BrokerConfig> {
        let (name, replica) = self.run.names().node(node).split_once('/')?;
        let mut brokers = self.run.scenario().brokers.iter();
        let broker = brokers.find(|broker| broker.name == name)?;
        match replica.parse::<usize>().ok()? {
            0 => Some(&broker.conf),
            slave => broker.slaves.get(slave - 1),
        }
    }

    fn model(&self, group: GroupId) -> Option<MessageModel> {
        let name = self.run.names().group(group);
        let mut consumers = self.run.scenario().consumers.iter();
        let member = consumers.find(|consumer| consumer.group == name)?;
        Some(member.model)
    }

    /// A broker's end of this kind, of one whose configuration is like this.
    fn ended(
        &self,
        event: &Event,
        kind: impl Fn(Down) -> bool,
        like: impl Fn(&BrokerConfig) -> bool,
    ) -> bool {
        let EventKind::NodeDown { how } = event.kind else {
            return false;
        };
        kind(how) && self.conf(event.node).is_some_and(like)
    }

    fn was_lost(&self, group: Option<GroupId>, lost: &LostBy) -> bool {
        let first = EventId(0);
        let told = |event: &&Event| matches!(&event.kind, EventKind::Lost { message, .. } if *message == self.message);
        let last = self.run.events().iter().rfind(told);
        let until = last.map_or(lost.event, |event| event.id.max(lost.event));
        let any = |is: &dyn Fn(&Event) -> bool| {
            self.run
                .events()
                .first()
                .is_some_and(|event| event.id == first && is(event))
                || self.between(first, until, is)
        };
        let is_ours = |message: &MessageId| *message == self.message;
        let is_group = |of: &GroupId| group.is_none_or(|group| group == *of);
        let power_loss = |how| how == Down::PowerLoss;
        match lost.rule {
            Loss::Oneway => any(
                &|event| matches!(&event.kind, EventKind::SendCalled { message, mode: SendMode::Oneway, .. } if is_ours(message)),
            ),
            Loss::CallFailed => any(
                &|event| matches!(&event.kind, EventKind::SendReturned { message, .. } if is_ours(message)),
            ),
            Loss::StatusIgnored => any(&|event| {
                self.ended(event, power_loss, |conf| {
                    conf.flush_disk_type == FlushDiskType::SyncFlush
                })
            }),
            Loss::NobodyWaited => any(&|event| {
                self.ended(event, power_loss, |conf| {
                    conf.flush_disk_type == FlushDiskType::SyncFlush
                })
            }),
            Loss::CheckedInVain => any(&|event| {
                matches!(&event.kind, EventKind::CheckedBack { message, .. } if is_ours(message))
                    || matches!(&event.kind, EventKind::HalfStored { record } if record.message == Some(self.message))
            }),
            Loss::AsyncFlush => any(&|event| {
                self.ended(event, power_loss, |conf| {
                    conf.flush_disk_type == FlushDiskType::AsyncFlush
                })
            }),
            Loss::TransientPool => any(&|event| {
                self.ended(
                    event,
                    |how| matches!(how, Down::Crash | Down::Stop),
                    |conf| conf.transient_store_pool_enable,
                )
            }),
            Loss::DiskDestroyed => any(&|event| {
                matches!(
                    event.kind,
                    EventKind::DiskChanged {
                        change: DiskChange::Destroyed
                    }
                )
            }),
            Loss::FsyncErrorSwallowed => {
                any(&|event| {
                    matches!(
                        event.kind,
                        EventKind::DiskChanged {
                            change: DiskChange::Failing(_)
                        }
                    )
                }) && any(&|event| self.ended(event, power_loss, |_| true))
            }
            Loss::Expired => any(&|event| matches!(event.kind, EventKind::Deleted { .. })),
            // Its bytes may have been under way to the slave when the master ended.
            Loss::SlaveNeverServed => self.run.events().iter().any(|event| {
                matches!(&event.kind, EventKind::Replicated { record, .. } if record.message == Some(self.message))
            }),
            Loss::Election => any(&|event| {
                matches!(
                    event.kind,
                    EventKind::Elected {
                        master: Some(_),
                        ..
                    }
                )
            }),
            Loss::OffsetsReused => self.used_again(until),
            Loss::BroadcastFailure => any(&|event| {
                matches!(&event.kind, EventKind::Consumed { message, group, succeeded: false, .. }
                    if is_ours(message) && is_group(group) && self.model(*group) == Some(MessageModel::Broadcasting))
            }),
            Loss::RollbackAcknowledged => any(&|event| {
                matches!(&event.kind, EventKind::Consumed { message, group, result: ConsumeResult::Rollback, .. }
                    if is_ours(message) && is_group(group))
            }),
            Loss::NoRetryQueue => {
                let mut brokers = self.run.scenario().brokers.iter();
                brokers.any(|broker| broker.conf.retry_queue_nums == 0)
                    && any(
                        &|event| matches!(&event.kind, EventKind::SentBack { message, group, .. } if is_ours(message) && is_group(group)),
                    )
            }
            Loss::StartedBehind => any(
                &|event| matches!(&event.kind, EventKind::Rebalanced { group, queues, .. } if is_group(group) && *queues > 0),
            ),
            Loss::OffsetCorrected => any(&|event| self.told_to_go(event, group, false)),
            Loss::OffsetReset => any(&|event| self.told_to_go(event, group, true)),
            Loss::OtherSubscription => {
                let members = || {
                    let members = self.run.scenario().consumers.iter();
                    members.filter(|member| {
                        group.is_none_or(|group| self.run.names().group(group) == member.group)
                    })
                };
                members().any(|member| {
                    members().any(|other| other.group == member.group && other.tags != member.tags)
                })
            }
            Loss::Unexplained => false,
        }
    }

    /// A broker told the group to go on elsewhere, by an operator's wish or not.
    fn told_to_go(&self, event: &Event, whose: Option<GroupId>, by_reset: bool) -> bool {
        let is_group = |of: &GroupId| whose.is_none_or(|group| group == *of);
        match &event.kind {
            EventKind::OffsetCommitted { group, reset, .. } => {
                by_reset && *reset && is_group(group)
            }
            EventKind::Pulled {
                group,
                status,
                pull_status: Some(PullStatus::OffsetIllegal),
                ..
            } => is_group(group) && (*status == GetMessageStatus::OffsetReset) == by_reset,
            _ => false,
        }
    }

    /// Whether a place that the message has had was another record's before.
    fn used_again(&self, until: EventId) -> bool {
        let appended = || {
            let events = self.run.events().iter().filter(|event| event.id <= until);
            events.filter_map(|event| {
                let EventKind::Appended { record, .. } = &event.kind else {
                    return None;
                };
                let name = self.run.names().node(event.node).split('/').next();
                Some((
                    event.id,
                    (name, record.topic, record.queue, record.queue_offset),
                    record.message,
                ))
            })
        };
        appended()
            .filter(|(.., message)| *message == Some(self.message))
            .any(|(id, place, _)| {
                appended().any(|(other, of, _)| {
                    other < id
                        && of.0 == place.0
                        && of.1 == place.1
                        && of.2 == place.2
                        && of.3 >= place.3
                })
            })
    }

    fn came_again(&self, again: &Redelivery) -> bool {
        let delivery = |id: EventId| {
            let event = self.run.events().iter().find(|event| event.id == id)?;
            match &event.kind {
                EventKind::Delivered {
                    group, delivery, ..
                } => Some((event.node, *group, *delivery)),
                _ => None,
            }
        };
        let (Some((node, group, _)), Some((member, _, number))) =
            (delivery(again.event), delivery(again.earlier))
        else {
            return false;
        };
        let since = |is: &dyn Fn(&Event) -> bool| self.between(again.earlier, again.event, is);
        let before = |is: &dyn Fn(&Event) -> bool| self.between(EventId(0), again.event, is);
        let returned = |event: &Event, like: &dyn Fn(ConsumeResult, bool) -> bool| {
            matches!(&event.kind, EventKind::Consumed { message, delivery, result, succeeded, .. }
                if *message == self.message && *delivery == number && event.node == member && like(*result, *succeeded))
        };
        let sent_back = |event: &Event| {
            matches!(&event.kind, EventKind::SentBack { message, delivery, .. }
                if *message == self.message && *delivery == number && event.node == member)
        };
        let sends_back = || {
            let events = self.run.events().iter();
            events.filter(|event| event.id < again.event && sent_back(event))
        };
        let broker_ended = |event: &Event| self.ended(event, |_| true, |_| true);
        let member_ended = |event: &Event, how: &dyn Fn(Down) -> bool| {
            matches!(event.kind, EventKind::NodeDown { how: ended } if how(ended))
                && event.node == member
        };
        let calls = || {
            let events = self.run.events().iter();
            events.filter(|event| {
                event.id < again.event && event.kind.message() == Some(self.message)
            })
        };
        match again.rule {
            Again::SentBack => since(&sent_back),
            Again::LocalRetry => {
                since(&|event| returned(event, &|_, succeeded| !succeeded)) && node == member
            }
            Again::Suspended => {
                since(&|event| returned(event, &|_, succeeded| !succeeded)) && node == member
            }
            Again::RolledBack => since(&|event| {
                returned(event, &|result, succeeded| {
                    result == ConsumeResult::Rollback && !succeeded
                })
            }),
            Again::RolledBackWithOthers => {
                since(&|event| returned(event, &|_, succeeded| succeeded))
                    && since(&|event| {
                        matches!(
                            &event.kind,
                            EventKind::Consumed {
                                result: ConsumeResult::Rollback,
                                ..
                            }
                        ) && event.node == member
                    })
            }
            Again::ProducerRetry => {
                let sent = |event: &&Event| matches!(event.kind, EventKind::RequestSent { .. });
                calls().filter(sent).count() > 1
                    && before(
                        &|event| matches!(&event.kind, EventKind::AttemptEnded { message, outcome: AttemptOutcome::Failed(_), .. } if *message == self.message),
                    )
            }
            Again::AnotherBroker => before(&|event| {
                matches!(&event.kind, EventKind::AttemptEnded { message, outcome: AttemptOutcome::Status(status), .. }
                    if *message == self.message && *status != SendStatus::SendOk)
            }),
            Again::Resend => {
                let called = |event: &&Event| matches!(event.kind, EventKind::SendCalled { .. });
                calls().filter(called).count() > 1
            }
            // A deposed master that has not heard of it delivers what its heir delivers, too.
            Again::DelayOffsetStale => {
                before(&broker_ended)
                    || before(&|event| matches!(event.kind, EventKind::Elected { .. }))
            }
            Again::CommittedTwice => before(
                &|event| matches!(&event.kind, EventKind::CheckedBack { message, .. } if *message == self.message),
            ),
            Again::OffsetFileStale => since(&broker_ended),
            Again::OffsetCorrected => since(&|event| self.told_to_go(event, Some(group), false)),
            Again::OffsetReset => since(&|event| self.told_to_go(event, Some(group), true)),
            Again::CrashBeforeCommit => {
                since(&|event| member_ended(event, &|how| how != Down::Stop))
            }
            Again::StopInFlight => since(&|event| member_ended(event, &|how| how == Down::Stop)),
            // Members that have it at once may have taken it before the story begins.
            Again::Rebalance => {
                node != member
                    || since(&|event| {
                        matches!(&event.kind, EventKind::Rebalanced { group: of, .. } if *of == group)
                            && event.node == node
                    })
            }
            Again::SendBackAnswerLost => sends_back().count() > 0,
            Again::ConsumeTimeout => {
                let returned = calls().find(|event| returned(event, &|_, _| true));
                let mut back = sends_back();
                back.any(|back| returned.is_none_or(|returned| back.id < returned.id))
            }
            Again::LockExpired => since(
                &|event| matches!(&event.kind, EventKind::LockGranted { group: of, expired: true, .. } if *of == group),
            ),
            Again::Unexplained => false,
        }
    }
}
