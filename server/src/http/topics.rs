//! Topics: the list, their figures, one of them; making, enlarging and deleting them.

use std::time::Duration;

use axum::{extract::State, http::StatusCode, response::Response};
use ouzel_api::{
    error::ApiError,
    route,
    session::{Asked, Permission},
    topics::{
        Accepted, CreateTopic, FIGURES_MAX, FiguresRequest, FiguresResponse, GrowTopic, Topic,
        TopicConsumers, TopicList,
    },
};
use serde_json::json;

use super::{
    extract::{Json, Path},
    settled::done,
};
use crate::{
    audit::{Action, Kind},
    auth::{Viewer, guard},
    clock,
    error::Error,
    kafka::{Expected, Shown, groups::snapshot},
    state::AppState,
};

/// What can be done to a topic of the list.
const OF_TOPICS: &[Permission] = &[
    Permission::ReadMessages,
    Permission::ProduceMessages,
    Permission::DeleteTopic,
    Permission::AlterTopic,
    Permission::DeleteRecords,
];

/// All topics, as the cluster's metadata lists them.
#[utoipa::path(get, path = route::TOPICS, tag = "topics", responses(
    (status = 200, description = "The topics, by name", body = TopicList),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn list(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(cluster): Path<String>,
) -> Result<Json<TopicList>, Error> {
    let mut list = app.cluster(&cluster)?.topic_list().await?;
    let denied = guard::denied(&app, &viewer, &cluster, OF_TOPICS);
    for row in &mut list.topics {
        row.denied = denied(&row.name);
    }
    Ok(Json(list))
}

/// Make a topic.
#[utoipa::path(post, path = route::TOPICS, tag = "topics", request_body = CreateTopic, responses(
    (status = 201, description = "It was made", body = Topic),
    (status = 202, description = "It was made, and the cluster does not show it yet", body = Topic),
    (status = 400, description = "Its name or a setting is illegal", body = ApiError),
    (status = 403, description = "The role lacks create_topic", body = ApiError),
    (status = 409, description = "It exists already", body = ApiError),
))]
pub async fn create(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(cluster): Path<String>,
    Json(wanted): Json<CreateTopic>,
) -> Result<(StatusCode, Json<Topic>), Error> {
    let cluster = app.cluster(&cluster)?;
    let configs = wanted.configs.iter().map(|config| format!("{}={}", config.name, config.value));
    let detail = json!({
        "partitions": wanted.partitions,
        "replication_factor": wanted.replication_factor,
        "configs": configs.collect::<Vec<_>>(),
    });
    let action = Action::new(Kind::CreateTopic).on(cluster.id()).to(&wanted.name).with(detail);
    let asked = Asked::new(Permission::CreateTopic).on(cluster.id()).to(&wanted.name);
    let who = guard::require(&app, &viewer, &asked, &action).await?;
    let create = async { Ok::<_, Error>(cluster.create_topic(&wanted).await?) };
    app.audit.record(&who, action, create).await?;
    let (page, shown) = cluster.new_topic_page(&wanted).await;
    let status = match shown {
        Shown::Now => StatusCode::CREATED,
        Shown::NotYet => StatusCode::ACCEPTED,
    };
    Ok((status, Json(page)))
}

