CREATE TABLE messages (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    campaign_id BLOB,
    to_number   INTEGER NOT NULL,
    from_number INTEGER NOT NULL,
    class       INTEGER NOT NULL,
    priority    INTEGER NOT NULL, -- 0 for an answer, 1 for the rest: the order of claiming
    state       INTEGER NOT NULL,
    segments    INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    plan_key    BLOB NOT NULL,
    due         INTEGER NOT NULL,
    not_after   INTEGER,
    answers     INTEGER,
    lease       INTEGER,
    reason_at   INTEGER,
    planned     INTEGER,
    decided     INTEGER,
    submitted   INTEGER,
    settled     INTEGER,
    carrier_id  TEXT NOT NULL,
    code        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    media       TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE UNIQUE INDEX messages_plan_key ON messages (business_id, plan_key);
--bun:split
-- A guest's texts: caps, the thread, what to cancel.
CREATE INDEX messages_pair ON messages (business_id, to_number, id);
--bun:split
CREATE INDEX messages_campaign ON messages (business_id, campaign_id, id) WHERE campaign_id IS NOT NULL;
--bun:split
-- The queue, over all businesses. It holds only what waits, so it is as small as the backlog. 1 is Planned.
CREATE INDEX messages_claim ON messages (priority, due, id) WHERE state = 1;
--bun:split
-- On their way and unknown (2 and 8), over all businesses: leases that ran out, the gauge of unknowns.
CREATE INDEX messages_in_flight ON messages (state, lease) WHERE state IN (2, 8);
--bun:split
-- A receipt without a token names nothing but the carrier's id.
CREATE INDEX messages_carrier ON messages (carrier_id) WHERE carrier_id <> '';
