//! Consumer groups.

use ouzel_api::{
    groups::{Group, GroupList},
    route,
};

use super::{ClientError, send};

/// All groups of a cluster.
pub async fn list(cluster: String) -> Result<GroupList, ClientError> {
    send::get(&route::groups(&cluster)).await
}

/// One group with its lag by partition.
pub async fn get(cluster: String, group: String) -> Result<Group, ClientError> {
    send::get(&route::group(&cluster, &group)).await
}
