//! The tables of [`super`]: what may name what. Within a crate, read them from the bottom of a
//! request's path upwards.

use super::{Foreign, Layer, Layered};

pub const LAYERED: &[Layered] = &[
    Layered { folder: "broker-core/src", path: "crate", layers: BROKER },
    Layered { folder: "broker-core/wire/src", path: "crate", layers: WIRE },
    Layered { folder: "server/src", path: "crate", layers: SERVER },
    Layered { folder: "server/api/src", path: "crate", layers: API },
    Layered { folder: "frontend/src", path: "crate", layers: FRONTEND },
    Layered { folder: "frontend/src/page", path: "crate::page", layers: PAGES },
    Layered { folder: "xtask/src", path: "crate", layers: XTASK },
    Layered { folder: "xtask/load/src", path: "crate", layers: LOAD },
];

pub const FOREIGN: &[Foreign] = &[
    // SQL lives in one folder.
    Foreign { folder: "server/src", word: "sqlx", modules: &["db"] },
    // librdkafka writes and joins groups; the command line prints its records as they come.
    Foreign { folder: "server/src", word: "rdkafka", modules: &["cli", "kafka"] },
    // JavaScript runs in a process of its own, and nowhere else.
    Foreign { folder: "server/src", word: "rquickjs", modules: &["script"] },
    // What knows HTTP. Clusters, searches, records and the database do not.
    Foreign {
        folder: "server/src",
        word: "axum",
        modules: &[
            "auth",
            "bundle",
            "error",
            "http",
            "listener",
            "live",
            "metrics",
            "openapi",
            "router",
            "server",
            "telemetry",
        ],
    },
];

/// Nothing in the protocol knows a message but the list of what is spoken.
const WIRE: &[Layer] = &[
    ("codec", &[]),
    ("uuid", &["codec"]),
    ("api_key", &["codec"]),
    ("error_code", &[]),
    ("sample", &["codec"]),
    ("messages", &["codec", "sample", "uuid"]),
    ("spoken", &["api_key", "codec", "messages"]),
    ("frame", &["api_key", "codec", "error_code", "spoken"]),
    ("batch", &["frame"]),
];

/// Disk at the bottom, sockets at the top; groups and the cluster's state beside each other.
const BROKER: &[Layer] = &[
    ("ids", &[]),
    ("config", &["ids"]),
    ("world", &["ids"]),
    ("session", &[]),
    ("buffers", &[]),
    ("log", &["buffers", "ids", "world"]),
    ("flush", &["ids", "log", "world"]),
    ("partition", &["buffers", "flush", "ids", "log", "world"]),
    ("cluster", &["ids", "world"]),
    ("node", &["cluster", "config", "flush", "ids", "log", "partition", "world"]),
    ("group", &["config", "ids", "partition", "world"]),
    (
        "listener",
        &["buffers", "cluster", "config", "group", "ids", "node", "partition", "session", "world"],
    ),
    ("stats", &["listener", "node"]),
];

/// The contract; its modules are nouns beside each other.
const API: &[Layer] = &[
    ("route", &[]),
    ("error", &[]),
    ("find", &[]),
    ("lag", &[]),
    ("pattern", &[]),
    ("session", &["pattern"]),
    ("access", &["session"]),
    ("audit", &["error"]),
    ("progress", &[]),
    ("clusters", &["error", "lag", "progress"]),
    ("cluster_settings", &["clusters"]),
    ("groups", &["error", "lag", "progress", "session"]),
    ("resets", &["lag"]),
    ("topics", &["error", "lag", "progress", "session"]),
    ("topic_config", &[]),
    ("brokers", &["topic_config"]),
    ("trim", &[]),
    ("messages", &["error"]),
    ("produce", &["error"]),
    ("search", &["error", "messages"]),
    ("exports", &["search"]),
    ("live", &["error", "messages", "search"]),
    ("script", &["search"]),
];

