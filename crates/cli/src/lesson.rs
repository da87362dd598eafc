//! `loss-lab lesson`: a lesson file checked, every step of it played, and the answers that the engine computed.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use loss_lab_engine::scenario::Title;
use loss_lab_engine::status::Profile;
use loss_lab_lesson::{Lesson, Paragraph, Player, Problem, Role, Shown};

use crate::failure::Failure;
use crate::{LanguageArg, LessonArgs, input};

/// Prints each lesson in each of its profiles; every problem of every other one is the failure.
pub fn lesson(args: &LessonArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut problems = String::new();
    for path in &args.files {
        let text = input::text(path)?;
        let library = |name: &str| scenario(args.scenarios.as_deref(), path, name);
        let told = loss_lab_lesson::read(&text).and_then(|lesson| {
            let profiles = lesson.profiles.iter();
            let parts: Result<Vec<String>, Vec<Problem>> = profiles
                .map(|profile| tell(args, &lesson, *profile, &library))
                .collect();
            Ok(parts?.concat())
        });
        match told {
            Ok(text) => out.write_all(text.as_bytes())?,
            Err(found) => {
                for problem in found {
                    let _ = writeln!(problems, "error: {}: {problem}", input::name(path));
                }
            }
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Input(problems))
    }
}

/// A scenario by name: from the folder that was named, or from `scenarios` beside the folder of the lesson.
fn scenario(folder: Option<&Path>, lesson: &Path, name: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let beside = || Some(lesson.parent()?.join("..").join("scenarios"));
    let folder = folder.map(Path::to_path_buf).or_else(beside)?;
    input::text(&folder.join(name).with_extension("json")).ok()
}

fn tell(
    args: &LessonArgs,
    lesson: &Lesson,
    profile: Profile,
    library: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Vec<Problem>> {
    let shown = Player::new(lesson, profile, library).check()?;
    let language = match args.language {
        LanguageArg::En => 0,
        LanguageArg::Zh => 1,
    };
    let mut text = String::new();
    let title = in_language(&lesson.title, language);
    let _ = writeln!(text, "{title} ({}, {})\n", lesson.id, profile.word());
    for (step, number) in shown.iter().zip(1u32..) {
        tell_step(&mut text, step, number, language);
    }
    Ok(text)
}

fn tell_step(text: &mut String, step: &Shown, number: u32, language: usize) {
    let title = in_language(&step.title, language);
    let _ = writeln!(text, "{number}. {title}");
    let _ = writeln!(text, "   [{} ms → {} ms]", step.stop_at, step.reveal_at);
    let mut say = |mark: &str, paragraphs: Vec<&Paragraph>| {
        for paragraph in paragraphs {
            let _ = writeln!(text, "   {mark}{}", paragraph.text);
        }
    };
    say("", step.said(language, Role::Say).collect());
    say("? ", step.said(language, Role::Ask).collect());
    if let Some(question) = &step.question {
        for (choice, index) in question.choices.iter().zip(0..) {
            let mark = if index == question.right { "x" } else { " " };
            let label = in_language(&choice.label, language);
            let _ = writeln!(text, "     [{mark}] {label}");
        }
        let _ = writeln!(text, "   = {}", question.answer);
    }
    let mut say = |mark: &str, role| {
        for paragraph in step.said(language, role) {
            let _ = writeln!(text, "   {mark}{}", paragraph.text);
        }
    };
    say("! ", Role::Explain);
    say("> ", Role::Note);
    text.push('\n');
}

fn in_language(title: &Title, language: usize) -> &str {
    if language == 0 { &title.en } else { &title.zh }
}
