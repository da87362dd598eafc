//! The comparison agrees with what is the same and fails on what is not.

use std::path::PathBuf;

use expect_test::expect;
use loss_lab_engine::event::Trigger;
use loss_lab_engine::scenario::{Do, Step};
use loss_lab_engine::status::{
    ConsumeResult, GetMessageStatus, PullStatus, SendStatus, TransactionState,
};
use loss_lab_engine::trace::{By, Millis, Trace};
use loss_lab_engine::units::{SimTime, Span};

use super::compare::{Difference, compare};
use super::instants::as_recorded;
use super::list::List;
use super::recordings::{Recorded, find};
use super::search::{Row, Verdict};
use super::setting::Setting;

fn conformance() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance"))
}

/// One scenario with its recordings.
fn recorded(id: &str) -> Recorded {
    let file = conformance().join(format!("scenarios/{id}.json"));
    find(&[file]).unwrap().pop().unwrap()
}

/// What a comparison says of a recording that was changed.
fn changed(id: &str, change: impl FnOnce(&mut Trace)) -> String {
    let recorded = recorded(id);
    let (_, original) = &recorded.recordings[0];
    let mut copy = original.clone();
    change(&mut copy);
    let setting = Setting::new(&recorded.scenario, original);
    lines(&compare(original, &copy, &setting))
}

fn lines(differences: &[Difference]) -> String {
    differences
        .iter()
        .map(|difference| format!("{difference}\n"))
        .collect()
}

fn later(at: Millis, by: Span) -> Millis {
    Millis(at.0 + by)
}

#[test]
fn every_recording_agrees_with_itself() {
    for Recorded {
        scenario,
        recordings,
    } in find(&[conformance()]).unwrap()
    {
        for (name, recording) in recordings {
            let setting = Setting::new(&scenario, &recording);
            assert_eq!(
                lines(&compare(&recording, &recording, &setting)),
                "",
                "{name}"
            );
        }
    }
}

/// Nothing of a recording is dropped or changed by reading it.
#[test]
fn every_recording_is_written_as_it_was_read() {
    for Recorded { recordings, .. } in find(&[conformance()]).unwrap() {
        for (name, recording) in recordings {
            let text =
                std::fs::read_to_string(conformance().join(format!("recordings/{name}.json")))
                    .unwrap();
            assert!(recording.to_json() == text, "{name}");
        }
    }
}

