-- One row for each start of each replica.
CREATE TABLE audit_chains (
  chain     TEXT NOT NULL PRIMARY KEY,
  replica   TEXT NOT NULL,
  started   BIGINT NOT NULL,
  -- Up to which record a later start has named this chain; saves naming an ended chain again.
  named_seq BIGINT NOT NULL,
  -- 1 once every call that it left open has been closed by a later start.
  settled   INTEGER NOT NULL
);

-- The record. The columns beside body repeat parts of it for searching; the verifier compares them.
CREATE TABLE audit_events (
  chain TEXT NOT NULL,
  seq   BIGINT NOT NULL,
  id    TEXT NOT NULL,
  at    BIGINT NOT NULL,
  type  TEXT NOT NULL,
  call  TEXT,
  run   TEXT,
  agent TEXT,
  tool  TEXT,
  body  TEXT NOT NULL,
  leaf  TEXT NOT NULL,
  hash  TEXT NOT NULL,
  PRIMARY KEY (chain, seq)
);

CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_call ON audit_events (call) WHERE call IS NOT NULL;
CREATE INDEX audit_events_run ON audit_events (run) WHERE run IS NOT NULL;

-- The arguments of calls, encrypted; unlike the record they can be erased.
CREATE TABLE audit_arguments (
  call       TEXT NOT NULL PRIMARY KEY,
  salt       TEXT NOT NULL,
  nonce      TEXT NOT NULL,
  ciphertext TEXT NOT NULL,
  erased     BIGINT
);
