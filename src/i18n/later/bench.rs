//! What the workbench says: every action of the scenario format, and everything that can stand.

use loss_lab_engine::action::Rejected;

use crate::i18n::Language;

/// Its words in one language.
#[allow(missing_docs, reason = "the words say it")]
pub struct Words {
    pub title: &'static str,
    pub open: &'static str,
    pub more_of: fn(&str) -> String,
    pub compose: &'static str,
    pub compose_for: fn(&str) -> String,
    pub nodes: &'static str,
    pub as_table: &'static str,
    pub table_heads: [&'static str; 5],
    pub level: fn(u16) -> String,
    pub whole: &'static str,
    pub on_the_way: &'static str,
    pub who: &'static str,
    pub what: &'static str,
    pub cluster: &'static str,
    /// What heads the forms: use, faults, links, what stands.
    pub heads: [&'static str; 4],
    pub when: &'static str,
    pub now: &'static str,
    pub unsaid: &'static str,
    pub do_it: &'static str,
    pub apply: &'static str,
    pub not_done: &'static str,
    pub not_a_number: fn(&str) -> String,
    pub rejected: fn(Rejected) -> &'static str,
    /// A form's name, and what it is in RocketMQ.
    pub form: fn(&str) -> [&'static str; 2],
    /// A field's name.
    pub field: fn(&str) -> &'static str,
}

/// In this language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    language.pick(&EN, &ZH)
}

static EN: Words = Words {
    title: "Actions",
    open: "All actions …",
    more_of: |name| format!("More for {name} …"),
    compose: "Compose …",
    compose_for: |name| format!("Compose what {name} sends"),
    nodes: "Add or change nodes …",
    as_table: "Stage as a table",
    table_heads: ["Node or link", "State", "In memory", "On disk", "Besides"],
    level: |level| format!("delay level {level}"),
    whole: "passes packets",
    on_the_way: "on the way:",
    who: "Who",
    what: "What",
    cluster: "the whole cluster",
    heads: ["Use", "Faults", "Links", "What stands"],
    when: "When",
    now: "now",
    unsaid: "default",
    do_it: "Do it",
    apply: "Apply",
    not_done: "Nothing has changed:",
    not_a_number: |field| format!("{field} takes a number."),
    rejected: |why| match why {
        Rejected::NoSuchNode => "there is no such node.",
        Rejected::NotABroker => "that takes a broker.",
        Rejected::NotAConsumer => "that takes a consumer.",
        Rejected::NotAProducer => "that takes a producer.",
        Rejected::Down => "the process is down.",
        Rejected::Running => "the process runs already.",
        Rejected::Starting => "the process is on its way up.",
        Rejected::Paused => "the process is frozen.",
        Rejected::NotPaused => "the process is not frozen.",
        Rejected::AlreadyCut => "the link is cut already.",
        Rejected::NotCut => "the link is whole.",
        Rejected::NotPlanned => "that is no longer planned.",
        Rejected::NotModelled => "the engine does not model it in this version.",
    },
    form: |form| match form {
        "send" => [
            "Send",
            "`DefaultMQProducer#send`, or `sendMessageInTransaction` with a local state.",
        ],
        "consume-result" => [
            "Listener returns …",
            "What the listener does from now on, with one message or with all.",
        ],
        "process-time" => [
            "Listener takes …",
            "How long the listener works on a message from now on.",
        ],
        "start-consumer" => ["Start the consumer", "It joins its group."],
        "stop-consumer" => [
            "Stop the consumer",
            "It leaves its group cleanly: `shutdown()`.",
        ],
        "pull" => [
            "Pull once",
            "One raw pull without suspend; what it finds is a `GetMessageStatus`.",
        ],
        "reset-offset" => [
            "Reset the offset",
            "An operator moves the group’s offset at the broker. 4.9 has the clients do it: not modelled.",
        ],
        "crash" => ["Kill the process", "`SIGKILL`: the page cache survives."],
        "power-loss" => ["Cut the power", "What was not fsynced is gone."],
        "destroy-disk" => [
            "Destroy the disk",
            "The store directory is gone; a running process is killed first.",
        ],
        "pause" => [
            "Pause the process",
            "`SIGSTOP`: it answers nothing and loses nothing.",
        ],
        "resume" => ["Resume the process", "`SIGCONT`."],
        "stop" => ["Shut down", "A clean end: what is dirty is flushed."],
        "restart" => ["Start again", "On what is on disk."],
        "stall-disk" => ["Stall the disk", "fsync does not return."],
        "release-disk" => ["Release the disk", "fsync returns again."],
        "fail-disk" => ["Fail fsync", "fsync reports an error so many times."],
        "fill-disk" => ["Fill the disk", "As full as the cleaner sees it: 0 to 1."],
        "expire-files" => [
            "Expire files",
            "The cleaner deletes the oldest commit-log files.",
        ],
        "set-conf" => [
            "Set keys",
            "RocketMQ’s keys as `key=value`, a line each; it restarts where RocketMQ has to.",
        ],
        "partition" => ["Cut a link", "Packets both ways are dropped."],
        "heal" => ["Heal a link", "Packets pass again."],
        "drop" => [
            "Drop packets",
            "The next packets from here to there are lost.",
        ],
        "set-link" => ["Delay a link", "Another one-way delay for this link."],
        "change-producer" => [
            "Change the producer",
            "The same actions are replayed with it.",
        ],
        "change-consumer" => [
            "Change the consumer",
            "Its group, listener and model; the same actions are replayed.",
        ],
        "add-slave" => ["Add a slave", "It does not inherit its master’s keys."],
        "remove" => [
            "Remove it",
            "What was done to it goes, too; undo brings it back.",
        ],
        "add-producer" => ["Add a producer", "Another client process."],
        "add-consumer" => ["Add a consumer", "To a group that stands, or to a new one."],
        "add-broker" => [
            "Add a broker",
            "Another broker name: every topic gets its queues there, too.",
        ],
        "add-topic" => ["Add a topic", "It exists from the start, on every broker."],
        "world" => ["Network, disk and seed", "What holds for all nodes."],
        _ => ["", ""],
    },
    field: |field| match field {
        "topic" => "topic",
        "mode" => "mode",
        "count" => "how many",
        "everyMs" => "one every (ms)",
        "tag" => "tag",
        "key" => "key",
        "bodyBytes" => "body (bytes)",
        "delayLevel" => "delay level (1–18)",
        "waitStoreMsgOK" => "wait for the store",
        "queue" => "queue",
        "broker" => "broker name",
        "local" => "transaction: local state",
        "check" => "first check answers",
        "checkAgain" => "then answers",
        "result" => "result",
        "message" => "message (m1; empty: all)",
        "times" => "how often (empty: always)",
        "delayLevelWhenNextConsume" => "delay level of the retry",
        "ackIndex" => "acknowledged up to (index)",
        "ms" | "processMs" => "listener takes (ms)",
        "offset" => "offset",
        "tags" => "tags (* or A || B)",
        "takesMs" => "serves after (ms)",
        "ratio" => "how full (0–1)",
        "upTo" => "first offset that is kept",
        "conf" => "keys",
        "between" | "to" => "the other end",
        "latencyMs" => "one way (ms)",
        "jitterMs" => "jitter up to (ms)",
        "fsyncMs" => "one fsync (ms)",
        "seed" => "seed (0: the usual course)",
        "until" => "ends at (ms)",
        "name" => "name",
        "group" => "group",
        "resend" => "application sends again",
        "listener" => "listener",
        "model" => "model",
        "autoCommit" => "autoCommit (orderly)",
        "started" => "there from the start",
        "queues" => "queues on each broker",
        "event" => "after the event",
        "afterMessage" => "of message (m1; empty: any)",
        "afterNode" => "on node",
        "nth" => "the how-manieth from now",
        _ => "",
    },
};

static ZH: Words = Words {
    title: "操作",
    open: "全部操作……",
    more_of: |name| format!("{name} 的更多操作……"),
    compose: "编写消息……",
    compose_for: |name| format!("编写 {name} 要发送的消息"),
    nodes: "增减或修改节点……",
    as_table: "舞台的表格",
    table_heads: ["节点或链路", "状态", "内存中", "磁盘上", "其他"],
    level: |level| format!("延迟级别 {level}"),
    whole: "通",
    on_the_way: "在途：",
    who: "对象",
    what: "操作",
    cluster: "整个集群",
    heads: ["使用", "故障", "链路", "集群构成"],
    when: "时机",
    now: "现在",
    unsaid: "默认",
    do_it: "执行",
    apply: "应用",
    not_done: "什么都没有改变：",
    not_a_number: |field| format!("{field} 要填数字。"),
    rejected: |why| match why {
        Rejected::NoSuchNode => "没有这个节点。",
        Rejected::NotABroker => "只能对 Broker 这样做。",
        Rejected::NotAConsumer => "只能对消费者这样做。",
        Rejected::NotAProducer => "只能对生产者这样做。",
        Rejected::Down => "进程没有运行。",
        Rejected::Running => "进程已经在运行。",
        Rejected::Starting => "进程正在启动。",
        Rejected::Paused => "进程已暂停。",
        Rejected::NotPaused => "进程没有暂停。",
        Rejected::AlreadyCut => "链路已经切断。",
        Rejected::NotCut => "链路是通的。",
        Rejected::NotPlanned => "它已不在计划之中。",
        Rejected::NotModelled => "引擎没有模拟这个版本的这种行为。",
    },
    form: |form| match form {
        "send" => [
            "发送",
            "`DefaultMQProducer#send`；填了本地事务状态，则是 `sendMessageInTransaction`。",
        ],
        "consume-result" => [
            "监听器返回……",
            "从现在起监听器怎样处理：某一条消息，或全部消息。",
        ],
        "process-time" => ["监听器耗时……", "从现在起监听器处理一条消息要多久。"],
        "start-consumer" => ["启动消费者", "加入它的消费组。"],
        "stop-consumer" => ["停止消费者", "用 `shutdown()` 正常离开消费组。"],
        "pull" => [
            "拉取一次",
            "一次不挂起的原始拉取，结果是某个 `GetMessageStatus`。",
        ],
        "reset-offset" => [
            "重置位点",
            "运维人员在 Broker 上移动消费组的位点。4.9 由客户端完成，未模拟。",
        ],
        "crash" => ["杀死进程", "`SIGKILL`：页缓存还在。"],
        "power-loss" => ["断电", "没有 fsync 的数据都没了。"],
        "destroy-disk" => ["毁掉磁盘", "存储目录没了；进程若在运行，会先被杀死。"],
        "pause" => ["暂停进程", "`SIGSTOP`：不再应答，也不丢数据。"],
        "resume" => ["恢复进程", "`SIGCONT`。"],
        "stop" => ["正常关闭", "干净退出：脏数据先刷盘。"],
        "restart" => ["重新启动", "从磁盘上的数据恢复。"],
        "stall-disk" => ["卡住磁盘", "fsync 不再返回。"],
        "release-disk" => ["放开磁盘", "fsync 又能返回。"],
        "fail-disk" => ["让 fsync 失败", "接下来若干次 fsync 报错。"],
        "fill-disk" => ["填满磁盘", "清理线程看到的占用率：0 到 1。"],
        "expire-files" => ["让文件过期", "清理线程删除最旧的 CommitLog 文件。"],
        "set-conf" => [
            "修改配置项",
            "RocketMQ 的配置项，每行一个 `key=value`；RocketMQ 需要重启才生效的会重启。",
        ],
        "partition" => ["切断链路", "两个方向的包都被丢弃。"],
        "heal" => ["恢复链路", "包又能通过。"],
        "drop" => ["丢包", "接下来从这里到那里的包会丢失。"],
        "set-link" => ["延迟链路", "这条链路换一个单程延迟。"],
        "change-producer" => ["修改生产者", "同样的动作会重放一遍。"],
        "change-consumer" => ["修改消费者", "它的组、监听器和模式；同样的动作会重放一遍。"],
        "add-slave" => ["增加 Slave", "它不继承 Master 的配置。"],
        "remove" => ["移除", "对它做过的事也一并移除；可以撤销。"],
        "add-producer" => ["增加生产者", "又一个客户端进程。"],
        "add-consumer" => ["增加消费者", "加入已有的组，或新建一个组。"],
        "add-broker" => [
            "增加 Broker",
            "又一个 brokerName：每个主题在它上面也有队列。",
        ],
        "add-topic" => ["增加主题", "从一开始就有，每个 Broker 上都有。"],
        "world" => ["网络、磁盘与种子", "对所有节点都有效。"],
        _ => ["", ""],
    },
    field: |field| match field {
        "topic" => "主题",
        "mode" => "发送方式",
        "count" => "数量",
        "everyMs" => "间隔（ms）",
        "tag" => "标签",
        "key" => "Key",
        "bodyBytes" => "消息体（字节）",
        "delayLevel" => "延迟级别（1–18）",
        "waitStoreMsgOK" => "等待存储完成",
        "queue" => "队列",
        "broker" => "brokerName",
        "local" => "事务：本地状态",
        "check" => "第一次回查答",
        "checkAgain" => "之后答",
        "result" => "返回值",
        "message" => "消息（如 m1，空为全部）",
        "times" => "次数（空为一直）",
        "delayLevelWhenNextConsume" => "重试的延迟级别",
        "ackIndex" => "确认到（下标）",
        "ms" | "processMs" => "监听器耗时（ms）",
        "offset" => "位点",
        "tags" => "标签（* 或 A || B）",
        "takesMs" => "多久后可用（ms）",
        "ratio" => "占用率（0–1）",
        "upTo" => "保留的第一个位点",
        "conf" => "配置项",
        "between" | "to" => "另一端",
        "latencyMs" => "单程（ms）",
        "jitterMs" => "抖动上限（ms）",
        "fsyncMs" => "一次 fsync（ms）",
        "seed" => "种子（0 为通常情形）",
        "until" => "结束于（ms）",
        "name" => "名字",
        "group" => "组",
        "resend" => "应用自己重发次数",
        "listener" => "监听器",
        "model" => "模式",
        "autoCommit" => "autoCommit（顺序）",
        "started" => "从一开始就在",
        "queues" => "每个 Broker 的队列数",
        "event" => "在此事件之后",
        "afterMessage" => "哪条消息（如 m1，空为任意）",
        "afterNode" => "哪个节点",
        "nth" => "从现在起第几次",
        _ => "",
    },
};

#[cfg(test)]
mod tests {
    use loss_lab_present::bench::FORMS;

    use super::*;

    #[test]
    fn every_form_and_every_field_has_words_in_both_languages() {
        for words in [&EN, &ZH] {
            for form in FORMS {
                for text in (words.form)(form.word) {
                    assert!(!text.is_empty(), "{}", form.word);
                    assert_eq!(text.matches('`').count() % 2, 0, "{text}");
                }
                for field in form.fields() {
                    assert!(!(words.field)(field.name).is_empty(), "{}", field.name);
                }
            }
            for name in ["event", "afterMessage", "afterNode", "nth"] {
                assert!(!(words.field)(name).is_empty(), "{name}");
            }
        }
    }
}
