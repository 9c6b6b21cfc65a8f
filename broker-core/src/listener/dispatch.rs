//! Which handler serves which request: one match.

use ouzel_wire::{ApiKey, spec};

use super::answer::Pending;
use super::call::Call;
use super::closed::Closed;
use super::handle;

/// Does what must be done in order while requests come in, which only Produce has; what is left
/// is a future. A request that cannot be answered at all ends the connection, as with Kafka.
pub(super) fn dispatch(call: Call) -> Result<Pending, Closed> {
    let (api_key, api_version) = (call.header.api_key, call.header.api_version);
    let refused = Closed::NotServed { api_key, api_version };
    let Some((key, spec)) = ApiKey::from_i16(api_key).and_then(|key| Some((key, spec(key)?)))
    else {
        return Err(refused);
    };
    match key {
        ApiKey::ApiVersions if api_version > spec.max => return handle::api_versions::refuse(call),
        ApiKey::Produce if (0..spec.min).contains(&api_version) => {
            return handle::produce_old::refuse(call);
        }
        _ if !(spec.min..=spec.max).contains(&api_version) => return Err(refused),
        _ => {}
    }
    call.shared.counters.request(key);
    match key {
        ApiKey::ApiVersions => call.later(handle::api_versions::handle),
        ApiKey::Produce => handle::produce::handle(call),
        ApiKey::Fetch => handle::fetch::handle(call),
        ApiKey::Metadata => call.listing(handle::metadata::handle),
        ApiKey::ListOffsets => call.listing(handle::list_offsets::handle),
        ApiKey::CreateTopics => call.later(handle::create_topics::handle),
        ApiKey::DeleteTopics => call.later(handle::delete_topics::handle),
        ApiKey::DeleteRecords => call.later(handle::delete_records::handle),
        ApiKey::CreatePartitions => call.later(handle::create_partitions::handle),
        ApiKey::DescribeConfigs => call.listing(handle::describe_configs::handle),
        ApiKey::AlterConfigs => call.later(handle::alter_configs::handle),
        ApiKey::IncrementalAlterConfigs => call.later(handle::incremental_alter_configs::handle),
        ApiKey::ListConfigResources => call.listing(handle::list_config_resources::handle),
        ApiKey::DescribeLogDirs => call.listing(handle::describe_log_dirs::handle),
        ApiKey::DescribeCluster => call.later(handle::describe_cluster::handle),
        ApiKey::DescribeTopicPartitions => call.listing(handle::describe_topic_partitions::handle),
        ApiKey::InitProducerId => call.later(handle::init_producer_id::handle),
        ApiKey::OffsetForLeaderEpoch => call.listing(handle::offset_for_leader_epoch::handle),
        ApiKey::FindCoordinator => call.listing(handle::find_coordinator::handle),
        ApiKey::JoinGroup => call.later(handle::join_group::handle),
        ApiKey::SyncGroup => call.later(handle::sync_group::handle),
        ApiKey::Heartbeat => call.later(handle::heartbeat::handle),
        ApiKey::LeaveGroup => call.later(handle::leave_group::handle),
        ApiKey::OffsetCommit => call.later(handle::offset_commit::handle),
        ApiKey::OffsetFetch => call.listing(handle::offset_fetch::handle),
        ApiKey::ListGroups => call.listing(handle::list_groups::handle),
        ApiKey::DescribeGroups => call.listing(handle::describe_groups::handle),
        ApiKey::DeleteGroups => call.later(handle::delete_groups::handle),
        ApiKey::OffsetDelete => call.later(handle::offset_delete::handle),
        // Described for the console, which asks other clusters; not served here.
        _ => Err(refused),
    }
}

/// What the match above serves, for the answer to ApiVersions.
pub(super) const SERVED: &[ApiKey] = &[
    ApiKey::Produce,
    ApiKey::Fetch,
    ApiKey::ListOffsets,
    ApiKey::Metadata,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::SyncGroup,
    ApiKey::DescribeGroups,
    ApiKey::ListGroups,
    ApiKey::ApiVersions,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
    ApiKey::DeleteRecords,
    ApiKey::InitProducerId,
    ApiKey::OffsetForLeaderEpoch,
    ApiKey::DescribeConfigs,
    ApiKey::AlterConfigs,
    ApiKey::DescribeLogDirs,
    ApiKey::CreatePartitions,
    ApiKey::DeleteGroups,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::OffsetDelete,
    ApiKey::DescribeCluster,
    ApiKey::ListConfigResources,
    ApiKey::DescribeTopicPartitions,
];
