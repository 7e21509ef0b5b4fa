-- Pictures that venues send are media too: of a conversation, or of no thread where a campaign has them. state 5 waits
-- for the text that it was chosen for, and goes when that is not written.
DROP INDEX media_due;
--bun:split
CREATE INDEX media_due ON media (due, id) WHERE state IN (1, 4, 5);
