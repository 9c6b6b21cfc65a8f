//! The brokers of a cluster, one of them, and its settings.

use ouzel_api::{
    brokers::{BrokerConfig, BrokerList, BrokerPage},
    route,
};

use super::{ClientError, send};

/// The brokers with what they lead and hold.
pub async fn list(cluster: String) -> Result<BrokerList, ClientError> {
    send::get(&route::brokers(&cluster)).await
}

/// One broker with its folders and partitions.
pub async fn get(cluster: String, broker: i32) -> Result<BrokerPage, ClientError> {
    send::get(&route::broker(&cluster, broker)).await
}

/// A broker's settings.
pub async fn config(cluster: String, broker: i32) -> Result<BrokerConfig, ClientError> {
    send::get(&route::broker_config(&cluster, broker)).await
}
