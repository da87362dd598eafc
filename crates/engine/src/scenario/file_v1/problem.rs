//! What can be wrong with a scenario file, as data: the page has its own words for each code.

use core::fmt;

use crate::config::{Class, Kind};
use crate::status::{ListenerKind, Profile, words};

/// One thing that is wrong, or worth knowing, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where, as in `script[3].node`; empty for the whole file.
    pub path: String,
    /// What.
    pub code: ProblemCode,
}

/// A place in a text, both from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in bytes.
    pub column: usize,
}

words! {
    /// What a problem is about.
    Thing {
        /// Any node.
        Node = "node",
        /// A replica of a broker.
        BrokerNode = "broker node",
        /// A broker name.
        Broker = "broker",
        /// A slave.
        Slave = "slave",
        /// A producer.
        Producer = "producer",
        /// A consumer.
        Consumer = "consumer",
        /// A topic.
        Topic = "topic",
        /// A group.
        Group = "group",
        /// A message of the script.
        Message = "message",
        /// A step of the script.
        Step = "step",
    }
}

/// What a key's value should have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Of this kind.
    Kind(Kind),
    /// A number between these.
    Between(i64, i64),
}

/// What is wrong. Texts from the file are cut at 80 characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProblemCode {
    /// The text is too long to be read at all.
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most.
        max: usize,
    },
    /// Not JSON.
    Syntax {
        /// Where it stops being JSON.
        place: Place,
        /// The JSON reader's words.
        detail: String,
    },
    /// JSON, but not of this form: a wrong type, an unknown, missing or repeated field.
    Shape {
        /// Where.
        place: Place,
        /// The JSON reader's words.
        detail: String,
    },
    /// Another format, or another version of this one; none if the file does not say.
    Format {
        /// What it says.
        found: Option<String>,
    },
    /// A field that has to be there is not.
    Missing,
    /// A field that the step's action does not have.
    NotAField {
        /// The action.
        action: &'static str,
        /// What it has.
        fields: Vec<&'static str>,
    },
    /// A step needs one of `at` and `after`, and has none or both.
    OneTrigger,
    /// Two fields that exclude each other; the path names one.
    Conflict {
        /// The other.
        with: &'static str,
    },
    /// A name that nothing in the scenario has.
    NoSuch {
        /// What was looked for.
        thing: Thing,
        /// The name.
        name: String,
        /// The names there are.
        have: Vec<String>,
    },
    /// Not one of the words that can stand here.
    NotOneOf {
        /// What stands here.
        found: String,
        /// The words.
        words: Vec<&'static str>,
    },
    /// A number out of its bounds.
    OutOfRange {
        /// The number.
        found: String,
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// More of a thing than the lab takes.
    TooMany {
        /// Of what.
        thing: Thing,
        /// How many there are.
        found: u64,
        /// How many there may be.
        max: u64,
    },
    /// None of a thing that no cluster can do without.
    NoneAtAll {
        /// Of what.
        thing: Thing,
    },
    /// Not a name that such a thing can have.
    BadName {
        /// Of what.
        thing: Thing,
        /// The name.
        name: String,
        /// The longest it may be; letters, digits, `_`, `-` (topics and groups also `%` and `|`, others `.`).
        max: usize,
    },
    /// A text that is too long.
    BadText {
        /// The longest it may be.
        max: usize,
    },
    /// A name that something before it has already.
    Duplicate {
        /// What it names.
        thing: Thing,
        /// The name.
        name: String,
    },
    /// A link from a node to itself.
    SameNode {
        /// The node.
        name: String,
    },
    /// A label that no send of the script has.
    NoSuchMessage {
        /// The label.
        found: String,
        /// The last that there is; 0 if the script sends nothing.
        last: u32,
    },
    /// Not a subscription: `*`, `A` or `A || B`.
    BadTags {
        /// What stands here.
        found: String,
    },
    /// A result that the consumer's kind of listener cannot return.
    WrongListener {
        /// What it is.
        listener: ListenerKind,
        /// What it can return.
        words: Vec<&'static str>,
    },
    /// RocketMQ has no such key.
    KeyUnknown {
        /// The key.
        key: String,
        /// The nearest real one.
        nearest: &'static str,
    },
    /// A key of something else.
    KeyElsewhere {
        /// The key.
        key: String,
        /// The class that has it.
        class: Class,
    },
    /// A value that the key cannot have.
    KeyValue {
        /// The value.
        found: String,
        /// What it should be.
        expected: Expected,
    },
    /// `brokerRole` SLAVE for a master, or another for a slave.
    Role {
        /// Whether the node is a slave.
        slave: bool,
    },
    /// A slave's `enableControllerMode` is not its master's.
    ControllerModeDiffers,
    /// `consumeThreadMin` is greater than `consumeThreadMax`; RocketMQ does not start then.
    ThreadMinOverMax,

    /// `enableRunningFlagsInFlush`: what a failed fsync does changed after 5.3.3.
    KeyAfter533,

    /// Warning: the engine does not heed this key.
    KeyNotModelled,
    /// Warning: this profile does not have this key.
    KeyOfOtherProfile {
        /// The one that has it.
        only: Profile,
    },
    /// Warning: the scenario says this elsewhere, and that counts.
    KeySaidElsewhere,
    /// Warning: the step is later than the run's end.
    AfterTheEnd,
    /// Warning: only a running broker takes new settings in the lab; the step changes nothing.
    OnlyBrokersAreSet,
}

