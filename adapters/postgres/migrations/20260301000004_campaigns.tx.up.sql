CREATE TABLE campaigns (
    business_id    UUID NOT NULL,
    id             UUID NOT NULL,
    name           TEXT NOT NULL,
    body           TEXT NOT NULL,
    media          TEXT NOT NULL,
    status         SMALLINT NOT NULL,
    send_at        TIMESTAMPTZ,
    not_after      TIMESTAMPTZ,
    created        TIMESTAMPTZ,
    approved       TIMESTAMPTZ,
    approved_by    UUID,
    segments       SMALLINT NOT NULL,
    needs_age_gate BOOLEAN NOT NULL,
    cursor_number  BIGINT NOT NULL,
    launched       TIMESTAMPTZ,
    planned        BIGINT NOT NULL,
    ended          TIMESTAMPTZ,
    revision       BIGINT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- A claimed batch holds texts of many businesses and asks for their campaigns at once. Not unique: that would have
-- to begin with business_id.
CREATE INDEX campaigns_id ON campaigns (id);
--bun:split
-- Scheduled, sending, paused, over all businesses: what a worker has to look at.
CREATE INDEX campaigns_open ON campaigns (send_at, id) WHERE status IN (1, 2, 3);
