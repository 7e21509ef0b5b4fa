-- What each business pays for, as the payment service said last; body is JSON. No cards.
CREATE TABLE billing_accounts (
    business_id BLOB PRIMARY KEY,
    customer_id TEXT NOT NULL, -- the payment service's name; '' for none
    due         INTEGER,
    revision    INTEGER NOT NULL,
    body        TEXT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX billing_accounts_customer ON billing_accounts (customer_id) WHERE customer_id <> '';
--bun:split
CREATE INDEX billing_accounts_due ON billing_accounts (due) WHERE due IS NOT NULL;
