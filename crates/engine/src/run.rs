//! One run of a scenario: a cursor that can step, seek and fork.
//!
//! The future is computed when it is asked for and kept when the cursor goes back; a command in the past forks it.

use std::sync::{Arc, OnceLock};

use crate::action::{Action, Command, Rejected};
use crate::cluster::Cluster;
use crate::event::Event;
use crate::ids::{EventId, MessageId};
use crate::ledger::{self, Entry, Tally};
use crate::names::Names;
use crate::scenario::{Do, Scenario};
use crate::script::{self, Script};
use crate::units::SimTime;

/// A checkpoint is kept every so many steps: seeking replays fewer than that.
const CHECKPOINT_EVERY: u32 = 128;
/// No run takes more steps, whatever its scenario asks for.
pub const STEPS_MOST: u32 = 5_000_000;

/// Why a run stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The scenario's `until` was reached.
    Until,
    /// The run took [`STEPS_MOST`] steps.
    Limit,
}

/// A scenario, the cluster it has become, and everything that happened on the way.
#[derive(Clone, Debug)]
pub struct Run {
    scenario: Arc<Scenario>,
    world: World,
    /// Steps taken from the start to the cursor.
    position: u32,
    /// Everything that is known to happen, beyond the cursor too.
    events: Vec<Event>,
    /// How many events there were after each step.
    ends: Vec<u32>,
    /// Shared by all clones: a long run has thousands.
    checkpoints: Vec<(u32, Arc<World>)>,
    /// Commands that came from outside the script: at which position, in order.
    interventions: Vec<(u32, Command)>,
    /// The ledger at the cursor, once somebody has asked for it.
    judged: OnceLock<Arc<[Entry]>>,
}

/// A stretch that the cursor has looked down and not gone yet: [`Run::look_ahead`].
#[derive(Debug)]
pub struct Ahead {
    /// Where it begins …
    from: u32,
    /// … and ends.
    position: u32,
    world: World,
    /// What was not known before.
    events: Vec<Event>,
    ends: Vec<u32>,
    checkpoints: Vec<(u32, Arc<World>)>,
}

impl Ahead {
    /// The instant at its end.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.world.cluster.now()
    }
}

/// What a checkpoint holds.
#[derive(Clone, Debug)]
struct World {
    cluster: Cluster,
    script: Script,
    tally: Tally,
    over: Option<End>,
}

impl Run {
    /// The run at t = 0.
    #[must_use]
    pub fn new(scenario: Scenario) -> Self {
        let world = World {
            cluster: Cluster::new(&scenario),
            script: Script::new(&scenario),
            tally: Tally::default(),
            over: None,
        };
        Self {
            scenario: Arc::new(scenario),
            checkpoints: vec![(0, Arc::new(world.clone()))],
            world,
            position: 0,
            events: Vec::new(),
            ends: vec![0],
            interventions: Vec::new(),
            judged: OnceLock::new(),
        }
    }

    /// What is run.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The names behind ids.
    #[must_use]
    pub fn names(&self) -> &Names {
        self.world.cluster.names()
    }

