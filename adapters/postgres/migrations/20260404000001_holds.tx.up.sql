-- What must not be erased. A hold is lifted, never deleted.
CREATE TABLE holds (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    number      BIGINT NOT NULL, -- 0 for everybody
    campaign_id UUID,          -- NULL for all
    from_at     TIMESTAMPTZ,
    to_at       TIMESTAMPTZ,
    matter      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    placed_by   UUID,          -- NULL for an operator
    placed      TIMESTAMPTZ NOT NULL,
    lifted      TIMESTAMPTZ,
    lifted_by   UUID,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- Whoever erases and whoever places a hold wait for each other at the one row of this table.
CREATE TABLE hold_gate (
    n INTEGER PRIMARY KEY
);
--bun:split
INSERT INTO hold_gate (n) VALUES (1);
