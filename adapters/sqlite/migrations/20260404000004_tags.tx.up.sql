-- Who must not be texted and whose number is not kept: its keyed hash, and which key made it. The key is not in here.
CREATE TABLE suppression_tags (
    business_id BLOB NOT NULL,
    tag         BLOB NOT NULL,
    id          BLOB NOT NULL,
    key_name    INTEGER NOT NULL,
    reason      INTEGER NOT NULL,
    source      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    lifted      INTEGER,
    PRIMARY KEY (business_id, tag, id)
);
