-- How many calls of the present minute the processes over this database have taken, for each limit.
CREATE TABLE rate_minutes (
  name   TEXT   NOT NULL PRIMARY KEY,
  minute BIGINT NOT NULL,
  taken  BIGINT NOT NULL
);
