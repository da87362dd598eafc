//! The cleaners: which files go, when, and what a full disk does. Nobody asks whether a message was consumed.

use expect_test::expect;

use crate::stored::check;

/// Four messages, each in a file of its own.
const FOUR: &str = r#"{ "at": 0, "do": "send", "count": 4, "everyMs": 10, "bodyBytes": 60000 }"#;

fn broker(conf: &str) -> String {
    format!(
        r#""brokers": [ {{ "name": "broker-a", "conf": {{ "mappedFileSizeCommitLog": 65536{conf} }} }} ]"#
    )
}

#[test]
fn expired_files_go_in_the_hour_of_delete_when_and_the_last_one_stays() {
    let broker = broker(r#", "fileReservedTime": 0, "deleteWhen": "00""#);
    check(
        &format!(r#"{broker}, "script": [ {FOUR} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn outside_that_hour_expired_files_stay() {
    let broker = broker(r#", "fileReservedTime": 0"#);
    check(
        &format!(r#"{broker}, "script": [ {FOUR} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
        m1: acked, in-flight, at-risk, consumed 0
        m2: acked, in-flight, at-risk, consumed 0
        m3: acked, in-flight, at-risk, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn four_hours_into_a_run_it_is_four_in_the_morning() {
    let broker = broker(r#", "fileReservedTime": 0"#);
    check(
        &format!(r#"{broker}, "script": [ {FOUR} ], "until": 14420000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
         14400000  broker-a/0: files before 65536 deleted, 1 records
         14400000  broker-a/0: m1 lost (store)
         14400100  broker-a/0: files before 131072 deleted, 1 records
         14400100  broker-a/0: m2 lost (store)
         14400200  broker-a/0: files before 196608 deleted, 1 records
         14400200  broker-a/0: m3 lost (store)
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn above_75_percent_expired_files_go_at_any_hour() {
    let broker = broker(r#", "fileReservedTime": 0"#);
    let fill = r#"{ "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.8 }"#;
    check(
        &format!(r#"{broker}, "script": [ {FOUR}, {fill} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn above_75_percent_what_has_not_expired_stays() {
    let broker = broker("");
    let fill = r#"{ "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.85 }"#;
    check(
        &format!(r#"{broker}, "script": [ {FOUR}, {fill} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
        m1: acked, in-flight, at-risk, consumed 0
        m2: acked, in-flight, at-risk, consumed 0
        m3: acked, in-flight, at-risk, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn above_85_percent_files_go_whether_expired_or_consumed_or_not() {
    let broker = broker("");
    let fill = r#"{ "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.86 }"#;
    let send = r#"{ "at": 60000, "do": "send" }"#;
    check(
        &format!(r#"{broker}, "script": [ {FOUR}, {fill}, {send} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
            60001  broker-a/0: T/0:4 is m5
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
        m5: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn unless_cleaning_by_force_is_switched_off() {
    let broker = broker(r#", "cleanFileForciblyEnable": false"#);
    let fill = r#"{ "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.86 }"#;
    check(
        &format!(r#"{broker}, "script": [ {FOUR}, {fill} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
        m1: acked, in-flight, at-risk, consumed 0
        m2: acked, in-flight, at-risk, consumed 0
        m3: acked, in-flight, at-risk, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn above_90_percent_the_store_refuses_writes_until_the_disk_is_emptier() {
    let broker = broker("");
    let script = r#"{ "at": 0, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.91 },
        { "at": 1000, "do": "send" },
        { "at": 2000, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.9 },
        { "at": 3000, "do": "send" }"#;
    check(
        &format!(r#"{broker}, "script": [ {script} ], "until": 5000"#),
        expect![[r#"
             1006  p1: m1 MQClientException 14: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
             3001  broker-a/0: T/0:0 is m2
        m1: refused, never-stored, refused, consumed 0
        m2: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn a_higher_threshold_is_clamped_in_5_3() {
    let broker = broker(r#", "diskSpaceWarningLevelRatio": 99"#);
    let script = r#"{ "at": 0, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.95 }, { "at": 1000, "do": "send" }"#;
    check(
        &format!(r#"{broker}, "script": [ {script} ], "until": 5000"#),
        expect![[r#"
             1006  p1: m1 MQClientException 14: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
        m1: refused, never-stored, refused, consumed 0
    "#]],
    );
}

/// Expired is what was last written `fileReservedTime` ago, file by file; without force that holds on a full disk, too.
#[test]
fn a_file_that_has_not_expired_stays_when_an_older_one_goes() {
    let broker =
        broker(r#", "fileReservedTime": 1, "deleteWhen": "01", "cleanFileForciblyEnable": false"#);
    let later = r#"{ "at": 300000, "do": "send", "count": 2, "everyMs": 10, "bodyBytes": 60000 }"#;
    let fill = r#"{ "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.88 }"#;
    for (script, story) in [
        (
            format!("{FOUR}, {later}"),
            expect![[r#"
                3.861  broker-a/0: T/0:0 is m1
               13.861  broker-a/0: T/0:1 is m2
               23.861  broker-a/0: T/0:2 is m3
               33.861  broker-a/0: T/0:3 is m4
            300003.861  broker-a/0: T/0:4 is m5
            300013.861  broker-a/0: T/0:5 is m6
              3610000  broker-a/0: files before 65536 deleted, 1 records
              3610000  broker-a/0: m1 lost (store)
              3610100  broker-a/0: files before 131072 deleted, 1 records
              3610100  broker-a/0: m2 lost (store)
              3610200  broker-a/0: files before 196608 deleted, 1 records
              3610200  broker-a/0: m3 lost (store)
              3610300  broker-a/0: files before 262144 deleted, 1 records
              3610300  broker-a/0: m4 lost (store)
            m1: acked, lost, lost, consumed 0
            m2: acked, lost, lost, consumed 0
            m3: acked, lost, lost, consumed 0
            m4: acked, lost, lost, consumed 0
            m5: acked, in-flight, at-risk, consumed 0
            m6: acked, in-flight, at-risk, consumed 0
        "#]],
        ),
        (
            format!("{FOUR}, {fill}, {later}"),
            expect![[r#"
                3.861  broker-a/0: T/0:0 is m1
               13.861  broker-a/0: T/0:1 is m2
               23.861  broker-a/0: T/0:2 is m3
               33.861  broker-a/0: T/0:3 is m4
            300003.861  broker-a/0: T/0:4 is m5
            300013.861  broker-a/0: T/0:5 is m6
              3610000  broker-a/0: files before 65536 deleted, 1 records
              3610000  broker-a/0: m1 lost (store)
              3610100  broker-a/0: files before 131072 deleted, 1 records
              3610100  broker-a/0: m2 lost (store)
              3610200  broker-a/0: files before 196608 deleted, 1 records
              3610200  broker-a/0: m3 lost (store)
              3610300  broker-a/0: files before 262144 deleted, 1 records
              3610300  broker-a/0: m4 lost (store)
            m1: acked, lost, lost, consumed 0
            m2: acked, lost, lost, consumed 0
            m3: acked, lost, lost, consumed 0
            m4: acked, lost, lost, consumed 0
            m5: acked, in-flight, at-risk, consumed 0
            m6: acked, in-flight, at-risk, consumed 0
        "#]],
        ),
    ] {
        check(
            &format!(r#"{broker}, "script": [ {script} ], "until": 3800000"#),
            story,
        );
    }
}

/// `MessageStoreConfig#getDiskMaxUsedSpaceRatio`: above 95 % expired files go, whatever is configured.
#[test]
fn disk_max_used_space_ratio_is_clamped() {
    let broker = broker(
        r#", "fileReservedTime": 0, "diskMaxUsedSpaceRatio": 99, "cleanFileForciblyEnable": false"#,
    );
    let fill = r#"{ "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.97 }"#;
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", {broker}, "script": [ {FOUR}, {fill} ], "until": 70000"#
            ),
            story,
        );
    }
}

/// The consume queues hear of deleted files from the same thread in 4.9, as soon as it is done; in 5.3 from a thread of their own, one
/// `cleanResourceInterval` later. What is pulled in between has no bytes.
#[test]
fn the_queues_minimum_follows_at_once_in_4_9_and_ten_seconds_later_in_5_3() {
    let broker = broker(r#", "fileReservedTime": 0, "deleteWhen": "00""#);
    let pull = |at: u32| {
        format!(
            r#"{{ "at": {at}, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 0 }}"#
        )
    };
    let pulls = [50_250, 51_000, 59_900, 60_100].map(pull).join(", ");
    for (profile, story) in [
        (
            "5.3",
            expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
            60100  broker-a/0: OFFSET_TOO_SMALL at 0, go to 3
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
        ),
        (
            "4.9",
            expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            50200  broker-a/0: files before 196608 deleted, 1 records
            50200  broker-a/0: m3 lost (store)
            50250  broker-a/0: OFFSET_TOO_SMALL at 0, go to 3
            50250  broker-a/0: OFFSET_MOVED_EVENT/0:0 is RocketMQ's own
            51000  broker-a/0: OFFSET_TOO_SMALL at 0, go to 3
            51000  broker-a/0: OFFSET_MOVED_EVENT/0:1 is RocketMQ's own
            59900  broker-a/0: OFFSET_TOO_SMALL at 0, go to 3
            59900  broker-a/0: OFFSET_MOVED_EVENT/0:2 is RocketMQ's own
            60100  broker-a/0: OFFSET_TOO_SMALL at 0, go to 3
            60100  broker-a/0: OFFSET_MOVED_EVENT/0:3 is RocketMQ's own
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
        ),
    ] {
        check(
            &format!(
                r#""profile": "{profile}", {broker}, "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ], "script": [ {FOUR}, {pulls} ], "until": 61000"#
            ),
            story,
        );
    }
}

#[test]
fn a_broker_that_starts_on_a_full_disk_notices_after_a_second() {
    let broker = broker("");
    let script = r#"{ "at": 0, "do": "crash", "node": "broker-a/0" },
        { "at": 100, "do": "fill-disk", "node": "broker-a/0", "ratio": 0.95 },
        { "at": 200, "do": "restart", "node": "broker-a/0" },
        { "at": 2900, "do": "send" },
        { "at": 4000, "do": "send" }"#;
    check(
        &format!(r#"{broker}, "script": [ {script} ], "until": 6000"#),
        expect![[r#"
                0  broker-a/0: down
             2200  broker-a/0: up
             2903  broker-a/0: T/0:0 is m1
             4006  p1: m2 MQClientException 14: Send [3] times, still failed, cost [*]ms, Topic: T, BrokersSent: [broker-a, broker-a, broker-a]
        m1: acked, in-flight, at-risk, consumed 0
        m2: refused, never-stored, refused, consumed 0
    "#]],
    );
}

#[test]
fn so_many_files_go_at_a_time() {
    let broker = broker(r#", "fileReservedTime": 0, "deleteWhen": "00", "deleteFileBatchMax": 2"#);
    check(
        &format!(r#"{broker}, "script": [ {FOUR} ], "until": 70000"#),
        expect![[r#"
            3.861  broker-a/0: T/0:0 is m1
           13.861  broker-a/0: T/0:1 is m2
           23.861  broker-a/0: T/0:2 is m3
           33.861  broker-a/0: T/0:3 is m4
            50000  broker-a/0: files before 65536 deleted, 1 records
            50000  broker-a/0: m1 lost (store)
            50100  broker-a/0: files before 131072 deleted, 1 records
            50100  broker-a/0: m2 lost (store)
            60000  broker-a/0: files before 196608 deleted, 1 records
            60000  broker-a/0: m3 lost (store)
        m1: acked, lost, lost, consumed 0
        m2: acked, lost, lost, consumed 0
        m3: acked, lost, lost, consumed 0
        m4: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}

#[test]
fn a_slave_that_is_further_behind_than_the_files_go_gets_nothing_any_more() {
    check(
        r#""profile": "4.9",
        "brokers": [ { "name": "broker-a", "conf": { "mappedFileSizeCommitLog": 65536 }, "slaves": [ { "conf": { "mappedFileSizeCommitLog": 65536 } } ] } ],
        "script": [
            { "at": 0, "do": "send", "bodyBytes": 60000 },
            { "at": 1000, "do": "stop", "node": "broker-a/1", "takesMs": 0 },
            { "at": 2000, "do": "send", "count": 3, "everyMs": 10, "bodyBytes": 60000 },
            { "at": 3000, "do": "expire-files", "node": "broker-a/0", "upTo": 3 },
            { "at": 4000, "do": "restart", "node": "broker-a/1" },
            { "at": 30000, "do": "destroy-disk", "node": "broker-a/0" }
        ], "until": 40000"#,
        expect![[r#"
                3.861  broker-a/0: T/0:0 is m1
                 1000  broker-a/1: down
             2003.861  broker-a/0: T/0:1 is m2
             2013.861  broker-a/0: T/0:2 is m3
             2023.861  broker-a/0: T/0:3 is m4
                 3000  broker-a/0: files before 65536 deleted, 1 records
                 3000  broker-a/0: m1 lost (store)
                 3100  broker-a/0: files before 131072 deleted, 1 records
                 3100  broker-a/0: m2 lost (store)
                 3200  broker-a/0: files before 196608 deleted, 1 records
                 3200  broker-a/0: m3 lost (store)
                 6000  broker-a/1: up
                30000  broker-a/0: down
                30000  broker-a/0: m4 lost (store)
            m1: acked, in-flight, at-risk, consumed 0
            m2: acked, lost, lost, consumed 0
            m3: acked, lost, lost, consumed 0
            m4: acked, lost, lost, consumed 0
        "#]],
    );
}

/// `PullMessageProcessor#generateOffsetMovedEvent`: 4.9 only.
#[test]
fn in_4_9_every_consumer_that_is_moved_is_written_down_in_offset_moved_event() {
    let story = |profile: &str| {
        format!(
            r#""profile": "{profile}", "consumers": [ {{ "name": "c1", "topic": "T", "started": false }} ], "script": [
            {{ "at": 0, "do": "send" }},
            {{ "at": 1000, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 5 }},
            {{ "at": 2000, "do": "pull", "consumer": "c1", "topic": "T", "queue": 0, "offset": 1 }} ], "until": 4000"#
        )
    };
    check(
        &story("5.3"),
        expect![[r#"
                1  broker-a/0: T/0:0 is m1
             1000  broker-a/0: OFFSET_OVERFLOW_BADLY at 5, go to 1
        m1: acked, in-flight, at-risk, consumed 0
    "#]],
    );
    check(
        &story("4.9"),
        expect![[r#"
                1  broker-a/0: T/0:0 is m1
             1000  broker-a/0: OFFSET_OVERFLOW_BADLY at 5, go to 1
             1000  broker-a/0: OFFSET_MOVED_EVENT/0:0 is RocketMQ's own
        m1: acked, in-flight, at-risk, consumed 0
    "#]],
    );
}
