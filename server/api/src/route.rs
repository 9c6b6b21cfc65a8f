//! Every path of the API once: the pattern for the router, and the function that fills it in.
//!
//! In a filled-in path each segment is percent-encoded, so topic and group names may hold
//! anything.

/// `POST` signs in, `GET` tells who is signed in, `DELETE` signs out.
pub const SESSION: &str = "/api/v1/session";
/// `POST`: change one's own password.
pub const MY_PASSWORD: &str = "/api/v1/me/password";
/// `GET`: one's own sessions.
pub const MY_SESSIONS: &str = "/api/v1/me/sessions";
/// `DELETE`: end one of one's own sessions.
pub const MY_SESSION: &str = "/api/v1/me/sessions/{session}";
/// `GET` lists one's own API tokens, `POST` makes one.
pub const MY_TOKENS: &str = "/api/v1/me/tokens";
/// `DELETE`: revoke one of one's own tokens.
pub const MY_TOKEN: &str = "/api/v1/me/tokens/{token}";
/// `GET` lists users, `POST` makes one.
pub const USERS: &str = "/api/v1/users";
/// `PUT`: change a user's role, or shut the user out.
pub const USER: &str = "/api/v1/users/{user}";
/// `POST`: give a user a new first password.
pub const USER_PASSWORD: &str = "/api/v1/users/{user}/password";
/// `GET` lists roles, `POST` makes one.
pub const ROLES: &str = "/api/v1/roles";
/// `PUT` changes a role, `DELETE` removes it.
pub const ROLE: &str = "/api/v1/roles/{role}";
/// `GET`: everybody's sessions.
pub const SESSIONS: &str = "/api/v1/sessions";
/// `DELETE`: end anybody's session.
pub const OTHER_SESSION: &str = "/api/v1/sessions/{session}";
/// `GET`: everybody's API tokens.
pub const TOKENS: &str = "/api/v1/tokens";
/// `DELETE`: revoke anybody's token.
pub const TOKEN: &str = "/api/v1/tokens/{token}";
/// `GET`: what somebody may do somewhere, and why.
pub const EXPLAIN: &str = "/api/v1/access/explain";
/// `GET`: the clusters; `POST` adds one.
pub const CLUSTERS: &str = "/api/v1/clusters";
/// `GET` what is set of an added cluster, `PUT` changes it, `DELETE` removes it.
pub const CLUSTER: &str = "/api/v1/clusters/{cluster}";
/// `POST`: tries out a cluster that need not be added yet.
pub const CLUSTER_TEST: &str = "/api/v1/cluster-test";
/// `GET`: whether a cluster answers, and what is wrong with it, in five numbers.
pub const HEALTH: &str = "/api/v1/clusters/{cluster}/health";
/// `GET`: topics and groups of all clusters by a part of their name.
pub const FIND: &str = "/api/v1/find";
/// `GET`: one cluster's overview.
pub const OVERVIEW: &str = "/api/v1/clusters/{cluster}/overview";
/// `GET`: the brokers of a cluster.
pub const BROKERS: &str = "/api/v1/clusters/{cluster}/brokers";
/// `GET`: one broker with its folders and partitions.
pub const BROKER: &str = "/api/v1/clusters/{cluster}/brokers/{broker}";
/// `GET`: a broker's settings.
pub const BROKER_CONFIG: &str = "/api/v1/clusters/{cluster}/brokers/{broker}/config";
/// `GET` lists topics, `POST` creates one.
pub const TOPICS: &str = "/api/v1/clusters/{cluster}/topics";
/// `POST`: figures of the topics on screen.
pub const TOPIC_FIGURES: &str = "/api/v1/clusters/{cluster}/topic-figures";
/// `GET` one topic, `DELETE` it.
pub const TOPIC: &str = "/api/v1/clusters/{cluster}/topics/{topic}";
/// `POST`: gives a topic more partitions.
pub const TOPIC_PARTITIONS: &str = "/api/v1/clusters/{cluster}/topics/{topic}/partitions";
/// `GET` a topic's settings, `POST` changes some.
pub const TOPIC_CONFIG: &str = "/api/v1/clusters/{cluster}/topics/{topic}/config";
/// `POST`: what deleting a topic's oldest records would do.
pub const TRIM_PLAN: &str = "/api/v1/clusters/{cluster}/topics/{topic}/trim-plan";
/// `POST`: deletes a topic's oldest records.
pub const TRIM: &str = "/api/v1/clusters/{cluster}/topics/{topic}/trim";
/// `GET`: the groups that read a topic.
pub const TOPIC_CONSUMERS: &str = "/api/v1/clusters/{cluster}/topics/{topic}/consumers";
/// `POST`: search, answered as NDJSON.
pub const SEARCH: &str = "/api/v1/clusters/{cluster}/topics/{topic}/search";
/// `GET`: what a search finds, as a file.
pub const EXPORT: &str = "/api/v1/clusters/{cluster}/topics/{topic}/export";
/// `GET`: one's own exports of the topic, and how far they are.
pub const EXPORTS: &str = "/api/v1/clusters/{cluster}/topics/{topic}/exports";
/// `DELETE` ends one of one's own exports.
pub const EXPORT_RUN: &str = "/api/v1/clusters/{cluster}/topics/{topic}/exports/{export}";
/// `GET`: one record; key and value whole, up to the server's limit.
pub const MESSAGE: &str =
    "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/messages/{offset}";
