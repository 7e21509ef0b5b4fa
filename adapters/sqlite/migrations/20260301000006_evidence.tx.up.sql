-- One fact with what is needed to find it. The body is text to the byte: a commitment is to it.
--
-- A record's place is n: there is one writer, so records are seen in the order of their numbers. txid is there for the
-- other database, where there are many.
CREATE TABLE evidence_records (
    n           INTEGER PRIMARY KEY AUTOINCREMENT, -- in place of a key that begins with business_id: SQLite counts only here
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    txid        INTEGER NOT NULL DEFAULT 0,
    kind        INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    number      INTEGER,       -- these three are NULL where a record is about none
    message_id  BLOB,
    campaign_id BLOB,
    salt        BLOB,          -- NULL, as body and number, once the record is erased
    commitment  BLOB NOT NULL,
    body        TEXT
);
--bun:split
CREATE UNIQUE INDEX evidence_records_id ON evidence_records (business_id, id);
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
