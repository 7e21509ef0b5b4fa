DROP INDEX evidence_records_acts;
--bun:split
DROP INDEX subscribers_newest;
