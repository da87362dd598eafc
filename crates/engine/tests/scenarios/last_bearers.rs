//! Who could still have brought a message was no broker: a member of a broadcasting group, or a consumer's memory after an election.

use expect_test::expect;
use loss_lab_engine::ledger::Loss;

use crate::lab::{self, check};

/// Both members were told to go on, on account of one member's tag; the broker is without power before the first of them hears so, and
/// still has the message. Where the last of them goes on, it is lost.
#[test]
fn a_broadcasting_group_loses_a_message_where_its_last_member_goes_on() {
    check(
        r#"
            "profile": "4.9", "seed": 11, "network": { "latencyMs": 1, "jitterMs": 15 },
            "brokers": [ { "name": "broker-a", "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "model": "BROADCASTING", "tags": "*" },
                { "name": "c2", "group": "CG", "topic": "T", "model": "BROADCASTING", "tags": "a" } ],
            "script": [ { "at": 403, "do": "send", "tag": "b" }, { "at": 4380, "do": "power-loss", "node": "broker-a/0" } ], "until": 20000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            c1                    c2
                  403  send m1 ────────────▶ │                     │                     │
              405.352  │                     stores m1 T/0:0 (page cache)                │
              410.352  │                     fsync m1              │                     │
              412.491  m1 SEND_OK ◀───────── │                     │                     │
             4376.719  │                     ────────────────────▶ NO_MATCHED_MESSAGE T/0:0, go to 1
             4376.719  │                     NO_MATCHED_MESSAGE T/0:0, go to 1 ────────▶ │
                 4380  │                     ✗ power loss          │                     │
             4389.923  │                                           │                     ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     broker-a/0 (disk, never served); ✗ consume: other-subscription, by pulled of broker-a/0 at 4376.719
        "#]],
    );
}

/// The same where the master has no disk any more, and the member goes on in a slave's copy.
#[test]
fn a_slave_may_tell_the_last_member_to_go_on() {
    check(
        r#"
            "profile": "4.9",
            "brokers": [ { "name": "broker-a", "slaves": [ {} ] } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "model": "BROADCASTING", "tags": "*" },
                { "name": "c2", "group": "CG", "topic": "T", "model": "BROADCASTING", "tags": "a", "started": false } ],
            "script": [ { "at": 0, "do": "start-consumer", "consumer": "c2" }, { "at": 13416, "do": "send", "tag": "b" },
                { "at": 14500, "do": "destroy-disk", "node": "broker-a/0" } ], "until": 60000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               c2
                    0  │                │                │                │                ▲ up
                    4  │                │                │                │                new route of T
                   10  │                │                │                │                owns 1 of T
                13416  send m1 ───────▶ │                │                │                │
                13417  │                stores m1 T/0:0 (page cache)      │                │
                13418  │                ────────────────────────────────▶ NO_MATCHED_MESSAGE T/0:0, go to 1
             13418.05  m1 SEND_OK ◀──── │                │                │                │
                13504  │                copy m1 ───────▶ │                │                │
                14500  │                ✗ store deleted  │                │                │
                14500  │                ✗ disk destroyed │                │                │
                20005  │                                 fsync m1         │                │
                27962  │                                 │                new route of T   │
                27962  new route of T                    │                │                │
                30012  │                                 │                │                new route of T
                33001  │                                 NO_MATCHED_MESSAGE T/0:0, go … ─▶ │
                33002  │                                 │                │                ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     broker-a/1 (disk, never served); ✗ consume: other-subscription, by pulled of broker-a/1 at 33001
        "#]],
    );
}

/// A hung listener's message is sent back when it expires, but nobody reads a broadcasting group's retry topic: it can only come of
/// the listener's return, and goes with its consumer.
#[test]
fn what_expires_in_a_broadcasting_group_comes_to_nobody_again() {
    check(
        r#"
            "profile": "4.9",
            "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T", "model": "BROADCASTING", "processMs": 150000, "conf": { "consumeTimeout": 1 } } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "throw", "times": 1 },
                { "at": 0, "do": "send" } ], "until": 200000
        "#,
        expect![[r#"
                    ms  p1                           broker-a/0                   c1
                     0  send m1 ───────────────────▶ │                            │
                     1  │                            stores m1 T/0:0 (page cache) │
                     2  │                            T/0:0 to 1 ────────────────▶ │
                  2.05  m1 SEND_OK ◀──────────────── │                            │
                     3  │                            │                            gets m1
                 10005  │                            fsync m1                     │
                117950  │                            │                            sends back m1
                117951  │                            stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
                120005  │                            fsync m1                     │
                128000  │                            stores m1 %RETRY%CG/0:0 (page cache)
                130005  │                            fsync m1                     │
                150003  │                            │                            ✗ m1 throw
                150003  │                            │                            ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (disk, never served), broker-a/0 (disk, never served), broker-a/0 (disk, never served); ✗ consume: broadcast-failure, by consumed of c1 at 150003
        "#]],
    );
}

