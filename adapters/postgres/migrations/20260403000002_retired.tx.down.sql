ALTER TABLE keywords DROP COLUMN retired;