    /// The world at the cursor.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.world.cluster
    }

    /// The instant at the cursor.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.world.cluster.now()
    }

    /// What happened up to the cursor.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        let count = usize::try_from(self.event_count()).unwrap_or(usize::MAX);
        self.events.get(..count).unwrap_or(&self.events)
    }

    /// What is known to happen, beyond the cursor too.
    #[must_use]
    pub fn known_events(&self) -> &[Event] {
        &self.events
    }

    /// Steps from the start to the cursor.
    #[must_use]
    pub fn position(&self) -> u32 {
        self.position
    }

    /// Why the run can go no further, if so.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        self.world.over
    }

    /// When the next step is taken; none at the end.
    #[must_use]
    pub fn next_at(&self) -> Option<SimTime> {
        self.world.next_at(&self.scenario)
    }

    /// Whether nothing but housekeeping is left to happen.
    #[must_use]
    pub fn at_rest(&self) -> bool {
        self.world.script.is_played() && self.world.cluster.at_rest()
    }

    /// Takes one step. False at the end.
    pub fn step(&mut self) -> bool {
        if self.world.over.is_some() {
            return false;
        }
        let known = usize::try_from(self.position + 1).is_ok_and(|next| next < self.ends.len());
        let mut events = Vec::new();
        let planned = self
            .interventions
            .iter()
            .find(|(position, _)| *position == self.position)
            .map(|(_, command)| command.clone());
        match planned {
            Some(command) => {
                let _ = self.world.obey(&self.scenario, command, &mut events);
            }
            None if self.position >= STEPS_MOST => self.world.over = Some(End::Limit),
            None => self.world.step(&self.scenario, &mut events),
        }
        self.note_step(events, known);
        true
    }

    fn note_step(&mut self, events: Vec<Event>, known: bool) {
        self.position += 1;
        self.judged = OnceLock::new();
        if known {
            return;
        }
        self.events.extend(events);
        self.ends
            .push(u32::try_from(self.events.len()).unwrap_or(u32::MAX));
        if self.position.is_multiple_of(CHECKPOINT_EVERY) {
            let world = Arc::new(self.world.clone());
            self.checkpoints.push((self.position, world));
        }
    }

    /// Steps until something has happened. False at the end.
    pub fn step_event(&mut self) -> bool {
        let before = self.event_count();
        while self.step() {
            if self.event_count() > before {
                return true;
            }
        }
        false
    }

    /// Steps until it `is_there`, which it may be at once, or to the end, and leaves the cursor and all that is known as they were: [`Run::go`] takes it there. Says
    /// whether it is there, too.
    pub fn look_ahead(&mut self, mut is_there: impl FnMut(&Self) -> bool) -> (Ahead, bool) {
        let (from, here) = (self.position, self.world.clone());
        let judged = core::mem::take(&mut self.judged);
        let (events, ends) = (self.events.len(), self.ends.len());
        let checkpoints = self.checkpoints.len();
        let found = loop {
            if is_there(self) {
                break true;
            }
            if !self.step() {
                break false;
            }
        };
        self.judged = judged;
        let ahead = Ahead {
            from,
            position: core::mem::replace(&mut self.position, from),
            world: core::mem::replace(&mut self.world, here),
            events: self.events.split_off(events),
            ends: self.ends.split_off(ends),
            checkpoints: self.checkpoints.split_off(checkpoints),
        };
        (ahead, found)
    }

    /// Goes where it has looked. From anywhere else than where that was, it stays.
    pub fn go(&mut self, ahead: Ahead) {
        if ahead.from != self.position {
            return;
        }
        self.position = ahead.position;
        self.world = ahead.world;
        self.judged = OnceLock::new();
        self.events.extend(ahead.events);
        self.ends.extend(ahead.ends);
        self.checkpoints.extend(ahead.checkpoints);
    }

    /// Runs to the end.
    pub fn finish(&mut self) -> End {
        while self.step() {}
        self.world.over.unwrap_or(End::Until)
    }

    /// Takes every step that is due by `at`, and lets the clock run to it.
    pub fn advance_to(&mut self, at: SimTime) {
        while self.next_at().is_some_and(|next| next <= at) && self.step() {}
        if self.world.over.is_none() {
            self.world.cluster.idle_until(at.min(self.scenario.until));
        }
    }

    /// Puts the cursor after the `position`-th step; beyond what is known, steps are taken.
    pub fn seek(&mut self, position: u32) {
        let nearest = self
            .checkpoints
            .partition_point(|(at, _)| *at <= position)
            .saturating_sub(1);
        if let Some((at, world)) = self.checkpoints.get(nearest)
            && (position < self.position || *at > self.position)
        {
            self.position = *at;
            self.world = World::clone(world);
            self.judged = OnceLock::new();
        }
        while self.position < position && self.step() {}
    }

    /// Puts the cursor right after the step in which an event happened.
    pub fn seek_event(&mut self, event: EventId) {
        let position = self.ends.partition_point(|end| *end <= event.0);
        self.seek(u32::try_from(position).unwrap_or(u32::MAX));
    }

    /// Puts the cursor on the last step at or before `at`.
    pub fn seek_time(&mut self, at: SimTime) {
        let count = self.events.partition_point(|event| event.at <= at);
        match count.checked_sub(1).and_then(|last| self.events.get(last)) {
            Some(event) if at < self.now() => self.seek_event(event.id),
            None if at < self.now() => self.seek(0),
            Some(_) | None => {}
        }
        self.advance_to(at);
    }

    /// Acts on the cluster at the cursor. What was known to happen after it is forgotten.
    ///
    /// # Errors
    /// When the command does not fit the state of its node; nothing has changed then.
    pub fn obey(&mut self, action: &Do) -> Result<(), Rejected> {
        let commands = script::commands(action, &self.world.cluster);
        if commands.is_empty() {
            return Err(Rejected::NoSuchNode);
        }
        for command in commands {
            let mut events = Vec::new();
            let mut world = self.world.clone();
            world.obey(&self.scenario, command.clone(), &mut events)?;
            self.fork();
            self.world = world;
            self.world.over = None;
            self.interventions.push((self.position, command));
            self.note_step(events, false);
        }
        Ok(())
    }

    /// Forgets what was known beyond the cursor.
    fn fork(&mut self) {
        let steps = usize::try_from(self.position)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        self.ends.truncate(steps);
        let events = self
            .ends
            .last()
            .and_then(|end| usize::try_from(*end).ok())
            .unwrap_or(0);
        self.events.truncate(events);
        self.checkpoints.retain(|(at, _)| *at <= self.position);
        self.interventions.retain(|(at, _)| *at < self.position);
    }

    /// Every message's line, in order of their numbers. Judged once at each place of the cursor, however often it is asked for.
    #[must_use]
    pub fn ledger(&self) -> Arc<[Entry]> {
        let judge = || ledger::judge(&self.world.cluster, &self.world.tally).into();
        Arc::clone(self.judged.get_or_init(judge))
    }

    /// The messages that an action would lose at this instant: it is tried on a copy of the world.
    #[must_use]
    pub fn would_lose(&self, action: &Do) -> Vec<MessageId> {
        let mut cluster = self.world.cluster.clone();
        let mut lost = Vec::new();
        for command in script::commands(action, &self.world.cluster) {
            lost.extend(ledger::losses_of(&mut cluster, command));
        }
        lost
    }

    fn event_count(&self) -> u32 {
        usize::try_from(self.position)
            .ok()
            .and_then(|position| self.ends.get(position))
            .copied()
            .unwrap_or(0)
    }
}

