//! The twenty statuses, explained in English.

use loss_lab_engine::status::{ConsumeResult, GetMessageStatus, SendStatus};
use loss_lab_present::statuses::Status;

use super::Explained;

pub(super) const fn explain(status: Status) -> Explained {
    let [when, promises, advice, versions] = match status {
        Status::Send(status) => send(status),
        Status::Get(status) => get(status),
        Status::Consume(result) => consume(result),
    };
    Explained {
        when,
        promises,
        advice,
        versions,
    }
}

const fn send(status: SendStatus) -> [&'static str; 4] {
    match status {
        SendStatus::SendOk => [
            "The broker has stored the message, and every wait that its settings ask for was met.",
            "Exactly what the settings wait for: the master’s page cache; with `SYNC_FLUSH` its disk; with a waiting `SYNC_MASTER` a slave’s page cache. Never a slave’s disk.",
            "Nothing. If that is too little, change `flushDiskType`, `brokerRole` and `inSyncReplicas`.",
            "5.x: with `inSyncReplicas=1`, its default, a `SYNC_MASTER` waits for no slave. 4.9 waits for one.",
        ],
        SendStatus::FlushDiskTimeout => [
            "`SYNC_FLUSH`, and `fsync` has not returned within `syncFlushTimeout` (5 s).",
            "The message is stored in memory and will probably be on disk soon. It is not an error: the client does not send again.",
            "Look at the disk. Sending it again makes a duplicate: do so only if the consumer is idempotent (`retryAnotherBrokerWhenNotStoreOK`).",
            "",
        ],
        SendStatus::FlushSlaveTimeout => [
            "A `SYNC_MASTER` waited for its slaves, and too few reported within `slaveTimeout` (3 s).",
            "The master has the message in memory. Nothing about the slaves, and nothing about the disk, even with `SYNC_FLUSH`.",
            "Look at the slave and the link. Sending again makes a duplicate.",
            "5.x gives it for missing slaves, too; 4.9 then says SLAVE_NOT_AVAILABLE at once.",
        ],
        SendStatus::SlaveNotAvailable => [
            "A `SYNC_MASTER` has no slave, or all are further behind than `haSlaveFallbehindMax`.",
            "The master has the message in memory, and no slave has it.",
            "Bring a slave back. Until then every message hangs on one machine.",
            "Only 4.x. A 5.x broker waits (FLUSH_SLAVE_TIMEOUT), or refuses before it writes (`in-sync replicas not enough`).",
        ],
    }
}