#[test]
fn what_a_consumer_held_when_a_replica_without_it_was_elected_is_lost_with_its_memory() {
    check(
        r#"
            "profile": "5.3", "seed": 0,
            "brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true }, "slaves": [ { "conf": { "enableControllerMode": true } } ] } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 3000 } ],
            "script": [ { "at": 2000, "do": "send" },
                { "after": { "event": "appended" }, "do": "power-loss", "node": "broker-a/1" },
                { "at": 2003, "do": "stop", "node": "broker-a/0", "takesMs": 0 },
                { "at": 2500, "do": "crash", "node": "c1" } ],
            "until": 20000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
                 2000  send m1 ───────▶ │                │                │                │
                 2001  │                stores m1 T/0:0 (page cache)      │                │
                 2001  │                │                ✗ power loss     │                │
                 2002  │                T/0:0 to 1 ─────────────────────▶ │                │
              2002.05  m1 SEND_OK ◀──── │                                 │                │
                 2003  │                fsync m1                          │                │
                 2003  │                ■ stopped                         │                │
                 2003  │                                                  gets m1          │
                 2004  │                                                  │                elects broker-a/1
                 2500  │                                                  ✗ crash          │
                 2500  │                                                  ✗ lost: m1       │
                12000  │                                                                   elects nobody

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     broker-a/0 (disk, never served); ✗ consume: election, by node-down of c1 at 2500
        "#]],
    );
}

/// The elected replica has no such message, no consumer can send it back there, and its correction of the offset ends the local
/// retries.
#[test]
fn what_is_retried_locally_when_a_replica_without_it_is_elected_is_lost_to_the_election() {
    check(
        r#"
            "profile": "5.3", "seed": 13,
            "brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true }, "slaves": [ { "conf": { "enableControllerMode": true } } ] } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 20 } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "throw", "times": 3 },
                { "at": 11748, "do": "send", "bodyBytes": 3000 },
                { "after": { "event": "delivered" }, "do": "crash", "node": "broker-a/0" } ],
            "until": 40000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       c1               namesrv/0
            11763.599  send m1 ───────▶ │                │                │                │
            11764.599  │                stores m1 T/0:0 (page cache)      │                │
            11765.599  │                T/0:0 to 1 ─────────────────────▶ │                │
            11765.649  m1 SEND_OK ◀──── │                │                │                │
            11766.599  │                │                │                gets m1          │
            11766.599  │                ✗ crash          │                │                │
            11767.599  │                                 │                │                elects broker-a/1
            11768.599  │                                 SYNC_MASTER, epoch 2              │
            11786.599  │                                 │                ✗ m1 throw       │
            16794.599  │                                 │                gets m1 (retry 1)
            16814.599  │                                 │                ✗ m1 throw       │
            21822.599  │                                 │                gets m1 (retry 2)
            21842.599  │                                 │                ✗ m1 throw       │
            24527.373  new route of T                    │                │                │
            26787.276  │                                 │                new route of %RETRY%CG
            26789.276  │                                 │                new route of T   │
            26796.276  │                                 ───────────────▶ NO_MESSAGE_IN_QUEUE T/0:1, go to 0
            26797.276  │                                 │                ✗ lost: m1       │
            26798.276  │                                 CG T/0 offset 0  │                │
            26801.276  │                                 │                owns 1 of %RETRY%CG
            26807.276  │                                 │                owns 1 of T      │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  3          0         lost     broker-a/0 (page cache, never served); ✗ consume: election, by pulled of broker-a/1 at 26796.276

            again  at         to  after            why          by
            m1     16794.599  c1  11766.599 to c1  local-retry  consumed of c1 at 11786.599
            m1     21822.599  c1  16794.599 to c1  local-retry  consumed of c1 at 16814.599
        "#]],
    );
}

