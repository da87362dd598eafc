//! Delayed messages: a queue per level, delivered when due, and the file of progress that a crash leaves behind.

use expect_test::expect;
use loss_lab_engine::trace::Trace;

use crate::lab;
use crate::stored::check;

const CONSUMER: &str = r#""consumers": [ { "name": "c1", "topic": "T" } ]"#;

#[test]
fn a_delayed_message_waits_in_the_queue_of_its_level() {
    check(
        &format!(
            r#"{CONSUMER}, "script": [
            {{ "at": 0, "do": "send", "delayLevel": 2 }},
            {{ "at": 0, "do": "send", "delayLevel": 1 }}
        ], "until": 10000"#
        ),
        expect![[r#"
                    1  broker-a/0: SCHEDULE_TOPIC_XXXX/1:0 is m1
                    1  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m2
                 1100  broker-a/0: T/0:0 is m2
                 1102  c1: gets m2
                 5100  broker-a/0: T/0:1 is m1
                 5102  c1: gets m1
            m1: acked, consumed, ok, consumed 1
            m2: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn what_the_file_does_not_cover_is_delivered_again_after_a_crash() {
    check(
        &format!(
            r#"{CONSUMER}, "script": [
            {{ "at": 1000, "do": "send", "delayLevel": 1 }},
            {{ "at": 4000, "do": "crash", "node": "broker-a/0" }},
            {{ "at": 4000, "do": "restart", "node": "broker-a/0" }}
        ], "until": 20000"#
        ),
        expect![[r#"
                 1001  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m1
                 2100  broker-a/0: T/0:0 is m1
                 2102  c1: gets m1
                 4000  broker-a/0: down
                 6000  broker-a/0: up
                 7000  broker-a/0: T/0:1 is m1
                 7009  c1: gets m1
            m1: acked, consumed, duplicated, consumed 2
        "#]],
    );
}

#[test]
fn what_it_covers_is_not() {
    check(
        &format!(
            r#"{CONSUMER}, "script": [
            {{ "at": 1000, "do": "send", "delayLevel": 1 }},
            {{ "at": 11000, "do": "crash", "node": "broker-a/0" }},
            {{ "at": 11000, "do": "restart", "node": "broker-a/0" }}
        ], "until": 30000"#
        ),
        expect![[r#"
                 1001  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m1
                 2100  broker-a/0: T/0:0 is m1
                 2102  c1: gets m1
                11000  broker-a/0: down
                13000  broker-a/0: up
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

/// The file is written 10 s after the broker's start, and every 10 s from then on: here at t = 10 s.
#[test]
fn the_file_is_not_written_before_ten_seconds_are_over() {
    for profile in ["4.9", "5.3"] {
        let copies = |crash: u32| {
            let run = lab::run(&format!(
                r#""profile": "{profile}", "script": [
                {{ "at": 1000, "do": "send", "delayLevel": 1 }},
                {{ "at": {crash}, "do": "crash", "node": "broker-a/0" }},
                {{ "at": {crash}, "do": "restart", "node": "broker-a/0" }} ], "until": 30000"#
            ));
            let contents = Trace::of(&run).contents;
            contents.iter().filter(|row| row.topic == "T").count()
        };
        assert_eq!([9_900, 10_100].map(copies), [2, 1], "{profile}");
    }
}

/// `ScheduleMessageService#executeOnTimeUp`: records whose bytes are gone are passed over, also before the queue's minimum has followed
/// (B.10).
#[test]
fn what_follows_a_delayed_message_whose_file_has_expired_is_delivered() {
    check(
        &format!(
            r#"{CONSUMER}, "brokers": [ {{ "name": "broker-a", "conf": {{ "mappedFileSizeCommitLog": 65536, "fileReservedTime": 0, "deleteWhen": "00" }} }} ], "script": [
            {{ "at": 25000, "do": "send", "delayLevel": 4, "bodyBytes": 60000 }},
            {{ "at": 25100, "do": "send", "delayLevel": 4, "bodyBytes": 10000 }}
        ], "until": 59000"#
        ),
        expect![[r#"
            25003.861  broker-a/0: SCHEDULE_TOPIC_XXXX/3:0 is m1
            25101.476  broker-a/0: SCHEDULE_TOPIC_XXXX/3:1 is m2
                50000  broker-a/0: files before 65536 deleted, 1 records
                50000  broker-a/0: m1 lost (store)
                55200  broker-a/0: T/0:0 is m2
                55202  c1: gets m2
            m1: acked, lost, lost, consumed 0
            m2: acked, consumed, ok, consumed 1
        "#]],
    );
}

/// `#correctDeliverTimestamp`: what its level's new delay would have delivered by now is delivered at once.
#[test]
fn what_is_due_later_than_its_level_allows_now_is_due_now() {
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
                1  broker-a/0: SCHEDULE_TOPIC_XXXX/4:0 is m1
            10750  broker-a/0: down
            12750  broker-a/0: up
            13750  broker-a/0: T/0:0 is m1
            14027  c1: gets m1
        m1: acked, consumed, ok, consumed 1
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
                1  broker-a/0: SCHEDULE_TOPIC_XXXX/4:0 is m1
             6250  broker-a/0: down
             8250  broker-a/0: up
             9250  broker-a/0: T/0:0 is m1
            30952  c1: gets m1
        m1: acked, consumed, ok, consumed 1
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", {CONSUMER}, "script": [
            {{ "at": 0, "do": "send", "delayLevel": 5 }},
            {{ "at": 1000, "do": "set-conf", "node": "broker-a/0", "conf": {{ "messageDelayLevel": "1s 1s 1s 1s 1s" }} }},
            {{ "at": 2000, "do": "stop", "node": "broker-a/0" }},
            {{ "at": 2000, "do": "restart", "node": "broker-a/0" }}
        ], "until": 70000"#
            ),
            story,
        );
    }
}

#[test]
fn a_clean_stop_writes_it() {
    check(
        &format!(
            r#"{CONSUMER}, "script": [
            {{ "at": 1000, "do": "send", "delayLevel": 1 }},
            {{ "at": 4000, "do": "stop", "node": "broker-a/0" }},
            {{ "at": 4000, "do": "restart", "node": "broker-a/0" }}
        ], "until": 20000"#
        ),
        expect![[r#"
                 1001  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m1
                 2100  broker-a/0: T/0:0 is m1
                 2102  c1: gets m1
                10750  broker-a/0: down
                12750  broker-a/0: up
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_delivery_that_the_store_refuses_is_tried_again() {
    check(
        &format!(
            r#"{CONSUMER}, "script": [
            {{ "at": 0, "do": "send", "delayLevel": 1 }},
            {{ "at": 500, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.95 }},
            {{ "at": 3000, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.5 }}
        ], "until": 10000"#
        ),
        expect![[r#"
                    1  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m1
                 3000  broker-a/0: T/0:0 is m1
                 3002  c1: gets m1
            m1: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_file_that_is_ahead_of_its_queue_is_corrected() {
    check(
        &format!(
            r#"{CONSUMER}, "script": [
            {{ "at": 11000, "do": "send", "delayLevel": 1 }},
            {{ "at": 20001, "do": "power-loss", "node": "broker-a/0" }},
            {{ "at": 20100, "do": "restart", "node": "broker-a/0" }},
            {{ "at": 40000, "do": "send", "delayLevel": 1 }}
        ], "until": 50000, "producers": [ {{ "name": "p1" }} ],
        "brokers": [ {{ "name": "broker-a", "conf": {{ "flushCommitLogThoroughInterval": 60000 }} }} ]"#
        ),
        expect![[r#"
                11001  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m1
                12100  broker-a/0: T/0:0 is m1
                12102  c1: gets m1
                20001  broker-a/0: down
                22100  broker-a/0: up
                22100  broker-a/0: log cut, 2 records
                23108  broker-a/0: NO_MESSAGE_IN_QUEUE at 1, go to 0
                40001  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m2
                41100  broker-a/0: T/0:0 is m2
                41102  c1: gets m2
            m1: acked, consumed, ok, consumed 1
            m2: acked, consumed, ok, consumed 1
        "#]],
    );
}

#[test]
fn a_delayed_delivery_waits_for_no_flush() {
    // SYNC_FLUSH + SEND_OK, and yet lost: the original has been delivered, its copy was not flushed.
    check(
        r#""brokers": [ { "name": "broker-a", "conf": { "flushDiskType": "SYNC_FLUSH" } } ], "script": [
            { "at": 0, "do": "send", "delayLevel": 1 },
            { "at": 900, "do": "stall-disk", "node": "broker-a/0" },
            { "at": 10500, "do": "power-loss", "node": "broker-a/0" },
            { "at": 10600, "do": "restart", "node": "broker-a/0" }
        ], "until": 20000"#,
        expect![[r#"
                    1  broker-a/0: SCHEDULE_TOPIC_XXXX/0:0 is m1
                 1100  broker-a/0: T/0:0 is m1
                10500  broker-a/0: down
                10500  broker-a/0: m1 lost (store)
                12600  broker-a/0: up
                12600  broker-a/0: log cut, 1 records
            m1: acked, lost, lost, consumed 0
        "#]],
    );
}

/// Each level has a thread of its own: what fell due while the broker was down comes in any order of the levels.
#[test]
fn overdue_levels_come_in_an_order_that_the_seed_draws() {
    let first = |seed: u64| {
        let run = lab::run(&format!(
            r#""seed": {seed}, "script": [
                {{ "at": 0, "do": "send", "delayLevel": 1 }},
                {{ "at": 300, "do": "send", "delayLevel": 2 }},
                {{ "at": 500, "do": "crash", "node": "broker-a/0" }},
                {{ "at": 8000, "do": "restart", "node": "broker-a/0" }}
            ], "until": 14000"#
        ));
        let contents = Trace::of(&run).contents;
        contents
            .iter()
            .find(|row| row.topic == "T")
            .map(|row| row.message.clone())
    };
    assert_eq!(first(0), Some("m1".to_owned()));
    assert!((1..64).any(|seed| first(seed) == Some("m2".to_owned())));
}
