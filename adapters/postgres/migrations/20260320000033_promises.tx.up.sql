-- How many texts a month a disclosure promises at most: a cap for whoever was shown it. 0 is unknown. What is kept
-- already says it in its text.
ALTER TABLE disclosures ADD COLUMN monthly SMALLINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE consent_events ADD COLUMN promised SMALLINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE subscribers ADD COLUMN promised SMALLINT NOT NULL DEFAULT 0;
--bun:split
UPDATE disclosures SET monthly = COALESCE(substring(text FROM 'by automated means\. Up to ([0-9]{1,4}) text')::int, 0);
--bun:split
UPDATE consent_events SET promised = d.monthly FROM disclosures AS d
WHERE d.business_id = consent_events.business_id AND d.version = consent_events.disclosure;
--bun:split
UPDATE subscribers SET promised = d.monthly FROM disclosures AS d
WHERE d.business_id = subscribers.business_id AND d.version = subscribers.disclosure;
