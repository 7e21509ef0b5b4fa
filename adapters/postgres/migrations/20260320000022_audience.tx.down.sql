DROP TABLE guest_tags;
--bun:split
DROP TABLE guest_notes;
--bun:split
ALTER TABLE subscribers DROP COLUMN keyword;
--bun:split
ALTER TABLE campaigns DROP COLUMN audience;
