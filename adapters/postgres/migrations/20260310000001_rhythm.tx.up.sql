-- The cap that a venue sets itself: so many texts to a guest in so many hours. Zero stands for the default.
ALTER TABLE businesses ADD COLUMN rhythm_texts SMALLINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE businesses ADD COLUMN rhythm_hours SMALLINT NOT NULL DEFAULT 0;
