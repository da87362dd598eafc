//! The door for lesson files: line by line, with located problems, all of them in one pass.
//!
//! A lesson is Markdown to the eye and lines to this reader: a head of `key: value`, then a `# heading | 标题` per step with its own
//! keys, an optional fenced scenario, and a `## en` and a `## zh` part of paragraphs.

use loss_lab_engine::scenario::Title;
use loss_lab_engine::status::Profile;

use crate::problem::{Code, Problem};
use crate::{Ask, Asked, At, Change, Lesson, Moment, Paragraph, Role, Scene, Step, ask};

/// The format's name, with its version.
pub const FORMAT: &str = "loss-lab-lesson/1";
/// Longer texts are refused unread.
pub const TEXT_MAX: usize = 1 << 18;
const STEPS_MAX: usize = 64;
const OPTIONS_MAX: usize = 12;
const CHANGES_MAX: usize = 32;
const PROBLEMS_MAX: usize = 50;
const PROFILES: [&str; 2] = ["4.9", "5.3"];

/// The lesson that `text` describes.
///
/// # Errors
/// Every problem that was found, in the order of the file; at least one.
pub fn read(text: &str) -> Result<Lesson, Vec<Problem>> {
    if text.len() > TEXT_MAX {
        return Err(vec![Problem::new(1, Code::TooLong(TEXT_MAX))]);
    }
    let mut reader = Reader::default();
    for (line, number) in text.lines().zip(1..) {
        reader.number = number;
        reader.line(line.trim_end_matches('\r'));
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    number: usize,
    problems: Vec<Problem>,
    head: Head,
    steps: Vec<Step>,
    /// The step being read; its play moment may still be missing.
    open: Option<Draft>,
    /// Inside the fence of a scenario.
    fenced: bool,
}

#[derive(Default)]
struct Head {
    format: bool,
    id: Option<String>,
    title: Title,
    profiles: Vec<Profile>,
}

struct Draft {
    step: Step,
    play: bool,
    choose: Option<(usize, Vec<String>)>,
    /// In which language's part the reader is.
    part: Option<Part>,
}

struct Part {
    index: usize,
    /// Whether the last paragraph goes on.
    open: bool,
}

impl Reader {
    fn note(&mut self, code: Code) {
        self.note_at(self.number, code);
    }

    fn note_at(&mut self, line: usize, code: Code) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem::new(line, code));
        }
    }

    fn line(&mut self, line: &str) {
        if self.fenced {
            self.fence(line);
        } else if let Some(heading) = line.strip_prefix("# ") {
            self.close();
            self.begin(heading);
        } else if let Some(language) = line.strip_prefix("## ") {
            self.part(language.trim());
        } else {
            match self.open.as_mut().map(|draft| draft.part.is_some()) {
                Some(true) => self.prose(line.trim()),
                Some(false) => self.step_key(line.trim()),
                None => self.head_key(line.trim()),
            }
        }
    }

    fn head_key(&mut self, line: &str) {
        if line.is_empty() || line == "---" {
            return;
        }
        let Some((key, value)) = pair(line) else {
            return self.note(Code::Unexpected(clip(line)));
        };
        match key {
            "format" if value == FORMAT => self.head.format = true,
            "format" => self.note(Code::Format),
            "id" if self.head.id.is_some() => self.note(Code::Twice("id".to_owned())),
            "id" if !value.is_empty() && value.len() <= 64 && value.bytes().all(is_id) => {
                self.head.id = Some(value.to_owned());
            }
            "en" => value.clone_into(&mut self.head.title.en),
            "zh" => value.clone_into(&mut self.head.title.zh),
            "profiles" => {
                for word in value.split(',').map(str::trim) {
                    match self.profile(word) {
                        Some(one) if self.head.profiles.contains(&one) => {
                            self.note(Code::Twice(clip(word)));
                        }
                        Some(one) => self.head.profiles.push(one),
                        None => {}
                    }
                }
            }
            _ => self.note(Code::Unexpected(clip(line))),
        }
    }

    fn profile(&mut self, word: &str) -> Option<Profile> {
        let found = Profile::from_word(word);
        if found.is_none() {
            self.note(Code::NotOneOf(clip(word), PROFILES.to_vec()));
        }
        found
    }

    fn begin(&mut self, heading: &str) {
        if self.steps.len() == STEPS_MAX {
            self.note(Code::TooMany("steps", STEPS_MAX));
        }
        let Some((en, zh)) = heading.split_once(" | ") else {
            return self.begin_with(heading, "", true);
        };
        self.begin_with(en, zh, false);
    }

    fn begin_with(&mut self, en: &str, zh: &str, missing: bool) {
        if missing {
            self.note(Code::Missing(
                "the heading in the second language (# English | 中文)",
            ));
        }
        let step = Step {
            line: self.number,
            title: Title {
                en: en.trim().to_owned(),
                zh: zh.trim().to_owned(),
            },
            only: None,
            scene: Scene::Same,
            changes: Vec::new(),
            stop: None,
            play: At {
                line: self.number,
                moment: Moment::End,
            },
            look: Vec::new(),
            ask: None,
            text: [Vec::new(), Vec::new()],
        };
        self.open = Some(Draft {
            step,
            play: false,
            choose: None,
            part: None,
        });
    }

    fn step_key(&mut self, line: &str) {
        let number = self.number;
        if line.is_empty() {
            return;
        }
        if line == "```json" {
            self.fenced = true;
            return self.scene(Scene::Inline(number, String::new()));
        }
        let Some((key, value)) = pair(line) else {
            return self.note(Code::Unexpected(clip(line)));
        };
        match key {
            "only" => {
                let only = self.profile(value);
                self.edit(|draft| draft.step.only = only);
            }
            "scenario" => self.scene(Scene::Named(number, value.to_owned())),
            "set" => self.change(value),
            "stop" | "play" => {
                let Some(moment) = Moment::read(value) else {
                    return self.note(Code::BadMoment(clip(value)));
                };
                let at = At {
                    line: number,
                    moment,
                };
                self.edit(|draft| {
                    if key == "stop" {
                        draft.step.stop = Some(at);
                    } else {
                        draft.step.play = at;
                        draft.play = true;
                    }
                });
            }
            "look" => {
                let words = value.split_whitespace().map(str::to_owned).collect();
                self.edit(|draft| draft.step.look = words);
            }
            "ask" => {
                let Some(ask) = Ask::read(value) else {
                    return self.note(Code::BadQuestion(clip(value)));
                };
                let asked = Asked {
                    line: number,
                    options: ask.choices(),
                    ask,
                };
                if self
                    .open
                    .as_ref()
                    .is_some_and(|draft| draft.step.ask.is_some())
                {
                    return self.note(Code::Twice("ask".to_owned()));
                }
                self.edit(|draft| draft.step.ask = Some(asked));
            }
            "choose" => {
                let options: Vec<String> =
                    value.split(',').map(|one| one.trim().to_owned()).collect();
                if options.len() > OPTIONS_MAX {
                    return self.note(Code::TooMany("choices", OPTIONS_MAX));
                }
                self.edit(|draft| draft.choose = Some((number, options)));
            }
            _ => self.note(Code::Unexpected(clip(line))),
        }
    }

    fn edit(&mut self, change: impl FnOnce(&mut Draft)) {
        if let Some(draft) = &mut self.open {
            change(draft);
        }
    }

    fn scene(&mut self, scene: Scene) {
        let taken = self
            .open
            .as_ref()
            .is_some_and(|draft| draft.step.scene != Scene::Same);
        if taken {
            self.note(Code::Twice("the scenario".to_owned()));
        }
        self.edit(|draft| draft.step.scene = scene);
    }

    fn change(&mut self, value: &str) {
        let (only, rest) = marked(value);
        let parts = rest
            .split_once(char::is_whitespace)
            .and_then(|(node, setting)| Some((node, setting.split_once('=')?)));
        let Some((node, (key, set))) = parts else {
            return self.note(Code::BadChange(clip(value)));
        };
        let change = Change {
            line: self.number,
            only,
            node: node.to_owned(),
            key: key.trim().to_owned(),
            value: set.trim().to_owned(),
        };
        let full = self
            .open
            .as_ref()
            .is_some_and(|draft| draft.step.changes.len() == CHANGES_MAX);
        if full {
            return self.note(Code::TooMany("changes in one step", CHANGES_MAX));
        }
        self.edit(|draft| draft.step.changes.push(change));
    }

    fn fence(&mut self, line: &str) {
        if line.trim() == "```" {
            self.fenced = false;
            return;
        }
        self.edit(|draft| {
            if let Scene::Inline(_, text) = &mut draft.step.scene {
                text.push_str(line);
                text.push('\n');
            }
        });
    }

    fn part(&mut self, language: &str) {
        let index = match language {
            "en" => 0,
            "zh" => 1,
            _ => return self.note(Code::NotOneOf(clip(language), vec!["en", "zh"])),
        };
        match &mut self.open {
            Some(draft) => draft.part = Some(Part { index, open: false }),
            None => self.note(Code::Unexpected(clip(language))),
        }
    }

    fn prose(&mut self, line: &str) {
        let Some(draft) = &mut self.open else { return };
        let Some(part) = &mut draft.part else { return };
        let Some(text) = draft.step.text.get_mut(part.index) else {
            return;
        };
        if line.is_empty() {
            part.open = false;
            return;
        }
        let (role, rest) = match line.split_once(' ') {
            Some(("?", rest)) => (Role::Ask, rest),
            Some(("!", rest)) => (Role::Explain, rest),
            Some((">", rest)) => (Role::Note, rest),
            Some(_) | None => (Role::Say, line),
        };
        let (only, rest) = marked(rest);
        let begins = role != Role::Say || only.is_some() || !part.open;
        match text.last_mut().filter(|_| !begins) {
            Some(last) => {
                // Chinese has no spaces between words, so none between lines.
                if last.text.is_ascii() || part.index == 0 {
                    last.text.push(' ');
                }
                last.text.push_str(rest);
            }
            None => text.push(Paragraph {
                role,
                only,
                text: rest.to_owned(),
            }),
        }
        part.open = true;
    }

    /// Ends the step being read.
    fn close(&mut self) {
        let Some(draft) = self.open.take() else {
            return;
        };
        let mut step = draft.step;
        let line = step.line;
        if self.fenced {
            self.fenced = false;
            self.note(Code::Missing("the end of the scenario (```)"));
        }
        if !draft.play {
            self.note_at(line, Code::Missing("\"play:\""));
        }
        if self.steps.is_empty() && step.scene == Scene::Same {
            self.note_at(line, Code::NothingToGoOnWith);
        }
        if let (Some((_, options)), Some(asked)) = (&draft.choose, &mut step.ask) {
            asked.options.clone_from(options);
        }
        if let Some((line, _)) = draft.choose.as_ref().filter(|_| step.ask.is_none()) {
            self.note_at(*line, Code::Missing("\"ask:\""));
        }
        self.check_question(&step, draft.choose.map(|(line, _)| line));
        if step.text.iter().any(Vec::is_empty) {
            self.note_at(
                line,
                Code::Missing("the text in one of the languages (## en, ## zh)"),
            );
        }
        self.steps.push(step);
    }

    fn check_question(&mut self, step: &Step, choose: Option<usize>) {
        let words = |role| {
            step.text
                .iter()
                .all(|part| part.iter().any(|paragraph| paragraph.role == role))
        };
        let Some(asked) = &step.ask else {
            if words(Role::Ask) {
                self.note_at(step.line, Code::Missing("\"ask:\""));
            }
            return;
        };
        if !words(Role::Ask) {
            self.note_at(
                asked.line,
                Code::Missing("the question (a line that begins with ?) in both languages"),
            );
        }
        if asked.options.len() < 2 {
            self.note_at(
                asked.line,
                Code::Missing("\"choose:\" with two choices or more"),
            );
        }
        for (index, option) in (0..).zip(&asked.options) {
            if !ask::can_be(&asked.ask, option) {
                let line = choose.unwrap_or(asked.line);
                self.note_at(line, Code::Unexpected(clip(option)));
            }
            if asked
                .options
                .iter()
                .skip(index + 1)
                .any(|other| other == option)
            {
                self.note_at(asked.line, Code::Twice(clip(option)));
            }
        }
    }

    fn finish(mut self) -> Result<Lesson, Vec<Problem>> {
        self.close();
        if !self.head.format {
            self.note_at(1, Code::Format);
        }
        for (missing, what) in [
            (
                self.head.id.is_none(),
                "\"id:\" (small letters, digits and -)",
            ),
            (self.head.title.en.is_empty(), "\"en:\", the English title,"),
            (self.head.title.zh.is_empty(), "\"zh:\", the Chinese title,"),
            (self.head.profiles.is_empty(), "\"profiles:\""),
            (self.steps.is_empty(), "a step (# English | 中文)"),
        ] {
            if missing {
                self.note_at(1, Code::Missing(what));
            }
        }
        match self.head.id {
            Some(id) if self.problems.is_empty() => Ok(Lesson {
                id,
                title: self.head.title,
                profiles: self.head.profiles,
                steps: self.steps,
            }),
            _ => {
                self.problems.sort_by_key(|problem| problem.line);
                Err(self.problems)
            }
        }
    }
}

/// `key: value`.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    Some((key.trim(), value.trim()))
}

/// `[5.3] text` is for that profile only.
fn marked(text: &str) -> (Option<Profile>, &str) {
    for profile in Profile::ALL {
        let rest = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_prefix(profile.word()))
            .and_then(|rest| rest.strip_prefix(']'));
        if let Some(rest) = rest {
            return (Some(*profile), rest.trim_start());
        }
    }
    (None, text)
}

const fn is_id(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// No more of a foreign text than a message needs.
fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}
