-- Not partitioned by month yet: a unique index of a partitioned table must hold the month, and then
-- (business_id, plan_key), which keeps a guest from getting a campaign twice, would hold within one month only.
-- Partitions come together with retention, and with a table of keys of their own.
CREATE TABLE messages (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    campaign_id UUID,
    to_number   BIGINT NOT NULL,
    from_number BIGINT NOT NULL,
    class       SMALLINT NOT NULL,
    priority    SMALLINT NOT NULL, -- 0 for an answer, 1 for the rest: the order of claiming
    state       SMALLINT NOT NULL,
    segments    SMALLINT NOT NULL,
    attempt     INTEGER NOT NULL,
    plan_key    UUID NOT NULL,
    due         TIMESTAMPTZ NOT NULL,
    not_after   TIMESTAMPTZ,
    answers     TIMESTAMPTZ,
    lease       TIMESTAMPTZ,
    reason_at   TIMESTAMPTZ,
    planned     TIMESTAMPTZ,
    decided     TIMESTAMPTZ,
    submitted   TIMESTAMPTZ,
    settled     TIMESTAMPTZ,
    carrier_id  TEXT NOT NULL,
    code        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    media       TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
-- A message changes three times within minutes: dead rows are cleared early, before the table doubles.
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
--bun:split
CREATE UNIQUE INDEX messages_plan_key ON messages (business_id, plan_key);
--bun:split
-- A guest's texts: caps, the thread, what to cancel. With what caps are counted by, so that a guest's old texts are
-- not read from the table each time. Every change of state writes all indexes anyway: the claim is by state.
CREATE INDEX messages_pair ON messages (business_id, to_number, id) INCLUDE (class, state, decided, submitted);
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
