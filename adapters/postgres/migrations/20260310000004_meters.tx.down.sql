DROP TABLE meters;
--bun:split
ALTER TABLE businesses DROP COLUMN tmobile_tier;
--bun:split
ALTER TABLE businesses DROP COLUMN att_class;
