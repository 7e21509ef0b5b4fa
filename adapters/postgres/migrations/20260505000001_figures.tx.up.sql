-- What pages count is kept as it changes: a venue's home and reports show sums of a few rows, however many guests and
-- texts there are. Every database connection adds to rows of its own (slot), so that nobody waits for another; a sum
-- over the slots is the figure, and a single one may be negative. The triggers keep these tables; nothing else does.
CREATE TABLE campaign_figures (
    business_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    arm         SMALLINT NOT NULL,
    state       SMALLINT NOT NULL,
    reason      TEXT NOT NULL,
    slot        SMALLINT NOT NULL,
    n           BIGINT NOT NULL,
    PRIMARY KEY (business_id, campaign_id, arm, state, reason, slot)
) WITH (fillfactor = 50);
--bun:split
-- The settings are for plans that do not hang on statistics, as for messages_turn.
CREATE FUNCTION campaign_figure() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO campaign_figures AS f SELECT business_id, campaign_id, arm, state, reason, pg_backend_pid() % 64, count(*)
            FROM news WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (business_id, campaign_id, arm, state, reason, slot) DO UPDATE SET n = f.n + excluded.n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO campaign_figures AS f SELECT business_id, campaign_id, arm, state, reason, pg_backend_pid() % 64, -count(*)
            FROM olds WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (business_id, campaign_id, arm, state, reason, slot) DO UPDATE SET n = f.n + excluded.n;
    ELSE
        INSERT INTO campaign_figures AS f SELECT business_id, campaign_id, arm, state, reason, pg_backend_pid() % 64, sum(n) FROM (
                SELECT business_id, campaign_id, arm, state, reason, 1 AS n FROM news
                UNION ALL SELECT business_id, campaign_id, arm, state, reason, -1 FROM olds
            ) AS x WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (business_id, campaign_id, arm, state, reason, slot) DO UPDATE SET n = f.n + excluded.n;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM messages_apart AS w USING olds AS o WHERE o.campaign_id IS NOT NULL AND o.state BETWEEN 5 AND 11
            AND w.business_id = o.business_id AND w.campaign_id = o.campaign_id AND w.state = o.state AND w.id = o.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO messages_apart SELECT business_id, campaign_id, state, id, reason FROM news WHERE campaign_id IS NOT NULL AND state BETWEEN 5 AND 11;
    END IF;
    RETURN NULL;
END $$;
--bun:split
CREATE TRIGGER messages_figure_added AFTER INSERT ON messages REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION campaign_figure();
--bun:split
CREATE TRIGGER messages_figure_changed AFTER UPDATE ON messages REFERENCING OLD TABLE AS olds NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION campaign_figure();
--bun:split
CREATE TRIGGER messages_figure_gone AFTER DELETE ON messages REFERENCING OLD TABLE AS olds FOR EACH STATEMENT EXECUTE FUNCTION campaign_figure();
--bun:split
INSERT INTO campaign_figures SELECT business_id, campaign_id, arm, state, reason, 0, count(*) FROM messages
    WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5;
