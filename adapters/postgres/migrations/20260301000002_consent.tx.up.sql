-- What guests said, to the letter: raw_text is bytes because phones send what a text column refuses.
CREATE TABLE consent_events (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    number      BIGINT NOT NULL,
    kind        SMALLINT NOT NULL,
    method      SMALLINT NOT NULL,
    scope       SMALLINT NOT NULL,
    at          TIMESTAMPTZ,
    recorded    TIMESTAMPTZ,
    venue_state SMALLINT NOT NULL,
    venue_zone  SMALLINT NOT NULL,
    disclosure  BYTEA,
    raw_text    BYTEA,
    keyword     TEXT NOT NULL,
    to_number   BIGINT NOT NULL,
    carrier_id  TEXT NOT NULL,
    inbox_id    TEXT NOT NULL,
    rule        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    note        TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX consent_events_pair ON consent_events (business_id, number);
--bun:split
-- The fold of a guest's events, kept so that a decision reads one row. The events are what counts.
CREATE TABLE subscribers (
    business_id UUID NOT NULL,
    number      BIGINT NOT NULL,
    state       SMALLINT NOT NULL,
    since       TIMESTAMPTZ,
    scope       SMALLINT NOT NULL,
    method      SMALLINT NOT NULL,
    disclosure  BYTEA,
    event_id    UUID,
    proven      BOOLEAN NOT NULL,
    venue_state SMALLINT NOT NULL,
    venue_zone  SMALLINT NOT NULL,
    age_gate    SMALLINT NOT NULL,
    age_at      TIMESTAMPTZ,
    joined      TIMESTAMPTZ,
    revision    BIGINT NOT NULL,
    PRIMARY KEY (business_id, number)
);
--bun:split
CREATE TABLE disclosures (
    business_id UUID NOT NULL,
    version     BYTEA NOT NULL,
    keyword     TEXT NOT NULL,
    text        TEXT NOT NULL,
    ref         TEXT NOT NULL,
    since       TIMESTAMPTZ,
    PRIMARY KEY (business_id, version)
);
--bun:split
CREATE TABLE suppressions (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    number      BIGINT NOT NULL,
    reason      SMALLINT NOT NULL,
    source      TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    lifted      TIMESTAMPTZ,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- One entry in force for each reason, also when two transactions add it at once. A business_id of zeros bars a
-- number for all.
CREATE UNIQUE INDEX suppressions_in_force ON suppressions (business_id, number, reason) WHERE lifted IS NULL;
--bun:split
CREATE INDEX suppressions_newest ON suppressions (business_id, at);