impl ProblemCode {
    /// Whether the scenario runs all the same.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        match self {
            Self::KeyNotModelled
            | Self::KeyOfOtherProfile { .. }
            | Self::KeySaidElsewhere
            | Self::AfterTheEnd
            | Self::OnlyBrokersAreSet => true,
            Self::TooLong { .. }
            | Self::Syntax { .. }
            | Self::Shape { .. }
            | Self::Format { .. }
            | Self::Missing
            | Self::NotAField { .. }
            | Self::OneTrigger
            | Self::Conflict { .. }
            | Self::NoSuch { .. }
            | Self::NotOneOf { .. }
            | Self::OutOfRange { .. }
            | Self::TooMany { .. }
            | Self::NoneAtAll { .. }
            | Self::BadName { .. }
            | Self::BadText { .. }
            | Self::Duplicate { .. }
            | Self::SameNode { .. }
            | Self::NoSuchMessage { .. }
            | Self::BadTags { .. }
            | Self::WrongListener { .. }
            | Self::KeyUnknown { .. }
            | Self::KeyElsewhere { .. }
            | Self::KeyValue { .. }
            | Self::Role { .. }
            | Self::ControllerModeDiffers
            | Self::ThreadMinOverMax
            | Self::KeyAfter533 => false,
        }
    }
}

