DROP TABLE api_answers;
--bun:split
DROP TABLE api_keys;
--bun:split
DROP TABLE api_tokens;
