DROP INDEX messages_code;
--bun:split
DROP INDEX businesses_profile;
--bun:split
DROP TABLE carrier_passes;
--bun:split
DROP TABLE carrier_optouts;
