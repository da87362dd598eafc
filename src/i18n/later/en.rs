//! What only the second part says, in English.

use loss_lab_present::keys::Group;
use loss_lab_present::settings::Note;

use super::{LaterTexts, keys_en, statuses_en};

pub(super) static TEXTS: LaterTexts = LaterTexts {
    profile: "RocketMQ version",
    section: ["Broker", "Producer", "Consumer"],
    settings_replay: "A change replays the same actions under the new setting.",
    note: |note| match note {
        Note::AnswersBeforeFsync => {
            "Default. Replies before `fsync`; `SYNC_FLUSH` costs one `fsync` (5 ms) a send."
        }
        Note::AnswersAfterFsync => "Replies after `fsync`: one `fsync` (5 ms) a send.",
        Note::WaitsForNobody => "Default. Waits for no slave.",
        Note::CountsItself => {
            "`inSyncReplicas` is 1, the master itself: `SYNC_MASTER` does not wait for a slave."
        }
        Note::WaitsForOneSlave => "Waits for one slave’s report, up to `slaveTimeout`.",
        Note::WaitsForSlaves => "Waits until so many replicas have it, the master included.",
        Note::MoreThanThere => "More replicas than there are: every send waits for `slaveTimeout`.",
        Note::NobodyToWaitFor => "There is no slave: every send gets `SLAVE_NOT_AVAILABLE`.",
        Note::DiesWithProcess => "Messages start in a buffer that dies with the process.",
        Note::SlavesFlushAsync => {
            "Slaves keep `ASYNC_FLUSH`: they do not inherit the master’s setting."
        }
    },
    every_key: ["All keys …", "Only the usual keys"],
    search: "Search all keys",
    found: |n, of| format!("{n} of {of} keys"),
    keys_of: |group| match group {
        Group::Store => "Broker store",
        Group::Broker => "Broker",
        Group::Producer => "Producer",
        Group::Consumer => "Consumer",
    },
    cost: keys_en::cost,
    set_in: [
        "Per group: `mqadmin updateSubGroup`.",
        "A property of the Java process: `-D`.",
        "In `namesrv.conf`.",
    ],
    default: "default",
    only_in: |profile| format!("only {}", profile.word()),
    reset: ["Default", "Reset all to defaults"],
    changed: |n| format!("{n} changed"),
    refused: keys_en::refused,
    papers: ["broker.conf", "Producer", "Consumer"],
    paste: [
        "Paste a broker.conf",
        "It replaces the masters’ settings; what it does not say is default.",
        "Apply",
    ],
    applied: |n| match n {
        1 => "1 line applied.".to_owned(),
        _ => format!("{n} lines applied."),
    },
    line: |n| format!("Line {n}"),
    what: keys_en::what,
    file: ["Scenario file", "Save", "Copy", "Open …"],
    file_wrong: "This file was not opened; nothing has changed.",
    file_warns: "It is open. To know about it:",
    problem: keys_en::problem,
    show_as: "Show as",
    copy: "Copy",
    copied: "Copied",
    preview: "preview",
    shortcuts_on: "Keyboard shortcuts",
    this_list: "This list",
    explain: statuses_en::explain,
    explained: ["When", "What it promises", "What to do", "Versions"],
};
