-- For Postgres, which keeps what pages count; here the guests of one place are counted as they are.
CREATE INDEX subscribers_newest ON subscribers (business_id, joined, number) WHERE joined IS NOT NULL;
--bun:split
-- The log of what people did, among all records of what was decided about texts.
CREATE INDEX evidence_records_acts ON evidence_records (business_id, id) WHERE kind IN (6, 7, 8);
