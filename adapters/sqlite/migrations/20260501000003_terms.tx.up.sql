-- Which versions of what customers agree to each of them has accepted, or was told of. It belongs to a person, who may
-- act for several businesses.
CREATE TABLE terms_notes (
    user_id BLOB NOT NULL,
    doc     TEXT NOT NULL,
    version TEXT NOT NULL,
    what    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (user_id, doc, version, what)
);
