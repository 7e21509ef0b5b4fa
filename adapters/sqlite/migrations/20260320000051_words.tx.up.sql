-- What the guest said, to the letter, and who entered it: an entry must stand alone when all else about the guest is erased.
ALTER TABLE suppressions ADD COLUMN words BLOB;
--bun:split
ALTER TABLE suppressions ADD COLUMN actor TEXT NOT NULL DEFAULT '';
--bun:split
-- What staff must look at: likely opt-outs, of which there are few.
CREATE INDEX suppressions_likely ON suppressions (business_id, at) WHERE lifted IS NULL AND reason = 2;
