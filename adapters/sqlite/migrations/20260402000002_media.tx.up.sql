-- Pictures and the like that guests sent: what is known of each. The bytes are in the blob store. state 1 waits to be
-- fetched, 4 to be deleted.
CREATE TABLE media (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    thread_id   BLOB NOT NULL,
    item_id     BLOB NOT NULL,
    url         TEXT NOT NULL,
    state       INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    due         INTEGER NOT NULL,
    made        INTEGER NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX media_thread ON media (business_id, thread_id, id);
--bun:split
CREATE INDEX media_item ON media (business_id, item_id);
--bun:split
-- What is to be done, over all businesses.
CREATE INDEX media_due ON media (due, id) WHERE state IN (1, 4);
