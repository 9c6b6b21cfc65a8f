//! Opening a connection, step by step, so that whoever tests one learns which step failed.

use std::time::Duration;

use tokio::time::timeout;

use super::{CONNECT_TIMEOUT, Connection, sign_in::sign_in};
use crate::kafka::{
    address::{self, Address, Stream},
    error::KafkaError,
    security::{Dialer, server_name},
};

/// A step on the way to a broker, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Its name becomes an address.
    Dns,
    /// It accepts.
    Tcp,
    /// It shows a certificate that is believed, and takes ours.
    Tls,
    /// It says what it understands.
    ApiVersions,
    /// It lets us in.
    Sasl,
}

impl Connection {
    /// Connects, learns which versions the broker offers, and signs in.
    pub async fn open(address: &Address, dialer: &Dialer) -> Result<Connection, KafkaError> {
        Connection::open_in_steps(address, dialer, &mut |_| ()).await
    }

    /// The same; `told` hears of each step as it begins.
    pub async fn open_in_steps(
        address: &Address,
        dialer: &Dialer,
        told: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Connection, KafkaError> {
        let stream = reach(address, dialer, told).await?;
        let mut connection = Connection::over(address, stream);
        told(Step::ApiVersions);
        let hint = |error| hinted(error, dialer);
        connection.versions = connection.ask_versions().await.map_err(hint)?;
        if let Some(sasl) = dialer.sasl() {
            told(Step::Sasl);
            connection.ends = sign_in(&connection, sasl).await?;
        }
        Ok(connection)
    }
}

/// A stream of bytes to the broker, by TLS if that is asked for.
async fn reach(
    address: &Address,
    dialer: &Dialer,
    told: &mut (dyn FnMut(Step) + Send),
) -> Result<Box<dyn Stream>, KafkaError> {
    let unreachable =
        |cause: String| KafkaError::Unreachable { address: address.to_string(), cause };
    if let Some(problem) = dialer.problem() {
        return Err(unreachable(problem.to_owned()));
    }
    told(Step::Dns);
    let places = in_time("no address", CONNECT_TIMEOUT, address::resolve(address)).await;
    let places = places.map_err(unreachable)?;
    told(Step::Tcp);
    let stream = in_time("no connection", CONNECT_TIMEOUT, address::connect(&places)).await;
    let stream = stream.map_err(unreachable)?;
    let Some(connector) = dialer.tls() else { return Ok(Box::new(stream)) };
    told(Step::Tls);
    let tls = |cause: &str| unreachable(format!("TLS: {cause}"));
    let connector = connector.map_err(tls)?;
    let name = server_name(&address.host).map_err(|cause| tls(&cause))?;
    let shaken = in_time("no handshake", CONNECT_TIMEOUT, connector.connect(name, stream)).await;
    match shaken {
        Ok(stream) => Ok(Box::new(stream)),
        Err(cause) => Err(tls(&cause)),
    }
}

async fn in_time<T>(
    missing: &str,
    patience: Duration,
    step: impl Future<Output = std::io::Result<T>>,
) -> Result<T, String> {
    match timeout(patience, step).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(format!("{missing} within {} s", patience.as_secs())),
    }
}

/// A broker says nothing, or nonsense, where one side speaks TLS and the other does not; and with
/// TLS 1.3 it refuses a certificate only after the handshake.
fn hinted(error: KafkaError, dialer: &Dialer) -> KafkaError {
    let KafkaError::Unreachable { address, cause } = error else { return error };
    let cause = match dialer.tls() {
        None => format!("{cause} at the first request; does this port want TLS?"),
        Some(_) if cause.contains("alert") => {
            format!("TLS: {cause}; does the broker want another client certificate?")
        }
        Some(_) => cause,
    };
    KafkaError::Unreachable { address, cause }
}
