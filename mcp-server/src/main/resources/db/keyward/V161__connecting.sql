-- Attempts to connect an account that were finished or failed, so that none counts twice.
CREATE TABLE connecting (
  attempt TEXT   NOT NULL PRIMARY KEY,
  used_at BIGINT NOT NULL
);
