//! What the client refuses before anything leaves it (`Validators`, `TopicValidator`; A.3).

use crate::exception::Invalid;
use crate::ids::TopicId;
use crate::setup::{Setup, system};

/// `Validators.TOPIC_MAX_LENGTH`, in characters.
const TOPIC_MAX_CHARS: usize = 127;

/// Topics that no client may send to (`TopicValidator#NOT_ALLOWED_SEND_TOPIC_SET`).
const FORBIDDEN: [TopicId; 6] = [
    system::SCHEDULE,
    system::HALF,
    system::OP_HALF,
    system::CHECK_MAX,
    system::OFFSET_MOVED,
    system::SELF_TEST,
];

/// `Validators#checkMessage`: the topic first, then the body. The limit is on the body before compression.
pub(super) fn check_message(
    setup: &Setup,
    topic: TopicId,
    body_bytes: u64,
    max_message_size: u64,
) -> Result<(), Invalid> {
    check_topic(setup, topic)?;
    if body_bytes == 0 {
        return Err(Invalid::BodyEmpty);
    }
    if body_bytes > max_message_size {
        return Err(Invalid::BodyTooBig(max_message_size));
    }
    Ok(())
}

/// `Validators#checkTopic`, then `#isNotAllowedSendTopic`.
fn check_topic(setup: &Setup, topic: TopicId) -> Result<(), Invalid> {
    let name = setup.names.topic(topic);
    if name.trim().is_empty() {
        return Err(Invalid::TopicBlank);
    }
    if name.chars().count() > TOPIC_MAX_CHARS {
        return Err(Invalid::TopicTooLong);
    }
    if !name.chars().all(is_topic_char) {
        return Err(Invalid::TopicIllegal(topic));
    }
    if FORBIDDEN.contains(&topic) {
        return Err(Invalid::TopicForbidden(topic));
    }
    Ok(())
}

/// `^[%|a-zA-Z0-9_-]+$`
fn is_topic_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '%' | '|' | '_' | '-')
}
