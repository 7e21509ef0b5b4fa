-- What programs outside come in with. Of a secret only its hash is kept.
CREATE TABLE api_tokens (
    business_id BLOB NOT NULL,
    id          BLOB NOT NULL,
    name        TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    hash        BLOB NOT NULL,
    scopes      INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    created_by  BLOB NOT NULL,
    expires     INTEGER NOT NULL,
    revoked     INTEGER,
    revoked_by  BLOB,
    used        INTEGER,
    PRIMARY KEY (business_id, id)
);
--bun:split
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (business_id, hash);
--bun:split
-- Under which the guests of a business have names in the API.
CREATE TABLE api_keys (
    business_id BLOB PRIMARY KEY,
    value       BLOB NOT NULL,
    made        INTEGER NOT NULL
);
--bun:split
-- Answers to requests that are not to be carried out twice; status is 0 while one is.
CREATE TABLE api_answers (
    business_id BLOB NOT NULL,
    token_id    BLOB NOT NULL,
    name        TEXT NOT NULL,
    request     BLOB NOT NULL,
    begun       INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    body        BLOB,
    PRIMARY KEY (business_id, token_id, name)
);
--bun:split
CREATE INDEX api_answers_expires ON api_answers (expires);
