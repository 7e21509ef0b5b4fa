DROP TABLE draft_uses;