impl World {
    fn next_at(&self, scenario: &Scenario) -> Option<SimTime> {
        if self.over.is_some() {
            return None;
        }
        let now = self.cluster.now();
        let by_itself = self.cluster.next().map(|(at, _)| at.max(now));
        let by_script = self.script.next_at(now);
        let next = match (by_itself, by_script) {
            (Some(a), Some(b)) => a.min(b),
            (Some(at), None) | (None, Some(at)) => at,
            (None, None) => scenario.until,
        };
        Some(next.min(scenario.until))
    }

    /// Script steps come before what the cluster does at the same instant.
    fn step(&mut self, scenario: &Scenario, events: &mut Vec<Event>) {
        let now = self.cluster.now();
        let by_itself = self.cluster.next();
        let by_script = self.script.next_at(now);
        let until = scenario.until;
        match (by_itself, by_script) {
            (itself, Some(at))
                if at <= until
                    && itself
                        .as_ref()
                        .is_none_or(|(next, _)| at <= (*next).max(now)) =>
            {
                self.cluster.idle_until(at);
                for command in self.script.take(scenario, &self.cluster) {
                    // A step that does not fit (killing what is down) changes nothing, as a real signal to a dead process.
                    let _ = self.obey(scenario, command, events);
                }
            }
            (Some((at, action)), _) if at <= until => {
                let before = events.len();
                let _ = self.cluster.apply(action, events);
                self.observe(scenario, events.get(before..).unwrap_or_default());
            }
            (Some(_) | None, _) => {
                self.cluster.idle_until(until);
                self.over = Some(End::Until);
            }
        }
    }

    fn obey(
        &mut self,
        scenario: &Scenario,
        command: Command,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejected> {
        let before = events.len();
        self.cluster.apply(Action::Obey(command), events)?;
        self.observe(scenario, events.get(before..).unwrap_or_default());
        Ok(())
    }

    fn observe(&mut self, scenario: &Scenario, events: &[Event]) {
        for event in events {
            self.tally.observe(event, self.cluster.setup());
            if self.script.is_waiting() {
                self.script.observe(scenario, self.cluster.names(), event);
            }
        }
    }
}