--bun:split
-- Of the guests who ever joined: how many are in each state (kind 0), how many joined in an hour (kind 1), and how many
-- are out since an hour (kind 2). Hours are counted from 1970.
CREATE TABLE subscriber_figures (
    business_id UUID NOT NULL,
    kind        SMALLINT NOT NULL,
    hour        INTEGER NOT NULL,
    state       SMALLINT NOT NULL,
    slot        SMALLINT NOT NULL,
    n           BIGINT NOT NULL,
    PRIMARY KEY (business_id, kind, hour, state, slot)
) WITH (fillfactor = 50);
--bun:split
CREATE FUNCTION hour_of(t TIMESTAMPTZ) RETURNS INTEGER LANGUAGE SQL IMMUTABLE AS $$ SELECT floor(extract(epoch FROM t) / 3600)::INTEGER $$;
--bun:split
CREATE FUNCTION subscriber_figure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO subscriber_figures AS f SELECT business_id, kind, hour, x.state, pg_backend_pid() % 64, -count(*) FROM olds
            CROSS JOIN LATERAL (VALUES (0, 0, olds.state), (1, hour_of(joined), 0::SMALLINT), (2, CASE WHEN olds.state IN (2, 3) THEN hour_of(since) END, 0::SMALLINT)) AS x (kind, hour, state)
            WHERE joined IS NOT NULL AND hour IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (business_id, kind, hour, state, slot) DO UPDATE SET n = f.n + excluded.n;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO subscriber_figures AS f SELECT business_id, kind, hour, x.state, pg_backend_pid() % 64, count(*) FROM news
            CROSS JOIN LATERAL (VALUES (0, 0, news.state), (1, hour_of(joined), 0::SMALLINT), (2, CASE WHEN news.state IN (2, 3) THEN hour_of(since) END, 0::SMALLINT)) AS x (kind, hour, state)
            WHERE joined IS NOT NULL AND hour IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (business_id, kind, hour, state, slot) DO UPDATE SET n = f.n + excluded.n;
    END IF;
    RETURN NULL;
END $$;
--bun:split
CREATE TRIGGER subscribers_figure_added AFTER INSERT ON subscribers REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION subscriber_figure();
--bun:split
CREATE TRIGGER subscribers_figure_changed AFTER UPDATE ON subscribers REFERENCING OLD TABLE AS olds NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION subscriber_figure();
--bun:split
CREATE TRIGGER subscribers_figure_gone AFTER DELETE ON subscribers REFERENCING OLD TABLE AS olds FOR EACH STATEMENT EXECUTE FUNCTION subscriber_figure();
--bun:split
INSERT INTO subscriber_figures SELECT business_id, kind, hour, x.state, 0, count(*) FROM subscribers AS s
    CROSS JOIN LATERAL (VALUES (0, 0, s.state), (1, hour_of(joined), 0::SMALLINT), (2, CASE WHEN s.state IN (2, 3) THEN hour_of(since) END, 0::SMALLINT)) AS x (kind, hour, state)
    WHERE joined IS NOT NULL AND hour IS NOT NULL GROUP BY 1, 2, 3, 4;
--bun:split
-- The list of guests, the last to join first, whatever it is narrowed to.
CREATE INDEX subscribers_newest ON subscribers (business_id, joined, number) WHERE joined IS NOT NULL;
--bun:split
CREATE INDEX subscribers_state ON subscribers (business_id, state, joined, number) WHERE joined IS NOT NULL;
--bun:split
CREATE INDEX subscribers_keyword ON subscribers (business_id, keyword, joined, number) WHERE joined IS NOT NULL;
--bun:split
CREATE INDEX subscribers_last4 ON subscribers (business_id, (number % 10000), joined, number) WHERE joined IS NOT NULL;
--bun:split
-- Texts that did not go, or of which it is not known, beside their campaign: a report lists those few without a walk over
-- everybody else. States 5 to 11. It is a table and not an index of messages because texts that go never touch it.
CREATE TABLE messages_apart (
    business_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    state       SMALLINT NOT NULL,
    id          UUID NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (business_id, campaign_id, state, id)
);
--bun:split
CREATE INDEX messages_apart_reason ON messages_apart (business_id, campaign_id, reason, id);
--bun:split
INSERT INTO messages_apart SELECT business_id, campaign_id, state, id, reason FROM messages WHERE campaign_id IS NOT NULL AND state BETWEEN 5 AND 11;
--bun:split
-- The few who may have opted out, among all who have.
CREATE INDEX suppressions_reason ON suppressions (business_id, reason, at) WHERE lifted IS NULL;
--bun:split
-- The log of what people did, among all records of what was decided about texts.
CREATE INDEX evidence_records_acts ON evidence_records (business_id, id) WHERE kind IN (6, 7, 8);
