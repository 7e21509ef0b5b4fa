-- The business is known only once the body has been read, so the provider's id is the whole key: it is what keeps
-- an event that comes twice from acting twice. Not partitioned by month yet, for the same reason as messages.
CREATE TABLE inbox (
    id       TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    kind     SMALLINT NOT NULL,
    type     TEXT NOT NULL,
    occurred TIMESTAMPTZ,
    received TIMESTAMPTZ NOT NULL,
    due      TIMESTAMPTZ NOT NULL,
    attempts INTEGER NOT NULL,
    handled  TIMESTAMPTZ,
    note     TEXT NOT NULL,
    raw      BYTEA NOT NULL
);
--bun:split
CREATE INDEX inbox_waiting ON inbox (received, id) WHERE handled IS NULL;
--bun:split
CREATE INDEX inbox_newest ON inbox (received, id);
