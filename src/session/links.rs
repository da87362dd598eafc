//! The run as a link says it, and as a link wants it.

use loss_lab_engine::config::{BrokerConfig, ConsumerConfig, ProducerConfig};
use loss_lab_engine::event::Event;
use loss_lab_engine::ids::MessageId;
use loss_lab_engine::units::SimTime;
use loss_lab_present::inside::Lens;
use loss_lab_present::intent::{Intent, Setup};
use loss_lab_present::library::Shipped;
use loss_lab_present::link::{Cursor, Link, Play};
use loss_lab_present::narration;
use loss_lab_present::settings::{KeyChange, Owner, Settings};
use loss_lab_present::story::StoryId;

use super::Session;

impl Session {
    /// Goes where a link leads. What the link does not say stays as it is. False: it names a scenario that does not exist.
    pub fn follow(&mut self, link: &Link) -> bool {
        let past = self.past();
        let scenario = match &link.play {
            None => None,
            Some(Play::Own(scenario)) => Some((**scenario).clone()),
            Some(Play::Named(name)) => match Shipped::named(name).and_then(Shipped::scenario) {
                Some(scenario) => Some(scenario),
                None => return false,
            },
        };
        if let Some(scenario) = scenario {
            let (settings, script) = Settings::of(scenario);
            let story = if script.is_empty() {
                StoryId::Free
            } else {
                StoryId::File
            };
            self.put_on(story, settings, script);
            self.choices.notice = None;
        }
        if let Some(cursor) = link.at {
            self.go_to(cursor);
        }
        let words = || link.view.iter().map(String::as_str);
        if let Some(lens) = words().find_map(Lens::of_word) {
            self.choices.lens = lens;
        }
        if let Some(message) = link.select.as_deref().and_then(message) {
            // It may be lit before it is sent.
            self.choices.asked = None;
            self.choices.picked = Some(message);
        }
        self.note(past);
        self.look_back();
        true
    }

    /// Puts the cursor there and stops.
    pub fn go_to(&mut self, cursor: Cursor) {
        match cursor {
            Cursor::Time(at) => self.look_at(|run| run.seek_time(at)),
            Cursor::Step(step) => self.look_at(|run| {
                run.seek(0);
                let mut told = count_told(run.events());
                while told < step && !run.at_rest() {
                    let seen = run.events().len();
                    if !run.step_event() {
                        break;
                    }
                    told += count_told(run.events().get(seen..).unwrap_or_default());
                }
            }),
        }
        self.look_back();
    }

    /// Lights a message up, if it was sent.
    pub fn select(&mut self, message: MessageId) -> bool {
        let was_sent = self
            .run
            .ledger()
            .iter()
            .any(|entry| entry.message == message);
        if was_sent {
            self.choices.asked = None;
            self.choices.picked = Some(message);
        }
        was_sent
    }

    /// Another value of one of RocketMQ's keys, whoever has it. False: nobody does, or it cannot be that.
    pub fn set_key(&mut self, key: &str, value: &str) -> bool {
        let owners = [
            (BrokerConfig::key(key), Owner::Broker),
            (ProducerConfig::key(key), Owner::Producer),
            (ConsumerConfig::key(key), Owner::Consumer),
        ];
        let owner = owners
            .into_iter()
            .find_map(|(key, owner)| key.map(|key| (key.name, owner)));
        let Some((key, owner)) = owner else {
            return false;
        };
        self.obey(Intent::Setup(Setup::Key(KeyChange {
            owner,
            key,
            value: Some(value.to_owned()),
        })));
        self.choices.desk.answer.read().refused.is_none()
    }

    /// The link that leads back to here.
    #[must_use]
    pub fn link(&self) -> Link {
        let scenario = self.run.scenario();
        let untouched = self.run.position() == 0 && scenario.script.is_empty();
        Link {
            play: Some(Play::Own(Box::new(scenario.clone()))),
            at: (!untouched).then(|| self.cursor()),
            view: match self.choices.lens {
                Lens::Overview => Vec::new(),
                Lens::Storage | Lens::Replication | Lens::Consumption => {
                    vec![self.choices.lens.word().to_owned()]
                }
            },
            select: self.choices.picked.map(|message| message.to_string()),
            ..Link::default()
        }
    }

