//! What the choices are called that are no words of RocketMQ's.

use loss_lab_engine::scenario::Title;

use crate::Ask;
use crate::ask::{EXCEPTION, MORE, NONE, WAITING};

/// The label of a choice of `ask`; RocketMQ's own words are their own labels.
#[must_use]
pub fn label(ask: &Ask, option: &str) -> Title {
    let both = |en: &str, zh: &str| Title {
        en: en.to_owned(),
        zh: zh.to_owned(),
    };
    match (ask, option) {
        (Ask::Send(_), EXCEPTION) => both("an exception", "抛出异常"),
        (Ask::Send(_) | Ask::Took(_), WAITING) => both("no answer yet", "尚未返回"),
        (Ask::Took(_), MORE) => both("longer", "更久"),
        (Ask::Took(_), bound) => match bound.strip_prefix("< ") {
            Some(bound) => both(&["less than ", bound].concat(), &["不到 ", bound].concat()),
            None => both(bound, bound),
        },
        (Ask::Copies(_) | Ask::Order(_), NONE) => both("none", "没有"),
        (Ask::Send(_), NONE) => both("nothing at all", "什么都不返回"),
        (Ask::Result(..), NONE) => both("nothing: it never returns", "没有返回值：一直不返回"),
        (Ask::Promise(_), "acked") => both("safely stored, it was told", "被告知：已按要求存好"),
        (Ask::Promise(_), "acked-unsure") => {
            both("stored, durability unconfirmed", "已存储，但持久性未确认")
        }
        (Ask::Promise(_), "unknown") => both("nobody knows", "无从知道"),
        (Ask::Promise(_), "refused") => both("not stored, it was told", "被告知：没有存储"),
        (Ask::Promise(_), "pending") => both("nothing yet", "还没有结果"),
        (Ask::Fate(_), "consumed") => both("consumed", "已消费"),
        (Ask::Fate(_), "in-flight") => both(
            "not consumed yet, but safe to come",
            "尚未消费，但之后仍会投递",
        ),
        (Ask::Fate(_) | Ask::Verdict(_), "dead-letter") => {
            both("in the dead-letter queue", "进入死信队列")
        }
        (Ask::Fate(_) | Ask::Verdict(_), "lost") => both("lost", "丢失"),
        (Ask::Fate(_), "never-stored") => both("never stored", "从未存储"),
        (Ask::Verdict(_), "ok") => both("unharmed", "安然无恙"),
        (Ask::Verdict(_), "duplicated") => both("consumed more than once", "重复消费"),
        (Ask::Verdict(_), "refused") => both("refused, and the sender knows", "被拒绝，发送方知道"),
        (Ask::Verdict(_), "at-risk") => both(
            "unharmed, but one fault away from loss",
            "目前无恙，但一次故障就会丢",
        ),
        (
            Ask::Send(_)
            | Ask::Promise(_)
            | Ask::Fate(_)
            | Ask::Verdict(_)
            | Ask::Copies(_)
            | Ask::Deliveries(_)
            | Ask::Consumed(_)
            | Ask::Result(..)
            | Ask::Order(_)
            | Ask::Get(..)
            | Ask::Pull(..)
            | Ask::Lost
            | Ask::Count(..)
            | Ask::WouldLose(..),
            word,
        ) => both(word, word),
    }
}
