//! Looking at settings and changing them, in one line each.

use ouzel_wire::messages::*;

use super::{Client, NONE};

pub const TOPIC: i8 = 2;
pub const BROKER: i8 = 4;

/// What can be done with a key.
pub const SET: i8 = 0;
pub const DELETE: i8 = 1;
pub const APPEND: i8 = 2;
pub const SUBTRACT: i8 = 3;

/// A key, what is done with it, and the value for that.
pub type Change<'a> = (i8, &'a str, Option<&'a str>);

pub fn alter_request(
    kind: i8,
    name: &str,
    changes: &[Change<'_>],
) -> IncrementalAlterConfigsRequest {
    let config = |&(config_operation, name, value): &Change<'_>| IncrementalAlterableConfig {
        name: name.to_owned(),
        config_operation,
        value: value.map(str::to_owned),
        ..Default::default()
    };
    let resource = IncrementalAlterConfigsResource {
        resource_type: kind,
        resource_name: name.to_owned(),
        configs: changes.iter().map(config).collect(),
        ..Default::default()
    };
    IncrementalAlterConfigsRequest { resources: vec![resource], ..Default::default() }
}

/// Changes settings of one resource; the code and the words that come back.
pub async fn alter(
    client: &mut Client,
    kind: i8,
    name: &str,
    changes: &[Change<'_>],
) -> (i16, String) {
    let answer = client.call(alter_request(kind, name, changes)).await.responses.remove(0);
    assert_eq!((answer.resource_type, answer.resource_name.as_str()), (kind, name));
    (answer.error_code, answer.error_message.unwrap_or_default())
}

/// What comes back when it was done.
pub fn done() -> (i16, String) {
    (NONE, String::new())
}

/// All settings of one resource.
pub async fn settings(client: &mut Client, kind: i8, name: &str) -> DescribeConfigsResult {
    describe(client, kind, name, None).await
}

/// One setting.
pub async fn described(
    client: &mut Client,
    kind: i8,
    name: &str,
    key: &str,
) -> DescribeConfigsResourceResult {
    let answer = describe(client, kind, name, Some(key)).await;
    let [config] = answer.configs.as_slice() else { panic!("{key} of {name}: {answer:?}") };
    config.clone()
}

async fn describe(
    client: &mut Client,
    kind: i8,
    name: &str,
    key: Option<&str>,
) -> DescribeConfigsResult {
    let resource = DescribeConfigsResource {
        resource_type: kind,
        resource_name: name.to_owned(),
        configuration_keys: key.map(|key| vec![key.to_owned()]),
        ..Default::default()
    };
    let request = DescribeConfigsRequest {
        resources: vec![resource],
        include_synonyms: true,
        include_documentation: true,
        ..Default::default()
    };
    client.call(request).await.results.remove(0)
}
