-- Where events go.
CREATE TABLE webhook_endpoints (
    business_id   UUID NOT NULL,
    id            UUID NOT NULL,
    url           TEXT NOT NULL,
    about         TEXT NOT NULL,
    events        BIGINT NOT NULL,
    secret        BYTEA NOT NULL,
    previous      BYTEA,
    previous_ends TIMESTAMPTZ,
    created       TIMESTAMPTZ NOT NULL,
    created_by    UUID NOT NULL,
    failing_since TIMESTAMPTZ,
    off_since     TIMESTAMPTZ,
    why           TEXT NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- Events on their way, written in the transaction of what they tell.
CREATE TABLE webhook_deliveries (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    event       INTEGER NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    guest       TEXT NOT NULL,
    message_id  UUID,
    campaign_id UUID,
    detail      TEXT NOT NULL,
    due         TIMESTAMPTZ NOT NULL,
    leased      TIMESTAMPTZ,
    attempts    INTEGER NOT NULL,
    done        TIMESTAMPTZ,
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
