-- Roles that people make, users who are shut out or must change a password that somebody else has
-- seen, and tokens for programs.
--
-- `users.role` was held to the three built-in names by a CHECK, which SQLite cannot alter, so the
-- table is made anew. Dropping the old one empties `sessions` by its foreign key; they are put
-- back, so that nobody has to sign in again for an upgrade.
CREATE TEMP TABLE kept_sessions AS SELECT * FROM sessions;

CREATE TABLE new_users (
    id                  INTEGER PRIMARY KEY,
    -- Compared without case: `Anna` and `anna` would be told apart by nobody.
    name                TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    -- `administrator`, `editor`, `viewer`, or a name in `roles`. One that is in neither allows
    -- nothing.
    role                TEXT    NOT NULL COLLATE NOCASE,
    -- A PHC string: it names its own algorithm, salt and cost, so that the cost can grow later.
    password_hash       TEXT    NOT NULL,
    disabled            INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    must_change         INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    created_ms          INTEGER NOT NULL,
    password_changed_ms INTEGER NOT NULL
) STRICT;
INSERT INTO new_users (id, name, role, password_hash, created_ms, password_changed_ms)
    SELECT id, name, role, password_hash, created_ms, password_changed_ms FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;

INSERT INTO sessions SELECT * FROM kept_sessions;
DROP TABLE kept_sessions;

CREATE TABLE roles (
    name       TEXT    PRIMARY KEY COLLATE NOCASE,
    -- A JSON array: rights, a pattern of clusters, a pattern of topics or groups. Read as a whole
    -- with every request, and never searched.
    grants     TEXT    NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id         TEXT    PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    -- SHA-256 of the token, which has 256 random bits: there is nothing to guess it from.
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- Narrows what its owner may do; NULL does not.
    role       TEXT    COLLATE NOCASE,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    -- Moves forward while it is used, at most once a minute, to spare the disk.
    seen_ms    INTEGER,
    seen_from  TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_by_user ON tokens (user_id);
