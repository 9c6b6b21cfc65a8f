//! The clusters, and one cluster in short.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{
    cluster_settings::{ClusterSettings, ClusterTest},
    clusters::{BusyTopic, Cluster, ClusterHealth, Glance, GroupsSummary, Overview, StuckGroup},
    error::ApiError,
    progress::{History, HistoryQuery},
    route,
    session::{Asked, Permission},
};

use serde_json::json;

use super::extract::{Json, Path, Query};
use crate::{
    audit::{Action, Kind},
    auth::{Viewer, guard},
    db::lag::Whose,
    error::Error,
    kafka::{AGE_MAX_LISTING, groups::snapshot, probe},
    state::AppState,
    telemetry, watch,
};

/// The clusters that this console knows. No broker is asked.
///
/// The one that `--brokers` names comes first, then the one in this process, then the others by
/// name.
#[utoipa::path(get, path = route::CLUSTERS, tag = "clusters", responses(
    (status = 200, description = "Those that you may see, the one to open first",
        body = Vec<Cluster>),
    (status = 401, description = "Nobody is signed in", body = ApiError),
))]
pub async fn list(State(app): State<AppState>, viewer: Viewer) -> Json<Vec<Cluster>> {
    let rows = app.clusters.iter().map(|cluster| cluster.row());
    let asked = Asked::new(Permission::ViewCluster);
    Json(rows.filter(|row| guard::may(&app, &viewer, &asked.on(&row.id))).collect())
}

/// Add a cluster. Its secrets are sealed, and never given out again.
#[utoipa::path(post, path = route::CLUSTERS, tag = "clusters", request_body = ClusterSettings,
    responses(
        (status = 201, description = "It was added"),
        (status = 400, description = "Something in it cannot be used", body = ApiError),
        (status = 403, description = "The role lacks manage_clusters", body = ApiError),
        (status = 409, description = "There is such a cluster", body = ApiError),
))]
pub async fn add(
    State(app): State<AppState>,
    viewer: Viewer,
    Json(wanted): Json<ClusterSettings>,
) -> Result<StatusCode, Error> {
    app.book.add(&app.audit, &viewer, &wanted).await?;
    Ok(StatusCode::CREATED)
}

/// What is set of a cluster that somebody added; its secrets are only said to be kept.
#[utoipa::path(get, path = route::CLUSTER, tag = "clusters", responses(
    (status = 200, description = "The settings", body = ClusterSettings),
    (status = 403, description = "The role lacks manage_clusters", body = ApiError),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 409, description = "The configuration says what it is", body = ApiError),
))]
pub async fn settings(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
) -> Result<Json<ClusterSettings>, Error> {
    Ok(Json(app.book.settings(&cluster).await?))
}

/// Change a cluster that somebody added. Secrets that are said to be kept are.
#[utoipa::path(put, path = route::CLUSTER, tag = "clusters", request_body = ClusterSettings,
    responses(
        (status = 204, description = "It was changed"),
        (status = 400, description = "Something in it cannot be used", body = ApiError),
        (status = 403, description = "The role lacks manage_clusters", body = ApiError),
        (status = 404, description = "There is no such cluster", body = ApiError),
        (status = 409, description = "The configuration says what it is", body = ApiError),
))]
pub async fn change(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(cluster): Path<String>,
    Json(wanted): Json<ClusterSettings>,
) -> Result<StatusCode, Error> {
    let wanted = ClusterSettings { id: cluster, ..wanted };
    app.book.change(&app.audit, &viewer, &wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a cluster from the console. The cluster itself does not notice.
#[utoipa::path(delete, path = route::CLUSTER, tag = "clusters", responses(
    (status = 204, description = "It was removed"),
    (status = 403, description = "The role lacks manage_clusters", body = ApiError),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 409, description = "The configuration says what it is", body = ApiError),
))]
pub async fn remove(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(cluster): Path<String>,
) -> Result<StatusCode, Error> {
    app.book.remove(&app.audit, &viewer, &cluster).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a cluster out, step by step, whether or not it is added yet.
#[utoipa::path(post, path = route::CLUSTER_TEST, tag = "clusters",
    request_body = ClusterSettings, responses(
        (status = 200, description = "Each broker with its steps", body = ClusterTest),
        (status = 400, description = "Something in it cannot be used", body = ApiError),
        (status = 403, description = "The role lacks manage_clusters", body = ApiError),
))]
pub async fn test(
    State(app): State<AppState>,
    viewer: Viewer,
    Json(wanted): Json<ClusterSettings>,
) -> Result<Json<ClusterTest>, Error> {
    let setup = app.book.draft(&wanted).await?;
    let detail = json!({ "brokers": wanted.bootstrap, "protocol": setup.security.protocol() });
    let action = Action::new(Kind::TestCluster).on(&wanted.id).with(detail);
    let test = async { Ok::<_, Error>(probe::test(&setup).await) };
    Ok(Json(app.audit.record(&viewer, action, test).await?))
}

