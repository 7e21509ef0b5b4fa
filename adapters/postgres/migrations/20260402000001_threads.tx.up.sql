-- Conversations: one for each guest who ever wrote. state 1 is open, 0 closed; heard counts texts for people, seen those
-- of them that somebody has read.
CREATE TABLE threads (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    number      BIGINT NOT NULL,
    state       SMALLINT NOT NULL,
    assignee    UUID,
    heard       INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    asked       TIMESTAMPTZ,
    at          TIMESTAMPTZ,
    last        TEXT NOT NULL,
    said_by     SMALLINT NOT NULL,
    made        TIMESTAMPTZ NOT NULL,
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
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    thread_id   UUID NOT NULL,
    kind        SMALLINT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    body        TEXT NOT NULL,
    author      UUID,
    read_as     SMALLINT NOT NULL,
    media       INTEGER NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE INDEX thread_items_thread ON thread_items (business_id, thread_id, at, id);
--bun:split
-- What a thread is found by. Beginnings of words are found by comparing bytes, whatever the database sorts by.
CREATE TABLE thread_words (
    business_id UUID NOT NULL,
    thread_id   UUID NOT NULL,
    word        TEXT COLLATE "C" NOT NULL,
    item_id     UUID NOT NULL,
    PRIMARY KEY (business_id, thread_id, word, item_id)
);
--bun:split
-- A number that grows when something of a business's threads changes: what pages that are open look at.
CREATE TABLE thread_marks (
    business_id UUID PRIMARY KEY,
    mark        BIGINT NOT NULL
);