/// `POST`: what a filter in JavaScript says of one record.
pub const SCRIPT: &str =
    "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/messages/{offset}/script";
/// `POST` writes records.
pub const RECORDS: &str = "/api/v1/clusters/{cluster}/topics/{topic}/records";
/// `POST`: what a file would write.
pub const IMPORT_CHECK: &str = "/api/v1/clusters/{cluster}/topics/{topic}/import/check";
/// `POST` writes the records of a file, answered as NDJSON.
pub const IMPORT: &str = "/api/v1/clusters/{cluster}/topics/{topic}/import";
/// `GET` how far one of one's own imports is, `DELETE` stops it.
pub const IMPORT_RUN: &str = "/api/v1/clusters/{cluster}/topics/{topic}/imports/{import}";
/// `GET`: the groups.
pub const GROUPS: &str = "/api/v1/clusters/{cluster}/groups";
/// `GET`: one group.
pub const GROUP: &str = "/api/v1/clusters/{cluster}/groups/{group}";
/// `GET`: the lag of a group over time.
pub const GROUP_HISTORY: &str = "/api/v1/clusters/{cluster}/groups/{group}/history";
/// `GET`: the lag of all groups together over time.
pub const HISTORY: &str = "/api/v1/clusters/{cluster}/history";
/// `POST`: what moving a group's commits would do.
pub const RESET_PLAN: &str = "/api/v1/clusters/{cluster}/groups/{group}/reset-plan";
/// `GET` lists what was done to a group's commits, `POST` moves them.
pub const RESETS: &str = "/api/v1/clusters/{cluster}/groups/{group}/resets";
/// `DELETE`: takes back a reset that waits.
pub const RESET: &str = "/api/v1/clusters/{cluster}/groups/{group}/resets/{reset}";
/// `POST`: deletes groups.
pub const GROUP_DELETIONS: &str = "/api/v1/clusters/{cluster}/group-deletions";
/// `GET`, upgraded to a WebSocket.
pub const LIVE: &str = "/api/v1/live";
/// `GET`: a page of the audit log.
pub const AUDIT: &str = "/api/v1/audit";
/// `GET`: checks the hash chain.
pub const AUDIT_VERIFY: &str = "/api/v1/audit/verify";
/// `GET`: the rows that fit, as a file.
pub const AUDIT_EXPORT: &str = "/api/v1/audit/export";
/// `GET`: this API, described.
pub const OPENAPI: &str = "/api/v1/openapi.json";

