-- How often an opt-in page was opened, by day. A count only: no address, no time, nobody.
CREATE TABLE scans (
    business_id UUID NOT NULL,
    day         TEXT COLLATE "C" NOT NULL, -- at the venue: 2006-01-02
    keyword     TEXT COLLATE "C" NOT NULL,
    sheet       TEXT COLLATE "C" NOT NULL,
    device      TEXT COLLATE "C" NOT NULL,
    n           BIGINT NOT NULL,
    PRIMARY KEY (business_id, day, keyword, sheet, device)
);
