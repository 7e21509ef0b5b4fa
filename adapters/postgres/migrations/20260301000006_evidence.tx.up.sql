-- One fact with what is needed to find it. The body is text, not JSONB: a commitment is to its bytes. Not partitioned
-- by month yet: partitions come with retention, as for messages.
--
-- A record's place is (txid, n): what a transaction writes that is still open comes after all that was written by those
-- that began before every open one. So a sealer takes records in order without a lock, and without writing to them.
CREATE TABLE evidence_records (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    txid        BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    n           BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 500),
    kind        SMALLINT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    number      BIGINT,        -- these three are NULL where a record is about none
    message_id  UUID,
    campaign_id UUID,
    salt        UUID,          -- NULL, as body and number, once the record is erased
    commitment  BYTEA NOT NULL,
    body        TEXT,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- What is not sealed yet, over all businesses.
CREATE INDEX evidence_records_place ON evidence_records (txid, n);
--bun:split
CREATE INDEX evidence_records_pair ON evidence_records (business_id, number) WHERE number IS NOT NULL;
--bun:split
CREATE INDEX evidence_records_message ON evidence_records (business_id, message_id) WHERE message_id IS NOT NULL;
--bun:split
CREATE INDEX evidence_records_campaign ON evidence_records (business_id, campaign_id, id) WHERE campaign_id IS NOT NULL;
--bun:split
-- The leaves that one sealing gave to one business, in the order of their numbers: of each its index in the tree and the
-- record's place, 24 bytes. A business of one record has its row; one of a thousand has one too.
CREATE TABLE evidence_runs (
    business_id UUID NOT NULL,
    seq         BIGINT NOT NULL, -- of the first
    count       INTEGER NOT NULL,
    txid        BIGINT NOT NULL, -- the place of the first
    n           BIGINT NOT NULL,
    leaves      BYTEA NOT NULL,
    PRIMARY KEY (business_id, seq)
);
--bun:split
CREATE UNIQUE INDEX evidence_runs_place ON evidence_runs (business_id, txid, n);
--bun:split
-- The tree itself, 256 hashes a tile, over all businesses.
CREATE TABLE evidence_tiles (
    level SMALLINT NOT NULL,
    n     BIGINT NOT NULL,
    data  BYTEA NOT NULL,
    PRIMARY KEY (level, n)
);
--bun:split
-- Its signed heads, each with the place of the last record under it. The greatest is where the next sealing goes on.
CREATE TABLE evidence_checkpoints (
    size BIGINT PRIMARY KEY,
    root BYTEA NOT NULL,
    at   TIMESTAMPTZ NOT NULL,
    note BYTEA NOT NULL,
    txid BIGINT NOT NULL,
    n    BIGINT NOT NULL
);
--bun:split
CREATE INDEX evidence_checkpoints_at ON evidence_checkpoints (at);
