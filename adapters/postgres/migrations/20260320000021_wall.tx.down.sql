ALTER TABLE campaigns DROP COLUMN wall;
