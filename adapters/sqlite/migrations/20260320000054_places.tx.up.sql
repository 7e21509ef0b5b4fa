-- Where in the venue a keyword hangs, for people.
ALTER TABLE keywords ADD COLUMN place TEXT NOT NULL DEFAULT '';
