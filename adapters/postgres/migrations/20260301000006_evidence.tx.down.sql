DROP TABLE evidence_checkpoints;
--bun:split
DROP TABLE evidence_tiles;
--bun:split
DROP TABLE evidence_runs;
--bun:split
DROP TABLE evidence_records;
--bun:split
DROP TABLE evidence_bundles;
--bun:split
DROP SEQUENCE evidence_places;
