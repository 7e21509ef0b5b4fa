CREATE TABLE campaigns (
    business_id    BLOB NOT NULL,
    id             BLOB NOT NULL,
    name           TEXT NOT NULL,
    body           TEXT NOT NULL,
    media          TEXT NOT NULL,
    status         INTEGER NOT NULL,
    send_at        INTEGER,
    not_after      INTEGER,
    created        INTEGER,
    approved       INTEGER,
    approved_by    BLOB,
    segments       INTEGER NOT NULL,
    needs_age_gate BOOLEAN NOT NULL,
    cursor_number  INTEGER NOT NULL,
    launched       INTEGER,
    planned        INTEGER NOT NULL,
    ended          INTEGER,
    revision       INTEGER NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- A claimed batch holds texts of many businesses and asks for their campaigns at once. Not unique: that would have
-- to begin with business_id.
CREATE INDEX campaigns_id ON campaigns (id);
--bun:split
-- Scheduled, sending, paused, over all businesses: what a worker has to look at.
CREATE INDEX campaigns_open ON campaigns (send_at, id) WHERE status IN (1, 2, 3);
