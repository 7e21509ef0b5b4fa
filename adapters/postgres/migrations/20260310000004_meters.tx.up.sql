-- What the carriers' registry gave a business. 0 is not known.
ALTER TABLE businesses ADD COLUMN att_class SMALLINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE businesses ADD COLUMN tmobile_tier SMALLINT NOT NULL DEFAULT 0;
--bun:split
-- How far each business has used its rate; the one of zeros is the whole account's. Claims pass over a business
-- until not_before.
CREATE TABLE meters (
    business_id UUID PRIMARY KEY,
    not_before  TIMESTAMPTZ,
    free_at     TIMESTAMPTZ,
    until_at    TIMESTAMPTZ,
    slow        DOUBLE PRECISION NOT NULL,
    slow_at     TIMESTAMPTZ
);
