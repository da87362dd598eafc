#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

use loss_lab_engine::event::Trigger;
use loss_lab_engine::scenario::{Do, Scenario, Step, file_v1};
use loss_lab_engine::status::{Profile, SendMode};
use loss_lab_engine::units::{SimTime, Span};
use proptest::prelude::*;

use super::{Cursor, LINK_MAX, Lang, Link, Play, Room, Theme, Unsaid, Why, read, write};
use crate::settings::Settings;
use crate::story::{StoryId, send, story};

fn own(scenario: Scenario) -> Link {
    Link {
        play: Some(Play::Own(Box::new(scenario))),
        ..Link::default()
    }
}

fn round_trip(link: &Link) -> String {
    let text = write(link).unwrap();
    let (back, bad) = read(&text);
    assert_eq!(bad, [], "{text}");
    assert!(super::same(&back, link), "{text}");
    text
}

#[test]
fn a_short_scenario_reads_as_plain_parameters() {
    let (link, bad) = read("#/lab?flushDiskType=SYNC_FLUSH&slaves=1");
    assert_eq!(bad, []);
    let Some(Play::Own(scenario)) = &link.play else {
        panic!("{link:?}")
    };
    assert_eq!(scenario.brokers[0].slaves.len(), 1);
    assert_eq!(
        round_trip(&link),
        "#/lab?profile=5.3&flushDiskType=SYNC_FLUSH"
    );
    let told = story(StoryId::FlushDiskTimeout, Profile::V5_3);
    let text = round_trip(&own(told.settings.scenario(told.script)));
    assert_eq!(
        text,
        "#/lab?profile=5.3&flushDiskType=SYNC_FLUSH&sendMsgTimeout=10000&do=0:stall-disk:broker-a/0;1:send*1;8000:release-disk:broker-a/0"
    );
}

#[test]
fn everything_that_matters_is_in_the_link() {
    let link = Link {
        room: Room::Lesson("four-answers".to_owned()),
        play: Some(Play::Named("power-loss-async-flush".to_owned())),
        at: Some(Cursor::Time(SimTime::from_micros(5_003_050))),
        view: vec!["stage".to_owned(), "ledger".to_owned()],
        select: Some("m3".to_owned()),
        lang: Some(Lang::Zh),
        theme: Some(Theme::Dark),
    };
    assert_eq!(
        round_trip(&link),
        "#/lesson/four-answers?scenario=power-loss-async-flush&at=5003.05&view=stage,ledger&select=m3&lang=zh&theme=dark"
    );
    assert_eq!(round_trip(&Link::default()), "#/lab");
    assert_eq!(read(""), (Link::default(), Vec::new()));
}

#[test]
fn every_scenario_that_ships_fits_into_a_link() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut longest = (0, String::new());
    for folder in ["assets/scenarios", "conformance/scenarios"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let scenario = file_v1::parse(&fs::read_to_string(&path).unwrap())
                .unwrap()
                .scenario;
            let len = round_trip(&own(scenario)).len();
            longest = longest.max((len, path.display().to_string()));
        }
    }
    assert!(longest.0 <= 2_000, "{longest:?}");
}

/// What a person does in a lab: sends, faults and repairs at odd instants.
fn two_hundred() -> Scenario {
    let mut scenario = Settings::defaults(Profile::V5_3).scenario(Vec::new());
    let nodes = ["broker-a/0", "broker-a/1", "c1"];
    let mut at = 0;
    for i in 0..200_usize {
        // Some 0.4 s to 1.3 s apart, to the microsecond.
        at += 400_123 + i64::try_from(i * 7_919 % 900_001).unwrap();
        let node = nodes[i / 3 % 3].to_owned();
        let action = match i % 6 {
            0..=2 => send(1 + u32::try_from(i % 3).unwrap(), SendMode::Sync),
            3 => Do::Crash(node),
            4 => Do::Restart {
                node,
                takes: Span::from_millis(2_000),
            },
            _ => Do::Partition(["broker-a/0".to_owned(), "broker-a/1".to_owned()]),
        };
        scenario.script.push(Step {
            trigger: Trigger::At(SimTime::from_micros(at)),
            action,
        });
    }
    scenario
}

