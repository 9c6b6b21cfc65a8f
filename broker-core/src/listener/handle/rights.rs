//! What a client may do, in the bits in which Kafka tells it: everything that there is to do, for
//! clients are not told apart yet. A broker of Kafka without an authorizer says the same.

/// Kinds of acts, by their place among the bits (Kafka's `AclOperation`).
const READ: i32 = 3;
const WRITE: i32 = 4;
const CREATE: i32 = 5;
const DELETE: i32 = 6;
const ALTER: i32 = 7;
const DESCRIBE: i32 = 8;
const CLUSTER_ACTION: i32 = 9;
const DESCRIBE_CONFIGS: i32 = 10;
const ALTER_CONFIGS: i32 = 11;
const IDEMPOTENT_WRITE: i32 = 12;

const ON_CLUSTER: i32 = bits(&[
    CREATE,
    ALTER,
    DESCRIBE,
    CLUSTER_ACTION,
    DESCRIBE_CONFIGS,
    ALTER_CONFIGS,
    IDEMPOTENT_WRITE,
]);
const ON_TOPICS: i32 =
    bits(&[READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS]);
const ON_GROUPS: i32 = bits(&[READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS]);

/// What is told to a client that did not ask.
const NOT_ASKED: i32 = i32::MIN;

/// What may be done to the cluster, if that is asked for.
pub(super) fn on_cluster(is_asked: bool) -> i32 {
    if is_asked { ON_CLUSTER } else { NOT_ASKED }
}

/// What may be done to a topic, if that is asked for.
pub(super) fn on_topic(is_asked: bool) -> i32 {
    if is_asked { ON_TOPICS } else { NOT_ASKED }
}

/// What may be done to a group, if that is asked for.
pub(super) fn on_group(is_asked: bool) -> i32 {
    if is_asked { ON_GROUPS } else { NOT_ASKED }
}

const fn bits(acts: &[i32]) -> i32 {
    let (mut bits, mut at) = (0, 0);
    while at < acts.len() {
        bits |= 1 << acts[at];
        at += 1;
    }
    bits
}
