-- Credentials that were made for a run: whose they are, how far each has come, and, sealed, the value, so
-- that it can be given back at its issuer after the broker that had it made is gone.
CREATE TABLE leases (
  id          TEXT    NOT NULL PRIMARY KEY,
  -- what config.yaml calls it
  name        TEXT    NOT NULL,
  run         TEXT    NOT NULL,
  agent       TEXT    NOT NULL,
  -- the audit chain of the broker that had it made
  chain       TEXT    NOT NULL,
  -- ASKED: the issuer is about to be asked; LIVE; DUE: is to be given back; OVER
  state       TEXT    NOT NULL,
  -- why it ends, once it does
  why         TEXT,
  kind        TEXT    NOT NULL,
  scope       TEXT    NOT NULL,
  fingerprint TEXT    NOT NULL,
  made_at     BIGINT  NOT NULL,
  expires_at  BIGINT  NOT NULL,
  -- from when on it counts as over, whatever became of it
  over_at     BIGINT  NOT NULL,
  -- when its issuer is asked next to take it back, and how often it was
  due_at      BIGINT  NOT NULL,
  attempts    INTEGER NOT NULL,
  -- how it ended: done, not_possible, failed or expired
  revocation  TEXT,
  sealed      TEXT
);

CREATE INDEX leases_by_run ON leases (run);
CREATE INDEX leases_by_state ON leases (state, due_at);
