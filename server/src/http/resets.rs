//! Moving and deleting what groups have committed: the plan, the act, the list of acts.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{
    error::ApiError,
    resets::{
        PARTITIONS_MAX, Reset, ResetAsk, ResetDone, ResetList, ResetPlan, ResetRequest, ResetState,
        ResetTo, WAIT_MINUTES_MAX,
    },
    route,
};

use super::extract::{Json, Path};
use crate::{
    auth::Viewer,
    clock::now_ms,
    db::{self, resets::Row},
    error::Error,
    kafka::{Cluster, TopicPartition, groups::plan::Target},
    resets::{Order, Resets, changes_of},
    state::AppState,
};

/// What moving a group's commits would do. Nothing is changed.
#[utoipa::path(post, path = route::RESET_PLAN, tag = "groups", request_body = ResetAsk, responses(
    (status = 200, description = "Before and after, by partition", body = ResetPlan),
    (status = 400, description = "Too many partitions", body = ApiError),
    (status = 404, description = "There is no such cluster, group, topic or reset",
     body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn plan(
    State(app): State<AppState>,
    Path((cluster, group)): Path<(String, String)>,
    Json(asked): Json<ResetAsk>,
) -> Result<Json<ResetPlan>, Error> {
    let cluster = app.cluster(&cluster)?;
    let target = target(&app, &cluster, &group, asked.to).await?;
    let plan = cluster.plan_reset(&group, &asked.scope, &target).await?;
    check_number(plan.rows.len())?;
    Ok(Json(plan))
}

/// Move or delete commits, as a plan has shown it.
///
/// Nothing is done if a commit is no longer what the plan has shown. With `wait_minutes` it is
/// done as soon as the group is empty.
#[utoipa::path(post, path = route::RESETS, tag = "groups", request_body = ResetRequest, responses(
    (status = 200, description = "It was done, or waits", body = ResetDone),
    (status = 400, description = "Nothing to change, or too much", body = ApiError),
    (status = 403, description = "The role lacks reset_offsets", body = ApiError),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 409, description = "The group has members, has moved since, or another reset waits",
     body = ApiError),
))]
pub async fn create(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, group)): Path<(String, String)>,
    Json(wanted): Json<ResetRequest>,
) -> Result<Json<ResetDone>, Error> {
    let cluster = app.cluster(&cluster)?;
    check_number(wanted.changes.len())?;
    if wanted.changes.is_empty() {
        return Err(Error::Invalid("there is nothing to change".to_owned()));
    }
    if let Some(negative) = wanted.changes.iter().find(|it| it.after.is_some_and(|at| at < 0)) {
        let told = format!("{}-{} has a negative offset", negative.topic, negative.partition);
        return Err(Error::Invalid(told));
    }
    let changes = changes_of(&wanted);
    let who = viewer.actor.clone();
    let resets = resets(&app);
    let undoes = resets.undone_by(cluster.id(), &group, &wanted.to).await?;
    let token = viewer.token().map(str::to_owned);
    let order = Order { cluster, group, who, token, to: wanted.to, undoes, changes };
    let done = match wanted.wait_minutes {
        None => resets.apply(order).await?,
        Some(minutes @ 1..=WAIT_MINUTES_MAX) => {
            let expires_ms = now_ms() + i64::from(minutes) * 60_000;
            resets.wait(order, expires_ms).await?
        }
        Some(_) => {
            let told = format!("a reset waits between 1 and {WAIT_MINUTES_MAX} minutes");
            return Err(Error::Invalid(told));
        }
    };
    Ok(Json(done))
}

