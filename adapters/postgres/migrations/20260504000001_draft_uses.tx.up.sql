-- How much each business had drafted for it, by day. Counts only: nothing of what was asked or written.
CREATE TABLE draft_uses (
    business_id UUID NOT NULL,
    day         TEXT COLLATE "C" NOT NULL, -- UTC: 2006-01-02
    asked       BIGINT NOT NULL,
    tokens      BIGINT NOT NULL,
    PRIMARY KEY (business_id, day)
);
