//! The table of forms: the format's actions and what stands, with the format's own field names.

use super::{Act, Field, Form, Takes, Who};

const fn field(name: &'static str, takes: Takes, first: &'static str) -> Field {
    Field { name, takes, first }
}

const fn form(
    word: &'static str,
    act: Act,
    whose: &'static [Who],
    fields: &'static [Field],
) -> Form {
    Form {
        word,
        act,
        whose,
        fields,
    }
}

const PRODUCER: &[Who] = &[Who::Producer];
const CONSUMER: &[Who] = &[Who::Consumer];
const BROKER: &[Who] = &[Who::Master, Who::Slave];
const CLUSTER: &[Who] = &[Who::Cluster];
const PROCESS: &[Who] = &[
    Who::Producer,
    Who::Consumer,
    Who::Master,
    Who::Slave,
    Who::NameServer,
];
const NODE: Act = Act::Do("node");

/// When an action is to be done: now, or right after an event.
pub(super) static WHEN: [Field; 4] = [
    field("event", Takes::Event, ""),
    field("afterMessage", Takes::Text, ""),
    field("afterNode", Takes::Node, ""),
    field("nth", Takes::Number, "1"),
];

/// What comes first in every form that adds something.
pub(super) static NAME: Field = field("name", Takes::Text, "");

/// Every form, in the order in which they are offered.
pub static FORMS: &[Form] = &[
    form(
        "send",
        Act::Do("producer"),
        PRODUCER,
        &[
            field("topic", Takes::Topic, ""),
            field("mode", Takes::Mode, "sync"),
            field("count", Takes::Number, "1"),
            field("everyMs", Takes::Number, "10"),
            field("tag", Takes::Text, ""),
            field("key", Takes::Text, ""),
            field("bodyBytes", Takes::Number, "16"),
            field("delayLevel", Takes::Number, ""),
            field("waitStoreMsgOK", Takes::YesNo, "true"),
            field("queue", Takes::Queue, ""),
            field("broker", Takes::Broker, ""),
            field("local", Takes::State, ""),
            field("check", Takes::State, ""),
            field("checkAgain", Takes::State, ""),
        ],
    ),
    form(
        "consume-result",
        Act::Do("consumer"),
        CONSUMER,
        &[
            field("result", Takes::Result, ""),
            field("message", Takes::Text, ""),
            field("times", Takes::Number, ""),
            field("delayLevelWhenNextConsume", Takes::Number, ""),
            field("ackIndex", Takes::Number, ""),
        ],
    ),
    form(
        "process-time",
        Act::Do("consumer"),
        CONSUMER,
        &[field("ms", Takes::Number, "1000")],
    ),
    form("start-consumer", Act::Do("consumer"), CONSUMER, &[]),
    form("stop-consumer", Act::Do("consumer"), CONSUMER, &[]),
    form(
        "pull",
        Act::Do("consumer"),
        CONSUMER,
        &[
            field("topic", Takes::Topic, ""),
            field("queue", Takes::Queue, "0"),
            field("broker", Takes::Broker, ""),
            field("offset", Takes::Number, "0"),
            field("tags", Takes::Text, "*"),
        ],
    ),
    form(
        "reset-offset",
        Act::Do("consumer"),
        CONSUMER,
        &[
            field("topic", Takes::Topic, ""),
            field("queue", Takes::Queue, "0"),
            field("broker", Takes::Broker, ""),
            field("offset", Takes::Number, "0"),
        ],
    ),
    form("crash", NODE, PROCESS, &[]),
    form("power-loss", NODE, BROKER, &[]),
    form("destroy-disk", NODE, BROKER, &[]),
    form("pause", NODE, PROCESS, &[]),
    form("resume", NODE, PROCESS, &[]),
    form("stop", NODE, PROCESS, &[]),
    form(
        "restart",
        NODE,
        PROCESS,
        &[field("takesMs", Takes::Number, "2000")],
    ),
    form("stall-disk", NODE, BROKER, &[]),
    form("release-disk", NODE, BROKER, &[]),
    form(
        "fail-disk",
        NODE,
        BROKER,
        &[field("times", Takes::Number, "1")],
    ),
    form(
        "fill-disk",
        NODE,
        BROKER,
        &[field("ratio", Takes::Number, "0.95")],
    ),
    form(
        "expire-files",
        NODE,
        BROKER,
        &[field("upTo", Takes::Number, "1")],
    ),
    form(
        "set-conf",
        NODE,
        &[Who::Master, Who::Slave, Who::NameServer],
        &[field("conf", Takes::Conf, "")],
    ),
    form(
        "partition",
        Act::DoBetween,
        PROCESS,
        &[field("between", Takes::Peer, "")],
    ),
    form(
        "heal",
        Act::DoBetween,
        PROCESS,
        &[field("between", Takes::Peer, "")],
    ),
    form(
        "drop",
        Act::Do("from"),
        PROCESS,
        &[
            field("to", Takes::Peer, ""),
            field("count", Takes::Number, "1"),
        ],
    ),
    form(
        "set-link",
        Act::DoBetween,
        PROCESS,
        &[
            field("between", Takes::Peer, ""),
            field("latencyMs", Takes::Number, "500"),
        ],
    ),
    form(
        "change-producer",
        Act::Change("producers"),
        PRODUCER,
        &[
            field("group", Takes::Text, ""),
            field("resend", Takes::Number, "0"),
        ],
    ),
    form(
        "change-consumer",
        Act::Change("consumers"),
        CONSUMER,
        CONSUMER_FIELDS,
    ),
    form(
        "add-slave",
        Act::AddSlave,
        &[Who::Master],
        &[field("conf", Takes::Conf, "")],
    ),
    form(
        "remove",
        Act::Remove,
        &[Who::Producer, Who::Consumer, Who::Master, Who::Slave],
        &[],
    ),
    form(
        "add-producer",
        Act::Add("producers"),
        CLUSTER,
        &[
            field("group", Takes::Text, "PG"),
            field("resend", Takes::Number, "0"),
        ],
    ),
    form(
        "add-consumer",
        Act::Add("consumers"),
        CLUSTER,
        CONSUMER_FIELDS,
    ),
    form(
        "add-broker",
        Act::Add("brokers"),
        CLUSTER,
        &[field("conf", Takes::Conf, "")],
    ),
    form(
        "add-topic",
        Act::Add("topics"),
        CLUSTER,
        &[field("queues", Takes::Number, "4")],
    ),
    form(
        "world",
        Act::World,
        CLUSTER,
        &[
            field("latencyMs", Takes::Number, "1"),
            field("jitterMs", Takes::Number, "0"),
            field("fsyncMs", Takes::Number, "5"),
            field("seed", Takes::Number, "0"),
            field("until", Takes::Number, ""),
        ],
    ),
];

const CONSUMER_FIELDS: &[Field] = &[
    field("group", Takes::Text, "CG"),
    field("topic", Takes::Topic, ""),
    field("tags", Takes::Text, "*"),
    field("listener", Takes::Listener, "concurrently"),
    field("model", Takes::Model, "CLUSTERING"),
    field("processMs", Takes::Number, "20"),
    field("autoCommit", Takes::YesNo, "true"),
    field("started", Takes::YesNo, "true"),
];
