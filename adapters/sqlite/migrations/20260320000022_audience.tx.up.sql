-- Whom a campaign is for, as JSON; '' is everybody.
ALTER TABLE campaigns ADD COLUMN audience TEXT NOT NULL DEFAULT '';
--bun:split
-- The keyword of a guest's last opt-in, from the events that the row is the fold of.
ALTER TABLE subscribers ADD COLUMN keyword TEXT NOT NULL DEFAULT '';
--bun:split
UPDATE subscribers SET keyword = COALESCE((SELECT e.keyword FROM consent_events e
    WHERE e.business_id = subscribers.business_id AND e.number = subscribers.number AND e.kind = 1 ORDER BY e.at DESC, e.id DESC LIMIT 1), '');
--bun:split
-- What a venue notes about guests beside their consent.
CREATE TABLE guest_notes (
    business_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    wrote       INTEGER NOT NULL,
    PRIMARY KEY (business_id, number)
);
--bun:split
CREATE TABLE guest_tags (
    business_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    tag         TEXT NOT NULL,
    PRIMARY KEY (business_id, number, tag)
);
