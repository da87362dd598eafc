//! H.1 and H.2 as a table: what a producer is told and what becomes of its message, whatever the settings, the slave, the fault and
//! the instant. The picture shows every cell; [`expected`] says in rules why it has to be so.

use expect_test::{Expect, expect};
use loss_lab_engine::draw;
use loss_lab_engine::event::{EventKind, SendOutcome};
use loss_lab_engine::ledger::{Fate, Promise};
use loss_lab_engine::run::Run;
use loss_lab_engine::status::{Profile, SendStatus};

use crate::lab;

#[test]
fn promises_of_4_9() {
    let modes = [Mode::Async, Mode::Sync];
    table(
        Profile::V4_9,
        &modes,
        expect![[r#"
        flush        role          slave    fault         before append                before flush                     before slave ack                             after reply
        ASYNC_FLUSH  ASYNC_MASTER  none     crash         10002 unknown: never-stored  10002 unknown: in-flight         SEND_OK acked: in-flight                     SEND_OK acked: in-flight
        ASYNC_FLUSH  ASYNC_MASTER  none     power-loss    -1 unknown: never-stored     -1 unknown: lost                 SEND_OK acked: lost                          SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER  none     destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SEND_OK acked: lost                          SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER  healthy  crash         10002 unknown: never-stored  10002 unknown: in-flight +slave  SEND_OK acked: in-flight +slave              SEND_OK acked: in-flight +slave
        ASYNC_FLUSH  ASYNC_MASTER  healthy  power-loss    -1 unknown: never-stored     -1 unknown: lost                 SEND_OK acked: lost +slave                   SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER  healthy  destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SEND_OK acked: in-flight +slave              SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER  frozen   crash         10002 unknown: never-stored  10002 unknown: in-flight         SEND_OK acked: in-flight                     SEND_OK acked: in-flight
        ASYNC_FLUSH  ASYNC_MASTER  frozen   power-loss    -1 unknown: never-stored     -1 unknown: lost                 SEND_OK acked: lost                          SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER  frozen   destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SEND_OK acked: lost                          SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER   none     crash         10002 unknown: never-stored  10002 unknown: in-flight         SLAVE_NOT_AVAILABLE acked-unsure: in-flight  SLAVE_NOT_AVAILABLE acked-unsure: in-flight
        ASYNC_FLUSH  SYNC_MASTER   none     power-loss    -1 unknown: never-stored     -1 unknown: lost                 SLAVE_NOT_AVAILABLE acked-unsure: lost       SLAVE_NOT_AVAILABLE acked-unsure: lost
        ASYNC_FLUSH  SYNC_MASTER   none     destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SLAVE_NOT_AVAILABLE acked-unsure: lost       SLAVE_NOT_AVAILABLE acked-unsure: lost
        ASYNC_FLUSH  SYNC_MASTER   healthy  crash         10002 unknown: never-stored  10002 unknown: in-flight +slave  10002 unknown: in-flight +slave              SEND_OK acked: in-flight +slave
        ASYNC_FLUSH  SYNC_MASTER   healthy  power-loss    -1 unknown: never-stored     -1 unknown: lost                 -1 unknown: lost +slave                      SEND_OK acked: lost +slave
        ASYNC_FLUSH  SYNC_MASTER   healthy  destroy-disk  10002 unknown: never-stored  10002 unknown: lost              10002 unknown: in-flight +slave              SEND_OK acked: in-flight +slave
        ASYNC_FLUSH  SYNC_MASTER   frozen   crash         10002 unknown: never-stored  10002 unknown: in-flight         10002 unknown: in-flight                     FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        ASYNC_FLUSH  SYNC_MASTER   frozen   power-loss    -1 unknown: never-stored     -1 unknown: lost                 -1 unknown: lost                             FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        ASYNC_FLUSH  SYNC_MASTER   frozen   destroy-disk  10002 unknown: never-stored  10002 unknown: lost              10002 unknown: lost                          FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        SYNC_FLUSH   ASYNC_MASTER  none     crash         10002 unknown: never-stored  10002 unknown: in-flight         SEND_OK acked: in-flight                     SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER  none     power-loss    -1 unknown: never-stored     -1 unknown: lost                 SEND_OK acked: in-flight                     SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER  none     destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SEND_OK acked: lost                          SEND_OK acked: lost
        SYNC_FLUSH   ASYNC_MASTER  healthy  crash         10002 unknown: never-stored  10002 unknown: in-flight +slave  SEND_OK acked: in-flight +slave              SEND_OK acked: in-flight +slave
        SYNC_FLUSH   ASYNC_MASTER  healthy  power-loss    -1 unknown: never-stored     -1 unknown: lost                 SEND_OK acked: in-flight +slave              SEND_OK acked: in-flight +slave
        SYNC_FLUSH   ASYNC_MASTER  healthy  destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SEND_OK acked: in-flight +slave              SEND_OK acked: lost
        SYNC_FLUSH   ASYNC_MASTER  frozen   crash         10002 unknown: never-stored  10002 unknown: in-flight         SEND_OK acked: in-flight                     SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER  frozen   power-loss    -1 unknown: never-stored     -1 unknown: lost                 SEND_OK acked: in-flight                     SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER  frozen   destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SEND_OK acked: lost                          SEND_OK acked: lost
        SYNC_FLUSH   SYNC_MASTER   none     crash         10002 unknown: never-stored  10002 unknown: in-flight         SLAVE_NOT_AVAILABLE acked-unsure: in-flight  SLAVE_NOT_AVAILABLE acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER   none     power-loss    -1 unknown: never-stored     -1 unknown: lost                 SLAVE_NOT_AVAILABLE acked-unsure: in-flight  SLAVE_NOT_AVAILABLE acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER   none     destroy-disk  10002 unknown: never-stored  10002 unknown: lost              SLAVE_NOT_AVAILABLE acked-unsure: lost       SLAVE_NOT_AVAILABLE acked-unsure: lost
        SYNC_FLUSH   SYNC_MASTER   healthy  crash         10002 unknown: never-stored  10002 unknown: in-flight +slave  10002 unknown: in-flight +slave              SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER   healthy  power-loss    -1 unknown: never-stored     -1 unknown: lost                 -1 unknown: lost +slave                      SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER   healthy  destroy-disk  10002 unknown: never-stored  10002 unknown: lost              10002 unknown: in-flight +slave              SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER   frozen   crash         10002 unknown: never-stored  10002 unknown: in-flight         10002 unknown: in-flight                     FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER   frozen   power-loss    -1 unknown: never-stored     -1 unknown: lost                 -1 unknown: in-flight                        FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER   frozen   destroy-disk  10002 unknown: never-stored  10002 unknown: lost              10002 unknown: lost                          FLUSH_SLAVE_TIMEOUT acked-unsure: lost
    "#]],
    );
}

#[test]
fn promises_of_5_3() {
    let modes = [Mode::Async, Mode::SyncOfOne, Mode::Sync];
    table(
        Profile::V5_3,
        &modes,
        expect![[r#"
        flush        role             slave    fault         before append             before flush                  before slave ack                 after reply
        ASYNC_FLUSH  ASYNC_MASTER     none     crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        ASYNC_FLUSH  ASYNC_MASTER     none     power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER     none     destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER     healthy  crash         -1 unknown: never-stored  -1 unknown: in-flight +slave  SEND_OK acked: in-flight +slave  SEND_OK acked: in-flight +slave
        ASYNC_FLUSH  ASYNC_MASTER     healthy  power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost +slave       SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER     healthy  destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost +slave       SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER     frozen   crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        ASYNC_FLUSH  ASYNC_MASTER     frozen   power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  ASYNC_MASTER     frozen   destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (1)  none     crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        ASYNC_FLUSH  SYNC_MASTER (1)  none     power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (1)  none     destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (1)  healthy  crash         -1 unknown: never-stored  -1 unknown: in-flight +slave  SEND_OK acked: in-flight +slave  SEND_OK acked: in-flight +slave
        ASYNC_FLUSH  SYNC_MASTER (1)  healthy  power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost +slave       SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (1)  healthy  destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost +slave       SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (1)  frozen   crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        ASYNC_FLUSH  SYNC_MASTER (1)  frozen   power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (1)  frozen   destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        ASYNC_FLUSH  SYNC_MASTER (2)  none     crash         -1 unknown: never-stored  -1 unknown: in-flight         -1 unknown: in-flight            FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        ASYNC_FLUSH  SYNC_MASTER (2)  none     power-loss    -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost                 FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        ASYNC_FLUSH  SYNC_MASTER (2)  none     destroy-disk  -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost                 FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        ASYNC_FLUSH  SYNC_MASTER (2)  healthy  crash         -1 unknown: never-stored  -1 unknown: in-flight +slave  -1 unknown: in-flight +slave     SEND_OK acked: in-flight +slave
        ASYNC_FLUSH  SYNC_MASTER (2)  healthy  power-loss    -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost +slave          SEND_OK acked: lost +slave
        ASYNC_FLUSH  SYNC_MASTER (2)  healthy  destroy-disk  -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost +slave          SEND_OK acked: lost +slave
        ASYNC_FLUSH  SYNC_MASTER (2)  frozen   crash         -1 unknown: never-stored  -1 unknown: in-flight         -1 unknown: in-flight            FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        ASYNC_FLUSH  SYNC_MASTER (2)  frozen   power-loss    -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost                 FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        ASYNC_FLUSH  SYNC_MASTER (2)  frozen   destroy-disk  -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost                 FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        SYNC_FLUSH   ASYNC_MASTER     none     crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER     none     power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER     none     destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        SYNC_FLUSH   ASYNC_MASTER     healthy  crash         -1 unknown: never-stored  -1 unknown: in-flight +slave  SEND_OK acked: in-flight +slave  SEND_OK acked: in-flight +slave
        SYNC_FLUSH   ASYNC_MASTER     healthy  power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: in-flight +slave  SEND_OK acked: in-flight +slave
        SYNC_FLUSH   ASYNC_MASTER     healthy  destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost +slave       SEND_OK acked: lost
        SYNC_FLUSH   ASYNC_MASTER     frozen   crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER     frozen   power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   ASYNC_MASTER     frozen   destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        SYNC_FLUSH   SYNC_MASTER (1)  none     crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   SYNC_MASTER (1)  none     power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   SYNC_MASTER (1)  none     destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        SYNC_FLUSH   SYNC_MASTER (1)  healthy  crash         -1 unknown: never-stored  -1 unknown: in-flight +slave  SEND_OK acked: in-flight +slave  SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER (1)  healthy  power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: in-flight +slave  SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER (1)  healthy  destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost +slave       SEND_OK acked: lost
        SYNC_FLUSH   SYNC_MASTER (1)  frozen   crash         -1 unknown: never-stored  -1 unknown: in-flight         SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   SYNC_MASTER (1)  frozen   power-loss    -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: in-flight         SEND_OK acked: in-flight
        SYNC_FLUSH   SYNC_MASTER (1)  frozen   destroy-disk  -1 unknown: never-stored  -1 unknown: lost              SEND_OK acked: lost              SEND_OK acked: lost
        SYNC_FLUSH   SYNC_MASTER (2)  none     crash         -1 unknown: never-stored  -1 unknown: in-flight         -1 unknown: in-flight            FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER (2)  none     power-loss    -1 unknown: never-stored  -1 unknown: lost              -1 unknown: in-flight            FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER (2)  none     destroy-disk  -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost                 FLUSH_SLAVE_TIMEOUT acked-unsure: lost
        SYNC_FLUSH   SYNC_MASTER (2)  healthy  crash         -1 unknown: never-stored  -1 unknown: in-flight +slave  -1 unknown: in-flight +slave     SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER (2)  healthy  power-loss    -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost +slave          SEND_OK acked: in-flight +slave
        SYNC_FLUSH   SYNC_MASTER (2)  healthy  destroy-disk  -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost +slave          SEND_OK acked: lost +slave
        SYNC_FLUSH   SYNC_MASTER (2)  frozen   crash         -1 unknown: never-stored  -1 unknown: in-flight         -1 unknown: in-flight            FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER (2)  frozen   power-loss    -1 unknown: never-stored  -1 unknown: lost              -1 unknown: in-flight            FLUSH_SLAVE_TIMEOUT acked-unsure: in-flight
        SYNC_FLUSH   SYNC_MASTER (2)  frozen   destroy-disk  -1 unknown: never-stored  -1 unknown: lost              -1 unknown: lost                 FLUSH_SLAVE_TIMEOUT acked-unsure: lost
    "#]],
    );
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flush {
    Async,
    Sync,
}

/// Who waits for slaves: nobody, nobody although it is a SYNC_MASTER (5.3's `inSyncReplicas` = 1), every put.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Async,
    SyncOfOne,
    Sync,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slave {
    None,
    Healthy,
    Frozen,
}

/// What strikes the master. After a crash or a power loss it is started again; a destroyed disk is not replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Crash,
    PowerLoss,
    DestroyDisk,
}

/// When it strikes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Instant {
    /// The request is on its way.
    BeforeAppend,
    /// Right after the append.
    BeforeFlush,
    /// The slave has it, the acknowledgement is on its way; where none will come: half a second after the send.
    BeforeSlaveAck,
    /// The producer has its answer.
    AfterReply,
}

#[derive(Clone, Copy)]
struct Case {
    profile: Profile,
    flush: Flush,
    mode: Mode,
    slave: Slave,
    fault: Fault,
    instant: Instant,
}

fn table(profile: Profile, modes: &[Mode], picture: Expect) {
    let mut rows = Vec::new();
    for flush in [Flush::Async, Flush::Sync] {
        for mode in modes {
            for slave in [Slave::None, Slave::Healthy, Slave::Frozen] {
                for fault in [Fault::Crash, Fault::PowerLoss, Fault::DestroyDisk] {
                    let case = |instant| Case {
                        profile,
                        flush,
                        mode: *mode,
                        slave,
                        fault,
                        instant,
                    };
                    rows.push([
                        flush_word(flush).to_owned(),
                        mode_word(profile, *mode).to_owned(),
                        slave_word(slave).to_owned(),
                        fault_word(fault).to_owned(),
                        cell(case(Instant::BeforeAppend)),
                        cell(case(Instant::BeforeFlush)),
                        cell(case(Instant::BeforeSlaveAck)),
                        cell(case(Instant::AfterReply)),
                    ]);
                }
            }
        }
    }
    let heads = [
        "flush",
        "role",
        "slave",
        "fault",
        "before append",
        "before flush",
        "before slave ack",
        "after reply",
    ];
    picture.assert_eq(&draw::table(heads, &rows));
}

/// `SEND_OK acked: in-flight`, and whether a slave has a copy.
fn cell(case: Case) -> String {
    let text = lab::file(&fields(case));
    let run = lab::finished(lab::scenario(&text));
    let ledger = run.ledger();
    assert_eq!(ledger.len(), 1, "{text}");
    let entry = &ledger[0];
    let on_slave = entry
        .copies
        .iter()
        .any(|copy| run.names().node(copy.node) == "broker-a/1");
    let (status, fate, copied) = expected(case);
    let promise = match status {
        None => Promise::Unknown,
        Some(SendStatus::SendOk) => Promise::Acked,
        Some(_) => Promise::AckedUnsure,
    };
    assert_eq!(entry.promise, promise, "{text}");
    assert_eq!(entry.fate, fate, "{text}");
    assert_eq!(on_slave, copied, "{text}");
    let slave = if on_slave { " +slave" } else { "" };
    format!(
        "{} {}: {}{slave}",
        told(&run, status),
        entry.promise.word(),
        entry.fate.word()
    )
}

/// What the application was told, and that it is what was expected.
fn told(run: &Run, expected: Option<SendStatus>) -> String {
    let mut outcomes = run.events().iter().filter_map(|event| match &event.kind {
        EventKind::SendReturned { outcome, .. } => Some(outcome),
        _ => None,
    });
    let outcome = outcomes.next().expect("the call returns");
    match outcome {
        SendOutcome::Result { status, .. } => {
            assert_eq!(Some(*status), expected);
            status.word().to_owned()
        }
        SendOutcome::Exception(exception) => {
            assert_eq!(None, expected);
            exception
                .code()
                .map_or(exception.class().word().to_owned(), |code| code.to_string())
        }
        SendOutcome::Nothing => panic!("a sync send returns something"),
    }
}

/// One attempt, patient enough for every status; fsync takes 5 ms, a link 1 ms, an idle master looks for new bytes at 104 ms.
fn fields(case: Case) -> String {
    let flush = flush_word(case.flush);
    let role = match case.mode {
        Mode::Async => "",
        Mode::SyncOfOne => r#", "brokerRole": "SYNC_MASTER""#,
        Mode::Sync if case.profile == Profile::V4_9 => r#", "brokerRole": "SYNC_MASTER""#,
        Mode::Sync => r#", "brokerRole": "SYNC_MASTER", "inSyncReplicas": 2"#,
    };
    let slaves = if case.slave == Slave::None { "" } else { "{}" };
    let frozen = match case.slave {
        Slave::None | Slave::Healthy => "",
        Slave::Frozen => r#"{ "at": 0, "do": "pause", "node": "broker-a/1" },"#,
    };
    let instant = match (case.instant, case.slave) {
        (Instant::BeforeAppend, _) => r#""after": { "event": "request-sent" }"#,
        (Instant::BeforeFlush, _) => r#""after": { "event": "appended" }"#,
        (Instant::BeforeSlaveAck, Slave::Healthy) => r#""after": { "event": "replicated" }"#,
        (Instant::BeforeSlaveAck, Slave::None | Slave::Frozen) => r#""at": 510"#,
        (Instant::AfterReply, _) => r#""after": { "event": "send-returned" }"#,
    };
    let again = match case.fault {
        Fault::Crash | Fault::PowerLoss => {
            r#", { "after": { "event": "node-down" }, "do": "restart", "node": "broker-a/0" }"#
        }
        Fault::DestroyDisk => "",
    };
    let (profile, fault) = (case.profile.word(), fault_word(case.fault));
    format!(
        r#""profile": "{profile}",
        "brokers": [ {{ "conf": {{ "flushDiskType": "{flush}"{role} }}, "slaves": [ {slaves} ] }} ],
        "producers": [ {{ "conf": {{ "sendMsgTimeout": 10000, "retryTimesWhenSendFailed": 0 }} }} ],
        "script": [ {frozen} {{ "at": 10, "do": "send" }}, {{ {instant}, "do": "{fault}", "node": "broker-a/0" }}{again} ], "until": 30000"#
    )
}

/// The status (none: an exception that leaves everything open), the fate, and whether a slave has a copy.
fn expected(case: Case) -> (Option<SendStatus>, Fate, bool) {
    let Case {
        profile,
        flush,
        mode,
        slave,
        fault,
        instant,
    } = case;
    if instant == Instant::BeforeAppend {
        return (None, Fate::NeverStored, false);
    }
    // B.4, B.5: 4.x says at once that there is no slave; 5.3 waits for one.
    let answer = match (mode, slave, profile) {
        (Mode::Async | Mode::SyncOfOne, _, _) | (Mode::Sync, Slave::Healthy, _) => {
            SendStatus::SendOk
        }
        (Mode::Sync, Slave::None, Profile::V4_9) => SendStatus::SlaveNotAvailable,
        (Mode::Sync, Slave::None | Slave::Frozen, _) => SendStatus::FlushSlaveTimeout,
    };
    let waits = mode == Mode::Sync && answer != SendStatus::SlaveNotAvailable;
    let answered = match instant {
        Instant::BeforeAppend | Instant::BeforeFlush => false,
        Instant::BeforeSlaveAck => !waits,
        Instant::AfterReply => true,
    };
    // A put that waits wakes the sender; else it looks 93 ms after the append, long after fsync and answer.
    let on_slave = slave == Slave::Healthy
        && match instant {
            Instant::BeforeAppend | Instant::BeforeFlush => false,
            Instant::BeforeSlaveAck => true,
            Instant::AfterReply => waits,
        };
    // B.2: SYNC_FLUSH has flushed what it has answered, and what has waited half a second for a slave. The acknowledgement of a
    // slave that was woken is faster than the disk.
    let on_disk = flush == Flush::Sync
        && match instant {
            Instant::BeforeAppend | Instant::BeforeFlush => false,
            Instant::BeforeSlaveAck => !(waits && slave == Slave::Healthy),
            Instant::AfterReply => true,
        };
    let fate = match fault {
        // B.3: the page cache is the kernel's.
        Fault::Crash => Fate::InFlight,
        Fault::PowerLoss if on_disk => Fate::InFlight,
        // B.6: the master comes back without it, and its slave is not asked any more.
        Fault::PowerLoss => Fate::Lost,
        // B.7: a slave is read while its master is away, by default in 4.x only.
        Fault::DestroyDisk if on_slave && profile == Profile::V4_9 => Fate::InFlight,
        Fault::DestroyDisk => Fate::Lost,
    };
    // A master that is back with it hands it over.
    let caught_up =
        slave == Slave::Healthy && fault != Fault::DestroyDisk && fate == Fate::InFlight;
    (answered.then_some(answer), fate, on_slave || caught_up)
}

const fn flush_word(flush: Flush) -> &'static str {
    match flush {
        Flush::Async => "ASYNC_FLUSH",
        Flush::Sync => "SYNC_FLUSH",
    }
}

const fn mode_word(profile: Profile, mode: Mode) -> &'static str {
    match (mode, profile) {
        (Mode::Async, _) => "ASYNC_MASTER",
        (Mode::SyncOfOne, _) => "SYNC_MASTER (1)",
        (Mode::Sync, Profile::V4_9) => "SYNC_MASTER",
        (Mode::Sync, Profile::V5_3) => "SYNC_MASTER (2)",
    }
}

const fn slave_word(slave: Slave) -> &'static str {
    match slave {
        Slave::None => "none",
        Slave::Healthy => "healthy",
        Slave::Frozen => "frozen",
    }
}

const fn fault_word(fault: Fault) -> &'static str {
    match fault {
        Fault::Crash => "crash",
        Fault::PowerLoss => "power-loss",
        Fault::DestroyDisk => "destroy-disk",
    }
}
