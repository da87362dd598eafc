//! The application's listener: what it returns for which message, as the script has told it.
//!
//! It belongs to the program, not to the process: a restarted consumer runs the same code.

use crate::ids::MessageId;
use crate::scenario::ConsumeRule;
use crate::status::{ConsumeResult, ListenerKind};
use crate::units::Span;

use super::process_queue::Cached;

/// `MessageListenerConcurrently` or `MessageListenerOrderly`, driven by rules.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Listener {
    kind: ListenerKind,
    /// How long it takes.
    pub takes: Span,
    /// Rules about one message come before rules about all, older before newer.
    rules: Vec<Rule>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Rule {
    message: Option<MessageId>,
    /// For how many more calls; none: for all.
    left: Option<u32>,
    outcome: Verdict,
}

/// What one call of the listener comes to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Verdict {
    /// What it returns.
    pub result: ConsumeResult,
    /// `ConsumeConcurrentlyContext#delayLevelWhenNextConsume`.
    pub delay_level: i32,
    /// `ConsumeConcurrentlyContext#ackIndex`; none is `Integer.MAX_VALUE`.
    pub ack_index: Option<u32>,
}

impl Listener {
    pub fn new(kind: ListenerKind, takes: Span) -> Self {
        Self {
            kind,
            takes,
            rules: Vec::new(),
        }
    }

    /// The script changes what it returns. A rule for every call replaces the older rules about the same messages.
    pub fn learn(&mut self, rule: &ConsumeRule) {
        let message = rule.message.map(MessageId);
        if rule.times.is_none() {
            self.rules.retain(|old| old.message != message);
        }
        let outcome = Verdict {
            result: rule.result,
            delay_level: rule.delay_level_when_next_consume,
            ack_index: rule.ack_index,
        };
        self.rules.push(Rule {
            message,
            left: rule.times,
            outcome,
        });
    }

    /// One call with these messages. A rule about any of them decides for all of them: a batch has one result.
    pub fn call(&mut self, batch: &[Cached]) -> Verdict {
        let about_one = self.rules.iter().position(|rule| {
            rule.message.is_some()
                && batch
                    .iter()
                    .any(|cached| cached.message().label == rule.message)
        });
        let Some(at) =
            about_one.or_else(|| self.rules.iter().position(|rule| rule.message.is_none()))
        else {
            return self.success();
        };
        let Some(rule) = self.rules.get_mut(at) else {
            return self.success();
        };
        let outcome = rule.outcome;
        let used_up = rule.left.as_mut().is_some_and(|left| {
            *left = left.saturating_sub(1);
            *left == 0
        });
        if used_up {
            self.rules.remove(at);
        }
        outcome
    }

    fn success(&self) -> Verdict {
        let result = match self.kind {
            ListenerKind::Concurrently => ConsumeResult::ConsumeSuccess,
            ListenerKind::Orderly => ConsumeResult::Success,
        };
        Verdict {
            result,
            delay_level: 0,
            ack_index: None,
        }
    }
}
