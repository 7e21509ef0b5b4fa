DROP INDEX campaigns_occurrence;
--bun:split
ALTER TABLE campaigns DROP COLUMN series_id;
--bun:split
ALTER TABLE campaigns DROP COLUMN repeats;
