-- What must not be erased. A hold is lifted, never deleted.
CREATE TABLE holds (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    number      INTEGER NOT NULL, -- 0 for everybody
    campaign_id BLOB,          -- NULL for all
    from_at     INTEGER,
    to_at       INTEGER,
    matter      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    placed_by   BLOB,          -- NULL for an operator
    placed      INTEGER NOT NULL,
    lifted      INTEGER,
    lifted_by   BLOB,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- Whoever erases and whoever places a hold wait for each other at the one row of this table.
CREATE TABLE hold_gate (
    n INTEGER PRIMARY KEY
);
--bun:split
INSERT INTO hold_gate (n) VALUES (1);