const fn get(status: GetMessageStatus) -> [&'static str; 4] {
    match status {
        GetMessageStatus::Found => [
            "At least one message was found. A pull that was held is answered as soon as one arrives.",
            "Messages come: at most `pullBatchSize` (32) and 256 KiB. Being given is not being consumed.",
            "Nothing. The client puts them before its listener and pulls on.",
            "5.3: with `SYNC_FLUSH`, what is not flushed yet is not given (`readUnCommitted`).",
        ],
        GetMessageStatus::NoMatchedMessage => [
            "There are entries, but the filter leaves none: another tag.",
            "The client is told how far was looked, and pulls on at once from there. Nothing is lost: others may want them.",
            "If that was not meant, compare the subscriptions of all members of the group: they must be the same.",
            "",
        ],
        GetMessageStatus::MessageWasRemoving => [
            "The consume queue still has the entries, but the commit-log files behind them were deleted.",
            "Those messages are gone. The offset moves on to the next file.",
            "Consume faster than `fileReservedTime`, and watch the disk: a full one deletes files early.",
            "The same code in both; only how a queue’s minimum is corrected differs.",
        ],
        GetMessageStatus::OffsetFoundNull => [
            "The consume-queue file that should hold this offset is not there.",
            "Nothing came. The offset moves to the first one of the next file.",
            "Rare and short: the queue’s minimum is corrected soon. If it stays, files were deleted by hand.",
            "",
        ],
        GetMessageStatus::OffsetOverflowBadly => [
            "The consumer asks for more than the queue has: the broker lost its end, or came back with less.",
            "The queue’s end is taken as the new offset. What the broker lost is lost; what reuses those offsets is skipped.",
            "Ask why the broker had less: a power cut under `ASYNC_FLUSH`, a master that took over with a shorter log.",
            "Up to 4.9.3 a queue that begins at 0 is consumed again from the start. 4.x pauses the queue for 10 s, 5.2 and later for about one.",
        ],
        GetMessageStatus::OffsetOverflowOne => [
            "The consumer is at the end: there is nothing new.",
            "Nothing. The broker holds the pull for up to 15–20 s and answers when a message comes.",
            "Nothing: this is the healthy idle state.",
            "",
        ],
        GetMessageStatus::OffsetTooSmall => [
            "The offset is before the queue’s first entry: what lies between has expired.",
            "The consumer continues at the first entry that is left. What it skips, it never gets.",
            "A consumer was away for longer than `fileReservedTime`. Keep files longer, or alarm on lag.",
            "4.x pauses the queue for 10 s, 5.2 and later for about one.",
        ],
        GetMessageStatus::NoMatchedLogicQueue => [
            "The broker has no such queue.",
            "No real broker gives it: looking for a queue creates it (`findConsumeQueue`), so there is always one.",
            "You will not meet it. It is in the enum, and so it is here.",
            "The same in 4.x and 5.x.",
        ],
        GetMessageStatus::NoMessageInQueue => [
            "The queue has never had a message, or lost all of them.",
            "Nothing. Offset 0 waits like an idle pull; any other offset is moved to 0.",
            "With a new topic: nothing. If the queue had messages, look for what emptied it.",
            "",
        ],
        GetMessageStatus::OffsetReset => [
            "Somebody moved the group’s offset at the broker (`mqadmin resetOffsetByTime`), and this pull hears of it.",
            "The client is moved there: backwards it consumes again, forwards it skips.",
            "Make sure that it was meant. Going back needs an idempotent consumer.",
            "Only 5.x (`useServerSideResetOffset`). In 4.x the broker tells the clients instead.",
        ],
    }
}

const fn consume(result: ConsumeResult) -> [&'static str; 4] {
    match result {
        ConsumeResult::ConsumeSuccess => [
            "The listener says that it has consumed the messages.",
            "The offset moves past them, in the client at once and at the broker every 5 s. Whoever crashes in between gets them again.",
            "Return it only when the work is done. Be idempotent.",
            "",
        ],
        ConsumeResult::ReconsumeLater => [
            "The listener asks for another try. Throwing an exception or returning `null` means the same.",
            "The broker stores a copy in `%RETRY%group` and gives it again after 10 s, 30 s, 1 min …; after 16 tries it goes to `%DLQ%group`. The offset moves on.",
            "Watch the dead-letter queue: nobody consumes it by itself. In BROADCASTING there is no retry: the message is dropped.",
            "",
        ],
        ConsumeResult::Success => [
            "The orderly listener has consumed what it took.",
            "With `autoCommit`: the offset moves on. Without it nothing is committed, and the queue goes on all the same.",
            "Without `autoCommit`, return COMMIT at some point, or all of it comes again after a restart.",
            "",
        ],
        ConsumeResult::SuspendCurrentQueueAMoment => [
            "The orderly listener cannot go on now. An exception or `null` means the same.",
            "The same message comes again after `suspendCurrentQueueTimeMillis` (1 s). The rest of the queue waits: order is kept.",
            "Set `maxReconsumeTimes`: its default means for ever, and one bad message blocks the queue.",
            "4.9 sends the dead letter through a delay level first; 5.x at once.",
        ],
        ConsumeResult::Commit => [
            "Deprecated: without `autoCommit`, the listener commits all that it has taken so far.",
            "Without `autoCommit` the offset moves past everything taken. With it, a warning, and it counts as SUCCESS.",
            "Use SUCCESS with `autoCommit` instead.",
            "Deprecated in 4.x and 5.x.",
        ],
        ConsumeResult::Rollback => [
            "Deprecated: without `autoCommit`, the listener takes back all that it has taken so far.",
            "Without `autoCommit` the messages come again. With it — the default — it counts as SUCCESS: the messages are done, and gone.",
            "Never return it with `autoCommit`. Use SUSPEND_CURRENT_QUEUE_A_MOMENT.",
            "Deprecated in 4.x and 5.x.",
        ],
        ConsumeResult::Null | ConsumeResult::Throw | ConsumeResult::Hang => ["", "", "", ""],
    }
}
