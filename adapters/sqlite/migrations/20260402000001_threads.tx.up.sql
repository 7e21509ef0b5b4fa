-- Conversations: one for each guest who ever wrote. state 1 is open, 0 closed; heard counts texts for people, seen those
-- of them that somebody has read.
CREATE TABLE threads (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    number      INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    assignee    BLOB,
    heard       INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    asked       INTEGER,
    at          INTEGER,
    last        TEXT NOT NULL,
    said_by     INTEGER NOT NULL,
    made        INTEGER NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE UNIQUE INDEX threads_guest ON threads (business_id, number);
--bun:split
CREATE INDEX threads_newest ON threads (business_id, at, id);
--bun:split
CREATE INDEX threads_open ON threads (business_id, at, id) WHERE state = 1;
--bun:split
-- The counter that every page shows.
CREATE INDEX threads_unread ON threads (business_id) WHERE heard > seen;
--bun:split
CREATE TABLE thread_items (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    thread_id   BLOB NOT NULL,
    kind        INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    body        TEXT NOT NULL,
    author      BLOB,
    read_as     INTEGER NOT NULL,
    media       INTEGER NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX thread_items_thread ON thread_items (business_id, thread_id, at, id);
--bun:split
-- What a thread is found by. Beginnings of words are found by comparing bytes.
CREATE TABLE thread_words (
    business_id BLOB NOT NULL,
    thread_id   BLOB NOT NULL,
    word        TEXT NOT NULL,
    item_id     BLOB NOT NULL,
    PRIMARY KEY (business_id, thread_id, word, item_id)
);
--bun:split
-- A number that grows when something of a business's threads changes: what pages that are open look at.
CREATE TABLE thread_marks (
    business_id BLOB PRIMARY KEY,
    mark        INTEGER NOT NULL
);