/// The path of [`CLUSTER`].
pub fn cluster(cluster: &str) -> String {
    fill(CLUSTER, &[cluster])
}

/// The path of [`HEALTH`].
pub fn health(cluster: &str) -> String {
    fill(HEALTH, &[cluster])
}

/// The path of [`OVERVIEW`].
pub fn overview(cluster: &str) -> String {
    fill(OVERVIEW, &[cluster])
}

/// The path of [`BROKERS`].
pub fn brokers(cluster: &str) -> String {
    fill(BROKERS, &[cluster])
}

/// The path of [`BROKER`].
pub fn broker(cluster: &str, broker: i32) -> String {
    fill(BROKER, &[cluster, &broker.to_string()])
}

/// The path of [`BROKER_CONFIG`].
pub fn broker_config(cluster: &str, broker: i32) -> String {
    fill(BROKER_CONFIG, &[cluster, &broker.to_string()])
}

/// The path of [`MY_SESSION`].
pub fn my_session(session: &str) -> String {
    fill(MY_SESSION, &[session])
}

/// The path of [`MY_TOKEN`].
pub fn my_token(token: &str) -> String {
    fill(MY_TOKEN, &[token])
}

/// The path of [`USER`].
pub fn user(user: &str) -> String {
    fill(USER, &[user])
}

/// The path of [`USER_PASSWORD`].
pub fn user_password(user: &str) -> String {
    fill(USER_PASSWORD, &[user])
}

/// The path of [`ROLE`].
pub fn role(role: &str) -> String {
    fill(ROLE, &[role])
}

/// The path of [`OTHER_SESSION`].
pub fn other_session(session: &str) -> String {
    fill(OTHER_SESSION, &[session])
}

/// The path of [`TOKEN`].
pub fn token(token: &str) -> String {
    fill(TOKEN, &[token])
}

/// The path and query of [`FIND`].
pub fn find(wanted: &str) -> String {
    format!("{FIND}?q={}", encode(wanted))
}

/// The path of [`TOPICS`].
pub fn topics(cluster: &str) -> String {
    fill(TOPICS, &[cluster])
}

/// The path of [`TOPIC_FIGURES`].
pub fn topic_figures(cluster: &str) -> String {
    fill(TOPIC_FIGURES, &[cluster])
}

/// The path of [`TOPIC`].
pub fn topic(cluster: &str, topic: &str) -> String {
    fill(TOPIC, &[cluster, topic])
}

/// The path of [`TOPIC_PARTITIONS`].
pub fn topic_partitions(cluster: &str, topic: &str) -> String {
    fill(TOPIC_PARTITIONS, &[cluster, topic])
}

/// The path of [`TOPIC_CONFIG`].
pub fn topic_config(cluster: &str, topic: &str) -> String {
    fill(TOPIC_CONFIG, &[cluster, topic])
}

/// The path of [`TRIM_PLAN`].
pub fn trim_plan(cluster: &str, topic: &str) -> String {
    fill(TRIM_PLAN, &[cluster, topic])
}

/// The path of [`TRIM`].
pub fn trim(cluster: &str, topic: &str) -> String {
    fill(TRIM, &[cluster, topic])
}

/// The path of [`TOPIC_CONSUMERS`].
pub fn topic_consumers(cluster: &str, topic: &str) -> String {
    fill(TOPIC_CONSUMERS, &[cluster, topic])
}

/// The path of [`SEARCH`].
pub fn search(cluster: &str, topic: &str) -> String {
    fill(SEARCH, &[cluster, topic])
}

/// The address of [`EXPORT`]: `search` as JSON, `format` by its name.
pub fn export(cluster: &str, topic: &str, format: &str, search: &str) -> String {
    let (format, search) = (encode(format), encode(search));
    format!("{}?format={format}&search={search}", fill(EXPORT, &[cluster, topic]))
}

