DROP INDEX messages_lane;
--bun:split
ALTER TABLE messages DROP COLUMN lane;
