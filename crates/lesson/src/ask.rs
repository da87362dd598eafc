//! Questions that the engine answers: what can be asked, what can be chosen, and how the answer is read off a run.

use loss_lab_engine::event::EventName;
use loss_lab_engine::ledger::{Fate, Promise, Verdict};
use loss_lab_engine::run::Run;
use loss_lab_engine::scenario::Do;
use loss_lab_engine::status::{ConsumeResult, GetMessageStatus, PullStatus, SendStatus};
use loss_lab_engine::trace::{By, MessageRow, PullRow, SendRow, Trace};
use loss_lab_engine::units::Span;

use crate::moment::number_after;
use crate::problem::Code;

/// The choice that stands for every exception.
pub(crate) const EXCEPTION: &str = "exception";
/// The answer of a call that has not returned.
pub(crate) const WAITING: &str = "waiting";
/// The answer where there is none.
pub(crate) const NONE: &str = "none";
/// The choice beyond every bound.
pub(crate) const MORE: &str = "more";

/// How each question is written.
pub const FORMS: &[&str] = &[
    "send mN",
    "took mN",
    "promise mN",
    "fate mN",
    "verdict mN",
    "copies mN",
    "deliveries mN",
    "consumed mN",
    "result mN [xN]",
    "order CONSUMER",
    "get CONSUMER [xN]",
    "pull CONSUMER [xN]",
    "lost",
    "count EVENT [mN]",
    "would-lose crash|power-loss|destroy-disk NODE",
];

/// What the engine is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ask {
    /// What the application was told: a `SendStatus`, an exception with its code, or nothing yet.
    Send(u32),
    /// How long the call took.
    Took(u32),
    /// What that promises.
    Promise(u32),
    /// What became of the message.
    Fate(u32),
    /// The ledger's judgement.
    Verdict(u32),
    /// Which replicas have a copy, whether or not anybody is given it.
    Copies(u32),
    /// How often a listener got it.
    Deliveries(u32),
    /// How often one consumed it successfully.
    Consumed(u32),
    /// What the listener returned at the n-th delivery of a message.
    Result(u32, u32),
    /// In which order a consumer got its messages.
    Order(String),
    /// What the store said to a consumer's n-th pull; of the script's pulls if it makes any.
    Get(String, u32),
    /// What the client made of it.
    Pull(String, u32),
    /// How many messages are lost.
    Lost,
    /// How often something happened, to one message or at all.
    Count(EventName, Option<u32>),
    /// How many messages a fault would lose at this moment.
    WouldLose(Fault, String),
}

/// A fault that can be tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// SIGKILL.
    Crash,
    /// The machine loses power.
    PowerLoss,
    /// The disk dies.
    DestroyDisk,
}

