-- Printed pages to the byte, by their hash: what hung on the wall when a guest opted in.
CREATE TABLE posters (
    business_id UUID NOT NULL,
    sha256      BYTEA NOT NULL,
    version     BYTEA NOT NULL,
    size        SMALLINT NOT NULL,
    page        BYTEA NOT NULL,
    made        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (business_id, sha256)
);
--bun:split
CREATE INDEX posters_version ON posters (business_id, version);
--bun:split
ALTER TABLE consent_events ADD COLUMN poster BYTEA;
