-- Who moved a campaign from one status to another. Rows are only ever added.
CREATE TABLE campaign_moves (
    business_id BLOB NOT NULL,
    campaign_id BLOB NOT NULL,
    revision    INTEGER NOT NULL,
    from_status INTEGER NOT NULL,
    to_status   INTEGER NOT NULL,
    moved_by    BLOB,
    moved_at    INTEGER NOT NULL,
    PRIMARY KEY (business_id, campaign_id, revision)
);
