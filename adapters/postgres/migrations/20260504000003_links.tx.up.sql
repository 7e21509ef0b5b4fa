-- Short links, one for each address in each guest's text. Of an opened one the first instant is kept, and nothing of how.
CREATE TABLE links (
    business_id UUID NOT NULL,
    message_id  UUID NOT NULL,
    n           BIGINT NOT NULL, -- its place in the text
    token       TEXT COLLATE "C" NOT NULL,
    campaign_id UUID NOT NULL,
    number      BIGINT NOT NULL,
    url         TEXT NOT NULL,
    made        TIMESTAMPTZ NOT NULL,
    opened      TIMESTAMPTZ,
    PRIMARY KEY (business_id, message_id, n)
);
--bun:split
CREATE UNIQUE INDEX links_token ON links (token);
--bun:split
-- Few are opened, so these are small.
CREATE INDEX links_opened ON links (business_id, campaign_id) WHERE opened IS NOT NULL;
--bun:split
CREATE INDEX links_guest ON links (business_id, number) WHERE opened IS NOT NULL;
