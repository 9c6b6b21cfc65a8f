//! The shop's topics.

use ouzel_api::topics::{ConfigValue, CreateTopic};
use ouzel_wire::batch::Codec;

/// One of them.
pub struct Topic {
    /// Its name.
    pub name: &'static str,
    /// How its past is packed, so that every codec can be seen.
    pub codec: Codec,
    partitions: i32,
    configs: &'static [(&'static str, &'static str)],
}

/// What was ordered, and what became of it.
pub const ORDERS: &str = "orders";
/// Money: decimals, and ids beyond what a float can count.
pub const PAYMENTS: &str = "payments";
/// Who looked at what.
pub const PAGE_VIEWS: &str = "page-views";
/// Readings of the warehouse's sensors, packed in binary.
pub const SENSOR_FRAMES: &str = "sensor-frames";
/// The latest of each customer; compacted.
pub const CUSTOMERS: &str = "customers";

/// All of them.
pub const TOPICS: &[Topic] = &[
    Topic { name: ORDERS, codec: Codec::Lz4, partitions: 6, configs: &[] },
    Topic {
        name: PAYMENTS,
        codec: Codec::None,
        partitions: 3,
        configs: &[("retention.ms", "2592000000")],
    },
    Topic { name: PAGE_VIEWS, codec: Codec::Zstd, partitions: 6, configs: &[] },
    Topic { name: SENSOR_FRAMES, codec: Codec::Snappy, partitions: 2, configs: &[] },
    Topic {
        name: CUSTOMERS,
        codec: Codec::Gzip,
        partitions: 3,
        configs: &[("cleanup.policy", "compact")],
    },
];

impl Topic {
    /// What is asked of the cluster.
    pub fn wanted(&self) -> CreateTopic {
        let config = |(name, value): &(&str, &str)| ConfigValue {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        CreateTopic {
            name: self.name.to_owned(),
            partitions: Some(self.partitions),
            replication_factor: Some(1),
            configs: self.configs.iter().map(config).collect(),
        }
    }
}
