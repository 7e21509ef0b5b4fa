-- Printed pages to the byte, by their hash: what hung on the wall when a guest opted in.
CREATE TABLE posters (
    business_id BLOB NOT NULL,
    sha256      BLOB NOT NULL,
    version     BLOB NOT NULL,
    size        INTEGER NOT NULL,
    page        BLOB NOT NULL,
    made        INTEGER NOT NULL,
    PRIMARY KEY (business_id, sha256)
);
--bun:split
CREATE INDEX posters_version ON posters (business_id, version);
--bun:split
ALTER TABLE consent_events ADD COLUMN poster BLOB;
