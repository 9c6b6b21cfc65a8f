-- What was done to the commits of groups through this console, with what was committed before:
-- Kafka keeps no such thing, and without it nobody could undo a reset. Also those that wait until
-- their group is empty, which must outlast a restart of the console.
CREATE TABLE resets (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster    TEXT    NOT NULL,
    group_id   TEXT    NOT NULL,
    -- Who asked, from where, and what allowed it: whoever does a reset that has waited acts in
    -- this name.
    user       TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    -- The beginning in the audit log.
    audit_id   INTEGER NOT NULL,
    -- The strategy as JSON; only shown.
    strategy   TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'failed', 'cancelled', 'expired')),
    asked_ms   INTEGER NOT NULL,
    ended_ms   INTEGER,
    expires_ms INTEGER,
    problem    TEXT
) STRICT;

CREATE INDEX resets_by_group ON resets (cluster, group_id, id);
-- At most one waits for a group: two would be done in an order that nobody has chosen.
CREATE UNIQUE INDEX resets_waiting ON resets (cluster, group_id) WHERE state = 'waiting';

CREATE TABLE reset_changes (
    reset_id  INTEGER NOT NULL REFERENCES resets (id) ON DELETE CASCADE,
    topic     TEXT    NOT NULL,
    partition INTEGER NOT NULL,
    -- NULL: no commit.
    before    INTEGER,
    after     INTEGER,
    -- Whether it was done.
    done      INTEGER NOT NULL CHECK (done IN (0, 1)),
    PRIMARY KEY (reset_id, topic, partition)
) STRICT, WITHOUT ROWID;
