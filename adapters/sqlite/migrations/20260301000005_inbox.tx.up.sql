-- The business is known only once the body has been read, so the provider's id is the whole key: it is what keeps
-- an event that comes twice from acting twice.
CREATE TABLE inbox (
    id       TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    kind     INTEGER NOT NULL,
    type     TEXT NOT NULL,
    occurred INTEGER,
    received INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    handled  INTEGER,
    note     TEXT NOT NULL,
    raw      BLOB NOT NULL
);
--bun:split
CREATE INDEX inbox_waiting ON inbox (received, id) WHERE handled IS NULL;
--bun:split
CREATE INDEX inbox_newest ON inbox (received, id);
