//! Orderly consumption: one thread per queue, locks, and results.

use expect_test::expect;

use super::bench::{check, with_consumers};

const ONE: &str = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly" }"#;
const SEND_TWO: &str =
    r#"{ "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }"#;

#[test]
fn a_suspended_message_holds_up_its_queue_and_counts_in_memory() {
    let script = format!(
        r#"{SEND_TWO}, {{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 2, "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT" }}"#
    );
    check(
        "5.3",
        &with_consumers(ONE),
        &script,
        5_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#1): not done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1              1013  gets m1 from Orders/0:0, rc 1 (#2)
        c1              1013  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#2): not done
        c1              2013  gets m1 from Orders/0:0, rc 2 (#3)
        c1              2013  SUCCESS for m1 (#3): done
        c1              2013  gets m2 from Orders/0:1, rc 0 (#4)
        c1              2013  SUCCESS for m2 (#4): done
    "#]],
    );
}

#[test]
fn a_message_that_has_used_up_its_times_goes_to_the_dead_letters_and_the_queue_goes_on() {
    let one = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", "conf": { "maxReconsumeTimes": 1 } }"#;
    let script = format!(
        r#"{SEND_TWO}, {{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT" }}"#
    );
    check(
        "5.3",
        &with_consumers(one),
        &script,
        5_000,
        &expect![[r#"
            broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
            c1                13  gets m1 from Orders/0:0, rc 0 (#1)
            c1                13  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#1): not done
            broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
            broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            c1              1013  gets m1 from Orders/0:0, rc 1 (#2)
            c1              1013  SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#2): not done
            c1              1013  sends m1 back, rc 1
            broker-a/0      1014  stores m1 as dead letter, rc 2
            c1           1015.05  gets m2 from Orders/0:1, rc 0 (#3)
            c1           1015.05  SUCCESS for m2 (#3): done
        "#]],
    );
}

#[test]
fn rollback_acknowledges_with_automatic_commits_and_repeats_without() {
    let rule = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 1, "result": "ROLLBACK" }"#;
    let script = format!("{SEND_TWO}, {rule}");
    check(
        "5.3",
        &with_consumers(ONE),
        &script,
        3_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  ROLLBACK for m1 (#1): not done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        c1                15  gets m2 from Orders/0:1, rc 0 (#2)
        c1                15  SUCCESS for m2 (#2): done
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        16  knows Orders/0 at 1
    "#]],
    );
    let manual = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", "autoCommit": false }"#;
    check(
        "5.3",
        &with_consumers(manual),
        &script,
        3_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  ROLLBACK for m1 (#1): not done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        c1              1013  gets m1 from Orders/0:0, rc 0 (#2)
        c1              1013  SUCCESS for m1 (#2): done
        c1              1013  gets m2 from Orders/0:1, rc 0 (#3)
        c1              1013  SUCCESS for m2 (#3): done
    "#]],
    );
}

#[test]
fn a_stopped_owner_gives_its_lock_back_and_a_killed_one_keeps_it_for_a_minute() {
    let two = format!(
        r#"{ONE}, {{ "name": "c2", "group": "CG", "topic": "Orders", "listener": "orderly" }}"#
    );
    let stopped =
        format!(r#"{SEND_TWO}, {{ "at": 3000, "do": "stop-consumer", "consumer": "c1" }}"#);
    check(
        "5.3",
        &with_consumers(&two),
        &stopped,
        8_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  SUCCESS for m1 (#1): done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        c1                15  gets m2 from Orders/0:1, rc 0 (#2)
        c1                15  SUCCESS for m2 (#2): done
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        16  knows Orders/0 at 1
        c1              3000  is down
        broker-a/0      3001  knows Orders/0 at 2
        broker-a/0      3005  locks %RETRY%CG/0 for c2
        c2              3008  owns 1 of %RETRY%CG
        broker-a/0      3013  locks Orders/0 for c2
        c2              3016  owns 1 of Orders
        broker-a/0      3511  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0      3519  c2 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]],
    );
    let killed = format!(r#"{SEND_TWO}, {{ "at": 3000, "do": "crash", "node": "c1" }}"#);
    check(
        "5.3",
        &with_consumers(&two),
        &killed,
        70_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  SUCCESS for m1 (#1): done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        c1                15  gets m2 from Orders/0:1, rc 0 (#2)
        c1                15  SUCCESS for m2 (#2): done
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        16  knows Orders/0 at 1
        c1              3000  is down
        broker-a/0      3005  locks %RETRY%CG/0 for c2
        c2              3008  owns 1 of %RETRY%CG
        broker-a/0      3511  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     20000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     21701  knows %RETRY%CG/0 at 0
        broker-a/0     40000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     40002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     58343  locks Orders/0 for c2
        c2             58346  owns 1 of Orders
        broker-a/0     58849  c2 pulls Orders/0 at 1: FOUND 1
        c2             58850  gets m2 from Orders/0:1, rc 0 (#1)
        c2             58850  SUCCESS for m2 (#1): done
        broker-a/0     58851  c2 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     60000  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     60002  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     61701  knows Orders/0 at 2
    "#]],
    );
    check(
        "4.9",
        &with_consumers(&two),
        &killed,
        70_000,
        &expect![[r#"
        broker-a/0        12  c1 pulls Orders/0 at 0: FOUND 1
        c1                13  gets m1 from Orders/0:0, rc 0 (#1)
        c1                13  SUCCESS for m1 (#1): done
        broker-a/0        14  c1 pulls Orders/0 at 1: FOUND 1
        c1                15  gets m2 from Orders/0:1, rc 0 (#2)
        c1                15  SUCCESS for m2 (#2): done
        broker-a/0        16  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0        16  knows Orders/0 at 1
        c1              3000  is down
        broker-a/0     15000  c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     20000  c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     63029  locks %RETRY%CG/0 for c2
        c2             63032  owns 1 of %RETRY%CG
        broker-a/0     63035  c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
        broker-a/0     63037  locks Orders/0 for c2
        c2             63040  owns 1 of Orders
        broker-a/0     63043  c2 pulls Orders/0 at 1: FOUND 1
        c2             63044  gets m2 from Orders/0:1, rc 0 (#1)
        c2             63044  SUCCESS for m2 (#1): done
        broker-a/0     63045  c2 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
        broker-a/0     67951  knows Orders/0 at 2
        broker-a/0     67951  knows %RETRY%CG/0 at 0
    "#]],
    );
}
