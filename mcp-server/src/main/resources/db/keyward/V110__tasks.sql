-- Calls whose clients come back for the answer: whose they are, how far they have come, and, sealed,
-- what was asked and what came of it. The rows of a run go with it.
CREATE TABLE tasks (
  id         TEXT    NOT NULL PRIMARY KEY,
  agent      TEXT    NOT NULL,
  run        TEXT    NOT NULL,
  call       TEXT    NOT NULL,
  tool       TEXT    NOT NULL,
  -- The audit chain of the broker that carries the call.
  chain      TEXT    NOT NULL,
  approval   TEXT,
  -- 1 while the client may be asked to show its user the page of the approval.
  asks       INTEGER NOT NULL,
  -- OPEN, COMPLETED, FAILED or CANCELLED.
  state      TEXT    NOT NULL,
  -- 1 once the agent has taken it back: the broker that carries it hears of that.
  taken_back INTEGER NOT NULL,
  -- 1 once the agent has been given what came of it.
  told       INTEGER NOT NULL,
  created_at BIGINT  NOT NULL,
  updated_at BIGINT  NOT NULL,
  expires_at BIGINT  NOT NULL,
  request    TEXT    NOT NULL,
  result     TEXT
);

CREATE INDEX tasks_by_agent ON tasks (agent);
CREATE INDEX tasks_by_run ON tasks (run);
CREATE INDEX tasks_by_expiry ON tasks (expires_at);
