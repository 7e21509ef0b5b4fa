DROP INDEX messages_unsettled;
--bun:split
ALTER TABLE messages DROP COLUMN looked;
