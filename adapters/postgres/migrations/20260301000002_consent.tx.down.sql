DROP TABLE suppressions;
--bun:split
DROP TABLE disclosures;
--bun:split
DROP TABLE subscribers;
--bun:split
DROP TABLE consent_events;
