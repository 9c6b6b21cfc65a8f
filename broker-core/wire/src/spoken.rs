//! The APIs described here, with their versions: what a broker may advertise and a client may ask.

use std::ops::RangeInclusive;

use crate::messages::*;
use crate::{ApiKey, Request};

/// One API and the versions of it that are described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiSpec {
    /// Its key.
    pub key: ApiKey,
    /// Oldest version.
    pub min: i16,
    /// Newest version.
    pub max: i16,
    /// First version with compact lengths and tagged fields.
    pub flexible_from: i16,
    /// Its name.
    pub name: &'static str,
}

/// Everything described, in rising order of keys.
pub const SPOKEN: &[ApiSpec] = &[
    of::<ProduceRequest>(),
    of::<FetchRequest>(),
    of::<ListOffsetsRequest>(),
    of::<MetadataRequest>(),
    of::<OffsetCommitRequest>(),
    of::<OffsetFetchRequest>(),
    of::<FindCoordinatorRequest>(),
    of::<JoinGroupRequest>(),
    of::<HeartbeatRequest>(),
    of::<LeaveGroupRequest>(),
    of::<SyncGroupRequest>(),
    of::<DescribeGroupsRequest>(),
    of::<ListGroupsRequest>(),
    of::<SaslHandshakeRequest>(),
    of::<ApiVersionsRequest>(),
    of::<CreateTopicsRequest>(),
    of::<DeleteTopicsRequest>(),
    of::<DeleteRecordsRequest>(),
    of::<InitProducerIdRequest>(),
    of::<OffsetForLeaderEpochRequest>(),
    of::<DescribeConfigsRequest>(),
    of::<AlterConfigsRequest>(),
    of::<DescribeLogDirsRequest>(),
    of::<SaslAuthenticateRequest>(),
    of::<CreatePartitionsRequest>(),
    of::<DeleteGroupsRequest>(),
    of::<IncrementalAlterConfigsRequest>(),
    of::<OffsetDeleteRequest>(),
    of::<DescribeClusterRequest>(),
    of::<ConsumerGroupDescribeRequest>(),
    of::<ListConfigResourcesRequest>(),
    of::<DescribeTopicPartitionsRequest>(),
    of::<ShareGroupDescribeRequest>(),
    of::<StreamsGroupDescribeRequest>(),
    of::<DescribeShareGroupOffsetsRequest>(),
];

/// What is described of one API, if anything.
pub fn spec(key: ApiKey) -> Option<ApiSpec> {
    let place = SPOKEN.binary_search_by_key(&(key as i16), |spec| spec.key as i16).ok()?;
    Some(SPOKEN[place])
}

/// The versions to list in an answer to ApiVersions.
///
/// Produce begins at 0 although 0 to 2 are neither described nor served: librdkafka looks for them
/// before it compresses, and Kafka itself lists them for that reason (KAFKA-18659).
pub fn advertised(key: ApiKey) -> Option<RangeInclusive<i16>> {
    let spec = spec(key)?;
    let min = if key == ApiKey::Produce { 0 } else { spec.min };
    Some(min..=spec.max)
}

const fn of<R: Request>() -> ApiSpec {
    ApiSpec {
        key: R::KEY,
        min: *R::VERSIONS.start(),
        max: *R::VERSIONS.end(),
        flexible_from: R::FLEXIBLE_FROM,
        name: R::KEY.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_api_is_found_by_its_key() {
        for one in SPOKEN {
            assert_eq!(spec(one.key), Some(*one));
        }
        assert_eq!(spec(ApiKey::Vote), None);
    }

    #[test]
    fn produce_is_advertised_from_zero() {
        assert_eq!(advertised(ApiKey::Produce), Some(0..=12));
        assert_eq!(advertised(ApiKey::Fetch), Some(4..=18));
    }
}
