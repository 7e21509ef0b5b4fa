ALTER TABLE messages DROP COLUMN arm;
--bun:split
ALTER TABLE campaigns DROP COLUMN test;
