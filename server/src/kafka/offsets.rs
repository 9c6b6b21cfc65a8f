//! Where partitions begin and end, and which offset stands at a time: many at once.

use std::collections::{BTreeMap, HashMap};

use futures::future::join_all;
use ouzel_api::search::Isolation;
use ouzel_wire::messages::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsResponse, ListOffsetsTopic,
};
use tokio::time::sleep;

use super::{
    TopicPartition,
    cluster::{AGE_MAX_ROUTING, Cluster, RETRIES, pause},
    error::KafkaError,
    fetch::isolation_level,
    metadata::Metadata,
    soon::{SOON, within},
};

/// Most partitions in one request: its answer stays below a quarter of a megabyte.
pub(super) const PARTITIONS_MAX: usize = 4_000;
/// The version in which ListOffsets learnt of transactions. Before it, nothing was undecided.
const VERSION_ISOLATION: i16 = 2;
/// The version in which ListOffsets learnt to find the largest timestamp.
const VERSION_LARGEST_TIMESTAMP: i16 = 7;

/// Which offset is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The first that can be read.
    Start,
    /// The one after the last that can be read.
    End,
    /// The one before which every transaction is decided: where consumers of committed records
    /// stop.
    StableEnd,
    /// That of the first record at or after this time in milliseconds.
    Time(i64),
    /// That of the record with the largest timestamp.
    LargestTimestamp,
}

impl At {
    fn number(self) -> i64 {
        match self {
            At::Time(timestamp_ms) => timestamp_ms.max(0),
            At::End | At::StableEnd => -1,
            At::Start => -2,
            At::LargestTimestamp => -3,
        }
    }
}

/// How long a leader is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// As long as its connection holds.
    Long,
    /// As long as a page waits for its parts.
    Short,
}

/// What was found for a partition; `None` where no record fits, as in an empty partition.
pub type Found = Option<OffsetAndTime>;

/// An offset, and the time of the record there where a time was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetAndTime {
    /// The offset.
    pub offset: i64,
    /// The record's time, or -1.
    pub timestamp_ms: i64,
}

/// One answer per partition asked for.
pub type Offsets = HashMap<TopicPartition, Result<Found, KafkaError>>;

/// The offset of a partition that was asked for, could be read, and has one.
pub fn offset_of(offsets: &Offsets, place: &TopicPartition) -> Option<i64> {
    Some(offsets.get(place)?.as_ref().ok()?.as_ref()?.offset)
}

impl Cluster {
    /// Asks every leader once, all at the same time; partitions whose leader has moved are asked
    /// again. Fails as a whole only if the cluster cannot be reached.
    pub async fn offsets(
        &self,
        wanted: impl IntoIterator<Item = TopicPartition>,
        at: At,
    ) -> Result<Offsets, KafkaError> {
        self.offsets_by(wanted, at, Patience::Long).await
    }

    /// The same for a page, which waits for no leader longer than for its other parts: what one
    /// that hangs would tell is an error.
    pub async fn offsets_soon(
        &self,
        wanted: impl IntoIterator<Item = TopicPartition>,
        at: At,
    ) -> Result<Offsets, KafkaError> {
        self.offsets_by(wanted, at, Patience::Short).await
    }

    async fn offsets_by(
        &self,
        wanted: impl IntoIterator<Item = TopicPartition>,
        at: At,
        patience: Patience,
    ) -> Result<Offsets, KafkaError> {
        let mut left: Vec<TopicPartition> = wanted.into_iter().collect();
        let mut answers = Offsets::with_capacity(left.len());
        let mut metadata = self.metadata(AGE_MAX_ROUTING).await?;
        for attempt in 0.. {
            answers.extend(self.ask_leaders(&metadata, left.drain(..), (at, patience)).await);
            let stale = answers.iter().filter(|(_, answer)| is_stale(answer));
            left.extend(stale.map(|(place, _)| place.clone()));
            if left.is_empty() || attempt == RETRIES {
                break;
            }
            sleep(pause(attempt)).await;
            let fresh = self.fresh_metadata().await?;
            left.retain(|place| is_worth_a_try(place, &answers[place], &metadata, &fresh));
            metadata = fresh;
        }
        Ok(answers)
    }

    /// An offset for each partition: where no record fits, the end. Fails with the first that
    /// could not be asked.
    pub async fn offsets_or_ends(
        &self,
        places: &[TopicPartition],
        at: At,
    ) -> Result<BTreeMap<TopicPartition, i64>, KafkaError> {
        let mut offsets = BTreeMap::new();
        for (place, found) in self.offsets(places.iter().cloned(), at).await? {
            if let Some(found) = found? {
                offsets.insert(place, found.offset);
            }
        }
        let rest = places.iter().filter(|place| !offsets.contains_key(*place)).cloned();
        for (place, end) in self.offsets(rest.collect::<Vec<_>>(), At::End).await? {
            offsets.insert(place, end?.map_or(0, |end| end.offset));
        }
        Ok(offsets)
    }

