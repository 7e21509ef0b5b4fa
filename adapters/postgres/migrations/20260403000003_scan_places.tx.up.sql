-- Where scans come from, as coarsely as a delivery network says it: a state or region. '' where nobody says.
CREATE TABLE scans_by_place (
    business_id UUID NOT NULL,
    day         TEXT COLLATE "C" NOT NULL, -- at the venue: 2006-01-02
    keyword     TEXT COLLATE "C" NOT NULL,
    sheet       TEXT COLLATE "C" NOT NULL,
    device      TEXT COLLATE "C" NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    n           BIGINT NOT NULL,
    PRIMARY KEY (business_id, day, keyword, sheet, device, place)
);
--bun:split
INSERT INTO scans_by_place (business_id, day, keyword, sheet, device, place, n)
SELECT business_id, day, keyword, sheet, device, '', n FROM scans;
--bun:split
DROP TABLE scans;
--bun:split
ALTER TABLE scans_by_place RENAME TO scans;
