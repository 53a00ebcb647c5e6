-- Questions to people. Times are milliseconds since 1970; names, states and kinds are words.
CREATE TABLE approvals (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  digest TEXT NOT NULL,
  context TEXT NOT NULL,
  rule TEXT NOT NULL,
  asked BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  single_operator INTEGER NOT NULL,
  -- the call that uses it or has used it
  call_id TEXT,
  -- 1 once the run has ended: a call that still holds this cannot give it back
  run_over INTEGER NOT NULL DEFAULT 0,
  -- whose agreement a confirm asks for
  confirmer TEXT NOT NULL,
  agent TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  workspace TEXT NOT NULL,
  owner TEXT NOT NULL,
  run TEXT NOT NULL,
  delegator TEXT,
  delegator_verified INTEGER NOT NULL,
  tool TEXT NOT NULL,
  title TEXT NOT NULL,
  tier TEXT NOT NULL,
  system TEXT NOT NULL,
  origin TEXT NOT NULL,
  summary TEXT NOT NULL,
  -- canonical JSON
  arguments TEXT NOT NULL
);

-- One open question per call.
CREATE UNIQUE INDEX approvals_open ON approvals (digest)
  WHERE state IN ('PENDING', 'PARTIAL', 'APPROVED');

CREATE INDEX approvals_digest ON approvals (digest, asked);
CREATE INDEX approvals_state ON approvals (state, asked);
CREATE INDEX approvals_asked ON approvals (asked);
CREATE INDEX approvals_agent ON approvals (agent, tool, asked);
CREATE INDEX approvals_run ON approvals (run);

-- What people answered.
CREATE TABLE approval_decisions (
  approval TEXT NOT NULL REFERENCES approvals (id),
  position INTEGER NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided BIGINT NOT NULL,
  independence TEXT NOT NULL,
  step_up TEXT NOT NULL,
  PRIMARY KEY (approval, position),
  UNIQUE (approval, person)
);
