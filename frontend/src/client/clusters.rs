//! The clusters and one cluster's overview.

use ouzel_api::{
    clusters::{Cluster, Overview},
    route,
};

use super::{ClientError, send};

/// The clusters that the console knows.
pub async fn list() -> Result<Vec<Cluster>, ClientError> {
    send::get(route::CLUSTERS).await
}

/// One cluster at a glance.
pub async fn overview(cluster: String) -> Result<Overview, ClientError> {
    send::get(&route::overview(&cluster)).await
}