/// A master that is cut off from the controller and has been succeeded goes on storing; what only it has goes with its stop.
#[test]
fn what_a_deposed_master_has_stored_is_lost_to_the_election_when_it_stops() {
    check(
        r#"
            "profile": "5.3", "seed": 0,
            "brokers": [ { "name": "broker-a", "conf": { "enableControllerMode": true }, "slaves": [ { "conf": { "enableControllerMode": true } },
                { "conf": { "enableControllerMode": true } } ] } ],
            "script": [ { "at": 0, "do": "partition", "between": ["namesrv/0", "broker-a/0"] }, { "at": 9999, "do": "send" },
                { "at": 15958, "do": "stop", "node": "broker-a/0", "takesMs": 0 } ],
            "until": 20000
        "#,
        expect![[r#"
                   ms  p1               broker-a/0       broker-a/1       broker-a/2       namesrv/0
                    0  │                │                │                │                ✗ link to broker-a/0…
                 9999  send m1 ───────▶ │                │                │                │
                10000  │                │                │                │                elects broker-a/1
                10000  │                stores m1 T/0:0 (page cache)      │                │
                10001  │                │                SYNC_MASTER, epoch 2              │
                10001  │                │                │                SLAVE, epoch 2   │
             10001.05  m1 SEND_OK ◀──── │                │                │                │
                10002  │                closes connection to broker-a/1   │                │
                10002  │                closes connection to broker-a/2   │                │
                15017  │                copy m1 ────────────────────────▶ │                │
                15958  │                fsync m1         │                │                │
                15958  │                ■ stopped        │                │                │
                15958  │                ✗ lost: m1       │                │                │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     broker-a/0 (disk, never served), broker-a/2 (page cache, never served); ✗ store: election, by node-down of broker-a/0 at 15958
        "#]],
    );
}

/// The disk of a broker that is down already: nobody ends, but what a consumer does not finish is gone with it.
#[test]
fn what_a_consumer_held_is_lost_to_the_disk_that_was_destroyed_under_a_dead_broker() {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T", "processMs": 3000 } ],
            "script": [ { "at": 0, "do": "send" }, { "at": 500, "do": "crash", "node": "broker-a/0" },
                { "at": 600, "do": "destroy-disk", "node": "broker-a/0" }, { "at": 1000, "do": "crash", "node": "c1" } ],
            "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                  500  │                            ✗ crash                      │
                  600  │                            ✗ store deleted              │
                 1000  │                                                         ✗ crash
                 1000  │                                                         ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     ✗ consume: disk-destroyed, by node-down of c1 at 1000
        "#]],
    );
}

/// The broker stores the copy that was sent back, answers, and is without power before the answer is there: the consumer lets the
/// original go, which was the last.
#[test]
fn what_was_sent_back_to_a_broker_that_is_dead_when_its_answer_comes_is_lost_where_the_consumer_lets_it_go()
 {
    check(
        r#"
            "profile": "4.9", "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T" } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "RECONSUME_LATER", "times": 1 }, { "at": 0, "do": "send" },
                { "after": { "event": "appended", "nth": 2 }, "do": "power-loss", "node": "broker-a/0" } ],
            "until": 5000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1 ───────────────────▶ │                            │
                    1  │                            stores m1 T/0:0 (page cache) │
                    2  │                            T/0:0 to 1 ────────────────▶ │
                 2.05  m1 SEND_OK ◀──────────────── │                            │
                    3  │                            │                            gets m1
                    3  │                            │                            ✗ m1 RECONSUME_LATER
                    3  │                            │                            sends back m1
                    4  │                            stores m1 SCHEDULE_TOPIC_XXXX/2:0 (page cache)
                    4  │                            ✗ power loss                 │
                    5  │                                                         ✗ lost: m1

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  1          0         lost     ✗ store: async-flush, by appended of broker-a/0 at 4
        "#]],
    );
}

/// An operator's reset is the cause where nobody was told to go there: the group does not run.
#[test]
fn a_reset_of_a_group_that_does_not_run_passes_messages_over() {
    check(
        r#"
            "profile": "5.3", "brokers": [ { "name": "broker-a" } ],
            "consumers": [ { "name": "c1", "topic": "T", "started": false } ],
            "script": [ { "at": 0, "do": "send", "count": 2 },
                { "at": 100, "do": "reset-offset", "consumer": "c1", "topic": "T", "broker": "broker-a", "queue": 0, "offset": 1 } ],
            "until": 1000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  send m1, m2 ───────────────▶ │
                    1  │                            stores m1 T/0:0 (page cache)
                    1  │                            stores m2 T/0:1 (page cache)
                 2.05  m1, m2 SEND_OK ◀──────────── │
                  100  │                            CG T/0 offset 1
                  100  │                            ✗ lost: m1

            message  promise  fate       delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost       0          0         lost     broker-a/0 (page cache, never served); ✗ consume: offset-reset, by offset-committed of broker-a/0 at 100
            m2       acked    in-flight  0          0         at-risk  broker-a/0 (page cache); exposed to power-loss, disk-loss
        "#]],
    );
}

