//! Why a message was given again, and why one was lost: the ledger's rules in words.

use loss_lab_engine::ledger::{Again, Loss};

use crate::i18n::Language;

/// Its words in one language.
#[allow(missing_docs, reason = "the words say it")]
pub struct Words {
    pub again: fn(Again) -> &'static str,
    pub lost: fn(Loss) -> &'static str,
    /// "Delivered again", and how often.
    pub times_again: fn(usize) -> String,
    /// Who had it before, and when.
    pub before: fn(&str, &str) -> String,
    /// To what came after the events that are listed, and before them.
    pub turn_events: [&'static str; 2],
}

/// In this language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    language.pick(&EN, &ZH)
}

static EN: Words = Words {
    again: |rule| match rule {
        Again::SentBack => {
            "The listener did not take it; a broker kept a copy in the retry topic for later."
        }
        Again::LocalRetry => {
            "The listener did not take it, and no broker would keep it: again from the client’s memory."
        }
        Again::Suspended => "The orderly listener suspended its queue.",
        Again::RolledBack => "The orderly listener rolled back.",
        Again::ProducerRetry => {
            "The producer tried again after a lost connection, and both attempts were stored."
        }
        Again::AnotherBroker => {
            "It was stored but not OK, so `retryAnotherBrokerWhenNotStoreOK` stored it elsewhere, too."
        }
        Again::Resend => "The application sent it again after a call that failed.",
        Again::DelayOffsetStale => {
            "`delayOffset.json` was older than the crash, or behind the master that was succeeded: it was delivered to its topic a second time."
        }
        Again::CommittedTwice => {
            "Its half message was committed twice: the record of the first time was not written, or lost."
        }
        Again::OffsetFileStale => "The broker came back with an older offset of the group.",
        Again::OffsetCorrected => {
            "The broker found the group’s offset impossible and sent it back."
        }
        Again::OffsetReset => "An operator moved the offset back.",
        Again::CrashBeforeCommit => "The consumer was killed before its offset was committed.",
        Again::StopInFlight => "The consumer shut down while a listener had it, or one before it.",
        Again::Rebalance => "Its queue changed hands while it was in flight.",
        Again::SendBackAnswerLost => {
            "The answer to a send-back was lost: the copy was stored, and the client did not know."
        }
        Again::ConsumeTimeout => {
            "It took longer than `consumeTimeout`: it was sent back while the listener still had it."
        }
        Again::RolledBackWithOthers => {
            "With `autoCommit` off, a later ROLLBACK put back what was not committed."
        }
        Again::LockExpired => {
            "The lock of its orderly queue was not renewed in time, and another member got it."
        }
        Again::Unexplained => "The lab cannot say why.",
    },
    lost: |rule| match rule {
        Loss::Oneway => "Sent oneway: nobody is told that it failed.",
        Loss::CallFailed => {
            "The call failed without a word on whether it was stored, and nobody sent it again."
        }
        Loss::StatusIgnored => "Its status was not SEND_OK; that was taken for success.",
        Loss::CheckedInVain => {
            "Nobody answered for its transaction: put aside after `transactionCheckMax` checks."
        }
        Loss::AsyncFlush => "`ASYNC_FLUSH` answers before fsync.",
        Loss::TransientPool => "`transientStorePoolEnable`: the buffer died with the process.",
        Loss::DiskDestroyed => "No other replica had it.",
        Loss::NobodyWaited => {
            "Nobody waited for its flush: retries and delivered delayed messages never do."
        }
        Loss::FsyncErrorSwallowed => {
            "fsync reported an error, and RocketMQ counted the bytes as flushed."
        }
        Loss::Expired => "Files expire whether they were consumed or not.",
        Loss::SlaveNeverServed => "Only a slave has it, and its master serves without it.",
        Loss::Election => "A replica without it became master.",
        Loss::OffsetsReused => "It got a queue offset that the group had passed already.",
        Loss::BroadcastFailure => "BROADCASTING drops what a listener does not take.",
        Loss::RollbackAcknowledged => "ROLLBACK under `autoCommit` acknowledges.",
        Loss::NoRetryQueue => "With `retryQueueNums` 0 a send-back succeeds and stores nothing.",
        Loss::StartedBehind => "The new group began after it (`ConsumeFromWhere`).",
        Loss::OffsetCorrected => "The broker’s correction of an impossible offset jumped over it.",
        Loss::OffsetReset => "An operator moved the offset past it.",
        Loss::OtherSubscription => "Another member of the group, with other tags, filtered it out.",
        Loss::Unexplained => "The lab cannot say why.",
    },
    times_again: |times| match times {
        1 => "Delivered again.".to_owned(),
        _ => format!("Delivered again {times} times."),
    },
    before: |who, at| format!("{who} had it before, at {at}."),
    turn_events: ["Later events", "Earlier events"],
};

