-- What programs outside come in with. Of a secret only its hash is kept.
CREATE TABLE api_tokens (
    business_id UUID NOT NULL,
    id          UUID NOT NULL,
    name        TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    hash        BYTEA NOT NULL,
    scopes      BIGINT NOT NULL,
    created     TIMESTAMPTZ NOT NULL,
    created_by  UUID NOT NULL,
    expires     TIMESTAMPTZ NOT NULL,
    revoked     TIMESTAMPTZ,
    revoked_by  UUID,
    used        TIMESTAMPTZ,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (business_id, hash);
--bun:split
-- Under which the guests of a business have names in the API.
CREATE TABLE api_keys (
    business_id UUID PRIMARY KEY,
    value       BYTEA NOT NULL,
    made        TIMESTAMPTZ NOT NULL
);
--bun:split
-- Answers to requests that are not to be carried out twice; status is 0 while one is.
CREATE TABLE api_answers (
    business_id UUID NOT NULL,
    token_id    UUID NOT NULL,
    name        TEXT NOT NULL,
    request     BYTEA NOT NULL,
    begun       TIMESTAMPTZ NOT NULL,
    expires     TIMESTAMPTZ NOT NULL,
    status      INTEGER NOT NULL,
    body        BYTEA,
    PRIMARY KEY (business_id, token_id, name)
);
--bun:split
CREATE INDEX api_answers_expires ON api_answers (expires);
