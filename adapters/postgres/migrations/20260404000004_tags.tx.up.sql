-- Who must not be texted and whose number is not kept: its keyed hash, and which key made it. The key is not in here.
CREATE TABLE suppression_tags (
    business_id UUID NOT NULL,
    tag         UUID NOT NULL,
    id          UUID NOT NULL,
    key_name    BIGINT NOT NULL,
    reason      INTEGER NOT NULL,
    source      TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    lifted      TIMESTAMPTZ,
    PRIMARY KEY (business_id, tag, id)
);
