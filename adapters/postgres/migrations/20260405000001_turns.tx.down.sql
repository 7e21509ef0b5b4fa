DROP TRIGGER messages_added ON messages;
--bun:split
DROP TRIGGER messages_changed ON messages;
--bun:split
DROP TRIGGER messages_gone ON messages;
--bun:split
DROP FUNCTION messages_turn();
--bun:split
DROP TABLE messages_waiting, messages_flying, messages_unknown, messages_unsettled, messages_carried;
--bun:split
ALTER TABLE messages SET (fillfactor = 85);
--bun:split
DROP INDEX messages_pair;
--bun:split
CREATE INDEX messages_pair ON messages (business_id, to_number, id) INCLUDE (class, state, decided, submitted);
--bun:split
DROP INDEX messages_code;
--bun:split
CREATE INDEX messages_code ON messages (code, settled) WHERE code <> '';
--bun:split
CREATE INDEX messages_carrier ON messages (carrier_id) WHERE carrier_id <> '';
--bun:split
CREATE INDEX messages_unsettled ON messages ((COALESCE(looked, decided))) WHERE state IN (3, 8);
--bun:split
CREATE INDEX messages_in_flight ON messages (state, lease) WHERE state IN (2, 8);
--bun:split
CREATE INDEX messages_lane ON messages (priority, business_id, lane, due, id) WHERE state = 1;
