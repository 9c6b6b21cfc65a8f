//! One example of each body, for whoever reads the API's description.
//!
//! Owns `examples.json`: what a cluster with demo data was asked and answered, by the name of its
//! type. That each is what its type reads, a test sees to.

use serde_json::{Map, Value, json};

/// Each example by the name of its schema.
pub(super) fn all() -> Map<String, Value> {
    let examples = serde_json::from_str(include_str!("examples.json"));
    examples.expect("the examples are an object")
}

/// The example of a parameter by its name: what stands there means the same in all routes.
pub(super) fn of_parameter(name: &str) -> Option<Value> {
    Some(match name {
        "cluster" => json!("embedded"),
        "broker" => json!(0),
        "topic" => json!("orders"),
        "group" => json!("billing"),
        "user" => json!("vera"),
        "role" => json!("viewer"),
        "token" | "session" => json!("9f8c1d0e5b7a4c62"),
        "resource" => json!("orders"),
        "action" => json!("messages."),
        "outcome" => json!("denied"),
        "before" | "reset" => json!(120),
        "since_ms" => json!(1_795_803_900_000_i64),
        "until_ms" => json!(1_795_807_500_000_i64),
        "hours" => json!(24),
        "q" => json!("orders eu"),
        "format" => json!("csv"),
        "search" => json!(r#"{"from":{"at":"oldest"},"limit":1000}"#),
        "partition" => json!(1),
        "offset" => json!(2705),
        "download" => json!("value"),
        "import" | "id" => json!("0b6f4a52-6a3e-4f43-8a0c-d1a5b7c1e2f3"),
        "export" => json!("6e0c2f0a-5a4d-4f1c-9a4b-2f3d8f0c1b7e"),
        "key_decoder" | "value_decoder" => json!("auto"),
        "codec" => json!("zstd"),
        "only" => json!("70001-80000"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ouzel_api::{
        access, audit, brokers, cluster_settings, clusters, exports, find, groups, live, messages,
    };
    use ouzel_api::{
        error, produce, progress, resets, script, search, session, topic_config, topics, trim,
    };
    use serde::{Serialize, de::DeserializeOwned};
    use serde_json::Value;

    use super::all;
    use crate::{openapi::document, router};

    /// What is left of an example after its type has read and written it.
    fn through<T: DeserializeOwned + Serialize>(example: &Value) -> Result<Value, String> {
        let read: T = serde_json::from_value(example.clone()).map_err(|e| e.to_string())?;
        serde_json::to_value(&read).map_err(|e| e.to_string())
    }

    macro_rules! types {
        ($($module:ident: $($name:ident)*;)*) => {
            fn by_type(name: &str, example: &Value) -> Result<Value, String> {
                match name {
                    $($(stringify!($name) => through::<$module::$name>(example),)*)*
                    _ => Err("is not in the test's list".into()),
                }
            }
        };
    }
    types! {
        access: ChangePassword ChangeRole ChangeUser CreateRole CreateToken CreateUser Explained
            FirstPassword NewToken RoleRow SessionRow TokenRow User;
        audit: AuditPage AuditVerdict;
        brokers: BrokerConfig BrokerList BrokerPage;
        cluster_settings: ClusterSettings ClusterTest;
        clusters: Cluster ClusterHealth Overview;
        error: ApiError;
        exports: ExportList;
        find: Found;
        groups: Group GroupList;
        live: ClientFrame ServerFrame;
        messages: Message;
        produce: ImportCheck ImportEvent Produce Produced;
        progress: History;
        resets: DeleteGroups DeletedGroups ResetAsk ResetDone ResetList ResetPlan ResetRequest;
        script: ScriptTried TryScript;
        search: Search SearchEvent;
        session: SignIn Viewer;
        topic_config: ChangeTopicConfig TopicConfig;
        topics: Accepted CreateTopic FiguresRequest FiguresResponse GrowTopic Topic TopicConsumers
            TopicList;
        trim: Trim TrimPlan TrimQuestion Trimmed;
    }

    #[test]
    fn every_example_is_read_by_its_type_and_nothing_of_it_is_lost() {
        for (name, example) in all() {
            let again = by_type(&name, &example).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            assert!(holds(&again, &example), "{name}: {again} of {example}");
        }
    }

    /// Whether all of `part` is there. What is left out of a request has its default.
    fn holds(whole: &Value, part: &Value) -> bool {
        match (whole, part) {
            (Value::Object(whole), Value::Object(part)) => {
                part.iter().all(|(name, value)| whole.get(name).is_some_and(|it| holds(it, value)))
            }
            (Value::Array(whole), Value::Array(part)) => {
                whole.len() == part.len()
                    && whole.iter().zip(part).all(|(it, value)| holds(it, value))
            }
            _ => whole == part,
        }
    }

    #[test]
    fn every_body_that_the_api_knows_has_an_example() {
        let document = document(&router::table());
        let paths = document["paths"].as_object().expect("paths").values();
        let operations = paths.flat_map(|path| path.as_object().expect("a path").values());
        let mut bodies = BTreeSet::new();
        for operation in operations.filter(|it| it.is_object()) {
            let answers = operation["responses"].as_object().into_iter().flat_map(|it| it.values());
            for body in answers.chain([&operation["requestBody"]]) {
                let contents = body["content"].as_object().into_iter().flat_map(|it| it.values());
                bodies.extend(contents.filter_map(|content| of_body(&content["schema"])));
            }
        }
        assert!(bodies.len() > 40, "only {bodies:?}");
        let examples: BTreeSet<String> = all().into_iter().map(|(name, _)| name).collect();
        let missing: Vec<_> = bodies.difference(&examples).collect();
        assert!(missing.is_empty(), "no example of {missing:?}");
    }

    #[test]
    fn the_frames_of_the_websocket_are_described_with_examples() {
        let document = document(&router::table());
        for name in ["ClientFrame", "ServerFrame"] {
            let schema = &document["components"]["schemas"][name];
            assert!(schema["oneOf"].is_array() && schema["examples"].is_array(), "{name}");
        }
    }

    #[test]
    fn every_parameter_has_an_example() {
        let document = document(&router::table());
        let paths = document["paths"].as_object().expect("paths").values();
        let items = paths.flat_map(|path| path.as_object().expect("a path").iter());
        let lists = items.filter_map(|(name, item)| match name.as_str() {
            "parameters" => item.as_array(),
            _ => item["parameters"].as_array(),
        });
        let bare: BTreeSet<&str> = lists
            .flatten()
            .filter(|it| it["example"].is_null() && it["schema"]["example"].is_null())
            .filter_map(|it| it["name"].as_str())
            .collect();
        assert!(bare.is_empty(), "no example of {bare:?}");
    }

    /// The name of what a body is, or is a list of.
    fn of_body(schema: &Value) -> Option<String> {
        let name = schema["$ref"].as_str().or(schema["items"]["$ref"].as_str())?;
        name.rsplit('/').next().map(str::to_owned)
    }
}