/// Nobody has passed what is not visible yet: the group's offset is beyond it, but the disk has not let it into its queue.
#[test]
fn what_lies_below_an_offset_is_not_passed_before_it_can_be_seen() {
    check(
        r#"
            "profile": "5.3", "brokers": [ { "name": "broker-a", "conf": { "flushDiskType": "SYNC_FLUSH" } } ],
            "consumers": [ { "name": "c1", "topic": "T", "started": false } ],
            "script": [ { "at": 0, "do": "reset-offset", "consumer": "c1", "topic": "T", "broker": "broker-a", "queue": 0, "offset": 1 },
                { "at": 0, "do": "stall-disk", "node": "broker-a/0" }, { "at": 100, "do": "send" },
                { "at": 2000, "do": "release-disk", "node": "broker-a/0" } ],
            "until": 4000
        "#,
        expect![[r#"
                   ms  p1                           broker-a/0                   c1
                    0  │                            CG T/0 offset 1
                    0  │                            ✗ fsync stalls
                  100  send m1 ───────────────────▶ │
                  101  │                            stores m1 T/0:0 (page cache)
                 2000  │                            fsync returns again
                 2000  │                            fsync m1
                 2001  │                            ✗ lost: m1
              2001.05  m1 SEND_OK ◀──────────────── │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  0          0         lost     broker-a/0 (disk, never served); ✗ consume: offset-reset, by dispatched of broker-a/0 at 2001
        "#]],
    );
}

/// An orderly consumer has sent it back, by another broker, where it waits for its delay; the disk of that broker is destroyed.
#[test]
fn what_waits_for_its_delay_is_lost_to_the_disk_that_it_waits_on() {
    check(
        r#"
            "profile": "4.9", "seed": 13,
            "brokers": [ { "name": "broker-a" }, { "name": "broker-b" } ],
            "consumers": [ { "name": "c1", "group": "CG", "topic": "T", "listener": "orderly", "conf": { "maxReconsumeTimes": 1 } } ],
            "script": [ { "at": 0, "do": "consume-result", "consumer": "c1", "result": "null", "times": 2 }, { "at": 5831, "do": "send" },
                { "at": 6836, "do": "destroy-disk", "node": "broker-b/0" } ],
            "until": 20000
        "#,
        expect![[r#"
                   ms  p1                    broker-a/0            broker-b/0            c1
                 5831  send m1 ────────────▶ │                     │                     │
                 5832  │                     stores m1 T/0:0 (page cache)                │
                 5833  │                     T/0:0 to 1 ───────────────────────────────▶ │
              5833.05  m1 SEND_OK ◀───────── │                     │                     │
                 5834  │                     │                     │                     gets m1
                 5834  │                     │                     │                     ✗ m1 null
                 6834  │                     │                     │                     gets m1 (retry 1)
                 6834  │                     │                     │                     ✗ m1 null
                 6834  │                     │                     │                     sends back m1
                 6835  │                     │                     stores m1 SCHEDULE_TOPIC_XXXX/3:0 (page cach…
                 6836  │                     │                     ✗ store deleted       │
                 6836  │                     │                     ✗ disk destroyed      │
             6837.006  │                     CG T/0 offset 0                             │
             9114.917  │                     fsync m1                                    │
            11837.006  │                     CG T/0 offset 1                             │
            11837.006  │                     ✗ lost: m1                                  │

            message  promise  fate  delivered  consumed  verdict  copies, and what took or threatens them
            m1       acked    lost  2          0         lost     broker-a/0 (disk, never served); ✗ consume: disk-destroyed, by offset-committed of broker-a/0 at 11837.006

            again  at    to  after       why        by
            m1     6834  c1  5834 to c1  suspended  consumed of c1 at 5834
        "#]],
    );
}

/// However far an operator moves the offset, each message that it goes over is lost at that moment.
#[test]
fn all_that_a_reset_passes_over_is_lost() {
    let run = lab::run(
        r#""profile": "5.3", "brokers": [ { "name": "broker-a" } ], "topics": [ { "name": "T", "queues": 1 } ],
            "consumers": [ { "name": "c1", "topic": "T", "started": false } ],
            "script": [ { "at": 0, "do": "send", "count": 200, "everyMs": 1 },
                { "at": 1000, "do": "reset-offset", "consumer": "c1", "topic": "T", "broker": "broker-a", "queue": 0, "offset": 190 } ],
            "until": 2000"#,
    );
    let ledger = run.ledger();
    let lost = ledger.iter().filter_map(|entry| entry.lost_by);
    let rules: Vec<_> = lost.map(|lost| lost.rule).collect();
    assert_eq!(rules, [Loss::OffsetReset; 190]);
}