    async fn ask_leaders(
        &self,
        metadata: &Metadata,
        places: impl Iterator<Item = TopicPartition>,
        (at, patience): (At, Patience),
    ) -> Offsets {
        let mut answers = Offsets::new();
        let mut by_leader: BTreeMap<i32, Vec<TopicPartition>> = BTreeMap::new();
        for place in places {
            match metadata.leader(&place.topic, place.partition) {
                Ok(leader) => by_leader.entry(leader).or_default().push(place),
                Err(error) => drop(answers.insert(place, Err(error))),
            }
        }
        let asked = by_leader.iter().flat_map(|(leader, places)| {
            let chunks = places.chunks(PARTITIONS_MAX);
            chunks.map(|places| self.ask_leader(*leader, places, (at, patience)))
        });
        answers.extend(join_all(asked).await.into_iter().flatten());
        answers
    }

    async fn ask_leader(
        &self,
        leader: i32,
        places: &[TopicPartition],
        (at, patience): (At, Patience),
    ) -> Offsets {
        let asked = match patience {
            Patience::Long => self.try_leader(leader, places, at).await,
            Patience::Short => {
                let (cluster, places) = (self.clone(), places.to_vec());
                let asking = async move { cluster.try_leader(leader, &places, at).await };
                let late = || Err(KafkaError::late(leader, "ListOffsets"));
                within(SOON, asking).await.unwrap_or_else(late)
            }
        };
        match asked {
            Ok(answers) => answers,
            Err(error) => places.iter().map(|place| (place.clone(), Err(error.clone()))).collect(),
        }
    }

    async fn try_leader(
        &self,
        leader: i32,
        places: &[TopicPartition],
        at: At,
    ) -> Result<Offsets, KafkaError> {
        let connection = self.broker(leader).await?;
        let version = connection.version::<ListOffsetsRequest>()?;
        if at == At::LargestTimestamp && version < VERSION_LARGEST_TIMESTAMP {
            let address = connection.address().to_string();
            return Err(KafkaError::Unsupported {
                address,
                api: "ListOffsets (largest timestamp)",
            });
        }
        let mut request = request(places, at);
        if version < VERSION_ISOLATION {
            request.isolation_level = 0;
        }
        Ok(answers(connection.call(&request).await?, places))
    }
}

/// One answer for each of `places`, of which a broker may leave some out.
pub(super) fn answers(response: ListOffsetsResponse, places: &[TopicPartition]) -> Offsets {
    let about = |place: &TopicPartition| format!("offsets of {place}");
    let mut answers = Offsets::with_capacity(places.len());
    for topic in response.topics {
        for found in topic.partitions {
            let place =
                TopicPartition { topic: topic.name.clone(), partition: found.partition_index };
            let there = OffsetAndTime { offset: found.offset, timestamp_ms: found.timestamp };
            let answer = KafkaError::check(|| about(&place), found.error_code)
                .map(|()| Some(there).filter(|there| there.offset >= 0));
            answers.insert(place, answer);
        }
    }
    for place in places {
        if !answers.contains_key(place) {
            answers.insert(place.clone(), Err(KafkaError::left_out(about(place))));
        }
    }
    answers
}

fn is_stale(answer: &Result<Found, KafkaError>) -> bool {
    answer.as_ref().is_err_and(KafkaError::is_stale_route)
}

/// A broker that cannot be reached is asked no second time, and a partition without a leader has
/// nobody to be asked.
fn is_worth_a_try(
    place: &TopicPartition,
    answer: &Result<Found, KafkaError>,
    before: &Metadata,
    now: &Metadata,
) -> bool {
    let leader = |metadata: &Metadata| metadata.leader(&place.topic, place.partition).ok();
    match answer {
        Err(KafkaError::Unreachable { .. }) => {
            leader(now).is_some() && leader(now) != leader(before)
        }
        _ => leader(now).is_some(),
    }
}

fn request(places: &[TopicPartition], at: At) -> ListOffsetsRequest {
    let mut topics: BTreeMap<&str, Vec<ListOffsetsPartition>> = BTreeMap::new();
    for place in places {
        topics.entry(&place.topic).or_default().push(ListOffsetsPartition {
            partition_index: place.partition,
            timestamp: at.number(),
            ..ListOffsetsPartition::default()
        });
    }
    let topic = |(name, partitions): (&str, _)| ListOffsetsTopic {
        name: name.to_owned(),
        partitions,
        ..ListOffsetsTopic::default()
    };
    ListOffsetsRequest {
        replica_id: -1,
        isolation_level: isolation_level(match at {
            At::StableEnd => Isolation::ReadCommitted,
            _ => Isolation::ReadUncommitted,
        }),
        topics: topics.into_iter().map(topic).collect(),
        ..ListOffsetsRequest::default()
    }
}
