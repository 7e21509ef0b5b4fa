-- Facts and findings are text, not JSONB: a decision is replayed from the bytes that it was taken on. Not
-- partitioned by month yet: partitions come with retention, as for messages.
CREATE TABLE decisions (
    business_id UUID NOT NULL,
    message_id  UUID NOT NULL,
    seq         BIGINT GENERATED ALWAYS AS IDENTITY,
    attempt     INTEGER NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    edition     TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    facts       TEXT NOT NULL,
    findings    TEXT NOT NULL,
    PRIMARY KEY (business_id, message_id, seq)
);
