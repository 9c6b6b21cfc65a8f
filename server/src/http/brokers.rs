//! The brokers of a cluster, one of them, and its settings. All of it is read; nothing is changed
//! from here.

use axum::extract::State;
use ouzel_api::{
    brokers::{BrokerConfig, BrokerList, BrokerPage},
    error::ApiError,
    route,
};

use super::extract::{Json, Path};
use crate::{error::Error, state::AppState};

/// The brokers with what they lead and hold, and how full their disks are.
///
/// A broker that replicas name and the cluster does not list is among them, without an address.
#[utoipa::path(get, path = route::BROKERS, tag = "brokers", responses(
    (status = 200, description = "The brokers, by id", body = BrokerList),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn list(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
) -> Result<Json<BrokerList>, Error> {
    Ok(Json(app.cluster(&cluster)?.broker_list().await?))
}

/// One broker with its folders and the partitions in them.
#[utoipa::path(get, path = route::BROKER, tag = "brokers", responses(
    (status = 200, description = "The broker", body = BrokerPage),
    (status = 404, description = "There is no such cluster or broker", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn show(
    State(app): State<AppState>,
    Path((cluster, broker)): Path<(String, i32)>,
) -> Result<Json<BrokerPage>, Error> {
    Ok(Json(app.cluster(&cluster)?.broker_page(broker).await?))
}

/// Every setting of a broker, with its source and Kafka's default. Secret values are not told.
#[utoipa::path(get, path = route::BROKER_CONFIG, tag = "brokers", responses(
    (status = 200, description = "The settings, by name", body = BrokerConfig),
    (status = 404, description = "There is no such cluster or broker", body = ApiError),
    (status = 502, description = "The broker cannot be reached", body = ApiError),
))]
pub async fn config(
    State(app): State<AppState>,
    Path((cluster, broker)): Path<(String, i32)>,
) -> Result<Json<BrokerConfig>, Error> {
    Ok(Json(app.cluster(&cluster)?.broker_config(broker).await?))
}
