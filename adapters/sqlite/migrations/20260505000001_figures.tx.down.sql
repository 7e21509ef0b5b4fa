DROP INDEX subscribers_newest;
