-- Clusters that people add in the console, beside those that `ouzel.toml` names. What everybody may
-- know lies in the clear; passwords and keys are sealed with a key that lies in a file of its own,
-- so that a copy of this database gives none of them away.
CREATE TABLE console_clusters (
    name       TEXT    PRIMARY KEY,
    -- JSON without secrets: where, how careful, how it looks, how its brokers are spoken to.
    settings   TEXT    NOT NULL,
    -- JSON of the secrets, sealed; NULL if there are none.
    secrets    BLOB,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
