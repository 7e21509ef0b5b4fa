ALTER TABLE businesses DROP COLUMN double_opt_in;
--bun:split
ALTER TABLE businesses DROP COLUMN age_gate;