/// Whether a cluster answers, and what is wrong with it.
#[utoipa::path(get, path = route::HEALTH, tag = "clusters", responses(
    (status = 200, description = "It answers", body = ClusterHealth),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn health(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
) -> Result<Json<ClusterHealth>, Error> {
    let metadata = app.cluster(&cluster)?.metadata(AGE_MAX_LISTING).await?;
    Ok(Json(metadata.health()))
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
    let groups = async {
        match cluster.groups_soon(snapshot::AGE_MAX).await {
            Ok(groups) => groups.summary(),
            Err(error) => {
                let error = Error::from(error).to_api(telemetry::request_id());
                GroupsSummary::Failed { error }
            }
        }
    };
    let mut overview = cluster.overview(groups).await?;
    overview.glance = glance(app.watch.glance(cluster.id()));
    Ok(Json(overview))
}

/// Most groups that the overview names as in trouble; the page counts the rest of them.
const STUCK_MAX: usize = 100;

fn glance(seen: watch::Glance) -> Glance {
    let stuck = seen.stuck.into_iter().take(STUCK_MAX).map(|(group, progress)| StuckGroup {
        group,
        status: progress.status,
        partitions: progress.partitions,
        stuck: progress.stuck,
        lost: progress.lost,
        time_lag: progress.time_lag,
        moved_ms: progress.moved_ms,
    });
    let busy = |(topic, written_per_s, records)| BusyTopic { topic, written_per_s, records };
    Glance {
        stuck: stuck.collect(),
        busiest: seen.busiest.into_iter().map(busy).collect(),
        written_per_s: seen.written,
        lag: seen.lags,
        read_at_ms: (seen.read_ms > 0).then_some(seen.read_ms),
    }
}

/// The lag of all groups together over time.
#[utoipa::path(get, path = route::HISTORY, tag = "clusters", params(HistoryQuery), responses(
    (status = 200, description = "The samples, the oldest first", body = History),
    (status = 400, description = "Too long a stretch", body = ApiError),
    (status = 404, description = "There is no such cluster", body = ApiError),
))]
pub async fn history(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
    Query(asked): Query<HistoryQuery>,
) -> Result<Json<History>, Error> {
    let cluster = app.cluster(&cluster)?;
    let hours = hours(asked)?;
    Ok(Json(app.watch.history(cluster.id(), &Whose::Cluster, hours).await?))
}

/// How far back somebody looks.
pub fn hours(asked: HistoryQuery) -> Result<u32, Error> {
    match asked.hours.unwrap_or(watch::HOURS) {
        hours @ 1..=watch::HOURS_MAX => Ok(hours),
        other => {
            let told = format!("{other} hours; the history is of 1 to {} hours", watch::HOURS_MAX);
            Err(Error::Invalid(told))
        }
    }
}
