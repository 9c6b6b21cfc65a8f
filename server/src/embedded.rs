//! The broker in this process. The console speaks to it over TCP like to any other.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use ouzel_api::clusters::Origin;
use ouzel_broker::{Broker, BrokerConfig, StartError};

use crate::{
    config::{Config, EMBEDDED},
    kafka::{Address, ClusterSetup},
};

/// Starts the broker, unless it is left out.
pub async fn start(config: &Config) -> Result<Option<Broker>, StartError> {
    let Some(listen) = config.kafka.address() else { return Ok(None) };
    let advertised = config.advertise_kafka.as_ref();
    let advertised = advertised.map(|address| (address.host.clone(), address.port));
    let mut broker = BrokerConfig { listen, advertised, ..BrokerConfig::new(&config.data) };
    let told = &config.broker;
    broker.auto_create_topics = told.auto_create_topics;
    broker.num_partitions = told.num_partitions;
    broker.offsets_topic_partitions = told.offsets_topic_partitions;
    broker.retention_check = told.retention_check;
    broker.limits.frame_bytes_max = told.max_frame_bytes;
    broker.limits.disk_free_bytes_min = told.storage_min_free_bytes;
    broker.limits.connections_max = told.max_connections;
    broker.limits.idle = told.idle;
    broker.limits.bytes_in_flight = told.bytes_in_flight;
    broker.limits.fetch_bytes_max = told.fetch_max_bytes;
    Broker::start(broker).await.map(Some)
}

/// The broker as a cluster of the console.
pub fn cluster(broker: &Broker, config: &Config) -> ClusterSetup {
    let address = reachable(broker.kafka_addr());
    let bootstrap = vec![Address { host: address.ip().to_string(), port: address.port() }];
    let environment = config.environment;
    ClusterSetup {
        id: EMBEDDED.to_owned(),
        embedded: true,
        environment,
        bootstrap,
        origin: Origin::Process,
        ..ClusterSetup::default()
    }
}

/// The address that it was to listen on, if somebody else has it.
pub fn busy(error: &StartError) -> Option<SocketAddr> {
    match error {
        StartError::Listen { addr, source } if source.kind() == io::ErrorKind::AddrInUse => {
            Some(*addr)
        }
        _ => None,
    }
}

/// An address that can be connected to from here, where the broker listens on all of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
