-- What people asked about their own data. Rows go two years after they were answered.
CREATE TABLE privacy_requests (
    business_id  BLOB NOT NULL,
    id           BLOB NOT NULL,
    number       INTEGER NOT NULL,
    kind         INTEGER NOT NULL,
    source       TEXT NOT NULL,
    words        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    entered_by   BLOB,          -- NULL for the guest
    at           INTEGER NOT NULL,
    acknowledged INTEGER,
    extended     INTEGER,
    closed       INTEGER,
    closed_by    BLOB,
    outcome      TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX privacy_requests_number ON privacy_requests (business_id, number);
--bun:split
CREATE INDEX privacy_requests_open ON privacy_requests (business_id, at) WHERE closed IS NULL;
