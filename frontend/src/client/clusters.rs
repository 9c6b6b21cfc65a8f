//! The clusters and one cluster's overview.

use ouzel_api::{
    cluster_settings::{ClusterSettings, ClusterTest},
    clusters::{Cluster, ClusterHealth, Overview},
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

/// Whether a cluster answers, and what is wrong with it.
pub async fn health(cluster: String) -> Result<ClusterHealth, ClientError> {
    send::get(&route::health(&cluster)).await
}

/// What is set of a cluster that somebody added.
pub async fn settings(cluster: String) -> Result<ClusterSettings, ClientError> {
    send::get(&route::cluster(&cluster)).await
}

/// Adds a cluster.
pub async fn add(settings: ClusterSettings) -> Result<(), ClientError> {
    send::act("POST", route::CLUSTERS, Some(&settings)).await
}

/// Changes a cluster.
pub async fn change(settings: ClusterSettings) -> Result<(), ClientError> {
    send::act("PUT", &route::cluster(&settings.id), Some(&settings)).await
}

/// Removes a cluster from the console.
pub async fn remove(cluster: String) -> Result<(), ClientError> {
    send::act("DELETE", &route::cluster(&cluster), None::<&()>).await
}

/// Tries a cluster out, step by step.
pub async fn test(settings: ClusterSettings) -> Result<ClusterTest, ClientError> {
    send::post(route::CLUSTER_TEST, &settings).await
}