static ZH: Words = Words {
    again: |rule| match rule {
        Again::SentBack => "监听器没有收下；Broker 在重试主题里留了一份，稍后再投。",
        Again::LocalRetry => "监听器没有收下，也没有 Broker 肯留：从客户端内存里再投。",
        Again::Suspended => "顺序监听器暂停了它的队列。",
        Again::RolledBack => "顺序监听器回滚了。",
        Again::ProducerRetry => "连接断开后生产者重试，两次都存下了。",
        Again::AnotherBroker => {
            "存下了但不是 OK，`retryAnotherBrokerWhenNotStoreOK` 又在别处存了一份。"
        }
        Again::Resend => "调用失败后，应用自己又发了一次。",
        Again::DelayOffsetStale => {
            "`delayOffset.json` 比崩溃时旧，或落后于被取代的 master：又向它的主题投递了一次。"
        }
        Again::CommittedTwice => "半消息提交了两次：第一次的记录没写下，或丢了。",
        Again::OffsetFileStale => "Broker 回来时，消费组的位点是旧的。",
        Again::OffsetCorrected => "Broker 认为消费组的位点不可能，把它退了回去。",
        Again::OffsetReset => "运维人员把位点往回移了。",
        Again::CrashBeforeCommit => "消费者在提交位点之前被杀死。",
        Again::StopInFlight => "消费者关闭时，监听器手里正有它，或它前面的一条。",
        Again::Rebalance => "它在处理途中，队列换了主人。",
        Again::SendBackAnswerLost => "回发的应答丢了：副本已存下，客户端却不知道。",
        Again::ConsumeTimeout => "处理超过了 `consumeTimeout`：监听器还没处理完就被回发了。",
        Again::RolledBackWithOthers => {
            "关闭了 `autoCommit`，后面的 ROLLBACK 把没提交的都退了回去。"
        }
        Again::LockExpired => "顺序队列的锁没有及时续期，被别的成员拿走了。",
        Again::Unexplained => "实验室说不出原因。",
    },
    lost: |rule| match rule {
        Loss::Oneway => "oneway 发送：失败了也没人知道。",
        Loss::CallFailed => "调用失败，没说是否存下，也没人再发。",
        Loss::StatusIgnored => "状态不是 SEND_OK，却被当成了成功。",
        Loss::CheckedInVain => "没人回答它的事务：回查 `transactionCheckMax` 次后被搁置。",
        Loss::AsyncFlush => "`ASYNC_FLUSH` 在 fsync 之前就应答。",
        Loss::TransientPool => "`transientStorePoolEnable`：缓冲随进程一起没了。",
        Loss::DiskDestroyed => "没有别的副本有它。",
        Loss::NobodyWaited => "没有人等它刷盘：重试副本和到期的延迟消息从来不等。",
        Loss::FsyncErrorSwallowed => "fsync 报了错，RocketMQ 却把这些字节当作已刷盘。",
        Loss::Expired => "文件过期，不管消费没消费。",
        Loss::SlaveNeverServed => "只有 Slave 有它，而 Master 没有它也照样服务。",
        Loss::Election => "没有它的副本成了 Master。",
        Loss::OffsetsReused => "它拿到的队列位点，消费组早已越过。",
        Loss::BroadcastFailure => "BROADCASTING 会丢掉监听器没收下的消息。",
        Loss::RollbackAcknowledged => "`autoCommit` 之下，ROLLBACK 等于确认。",
        Loss::NoRetryQueue => "`retryQueueNums` 为 0：回发成功，却什么也没存。",
        Loss::StartedBehind => "新的消费组从它之后开始（`ConsumeFromWhere`）。",
        Loss::OffsetCorrected => "Broker 纠正不可能的位点时，跳过了它。",
        Loss::OffsetReset => "运维人员把位点移到了它后面。",
        Loss::OtherSubscription => "同组的另一个成员标签不同，把它过滤掉了。",
        Loss::Unexplained => "实验室说不出原因。",
    },
    times_again: |times| match times {
        1 => "再次投递。".to_owned(),
        _ => format!("再次投递 {times} 次。"),
    },
    before: |who, at| format!("此前 {at} 已给过 {who}。"),
    turn_events: ["更晚的事件", "更早的事件"],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_words_in_both_languages() {
        for words in [&EN, &ZH] {
            let again = Again::ALL.iter().map(|rule| (words.again)(*rule));
            let lost = Loss::ALL.iter().map(|rule| (words.lost)(*rule));
            for text in again.chain(lost) {
                assert_eq!(text.matches('`').count() % 2, 0, "{text}");
                assert!(text.ends_with(['.', '。']), "{text}");
            }
        }
    }
}
