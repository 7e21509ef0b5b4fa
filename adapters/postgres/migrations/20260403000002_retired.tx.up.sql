-- When a keyword was taken down. It stays: nobody else gets it, and guests who text it are answered.
ALTER TABLE keywords ADD COLUMN retired TIMESTAMPTZ;
