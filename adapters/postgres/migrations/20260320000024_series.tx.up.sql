-- By which rule a campaign repeats, as JSON, '' for none; and the series that an occurrence is one of.
ALTER TABLE campaigns ADD COLUMN repeats TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE campaigns ADD COLUMN series_id UUID;
--bun:split
-- No occurrence is there twice. Its id is made of the series and the instant too.
CREATE UNIQUE INDEX campaigns_occurrence ON campaigns (business_id, series_id, send_at) WHERE series_id IS NOT NULL;