/// The path of [`EXPORTS`].
pub fn exports(cluster: &str, topic: &str) -> String {
    fill(EXPORTS, &[cluster, topic])
}

/// The path of [`EXPORT_RUN`].
pub fn export_run(cluster: &str, topic: &str, export: &str) -> String {
    fill(EXPORT_RUN, &[cluster, topic, export])
}

/// The path of [`MESSAGE`].
pub fn message(cluster: &str, topic: &str, partition: i32, offset: i64) -> String {
    fill(MESSAGE, &[cluster, topic, &partition.to_string(), &offset.to_string()])
}

/// The path of [`SCRIPT`].
pub fn script(cluster: &str, topic: &str, partition: i32, offset: i64) -> String {
    fill(SCRIPT, &[cluster, topic, &partition.to_string(), &offset.to_string()])
}

/// The path of [`RECORDS`].
pub fn records(cluster: &str, topic: &str) -> String {
    fill(RECORDS, &[cluster, topic])
}

/// The path of [`IMPORT_CHECK`].
pub fn import_check(cluster: &str, topic: &str) -> String {
    fill(IMPORT_CHECK, &[cluster, topic])
}

/// The path of [`IMPORT`].
pub fn import(cluster: &str, topic: &str) -> String {
    fill(IMPORT, &[cluster, topic])
}

/// The path of [`IMPORT_RUN`].
pub fn import_run(cluster: &str, topic: &str, import: &str) -> String {
    fill(IMPORT_RUN, &[cluster, topic, import])
}

/// The path of [`GROUPS`].
pub fn groups(cluster: &str) -> String {
    fill(GROUPS, &[cluster])
}

/// The path of [`GROUP`].
pub fn group(cluster: &str, group: &str) -> String {
    fill(GROUP, &[cluster, group])
}

/// The path of [`GROUP_HISTORY`], the last `hours` of it.
pub fn group_history(cluster: &str, group: &str, hours: u32) -> String {
    format!("{}?hours={hours}", fill(GROUP_HISTORY, &[cluster, group]))
}

/// The path of [`HISTORY`], the last `hours` of it.
pub fn history(cluster: &str, hours: u32) -> String {
    format!("{}?hours={hours}", fill(HISTORY, &[cluster]))
}

/// The path of [`RESET_PLAN`].
pub fn reset_plan(cluster: &str, group: &str) -> String {
    fill(RESET_PLAN, &[cluster, group])
}

/// The path of [`RESETS`].
pub fn resets(cluster: &str, group: &str) -> String {
    fill(RESETS, &[cluster, group])
}

/// The path of [`RESET`].
pub fn reset(cluster: &str, group: &str, reset: i64) -> String {
    fill(RESET, &[cluster, group, &reset.to_string()])
}

/// The path of [`GROUP_DELETIONS`].
pub fn group_deletions(cluster: &str) -> String {
    fill(GROUP_DELETIONS, &[cluster])
}

/// Puts `values` in the places of `{…}`, in order, each percent-encoded.
fn fill(pattern: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let segment = |segment: &str| match segment.starts_with('{') {
        true => encode(values.next().expect("a value for each `{…}` of the pattern")),
        false => segment.to_owned(),
    };
    pattern.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Percent-encodes one path segment or query value (RFC 3986: all but unreserved characters).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    // A segment of dots alone would be taken for a way up the path, encoded or not.
    if out.chars().all(|c| c == '.') { out.replace('.', "%2E") } else { out }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_with_slashes_and_spaces_stays_one_segment() {
        let path = super::group("embedded", "a/b c%");
        assert_eq!(path, "/api/v1/clusters/embedded/groups/a%2Fb%20c%25");
    }

    #[test]
    fn a_record_has_a_path_with_all_four_parts() {
        let path = super::message("prod", "orders", 3, 9_007_199_254_740_993);
        let wanted = "/api/v1/clusters/prod/topics/orders/partitions/3/messages/9007199254740993";
        assert_eq!(path, wanted);
    }
}
