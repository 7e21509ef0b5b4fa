ALTER TABLE consent_events DROP COLUMN poster;
--bun:split
DROP TABLE posters;
