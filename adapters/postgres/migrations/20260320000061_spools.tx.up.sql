-- Where webhooks wait outside the database, on which machines. Nothing that an opt-out would stop leaves while one of
-- them holds something or is silent.
CREATE TABLE spools (
    name  TEXT PRIMARY KEY,
    holds BOOLEAN NOT NULL,
    beat  TIMESTAMPTZ NOT NULL
);
