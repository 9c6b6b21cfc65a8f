//! The shop's consumers: a group that keeps up, and one that does not.

use std::time::Duration;

use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::topics::{ORDERS, PAYMENTS};
use crate::kafka::member::{Beginning, Member, MemberError, Membership};

/// Pause after an error, which librdkafka mends by itself meanwhile.
const PAUSE: Duration = Duration::from_secs(5);

/// A group of the shop.
struct Group {
    id: &'static str,
    client_id: &'static str,
    topics: &'static [&'static str],
    /// What it takes over each record.
    pace: Duration,
}

const GROUPS: &[Group] = &[
    Group { id: "orders-billing", client_id: "billing-1", topics: &[ORDERS], pace: Duration::ZERO },
    // Slower than orders come in, so that its lag can be watched as it grows.
    Group {
        id: "orders-analytics",
        client_id: "analytics-1",
        topics: &[ORDERS, PAYMENTS],
        pace: Duration::from_millis(1_500),
    },
];

/// Starts a member of each group; each leaves when `stop` is cancelled.
pub fn start(brokers: &str, stop: &CancellationToken) -> JoinSet<()> {
    let mut members = JoinSet::new();
    for group in GROUPS {
        let (brokers, stop) = (brokers.to_owned(), stop.clone());
        members.spawn(async move {
            if let Err(error) = consume(&brokers, group, &stop).await {
                warn!(%error, "A consumer of the demonstration ended: {error}");
            }
        });
    }
    members
}

async fn consume(
    brokers: &str,
    group: &Group,
    stop: &CancellationToken,
) -> Result<(), MemberError> {
    let member = Member::join(Membership {
        brokers,
        group: group.id,
        client_id: group.client_id,
        topics: group.topics,
        beginning: Beginning::Earliest,
        // It need not hold much in memory for the pace it has.
        ahead_kbytes: 256,
    })
    .await?;
    stop.run_until_cancelled(read_on(&member, group.pace)).await;
    member.leave().await;
    Ok(())
}

async fn read_on(member: &Member, pace: Duration) {
    loop {
        match member.next().await {
            Ok(_) if pace.is_zero() => {}
            Ok(_) => sleep(pace).await,
            Err(error) => {
                warn!(%error, "A consumer of the demonstration waits: {error}");
                sleep(PAUSE).await;
            }
        }
    }
}
