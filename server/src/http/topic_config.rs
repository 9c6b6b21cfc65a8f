//! The settings of a topic: shown, and changed key by key.

use std::collections::BTreeSet;

use axum::{extract::State, response::Response};
use ouzel_api::{
    error::ApiError,
    route,
    topic_config::{CHANGES_MAX, ChangeTopicConfig, SettingChange, TopicConfig, TopicSetting},
    topics::Accepted,
};
use serde_json::{Map, Value, json};

use super::{
    extract::{Json, Path},
    settled::done,
};
use crate::{
    audit::{Action, Kind},
    auth::Viewer,
    error::Error,
    kafka::{ConfigAct, ConfigChange, Expected, Resource},
    state::AppState,
};

/// Every setting of a topic, with its source and what it would be otherwise.
#[utoipa::path(get, path = route::TOPIC_CONFIG, tag = "topics", responses(
    (status = 200, description = "The settings, by name", body = TopicConfig),
    (status = 404, description = "There is no such cluster or topic", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn show(
    State(app): State<AppState>,
    Path((cluster, topic)): Path<(String, String)>,
) -> Result<Json<TopicConfig>, Error> {
    Ok(Json(app.cluster(&cluster)?.topic_config(&topic).await?))
}

/// Change some settings; all others stay. All of them change, or none does.
#[utoipa::path(post, path = route::TOPIC_CONFIG, tag = "topics", request_body = ChangeTopicConfig,
    responses(
        (status = 204, description = "They were changed"),
        (status = 202, description = "They were changed, and the cluster does not show it yet",
            body = Accepted),
        (status = 400, description = "A key or a value is illegal", body = ApiError),
        (status = 403, description = "The role lacks alter_topic", body = ApiError),
        (status = 404, description = "There is no such cluster or topic", body = ApiError),
        (status = 409, description = "A value is not the one that was shown", body = ApiError),
        (status = 502, description = "The cluster cannot change one key alone", body = ApiError),
))]
pub async fn change(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Json(asked): Json<ChangeTopicConfig>,
) -> Result<Response, Error> {
    let cluster = app.cluster(&cluster)?;
    check(&asked)?;
    let before = cluster.topic_config(&topic).await;
    let known = before.as_ref().map(|before| before.settings.as_slice()).unwrap_or_default();
    let action = Action::new(Kind::AlterTopic).on(cluster.id()).to(&topic);
    let action = action.with(detail(&asked.changes, known));
    let change = async {
        let before = before?;
        if let Some(reason) = stale(&asked.changes, &before.settings) {
            return Err(Error::Conflict(reason));
        }
        let changes: Vec<ConfigChange> = asked.changes.iter().map(wanted).collect();
        cluster.alter_configs(Resource::Topic(&topic), &changes, false).await?;
        Ok::<_, Error>(before)
    };
    let before = app.audit.record(&viewer, action, change).await?;
    let expected = Expected::Config(&topic, &before, &asked.changes);
    Ok(done(cluster.shown(expected).await))
}

fn check(asked: &ChangeTopicConfig) -> Result<(), Error> {
    let many = asked.changes.len();
    let keys: BTreeSet<&str> = asked.changes.iter().map(|change| change.name.as_str()).collect();
    match many {
        0 => Err(Error::Invalid("no setting is named".to_owned())),
        _ if many > CHANGES_MAX => {
            Err(Error::Invalid(format!("{many} settings are too many; at most {CHANGES_MAX}")))
        }
        _ if keys.len() < many => Err(Error::Invalid("a setting is named twice".to_owned())),
        _ => Ok(()),
    }
}

fn wanted(change: &SettingChange) -> ConfigChange {
    let act = match &change.value {
        Some(value) => ConfigAct::Set(value.clone()),
        None => ConfigAct::Delete,
    };
    ConfigChange { key: change.name.clone(), act }
}

/// Why the changes were decided on values that are no longer in force.
fn stale(changes: &[SettingChange], now: &[TopicSetting]) -> Option<String> {
    changes.iter().find_map(|change| {
        let was = change.was.as_ref()?;
        let found = now.iter().find(|setting| setting.name == change.name)?;
        let is = found.value.as_ref()?;
        let name = &change.name;
        (is != was).then(|| {
            format!("`{name}` is `{is}` by now and no longer `{was}`; nothing was changed")
        })
    })
}

/// What the topic itself said before and says after; null where it inherits. Secrets are not told.
fn detail(changes: &[SettingChange], known: &[TopicSetting]) -> Value {
    let mut before = Map::new();
    let mut after = Map::new();
    for SettingChange { name, value, .. } in changes {
        let found = known.iter().find(|setting| setting.name == *name);
        let secret = found.is_some_and(|setting| setting.sensitive);
        let hide = |value: Option<&String>| match value {
            Some(_) if secret => json!("(secret)"),
            value => json!(value),
        };
        if let Some(found) = found {
            before.insert(name.clone(), hide(found.value.as_ref().filter(|_| found.modified)));
        }
        after.insert(name.clone(), hide(value.as_ref()));
    }
    json!({ "before": before, "after": after })
}

#[cfg(test)]
mod tests {
    use ouzel_api::topic_config::{SettingChange, SettingKind, TopicSetting};
    use serde_json::json;

    use super::{detail, stale};

    fn setting(name: &str, value: &str, modified: bool, sensitive: bool) -> TopicSetting {
        TopicSetting {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            inherited: None,
            inherited_from: None,
            source: String::new(),
            modified,
            kind: SettingKind::String,
            sensitive,
            read_only: false,
            documentation: None,
        }
    }

    fn change(name: &str, value: Option<&str>, was: Option<&str>) -> SettingChange {
        let text = |text: &str| text.to_owned();
        SettingChange { name: text(name), value: value.map(text), was: was.map(text) }
    }

    #[test]
    fn the_audit_row_has_the_topics_own_values_and_no_secret() {
        let known = [
            setting("own", "1", true, false),
            setting("inherited", "2", false, false),
            setting("key", "hush", true, true),
        ];
        let changes = [
            change("own", None, None),
            change("inherited", Some("3"), None),
            change("key", Some("psst"), None),
        ];
        let wanted = json!({
            "before": { "own": "1", "inherited": null, "key": "(secret)" },
            "after": { "own": null, "inherited": "3", "key": "(secret)" },
        });
        assert_eq!(detail(&changes, &known), wanted);
    }

    #[test]
    fn a_value_that_has_changed_meanwhile_stops_the_change() {
        let now = [setting("retention.ms", "5", true, false)];
        assert_eq!(stale(&[change("retention.ms", Some("7"), Some("5"))], &now), None);
        assert_eq!(stale(&[change("retention.ms", Some("7"), None)], &now), None);
        let told = stale(&[change("retention.ms", Some("7"), Some("4"))], &now);
        assert!(told.is_some_and(|told| told.contains("`5`") && told.contains("`4`")));
    }
}
