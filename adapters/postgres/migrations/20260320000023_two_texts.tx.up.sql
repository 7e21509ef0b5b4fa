-- A second text that is tried beside the first, as JSON; '' where there is one text.
ALTER TABLE campaigns ADD COLUMN test TEXT NOT NULL DEFAULT '';
--bun:split
-- Which of the two a message has: 0 where there is one, 1 and 2 in the sample, 3 for the rest.
ALTER TABLE messages ADD COLUMN arm SMALLINT NOT NULL DEFAULT 0;
