//! How the engine's words are spelled in a trace: exactly as [`word`](crate::status::Profile::word) spells them.

use core::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::event::{EventName, Place};
use crate::exception::ExceptionClass;
use crate::ledger::{Again, Exposure, Fate, Loss, Promise, Stage, Verdict};
use crate::status::{
    ConsumeResult, GetMessageStatus, Profile, PullStatus, SendMode, SendStatus, TransactionState,
    words,
};

words! {
    /// The one format there is.
    FormatName {
        /// This one.
        V1 = "loss-lab-trace/1",
    }
}

words! {
    /// Which kind of call a send was.
    Mode {
        /// `send(msg)`
        Sync = "sync",
        /// `send(msg, callback)`
        Async = "async",
        /// `sendOneway(msg)`
        Oneway = "oneway",
        /// `sendMessageInTransaction(msg, arg)`
        Transaction = "transaction",
    }
}

words! {
    /// Who made a pull, if not the consumer by itself.
    By {
        /// The scenario's script.
        Script = "script",
    }
}

words! {
    /// Where a copy lies.
    PlaceName {
        /// In the transient pool.
        Heap = "heap",
        /// In the page cache.
        PageCache = "page-cache",
        /// fsynced.
        Disk = "disk",
    }
}

words! {
    /// The faults that a recording lists, as a script spells them.
    FaultName {
        /// SIGKILL.
        Crash = "crash",
        /// The machine lost power.
        PowerLoss = "power-loss",
        /// The store directory was deleted.
        DestroyDisk = "destroy-disk",
        /// Clean shutdown: recorded when the process had ended, seconds after the order.
        Stop = "stop",
        /// Start again.
        Restart = "restart",
        /// SIGSTOP.
        Pause = "pause",
        /// SIGCONT.
        Resume = "resume",
        /// fsync does not return.
        StallDisk = "stall-disk",
        /// fsync returns again.
        ReleaseDisk = "release-disk",
        /// fsync reports errors.
        FailDisk = "fail-disk",
        /// The disk is so full.
        FillDisk = "fill-disk",
        /// The oldest files were deleted.
        ExpireFiles = "expire-files",
        /// A link passes nothing.
        Partition = "partition",
        /// It passes again.
        Heal = "heal",
        /// The next packets are lost.
        Drop = "drop",
    }
}

impl From<Place> for PlaceName {
    fn from(place: Place) -> Self {
        match place {
            Place::Heap => Self::Heap,
            Place::PageCache => Self::PageCache,
            Place::Disk => Self::Disk,
        }
    }
}

impl From<SendMode> for Mode {
    fn from(mode: SendMode) -> Self {
        match mode {
            SendMode::Sync => Self::Sync,
            SendMode::Async => Self::Async,
            SendMode::Oneway => Self::Oneway,
        }
    }
}

/// Reads a word of one list; anything else is an error that names the list.
struct OneOf<T> {
    expected: &'static str,
    find: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for OneOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.expected)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<T, E> {
        (self.find)(word).ok_or_else(|| E::invalid_value(de::Unexpected::Str(word), &self))
    }
}

macro_rules! spelled {
    ($($name:ident),+ $(,)?) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_str(OneOf { expected: stringify!($name), find: $name::from_word })
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words: Vec<&str> = Self::ALL.iter().map(|value| value.word()).collect();
                schemars::json_schema!({ "type": "string", "enum": words })
            }
        }
    )+};
}

spelled! {
    Again, By, ConsumeResult, EventName, ExceptionClass, Exposure, Fate, FaultName, FormatName, GetMessageStatus, Loss, Mode, PlaceName, Profile,
    Promise, PullStatus, SendStatus, Stage, TransactionState, Verdict,
}
