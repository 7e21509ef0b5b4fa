-- In the shape that the session library reads and writes.
CREATE TABLE sessions (
    token  TEXT PRIMARY KEY,
    data   BLOB NOT NULL,
    expiry REAL NOT NULL
);
--bun:split
CREATE INDEX sessions_expiry_idx ON sessions (expiry);
