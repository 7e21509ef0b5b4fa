-- Facts and findings are text to the byte: a decision is replayed from what it was taken on.
CREATE TABLE decisions (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- in place of a key that begins with business_id: SQLite counts only here
    business_id BLOB NOT NULL,
    message_id  BLOB NOT NULL,
    attempt     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    edition     TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    facts       TEXT NOT NULL,
    findings    TEXT NOT NULL
);
--bun:split
CREATE INDEX decisions_message ON decisions (business_id, message_id, seq);
