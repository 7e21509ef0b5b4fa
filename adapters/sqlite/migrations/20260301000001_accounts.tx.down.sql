DROP TABLE keywords;
--bun:split
DROP TABLE users;
--bun:split
DROP TABLE businesses;
