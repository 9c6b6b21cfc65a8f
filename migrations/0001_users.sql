-- Who may sign in. Local users only; the first one is made at first start, so that no
-- installation ever runs open or with a password that is written in a manual.
CREATE TABLE users (
    id                  INTEGER PRIMARY KEY,
    -- Compared without case: `Anna` and `anna` would be told apart by nobody.
    name                TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    role                TEXT    NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer')),
    -- A PHC string: it names its own algorithm, salt and cost, so that the cost can grow later.
    password_hash       TEXT    NOT NULL,
    created_ms          INTEGER NOT NULL,
    password_changed_ms INTEGER NOT NULL
) STRICT;
