-- What guests are asked before they count as joined: their date of birth, which is never kept, and a YES.
ALTER TABLE businesses ADD COLUMN age_gate BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
ALTER TABLE businesses ADD COLUMN double_opt_in BOOLEAN NOT NULL DEFAULT FALSE;
