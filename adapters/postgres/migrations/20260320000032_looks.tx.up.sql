-- When the carrier was last asked what became of a text, or the instant that counts as that.
ALTER TABLE messages ADD COLUMN looked TIMESTAMPTZ;
--bun:split
-- What waits for a receipt, over all businesses, in the order of asking. 3 is Sent, 8 is Unknown.
CREATE INDEX messages_unsettled ON messages ((COALESCE(looked, decided))) WHERE state IN (3, 8);
