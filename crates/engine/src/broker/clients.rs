//! Who is connected (`ConsumerManager`, `ProducerManager`, `ClientHousekeepingService`).

use litemap::LiteMap;

use crate::effect::Ctx;
use crate::exception::Remark;
use crate::ids::{ClientId, ConnId, GroupId, TagId, TopicId};
use crate::setup::system;
use crate::status::Profile;
use crate::timers::{BrokerTimer, Timer};
use crate::units::{SimTime, Span};
use crate::wire::{Frame, Request, Response, Subscription};

use super::Live;

/// How often silent clients are looked for.
const SCAN_PERIOD: Span = Span::from_millis(10_000);

/// Clients by connection, and consumer groups with their members and subscriptions.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Clients {
    channels: LiteMap<ConnId, Channel>,
    groups: LiteMap<GroupId, Group>,
    scan_planned: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Channel {
    client: ClientId,
    producers: Vec<GroupId>,
    last_heartbeat: SimTime,
}

#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct Group {
    members: LiteMap<ClientId, ConnId>,
    subscriptions: LiteMap<TopicId, (Vec<TagId>, u64)>,
    /// Its message model, as the last member has said.
    broadcasting: bool,
}

/// What the broker knows of a group's subscription to a topic.
pub(super) enum Subscribed<'a> {
    /// It does not know the group: SUBSCRIPTION_NOT_EXIST.
    No,
    /// It has an older version than asked for: SUBSCRIPTION_NOT_LATEST.
    Older,
    /// The tags; empty is `*`.
    Tags(&'a [TagId]),
}

impl Clients {
    /// A living connection to some producer of a group, round robin by `nth`.
    pub fn producer_channel(&self, group: GroupId, nth: u32) -> Option<ConnId> {
        let of_group: Vec<ConnId> = self
            .channels
            .iter()
            .filter(|(_, channel)| channel.producers.contains(&group))
            .map(|(conn, _)| *conn)
            .collect();
        let count = u32::try_from(of_group.len()).unwrap_or(1).max(1);
        of_group
            .get(usize::try_from(nth % count).unwrap_or(0))
            .copied()
    }

    pub(super) fn subscribed(
        &self,
        group: GroupId,
        topic: TopicId,
        version: u64,
    ) -> Subscribed<'_> {
        let Some(group) = self
            .groups
            .get(&group)
            .filter(|group| !group.members.is_empty())
        else {
            return Subscribed::No;
        };
        match group.subscriptions.get(&topic) {
            None => Subscribed::No,
            Some((_, known)) if *known < version => Subscribed::Older,
            Some((tags, _)) => Subscribed::Tags(tags),
        }
    }
}

