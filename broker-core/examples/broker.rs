//! A broker by itself, to point clients at:
//! `RUST_LOG=info cargo run -p ouzel-broker --example broker -- <data> <addr> [partitions]`,
//! where the last is the number of partitions of topics whose creator does not say.

use std::error::Error;

use ouzel_broker::{Broker, BrokerConfig};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_env_filter(EnvFilter::from_default_env()).init();
    let mut args = std::env::args().skip(1);
    let data = args.next().ok_or("which data folder?")?;
    let listen = args.next().ok_or("which address?")?.parse()?;
    let num_partitions = args.next().map_or(Ok(1), |number| number.parse())?;
    let config = BrokerConfig { listen, num_partitions, ..BrokerConfig::new(data) };
    let broker = Broker::start(config).await?;
    println!("kafka={}", broker.kafka_addr());
    tokio::signal::ctrl_c().await?;
    broker.stop().await;
    Ok(())
}
