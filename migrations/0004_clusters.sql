-- What a cluster's name meant, and when. Clusters are configured in `ouzel.toml`, where a name can
-- be removed or given to another address; audit rows name clusters and must stay readable then.
CREATE TABLE clusters (
    name          TEXT    NOT NULL,
    -- `host:port`, separated by commas, in the order configured.
    bootstrap     TEXT    NOT NULL,
    environment   TEXT    NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    PRIMARY KEY (name, bootstrap, environment)
) STRICT, WITHOUT ROWID;
