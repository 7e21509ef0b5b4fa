-- For Postgres, which keeps what pages count; here the guests of one place are counted as they are.
CREATE INDEX subscribers_newest ON subscribers (business_id, joined, number) WHERE joined IS NOT NULL;
