DROP INDEX suppressions_likely;
--bun:split
ALTER TABLE suppressions DROP COLUMN actor;
--bun:split
ALTER TABLE suppressions DROP COLUMN words;
