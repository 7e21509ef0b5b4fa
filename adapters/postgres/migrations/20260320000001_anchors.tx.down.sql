DROP TABLE evidence_anchorings;
