-- A business's place with the carrier: the order of its number, what its profile is not as it should be, its
-- registration. One row a business; body is JSON.
CREATE TABLE lines (
    business_id BLOB PRIMARY KEY,
    due         INTEGER,
    leased      INTEGER,
    brand_id    TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    body        TEXT NOT NULL
);
--bun:split
CREATE INDEX lines_due ON lines (due) WHERE due IS NOT NULL;
--bun:split
-- Whoever is there already is asked about at once.
INSERT INTO lines (business_id, due, brand_id, campaign_id, request_id, order_id, body)
SELECT id, created, '', '', '', '', '{}' FROM businesses;
