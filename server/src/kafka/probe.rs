//! Trying a cluster out: each broker on the way to it, step by step, until one fails.

use std::time::Instant;

use futures::future::join_all;
use ouzel_api::cluster_settings::{BrokerTest, ClusterTest, Step, StepResult, StepState};
use ouzel_wire::messages::MetadataRequest;

use super::{
    Address, KafkaError, Metadata,
    cluster::ClusterSetup,
    connection::{self, Connection},
    security::Dialer,
};

/// Brokers that are tried: a cluster that nobody can reach is known by a few.
const BROKERS_MAX: usize = 12;

/// Tries the brokers that are named, and then those that the cluster itself names.
pub async fn test(setup: &ClusterSetup) -> ClusterTest {
    let dialer = Dialer::new(&setup.security, setup.problem.clone());
    let named = setup.bootstrap.iter().take(BROKERS_MAX);
    let tried = join_all(named.map(|address| broker(address, &dialer))).await;
    let metadata = tried.iter().find_map(|(_, metadata)| metadata.as_ref());
    let others: Vec<Address> = metadata
        .map(|metadata| metadata.addresses())
        .unwrap_or_default()
        .into_iter()
        .filter(|address| !setup.bootstrap.contains(address))
        .take(BROKERS_MAX)
        .collect();
    let kafka_cluster_id = metadata.and_then(|metadata| metadata.cluster_id.clone());
    let topics = metadata.map(|metadata| metadata.topics.len() as u32);
    let mut brokers: Vec<BrokerTest> = tried.into_iter().map(|(test, _)| test).collect();
    let advertised = join_all(others.iter().map(|address| broker(address, &dialer))).await;
    brokers.extend(advertised.into_iter().map(|(test, _)| BrokerTest { named: false, ..test }));
    ClusterTest { brokers, kafka_cluster_id, topics }
}

/// One broker's steps, and what it says of its cluster.
async fn broker(address: &Address, dialer: &Dialer) -> (BrokerTest, Option<Metadata>) {
    let mut steps = Steps::new(dialer);
    let opened =
        Connection::open_in_steps(address, dialer, &mut |step| steps.begin(of(step))).await;
    let metadata = match opened {
        Err(error) => Err(error),
        Ok(connection) => {
            steps.begin(Step::Metadata);
            read(&connection).await.map_err(|error| hinted(error, dialer))
        }
    };
    let test = |steps| BrokerTest { address: address.to_string(), named: true, steps };
    match metadata {
        Ok(metadata) => (test(steps.done(None)), Some(metadata)),
        Err(error) => (test(steps.done(Some(error.to_string()))), None),
    }
}

async fn read(connection: &Connection) -> Result<Metadata, KafkaError> {
    let request = MetadataRequest { topics: None, ..MetadataRequest::default() };
    let response = connection.call(&request).await?;
    KafkaError::check(|| "reading metadata".to_owned(), response.error_code)?;
    Ok(Metadata::new(response))
}

/// A broker that wants everybody signed in tells nobody so.
fn hinted(error: KafkaError, dialer: &Dialer) -> KafkaError {
    match error {
        KafkaError::Unreachable { address, cause } if dialer.sasl().is_none() => {
            let cause = format!("{cause}; does it want the console to sign in?");
            KafkaError::Unreachable { address, cause }
        }
        other => other,
    }
}

fn of(step: connection::Step) -> Step {
    match step {
        connection::Step::Dns => Step::Dns,
        connection::Step::Tcp => Step::Tcp,
        connection::Step::Tls => Step::Tls,
        connection::Step::ApiVersions => Step::ApiVersions,
        connection::Step::Sasl => Step::Sasl,
    }
}

/// Steps as they go by.
struct Steps {
    /// Those that were not begun yet.
    left: Vec<Step>,
    done: Vec<StepResult>,
    now: Option<(Step, Instant)>,
}

impl Steps {
    fn new(dialer: &Dialer) -> Steps {
        let mut left = vec![Step::Dns, Step::Tcp];
        left.extend(dialer.tls().map(|_| Step::Tls));
        left.push(Step::ApiVersions);
        left.extend(dialer.sasl().map(|_| Step::Sasl));
        left.push(Step::Metadata);
        Steps { left, done: Vec::new(), now: None }
    }

    fn begin(&mut self, step: Step) {
        self.end(StepState::Done, None);
        self.left.retain(|it| *it != step);
        self.now = Some((step, Instant::now()));
    }

    fn end(&mut self, state: StepState, detail: Option<String>) {
        if let Some((step, since)) = self.now.take() {
            let took_ms = Some(since.elapsed().as_millis() as u64);
            self.done.push(StepResult { step, state, took_ms, detail });
        }
    }

    /// All steps, those that were not come to included.
    fn done(mut self, error: Option<String>) -> Vec<StepResult> {
        match error {
            None => self.end(StepState::Done, None),
            // Nothing was begun: what is configured cannot be used at all.
            Some(error) if self.now.is_none() => {
                let step = self.left.remove(0);
                let (state, detail) = (StepState::Failed, Some(error));
                self.done.push(StepResult { step, state, took_ms: None, detail });
            }
            Some(error) => self.end(StepState::Failed, Some(error)),
        }
        let skipped =
            |step| StepResult { step, state: StepState::Skipped, took_ms: None, detail: None };
        self.done.extend(self.left.into_iter().map(skipped));
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn states(host: &str, port: u16) -> Vec<(Step, StepState)> {
        let bootstrap = vec![Address { host: host.to_owned(), port }];
        let setup = ClusterSetup { bootstrap, ..ClusterSetup::default() };
        let test = test(&setup).await;
        test.brokers[0].steps.iter().map(|it| (it.step, it.state)).collect()
    }

    #[tokio::test]
    async fn the_step_that_failed_is_named_and_the_later_ones_were_not_come_to() {
        use StepState::{Done, Failed, Skipped};
        let told = states("no-such-host.invalid", 9092).await;
        assert_eq!(told[0], (Step::Dns, Failed));
        assert!(told[1..].iter().all(|it| it.1 == Skipped), "{told:?}");
        // A port that was free a moment ago.
        let listener = std::net::TcpListener::bind("127.0.0.1:0");
        let port = listener.and_then(|it| it.local_addr()).map(|it| it.port()).unwrap_or(1);
        let told = states("127.0.0.1", port).await;
        assert_eq!(told[..2], [(Step::Dns, Done), (Step::Tcp, Failed)]);
    }
}
