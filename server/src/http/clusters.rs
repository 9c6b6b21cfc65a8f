//! The clusters, and one cluster in short.

use axum::extract::State;
use ouzel_api::{
    clusters::{Cluster, GroupsSummary, Overview},
    error::ApiError,
    route,
};

use super::extract::{Json, Path};
use crate::{
    error::Error,
    kafka::{self, groups::snapshot},
    state::AppState,
    telemetry,
};

/// The clusters that this console knows. No broker is asked.
///
/// The one that `--brokers` names comes first, then the one in this process, then the others by
/// name.
#[utoipa::path(get, path = route::CLUSTERS, tag = "clusters", responses(
    (status = 200, description = "The clusters, the one to open first", body = Vec<Cluster>),
    (status = 401, description = "Nobody is signed in", body = ApiError),
))]
pub async fn list(State(app): State<AppState>) -> Json<Vec<Cluster>> {
    Json(app.clusters.iter().map(kafka::Cluster::row).collect())
}

/// One cluster in short. That groups cannot be read is said in their place.
#[utoipa::path(get, path = route::OVERVIEW, tag = "clusters", responses(
    (status = 200, description = "Brokers, sizes, and what is wrong", body = Overview),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn overview(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
) -> Result<Json<Overview>, Error> {
    let cluster = app.cluster(&cluster)?;
    let groups = match cluster.groups(snapshot::AGE_MAX).await {
        Ok(groups) => groups.summary(),
        Err(error) => {
            let error = Error::from(error).to_api(telemetry::request_id());
            GroupsSummary::Failed { error }
        }
    };
    Ok(Json(cluster.overview(groups).await?))
}
