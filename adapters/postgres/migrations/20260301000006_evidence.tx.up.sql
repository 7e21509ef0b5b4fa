-- Records lie in bundles, up to 64 of one business and one campaign that one transaction wrote, compressed together:
-- decisions of one campaign differ in a few words. Not partitioned by month yet: partitions come with retention, as for
-- messages.
--
-- A record's place is (txid, n) with n counted on from its bundle's, which is a multiple of 64. What a transaction writes
-- that is still open comes after all that was written by those that began before every open one. So a sealer takes
-- records in order without a lock, and without writing to them.
CREATE SEQUENCE evidence_places AS BIGINT START 64 INCREMENT 64;
--bun:split
CREATE TABLE evidence_bundles (
    business_id UUID NOT NULL,
    n           BIGINT NOT NULL,
    txid        BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    count       SMALLINT NOT NULL,
    campaign_id UUID,           -- NULL where the records are about none
    heads       BYTEA NOT NULL, -- of each record its id and its commitment, 48 bytes
    content     BYTEA NOT NULL, -- everything else of them
    PRIMARY KEY (business_id, n)
);
--bun:split
ALTER TABLE evidence_bundles ALTER heads SET STORAGE EXTERNAL, ALTER content SET STORAGE EXTERNAL;
--bun:split
-- What is not sealed yet, over all businesses.
CREATE INDEX evidence_bundles_place ON evidence_bundles (txid, n);
--bun:split
CREATE INDEX evidence_bundles_campaign ON evidence_bundles (business_id, campaign_id, n) WHERE campaign_id IS NOT NULL;
--bun:split
-- Where each record is.
CREATE TABLE evidence_records (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    n           BIGINT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    number      BIGINT,        -- NULL where it is about none, and once it is erased
    message_id  UUID,          -- NULL where it is about none
    kind        SMALLINT NOT NULL,
    erased      BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX evidence_records_pair ON evidence_records (business_id, number) WHERE number IS NOT NULL;
--bun:split
CREATE INDEX evidence_records_message ON evidence_records (business_id, message_id) WHERE message_id IS NOT NULL;
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
