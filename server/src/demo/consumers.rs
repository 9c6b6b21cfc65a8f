//! The shop's consumers: a group that keeps up, and one that does not.

use std::{sync::Arc, time::Duration};

use ouzel_api::{Lag, search::Isolation};
use tokio::{sync::Notify, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::topics::{ORDERS, PAYMENTS};
use crate::kafka::{
    Cluster, KafkaError,
    member::{Beginning, Member, MemberError, Membership},
};

/// Pause after an error, which librdkafka mends by itself meanwhile.
const PAUSE: Duration = Duration::from_secs(5);
/// What the slow group takes over each record: longer than until the next one is written, so that
/// its lag can be watched as it grows.
const SLOW: Duration = Duration::from_millis(1_500);
/// Kilobytes read ahead: they need not hold much in memory for the pace they have.
const AHEAD_KBYTES: u32 = 256;
/// The same for the slow group. What was fetched of a partition is read before the next one's turn
/// comes: at its pace more would take hours, and its partitions would look stalled one by one.
const SLOW_AHEAD_KBYTES: u32 = 16;

/// What the slow group reads.
const SLOW_TOPICS: &[&str] = &[ORDERS, PAYMENTS];
/// The slow group.
const SLOW_GROUP: &str = "orders-analytics";

/// The records that the slow group reads at full speed first, and who wants to know when it has.
#[derive(Debug, Clone, Default)]
pub struct HeadStart {
    /// So many.
    pub records: u64,
    /// Told once they are read.
    pub done: Arc<Notify>,
}

/// Starts a member of each group; each leaves when `stop` is cancelled.
pub fn start(brokers: &str, stop: &CancellationToken, head_start: HeadStart) -> JoinSet<()> {
    let mut members = JoinSet::new();
    let none = HeadStart::default();
    let billing = Reader { pace: Duration::ZERO, ahead_kbytes: AHEAD_KBYTES, head_start: none };
    let analytics = Reader { pace: SLOW, ahead_kbytes: SLOW_AHEAD_KBYTES, head_start };
    let groups = [
        ("orders-billing", "billing-1", &[ORDERS][..], billing),
        (SLOW_GROUP, "analytics-1", SLOW_TOPICS, analytics),
    ];
    for (group, client_id, topics, reader) in groups {
        let (brokers, stop) = (brokers.to_owned(), stop.clone());
        members.spawn(async move {
            let wanted = Membership {
                brokers: brokers.as_str().into(),
                group,
                client_id,
                topics,
                beginning: Beginning::Earliest,
                ahead_kbytes: reader.ahead_kbytes,
                isolation: Isolation::ReadCommitted,
                balancer: None,
            };
            if let Err(error) = reader.consume(wanted, &stop).await {
                warn!(%error, "A consumer of the demonstration ended: {error}");
            }
        });
    }
    members
}

/// Records that the slow group has not read: all there are, if it has never read any.
pub async fn unread_by_slow(cluster: &Cluster) -> Result<u64, KafkaError> {
    let group = cluster.group(SLOW_GROUP).await.map(|group| group.lag);
    if let Ok(Lag::Known { records }) = group {
        return Ok(records.unsigned_abs());
    }
    let names = SLOW_TOPICS.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let figures = cluster.topic_figures(&names, Duration::ZERO).await?;
    let records = figures.iter().filter_map(|figures| figures.messages);
    Ok(records.map(i64::unsigned_abs).sum())
}

/// How a member reads.
struct Reader {
    pace: Duration,
    ahead_kbytes: u32,
    head_start: HeadStart,
}

impl Reader {
    async fn consume(
        self,
        wanted: Membership<'_>,
        stop: &CancellationToken,
    ) -> Result<(), MemberError> {
        let member = Member::join(wanted).await?;
        stop.run_until_cancelled(self.read_on(&member)).await;
        member.leave().await;
        Ok(())
    }

    async fn read_on(&self, member: &Member) {
        let mut read = 0;
        loop {
            let next = member.next().await;
            match next.and_then(|message| member.done(&message)) {
                Ok(()) => read += 1,
                Err(error) => {
                    warn!(%error, "A consumer of the demonstration waits: {error}");
                    sleep(PAUSE).await;
                }
            }
            if read == self.head_start.records {
                self.head_start.done.notify_one();
            }
            // Even a sleep of no time takes a millisecond.
            if read > self.head_start.records && !self.pace.is_zero() {
                sleep(self.pace).await;
            }
        }
    }
}
