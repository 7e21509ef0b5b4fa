DROP TABLE hold_gate;
--bun:split
DROP TABLE holds;
