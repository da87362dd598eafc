//! The scenario files that show a status each. They come with the page's second part.

use loss_lab_engine::scenario::{Scenario, file_v1};
use loss_lab_engine::status::{ConsumeResult, GetMessageStatus, Profile, SendStatus};

use crate::settings::Settings;
use crate::statuses::Status;

struct Exhibit {
    status: Status,
    /// The profile that gives it this way; none: both.
    only: Option<Profile>,
    text: &'static str,
}

macro_rules! exhibits {
    ($($kind:ident::$status:ident $($only:ident)?: $file:literal,)+) => {
        &[$( Exhibit {
            status: exhibits!(@status $kind $status),
            only: exhibits!(@only $($only)?),
            text: include_str!(concat!("../../../assets/scenarios/", $file, ".json")),
        } ),+]
    };
    (@status SendStatus $status:ident) => { Status::Send(SendStatus::$status) };
    (@status GetMessageStatus $status:ident) => { Status::Get(GetMessageStatus::$status) };
    (@status ConsumeResult $status:ident) => { Status::Consume(ConsumeResult::$status) };
    (@only) => { None };
    (@only $only:ident) => { Some(Profile::$only) };
}

/// The first that fits is shown.
const EXHIBITS: &[Exhibit] = exhibits![
    SendStatus::SendOk: "send-ok",
    SendStatus::FlushDiskTimeout: "send-flush-disk-timeout",
    SendStatus::FlushSlaveTimeout V5_3: "send-flush-slave-timeout",
    SendStatus::FlushSlaveTimeout V4_9: "send-flush-slave-timeout-49",
    SendStatus::SlaveNotAvailable V4_9: "send-slave-not-available",
    GetMessageStatus::Found: "get-found",
    GetMessageStatus::NoMatchedMessage: "get-no-matched-message",
    GetMessageStatus::MessageWasRemoving V5_3: "get-message-was-removing",
    GetMessageStatus::MessageWasRemoving V4_9: "get-message-was-removing-49",
    GetMessageStatus::OffsetFoundNull: "get-offset-found-null",
    GetMessageStatus::OffsetOverflowBadly V5_3: "get-offset-overflow-badly",
    GetMessageStatus::OffsetOverflowBadly V4_9: "get-offset-overflow-badly-49",
    GetMessageStatus::OffsetOverflowOne: "get-offset-overflow-one",
    GetMessageStatus::OffsetTooSmall: "get-offset-too-small",
    GetMessageStatus::NoMessageInQueue: "get-no-message-in-queue",
    GetMessageStatus::OffsetReset V5_3: "get-offset-reset",
    ConsumeResult::ConsumeSuccess: "consume-success",
    ConsumeResult::ReconsumeLater: "consume-reconsume-later",
    ConsumeResult::Success: "orderly-success",
    ConsumeResult::SuspendCurrentQueueAMoment: "orderly-suspend-current-queue-a-moment",
    ConsumeResult::Commit: "orderly-commit",
    ConsumeResult::Rollback: "orderly-rollback",
];

/// The scenario that leads to `status`, under `profile` where that gives it.
#[must_use]
pub fn scenario(status: Status, profile: Profile) -> Option<Scenario> {
    let fits = |exhibit: &&Exhibit| {
        exhibit.status == status && exhibit.only.is_none_or(|only| only == profile)
    };
    let any = || EXHIBITS.iter().find(|exhibit| exhibit.status == status);
    let exhibit = EXHIBITS.iter().find(fits).or_else(any)?;
    let (settings, script) = Settings::of(file_v1::parse(exhibit.text).ok()?.scenario);
    let settings = settings.under(exhibit.only.unwrap_or(profile));
    Some(settings.for_long().scenario(script))
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::run::Run;

    use super::*;
    use crate::statuses::taken;

    #[test]
    fn every_status_that_a_broker_can_give_is_reached_in_every_profile_that_is_chosen() {
        for profile in [Profile::V4_9, Profile::V5_3] {
            for status in Status::ALL {
                let Some(scenario) = scenario(status, profile) else {
                    assert!(!status.is_given());
                    continue;
                };
                let mut run = Run::new(scenario);
                run.advance_to(run.scenario().until);
                let seen = run
                    .events()
                    .iter()
                    .any(|event| taken(event) == Some(status));
                assert!(seen, "{status:?} chosen under {}", profile.word());
            }
        }
    }
}
