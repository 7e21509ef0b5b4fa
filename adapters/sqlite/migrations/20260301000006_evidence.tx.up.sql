-- Records lie in bundles, up to 64 of one business and one campaign that one transaction wrote, compressed together:
-- decisions of one campaign differ in a few words.
--
-- A record's place is n, counted on from its bundle's, which is a multiple of 64: there is one writer, so bundles are seen
-- in the order of their numbers. txid is there for the other database, where there are many.
CREATE TABLE evidence_bundles (
    business_id BLOB NOT NULL,
    n           INTEGER NOT NULL,
    txid        INTEGER NOT NULL DEFAULT 0,
    count       INTEGER NOT NULL,
    campaign_id BLOB,          -- NULL where the records are about none
    heads       BLOB NOT NULL, -- of each record its id and its commitment, 48 bytes
    content     BLOB NOT NULL, -- everything else of them
    PRIMARY KEY (business_id, n)
);
--bun:split
-- What is not sealed yet, over all businesses.
CREATE INDEX evidence_bundles_place ON evidence_bundles (txid, n);
--bun:split
CREATE INDEX evidence_bundles_campaign ON evidence_bundles (business_id, campaign_id, n) WHERE campaign_id IS NOT NULL;
--bun:split
-- Where each record is.
CREATE TABLE evidence_records (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    number      INTEGER,       -- NULL where it is about none, and once it is erased
    message_id  BLOB,          -- NULL where it is about none
    kind        INTEGER NOT NULL,
    erased      INTEGER NOT NULL DEFAULT 0,
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
    business_id BLOB NOT NULL,
    seq         INTEGER NOT NULL, -- of the first
    count       INTEGER NOT NULL,
    txid        INTEGER NOT NULL, -- the place of the first
    n           INTEGER NOT NULL,
    leaves      BLOB NOT NULL,
    PRIMARY KEY (business_id, seq)
);
--bun:split
CREATE UNIQUE INDEX evidence_runs_place ON evidence_runs (business_id, txid, n);
--bun:split
-- The tree itself, 256 hashes a tile, over all businesses.
CREATE TABLE evidence_tiles (
    level INTEGER NOT NULL,
    n     INTEGER NOT NULL,
    data  BLOB NOT NULL,
    PRIMARY KEY (level, n)
);
--bun:split
-- Its signed heads, each with the place of the last record under it. The greatest is where the next sealing goes on.
CREATE TABLE evidence_checkpoints (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    at   INTEGER NOT NULL,
    note BLOB NOT NULL,
    txid INTEGER NOT NULL,
    n    INTEGER NOT NULL
);
--bun:split
CREATE INDEX evidence_checkpoints_at ON evidence_checkpoints (at);