/// Two runs of one scenario on real clusters agree under the rules, but for these races: the rules are wide enough for the
/// real thing, and narrow enough to see its races.
#[test]
fn real_clusters_agree_with_themselves_but_for_races() {
    let mut text = String::new();
    for Recorded {
        scenario,
        recordings,
    } in find(&[conformance()]).unwrap()
    {
        if let [(_, first), (name, second), ..] = recordings.as_slice() {
            let mut differences = compare(first, second, &Setting::new(&scenario, first));
            differences.retain(|difference| difference.observation != "contents");
            text.extend(
                differences
                    .iter()
                    .map(|difference| format!("{name}: {difference}\n")),
            );
        }
    }
    expect![[r#"
        k01-plain-49.2: committed of Orders broker-a/0 of CG: recorded 2; engine 3
        k02-sync-master-no-slave-49.2: committed of Orders broker-a/0 of CG: recorded 1; engine 2
        k06-slave-timeout-500-53.2: committed of Orders broker-a/0 of CG: recorded 1; engine nothing
        k16-retry-another-broker-53.2: committed of Orders broker-a/0 of CG: recorded 1; engine nothing
        k22-offsets-reused-49.2: queue offset of m16: recorded broker-a queue 0 offset 11; engine broker-a queue 0 offset 10
        k22-offsets-reused-49.2: queue offset of m17: recorded broker-a queue 0 offset 10; engine broker-a queue 0 offset 11
        k32-too-big-for-broker-49.2: call takes of m1: recorded 439.8 ms; engine 833.1 ms
        k33-disk-full-49.2: committed of Orders broker-a/0 of CG: recorded 3; engine 4
        k33-disk-full-49.2: delivered of no. 1 of Orders broker-a/0 to c1: recorded 4957.1 ms; engine 3755.9 ms
        k33-disk-full-49.2: delivered of no. 4 of Orders broker-a/0 to c1: recorded 2036.5 ms; engine 3248.3 ms
        k40a-consumer-crash-49.2: committed of %RETRY%CG broker-a/0 of CG: recorded 0; engine nothing
        k40a-consumer-crash-53.2: committed of Orders broker-a/0 of CG: recorded 20; engine 25
        k40a-consumer-crash-53.2: delivered of no. 21 of Orders broker-a/0 to c1: recorded 30687.6 ms; engine 27064.6 ms
        k40b-consumer-clean-stop-49.2: committed of %RETRY%CG broker-a/0 of CG: recorded 0; engine nothing
        k41-stuck-head-53.2: committed of Orders broker-a/0 of CG: recorded 9; engine 0
        k52-offset-too-small-53.2: committed of %RETRY%CG broker-a/0 of CG: recorded 0; engine nothing
        k62-flush-stalled-slave-ok-53.2: committed of Orders broker-a/0 of CG: recorded nothing; engine 1
        q07-tags-two-groups-53.2: unusual pull of Orders broker-a/0/0 by c2: recorded NO_MATCHED_MESSAGE at 0, on at 4; NO_MATCHED_MESSAGE at 4, on at 5; NO_MATCHED_MESSAGE at 10, on at 14; engine NO_MATCHED_MESSAGE at 10, on at 14
        q07-tags-two-groups-53.2: unusual pull of Orders broker-a/0/0 by c1: recorded nothing; engine NO_MATCHED_MESSAGE at 6, on at 10
        q07-tags-two-groups-53.2: committed of %RETRY%CG1 broker-a/0 of CG1: recorded 0; engine nothing
        q07-tags-two-groups-53.2: committed of %RETRY%CG2 broker-a/0 of CG2: recorded 0; engine nothing
        q16-orderly-frozen-owner-53.2: queue offset of m1: recorded broker-a queue 0 offset 0; engine broker-a queue 0 offset 1
        q16-orderly-frozen-owner-53.2: queue offset of m2: recorded broker-a queue 0 offset 1; engine broker-a queue 0 offset 0
        q16-orderly-frozen-owner-53.2: order of Orders broker-a/0 to c1: recorded m1 m2 m3 m4 m5 m6; engine m2 m1 m3 m4 m5 m6
        q16-orderly-frozen-owner-53.2: delivered of no. 5 of Orders broker-a/0 to c1: recorded 655 ms; engine 301.5 ms
        q22-consumer-killed-in-retry-53.2: committed of Orders broker-a/0 of CG: recorded 1; engine 2
        q32-disk-fills-and-empties-53.2: committed of %RETRY%CG broker-a/0 of CG: recorded 0; engine nothing
        q32-disk-fills-and-empties-53.2: committed of %RETRY%CG broker-b/0 of CG: recorded 0; engine nothing
        q32-disk-fills-and-empties-53.2: delivered of no. 1 of Orders broker-a/0 to c1: recorded 391.4 ms; engine 50.1 ms
        q32-disk-fills-and-empties-53.2: delivered of no. 1 of Orders broker-b/0 to c1: recorded 222 ms; engine 31.4 ms
        q44-transient-pool-of-two-53.2: call takes of m1: recorded 223.3 ms; engine 37.8 ms
        q45-askew-slave-restarts-53.2: call takes of m9: recorded 252.3 ms; engine 15.2 ms
        q60-acting-slave-half-message-53.2: deliveries of m1 to c1: recorded 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS; engine 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS
        q60-acting-slave-half-message-53.2: deliveries of m3 to c1: recorded 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS; engine 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS
        q60-acting-slave-half-message-53.2: order of Orders broker-a/0 to c1: recorded m3 m1 m3 m1 m3; engine m3 m1 m3
        q60-acting-slave-half-message-53.2: order of Orders broker-b/0 to c1: recorded m2 m1 m3 m1 m3 m3 m1; engine m2 m1 m3 m1 m3 m1 m3
        q60-acting-slave-half-message-53.2: transaction of m1: recorded local-transaction UNKNOW, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE; engine local-transaction UNKNOW, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE
        q60-acting-slave-half-message-53.2: transaction of m3: recorded local-transaction COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE; engine local-transaction COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE, checked-back COMMIT_MESSAGE
        q60-acting-slave-half-message-53.2: committed of Orders broker-a/0 of CG: recorded 5; engine 3
        q62-slave-holds-a-pull-49.2: call takes of m2: recorded 264.3 ms; engine 97.5 ms
        q67-name-server-frozen-53.2: delivered of no. 13 of Orders broker-a/0 to c1: recorded 428.8 ms; engine 2965 ms
        q67-name-server-frozen-53.2: delivered of no. 14 of Orders broker-a/0 to c1: recorded 7493.5 ms; engine 4863 ms
    "#]].assert_eq(&text);
}

#[test]
fn a_changed_status_is_seen() {
    let seen = changed("k01-plain-53", |trace| {
        trace.sends[1].status = Some(SendStatus::FlushDiskTimeout)
    });
    expect![[r#"
        outcome of m2: recorded SEND_OK; engine FLUSH_DISK_TIMEOUT
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_changed_exception_is_seen_but_not_its_text() {
    let seen = changed("k28-only-group-killed-53", |trace| {
        trace.sends[0].exception.as_mut().unwrap().code = Some(10_002);
        trace.sends[1].exception.as_mut().unwrap().message.clear();
        trace.sends[2].exception = None;
    });
    expect![[r#"
        outcome of m1: recorded MQClientException 10001; engine MQClientException 10002
        outcome of m3: recorded MQClientException 10001; engine returned
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_changed_local_state_is_seen() {
    let seen = changed("k60-transaction-half-not-ok-53", |trace| {
        trace.sends[0].local_transaction_state = Some(TransactionState::Commit);
    });
    expect![[r#"
        outcome of m1: recorded FLUSH_SLAVE_TIMEOUT, ROLLBACK_MESSAGE; engine FLUSH_SLAVE_TIMEOUT, COMMIT_MESSAGE
    "#]].assert_eq(&seen);
}

#[test]
fn a_second_attempt_is_seen() {
    let seen = changed("k24-frozen-broker-sync-53", |trace| {
        let attempt = trace.sends[0].attempts[0].clone();
        trace.sends[0].attempts.push(attempt);
    });
    expect![[r#"
        attempts of m1: recorded 1; engine 2
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_shifted_offset_is_seen() {
    let seen = changed("k01-plain-53", |trace| {
        trace.sends[2].queue_offset = Some(3)
    });
    expect![[r#"
        queue offset of m3: recorded broker-a queue 0 offset 2; engine broker-a queue 0 offset 3
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_missing_delivery_is_seen() {
    let seen = changed("k01-plain-53", |trace| {
        trace.deliveries.remove(1);
    });
    expect![[r#"
        deliveries of m2 to c1: recorded 0 CONSUME_SUCCESS; engine nothing
        order of Orders broker-a/0 to c1: recorded m1 m2 m3; engine m1 m3
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_second_delivery_is_seen() {
    let seen = changed("k24-frozen-broker-sync-53", |trace| {
        let again = trace.deliveries[0].clone();
        trace.deliveries.push(again);
    });
    expect![[r#"
        deliveries of m1 to c1: recorded 0 CONSUME_SUCCESS; engine 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS
        order of Orders broker-a/0 to c1: recorded m1; engine m1 m1
    "#]].assert_eq(&seen);
}

#[test]
fn a_changed_result_and_a_listener_that_never_returns_are_seen() {
    let seen = changed("k34-retry-schedule-53", |trace| {
        trace.deliveries[1].result = Some(ConsumeResult::ConsumeSuccess);
    });
    expect![[r#"
        deliveries of m1 to c1: recorded 0 RECONSUME_LATER, 1 RECONSUME_LATER, 2 RECONSUME_LATER, 3 RECONSUME_LATER, 4 RECONSUME_LATER; engine 0 RECONSUME_LATER, 1 CONSUME_SUCCESS, 2 RECONSUME_LATER, 3 RECONSUME_LATER, 4 RECONSUME_LATER
    "#]].assert_eq(&seen);
    let seen = changed("k01-plain-53", |trace| trace.deliveries[0].done = None);
    expect![[r#"
        deliveries of m1 to c1: recorded 0 CONSUME_SUCCESS; engine 0 never returned
    "#]]
    .assert_eq(&seen);
}

#[test]
fn changed_reconsume_times_are_seen() {
    let seen = changed("k34-retry-schedule-53", |trace| {
        trace.deliveries[4].reconsume_times = 3
    });
    expect![[r#"
        deliveries of m1 to c1: recorded 0 RECONSUME_LATER, 1 RECONSUME_LATER, 2 RECONSUME_LATER, 3 RECONSUME_LATER, 4 RECONSUME_LATER; engine 0 RECONSUME_LATER, 1 RECONSUME_LATER, 2 RECONSUME_LATER, 3 RECONSUME_LATER, 3 RECONSUME_LATER
    "#]].assert_eq(&seen);
}

#[test]
fn the_order_of_an_orderly_queue_is_seen() {
    let seen = changed("k45-orderly-suspend-53", |trace| {
        let last = trace.deliveries.len() - 1;
        let (t, offset) = (
            trace.deliveries[last].t,
            trace.deliveries[last].queue_offset,
        );
        trace.deliveries[last].t = trace.deliveries[0].t;
        trace.deliveries[last].queue_offset = trace.deliveries[0].queue_offset;
        trace.deliveries[0].t = t;
        trace.deliveries[0].queue_offset = offset;
        trace.deliveries.swap(0, last);
    });
    assert!(seen.contains("order of Orders broker-a/0 to c1"), "{seen}");
}

/// Twenty threads share one pull.
#[test]
fn the_order_within_one_pull_is_not() {
    let seen = changed("k41-stuck-head-53", |trace| {
        let (t2, t3) = (trace.deliveries[1].t, trace.deliveries[2].t);
        trace.deliveries.swap(1, 2);
        (trace.deliveries[1].t, trace.deliveries[2].t) = (t2, t3);
    });
    assert_eq!(seen, "");
}

#[test]
fn a_changed_duration_is_seen() {
    let seen = changed("k12-flush-timeout-53", |trace| {
        let returned = trace.sends[0].returned.unwrap();
        trace.sends[0].returned = Some(later(returned, Span::from_millis(160)));
    });
    expect![[r#"
        call takes of m1: recorded 5007.9 ms; engine 5167.9 ms
    "#]]
    .assert_eq(&seen);
    let seen = changed("k01-plain-53", |trace| {
        let returned = trace.sends[0].returned.unwrap();
        trace.sends[0].returned = Some(later(returned, Span::from_millis(149)));
    });
    assert_eq!(seen, "");
}

#[test]
fn a_delivery_that_comes_late_is_seen() {
    let seen = changed("k45-orderly-suspend-53", |trace| {
        for delivery in &mut trace.deliveries[2..] {
            delivery.t = later(delivery.t, Span::from_millis(200));
        }
    });
    expect![[r#"
        delivered of no. 3 of Orders broker-a/0 to c1: recorded 1001.3 ms; engine 1201.3 ms
    "#]]
    .assert_eq(&seen);
}

#[test]
fn changed_contents_are_seen() {
    let seen = changed("k20-power-loss-sync-flush-53", |trace| {
        trace.contents[3].message = "m9".to_owned()
    });
    assert!(
        seen.starts_with("contents of broker-a/0 Orders/0: recorded 0: m1, 1: m2"),
        "{seen}"
    );
    let seen = changed("k59-transaction-check-max-53", |trace| {
        trace.contents.pop();
    });
    expect![[r#"
        contents of broker-a/0 TRANS_CHECK_MAX_TIME_TOPIC/0: recorded 0: m1; engine nothing
    "#]]
    .assert_eq(&seen);
    let seen = changed("k36-straight-to-dlq-53", |trace| {
        for row in &mut trace.contents {
            row.reconsume_times = 0;
        }
    });
    expect![[r#"
        contents of broker-a/0 %DLQ%CG/0: recorded 0: m1 (retry 1); engine 0: m1
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_changed_committed_offset_is_seen() {
    let seen = changed("k01-plain-53", |trace| trace.offsets[0].committed = 3);
    expect![[r#"
        committed of Orders broker-a/0 of CG: recorded 2; engine 3
    "#]]
    .assert_eq(&seen);
    let seen = changed("k01-plain-53", |trace| trace.offsets.clear());
    expect![[r#"
        committed of Orders broker-a/0 of CG: recorded 2; engine nothing
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_changed_answer_to_the_scripts_pull_is_seen() {
    let seen = changed("k53-long-poll-53", |trace| {
        let pull = trace
            .pulls
            .iter_mut()
            .find(|pull| pull.by == Some(By::Script))
            .unwrap();
        pull.pull_status = Some(PullStatus::NoMatchedMsg);
    });
    expect![[r#"
        script's pull of 1 of Orders broker-a/0/0: recorded NO_NEW_MSG, NO_MESSAGE_IN_QUEUE at 0, on at 0; engine NO_MATCHED_MSG, NO_MESSAGE_IN_QUEUE at 0, on at 0
    "#]].assert_eq(&seen);
}

#[test]
fn an_unusual_pull_that_is_missing_is_seen_but_not_a_usual_one() {
    let seen = changed("k21-overflow-badly-53", |trace| {
        trace.pulls.retain(|pull| {
            pull.by.is_some() || pull.status != Some(GetMessageStatus::OffsetOverflowBadly)
        });
    });
    expect![[r#"
        unusual pull of Orders broker-a/0/0 by c1: recorded OFFSET_OVERFLOW_BADLY at 15, on at 10; engine nothing
    "#]].assert_eq(&seen);
    let seen = changed("k01-plain-53", |trace| {
        trace
            .pulls
            .retain(|pull| pull.status != Some(GetMessageStatus::OffsetOverflowOne));
    });
    assert_eq!(seen, "");
}

#[test]
fn a_check_back_less_is_seen() {
    let seen = changed("k59-transaction-check-max-53", |trace| {
        trace.transactions.pop();
    });
    expect![[r#"
        transaction of m1: recorded local-transaction UNKNOW, checked-back UNKNOW, checked-back UNKNOW, checked-back UNKNOW; engine local-transaction UNKNOW, checked-back UNKNOW, checked-back UNKNOW
    "#]].assert_eq(&seen);
}

/// D.7: which suffix of the last pull comes again after a consumer's crash is open, but nothing before that pull.
#[test]
fn after_a_consumers_crash_only_the_last_pull_is_unsure() {
    let again = |trace: &Trace, message: &str| {
        trace
            .deliveries
            .iter()
            .rposition(|row| row.message == message)
            .unwrap()
    };
    let seen = changed("k41-stuck-head-53", |trace| {
        trace.deliveries.remove(again(trace, "m8"));
    });
    assert_eq!(seen, "");
    let seen = changed("k41-stuck-head-53", |trace| {
        trace.deliveries.remove(again(trace, "m3"));
    });
    assert!(seen.starts_with("deliveries of m3 to c1: recorded 0 CONSUME_SUCCESS, 0 CONSUME_SUCCESS; engine 0 CONSUME"), "{seen}");
}

#[test]
fn faults_strike_when_they_did_and_restarts_take_as_long() {
    let recorded = recorded("k23-halt-after-append-53");
    let scenario = as_recorded(&recorded.scenario, &recorded.recordings[0].1).unwrap();
    let [_, crash, restart] = scenario.script.as_slice() else {
        panic!("{:?}", scenario.script)
    };
    assert!(
        matches!(&crash.trigger, Trigger::After(_)),
        "{:?}",
        crash.trigger
    );
    assert_eq!(
        restart.trigger,
        Trigger::At(SimTime::from_micros(4_003_900))
    );
    assert_eq!(
        restart.action,
        Do::Restart {
            node: "broker-a/0".to_owned(),
            takes: Span::from_micros(827_300)
        }
    );
}

#[test]
fn a_stop_is_ordered_as_planned_and_takes_until_it_was_recorded() {
    let recorded = recorded("q66-stopping-master-49");
    let scenario = as_recorded(&recorded.scenario, &recorded.recordings[0].1).unwrap();
    let is_stop = |step: &&Step| matches!(step.action, Do::Stop { .. });
    let stop = scenario.script.iter().find(is_stop).unwrap();
    assert_eq!(stop.trigger, Trigger::At(SimTime::from_millis(3_000)));
    assert_eq!(
        stop.action,
        Do::Stop {
            node: "broker-a/0".to_owned(),
            takes: Some(Span::from_micros(2_922_700))
        }
    );
}

#[test]
fn a_fault_that_the_script_has_not_is_refused() {
    let mut recorded = recorded("k23-halt-after-append-53");
    recorded.scenario.script.pop();
    let error = as_recorded(&recorded.scenario, &recorded.recordings[0].1).unwrap_err();
    assert_eq!(error, "the script has no restart of broker-a/0");
}

#[test]
fn the_list_keeps_what_people_wrote() {
    let row = |recording: &str, verdict| Row {
        recording: recording.to_owned(),
        profile: "5.3",
        verdict,
    };
    let difference = Difference {
        observation: "attempts",
        of: "m1".to_owned(),
        recorded: "1".to_owned(),
        engine: "2".to_owned(),
    };
    let mut list = List::parse(
        "k01\n# k02: outcome of m1: recorded a; engine b\n#   The machine was busy.\nk03\n",
    );
    assert!(list.expects("k01") && !list.expects("k02") && !list.expects("k04"));
    list.bless(&[
        row(
            "k01",
            Verdict::Differs {
                seed: 3,
                differences: vec![difference],
            },
        ),
        row("k02", Verdict::Reproduced { seed: 1 }),
        row("k04", Verdict::Reproduced { seed: 0 }),
    ]);
    let text = list.text();
    let entries: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("#!"))
        .collect();
    expect![[r#"
        # k01: attempts of m1: recorded 1; engine 2
        k02
        #   The machine was busy.
        k03
        k04"#]]
    .assert_eq(&entries.join("\n"));
    assert_eq!(List::parse(&text), list);
    assert_eq!(list.unknown(&[]), ["k01", "k02", "k03", "k04"]);
}
