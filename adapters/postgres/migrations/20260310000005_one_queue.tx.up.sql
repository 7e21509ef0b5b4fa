-- The queue by campaign is the one queue. Beside one by due, the planner of a table that was just filled would walk
-- that one, and read the whole backlog for each campaign.
DROP INDEX messages_claim;
