-- How much each business had drafted for it, by day. Counts only: nothing of what was asked or written.
CREATE TABLE draft_uses (
    business_id BLOB NOT NULL,
    day         TEXT NOT NULL, -- UTC: 2006-01-02
    asked       INTEGER NOT NULL,
    tokens      INTEGER NOT NULL,
    PRIMARY KEY (business_id, day)
);