impl Live<'_> {
    /// HEART_BEAT (`ClientManageProcessor#heartBeat`).
    pub(super) fn on_heartbeat(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        client: ClientId,
        producers: Vec<GroupId>,
        consumers: Vec<Subscription>,
    ) -> Option<Response> {
        self.p.clients.channels.insert(
            conn,
            Channel {
                client,
                producers,
                last_heartbeat: ctx.now,
            },
        );
        if !self.p.clients.scan_planned {
            self.p.clients.scan_planned = true;
            let at = ctx.now.next_tick(self.p.started + SCAN_PERIOD, SCAN_PERIOD);
            ctx.wake(at, Timer::Broker(BrokerTimer::ScanClients));
        }
        for subscription in consumers {
            self.register_consumer(ctx, conn, client, subscription);
        }
        Some(Response::Ok)
    }

    fn register_consumer(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        client: ClientId,
        subscription: Subscription,
    ) {
        let group_id = subscription.group;
        if !subscription.broadcasting {
            let retry = ctx.setup.retry_topic(group_id);
            let queues = u16::try_from(self.id.conf.retry_queue_nums).unwrap_or(1);
            if queues > 0 && !self.disk.topics.contains_key(&retry) {
                self.create_topic(ctx, retry, queues);
            }
        }
        let group = self.p.clients.groups.entry(group_id).or_default();
        group.broadcasting = subscription.broadcasting;
        let is_new = group.members.insert(client, conn) != Some(conn);
        // `ConsumerGroupInfo#updateSubscription`: one subscription for the whole group, and the last member that speaks says what is
        // in it. Members with different topics take them from each other.
        let before = group.subscriptions.len();
        let named: Vec<TopicId> = subscription
            .topics
            .iter()
            .map(|(topic, ..)| *topic)
            .collect();
        group.subscriptions.retain(|topic, _| named.contains(topic));
        let mut changed = group.subscriptions.len() != before;
        for (topic, tags, version) in subscription.topics {
            let known = group.subscriptions.get(&topic).map(|(_, version)| *version);
            if known.is_none_or(|known| known < version) {
                changed |= known.is_none();
                group.subscriptions.insert(topic, (tags, version));
            }
        }
        if is_new || changed {
            // 4.9 tells the newcomer, too.
            let but = (ctx.profile() == Profile::V5_3).then_some(client);
            self.notify_group(ctx, group_id, but);
        }
    }

    /// 5.x says nothing to a broadcasting group (`ConsumerManager#isBroadcastMode`): its members share no queues.
    fn notify_group(&self, ctx: &mut Ctx, group: GroupId, but: Option<ClientId>) {
        let told = |group: &&Group| ctx.profile() == Profile::V4_9 || !group.broadcasting;
        let Some(members) = self
            .p
            .clients
            .groups
            .get(&group)
            .filter(told)
            .map(|group| &group.members)
        else {
            return;
        };
        for (client, conn) in members {
            if Some(*client) != but {
                ctx.send(
                    *conn,
                    Frame::Oneway(Request::NotifyConsumerIdsChanged { group }),
                );
            }
        }
    }

    pub(super) fn on_unregister(&mut self, ctx: &mut Ctx, client: ClientId) -> Option<Response> {
        let conns: Vec<ConnId> = self
            .p
            .clients
            .channels
            .iter()
            .filter(|(_, channel)| channel.client == client)
            .map(|(conn, _)| *conn)
            .collect();
        for conn in conns {
            self.on_client_gone(ctx, conn);
        }
        Some(Response::Ok)
    }

    /// A client's connection is gone: it leaves its groups, whose other members are told.
    pub(super) fn on_client_gone(&mut self, ctx: &mut Ctx, conn: ConnId) {
        let Some(channel) = self.p.clients.channels.remove(&conn) else {
            return;
        };
        let mut left = Vec::new();
        for (id, group) in &mut self.p.clients.groups {
            if group.members.get(&channel.client) == Some(&conn) {
                group.members.remove(&channel.client);
                left.push(*id);
            }
        }
        for group in left {
            self.notify_group(ctx, group, None);
            if let Some(state) = self.p.clients.groups.get(&group)
                && state.members.is_empty()
            {
                self.p.clients.groups.remove(&group);
            }
        }
    }

    /// `channelExpiredTimeout` without a heartbeat.
    pub(super) fn scan_clients(&mut self, ctx: &mut Ctx) {
        self.p.clients.scan_planned = false;
        let silent: Vec<ConnId> = self
            .p
            .clients
            .channels
            .iter()
            .filter(|(_, channel)| {
                ctx.now.since(channel.last_heartbeat) > self.id.conf.channel_expired_timeout
            })
            .map(|(conn, _)| *conn)
            .collect();
        for conn in silent {
            ctx.close(conn);
            self.on_client_gone(ctx, conn);
        }
        if !self.p.clients.channels.is_empty() {
            self.p.clients.scan_planned = true;
            ctx.wake(
                ctx.now + SCAN_PERIOD,
                Timer::Broker(BrokerTimer::ScanClients),
            );
        }
    }

    /// GET_CONSUMER_LIST_BY_GROUP: an unknown group is SYSTEM_ERROR `no consumer for this group`.
    pub(super) fn consumer_list(&self, group: GroupId) -> Response {
        match self
            .p
            .clients
            .groups
            .get(&group)
            .filter(|group| !group.members.is_empty())
        {
            Some(group) => Response::ConsumerList(group.members.keys().copied().collect()),
            None => Response::Error {
                code: 1,
                remark: Remark::SubscriptionNotExist,
            },
        }
    }
}

/// Topics that belong to RocketMQ and are nobody's to subscribe.
pub(super) fn is_system(topic: TopicId) -> bool {
    topic.index() <= system::AUTO_CREATE.index()
}
