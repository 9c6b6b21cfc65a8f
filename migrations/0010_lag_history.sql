-- How far groups were behind, over time: Kafka keeps only where they are now. Samples are written
-- at most every few seconds for an hour, every five minutes for a day, every hour for thirty days:
-- a sample is born with its tier and is never rewritten, only deleted when its tier's time is over.
-- The number of series is limited by the program, and with it the number of rows.
CREATE TABLE lag_series (
    id       INTEGER PRIMARY KEY,
    cluster  TEXT    NOT NULL,
    -- `cluster`: all groups together, whose name is then empty.
    kind     TEXT    NOT NULL CHECK (kind IN ('group', 'cluster')),
    group_id TEXT    NOT NULL,
    UNIQUE (cluster, kind, group_id)
) STRICT;

CREATE TABLE lag_samples (
    series       INTEGER NOT NULL REFERENCES lag_series (id) ON DELETE CASCADE,
    at_ms        INTEGER NOT NULL,
    tier         INTEGER NOT NULL CHECK (tier IN (0, 1, 2)),
    -- NULL: unknown, or no commit.
    lag          INTEGER,
    -- Of an hourly sample, the most since the one before: an hour has more than one moment.
    peak         INTEGER,
    time_lag_ms  INTEGER,
    -- Whether that is only a lower bound.
    at_least     INTEGER NOT NULL CHECK (at_least IN (0, 1)),
    -- Records in a thousand seconds, at that moment.
    read_rate    INTEGER NOT NULL,
    written_rate INTEGER NOT NULL,
    PRIMARY KEY (series, at_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX lag_samples_by_age ON lag_samples (tier, at_ms);

-- When which offset of a partition was written, thinned with age: one row per partition that some
-- group reads. `points` is pairs of time and end offset, eight bytes each, little-endian.
CREATE TABLE lag_curves (
    cluster    TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    partition  INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    points     BLOB    NOT NULL,
    PRIMARY KEY (cluster, topic, partition)
) STRICT, WITHOUT ROWID;
