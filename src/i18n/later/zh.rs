//! What only the second part says, in Chinese.

use loss_lab_present::keys::Group;
use loss_lab_present::settings::Note;

use super::{LaterTexts, keys_zh, statuses_zh};

pub(super) static TEXTS: LaterTexts = LaterTexts {
    profile: "RocketMQ 版本",
    section: ["Broker", "Producer", "Consumer"],
    settings_replay: "更改设置会在新设置下重放同样的动作。",
    note: |note| match note {
        Note::AnswersBeforeFsync => {
            "默认。`fsync` 之前就应答；`SYNC_FLUSH` 每次发送多一次 `fsync`（5 ms）。"
        }
        Note::AnswersAfterFsync => "`fsync` 之后才应答：每次发送一次 `fsync`（5 ms）。",
        Note::WaitsForNobody => "默认。不等任何 Slave。",
        Note::CountsItself => {
            "`inSyncReplicas` 为 1，即 Master 自己：`SYNC_MASTER` 并不等待 Slave。"
        }
        Note::WaitsForOneSlave => "等待一个 Slave 上报，最长 `slaveTimeout`。",
        Note::WaitsForSlaves => "等到这么多副本都有它，Master 也算一个。",
        Note::MoreThanThere => "超过现有的副本数：每次发送都要等满 `slaveTimeout`。",
        Note::NobodyToWaitFor => "没有 Slave：每次发送都得到 `SLAVE_NOT_AVAILABLE`。",
        Note::DiesWithProcess => "消息先进入随进程消失的缓冲。",
        Note::SlavesFlushAsync => "Slave 仍为 `ASYNC_FLUSH`：它不继承 Master 的设置。",
    },
    every_key: ["全部配置项……", "只看常用配置项"],
    search: "搜索全部配置项",
    found: |n, of| format!("{n} / {of} 项"),
    keys_of: |group| match group {
        Group::Store => "Broker 存储",
        Group::Broker => "Broker",
        Group::Producer => "生产者",
        Group::Consumer => "消费者",
    },
    cost: keys_zh::cost,
    set_in: [
        "按消费组设置：`mqadmin updateSubGroup`。",
        "Java 进程的系统属性：`-D`。",
        "写在 `namesrv.conf` 里。",
    ],
    default: "默认",
    only_in: |profile| format!("仅 {}", profile.word()),
    reset: ["恢复默认", "全部恢复默认"],
    changed: |n| format!("已改 {n} 项"),
    refused: keys_zh::refused,
    papers: ["broker.conf", "生产者", "消费者"],
    paste: [
        "粘贴 broker.conf",
        "替换 Master 的全部配置；没写到的用默认值。",
        "应用",
    ],
    applied: |n| format!("已应用 {n} 行。"),
    line: |n| format!("第 {n} 行"),
    what: keys_zh::what,
    file: ["场景文件", "保存", "复制", "打开……"],
    file_wrong: "文件没有打开，什么也没有改变。",
    file_warns: "已打开。需要知道：",
    problem: keys_zh::problem,
    show_as: "显示为",
    copy: "复制",
    copied: "已复制",
    preview: "预览",
    shortcuts_on: "键盘快捷键",
    this_list: "这张表",
    explain: statuses_zh::explain,
    explained: ["何时出现", "保证什么", "怎么办", "版本差异"],
};