/// Row 15 of the budgets.
#[test]
fn two_hundred_actions_fit_into_two_thousand_characters() {
    let text = round_trip(&own(two_hundred()));
    assert!(text.len() <= 2_000, "{}", text.len());
}

#[test]
fn what_cannot_be_said_is_an_error() {
    let named = |select: &str| Link {
        select: Some(select.to_owned()),
        ..Link::default()
    };
    assert_eq!(write(&named("<b>")), Err(Unsaid::Word("<b>".to_owned())));
    let mut endless = two_hundred();
    endless.script = endless.script.iter().cycle().take(9_000).cloned().collect();
    assert!(matches!(write(&own(endless)), Err(Unsaid::TooLong(_))));
    // A scenario that no file could say: a node that does not exist.
    let mut wrong = two_hundred();
    wrong.script[0].action = Do::Crash("nobody".to_owned());
    assert_eq!(write(&own(wrong)), Err(Unsaid::Scenario));
}

#[test]
fn a_bad_link_leaves_a_healthy_lab_and_says_what_is_wrong_with_it() {
    let packed = round_trip(&own(two_hundred()));
    let cut = &packed[..packed.len() - 9];
    let later = packed.replacen("s=1.", "s=7.", 1);
    let long = "x".repeat(LINK_MAX + 1);
    let value = |key: &str, value: &str| Why::Value(key.to_owned(), value.to_owned());
    let table: [(&str, usize, Why); 13] = [
        (
            "#/nowhere?lang=zh",
            1,
            Why::NoSuchRoom("/nowhere".to_owned()),
        ),
        (
            "#/lab?flushDiskTyp=SYNC_FLUSH",
            6,
            Why::Unknown("flushDiskTyp".to_owned()),
        ),
        (
            "#/lab?flushDiskType=MAYBE",
            6,
            value("flushDiskType", "MAYBE"),
        ),
        ("#/lab?slaves=-1", 6, value("slaves", "-1")),
        (
            "#/lab?slaves=1&slaves=2",
            15,
            Why::Twice("slaves".to_owned()),
        ),
        ("#/lab?at=soon", 9, value("at", "soon")),
        ("#/lab?select=%3Cscript%3E", 13, value("select", "<script>")),
        ("#/lab?lang=%FF", 6, value("lang", "%FF")),
        (
            "#/lab?do=0:explode:broker-a/0",
            6,
            value("do", "0:explode:broker-a/0"),
        ),
        ("#/lab?s=1.AAAA", 8, Why::Checksum),
        (cut, 8, Why::Checksum),
        (&later, 8, Why::Version("7".to_owned())),
        (&long, LINK_MAX, Why::TooLong),
    ];
    for (text, at, why) in table {
        let (link, bad) = read(text);
        assert_eq!(link.play, None, "{text}");
        assert_eq!(bad.len(), 1, "{text}: {bad:?}");
        assert_eq!((bad[0].at, &bad[0].why), (at, &why), "{text}");
    }
    let (_, bad) = read("#/lab?do=0:crash:nobody");
    assert!(matches!(bad[0].why, Why::Scenario(_)));
    let (link, bad) = read("#/lab?lang=zh&scenario=send-ok&seed=4");
    assert_eq!(link.lang, Some(Lang::Zh));
    assert_eq!(bad[0].why, Why::TwoScenarios);
}

