-- Who did what. An act has a beginning, written before it is done, and an ending, written after.
-- Both are entries of one hash chain, so that completing an act changes no row that is already
-- chained. `audit/chain.rs` says what is hashed; the console joins the two for a reader.
--
-- AUTOINCREMENT remembers the highest id that ever was: rows deleted from the end leave a trace.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL in a beginning; in an ending, the beginning it belongs to.
    begin_id    INTEGER REFERENCES audit (id),
    at_ms       INTEGER NOT NULL,
    -- Of a beginning.
    user        TEXT,
    address     TEXT,
    action      TEXT,
    cluster     TEXT,
    resource    TEXT,
    detail      TEXT,
    rule        TEXT,
    -- Of an ending.
    outcome     TEXT CHECK (outcome IN ('done', 'failed', 'denied')),
    result      TEXT,
    duration_ms INTEGER,
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK (CASE WHEN begin_id IS NULL
        THEN user IS NOT NULL AND address IS NOT NULL AND action IS NOT NULL
            AND rule IS NOT NULL AND outcome IS NULL
        ELSE outcome IS NOT NULL AND duration_ms IS NOT NULL AND action IS NULL
    END)
) STRICT;

CREATE UNIQUE INDEX audit_one_ending ON audit (begin_id) WHERE begin_id IS NOT NULL;
CREATE INDEX audit_by_user ON audit (user, id) WHERE begin_id IS NULL;

-- No part of the program changes or removes an entry; these keep its mistakes from doing so.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an audit entry is never changed');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an audit entry is never deleted');
END;
