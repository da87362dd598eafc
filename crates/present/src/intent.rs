//! Everything a person can ask of the page. Buttons, keys and links all say it with one of these.
//!
//! What has a key has it here, with when it can be asked; labels are per language, in the page. So a tooltip, the list of
//! shortcuts and the handler cannot drift apart.

use loss_lab_engine::ids::{EventId, MessageId};
use loss_lab_engine::scenario::{Do, Scenario};
use loss_lab_engine::status::SendMode;
use loss_lab_engine::units::SimTime;

use crate::bench::{Bench, Filled};
use crate::book::Turn;
use crate::desk::Ask;
use crate::inside::Lens;
use crate::listing::Reading;
use crate::menu::Target;
use crate::pacer::Pace;
use crate::settings::{Change, KeyChange};
use crate::statuses::Status;
use crate::story::StoryId;
use crate::trail::Kind;

/// Something asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    /// One of those with a key.
    Press(Press),
    /// Another way of sending.
    Mode(SendMode),
    /// So many messages with one press.
    Count(u32),
    /// Another pace.
    Pace(Pace),
    /// Light this message up everywhere; the lit one again: no more.
    Pick(MessageId),
    /// Tell what has led to this event; none: no more.
    Why(Option<EventId>),
    /// Another look at the ledger.
    Book(Turn),
    /// Go to an instant of the timeline.
    Seek(SimTime),
    /// Step to events of this kind.
    By(Kind),
    /// Go to another branch.
    Branch(usize),
    /// List a page of the events in words, or none.
    Events(Option<Reading>),
    /// Go to the how-manieth event that is told.
    Step(usize),
    /// Open the menu of a node or a link, or close it.
    Menu(Option<Target>),
    /// Open another part of the brokers.
    Lens(Lens),
    /// The producer of this name sends, as the next message is sent.
    SendBy(String),
    /// Strike.
    Strike(Do),
    /// Another cluster, or another script.
    Setup(Setup),
    /// Something beside the run.
    Desk(Ask),
}

/// Something that changes what stands, or what is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Setup {
    /// Another setting.
    Change(Change),
    /// Another value of any key.
    Key(KeyChange),
    /// The default for every key.
    Reset,
    /// A `broker.conf` for the masters.
    Conf(String),
    /// Another story.
    Story(StoryId),
    /// The scenario that leads to a status, played up to there.
    Show(Status),
    /// What a form asks for, filled in.
    Form(Bench, Filled),
    /// A scenario file, by its text.
    Open(String),
    /// This scenario at a moment of its run: where a lesson waits for an answer.
    Wait(Box<Scenario>, Moment),
    /// Play up to a moment of the run: a lesson's answer.
    PlayTo(Moment),
}

/// A moment of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// After so many steps from the start.
    pub position: u32,
    /// The instant, which may be later than the last of these steps.
    pub at: SimTime,
}

/// What has a button and a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Press {
    /// Send.
    Send,
    /// Play or pause.
    Play,
    /// To the next event.
    Next,
    /// To the event before.
    Previous,
    /// To t = 0.
    Start,
    /// To the end of what is known.
    End,
    /// To the next loss.
    NextLoss,
    /// Faster.
    Faster,
    /// Slower.
    Slower,
    /// The same cluster, nothing sent.
    Clear,
    /// Step to events of the next kind.
    Kind,
    /// To the next branch.
    Branch,
    /// As it was before the last change.
    Undo,
}

/// What decides whether a button can be pressed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Controls {
    /// A producer can send.
    pub can_send: bool,
    /// It plays.
    pub playing: bool,
    /// There is something ahead.
    pub can_advance: bool,
    /// There is something behind.
    pub can_return: bool,
    /// Anything was ever done.
    pub has_history: bool,
    /// There is a faster speed.
    pub can_hurry: bool,
    /// There is a slower one.
    pub can_linger: bool,
    /// There is something to undo.
    pub can_undo: bool,
    /// There is more than one branch.
    pub has_branches: bool,
}

impl Press {
    /// Every one, as the list of shortcuts shows them.
    pub const ALL: [Self; 13] = [
        Self::Send,
        Self::Play,
        Self::Next,
        Self::Previous,
        Self::Start,
        Self::End,
        Self::NextLoss,
        Self::Faster,
        Self::Slower,
        Self::Clear,
        Self::Kind,
        Self::Branch,
        Self::Undo,
    ];

    /// Its key, as `KeyboardEvent.key` names it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Send => "s",
            Self::Play => " ",
            Self::Next => "ArrowRight",
            Self::Previous => "ArrowLeft",
            Self::Start => "Home",
            Self::End => "End",
            Self::NextLoss => "l",
            Self::Faster => "+",
            Self::Slower => "-",
            Self::Clear => "r",
            Self::Kind => "k",
            Self::Branch => "b",
            Self::Undo => "Ctrl+z",
        }
    }

    /// Its key, as a person reads it.
    #[must_use]
    pub const fn key_cap(self) -> &'static str {
        match self {
            Self::Send => "S",
            Self::Play => "Space",
            Self::Next => "→",
            Self::Previous => "←",
            Self::Start => "Home",
            Self::End => "End",
            Self::NextLoss => "L",
            Self::Faster => "+",
            Self::Slower => "−",
            Self::Clear => "R",
            Self::Kind => "K",
            Self::Branch => "B",
            Self::Undo => "Ctrl+Z",
        }
    }

    /// Whether it can be asked for now.
    #[must_use]
    pub const fn is_enabled(self, controls: &Controls) -> bool {
        match self {
            Self::Send => controls.can_send,
            Self::Play => controls.playing || controls.can_advance,
            Self::Next | Self::End | Self::NextLoss => controls.can_advance,
            Self::Previous | Self::Start => controls.can_return,
            Self::Faster => controls.can_hurry,
            Self::Slower => controls.can_linger,
            Self::Clear => controls.has_history,
            Self::Kind => true,
            Self::Branch => controls.has_branches,
            Self::Undo => controls.can_undo,
        }
    }

    /// What a key asks for. Letters count in either case; `=` is `+` without its shift key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        let key = if key == "=" { "+" } else { key };
        Self::ALL
            .into_iter()
            .find(|press| press.key().eq_ignore_ascii_case(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_share_a_key() {
        for press in Press::ALL {
            assert_eq!(Press::of_key(press.key()), Some(press));
        }
        assert_eq!(Press::of_key("S"), Some(Press::Send));
        assert_eq!(Press::of_key("="), Some(Press::Faster));
        assert_eq!(Press::of_key("q"), None);
    }

    #[test]
    fn on_an_untouched_cluster_sending_is_the_only_thing_to_do() {
        let fresh = Controls {
            can_send: true,
            can_hurry: true,
            can_linger: true,
            ..Controls::default()
        };
        let possible: Vec<_> = Press::ALL
            .into_iter()
            .filter(|press| press.is_enabled(&fresh))
            .collect();
        assert_eq!(
            possible,
            [Press::Send, Press::Faster, Press::Slower, Press::Kind]
        );
    }
}
