//! Every path of the API once: the pattern for the router, and the function that fills it in.
//!
//! In a filled-in path each segment is percent-encoded, so topic and group names may hold
//! anything.

/// `POST` signs in, `GET` tells who is signed in, `DELETE` signs out.
pub const SESSION: &str = "/api/v1/session";
/// `GET`: the clusters.
pub const CLUSTERS: &str = "/api/v1/clusters";
/// `GET`: one cluster's overview.
pub const OVERVIEW: &str = "/api/v1/clusters/{cluster}/overview";
/// `GET` lists topics, `POST` creates one.
pub const TOPICS: &str = "/api/v1/clusters/{cluster}/topics";
/// `POST`: figures of the topics on screen.
pub const TOPIC_FIGURES: &str = "/api/v1/clusters/{cluster}/topic-figures";
/// `GET` one topic, `DELETE` it.
pub const TOPIC: &str = "/api/v1/clusters/{cluster}/topics/{topic}";
/// `GET`: the groups that read a topic.
pub const TOPIC_CONSUMERS: &str = "/api/v1/clusters/{cluster}/topics/{topic}/consumers";
/// `POST`: search, answered as NDJSON.
pub const SEARCH: &str = "/api/v1/clusters/{cluster}/topics/{topic}/search";
/// `GET`: one record; key and value whole, up to the server's limit.
pub const MESSAGE: &str =
    "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/messages/{offset}";
/// `GET`: the groups.
pub const GROUPS: &str = "/api/v1/clusters/{cluster}/groups";
/// `GET`: one group.
pub const GROUP: &str = "/api/v1/clusters/{cluster}/groups/{group}";
/// `GET`, upgraded to a WebSocket.
pub const LIVE: &str = "/api/v1/live";
/// `GET`: a page of the audit log.
pub const AUDIT: &str = "/api/v1/audit";
/// `GET`: checks the hash chain.
pub const AUDIT_VERIFY: &str = "/api/v1/audit/verify";
/// `GET`: this API, described.
pub const OPENAPI: &str = "/api/v1/openapi.json";

/// The path of [`OVERVIEW`].
pub fn overview(cluster: &str) -> String {
    fill(OVERVIEW, &[cluster])
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

/// The path of [`TOPIC_CONSUMERS`].
pub fn topic_consumers(cluster: &str, topic: &str) -> String {
    fill(TOPIC_CONSUMERS, &[cluster, topic])
}

/// The path of [`SEARCH`].
pub fn search(cluster: &str, topic: &str) -> String {
    fill(SEARCH, &[cluster, topic])
}

/// The path of [`MESSAGE`].
pub fn message(cluster: &str, topic: &str, partition: i32, offset: i64) -> String {
    fill(MESSAGE, &[cluster, topic, &partition.to_string(), &offset.to_string()])
}

/// The path of [`GROUPS`].
pub fn groups(cluster: &str) -> String {
    fill(GROUPS, &[cluster])
}

/// The path of [`GROUP`].
pub fn group(cluster: &str, group: &str) -> String {
    fill(GROUP, &[cluster, group])
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
