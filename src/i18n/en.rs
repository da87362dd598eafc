//! English.

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
    title: "Loss Lab for Apache RocketMQ",
    brand: "Loss Lab",
    question: "Loss Lab: can this message be lost, and how would I know?",
    skip: "Skip to the stage",
    other_language: "中文",
    theme: ["Theme: follows the system", "Theme: light", "Theme: dark"],
    stories: "Scenario",
    change: "Change",
    slaves: |n| match n {
        0 => "no slave".to_owned(),
        1 => "1 slave".to_owned(),
        _ => format!("{n} slaves"),
    },
    stage: "Stage",
    lens: "Look at",
    lenses: |lens| match lens {
        Lens::Overview => "Overview",
        Lens::Storage => "Storage",
        Lens::Replication => "Replication",
        Lens::Consumption => "Consumption",
    },
    log_of: "commit log",
    log_empty: "no message yet",
    position: |position| match position {
        Position::Wrote => "written",
        Position::Committed => "committed",
        Position::Flushed => "flushed",
    },
    reach: |reach| match reach {
        Reach::Written => "in the off-heap buffer",
        Reach::Committed => "in the page cache",
        Reach::Flushed => "on disk",
    },
    shelf: |shelf| match shelf {
        Shelf::Topic => "topic",
        Shelf::Delay => "waits for its delay level",
        Shelf::Half => "half message",
        Shelf::Op => "settles a half message",
        Shelf::Retry => "waits for a retry",
        Shelf::Dead => "dead letter",
    },
    not_dispatched: "no consume-queue entry yet",
    connection: |connection| match connection {
        Connection::Master => "master",
        Connection::None => "not connected",
        Connection::Silent => "first report awaited",
        Connection::Reports => "connected",
    },
    behind: |bytes| format!("{bytes} B behind"),
    queue_heads: ["queue", "min", "max", "committed"],
    queues_empty: "no queue has an entry yet",
    locked_by: |name| format!("locked by {name}"),
    producer: "Producer",
    consumer: "Consumer",
    group: "Consumer group",
    group_role: "consumer group",
    link_of: ["Link between ", " and ", ""],
    faults_of: ["Faults of ", ""],
    waiting: |n| {
        if n == 0 {
            "producer".to_owned()
        } else {
            format!("{n} waiting")
        }
    },
    send: ["Send ", ""],
    send_many: |n| format!("Send {n}"),
    mode: "How to send",
    modes: |mode| match mode {
        SendMode::Sync => "waits for the answer, retries",
        SendMode::Async => "a callback hears the answer",
        SendMode::Oneway => "nobody hears anything",
    },
    count: "messages at once",
    less: "one less",
    more: "one more",
    page_cache: "Page cache",
    page_cache_in: "page cache",
    volatile: "volatile",
    disk: "Disk",
    disk_in: "disk",
    durable: "durable",
    heap: "Off-heap buffer",
    heap_in: "off-heap buffer",
    heap_dies: "dies with the process",
    consumed: "Consumed",
    empty: "empty",
    older: |n| format!("{n} older messages"),
    fsync_line: "fsync line",
    next_fsync: ["next fsync at ", ""],
    stalled: ["fsync has not returned since ", ""],
    failing: |n| format!("the next {n} fsync will fail"),
    ghosts: "a copy no consumer will be given",
    lost_here: "Lost here",
    link_cut: "cut: nothing passes",
    awaited: "waits for the slave’s first report",
    pull: "pull, held up to 15 s",
    routes: |n, of| {
        if n == of {
            "routes up to date".to_owned()
        } else {
            format!("{n} of {of} brokers registered")
        }
    },
    no_queue: "no queue",
    idle: "waits for messages",
    memory_gone: "memory gone",
    picture: |picture| match picture {
        Picture::Running => "running",
        Picture::Paused => "paused",
        Picture::Killed => "killed",
        Picture::Stopped => "stopped",
        Picture::Off => "no power",
        Picture::Wrecked => "no store",
        Picture::Starting => "starting",
        Picture::Stopping => "shutting down",
        Picture::NotStarted => "not started",
    },
    foot: |foot| {
        let since = |words: &str, at: SimTime| format!("{words} {}", instant(at));
        match foot {
            Foot::Running => "running".to_owned(),
            Foot::UpSince(at) => since("up again since", at),
            Foot::NoProcess(at) => since("no process since", at),
            Foot::Stopped(at) => since("shut down at", at),
            Foot::NoPower(at) => since("no power since", at),
            Foot::NoStore(at) => since("no store since", at),
            Foot::Paused(_) => "paused: answers nothing, loses nothing".to_owned(),
            Foot::Stopping(at) => since("shutting down, ends at", at),
            Foot::Starting(at) => since("starting, serves at", at),
            Foot::NotStarted => "not started".to_owned(),
            Foot::Behind { missing, of } => format!("{} of {of} here", of - missing),
        }
    },
    look: |look| match look {
        Look::Wire => "on the wire",
        Look::Client => "in memory of the client",
        Look::OffHeap => "in the off-heap buffer only",
        Look::Cache => "in the page cache only",
        Look::Disk => "on disk",
        Look::AtRisk(_) => "at risk",
        Look::Lost => "lost",
        Look::Duplicated => "consumed more than once",
        Look::Ghost => "a copy that will not be served",
        Look::Consumed => "consumed",
    },
    times: |n| format!("×{n}"),
    retry: "retry",
    would_lose: "would lose",
    nothing: "nothing",
    close: "Close",
    strike: |strike| match strike {
        Strike::Kill => "Kill process".to_owned(),
        Strike::CutPower => "Cut power".to_owned(),
        Strike::DestroyDisk => "Destroy disk".to_owned(),
        Strike::Stop => "Shut down cleanly".to_owned(),
        Strike::Restart => "Start again (2 s)".to_owned(),
        Strike::Pause => "Pause process".to_owned(),
        Strike::Resume => "Resume process".to_owned(),
        Strike::StallDisk => "Stall disk".to_owned(),
        Strike::ReleaseDisk => "Release disk".to_owned(),
        Strike::FailDisk => "Fail one fsync".to_owned(),
        Strike::CutLink(node) => format!("Cut link to {node}"),
        Strike::HealLink(node) => format!("Heal link to {node}"),
        Strike::DropNext(node) => format!("Drop next packet to {node}"),
    },
    nothing_to_do: "It is on its way up; nothing to strike yet.",
    what_happened: "What just happened",
    welcome: [
        "A healthy cluster, paused.",
        "Send a message and watch it travel; then strike something with the lightning bolts and see what is left of it.",
    ],
    notice: |notice| {
        match notice {
        Notice::Replayed(1) => "Under the new setting, the same action at the same instant. Press « to see it from the start.".to_owned(),
        Notice::Replayed(n) => format!("Under the new setting, the same {n} actions at the same instants. Press « to see them from the start."),
        Notice::NoneOf(kind) => format!(
            "No more of these that way: {}. The clock stays where it is.",
            (TEXTS.kind_of)(kind)
        ),
        Notice::Opened => "The scenario is open, at its start. Play it, or step through it.".to_owned(),
        Notice::NoLossAhead => "Nothing that is planned loses a message.".to_owned(),
        Notice::NotModelled => "The engine does not model that yet; nothing has changed.".to_owned(),
        Notice::DoesNotFit => "That cannot be done to it in this state; nothing has changed.".to_owned(),
    }
    },
    narration: |key| match key {
        Key::SendCalled => "{node} calls send for {m}, {word}.",
        Key::RequestSent => "{m} leaves {node} for {peer}.",
        Key::RequestRetried => "{node} sends {m} again, to {peer}: attempt {n}.",
        Key::Buffered => "{node} writes {m} to its off-heap buffer.",
        Key::Cached => "{node} writes {m} to its page cache.",
        Key::Committed => "{node} moves {m} from the off-heap buffer to the page cache.",
        Key::Flushed => "`fsync`: {m} is on the disk of {node}.",
        Key::Replicated => "{node} has a copy of {m}, from {peer}.",
        Key::Replied => "{word} for {m} leaves {node}.",
        Key::AttemptFailed => "Attempt {n} for {m} failed at {node}: {word}.",
        Key::Told => "{node} is told {word} for {m}.",
        Key::ToldException => "{node} is told {word} for {m}.",
        Key::ToldNothing => "{node} has sent {m} and hears nothing more of it.",
        Key::Delivered => "The listener of {node} is given {m}.",
        Key::DeliveredAgain => "The listener of {node} is given {m} again: delivery {n}.",
        Key::Consumed => "{node} returns {word} for {m}.",
        Key::ConsumeFailed => "{node} returns {word} for {m}.",
        Key::SentBack => "{node} sends {m} back, to be tried again later.",
        Key::RetryStored => "{node} stores {m} in the retry topic.",
        Key::DeadLettered => "{node} moves {m} to the dead-letter queue.",
        Key::OffsetCommitted => "{node} learns how far the group has come: offset {n}.",
        Key::Truncated => "{node} cuts its log back: {n} records gone.",
        Key::Killed => "The process of {node} is killed.",
        Key::PowerCut => "{node} loses power.",
        Key::DiskDestroyed => "The disk of {node} is destroyed.",
        Key::Stopped => "{node} is shut down cleanly.",
        Key::Elected => "The controller makes {peer} master, in epoch {n}.",
        Key::NobodyElected => "The controller finds nobody to make master.",
        Key::InSync => "The controller takes in the SyncStateSet: {peer}.",
        Key::RoleChanged => "{node} is {word} now, in epoch {n}.",
        Key::Up => "{node} is up again, on what its disk had.",
        Key::LinkCut => "The link between {node} and {peer} is cut.",
        Key::LinkHealed => "The link between {node} and {peer} is whole again.",
        Key::Paused => "The process of {node} is frozen.",
        Key::Resumed => "The process of {node} goes on.",
        Key::DiskStalled => "`fsync` on {node} does not return any more.",
        Key::DiskReleased => "`fsync` on {node} returns again.",
        Key::DiskFailing => "The next `fsync` on {node} will report an error.",
        Key::Lost => "{m} is lost.",
    },
    because: |because| match because {
        Because::CacheIsVolatile => {
            "A killed process leaves the page cache alone; a power cut empties it."
        }
        Because::CacheWaitsForFsync => "`SYNC_FLUSH`: the answer waits until it is on disk.",
        Because::BufferIsMoreVolatile => {
            "With `transientStorePoolEnable`, even a killed process loses it until it is committed."
        }
        Because::DiskIsDurable => "From here on only the loss of that disk can take it.",
        Because::SecondDisk => "A second copy, on a second disk.",
        Because::NobodyIsGivenThisCopy => "But no consumer will be given this copy.",
        Because::SlaveCacheOnly => {
            "The slave acknowledges from its page cache, before any `fsync` of its own."
        }
        Because::AnsweredBeforeFsync => {
            "`ASYNC_FLUSH` answers once the bytes are in the page cache, and `ASYNC_MASTER` waits for no slave."
        }
        Because::AnsweredAfterFsync => "`SYNC_FLUSH` answers after `fsync`.",
        Because::NoSlaveWaitedFor => {
            "`inSyncReplicas=1` counts the master itself: `SYNC_MASTER` waits for no slave."
        }
        Because::SlaveConfirmed => "`SYNC_MASTER` has waited for a slave’s report.",
        Because::FlushNotConfirmed => {
            "`syncFlushTimeout` is over and `fsync` has not returned. The message is stored all the same."
        }
        Because::SlaveNotConfirmed => {
            "`slaveTimeout` is over and too few replicas have reported. The message is stored all the same."
        }
        Because::NoSlaveThere => {
            "There is no slave to wait for, and 4.9 says so at once. The message is stored."
        }
        Because::OnewayHearsNothing => "Whether it arrives, nobody will know.",
        Because::StoredAllTheSame => {
            "It is not an error: the message is stored, and the client does not send it again."
        }
        Because::MayBeStored => "Whether the message is stored, the producer cannot tell.",
        Because::CacheSurvivesKill => {
            "The page cache belongs to the operating system: what is in it stays."
        }
        Because::CacheDiesWithPower => "What was not on disk is gone; the disk keeps what it has.",
        Because::EverythingDiesWithDisk => "Everything it stored is gone, and the process with it.",
        Because::PauseLosesNothing => {
            "It answers nothing and loses nothing; others may give it up."
        }
        Because::MessagesCollectAboveTheLine => "Messages collect above the line until it does.",
        Because::ReplicationWaits => {
            "Packets between the two get lost; what waits for them waits on."
        }
        Because::LastCopyGone => "No copy is left that anybody will ever be given.",
        Because::OffsetNotYetSaved => {
            "The group’s offset had not been saved when it was delivered before."
        }
        Because::OffsetsAreReused => {
            "New messages will get the queue offsets of those that are gone."
        }
        Because::NotEnoughReplicas => {
            "Too few replicas are in sync: refused before anything was written."
        }
    },
    joined: [", ", " and "],
    timeline: "Timeline",
    timeline_label: |lanes, messages, faults| {
        format!(
            "Timeline: {lanes} lanes, {messages} messages, {faults} faults. All events can be read in words below."
        )
    },
    playhead: "Playhead",
    press: |press| match press {
        Press::Send => "Send",
        Press::Play => "Play",
        Press::Next => "Next event",
        Press::Previous => "Previous event",
        Press::Start => "Back to the start",
        Press::End => "To the end of what is known",
        Press::NextLoss => "Next loss",
        Press::Faster => "Faster",
        Press::Slower => "Slower",
        Press::Clear => "Start over with nothing sent",
        Press::Kind => "Step to another kind",
        Press::Branch => "Next branch",
        Press::Undo => "Undo",
    },
    all_events: "The whole run, event by event",
    lately: ["Events in words", "Hide the events in words"],
    lately_columns: ["Time", "Node", "Event"],
    step_by: "Step to",
    kind_of: |kind| match kind {
        Kind::Any => "any event",
        Kind::Send => "sends",
        Kind::Append => "appends",
        Kind::Fsync => "fsync",
        Kind::Replication => "replication",
        Kind::Answer => "answers",
        Kind::Delivery => "deliveries",
        Kind::Fault => "faults",
        Kind::Loss => "losses",
    },
    branches: "Branches",
    branch: |branch| match branch.origin {
        Origin::First => "The first run".to_owned(),
        Origin::Act(at) => format!("Branch {}, from {}", branch.number, instant(at)),
        Origin::Settings => format!("Branch {}, other settings", branch.number),
    },
    pause: "Pause",
    event_of: |number, playing| {
        format!(
            "event {number}, {}",
            if playing { "playing" } else { "paused" }
        )
    },
    pace: "Pace",
    by_event: "By event",
    constant: "Constant",
    speed: "Speed",
    ledger: "Ledger",
    ledger_empty: "Send a message to start.",
    columns: [
        "Message",
        "Producer was told",
        "Copies now",
        "Delivered",
        "Verdict",
        "What would lose it now, or what did",
    ],
    tally: |judgement, n| {
        let words = match judgement {
            Judgement::Pending | Judgement::Safe => "pending",
            Judgement::AtRisk => "at risk",
            Judgement::Lost | Judgement::LostPromiseBroken => "lost",
            Judgement::Duplicated => "duplicated",
            Judgement::Consumed | Judgement::ConsumedOnRetry => "consumed",
            Judgement::DeadLetter => "dead letters",
            Judgement::Refused => "refused",
        };
        format!("{n} {words}")
    },
    sent: |n| format!("{n} sent"),
    not_told: "no reply yet",
    never_told: "nothing (oneway)",
    wire: "on the wire",
    with_producer: "with the producer",
    nowhere: "nowhere",
    not_yet: "not yet",
    never: "never",
    then: ", then ",
    judgement: |judgement| match judgement {
        Judgement::Pending => "Pending",
        Judgement::Safe => "Safe for now",
        Judgement::AtRisk => "At risk",
        Judgement::LostPromiseBroken => "Lost, promise broken",
        Judgement::Lost => "Lost",
        Judgement::Duplicated => "Duplicated",
        Judgement::Consumed => "Consumed",
        Judgement::ConsumedOnRetry => "Consumed on retry",
        Judgement::DeadLetter => "Dead letter",
        Judgement::Refused => "Refused",
    },
    nothing_promised: "nothing promised yet",
    exposure: |exposure| match exposure {
        Exposure::ProcessCrash => "process kill",
        Exposure::PowerLoss => "power cut",
        Exposure::DiskLoss => "disk loss",
        Exposure::SlaveNeverServed => "only a slave has it",
        Exposure::ConsumerCrash => "consumer kill",
    },
    stage_of: |stage| match stage {
        Stage::Produce => "Produce stage",
        Stage::Store => "Store stage",
        Stage::Consume => "Consume stage",
    },
    cause: |cause, at| {
        let words = match cause {
            Cause::PowerLoss => "power cut",
            Cause::Kill => "process killed",
            Cause::DestroyDisk => "disk destroyed",
            Cause::Truncated => "log cut back",
            Cause::Elected => "a replica without it became master",
            Cause::Expired => "files expired",
            Cause::OffsetMoved => "offset moved past it",
            Cause::LinkDown => "connection gone",
            Cause::Other => "given up",
        };
        format!(": {words} at {at}.")
    },
    saved_by: ["Saved by", "Not promised under"],
    sort: "Sort",
    sorts: |sort| match sort {
        Sort::Newest => "Newest first",
        Sort::Oldest => "Oldest first",
        Sort::Gravest => "Gravest verdict first",
        Sort::MostDelivered => "Most deliveries first",
    },
    only: "Show only these",
    none_of_these: "No message has this verdict now.",
    rows_of: |first, last, all| format!("{first}–{last} of {all}"),
    turn_rows: ["Rows before", "Rows after"],
    tale: |about| match about {
        About::Message(message) => format!("The story of {message}"),
        About::Causes => "Why: each event, and what led to it".to_owned(),
    },
    ask_why: "Why?",
    views: "Views",
    view: |view| match view {
        View::Lab => "Lab",
        View::Lessons => "Lessons",
        View::Fidelity => "Fidelity",
        View::Embed | View::Embedding => "Embed",
    },
    part_missing: "This part of the page could not be loaded.",
    try_again: "Try again",
    no_cause: "No earlier event led to it: the scenario, a person or a clock did.",
    close_tale: ["Close", "Back to the story"],
    statuses: "Statuses",
    seen: |n, of| format!("{n} of {of} seen"),
    machine: |machine| match machine {
        Machine::SendStatus => "what the producer is told",
        Machine::GetMessageStatus => "what a pull finds",
        Machine::ConsumeConcurrentlyStatus => "what the listener returns",
        Machine::ConsumeOrderlyStatus => "orderly listeners; none in this run",
    },
    deprecated: "deprecated",
    show: "show me",
    just_taken: "just taken",
    no_broker: "never",
    forget: "Forget what was seen",
    settings: "Settings",
    number: |number| match number {
        Number::Slaves => "slaves",
        Number::Consumers => "consumers",
        Number::ProcessTime => "listener takes",
        Number::InSyncReplicas => "inSyncReplicas",
        Number::SyncFlushTimeout => "syncFlushTimeout",
        Number::SlaveTimeout => "slaveTimeout",
        Number::SendMsgTimeout => "sendMsgTimeout",
        Number::RetryTimes => "retryTimesWhenSendFailed",
    },
    shortcuts: "Keys",
    about: "An independent teaching tool. Apache RocketMQ is a trademark of the Apache Software Foundation. Rules: 4.9.8 and 5.3.3.",
    story: |id| match id {
        StoryId::Free => "A healthy cluster",
        StoryId::Healthy => "A message that survives",
        StoryId::PowerCut => "Power cut under ASYNC_FLUSH",
        StoryId::PowerCutSync => "Power cut under SYNC_FLUSH",
        StoryId::FlushDiskTimeout => "FLUSH_DISK_TIMEOUT: the disk stalls",
        StoryId::FlushSlaveTimeout => "FLUSH_SLAVE_TIMEOUT: the slave is frozen",
        StoryId::SlaveNotAvailable => "SLAVE_NOT_AVAILABLE: no slave, 4.9",
        StoryId::DiskLoss => "The master’s disk is destroyed",
        StoryId::File => "A scenario file",
    },
};
