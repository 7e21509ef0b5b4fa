-- What guests said, to the letter: raw_text is bytes because phones send what a text column refuses.
CREATE TABLE consent_events (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    number      INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    method      INTEGER NOT NULL,
    scope       INTEGER NOT NULL,
    at          INTEGER,
    recorded    INTEGER,
    venue_state INTEGER NOT NULL,
    venue_zone  INTEGER NOT NULL,
    disclosure  BLOB,
    raw_text    BLOB,
    keyword     TEXT NOT NULL,
    to_number   INTEGER NOT NULL,
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
    business_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    since       INTEGER,
    scope       INTEGER NOT NULL,
    method      INTEGER NOT NULL,
    disclosure  BLOB,
    event_id    BLOB,
    proven      BOOLEAN NOT NULL,
    venue_state INTEGER NOT NULL,
    venue_zone  INTEGER NOT NULL,
    age_gate    INTEGER NOT NULL,
    age_at      INTEGER,
    joined      INTEGER,
    revision    INTEGER NOT NULL,
    PRIMARY KEY (business_id, number)
);
--bun:split
CREATE TABLE disclosures (
    business_id BLOB NOT NULL,
    version     BLOB NOT NULL,
    keyword     TEXT NOT NULL,
    text        TEXT NOT NULL,
    ref         TEXT NOT NULL,
    since       INTEGER,
    PRIMARY KEY (business_id, version)
);
--bun:split
CREATE TABLE suppressions (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    number      INTEGER NOT NULL,
    reason      INTEGER NOT NULL,
    source      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    lifted      INTEGER,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- One entry in force for each reason, also when two transactions add it at once. A business_id of zeros bars a
-- number for all.
CREATE UNIQUE INDEX suppressions_in_force ON suppressions (business_id, number, reason) WHERE lifted IS NULL;
--bun:split
CREATE INDEX suppressions_newest ON suppressions (business_id, at);
