-- Pictures and the like that guests sent: what is known of each. The bytes are in the blob store. state 1 waits to be
-- fetched, 4 to be deleted.
CREATE TABLE media (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    thread_id   UUID NOT NULL,
    item_id     UUID NOT NULL,
    url         TEXT NOT NULL,
    state       SMALLINT NOT NULL,
    kind        SMALLINT NOT NULL,
    size        INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    due         TIMESTAMPTZ NOT NULL,
    made        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX media_thread ON media (business_id, thread_id, id);
--bun:split
CREATE INDEX media_item ON media (business_id, item_id);
--bun:split
-- What is to be done, over all businesses.
CREATE INDEX media_due ON media (due, id) WHERE state IN (1, 4);
