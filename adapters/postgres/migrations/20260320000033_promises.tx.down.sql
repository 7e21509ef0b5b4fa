ALTER TABLE subscribers DROP COLUMN promised;
--bun:split
ALTER TABLE consent_events DROP COLUMN promised;
--bun:split
ALTER TABLE disclosures DROP COLUMN monthly;
