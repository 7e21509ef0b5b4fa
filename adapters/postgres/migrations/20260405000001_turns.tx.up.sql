-- What changes with a text's state is indexed in tables of its own. A text that changes then keeps its place in every
-- index of messages, and Postgres rewrites the row alone, on its page (HOT): before, each of a text's three or four
-- changes wrote six indexes anew. The triggers keep these tables; nothing else writes to them.
DROP INDEX messages_lane;
--bun:split
DROP INDEX messages_in_flight;
--bun:split
DROP INDEX messages_unsettled;
--bun:split
DROP INDEX messages_carrier;
--bun:split
DROP INDEX messages_code;
--bun:split
CREATE INDEX messages_code ON messages (code) WHERE code <> '';
--bun:split
DROP INDEX messages_pair;
--bun:split
CREATE INDEX messages_pair ON messages (business_id, to_number, id);
--bun:split
-- A batch changes all the rows of a page at once, so a page has room for each once more.
ALTER TABLE messages SET (fillfactor = 50);
--bun:split
-- The queue, over all businesses, lane by lane: state 1.
CREATE TABLE messages_waiting (
    priority    SMALLINT NOT NULL,
    business_id UUID NOT NULL,
    lane        UUID NOT NULL,
    due         TIMESTAMPTZ NOT NULL,
    id          UUID NOT NULL,
    PRIMARY KEY (priority, business_id, lane, due, id)
);
--bun:split
-- On their way, by when their leases run out: state 2.
CREATE TABLE messages_flying (
    lease       TIMESTAMPTZ NOT NULL,
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    PRIMARY KEY (lease, business_id, id)
);
--bun:split
-- Of which nobody knows what became: state 8.
CREATE TABLE messages_unknown (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- Whose receipts may yet come, by when they were last looked for: states 3 and 8.
CREATE TABLE messages_unsettled (
    at          TIMESTAMPTZ NOT NULL,
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    PRIMARY KEY (at, business_id, id)
);
--bun:split
-- A receipt without a token names nothing but the carrier's id.
CREATE TABLE messages_carried (
    carrier_id  TEXT NOT NULL,
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    PRIMARY KEY (carrier_id, business_id, id)
);
--bun:split
-- The settings are for plans that do not hang on statistics: one look into a key for each row that changed.
CREATE FUNCTION messages_turn() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM messages_waiting AS w USING olds AS o WHERE o.state = 1 AND w.priority = o.priority AND w.business_id = o.business_id
            AND w.lane = o.lane AND w.due = o.due AND w.id = o.id;
        DELETE FROM messages_flying AS w USING olds AS o WHERE o.state = 2 AND w.lease = COALESCE(o.lease, '-infinity')
            AND w.business_id = o.business_id AND w.id = o.id;
        DELETE FROM messages_unknown AS w USING olds AS o WHERE o.state = 8 AND w.business_id = o.business_id AND w.id = o.id;
        DELETE FROM messages_unsettled AS w USING olds AS o WHERE o.state IN (3, 8) AND w.at = COALESCE(o.looked, o.decided, '-infinity')
            AND w.business_id = o.business_id AND w.id = o.id;
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM messages_carried AS w USING olds AS o WHERE o.carrier_id <> '' AND w.carrier_id = o.carrier_id
            AND w.business_id = o.business_id AND w.id = o.id;
        RETURN NULL;
    END IF;
    INSERT INTO messages_waiting (priority, business_id, lane, due, id) SELECT priority, business_id, lane, due, id FROM news WHERE state = 1;
    INSERT INTO messages_flying (lease, business_id, id) SELECT COALESCE(lease, '-infinity'), business_id, id FROM news WHERE state = 2;
    INSERT INTO messages_unknown (business_id, id) SELECT business_id, id FROM news WHERE state = 8;
    INSERT INTO messages_unsettled (at, business_id, id) SELECT COALESCE(looked, decided, '-infinity'), business_id, id FROM news WHERE state IN (3, 8);
    INSERT INTO messages_carried (carrier_id, business_id, id) SELECT carrier_id, business_id, id FROM news WHERE carrier_id <> '' ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
--bun:split
CREATE TRIGGER messages_added AFTER INSERT ON messages REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION messages_turn();
--bun:split
CREATE TRIGGER messages_changed AFTER UPDATE ON messages REFERENCING OLD TABLE AS olds NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION messages_turn();
--bun:split
CREATE TRIGGER messages_gone AFTER DELETE ON messages REFERENCING OLD TABLE AS olds FOR EACH STATEMENT EXECUTE FUNCTION messages_turn();
--bun:split
INSERT INTO messages_waiting (priority, business_id, lane, due, id) SELECT priority, business_id, lane, due, id FROM messages WHERE state = 1;
--bun:split
INSERT INTO messages_flying (lease, business_id, id) SELECT COALESCE(lease, '-infinity'), business_id, id FROM messages WHERE state = 2;
--bun:split
INSERT INTO messages_unknown (business_id, id) SELECT business_id, id FROM messages WHERE state = 8;
--bun:split
INSERT INTO messages_unsettled (at, business_id, id) SELECT COALESCE(looked, decided, '-infinity'), business_id, id FROM messages WHERE state IN (3, 8);
--bun:split
INSERT INTO messages_carried (carrier_id, business_id, id) SELECT carrier_id, business_id, id FROM messages WHERE carrier_id <> '';