/// What costs requests to brokers, for the topics on screen.
#[utoipa::path(post, path = route::TOPIC_FIGURES, tag = "topics", request_body = FiguresRequest,
    responses(
        (status = 200, description = "Figures of those that exist", body = FiguresResponse),
        (status = 400, description = "Too many topics", body = ApiError),
        (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn figures(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
    Json(asked): Json<FiguresRequest>,
) -> Result<Json<FiguresResponse>, Error> {
    let cluster = app.cluster(&cluster)?;
    if asked.topics.len() > FIGURES_MAX {
        let told = format!("{} topics are too many; at most {FIGURES_MAX}", asked.topics.len());
        return Err(Error::Invalid(told));
    }
    let groups_age = if asked.now { Duration::ZERO } else { snapshot::AGE_MAX };
    let figures = cluster.topic_figures(&asked.topics, groups_age).await?;
    Ok(Json(FiguresResponse { figures, read_at_ms: clock::now_ms() }))
}

/// One topic with its partitions.
#[utoipa::path(get, path = route::TOPIC, tag = "topics", responses(
    (status = 200, description = "The topic", body = Topic),
    (status = 404, description = "There is no such cluster or topic", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn show(
    State(app): State<AppState>,
    Path((cluster, topic)): Path<(String, String)>,
) -> Result<Json<Topic>, Error> {
    Ok(Json(app.cluster(&cluster)?.topic_page(&topic).await?))
}

/// Delete a topic and all its records.
#[utoipa::path(delete, path = route::TOPIC, tag = "topics", responses(
    (status = 204, description = "It was deleted"),
    (status = 202, description = "It was deleted, and the cluster still shows it", body = Accepted),
    (status = 403, description = "The role lacks delete_topic", body = ApiError),
    (status = 404, description = "There is no such cluster or topic", body = ApiError),
))]
pub async fn delete(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
) -> Result<Response, Error> {
    let cluster = app.cluster(&cluster)?;
    let action = Action::new(Kind::DeleteTopic).on(cluster.id()).to(&topic);
    let delete = async { Ok::<_, Error>(cluster.delete_topic(&topic).await?) };
    app.audit.record(&viewer, action, delete).await?;
    Ok(done(cluster.shown(Expected::NoTopic(&topic)).await))
}

/// Give a topic more partitions. Keyed records from then on may go to others than before.
#[utoipa::path(post, path = route::TOPIC_PARTITIONS, tag = "topics", request_body = GrowTopic,
    responses(
        (status = 204, description = "It has them"),
        (status = 202, description = "It gets them, and the cluster does not show them yet",
            body = Accepted),
        (status = 400, description = "It has as many or more already", body = ApiError),
        (status = 403, description = "The role lacks alter_topic", body = ApiError),
        (status = 404, description = "There is no such cluster or topic", body = ApiError),
        (status = 409, description = "It has others than were shown", body = ApiError),
))]
pub async fn grow(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Json(asked): Json<GrowTopic>,
) -> Result<Response, Error> {
    let cluster = app.cluster(&cluster)?;
    let wanted = i32::try_from(asked.partitions)
        .map_err(|_| Error::Invalid(format!("{} partitions are too many", asked.partitions)))?;
    let before = cluster.fresh_topic(&topic).await.map(|topic| topic.partitions.len());
    let detail = json!({
        "before": { "partitions": before.as_ref().ok() },
        "after": { "partitions": asked.partitions },
    });
    let action = Action::new(Kind::GrowTopic).on(cluster.id()).to(&topic).with(detail);
    let grow = async {
        let is = before?;
        if let Some(was) = asked.was.filter(|&was| was as usize != is) {
            let told = format!("`{topic}` has {is} partitions by now and no longer {was}");
            return Err(Error::Conflict(told));
        }
        Ok::<_, Error>(cluster.grow_topic(&topic, wanted).await?)
    };
    app.audit.record(&viewer, action, grow).await?;
    let partitions = usize::try_from(asked.partitions).unwrap_or(usize::MAX);
    Ok(done(cluster.shown(Expected::Topic(&topic, partitions)).await))
}

/// The groups that read a topic.
#[utoipa::path(get, path = route::TOPIC_CONSUMERS, tag = "topics", responses(
    (status = 200, description = "The groups, worst lag first", body = TopicConsumers),
    (status = 404, description = "There is no such cluster or topic", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn consumers(
    State(app): State<AppState>,
    Path((cluster, topic)): Path<(String, String)>,
) -> Result<Json<TopicConsumers>, Error> {
    let cluster = app.cluster(&cluster)?;
    cluster.expect_topic(&topic).await?;
    let groups = cluster.groups(snapshot::AGE_MAX).await?;
    let mut consumers = groups.consumers(&topic);
    app.watch.add_to_consumers(cluster.id(), (&groups, &topic), &mut consumers);
    Ok(Json(TopicConsumers {
        consumers,
        warnings: groups.warnings(),
        read_at_ms: groups.read_at_ms,
    }))
}
