//! What a pull finds (`GetMessageStatus`): each status by the conditions of a real broker, from the file that shows it.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use loss_lab_engine::draw;
use loss_lab_engine::event::EventKind;
use loss_lab_engine::run::Run;
use loss_lab_engine::status::{GetMessageStatus, Profile};
use loss_lab_engine::trace::Story;

use crate::lab;
use crate::suite::FILES;

/// `get-offset-too-small-49` promises OFFSET_TOO_SMALL.
fn promised(name: &str) -> Option<GetMessageStatus> {
    let word = name
        .strip_prefix("get-")?
        .trim_end_matches("-49")
        .to_uppercase()
        .replace('-', "_");
    Some(GetMessageStatus::from_word(&word).unwrap_or_else(|| panic!("{word} is no status")))
}

fn statuses(run: &Run) -> BTreeSet<GetMessageStatus> {
    run.events()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Pulled { status, .. } => Some(*status),
            _ => None,
        })
        .collect()
}

/// The lines of a file's picture that tell of pulls, of what was deleted or cut, of deliveries and of offsets.
fn pulls(name: &str, picture: Expect) {
    let (_, text) = FILES
        .iter()
        .find(|(file, _)| *file == name)
        .expect("a file of that name");
    let run = lab::finished(lab::scenario(text));
    let lanes = draw::lanes(&Story::of(&run));
    let words = [
        "FOUND", "OFFSET", "NO_", "MESSAGE_", " to ", "gets", "deleted", "log cut", "offset",
    ];
    let told = lanes
        .lines()
        .filter(|line| words.iter().any(|word| line.contains(word)));
    // The name comes first: an expected picture loses the indentation that all of its lines share.
    let told = [name].into_iter().chain(told);
    let told: String = told.map(|line| format!("{}\n", line.trim_end())).collect();
    picture.assert_eq(&told);
}

#[test]
fn every_status_file_shows_its_status_to_the_client_and_in_the_picture() {
    let mut shown = BTreeSet::new();
    for (name, text) in FILES {
        let Some(status) = promised(name) else {
            continue;
        };
        let run = lab::finished(lab::scenario(text));
        let old = run.scenario().profile == Profile::V4_9;
        assert_eq!(old, name.ends_with("-49"), "{name}");
        assert!(
            statuses(&run).contains(&status),
            "{name}: {:?}",
            statuses(&run)
        );
        let picture = draw::lanes(&Story::of(&run));
        assert!(picture.contains(status.word()), "{name}\n{picture}");
        shown.insert(status);
    }
    // `findConsumeQueue` creates the queue it is asked for: no broker has ever answered this one.
    let all: BTreeSet<_> = GetMessageStatus::ALL.iter().copied().collect();
    let never: BTreeSet<_> = all.difference(&shown).copied().collect();
    assert_eq!(
        never,
        BTreeSet::from([GetMessageStatus::NoMatchedLogicQueue])
    );
}

