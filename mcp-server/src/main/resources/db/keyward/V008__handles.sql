-- Handles of runs that go on: to whom each was given, how far it may go, and its value, sealed. The
-- rows of a run go with it.
CREATE TABLE handles (
  handle       TEXT NOT NULL PRIMARY KEY,
  -- The same for the same value at the same place of the same run: a keyed digest.
  identity     TEXT NOT NULL,
  run          TEXT NOT NULL,
  agent        TEXT NOT NULL,
  tool         TEXT NOT NULL,
  system       TEXT NOT NULL,
  origin       TEXT NOT NULL,
  destinations TEXT NOT NULL,
  given_at     BIGINT NOT NULL,
  nonce        TEXT NOT NULL,
  ciphertext   TEXT NOT NULL
);

CREATE UNIQUE INDEX handles_once ON handles (identity);
CREATE INDEX handles_run ON handles (run);
