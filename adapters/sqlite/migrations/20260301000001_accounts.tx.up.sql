-- The same tables as on Postgres. Ids are 16 bytes, instants are whole microseconds of Unix time in UTC, both
-- exact and in order.
--
-- Keys of tenants' tables begin with business_id, so that rows of one business can live together on one machine
-- of many. The exceptions are looked up before the business is known, and each says so.
--
-- There are no foreign keys: a business is closed, never deleted, rows of it are written in the transaction that
-- read it, and every check would cost the send path a lock on the business's row.
CREATE TABLE businesses (
    id             BLOB PRIMARY KEY,
    name           TEXT NOT NULL,
    legal_name     TEXT NOT NULL,
    street         TEXT NOT NULL,
    city           TEXT NOT NULL,
    state          INTEGER NOT NULL,
    zip            TEXT NOT NULL,
    zone           INTEGER NOT NULL,
    website        TEXT NOT NULL,
    terms_url      TEXT NOT NULL,
    privacy_url    TEXT NOT NULL,
    help_contact   TEXT NOT NULL,
    monthly_texts  INTEGER NOT NULL,
    serves_alcohol BOOLEAN NOT NULL,
    sender         INTEGER NOT NULL,
    profile_id     TEXT NOT NULL,
    status         INTEGER NOT NULL,
    registered     BOOLEAN NOT NULL,
    created        INTEGER
);
--bun:split
-- An inbound text names only the number it was sent to. Numbers may be shared.
CREATE INDEX businesses_sender ON businesses (sender) WHERE sender <> 0;
--bun:split
CREATE TABLE users (
    business_id   BLOB NOT NULL,
    id            BLOB NOT NULL,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          INTEGER NOT NULL,
    created       INTEGER,
    PRIMARY KEY (business_id, id)
);
--bun:split
-- Who signs in gives an address and no business, and a session holds only the user's id.
CREATE UNIQUE INDEX users_email ON users (email);
--bun:split
CREATE UNIQUE INDEX users_id ON users (id);
--bun:split
CREATE TABLE keywords (
    business_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    word        TEXT NOT NULL,
    code        TEXT NOT NULL,
    created     INTEGER,
    PRIMARY KEY (business_id, number, word)
);
--bun:split
-- A guest who texts the word to a number, or opens /q/{code}, names no business: the word must be one business's
-- alone on a number that several share.
CREATE UNIQUE INDEX keywords_word ON keywords (number, word);
--bun:split
CREATE UNIQUE INDEX keywords_code ON keywords (code);
