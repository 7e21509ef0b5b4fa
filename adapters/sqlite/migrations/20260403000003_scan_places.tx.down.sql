CREATE TABLE scans_without (
    business_id BLOB NOT NULL,
    day         TEXT NOT NULL, -- at the venue: 2006-01-02
    keyword     TEXT NOT NULL,
    sheet       TEXT NOT NULL,
    device      TEXT NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (business_id, day, keyword, sheet, device)
);
--bun:split
INSERT INTO scans_without (business_id, day, keyword, sheet, device, n)
SELECT business_id, day, keyword, sheet, device, SUM(n) FROM scans GROUP BY business_id, day, keyword, sheet, device;
--bun:split
DROP TABLE scans;
--bun:split
ALTER TABLE scans_without RENAME TO scans;
