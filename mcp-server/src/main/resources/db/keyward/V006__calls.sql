-- Every write that was begun, with what is known of its end: OPEN, DONE, NOT_SENT or UNKNOWN.
CREATE TABLE writes (
  call       TEXT PRIMARY KEY,
  digest     TEXT NOT NULL,
  action     TEXT NOT NULL,
  run        TEXT NOT NULL,
  agent      TEXT NOT NULL,
  tool       TEXT NOT NULL,
  approval   TEXT,
  state      TEXT NOT NULL,
  told       INTEGER NOT NULL,
  begun_at   BIGINT NOT NULL,
  ended_at   BIGINT
);

CREATE INDEX writes_by_digest ON writes (digest);
-- The action is the digest without the run: a new run or key is no way around an unknown outcome.
-- Two identical writes can never be under way at once, whatever the broker's code does.
CREATE UNIQUE INDEX one_open_write ON writes (action) WHERE state IN ('OPEN', 'UNKNOWN');
