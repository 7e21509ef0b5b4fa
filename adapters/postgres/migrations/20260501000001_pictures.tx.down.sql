DROP INDEX media_due;
--bun:split
CREATE INDEX media_due ON media (due, id) WHERE state IN (1, 4);
