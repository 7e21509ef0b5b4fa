-- Who may come in. Sign-ins, factors, tokens and notices belong to a person and not to a business: who signs in, or
-- opens a link of an e-mail, names none, and a person may act for several.
ALTER TABLE users ADD COLUMN phone INTEGER NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE users ADD COLUMN confirmed INTEGER;
--bun:split
CREATE TABLE sign_ins (
    id      BLOB PRIMARY KEY,
    user_id BLOB NOT NULL,
    role    INTEGER NOT NULL,
    begun   INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    device  TEXT NOT NULL
);
--bun:split
CREATE INDEX sign_ins_user ON sign_ins (user_id, id);
--bun:split
CREATE TABLE factors (
    user_id BLOB NOT NULL,
    id      BLOB NOT NULL,
    kind    INTEGER NOT NULL,
    name    TEXT NOT NULL,
    hash    BLOB NOT NULL,
    secret  BLOB NOT NULL,
    added   INTEGER NOT NULL,
    used    INTEGER,
    step    INTEGER NOT NULL,
    PRIMARY KEY (user_id, id)
);
--bun:split
CREATE TABLE access_tokens (
    hash        BLOB PRIMARY KEY, -- of the secret: whoever reads the table cannot use it
    kind        INTEGER NOT NULL,
    user_id     BLOB NOT NULL,
    business_id BLOB, -- of an invitation
    role        INTEGER NOT NULL,
    email       TEXT NOT NULL,
    made        INTEGER NOT NULL,
    until_at    INTEGER NOT NULL,
    used        INTEGER
);
--bun:split
CREATE INDEX access_tokens_user ON access_tokens (user_id, kind);
--bun:split
CREATE INDEX access_tokens_business ON access_tokens (business_id, made) WHERE business_id IS NOT NULL;
--bun:split
CREATE TABLE memberships (
    business_id BLOB NOT NULL,
    user_id     BLOB NOT NULL,
    role        INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    PRIMARY KEY (business_id, user_id)
);
--bun:split
CREATE INDEX memberships_user ON memberships (user_id, business_id);
--bun:split
CREATE TABLE security_notices (
    user_id BLOB NOT NULL,
    id      BLOB NOT NULL,
    by_id   BLOB,
    kind    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    detail  TEXT NOT NULL,
    told    BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, id)
);
--bun:split
CREATE INDEX security_notices_untold ON security_notices (id) WHERE NOT told;
