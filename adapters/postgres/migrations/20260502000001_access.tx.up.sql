-- Who may come in. Sign-ins, factors, tokens and notices belong to a person and not to a business: who signs in, or
-- opens a link of an e-mail, names none, and a person may act for several.
ALTER TABLE users ADD COLUMN phone BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE users ADD COLUMN confirmed TIMESTAMPTZ;
--bun:split
CREATE TABLE sign_ins (
    id      UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    role    SMALLINT NOT NULL,
    begun   TIMESTAMPTZ NOT NULL,
    seen    TIMESTAMPTZ NOT NULL,
    device  TEXT NOT NULL
);
--bun:split
CREATE INDEX sign_ins_user ON sign_ins (user_id, id);
--bun:split
CREATE TABLE factors (
    user_id UUID NOT NULL,
    id      UUID NOT NULL,
    kind    SMALLINT NOT NULL,
    name    TEXT NOT NULL,
    hash    BYTEA NOT NULL,
    secret  BYTEA NOT NULL,
    added   TIMESTAMPTZ NOT NULL,
    used    TIMESTAMPTZ,
    step    BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
--bun:split
CREATE TABLE access_tokens (
    hash        BYTEA PRIMARY KEY, -- of the secret: whoever reads the table cannot use it
    kind        SMALLINT NOT NULL,
    user_id     UUID NOT NULL,
    business_id UUID, -- of an invitation
    role        SMALLINT NOT NULL,
    email       TEXT NOT NULL,
    made        TIMESTAMPTZ NOT NULL,
    until_at    TIMESTAMPTZ NOT NULL,
    used        TIMESTAMPTZ
);
--bun:split
CREATE INDEX access_tokens_user ON access_tokens (user_id, kind);
--bun:split
CREATE INDEX access_tokens_business ON access_tokens (business_id, made) WHERE business_id IS NOT NULL;
--bun:split
CREATE TABLE memberships (
    business_id UUID NOT NULL,
    user_id     UUID NOT NULL,
    role        SMALLINT NOT NULL,
    added       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (business_id, user_id)
);
--bun:split
CREATE INDEX memberships_user ON memberships (user_id, business_id);
--bun:split
CREATE TABLE security_notices (
    user_id UUID NOT NULL,
    id      UUID NOT NULL,
    by_id   UUID,
    kind    TEXT NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    detail  TEXT NOT NULL,
    told    BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, id)
);
--bun:split
CREATE INDEX security_notices_untold ON security_notices (id) WHERE NOT told;