/// What was done to a group's commits through this console.
#[utoipa::path(get, path = route::RESETS, tag = "groups", responses(
    (status = 200, description = "The latest first", body = ResetList),
    (status = 404, description = "There is no such cluster", body = ApiError),
))]
pub async fn list(
    State(app): State<AppState>,
    Path((cluster, group)): Path<(String, String)>,
) -> Result<Json<ResetList>, Error> {
    let cluster = app.cluster(&cluster)?;
    let rows = db::resets::of_group(&app.db, cluster.id(), &group).await?;
    let resets = rows.into_iter().map(reset).collect::<Result<_, Error>>()?;
    Ok(Json(ResetList { resets }))
}

/// Take back a reset that waits.
#[utoipa::path(delete, path = route::RESET, tag = "groups", responses(
    (status = 204, description = "It waits no longer"),
    (status = 403, description = "The role lacks reset_offsets", body = ApiError),
    (status = 404, description = "No such reset waits", body = ApiError),
))]
pub async fn cancel(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, group, id)): Path<(String, String, i64)>,
) -> Result<StatusCode, Error> {
    let cluster = app.cluster(&cluster)?;
    resets(&app).cancel(&viewer, (cluster.id(), &group), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn resets(app: &AppState) -> Resets {
    Resets::new(app.db.clone(), app.audit.clone())
}

fn check_number(partitions: usize) -> Result<(), Error> {
    match partitions {
        0..=PARTITIONS_MAX => Ok(()),
        _ => {
            let told = format!("{partitions} partitions are too many; at most {PARTITIONS_MAX}");
            Err(Error::Invalid(told))
        }
    }
}

/// What a strategy means in offsets; other groups and earlier resets are looked up.
async fn target(
    app: &AppState,
    cluster: &Cluster,
    group: &str,
    to: ResetTo,
) -> Result<Target, Error> {
    Ok(match to {
        ResetTo::Earliest => Target::Start,
        ResetTo::Latest => Target::End,
        ResetTo::Shift { by } => Target::Shift(by),
        ResetTo::Offset { offset } => Target::Offset(offset),
        ResetTo::Time { at_ms } => Target::Time(at_ms),
        ResetTo::Forget => Target::Forget,
        ResetTo::Record { topic, partition, offset } => {
            let place = TopicPartition::new(&topic, partition);
            Target::Exactly([(place, Some(offset))].into())
        }
        ResetTo::Group { group: other } => {
            let none = || Error::NotFound(format!("there is no group `{other}`"));
            let commits = cluster.group_state(&other).await?.ok_or_else(none)?.commits?;
            let known = commits.into_iter().filter_map(|(place, commit)| {
                commit.ok().map(|commit| (place, Some(commit.offset)))
            });
            Target::Exactly(known.collect())
        }
        ResetTo::Undo { reset: id } => {
            let none = || Error::NotFound(format!("no reset {id} of `{group}` was done"));
            let row = db::resets::one(&app.db, cluster.id(), group, id).await?;
            row.filter(|row| row.state == "done").ok_or_else(none)?;
            let changes = db::resets::changes(&app.db, id, true).await?;
            let before = changes.into_iter().map(|change| {
                (TopicPartition::new(&change.topic, change.partition), change.before)
            });
            Target::Exactly(before.collect())
        }
    })
}

fn reset(row: Row) -> Result<Reset, Error> {
    let unreadable = |what: String| Error::Internal(format!("reset {}: {what}", row.id));
    let state = match row.state.as_str() {
        "waiting" => ResetState::Waiting,
        "done" => ResetState::Done,
        "failed" => ResetState::Failed,
        "cancelled" => ResetState::Cancelled,
        "expired" => ResetState::Expired,
        other => return Err(unreadable(format!("state `{other}`"))),
    };
    let to = serde_json::from_str(&row.strategy).map_err(|error| unreadable(error.to_string()))?;
    Ok(Reset {
        id: row.id,
        user: row.user,
        act: row.act,
        to,
        state,
        asked_ms: row.asked_ms,
        ended_ms: row.ended_ms,
        expires_ms: row.expires_ms,
        partitions: u32::try_from(row.partitions).unwrap_or(u32::MAX),
        problem: row.problem,
    })
}
