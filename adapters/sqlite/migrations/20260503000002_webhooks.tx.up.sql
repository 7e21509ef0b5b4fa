-- Where events go.
CREATE TABLE webhook_endpoints (
    business_id   BLOB NOT NULL,
    id            BLOB NOT NULL,
    url           TEXT NOT NULL,
    about         TEXT NOT NULL,
    events        INTEGER NOT NULL,
    secret        BLOB NOT NULL,
    previous      BLOB,
    previous_ends INTEGER,
    created       INTEGER NOT NULL,
    created_by    BLOB NOT NULL,
    failing_since INTEGER,
    off_since     INTEGER,
    why           TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- Events on their way, written in the transaction of what they tell.
CREATE TABLE webhook_deliveries (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    endpoint_id BLOB NOT NULL,
    event       INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    guest       TEXT NOT NULL,
    message_id  BLOB,
    campaign_id BLOB,
    detail      TEXT NOT NULL,
    due         INTEGER NOT NULL,
    leased      INTEGER,
    attempts    INTEGER NOT NULL,
    done        INTEGER,
    arrived     BOOLEAN NOT NULL,
    status      INTEGER NOT NULL,
    note        TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (business_id, endpoint_id, id);
--bun:split
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due) WHERE done IS NULL;
--bun:split
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (done) WHERE done IS NOT NULL;
