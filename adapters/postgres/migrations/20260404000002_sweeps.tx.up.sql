-- How far each walk over a business's old rows has come, and when. A business_id of zeros is the last whole run.
CREATE TABLE sweeps (
    business_id UUID NOT NULL,
    pile        INTEGER NOT NULL,
    mark        UUID NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (business_id, pile)
);
