-- The carrier's opt-out list as it was last read, and in which pass. It bars nobody: suppressions do.
CREATE TABLE carrier_optouts (
    business_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    pass        INTEGER NOT NULL,
    PRIMARY KEY (business_id, number)
);
--bun:split
-- The last pass over that list, for each business and, with an id of zeros, for all.
CREATE TABLE carrier_passes (
    business_id BLOB PRIMARY KEY,
    pass        INTEGER NOT NULL,
    page        INTEGER NOT NULL,
    started     INTEGER,
    ended       INTEGER,
    counts      TEXT NOT NULL
);
--bun:split
-- A row of the carrier's list may name nothing but its messaging profile.
CREATE INDEX businesses_profile ON businesses (profile_id) WHERE profile_id <> '';
--bun:split
-- What the carrier refused, over all businesses: the texts that failed, which are few.
CREATE INDEX messages_code ON messages (code, settled) WHERE code <> '';
