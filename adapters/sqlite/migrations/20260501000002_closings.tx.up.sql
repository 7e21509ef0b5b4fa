-- Accounts that end: when they are erased, and when they were.
CREATE TABLE closings (
    business_id BLOB NOT NULL PRIMARY KEY,
    asked       INTEGER NOT NULL,
    asked_by    BLOB,
    erase_at    INTEGER NOT NULL,
    was         INTEGER NOT NULL,
    erased      INTEGER
);
--bun:split
CREATE INDEX closings_due ON closings (erase_at, business_id) WHERE erased IS NULL;