/// `state` is what every handler is given, so it stands beside them; what lies below it (`db`,
/// `kafka`, `browse`, `audit`) never hears of it. `http` names `router` once: the API describes
/// itself from the list of its routes.
const SERVER: &[Layer] = &[
    ("clock", &[]),
    ("config", &[]),
    ("memory", &[]),
    ("telemetry", &["config"]),
    ("metrics", &["telemetry"]),
    ("db", &[]),
    ("audit", &["clock", "db"]),
    ("kafka", &["clock"]),
    ("vault", &[]),
    ("book", &["audit", "clock", "config", "db", "kafka", "vault"]),
    ("configured", &["config", "kafka"]),
    ("embedded", &["config", "kafka"]),
    ("script", &[]),
    ("browse", &["kafka", "script"]),
    ("import", &["kafka"]),
    ("error", &["auth", "book", "browse", "db", "import", "kafka", "script", "telemetry"]),
    ("watch", &["clock", "db", "kafka"]),
    ("resets", &["audit", "auth", "clock", "db", "error", "kafka", "state"]),
    (
        "state",
        &[
            "audit", "auth", "book", "browse", "bundle", "db", "error", "import", "kafka",
            "metrics", "watch",
        ],
    ),
    ("auth", &["audit", "clock", "config", "db", "error", "state"]),
    ("bundle", &["error", "state", "telemetry"]),
    ("live", &["audit", "auth", "browse", "error", "kafka", "state"]),
    (
        "http",
        &[
            "audit",
            "auth",
            "browse",
            "clock",
            "db",
            "error",
            "import",
            "kafka",
            "live",
            "openapi",
            "resets",
            "router",
            "state",
            "telemetry",
            "watch",
        ],
    ),
    ("openapi", &["auth", "router"]),
    (
        "router",
        &[
            "auth",
            "browse",
            "bundle",
            "error",
            "http",
            "live",
            "metrics",
            "openapi",
            "state",
            "telemetry",
        ],
    ),
    ("listener", &[]),
    ("demo", &["clock", "kafka"]),
    (
        "server",
        &[
            "audit",
            "auth",
            "book",
            "browse",
            "bundle",
            "clock",
            "config",
            "configured",
            "db",
            "demo",
            "embedded",
            "http",
            "import",
            "kafka",
            "listener",
            "live",
            "metrics",
            "resets",
            "router",
            "state",
            "telemetry",
            "vault",
            "watch",
        ],
    ),
    (
        "cli",
        &[
            "audit",
            "auth",
            "bundle",
            "clock",
            "config",
            "configured",
            "db",
            "kafka",
            "memory",
            "script",
            "server",
            "telemetry",
        ],
    ),
];

/// `ui` looks and knows no domain; pages see everything but each other.
const FRONTEND: &[Layer] = &[
    ("format", &[]),
    ("route", &[]),
    ("query", &["route"]),
    ("ui", &["format"]),
    ("client", &["query"]),
    ("session", &["client"]),
    ("rights", &["client", "session", "ui"]),
    ("load", &["client", "ui"]),
    ("ask", &["client", "load", "ui"]),
    ("confirm", &["ui"]),
    ("location", &["query", "route"]),
    ("clusters", &["client", "load", "location", "route"]),
    ("leaving", &["location", "ui"]),
    ("prefs", &["ui"]),
    ("keys", &["location", "route"]),
    ("cells", &["format", "location", "route", "ui"]),
    ("listing", &["location", "query", "ui"]),
    ("saved", &[]),
    ("setting", &["format", "ui"]),
    ("views", &["location", "prefs", "query", "ui"]),
    (
        "page",
        &[
            "ask", "cells", "client", "clusters", "confirm", "format", "keys", "leaving",
            "listing", "load", "location", "prefs", "query", "route", "saved", "session",
            "setting", "ui", "views",
        ],
    ),
    (
        "shell",
        &[
            "client", "clusters", "keys", "load", "location", "prefs", "query", "rights", "route",
            "session", "ui",
        ],
    ),
    ("app", &["load", "location", "page", "prefs", "query", "route", "session", "shell", "ui"]),
];

/// Pages never import pages.
const PAGES: &[Layer] = &[
    ("access", &[]),
    ("audit", &[]),
    ("brokers", &[]),
    ("clusters", &[]),
    ("groups", &[]),
    ("messages", &[]),
    ("not_found", &[]),
    ("overview", &[]),
    ("sign_in", &[]),
    ("topics", &[]),
];

const XTASK: &[Layer] = &[
    ("problem", &[]),
    ("shell", &["problem"]),
    ("workspace", &["problem", "shell"]),
    ("packages", &["problem", "shell"]),
    ("web", &["problem", "shell", "workspace"]),
    ("server", &["packages", "problem", "shell", "web", "workspace"]),
    ("tidy", &["problem", "shell", "test", "workspace"]),
    ("attack", &["problem", "server"]),
    ("clients", &["attack", "problem", "server", "shell", "test", "workspace"]),
    ("test", &["clients", "packages", "problem", "server", "shell", "tidy", "web", "workspace"]),
    ("shots", &["problem", "server", "shell", "test", "web", "workspace"]),
    ("fuzz", &["problem", "shell", "workspace"]),
    ("bench", &["attack", "problem", "server", "shell", "test", "web", "workspace"]),
];

/// The load generator: what a run is told and what it notes at the bottom, the loads above.
const LOAD: &[Layer] = &[
    ("options", &[]),
    ("record", &[]),
    ("times", &[]),
    ("acks", &["times"]),
    ("producers", &["acks", "options"]),
    ("drain", &["options", "record", "times"]),
    ("flood", &["acks", "options", "producers", "record"]),
    ("paced", &["acks", "drain", "options", "producers", "record", "times"]),
];