#[test]
fn what_expired_under_a_stopped_consumer_is_passed_over() {
    pulls(
        "get-offset-too-small",
        expect![[r#"
        get-offset-too-small
            4.861  │                            Orders/0:0 to 1 ───────────▶ │
            5.861  │                            │                            gets m1
             6701  │                            CG Orders/0 offset 1         │
            14000  │                            ✗ old files deleted: 1 gone
            14100  │                            ✗ old files deleted: 1 gone
            14200  │                            ✗ old files deleted: 1 gone
            17511  │                            OFFSET_TOO_SMALL Orders/… ─▶ │
            17513  │                            CG Orders/0 offset 3         │
            18519  │                            Orders/0:3 to 5 ───────────▶ │
            18520  │                            │                            gets m4, m5
    "#]],
    );
}

#[test]
fn files_go_before_their_consume_queue_hears_of_it() {
    pulls(
        "get-message-was-removing",
        expect![[r#"
        get-message-was-removing
            50000  │                            ✗ old files deleted: 1 gone
            50100  │                            ✗ old files deleted: 1 gone
            50200  │                            ✗ old files deleted: 1 gone
            52509  │                            MESSAGE_WAS_REMOVING Ord… ─▶ │
            52511  │                            CG Orders/0 offset 3         │
    "#]],
    );
}

#[test]
fn in_4_9_a_queue_without_any_file_keeps_its_minimum() {
    pulls(
        "get-message-was-removing-49",
        expect![[r#"
        get-message-was-removing-49
             1000  │                            ✗ old files deleted: 1 gone
             1100  │                            ✗ old files deleted: 1 gone
             1200  │                            ✗ old files deleted: 1 gone
            20019  │                            MESSAGE_WAS_REMOVING Ord… ─▶ │
            20021  │                            CG Orders/0 offset 3         │
    "#]],
    );
}

#[test]
fn a_consume_queue_file_goes_before_the_minimum_moves() {
    pulls(
        "get-offset-found-null",
        expect![[r#"
        get-offset-found-null
            4.861  │                            Orders/0:0 to 1 ───────────▶ │
            5.861  │                            │                            gets m1
           14.861  │                            Orders/0:1 to 2 ───────────▶ │
           15.861  │                            │                            gets m2
           16.861  │                            CG Orders/0 offset 1         │
           24.861  │                            Orders/0:2 to 3 ───────────▶ │
           25.861  │                            │                            gets m3
           26.861  │                            CG Orders/0 offset 2         │
           34.861  │                            Orders/0:3 to 4 ───────────▶ │
           35.861  │                            │                            gets m4
           36.861  │                            CG Orders/0 offset 3         │
           44.861  │                            Orders/0:4 to 5 ───────────▶ │
           45.861  │                            │                            gets m5
           46.861  │                            CG Orders/0 offset 4         │
             1000  │                            ✗ old files deleted: 1 gone  │
             1100  │                            ✗ old files deleted: 1 gone  │
             1200  │                            ✗ old files deleted: 1 gone  │
             1300  │                            ✗ old files deleted: 1 gone  │
           1301.5  │                            OFFSET_FOUND_NULL Orders… ─▶ │
    "#]],
    );
}

#[test]
fn a_consumer_beyond_the_end_goes_on_there_a_second_later() {
    pulls(
        "get-offset-overflow-badly",
        expect![[r#"
        get-offset-overflow-badly
                2  │                            Orders/0:0 to 1 ───────────▶ │
                3  │                            │                            gets m1
             6701  │                            CG Orders/0 offset 1         │
            12002  │                            Orders/0:1 to 2 ───────────▶ │
            12003  │                            │                            gets m2
            12012  │                            Orders/0:2 to 3 ───────────▶ │
            12013  │                            │                            gets m3
            12014  │                            CG Orders/0 offset 2         │
            12022  │                            Orders/0:3 to 4 ───────────▶ │
            12023  │                            │                            gets m4
            12024  │                            CG Orders/0 offset 3         │
            16100  │                            ✗ log cut: 3 gone            │
            16701  │                            CG Orders/0 offset 4         │
            17108  │                            OFFSET_OVERFLOW_BADLY Or… ─▶ │
            17110  │                            CG Orders/0 offset 1         │
    "#]],
    );
}

#[test]
fn in_4_9_it_waits_for_the_first_rebalance_ten_seconds_later() {
    pulls(
        "get-offset-overflow-badly-49",
        expect![[r#"
        get-offset-overflow-badly-49
                2  │                            Orders/0:0 to 1 ───────────▶ │
                3  │                            │                            gets m1
             7951  │                            CG Orders/0 offset 1         │
             7951  │                            CG %RETRY%CG/0 offset 0      │
            12002  │                            Orders/0:1 to 2 ───────────▶ │
            12003  │                            │                            gets m2
            12012  │                            Orders/0:2 to 3 ───────────▶ │
            12013  │                            │                            gets m3
            12014  │                            CG Orders/0 offset 2         │
            12022  │                            Orders/0:3 to 4 ───────────▶ │
            12023  │                            │                            gets m4
            12024  │                            CG Orders/0 offset 3         │
            16100  │                            ✗ log cut: 3 gone            │
            17951  │                            CG Orders/0 offset 4         │
            29132  │                            OFFSET_OVERFLOW_BADLY Or… ─▶ │
            39134  │                            CG Orders/0 offset 1         │
    "#]],
    );
}

#[test]
fn a_sweep_passes_messages_that_no_filter_takes() {
    pulls(
        "get-no-matched-message",
        expect![[r#"
        get-no-matched-message
             5000  │                            NO_MATCHED_MESSAGE Order… ─▶ │
             5002  │                            CG Orders/0 offset 2         │
    "#]],
    );
}

#[test]
fn a_reset_offset_waits_for_the_next_answer() {
    pulls(
        "get-offset-reset",
        expect![[r#"
        get-offset-reset
                2  │                            Orders/0:0 to 1 ───────────▶ │
                3  │                            │                            gets m1
                4  │                            Orders/0:1 to 3 ───────────▶ │
                5  │                            │                            gets m2, m3
                6  │                            CG Orders/0 offset 1         │
            20000  │                            OFFSET_RESET Orders/0:3,… ─▶ │
            20508  │                            Orders/0:1 to 3 ───────────▶ │
            20509  │                            │                            gets m2, m3
            21701  │                            CG Orders/0 offset 3         │
    "#]],
    );
}

#[test]
fn a_queue_that_lost_everything_begins_again_at_zero() {
    pulls(
        "get-no-message-in-queue",
        expect![[r#"
        get-no-message-in-queue
                2  │                            Orders/0:0 to 1 ───────────▶ │
                3  │                            │                            gets m1
               12  │                            Orders/0:1 to 2 ───────────▶ │
               13  │                            │                            gets m2
               14  │                            CG Orders/0 offset 1         │
               22  │                            Orders/0:2 to 3 ───────────▶ │
               23  │                            │                            gets m3
               24  │                            CG Orders/0 offset 2         │
             4100  │                            ✗ log cut: 3 gone            │
             5108  │                            NO_MESSAGE_IN_QUEUE Orde… ─▶ │
             5108  │                            CG Orders/0 offset 3         │
             5110  │                            CG Orders/0 offset 0         │
    "#]],
    );
}
