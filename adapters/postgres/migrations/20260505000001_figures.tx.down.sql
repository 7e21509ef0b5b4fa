DROP INDEX evidence_records_acts;
--bun:split
DROP INDEX suppressions_reason;
--bun:split
DROP INDEX subscribers_last4;
--bun:split
DROP INDEX subscribers_keyword;
--bun:split
DROP INDEX subscribers_state;
--bun:split
DROP INDEX subscribers_newest;
--bun:split
DROP TRIGGER subscribers_figure_added ON subscribers;
--bun:split
DROP TRIGGER subscribers_figure_changed ON subscribers;
--bun:split
DROP TRIGGER subscribers_figure_gone ON subscribers;
--bun:split
DROP FUNCTION subscriber_figure();
--bun:split
DROP FUNCTION hour_of(TIMESTAMPTZ);
--bun:split
DROP TABLE subscriber_figures;
--bun:split
DROP TRIGGER messages_figure_added ON messages;
--bun:split
DROP TRIGGER messages_figure_changed ON messages;
--bun:split
DROP TRIGGER messages_figure_gone ON messages;
--bun:split
DROP FUNCTION campaign_figure();
--bun:split
DROP TABLE campaign_figures;
--bun:split
DROP TABLE messages_apart;