fn some_step() -> impl Strategy<Value = String> {
    let at = prop_oneof![
        (0..50_000_u32).prop_map(|ms| format!("\"at\": {ms}")),
        (0..50_000_000_u32).prop_map(|us| format!("\"at\": {}.{:03}", us / 1_000, us % 1_000)),
        (1..5_u32).prop_map(|n| format!(
            "\"after\": {{ \"event\": \"appended\", \"node\": \"broker-a/1\", \"nth\": {n} }}"
        )),
    ];
    let action = prop_oneof![
        (1..9_u32, 0..200_u32, 0..5_000_u32).prop_map(|(count, every, body)| format!(
            "\"do\": \"send\", \"count\": {count}, \"everyMs\": {every}.5, \"bodyBytes\": {body}, \"tag\": \"t{count}\""
        )),
        "[a-z]{1,8}".prop_map(|key| format!(
            "\"do\": \"send\", \"key\": \"{key} \\\"键\\\"\", \"waitStoreMsgOK\": false, \"transaction\": {{ \"local\": \"UNKNOW\", \"check\": [\"COMMIT_MESSAGE\"] }}"
        )),
        prop_oneof![Just("crash"), Just("power-loss"), Just("pause"), Just("restart"), Just("stall-disk")]
            .prop_map(|word| format!("\"do\": \"{word}\", \"node\": \"broker-a/0\"")),
        (0..1_000_u32).prop_map(|part| format!(
            "\"do\": \"fill-disk\", \"node\": \"broker-a/0\", \"ratio\": 0.{part:03}"
        )),
        Just("\"do\": \"partition\", \"between\": [\"p1\", \"broker-a/0\"]".to_owned()),
        Just("\"do\": \"set-conf\", \"node\": \"broker-a/0\", \"conf\": { \"inSyncReplicas\": 2 }".to_owned()),
        Just("\"do\": \"consume-result\", \"consumer\": \"c1\", \"result\": \"null\", \"times\": 2".to_owned()),
    ];
    (at, action).prop_map(|(at, action)| format!("{{ {at}, {action} }}"))
}

fn some_scenario() -> impl Strategy<Value = Scenario> {
    let steps = proptest::collection::vec(some_step(), 0..40);
    (steps, any::<u64>(), 0..3_usize, any::<bool>()).prop_map(|(steps, seed, slaves, old)| {
        let slaves = vec!["{}"; slaves.max(1)].join(",");
        let profile = if old { "4.9" } else { "5.3" };
        let text = format!(
            "{{ \"format\": \"loss-lab/1\", \"title\": \"{seed}\", \"profile\": \"{profile}\", \"seed\": {}, \"brokers\": [ {{ \"name\": \"broker-a\", \"slaves\": [{slaves}] }} ], \"script\": [ {} ] }}",
            seed >> 12,
            steps.join(", ")
        );
        match file_v1::parse(&text) {
            Ok(checked) => checked.scenario,
            Err(problems) => panic!("{}: {text}", problems[0]),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_scenario_is_the_same_after_its_link(scenario in some_scenario()) {
        round_trip(&own(scenario));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[#/?&=a-z0-9.%:;*é-]{0,60}") {
        let _ = read(&text);
        let _ = read(&["#/lab?s=1.", &text].concat());
    }

    /// With a right checksum over wrong bytes, the unpacker itself is reached.
    #[test]
    fn no_bytes_break_the_unpacker(bytes in proptest::collection::vec(any::<u8>(), 0..80), at in 0..400_usize, to in any::<u8>()) {
        let _ = super::pack::unpack(&bytes, 10_000);
        let text = file_v1::write(&two_hundred());
        let mut good = super::pack::pack(&serde_json::from_str(&text).unwrap());
        let at = at.min(good.len() - 1);
        good[at] = to;
        if let Ok(text) = super::pack::unpack(&good, file_v1::TEXT_MAX) {
            prop_assert!(text.len() <= file_v1::TEXT_MAX);
        }
    }
}

#[test]
fn a_claim_of_more_than_there_is_ends_soon() {
    // {"at": [null × 2^62]}: a list that claims to go on for ever.
    let mut bytes = vec![0, 1, 33, 6];
    bytes.extend([0xFF; 8]);
    bytes.extend([0x3F, 0]);
    assert!(super::pack::unpack(&bytes, 10_000).is_err());
    // A nest deeper than any scenario: shape 1 is {"at": shape 1}.
    let mut bytes = vec![0, 1, 33, 7];
    bytes.extend([1; 10_000]);
    assert!(super::pack::unpack(&bytes, 10_000_000).is_err());
}
