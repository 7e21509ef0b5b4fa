-- Who moved a campaign from one status to another. Rows are only ever added.
CREATE TABLE campaign_moves (
    business_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    revision    BIGINT NOT NULL,
    from_status SMALLINT NOT NULL,
    to_status   SMALLINT NOT NULL,
    moved_by    UUID,
    moved_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (business_id, campaign_id, revision)
);
