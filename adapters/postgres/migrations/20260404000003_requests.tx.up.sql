-- What people asked about their own data. Rows go two years after they were answered.
CREATE TABLE privacy_requests (
    business_id  UUID NOT NULL,
    id           UUID NOT NULL,
    number       BIGINT NOT NULL,
    kind         INTEGER NOT NULL,
    source       TEXT NOT NULL,
    words        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    entered_by   UUID,          -- NULL for the guest
    at           TIMESTAMPTZ NOT NULL,
    acknowledged TIMESTAMPTZ,
    extended     TIMESTAMPTZ,
    closed       TIMESTAMPTZ,
    closed_by    UUID,
    outcome      TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX privacy_requests_number ON privacy_requests (business_id, number);
--bun:split
CREATE INDEX privacy_requests_open ON privacy_requests (business_id, at) WHERE closed IS NULL;
