-- Short links, one for each address in each guest's text. Of an opened one the first instant is kept, and nothing of how.
CREATE TABLE links (
    business_id BLOB NOT NULL,
    message_id  BLOB NOT NULL,
    n           INTEGER NOT NULL, -- its place in the text
    token       TEXT NOT NULL,
    campaign_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    url         TEXT NOT NULL,
    made        INTEGER NOT NULL,
    opened      INTEGER,
    PRIMARY KEY (business_id, message_id, n)
);
--bun:split
CREATE UNIQUE INDEX links_token ON links (token);
--bun:split
-- Few are opened, so these are small.
CREATE INDEX links_opened ON links (business_id, campaign_id) WHERE opened IS NOT NULL;
--bun:split
CREATE INDEX links_guest ON links (business_id, number) WHERE opened IS NOT NULL;
