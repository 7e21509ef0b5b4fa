CREATE INDEX messages_claim ON messages (priority, due, id) WHERE state = 1;
