DROP TABLE suppression_tags;
