-- Which checkpoints were put where this database's owner cannot change them, and what was given in return, such as a
-- timestamp token.
CREATE TABLE evidence_anchorings (
    anchor  TEXT NOT NULL,
    size    BIGINT NOT NULL, -- of the checkpoint
    at      TIMESTAMPTZ NOT NULL,
    receipt BYTEA,
    PRIMARY KEY (anchor, size)
);
--bun:split
CREATE INDEX evidence_anchorings_size ON evidence_anchorings (size);
