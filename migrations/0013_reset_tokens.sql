-- A reset that waits is judged again before it is done. Whoever asked by a token may then do what
-- that token allows, and nothing if it was revoked: so it is known by which. NULL: by a session.
ALTER TABLE resets ADD COLUMN token TEXT;
