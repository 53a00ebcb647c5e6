-- Runs that were opened for one job. A token is never stored: only its SHA-256.
CREATE TABLE job_runs (
  id                 TEXT PRIMARY KEY,
  token              TEXT NOT NULL UNIQUE,
  agent              TEXT NOT NULL,
  opener             TEXT,
  -- patterns with blanks between, where the opener's own token was limited
  opener_scope       TEXT,
  parent             TEXT REFERENCES job_runs (id),
  delegator          TEXT,
  delegator_verified INTEGER NOT NULL,
  purpose            TEXT NOT NULL,
  workflow           TEXT,
  mode               TEXT NOT NULL,
  opened_at          BIGINT NOT NULL,
  expires_at         BIGINT NOT NULL,
  ended_at           BIGINT,
  why                TEXT
);

CREATE INDEX job_runs_open ON job_runs (agent) WHERE ended_at IS NULL;
CREATE INDEX job_runs_parent ON job_runs (parent);

-- What a run may do, and how much of that has been used.
CREATE TABLE run_grants (
  id       TEXT PRIMARY KEY,
  run      TEXT NOT NULL REFERENCES job_runs (id),
  position INTEGER NOT NULL,
  -- JSON; never changed
  document TEXT NOT NULL,
  calls    BIGINT NOT NULL DEFAULT 0,
  -- a decimal number: exact on every engine
  spent    TEXT NOT NULL DEFAULT '0'
);

CREATE UNIQUE INDEX run_grants_once ON run_grants (run, position);

-- What calls under way have taken of grants; a call that was not sent gives it back.
CREATE TABLE grant_uses (
  call        TEXT NOT NULL,
  grant_id    TEXT NOT NULL REFERENCES run_grants (id),
  -- the outermost run, under whose lock its grants are counted
  root        TEXT NOT NULL,
  amount      TEXT NOT NULL,
  PRIMARY KEY (call, grant_id)
);

-- Ids that a run was given or has been shown: SHA-256 over run, kind and id. They go with the run.
CREATE TABLE shown_ids (
  run    TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (run, digest)
);
