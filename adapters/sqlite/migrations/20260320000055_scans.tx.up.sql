-- How often an opt-in page was opened, by day. A count only: no address, no time, nobody.
CREATE TABLE scans (
    business_id BLOB NOT NULL,
    day         TEXT NOT NULL, -- at the venue: 2006-01-02
    keyword     TEXT NOT NULL,
    sheet       TEXT NOT NULL,
    device      TEXT NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (business_id, day, keyword, sheet, device)
);
