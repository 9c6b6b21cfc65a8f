//! Deleting the oldest records of a topic: what it would do, and doing exactly that.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use ouzel_api::{
    audit::Outcome,
    error::ApiError,
    route,
    trim::{Trim, TrimPlan, TrimQuestion, Trimmed, TrimmedPart},
};
use serde_json::{Map, Value, json};

use super::extract::{Json, Path};
use crate::{
    audit::{Action, Kind},
    auth::Viewer,
    error::Error,
    kafka::{At, Cluster, Deleted, KafkaError, TopicPartition},
    state::AppState,
};

/// Partitions whose offsets an audit row names one by one: more would not fit into its detail.
const NAMED_MAX: usize = 16;

/// What deleting the oldest records would do. Nothing is deleted.
#[utoipa::path(post, path = route::TRIM_PLAN, tag = "topics", request_body = TrimQuestion,
    responses(
        (status = 200, description = "What would go", body = TrimPlan),
        (status = 404, description = "There is no such cluster, topic or partition",
            body = ApiError),
        (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn plan(
    State(app): State<AppState>,
    Path((cluster, topic)): Path<(String, String)>,
    Json(asked): Json<TrimQuestion>,
) -> Result<Json<TrimPlan>, Error> {
    Ok(Json(app.cluster(&cluster)?.trim_plan(&topic, &asked).await?))
}

/// Delete what lies before these offsets.
#[utoipa::path(post, path = route::TRIM, tag = "topics", request_body = Trim, responses(
    (status = 200, description = "What became of each partition", body = Trimmed),
    (status = 400, description = "A partition is named twice, or the topic's policy forbids it",
        body = ApiError),
    (status = 403, description = "The role lacks delete_records", body = ApiError),
    (status = 404, description = "There is no such cluster or topic", body = ApiError),
))]
pub async fn apply(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Json(asked): Json<Trim>,
) -> Result<Json<Trimmed>, Error> {
    let cluster = app.cluster(&cluster)?;
    let wanted = wanted(&topic, &asked)?;
    let before = cluster.offsets(wanted.keys().cloned(), At::Start).await.unwrap_or_default();
    let start = |place: &TopicPartition| {
        before.get(place).and_then(|it| it.as_ref().ok()?.map(|found| found.offset))
    };
    let befores: BTreeMap<_, _> =
        wanted.keys().map(|place| (place.clone(), start(place))).collect();
    let action = Action::new(Kind::TrimTopic).on(cluster.id()).to(&topic);
    let begun = app.audit.begin(&viewer, action.with(detail(&befores, &wanted))).await?;
    let (outcome, told, answer) = judged(delete(&cluster, &topic, &wanted).await);
    begun.end(outcome, Some(told)).await;
    Ok(Json(answer?))
}

/// Each partition and where it shall begin.
fn wanted(topic: &str, asked: &Trim) -> Result<BTreeMap<TopicPartition, i64>, Error> {
    let mut wanted = BTreeMap::new();
    for it in &asked.offsets {
        // -1 would be the end by the protocol, which nobody has been shown.
        if it.before_offset < 0 {
            return Err(Error::Invalid(format!("{} is no offset", it.before_offset)));
        }
        let place = TopicPartition::new(topic, it.partition);
        if wanted.insert(place, it.before_offset).is_some() {
            return Err(Error::Invalid(format!("partition {} is named twice", it.partition)));
        }
    }
    match wanted.is_empty() {
        true => Err(Error::Invalid("no partition is named".to_owned())),
        false => Ok(wanted),
    }
}

/// Deletes, after a look whether all that is named is there.
async fn delete(
    cluster: &Cluster,
    topic: &str,
    wanted: &BTreeMap<TopicPartition, i64>,
) -> Result<Deleted, KafkaError> {
    let there = cluster.fresh_topic(topic).await?;
    if let Some(place) = wanted.keys().find(|place| there.partition(place.partition).is_none()) {
        let (topic, partition) = (topic.to_owned(), place.partition);
        return Err(KafkaError::NoPartition { topic, partition });
    }
    cluster.delete_records(wanted).await
}

/// What the audit row says, and what the browser is told.
fn judged(deleted: Result<Deleted, KafkaError>) -> (Outcome, String, Result<Trimmed, Error>) {
    let deleted = match deleted {
        Ok(deleted) => deleted,
        Err(error) => return (Outcome::Failed, error.to_string(), Err(error.into())),
    };
    let all = deleted.len();
    let failures: Vec<&KafkaError> = deleted.values().filter_map(|it| it.as_ref().err()).collect();
    let reasons: BTreeSet<String> = failures.iter().map(|error| error.reason()).collect();
    let told = match failures.len() {
        0 => return (Outcome::Done, format!("{all} partitions"), Ok(trimmed(deleted))),
        some => format!("{some} of {all} partitions failed: {}", listed(&reasons)),
    };
    match failures.first() {
        Some(&first) if failures.len() == all && reasons.len() == 1 => {
            (Outcome::Failed, told, Err(first.clone().into()))
        }
        _ => (Outcome::Failed, told, Ok(trimmed(deleted))),
    }
}

fn listed(reasons: &BTreeSet<String>) -> String {
    reasons.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

fn trimmed(deleted: Deleted) -> Trimmed {
    let part = |(place, deleted): (TopicPartition, Result<i64, KafkaError>)| TrimmedPart {
        partition: place.partition,
        start_offset: deleted.as_ref().ok().copied(),
        error: deleted.err().map(|error| error.reason()),
    };
    Trimmed { partitions: deleted.into_iter().map(part).collect() }
}

/// Where the partitions begin before and after, as the audit row has it.
fn detail(
    before: &BTreeMap<TopicPartition, Option<i64>>,
    after: &BTreeMap<TopicPartition, i64>,
) -> Value {
    let named = |offsets: &mut dyn Iterator<Item = (i32, Value)>| -> Map<String, Value> {
        offsets.take(NAMED_MAX).map(|(number, offset)| (number.to_string(), offset)).collect()
    };
    let going = after.iter().map(|(place, to)| {
        let start = before.get(place).copied().flatten();
        start.map_or(0, |start| to.saturating_sub(start).max(0))
    });
    json!({
        "partitions": after.len(),
        "records": going.fold(0, i64::saturating_add),
        "before": named(&mut before.iter().map(|(place, at)| (place.partition, json!(at)))),
        "after": named(&mut after.iter().map(|(place, at)| (place.partition, json!(at)))),
    })
}