    /// Where it stands: the instant; among several told events of one instant, how many have been told.
    fn cursor(&self) -> Cursor {
        let now = self.now();
        let mut run = self.run.clone();
        run.seek_time(now);
        let told = count_told(self.run.events());
        if count_told(run.events()) == told {
            Cursor::Time(now)
        } else {
            Cursor::Step(told)
        }
    }
}

fn count_told(events: &[Event]) -> u32 {
    let told = |event: &&Event| event.at >= SimTime::ZERO && narration::is_told(event);
    u32::try_from(events.iter().filter(told).count()).unwrap_or(u32::MAX)
}

/// `m3`.
fn message(word: &str) -> Option<MessageId> {
    word.strip_prefix('m')?.parse().ok().map(MessageId)
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::scenario::Do;
    use loss_lab_present::intent::Press;
    use loss_lab_present::link;
    use loss_lab_present::pacer::Motion;

    use super::*;

    fn session() -> Session {
        Session::new(Motion::Reduced)
    }

    fn opened(fragment: &str) -> Session {
        let (link, bad) = link::read(fragment);
        assert_eq!(bad, [], "{fragment}");
        let mut session = session();
        assert!(session.follow(&link), "{fragment}");
        session
    }

    #[test]
    fn a_link_leads_back_to_every_event_of_what_was_done() {
        let mut first = session();
        first.obey(Intent::Press(Press::Send));
        first.obey(Intent::Seek(SimTime::from_millis(20)));
        first.obey(Intent::Strike(Do::PowerLoss("broker-a/0".to_owned())));
        first.obey(Intent::Pick(MessageId(1)));
        first.obey(Intent::Press(Press::End));
        for _ in 0..40 {
            let text = link::write(&first.link()).unwrap();
            let second = opened(&text);
            assert_eq!(second.now(), first.now(), "{text}");
            let (one, other) = (first.frame(), second.frame());
            assert_eq!(other.line, one.line, "{text}");
            assert_eq!(other.timeline.steps.0, one.timeline.steps.0, "{text}");
            assert_eq!(other.choices.picked, one.choices.picked, "{text}");
            first.obey(Intent::Press(Press::Previous));
        }
    }

    #[test]
    fn a_named_scenario_stands_at_its_step() {
        let session = opened("#/lab?scenario=crash-async-flush&step=3");
        let told = session.frame().timeline.steps.0;
        assert!((3..5).contains(&told), "{told}");
        assert!(!session.is_playing());
    }

    #[test]
    fn a_message_that_never_was_can_be_picked_and_is_nowhere() {
        let frame = opened("#/lab?scenario=send-ok&at=50&select=m4000000000").frame();
        assert!(frame.tale.is_none_or(|tale| tale.entries.is_empty()));
    }

    #[test]
    fn an_unknown_name_changes_nothing() {
        let mut session = session();
        let before = session.run.scenario().clone();
        let (link, _) = link::read("#/lab?scenario=no-such&at=5");
        assert!(!session.follow(&link));
        assert_eq!(*session.run.scenario(), before);
    }

    #[test]
    fn following_a_link_can_be_undone() {
        let mut session = session();
        session.obey(Intent::Press(Press::Send));
        let before = session.run.scenario().clone();
        let (link, _) = link::read("#/lab?flushDiskType=SYNC_FLUSH&at=12");
        session.follow(&link);
        assert_ne!(*session.run.scenario(), before);
        session.obey(Intent::Press(Press::Undo));
        assert_eq!(*session.run.scenario(), before);
    }

    #[test]
    fn a_position_far_beyond_the_end_is_the_end() {
        for far in ["at=999999999999", "step=4000000000"] {
            let session = opened(&["#/lab?scenario=send-ok&", far].concat());
            let (told, known) = session.frame().timeline.steps;
            assert!(told == known && told > 3, "{far}: {told} of {known}");
        }
    }
}
