ALTER TABLE keywords DROP COLUMN place;