/// For terminals and tests.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.code.fmt(f)
    }
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes, max } => {
                write!(f, "the text has {bytes} bytes; at most {max} are read")
            }
            Self::Syntax { place, detail } => write!(f, "{place}: not JSON: {detail}"),
            Self::Shape { place, detail } => write!(f, "{place}: {detail}"),
            Self::Format { found: None } => {
                write!(f, "\"format\": \"{}\" is missing", super::FORMAT)
            }
            Self::Format { found: Some(found) } => write!(
                f,
                "format \"{found}\" is not one this version reads; it reads \"{}\"",
                super::FORMAT
            ),
            Self::Missing => write!(f, "is missing"),
            Self::NotAField { action, fields } => write!(
                f,
                "\"{action}\" has no such field; it has {}",
                fields.join(", ")
            ),
            Self::OneTrigger => write!(f, "needs either \"at\" or \"after\""),
            Self::Conflict { with } => write!(f, "does not go with \"{with}\""),
            Self::NoSuch { thing, name, have } if have.is_empty() => {
                write!(f, "no {} \"{name}\"; there is none", thing.word())
            }
            Self::NoSuch { thing, name, have } => write!(
                f,
                "no {} \"{name}\"; {}s are {}",
                thing.word(),
                thing.word(),
                have.join(", ")
            ),
            Self::NotOneOf { found, words } => {
                write!(f, "\"{found}\" is not one of {}", words.join(", "))
            }
            Self::OutOfRange { found, min, max } => {
                write!(f, "{found} is not between {min} and {max}")
            }
            Self::TooMany { thing, found, max } => {
                write!(f, "{found} {}s; at most {max} are allowed", thing.word())
            }
            Self::NoneAtAll { thing } => write!(f, "at least one {} is needed", thing.word()),
            Self::BadName { thing, name, max } => {
                write!(
                    f,
                    "\"{name}\" cannot name a {}: 1 to {max} of the characters {}",
                    thing.word(),
                    characters(*thing)
                )
            }
            Self::BadText { max } => {
                write!(f, "longer than {max} characters, or has control characters")
            }
            Self::Duplicate { thing, name } => {
                write!(f, "there is already a {} \"{name}\"", thing.word())
            }
            Self::SameNode { name } => write!(f, "both ends are \"{name}\""),
            Self::NoSuchMessage { found, last: 0 } => {
                write!(f, "no message \"{found}\"; the script sends none")
            }
            Self::NoSuchMessage { found, last } => {
                write!(f, "no message \"{found}\"; messages are m1 to m{last}")
            }
            Self::BadTags { found } => write!(
                f,
                "\"{found}\" is not a subscription: \"*\", \"A\" or \"A || B\""
            ),
            Self::WrongListener { listener, words } => {
                write!(
                    f,
                    "a listener of kind \"{}\" does not return this; it returns {}",
                    listener.word(),
                    words.join(", ")
                )
            }
            Self::KeyUnknown { key, nearest } => write!(
                f,
                "RocketMQ has no key \"{key}\"; the nearest is \"{nearest}\""
            ),
            Self::KeyElsewhere { key, class } => write!(
                f,
                "\"{key}\" does not belong here: it is a key of {}",
                class.word()
            ),
            Self::KeyValue {
                found,
                expected: Expected::Kind(kind),
            } => write!(f, "\"{found}\" is not {}", article(*kind)),
            Self::KeyValue {
                found,
                expected: Expected::Between(min, max),
            } => write!(f, "{found} is not between {min} and {max}"),
            Self::Role { slave: true } => write!(f, "a slave's role is SLAVE"),
            Self::Role { slave: false } => {
                write!(f, "a master's role is ASYNC_MASTER or SYNC_MASTER")
            }
            Self::ControllerModeDiffers => write!(
                f,
                "all replicas of a broker name are in controller mode, or none; a slave does not inherit its master's conf"
            ),
            Self::ThreadMinOverMax => {
                write!(f, "consumeThreadMin is greater than consumeThreadMax")
            }
            Self::OnlyBrokersAreSet => write!(
                f,
                "the lab gives new settings to running brokers only: this step changes nothing; say it in the node's own conf"
            ),
            Self::KeyNotModelled => write!(
                f,
                "RocketMQ has this key, the lab does not model it and runs without: leave it out"
            ),
            Self::KeyAfter533 => write!(
                f,
                "RocketMQ has this key only after 5.3.3; here a failed fsync is swallowed, as in 5.3.3: leave it out"
            ),
            Self::KeyOfOtherProfile { only } => {
                write!(f, "only profile {} has this key: leave it out", only.word())
            }
            Self::KeySaidElsewhere => {
                write!(f, "the scenario itself says this: leave it out")
            }
            Self::AfterTheEnd => {
                write!(
                    f,
                    "is later than \"until\", so it never comes: raise \"until\""
                )
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

const fn characters(thing: Thing) -> &'static str {
    match thing {
        Thing::Topic | Thing::Group => "a-z A-Z 0-9 _ - % |",
        Thing::Node
        | Thing::BrokerNode
        | Thing::Broker
        | Thing::Slave
        | Thing::Producer
        | Thing::Consumer
        | Thing::Message
        | Thing::Step => "a-z A-Z 0-9 _ - .",
    }
}

fn article(kind: Kind) -> String {
    match kind {
        Kind::Bool => "true or false".to_owned(),
        Kind::Int => "a whole number".to_owned(),
        Kind::Millis
        | Kind::Secs
        | Kind::Minutes
        | Kind::Hours
        | Kind::Bytes
        | Kind::Mebibytes
        | Kind::Pages
        | Kind::Percent => format!("a whole number ({})", kind.unit()),
        Kind::Enum(words) => format!("one of {}", words.join(", ")),
        Kind::Text => "a text of one line".to_owned(),
        Kind::DelayLevels => "a list of 1 to 18 delay levels like \"1s 5s 10s\"".to_owned(),
    }
}
