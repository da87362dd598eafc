//! Orderly consumption: one thread per queue, locks, and results.

use expect_test::expect;

use super::bench::{check, with_consumers};

const ONE: &str = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly" }"#;
const SEND_TWO: &str = r#"{ "at": 10, "do": "send", "producer": "p1", "topic": "Orders", "count": 2 }"#;

#[test]
fn a_suspended_message_holds_up_its_queue_and_counts_in_memory() {
    let script = format!(
        r#"{SEND_TWO}, {{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 2, "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT" }}"#
    );
    check("5.3", &with_consumers(ONE), &script, 5_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#1): not done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             1013  c1   gets m1 from Orders/0:0, rc 1 (#2)
             1013  c1   SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#2): not done
             2013  c1   gets m1 from Orders/0:0, rc 2 (#3)
             2013  c1   SUCCESS for m1 (#3): done
             2013  c1   gets m2 from Orders/0:1, rc 0 (#4)
             2013  c1   SUCCESS for m2 (#4): done
    "#]]);
}

#[test]
fn a_message_that_has_used_up_its_times_goes_to_the_dead_letters_and_the_queue_goes_on() {
    let one = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", "conf": { "maxReconsumeTimes": 1 } }"#;
    let script =
        format!(r#"{SEND_TWO}, {{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "result": "SUSPEND_CURRENT_QUEUE_A_MOMENT" }}"#);
    check("5.3", &with_consumers(one), &script, 5_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#1): not done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             1013  c1   gets m1 from Orders/0:0, rc 1 (#2)
             1013  c1   SUSPEND_CURRENT_QUEUE_A_MOMENT for m1 (#2): not done
             1013  c1   sends m1 back, rc 1
          1015.05  c1   gets m2 from Orders/0:1, rc 0 (#3)
          1015.05  c1   SUCCESS for m2 (#3): done
    "#]]);
}

#[test]
fn rollback_acknowledges_with_automatic_commits_and_repeats_without() {
    let rule = r#"{ "at": 0, "do": "consume-result", "consumer": "c1", "message": "m1", "times": 1, "result": "ROLLBACK" }"#;
    let script = format!("{SEND_TWO}, {rule}");
    check("5.3", &with_consumers(ONE), &script, 3_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   ROLLBACK for m1 (#1): not done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               15  c1   gets m2 from Orders/0:1, rc 0 (#2)
               15  c1   SUCCESS for m2 (#2): done
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               16  broker-a/0 knows Orders/0 at 1
    "#]]);
    let manual = r#"{ "name": "c1", "group": "CG", "topic": "Orders", "listener": "orderly", "autoCommit": false }"#;
    check("5.3", &with_consumers(manual), &script, 3_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   ROLLBACK for m1 (#1): not done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
             1013  c1   gets m1 from Orders/0:0, rc 0 (#2)
             1013  c1   SUCCESS for m1 (#2): done
             1013  c1   gets m2 from Orders/0:1, rc 0 (#3)
             1013  c1   SUCCESS for m2 (#3): done
    "#]]);
}

#[test]
fn a_stopped_owner_gives_its_lock_back_and_a_killed_one_keeps_it_for_a_minute() {
    let two = format!(r#"{ONE}, {{ "name": "c2", "group": "CG", "topic": "Orders", "listener": "orderly" }}"#);
    let stopped = format!(r#"{SEND_TWO}, {{ "at": 3000, "do": "stop-consumer", "consumer": "c1" }}"#);
    check("5.3", &with_consumers(&two), &stopped, 8_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   SUCCESS for m1 (#1): done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               15  c1   gets m2 from Orders/0:1, rc 0 (#2)
               15  c1   SUCCESS for m2 (#2): done
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               16  broker-a/0 knows Orders/0 at 1
             3000  c1   is down
             3001  broker-a/0 knows Orders/0 at 2
             3005  broker-a/0 locks %RETRY%CG/0 for c2
             3008  c2   owns 1 of %RETRY%CG
             3013  broker-a/0 locks Orders/0 for c2
             3016  c2   owns 1 of Orders
             3511  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
             3519  broker-a/0 c2 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
    "#]]);
    let killed = format!(r#"{SEND_TWO}, {{ "at": 3000, "do": "crash", "node": "c1" }}"#);
    check("5.3", &with_consumers(&two), &killed, 70_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   SUCCESS for m1 (#1): done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               15  c1   gets m2 from Orders/0:1, rc 0 (#2)
               15  c1   SUCCESS for m2 (#2): done
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               16  broker-a/0 knows Orders/0 at 1
             3000  c1   is down
             3005  broker-a/0 locks %RETRY%CG/0 for c2
             3008  c2   owns 1 of %RETRY%CG
             3511  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            20000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            20000  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            20002  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            21701  broker-a/0 knows %RETRY%CG/0 at 0
            40000  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            40002  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            58343  broker-a/0 locks Orders/0 for c2
            58346  c2   owns 1 of Orders
            58849  broker-a/0 c2 pulls Orders/0 at 1: FOUND 1
            58850  c2   gets m2 from Orders/0:1, rc 0 (#1)
            58850  c2   SUCCESS for m2 (#1): done
            58851  broker-a/0 c2 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            60000  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            60002  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            61701  broker-a/0 knows Orders/0 at 2
    "#]]);
    check("4.9", &with_consumers(&two), &killed, 70_000, &expect![[r#"
               12  broker-a/0 c1 pulls Orders/0 at 0: FOUND 1
               13  c1   gets m1 from Orders/0:0, rc 0 (#1)
               13  c1   SUCCESS for m1 (#1): done
               14  broker-a/0 c1 pulls Orders/0 at 1: FOUND 1
               15  c1   gets m2 from Orders/0:1, rc 0 (#2)
               15  c1   SUCCESS for m2 (#2): done
               16  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
               16  broker-a/0 knows Orders/0 at 1
             3000  c1   is down
            15000  broker-a/0 c1 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            20000  broker-a/0 c1 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            63029  broker-a/0 locks %RETRY%CG/0 for c2
            63032  c2   owns 1 of %RETRY%CG
            63035  broker-a/0 c2 pulls %RETRY%CG/0 at 0: NO_MESSAGE_IN_QUEUE 0
            63037  broker-a/0 locks Orders/0 for c2
            63040  c2   owns 1 of Orders
            63043  broker-a/0 c2 pulls Orders/0 at 1: FOUND 1
            63044  c2   gets m2 from Orders/0:1, rc 0 (#1)
            63044  c2   SUCCESS for m2 (#1): done
            63045  broker-a/0 c2 pulls Orders/0 at 2: OFFSET_OVERFLOW_ONE 0
            67951  broker-a/0 knows Orders/0 at 2
            67951  broker-a/0 knows %RETRY%CG/0 at 0
    "#]]);
}
