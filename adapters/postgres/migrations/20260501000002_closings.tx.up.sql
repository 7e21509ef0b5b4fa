-- Accounts that end: when they are erased, and when they were.
CREATE TABLE closings (
    business_id UUID NOT NULL PRIMARY KEY,
    asked       TIMESTAMPTZ NOT NULL,
    asked_by    UUID,
    erase_at    TIMESTAMPTZ NOT NULL,
    was         SMALLINT NOT NULL,
    erased      TIMESTAMPTZ
);
--bun:split
CREATE INDEX closings_due ON closings (erase_at, business_id) WHERE erased IS NULL;
