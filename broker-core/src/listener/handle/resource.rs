//! What has settings, and where a value is from, as Kafka numbers them.

use crate::cluster::Kind;
use crate::node::Source;

pub(super) const TOPIC: i8 = 2;
pub(super) const BROKER: i8 = 4;
pub(super) const BROKER_LOGGER: i8 = 8;
pub(super) const CLIENT_METRICS: i8 = 16;
pub(super) const GROUP: i8 = 32;

/// The number of a source.
pub(super) fn source(source: Source) -> i8 {
    match source {
        Source::Topic => 1,
        Source::Node => 2,
        Source::Cluster => 3,
        Source::Start => 4,
        Source::Default => 5,
    }
}

/// The number of a type.
pub(super) fn kind(kind: Kind) -> i8 {
    match kind {
        Kind::Boolean => 1,
        Kind::Text => 2,
        Kind::Int => 3,
        Kind::Short => 4,
        Kind::Long => 5,
        Kind::Double => 6,
        Kind::List => 7,
        Kind::Class => 8,
        Kind::Password => 9,
    }
}
