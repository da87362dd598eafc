//! The lessons that ship: each of them runs, in both profiles that it names, and can be told in both languages.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use loss_lab_engine::status::Profile;
use loss_lab_lesson::{Code, Lesson, Player, Role, TEXT_MAX, read};

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

fn library(name: &str) -> Option<String> {
    fs::read_to_string(assets().join("scenarios").join(name).with_extension("json")).ok()
}

fn lessons() -> Vec<(String, Lesson)> {
    let mut files: Vec<PathBuf> = fs::read_dir(assets().join("lessons"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read_one = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let lesson = read(&fs::read_to_string(path).unwrap());
        (
            name.clone(),
            lesson.unwrap_or_else(|problems| panic!("{name}: {}", problems[0])),
        )
    };
    files.iter().map(read_one).collect()
}

#[test]
fn every_step_of_every_lesson_runs_in_each_profile_that_the_lesson_names() {
    let lessons = lessons();
    assert_eq!(lessons.len(), 8);
    for (name, lesson) in &lessons {
        assert_eq!(lesson.profiles.len(), 2, "{name}");
        for profile in &lesson.profiles {
            let player = Player::new(lesson, *profile, &library);
            let shown = player
                .check()
                .unwrap_or_else(|problems| panic!("{name}: {}", problems[0]));
            // Eleven: lesson 4 meets nine answers, and two of them have consequences.
            assert!((5..=11).contains(&shown.len()), "{name}: {}", shown.len());
            for (index, step) in shown.iter().enumerate() {
                assert!(step.stop <= step.reveal, "{name}");
                // What is shown alone is what is shown in order.
                let alone = player.show(index).unwrap().unwrap();
                assert_eq!(
                    (alone.stop, alone.reveal),
                    (step.stop, step.reveal),
                    "{name}"
                );
                assert_eq!(alone.question, step.question, "{name}");
                for language in [0, 1] {
                    for role in [Role::Say, Role::Ask, Role::Explain] {
                        let said = step.said(language, role).count();
                        assert!(
                            said > 0,
                            "{name}: step {index} in {language} says no {role:?}"
                        );
                        assert_eq!(
                            said,
                            step.said(1 - language, role).count(),
                            "{name}: {index}"
                        );
                    }
                }
                let question = step.question.as_ref().unwrap();
                assert!(question.right < question.choices.len());
            }
            assert!(player.show(shown.len()).unwrap().is_none());
        }
    }
}

#[test]
fn the_same_question_has_another_answer_under_the_rules_of_4_9() {
    let lessons = lessons();
    let (_, lesson) = lessons
        .iter()
        .find(|(_, lesson)| lesson.id == "four-answers")
        .unwrap();
    let answers = |profile| -> Vec<String> {
        let shown = Player::new(lesson, profile, &library).check().unwrap();
        shown
            .into_iter()
            .filter_map(|step| Some(step.question?.answer))
            .collect()
    };
    assert_eq!(
        answers(Profile::V5_3)[3..5],
        ["FLUSH_SLAVE_TIMEOUT", "SEND_OK"]
    );
    assert_eq!(
        answers(Profile::V4_9)[3..5],
        ["SLAVE_NOT_AVAILABLE", "FLUSH_SLAVE_TIMEOUT"]
    );
}

const GOOD: &str = "\
---
format: loss-lab-lesson/1
id: small
en: Small
zh: 小
profiles: 5.3
---
# One | 一
```json
{ \"format\": \"loss-lab/1\", \"script\": [ { \"at\": 0, \"do\": \"send\" } ] }
```
play: after send-returned m1
ask: send m1
## en
Text.
? Which?
! `{answer}`.
## zh
文字。
? 哪个？
! `{answer}`。
";

fn complaints(text: &str) -> String {
    let problems = match read(text) {
        Err(problems) => problems,
        Ok(lesson) => {
            let profile = lesson.profiles[0];
            Player::new(&lesson, profile, &library)
                .check()
                .err()
                .unwrap_or_default()
        }
    };
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    assert_eq!(complaints(GOOD), "");
    let table = [
        (
            "format: loss-lab-lesson/1",
            "format: loss-lab-lesson/9",
            "line 2: a lesson begins with",
        ),
        (
            "profiles: 5.3",
            "profiles: 6.0",
            "line 6: \"6.0\" is not one of 4.9, 5.3",
        ),
        (
            "# One | 一",
            "# One",
            "line 8: the heading in the second language",
        ),
        (
            "\"do\": \"send\"",
            "\"do\": \"sent\"",
            "line 9: in 5.3: in the scenario: script[0].do",
        ),
        (
            "\"at\": 0,",
            "\"at\": 0",
            "line 10: in 5.3: in the scenario: line 1, column",
        ),
        (
            "after send-returned m1",
            "after lunch",
            "line 12: \"after lunch\" is not a moment",
        ),
        (
            "after send-returned m1",
            "after lost m1",
            "line 12: in 5.3: \"after lost m1\" never happens",
        ),
        (
            "after send-returned m1",
            "99999 ms",
            "line 12: in 5.3: \"99999 ms\" never happens",
        ),
        (
            "ask: send m1",
            "ask: weather",
            "line 13: \"weather\" is not a question",
        ),
        (
            "ask: send m1",
            "ask: send m7",
            "line 13: in 5.3: there is no m7",
        ),
        (
            "ask: send m1",
            "ask: send m1\nchoose: FLUSH_DISK_TIMEOUT, exception",
            "line 13: in 5.3: the computed answer is \"SEND_OK\"",
        ),
        (
            "ask: send m1",
            "ask: send m1\nchoose: SEND_OK, SENT",
            "line 14: \"SENT\" cannot stand here",
        ),
        (
            "ask: send m1",
            "ask: lost",
            "line 13: \"choose:\" with two choices",
        ),
        (
            "ask: send m1",
            "ask: send m1\nset: broker-z/0 flushDiskType=SYNC_FLUSH",
            "line 14: in 5.3: no broker node",
        ),
        (
            "ask: send m1",
            "ask: send m1\nset: broker-a/0 flushDiskTyp=SYNC_FLUSH",
            "line 14: in 5.3: flushDiskTyp=SYNC_FLUSH is refused",
        ),
        ("? 哪个？", "", "line 13: the question"),
        (
            "play: after send-returned m1",
            "",
            "line 8: \"play:\" is missing",
        ),
    ];
    for (good, bad, expected) in table {
        let said = complaints(&GOOD.replacen(good, bad, 1));
        assert!(said.contains(expected), "{bad}: {said}");
    }
    assert!(complaints("").contains("line 1: a lesson begins with"));
    let long = "x".repeat(TEXT_MAX + 1);
    assert_eq!(read(&long).unwrap_err()[0].code, Code::TooLong(TEXT_MAX));
}

proptest::proptest! {
    /// Pieces cut out of a good text and put elsewhere: it is read or refused, never worse.
    #[test]
    fn a_damaged_lesson_is_read_or_refused(cuts in proptest::collection::vec((0..GOOD.len(), 0..60_usize, 0..GOOD.len()), 1..6)) {
        let mut bytes = GOOD.as_bytes().to_vec();
        for (from, len, to) in cuts {
            let from = from.min(bytes.len());
            let piece: Vec<u8> = bytes.drain(from..(from + len).min(bytes.len())).collect();
            let to = to.min(bytes.len());
            bytes.splice(to..to, piece);
        }
        if let Err(problems) = read(&String::from_utf8_lossy(&bytes)) {
            assert!(!problems.is_empty());
        }
    }
}
