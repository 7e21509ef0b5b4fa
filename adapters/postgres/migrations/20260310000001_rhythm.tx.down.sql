ALTER TABLE businesses DROP COLUMN rhythm_hours;
--bun:split
ALTER TABLE businesses DROP COLUMN rhythm_texts;
