-- What the program itself must remember and nobody configures, such as the key that signs
-- sessions. It lies here, and not in a file of its own, so that one copy of the database is whole.
CREATE TABLE settings (
    name       TEXT    PRIMARY KEY,
    value      BLOB    NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
