DROP TABLE security_notices;
--bun:split
DROP TABLE memberships;
--bun:split
DROP TABLE access_tokens;
--bun:split
DROP TABLE factors;
--bun:split
DROP TABLE sign_ins;
--bun:split
ALTER TABLE users DROP COLUMN confirmed;
--bun:split
ALTER TABLE users DROP COLUMN phone;