impl Ask {
    /// The question that `text` says.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let message = |word: &str| number_after(word, 'm').filter(|n| *n > 0);
        let nth = |word: &str| number_after(word, 'x').filter(|n| *n > 0);
        match words.as_slice() {
            ["lost"] => Some(Self::Lost),
            ["count", event] => Some(Self::Count(EventName::from_word(event)?, None)),
            ["count", event, m] => {
                Some(Self::Count(EventName::from_word(event)?, Some(message(m)?)))
            }
            ["would-lose", fault, node] => {
                let fault = match *fault {
                    "crash" => Fault::Crash,
                    "power-loss" => Fault::PowerLoss,
                    "destroy-disk" => Fault::DestroyDisk,
                    _ => return None,
                };
                Some(Self::WouldLose(fault, (*node).to_owned()))
            }
            ["result", m] => Some(Self::Result(message(m)?, 1)),
            ["result", m, n] => Some(Self::Result(message(m)?, nth(n)?)),
            ["get", consumer] => Some(Self::Get((*consumer).to_owned(), 1)),
            ["get", consumer, n] => Some(Self::Get((*consumer).to_owned(), nth(n)?)),
            ["pull", consumer] => Some(Self::Pull((*consumer).to_owned(), 1)),
            ["pull", consumer, n] => Some(Self::Pull((*consumer).to_owned(), nth(n)?)),
            ["order", consumer] => Some(Self::Order((*consumer).to_owned())),
            [kind, m] => {
                let m = message(m)?;
                match *kind {
                    "send" => Some(Self::Send(m)),
                    "took" => Some(Self::Took(m)),
                    "promise" => Some(Self::Promise(m)),
                    "fate" => Some(Self::Fate(m)),
                    "verdict" => Some(Self::Verdict(m)),
                    "copies" => Some(Self::Copies(m)),
                    "deliveries" => Some(Self::Deliveries(m)),
                    "consumed" => Some(Self::Consumed(m)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What can be chosen if the lesson does not say.
    pub(crate) fn choices(&self) -> Vec<String> {
        fn own<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
            words.map(str::to_owned).collect()
        }
        match self {
            Self::Send(_) => own(SendStatus::ALL
                .iter()
                .map(|status| status.word())
                .chain([EXCEPTION])),
            Self::Promise(_) => own(Promise::ALL.iter().map(|promise| promise.word())),
            Self::Fate(_) => own(Fate::ALL.iter().map(|fate| fate.word())),
            Self::Verdict(_) => own(Verdict::ALL.iter().map(|verdict| verdict.word())),
            Self::Result(..) => own(ConsumeResult::ALL.iter().map(|result| result.word())),
            Self::Get(..) => own(GetMessageStatus::ALL.iter().map(|status| status.word())),
            Self::Pull(..) => own(PullStatus::ALL.iter().map(|status| status.word())),
            Self::Took(_)
            | Self::Copies(_)
            | Self::Deliveries(_)
            | Self::Consumed(_)
            | Self::Order(_)
            | Self::Lost
            | Self::Count(..)
            | Self::WouldLose(..) => Vec::new(),
        }
    }

    /// The engine's answer where the run stands.
    pub(crate) fn answer(&self, run: &Run) -> Result<String, Code> {
        let missing = |what: &str| Code::NothingToAsk(what.to_owned());
        let trace = Trace::of(run);
        let label = |n: &u32| ["m", &n.to_string()].concat();
        let send = |n: &u32| -> Result<SendRow, Code> {
            let label = label(n);
            let row = trace.sends.iter().find(|row| row.message == label);
            row.cloned().ok_or_else(|| missing(&label))
        };
        let line = |n: &u32| -> Result<MessageRow, Code> {
            let label = label(n);
            let rows = trace.messages.as_deref().unwrap_or_default();
            let row = rows.iter().find(|row| row.id == label);
            row.cloned().ok_or_else(|| missing(&label))
        };
        Ok(match self {
            Self::Send(n) => told(&send(n)?),
            Self::Took(n) => {
                let row = send(n)?;
                match row.returned {
                    Some(returned) => span(returned.0.since(row.called.0)),
                    None => WAITING.to_owned(),
                }
            }
            Self::Promise(n) => line(n)?.promise.word().to_owned(),
            Self::Fate(n) => line(n)?.fate.word().to_owned(),
            Self::Verdict(n) => line(n)?.verdict.word().to_owned(),
            Self::Copies(n) => nodes(&line(n)?),
            Self::Deliveries(n) => line(n)?.delivered.to_string(),
            Self::Consumed(n) => line(n)?.consumed.to_string(),
            Self::Result(n, nth) => {
                let label = label(n);
                let rows = trace.deliveries.iter().filter(|row| row.message == label);
                let row = at(rows, *nth).ok_or_else(|| missing("such delivery"))?;
                let word = row.result.map_or(NONE, ConsumeResult::word);
                word.to_owned()
            }
            Self::Order(consumer) => {
                let rows = trace.deliveries.iter();
                let labels: Vec<&str> = rows
                    .filter(|row| row.consumer == *consumer)
                    .map(|row| row.message.as_str())
                    .collect();
                if labels.is_empty() {
                    NONE.to_owned()
                } else {
                    labels.join(" ")
                }
            }
            Self::Get(consumer, nth) => {
                let row = pull(&trace, consumer, *nth).ok_or_else(|| missing("such pull"))?;
                row.status.map_or(NONE, GetMessageStatus::word).to_owned()
            }
            Self::Pull(consumer, nth) => {
                let row = pull(&trace, consumer, *nth).ok_or_else(|| missing("such pull"))?;
                row.pull_status.map_or(NONE, PullStatus::word).to_owned()
            }
            Self::Lost => {
                let rows = trace.messages.as_deref().unwrap_or_default();
                let lost = rows.iter().filter(|row| row.fate == Fate::Lost);
                lost.count().to_string()
            }
            Self::Count(event, message) => {
                let fits = run.events().iter().filter(|one| {
                    one.kind.name() == *event
                        && message
                            .is_none_or(|n| one.kind.message().is_some_and(|have| have.0 == n))
                });
                fits.count().to_string()
            }
            Self::WouldLose(fault, node) => {
                if run.names().find_node(node).is_none() {
                    return Err(Code::NoSuchNode(node.clone()));
                }
                run.would_lose(&fault.strike(node)).len().to_string()
            }
        })
    }
}

impl Fault {
    fn strike(self, node: &str) -> Do {
        match self {
            Self::Crash => Do::Crash(node.to_owned()),
            Self::PowerLoss => Do::PowerLoss(node.to_owned()),
            Self::DestroyDisk => Do::DestroyDisk(node.to_owned()),
        }
    }
}

/// Which of the choices the answer is: exactly one.
pub(crate) fn right(ask: &Ask, options: &[String], answer: &str) -> Result<usize, Code> {
    let holds = |option: &str| match ask {
        Ask::Took(_) => false,
        Ask::Send(_) => {
            option == answer
                || (option == EXCEPTION
                    && answer != WAITING
                    && SendStatus::from_word(answer).is_none())
        }
        Ask::Promise(_)
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
        | Ask::WouldLose(..) => option == answer,
    };
    if matches!(ask, Ask::Took(_)) {
        return within(options, answer).ok_or_else(|| Code::NotOffered(answer.to_owned()));
    }
    let mut fits = (0..).zip(options).filter(|(_, option)| holds(option));
    match (fits.next(), fits.next()) {
        (Some((index, _)), None) => Ok(index),
        (None, _) => Err(Code::NotOffered(answer.to_owned())),
        (Some(_), Some(_)) => Err(Code::OfferedTwice(answer.to_owned())),
    }
}

/// The least of the bounds (`< 10 ms`) that the answer keeps; `more` is beyond all of them.
fn within(options: &[String], answer: &str) -> Option<usize> {
    let micros = |text: &str| -> Option<u64> {
        let number = text.strip_suffix(" ms")?;
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let part = [part, "000"].concat();
        Some(whole.parse::<u64>().ok()? * 1_000 + part.get(..3)?.parse::<u64>().ok()?)
    };
    let Some(took) = micros(answer) else {
        return options.iter().position(|option| option == answer);
    };
    let bounds = (0..).zip(options).filter_map(|(index, option)| {
        let bound = micros(option.strip_prefix("< ")?)?;
        (took < bound).then_some((bound, index))
    });
    match bounds.min() {
        Some((_, index)) => Some(index),
        None => options.iter().position(|option| option == MORE),
    }
}

/// Whether a choice can ever be right.
pub(crate) fn can_be(ask: &Ask, option: &str) -> bool {
    let known = ask.choices();
    let number = || option.parse::<u32>().is_ok();
    match ask {
        Ask::Send(_) => {
            known.iter().any(|word| word == option)
                || option == WAITING
                || option
                    .split(' ')
                    .next()
                    .is_some_and(|class| class.ends_with("Exception"))
        }
        Ask::Promise(_) | Ask::Fate(_) | Ask::Verdict(_) => known.iter().any(|word| word == option),
        Ask::Result(..) | Ask::Get(..) | Ask::Pull(..) => {
            known.iter().any(|word| word == option) || option == NONE
        }
        Ask::Took(_) => {
            option == MORE
                || option == WAITING
                || (option.starts_with("< ") && option.ends_with(" ms"))
        }
        Ask::Deliveries(_) | Ask::Consumed(_) | Ask::Lost | Ask::Count(..) | Ask::WouldLose(..) => {
            number()
        }
        Ask::Copies(_) | Ask::Order(_) => !option.is_empty(),
    }
}

fn told(row: &SendRow) -> String {
    match (&row.status, &row.exception) {
        (Some(status), _) => status.word().to_owned(),
        (None, Some(exception)) => match exception.code {
            Some(code) => [exception.class.word(), " ", &code.to_string()].concat(),
            None => exception.class.word().to_owned(),
        },
        // A oneway call returns without a word.
        (None, None) if row.returned.is_some() => NONE.to_owned(),
        (None, None) => WAITING.to_owned(),
    }
}

fn nodes(row: &MessageRow) -> String {
    let mut nodes: Vec<&str> = row.copies.iter().map(|copy| copy.node.as_str()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    if nodes.is_empty() {
        NONE.to_owned()
    } else {
        nodes.join(" + ")
    }
}

fn pull<'a>(trace: &'a Trace, consumer: &str, nth: u32) -> Option<&'a PullRow> {
    let own = || trace.pulls.iter().filter(|row| row.consumer == consumer);
    let scripted = || own().filter(|row| row.by == Some(By::Script));
    if scripted().next().is_some() {
        at(scripted(), nth)
    } else {
        at(own(), nth)
    }
}

fn at<T>(mut rows: impl Iterator<Item = T>, nth: u32) -> Option<T> {
    rows.nth(usize::try_from(nth).ok()?.checked_sub(1)?)
}

fn span(span: Span) -> String {
    let micros = span.micros();
    let (whole, part) = (micros / 1_000, micros % 1_000);
    if part == 0 {
        [&whole.to_string(), " ms"].concat()
    } else {
        let part = format!("{part:03}");
        [&whole.to_string(), ".", part.trim_end_matches('0'), " ms"].concat()
    }
}
