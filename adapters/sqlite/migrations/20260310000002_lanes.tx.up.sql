-- A message's campaign, or zeros: what claimers take turns by.
ALTER TABLE messages ADD COLUMN lane BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
--bun:split
UPDATE messages SET lane = campaign_id WHERE campaign_id IS NOT NULL;
--bun:split
-- The queue by campaign: a claimer walks from each to the next, and passes over those that are paused. 1 is Planned.
CREATE INDEX messages_lane ON messages (priority, business_id, lane, due, id) WHERE state = 1;
