//! Reading as a member of a consumer group, with librdkafka.
//!
//! Browsing never does this: it needs no group and leaves no trace in one. The command line's
//! `consume --group` and the demonstration's consumers are real members.

use std::time::Duration;

use ouzel_api::search::Isolation;
use rdkafka::{
    ClientConfig,
    config::RDKafkaLogLevel,
    consumer::{Consumer, StreamConsumer},
    error::{KafkaError as Cause, RDKafkaErrorCode},
    message::BorrowedMessage,
};
use tokio::task::spawn_blocking;

use super::Brokers;

/// How often offsets are committed: often enough that lag is seen to move.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// Why a member cannot join or read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("group `{group}`: {cause}")]
pub struct MemberError {
    /// The group.
    pub group: String,
    /// What librdkafka says.
    pub cause: Cause,
}

/// Where a group without commits begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// At the first record.
    Earliest,
    /// At the end.
    Latest,
}

/// What a member asks for.
#[derive(Debug, Clone)]
pub struct Membership<'a> {
    /// The cluster.
    pub brokers: Brokers,
    /// The group.
    pub group: &'a str,
    /// What the member calls itself.
    pub client_id: &'a str,
    /// What it reads.
    pub topics: &'a [&'a str],
    /// Where it begins without a commit.
    pub beginning: Beginning,
    /// Kilobytes read ahead.
    pub ahead_kbytes: u32,
    /// Which records of transactions count.
    pub isolation: Isolation,
    /// How members share out partitions, in librdkafka's words; its own choice if none.
    pub balancer: Option<&'a str>,
}

/// A member of a group.
pub struct Member {
    group: String,
    consumer: Option<StreamConsumer>,
}

impl Member {
    /// Joins. Nothing is connected yet; failures come from [`Member::next`].
    pub async fn join(wanted: Membership<'_>) -> Result<Member, MemberError> {
        let group = wanted.group.to_owned();
        let config = settings(&wanted);
        let topics: Vec<String> = wanted.topics.iter().map(ToString::to_string).collect();
        let made = spawn_blocking(move || {
            let consumer: StreamConsumer = config.create()?;
            let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
            consumer.subscribe(&topics).map(|()| consumer)
        });
        let made = made.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        let failed = |cause| MemberError { group: group.clone(), cause };
        let consumer = made.map_err(failed)?;
        Ok(Member { group, consumer: Some(consumer) })
    }

    /// The next record. It will be committed once it was said to be [`Member::done`].
    pub async fn next(&self) -> Result<BorrowedMessage<'_>, MemberError> {
        self.consumer().recv().await.map_err(|cause| self.failed(cause))
    }

    /// Counts a record, and all before it in its partition, as read.
    pub fn done(&self, message: &BorrowedMessage<'_>) -> Result<(), MemberError> {
        match self.consumer().store_offset_from_message(message) {
            // The partition went to another member meanwhile, who will read it again.
            Err(Cause::StoreOffset(RDKafkaErrorCode::State)) => Ok(()),
            stored => stored.map_err(|cause| self.failed(cause)),
        }
    }

    fn consumer(&self) -> &StreamConsumer {
        self.consumer.as_ref().expect("it is there until it is dropped")
    }

    fn failed(&self, cause: Cause) -> MemberError {
        MemberError { group: self.group.clone(), cause }
    }
}

fn settings(wanted: &Membership<'_>) -> ClientConfig {
    let reset = match wanted.beginning {
        Beginning::Earliest => "earliest",
        Beginning::Latest => "latest",
    };
    let isolation = match wanted.isolation {
        Isolation::ReadCommitted => "read_committed",
        Isolation::ReadUncommitted => "read_uncommitted",
    };
    let Brokers { list, security } = &wanted.brokers;
    let mut config = ClientConfig::new();
    config.extend(security.librdkafka().into_iter().map(|(key, text)| (key.to_owned(), text)));
    config
        .set("bootstrap.servers", list)
        .set("group.id", wanted.group)
        .set("client.id", wanted.client_id)
        .set("auto.offset.reset", reset)
        .set("isolation.level", isolation)
        // Offsets are stored by `done`: left to itself, librdkafka would also commit what was
        // read ahead and thrown away on leaving.
        .set("enable.auto.offset.store", "false")
        .set("auto.commit.interval.ms", COMMIT_EVERY.as_millis().to_string())
        .set("queued.max.messages.kbytes", wanted.ahead_kbytes.to_string())
        .set("fetch.message.max.bytes", (wanted.ahead_kbytes * 1024).to_string())
        // A full queue is looked at again soon; by default only after a second.
        .set("fetch.queue.backoff.ms", "20")
        // Its own lines on standard error would bypass our log; errors come as results.
        .set_log_level(RDKafkaLogLevel::Critical);
    if let Some(balancer) = wanted.balancer {
        config.set("partition.assignment.strategy", balancer);
    }
    config
}

impl Member {
    /// Commits, leaves, and waits until that is done.
    pub async fn leave(mut self) {
        if let Some(consumer) = self.consumer.take() {
            // A panic while it is destroyed leaves nothing to be mended here.
            let _ = spawn_blocking(move || drop(consumer)).await;
        }
    }
}

/// As [`Member::leave`], but unwatched, and on a thread that nothing waits for: where the brokers
/// are gone, librdkafka goes on trying to leave for good.
impl Drop for Member {
    fn drop(&mut self) {
        if let Some(consumer) = self.consumer.take() {
            // Where there is no thread to be had, it is dropped at once, here.
            std::thread::Builder::new().spawn(move || drop(consumer)).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Beginning, Brokers, Isolation, Membership, settings};
    use crate::kafka::security::{Mechanism, Sasl, Security, Tls};

    #[test]
    fn a_member_speaks_to_a_cluster_as_everything_else_does() {
        let (user, password) = ("anna".to_owned(), "hush".to_owned());
        let sasl = Sasl { mechanism: Mechanism::ScramSha256, user, password };
        let security = Security { tls: Some(Tls::default()), sasl: Some(sasl) };
        let wanted = Membership {
            brokers: Brokers { list: "a:1,b:2".to_owned(), security },
            group: "g",
            client_id: "c",
            topics: &["t"],
            beginning: Beginning::Latest,
            ahead_kbytes: 64,
            isolation: Isolation::ReadUncommitted,
            balancer: Some("cooperative-sticky"),
        };
        let config = settings(&wanted);
        for (key, wanted) in [
            ("bootstrap.servers", "a:1,b:2"),
            ("security.protocol", "SASL_SSL"),
            ("sasl.mechanism", "SCRAM-SHA-256"),
            ("sasl.username", "anna"),
            ("sasl.password", "hush"),
            ("isolation.level", "read_uncommitted"),
            ("partition.assignment.strategy", "cooperative-sticky"),
        ] {
            assert_eq!(config.get(key), Some(wanted));
        }
    }
}
