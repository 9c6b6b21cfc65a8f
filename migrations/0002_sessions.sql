-- Who is signed in. A token proves itself by its signature, but only a row here can be revoked:
-- a token without a live row is worth nothing. The token itself is not kept.
CREATE TABLE sessions (
    id         TEXT    PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address    TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    -- Moves forward while the session is used, at most once a minute, to spare the disk.
    seen_ms    INTEGER NOT NULL,
    -- Never moves.
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);
