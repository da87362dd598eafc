//! The binary as its users meet it: exit codes, what is said where, pipes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    reason = "what a test cannot do fails it"
)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};
use serde_json::Value;

const ONE_SEND: &str =
    r#"{ "format": "loss-lab/1", "until": 1000, "script": [ { "at": 0, "do": "send" } ] }"#;

/// Runs `loss-lab` in the project's folder with `input` on standard input.
fn loss_lab(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_loss-lab"))
        .args(args)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Exit code, then standard output, then standard error.
fn check(args: &[&str], input: &str, expected: &Expect) {
    let output = loss_lab(args, input);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap();
    expected.assert_eq(&format!(
        "exit {code}\n{out}{}{err}",
        if err.is_empty() { "" } else { "stderr:\n" }
    ));
}

#[test]
fn help_tells_a_newcomer_what_there_is() {
    check(
        &["--help"],
        "",
        &expect![[r#"
            exit 0
            See what RocketMQ does with your messages when things break: a deterministic model of a whole cluster

            Usage: loss-lab <COMMAND>

            Commands:
              run       Play a scenario and draw what happened: one lane per node, then what became of every message
              validate  Check scenario files without playing them
              defaults  List RocketMQ's configuration keys with their defaults and units
              schema    Print the JSON Schema of a file format
              lesson    Check lesson files: play every step and print the questions with the answers that the engine computes
              conform   Compare the engine with recordings of real RocketMQ clusters
              compare   Say in what a trace differs from another one of the same scenario
              draw      Draw a small random scenario, or take parts of one away
              help      Print this message or the help of the given subcommand(s)

            Options:
              -h, --help     Print help
              -V, --version  Print version

            A scenario is a JSON file that says what cluster stands, what its clients do and which faults strike.
            The smallest one sends a message:

              echo '{ "format": "loss-lab/1", "script": [ { "at": 0, "do": "send" } ] }' | loss-lab run -

            Exit codes: 0 fine; 2 wrong input, explained on stderr; 1 a fault of this program, or a recording that no longer agrees.
        "#]],
    );
}

#[test]
fn nothing_is_asked_for() {
    let output = loss_lab(&[], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("Usage: loss-lab"));
}

#[test]
fn a_run_is_drawn() {
    check(
        &["run", "-"],
        ONE_SEND,
        &expect![[r#"
        exit 0
               ms  p1                           broker-a/0                   c1
                0  send m1 ───────────────────▶ │                            │
                1  │                            stores m1 TopicTest/0:0 (page cache)
                2  │                            TopicTest/0:0 to 1 ────────▶ │
             2.05  m1 SEND_OK ◀──────────────── │                            │
                3  │                            │                            gets m1
                3  │                            │                            ✓ m1

        message  promise  fate      delivered  consumed  verdict  copies, and what took or threatens them
        m1       acked    consumed  1          1         ok       broker-a/0 (page cache)
    "#]],
    );
}

#[test]
fn a_trace_is_the_same_every_time() {
    let file = "conformance/scenarios/k19-power-loss-async-flush-53.json";
    let trace = loss_lab(&["run", file, "--json", "--seed", "7"], "");
    assert_eq!(trace.status.code(), Some(0));
    assert!(text(&trace.stdout).starts_with(
        "{\n  \"format\": \"loss-lab-trace/1\",\n  \"profile\": \"5.3\",\n  \"end\": "
    ));
    assert_eq!(
        trace.stdout,
        loss_lab(&["run", file, "--json", "--seed", "7"], "").stdout
    );
    let shorter = text(&loss_lab(&["run", file, "--json", "--until", "100"], "").stdout);
    assert!(shorter.contains("\"end\": 100,"), "{shorter}");
}

#[test]
fn wrong_input_is_located_and_exits_with_2() {
    check(
        &["validate", "-"],
        r#"{ "format": "loss-lab/1", "brokers": [ { "name": "broker-a", "conf": { "flushDiskTyp": "SYNC_FLUSH" } } ],
             "script": [ { "at": 0, "do": "crash", "node": "broker-c/0" } ] }"#,
        &expect![[r#"
            exit 2
            stderr:
            error: standard input: brokers[0].conf.flushDiskTyp: RocketMQ has no key "flushDiskTyp"; the nearest is "flushDiskType"
            error: standard input: script[0].node: no node "broker-c/0"; nodes are namesrv/0, broker-a/0, p1, c1
        "#]],
    );
    check(
        &["run", "-"],
        "{ \"format\": \"loss-lab/1\",",
        &expect![[r#"
        exit 2
        stderr:
        error: standard input: line 1, column 25: not JSON: EOF while parsing a value
    "#]],
    );
    check(
        &["run", "no-such-file.json"],
        "",
        &expect![[r#"
            exit 2
            stderr:
            error: no-such-file.json: No such file or directory (os error 2)
        "#]],
    );
}

#[test]
fn many_files_are_validated_at_once() {
    let one = "conformance/scenarios/k01-plain-53.json";
    check(
        &["validate", one, "no-such-file.json", "-"],
        ONE_SEND,
        &expect![[r#"
            exit 2
            conformance/scenarios/k01-plain-53.json: fine
            standard input: fine
            stderr:
            error: no-such-file.json: No such file or directory (os error 2)
        "#]],
    );
}

#[test]
fn what_has_no_effect_is_warned_of_and_the_trace_stays_clean() {
    let scenario = r#"{ "format": "loss-lab/1", "until": 10,
        "brokers": [ { "name": "broker-a", "conf": { "traceTopicEnable": "true" } } ] }"#;
    let output = loss_lab(&["run", "-", "--json"], scenario);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stderr)
            .starts_with("warning: standard input: brokers[0].conf.traceTopicEnable: "),
        "{}",
        text(&output.stderr)
    );
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
}

#[test]
fn defaults_are_listed_for_either_profile() {
    let line = |profile: &str, key: &str| {
        let table = text(&loss_lab(&["defaults", "--profile", profile], "").stdout);
        table
            .lines()
            .find(|line| line.contains(key))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(
        line("5.3", "syncFlushTimeout").unwrap(),
        "broker syncFlushTimeout 5000 ms G.2"
    );
    assert!(
        line("4.9", "transactionCheckInterval")
            .unwrap()
            .starts_with("broker transactionCheckInterval 60000 ms G.3")
    );
    let json = loss_lab(&["defaults", "--json"], "").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let keys = json["keys"].as_array().unwrap();
    let timeout = keys
        .iter()
        .find(|key| key["key"] == "sendMsgTimeout")
        .unwrap();
    assert_eq!(
        (
            timeout["of"].as_str(),
            timeout["default"].as_i64(),
            timeout["unit"].as_str()
        ),
        (Some("producer"), Some(3000), Some("ms"))
    );
}

#[test]
fn schemas_are_json() {
    for format in ["scenario", "trace"] {
        let schema: serde_json::Value =
            serde_json::from_slice(&loss_lab(&["schema", format], "").stdout).unwrap();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert!(schema["properties"]["format"].is_object(), "{schema}");
    }
}

/// `loss-lab run … | head -1` is no error of anybody's.
#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_loss-lab"))
        .args([
            "run",
            "conformance/scenarios/k17-crash-async-flush-53.json",
            "--json",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(0), String::new())
    );
}

/// Every recording on the list of `conformance/reproduced.txt` is reproduced, and the page shows the table as it is.
#[test]
fn the_engine_does_what_real_clusters_did() {
    let output = loss_lab(&["conform", "--json"], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/conformance.json");
    let shown = std::fs::read_to_string(path).unwrap();
    assert!(
        text(&output.stdout) == shown,
        "assets/conformance.json is old: `loss-lab conform --bless` writes it"
    );
    every_row_about_consumers_is_reproduced(&shown);
}

/// Rows 34 to 50 and 64, one by one: how many recordings of each scenario the engine reproduces.
fn every_row_about_consumers_is_reproduced(table: &str) {
    let table: Value = serde_json::from_str(table).unwrap();
    let mut told: Vec<(&str, usize, usize)> = Vec::new();
    for row in table["rows"].as_array().unwrap() {
        let scenario = row["scenario"].as_str().unwrap();
        let number = scenario.strip_prefix('k').and_then(|name| name.get(..2));
        let number = number.and_then(|number| number.parse::<u32>().ok());
        if !number.is_some_and(|number| (34..=50).contains(&number) || number == 64) {
            continue;
        }
        if told.last().is_none_or(|(last, ..)| *last != scenario) {
            told.push((scenario, 0, 0));
        }
        let (_, reproduced, all) = told.last_mut().unwrap();
        *reproduced += usize::from(row["reproduced"] == true);
        *all += 1;
    }
    let text: String = told
        .iter()
        .map(|(scenario, reproduced, all)| format!("{scenario}: {reproduced} of {all}\n"))
        .collect();
    expect![[r#"
        k34-retry-schedule-49: 1 of 1
        k34-retry-schedule-53: 1 of 1
        k35a-throw-to-dlq-49: 1 of 1
        k35a-throw-to-dlq-53: 1 of 1
        k35b-null-to-dlq-49: 1 of 1
        k35b-null-to-dlq-53: 1 of 1
        k36-straight-to-dlq-49: 2 of 2
        k36-straight-to-dlq-53: 2 of 2
        k37-chosen-delay-49: 1 of 1
        k37-chosen-delay-53: 1 of 1
        k38-ack-index-49: 1 of 1
        k38-ack-index-53: 1 of 1
        k39-broadcasting-failure-49: 2 of 2
        k39-broadcasting-failure-53: 2 of 2
        k40a-consumer-crash-49: 2 of 2
        k40a-consumer-crash-53: 2 of 2
        k40b-consumer-clean-stop-49: 2 of 2
        k40b-consumer-clean-stop-53: 2 of 2
        k41-stuck-head-49: 2 of 2
        k41-stuck-head-53: 2 of 2
        k42-broker-restart-consumer-alive-49: 1 of 1
        k42-broker-restart-consumer-alive-53: 2 of 2
        k43-both-killed-49: 1 of 1
        k43-both-killed-53: 1 of 1
        k44-send-back-fails-49: 1 of 1
        k44-send-back-fails-53: 2 of 2
        k45-orderly-suspend-49: 1 of 1
        k45-orderly-suspend-53: 1 of 1
        k46-orderly-dlq-49: 1 of 1
        k46-orderly-dlq-53: 1 of 1
        k47a-orderly-rollback-autocommit-49: 1 of 1
        k47a-orderly-rollback-autocommit-53: 1 of 1
        k47b-orderly-rollback-manual-49: 1 of 1
        k47b-orderly-rollback-manual-53: 1 of 1
        k47c-orderly-success-manual-49: 1 of 1
        k47c-orderly-success-manual-53: 1 of 1
        k48-orderly-takeover-49: 1 of 1
        k48-orderly-takeover-53: 2 of 2
        k49-rebalance-in-flight-49: 1 of 1
        k49-rebalance-in-flight-53: 2 of 2
        k50-consume-timeout-49: 1 of 1
        k50-consume-timeout-53: 2 of 2
        k64-one-of-two-back-after-60s-49: 1 of 1
        k64-one-of-two-back-after-60s-53: 2 of 2
    "#]]
    .assert_eq(&text);
}

/// The same of the drawn scenarios.
#[test]
fn the_engine_does_what_real_clusters_did_with_drawn_scenarios() {
    let output = loss_lab(&["conform", "--listed", "conformance/drawn"], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let last = text(&output.stdout);
    let last = last.lines().last().unwrap_or_default();
    let (reproduced, rest) = last.split_once(" of ").unwrap();
    assert_eq!(rest, format!("{reproduced} recordings reproduced"));
    assert!(reproduced.parse::<u32>().unwrap() >= 200, "{last}");
}

#[test]
fn conform_takes_files_and_names_what_was_never_recorded() {
    let one = loss_lab(
        &[
            "conform",
            "--json",
            "--seeds",
            "1",
            "conformance/scenarios/k31-validation-53.json",
        ],
        "",
    );
    let table: Value = serde_json::from_slice(&one.stdout).unwrap();
    let names: Vec<&str> = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["recording"].as_str())
        .collect();
    assert_eq!(names, ["k31-validation-53", "k31-validation-53.2"]);
    let none = loss_lab(&["conform", "nowhere.json"], "");
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn two_recordings_of_one_scenario_are_compared() {
    let of = |folder: &str, name: &str| format!("conformance/{folder}/{name}.json");
    check(
        &[
            "compare",
            &of("scenarios", "k01-plain-49"),
            &of("recordings", "k01-plain-49"),
            &of("recordings", "k01-plain-49.2"),
        ],
        "",
        &expect![[r#"
            exit 0
            committed of Orders broker-a/0 of CG: before 2; now 3
        "#]],
    );
}

/// `cargo xtask record --random` asks real clusters what these do, and takes away what it can from those that differ.
#[test]
fn drawn_scenarios_are_well_formed_and_get_smaller() {
    for seed in 0..60 {
        let drawn = loss_lab(&["draw", "--seed", &seed.to_string()], "");
        assert_eq!(drawn.status.code(), Some(0), "{}", text(&drawn.stderr));
        let run = loss_lab(&["validate", "-"], &text(&drawn.stdout));
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        assert_eq!(text(&run.stderr), "", "seed {seed}");
    }
    let folder = std::env::temp_dir().join(format!("loss-lab-smaller-{}", std::process::id()));
    let whole = "conformance/scenarios/k07-slave-frozen-49.json";
    let smaller = loss_lab(&["draw", "--smaller", whole, folder.to_str().unwrap()], "");
    assert_eq!(smaller.status.code(), Some(0), "{}", text(&smaller.stderr));
    let files = std::fs::read_dir(&folder).unwrap().count();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(files, 9);
}

/// The questions as a class meets them, with the answers that the engine computed, in each profile that the lesson names.
#[test]
fn a_lesson_is_played_and_its_answers_are_computed() {
    let told = loss_lab(&["lesson", "assets/lessons/1-four-answers.md"], "");
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    let told = text(&told.stdout);
    for profile in ["5.3", "4.9"] {
        let head = format!("The four answers to a send (four-answers, {profile})");
        assert!(told.contains(&head), "{told}");
    }
    assert!(told.contains(
        "   ? What is the producer told?\n     [ ] SEND_OK\n     [x] FLUSH_DISK_TIMEOUT\n"
    ));
    let chinese = loss_lab(
        &[
            "lesson",
            "--language",
            "zh",
            "assets/lessons/1-four-answers.md",
        ],
        "",
    );
    assert!(text(&chinese.stdout).contains("? 生产者得到什么结果？"));
}

/// A trainer's lesson that cannot be given: where it is wrong, and the lessons beside it are told all the same.
#[test]
fn a_lesson_that_is_wrong_says_where() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let good = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../assets/lessons/1-four-answers.md"
    ))
    .unwrap();
    let wrong = |name: &str, from: &str, to: &str| {
        let path = format!("{folder}/{name}.md");
        assert!(good.contains(from), "{from}");
        std::fs::write(&path, good.replacen(from, to, 1)).unwrap();
        let shown = "assets/lessons/1-four-answers.md";
        let told = loss_lab(
            &["lesson", "--scenarios", "assets/scenarios", &path, shown],
            "",
        );
        assert_eq!(told.status.code(), Some(2));
        assert!(text(&told.stdout).contains("(four-answers, 4.9)"));
        text(&told.stderr).replace(folder, "FOLDER")
    };
    expect![[r#"
        error: FOLDER/no-play.md: line 9: "play:" is missing
    "#]]
    .assert_eq(&wrong("no-play", "play: after send-returned m1\n", ""));
    expect![[r#"
        error: FOLDER/no-scenario.md: line 10: in 5.3: no scenario "nowhere" in the library
    "#]]
    .assert_eq(&wrong(
        "no-scenario",
        "scenario: send-ok",
        "scenario: nowhere",
    ));
    expect![[r#"
        error: FOLDER/no-message.md: line 13: in 5.3: there is no m9 at that moment
    "#]]
    .assert_eq(&wrong("no-message", "ask: send m1", "ask: send m9"));
}
