//! Simplified Chinese. Han and Latin are set apart by a space, punctuation is full-width, RocketMQ's words stay as they are.

use loss_lab_engine::ledger::{Exposure, Stage};
use loss_lab_engine::status::SendMode;
use loss_lab_engine::units::SimTime;
use loss_lab_present::book::Sort;
use loss_lab_present::frame::Notice;
use loss_lab_present::glyph::Look;
use loss_lab_present::inside::{Connection, Lens, Position, Reach, Shelf};
use loss_lab_present::intent::Press;
use loss_lab_present::ledger::{Cause, Judgement};
use loss_lab_present::menu::Strike;
use loss_lab_present::narration::{Because, Key};
use loss_lab_present::settings::Number;
use loss_lab_present::stage::{Foot, Picture};
use loss_lab_present::statuses::Machine;
use loss_lab_present::story::StoryId;
use loss_lab_present::tale::About;
use loss_lab_present::trail::{Kind, Origin};

use crate::view::View;

use super::{Texts, instant};

pub(super) static TEXTS: Texts = Texts {
    title: "丢消息实验室 · Apache RocketMQ",
    brand: "丢消息实验室",
    question: "丢消息实验室：这条消息会丢吗，我怎么知道？",
    skip: "跳到舞台",
    other_language: "English",
    theme: ["主题：跟随系统", "主题：浅色", "主题：深色"],
    stories: "场景",
    change: "更改",
    slaves: |n| {
        if n == 0 {
            "无 Slave".to_owned()
        } else {
            format!("{n} 个 Slave")
        }
    },
    stage: "舞台",
    lens: "视角",
    lenses: |lens| match lens {
        Lens::Overview => "总览",
        Lens::Storage => "存储",
        Lens::Replication => "复制",
        Lens::Consumption => "消费",
    },
    log_of: "commit log",
    log_empty: "还没有消息",
    position: |position| match position {
        Position::Wrote => "已写入",
        Position::Committed => "已提交",
        Position::Flushed => "已刷盘",
    },
    reach: |reach| match reach {
        Reach::Written => "在堆外缓冲",
        Reach::Committed => "在页缓存",
        Reach::Flushed => "在磁盘",
    },
    shelf: |shelf| match shelf {
        Shelf::Topic => "业务主题",
        Shelf::Delay => "等待延迟级别到期",
        Shelf::Half => "半消息",
        Shelf::Op => "了结一条半消息",
        Shelf::Retry => "等待重试",
        Shelf::Dead => "死信",
    },
    not_dispatched: "还没有 consume queue 条目",
    connection: |connection| match connection {
        Connection::Master => "Master",
        Connection::None => "未连接",
        Connection::Silent => "等待首次上报",
        Connection::Reports => "已连接",
    },
    behind: |bytes| format!("落后 {bytes} B"),
    queue_heads: ["队列", "最小", "最大", "已提交"],
    queues_empty: "还没有队列有条目",
    locked_by: |name| format!("被 {name} 锁定"),
    producer: "生产者",
    consumer: "消费者",
    group: "消费组",
    group_role: "消费组",
    link_of: ["", " 与 ", " 之间的链路"],
    faults_of: ["", " 的故障"],
    waiting: |n| {
        if n == 0 {
            "生产者".to_owned()
        } else {
            format!("待应答 {n}")
        }
    },
    send: ["发送 ", ""],
    send_many: |n| format!("发送 {n} 条"),
    mode: "发送方式",
    modes: |mode| match mode {
        SendMode::Sync => "等待应答，失败会重试",
        SendMode::Async => "由回调得到应答",
        SendMode::Oneway => "没有任何应答",
    },
    count: "一次发送的条数",
    less: "减一",
    more: "加一",
    page_cache: "页缓存",
    page_cache_in: "页缓存",
    volatile: "易失",
    disk: "磁盘",
    disk_in: "磁盘",
    durable: "持久",
    heap: "堆外缓冲",
    heap_in: "堆外缓冲",
    heap_dies: "随进程消失",
    consumed: "已消费",
    empty: "空",
    older: |n| format!("更早的 {n} 条"),
    fsync_line: "fsync 线",
    next_fsync: ["下次 fsync：", ""],
    stalled: ["fsync 自 ", " 起未返回"],
    failing: |n| format!("接下来 {n} 次 fsync 将失败"),
    ghosts: "不会再投递的副本",
    lost_here: "在此丢失",
    link_cut: "已切断：什么都过不去",
    awaited: "等待 Slave 首次上报",
    pull: "拉取，最长挂起 15 s",
    routes: |n, of| {
        if n == of {
            "路由最新".to_owned()
        } else {
            format!("{of} 个 Broker 中 {n} 个已注册")
        }
    },
    no_queue: "没有队列",
    idle: "等待消息",
    memory_gone: "内存已失",
    picture: |picture| match picture {
        Picture::Running => "运行中",
        Picture::Paused => "已暂停",
        Picture::Killed => "被杀",
        Picture::Stopped => "已停止",
        Picture::Off => "断电",
        Picture::Wrecked => "无存储",
        Picture::Starting => "启动中",
        Picture::Stopping => "关闭中",
        Picture::NotStarted => "未启动",
    },
    foot: |foot| {
        let at = |at: SimTime| instant(at);
        match foot {
            Foot::Running => "运行中".to_owned(),
            Foot::UpSince(t) => format!("{} 重新启动", at(t)),
            Foot::NoProcess(t) => format!("{} 起无进程", at(t)),
            Foot::Stopped(t) => format!("{} 正常关闭", at(t)),
            Foot::NoPower(t) => format!("{} 起无电", at(t)),
            Foot::NoStore(t) => format!("{} 起无存储", at(t)),
            Foot::Paused(_) => "暂停：不应答，也不丢".to_owned(),
            Foot::Stopping(t) => format!("关闭中，{} 结束", at(t)),
            Foot::Starting(t) => format!("启动中，{} 起服务", at(t)),
            Foot::NotStarted => "未启动".to_owned(),
            Foot::Behind { missing, of } => format!("{of} 条消息中已到 {} 条", of - missing),
        }
    },
    look: |look| match look {
        Look::Wire => "在途",
        Look::Client => "在客户端内存中",
        Look::OffHeap => "只在堆外缓冲中",
        Look::Cache => "只在页缓存中",
        Look::Disk => "在磁盘上",
        Look::AtRisk(_) => "有风险",
        Look::Lost => "已丢失",
        Look::Duplicated => "被消费多次",
        Look::Ghost => "不会再被投递的副本",
        Look::Consumed => "已消费",
    },
    times: |n| format!("×{n}"),
    retry: "retry",
    would_lose: "将丢失",
    nothing: "无",
    close: "关闭",
    strike: |strike| match strike {
        Strike::Kill => "杀死进程".to_owned(),
        Strike::CutPower => "断电".to_owned(),
        Strike::DestroyDisk => "毁掉磁盘".to_owned(),
        Strike::Stop => "正常关闭".to_owned(),
        Strike::Restart => "重新启动（2 s）".to_owned(),
        Strike::Pause => "暂停进程".to_owned(),
        Strike::Resume => "恢复进程".to_owned(),
        Strike::StallDisk => "卡住磁盘".to_owned(),
        Strike::ReleaseDisk => "放开磁盘".to_owned(),
        Strike::FailDisk => "让一次 fsync 失败".to_owned(),
        Strike::CutLink(node) => format!("切断到 {node} 的链路"),
        Strike::HealLink(node) => format!("恢复到 {node} 的链路"),
        Strike::DropNext(node) => format!("丢弃下一个发往 {node} 的包"),
    },
    nothing_to_do: "正在启动，暂时没有可做的。",
    what_happened: "刚刚发生了什么",
    welcome: [
        "一个健康的集群，已暂停。",
        "发送一条消息，看它怎么走；再用闪电按钮制造故障，看它还剩下什么。",
    ],
    notice: |notice| match notice {
        Notice::Replayed(n) => {
            format!("在新设置下，于相同时刻重放了同样的 {n} 个动作。按 « 从头看起。")
        }
        Notice::NoneOf(kind) => format!(
            "这个方向上没有更多「{}」事件了，时钟停在原处。",
            (TEXTS.kind_of)(kind)
        ),
        Notice::Opened => "场景已打开，停在开头。可以播放，也可以逐步前进。".to_owned(),
        Notice::NoLossAhead => "按现在的安排，不会再丢消息。".to_owned(),
        Notice::NotModelled => "引擎尚未模拟这一点，什么都没有改变。".to_owned(),
        Notice::DoesNotFit => "它现在的状态做不了这件事，什么都没有改变。".to_owned(),
    },
    narration: |key| match key {
        Key::SendCalled => "{node} 调用 send 发送 {m}，方式 {word}。",
        Key::RequestSent => "{m} 离开 {node}，发往 {peer}。",
        Key::RequestRetried => "{node} 再次发送 {m}，发往 {peer}：第 {n} 次尝试。",
        Key::Buffered => "{node} 把 {m} 写入堆外缓冲。",
        Key::Cached => "{node} 把 {m} 写入页缓存。",
        Key::Committed => "{node} 把 {m} 从堆外缓冲移入页缓存。",
        Key::Flushed => "`fsync`：{m} 已在 {node} 的磁盘上。",
        Key::Replicated => "{node} 从 {peer} 得到 {m} 的副本。",
        Key::Replied => "{m} 的 {word} 离开 {node}。",
        Key::AttemptFailed => "{node} 对 {m} 的第 {n} 次尝试失败：{word}。",
        Key::Told => "{node} 得知 {m} 的结果：{word}。",
        Key::ToldException => "{node} 得知 {m} 的结果：{word}。",
        Key::ToldNothing => "{node} 已发出 {m}，此后再无音讯。",
        Key::Delivered => "{node} 的监听器拿到 {m}。",
        Key::DeliveredAgain => "{node} 的监听器再次拿到 {m}：第 {n} 次投递。",
        Key::Consumed => "{node} 对 {m} 返回 {word}。",
        Key::ConsumeFailed => "{node} 对 {m} 返回 {word}。",
        Key::SentBack => "{node} 退回 {m}，稍后重试。",
        Key::RetryStored => "{node} 把 {m} 存入重试主题。",
        Key::DeadLettered => "{node} 把 {m} 移入死信队列。",
        Key::OffsetCommitted => "{node} 得知消费组的进度：位点 {n}。",
        Key::Truncated => "{node} 截断日志：{n} 条记录消失。",
        Key::Killed => "{node} 的进程被杀死。",
        Key::PowerCut => "{node} 断电。",
        Key::DiskDestroyed => "{node} 的磁盘被毁。",
        Key::Stopped => "{node} 正常关闭。",
        Key::Elected => "控制器选 {peer} 为 Master，epoch {n}。",
        Key::NobodyElected => "控制器找不到可以当选 Master 的副本。",
        Key::InSync => "控制器记下 SyncStateSet：{peer}。",
        Key::RoleChanged => "{node} 现在是 {word}，epoch {n}。",
        Key::Up => "{node} 重新启动，从磁盘上的内容恢复。",
        Key::LinkCut => "{node} 与 {peer} 之间的链路被切断。",
        Key::LinkHealed => "{node} 与 {peer} 之间的链路恢复。",
        Key::Paused => "{node} 的进程被冻结。",
        Key::Resumed => "{node} 的进程继续运行。",
        Key::DiskStalled => "{node} 上的 `fsync` 不再返回。",
        Key::DiskReleased => "{node} 上的 `fsync` 又能返回。",
        Key::DiskFailing => "{node} 上的下一次 `fsync` 将报错。",
        Key::Lost => "{m} 丢失了。",
    },
    because: |because| match because {
        Because::CacheIsVolatile => "杀死进程不影响页缓存；断电会清空它。",
        Because::CacheWaitsForFsync => "`SYNC_FLUSH`：落盘之后才应答。",
        Because::BufferIsMoreVolatile => {
            "`transientStorePoolEnable` 之下，提交之前连杀死进程都会丢掉它。"
        }
        Because::DiskIsDurable => "从此只有这块磁盘损毁才会失去它。",
        Because::SecondDisk => "第二块磁盘上的第二份副本。",
        Because::NobodyIsGivenThisCopy => "但不会有消费者拿到这份副本。",
        Because::SlaveCacheOnly => "Slave 在页缓存中收到就上报，先于自己的 `fsync`。",
        Because::AnsweredBeforeFsync => {
            "`ASYNC_FLUSH` 只等字节进入页缓存就应答，`ASYNC_MASTER` 不等任何 Slave。"
        }
        Because::AnsweredAfterFsync => "`SYNC_FLUSH` 在 `fsync` 之后应答。",
        Because::NoSlaveWaitedFor => {
            "`inSyncReplicas=1` 把 Master 自己算在内：`SYNC_MASTER` 不等任何 Slave。"
        }
        Because::SlaveConfirmed => "`SYNC_MASTER` 等到了 Slave 的上报。",
        Because::FlushNotConfirmed => "`syncFlushTimeout` 已到，`fsync` 仍未返回。消息照样存下了。",
        Because::SlaveNotConfirmed => "`slaveTimeout` 已到，上报的副本不够。消息照样存下了。",
        Because::NoSlaveThere => "没有可等的 Slave，4.9 立即如实告知。消息已存下。",
        Because::OnewayHearsNothing => "它到没到，没有人会知道。",
        Because::StoredAllTheSame => "这不是错误：消息已存下，客户端不会重发。",
        Because::MayBeStored => "消息是否存下，生产者无从得知。",
        Because::CacheSurvivesKill => "页缓存属于操作系统：里面的内容还在。",
        Because::CacheDiesWithPower => "没有落盘的都没了；磁盘上的还在。",
        Because::EverythingDiesWithDisk => "它存过的一切都没了，进程也随之结束。",
        Because::PauseLosesNothing => "它不应答，也不丢什么；别人可能会放弃它。",
        Because::MessagesCollectAboveTheLine => "在它返回之前，消息都停在线上方。",
        Because::ReplicationWaits => "两者之间的包会丢失，等它们的只能继续等。",
        Because::LastCopyGone => "已经没有任何会被投递的副本。",
        Because::OffsetNotYetSaved => "上次投递时，消费组的位点还没有保存。",
        Because::OffsetsAreReused => "新消息会重新使用那些消失的队列位点。",
        Because::NotEnoughReplicas => "同步中的副本太少：在写入之前就被拒绝。",
    },
    joined: ["、", " 和 "],
    timeline: "时间线",
    timeline_label: |lanes, messages, faults| {
        format!(
            "时间线：{lanes} 条泳道，{messages} 条消息，{faults} 次故障。下方可用文字列出全部事件。"
        )
    },
    playhead: "播放头",
    press: |press| match press {
        Press::Send => "发送",
        Press::Play => "播放",
        Press::Next => "下一事件",
        Press::Previous => "上一事件",
        Press::Start => "回到开头",
        Press::End => "到已知的末尾",
        Press::NextLoss => "下一次丢失",
        Press::Faster => "加快",
        Press::Slower => "放慢",
        Press::Clear => "清空重来",
        Press::Kind => "换一种事件来单步",
        Press::Branch => "下一个分支",
        Press::Undo => "撤销",
    },
    all_events: "整个运行，逐个事件",
    lately: ["用文字列出事件", "收起文字列表"],
    lately_columns: ["时间", "节点", "事件"],
    step_by: "单步到",
    kind_of: |kind| match kind {
        Kind::Any => "任何事件",
        Kind::Send => "发送",
        Kind::Append => "追加",
        Kind::Fsync => "fsync",
        Kind::Replication => "复制",
        Kind::Answer => "应答",
        Kind::Delivery => "投递",
        Kind::Fault => "故障",
        Kind::Loss => "丢失",
    },
    branches: "分支",
    branch: |branch| match branch.origin {
        Origin::First => "最初的运行".to_owned(),
        Origin::Act(at) => format!("分支 {}，从 {} 岔开", branch.number, instant(at)),
        Origin::Settings => format!("分支 {}，换了设置", branch.number),
    },
    pause: "暂停",
    event_of: |number, playing| {
        format!(
            "第 {number} 个事件，{}",
            if playing { "播放中" } else { "已暂停" }
        )
    },
    pace: "步调",
    by_event: "按事件",
    constant: "匀速",
    speed: "速度",
    ledger: "账本",
    ledger_empty: "发送一条消息开始。",
    columns: [
        "消息",
        "生产者得知",
        "当前副本",
        "投递",
        "结论",
        "此刻什么会丢掉它 / 什么丢掉了它",
    ],
    tally: |judgement, n| {
        let words = match judgement {
            Judgement::Pending | Judgement::Safe => "待定",
            Judgement::AtRisk => "有风险",
            Judgement::Lost | Judgement::LostPromiseBroken => "丢失",
            Judgement::Duplicated => "重复",
            Judgement::Consumed | Judgement::ConsumedOnRetry => "已消费",
            Judgement::DeadLetter => "死信",
            Judgement::Refused => "被拒",
        };
        format!("{n} {words}")
    },
    sent: |n| format!("{n} 条已发"),
    not_told: "尚无应答",
    never_told: "无（oneway）",
    wire: "在途",
    with_producer: "在生产者手中",
    nowhere: "哪里都没有",
    not_yet: "尚未",
    never: "从未",
    then: "，然后 ",
    judgement: |judgement| match judgement {
        Judgement::Pending => "待定",
        Judgement::Safe => "暂时安全",
        Judgement::AtRisk => "有风险",
        Judgement::LostPromiseBroken => "已丢失，承诺落空",
        Judgement::Lost => "已丢失",
        Judgement::Duplicated => "重复消费",
        Judgement::Consumed => "已消费",
        Judgement::ConsumedOnRetry => "重试后消费",
        Judgement::DeadLetter => "死信",
        Judgement::Refused => "被拒绝",
    },
    nothing_promised: "尚未承诺",
    exposure: |exposure| match exposure {
        Exposure::ProcessCrash => "杀死进程",
        Exposure::PowerLoss => "断电",
        Exposure::DiskLoss => "磁盘损毁",
        Exposure::SlaveNeverServed => "只剩 Slave 上的副本",
        Exposure::ConsumerCrash => "消费者被杀",
    },
    stage_of: |stage| match stage {
        Stage::Produce => "生产阶段",
        Stage::Store => "存储阶段",
        Stage::Consume => "消费阶段",
    },
    cause: |cause, at| {
        let words = match cause {
            Cause::PowerLoss => "断电",
            Cause::Kill => "进程被杀",
            Cause::DestroyDisk => "磁盘被毁",
            Cause::Truncated => "日志被截断",
            Cause::Elected => "没有它的副本当选了 Master",
            Cause::Expired => "文件过期",
            Cause::OffsetMoved => "位点越过了它",
            Cause::LinkDown => "连接断开",
            Cause::Other => "被放弃",
        };
        format!("：{at} {words}。")
    },
    saved_by: ["可避免：", "不会误报成功："],
    sort: "排序",
    sorts: |sort| match sort {
        Sort::Newest => "最新的在前",
        Sort::Oldest => "最早的在前",
        Sort::Gravest => "结局最坏的在前",
        Sort::MostDelivered => "投递最多的在前",
    },
    only: "只看这些",
    none_of_these: "现在没有消息是这种结局。",
    rows_of: |first, last, all| format!("第 {first}–{last} 条，共 {all} 条"),
    turn_rows: ["前面的行", "后面的行"],
    tale: |about| match about {
        About::Message(message) => format!("{message} 的经历"),
        About::Causes => "为什么：从这件事追溯到起因".to_owned(),
    },
    ask_why: "为什么？",
    views: "视图",
    view: |view| match view {
        View::Lab => "实验室",
        View::Lessons => "课程",
        View::Fidelity => "与真实集群对照",
        View::Embed | View::Embedding => "嵌入",
    },
    part_missing: "页面的这一部分没有加载成功。",
    try_again: "重试",
    no_cause: "再往前没有别的事件：起因是场景、人或时钟。",
    close_tale: ["关闭", "回到消息的经历"],
    statuses: "状态",
    seen: |n, of| format!("已见 {n} / {of}"),
    machine: |machine| match machine {
        Machine::SendStatus => "生产者得到的答复",
        Machine::GetMessageStatus => "一次拉取的结果",
        Machine::ConsumeConcurrentlyStatus => "监听器的返回值",
        Machine::ConsumeOrderlyStatus => "顺序监听器；本次未用",
    },
    deprecated: "已弃用",
    show: "演示",
    just_taken: "刚刚出现",
    no_broker: "不会出现",
    forget: "清除已见记录",
    settings: "设置",
    number: |number| match number {
        Number::Slaves => "Slave 数",
        Number::Consumers => "消费者数",
        Number::ProcessTime => "监听器耗时",
        Number::InSyncReplicas => "inSyncReplicas",
        Number::SyncFlushTimeout => "syncFlushTimeout",
        Number::SlaveTimeout => "slaveTimeout",
        Number::SendMsgTimeout => "sendMsgTimeout",
        Number::RetryTimes => "retryTimesWhenSendFailed",
    },
    shortcuts: "按键",
    about: "独立的教学工具。Apache RocketMQ 是 Apache 软件基金会的商标。规则依据：4.9.8 与 5.3.3。",
    story: |id| match id {
        StoryId::Free => "一个健康的集群",
        StoryId::Healthy => "一条存活下来的消息",
        StoryId::PowerCut => "异步刷盘遇上断电",
        StoryId::PowerCutSync => "同步刷盘遇上断电",
        StoryId::FlushDiskTimeout => "FLUSH_DISK_TIMEOUT：磁盘卡住",
        StoryId::FlushSlaveTimeout => "FLUSH_SLAVE_TIMEOUT：Slave 被冻结",
        StoryId::SlaveNotAvailable => "SLAVE_NOT_AVAILABLE：没有 Slave，4.9",
        StoryId::DiskLoss => "Master 的磁盘被毁",
        StoryId::File => "场景文件",
    },
};
