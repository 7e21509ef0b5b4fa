-- How far each walk over a business's old rows has come, and when. A business_id of zeros is the last whole run.
CREATE TABLE sweeps (
    business_id BLOB NOT NULL,
    pile        INTEGER NOT NULL,
    mark        BLOB NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (business_id, pile)
);
