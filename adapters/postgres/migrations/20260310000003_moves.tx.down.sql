DROP TABLE campaign_moves;
